"""The fixture ``lusha`` and its mark, and what is told at the end of a test and of a run."""

# ruff: noqa: E501 - suites in strings read as they are written

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mock_lusha.config import PARSERS, Settings
from mock_lusha.server import MockServer
from pytest_mock_lusha import options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Run = Callable[..., pytest.RunResult]


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[MockServer]:
    """A server that other suites might use too: its limits are enforced, its keys are not this suite's."""
    with MockServer(Settings(port=0, people=500, companies=50)) as server:
        yield server


CALL = 'lusha.client.get("/v2/person", params={"email": "jane.doe@acme.com"})'


def test_a_test_that_takes_the_fixture_has_a_lusha(run: Run) -> None:
    result = run(f"""
        def test_it(lusha):
            answer = {CALL}

            assert answer.json()["contact"]["data"]["fullName"] == "Jane Doe"
            lusha.calls.assert_called("searchSingleContact", times=1)
            lusha.ledger.assert_spent(6)
    """)

    result.assert_outcomes(passed=1)


def test_every_test_has_an_account_of_its_own(run: Run) -> None:
    result = run("""
        import pytest

        KEYS = []

        @pytest.mark.parametrize("number", range(3))
        def test_it(lusha, number):
            KEYS.append(lusha.api_key)
            assert lusha.client.get("/v2/company?domain=acme.com").status_code == 200
            assert lusha.ledger.spent == 1
            assert len(set(KEYS)) == len(KEYS) == number + 1
    """)

    result.assert_outcomes(passed=3)


def test_limits_are_shown_and_not_enforced_unless_a_test_says_so(run: Run) -> None:
    result = run("""
        import pytest

        def statuses(lusha):
            return [lusha.client.get("/account/usage").status_code for _ in range(7)]

        def test_shown(lusha):
            assert statuses(lusha) == [200] * 7
            assert lusha.limits["daily"].used == 7

        @pytest.mark.lusha(limits="enforce")
        def test_enforced(lusha):
            assert statuses(lusha) == [200] * 5 + [429] * 2

        def test_enforced_from_here_on(lusha):
            lusha.limits.enforce()
            assert statuses(lusha) == [200] * 5 + [429] * 2
    """)

    result.assert_outcomes(passed=3)


def test_the_nearest_mark_wins_name_by_name(run: Run) -> None:
    result = run("""
        import pytest

        pytestmark = pytest.mark.lusha(plan="free", credits=5, seed="module")

        @pytest.mark.lusha(plan="pro")
        class TestIt:
            @pytest.mark.lusha(credits=7, dialect="documented")
            def test_near(self, lusha):
                account = lusha.control.accounts()
                assert account["plan"] == "pro"
                assert account["credits"]["total"] == 7
                assert (account["seed"], account["dialect"]) == ("module", "documented")

            def test_far(self, lusha):
                assert lusha.control.accounts()["credits"]["total"] == 5
    """)

    result.assert_outcomes(passed=2)


def test_a_mark_sets_the_clock_and_the_day_of_the_data_with_it(run: Run) -> None:
    result = run("""
        import pytest

        @pytest.mark.lusha(now="2026-03-31T12:00:00Z")
        def test_now(lusha):
            assert lusha.clock.now.isoformat()[:16] == "2026-03-31T12:00"
            assert lusha.control.accounts()["as_of"] == "2026-03-31"

        @pytest.mark.lusha(now="2026-03-31T12:00:00Z", as_of="2025-01-01")
        def test_day(lusha):
            assert lusha.control.accounts()["as_of"] == "2025-01-01"
    """)

    result.assert_outcomes(passed=2)


def test_a_named_account_is_a_tenant_of_this_tests_own(run: Run) -> None:
    result = run("""
        import pytest

        @pytest.mark.parametrize("number", range(2))
        @pytest.mark.lusha(account="out-of-credits")
        def test_it(lusha, number):
            assert lusha.api_key.startswith("out-of-credits+")
            assert lusha.client.get("/v2/company?domain=acme.com").status_code == 402
            assert len(lusha.calls) == 1

        @pytest.mark.lusha(account="free", plan="scale")
        def test_changed(lusha):
            assert lusha.client.get("/prospecting/filters/contacts/departments").status_code == 200
    """)

    result.assert_outcomes(passed=3)


BAD_MARKS = {
    "a name that is none": ('plam="pro"', "@pytest.mark.lusha takes no 'plam': did you mean 'plan'?"),
    "a value without name": ('"pro"', "takes names such as plan='pro', and was given 'pro' without one"),
    "a plan that is none": ('plan="gold"', "plan: it takes one of free, starter, pro"),
    "a scenario that is none": ('scenario="flakey"', "there is no scenario 'flakey': did you mean flaky?"),
    "a moment that is none": ('now="noon"', "now: it takes a moment such as 2026-03-31T12:00:00Z"),
    "credits as text": ('max_credits="5"', "max_credits of @pytest.mark.lusha is a whole number, not '5'"),
    "verify as text": ('verify="no"', "verify of @pytest.mark.lusha is True or False, not 'no'"),
    "an account that there is not": (
        'account="out-of-credit"',
        "there is no account called 'out-of-credit': did you mean out-of-credits?",
    ),
    "an account in other letters": ('account="клю ч"', "is a named account such as 'free', not 'клю ч'"),
    "a scenario that is a number": (
        "scenario=5",
        "a scenario is a name, a file, a list of rules or a mapping, not 5",
    ),
    "a share as text": ('match_rate="half"', "match_rate: it takes a number from 0 to 1, not 'half'"),
    "an account that is none": ("account=4", "is a named account such as 'free', not 4"),
}


@pytest.mark.parametrize("case", BAD_MARKS)
def test_a_mark_that_cannot_be_meant_fails_that_test_alone(case: str, run: Run) -> None:
    arguments, said = BAD_MARKS[case]

    result = run(f"""
        import pytest

        @pytest.mark.lusha({arguments})
        def test_it(lusha):
            raise AssertionError("it ran")

        def test_other(lusha):
            assert lusha.client.get("/account/usage").status_code == 200
    """)

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines([f"*{said.replace('[', '[[]')}*"])
    result.stdout.no_fnmatch_line("*During handling of the above*")


def test_the_marks_are_settings_and_what_the_fixture_adds() -> None:
    assert set(options.OF_ACCOUNT) == {*PARSERS, "webhooks", "now"}
    assert set(options.OF_ACCOUNT) - {"webhooks"} < set(Settings.__dataclass_fields__)
    for name in options.MARKS:
        assert f"{name}=" in options.MARKER


def test_of_marks_the_nearest_is_that_of_the_parameter_the_inner_one_and_the_derived_class(run: Run) -> None:
    result = run("""
        import pytest

        def plan(lusha):
            return lusha.control.accounts()["plan"]

        @pytest.mark.lusha(plan="pro")
        class TestBase:
            def test_it(self, lusha):
                assert plan(lusha) == ("free" if type(self).__name__ == "TestDerived" else "pro")

        @pytest.mark.lusha(plan="free")
        class TestDerived(TestBase):
            pass

        @pytest.mark.lusha(plan="pro")
        @pytest.mark.parametrize("wanted", ["pro", pytest.param("free", marks=pytest.mark.lusha(plan="free"))])
        def test_parameter(lusha, wanted):
            assert plan(lusha) == wanted

        @pytest.mark.lusha(plan="free")
        @pytest.mark.lusha(plan="legacy")
        def test_stacked(lusha):
            assert plan(lusha) == "legacy"
    """)

    result.assert_outcomes(passed=5)


def test_none_is_as_good_as_not_said_but_for_credits_and_ends_a_scenario(
    run: Run, elsewhere: MockServer
) -> None:
    source = """
        import pytest

        pytestmark = pytest.mark.lusha(scenario="unavailable")

        @pytest.mark.lusha(plan=None, seed=None, strict=None, credits=None, scenario=None)
        def test_it(lusha):
            account = lusha.control.accounts()
            assert (account["plan"], account["seed"], account["credits"]["remaining"]) == ("scale", "lusha", None)
            assert lusha.client.get("/account/usage").status_code == 200
    """

    for where in ([], [f"--lusha-url={elsewhere.url}"], ["--lusha-scenario=gdpr"]):
        result = run(source, *where)
        result.assert_outcomes(**({"failed": 1} if "gdpr" in str(where) else {"passed": 1}))


def test_a_mark_that_the_command_line_overrules_is_not_held_to_fire(run: Run) -> None:
    result = run(
        """
            import pytest

            @pytest.mark.lusha(scenario="happy")
            def test_it(lusha):
                lusha.client.get("/account/usage")
        """,
        "--lusha-scenario=out-of-credits-midway",
    )

    result.assert_outcomes(passed=1)


def test_keys_that_are_not_named_are_made_known_where_that_is_needed(run: Run) -> None:
    result = run(
        "def test_it(lusha): assert lusha.client.get('/account/usage').status_code == 200",
        conftest="""
            import pytest
            from types import MappingProxyType

            @pytest.fixture(scope="session")
            def lusha_settings():
                return MappingProxyType({"strict_keys": True})
        """,
    )

    result.assert_outcomes(passed=1)


def test_a_settings_object_says_all_even_what_is_a_default(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCK_LUSHA_PLAN", "free")

    result = run(
        """
            def test_it(lusha):
                account = lusha.control.accounts()
                assert (account["plan"], account["limits"]) == ("scale", "enforce")
        """,
        conftest="""
            import pytest
            from mock_lusha import Settings

            @pytest.fixture(scope="session")
            def lusha_settings():
                return Settings()
        """,
    )

    result.assert_outcomes(passed=1)


# The end of a test


ENDS = {
    "a rule with times": ('lusha.on("searchSingleContact").fail(429, times=2)', "the rule added/rule-1 never fired"),
    "a rule with nth": ("lusha.on().fail(429, nth=3)", "the rule added/rule-1 never fired: 1 call met"),
    "a scenario": ('lusha.scenario("client-timeout"); lusha.scenario([{"when": {"nth": 9}, "respond": "gdpr"}])',
                   "the rule inline-2/rule-1 never fired"),
    "a happening that is not said": ('lusha.on("searchSingleContact")', "named calls and not what happens to them"),
}  # fmt: skip


@pytest.mark.parametrize("case", ENDS)
def test_at_the_end_is_wrong(case: str, run: Run) -> None:
    statement, said = ENDS[case]
    source = f"""
        import pytest

        def test_held(lusha):
            {statement}
            lusha.client.get("/account/usage")

        @pytest.mark.lusha(verify=False)
        def test_let_off(lusha):
            {statement}

        def test_that_failed_already(lusha):
            {statement}
            assert False
    """

    result = run(source)

    result.assert_outcomes(passed=2, failed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["*ERROR at teardown of test_held*", f"*{said}*", "*GET /account/usage -> 200*"]
    )


def test_a_rule_that_fired_is_well_at_the_end(run: Run) -> None:
    result = run(f"""
        def test_it(lusha):
            lusha.on("searchSingleContact").fail(429, times=2).fail("gdpr", times=1)
            assert [{CALL}.status_code for _ in range(4)] == [429, 429, 451, 200]
    """)

    result.assert_outcomes(passed=1)


def test_only_a_scenario_of_the_tests_own_mark_is_held_to_fire(run: Run) -> None:
    result = run("""
        import pytest

        @pytest.mark.lusha(scenario="flaky")
        class TestIt:
            def test_of_the_class(self, lusha):
                pass

            @pytest.mark.lusha(scenario="flaky")
            def test_of_its_own(self, lusha):
                pass
    """)

    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(
        ["*ERROR at teardown of TestIt.test_of_its_own*", "*rule flaky/rule-1 never fired*"]
    )


def test_a_test_that_cost_more_than_it_may_fails(run: Run) -> None:
    result = run(f"""
        import pytest

        @pytest.mark.lusha(max_credits=6)
        def test_well(lusha):
            {CALL}

        @pytest.mark.lusha(max_credits=5)
        def test_dear(lusha):
            {CALL}
    """)

    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(
        ["*at teardown of test_dear*", "6 credits were spent, and at most 5 were to be"]
    )


def test_a_defect_of_the_double_fails_the_test_and_a_scripted_500_does_not(run: Run) -> None:
    result = run("""
        from mock_lusha.world.account_lookup import AccountLookup

        def test_scripted(lusha):
            lusha.on().fail(500)
            assert lusha.client.get("/v2/company?domain=acme.com").status_code == 500

        def test_defect(lusha, monkeypatch):
            monkeypatch.setattr(AccountLookup, "company", lambda *_: 1 / 0)
            assert lusha.client.get("/v2/company?domain=acme.com").status_code == 500
    """)

    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(
        ["the double itself failed at exchange * ZeroDivisionError: division by zero"]
    )


def test_a_failure_shows_what_was_asked_and_why_it_was_answered_so(run: Run) -> None:
    result = run("""
        import httpx

        def test_it(lusha):
            lusha.client.get("/v2/person", params={"email": "nobody@acme.com"})
            lusha.on().fail("hourly-limit", times=1)
            lusha.client.get("/v2/company?domain=acme.com")
            httpx.get(lusha.url + "/v2/company?domain=acme.com")
            assert False
    """)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([
        "*lusha: what was asked, what was answered, and why*",
        "2 calls:",
        "#1 GET /v2/person?email=nobody@acme.com -> 200*rule magic/nobody#1",
        "*not found*",
        "#2 GET /v2/company?domain=acme.com -> 429, hourly-limit, rule added/rule-1#1",
        "*the window reopens * seconds later*",
        "#3 GET /v2/company?domain=acme.com -> 401, no-api-key",
        "*send the key in the header api_key*",
    ])  # fmt: skip


def test_a_failure_shows_no_call_of_another_test(run: Run) -> None:
    result = run("""
        import httpx

        def test_first(lusha):
            lusha.client.get("/v2/company?domain=first.com")
            httpx.get(lusha.url + "/v2/company?domain=keyless.com")

        def test_second(lusha):
            lusha.client.get("/v2/company?domain=second.com")
            assert False
    """)

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["#* GET /v2/company?domain=second.com -> 200, 1 credit"])
    result.stdout.no_fnmatch_line("*first.com -> *")
    result.stdout.no_fnmatch_line("*keyless.com -> *")


def test_a_fixture_that_fails_after_it_shows_the_calls_too(run: Run) -> None:
    result = run("""
        import pytest

        @pytest.fixture
        def person(lusha):
            answer = lusha.client.get("/v2/person")
            answer.raise_for_status()

        def test_it(person):
            pass
    """)

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["#1 GET /v2/person -> 400, bad-request"])


def test_a_fixture_that_fails_at_its_end_shows_the_calls_too(run: Run) -> None:
    result = run("""
        import pytest

        @pytest.fixture
        def person(lusha):
            yield
            lusha.client.get("/v2/person")
            assert False

        def test_it(person):
            pass
    """)

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["#1 GET /v2/person -> 400, bad-request"])


@pytest.mark.parametrize("how", ["stop", "release"])
def test_a_test_may_stop_its_handle_and_fail(how: str, run: Run) -> None:
    result = run(f"""
        def test_passing(lusha):
            lusha.{how}()

        def test_failing(lusha):
            lusha.{how}()
            assert False

        def test_other(lusha):
            assert lusha.client.get("/account/usage").status_code == 200
    """)

    result.assert_outcomes(passed=2, failed=1)


def test_calls_with_other_keys_are_told(run: Run) -> None:
    result = run("""
        import httpx

        def test_it(lusha):
            httpx.get(lusha.url + "/account/usage", headers={"api_key": "the-key-of-production"})
            lusha.calls.assert_called("getAccountUsageStats")
    """)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["1 call came with other keys than this test's, which is test-*"])


def test_nothing_of_the_double_is_in_a_tests_log(run: Run) -> None:
    result = run("""
        import logging

        def test_it(lusha, caplog):
            caplog.set_level(logging.DEBUG)
            lusha.client.get("/v2/company?domain=acme.com", headers={"connection": "close"})
            lusha.client.get("/account/usage")
            assert [r.name for r in caplog.records if r.name.startswith(("mock_lusha", "uvicorn"))] == []
    """)

    result.assert_outcomes(passed=1)


# The end of the run


def test_the_run_ends_with_what_it_would_have_cost(run: Run) -> None:
    result = run(f"""
        import pytest

        @pytest.mark.parametrize("times", [1, 2])
        def test_person(lusha, times):
            for _ in range(times):
                {CALL}

        def test_company(lusha):
            lusha.client.get("/v2/company?domain=acme.com")

        def test_nothing(lusha):
            pass

        def test_without():
            pass
    """)

    result.assert_outcomes(passed=5)
    result.stdout.fnmatch_lines([
        "*= lusha =*",
        "4 calls in 4 tests would have cost 13 credits",
        "       6 *::test_person[[]1[]]",
        "       6 *::test_person[[]2[]]",
        "       1 *::test_company",
        "2 details were revealed again, which cost nothing and was no use",
        "conduct: revealed-twice, 1 time, in *::test_person[[]2[]]",
    ])  # fmt: skip


def test_a_run_without_the_fixture_says_nothing_and_imports_nothing(run: Run) -> None:
    result = run("""
        import sys

        def test_it(pytestconfig):
            assert pytestconfig.pluginmanager.hasplugin("lusha")
    """)

    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*lusha =*")


def test_a_report_is_written(run: Run, pytester: pytest.Pytester) -> None:
    source = f"""
        def test_it(lusha):
            {CALL}
            {CALL}
    """

    result = run(source, "--lusha-report=json:costs.json")

    result.assert_outcomes(passed=1)
    report = json.loads((pytester.path / "costs.json").read_text(encoding="utf-8"))
    (nodeid,) = report["tests"]
    assert nodeid.endswith("::test_it")
    assert report.pop("coverage")["operations"]["called"] == ["searchSingleContact"]
    test = {
        "calls": 2, "spent": 6, "revealed_again": 2, "conduct": {"revealed-twice": 1}, "blocked": [],
        "verdicts": {}, "charged_upstream": 0,
    }  # fmt: skip
    assert report == {
        "calls": 2, "credits": 6, "revealed_again": 2, "conduct": {"revealed-twice": 1}, "blocked": [],
        "verdicts": {}, "charged_upstream": 0, "tests": {nodeid: test},
    }  # fmt: skip


BAD_REPORTS = {
    "no form": ("costs.json", "--lusha-report takes json:PATH, not 'costs.json'"),
    "another form": ("xml:costs.xml", "--lusha-report takes json:PATH, not 'xml:costs.xml'"),
    "no path": ("json:", "--lusha-report takes json:PATH, not 'json:'"),
    "a folder that is not there": ("json:no/such/costs.json", "no file can be written at no/such/costs.json"),
}


@pytest.mark.parametrize("case", BAD_REPORTS)
def test_a_report_is_refused_before_any_test_runs(case: str, run: Run) -> None:
    value, said = BAD_REPORTS[case]

    result = run("def test_it(): pass", f"--lusha-report={value}")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{said}*"])


def test_a_report_of_the_ini_file_is_beside_it_and_needs_no_terminal(
    run: Run, pytester: pytest.Pytester
) -> None:
    source = f"""
        def test_it(lusha):
            {CALL}
    """
    run(source, "-p", "no:terminal", ini="lusha_report = json:costs.json\n")

    assert json.loads((pytester.path / "costs.json").read_text(encoding="utf-8"))["credits"] == 6


def test_what_was_blocked_is_told(run: Run) -> None:
    result = run("""
        import httpx
        import pytest

        def test_it(lusha):
            lusha.intercept()
            with pytest.raises(Exception, match="BLOCKED: app.lusha.com"):
                httpx.get("https://app.lusha.com/login")
    """)

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["BLOCKED: 1 call to app.lusha.com"])


def test_a_mark_gives_a_test_webhooks_from_its_beginning(run: Run) -> None:
    result = run("""
        import pytest

        ACME = {
            "url": "http://127.0.0.1:9/hook",
            "entityType": "company",
            "find": {"domain": "acme.com"},
            "signalTypes": ["allSignals"],
        }

        @pytest.mark.lusha(webhooks={"secret": "whsec_of-a-mark", "subscriptions": [ACME]})
        def test_one(lusha):
            assert lusha.webhooks.secret == "whsec_of-a-mark"
            assert len(lusha.webhooks.subscriptions) == 1
    """)

    result.assert_outcomes(passed=1)
