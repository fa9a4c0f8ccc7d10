from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from mock_lusha.contract.validation import QueryCheck, body_check

if TYPE_CHECKING:
    from mock_lusha.contract.document import Contract

ONE_OF = "must be one of the following values:"
CONTACT_SIGNALS = "allSignals, promotion, companyChange"
PERSONS, COMPANIES, SEARCH = (
    "searchMultipleContacts",
    "searchMultipleCompaniesV2",
    "searchProspectingContacts",
)

BODIES: dict[str, tuple[str, Any, list[str]]] = {
    "a missing list": (PERSONS, {}, ["contacts should not be empty"]),
    "an empty list": (
        PERSONS, {"contacts": []}, ["contacts must contain at least 1 elements (sent: a list of 0)"],
    ),
    "101 items": (
        PERSONS,
        {"contacts": [{"contactId": str(i)} for i in range(101)]},
        ["contacts must contain no more than 100 elements (sent: a list of 101)"],
    ),
    "a number for a text": (
        PERSONS, {"contacts": [{"contactId": 7}]}, ["contacts.0.contactId must be a string (sent: 7)"],
    ),
    "an empty id": (
        COMPANIES, {"companies": [{"id": ""}]}, ['companies.0.id should not be empty (sent: "")'],
    ),
    "an object for a list": (PERSONS, {"contacts": {}}, ["contacts must be an array (sent: an object)"]),
    "a list for the body": (PERSONS, [], ["body must be an object (sent: a list of 0)"]),
    "a word for a switch": (
        PERSONS,
        {"contacts": [{"contactId": "1"}], "metadata": {"revealEmails": "yes"}},
        ['metadata.revealEmails must be a boolean value (sent: "yes")'],
    ),
    "null": (PERSONS, {"contacts": None}, ["contacts must be an array (sent: null)"]),
    "an unknown word": (
        PERSONS,
        {"contacts": [{"contactId": "1"}], "metadata": {"filterBy": "fax"}},
        ["metadata.filterBy must be one of the following values: phoneNumbers, emailAddresses (sent: fax)"],
    ),
    "an unknown signal": (
        PERSONS,
        {"contacts": [{"contactId": "1"}], "metadata": {"signals": ["promotion", "raise"]}},
        [f"each value in metadata.signals {ONE_OF} {CONTACT_SIGNALS} (sent: raise)"],
    ),
    "a day that is none": (
        PERSONS,
        {"contacts": [{"contactId": "1"}], "metadata": {"signalsStartDate": "soon"}},
        ["metadata.signalsStartDate must be a valid ISO 8601 date string (sent: soon)"],
    ),
    "two types": (
        PERSONS,
        {"contacts": [{"contactId": "1", "personId": True}]},
        ["contacts.0.personId must be an integer number or a string (sent: true)"],
    ),
    "a small page": (
        SEARCH, {"filters": {}, "pages": {"size": 9}}, ["pages.size must not be less than 10 (sent: 9)"],
    ),
    "a large page": (
        SEARCH, {"filters": {}, "pages": {"size": 51}}, ["pages.size must not be greater than 50 (sent: 51)"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BODIES)
def test_a_body_is_refused_in_the_words_of_the_api_for(case: str, contract: Contract) -> None:
    operation, body, texts = BODIES[case]
    check = body_check(contract, contract.operations[operation])
    assert check is not None

    findings = check.findings(body)

    assert findings is not None
    words = {str(detail) for detail in findings.errors}

    assert words == set(texts)


def test_a_good_body_has_no_findings(contract: Contract) -> None:
    check = body_check(contract, contract.operations[PERSONS])
    assert check is not None

    assert check.findings({"contacts": [{"contactId": "1", "email": "a@b.example"}], "metadata": {}}) is None


def test_unknown_properties_are_findings_of_their_own_with_their_place(contract: Contract) -> None:
    check = body_check(contract, contract.operations[PERSONS])
    assert check is not None

    findings = check.findings({"contacts": [{"contactId": "1", "mail": "a@b.example"}], "limit": 3})

    assert findings is not None
    assert not findings.errors
    assert {detail.text for detail in findings.unknown} == {
        "property limit should not exist",
        "contacts.0.property mail should not exist",
    }


BOTH = {"signals": ["promotion", "companyChange"]}
QUERIES: dict[str, tuple[list[tuple[str, str]], dict[str, Any]]] = {
    "a repeated list": ([("signals", "promotion"), ("signals", "companyChange")], BOTH),
    "a bracketed list": ([("signals[]", "promotion")], {"signals": ["promotion"]}),
    "a comma list": ([("signals", "promotion, companyChange")], BOTH),
    "true as text": ([("revealEmails", "TRUE")], {"revealEmails": True}),
    "false as text": ([("revealEmails", "false")], {"revealEmails": False}),
    "a blank value": ([("email", "  ")], {}),
    "a value twice": ([("email", "a@b.example"), ("email", "c@d.example")], {"email": "c@d.example"}),
    "a number as text": ([("personId", "17")], {"personId": "17"}),
}  # fmt: skip


@pytest.mark.parametrize("case", QUERIES)
def test_a_query_may_have(case: str, contract: Contract) -> None:
    pairs, expected = QUERIES[case]

    values, findings = QueryCheck(contract, contract.operations["searchSingleContact"]).read(pairs)

    assert values == expected
    assert not findings.errors
    assert not findings.unknown


def test_a_query_parameter_nobody_knows_is_named(contract: Contract) -> None:
    _, findings = QueryCheck(contract, contract.operations["searchSingleContact"]).read([("mail", "x")])

    assert [detail.text for detail in findings.unknown] == ["property mail should not exist"]


def test_texts_and_switches_that_anything_fits_take_no_validator(
    contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jsonschema_rs", None)
    check = QueryCheck(contract, contract.operations["searchSingleContact"])

    values, findings = check.read([("email", "a@b.example"), ("revealEmails", "true"), ("mail", "x")])

    assert values == {"email": "a@b.example", "revealEmails": True}
    assert [detail.text for detail in findings.unknown] == ["property mail should not exist"]
    with pytest.raises(ImportError):
        check.read([("revealEmails", "maybe")])
