"""The finder's own suite: all it uses of mock-lusha is the fixture ``lusha``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from leads import ATTEMPTS, LeadFinder, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_lusha import MockLusha

LAWYERS = {"contacts": {"include": {"departments": ["Legal"], "countries": ["CA"]}}}
PLENTY = 1_000


@pytest.fixture
def finder(lusha: MockLusha) -> Iterator[LeadFinder]:
    """The finder at the double; where it would wait, the double's clock goes on and nobody waits."""
    finder = LeadFinder(lusha.api_key, lusha.url, sleep=lusha.clock.advance, transport=lusha.transport)
    yield finder
    finder.close()


def test_every_match_with_a_mailbox_is_a_lead_at_the_price_that_was_announced(
    finder: LeadFinder, lusha: MockLusha
) -> None:
    body = {"filters": LAWYERS, "pagination": {"page": 0, "size": 100}}
    rows = lusha.client.post("/v3/contacts/prospecting", json=body).json()["results"]

    leads = finder.find(LAWYERS, budget=PLENTY)

    assert list(leads) == [row["id"] for row in rows if "emails" in row["has"]]
    assert all(leads.values())
    assert finder.spent == 1 + len(leads)
    lusha.ledger.assert_spent(1 + finder.spent)
    lusha.conduct.assert_clean()


def test_who_was_revealed_before_costs_the_search_alone(finder: LeadFinder, lusha: MockLusha) -> None:
    leads = finder.find(LAWYERS, budget=PLENTY)

    assert finder.find(LAWYERS, budget=PLENTY) == leads

    first, _, second, last = lusha.calls
    assert (second.charged, last.charged) == (first.charged, 0)


@pytest.mark.parametrize(("budget", "count"), [(0, 0), (3, 0), (4, 3), (9, 8)])
def test_a_budget_is_kept(finder: LeadFinder, lusha: MockLusha, budget: int, count: int) -> None:
    leads = finder.find(LAWYERS, budget=budget)

    assert len(leads) == count
    assert lusha.ledger.spent <= budget


def test_what_was_paid_for_is_kept_when_credits_run_out(finder: LeadFinder, lusha: MockLusha) -> None:
    everybody = {"contacts": {"include": {"departments": ["Legal"]}}}
    lusha.credits(110)

    leads = finder.find(everybody, budget=PLENTY)

    assert [call.status for call in lusha.calls] == [200, 200, 200, 402]
    assert 0 < len(leads) < 100
    assert lusha.ledger.spent == finder.spent


def test_who_may_not_be_shown_is_no_lead(finder: LeadFinder, lusha: MockLusha) -> None:
    lusha.on("enrichContacts").outcome("gdpr", times=1)

    assert finder.find(LAWYERS, budget=PLENTY) == {}
    assert lusha.calls.last.status == 200


@pytest.mark.parametrize("error", [429, 500, 503])
def test_a_failing_server_is_asked_again(error: int, finder: LeadFinder, lusha: MockLusha) -> None:
    lusha.on("enrichContacts").fail(error, times=2)

    assert finder.find(LAWYERS, budget=PLENTY)

    lusha.calls.assert_called("enrichContacts", times=3)


def test_at_some_point_it_gives_up(finder: LeadFinder, lusha: MockLusha) -> None:
    lusha.scenario("unavailable")

    with pytest.raises(UnavailableError, match=f"no answer in {ATTEMPTS} attempts"):
        finder.find(LAWYERS, budget=PLENTY)


@pytest.mark.lusha(waterfall=True)
def test_the_waterfall_finds_more_and_is_waited_for(lusha: MockLusha) -> None:
    def find(*, waterfall: bool) -> set[str]:
        finder = LeadFinder(
            lusha.api_key,
            lusha.url,
            waterfall=waterfall,
            sleep=lusha.clock.advance,
            transport=lusha.transport,
        )
        leads = finder.find({"contacts": {"include": {"departments": ["Legal"]}}}, budget=300)
        finder.close()
        return set(leads)

    alone = find(waterfall=False)
    before = lusha.clock.now

    assert find(waterfall=True) > alone
    assert (lusha.clock.now - before).total_seconds() >= 2
    lusha.calls.assert_called("getContactJob")


def test_code_with_the_address_built_in_is_tested_as_it_is(lusha: MockLusha) -> None:
    with lusha.intercept():
        finder = LeadFinder("the key of production")
        leads = finder.find(LAWYERS, budget=PLENTY)
        finder.close()

    assert leads
    lusha.calls.assert_called_with("enrichContacts", body={"reveal": ["emails"]})
