"""No pattern and no JSON path of a scenario runs for ever; a rule that is cut short is named."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.contract.registry import Registry
from mock_lusha.errors import MOST_DETAILS, DataFileError
from mock_lusha.scenario.budget import MOST_STEPS, OverBudgetError, StepBudget
from mock_lusha.scenario.engine import CallFacts, ScenarioRun
from mock_lusha.scenario.facts import Facts
from mock_lusha.scenario.json_path import JSONPath, JSONPathTextError
from mock_lusha.scenario.json_places import MOST_VALUES, from_json
from mock_lusha.scenario.parse import parse_scenario
from mock_lusha.scenario.pattern import Pattern, PatternError
from mock_lusha.scenario.reader import ScenarioError

FACTS = Facts(*Registry.load().contracts.values())


def script(*rules: Any) -> ScenarioRun:
    document = from_json({"name": "mine", "rules": list(rules)}, "body")
    return ScenarioRun(parse_scenario(document, FACTS), "lusha", "k")


def asked(query: bytes = b"", body: Any = None) -> CallFacts:
    scope = {"method": "POST", "path": "/v2/person", "query_string": query, "headers": []}
    raw = b"" if body is None else json.dumps(body).encode()
    return CallFacts(FACTS.operations["searchMultipleContacts"], scope, raw, "k", 0.0)


def nested(depth: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for _ in range(depth):
        made = {"a": made}
    return made


EXPLOSIVE = {
    "nested repetition": ("^(a+)+$", "a" * 5_000 + "!"),
    "alternatives that overlap": ("(a|a|aa)*b", "a" * 5_000),
    "dots that overlap": ("(.*)*x", "a" * 5_000),
    "optional letters": ("(?:a?){60}a{60}b", "a" * 5_000),
}


@pytest.mark.parametrize(("text", "value"), EXPLOSIVE.values(), ids=EXPLOSIVE)
def test_a_pattern_that_backtracks_for_ever_elsewhere_is_answered(text: str, value: str) -> None:
    assert not Pattern(text).found_in(value, StepBudget())


@pytest.mark.parametrize(
    ("pattern", "said"),
    {
        "look-ahead": ("a(?=b)", "look-around"),
        "back-reference": (r"(a)\1", "back-references"),
        "the end in Python's letters": (r"a\Z", r"\z is the end"),
        "repetition of repetition": ("((((a{100}){100}){100}){100}){100}", "repetition"),
        "a set that is not closed": ("[a", "missing"),
        "a long text": ("a" * 1_001, "1001 characters, and may have 1000"),
        "half a surrogate pair": ("\ud800", "surrogate"),
    }.values(),
)
def test_a_pattern_that_cannot_be_used_says_why(pattern: str, said: str) -> None:
    with pytest.raises(PatternError) as caught:
        Pattern(pattern)

    assert said in str(caught.value)


def test_a_scenario_with_such_a_pattern_is_refused_by_its_place() -> None:
    with pytest.raises(ScenarioError, match=r"regex .* is not one: .*look-around"):
        script({"when": {"query": {"email": {"regex": "(?!a)b"}}}, "respond": "gdpr"})


def test_a_pattern_may_look_at_a_whole_body_of_a_bulk() -> None:
    contacts = [{"contactId": str(n), "email": f"person.{n}@acme.com"} for n in range(100)]
    rule = {"when": {"body": {"regex": r"person\.99@acme\.com\b"}}, "respond": "gdpr"}

    decision = script(rule).decide(asked(body={"contacts": contacts}))

    assert decision.fired is not None
    assert not decision.warnings


HEAVY = {
    "a path that visits what grows with the depth": {"$..*..*..*..*": {"equals": "zz"}},
    "a path in a filter": {"$..[?@..[?@..[?@.b]]]": {"absent": False}},
    "a path that is to find nothing": {"$..*..*..*..b": {"absent": True}},
}


@pytest.mark.parametrize("body", HEAVY.values(), ids=HEAVY)
def test_a_rule_over_the_budget_does_not_fire_and_the_others_do(body: Any) -> None:
    heavy = {"name": "heavy", "when": {"body": body}, "respond": "gdpr"}
    light = {"name": "light", "when": {"body": {"contains": "contacts"}}, "respond": "not-found"}

    decision = script(heavy, light).decide(asked(body={"contacts": [nested(60)]}))

    assert decision.fired is not None
    assert decision.fired.rule.name == "light"
    [warning] = decision.warnings
    assert warning.startswith("the rule mine/heavy did not fire: ")
    assert f"{MOST_STEPS} steps" in warning


def test_all_rules_of_a_call_share_its_steps() -> None:
    rules = [
        {"name": f"r{n}", "when": {"body": {"regex": "[ab]*a[ab]{50}c"}}, "respond": "gdpr"}
        for n in range(200)
    ]
    call = asked(body={"contacts": [{"contactId": "1", "email": "ab" * 1_000}]})

    decision = script(*rules).decide(call)

    assert 0 < len(decision.warnings) < 200
    assert call.budget.left < 0


def test_the_next_call_has_all_its_steps() -> None:
    rule = {"when": {"body": {"$..*..*..*..*": {"equals": "zz"}}}, "respond": "gdpr"}
    rules = script(rule)
    rules.decide(asked(body={"contacts": [nested(60)]}))

    decision = rules.decide(asked(body={"contacts": [{"name": "zz"}, [["zz"]]]}))

    assert decision.fired is not None


DOCUMENT = {
    "contacts": [
        {"email": "a@acme.com", "n": 1, "tags": ["x", "y"], "note": "one\ntwo"},
        {"email": "b@other.example", "n": 2, "tags": [], "deep": {"email": "c@acme.com"}},
    ]
}


@pytest.mark.parametrize(
    ("path", "values"),
    {
        "names": ("$.contacts[0].email", ["a@acme.com"]),
        "a wildcard": ("$.contacts[*].n", [1, 2]),
        "descendants": ("$..email", ["a@acme.com", "b@other.example", "c@acme.com"]),
        "a slice": ("$.contacts[0:1].tags[::2]", ["x"]),
        "an object is given whole": ("$.contacts[1].deep", [{"email": "c@acme.com"}]),
        "a filter": ("$.contacts[?@.n > 1].email", ["b@other.example"]),
        "a filter by a root": ("$.contacts[?@.n == $.contacts[0].n].email", ["a@acme.com"]),
        "search": ("$.contacts[?search(@.email, '@acme')].n", [1]),
        "match": ("$.contacts[?match(@.email, '[a-z]@acme.com')].n", [1]),
        "match wants all of it": ("$.contacts[?match(@.email, '@acme.com')].n", []),
        "search in what is no text": ("$.contacts[?search(@.n, '1')].n", []),
        "a dot is no end of a line": ("$.contacts[?match(@.note, 'one.two')].n", []),
        "a dot in a class": ("$.contacts[?search(@.email, 'acme[.]com')].n", [1]),
        "an escaped dot": (r"$.contacts[?search(@.email, 'acme\\.com')].n", [1]),
        "length": ("$.contacts[?length(@.tags) == 2].n", [1]),
        "count": ("$.contacts[?count(@.tags[*]) == 0].n", [2]),
        "nothing": ("$.nobody", []),
    }.values(),
)
def test_a_path_finds_what_the_standard_says(path: str, values: list[Any]) -> None:
    assert JSONPath(path).values(DOCUMENT, StepBudget()) == values


@pytest.mark.parametrize(
    ("path", "said"),
    {
        "a pattern out of the body": ("$.contacts[?search(@.email, @.n)]", "is a text in quotes"),
        "a pattern that is none": ("$.contacts[?search(@.email, '(a')]", "is not an I-Regexp"),
        "a pattern too large": ("$.contacts[?search(@.email, 'a{900}{900}')]", "pattern of search()"),
        "too many brackets": ("$[?" + "(" * 480 + "@.a" + ")" * 480 + "]", ""),
        "a long text": ("$" + ".a" * 600, "1201 characters, and may have 1000"),
        "no path": ("contacts", ""),
    }.values(),
)
def test_a_path_that_cannot_be_used_says_why(path: str, said: str) -> None:
    with pytest.raises(JSONPathTextError) as caught:
        JSONPath(path)

    assert said in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab", max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=4),
    max_leaves=30,
)
STEPS = st.sampled_from(["..*", "..a", "[*]", ".a", "[0]", "[0:2]", "[?@.a]", "[?@..b]", "[?@ == $.a]"])


@given(JSON, st.lists(STEPS, min_size=1, max_size=5))
def test_a_path_within_its_budget_finds_what_it_finds_without_one(document: Any, steps: list[str]) -> None:
    import jsonpath_rfc9535  # noqa: PLC0415 - the library itself is what is compared with

    text = "$" + "".join(steps)
    budget = StepBudget(2_000)

    try:
        found = JSONPath(text).values(document, budget)
    except OverBudgetError:
        assert budget.left < 0
    else:
        assert found == jsonpath_rfc9535.compile(text).find(document).values()
        assert len(found) <= 2_000


# What is sent over the control API is read at one go


def test_a_body_of_too_many_values_is_refused_before_any_is_looked_at() -> None:
    class Counted(list[Any]):
        looked = 0

        def __iter__(self) -> Any:
            Counted.looked += 1
            return super().__iter__()

    with pytest.raises(DataFileError, match=r"^body: there are more than 50000 values"):
        from_json({"rules": [Counted([1] * MOST_VALUES)]}, "body")
    assert Counted.looked == 1  # to count


def test_a_path_in_a_message_is_short_and_printable() -> None:
    value: Any = "deepest"
    for name in ("k" * 9_000, "\x00\n\u202e", *(str(number) * 40 for number in range(9))):
        value = {name: value}

    place = from_json(value, "body")
    while isinstance(place.value, dict):
        (place,) = place.value.values()
    said = str(place.error("wrong"))

    assert said.isprintable()
    assert len(said) < 400


def test_a_document_in_which_all_is_wrong_has_twenty_mistakes() -> None:
    wrong = {"zz" + "z" * 900_000: 1}
    for rules in ([wrong] * 900, [{"respond": "gdpr", "then": ["nobody"] * 900}]):
        with pytest.raises(ScenarioError) as refused:
            script(*rules)
        assert len(refused.value.errors) == MOST_DETAILS
        assert all(error.__traceback__ is None for error in refused.value.errors)


def test_a_long_chain_of_rules_is_read_and_a_ring_of_them_refused() -> None:
    rules = [{"name": f"r{n}", "respond": "gdpr", "then": f"r{n + 1}", "times": 1} for n in range(999)]

    made = script(*rules, {"name": "r999", "respond": "gdpr"})
    with pytest.raises(ScenarioError, match="'r0' can never fire: it waits for r999, which waits for it"):
        script(*rules, {"name": "r999", "respond": "gdpr", "then": "r0"})

    assert len(made.scenario.asleep) == 999
