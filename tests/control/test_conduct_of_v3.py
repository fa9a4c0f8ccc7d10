"""The conduct of clients of the third generation: what costs calls or credits for nothing, and how much."""

# ruff: noqa: E501 - a table of cases reads one case a line

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from support import CheckedClient

KEY = "a-key-of-our-own-4711"
CONTACTS, COMPANIES = "/v3/contacts", "/v3/companies"


def people(*names: str, **more: Any) -> dict[str, Any]:
    return {
        "contacts": [
            {"email": f"{name}.doe@acme.com" if len(name) < 3 else f"{name}@acme.com"} for name in names
        ],
        **more,
    }


def companies(*names: str) -> dict[str, Any]:
    return {"companies": [{"domain": f"{name}.com"} for name in names]}


class Step(NamedTuple):
    """A call. ``ids`` of the body are those that the last search found, or so many of them."""

    path: str
    body: Mapping[str, Any]
    take: int | None = None


def search(*names: str, **more: Any) -> Step:
    return Step(f"{CONTACTS}/search", people(*names, **more))


def enrich(take: int = 100, **more: Any) -> Step:
    return Step(f"{CONTACTS}/enrich", more, take)


def both(*names: str, **more: Any) -> Step:
    return Step(f"{CONTACTS}/search-and-enrich", people(*names, **more))


def find_companies(*names: str) -> Step:
    return Step(f"{COMPANIES}/search", companies(*names))


def enrich_companies(take: int = 100) -> Step:
    return Step(f"{COMPANIES}/enrich", {}, take)


def both_companies(*names: str) -> Step:
    return Step(f"{COMPANIES}/search-and-enrich", companies(*names))


def signals(take: int = 100) -> Step:
    return Step(f"{CONTACTS}/signals", {"signalTypes": ["promotion"]}, take)


def verdicts(
    client: CheckedClient, steps: Sequence[Step], costs: list[int] | None = None
) -> dict[str, list[tuple[list[int], str]]]:
    """What is said of a client that makes some calls: exchanges and text of each proof, by verdict. ``costs``
    takes what each call cost."""
    ids: list[str] = []
    for path, body, take in steps:
        sent = body if take is None else {"ids": ids[:take], **body}
        answer = client.post(path, json=sent)
        assert answer.status_code == 200, answer.text
        if costs is not None:
            costs.append(answer.json()["billing"]["creditsCharged"])
        if take is None:
            ids = [result["id"] for result in answer.json()["results"] if "id" in result]
    (account,) = client.get(f"/_mock/conduct?account={KEY}").json()["accounts"]
    return {
        verdict["name"]: [(proof["exchanges"], proof["text"]) for proof in verdict["evidence"]]
        for verdict in account["verdicts"]
    }


PAIR = "enrichContacts took all that searchContacts had found; one call of searchAndEnrichContacts does both"
AGAIN = "looked up who had been found before; enrichContacts by their ids costs"
BAD: dict[str, tuple[list[Step], str, list[tuple[list[int], str]]]] = {
    "single lookups": (
        [search(name) for name in "abcde"],
        "singles-for-bulk",
        [([1, 2, 3, 4, 5], "5 calls of searchContacts in a row for one item each; 1 of searchContacts would do")],
    ),
    "single lookups of both": (
        [both(name) for name in "abcdef"],
        "singles-for-bulk",
        [([1, 2, 3, 4, 5, 6], "6 calls of searchAndEnrichContacts in a row for one item each; 1 of searchAndEnrichContacts would do")],
    ),
    "a search and an enrich, again and again": (
        [search("a", "b"), enrich(), search("c"), enrich(), search("d"), enrich()],
        "two-calls-for-one",
        [([1, 2], f"{PAIR} for the same {{c1}} credits"), ([3, 4], f"{PAIR} for the same {{c3}} credits"), ([5, 6], f"{PAIR} for the same {{c5}} credits")],
    ),
    "a search for who is known": (
        [search("a", "b"), search("b")],
        "searched-again",
        [([1, 2], f"searchContacts {AGAIN} 1 credit less")],
    ),
    "both for who was enriched": (
        [both("a", reveal=["emails"]), both("a", reveal=["phones"])],
        "searched-again",
        [([1, 2], f"searchAndEnrichContacts {AGAIN} 1 credit less")],
    ),
    "a person revealed twice": (
        [search("a"), enrich(reveal=["emails"]), enrich(reveal=["emails"])],
        "revealed-twice",
        [([2, 3], "person:{a} was revealed before; keep what was paid for")],
    ),
    "a company enriched twice": (
        [find_companies("acme"), enrich_companies(), enrich_companies()],
        "revealed-twice",
        [([2, 3], "company:{acme} was paid for before, and again (1 credit); keep it")],
    ),
}  # fmt: skip


@pytest.fixture
def lusha(make_client: Callable[..., CheckedClient]) -> CheckedClient:
    return make_client(key=KEY, limits="off", dialect="documented")  # whose ids are the ledger's


@pytest.mark.parametrize("case", BAD)
def test_what_a_client_does_badly_is_seen_with_what_it_costs(case: str, lusha: CheckedClient) -> None:
    steps, name, proofs = BAD[case]
    ids: dict[str, Any] = {
        "a": lusha.post(f"{CONTACTS}/search", json=people("a"), key="another").json()["results"][0]["id"],
        "acme": lusha.post(f"{COMPANIES}/search", json=companies("acme"), key="another").json()["results"][0][
            "id"
        ],
    }
    first = lusha.get(f"/_mock/journal?account={KEY}").json()["exchanges"]
    assert first == []

    costs: list[int] = []
    seen = verdicts(lusha, steps, costs)

    ids |= {f"c{at}": one + other for at, (one, other) in enumerate(pairwise(costs), 1)}
    start = lusha.get(f"/_mock/journal?account={KEY}").json()["exchanges"][0]["id"] - 1
    expected = [([number + start for number in exchanges], text.format(**ids)) for exchanges, text in proofs]
    assert seen == {name: expected}


WELL: dict[str, list[Step]] = {
    "a bulk for each": [both("a", "b", "c"), both("d", "e"), both("f", "g"), both("h", "i"), both("j", "k")],
    "four single lookups": [search(name) for name in "abcd"],
    "one search and one enrich": [search("a", "b"), enrich()],
    "some of what was found": [search("a", "b"), enrich(1), search("c", "d"), enrich(1), search("e", "f"), enrich(1)],
    "searches that ask for signals": [
        step
        for name in "abc"
        for step in (search(name, "x" + name, signals={"types": ["promotion"]}), enrich())
    ],
    "signals of who is known, again": [
        search("a", "b", signals={"types": ["promotion"]}),
        search("a", "b", signals={"types": ["promotion"]}),
    ],
    "a mailbox, then a phone": [search("a"), enrich(reveal=["emails"]), enrich(reveal=["phones"])],
    "nobody twice": [search("nobody"), search("nobody")],
    "signals after a search": [search("a", "b"), signals(), search("c", "d"), signals(), search("e", "f"), signals()],
}  # fmt: skip


@pytest.mark.parametrize("case", WELL)
def test_what_a_client_does_well_is_not_held_against_it(case: str, lusha: CheckedClient) -> None:
    assert verdicts(lusha, WELL[case]) == {}


def test_a_search_that_the_other_way_is_free_counts_at_once(
    make_client: Callable[..., CheckedClient],
) -> None:
    """As documented search-and-enrich of companies costs what the enrich does."""
    client = make_client(key=KEY, search_price="documented")

    seen = verdicts(client, [find_companies("acme", "quill-works"), enrich_companies()])

    text = (
        "enrichCompanies took all that searchCompanies had found; one call of searchAndEnrichCompanies does "
        "both for 1 credit less"
    )
    assert seen == {"two-calls-for-one": [([1, 2], text)]}


def test_a_search_that_is_paid_for_either_way_is_no_saving(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(key=KEY, search_price="observed")

    assert verdicts(client, [find_companies("acme", "quill-works"), enrich_companies()]) == {}


def test_a_refusal_that_is_not_waited_for_is_seen(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(key=KEY)
    rule = {"when": {"nth": 1}, "respond": {"error": "too-many-requests"}}
    assert client.request("PUT", "/_mock/scenario", json={"name": "ours", "rules": [rule]}).status_code == 200

    assert client.post(f"{CONTACTS}/search", json=people("a")).status_code == 429
    seen = verdicts(client, [search("a")])

    assert list(seen) == ["retried-too-early"]
    assert "searchContacts was called again" in seen["retried-too-early"][0][1]


def test_rows_of_a_table_that_are_read_to_wait_for_a_run_are_paid_each_time(lusha: CheckedClient) -> None:
    owner = {"owner": {"email": "petra.lindqvist@quillmark-robotics.example"}}
    ids = [row["id"] for row in lusha.post(f"{CONTACTS}/search", json=people("a", "b")).json()["results"]]
    created = lusha.post(f"{CONTACTS}/tables", json={"name": "Fair", "ids": ids, **owner}).json()
    url = f"{CONTACTS}/tables/{created['data']['tableId']}/entities?email={owner['owner']['email']}"
    for after in (0, 1, 61):
        clock = f"/_mock/clock?account={KEY}"
        assert lusha.request("PATCH", clock, json={"advance": after}).is_success
        assert lusha.get(url).status_code == 200

    (account,) = lusha.get(f"/_mock/conduct?account={KEY}").json()["accounts"]
    (verdict,) = account["verdicts"]
    assert verdict["name"] == "rows-read-again"
    text = (
        "getContactsTableEntities read the same rows 1.0 s later, for 2 credits again; the table itself, which is "
        "free, says isProcessing"
    )
    assert [(each["exchanges"], each["text"]) for each in verdict["evidence"]] == [([3, 4], text)]
