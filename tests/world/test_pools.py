"""The lists everything is picked from."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from support import script

import mock_lusha
from mock_lusha.seeded import between, lanes, number, pick, share, some
from mock_lusha.world.generate.phones import phone_number
from mock_lusha.world.generate.signals import NEWS_EVENTS
from mock_lusha.world.identity import fold, slug
from mock_lusha.world.pools import EU, REVENUES, SENIORITIES, SIZES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mock_lusha.world.pools import Pools

NAMES_FILE = Path(mock_lusha.__file__).parent / "world" / "data" / "names.json"


def clean(texts: Iterable[str]) -> bool:
    """Whether texts are there, trimmed and each there once."""
    found: Sequence[str] = list(texts)
    return (
        bool(found)
        and len(set(found)) == len(found)
        and all(text and text == " ".join(text.split()) for text in found)
    )


def test_the_names_are_what_the_script_makes() -> None:
    assert NAMES_FILE.read_text(encoding="utf-8") == script("make-name-pools.py").render()


def test_every_place_has_names_of_its_locale(pools: Pools) -> None:
    assert {place.locale for place in pools.places} <= set(pools.names)
    assert "en_US" in pools.names
    for locale, names in pools.names.items():
        assert clean(names.first), locale
        assert clean(names.last), locale
        assert min(len(names.first), len(names.last)) >= 10, locale


def test_a_given_name_is_one_word_and_every_name_has_letters(pools: Pools) -> None:
    for names in pools.names.values():
        assert all(" " not in name and fold(name) for name in names.first)
        assert all(fold(name) and not any(c.isdigit() for c in name) for name in names.last)


def test_names_of_the_directory_need_no_other_script(pools: Pools) -> None:
    for names in pools.names.values():
        assert all(fold(name).isascii() for name in (*names.first, *names.last))


def test_places_are_each_there_once(pools: Pools) -> None:
    keys = Counter((place.country_code, place.state, place.city) for place in pools.places)

    assert max(keys.values()) == 1
    assert len({place.city_id for place in pools.places}) == len(pools.places)


def test_a_country_has_one_name_code_and_continent(pools: Pools) -> None:
    codes = {(place.country_code, place.country, place.continent) for place in pools.places}

    assert len({code for code, _, _ in codes}) == len({name for _, name, _ in codes}) == len(codes)
    assert all(len(code) == 2 and code.isupper() for code, _, _ in codes)


def test_places_are_on_the_map(pools: Pools) -> None:
    for place in pools.places:
        longitude, latitude = place.coordinates

        assert -180 <= longitude <= 180
        assert -60 <= latitude <= 75
        assert (place.state is None) >= (place.state_code is None and place.state is None)
        if place.country_code in {"US", "CA"}:
            assert longitude < -50
            assert latitude > 18
            assert place.state_code
            assert place.area_code
        if place.continent == "Europe":
            assert -25 < longitude < 50
            assert latitude > 34


def test_area_codes_are_such(pools: Pools) -> None:
    for place in pools.places:
        if place.area_code is not None:
            assert place.country_code in {"US", "CA"}
            assert len(place.area_code) == 3
            assert place.area_code[0] in "23456789"
            assert not place.area_code.endswith("11")


def test_weighted_places_hold_every_place_as_often_as_in_its_country(pools: Pools) -> None:
    weights = Counter(pools.weighted_places)

    assert set(weights) == set(pools.places)
    assert Counter(place for places in pools.places_in.values() for place in places) == weights
    assert all(place.country_code == code for code, places in pools.places_in.items() for place in places)
    assert max(weights, key=lambda place: weights[place]).country_code == "US"


def test_the_union_has_27_members() -> None:
    assert len(EU) == 27
    assert not EU & {"GB", "CH", "NO", "IS", "TR", "UA", "RS"}


def test_there_is_a_trade_for_every_sub_industry(pools: Pools) -> None:
    mains = {trade.industry.main_id: trade.industry.main for trade in pools.trades}

    assert sorted(mains) == [n for n in range(1, 20) if n not in {2, 4}]
    assert len({trade.industry.sub_id for trade in pools.trades}) == len(pools.trades) > 120
    for trade in pools.trades:
        assert clean(trade.endings)
        assert clean(trade.does)
        assert clean(trade.specialities)
        assert len(trade.specialities) >= 6
        assert len(set(trade.sic)) == len(trade.sic) > 0
        assert len(set(trade.naics)) == len(trade.naics) > 0
        assert all(100 <= code <= 9999 and label for code, label in trade.sic)
        assert all(11 <= code <= 999_999 and label for code, label in trade.naics)


def test_weighted_trades_hold_all_and_technology_most(pools: Pools) -> None:
    weights = Counter(trade.industry.main for trade in pools.weighted_trades)

    assert set(pools.weighted_trades) == set(pools.trades)
    assert weights.most_common(1)[0][0] == "Technology, Information & Media"


def test_a_company_nobody_knows_is_a_business(pools: Pools) -> None:
    mains = {trade.industry.main for trade in pools.business_trades}

    assert len(mains) == 14
    assert not mains & {"Government", "Education", "Community & Nonprofit Organizations"}


def test_stems_make_domains_of_their_own(pools: Pools) -> None:
    assert clean(pools.stems)
    assert len({slug(stem) for stem in pools.stems}) == len(pools.stems) > 500


def test_careers_cover_every_department_and_level(pools: Pools) -> None:
    careers = pools.careers
    levels = {level.name for level in SENIORITIES}

    assert len(careers.titles) == 16
    assert len(levels) == len({level.id for level in SENIORITIES}) == 10
    for by_department in (careers.skills, careers.certifications, careers.courses):
        assert set(by_department) == set(careers.titles)
    for department, titles in careers.titles.items():
        assert set(titles) == levels, department
        assert all(clean(titles[level]) for level in levels), department
        assert clean(careers.skills[department])
        assert len(careers.skills[department]) >= 10
        assert careers.certifications[department]
        assert careers.courses[department]
    assert clean(careers.schools)
    assert clean(careers.awards)


def test_the_newsroom_covers_every_event(pools: Pools) -> None:
    newsroom = pools.newsroom

    assert set(newsroom.events) == {event for events in NEWS_EVENTS.values() for event in events}
    assert clean(newsroom.investors)
    assert clean(newsroom.publishers)
    assert all(slug(name) == name for name in newsroom.publishers)
    for texts in newsroom.events.values():
        assert set(texts) == {"summaries", "titles", "highlights"}
        for templates in texts.values():
            assert clean(templates)
            assert all(t.format(company="A", other="B") for t in templates)


def test_technologies_and_topics_are_each_there_once(pools: Pools) -> None:
    assert clean(pools.technologies)
    assert clean(pools.topics)


def test_ranges_follow_each_other_to_an_open_top() -> None:
    for ranges in (SIZES, REVENUES):
        tops = [most for _, most in ranges]

        assert ranges[0][0] == 1
        assert tops[-1] is None
        assert None not in tops[:-1]
        assert all(
            most is not None and most <= least <= most + 1
            for most, (least, _) in zip(tops[:-1], ranges[1:], strict=True)
        )
    assert len(SIZES) == 9
    assert len(REVENUES) == 10


# SeededDraws draws


def test_a_draw_depends_on_the_whole_key_and_on_its_parts() -> None:
    assert lanes("a", 1) == lanes("a", 1)
    assert len(lanes("a", 1)) == 32
    assert len({lanes("a", 1), lanes("a", 2), lanes("b", 1), lanes("a1"), lanes("", "a1")}) == 5
    assert number("a", "b") != number("ab")
    assert all(0 <= lane < 65_536 for lane in lanes("a"))
    assert all(0 <= share("s", n) < 1 for n in range(1000))


def test_a_pick_reaches_every_entry_evenly() -> None:
    picked = Counter(pick("abcde", lane) for lane in range(65_536))

    assert set(picked) == set("abcde")
    assert max(picked.values()) - min(picked.values()) <= 1


def test_between_reaches_both_ends() -> None:
    assert {between(3, 5, lane) for lane in range(65_536)} == {3, 4, 5}
    assert {between(7, 7, lane) for lane in (0, 65_535)} == {7}


def test_some_are_different_and_as_many_as_asked() -> None:
    pool = "abcdefgh"
    for count in range(10):
        for lane in range(0, 65_536, 257):
            found = some(pool, count, lane)

            assert len(set(found)) == len(found) == min(count, len(pool))
            assert set(found) <= set(pool)


def test_every_digit_of_a_number_varies(pools: Pools) -> None:
    for place in pools.places:
        made = {phone_number(place, False, 0, digits) for digits in range(0, 65_536, 7)}

        assert len(made) >= 100, place
