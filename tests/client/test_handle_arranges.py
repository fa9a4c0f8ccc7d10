"""What a handle arranges: scenarios, rules, the world."""

# ruff: noqa: E501 - a table of cases reads one case a line

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx
import pytest
from client.handles import BULK, COMPANY, JANE, MOMENT, OTHER, PEOPLE, PERSON, SINGLE, SMALL, statuses

from mock_lusha import ControlError, MockLusha
from mock_lusha.client.rules import On, RuleError
from mock_lusha.errors import CATALOGUE, ConfigError, MockLushaError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mock_lusha.client.literals import PersonFacts
    from mock_lusha.server import MockServer


GOLD: Any = "gold"


# Scenario


def test_a_scenario_is_in_force_until_its_block_ends(lusha: MockLusha) -> None:
    with lusha.scenario("flaky") as active:
        inside = statuses(lusha, 3)

    assert active.name == "flaky"
    assert (inside, statuses(lusha, 1)) == ([503, 503, 200], [200])
    active.end()
    assert lusha.control.scenarios()["account"] is None


def test_a_scenario_may_be_in_force_until_the_end(lusha: MockLusha) -> None:
    active = lusha.scenario("flaky")

    assert statuses(lusha, 3) == [503, 503, 200]
    active.end()
    assert statuses(lusha, 1) == [200]


def test_a_scenario_ends_once(lusha: MockLusha) -> None:
    with lusha.scenario("flaky") as first:
        statuses(lusha, 2)

    lusha.scenario([{"respond": "gdpr"}])
    first.end()

    assert statuses(lusha, 1) == [451]


# What is given -> its name
INLINE: dict[str, tuple[Any, str]] = {
    "a list": ([{"respond": "gdpr"}], "inline-1"),
    "a tuple": (({"respond": "gdpr"},), "inline-1"),
    "a mapping": ({"rules": [{"respond": "gdpr"}]}, "inline-1"),
    "a mapping with a name": ({"name": "mine", "description": "Ours.", "rules": [{"respond": "gdpr"}]}, "mine"),
}  # fmt: skip


@pytest.mark.parametrize("case", INLINE)
def test_a_scenario_may_be_written_in_the_test(case: str, lusha: MockLusha) -> None:
    what, name = INLINE[case]

    with lusha.scenario(what) as active:
        assert statuses(lusha, 1) == [451]

    assert active.name == name
    assert statuses(lusha, 1) == [200]


def test_scenarios_without_a_name_have_different_ones(lusha: MockLusha) -> None:
    names = [lusha.scenario([{"respond": "gdpr"}]).name for _ in range(3)]

    assert names == ["inline-1", "inline-2", "inline-3"]


FILE = """\
description: At noon.
rules:
  - when: {operation: searchSingleCompanyV2, until: 2026-04-01}
    respond: gdpr
"""


@pytest.mark.parametrize("suffix", [".yaml", ".yml"])
@pytest.mark.parametrize("kind", ["path", "text"])
def test_a_scenario_may_be_a_file(suffix: str, kind: str, lusha: MockLusha, tmp_path: Path) -> None:
    path = tmp_path / f"noon{suffix}"
    path.write_text(FILE, encoding="utf-8")
    lusha.clock.set(MOMENT)

    with lusha.scenario(path if kind == "path" else str(path)) as active:
        inside = statuses(lusha, 1)
        lusha.clock.set("2026-04-01T00:00:01Z")
        later = statuses(lusha, 1)

    assert (active.name, inside, later) == ("noon", [451], [200])


def test_a_file_in_the_home_folder_or_the_current_one_is_found(
    lusha: MockLusha, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "noon.yaml").write_text(FILE, encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    names = [lusha.scenario(text).name for text in ("~/noon.yaml", "noon.yaml", "./noon.yaml")]

    assert names == ["noon", "noon", "noon"]


def test_the_mistakes_of_a_file_are_named_with_their_lines(lusha: MockLusha, tmp_path: Path) -> None:
    path = tmp_path / "noon.yaml"
    path.write_text("rules:\n  - respond: gdprr\n  - wen: {nth: 1}\n    respond: gdpr\n", encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        lusha.scenario(path)

    assert str(caught.value).splitlines() == [
        f"{path}:2: no error of the catalogue is called gdprr: did you mean gdpr?",
        f"{path}:3: a rule has no 'wen': did you mean when?",
    ]
    assert lusha.control.scenarios()["account"] is None


def test_a_file_that_is_not_there_is_an_error(lusha: MockLusha, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.yaml"):
        lusha.scenario(tmp_path / "gone.yaml")


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("flakey", "there is no scenario 'flakey': did you mean flaky?"),
        ([{"respond": "gdprr"}], "no error of the catalogue is called gdprr: did you mean gdpr?"),
        ({"rules": [], "rulez": []}, "rulez"),
    ],
    ids=["a name", "a list", "a mapping"],
)
def test_a_scenario_that_cannot_be_is_refused(what: Any, message: str, lusha: MockLusha) -> None:
    with pytest.raises(ControlError, match=re.escape(message)) as caught:
        lusha.scenario(what)

    assert caught.value.status == 400
    assert lusha.control.scenarios()["account"] is None


def test_what_was_in_force_before_goes_on_where_it_was(lusha: MockLusha) -> None:
    with lusha.scenario(
        [{"when": {"nth": "1..2"}, "respond": "gdpr"}, {"when": {"nth": 3}, "respond": "not-found"}]
    ):
        first = statuses(lusha, 1)
        with lusha.scenario("flaky"):
            second = statuses(lusha, 1)
            with lusha.scenario([{"respond": "server-error"}]):
                third = statuses(lusha, 2)
            fourth = statuses(lusha, 2)
        fifth = statuses(lusha, 3)

    assert [first, second, third, fourth, fifth] == [[451], [503], [500, 500], [503, 200], [451, 404, 200]]
    assert statuses(lusha, 1) == [200]


def test_a_scenario_ends_also_where_its_block_fails(lusha: MockLusha) -> None:
    with pytest.raises(ZeroDivisionError), lusha.scenario([{"respond": "gdpr"}]):
        raise ZeroDivisionError

    assert statuses(lusha, 1) == [200]


def test_a_scenario_of_the_server_goes_on_behind_one_of_a_test() -> None:
    with MockLusha(scenario="server-error", **SMALL) as lusha:
        before = statuses(lusha, 1)
        with lusha.scenario("unavailable"):
            inside = statuses(lusha, 1)

        assert (before, inside, statuses(lusha, 1)) == ([500], [503], [500])


# Rules


class Step(NamedTuple):
    """A step of a rule, the call it is tried on, and what is seen."""

    build: Callable[[On], On]
    seen: Callable[[httpx.Response], Any]
    value: Any
    url: str = COMPANY


def status(answer: httpx.Response) -> int:
    return answer.status_code


def code(answer: httpx.Response) -> tuple[int, int]:
    return answer.status_code, answer.json()["error"]["code"]


def told(answer: httpx.Response) -> tuple[int, str, bytes]:
    return answer.status_code, answer.headers["content-type"], answer.content


def name(answer: httpx.Response) -> tuple[str, bool]:
    return answer.json()["data"]["name"], "employees" in answer.json()["data"]


def contact(answer: httpx.Response) -> int:
    found: int = answer.json()["contact"]["error"]["code"]
    return found


def phones(answer: httpx.Response) -> set[bool]:
    return {each["doNotCall"] for each in answer.json()["contact"]["data"]["phoneNumbers"]}


def body(answer: httpx.Response) -> tuple[int, bool]:
    return answer.status_code, answer.json()["data"]["name"] == "Acme"


def spoiled(answer: httpx.Response) -> tuple[bytes, bool]:
    return answer.content[:7], answer.content.endswith(b"}")


JSON = "application/json; charset=utf-8"
PHONES = f"{JANE}&revealPhones=true"
STEPS: dict[str, Step] = {
    "fail by name": Step(lambda on: on.fail("gdpr"), code, (451, 451)),
    "fail by status": Step(lambda on: on.fail(429), code, (429, 429)),
    "fail later": Step(lambda on: on.fail(503, delay=0.01), code, (503, 503)),
    "reply": Step(lambda on: on.reply(507), status, 507),
    "reply with JSON": Step(lambda on: on.reply(200, {"full": True}), told, (200, JSON, b'{"full":true}')),
    "reply with a list": Step(lambda on: on.reply(200, [1, None]), told, (200, JSON, b"[1,null]")),
    "reply with a text": Step(lambda on: on.reply(503, "<p>down</p>", content_type="text/html"), told, (503, "text/html", b"<p>down</p>")),
    "reply with a header": Step(lambda on: on.reply(200, {}, headers={"X-Disk": 1}, delay=0.01), lambda answer: answer.headers["x-disk"], "1"),
    "delay": Step(lambda on: on.delay(0.01), body, (200, True)),
    "delay by a law": Step(lambda on: on.delay({"uniform": [0.001, 0.002]}), body, (200, True)),
    "trickle": Step(lambda on: on.trickle(100_000), body, (200, True)),
    "garble": Step(lambda on: on.garble(), spoiled, (b'{"data"', False)),
    "garble otherwise": Step(lambda on: on.garble("wrong-content-type"), lambda answer: told(answer)[:2], (200, "text/html; charset=utf-8")),
    "garble the whole": Step(lambda on: on.garble("empty-body"), told, (200, JSON, b"")),
    "patch": Step(lambda on: on.patch({"data": {"name": "Patched", "employees": None}}), name, ("Patched", False)),
    "patch the whole": Step(lambda on: on.patch(None), told, (200, JSON, b"null")),
    "outcome not-found": Step(lambda on: on.outcome("not-found"), contact, 3, JANE),
    "outcome gdpr": Step(lambda on: on.outcome("gdpr"), status, 451, JANE),
    "outcome compliance": Step(lambda on: on.outcome("compliance"), contact, 5, JANE),
    "outcome no-phones": Step(lambda on: on.outcome("no-phones"), phones, set(), PHONES),
    "outcome do-not-call": Step(lambda on: on.outcome("do-not-call"), phones, {True}, PHONES),
    "drain": Step(lambda on: on.drain(), code, (402, 402)),
    "drain but for some": Step(lambda on: on.drain(1), body, (200, True)),
    "spend": Step(lambda on: on.spend("hourly"), lambda answer: answer.headers["x-hourly-requests-left"], "0"),
}  # fmt: skip


@pytest.mark.parametrize("case", STEPS)
def test_a_rule_does_what_its_step_says(case: str, lusha: MockLusha) -> None:
    step = STEPS[case]
    on = lusha.on()

    assert step.build(on) is on
    answer = lusha.client.get(step.url)

    assert step.seen(answer) == step.value
    assert lusha.calls.last.rules == ("added/rule-1#1",)


@pytest.mark.parametrize("mid_body", [False, True], ids=["before headers", "mid body"])
def test_a_rule_cuts_the_connection(mid_body: bool, lusha: MockLusha) -> None:
    lusha.on().cut(mid_body=mid_body, times=1)

    with pytest.raises(httpx.RemoteProtocolError):
        lusha.client.get(COMPANY)

    assert lusha.calls.last.error == ("cut-mid-body" if mid_body else "cut-before-headers")
    assert statuses(lusha, 1) == [200]


def test_a_delay_takes_its_time(lusha: MockLusha) -> None:
    lusha.on().delay(5, times=1)

    with pytest.raises(httpx.ReadTimeout):
        lusha.client.get(COMPANY, timeout=0.1)

    assert statuses(lusha, 1) == [200]


STATUSES = sorted({kind.status for kind in CATALOGUE.values()})
SEVERAL = {
    400: "bad-request",
    401: "unauthorized",
    403: "plan-restricted",
    404: "not-found",
    410: "retired",
    429: "too-many-requests",
    502: "bad-gateway",
}


@pytest.mark.parametrize("number", STATUSES)
def test_a_status_stands_for_its_usual_error(number: int, lusha: MockLusha) -> None:
    names = [kind.name for kind in CATALOGUE.values() if kind.status == number]
    lusha.on().fail(number)

    answer = lusha.client.get(COMPANY)

    assert answer.status_code == number
    assert lusha.calls.last.error == SEVERAL.get(number, names[0])
    assert (len(names) > 1) is (number in SEVERAL)


def test_a_status_of_no_error_is_refused_with_those_there_are(lusha: MockLusha) -> None:
    with pytest.raises(RuleError) as caught:
        lusha.on().reply(418).fail(418)

    assert str(caught.value) == (
        f"no error of Lusha's has status 418 (they have {', '.join(map(str, STATUSES))}); see reply(418)"
    )
    assert isinstance(caught.value, MockLushaError)


WRONG: dict[str, tuple[Callable[[Any], object], str]] = {
    "error": (lambda lusha: lusha.on().fail("gdprr"), "no error of the catalogue is called gdprr: did you mean gdpr?"),
    "operation": (lambda lusha: lusha.on("searchSingleContct").fail(429), "no operation is called searchSingleContct: did you mean searchSingleContact?"),
    "parameter": (lambda lusha: lusha.on(SINGLE, query={"domian": "a"}).fail(429), "'domian' is no query parameter of searchSingleCompanyV2: did you mean domain?"),
    "fault": (lambda lusha: lusha.on().garble("truncated"), "did you mean truncated-json?"),
    "nth": (lambda lusha: lusha.on().fail(429, nth=0), "nth"),
    "share": (lambda lusha: lusha.on().fail(429, share=2), "share is a number over 0 up to 1, not 2"),
    "header": (lambda lusha: lusha.on(header={}).fail(429), "header is a mapping from a header to what it must be, not {}"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_rule_that_cannot_be_is_refused_where_it_is_built(
    case: str, handle: Callable[..., MockLusha]
) -> None:
    build, message = WRONG[case]

    with handle(verify=False) as lusha:
        with pytest.raises(ControlError, match=re.escape(message)) as caught:
            build(lusha)

        assert caught.value.status == 400
        assert statuses(lusha, 1) == [200]


# Conditions -> which of four calls (a company, another, a person, people) they mean
MEANT: dict[str, tuple[list[Any], dict[str, Any], list[bool]]] = {
    "all": ([], {}, [True, True, True, True]),
    "an operation": ([SINGLE], {}, [True, True, False, False]),
    "two operations": ([PERSON, PEOPLE], {}, [False, False, True, True]),
    "a method": ([], {"method": "POST"}, [False, False, False, True]),
    "a path": ([], {"path": "/v2/company"}, [True, True, False, False]),
    "a part of a path": ([], {"path": {"contains": "person"}}, [False, False, True, True]),
    "a header": ([], {"header": {"x-job": "2"}}, [False, True, False, False]),
    "no header": ([], {"header": {"x-job": {"absent": True}}}, [False, False, False, True]),
    "a parameter": ([], {"query": {"domain": "acme.com"}}, [True, False, False, False]),
    "a pattern": ([], {"query": {"domain": {"regex": "^o"}}}, [False, True, False, False]),
    "a body": ([], {"body": {"$.contacts[*].email": "zoe@acme.com"}}, [False, False, False, True]),
    "an identifier": ([], {"identifier": "zoe"}, [False, False, False, True]),
    "several": ([SINGLE], {"method": "GET", "header": {"x-job": "1"}}, [True, False, False, False]),
}  # fmt: skip


@pytest.mark.parametrize("case", MEANT)
def test_a_rule_is_for_the_calls_that_are_meant(case: str, lusha: MockLusha) -> None:
    operations, conditions, meant = MEANT[case]
    lusha.on(*operations, **conditions).fail("gdpr")

    seen = [
        lusha.client.get(path, headers={"x-job": str(job)}).status_code
        for job, path in enumerate((COMPANY, OTHER, JANE), 1)
    ]
    seen.append(lusha.client.post("/v2/person", json=BULK).status_code)

    assert [status == 451 for status in seen] == meant


# How a step is counted -> which of six calls it happens to
COUNTED: dict[str, tuple[dict[str, Any], list[int]]] = {
    "always": ({}, [1, 2, 3, 4, 5, 6]),
    "times": ({"times": 2}, [1, 2]),
    "nth": ({"nth": 3}, [3]),
    "nth of several": ({"nth": [1, "4..5"]}, [1, 4, 5]),
    "from the nth": ({"nth": "5.."}, [5, 6]),
    "every": ({"every": 2}, [2, 4, 6]),
    "every, and times": ({"every": 2, "times": 2}, [2, 4]),
    "share of all": ({"share": 1}, [1, 2, 3, 4, 5, 6]),
}


@pytest.mark.parametrize("case", COUNTED)
def test_a_step_happens_as_often_as_it_says(case: str, lusha: MockLusha) -> None:
    counted, happens = COUNTED[case]
    lusha.on(SINGLE).fail("gdpr", **counted)

    lusha.client.get(JANE)
    seen = statuses(lusha, 6)

    assert [place for place, status in enumerate(seen, 1) if status == 451] == happens


def test_a_share_is_the_same_in_every_run(double: MockServer) -> None:
    def seen(key: str) -> list[int]:
        with MockLusha(server=double, api_key=key) as lusha:
            lusha.on(SINGLE).fail("gdpr", share=0.5)
            return statuses(lusha, 40)

    first, second = seen("a-share-of-calls"), seen("a-share-of-calls")
    assert first == second != seen("another-share-of-calls")
    assert 10 <= first.count(451) <= 30


def test_steps_follow_one_another(lusha: MockLusha) -> None:
    on = lusha.on(SINGLE).fail(503, times=2).fail(429, times=1).reply(201, {}, times=1)

    assert on.steps == 3
    assert statuses(lusha, 6) == [503, 503, 429, 201, 200, 200]


def test_of_rules_that_fit_the_first_that_was_built_decides(lusha: MockLusha) -> None:
    lusha.scenario([{"respond": "server-error"}])
    lusha.on(PERSON).fail("gdpr")
    lusha.on().fail(503, times=2)
    lusha.on(SINGLE).fail(429, times=1)

    seen = [lusha.client.get(path).status_code for path in (COMPANY, JANE, COMPANY, COMPANY, COMPANY)]

    assert seen == [503, 451, 503, 429, 500]


# Arranging the world


@pytest.mark.parametrize("style", ["snake", "camel"])
def test_a_person_is_added_in_either_spelling(style: str, lusha: MockLusha) -> None:
    facts: dict[str, dict[str, Any]] = {
        "snake": {
            "first_name": "Zoe", "last_name": "Quux", "company_domain": "quux.example", "job_title": "Boss",
            "emails": ["z@quux.example"], "job_start_date": date(2020, 1, 2),
        },
        "camel": {
            "firstName": "Zoe", "lastName": "Quux", "companyDomain": "quux.example", "jobTitle": "Boss",
            "emails": ["z@quux.example"], "jobStartDate": "2020-01-02",
        },
    }  # fmt: skip

    added = lusha.add_person(**facts[style])

    assert {name: added[name] for name in ("firstName", "lastName", "companyDomain")} == {
        "firstName": "Zoe", "lastName": "Quux", "companyDomain": "quux.example"
    }  # fmt: skip
    for query in ("email=z@quux.example", f"personId={added['personId']}"):
        found = lusha.client.get(f"/v2/person?{query}").json()["contact"]["data"]
        assert (found["personId"], found["companyId"]) == (added["personId"], added["companyId"])
        assert (found["fullName"], found["jobTitle"]["title"]) == ("Zoe Quux", "Boss")
        assert found["jobStartDate"] == "2020-01-02"


def test_a_company_is_added_and_known_by_its_id(lusha: MockLusha) -> None:
    added = lusha.add_company(domain="quux.example", name="Quux Works", employees=42)

    assert added == {"companyId": added["companyId"], "name": "Quux Works", "domain": "quux.example"}
    found = lusha.client.get("/v2/company?domain=quux.example").json()["data"]
    assert (found["id"], found["name"], found["employees"]) == (added["companyId"], "Quux Works", "11 - 50")
    person = lusha.add_person(first_name="Zoe", last_name="Quux", company_domain="quux.example")
    assert person["companyId"] == added["companyId"]


def test_who_is_added_is_of_that_account_alone(lusha: MockLusha, handle: Callable[..., MockLusha]) -> None:
    lusha.add_person(first_name="Zoe", last_name="Quux", company_domain="acme.com", job_title="Chief Quuxer")
    query = "/v2/person?firstName=Zoe&lastName=Quux&companyDomain=acme.com"

    def title(of: MockLusha) -> str:
        found: str = of.client.get(query).json()["contact"]["data"]["jobTitle"]["title"]
        return found

    with handle() as other:
        assert title(other) != title(lusha) == "Chief Quuxer"


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"first_name": "Zoe"}, "body.people.0: lastName is missing"),
        (
            {"first_name": "Zoe", "last_name": "Quux", "company_domain": "acme.com", "job_titel": "Boss"},
            "body.people.0.jobTitel: a pinned person has no 'jobTitel': did you mean jobTitle?",
        ),
    ],
    ids=["one is missing", "one is unknown"],
)
def test_facts_that_cannot_be_used_are_refused(facts: dict[str, Any], message: str, lusha: MockLusha) -> None:
    with pytest.raises(ControlError) as caught:
        lusha.add_person(**facts)

    assert str(caught.value) == f"POST /_mock/entities was answered with 400: {message}"
    assert lusha.control.entities()["pinned"]["people"] == []


def test_a_fact_that_is_given_in_both_spellings_is_refused(lusha: MockLusha) -> None:
    with pytest.raises(TypeError) as caught:
        lusha.add_company(company_id=1, companyId=2, domain="quux.example")

    assert str(caught.value) == "companyId was given twice, once as companyId"


NAMES = {"firstName": "Jane", "lastName": "Doe", "companyDomain": "acme.com"}
FINDS: dict[str, dict[str, Any]] = {
    "email": {"email": "jane.doe@acme.com"},
    "names": {"first_name": "Jane", "last_name": "Doe", "company_domain": "acme.com"},
    "names in camel case": NAMES,
    "linkedin": {"linkedin_url": "https://www.linkedin.com/in/mock-lusha-jane-doe--at--acme-com"},
}


@pytest.mark.parametrize("case", FINDS)
def test_a_person_is_erased(case: str, lusha: MockLusha, handle: Callable[..., MockLusha]) -> None:
    before = lusha.client.get(JANE).json()["contact"]["error"]

    lusha.erase(**FINDS[case])

    assert before is None
    assert lusha.client.get(JANE).json()["contact"]["error"]["code"] == 3
    with handle() as other:
        assert other.client.get(JANE).json()["contact"]["error"] is None


def test_a_person_is_erased_by_their_id_and_comes_back_when_added(lusha: MockLusha) -> None:
    facts: PersonFacts = {"first_name": "Zoe", "last_name": "Quux", "company_domain": "acme.com"}
    added = lusha.add_person(**facts)
    url = f"/v2/person?personId={added['personId']}"

    lusha.erase(person_id=added["personId"])

    assert lusha.client.get(url).json()["contact"]["error"]["code"] == 3
    assert lusha.add_person(**facts) == added
    assert lusha.client.get(url).json()["contact"]["error"] is None


@pytest.mark.parametrize("case", ["domain", "company_id", "name"])
def test_a_company_is_erased(case: str, lusha: MockLusha) -> None:
    added = lusha.add_company(domain="quux-works.example", name="Quux Works")
    finds = {"domain": "quux-works.example", "company_id": added["companyId"], "name": "Quux Works"}

    lusha.erase(**{case: finds[case]})

    assert statuses(lusha, 1, "/v2/company?domain=quux-works.example") == [404]
    assert statuses(lusha, 1) == [200]


@pytest.mark.parametrize(
    ("find", "named"),
    [
        ({}, "nothing"),
        ({"emial": "a"}, "emial"),
        ({"email": "jane.doe@acme.com", "domain": "acme.com"}, "email, domain"),
    ],
    ids=["nothing", "a word", "both"],
)
def test_what_identifies_neither_is_not_erased(find: dict[str, Any], named: str, lusha: MockLusha) -> None:
    with pytest.raises(TypeError) as caught:
        lusha.erase(**find)

    assert str(caught.value) == (
        "erase() takes one of personId, linkedinUrl, email, firstName, lastName, companyName, companyDomain for a "
        f"person, or of companyId, domain, name for a company, not {named}"
    )
    assert lusha.control.entities()["erased"] == {"people": [], "companies": []}


@pytest.mark.parametrize(
    ("find", "message"),
    [
        ({"person_id": 1}, "people.0 finds nobody in this account's world: {'personId': 1}"),
        ({"domain": "..."}, "companies.0 finds no company in this account's world: {'domain': '...'}"),
    ],
    ids=["person", "company"],
)
def test_who_is_not_there_is_not_erased(find: dict[str, Any], message: str, lusha: MockLusha) -> None:
    with pytest.raises(ControlError) as caught:
        lusha.erase(**find)

    assert str(caught.value) == f"POST /_mock/entities/erase was answered with 400: {message}"


def test_the_plan_changes_and_what_was_used_stays(lusha: MockLusha) -> None:
    lusha.client.get(COMPANY)

    lusha.plan("pro")

    assert (lusha.limits["hourly"].limit, lusha.limits["hourly"].used, lusha.ledger.spent) == (150, 1, 1)
    assert statuses(lusha, 1, "/prospecting/filters/contacts/departments") == [403]
    with pytest.raises(ControlError, match="plan: it takes one of free"):
        lusha.plan(GOLD)


def test_credits_are_left_as_many_as_are_said(lusha: MockLusha) -> None:
    seen: list[tuple[int | None, ...]] = []
    for left, url in ((1, COMPANY), (0, OTHER), (None, OTHER)):
        lusha.credits(left)
        seen.append((lusha.ledger.remaining, *statuses(lusha, 1, url)))

    assert seen == [(1, 200), (0, 402), (None, 200)]
