"""Postal codes: those a place has, the place a code is in, and distances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mock_lusha.world.postal_codes import (
    PostalCodes,
    code_number,
    miles,
    same_code,
)

if TYPE_CHECKING:
    from mock_lusha.world.entities import Place
    from mock_lusha.world.pools import Pools

LANES = (0, 1, 20_000, 40_000, 65_535)


@pytest.fixture(scope="module")
def codes(pools: Pools) -> PostalCodes:
    return PostalCodes(pools.postal_codes)


def place(pools: Pools, city: str, country_code: str = "US") -> Place:
    return next(p for p in pools.places if p.city == city and p.country_code == country_code)


@pytest.mark.parametrize(
    ("country", "code", "city"),
    [
        ("United States", "94105", "San Francisco"),
        ("US", "10001", "New York"),
        ("us", "02108", "Boston"),
        ("US", "94105-1804", "San Francisco"),
        ("United Kingdom", "SW1A 1AA", "London"),
        ("GB", "sw1a1aa", "London"),
        ("GB", "M11 2BZ", "Manchester"),
        ("Canada", "M5V 2T6", "Toronto"),
        ("CA", "h3b", "Montreal"),
        ("Germany", "10115", "Berlin"),
        ("Netherlands", "1017 AB", "Amsterdam"),
        ("Poland", "00-950", "Warsaw"),
        ("Brazil", "01310-100", "São Paulo"),
        ("LV", "LV-1010", "Riga"),
        ("Ireland", "D02 X285", "Dublin"),
    ],
)
def test_a_code_is_in_a_place_of_its_country(codes: PostalCodes, country: str, code: str, city: str) -> None:
    found = codes.place_of(country, code)

    assert found is not None
    assert found.city == city


@pytest.mark.parametrize(
    ("country", "code"),
    [
        ("US", "00000"),
        ("DE", "94105"),
        ("Nowhere", "94105"),
        ("US", ""),
        ("US", "San Francisco"),
        ("HK", "1"),
    ],
)
def test_a_code_of_no_place_is_nowhere(codes: PostalCodes, country: str, code: str) -> None:
    assert codes.place_of(country, code) is None


def test_each_code_of_a_place_is_in_it_alone(pools: Pools, codes: PostalCodes) -> None:
    for each in pools.places:
        for lane in LANES:
            code = codes.postal_code(each, lane)
            if code is None:
                assert each.country_code in {"AE", "HK"}
                continue
            number = code_number(codes.count(each), lane)
            assert codes.place_of(each.country_code, code) == each, code
            assert codes.intervals(each, code) == [(number, number + 1)]
            assert same_code(code, code.lower().replace(" ", ""), each.country_code)


@pytest.mark.parametrize(
    ("own", "code", "country", "same"),
    [
        ("94105", "94105", "US", True),
        ("94105", "94105-1804", "US", True),
        ("94105", "9410", "US", False),
        ("SW1A 1AA", "SW1A", "GB", True),
        ("SW1A 1AA", "SW1", "GB", False),
        ("M5V 2T6", "m5v2t6", "CA", True),
        ("10115", "", "DE", False),
    ],
)
def test_a_code_stands_for_itself_and_for_what_begins_with_it(
    own: str, code: str, country: str, same: bool
) -> None:
    assert same_code(own, code, country) is same


def test_distances_are_those_of_a_map(pools: Pools) -> None:
    assert miles(place(pools, "New York"), place(pools, "Boston")) == pytest.approx(190, abs=4)
    assert miles(place(pools, "Boston"), place(pools, "Cambridge")) < 5
    assert miles(place(pools, "London", "GB"), place(pools, "Paris", "FR")) == pytest.approx(213, abs=4)
    assert miles(place(pools, "Berlin", "DE"), place(pools, "Berlin", "DE")) == 0
