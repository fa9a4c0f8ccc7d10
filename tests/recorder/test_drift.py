"""Drift: what is named when reality moved, and what is not."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from support import CheckedClient

from mock_lusha.app import create_app
from mock_lusha.clock import Clock
from mock_lusha.config import Settings
from mock_lusha.contract.document import Contract
from mock_lusha.contract.registry import Registry
from mock_lusha.recorder.cassette import Cassette
from mock_lusha.recorder.drift import (
    CouldNotCompareError,
    DoubleAnswer,
    Drift,
    compare,
)
from mock_lusha.recorder.interaction import Interaction, kept_headers
from mock_lusha.recorder.operations import Operations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support import AnswerCheck

WORLD: dict[str, Any] = {"people": 400, "companies": 40, "limits": "headers"}
PERSON = {"firstName": "Ada", "lastName": "Quill", "companyDomain": "quill-works.example"}
FILTERS = "/prospecting/filters"
PLAIN = [
    ("GET", "/v2/person", PERSON),
    ("GET", "/v2/person", {**PERSON, "firstName": "Greta", "lastName": "Datenschutz"}),
    ("GET", "/v2/person", {**PERSON, "firstName": "Conrad", "lastName": "Withheld"}),
    ("GET", "/v2/person", {"email": "no address"}),
    ("GET", "/v2/person", {}),
    ("GET", "/v2/company", {"domain": "quill-works.example"}),
    ("GET", "/company", {"domain": "acme.com"}),
    ("GET", "/v2/company", {"companyId": "123456789"}),
    ("GET", "/v2/company", {}),
    *(
        ("GET", f"{FILTERS}/contacts/{name}", {})
        for name in ("departments", "seniority", "existing_data_points", "all_countries")
    ),
    *(
        ("GET", f"{FILTERS}/companies/{name}", {})
        for name in ("industries_labels", "sizes", "revenues", "sics", "naics", "intent_topics")
    ),
    ("GET", "/api/signals/filters/contact", {}),
    ("GET", "/api/signals/filters/company", {}),
    ("GET", "/api/signals/filters/nothing", {}),
    ("GET", "/account/usage", {}),
]  # fmt: skip
SIGNALS = {"signals": ["allSignals"], "startDate": "2025-01-01"}
SENT: list[tuple[str, dict[str, Any]]] = [
    (
        "/v2/person",
        {
            "contacts": [
                {
                    "contactId": "7",
                    "fullName": "Ada Quill",
                    "companies": [{"domain": "quill-works.example", "isCurrent": True}],
                },
                {"contactId": "8", "email": "nobody@nowhere"},
            ]
        },
    ),
    ("/v2/person", {"contacts": []}),
    (
        "/v2/company",
        {"companies": [{"id": "1", "domain": "quill-works.example"}, {"id": "2", "domain": "acme.com"}]},
    ),
    (f"{FILTERS}/contacts/locations", {"text": "bost"}),
    (f"{FILTERS}/companies/names", {"text": "quill"}),
    (f"{FILTERS}/companies/locations", {"text": "united"}),
    (f"{FILTERS}/companies/technologies", {"text": "post"}),
    ("/api/signals/contacts/search", {"contacts": [{"id": "a", **PERSON, "domain": "acme.com"}], **SIGNALS}),
    ("/api/signals/companies/search", {"companies": [{"id": "b", "domain": "acme.com"}], **SIGNALS}),
    ("/v3/lookalike/contacts", {"seeds": {"emails": [f"jane.doe@acme{n}.com" for n in range(5)]}}),
    ("/v3/lookalike/companies", {"seeds": {"domains": [f"acme{n}.com" for n in range(5)]}}),
]


def interaction(
    registry: Registry, client: CheckedClient, method: str, path: str, query: Any = (), body: Any = None
) -> Interaction:
    """A request to the double and its answer, as the recorder keeps them."""
    pairs = tuple((query or {}).items())
    answer = client.request(method, path, params=pairs, **({} if body is None else {"json": body}))
    operation = Operations(registry).find(method, path)
    assert operation is not None
    return Interaction(
        method,
        path,
        answer.status_code,
        operation=operation.id,
        query=pairs,
        body=body,
        has_body=body is not None,
        headers=kept_headers(answer.headers.items()),
        answer=answer.json(),
        has_answer=True,
    )


def asking(client: CheckedClient) -> Callable[[Interaction], DoubleAnswer]:
    """Asks the double, once for each request."""
    answers: dict[str, DoubleAnswer] = {}

    def ask(each: Interaction) -> DoubleAnswer:
        request = json.dumps([each.method, each.path, each.query, each.has_body, each.body])
        if request not in answers:
            sent = {"json": each.body} if each.has_body else {}
            answer = client.request(each.method, each.path, params=each.query, **sent)
            body = answer.json() if answer.content else None
            answers[request] = DoubleAnswer(answer.status_code, dict(answer.headers), body)
        return answers[request]

    return ask


def tape_of(registry: Registry, client: CheckedClient) -> Cassette:
    """Every operation of the contract, recorded from a double."""

    def post(path: str, body: dict[str, Any]) -> Any:
        made.append(interaction(registry, client, "POST", path, (), body))
        return made[-1].answer

    made = [interaction(registry, client, *each) for each in PLAIN]
    for path, body in SENT:
        post(path, body)
    people = post(
        "/prospecting/contact/search", {"filters": {"contacts": {"include": {"departments": ["Product"]}}}}
    )
    ids = [row["contactId"] for row in people["data"][:3]]
    post("/prospecting/contact/enrich", {"requestId": people["requestId"], "contactIds": ids})
    companies = post(
        "/prospecting/company/search", {"filters": {"companies": {"include": {"names": ["Quill Works"]}}}}
    )
    rows = [row["id"] for row in companies["data"]]
    post("/prospecting/company/enrich", {"requestId": companies["requestId"], "companiesIds": rows})
    ada = made[0].answer["contact"]["data"]
    post("/api/signals/contacts", {"contactIds": [ada["personId"]], **SIGNALS})
    post("/api/signals/companies", {"companyIds": [ada["companyId"]], **SIGNALS})
    return Cassette(tuple(made))


@pytest.fixture(scope="module")
def make_double(answer_check: AnswerCheck) -> Iterator[Callable[..., CheckedClient]]:
    clients: list[CheckedClient] = []

    def make(**settings: Any) -> CheckedClient:
        clock = Clock(source=datetime(2026, 3, 31, 12, tzinfo=UTC).timestamp)
        app = create_app(Settings(**{**WORLD, **settings}), clock=clock)
        clients.append(CheckedClient(app, answer_check, "test-key-0123456789"))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture(scope="module")
def double(make_double: Callable[..., CheckedClient]) -> Callable[[Interaction], DoubleAnswer]:
    return asking(make_double())


@pytest.fixture(scope="module")
def whole_tape(registry: Registry, make_double: Callable[..., CheckedClient]) -> Cassette:
    """Recorded once: nothing in it is changed, but in copies."""
    return tape_of(registry, make_double())


@pytest.fixture(scope="module")
def tape(whole_tape: Cassette) -> Cassette:
    """Without the longest answers, catalogues of thousands of lines, which take nearly all of the time."""
    short = [each for each in whole_tape.interactions if len(json.dumps(each.answer)) < 25_000]
    return replace(whole_tape, interactions=tuple(short))


def of(tape: Cassette, operation: str, status: int = 200) -> int:
    return next(
        index
        for index, each in enumerate(tape.interactions)
        if (each.operation, each.status) == (operation, status)
    )


def moved(tape: Cassette, index: int, change: Callable[[Any], Any] | None = None, **fields: Any) -> Cassette:
    """The tape with one interaction changed; ``change`` works on its answer, or gives another."""
    each = tape.interactions[index]
    answer = copy.deepcopy(each.answer)
    if change is not None:
        given = change(answer)
        answer = answer if given is None else given
    changed = replace(each, **{"answer": answer, **fields})
    return replace(tape, interactions=(*tape.interactions[:index], changed, *tape.interactions[index + 1 :]))


def named(drifts: list[Drift]) -> list[tuple[str, str, str]]:
    return sorted((each.kind, each.operation, each.where) for each in drifts)


# No drift


def test_a_tape_of_the_double_has_every_operation_and_no_drift(
    whole_tape: Cassette, registry: Registry, double: Callable[[Interaction], DoubleAnswer]
) -> None:
    assert {each.operation for each in whole_tape.interactions} == set(registry.contracts["v2"].operations)
    assert compare(whole_tape, registry, double) == []


@pytest.mark.parametrize(
    "settings",
    [{"seed": "another"}, {"match_rate": 0.0}, {"error_format": "live"}, {"error_format": "openapi"}],
)
def test_another_world_and_another_envelope_of_errors_are_no_drift(
    settings: dict[str, Any],
    whole_tape: Cassette,
    registry: Registry,
    make_double: Callable[..., CheckedClient],
) -> None:
    assert compare(whole_tape, registry, asking(make_double(**settings))) == []


def test_a_tape_of_another_seed_is_no_drift(
    registry: Registry,
    make_double: Callable[..., CheckedClient],
    double: Callable[[Interaction], DoubleAnswer],
) -> None:
    other = tape_of(registry, make_double(seed="another"))

    assert compare(other, registry, double) == []


def less(answer: Any) -> None:
    data = answer["contact"]["data"]
    for name in ("emails", "emailAddresses", "phones", "phoneNumbers", "location", "previousJob"):
        del data[name]
    data["linkedinSkills"] = data["linkedinSkills"][:1]
    data["jobTitle"]["departments"] = []
    data["fullName"] = "Somebody Else"
    data["company"]["funding"]["totalRoundsAmount"] = 1.5


def other_order(answer: Any) -> Any:
    return json.loads(json.dumps(answer, sort_keys=True))


@pytest.mark.parametrize("change", [less, other_order])
def test_fewer_optional_fields_other_values_and_another_order_are_no_drift(
    change: Callable[[Any], Any],
    tape: Cassette,
    registry: Registry,
    double: Callable[[Interaction], DoubleAnswer],
) -> None:
    assert compare(moved(tape, 0, change), registry, double) == []


def test_rate_headers_absent_throughout_are_no_drift_and_neither_is_another_contract(
    tape: Cassette, registry: Registry, double: Callable[[Interaction], DoubleAnswer]
) -> None:
    bare = [replace(each, headers={"content-type": "application/json"}) for each in tape.interactions]

    assert compare(Cassette(tuple(bare), contract="0123456789ab"), registry, double) == []


@pytest.mark.parametrize("status", [401, 402, 403, 429, 500, 503])
def test_a_standing_of_the_account_is_no_drift_beside_a_success(
    status: int, tape: Cassette, registry: Registry, double: Callable[[Interaction], DoubleAnswer]
) -> None:
    refused = {"statusCode": status, "message": "no"}

    assert compare(moved(tape, 0, lambda _: refused, status=status), registry, double) == []


def test_whom_only_one_side_knows_is_no_drift(
    tape: Cassette, registry: Registry, double: Callable[[Interaction], DoubleAnswer]
) -> None:
    missed = {"statusCode": 404, "message": "Resource not found"}
    company = moved(tape, of(tape, "searchSingleCompanyV2"), lambda _: missed, status=404)

    assert compare(company, registry, double) == []


# Ten changes


def renamed(answer: Any) -> None:
    data = answer["contact"]["data"]
    data["completeName"] = data.pop("fullName")


def retyped(answer: Any) -> None:
    answer["contact"]["isCreditCharged"] = "yes"


def grown(answer: Any) -> None:
    answer["contact"]["data"]["emailAddresses"][0]["emailConfidence"] = "C"


def nested(answer: Any) -> None:
    data = answer["contact"]["data"]
    data["reach"] = {"emailAddresses": data.pop("emailAddresses")}


def listed(answer: Any) -> None:
    data = answer["contact"]["data"]
    data["phoneNumbers"] = {each["number"]: each for each in data["phoneNumbers"]}


def spelled(answer: Any) -> None:
    answer["contact"]["data"]["companyId"] = str(answer["contact"]["data"]["companyId"])


def dropped(answer: Any) -> None:
    for each in answer["contact"]["data"]["phoneNumbers"]:
        del each["doNotCall"]


DATA = "$.contact.data"
CHANGES: dict[str, tuple[Callable[[Any], None], list[tuple[str, str]]]] = {
    "a field renamed": (
        renamed,
        [("missing-field", f"{DATA}.fullName"), ("unknown-field", f"{DATA}.completeName")],
    ),
    "a type changed": (retyped, [("type-change", "$.contact.isCreditCharged")]),
    "an enum grown": (grown, [("new-enum-value", f"{DATA}.emailAddresses[*].emailConfidence")]),
    "a field nested deeper": (nested, [("unknown-field", f"{DATA}.reach")]),
    "a list become an object": (listed, [("type-change", f"{DATA}.phoneNumbers")]),
    "a number become a string": (spelled, [("type-change", f"{DATA}.companyId")]),
    "a required field gone": (dropped, [("missing-field", f"{DATA}.phoneNumbers[*].doNotCall")]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_the_answer_is_named_and_nothing_else(
    name: str, tape: Cassette, registry: Registry, double: Callable[[Interaction], DoubleAnswer]
) -> None:
    change, expected = CHANGES[name]

    drifts = compare(moved(tape, 0, change), registry, double)

    assert named(drifts) == [(kind, "searchSingleContact", where) for kind, where in expected]
    assert {each.interactions for each in drifts} == {(0,)}


@pytest.mark.parametrize(
    ("status", "where", "recorded", "answered"),
    [(200, "status 201", 201, 200), (200, "status 418", 418, 200), (400, "status 412", 412, 400)],
)
def test_a_status_that_moved_is_named_and_nothing_else(
    status: int,
    where: str,
    recorded: int,
    answered: int,
    tape: Cassette,
    registry: Registry,
    double: Callable[[Interaction], DoubleAnswer],
) -> None:
    failed = {"statusCode": recorded, "message": "no"}
    index = of(tape, "searchSingleContact", status)
    (drift,) = compare(
        moved(tape, index, (lambda _: failed) if recorded >= 400 else None, status=recorded), registry, double
    )

    assert (drift.kind, drift.where) == ("status-change", where)
    assert (drift.recorded, drift.double) == (str(recorded), str(answered))
    assert drift.severity == "breaking"


def test_a_miss_told_in_a_success_is_a_status_that_moved(
    tape: Cassette, registry: Registry, double: Callable[[Interaction], DoubleAnswer]
) -> None:
    index = of(tape, "searchSingleCompanyV2", 404)
    told = moved(tape, index, lambda _: {"errors": {"message": "none"}}, status=200)

    assert named(compare(told, registry, double)) == [
        ("status-change", "searchSingleCompanyV2", "status 200")
    ]


def test_a_path_that_decides_a_status_makes_no_data_of_it(
    tape: Cassette, registry: Registry, double: Callable[[Interaction], DoubleAnswer]
) -> None:
    missed = {"statusCode": 404, "message": "Resource not found"}
    index = of(tape, "getSignalOptions")

    assert named(compare(moved(tape, index, lambda _: missed, status=404), registry, double)) == [
        ("status-change", "getSignalOptions", "status 404")
    ]


def test_a_header_that_is_gone_is_named_and_nothing_else(
    tape: Cassette, registry: Registry, double: Callable[[Interaction], DoubleAnswer]
) -> None:
    headers = {n: v for n, v in tape.interactions[0].headers.items() if n != "x-rate-limit-daily"}

    (drift,) = compare(moved(tape, 0, headers=headers), registry, double)

    assert (drift.kind, drift.where, drift.severity) == ("header-change", "x-rate-limit-daily", "warning")
    assert (drift.recorded, drift.double) == ("absent", "50000")


def test_a_header_that_is_new_is_named_and_nothing_else(
    tape: Cassette, registry: Registry, double: Callable[[Interaction], DoubleAnswer]
) -> None:
    headers = {**tape.interactions[0].headers, "sunset": "Sat, 01 Aug 2026 00:00:00 GMT"}

    (drift,) = compare(moved(tape, 0, headers=headers), registry, double)

    assert (drift.kind, drift.where, drift.severity) == ("header-change", "sunset", "note")
    assert (drift.recorded, drift.double) == ("Sat, 01 Aug 2026 00:00:00 GMT", "absent")


def test_an_unknown_operation_is_named_and_nothing_else_and_is_not_asked_for(
    tape: Cassette, registry: Registry, double: Callable[[Interaction], DoubleAnswer]
) -> None:
    tape = tape.with_more(Interaction("POST", "/v4/contacts/search", 200, answer={"a": 1}, has_answer=True))

    (drift,) = compare(tape, registry, double)

    assert (drift.kind, drift.operation, drift.where) == (
        "unknown-operation",
        "POST /v4/contacts/search",
        "request",
    )
    assert drift.severity == "breaking"


# Rules


def test_the_same_in_many_places_is_one_drift_with_ids_generalised(
    tape: Cassette, registry: Registry, double: Callable[[Interaction], DoubleAnswer]
) -> None:
    def change(answer: Any) -> None:
        for each in answer.values():
            each["employeeBand"] = 3
            each["technologies"].append({"title": "x"})

    index = of(tape, "searchMultipleCompaniesV2")
    once = moved(tape, index, change)
    twice = once.with_more(once.interactions[index])

    drifts = compare(twice, registry, double)

    assert named(drifts) == [
        ("missing-field", "searchMultipleCompaniesV2", "$.*.technologies[*].name"),
        ("unknown-field", "searchMultipleCompaniesV2", "$.*.employeeBand"),
        ("unknown-field", "searchMultipleCompaniesV2", "$.*.technologies[*].title"),
    ]
    assert {each.interactions for each in drifts} == {(index, len(tape.interactions))}


@pytest.mark.parametrize(
    ("operation", "place", "where"),
    [
        ("getAccountUsageStats", ("usage", "credits"), "$.usage.*"),
        ("searchMultipleContacts", ("contacts", "7", "data"), "$.contacts.*.data"),
        ("searchMultipleContacts", ("contacts", "8"), "$.contacts.*"),
        ("getCompanySignalsById", ("companies", ""), "$.companies.*"),
        ("searchProspectingContacts", ("data", 0), "$.data[*]"),
        ("searchProspectingContacts", (), "$"),
        ("getContactDepartments", None, "$[*]"),
    ],
)
def test_a_field_is_found_wherever_it_is_hidden(
    operation: str,
    place: tuple[Any, ...] | None,
    where: str,
    tape: Cassette,
    registry: Registry,
    double: Callable[[Interaction], DoubleAnswer],
) -> None:
    def change(answer: Any) -> None:
        if place is None:
            answer.append(17)
            return
        for key in place:
            answer = answer[key if key != "" else next(iter(answer))]
        answer["new_one"] = {"deep": [1]}

    drifts = compare(moved(tape, of(tape, operation), change), registry, double)

    expected = ("type-change", operation, where)
    if place is not None:
        expected = ("unknown-field", operation, f"{where}.new_one")
    assert named(drifts) == [expected]


def test_one_form_of_an_answer_is_taken_for_what_it_nearly_is(
    tape: Cassette, registry: Registry, double: Callable[[Interaction], DoubleAnswer]
) -> None:
    def search(answer: Any) -> None:
        answer["rows"] = answer.pop("data")

    def failure(answer: Any) -> Any:
        return {"code": answer["statusCode"], "message": "no", "error": "Bad Request"}

    rows = moved(tape, of(tape, "searchProspectingContacts"), search)
    drifts = compare(moved(rows, of(tape, "searchSingleContact", 400), failure), registry, double)

    assert named(drifts) == [
        ("missing-field", "searchProspectingContacts", "$.data"),
        ("missing-field", "searchSingleContact", "$.statusCode"),
        ("unknown-field", "searchProspectingContacts", "$.rows"),
        ("unknown-field", "searchSingleContact", "$.code"),
    ]


def test_null_is_a_type_where_the_contract_has_none(
    tape: Cassette, registry: Registry, double: Callable[[Interaction], DoubleAnswer]
) -> None:
    def change(answer: Any) -> None:
        answer["contact"]["data"]["jobTitle"] = None

    (drift,) = compare(moved(tape, 0, change), registry, double)

    assert (drift.kind, drift.where) == ("type-change", "$.contact.data.jobTitle")
    assert (drift.recorded, drift.double) == ("null", "object")
    assert compare(
        moved(tape, 0, lambda a: a["contact"].update(data=None, isCreditCharged=False)), registry, double
    ) == []  # fmt: skip


def test_all_new_values_of_an_enumeration_are_told(
    tape: Cassette, registry: Registry, double: Callable[[Interaction], DoubleAnswer]
) -> None:
    def change(answer: Any) -> None:
        for each, kind in zip(answer["contact"]["data"]["phoneNumbers"], ("fax", "Pager Duty"), strict=True):
            each["phoneType"] = kind

    (drift,) = compare(moved(tape, 0, change), registry, double)

    # A common word tells nobody; what else stands there may.
    assert drift.recorded.startswith('"fax", "redacted-')
    assert drift.double == "one of mobile, direct, phone, Mobile, Direct, Phone"
    assert drift.severity == "warning"


def test_a_type_that_only_the_double_has_otherwise_is_drift(tape: Cassette, registry: Registry) -> None:
    def ask(each: Interaction) -> DoubleAnswer:
        answer = copy.deepcopy(each.answer)
        if each is tape.interactions[0]:
            answer["contact"]["data"]["personId"] = "5"
        return DoubleAnswer(each.status, each.headers, answer)

    (drift,) = compare(tape, registry, ask)

    assert (drift.kind, drift.where) == ("type-change", "$.contact.data.personId")
    assert (drift.recorded, drift.double) == ("number", "string")


@pytest.mark.parametrize(
    ("status", "text", "severity", "recorded"),
    [
        (200, "<html>login</html>", "breaking", "text redacted-"),
        (200, None, "breaking", "no body"),
        (502, "<html>", "note", "text redacted-"),
    ],
)
def test_what_is_no_json_is_named(
    status: int,
    text: str | None,
    severity: str,
    recorded: str,
    tape: Cassette,
    registry: Registry,
    double: Callable[[Interaction], DoubleAnswer],
) -> None:
    page = moved(tape, 0, status=status, answer=None, has_answer=False, text=text)

    (drift,) = compare(page, registry, double)

    assert (drift.kind, drift.where, drift.severity) == ("not-json", "$", severity)
    assert drift.recorded.startswith(recorded)  # what it says may be anybody's


@pytest.mark.parametrize(("text", "told"), [("<html>", "text <html>"), (None, "no body")])
def test_a_double_without_json_is_named_too(
    text: str | None, told: str, tape: Cassette, registry: Registry
) -> None:
    one = replace(tape, interactions=tape.interactions[:1])

    (drift,) = compare(one, registry, lambda each: DoubleAnswer(each.status, each.headers, text=text))

    assert (drift.kind, drift.where, drift.recorded, drift.double) == ("not-json", "$", "JSON", told)


def test_a_head_is_compared_without_a_body(
    tape: Cassette, registry: Registry, double: Callable[[Interaction], DoubleAnswer]
) -> None:
    head = moved(tape, 0, method="HEAD", answer=None, has_answer=False)

    assert compare(head, registry, double) == []


def test_a_status_that_the_contract_does_not_have_at_all_leaves_the_double_to_compare_with() -> None:
    item = {
        "operationId": "it", "tags": ["t"], "summary": "s", "x-mock-lusha-feature": "f",
        "responses": {"200": {}},
    }  # fmt: skip
    document = {"paths": {"/it": {"get": item}}, "components": {"schemas": {}}}
    each = Interaction("GET", "/it", 404, answer={"a": 1}, has_answer=True)

    drifts = compare(
        Cassette((each,)),
        Registry([Contract(json.dumps(document).encode())]),
        lambda _: DoubleAnswer(404, {}, {"a": "1"}),
    )

    assert named(drifts) == [("type-change", "it", "$.a")]


# What cannot be compared


def test_a_double_that_does_not_answer_is_an_error_that_names_the_interaction(
    tape: Cassette, registry: Registry
) -> None:
    def ask(each: Interaction) -> DoubleAnswer:
        raise OSError("connection refused")

    with pytest.raises(
        CouldNotCompareError, match=r"interactions\[0\] \(GET /v2/person\) .* connection refused"
    ):
        compare(tape, registry, ask)


@pytest.mark.parametrize("status", [401, 402, 429, 500])
def test_a_double_that_refuses_is_an_error_that_says_what_would_help(
    status: int, tape: Cassette, registry: Registry
) -> None:
    with pytest.raises(CouldNotCompareError, match=rf"answered {status} where 200 was recorded; give"):
        compare(tape, registry, lambda _: DoubleAnswer(status, {}, {"message": "no"}))
