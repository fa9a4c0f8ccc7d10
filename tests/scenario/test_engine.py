"""A scenario under way: which calls a rule takes, and what it counts."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.contract.registry import Registry
from mock_lusha.scenario import rule_index
from mock_lusha.scenario.engine import CallFacts, ScenarioRun
from mock_lusha.scenario.facts import Facts
from mock_lusha.scenario.json_places import from_json
from mock_lusha.scenario.model import Delay
from mock_lusha.scenario.parse import parse_scenario
from mock_lusha.scenario.rule_index import RuleIndex

FACTS = Facts(*Registry.load().contracts.values())
COMPANY = {"operation": "searchSingleCompanyV2"}
BULK = {"operation": "searchMultipleContacts"}


def script(*rules: Any, seed: str = "lusha", key: str = "k") -> ScenarioRun:
    document = from_json({"name": "mine", "rules": list(rules)}, "body")
    return ScenarioRun(parse_scenario(document, FACTS), seed, key)


def asked(**given: Any) -> CallFacts:
    body = given.pop("body", b"")
    headers = [(name.encode(), value.encode()) for name, value in given.pop("headers", {}).items()]
    operation, key, now = (
        given.pop("operation", "searchSingleContact"),
        given.pop("key", "k"),
        given.pop("now", 0.0),
    )
    scope = {
        "method": given.pop("method", "GET"),
        "path": given.pop("path", "/v2/person"),
        "query_string": given.pop("query", b""),
        "headers": headers,
    }
    assert not given
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return CallFacts(FACTS.operations[operation], scope, raw, key, now)


def fired(script: ScenarioRun, calls: int, **given: Any) -> list[str | None]:
    found = [script.decide(asked(**given)).fired for _ in range(calls)]
    return [None if each is None else each.rule.name for each in found]


@pytest.mark.parametrize(
    ("when", "taken"),
    [
        ({}, [1, 2, 3, 4, 5, 6]),
        ({"nth": 3}, [3]),
        ({"nth": "2..4"}, [2, 3, 4]),
        ({"nth": "5.."}, [5, 6]),
        ({"nth": [1, "4..5"]}, [1, 4, 5]),
        ({"every": 2}, [2, 4, 6]),
        ({"every": 2, "nth": "3.."}, [4, 6]),
    ],
    ids=str,
)
def test_of_the_calls_that_fit_those_are_taken(when: Any, taken: list[int]) -> None:
    under_way = script({"when": when, "respond": "gdpr"})

    assert [n for n, name in enumerate(fired(under_way, 6), 1) if name] == taken


def test_the_first_rule_that_fits_decides() -> None:
    under_way = script(
        {"name": "a", "when": {"every": 2}, "respond": "gdpr"}, {"name": "b", "respond": {"delay": 1}}
    )

    assert fired(under_way, 4) == ["b", "a", "b", "a"]


def test_a_rule_counts_what_fits_it_also_where_another_decides() -> None:
    under_way = script(
        {"name": "first", "when": {"nth": 1}, "respond": "gdpr"},
        {"name": "second", "when": {"nth": 2}, "respond": "gdpr"},
        {"name": "companies", "when": {"operation": "searchSingleCompanyV2", "nth": 1}, "respond": "gdpr"},
    )

    assert fired(under_way, 3) == ["first", "second", None]
    assert fired(under_way, 1, operation="searchSingleCompanyV2") == ["companies"]


def test_a_rule_that_was_woken_counts_from_then() -> None:
    under_way = script(
        {"name": "a", "when": {"nth": 2}, "respond": "gdpr", "then": "b"},
        {"name": "b", "when": {"nth": "1..2"}, "respond": "gdpr", "then": "c"},
        {"name": "c", "when": {"nth": 2}, "respond": "gdpr"},
    )

    # c is woken by the first b, sees the second b as its first call, and takes its second
    assert fired(under_way, 8) == [None, "a", "b", "b", "c", None, None, None]


def test_a_woken_rule_does_not_see_the_call_that_woke_it() -> None:
    under_way = script(
        {"name": "a", "when": {"nth": 1}, "respond": "gdpr", "then": "b"},
        {"name": "b", "respond": {"delay": 1}},
    )

    assert fired(under_way, 3) == ["a", "b", "b"]


CONTACTS = {"contacts": [{"email": "a@x.example", "n": 1}, {"email": "b@y.example"}]}

# condition, a call that fits, a call that does not
FITS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "operation": (
        {"operation": ["searchSingleContact", "getAccountUsageStats"]},
        {"operation": "getAccountUsageStats"},
        {"operation": "searchSingleCompanyV2"},
    ),
    "method": ({"method": "POST"}, {"method": "POST"}, {"method": "GET"}),
    "path": ({"path": "/v2/person"}, {"path": "/v2/person"}, {"path": "/v2/company"}),
    "path by regex": ({"path": {"regex": "^/v2/"}}, {"path": "/v2/person"}, {"path": "/company"}),
    "key": ({"key": {"contains": "ci"}}, {"key": "acme-ci"}, {"key": "prod"}),
    "header": (
        {"header": {"User-Agent": {"contains": "httpx"}}},
        {"headers": {"user-agent": "python-httpx/1"}},
        {"headers": {"user-agent": "curl"}},
    ),
    "header there": ({"header": {"x-a": {"absent": False}}}, {"headers": {"x-a": ""}}, {}),
    "header not there": ({"header": {"x-a": {"absent": True}}}, {}, {"headers": {"x-a": "1"}}),
    "query": ({"query": {"email": "a@b.example"}}, {"query": b"email=a%40b.example"}, {"query": b"email=c"}),
    "query of many": ({"query": {"signals": "promotion"}}, {"query": b"signals[]=x&signals[]=promotion"}, {}),
    "query by number": ({"query": {"personId": 7}}, {"query": b"personId=7"}, {"query": b"personId=8"}),
    "query by flag": ({"query": {"revealEmails": True}}, {"query": b"revealEmails=true"}, {"query": b""}),
    "body as text": ({"body": {"contains": "y.ex"}}, {"body": CONTACTS}, {"body": {}}),
    "body by path": (
        {"body": {"$.contacts[*].email": "b@y.example"}},
        {"body": CONTACTS},
        {"body": b"not json"},
    ),
    "body by number": (
        {"body": {"$.contacts[0].n": 1}},
        {"body": CONTACTS},
        {"body": {"contacts": [{"n": True}]}},
    ),
    "body without": (
        {"body": {"$.contacts[2]": {"absent": True}}},
        {"body": CONTACTS},
        {"body": {"contacts": [1, 2, 3]}},
    ),
    "body by filter": (
        {"body": {"$.contacts[?@.n > 0].email": {"regex": "^a@"}}},
        {"body": CONTACTS},
        {"body": {"contacts": [{"n": 0, "email": "a@"}]}},
    ),
    "from": ({"from": "1971-01-01T00:00:00Z"}, {"now": 31_536_000.0}, {"now": 31_535_999.0}),
    "identifier by email": (
        {"identifier": "nobody"},
        {"query": b"email=Nobody%2B1@acme.com"},
        {"query": b"email=nobodys@acme.com"},
    ),
    "identifier by name": (
        {"identifier": "nobody"},
        {"query": b"firstName=A&lastName=NOBODY"},
        {"query": b"firstName=Nobody"},
    ),
    "identifier by domain": (
        {"identifier": "nobody"},
        {**COMPANY, "query": b"domain=https://www.nobody.example/x"},
        {**COMPANY, "query": b"domain=nobody.com"},
    ),
    "identifier in a parameter that the operation has": (
        {"identifier": "nobody"},
        {**COMPANY, "query": b"domain=nobody.example"},
        {"query": b"domain=nobody.example"},
    ),
    "identifier in a bulk": (
        {"identifier": "nobody"},
        {**BULK, "body": {"contacts": [{"fullName": "A B"}, {"fullName": "Jane van Nobody"}]}},
        {**BULK, "body": {"contacts": [{"fullName": "Nobody Jane"}]}},
    ),
    "identifier of an employer": (
        {"identifier": "nobody"},
        {**BULK, "body": {"contacts": [{"companies": [{"domain": "nobody.test"}]}]}},
        {**BULK, "body": {"contacts": [{"companies": [{"name": "nobody.test"}]}]}},
    ),
}


@pytest.mark.parametrize("case", FITS)
def test_a_condition_tells_calls_apart_by(case: str) -> None:
    when, fitting, other = FITS[case]
    under_way = script({"name": "it", "when": when, "respond": "gdpr"})

    assert fired(under_way, 1, **other) == [None]
    assert fired(under_way, 1, **fitting) == ["it"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[1]", b"null", b'{"contacts": 3}'])
def test_a_body_that_is_none_fits_no_condition_on_it(body: bytes) -> None:
    under_way = script({"when": {"body": {"$.contacts[*].email": {"contains": "x"}}}, "respond": "gdpr"})

    assert fired(under_way, 1, body=body) == [None]


def test_moments_without_date_count_from_the_first_call() -> None:
    under_way = script({"name": "it", "when": {"from": 10, "until": 20}, "respond": "gdpr"})

    found = [fired(under_way, 1, now=1_000.0 + after)[0] for after in (0, 9.9, 10, 19.9, 20)]

    assert found == [None, None, "it", "it", None]


# Draws


def test_the_same_calls_meet_the_same_fate() -> None:
    rule = {"name": "it", "when": {"share": 0.3}, "respond": "gdpr"}

    assert fired(script(rule), 200) == fired(script(rule), 200)
    assert fired(script(rule), 200) != fired(script(rule, key="other"), 200)
    assert fired(script(rule), 200) != fired(script(rule, seed="other"), 200)


@pytest.mark.parametrize("share", [0.05, 0.1, 0.5, 0.9, 1])
def test_a_share_is_about_what_was_asked(share: float) -> None:
    taken = sum(
        name is not None for name in fired(script({"when": {"share": share}, "respond": "gdpr"}), 4000)
    )

    assert taken / 4000 == pytest.approx(share, abs=0.025)


def test_rules_draw_for_themselves() -> None:
    under_way = script(
        {"name": "a", "when": {"share": 0.5}, "respond": "gdpr"},
        {"name": "b", "when": {"share": 0.5}, "respond": "gdpr"},
    )

    assert set(fired(under_way, 100)) == {"a", "b", None}


DRAW = st.floats(0, 1, exclude_max=True)


@given(DRAW, DRAW, st.floats(0, 9), st.floats(0, 9))
def test_a_uniform_delay_stays_within_its_ends(first: float, second: float, one: float, other: float) -> None:
    least, most = sorted((one, other))

    assert least <= Delay("uniform", least, most).seconds(first, second) <= most


@given(DRAW, DRAW)
def test_a_lognormal_delay_is_a_number_of_seconds(first: float, second: float) -> None:
    assert 0 <= Delay("lognormal", 0.2, 2.0).seconds(first, second) < 1_000_000


def test_half_of_the_lognormal_delays_are_below_p50_and_few_above_p99() -> None:
    under_way = script({"respond": {"delay": {"lognormal": {"p50": 0.2, "p99": 2.0}}}})
    delay = Delay("lognormal", 0.2, 2.0)
    seconds = sorted(
        delay.seconds(*each.draws)
        for _ in range(4000)
        if (each := under_way.decide(asked()).fired) is not None
    )

    assert seconds[2000] == pytest.approx(0.2, rel=0.1)
    assert seconds[3960] == pytest.approx(2.0, rel=0.25)


# Outcomes


def test_outcomes_are_gathered_and_do_not_decide_a_call() -> None:
    under_way = script(
        {"name": "no", "when": {"identifier": "nobody"}, "respond": {"outcome": "not-found"}},
        {"name": "law", "when": {"identifier": "gdpr"}, "respond": {"outcome": "gdpr"}},
        {"name": "late", "respond": {"delay": 1}},
    )
    contacts = [{"email": "nobody@x.example"}, {"email": "gdpr@x.example"}, {"email": "jane@x.example"}]

    decision = under_way.decide(asked(**BULK, body={"contacts": contacts}))

    assert dict(decision.outcomes) == {"nobody": "not-found", "gdpr": "gdpr"}
    assert [str(each) for each in decision.noted] == ["mine/no#1", "mine/law#1"]
    assert decision.fired is not None
    assert str(decision.fired) == "mine/late#1"


def test_counters_tell_what_fitted_fired_and_sleeps() -> None:
    under_way = script(
        {"name": "a", "when": {"nth": 2}, "respond": "gdpr", "then": "b"}, {"name": "b", "respond": "gdpr"}
    )
    fired(under_way, 1)

    assert under_way.progress.counters() == {
        "a": {"matched": 1, "fired": 0, "asleep": False},
        "b": {"matched": 0, "fired": 0, "asleep": True},
    }


SPELLINGS = st.sampled_from(
    ["nobody", "NoBody", "%6eobody", "n\\u006fbody", "no", "body", "Jane", "nöbody", "x+", "/"]
)


@given(st.lists(SPELLINGS, max_size=4), st.sampled_from(["email", "fullName", "domain"]), st.booleans())
def test_an_identifier_is_found_however_it_is_written(parts: list[str], name: str, in_body: bool) -> None:
    word = "".join(parts)
    sent = {"email": f"{word}@acme.com", "fullName": f"Ann {word}", "domain": f"{word}.test"}[name]
    if in_body:
        call = asked(body=f'{{"contacts":[{{"{name}":"{sent}"}}]}}'.encode())
    else:
        call = asked(query=f"{name}={sent}".encode())

    for wanted in {"nobody", "nöbody", *call.words}:
        assert call.spells(wanted) is (wanted in call.words)


# Many rules

WORDS = ["nobody", "ghost", "ghosts", "x1", "ann", "jane", "doe"]
RULES = st.fixed_dictionaries(
    {
        "respond": st.sampled_from(["gdpr", "unavailable", {"outcome": "not-found"}]),
        "when": st.fixed_dictionaries(
            {"every": st.integers(2, 3)},  # one that takes every call is refused where others follow
            optional={
                "identifier": st.sampled_from(WORDS),
                "operation": st.sampled_from(["searchSingleContact", ["searchMultipleContacts"]]),
            },
        ),
    },
    optional={"times": st.integers(1, 3)},
)
ASKED = st.lists(
    st.one_of(
        st.sampled_from(WORDS).map(lambda word: {"query": f"email={quote(word)}@acme.com".encode()}),
        st.lists(st.sampled_from(WORDS), max_size=3).map(
            lambda words: {
                **BULK,
                "body": {"contacts": [{"contactId": "1", "email": f"{word}@acme.com"} for word in words]},
            }
        ),
        st.just({"query": b"firstName=Jane&lastName=%44oe&companyName=ghostly"}),
    ),
    max_size=12,
)


@given(rules=st.lists(RULES, min_size=1, max_size=12), calls=ASKED)
def test_rules_are_found_by_their_words_as_if_each_was_asked(rules: list[Any], calls: list[Any]) -> None:
    one_by_one, by_word = script(*rules), script(*rules)
    plain = [one_by_one.decide(asked(**call)) for call in calls]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rule_index, "MANY", 1)
        found = [by_word.decide(asked(**call)) for call in calls]

    assert found == plain
    assert by_word.progress.counts == one_by_one.progress.counts
    assert by_word.progress.fired == one_by_one.progress.fired


def test_of_a_thousand_rules_those_are_asked_whose_word_is_spelled() -> None:
    index = RuleIndex([(None, "first"), *((b"word%d" % n, f"rule {n}") for n in range(998)), (None, "last")])

    assert list(index.to_ask(asked(query=b"email=word7@acme.com"))) == ["first", "rule 7", "last"]
    assert list(index.to_ask(asked(query=b"email=jane@acme.com"))) == ["first", "last"]
