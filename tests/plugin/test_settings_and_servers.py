"""Settings of a suite, what goes before what, and servers elsewhere."""

# ruff: noqa: E501 - suites in strings read as they are written

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mock_lusha.client.control import Control
from mock_lusha.config import Settings
from mock_lusha.server import MockServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Run = Callable[..., pytest.RunResult]


CALL = 'lusha.client.get("/v2/person", params={"email": "jane.doe@acme.com"})'


# Settings, and what goes before what

SEEN = """
    def test_it(lusha):
        assert lusha.control.accounts()["seed"] == "{seed}"
"""
FIXTURE = """
    import pytest

    @pytest.fixture(scope="session")
    def lusha_settings():
        return {"seed": "fixture"}
"""
# given by: command line, mark, fixture, ini, environment -> the seed that counts
ORDER = {
    "nothing": ("", "lusha"),
    "environment": ("e", "environment"),
    "ini": ("ei", "ini"),
    "fixture": ("eif", "fixture"),
    "mark": ("eifm", "mark"),
    "command line": ("eifmc", "command"),
    "mark over environment": ("em", "mark"),
    "command line over environment": ("ec", "command"),
}


@pytest.mark.parametrize("way", ["own server", "server elsewhere"])
@pytest.mark.parametrize("case", ORDER)
def test_the_order_of_precedence(
    case: str, way: str, run: Run, monkeypatch: pytest.MonkeyPatch, elsewhere: MockServer
) -> None:
    given, seed = ORDER[case]
    if "e" in given:
        monkeypatch.setenv("MOCK_LUSHA_SEED", "environment")
    arguments = ["--lusha-seed=command"] if "c" in given else []
    arguments += [f"--lusha-url={elsewhere.url}"] if way == "server elsewhere" else []
    mark = '@pytest.mark.lusha(seed="mark")' if "m" in given else ""

    result = run(
        f"""
            import pytest

            {mark}
            def test_it(lusha):
                assert lusha.control.accounts()["seed"] == "{seed}"
        """,
        *arguments,
        ini="lusha_seed = ini\n" if "i" in given else "",
        conftest=FIXTURE if "f" in given else "",
    )

    result.assert_outcomes(passed=1)


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[MockServer]:
    """A server that other suites might use too: its limits are enforced, its keys are not this suite's."""
    with MockServer(Settings(port=0, people=500, companies=50)) as server:
        yield server


def test_lusha_settings_configure_the_server(run: Run) -> None:
    result = run(
        """
            def test_it(lusha, lusha_server):
                settings = lusha.control.settings()
                assert (settings["people"], settings["limits"]) == (300, "off")
                assert lusha.url == lusha_server.url
        """,
        conftest="""
            import pytest
            from mock_lusha import Settings

            @pytest.fixture(scope="session")
            def lusha_settings():
                return Settings(people=300, companies=30, limits="off")
        """,
    )

    result.assert_outcomes(passed=1)


def test_a_module_with_settings_of_its_own_has_a_server_of_its_own(
    pytester: pytest.Pytester, run: Run
) -> None:
    for name, people in (("one", 100), ("two", 200), ("three", 100)):
        pytester.makepyfile(**{f"test_{name}": f"""
            import pytest

            URL = []

            @pytest.fixture(scope="session")
            def lusha_settings():
                return {{"people": {people}, "companies": 10}}

            @pytest.mark.parametrize("number", [1, 2])
            def test_it(lusha, number):
                URL.append(lusha.url)
                assert lusha.control.settings()["people"] == {people}
                assert len(set(URL)) == 1
        """})  # fmt: skip

    result = run("def test_nothing(): pass")

    result.assert_outcomes(passed=7)


BAD_SETTINGS = {
    "a name that is none": ({"peeple": 5}, "lusha_settings has 'peeple', which is no setting: did you mean people?"),
    "a value that is none": ({"plan": "gold"}, "plan: it takes one of free"),
    "a name that is a number": ({1: 2}, "lusha_settings gives a dict of settings, or a Settings, not {1: 2}"),
    "no steering": ({"control": False}, "control is off, and the fixture steers it by that"),
    "no mapping": ("pro", "lusha_settings gives a dict of settings, or a Settings, not 'pro'"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_SETTINGS)
def test_settings_are_refused_that_are(case: str, run: Run) -> None:
    settings, said = BAD_SETTINGS[case]

    result = run(
        "def test_it(lusha): pass",
        conftest=f"""
            import pytest

            @pytest.fixture(scope="session")
            def lusha_settings():
                return {settings!r}
        """,
    )

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*{said}*"])


def test_a_variable_that_is_no_setting_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCK_LUSHA_PEEPLE", "5")

    result = run("def test_it(lusha): pass")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*MOCK_LUSHA_PEEPLE is no setting: did you mean MOCK_LUSHA_PEOPLE?*"])


@pytest.mark.parametrize("scenario", ["name", "file"])
def test_a_scenario_of_the_command_line_meets_every_test(
    scenario: str, run: Run, tmp_path: Path, elsewhere: MockServer
) -> None:
    (tmp_path / "mine.yaml").write_text("name: mine\nrules: [{respond: unavailable}]\n", encoding="utf-8")
    given = "unavailable" if scenario == "name" else str(tmp_path / "mine.yaml")
    source = f"""
        def test_it(lusha):
            assert {CALL}.status_code == 503
    """

    for where in ([], [f"--lusha-url={elsewhere.url}"]):
        run(source, f"--lusha-scenario={given}", *where).assert_outcomes(passed=1)


# A server elsewhere


SUITE: dict[str, str] = {
    "calls": f"""
        def test_it(lusha):
            {CALL}
            lusha.calls.assert_called("searchSingleContact", times=1)
            assert lusha.ledger.spent == 6
    """,
    "limits": """
        def test_it(lusha):
            assert [lusha.client.get("/account/usage").status_code for _ in range(7)] == [200] * 7
    """,
    "named account": """
        import pytest

        @pytest.mark.lusha(account="free")
        def test_it(lusha):
            assert lusha.client.get("/prospecting/filters/contacts/departments").status_code == 403
    """,
    "scenario": """
        def test_it(lusha):
            with lusha.scenario("flaky"):
                assert [lusha.client.get("/account/usage").status_code for _ in range(3)] == [503, 503, 200]
    """,
    "clock": """
        import pytest

        @pytest.mark.lusha(plan="pro", limits="enforce", now="2026-03-31T12:00:00Z")
        def test_it(lusha):
            lusha.on().spend("hourly", times=1)
            assert [lusha.client.get("/v2/company?domain=a.com").status_code for _ in range(2)] == [200, 429]
            lusha.clock.advance(3600)
            assert lusha.client.get("/v2/company?domain=a.com").status_code == 200
    """,
    "entities": """
        def test_it(lusha):
            added = lusha.add_person(first_name="Zoe", last_name="Quux", company_domain="acme.com", emails=["z@acme.com"])
            found = lusha.client.get("/v2/person", params={"email": "z@acme.com"}).json()["contact"]["data"]
            assert (found["personId"], found["companyId"]) == (added["personId"], added["companyId"])
            lusha.erase(email="z@acme.com")
            assert lusha.client.get("/v2/person", params={"email": "z@acme.com"}).json()["contact"]["data"] is None
    """,
    "shares are drawn by the test, not by the run": """
        from pathlib import Path

        def test_it(lusha):
            lusha.on().fail(503, share=0.5)
            drawn = "".join("x" if lusha.client.get("/account/usage").status_code == 503 else "." for _ in range(16))
            before = Path("drawn").read_text() if Path("drawn").exists() else drawn
            Path("drawn").write_text(drawn)
            assert set(drawn) == {"x", "."}
            assert drawn == before
    """,
}  # fmt: skip


@pytest.mark.parametrize("case", SUITE)
def test_a_suite_passes_here_and_elsewhere(case: str, run: Run, elsewhere: MockServer) -> None:
    for where in ([], [f"--lusha-url={elsewhere.url}"], ["--lusha-in-process"]):
        run(SUITE[case], *where).assert_outcomes(passed=1)


def test_a_server_elsewhere_is_left_as_it_was_found(run: Run, elsewhere: MockServer) -> None:
    source = f"""
        def test_it(lusha):
            {CALL}

        def test_failing(lusha):
            {CALL}
            assert False
    """
    before = state_of(elsewhere)

    run(source, f"--lusha-url={elsewhere.url}").assert_outcomes(passed=1, failed=1)

    assert state_of(elsewhere) == before


def state_of(server: MockServer) -> Any:
    with Control(server.url) as control:
        return control.accounts(), control.journal()["exchanges"]


def test_the_variable_names_a_server_too(
    run: Run, elsewhere: MockServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOCK_LUSHA_URL", elsewhere.url)

    result = run(f"""
        def test_it(lusha, lusha_server):
            assert lusha.url == lusha_server.url == {elsewhere.url!r}
    """)

    result.assert_outcomes(passed=1)


def test_a_token_opens_a_server_elsewhere(run: Run) -> None:
    settings = Settings(port=0, control_token="s3cret", people=0, companies=1, strict_keys=True)
    source = f"""
        def test_it(lusha):
            assert {CALL}.status_code == 200
    """
    with MockServer(settings) as server:
        closed = run(source, f"--lusha-url={server.url}")
        wrong = run(source, f"--lusha-url={server.url}", "--lusha-token=guess")
        opened = run(source, f"--lusha-url={server.url}", "--lusha-token=s3cret")

    closed.assert_outcomes(errors=1)
    closed.stdout.fnmatch_lines(["*cannot be used*give that with --lusha-token"])
    wrong.assert_outcomes(errors=1)
    opened.assert_outcomes(passed=1)


def test_settings_that_the_server_elsewhere_has_not_are_told(run: Run, elsewhere: MockServer) -> None:
    conftest = """
        import pytest

        @pytest.fixture(scope="session")
        def lusha_settings():
            return {"people": 7, "plan": "pro"}
    """

    result = run("def test_it(lusha): pass", f"--lusha-url={elsewhere.url}", conftest=conftest)

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [f"lusha: people is 7 for these tests, and 500 at {elsewhere.url} (from --lusha-url): *"]
    )


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1:9", "http://127.0.0.1:9 (from --lusha-url) was tried at /_mock/ready and cannot be used: *Connection refused*start it with `mock-lusha serve`, or leave the address out*"),
        ("127.0.0.1:8080", "*a server is at an http:// or https:// address, not at '127.0.0.1:8080'*"),
    ],
    ids=["nobody there", "no address"],
)  # fmt: skip
def test_a_server_elsewhere_that_does_not_answer_is_told_once_for_each_test(
    url: str, said: str, run: Run
) -> None:
    result = run("def test_it(lusha): pass\ndef test_other(lusha): pass", f"--lusha-url={url}")

    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines([f"lusha: {said}"])


def test_a_port_in_use_is_told(run: Run, elsewhere: MockServer) -> None:
    port = int(elsewhere.url.rpartition(":")[2])

    result = run(
        "def test_it(lusha): pass",
        conftest=f"""
            import pytest

            @pytest.fixture(scope="session")
            def lusha_settings():
                return {{"port": {port}}}
        """,
    )

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"lusha: the double cannot be started: cannot listen on 127.0.0.1:{port} *"])
