"""The cassette of a test: where it lies, and what becomes of it."""

from __future__ import annotations

import os
import re
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import pytest

from pytest_mock_lusha import options
from pytest_mock_lusha.handles import RUN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mock_lusha.recorder.guard import Guard
    from mock_lusha.recorder.recorder import Recorder
    from pytest_mock_lusha.servers import LushaServer

_LONGEST = 80
_GUARD = pytest.StashKey["Guard"]()
_RECORD_IT = "; record it with --lusha-record=once"


def wants_cassette(marks: Mapping[str, Any]) -> bool:
    """Whether a test replays or records: by a mark alone, the command line only says how."""
    named = marks.get("cassette")
    return (named is not None and named is not False) or marks.get("record") is not None


def cassette_path(item: pytest.Item, marks: Mapping[str, Any]) -> Path:
    """The file that the mark names, from the test's folder; else one of the test's own in ``cassettes/``.

    Fails the test if the mark is not a path.
    """
    named = marks.get("cassette")
    folder = item.path.parent
    if isinstance(named, str | os.PathLike) and os.fspath(named):
        return folder / named
    if named is not None and named is not True:
        pytest.fail(f"cassette of @pytest.mark.lusha is a path, or True, not {named!r}", pytrace=False)
    name = re.sub(r"[^\w.-]+", "-", item.nodeid.partition("::")[2]).strip("-")
    if len(name) > _LONGEST:
        # A long name is cut, and told apart from others by a hash.
        name = f"{name[:_LONGEST]}-{blake2b(item.nodeid.encode(), digest_size=4).hexdigest()}"
    # All in one folder: they share the key that is beside them.
    return folder / "cassettes" / f"{item.path.stem}.{name}.yaml"


def open_cassette(item: pytest.Item, marks: Mapping[str, Any], server: LushaServer) -> Recorder:
    """The recorder of a test; it stands in the made-up world's place.

    Fails the test where that cannot be.
    """
    from mock_lusha.cli.record import check_upstream  # noqa: PLC0415
    from mock_lusha.errors import MockLushaError  # noqa: PLC0415 - a test records or replays
    from mock_lusha.recorder.opening import open_recorder  # noqa: PLC0415
    from mock_lusha.recorder.recorder import MODES, UPSTREAM  # noqa: PLC0415

    if server.server is None:
        pytest.fail(
            "lusha: a cassette needs the double of this process: leave out --lusha-url", pytrace=False
        )
    mode, source = options.chosen(item.config, "record")
    if marks.get("record") is not None and not item.config.getoption("lusha_record"):
        mode, source = marks["record"], "record of @pytest.mark.lusha"
    mode = "none" if mode is None else mode
    if mode not in MODES:
        pytest.fail(f"{source} takes no {mode!r}: {options.nearest(str(mode), MODES)}", pytrace=False)
    most, source = options.chosen(item.config, "max-credits")
    if most is not None and not most.isdecimal():
        pytest.fail(f"{source} takes a whole number, not {most!r}", pytrace=False)
    upstream, source = options.chosen(item.config, "upstream")
    path = cassette_path(item, marks)
    if mode == "verify" and not path.exists():
        pytest.fail(
            f"lusha: {path}: there is no such cassette, and mode verify compares with one{_RECORD_IT}",
            pytrace=False,
        )
    try:
        check_upstream(upstream or UPSTREAM, source)
        return open_recorder(
            path,
            str(mode),
            upstream=upstream or UPSTREAM,
            guard=_guard(item.config, upstream or UPSTREAM, None if most is None else int(most)),
            keep_text=options.keep_text(item.config),
        )
    except MockLushaError as error:
        problem = f"lusha: {error}"
    hint = _RECORD_IT if "there is no such cassette" in problem else ""
    pytest.fail(problem + hint, pytrace=False)


def _guard(config: pytest.Config, upstream: str, most: int | None) -> Guard:
    """The guard of the whole run: its cap is the suite's, and all workers of xdist share it."""
    from mock_lusha.recorder.opening import run_guard  # noqa: PLC0415 - a test records or replays

    if _GUARD not in config.stash:
        name: str = getattr(config, "workerinput", {}).get("testrunuid") or config.stash[RUN]
        config.stash[_GUARD] = run_guard(upstream, most, name)
    return config.stash[_GUARD]


def concluded(recorder: Recorder, *, passed: bool) -> list[str]:
    """What is wrong with a test's cassette at its end; a new one of a test that failed is discarded."""
    if not passed:
        # Where nothing was written there is nothing to take back; others may have the file.
        if recorder.verdicts["LIVE"] and recorder.mode not in {"verify", "passthrough"}:
            recorder.discard()
        return []
    refused = [f"lusha: {problem}" for problem in dict.fromkeys([*recorder.refused, *recorder.problems])]
    if recorder.mode != "verify":
        return refused
    from mock_lusha.cli.record import unverified_message  # noqa: PLC0415
    from mock_lusha.recorder.opening import verified  # noqa: PLC0415
    from mock_lusha.recorder.report import LIVE, render  # noqa: PLC0415 - there is something to tell

    drifts, unverified = verified(recorder), unverified_message(recorder)
    return [
        *refused,
        *([render(drifts, wording=LIVE)] if drifts else []),
        *([] if unverified is None else [f"lusha: {unverified}"]),
    ]
