"""Scenario files: what is read, what is refused, and the schema that says the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mock_lusha import yamlfile
from mock_lusha.config import data_folder
from mock_lusha.contract.registry import Registry
from mock_lusha.errors import CATALOGUE, ConfigError, DataFileError
from mock_lusha.scenario.facts import Facts
from mock_lusha.scenario.json_places import from_json
from mock_lusha.scenario.library import Library, load_scenario
from mock_lusha.scenario.model import FAULTS, OUTCOMES, Delay, Matcher, Moment
from mock_lusha.scenario.parse import parse_scenario
from mock_lusha.scenario.reader import ScenarioError
from mock_lusha.scenario.schema import scenario_schema

if TYPE_CHECKING:
    from pathlib import Path

    from mock_lusha.scenario.model import Rule, Scenario

FACTS = Facts(*Registry.load().contracts.values())
SCHEMA = scenario_schema(FACTS)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def parsed(*rules: Any) -> Scenario:
    return parse_scenario(from_json({"name": "mine", "rules": list(rules)}, "body"), FACTS)


def rule(**fields: Any) -> Rule:
    return parsed({"respond": "gdpr", **fields}).rules[0]


def errors(*rules: Any) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        parsed(*rules)
    return [str(error) for error in caught.value.errors]


# `when` -> what is said of it
BAD_WHEN = {
    "a condition nobody knows": ({"evry": 2}, "when has no 'evry': did you mean every?"),
    "an operation nobody knows": (
        {"operation": "searchSingleContac"},
        "no operation is called searchSingleContac: did you mean searchSingleContact?",
    ),
    "no operation at all": ({"operation": []}, "not an empty list"),
    "a method that is none": ({"method": "GTE"}, "method is one of DELETE, GET, PATCH, POST, not GTE"),
    "a method the operation does not have": (
        {"operation": "searchSingleContact", "method": "POST"},
        "no call fits: searchSingleContact is GET",
    ),
    "a path nobody serves": (
        {"path": "/v2/persn"},
        "no operation here has the path /v2/persn: did you mean /v2/person?",
    ),
    "a parameter nobody reads": (
        {"query": {"emial": "a"}},
        "'emial' is no query parameter of any operation: did you mean email?",
    ),
    "a parameter of another operation": (
        {"operation": "getAccountUsageStats", "query": {"email": "a"}},
        "'email' is no query parameter of getAccountUsageStats: it takes no parameters",
    ),
    "a body where there is none": (
        {"operation": "searchSingleContact", "body": {"contains": "x"}},
        "these operations take no body",
    ),
    "a body under GET": ({"method": "GET", "body": {"contains": "x"}}, "these operations take no body"),
    "a property nobody has": (
        {"body": {"$.contcts": 1}},
        "no body here has 'contcts' at its top: did you mean contacts?",
    ),
    "no JSON path": ({"body": {"contacts": 1}}, "'contacts' is no JSON path such as $.contacts[*].email"),
    "a broken JSON path": ({"body": {"$.contacts[": 1}}, "is no JSON path"),
    "a broken regex": ({"key": {"regex": "("}}, "regex '(' is not one"),
    "a matcher nobody knows": (
        {"key": {"contain": "x"}},
        "a condition has no 'contain': did you mean contains?",
    ),
    "a matcher of nothing": ({"key": {}}, "a condition names one of equals, contains, regex, absent"),
    "a list for a value": ({"key": ["a"]}, "a condition is a value, or a mapping"),
    "absent with more": ({"key": {"absent": True, "equals": "x"}}, "absent stands alone"),
    "a header that cannot be": ({"header": {"user agent": "x"}}, "no header can be called 'user agent'"),
    "the call before the first": ({"nth": 0}, "nth is a whole number from 1 up, not 0"),
    "a range upside down": ({"nth": "5..3"}, "nth counts from 1 and upwards, not 5..3"),
    "a range that is none": (
        {"nth": "1-3"},
        "nth is a number such as 3, or a range such as 2..5 or 2.., not 1-3",
    ),
    "none of the calls": ({"nth": []}, "nth is an empty list"),
    "a range without multiple": ({"nth": "4..5", "every": 3}, "none of these is a multiple of every: 3"),
    "every nought": ({"every": 0}, "every is a whole number from 1 up, not 0"),
    "no share": ({"share": 0}, "share is a number over 0 up to 1, not 0"),
    "more than all": ({"share": 1.5}, "share is a number over 0 up to 1, not 1.5"),
    "a share of true": ({"share": True}, "share is a number over 0 up to 1, not true"),
    "until before from": (
        {"from": "2026-03-31T12:00:00Z", "until": "2026-03-31T11:00:00Z"},
        "until must be later than from",
    ),
    "no moment": (
        {"from": "noon"},
        "a moment is one such as 2026-03-31T12:00:00Z, or seconds after the first call",
    ),
    "seconds before the first call": ({"from": -1}, "or seconds after the first call, not -1"),
    "an identifier in capitals": (
        {"identifier": "Nobody"},
        "identifier is a word in lower case such as nobody",
    ),
    "a list of conditions": ([], "when is a mapping of operation, method"),
    "a condition without value": ({"key": None}, "key of when has no value: give it one, or leave it out"),
    "a header without value": ({"header": {"x-a": None}}, "a condition is a value, or a mapping of equals"),
    "a text without value": (
        {"header": {"x-a": {"contains": None}}},
        "contains of a condition has no value",
    ),
    "until the first call": ({"until": 0}, "no call fits: until is the first call itself"),
    "a path that contains another": (
        {"path": {"equals": "/v2/person", "contains": "company"}},
        'no call fits: "/v2/person" itself does not fit the other conditions',
    ),
    "another operation's path": (
        {"operation": "searchSingleContact", "path": {"contains": "/v2/company"}},
        "no call fits: the paths here are /v2/person",
    ),
    "an identifier where nobody is looked up": (
        {"operation": "getAccountUsageStats", "identifier": "nobody"},
        "no call fits: getAccountUsageStats looks up nobody by such a word",
    ),
    "a value that is another": (
        {"query": {"email": {"equals": "a", "regex": "b"}}},
        'no call fits: "a" itself does not fit',
    ),
}


@pytest.mark.parametrize("case", BAD_WHEN)
def test_a_condition_is_refused_that_is(case: str) -> None:
    when, said = BAD_WHEN[case]

    (error,) = errors({"when": when, "respond": "gdpr"})

    assert said in error
    assert error.startswith("body.rules.0.when")


BAD_RESPOND = {
    "an error nobody knows": ("to-many-requests", "did you mean too-many-requests?"),
    "an error by its status": (429, "errors of that status are trial-ended, daily-quota"),
    "a status that has no error": (418, "write `status: 418`"),
    "something nobody knows": ({"dely": 1}, "respond has no 'dely': did you mean delay?"),
    "nothing": ({}, "respond says what happens: one of error, status"),
    "a status that is none": ({"status": 299}, "no HTTP status is 299: did you mean"),
    "a status out of range": ({"status": 99}, "status is a whole number from 200 up, not 99"),
    "a status as text": ({"status": "503"}, "status is a whole number"),
    "an error and a status": ({"error": "gdpr", "status": 451}, "error and status exclude each other"),
    "a body without status": ({"body": {}}, "body goes with status"),
    "a body that cannot be": ({"status": 204, "body": 1}, "an answer with status 204 has no body"),
    "a negative delay": ({"delay": -1}, "delay is seconds from 0 to 3600, not -1"),
    "a delay of a day": ({"delay": 86_400}, "delay is seconds from 0 to 3600"),
    "a delay as text": ({"delay": "1s"}, "delay is seconds from 0 to 3600, not 1s"),
    "a delay of two kinds": (
        {"delay": {"fixed": 1, "uniform": [1, 2]}},
        "or one of fixed, uniform, lognormal",
    ),
    "a uniform upside down": (
        {"delay": {"uniform": [2, 1]}},
        "from the least to the most seconds, not 2.0 to 1.0",
    ),
    "a uniform of one": ({"delay": {"uniform": [1]}}, "uniform is a list of two"),
    "a lognormal without tail": (
        {"delay": {"lognormal": {"p50": 1, "p99": 1}}},
        "lognormal needs 0 < p50 < p99",
    ),
    "half a lognormal": ({"delay": {"lognormal": {"p50": 1}}}, "lognormal takes p50 and p99"),
    "no speed": ({"bytes_per_second": 0}, "bytes_per_second is a whole number from 1 up, not 0"),
    "a fault nobody knows": ({"fault": "cut"}, "fault is not cut: known are cut-before-headers"),
    "a patch of an error": (
        {"error": "gdpr", "patch": {}},
        "patch is about the real answer, and error takes its place",
    ),
    "an erasure from an error": (
        {"status": 500, "erase": 1},
        "erase is about the real answer, and status takes",
    ),
    "an outcome with more": ({"outcome": "gdpr", "delay": 1}, "outcome stands alone"),
    "an outcome nobody knows": ({"outcome": "lost"}, "outcome is not lost: "),
    "credits below none": ({"drain": -1}, "drain is a whole number from 0 up, not -1"),
    "a window nobody knows": ({"spend": "weekly"}, "spend is not weekly: "),
    "no window": ({"spend": []}, "spend is one of minute, hourly, daily"),
    "the server's own header": ({"headers": {"Content-Length": 1}}, "Content-Length is the server's own"),
    "the content type as header": (
        {"headers": {"content-type": "a/b"}},
        "the content type is set by content_type",
    ),
    "a header of two lines": ({"headers": {"X-A": "b\r\nSet-Cookie: c"}}, "a line of printable ASCII"),
    "an error without value": ({"error": None}, "error of respond has no value"),
    "a break in no body": ({"status": 204, "fault": "malformed-json"}, "status 204 has no body to break"),
    "a cut in a body that is not given": (
        {"status": 200, "fault": "cut-mid-body"},
        "cut-mid-body needs a body to break; the status has none",
    ),
    "half a number": (
        {"status": 200, "body": 77, "fault": "truncated-json"},
        "truncated-json needs an object, a list or a text to break",
    ),
    "a trickle of nothing": ({"fault": "cut-before-headers", "bytes_per_second": 9}, "nothing is sent when"),
}


@pytest.mark.parametrize("case", BAD_RESPOND)
def test_a_happening_is_refused_that_is(case: str) -> None:
    respond, said = BAD_RESPOND[case]

    (error,) = errors({"respond": respond})

    assert said in error


BAD_RULES = {
    "no rule": ((3,), "a rule is a mapping of name, when, respond, times, then, not 3"),
    "nothing that happens": (({"when": {"nth": 1}},), "respond is missing"),
    "two of one name": (
        ({"name": "a", "when": {"nth": 1}, "respond": "gdpr"}, {"name": "a", "respond": "gdpr"}),
        "two rules are called 'a'",
    ),
    "a next that is not there": (
        ({"name": "first", "respond": "gdpr", "then": "secnd"}, {"name": "second", "respond": "gdpr"}),
        "then names no rule 'secnd': did you mean second?",
    ),
    "a rule behind one that takes all": (
        ({"name": "all", "respond": "gdpr"}, {"respond": "gdpr"}),
        "the rules from here on can never fire: 'all' before them takes every call",
    ),
    "a next behind one that takes all": (
        ({"name": "all", "respond": {"delay": 1}, "then": "b"}, {"name": "b", "respond": "gdpr"}),
        "the rules from here on can never fire: 'all' before them takes every call",
    ),
    "a rule behind one that takes every call there is": (
        (
            {"name": "all", "when": {"nth": "1..", "every": 1, "share": 1}, "respond": "gdpr"},
            {"respond": "gdpr"},
        ),
        "the rules from here on can never fire: 'all' before them takes every call",
    ),
    "times that never come": (({"respond": "gdpr", "times": 0},), "times is a whole number from 1 up, not 0"),
    "a name in capitals": (
        ({"name": "A", "respond": "gdpr"},),
        "the name of a rule is 1 to 64 lower-case letters",
    ),
}


@pytest.mark.parametrize("case", BAD_RULES)
def test_rules_are_refused_with(case: str) -> None:
    rules, said = BAD_RULES[case]

    assert any(said in error for error in errors(*rules))


def test_rules_that_wait_for_each_other_are_refused_both() -> None:
    ring = [
        {"name": name, "respond": "gdpr", "then": then} for name, then in (("a", "b"), ("b", "c"), ("c", "a"))
    ]

    said = errors({"name": "free", "when": {"nth": 1}, "respond": "gdpr"}, *ring)

    assert [text.partition(": ")[2].partition(":")[0] for text in said] == [
        f"the rule '{name}' can never fire" for name in "abc"
    ]


BROKEN = """\
name: Broken
descripton: x
rules:
  - when: {operation: searchSingleContac, nth: 0}
    respond: to-many-requests
  - respond:
      delay: -1
      fault: cut
    then: nowhere
"""


def test_all_that_is_wrong_with_a_file_is_said_at_once_by_line(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(BROKEN, encoding="utf-8")

    with pytest.raises(ScenarioError) as caught:
        load_scenario(path, FACTS)

    lines = [(error.line, error.message.split(":")[0]) for error in caught.value.errors]
    assert lines == [
        (1, "name is 1 to 64 lower-case letters, digits, dots, dashes and underscores, not Broken"),
        (2, "a scenario has no 'descripton'"),
        (4, "no operation is called searchSingleContac"),
        (4, "nth is a whole number from 1 up, not 0"),
        (5, "no error of the catalogue is called to-many-requests"),
        (6, "then names no rule 'nowhere'"),
        (7, "delay is seconds from 0 to 3600, not -1"),
        (8, "fault is not cut"),
    ]
    assert str(caught.value).count(str(path)) == len(lines)


def test_a_name_is_that_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    path.write_text("name: other\nrules: []\n", encoding="utf-8")

    with pytest.raises(ScenarioError, match=r"name is 'other', but the file is called one\.yaml"):
        load_scenario(path, FACTS)


@pytest.mark.parametrize("content", ["", "[]", "3", "rules: 3", "name: a\n", "- a\n"])
def test_what_is_no_scenario_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(ScenarioError):
        load_scenario(path, FACTS)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=5)
        | st.sampled_from(["gdpr", "nth", "when", "respond", "rules", "body", "$.x", "2..", "equals"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [*SCHEMA["properties"], "when", "respond", "then", "nth", "delay", "body", "equals", "x"]
                ),
                inner,
                max_size=3,
            )
        ),
        max_leaves=12,
    )
)
def test_whatever_is_sent_is_read_or_refused_with_its_reasons(value: Any) -> None:
    said: list[str] | None = None
    try:
        parse_scenario(from_json(value, "body"), FACTS)
    except ScenarioError as error:
        said = [str(each) for each in error.errors]

    assert VALIDATOR.is_valid(value) if said is None else said
    assert all(each.startswith("body") for each in said or ())


# What is read


def test_a_rule_is_read_as_it_is_written() -> None:
    read = rule(
        when={
            "operation": ["searchSingleContact"],
            "method": "GET",
            "header": {"User-Agent": {"contains": "x"}},
            "query": {"email": "a@b.example"},
            "key": "k",
            "nth": [1, "3..4", "9.."],
            "every": 1,
            "share": 0.5,
            "from": 3,
            "until": "2026-03-31T12:00:00Z",
        },
        respond={"error": "gdpr", "delay": {"lognormal": {"p50": 1, "p99": 2}}, "headers": {"X-A": 1}},
    )

    when = read.when
    assert when.operations == frozenset({"searchSingleContact"})
    assert when.headers == (("user-agent", Matcher(contains="x")),)
    assert when.query == (("email", Matcher(equals="a@b.example")),)
    assert when.nth == ((1, 1), (3, 4), (9, None))
    assert when.since == Moment(3.0, relative=True)
    assert when.until is not None
    assert not when.until.relative
    assert read.respond.delay == Delay("lognormal", 1.0, 2.0)
    assert read.respond.headers == (("X-A", "1"),)


def test_rules_without_name_are_called_by_their_place() -> None:
    read = parsed({"when": {"nth": 1}, "respond": "gdpr"}, {"respond": {"delay": 1}})

    assert [each.name for each in read.rules] == ["rule-1", "rule-2"]


def test_a_rule_that_another_wakes_sleeps() -> None:
    read = parsed(
        {"name": "a", "when": {"nth": 2}, "respond": "gdpr", "then": ["b"]}, {"name": "b", "respond": "gdpr"}
    )

    assert read.asleep == {"b"}


# The schema


def test_the_published_schema_is_that_of_the_code() -> None:
    published = json.loads((data_folder("scenarios") / "schema.json").read_text(encoding="utf-8"))

    jsonschema.Draft202012Validator.check_schema(published)
    assert published == SCHEMA


@pytest.mark.parametrize("path", sorted(data_folder("scenarios").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_scenario_fits_the_schema_and_is_read(path: Path) -> None:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))

    VALIDATOR.validate(document)
    scenario = load_scenario(path, FACTS)
    assert scenario.description
    assert len(scenario.rules) == len(document["rules"])


STRUCTURAL = {
    "an unknown condition": {"when": {"evry": 2}, "respond": "gdpr"},
    "an unknown error": {"respond": "gdprr"},
    "an unknown status": {"respond": {"status": 299}},
    "a negative delay": {"respond": {"delay": -1}},
    "an unknown fault": {"respond": {"fault": "cut"}},
    "an unknown outcome": {"respond": {"outcome": "lost"}},
    "an unknown window": {"respond": {"spend": "weekly"}},
    "no speed": {"respond": {"bytes_per_second": 0}},
    "no share": {"when": {"share": 0}, "respond": "gdpr"},
    "the call before the first": {"when": {"nth": 0}, "respond": "gdpr"},
    "a range that is none": {"when": {"nth": "1-3"}, "respond": "gdpr"},
    "nothing that happens": {"when": {"nth": 1}},
    "an unknown operation": {"when": {"operation": "getTea"}, "respond": "gdpr"},
    "a matcher of nothing": {"when": {"key": {}}, "respond": "gdpr"},
    "a header of two lines": {"respond": {"headers": {"X-A": "b\nc"}}},
    "a name in capitals": {"name": "A", "respond": "gdpr"},
}


@pytest.mark.parametrize("case", STRUCTURAL)
def test_the_schema_refuses_what_the_check_refuses(case: str) -> None:
    assert errors(STRUCTURAL[case])
    assert not VALIDATOR.is_valid({"name": "mine", "rules": [STRUCTURAL[case]]})


CONDITION = st.one_of(
    st.text(max_size=5),
    st.integers(0, 9),
    st.booleans(),
    st.fixed_dictionaries({"contains": st.text("abc", min_size=1, max_size=3)}),
    st.fixed_dictionaries({"absent": st.booleans()}),
    st.fixed_dictionaries({"regex": st.sampled_from(["a+", "^x$"])}),
)
WHEN = st.fixed_dictionaries(
    {"nth": st.integers(1, 9) | st.sampled_from(["1..2", "3.."])},
    optional={
        "operation": st.sampled_from(sorted(name for name in FACTS.operations if FACTS.identify([name]))),
        "header": st.dictionaries(st.sampled_from(["x-a", "User-Agent"]), CONDITION, min_size=1),
        "key": CONDITION,
        "share": st.floats(0.01, 1),
        "from": st.integers(0, 99),
        "identifier": st.sampled_from(["nobody", "slow"]),
    },
)
SECONDS = st.floats(0, 9)
RESPOND = st.one_of(
    st.sampled_from(sorted(CATALOGUE)),
    st.fixed_dictionaries({"error": st.sampled_from(sorted(CATALOGUE))}, optional={"delay": SECONDS}),
    st.fixed_dictionaries(
        {"status": st.sampled_from([200, 418, 503])}, optional={"body": st.integers(-9, 9) | st.none()}
    ),
    st.fixed_dictionaries({"fault": st.sampled_from(sorted(FAULTS))}, optional={"drain": st.integers(0, 9)}),
    st.fixed_dictionaries({"outcome": st.sampled_from(sorted(OUTCOMES))}),
    st.fixed_dictionaries({"delay": st.tuples(SECONDS, SECONDS).map(lambda ends: {"uniform": sorted(ends)})}),
    st.fixed_dictionaries(
        {"patch": st.dictionaries(st.text(max_size=3), st.integers(-9, 9) | st.none(), max_size=2)}
    ),
)


@given(st.lists(st.fixed_dictionaries({"respond": RESPOND}, optional={"when": WHEN}), max_size=1))
def test_what_is_built_of_good_pieces_is_good_to_both(rules: list[Any]) -> None:
    document = {"name": "mine", "rules": rules}

    assert VALIDATOR.is_valid(document)
    assert parse_scenario(from_json(document, "body"), FACTS).name == "mine"


# The library


def library(own: Path | None = None) -> Library:
    return Library(data_folder("scenarios"), own, FACTS)


def test_a_scenario_of_ones_own_goes_before_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "flaky.yml").write_text("name: flaky\nrules: []\n", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no scenario", encoding="utf-8")

    assert library(tmp_path).get("flaky").rules == ()
    assert library().get("flaky").rules


def test_the_nearest_name_is_offered() -> None:
    with pytest.raises(ConfigError, match="there is no scenario 'flakey': did you mean flaky"):
        library().get("flakey")


def test_mistakes_in_all_own_files_are_said_at_once(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(f"name: {name}\nrules: 3\n", encoding="utf-8")
    (tmp_path / "three.yaml").write_text("rules: [", encoding="utf-8")

    with pytest.raises(ScenarioError) as caught:
        library(tmp_path).check()

    assert [str(error.path).rpartition("/")[2] for error in caught.value.errors] == [
        "one.yaml",
        "three.yaml",
        "two.yaml",
    ]


def test_the_magic_words_are_those_of_the_rules() -> None:
    magic = library().magic

    for each in magic.scenario.rules:
        assert each.when.identifier is not None
        assert magic.may_fit(b"", f"x {each.when.identifier.upper()}@y".encode())
    assert not magic.may_fit(b"email=jane@acme.com", b"")


def test_a_magic_file_of_ones_own_without_words_is_always_asked(tmp_path: Path) -> None:
    (tmp_path / "magic.yaml").write_text("name: magic\nrules: [{respond: gdpr}]\n", encoding="utf-8")

    assert library(tmp_path).magic.may_fit(b"", b"")


@pytest.mark.parametrize(
    ("query", "body"),
    [(b"email=%6Eobody%40acme.com", b""), (b"", rb'{"contacts": [{"email": "\u006eobody@acme.com"}]}')],
    ids=["percent-encoded", "escaped in JSON"],
)
def test_a_magic_word_is_one_however_it_is_written(query: bytes, body: bytes) -> None:
    assert library().magic.may_fit(query, body)


def test_what_is_nested_without_end_is_refused() -> None:
    with pytest.raises(DataFileError, match="values are nested more than 100 deep"):
        rule(respond={"status": 200, "body": json.loads("[" * 99 + "]" * 99)})


def test_two_files_of_one_scenario_are_refused(tmp_path: Path) -> None:
    for suffix in ("yaml", "yml"):
        (tmp_path / f"mine.{suffix}").write_text("name: mine\nrules: []\n", encoding="utf-8")

    with pytest.raises(ConfigError, match=r"mine\.yml: mine\.yaml is the scenario mine already: keep one"):
        library(tmp_path)


def test_a_time_of_day_is_no_number_of_seconds(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("name: a\nrules:\n  - when: {from: 12:30:00}\n    respond: gdpr\n", encoding="utf-8")

    with pytest.raises(ScenarioError, match=r"a moment is one such as 2026-03-31T12:00:00Z.* not 12:30:00"):
        load_scenario(path, FACTS)


def test_a_line_is_that_of_the_value(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("name: a\nrules:\n  - respond:\n      delay: 1\n", encoding="utf-8")

    place = yamlfile.read(path)

    assert parse_scenario(place, FACTS).rules[0].respond.delay == Delay("fixed", 1.0)
