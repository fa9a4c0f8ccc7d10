"""Accounts, entities, scenario and clock, as they are steered."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from control.steering import COMPANY, KEY, told
from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.clock import Clock
from mock_lusha.config import Settings
from mock_lusha.server import MockServer
from mock_lusha.state.ledger import Item, Ledger
from mock_lusha.world.account_lookup import AccountLookup

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support import CheckedClient

ZOE = {"firstName": "Zoe", "lastName": "Quux", "companyDomain": "acme.com"}


# Accounts


def test_an_account_is_made_with_a_story(lusha: CheckedClient) -> None:
    made = lusha.post(
        "/_mock/accounts", json={"key": "ours", "plan": "pro", "credits": 3, "spent": ["hourly"]}
    )

    assert made.status_code == 201
    assert (made.json()["plan"], made.json()["credits"]["remaining"]) == ("pro", 3)
    assert lusha.get(COMPANY, key="ours").status_code == 429
    assert lusha.get(COMPANY, key="ours+other").status_code == 429


def test_an_account_that_was_deleted_begins_anew(lusha: CheckedClient) -> None:
    lusha.post("/_mock/accounts", json={"key": "ours", "plan": "free"})
    lusha.get(COMPANY, key="ours")

    told(lusha, "DELETE", "accounts", key="ours")

    read = told(lusha, "GET", "accounts", key="ours")
    assert (read["plan"], read["requests"], read["credits"]["used"]) == ("scale", 0, 0)


def test_a_shipped_story_survives_its_account(lusha: CheckedClient) -> None:
    told(lusha, "PATCH", "accounts", {"plan": "scale"}, key="free")

    told(lusha, "DELETE", "accounts", key="free")

    assert told(lusha, "GET", "accounts", key="free")["plan"] == "free"


def test_reading_an_account_does_not_begin_its_windows(lusha: CheckedClient, clock: Clock) -> None:
    told(lusha, "GET", "accounts")
    clock.advance(1_800)
    lusha.get(COMPANY)
    clock.advance(1_800)

    assert told(lusha, "GET", "accounts")["windows"]["hourly"]["reset_seconds"] == 1_800


def test_another_plan_has_its_limits_and_features_and_keeps_what_was_used(lusha: CheckedClient) -> None:
    lusha.get(COMPANY)
    assert lusha.get("/prospecting/filters/contacts/departments").status_code == 200

    changed = told(lusha, "PATCH", "accounts", {"plan": "pro"})

    assert changed["windows"]["hourly"]["limit"] == 150
    assert changed["windows"]["hourly"]["used"] == 2
    assert changed["credits"]["used"] == 1
    assert lusha.get("/prospecting/filters/contacts/departments").status_code == 403


CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "credits": ({"credits": 5}, {"credits": {"total": 6, "used": 1, "remaining": 5, "spent": 1}}),
    "credits without end": (
        {"credits": "unlimited"},
        {"credits": {"total": None, "used": 1, "remaining": None, "spent": 1}},
    ),
    "limits": ({"limits": "off"}, {"limits": "off"}),
    "two at once": ({"strict": True, "match_rate": 0.5}, {"strict": "yes", "match_rate": 0.5}),
    "tracked websites": (
        {"tracked_domains": ["https://www.Acme.example", "b.example"]},
        {"tracked_domains": ["acme.example", "b.example"]},
    ),
    "no tracked websites": ({"tracked_domains": []}, {"tracked_domains": []}),
    "users": ({"users": "Petra@a.example"}, {"users": ["petra@a.example"]}),
    "paid scores": ({"signal_score_price": "paid"}, {"signal_score_price": "paid"}),
    "the end of version 2": ({"v2": "gone"}, {"v2": "gone"}),
    "day": ({"as_of": "2025-01-01"}, {"as_of": "2025-01-01"}),
    "scenario": ({"scenario": "flaky"}, {"scenario": "flaky"}),
    "shapes": (
        {"error_format": "guide", "dialect": "documented"},
        {"error_format": "guide", "dialect": "documented"},
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_setting_of_an_account_changes_and_no_other(case: str, lusha: CheckedClient) -> None:
    change, seen = CHANGES[case]
    lusha.get(COMPANY)
    before = told(lusha, "GET", "accounts")

    changed = told(lusha, "PATCH", "accounts", change)

    assert changed == before | seen
    other = told(lusha, "GET", "accounts", key="another-key")
    assert {name: other[name] for name in seen} != seen


def test_of_several_settings_all_change_or_none(lusha: CheckedClient) -> None:
    before = told(lusha, "GET", "accounts")

    answer = lusha.request("PATCH", f"/_mock/accounts?account={KEY}", json={"plan": "free", "limits": "on"})

    assert answer.status_code == 400
    assert told(lusha, "GET", "accounts") == before


def test_a_drained_account_cannot_pay(lusha: CheckedClient) -> None:
    told(lusha, "POST", "accounts/drain", {"leave": 1})

    statuses = [lusha.get(f"/v2/company?domain={name}.com").status_code for name in ("acme", "other")]
    assert statuses == [200, 402]
    told(lusha, "PATCH", "accounts", {"credits": 1})
    assert lusha.get("/v2/company?domain=other.com").status_code == 200


ORDERS = st.one_of(
    st.tuples(st.just("charge"), st.integers(0, 9)),
    st.tuples(st.just("drain"), st.integers(0, 20)),
    st.tuples(st.just("refill"), st.integers(0, 20) | st.none()),
    st.tuples(st.just("renew"), st.none()),
)


@given(st.integers(0, 30) | st.none(), st.lists(ORDERS, max_size=8))
def test_what_is_used_and_left_always_makes_the_total(
    total: int | None, orders: list[tuple[str, Any]]
) -> None:
    ledger = Ledger(total)
    for number, (order, value) in enumerate(orders):
        if order == "charge":
            cost = [Item("company", f"company:{number}:{each}") for each in range(value)]
            if ledger.remaining is None or ledger.remaining >= value:
                ledger.charge(number, "searchSingleCompanyV2", cost)
        elif order == "renew":
            ledger.renew()
        else:
            getattr(ledger, order)(value)
            if value is not None and order == "refill":
                assert ledger.remaining == value
        assert ledger.used >= 0
        if ledger.total is not None:
            assert ledger.remaining is not None
            assert ledger.remaining >= 0
            assert ledger.total == ledger.used + ledger.remaining


def test_the_ledger_tells_what_was_paid_and_why_not(lusha: CheckedClient) -> None:
    lusha.get("/v2/person?email=jane.doe@acme.com&revealEmails=true")
    lusha.get("/v2/person?email=jane.doe@acme.com&revealEmails=true")

    ledger = told(lusha, "GET", "ledger?last=2")

    assert ledger["credits"] == {"total": 10_000, "used": 1, "remaining": 9_999, "spent": 1}
    assert [(each["kind"], each["price"], each["why"]) for each in ledger["entries"]] == [
        ("email", 1, "charged"),
        ("email", 0, "already revealed"),
    ]


def test_a_key_is_never_told_in_full(lusha: CheckedClient) -> None:
    lusha.get(COMPANY)
    lusha.get(f"/v2/company?domain=acme.com&api_key={KEY}")
    lusha.get(COMPANY, headers={"x-api-key": KEY})

    for path in ("accounts", "journal", "conduct", "explain/last", "scenario", "health", "settings"):
        for text in (
            lusha.get(f"/_mock/{path}").text,
            lusha.get("/_mock/ledger", params={"account": KEY}).text,
        ):
            assert KEY not in text
    prints = {each["fingerprint"] for each in lusha.get("/_mock/accounts").json()["accounts"]}
    told(lusha, "GET", "accounts", key="another-key-of-ours")
    assert len(prints | {told(lusha, "GET", "accounts", key="another-key-of-ours")["fingerprint"]}) == 2


def test_reset_puts_one_account_back_and_leaves_the_others(lusha: CheckedClient) -> None:
    for key in (KEY, "other-key"):
        lusha.get(COMPANY, key=key)
        told(lusha, "PUT", "scenario", {"name": "flaky"}, key=key)
        told(lusha, "PATCH", "clock", {"advance": 60}, key=key)
        told(lusha, "POST", "entities", {"people": [ZOE | {"jobTitle": "Boss"}]}, key=key)

    told(lusha, "POST", "reset")

    own = told(lusha, "GET", "accounts")
    assert (own["requests"], own["scenario"], own["clock"]["now"]) == (0, None, "2026-03-31T12:00:00.000Z")
    assert told(lusha, "GET", "journal")["total"] == 0
    assert told(lusha, "GET", "entities")["pinned"]["people"] == []
    other = told(lusha, "GET", "accounts", key="other-key")
    assert (other["requests"], other["scenario"]) == (1, "flaky")


def test_reset_of_all_is_the_beginning(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(scenario="happy")
    client.get(COMPANY)
    client.request("PUT", "/_mock/scenario", json={"name": "gdpr"})
    client.post("/_mock/accounts", json={"key": "ours"})

    client.post("/_mock/reset")

    assert client.get("/_mock/accounts").json() == {"accounts": []}
    assert client.get("/_mock/scenario").json()["server"]["name"] == "happy"
    assert client.get("/_mock/journal").json()["total"] == 0
    assert client.post("/_mock/accounts", json={"key": "ours"}).status_code == 201


# Entities


def test_a_pinned_person_shows_in_every_endpoint_of_their_account_alone(lusha: CheckedClient) -> None:
    told(
        lusha, "POST", "entities", {"people": [ZOE | {"jobTitle": "Chief Quuxer", "emails": ["z@acme.com"]}]}
    )

    def title(key: str) -> str:
        found = lusha.get("/v2/person", params=ZOE, key=key).json()["contact"]["data"]
        text: str = found["jobTitle"]["title"]
        return text

    assert title(KEY) == "Chief Quuxer"
    assert title("other-key") != "Chief Quuxer"
    body = {"contacts": [{"contactId": "1", "email": "z@acme.com"}]}
    assert lusha.post("/v2/person", json=body).json()["contacts"]["1"]["data"]["fullName"] == "Zoe Quux"
    search = {"filters": {"contacts": {"include": {"searchText": "Quuxer"}}}}
    found = lusha.post("/prospecting/contact/search", json=search).json()
    assert [each["name"] for each in found["data"]] == ["Zoe Quux"]
    assert lusha.post("/prospecting/contact/search", json=search, key="other-key").json()["data"] == []
    ids = {"requestId": found["requestId"], "contactIds": [found["data"][0]["contactId"]]}
    enriched = lusha.post("/prospecting/contact/enrich", json=ids).json()["contacts"][0]["data"]
    assert enriched["emailAddresses"][0]["email"] == "z@acme.com"


@pytest.mark.parametrize(
    "find",
    [{"email": "z@acme.com"}, ZOE, {"personId": 4711}, {"linkedinUrl": "https://www.linkedin.com/in/zoe-q"}],
    ids=str,
)
def test_a_patch_keeps_what_it_does_not_change(find: dict[str, Any], lusha: CheckedClient) -> None:
    facts = {"emails": ["z@acme.com"], "personId": 4711, "linkedinUrl": "https://www.linkedin.com/in/zoe-q"}
    told(lusha, "POST", "entities", {"people": [ZOE | facts | {"jobTitle": "Boss"}]})

    told(lusha, "PATCH", "entities", {"people": [{"find": find, "set": {"city": "Berlin"}}]})

    found = lusha.get("/v2/person?email=z@acme.com").json()["contact"]["data"]
    assert (found["personId"], found["jobTitle"]["title"], found["location"]["city"]) == (
        4711,
        "Boss",
        "Berlin",
    )


def test_a_company_is_patched_by_its_domain(lusha: CheckedClient) -> None:
    told(
        lusha, "PATCH", "entities", {"companies": [{"find": {"domain": "acme.com"}, "set": {"employees": 7}}]}
    )
    told(
        lusha,
        "PATCH",
        "entities",
        {"companies": [{"find": {"domain": "acme.com"}, "set": {"name": "Acmeee"}}]},
    )

    found = lusha.get(COMPANY).json()["data"]
    assert (found["name"], found["employees"]) == ("Acmeee", "1 - 10")


def test_who_was_erased_is_gone_from_every_endpoint_until_pinned_again(lusha: CheckedClient) -> None:
    search = {"filters": {}, "pages": {"page": 0, "size": 50}}
    found = lusha.post("/prospecting/contact/search", json=search).json()
    ids = {"requestId": found["requestId"], "contactIds": [found["data"][0]["contactId"]]}
    person = lusha.post("/prospecting/contact/enrich", json=ids).json()["contacts"][0]["data"]
    names = {"firstName": person["firstName"], "lastName": person["lastName"]}
    who = names | {"companyName": person["companyName"]}

    told(lusha, "POST", "entities/erase", {"people": [who]})

    assert lusha.get("/v2/person", params=who).json()["contact"]["error"]["code"] == 3
    assert lusha.post("/prospecting/contact/enrich", json=ids).json()["contacts"][0]["isSuccess"] is False
    again = lusha.post("/prospecting/contact/search", json=search).json()
    assert again["totalResults"] == found["totalResults"] - 1
    assert lusha.get("/v2/person", params=who, key="other-key").json()["contact"]["error"] is None
    told(lusha, "POST", "entities", {"people": [who]})
    assert lusha.get("/v2/person", params=who).json()["contact"]["error"] is None


def test_an_erased_company_is_gone(lusha: CheckedClient) -> None:
    told(lusha, "POST", "entities/erase", {"companies": [{"domain": "acme.com"}]})

    assert lusha.get(COMPANY).status_code == 404
    assert lusha.post("/v2/company", json={"companies": [{"id": "1", "domain": "acme.com"}]}).json() == {}
    search = {"filters": {"companies": {"include": {"domains": ["acme.com"]}}}}
    assert lusha.post("/prospecting/company/search", json=search).json()["totalResults"] == 0
    assert told(lusha, "GET", "entities")["erased"]["companies"] == ["acme-com.example"]


def test_who_has_an_identifier_keeps_it(lusha: CheckedClient) -> None:
    ada = {"firstName": "Ada", "lastName": "Byron", "companyDomain": "acme.com", "emails": ["ada@acme.com"]}
    told(lusha, "POST", "entities", {"people": [ada]})
    before = told(lusha, "GET", "entities")

    answer = lusha.post(f"/_mock/entities?account={KEY}", json={"people": [ada | {"firstName": "Eve"}]})

    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        (
            "email ada@acme.com is pinned already, for ada-byron at acme-com.example: "
            "erase who has it first, or choose another"
        )
    ]
    assert told(lusha, "GET", "entities") == before
    told(lusha, "POST", "entities/erase", {"people": [{"email": "ada@acme.com"}]})
    told(lusha, "POST", "entities", {"people": [ada | {"firstName": "Eve"}]})
    found = lusha.get("/v2/person?email=ada@acme.com").json()["contact"]["data"]
    assert found["firstName"] == "Eve"


def test_an_account_may_be_pinned_to_and_looked_into_many_times(lusha: CheckedClient) -> None:
    told(lusha, "PATCH", "accounts", {"limits": "off"})
    for number in range(40):
        who = {"firstName": "Zoe", "lastName": f"Quux{number}", "companyDomain": "acme.com"}
        added = told(lusha, "POST", "entities", {"people": [who]})["added"]["people"]
        found = lusha.get("/v2/person", params=who).json()["contact"]["data"]
        assert [found["personId"]] == [each["personId"] for each in added]


# Scenario


def test_of_header_account_and_server_the_nearest_scenario_decides(lusha: CheckedClient) -> None:
    def status(**headers: str) -> int:
        return lusha.get("/v2/person?email=gdpr@acme.com", headers=headers).status_code

    assert status() == 451  # magic
    lusha.request("PUT", "/_mock/scenario", json={"name": "server-error"})
    assert status() == 500
    told(lusha, "PUT", "scenario", {"name": "unavailable"})
    assert status() == 503
    assert status(**{"x-mock-lusha-scenario": "not-found"}) == 404
    assert lusha.get("/account/usage", key="other-key").status_code == 500
    told(lusha, "DELETE", "scenario")
    assert status() == 500
    lusha.request("DELETE", "/_mock/scenario")
    assert status() == 451


def test_a_scenario_begins_anew_when_it_is_put_again(lusha: CheckedClient) -> None:
    for _ in range(2):
        told(lusha, "PUT", "scenario", {"name": "flaky"})
        assert [lusha.get(COMPANY).status_code for _ in range(3)] == [503, 503, 200]
    counters = told(lusha, "GET", "scenario")["counters"]["flaky"]
    assert counters == {"rule-1": {"matched": 3, "fired": 2, "asleep": False}}


def test_a_scenario_of_a_header_counts_for_the_account(lusha: CheckedClient) -> None:
    header = {"x-mock-lusha-scenario": "flaky"}

    assert [lusha.get(COMPANY, headers=header).status_code for _ in range(3)] == [503, 503, 200]
    assert lusha.get(COMPANY, headers=header, key="other-key").status_code == 503


def test_what_one_scenario_counts_another_of_its_name_does_not(lusha: CheckedClient) -> None:
    header = {"x-mock-lusha-scenario": "flaky"}
    told(lusha, "PUT", "scenario", {"name": "flaky"})
    assert [lusha.get(COMPANY).status_code for _ in range(3)] == [503, 503, 200]

    lusha.request("PUT", "/_mock/scenario", json={"name": "flaky"})
    assert lusha.get(COMPANY).status_code == 200, "the server's flaky is not this account's"

    told(lusha, "PUT", "scenario", {"name": "flaky", "rules": [{"when": {"nth": 1}, "respond": "gdpr"}]})
    assert [lusha.get(COMPANY).status_code for _ in range(2)] == [451, 200]
    assert [lusha.get(COMPANY, headers=header).status_code for _ in range(3)] == [503, 503, 200]
    assert lusha.get(COMPANY).status_code == 200


def test_a_scenario_can_go_on_where_another_interrupted_it(lusha: CheckedClient) -> None:
    told(lusha, "PUT", "scenario", {"name": "flaky"})
    first = told(lusha, "GET", "scenario")["account"]["begun"]
    assert lusha.get(COMPANY).status_code == 503

    told(lusha, "PUT", "scenario", {"name": "flaky"})
    assert [lusha.get(COMPANY).status_code for _ in range(3)] == [503, 503, 200]
    told(lusha, "POST", "scenario/resume", {"begun": first})

    assert [lusha.get(COMPANY).status_code for _ in range(2)] == [503, 200]


def test_added_rules_are_asked_first_in_their_order_until_they_are_used_up(lusha: CheckedClient) -> None:
    told(lusha, "PUT", "scenario", {"name": "server-error"})
    told(lusha, "POST", "scenario/rules", {"rules": [{"respond": "unavailable", "times": 2}]})
    seen = told(lusha, "POST", "scenario/rules", {"rules": [{"respond": "gdpr", "times": 1}]})

    assert list(seen["added"]) == ["rule-1", "rule-2"]
    assert [lusha.get(COMPANY).status_code for _ in range(5)] == [503, 503, 451, 500, 500]
    assert lusha.get(COMPANY, key="other-key").status_code == 200
    counters = told(lusha, "GET", "scenario")["added"]
    assert counters["rule-2"] == {"matched": 5, "fired": 1, "asleep": False}
    told(lusha, "POST", "scenario/rules", {"rules": [{"respond": "not-found"}]})
    told(lusha, "DELETE", "scenario/rules")
    assert lusha.get(COMPANY).status_code == 500


def test_added_rules_do_not_grow_without_end(lusha: CheckedClient) -> None:
    rules = [{"when": {"nth": 1}, "respond": "gdpr"}] * 999
    path = "/_mock/scenario/rules?account=k"

    statuses = [lusha.post(path, json={"rules": each}).status_code for each in (rules, rules[:1], rules[:1])]
    refused = lusha.post(path, json={"rules": rules[:1]}).json()["errors"]
    lusha.request("DELETE", path)

    assert statuses == [200, 200, 400]
    assert refused[0].startswith("an account may have 1000 added rules, and it has 1000: take them away with")
    assert lusha.post(path, json={"rules": rules[:1]}).status_code == 200


def test_added_rules_have_names_of_their_own(lusha: CheckedClient) -> None:
    rule = {"name": "mine", "when": {"nth": 9}, "respond": "gdpr"}
    told(lusha, "POST", "scenario/rules", {"rules": [rule]})

    again = lusha.post(f"/_mock/scenario/rules?account={KEY}", json={"rules": [rule]})

    assert again.status_code == 400
    assert again.json()["errors"] == ["a rule called 'mine' was added before: choose another name"]


def test_a_suffix_behind_a_tilde_changes_nothing_that_is_drawn(lusha: CheckedClient) -> None:
    search = {"filters": {"contacts": {"include": {"departments": ["Sales"]}}}}

    def drawn(key: str) -> tuple[list[int], str]:
        told(lusha, "PUT", "scenario", {"name": "half", "rules": [
            {"when": {"share": 0.5}, "respond": "gdpr"}]}, key=key)  # fmt: skip
        statuses = [lusha.get(COMPANY, key=key).status_code for _ in range(20)]
        told(lusha, "DELETE", "scenario", key=key)
        return statuses, lusha.post("/prospecting/contact/search", json=search, key=key).json()["requestId"]

    assert drawn("suite~1") == drawn("suite~2") != drawn("other~1")
    assert told(lusha, "GET", "accounts", key="suite~1")["credits"]["used"] > 0
    assert told(lusha, "GET", "accounts", key="suite")["credits"]["used"] == 0


# Settling


def settled(lusha: CheckedClient, **held: Any) -> Any:
    return told(lusha, "POST", "accounts/settle", held)


def test_an_account_without_problems_is_forgotten_when_it_is_settled(lusha: CheckedClient) -> None:
    for _ in range(2):
        lusha.get("/v2/person?email=jane.doe@acme.com&revealEmails=true")

    seen = settled(lusha, max_credits=1)

    whose = [seen.pop(name) for name in ("account", "fingerprint", "label")]
    assert whose == ["…4711", "3fd76273", None]
    assert seen == {
        "calls": 2, "spent": 1, "revealed_again": 1, "conduct": {"revealed-twice": 1}, "problems": [],
        "forgotten": True, "last_exchange": 2,
        "coverage": {
            "outcomes": [["searchSingleContact", 200, None, 2]], "others": 0, "unread": 0, "values": {},
            "fields": {"searchSingleContact": ["query.email", "query.revealEmails"]},
            "marks": {"revealed-again": 1},
        },
    }  # fmt: skip
    assert told(lusha, "GET", "accounts")["requests"] == 0
    assert told(lusha, "GET", "journal")["total"] == 0


def test_what_was_spent_counts_through_renewal_and_drain(lusha: CheckedClient) -> None:
    lusha.get(COMPANY)
    told(lusha, "POST", "accounts/drain")
    told(lusha, "PATCH", "clock", {"advance": 31 * 86_400})
    lusha.get("/v2/company?domain=other.com")

    seen = settled(lusha, max_credits=1)

    assert (seen["spent"], seen["forgotten"]) == (2, False)
    assert seen["problems"] == ["2 credits were spent, and at most 1 were to be"]
    assert told(lusha, "GET", "accounts")["requests"] == 2


def test_a_rule_that_never_fired_is_a_problem_where_it_says_how_often(lusha: CheckedClient) -> None:
    told(lusha, "POST", "scenario/rules", {"rules": [
        {"name": "at-the-second", "when": {"nth": 2}, "respond": "gdpr"},
        {"name": "once", "when": {"operation": "getAccountUsageStats"}, "respond": "gdpr", "times": 1},
        {"name": "whenever", "when": {"operation": "searchSingleContact"}, "respond": "gdpr"},
    ]})  # fmt: skip
    told(lusha, "PUT", "scenario", {"name": "flaky"})
    told(lusha, "PUT", "scenario", {"name": "mine", "rules": [{"when": {"nth": 7}, "respond": "gdpr"}]})
    lusha.get(COMPANY)

    assert settled(lusha, scenarios=["mine", "flaky"])["problems"] == [
        "the rule added/at-the-second never fired: 1 call met its conditions (any call: gdpr)",
        "the rule added/once never fired: 0 calls met its conditions (getAccountUsageStats: gdpr)",
        "the rule flaky/rule-1 never fired: 0 calls met its conditions (any call: unavailable)",
        "the rule mine/rule-1 never fired: 1 call met its conditions (any call: gdpr)",
    ]
    assert len(settled(lusha)["problems"]) == 2


def test_a_defect_of_the_double_is_a_problem(lusha: CheckedClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: AccountLookup, query: Any) -> None:
        raise KeyError("lost")

    monkeypatch.setattr(AccountLookup, "company", broken)
    assert lusha.get(COMPANY).status_code == 500

    assert settled(lusha)["problems"] == [
        "the double itself failed at exchange 1 (searchSingleCompanyV2): KeyError: 'lost'"
    ]
    assert told(lusha, "GET", "journal")["exchanges"][0]["defect"] == "KeyError: 'lost'"


def test_an_unknown_name_in_the_header_is_a_400_that_offers_the_nearest(lusha: CheckedClient) -> None:
    answer = lusha.get(COMPANY, headers={"x-mock-lusha-scenario": "flakey"})

    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        "x-mock-lusha-scenario: there is no scenario 'flakey': did you mean flaky?"
    ]


def test_an_accounts_file_may_name_a_scenario(
    tmp_path: Path, make_client: Callable[..., CheckedClient]
) -> None:
    accounts = tmp_path / "accounts.yaml"
    accounts.write_text("accounts:\n  sick:\n    scenario: server-error\n", encoding="utf-8")
    client = make_client(accounts=accounts)

    assert client.get(COMPANY, key="sick").status_code == 500
    assert client.get(COMPANY, key="sick+1").status_code == 500
    assert client.get(COMPANY).status_code == 200


# Clock


def test_an_hour_that_is_spent_reopens_when_the_clock_says_so(lusha: CheckedClient) -> None:
    told(lusha, "PATCH", "accounts", {"plan": "pro"})
    told(
        lusha,
        "PUT",
        "scenario",
        {"name": "spent", "rules": [{"when": {"nth": 1}, "respond": {"spend": "hourly"}}]},
    )

    assert [lusha.get(COMPANY).status_code for _ in range(2)] == [200, 429]
    told(lusha, "PATCH", "clock", {"advance": 3_599})
    assert lusha.get(COMPANY).status_code == 429
    told(lusha, "PATCH", "clock", {"advance": 1})
    assert lusha.get(COMPANY).status_code == 200


def test_one_accounts_clock_is_not_anothers(lusha: CheckedClient) -> None:
    told(lusha, "PATCH", "clock", {"advance": 60})
    told(lusha, "PATCH", "clock", {"set": "2025-01-01T00:00:00Z"}, key="other-key")
    lusha.request("PATCH", "/_mock/clock", json={"advance": 3_600})

    assert told(lusha, "GET", "clock")["now"] == "2026-03-31T13:01:00.000Z"
    assert told(lusha, "GET", "clock", key="other-key")["now"] == "2025-01-01T01:00:00.000Z"
    assert lusha.get("/_mock/clock").json() == {"now": "2026-03-31T13:00:00.000Z", "frozen": False}


def test_a_frozen_account_stands_while_the_others_go_on(lusha: CheckedClient) -> None:
    told(lusha, "PATCH", "clock", {"freeze": True})
    lusha.request("PATCH", "/_mock/clock", json={"advance": 3_600})

    assert told(lusha, "GET", "clock") == {"now": "2026-03-31T12:00:00.000Z", "frozen": True}
    told(lusha, "PATCH", "clock", {"advance": 5})
    told(lusha, "PATCH", "clock", {"freeze": False})
    assert told(lusha, "GET", "clock") == {"now": "2026-03-31T12:00:05.000Z", "frozen": False}
    told(lusha, "PATCH", "clock", {"reset": True})
    assert told(lusha, "GET", "clock")["now"] == "2026-03-31T13:00:00.000Z"


def test_the_default_dates_of_signals_follow_the_clock_and_the_data_do_not(lusha: CheckedClient) -> None:
    body = {"contactIds": [1], "signals": ["allSignals"]}
    before = told(lusha, "GET", "accounts")["as_of"]

    told(lusha, "PATCH", "clock", {"set": "2027-05-20T00:00:00Z"})

    answer = lusha.post("/api/signals/contacts", json=body).json()
    assert (answer["startDate"], answer["endDate"]) == ("2026-11-20", "2027-05-20")
    assert told(lusha, "GET", "accounts")["as_of"] == before == "2026-03-31"


@pytest.mark.parametrize(("days", "renewed"), [(30, True), (0, False)], ids=["30 days", "never"])
def test_credits_are_whole_again_after_their_period(
    days: int, renewed: bool, make_client: Callable[..., CheckedClient]
) -> None:
    client = make_client(key=KEY, renew_days=days)
    client.get(COMPANY)
    told(client, "PATCH", "clock", {"advance": 30 * 86_400 - 1})
    assert client.used() == 1

    told(client, "PATCH", "clock", {"advance": 1})

    assert client.used() == (0 if renewed else 1)
    client.get(COMPANY)
    assert client.used() == (0 if renewed else 1), "what was revealed stays revealed"


def test_a_clock_that_is_set_back_begins_the_windows_anew(lusha: CheckedClient) -> None:
    lusha.get(COMPANY)
    told(lusha, "PATCH", "clock", {"set": "2025-01-01T00:00:00Z"})

    assert lusha.get(COMPANY).headers["x-hourly-usage"] == "1"


@given(st.lists(st.one_of(
    st.tuples(st.just("advance"), st.floats(0, 1e6)),
    st.tuples(st.just("set"), st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1))),  # noqa: DTZ001
    st.tuples(st.sampled_from(["freeze", "unfreeze"]), st.none()),
), max_size=8))  # fmt: skip
def test_a_moved_clock_shows_what_it_was_moved_to(moves: list[tuple[str, Any]]) -> None:
    clock = Clock(source=lambda: 1_000_000_000.0)
    now = 1_000_000_000.0
    for move, value in moves:
        if move == "advance":
            clock.advance(value)
            now += value
        elif move == "set":
            clock.set(value.replace(tzinfo=UTC))
            now = value.replace(tzinfo=UTC).timestamp()
        else:
            getattr(clock, move)()
            assert clock.frozen is (move == "freeze")
        assert clock.now() == pytest.approx(now, abs=1e-3)
    clock.reset()
    assert (clock.now(), clock.frozen) == (1_000_000_000.0, False)


# Two writers at once


def test_writers_at_once_leave_a_whole_state() -> None:
    settings = Settings(port=0, people=0, companies=1, limits="headers")
    with MockServer(settings) as server:

        def write(name: str) -> None:
            with httpx.Client(base_url=server.url, trust_env=False) as client:
                for number in range(25):
                    rules = [
                        {"name": f"{name}-{each}", "respond": {"delay": 0}, "when": {"nth": 1}}
                        for each in range(5)
                    ]
                    body = {"name": name, "rules": rules}
                    assert client.put(f"/_mock/scenario?account={KEY}", json=body).status_code == 200
                    body = {
                        "people": [
                            {"firstName": name, "lastName": f"No {number}", "companyDomain": "acme.com"}
                        ]
                    }
                    assert client.post(f"/_mock/entities?account={KEY}", json=body).status_code == 200

        writers = [threading.Thread(target=write, args=(name,)) for name in ("one", "two", "three")]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        active = httpx.get(f"{server.url}/_mock/scenario?account={KEY}").json()["account"]
        pinned = httpx.get(f"{server.url}/_mock/entities?account={KEY}").json()["pinned"]["people"]

    assert active["rules"] == [f"{active['name']}-{each}" for each in range(5)]
    assert len(pinned) == 75
