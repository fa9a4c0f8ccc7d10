"""What enrichment costs: each kind once per account and entity, all of a call or nothing."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

    from mock_lusha.world.entities import Person
    from mock_lusha.world.world import World

ADA = "ada.quill@quill-works.example"
QUILL = "quill-works.example"
EMAILS: dict[str, Any] = {"revealEmails": True}
PHONES: dict[str, Any] = {"revealPhones": True}
NEITHER: dict[str, Any] = {"revealEmails": False, "revealPhones": False}


def look_up(client: CheckedClient, email: str = ADA, **options: Any) -> bool:
    """Whether a single lookup was charged."""
    answer = client.get("/v2/person", params={"email": email, **options})

    assert answer.status_code == 200, answer.text
    charged: bool = answer.json()["contact"]["isCreditCharged"]
    return charged


def people(*emails: str, **metadata: Any) -> dict[str, Any]:
    contacts = [{"contactId": str(n), "email": email} for n, email in enumerate(emails)]
    return {"contacts": contacts, "metadata": metadata}


def charged(client: CheckedClient, body: dict[str, Any]) -> list[bool]:
    answer = client.post("/v2/person", json=body)

    assert answer.status_code == 200, answer.text
    return [contact["isCreditCharged"] for contact in answer.json()["contacts"].values()]


@pytest.fixture
def wide(make_client: Callable[..., CheckedClient]) -> CheckedClient:
    return make_client(limits="off", credits="unlimited")


def test_an_email_costs_one_and_a_phone_five(wide: CheckedClient) -> None:
    assert look_up(wide, **EMAILS)
    assert wide.used() == 1
    assert look_up(wide, "jane.doe@acme.com", **EMAILS)
    assert wide.used() == 2
    assert look_up(wide, **PHONES)
    assert wide.used() == 7


def test_several_details_of_a_kind_cost_as_one(client: CheckedClient) -> None:
    answer = client.get("/v2/person", params={"email": ADA}).json()["contact"]

    assert (len(answer["data"]["emails"]), len(answer["data"]["phones"])) == (2, 2)
    assert client.used() == 6


def test_a_second_reveal_costs_nothing(client: CheckedClient) -> None:
    assert look_up(client)
    assert not look_up(client)
    assert not look_up(client, **EMAILS)
    assert not look_up(client, **PHONES)
    assert charged(client, people(ADA)) == [False]
    assert client.used() == 6


def test_a_phone_after_an_email_costs_the_phone_only(client: CheckedClient) -> None:
    assert look_up(client, **EMAILS)
    assert look_up(client)
    assert client.used() == 1 + 5


def test_by_another_identifier_it_is_the_same_person(client: CheckedClient) -> None:
    data = client.get("/v2/person", params={"email": ADA}).json()["contact"]["data"]
    for sent in (
        {"personId": data["personId"]},
        {"linkedinUrl": data["socialLinks"]["linkedin"]},
        {"email": "ada.quill@inbox.example"},
        {"firstName": "Ada", "lastName": "Quill", "companyName": "Quill Works"},
    ):
        again = client.get("/v2/person", params=sent).json()["contact"]

        assert (again["data"]["personId"], again["isCreditCharged"]) == (data["personId"], False)
    assert client.used() == 6


def test_an_identity_check_without_details_is_free_and_reveals_nothing(client: CheckedClient) -> None:
    assert not look_up(client, **NEITHER)
    assert client.used() == 0
    assert look_up(client)
    assert client.used() == 6


def test_a_kind_of_which_nothing_is_known_costs_nothing(client: CheckedClient, world: World) -> None:
    person = _listed(world, lambda p: bool(p.emails) and not p.phones)
    profile = {"linkedinUrl": person.linkedin_url}
    alone = client.get("/v2/person", params={**profile, **PHONES}).json()["contact"]

    assert (alone["isCreditCharged"], alone["data"]["phones"]) == (False, [])
    assert client.used() == 0
    assert client.get("/v2/person", params=profile).json()["contact"]["isCreditCharged"] is True
    assert client.used() == 1


def _listed(world: World, wanted: Callable[[Person], bool]) -> Person:
    keys = (world.key_of_number(number) for number in range(world.directory.people))
    return next(person for key in keys if key and wanted(person := world.person(key)))


def test_the_same_person_twice_in_a_bulk_is_charged_once(client: CheckedClient) -> None:
    assert charged(client, people(ADA, "ada.quill@inbox.example", ADA)) == [True, False, False]
    assert client.used() == 6


def test_misses_and_refusals_per_item_are_free(client: CheckedClient) -> None:
    body = people("nobody", "greta.datenschutz@quill-works.example", "conrad.withheld@quill-works.example")

    assert charged(client, body) == [False] * 3
    assert client.used() == 0


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"firstName": "Jane"}, 400),
        ({"email": "greta.datenschutz@quill-works.example"}, 451),
        ({"email": ADA, "signals": "retirement"}, 400),
    ],
)
def test_a_refused_request_is_free(client: CheckedClient, sent: dict[str, str], status: int) -> None:
    assert client.get("/v2/person", params=sent).status_code == status
    assert client.used() == 0


def test_a_request_refused_for_its_rate_is_free(client: CheckedClient) -> None:
    answers = [client.get("/v2/person", params={"email": f"jane.p{n}@acme.com", **EMAILS}) for n in range(30)]
    served = sum(
        answer.json()["contact"]["isCreditCharged"] for answer in answers if answer.status_code == 200
    )

    assert [answer.status_code for answer in answers] == [200] * 25 + [429] * 5
    assert client.used() == served > 0


# The balance


def test_a_balance_that_is_exactly_enough_pays(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(credits=6)

    assert look_up(client)
    assert client.used() == 6


def test_a_balance_that_is_one_short_pays_nothing_of_the_call(
    make_client: Callable[..., CheckedClient],
) -> None:
    client = make_client(credits=5)
    answer = client.get("/v2/person", params={"email": ADA})

    assert answer.status_code == 402
    assert answer.json()["message"] == "Insufficient credits"
    assert client.used() == 0
    assert look_up(client, **EMAILS), "the email alone is affordable, and was not revealed by the refusal"
    assert client.used() == 1


@pytest.mark.parametrize(("amount", "status", "used"), [(12, 200, 12), (11, 402, 0), (7, 402, 0)])
def test_a_bulk_is_paid_whole_or_refused_whole(
    make_client: Callable[..., CheckedClient], amount: int, status: int, used: int
) -> None:
    client = make_client(credits=amount, plan="scale")
    jane = _reachable(client)
    answer = client.post("/v2/person", json=people(ADA, jane, "nobody"))

    assert answer.status_code == status
    assert client.used() == used


def _reachable(client: CheckedClient) -> str:
    """Someone of the open world with mailboxes and phones, found on another account."""
    for number in range(50):
        email = f"jane.p{chr(97 + number % 26)}{number}@acme.com"
        data = client.get("/v2/person", params={"email": email}, key=f"scout-account-{number}")
        contact = data.json()["contact"]["data"] if data.status_code == 200 else None
        if contact is not None and contact["emails"] and contact["phones"]:
            return email
    raise LookupError("nobody has both")


def test_companies_are_paid_whole_or_refused_whole(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(credits=2)
    three = {"companies": [{"id": str(n), "domain": f"acme{n}.com"} for n in range(3)]}
    two = {"companies": three["companies"][:2]}

    assert client.post("/v2/company", json=three).status_code == 402
    assert client.used() == 0
    assert client.post("/v2/company", json=two).status_code == 200
    assert client.used() == 2
    assert client.get("/v2/company", params={"domain": "acme1.com"}).status_code == 200
    assert client.get("/v2/company", params={"domain": "acme2.com"}).status_code == 402


def test_without_credits_what_is_free_still_answers(client: CheckedClient) -> None:
    key = "out-of-credits"

    assert client.get("/v2/person", params={"email": ADA}, key=key).status_code == 402
    assert client.get("/v2/company", params={"domain": QUILL}, key=key).status_code == 402
    assert client.get("/v2/person", params={"email": "nobody"}, key=key).status_code == 200
    assert client.get("/v2/person", params={"email": ADA, **NEITHER}, key=key).status_code == 200
    assert client.used(key) == 0


# Companies


def test_a_company_costs_one_once_by_every_way(client: CheckedClient) -> None:
    data = client.get("/v2/company", params={"domain": QUILL}).json()["data"]

    assert client.used() == 1
    client.get("/company", params={"company": "Quill Works"})
    client.get("/v2/company", params={"companyId": data["id"]})
    client.post("/v2/company", json={"companies": [{"id": "1", "domain": QUILL}]})
    client.post("/bulk/company/v2", json={"companies": [{"id": "1", "companyId": data["id"]}]})
    assert client.used() == 1


def test_a_person_s_company_is_not_the_company_s_full_data(client: CheckedClient) -> None:
    look_up(client)

    assert client.used() == 6
    client.get("/v2/company", params={"domain": QUILL})
    assert client.used() == 7


# Without unified credits


@pytest.mark.parametrize("key", ["legacy", "no-unified-credits"])
def test_an_account_without_unified_credits_pays_one_a_match_and_gets_both_kinds(
    client: CheckedClient, key: str
) -> None:
    first = client.get("/v2/person", params={"email": ADA}, key=key).json()["contact"]
    second = client.get("/v2/person", params={"email": ADA}, key=key).json()["contact"]

    assert {"emails", "phones"} <= set(first["data"])
    assert (first["isCreditCharged"], second["isCreditCharged"]) == (True, False)
    assert client.used(key) == 1
    client.post("/v2/person", json=people(ADA, "jane.doe@acme.com", "nobody"), key=key)
    assert client.used(key) == 2


@pytest.mark.parametrize("key", ["legacy", "no-unified-credits"])
@pytest.mark.parametrize("flag", ["revealEmails", "revealPhones"])
@pytest.mark.parametrize("value", [True, False])
def test_reveal_flags_need_unified_credits(client: CheckedClient, key: str, flag: str, value: bool) -> None:
    single = client.get("/v2/person", params={"email": ADA, flag: value}, key=key)
    bulk = client.post("/v2/person", json=people(ADA, **{flag: value}), key=key)

    for answer in (single, bulk):
        assert answer.status_code == 403
        assert answer.json()["message"] == (
            "Your pricing version does not support requesting individual datapoints "
            "[revealEmails, revealPhones]"
        )
    assert client.used(key) == 0


# Tenants, and the sum of it all


def test_two_keys_are_two_tenants(client: CheckedClient) -> None:
    for key in ("tenant-number-one", "tenant-number-two", "scale", "scale+other"):
        first = client.get("/v2/person", params={"email": ADA}, key=key).json()["contact"]

        assert first["isCreditCharged"] is True
        assert client.used(key) == 6


_NUMBERS = count()
_ASKED = st.sampled_from(["none", "emails", "phones", "both", "neither"])
_FLAGS: dict[str, dict[str, bool]] = {
    "none": {}, "emails": EMAILS, "phones": PHONES, "both": {**EMAILS, **PHONES}, "neither": NEITHER,
}  # fmt: skip
_PERSON_CALL = st.tuples(st.lists(st.integers(0, 7), min_size=1, max_size=6), _ASKED, st.booleans())
_COMPANY_CALL = st.tuples(
    st.lists(st.integers(0, 5), min_size=1, max_size=6), st.just("company"), st.booleans()
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=st.lists(st.one_of(_PERSON_CALL, _COMPANY_CALL), max_size=12))
def test_usage_is_the_sum_of_what_each_account_saw_first(
    wide: CheckedClient, world: World, calls: list[tuple[list[int], str, bool]]
) -> None:
    """Whatever is asked for, in whatever order: every kind of every entity is paid once."""
    key = f"tenant-of-its-own-{next(_NUMBERS)}"
    seen: set[tuple[str, Any]] = set()
    expected = 0
    for numbers, asked, single in calls:
        numbers = numbers[:1] if single else numbers  # noqa: PLW2901
        if asked == "company":
            marks = {("company", number): 1 for number in numbers}
            domains = [world.directory.companies[number].domain for number in numbers]
            if single:
                wide.get("/v2/company", params={"domain": domains[0]}, key=key)
            else:
                items = [{"id": str(n), "domain": domain} for n, domain in enumerate(domains)]
                wide.post("/v2/company", json={"companies": items}, key=key)
        else:
            found = [world.person(k) for number in numbers if (k := world.key_of_number(number * 97))]
            marks = _prices(found, asked)
            if single:
                sent = {"personId": str(found[0].id), "partialProfile": True, **_FLAGS[asked]}
                wide.get("/v2/person", params=sent, key=key)
            else:
                contacts = [{"contactId": str(n), "personId": p.id} for n, p in enumerate(found)]
                metadata = {"partialProfile": True, **_FLAGS[asked]}
                wide.post("/v2/person", json={"contacts": contacts, "metadata": metadata}, key=key)
        expected += sum(price for mark, price in marks.items() if mark not in seen)
        seen |= set(marks)

        assert wide.used(key) == expected


def _prices(found: list[Person], asked: str) -> dict[tuple[str, Any], int]:
    prices: dict[tuple[str, Any], int] = {}
    for person in found:
        if asked in {"none", "both", "emails"} and person.emails:
            prices["email", person.id] = 1
        if asked in {"none", "both", "phones"} and person.phones:
            prices["phone", person.id] = 5
    return prices
