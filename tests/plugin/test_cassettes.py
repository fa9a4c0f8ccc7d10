"""Tests that record and replay cassettes, in somebody else's suite, run by pytest inside pytest."""

# ruff: noqa: E501 - suites in strings read as they are written

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from cassette_suites import COMPANY, MARKED, ONE, PERSON, cassettes, error_of

from mock_lusha.recorder.cassette import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mock_lusha.server import MockServer

    Run = Callable[..., pytest.RunResult]

# Recording and replaying


def test_a_test_records_once_and_replays_ever_after(
    recording: Run, run: Run, pytester: pytest.Pytester, upstream: MockServer
) -> None:
    first = recording(ONE)
    path = pytester.path / "cassettes" / "test_suite.test_it.yaml"
    before = path.read_bytes()
    again = recording(ONE, "--lusha-upstream=http://127.0.0.1:9")
    replayed = run(ONE)

    for result, verdicts in ((first, "LIVE 2"), (again, "HIT 2"), (replayed, "HIT 2")):
        result.assert_outcomes(passed=1)
        result.stdout.fnmatch_lines([f"cassettes: {verdicts}*"])
    assert [each.operation for each in load(path).interactions] == [
        "searchSingleContact",
        "searchSingleCompanyV2",
    ]
    assert "tobefound" not in path.read_text(encoding="utf-8").lower()
    assert path.read_bytes() == before
    assert sorted(each.name for each in path.parent.iterdir()) == ["redaction.key", "test_suite.test_it.yaml"]


def test_what_is_replayed_is_what_was_recorded_and_not_the_made_up_world(
    recording: Run, run: Run, pytester: pytest.Pytester
) -> None:
    source = f"""
        import pytest

        {MARKED}
        def test_it(lusha):
            print("KEPT", {PERSON}.json()["contact"]["data"]["fullName"])
    """
    recording(source)
    (path,) = pytester.path.rglob("*.test_it.yaml")
    answer: Any = load(path).interactions[0].answer

    result = run(source, "-s")

    result.stdout.fnmatch_lines([f"*KEPT {answer['contact']['data']['fullName']}"])


BULK = """
    import os
    import pytest

    IDS = os.environ["IDS"].split()
    NAMES = ["Zelda Marked", "Jane Doe", "John Roe"]

    @pytest.mark.lusha(cassette="tape.yaml")
    def test_it(lusha):
        contacts = [
            {"contactId": key, "fullName": name, "companies": [{"domain": "acme.com"}]}
            for key, name in zip(IDS, NAMES)
        ]
        found = lusha.client.post("/v2/person", json={"contacts": contacts}).json()["contacts"]
        print("found", [(key, found[key]["data"]["firstName"]) for key in found])
        assert list(found) == IDS
"""


def test_a_bulk_is_replayed_with_the_ids_of_the_test_that_asks(
    recording: Run, run: Run, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDS", "crm-77 jane@doe.com 3")
    recording(BULK).assert_outcomes(passed=1)
    (bulk,) = load(pytester.path / "tape.yaml").interactions
    names = [bulk.answer["contacts"][each]["data"]["firstName"] for each in "123"]

    for ids in ("2 3 1", "crm-77 jane@doe.com 3", "é 1 x"):
        monkeypatch.setenv("IDS", ids)
        result = run(BULK, "-rP")
        result.assert_outcomes(passed=1)
        assert f"found {list(zip(ids.split(), names, strict=True))}" in result.stdout.str()


def test_without_a_mark_nothing_is_recorded_whatever_the_command_line_says(
    recording: Run, pytester: pytest.Pytester
) -> None:
    result = recording(f"def test_it(lusha): assert {COMPANY}.status_code == 200")

    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("cassettes:*")
    assert cassettes(pytester) == []


PLACES = {
    "true": ("cassette=True", "cassettes/test_suite.test_it.yaml"),
    "record alone": ("record='once'", "cassettes/test_suite.test_it.yaml"),
    "a name": ("cassette='tape.yaml'", "tape.yaml"),
    "a name in a folder": ("cassette='tapes/deep/tape.yaml'", "tapes/deep/tape.yaml"),
    "a path": ("cassette=__import__('pathlib').Path('tape.yaml')", "tape.yaml"),
}


@pytest.mark.parametrize("case", PLACES)
def test_a_cassette_is_where_the_mark_says_or_in_a_file_of_the_tests_own(
    case: str, recording: Run, pytester: pytest.Pytester
) -> None:
    mark, path = PLACES[case]

    result = recording(f"""
        import pytest

        @pytest.mark.lusha({mark})
        def test_it(lusha):
            assert {COMPANY}.status_code == 200
    """)

    result.assert_outcomes(passed=1)
    assert cassettes(pytester) == [path]


def test_each_test_each_parameter_and_each_class_has_a_cassette_of_its_own(
    recording: Run, run: Run, pytester: pytest.Pytester
) -> None:
    source = f"""
        import pytest

        pytestmark = pytest.mark.lusha(cassette=True)

        @pytest.mark.parametrize("domain", ["acme.com", "a/b c", "x" * 100 + "1", "x" * 100 + "2"])
        def test_it(lusha, domain):
            assert lusha.client.get("/v2/company", params={{"domain": domain}}).status_code in (200, 404)

        class TestIt:
            def test_it(self, lusha):
                assert {COMPANY}.status_code == 200

        @pytest.mark.lusha(cassette=False)
        def test_off(lusha):
            assert {COMPANY}.status_code == 200
    """

    recording(source).assert_outcomes(passed=6)
    run(source).assert_outcomes(passed=6)

    found = [each.removeprefix("cassettes/test_suite.") for each in cassettes(pytester)]
    assert len(found) == 5
    assert {"TestIt-test_it.yaml", "test_it-a-b-c.yaml", "test_it-acme.com.yaml"} < set(found)
    assert all(len(each) < 100 and "/" not in each for each in found)


def test_tests_may_share_a_cassette(recording: Run, run: Run, pytester: pytest.Pytester) -> None:
    source = f"""
        import pytest

        pytestmark = pytest.mark.lusha(cassette="shared.yaml")

        def test_one(lusha):
            assert {COMPANY}.status_code == 200

        def test_two(lusha):
            assert {PERSON}.status_code == 200
    """

    recording(source, mode="new").assert_outcomes(passed=2)
    result = run(source)

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["cassettes: HIT 2"])
    assert cassettes(pytester) == ["shared.yaml"]


def test_code_that_calls_the_real_address_with_its_own_key_is_recorded_without_it(
    recording: Run, run: Run, pytester: pytest.Pytester
) -> None:
    source = """
        import httpx
        import pytest

        @pytest.mark.lusha(cassette="tape.yaml")
        def test_it(lusha):
            lusha.intercept()
            answer = httpx.get("https://api.lusha.com/v2/company?domain=acme.com", headers={"api_key": "my-own-key-4711"})
            assert answer.status_code == 200
    """

    recording(source).assert_outcomes(passed=1)
    run(source).assert_outcomes(passed=1)

    for path in pytester.path.rglob("tape.yaml"):
        assert "my-own-key-4711" not in path.read_text(encoding="utf-8")


def test_the_journal_has_what_a_call_cost_when_it_was_recorded(recording: Run, run: Run) -> None:
    source = f"""
        import pytest

        {MARKED}
        def test_it(lusha):
            assert {COMPANY}.status_code == 200
            assert [call.charged for call in lusha.calls] == [1]
    """

    recording(source).assert_outcomes(passed=1)
    run(source).assert_outcomes(passed=1)


# Modes: command line, mark, ini


def test_the_command_line_goes_before_the_mark_and_the_mark_before_the_ini_file(
    run: Run, pytester: pytest.Pytester, upstream: MockServer
) -> None:
    source = """
        import pytest

        @pytest.mark.lusha(cassette="tape.yaml", record={mark!r})
        def test_it(lusha):
            assert lusha.client.get("/v2/company?domain=acme.com").status_code == 200
    """
    ini = f"lusha_upstream = {upstream.url}\nlusha_record = once"

    run(source.format(mark="none"), ini=ini).assert_outcomes(errors=1)
    assert cassettes(pytester) == []
    run(source.format(mark="none"), "--lusha-record=once", ini=ini).assert_outcomes(passed=1)
    assert cassettes(pytester) == ["tape.yaml"]
    (pytester.path / "tape.yaml").unlink()
    run(source.replace(", record={mark!r}", ""), ini=ini).assert_outcomes(passed=1)
    assert cassettes(pytester) == ["tape.yaml"]


@pytest.mark.parametrize("mode", ["new", "all", "rewrite"])
def test_a_mode_that_adds_keeps_one_answer_a_request(
    mode: str, recording: Run, pytester: pytest.Pytester
) -> None:
    source = f"""
        import pytest

        @pytest.mark.lusha(cassette="tape.yaml")
        def test_it(lusha):
            assert {COMPANY}.status_code == 200
    """
    recording(source).assert_outcomes(passed=1)

    more = recording(f"{source.rstrip()}\n            assert {PERSON}.status_code == 200\n", mode=mode)

    more.assert_outcomes(passed=1)
    more.stdout.fnmatch_lines(
        [
            "cassettes: HIT 1, LIVE 1; * credit* charged"
            if mode == "new"
            else "cassettes: LIVE 2; * credit* charged"
        ]
    )
    assert len(load(pytester.path / "tape.yaml").interactions) == 2


# Verdicts


def test_verdicts_are_in_the_report_by_test_and_in_total(
    recording: Run, run: Run, pytester: pytest.Pytester
) -> None:
    source = f"""
        import pytest

        {MARKED}
        def test_replayed(lusha):
            assert {COMPANY}.status_code == 200
            assert {COMPANY}.status_code == 200

        def test_made_up(lusha):
            assert {COMPANY}.status_code == 200
    """
    recording(source).assert_outcomes(passed=2)

    result = run(source, "--lusha-report=json:report.json")

    result.assert_outcomes(passed=2)
    report = json.loads((pytester.path / "report.json").read_text(encoding="utf-8"))
    assert report["verdicts"] == {"HIT": 2}
    by_test = {nodeid.rpartition("::")[2]: test["verdicts"] for nodeid, test in report["tests"].items()}
    assert by_test == {"test_replayed": {"HIT": 2}, "test_made_up": {}}


def test_a_miss_is_404_that_names_what_is_near_and_how_it_differs(
    recording: Run, run: Run, pytester: pytest.Pytester
) -> None:
    recording(ONE).assert_outcomes(passed=1)

    result = run(f"""
        import pytest

        {MARKED}
        def test_it(lusha):
            answer = lusha.client.get("/v2/company?domain=globex.com")
            assert answer.status_code == 200, answer.text
    """)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["cassettes: MISS 1"])
    said = error_of(result)
    assert "MISS: it has no GET /v2/company?domain=globex.com" in said
    assert "near: interactions[1] GET /v2/company?domain=acme.com: its query.domain is" in said
    assert "test_it.yaml" in said


def test_a_live_upstream_is_blocked_without_a_cap_and_the_summary_says_so(
    run: Run, pytester: pytest.Pytester
) -> None:
    source = f"""
        import pytest

        {MARKED}
        def test_it(lusha):
            answer = {COMPANY}
            assert answer.status_code == 200, answer.text
    """

    result = run(source, "--lusha-record=once")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["cassettes: BLOCKED 1"])
    assert "BLOCKED: searchSingleCompanyV2 was not sent to https://api.lusha.com" in error_of(result)
    assert cassettes(pytester) == []


def test_a_live_upstream_is_blocked_in_ci_whatever_the_cap(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")

    result = run(
        ONE.replace(".status_code == 200", ".text == ''"), "--lusha-record=once", "--lusha-max-credits=9"
    )

    result.assert_outcomes(failed=1)
    assert "this is a CI run (CI=true)" in error_of(result)


def test_the_cap_of_the_command_line_holds(recording: Run) -> None:
    source = f"""
        import pytest

        {MARKED}
        def test_it(lusha):
            assert {COMPANY}.status_code == 200
            assert {PERSON}.status_code == 404
    """

    result = recording(source, "--lusha-max-credits=1")

    result.assert_outcomes(passed=1, errors=1)  # whatever the code made of the refusal
    assert "BLOCKED: searchSingleContact was not sent" in error_of(result)
    result.stdout.fnmatch_lines(["cassettes: BLOCKED 1, LIVE 1; 1 credit charged"])


def test_a_refusal_that_is_meant_is_let_pass(recording: Run) -> None:
    source = f"""
        import pytest

        @pytest.mark.lusha(cassette=True, verify=False)
        def test_it(lusha):
            assert {PERSON}.status_code == 404
    """

    recording(source, "--lusha-max-credits=1").assert_outcomes(passed=1)


def test_the_cap_is_one_for_the_whole_run(recording: Run) -> None:
    source = f"""
        import pytest

        pytestmark = pytest.mark.lusha(cassette=True)

        def test_one(lusha):
            assert {COMPANY}.status_code == 200

        def test_two(lusha):
            assert {COMPANY}.status_code == 200
    """

    result = recording(source, "--lusha-max-credits=1")

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*BLOCKED: searchSingleCompanyV2 *, 1 credit is spent*"])


def test_an_upstream_that_is_down_is_told_and_records_nothing(run: Run, pytester: pytest.Pytester) -> None:
    source = f"""
        import pytest

        {MARKED}
        def test_it(lusha):
            answer = {COMPANY}
            assert answer.status_code == 200, answer.text
    """

    result = run(source, "--lusha-record=once", "--lusha-upstream=http://127.0.0.1:9")

    result.assert_outcomes(failed=1)
    assert "the upstream cannot be reached" in error_of(result)
    assert cassettes(pytester) == []


# A test that fails

FAILURES = {
    "the test itself": ("", "assert 0", {"failed": 1}),
    "a rule that never fired": (
        "",
        'lusha.on("getAccountUsageStats").fail(500, times=1)',
        {"passed": 1, "errors": 1},
    ),
    "its teardown": ("", "request.addfinalizer(lambda: 1 / 0)", {"passed": 1, "errors": 1}),
    "skipped in its middle": ("", "pytest.skip('no more')", {"skipped": 1}),
    "expected to fail": ("", "pytest.xfail('some day')", {"xfailed": 1}),
}


@pytest.mark.parametrize("case", FAILURES)
def test_a_new_cassette_of_a_test_that_did_not_pass_is_discarded(
    case: str, recording: Run, pytester: pytest.Pytester
) -> None:
    mark, more, outcomes = FAILURES[case]

    result = recording(f"""
        import pytest

        @pytest.mark.lusha({mark}cassette="tape.yaml")
        def test_it(lusha, request):
            assert {COMPANY}.status_code == 200
            {more}
    """)

    result.assert_outcomes(**outcomes)
    result.stdout.fnmatch_lines(["cassettes: LIVE 1; * credit* charged"])
    assert cassettes(pytester) == []


def test_a_cassette_that_was_there_is_as_it_was_after_a_test_that_failed(
    recording: Run, pytester: pytest.Pytester
) -> None:
    source = f"""
        import pytest

        @pytest.mark.lusha(cassette="tape.yaml")
        def test_it(lusha):
            assert {COMPANY}.status_code == 200
    """
    recording(source).assert_outcomes(passed=1)
    path = pytester.path / "tape.yaml"
    before = path.read_bytes()
    failing = f"{source.rstrip()}\n            assert {PERSON}.status_code == 500\n"

    for mode in ("new", "all", "rewrite"):
        recording(failing, mode=mode).assert_outcomes(failed=1)
        assert path.read_bytes() == before


def test_a_failed_test_that_only_replayed_does_not_touch_the_cassette(
    recording: Run, run: Run, pytester: pytest.Pytester
) -> None:
    recording(ONE).assert_outcomes(passed=1)
    (path,) = pytester.path.rglob("*.test_it.yaml")
    failing = f"{ONE.rstrip()}\n        assert 0\n"
    path.chmod(0o444)
    before = path.stat()

    run(failing).assert_outcomes(failed=1)

    after = path.stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_after_a_cassette_that_cannot_be_opened_the_next_test_is_well(run: Run) -> None:
    result = run(f"""
        import pytest

        {MARKED}
        def test_bad(lusha):
            pass

        def test_well(lusha):
            assert {COMPANY}.status_code == 200
    """)

    result.assert_outcomes(errors=1, passed=1)


# Verify


def changed(path: Path, change: Callable[[Any], None]) -> None:
    parts = list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
    content = parts[0] | {"interactions": [each for part in parts for each in part["interactions"]]}
    change(content["interactions"])
    path.write_text(yaml.safe_dump(content, explicit_end=True), encoding="utf-8")


USAGE = """
    import pytest

    @pytest.mark.lusha(cassette="tape.yaml")
    def test_it(lusha):
        assert lusha.client.get("/account/usage").status_code == 200
"""


def test_verify_passes_where_nothing_moved_and_writes_nothing(
    recording: Run, pytester: pytest.Pytester
) -> None:
    recording(USAGE).assert_outcomes(passed=1)
    before = (pytester.path / "tape.yaml").read_bytes()

    result = recording(USAGE, mode="verify")

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["cassettes: LIVE 1; * credit* charged"])
    assert (pytester.path / "tape.yaml").read_bytes() == before


def test_verify_fails_a_test_whose_upstream_moved_and_names_the_place(
    recording: Run, pytester: pytest.Pytester
) -> None:
    recording(USAGE).assert_outcomes(passed=1)
    path = pytester.path / "tape.yaml"
    changed(path, lambda calls: calls[0]["response"].update(status=404))
    before = path.read_bytes()

    result = recording(USAGE, mode="verify")

    result.assert_outcomes(passed=1, errors=1)
    assert "status-change: getAccountUsageStats status 200" in error_of(result)
    assert path.read_bytes() == before


def test_verify_replays_what_costs_credits_unless_there_is_a_cap(recording: Run) -> None:
    recording(ONE).assert_outcomes(passed=1)

    free = recording(ONE, mode="verify")
    paid = recording(ONE, "--lusha-max-credits=99", mode="verify")

    free.stdout.fnmatch_lines(["cassettes: HIT 2"])
    paid.stdout.fnmatch_lines(["cassettes: LIVE 2; * credit* charged"])
    for result in (free, paid):
        result.assert_outcomes(passed=1)


def test_verify_fails_a_test_whose_call_is_not_recorded(recording: Run) -> None:
    recording(USAGE.replace("/account/usage", "/prospecting/filters/contacts/departments")).assert_outcomes(
        passed=1
    )

    result = recording(USAGE, mode="verify")

    result.assert_outcomes(passed=1, errors=1)
    assert "tape.yaml: 1 call is not in it, so nothing was compared with it; mode new adds it" in error_of(
        result
    )


# xdist

EIGHT = """
    import pytest

    NUMBERS = pytest.mark.parametrize("number", range(4))

    def call(lusha, number):
        person = {"email": f"jane.no{number}@acme.com"}
        answer = lusha.client.get("/v2/person", params=person, timeout=60)  # workers share two cores
        assert answer.status_code == 200

    @NUMBERS
    @pytest.mark.lusha(cassette=True)
    def test_each_its_own(lusha, number):
        call(lusha, number)

    @NUMBERS
    @pytest.mark.lusha(cassette="shared.yaml")
    def test_one_for_all(lusha, number):
        call(lusha, number)
"""


def test_workers_of_xdist_record_and_replay_and_are_summed(
    run_apart: Run, pytester: pytest.Pytester, upstream: MockServer
) -> None:
    xdist = ["xdist.plugin"]

    first = run_apart(EIGHT, "-n2", "--lusha-record=new", f"--lusha-upstream={upstream.url}", plugins=xdist)
    again = run_apart(EIGHT, "-n2", "--lusha-report=json:report.json", plugins=xdist)

    first.assert_outcomes(passed=8)
    first.stdout.fnmatch_lines(["cassettes: LIVE 8; * credit* charged"])
    again.assert_outcomes(passed=8)
    again.stdout.fnmatch_lines(["cassettes: HIT 8"])
    report = json.loads((pytester.path / "report.json").read_text(encoding="utf-8"))
    assert report["verdicts"] == {"HIT": 8}
    assert [test["verdicts"] for test in report["tests"].values()] == [{"HIT": 1}] * 8
    assert len(cassettes(pytester)) == 5


def test_workers_of_xdist_share_the_cap(run_apart: Run, upstream: MockServer) -> None:
    result = run_apart(
        """
        import pytest

        @pytest.mark.lusha(cassette=True)
        @pytest.mark.parametrize("number", range(6))
        def test_it(lusha, number):
            lusha.client.get("/v2/company", params={"domain": f"c{number}.example"}, timeout=60)
        """,
        *("-n2", "--lusha-record=new", "--lusha-max-credits=3", f"--lusha-upstream={upstream.url}"),
        plugins=["xdist.plugin"],
    )

    # Each has a share of nothing it does not need: half of 3 would be 1, and 2 calls in all.
    result.assert_outcomes(passed=6, errors=3)
    result.stdout.fnmatch_lines(
        ["lusha: BLOCKED: searchSingleCompanyV2 *", "cassettes: BLOCKED 3, LIVE 3; 3 credits charged"]
    )
