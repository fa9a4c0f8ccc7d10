"""Redaction of requests and answers, and its key."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorder.redacted import CONTRACT, KEY, MADE, REDACTOR, REGISTRY, answered, asked
from recorder.replaced_of_v3 import REPLACED_OF_V3

from mock_lusha.recorder.field_kinds import KEPT, FieldKinds, Kind
from mock_lusha.recorder.interaction import Interaction
from mock_lusha.recorder.pseudonyms import Pseudonyms
from mock_lusha.recorder.redaction import RedactionError, Redactor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mock_lusha.recorder.field_kinds import FieldPlace

KINDS = FieldKinds(REGISTRY.operations)
JANE = {"firstName": "Jane", "lastName": "Doe", "fullName": "Jane Doe"}


# What the contract has


def places() -> Iterator[tuple[FieldPlace, frozenset[str]]]:
    """Every place of the contract with the types it may have."""
    for operation in CONTRACT.operations.values():
        for parameter in operation.parameters:
            if parameter["in"] == "query":
                yield KINDS.place(operation.id, "query", parameter["name"]), frozenset({"string"})
        if operation.body:
            yield from below(operation.body, KINDS.place(operation.id, "request"))
        item = CONTRACT.document["paths"][operation.path][operation.method.lower()]
        for status, response in item["responses"].items():
            root = "response" if status < "400" else "error"
            for content in CONTRACT.resolve(response).get("content", {}).values():
                yield from below(content["schema"], KINDS.place(operation.id, root))


def below(schema: Mapping[str, Any], place: FieldPlace) -> Iterator[tuple[FieldPlace, frozenset[str]]]:
    schema = CONTRACT.resolve(schema)
    for word in ("allOf", "anyOf", "oneOf"):
        for each in schema.get(word, ()):
            yield from below(each, place)
    yield place, types_of(schema)
    for name, each in schema.get("properties", {}).items():
        yield from below(each, place.below(name, ""))
    if "items" in schema:
        yield from below(schema["items"], place)
    if isinstance(schema.get("additionalProperties"), dict):
        yield from below(schema["additionalProperties"], replace(place, steps=(*place.steps, "*")))


def types_of(schema: Mapping[str, Any]) -> frozenset[str]:
    types = schema.get("type", ())
    return frozenset([types] if isinstance(types, str) else types)


def test_every_text_and_id_of_the_contract_is_classified() -> None:
    missing = {
        (place.operation, ".".join(place.steps))
        for place, types in places()
        if types & {"string", "integer", "number"} and place.kind is None
    }

    assert missing == set()


def test_every_property_of_the_schemas_and_every_parameter_has_a_kind_by_its_name() -> None:
    names = {
        name
        for schema in CONTRACT.schemas.values()
        for name, each in schema.get("properties", {}).items()
        if {"string", "integer"} & types_of(CONTRACT.resolve(each))
    }
    names |= {parameter["name"] for each in CONTRACT.operations.values() for parameter in each.parameters}

    assert {name for name in names if KINDS.place(None, "request", name).kind is None} == set()


def test_no_field_of_the_contract_but_secrets_is_taken_for_a_key() -> None:
    keys = {place.steps[-1] for place, _ in places() if place.kind is Kind.KEY}

    assert keys == {"secret", "regenerateSecret"}


PERSON = {
    "personId", "firstName", "lastName", "fullName", "emails", "emailAddresses.email",
    "emailAddresses.address", "phones", "phoneNumbers.number", "socialLinks.linkedin", "socialLinks.xUrl",
    "location.street", "location.rawLocation", "contactTags.id", "contactTags.name",
    "linkedinAwards.summary", "linkedinAwards.title", "linkedinCertifications.summary",
    "linkedinCertifications.title", "linkedinCertifications.credentialId",
    "linkedinCertifications.verifyUrl", "linkedinCourses.activities", "linkedinCourses.title",
    "linkedinCourses.grade", "linkedinCourses.fieldOfStudy.name", "signals.promotion.personId",
    "signals.companyChange.personId",
}  # fmt: skip
ENRICHED = {
    name
    for name in PERSON
    if not name.startswith(("personId", "emails", "phones", "contactTags", "signals", "loc"))
}
SOCIAL = {f"social.{name}" for name in ("linkedin", "facebook", "twitter", "crunchbase")}
NEWS = {"eventSummary", "articleTitle", "articleHighlight", "articleUrl"}
ERROR = {"message", "errors", "error", "error.message", "error.code", "request_id"}
SIGNALS = {"personId", "promotion.personId", "companyChange.personId"}
TEXTS = {f"filters.companies.{way}.searchText" for way in ("include", "exclude")}
REPLACED = {
    "searchSingleContact": {
        *(f"query.{name}" for name in ("firstName", "lastName", "personId", "email", "linkedinUrl")),
        *(f"response.contact.error.{name}" for name in ("message", "name", "code")),
        *(f"response.contact.data.{name}" for name in PERSON),
        "response.contact.data.company.funding.rounds.leadInvestors",
        *(f"response.contact.data.company.{name}" for name in SOCIAL),
    },
    "searchMultipleContacts": {
        *(
            f"request.contacts.{each}"
            for each in ("contactId", "personId", "fullName", "email", "linkedinUrl")
        ),
        *(f"response.contacts.*.error.{name}" for name in ("message", "name", "code")),
        *(f"response.contacts.*.data.{name}" for name in PERSON),
        "response.companies.*.funding.rounds.leadInvestors",
        *(f"response.companies.*.{name}" for name in SOCIAL),
    },
    "searchSingleCompanyV2": {
        "response.errors.message",
        *(f"response.data.social.{name}.url" for name in ("linkedin", "crunchbase")),
    },
    "searchMultipleCompaniesV2": {"request.companies.id", "response.*.linkedin", "response.*.crunchbase"},
    "searchProspectingContacts": {
        *(f"request.{each}" for each in TEXTS),
        *(
            f"request.filters.contacts.{way}.{each}"
            for way in ("include", "exclude")
            for each in ("searchText", "linkedinUrls")
        ),
        *(f"response.{root}.{each}" for root in ("data", "contacts") for each in ("contactId", "name")),
        "response.requestId",
    },
    "enrichProspectingContacts": {
        "request.requestId",
        "request.contactIds",
        "response.requestId",
        "response.contacts.id",
        *(f"response.contacts.data.{name}" for name in ENRICHED),
    },
    "searchProspectingCompanies": {*(f"request.{each}" for each in TEXTS), "response.requestId"},
    "enrichProspectingCompanies": {
        "request.requestId",
        "response.requestId",
        *(f"response.companies.social.{name}" for name in ("linkedin", "crunchbase")),
    },
    "getContactSignalsById": {"request.contactIds", *(f"response.contacts.*.{each}" for each in SIGNALS)},
    "searchContactSignals": {
        *(f"request.contacts.{each}" for each in ("id", "full_name", "email", "social_link")),
        *(f"response.contacts.*.{each}" for each in SIGNALS),
    },
    "searchCompanySignals": {"request.companies.id"},
    **REPLACED_OF_V3,
}
PRICED = [operation.id for operation in REGISTRY.operations.values() if operation.price]
"""Those that a recorder may call."""


@pytest.mark.parametrize("operation", PRICED)
def test_these_fields_of_the_contract_are_replaced_and_no_others(operation: str) -> None:
    found = {
        ".".join(place.steps)
        for place, types in places()
        if place.operation == operation and types & {"string", "integer"} and place.kind not in KEPT
    }
    news = {each for each in found if "News." in each}
    errors = {each for each in found if each.startswith("error.")}

    assert {each.rpartition(".")[2] for each in news} <= NEWS
    assert {each.removeprefix("error.") for each in errors} <= ERROR
    assert found - news - errors == REPLACED.get(operation, set())


# Values


def test_one_person_is_one_person_in_request_and_answer() -> None:
    raw = Interaction(
        "GET",
        "/v2/person",
        200,
        "searchSingleContact",
        query=(
            ("firstName", "Jane"),
            ("lastName", "Doe"),
            ("email", "jane.doe@acme.com"),
            ("personId", "4711"),
        ),
        answer={"contact": {"data": {**JANE, "personId": 4711, "emails": ["Jane.Doe@acme.com"]}}},
        has_answer=True,
    )

    made = REDACTOR.interaction(raw)

    data = made.answer["contact"]["data"]
    sent = dict(made.query)
    assert data["fullName"] == f"{sent['firstName']} {sent['lastName']}" != "Jane Doe"
    assert data["emails"] == [sent["email"]] == [MADE.email("jane.doe@acme.com")]
    assert (str(data["personId"]), type(data["personId"])) == (sent["personId"], int)


def test_a_request_is_looked_up_as_it_was_recorded() -> None:
    raw = Interaction(
        "POST", "/v2/person", 200, "searchMultipleContacts", has_body=True, query=(("x", "Jane"),),
        body={"contacts": [{"contactId": "1", "fullName": "Jane Doe"}], "apiKey": "secret!"},
    )  # fmt: skip

    made = REDACTOR.interaction(raw, ["secret!"])

    looked_up = REDACTOR.request(raw.operation, raw.path, raw.query, raw.body, ["secret!"])
    assert looked_up == (made.path, made.query, made.body)


@pytest.mark.parametrize(
    ("operation", "answer", "kept"),
    [
        pytest.param(
            "searchMultipleContacts", {"contacts": {"jane": {}, "1": None}}, [], id="contacts by caller's id"
        ),
        pytest.param(
            "searchMultipleContacts", {"companies": {"4711": {}}}, ["4711"], id="companies by their id"
        ),
        pytest.param(
            "searchMultipleCompaniesV2", {"jane": {}, "janes": []}, [], id="companies by caller's id"
        ),
        pytest.param("getContactSignalsById", {"contacts": {"4711": {}}}, [], id="signals by person id"),
        pytest.param("searchContactSignals", {"contacts": {"jane": {}}}, [], id="signals by caller's id"),
        pytest.param(
            "getCompanySignalsById", {"companies": {"4711": {}}}, ["4711"], id="company signals by id"
        ),
        pytest.param(
            "searchCompanySignals", {"companies": {"jane": {}}}, [], id="company signals by caller's id"
        ),
    ],
)
def test_names_that_are_ids_are_replaced_like_ids(operation: str, answer: Any, kept: list[str]) -> None:
    made = answered(operation, answer)

    before, after = (next(iter(each.values())) if "jane" not in answer else each for each in (answer, made))
    assert [*after] == [each if each in kept else MADE.text_id(each) for each in before]


def test_ids_of_callers_that_count_stay_apart() -> None:
    made = answered("searchMultipleContacts", {"contacts": {str(n): {} for n in range(10)}})

    assert len(made["contacts"]) == 10


@pytest.mark.parametrize("status", [200, 403])
def test_an_error_in_place_of_a_map_keeps_its_names(status: int) -> None:
    answer = {"statusCode": 403, "message": "Forbidden"}

    assert answered("searchMultipleCompaniesV2", answer, status) == answer


@pytest.mark.parametrize(
    ("operation", "answer"),
    [
        pytest.param(
            "searchSingleContact",
            {
                "contact": {
                    "data": {
                        "jobTitle": {"title": "Head of Sales", "departments": ["Sales"]},
                        "location": {"city": "Boston", "location_coordinates": [-71.05, 42.36]},
                        "updateDate": "2026-07-31",
                        "company": {
                            "name": "Acme",
                            "companySize": [1, 10],
                            "mainIndustry": "Healthcare",
                            "homepageUrl": "https://acme.com",
                        },
                        "companyId": 496897902,
                        "linkedinCourses": [{"school": {"name": "MIT"}, "endDateYear": 2017}],
                    }
                }
            },
            id="facts in a person",
        ),
        pytest.param(
            "searchSingleCompanyV2",
            {
                "data": {
                    "id": 4711,
                    "name": "Acme",
                    "founded": "August 1, 2011",
                    "employees": "10001 - 100000",
                    "lushaCompanyId": "9506502123",
                    "domain": "acme.com",
                    "technologies": [{"name": "C++"}, {"name": "Vue.js 3"}],
                    "location": {"country": "Germany", "state": "Bayern", "city": "München"},
                },
                "meta": {},
            },
            id="a company",
        ),
        pytest.param(
            "searchProspectingCompanies", {"data": [{"id": "4711", "name": "Acme"}]}, id="found companies"
        ),
        pytest.param("getContactDepartments", ["Sales", "Legal"], id="texts"),
        pytest.param("getContactSeniority", [{"id": 10, "name": "founder"}], id="seniority"),
        pytest.param(
            "getCompanyIndustries",
            [
                {
                    "main_industry": "Education",
                    "main_industry_id": 6,
                    "sub_industries": [{"value": "Training", "id": 26}],
                }
            ],
            id="industries",
        ),
        pytest.param("getAccountUsageStats", {"usage": {"credits": {"total": 40, "used": 2}}}, id="usage"),
    ],
)
def test_what_names_nobody_is_recorded_as_it_is(operation: str, answer: Any) -> None:
    assert answered(operation, answer) == answer


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        pytest.param(
            "searchMultipleContacts", {"contacts": [{"manager": {"name": "Jane Doe"}}]}, id="a name somewhere"
        ),
        pytest.param(
            "searchMultipleContacts", {"contacts": [{"email": {"value": "Jane Doe"}}]}, id="in an email"
        ),
        pytest.param(
            "searchMultipleContacts", {"contacts": [{"nickname": "Jane Doe"}]}, id="an unknown name"
        ),
        pytest.param("searchMultipleContacts", {"contacts": ["Jane Doe"]}, id="in place of an object"),
        pytest.param("searchMultipleContacts", {"max": "Jane Doe"}, id="in place of a number"),
        pytest.param("searchMultipleContacts", {"updateDate": "Jane Doe"}, id="in place of a date"),
        pytest.param("searchMultipleContacts", {"companyId": "Jane Doe"}, id="in place of a company's id"),
        pytest.param("searchMultipleContacts", {"Jane Doe": 1}, id="as the name of a field"),
        pytest.param("searchMultipleContacts", "Jane Doe", id="as the body"),
        pytest.param(
            None, {"name": "Jane Doe", "title": "of Jane Doe", "x": [["Jane Doe"]]}, id="on an unknown path"
        ),
    ],
)
def test_a_text_nobody_expects_is_replaced(operation: str | None, body: Any) -> None:
    made = json.dumps(asked(operation, body))

    assert "Jane" not in made
    assert "Doe" not in made


def test_under_an_unknown_name_a_number_tells_its_size_and_an_id_is_replaced() -> None:
    made = asked(
        None,
        {
            "size2": 12, "ok": True, "userId": 4711, "user_ids": [1, 2], "nothing": None, "rate": 1.5,
            "amount2": 14157654321, "position2": [48.137154, 11.576124],
        },
    )  # fmt: skip

    assert made == {
        "size2": 12, "ok": True, "userId": MADE.number_id(4711),
        "user_ids": [MADE.number_id(1), MADE.number_id(2)], "nothing": None, "rate": 1.5,
        "amount2": 10**10, "position2": [48.14, 11.58],
    }  # fmt: skip


@pytest.mark.parametrize("name", ["whatsapp", "homeTel", "cell", "mobile_2", "contactPhone", "MSISDN"])
def test_what_is_called_like_a_phone_is_one(name: str) -> None:
    made = asked(None, {name: 14157654321, "x": [{name: "(415) 765-4321"}]})

    assert next(iter(made.values())) == int(MADE.phone("14157654321"))
    assert [*made["x"][0].values()] == [MADE.phone("4157654321")]


@pytest.mark.parametrize(
    "name", ["Zelda", "zelda_quixmark", "Quixmark", "zelda.quixmark", "a b", "12 Main St"]
)
def test_the_name_of_a_member_is_kept_if_fields_are_called_so_and_no_other(name: str) -> None:
    made = asked(None, {name: 1, "employeeGrowthScore": 2, "total_2": 3})

    assert made == {MADE.free_text(name): 1, "employeeGrowthScore": 2, "total_2": 3}


def test_a_phone_as_a_number_stays_one() -> None:
    made = asked(None, {"phone": 14158675309, "number": 3})

    assert made == {"phone": int(MADE.phone("14158675309")), "number": 3}


@pytest.mark.parametrize(
    "name",
    ["api_key", "apiKey", "API-KEY", "x-api-key", "token", "access_token", "clientSecret", "Authorization"],
)
@pytest.mark.parametrize("value", ["k", 7, None, ["k"], {"k": "k"}], ids=str)
def test_what_is_named_like_a_key_is_redacted_whatever_it_is(name: str, value: Any) -> None:
    assert asked("searchSingleContact", {"a": [{name: value}]}) == {"a": [{name: "REDACTED"}]}
    assert REDACTOR.request(None, "/", ((name, "k"),), None)[1] == ((name, "REDACTED"),)


def test_a_known_key_is_found_wherever_it_stands() -> None:
    key = "k/e y-4711"
    raw = Interaction(
        "GET", f"/v2/{key}/k%2Fe%20y-4711", 401, "searchSingleCompanyV2",
        query=(("domain", key), ("company", "of K/E Y-4711 Inc."), (key, "1")),
        body={key: key, "companyName": f"({key})", "text": ["k/e+y-4711"]}, has_body=True,
        headers={"content-type": f"text/{key}"}, text=f"<p>{key} k%2Fe+y-4711 k%2Fe%20y-4711</p>",
    )  # fmt: skip

    made = REDACTOR.interaction(raw, [key])

    assert "4711" not in repr(made)
    assert made.text == MADE.prose("<p>REDACTED REDACTED REDACTED</p>")
    assert made.path == "/v2/REDACTED/REDACTED"


def test_a_number_that_is_the_key_is_redacted_and_a_short_key_is_not_looked_for() -> None:
    assert asked(None, {"size": 12345678}, "12345678") == {"size": "REDACTED"}
    assert asked("searchCompanyNames", {"text": "abcde"}, "abc") == {"text": "abcde"}


# Any body

PLANTED = st.sampled_from(
    ["Jane Doe", "jane.doe@acme.com", "+1 415 867 5309", "https://linkedin.com/in/jane-doe"]
)
FIELDS = st.sampled_from(
    [
        "firstName",
        "name",
        "email",
        "phones",
        "linkedin",
        "xUrl",
        "id",
        "data",
        "contacts",
        "company",
        "description",
        "message",
        "error",
        "title",
        "summary",
        "nickname",
        "contact",
        "max",
        "token",
        "signals",
        "Jane Doe",
    ]
)
BODIES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(max_size=12) | PLANTED,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(FIELDS | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)
OPERATIONS = st.sampled_from([*REGISTRY.operations, None])


def without_ids(value: Any) -> Any:
    """A value without what looks like an id before and after: numbers, digits and names made of them."""
    if isinstance(value, dict):
        return {name: without_ids(item) for name, item in value.items() if not name.isdecimal()}
    if isinstance(value, list):
        return [without_ids(item) for item in value]
    is_id = isinstance(value, int) or (isinstance(value, str) and value.isdecimal())
    return None if is_id and not isinstance(value, bool) else value


@given(OPERATIONS, BODIES, st.sampled_from([200, 400]))
def test_redacting_twice_is_redacting_once(operation: str | None, body: Any, status: int) -> None:
    raw = Interaction(
        "POST", "/v2/person", status, operation, body=body, has_body=True, answer=body, has_answer=True
    )
    once = REDACTOR.interaction(raw)

    twice = REDACTOR.interaction(once)

    assert without_ids(twice.answer) == without_ids(once.answer)
    assert without_ids(twice.body) == without_ids(once.body)


@given(OPERATIONS, BODIES)
def test_types_stay(operation: str | None, body: Any) -> None:
    def shape(value: Any, name: str = "") -> Any:
        if "token" in name:
            return None
        if isinstance(value, dict):
            return [shape(item, each) for each, item in value.items()]
        return [shape(item) for item in value] if isinstance(value, list) else type(value)

    made = asked(operation, body)

    if "REDACTED" not in json.dumps(made):
        assert shape(made) == shape(body)


def test_a_body_that_is_too_deep_is_an_error() -> None:
    body: Any = "Jane"
    for _ in range(5_000):
        body = [body]

    with pytest.raises(RedactionError, match="too deeply"):
        asked(None, body)


def test_the_manifest_tells_the_key_by_its_fingerprint() -> None:
    made = REDACTOR.manifest()

    assert re.fullmatch("[0-9a-f]{8}", made["key"])
    assert made["key"] != Redactor(b"other", REGISTRY).manifest()["key"]
    assert {"email", "key", "full-name"} <= {*made["kinds"]}
    assert (made["version"], made["keep_text"], "label" in made["kinds"]) == (2, False, False)


def test_what_is_cleaned_keeps_its_ids_and_what_was_made_of_it() -> None:
    raw = Interaction(
        "GET", "/v2/person", 200, "searchSingleContact",
        answer={"contact": {"data": {"personId": 4711, **JANE, "company": {"description": "By Jane Doe."}}}},
        has_answer=True,
    )  # fmt: skip
    once = REDACTOR.interaction(raw)

    assert REDACTOR.cleaned(once) == once
    assert REDACTOR.cleaned(raw).answer["contact"]["data"]["personId"] == 4711
    assert "Jane" not in repr(REDACTOR.cleaned(raw))


def test_what_older_rules_made_is_looked_up_by_them() -> None:
    old = Redactor(KEY, REGISTRY, version=1)
    uuid = "b018a277-3a46-3bec-7c54-fa2fa175b73b"

    query = dict(old.request("searchSingleContact", "/v2/person", (("email", "jane@acme.com"),), None)[1])
    body = old.request("enrichProspectingContacts", "/", (), {"requestId": uuid})[2]

    assert query["email"].endswith("x@acme-com.example")
    assert body["requestId"] == Pseudonyms(KEY, 1).text_id(uuid) != MADE.text_id(uuid)
    # Cleaned, it is found by today's.
    assert MADE.email(query["email"]) == MADE.email("jane@acme.com")
