"""What a handle says of what was tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from client.handles import JANE, USAGE, statuses

from mock_lusha.errors import ConfigError

if TYPE_CHECKING:
    from mock_lusha import MockLusha


def test_what_was_tried_passes_by_any_of_its_names(lusha: MockLusha) -> None:
    lusha.on("searchSingleContact").fail("hourly-limit", times=1)
    statuses(lusha, 2, JANE)

    lusha.coverage.assert_tried("hourly-limit", 429, "200", "searchSingleContact")
    assert lusha.coverage.tried("hourly-limit")
    assert not lusha.coverage.tried("partial-bulk")


MISSED: dict[str | int, str] = {
    402: 'lusha.on("searchSingleContact").fail(402)',
    "credits-used-up": 'lusha.on("searchSingleContact").fail("insufficient-credits")',
    "gdpr": 'lusha.on("searchSingleContact").fail("gdpr")',
    "partial-bulk": "no call concerns it",
    "searchMultipleContacts": "lusha.client.post(",
    "searchContacts": "no call concerns it",
    "table-not-found": "no call concerns it",
    "418": "no call concerns it",
}


@pytest.mark.parametrize("name", sorted(MISSED, key=str))
def test_what_was_not_tried_is_an_error_that_has_the_line(lusha: MockLusha, name: str | int) -> None:
    statuses(lusha, 1, JANE)

    with pytest.raises(AssertionError) as caught:
        lusha.coverage.assert_tried(200, name)

    assert f"{name}: {MISSED[name]}" in str(caught.value)
    assert "200" not in str(caught.value).splitlines()[0]


@pytest.mark.parametrize(
    ("name", "nearest"), [("hourly-limits", "hourly-limit"), ("searchContact", "searchContacts"), (4020, "")]
)
def test_a_name_of_nothing_is_refused_with_the_nearest(
    lusha: MockLusha, name: str | int, nearest: str
) -> None:
    with pytest.raises(ConfigError, match=f"nothing to try is called '{name}'.*{nearest}"):
        lusha.coverage.assert_tried(name)


def test_the_gaps_have_lines_and_the_score_grows(lusha: MockLusha) -> None:
    statuses(lusha, 1, USAGE)
    before = lusha.coverage
    assert str(before.gaps[0]).splitlines()[1].strip() == before.gaps[0].line

    lusha.on("getAccountUsageStats").fail(429, times=1)
    statuses(lusha, 1, USAGE)

    assert lusha.coverage.percent > before.percent
    assert repr(before).startswith(f"<coverage: {before.report['score']['tried']} of ")
