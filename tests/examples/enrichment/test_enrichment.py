"""The job's own suite: all it uses of mock-lusha is the fixture ``lusha``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from enrichment import ATTEMPTS, Enrichment, OutOfCreditsError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_lusha import MockLusha


@pytest.fixture
def job(lusha: MockLusha) -> Iterator[Enrichment]:
    """The job at the double; where it would wait, the double's clock goes on and nobody waits."""
    made = Enrichment(lusha.api_key, lusha.url, sleep=lusha.clock.advance, transport=lusha.transport)
    yield made
    made.close()


def test_many_people_are_one_call_and_paid_for_once(job: Enrichment, lusha: MockLusha) -> None:
    emails = [f"jane.no{number}@acme.com" for number in range(20)]

    found = job.people(emails)
    spent = lusha.ledger.spent
    again = job.people(emails)

    assert found == again
    assert all(person is not None and person["fullName"] for person in found.values())
    lusha.calls.assert_called("searchMultipleContacts", times=1)
    assert 20 <= spent <= 20 * 6
    lusha.ledger.assert_spent(spent)
    lusha.conduct.assert_clean()


def test_whom_lusha_does_not_know_or_may_not_tell_of_is_nobody(job: Enrichment) -> None:
    found = job.people(["nobody@acme.com", "gdpr@acme.com", "jane.doe@acme.com"])

    assert [person is None for person in found.values()] == [True, True, False]


def test_one_of_our_own_is_found_as_the_crm_has_them(job: Enrichment, lusha: MockLusha) -> None:
    lusha.add_person(
        first_name="Ada", last_name="Byron", company_domain="acme.com", emails=["ada@acme.com"],
        job_title="Analyst",
    )  # fmt: skip

    found = job.people(["ada@acme.com"])

    assert found["ada@acme.com"] is not None
    assert found["ada@acme.com"]["jobTitle"]["title"] == "Analyst"


@pytest.mark.parametrize("error", [500, 502, 503, 504])
def test_a_failing_server_is_asked_again_with_growing_pauses(
    error: int, job: Enrichment, lusha: MockLusha
) -> None:
    lusha.on("searchMultipleContacts").fail(error, times=3)

    assert job.people(["jane.doe@acme.com"])["jane.doe@acme.com"]

    assert len(lusha.calls) == 4
    lusha.conduct.assert_clean()


def test_a_connection_that_breaks_is_no_answer(job: Enrichment, lusha: MockLusha) -> None:
    lusha.on().cut(times=1).cut(mid_body=True, times=1).garble("truncated-json", times=1)

    assert job.people(["jane.doe@acme.com"])["jane.doe@acme.com"]

    assert len(lusha.calls) == 4
    lusha.ledger.assert_spent(6)


def test_at_some_point_it_gives_up(job: Enrichment, lusha: MockLusha) -> None:
    lusha.scenario("unavailable")

    with pytest.raises(UnavailableError, match=f"no answer in {ATTEMPTS} attempts"):
        job.people(["jane.doe@acme.com"])

    assert len(lusha.calls) == ATTEMPTS


@pytest.mark.lusha(plan="pro", limits="enforce")
def test_an_hour_that_is_spent_is_waited_for(job: Enrichment, lusha: MockLusha) -> None:
    lusha.on().spend("hourly", times=1)
    job.people(["jane.doe@acme.com"])
    before = lusha.clock.now

    job.people(["john.doe@acme.com"])

    assert 3_500 < (lusha.clock.now - before).total_seconds() <= 3_601
    assert [call.status for call in lusha.calls] == [200, 429, 200]
    lusha.conduct.assert_clean(but=["ignored-requests-left"])


def test_what_was_paid_for_is_kept_when_credits_run_out(job: Enrichment, lusha: MockLusha) -> None:
    known = [f"jane.no{number}@acme.com" for number in range(10)]
    job.people(known)
    lusha.credits(0)

    with pytest.raises(OutOfCreditsError) as caught:
        job.people([*known, "john.doe@acme.com"])

    assert list(caught.value.found) == known
    assert lusha.ledger.remaining == 0


def test_code_with_the_address_built_in_is_tested_as_it_is(lusha: MockLusha) -> None:
    with lusha.intercept():
        job = Enrichment("the key of production")
        found = job.people(["jane.doe@acme.com"])
        job.close()

    assert found["jane.doe@acme.com"]
    lusha.calls.assert_called_with(
        "searchMultipleContacts", body={"contacts": [{"contactId": "0", "email": "jane.doe@acme.com"}]}
    )
