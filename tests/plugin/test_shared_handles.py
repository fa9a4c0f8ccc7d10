"""``lusha_module``, ``lusha_session`` and handles of one's own at ``lusha_server``."""

# ruff: noqa: E501 - suites in strings read as they are written

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mock_lusha.client.control import Control
from mock_lusha.config import Settings
from mock_lusha.server import MockServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Run = Callable[..., pytest.RunResult]

COMPANY = "/v2/company?domain=acme.com"


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A suite that runs inside a worker of xdist is not one of its own."""
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[MockServer]:
    with MockServer(Settings(port=0, people=200, companies=20)) as running:
        yield running


SHARED = f"""
    KEYS = set()

    def test_one(lusha_{{kind}}, lusha):
        assert lusha_{{kind}}.client.get("{COMPANY}").status_code == 200
        KEYS.add(lusha_{{kind}}.api_key)
        KEYS.add(lusha.api_key)

    def test_two(lusha_{{kind}}, lusha):
        assert lusha_{{kind}}.client.get("{COMPANY}").status_code == 200
        assert lusha_{{kind}}.ledger.spent == 1
        assert lusha_{{kind}}.calls.count() == 2
        assert len(lusha.calls) == 0
        KEYS.add(lusha_{{kind}}.api_key)
        KEYS.add(lusha.api_key)
        assert len(KEYS) == 3
        assert type(lusha_{{kind}}) is type(lusha)
"""


@pytest.mark.parametrize("kind", ["module", "session"])
@pytest.mark.parametrize("where", ["here", "elsewhere"])
def test_tests_share_an_account_which_is_gone_at_the_end(
    kind: str, where: str, run: Run, elsewhere: MockServer, pytester: pytest.Pytester
) -> None:
    flags = [f"--lusha-url={elsewhere.url}"] if where == "elsewhere" else []

    result = run(SHARED.format(kind=kind), "--lusha-report=json:costs.json", *flags)

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["2 calls in 2 tests and 1 shared account would have cost 1 credit"])
    report = json.loads((pytester.path / "costs.json").read_text(encoding="utf-8"))
    name = {"module": "test_suite.py (lusha_module)", "session": "session (lusha_session)"}[kind]
    assert (report["calls"], report["credits"], report["tests"][name]["calls"]) == (2, 1, 2)
    with Control(elsewhere.url) as control:
        assert control.accounts() == {"accounts": []}
        assert control.health()["exchanges"] == 0


def test_each_module_has_an_account_of_its_own_and_the_session_one(
    run: Run, pytester: pytest.Pytester
) -> None:
    source = f"""
        def test_it(lusha_module, lusha_session):
            lusha_module.client.get("{COMPANY}")
            lusha_session.client.get("{COMPANY}")
            assert lusha_module.calls.count() == 1
            assert lusha_session.calls.count() == {{calls}}
            assert lusha_module.label == "{{name}}.py"
    """
    pytester.makepyfile(
        test_a=source.format(calls=1, name="test_a"), test_b=source.format(calls=2, name="test_b")
    )

    result = run("")

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["4 calls in 0 tests and 3 shared accounts would have cost 3 credits"])


@pytest.mark.parametrize("kind", ["module", "session"])
def test_workers_of_xdist_do_not_meet_on_one_server(kind: str, elsewhere: MockServer, run_apart: Run) -> None:
    body = f"""
        def test_it(lusha_{kind}, worker_id):
            assert lusha_{kind}.calls.count() == 0
            lusha_{kind}.client.get("{COMPANY}")
            assert lusha_{kind}.calls.count() == 1
            assert lusha_{kind}.control.accounts()["label"].endswith(f" [{{worker_id}}]")
    """

    result = run_apart(
        body, "--dist=each", "--tx=2*popen", f"--lusha-url={elsewhere.url}", plugins=["xdist.plugin"]
    )

    result.assert_outcomes(passed=2)
    with Control(elsewhere.url) as control:
        assert control.accounts() == {"accounts": []}


def test_a_module_is_marked_as_a_test_is(run: Run) -> None:
    result = run(f"""
        import pytest

        pytestmark = pytest.mark.lusha(plan="pro", account="free", credits=3)

        def test_it(lusha_module):
            seen = lusha_module.control.accounts()
            assert (seen["plan"], seen["credits"]["remaining"], seen["named"]) == ("pro", 3, True)
            lusha_module.client.get("{COMPANY}")
            assert lusha_module.ledger.remaining == 2
    """)

    result.assert_outcomes(passed=1)


ENDS = """
    import pytest

    pytestmark = pytest.mark.lusha({mark})

    def test_one(lusha_module):
        lusha_module.on("getAccountUsageStats").fail(503, times=2)
        lusha_module.client.get("/account/usage")

    def test_two(lusha_module):
        assert {holds}
"""


def test_a_rule_that_fired_less_often_fails_at_the_end_of_the_module(run: Run) -> None:
    result = run(ENDS.format(mark="", holds=True))

    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at teardown of test_two*",
            "*the rule added/rule-1 fired 1 of 2 times: 1 call met its conditions*",
            "*GET /account/usage -> 503*",
        ]
    )


@pytest.mark.parametrize(("mark", "holds", "failed"), [("verify=False", True, 0), ("", False, 1)])
def test_it_does_not_where_that_is_let_off_or_a_test_failed_already(
    mark: str, holds: bool, failed: int, run: Run
) -> None:
    result = run(ENDS.format(mark=mark, holds=holds))

    result.assert_outcomes(passed=2 - failed, failed=failed)


def test_a_failure_shows_what_was_asked_of_the_shared_handles_it_has(run: Run) -> None:
    result = run("""
        def test_one(lusha_session):
            lusha_session.client.get("/account/usage")

        def test_two(lusha_session):
            assert False

        def test_three(lusha):
            assert False
    """)

    result.assert_outcomes(passed=1, failed=2)
    said = result.stdout.str()
    assert said.count("(lusha_session) -") == 1
    assert said.count("GET /account/usage -> 200") == 1


def test_what_cannot_be_set_for_a_module_fails_its_tests(run: Run) -> None:
    result = run("""
        import pytest

        pytestmark = pytest.mark.lusha(plan="gold", limits="on")

        def test_it(lusha_module):
            pass
    """)

    result.assert_outcomes(errors=1)
    lines = result.stdout.str().partition("short test summary")[0].splitlines()
    for cause in ("plan: it takes one of", "limits: it takes one of"):
        assert sum(cause in line for line in lines) == 1, "one line a cause"


OWN = f"""
    import pytest
    from mock_lusha import MockLusha

    {{settings}}

    def test_it(lusha_server, lusha):
        with MockLusha(server=lusha_server, label="mine", plan="pro", credits=3) as own, MockLusha(server=lusha_server) as other:
            assert own.client.get("{COMPANY}").status_code == 200
            seen = own.control.accounts()
            assert (seen["plan"], seen["label"], own.ledger.remaining, len(other.calls)) == ("pro", "mine", 2, 0)
            assert own.url == lusha.url == lusha_server.url
            assert other.client.get("/account/usage").status_code == 200
            assert other.limits.mode == "headers"
        assert len(lusha.calls) == 0
        assert repr(lusha_server) == f"<lusha server at {{{{lusha_server.url}}}}>"
"""
STRICT = """
    @pytest.fixture(scope="session")
    def lusha_settings():
        return {"strict_keys": True}
"""


@pytest.mark.parametrize("case", ["here", "here, strict about keys", "elsewhere"])
def test_a_handle_of_ones_own_uses_the_server_of_the_plugin(
    case: str, run: Run, elsewhere: MockServer
) -> None:
    source = OWN.format(settings=STRICT.strip() if "strict" in case else "")

    run(source, *([f"--lusha-url={elsewhere.url}"] if case == "elsewhere" else [])).assert_outcomes(passed=1)


def test_each_test_is_called_by_its_id(run: Run) -> None:
    result = run(f"""
        import pytest

        @pytest.mark.parametrize("what", ["a b", "\\n"])
        def test_it(lusha, request, what):
            lusha.client.get("{COMPANY}")
            (exchange,) = lusha.control.journal()["exchanges"]
            assert exchange["label"] == lusha.label == request.node.nodeid
            assert exchange["fingerprint"] == lusha.control.accounts()["fingerprint"]
    """)

    result.assert_outcomes(passed=2)


def test_calls_with_the_key_of_another_test_are_told_with_its_label(run: Run) -> None:
    result = run("""
        def test_it(lusha_module, lusha):
            lusha_module.client.get("/account/usage")
            assert False
    """)

    result.stdout.fnmatch_lines(
        ["1 call came with other keys than this test's, which is test-*", "    of test_suite.py"]
    )


def only_the_test(result: pytest.RunResult, statement: str) -> None:
    """Check that a failure shows the line of the test, and none of the package."""
    said = result.stdout.str()
    assert statement in said
    assert not [line for line in result.stdout.lines if "mock_lusha/" in line or "mock_lusha\\" in line], said


ASSERTIONS: dict[str, str] = {
    "called": 'lusha.calls.assert_called("getAccountUsageStats")',
    "called so often": 'lusha.calls.assert_called("searchSingleContact", times=3)',
    "called with": 'lusha.calls.assert_called_with("searchSingleContact", query={"email": "a@b.com"})',
    "not called": 'lusha.calls.assert_not_called("searchSingleContact")',
    "a misspelt operation": 'lusha.calls.assert_called("searchSingleContac")',
    "spent": "lusha.ledger.assert_spent(9)",
    "conduct": "lusha.conduct.assert_clean()",
    "control": 'lusha.control.verify("getAccountUsageStats")',
    "control, refused": 'lusha.control.change(plan="gold")',
    "a rule": "lusha.on().outcome('nobody')",
    "the end of a handle": "own.stop()",
}


@pytest.mark.parametrize("case", ASSERTIONS)
def test_a_failure_shows_the_line_of_the_test_alone(case: str, run: Run) -> None:
    statement = ASSERTIONS[case]
    result = run(f"""
        import pytest
        from mock_lusha import MockLusha

        def test_it(lusha, lusha_server):
            own = MockLusha(server=lusha_server).start()
            own.on().fail(503, times=1)
            for _ in range(2):
                lusha.client.get("/v2/person?email=jane.doe@acme.com&revealEmails=true")
            {statement}
    """)

    result.assert_outcomes(failed=1)
    only_the_test(result, statement)


def test_the_plugin_takes_path_likes(run: Run, pytester: pytest.Pytester) -> None:
    (pytester.path / "mine.yaml").write_text("name: mine\nrules:\n  - respond: gdpr\n", encoding="utf-8")
    (pytester.path / "pins").mkdir()
    source = """
        import os
        import pytest

        class Somewhere:
            def __init__(self, path):
                self.path = path

            def __fspath__(self):
                return self.path

        @pytest.fixture(scope="session")
        def lusha_settings():
            return {"fixtures": Somewhere("pins"), "scenario": Somewhere("mine.yaml")}

        def test_server(lusha):
            assert lusha.client.get("/account/usage").status_code == 451

        @pytest.mark.lusha(scenario=Somewhere("mine.yaml"))
        def test_mark(lusha):
            assert lusha.client.get("/account/usage").status_code == 451

        def test_handle(lusha):
            with lusha.scenario(Somewhere("mine.yaml")):
                assert lusha.client.get("/account/usage").status_code == 451

        @pytest.mark.lusha(cassette=Somewhere("not/there.yaml"))
        def test_cassette(lusha):
            pass
    """
    result = run(source)

    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(["*there is no such cassette*"])
