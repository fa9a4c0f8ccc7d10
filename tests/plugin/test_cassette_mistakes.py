"""Values that cannot be meant and cassettes that are damaged fail their test and name the mistake."""

# ruff: noqa: E501 - suites in strings read as they are written

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cassette_suites import ONE, cassettes, error_of

from mock_lusha.recorder.recorder import MODES

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_lusha.server import MockServer

    Run = Callable[..., pytest.RunResult]


# Bad values

BAD = {
    "no such cassette": (
        "cassette='tape.yaml'", (),
        "tape.yaml: there is no such cassette, and nothing is recorded in mode none; record it with --lusha-record=once",
    ),
    "nothing to verify": (
        "cassette='tape.yaml'", ("--lusha-record=verify",),
        "tape.yaml: there is no such cassette, and mode verify compares with one; record it with --lusha-record=once",
    ),
    "cassette is a number": ("cassette=5", (), "cassette of @pytest.mark.lusha is a path, or True, not 5"),
    "cassette is no name": ("cassette=''", (), "cassette of @pytest.mark.lusha is a path, or True, not ''"),
    "cassette is 0": ("cassette=0", (), "cassette of @pytest.mark.lusha is a path, or True, not 0"),
    "mode of the mark": (
        "cassette=True, record='onec'", (), "record of @pytest.mark.lusha takes no 'onec': did you mean 'once'?",
    ),
    "mode is a truth": (
        "cassette=True, record=True", (), "record of @pytest.mark.lusha takes no True: it takes " + ", ".join(MODES),
    ),
    "mode is nothing": (
        "cassette=True, record=''", (), "record of @pytest.mark.lusha takes no '': it takes " + ", ".join(MODES),
    ),
    "mode of the command line": (
        "cassette=True", ("--lusha-record=rewrit",), "--lusha-record takes no 'rewrit': did you mean 'rewrite'?",
    ),
    "credits": (
        "cassette=True", ("--lusha-record=once", "--lusha-max-credits=many"),
        "--lusha-max-credits takes a whole number, not 'many'",
    ),
    "credits below none": (
        "cassette=True", ("--lusha-record=once", "--lusha-max-credits=-1"),
        "--lusha-max-credits takes a whole number, not '-1'",
    ),
    "upstream": (
        "cassette=True", ("--lusha-record=once", "--lusha-upstream=api.lusha.com"),
        "--lusha-upstream is an http:// or https:// address such as https://api.lusha.com, not 'api.lusha.com'",
    ),
    "a misspelt mark": ("casette=True", (), "@pytest.mark.lusha takes no 'casette': did you mean 'cassette'?"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_value_that_cannot_be_meant_fails_the_test_before_it_runs(
    case: str, run: Run, pytester: pytest.Pytester
) -> None:
    mark, arguments, said = BAD[case]

    result = run(f"""
        import pytest

        @pytest.mark.lusha({mark})
        def test_it(lusha):
            raise SystemExit("it ran")
    """, *arguments)  # fmt: skip

    result.assert_outcomes(errors=1)
    assert said in error_of(result)
    assert "Traceback" not in error_of(result)
    assert cassettes(pytester) == []


@pytest.mark.parametrize("name", ["record", "max-credits", "upstream"])
def test_a_bad_value_of_the_ini_file_is_named_as_such(name: str, run: Run) -> None:
    given = f"lusha_{name.replace('-', '_')}"
    ini = f"{given} = xyzzy" + ("" if name == "record" else "\nlusha_record = once")

    result = run(ONE, ini=ini)

    result.assert_outcomes(errors=1)
    assert f"{given} in tox.ini " in error_of(result)
    assert "'xyzzy'" in error_of(result)


DAMAGED: dict[str, tuple[Callable[[str], str], str]] = {
    "cut": (lambda text: text[: text.index("...")], "it does not end with a line '...', so it was cut"),
    "another format": (lambda text: text.replace("format: 2", "format: 8"), "has format 8"),
    "no YAML": (lambda text: "[" + text, "is damaged: line "),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_a_damaged_cassette_fails_its_test_and_is_not_recorded_over(
    case: str, recording: Run, pytester: pytest.Pytester
) -> None:
    damage, said = DAMAGED[case]
    recording(ONE).assert_outcomes(passed=1)
    (path,) = pytester.path.rglob("*.test_it.yaml")
    path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")
    before = path.read_bytes()

    for mode in ("none", "once", "new", "all"):
        result = recording(ONE, mode=mode)

        result.assert_outcomes(errors=1)
        assert said in error_of(result)
        assert path.read_bytes() == before


def test_a_cassette_without_its_key_says_where_the_key_belongs(
    recording: Run, run: Run, pytester: pytest.Pytester
) -> None:
    recording(ONE).assert_outcomes(passed=1)
    (key,) = pytester.path.rglob("redaction.key")
    key.unlink()

    result = run(ONE)

    result.assert_outcomes(errors=1)
    assert "there is no redaction key: set MOCK_LUSHA_REDACTION_KEY" in error_of(result)
    assert str(key) in error_of(result)


def test_a_cassette_needs_the_double_of_this_process(run: Run, upstream: MockServer) -> None:
    result = run(ONE, f"--lusha-url={upstream.url}")

    result.assert_outcomes(errors=1)
    assert "a cassette needs the double of this process: leave out --lusha-url" in error_of(result)
