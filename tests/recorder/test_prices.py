"""Prices: what a call may cost at most by the contract, and what its answer tells that it did cost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.contract.registry import Registry
from mock_lusha.recorder.bodies import InexactError, exact, is_deep, why_inexact
from mock_lusha.recorder.charges import FREE_STATUSES, charge
from mock_lusha.recorder.guard import is_free, worst_case
from mock_lusha.recorder.prices import Price, UnpricedError, quote

if TYPE_CHECKING:
    from collections.abc import Mapping

OPERATIONS = Registry.load().operations
PRICES = {name: Price.of(operation.price or {}, operation.bulk) for name, operation in OPERATIONS.items()}
PERSON, PEOPLE = "searchSingleContact", "searchMultipleContacts"
COMPANY, COMPANIES = "searchSingleCompanyV2", "searchMultipleCompaniesV2"
ENRICH, ENRICH_COMPANIES = "enrichProspectingContacts", "enrichProspectingCompanies"
SEARCH, SEARCH_COMPANIES = "searchProspectingContacts", "searchProspectingCompanies"
SIGNALS, USAGE = "getContactSignalsById", "getAccountUsageStats"
USAGES = (USAGE, "getAccountUsage")
OF_ITEMS = {
    *("results.*.canReveal.*.credits", "results.*.contacts.*.canReveal.*.credits"),
    *("results.*.credits", "tableWrite.creditsCharged"),
}
"""Credits that are no charge of the whole call: what a reveal would cost, or a part of that charge."""
TWO: Mapping[str, Any] = {"contacts": [{}, {}]}


# The contract


def test_every_operation_of_the_contract_has_a_price(registry: Registry) -> None:
    for operation in registry.operations.values():
        assert operation.price or operation.unserved, operation.id
        if operation.price is None:
            continue
        price = Price.of(operation.price, operation.bulk)
        assert price.free is is_free(operation)
        assert price.free or price.kinds or price.results or price.signals or price.lookup, operation.id
        assert set(price.told.kinds) <= set(price.kinds)
        assert not price.told.flag or set(price.told.kinds) == set(price.kinds)
    assert not is_free(None)


def test_what_the_prices_name_is_in_the_schemas(registry: Registry) -> None:
    for operation in registry.operations.values():
        price = Price.of(operation.price or {}, operation.bulk)
        if price.items is not None:
            assert operation.body is not None
            body = registry.contract_of(operation).resolve(operation.body)
            assert body["properties"][price.items]["type"] == "array", operation.id


def test_no_answer_of_the_contract_tells_a_charge_that_the_prices_do_not_name(registry: Registry) -> None:
    paths = [contract.document["paths"] for contract in registry.contracts.values()]
    for item in (item for each in paths for item in each.values()):
        for operation in item.values():
            if not isinstance(operation, dict) or "operationId" not in operation:
                continue
            price = PRICES[operation["operationId"]]
            content = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
            for example in content.get("examples", {}).values():
                told = {path for path in _paths(example["value"]) if "redit" in path.rpartition(".")[2]}
                named = {f"{place}.{price.told.flag}" for place in price.told.items if price.told.flag}
                if operation["operationId"] not in USAGES and not price.free:
                    assert told - OF_ITEMS <= {*price.told.credits, *named}, operation["operationId"]


def _paths(value: Any, path: str = "") -> set[str]:
    if isinstance(value, dict):
        star = any(not name.isidentifier() or name.isdecimal() for name in value)
        found = set()
        for name, each in value.items():
            place = f"{path}.{'*' if star else name}".lstrip(".")
            found |= {place} | _paths(each, place)
        return found
    if isinstance(value, list):
        return {place for each in value for place in _paths(each, f"{path}.*")}
    return set()


@pytest.mark.parametrize(
    ("generation", "name"), [("v2", "ContactSignalType"), ("v2", "CompanySignalType"), ("v3", "Company")]
)
def test_all_signals_come_to_the_types_of_the_contract(
    registry: Registry, generation: str, name: str
) -> None:
    contract = registry.contracts[generation]
    types = {"v3": "CompanySignalsRequest"}.get(generation)
    schema = (
        contract.resolve(contract.resolve(contract.schemas[types])["properties"]["signalTypes"]["items"])
        if types
        else contract.schemas[name]
    )
    prices = [
        PRICES[each]
        for each in contract.operations
        if PRICES[each].signals and (generation == "v2" or "ompan" in each or "rospecting" in each)
    ]
    assert prices
    assert all(price.signals >= len(set(schema["enum"]) - {"allSignals"}) for price in prices)


# What a call may cost


@pytest.mark.parametrize(
    ("operation", "body", "most"),
    [
        (USAGE, None, 0),
        ("getSignalOptions", None, 0),
        ("searchCompanyNames", {"text": "a"}, 0),
        (PERSON, None, 6),
        (PERSON, {}, 6),
        (PEOPLE, {"contacts": [{}, {}, {}]}, 18),
        (PEOPLE, {"contacts": [{}], "metadata": {"signals": ["promotion"]}}, 7),
        (PEOPLE, {"contacts": [{"signals": ["promotion", "companyChange"]}]}, 8),
        (PEOPLE, {"contacts": [{}], "metadata": {"signals": None}}, 6),
        (PEOPLE, {"contacts": []}, 0),
        (COMPANY, None, 1),
        (COMPANIES, {"companies": [{}, {}]}, 2),
        (ENRICH, {"contactIds": ["a", "b"]}, 12),
        (ENRICH_COMPANIES, {"companiesIds": ["a", "b"]}, 2),
        (SIGNALS, {"contactIds": [1, 2], "signals": ["promotion"]}, 2),
        (SIGNALS, {"contactIds": [1], "signals": "promotion,companyChange"}, 2),
        (SIGNALS, {"contactIds": [1], "signals": ["ALLSIGNALS"]}, 22),
        ("getCompanySignalsById", {"companyIds": [1, 2]}, 2),
        (SEARCH, None, 1),
        (SEARCH, {"pages": {"page": 0, "size": 25}}, 1),
        (SEARCH, {"pages": {"page": 0, "size": 26}}, 2),
        (SEARCH, {"pages": {"page": 0, "size": 50.0}}, 2),
        (SEARCH, {"pages": {"page": 0, "size": 0}}, 1),
        (SEARCH, {"pages": {"size": 10}, "offset": {"size": 50}}, 2),
        (SEARCH, {"pages": None}, 1),
        (SEARCH, {"size": 10}, 2),
        (SEARCH, {"page_length": 10}, 2),
        (SEARCH, {"pages": {"page": 0, "size": 1, "limit": 100}}, 2),
        (SEARCH, {"filters": {"contacts": {"include": {"signals": {}}}}}, 23),
        (SEARCH_COMPANIES, {"filters": {"companies": {"include": {"Signal": {}}}}}, 23),
    ],
)
def test_the_worst_a_call_may_cost(operation: str, body: Any, most: int) -> None:
    assert worst_case(operation, (), body) == most


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("noSuchOperation", None),
        (PERSON, {"contacts": [{}] * 100}),
        (PERSON, "a"),
        (PEOPLE, None),
        (PEOPLE, {}),
        (PEOPLE, [{}, {}]),
        (PEOPLE, "no object"),
        (PEOPLE, {"contacts": "no list"}),
        (PEOPLE, {"contacts": {"0": {}, "1": {}}}),
        (PEOPLE, {"contacts": [[{}, {}]]}),
        (PEOPLE, {"contacts": [], "Contacts": [{}]}),
        (PEOPLE, {"contacts": [], " contacts": [{}]}),
        *[(PEOPLE, {"contacts": [], name: [{}]}) for name in ("contacts[]", "contacts.0", "con_tacts")],
        *[
            (PEOPLE, {"contacts": [], name: [{}]})
            for name in ("contacts\0", "contacts\u200b", "\uff43ontacts")
        ],
        (PEOPLE, {"contacts": [], "contact\u017f": [{}]}),
        (SEARCH, {"pages": {"size": 1}, "Pages": {"size": 50}}),
        (SEARCH, {"pages[]": {"size": 50}}),
        (SEARCH, {"pages": {"size": 1, "Size": 50}}),
        (PEOPLE, {"contacts": [{}], "metadata": {"signals": {"0": "promotion"}}}),
        (PEOPLE, {"contacts": [{}], "metadata": {"signals": [["promotion"]]}}),
        (SEARCH, []),
        (SEARCH, {"pages": []}),
        *[(SEARCH, {"pages": {"size": size}}) for size in ("50", True, -1, 51, 10**9, 2.5, [50])],
        (SEARCH_COMPANIES, {"offset": {"size": 500}}),
    ],
)
def test_what_cannot_be_priced_has_no_price(operation: str, body: Any) -> None:
    assert worst_case(operation, (), body) is None


@pytest.mark.parametrize(
    ("query", "most"),
    [
        ((("signals", "promotion"),), 7),
        ((("signals", "promotion,companyChange"),), 8),
        ((("signals[]", "promotion"), ("signals[]", "companyChange")), 8),
        ((("signals[0]", "promotion"), ("Signals.1", "companyChange")), 8),
        ((("signals", '["promotion","companyChange"]'),), 8),
        ((("signals", "allSignals"),), 28),
        ((("signalsStartDate", "2026-01-01"),), 6),
        ((("email", "a@one.com"),), 6),
    ],
)
def test_signals_of_the_query_cost_more(query: tuple[tuple[str, str], ...], most: int) -> None:
    assert worst_case(PERSON, query, None) == most


# Bodies


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b'\xef\xbb\xbf{"a":1}', "byte order mark"),
        ('{"a":1}'.encode("utf-16"), "byte order mark"),
        ('{"a":1}'.encode("utf-16-le"), "no JSON in UTF-8"),
        (b'{"a":NaN}', "no JSON in UTF-8"),
        (b'{"a":-Infinity}', "no JSON in UTF-8"),
        (b'{"a":1e999}', "infinity"),
        (b'{"a":18446744073709551616}', "more than 64 bits"),
        (b'{"a":' + b"9" * 5000 + b"}", "infinity"),
        (b'{"a":1,"a":2}', "a name twice"),
        (b'{"b":[{"a":1,"\\u0061":2}]}', "a name twice"),
        (b'{"a":"\\ud800"}', "no JSON in UTF-8"),
        (b'{"a":"\xff"}', "no JSON in UTF-8"),
        (b'{"a":1}{"a":1}', "no JSON in UTF-8"),
        (b"a=1&b=2", "no JSON in UTF-8"),
        (b'{"a":' * 2000 + b"1" + b"}" * 2000, "no JSON in UTF-8"),
    ],
)
def test_what_two_readers_may_read_differently_is_not_read(body: bytes, why: str) -> None:
    with pytest.raises(InexactError, match=why):
        exact(body)
    assert why in why_inexact(body, [])


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_other_json_is_read_as_it_is(value: Any) -> None:
    try:
        content = json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        return  # infinity
    assert exact(content) == value
    assert why_inexact(content, [("Content-Type", 'application/json; charset="UTF-8"')]) == ""


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("Content-Encoding", "gzip", "compressed"),
        ("content-encoding", "identity, br", "compressed"),
        ("Content-Type", "application/json; charset=utf-16", "not said to be UTF-8"),
        ("Content-Type", "application/json; charset=utf-7; a=b", "not said to be UTF-8"),
        ("X-HTTP-Method-Override", "POST", "may make it another call"),
        ("X_HTTP_METHOD_OVERRIDE", "POST", "may make it another call"),
        ("content_encoding", "gzip", "compressed"),
        ("Content-Encoding", "identity", ""),
        ("Content-Type", "application/json; charset=utf-8; a=b", ""),
    ],
)
def test_headers_may_make_a_body_another(name: str, value: str, why: str) -> None:
    found = why_inexact(b"{}", [(name, value)])
    assert (why in found) if why else (found == "")


def test_no_body_is_read_exactly() -> None:
    assert why_inexact(b"", [("content-encoding", "gzip")]) == ""
    assert why_inexact(b" \n", []) == ""


@pytest.mark.parametrize(("levels", "deep"), [(79, False), (80, False), (81, True), (5000, True)])
def test_what_is_nested_too_deeply_is_told(levels: int, deep: bool) -> None:
    value: Any = 1
    for level in range(levels):
        value = [value] if level % 2 else {"a": value, "b": 1}
    assert is_deep(value) is deep


# What an answer tells


def told(operation: str, answer: Any, body: Any = None, query: Any = (), status: int = 200) -> int | None:
    price = PRICES[operation]
    quoted = quote(price, query, body, has_body=body is not None)
    return charge(price, quoted, status, answer)


def contact(flag: Any = True, **data: Any) -> dict[str, Any]:
    return {"isCreditCharged": flag, "data": data}


MAIL: dict[str, Any] = {"emailAddresses": [{}]}
PHONE: dict[str, Any] = {"phoneNumbers": [{}]}
NO_MAIL: dict[str, Any] = {"emailAddresses": []}
NO_PHONE: dict[str, Any] = {"phoneNumbers": []}


@pytest.mark.parametrize(
    ("answer", "cost"),
    [
        pytest.param(contact(**MAIL, **PHONE), 6, id="both"),
        pytest.param(contact(**MAIL, **NO_PHONE), 1, id="an email"),
        pytest.param(contact(**NO_MAIL, **PHONE), 5, id="a phone"),
        pytest.param(contact(**MAIL), 6, id="an email, and no word of phones"),
        pytest.param(contact(**NO_MAIL, emails=["a"], **NO_PHONE), 1, id="old names beside"),
        pytest.param(contact(emails=["a"], phones=["b"]), 6, id="old names"),
        pytest.param(contact(mails=["a"]), 6, id="names that moved"),
        pytest.param(contact(emailAddresses=None, phoneNumbers=[]), 1, id="null for a list"),
        pytest.param(contact(**NO_MAIL, **NO_PHONE), 6, id="charged for nothing that is shown"),
        pytest.param({"isCreditCharged": True}, 6, id="charged, for what"),
        pytest.param(contact(flag=False), 0, id="free, it says"),
        pytest.param(contact(flag=False, **MAIL, **PHONE), 6, id="free, it says, and shows both"),
        pytest.param(contact(flag=False, **PHONE), 5, id="free, it says, and shows a phone"),
        pytest.param({"error": {"code": 3}, "isCreditCharged": False, "data": None}, 0, id="nobody"),
        pytest.param({"data": {**MAIL, **PHONE}}, 6, id="no flag"),
        pytest.param(contact(flag="true", **MAIL, **NO_PHONE), 6, id="a flag in text"),
        pytest.param(contact(flag=0), 6, id="a flag in numbers"),
        pytest.param(None, 6, id="null"),
        pytest.param([], 6, id="a list"),
    ],
)
def test_what_a_person_cost(answer: Any, cost: int) -> None:
    assert told(PERSON, {"contact": answer}) == cost
    # Numbers that the contract does not say are told here say nothing.
    lies = {"creditsCharged": 0, "creditCharged": 0, "billing": {"creditsCharged": 0}}
    assert told(PERSON, {**lies, "contact": answer}) == cost
    assert told(PEOPLE, {"contacts": {"1": answer}}, {"contacts": [{}]}) == cost
    # Who is not answered for counts as the worst.
    assert told(PEOPLE, {"contacts": {"1": answer}}, {"contacts": [{}, {}]}) == cost + 6


@pytest.mark.parametrize(
    ("query", "cost"),
    [
        ((("revealEmails", "true"),), 1),
        ((("revealEmails", "true"), ("revealPhones", "false")), 1),
        ((("revealPhones", "false"),), 1),
        ((("revealEmails", "true"), ("revealPhones", "true")), 6),
        ((("revealEmails", "1"),), 6),
        ((("revealEmails", "true"), ("revealPhones", "false"), ("revealPhones", "true")), 6),
    ],
)
def test_a_kind_that_was_not_asked_for_is_not_missed(query: tuple[tuple[str, str], ...], cost: int) -> None:
    assert told(PERSON, {"contact": contact(**MAIL)}, query=query) == cost
    body = {"contacts": [{}], "metadata": {name: value == "true" for name, value in query}}
    if len(body["metadata"]) == len(query) and cost == 1:
        assert told(PEOPLE, {"contacts": {"1": contact(**MAIL)}}, body) == cost


@pytest.mark.parametrize(
    ("operation", "body", "answer", "cost"),
    [
        (COMPANY, None, {"creditsCharged": 0, "data": {}}, 1),
        (COMPANIES, {"companies": [{}, {}]}, {"1": {}}, 2),
        (COMPANIES, {"companies": [{}, {}]}, {"billing": {"creditsCharged": 0}}, 2),
        (SEARCH, {"pages": {"size": 50}}, {"billing": {"creditsCharged": 0}, "data": []}, 0),
        (SEARCH, {"pages": {"size": 50}}, {"billing": {"creditsCharged": 0}, "data": [{}] * 26}, 2),
        (SEARCH, {"pages": {"size": 50}}, {"creditsCharged": 0, "data": []}, 2),
        (SEARCH, None, {"billing": None}, 1),
        (ENRICH, {"contactIds": ["1"]}, {"creditsCharged": 0, "billing": {"creditsCharged": 5}}, 5),
        (ENRICH, {"contactIds": ["1"]}, {"creditsCharged": "x", "billing": {"creditsCharged": 1}}, 6),
        (ENRICH, {"contactIds": ["1"]}, {"creditsCharged": 0, "contacts": [{"data": MAIL}]}, 1),
        (ENRICH, {"contactIds": ["1"]}, {"creditsCharged": 0, "contacts": [{"data": None}]}, 0),
        (
            ENRICH_COMPANIES,
            {"companiesIds": ["1"]},
            {"billing": {"creditsCharged": 0}, "companies": [{"id": 1}]},
            1,
        ),
        (SIGNALS, {"contactIds": [1], "signals": ["promotion"]}, {"creditCharged": 0, "contacts": {}}, 0),
        (
            SIGNALS,
            {"contactIds": [1], "signals": ["allSignals"]},
            {
                "creditCharged": 0,
                "contacts": {"1": {"personId": "1", "promotion": [{}], "companyChange": []}},
            },
            1,
        ),
        (USAGE, None, {"creditsCharged": 9}, 0),
    ],
)
def test_what_other_calls_cost(operation: str, body: Any, answer: Any, cost: int) -> None:
    assert told(operation, answer, body) == cost


@pytest.mark.parametrize(
    ("number", "cost"),
    [
        (0, 0), (3, 3), (12, 12), (6.0, 6), (-1, 12), (-0.5, 12), (2.5, 12), (True, 12), ("3", 12),
        (None, 12),
        ([3], 12), ({}, 12), (13, 13), (12.5, 13), (10**30, 10**30),
    ],
)  # fmt: skip
def test_a_number_counts_if_it_is_whole_and_not_negative(number: Any, cost: int) -> None:
    assert told(ENRICH, {"creditsCharged": number, "contacts": []}, {"contactIds": ["1", "2"]}) == cost


@pytest.mark.parametrize(
    "answer", [None, [], [{"x": 1}], "text", 7, {}, {"contacts": []}, {"contacts": None}]
)
@pytest.mark.parametrize("status", [200, 201, 204, 299, 302, 307, 399])
def test_silence_counts_as_the_worst(answer: Any, status: int) -> None:
    assert told(PEOPLE, answer, TWO, status=status) == 12


@pytest.mark.parametrize("status", range(400, 600))
def test_refusals_that_are_known_to_be_free_are(status: int) -> None:
    cost = 0 if status in {400, 401, 402, 403, 404, 412, 429, 451} else None
    assert told(PEOPLE, {"contacts": {}}, TWO, status=status) == cost
    assert (status in FREE_STATUSES) is (cost == 0)


@given(
    st.sampled_from([PERSON, COMPANY, SEARCH, USAGE]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["contact", "isCreditCharged", "data", "emailAddresses", "billing", "creditsCharged"]
                ),
                inner,
            )
        ),
        max_leaves=12,
    ),
)
def test_no_answer_is_an_error_or_a_refund(operation: str, answer: Any) -> None:
    cost = told(operation, answer)
    assert cost is not None
    assert cost >= 0


def test_a_price_of_other_fields_is_refused() -> None:
    with pytest.raises(TypeError):
        Price.of({"item": "contacts"})
    with pytest.raises(UnpricedError):
        quote(PRICES[PEOPLE], (), {}, has_body=True)
