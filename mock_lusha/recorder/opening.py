"""Opens cassettes: with the key, the cap and the caution that the environment asks for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mock_lusha.config.environment import is_ci, redaction_environ, upstream_key
from mock_lusha.contract.registry import Registry
from mock_lusha.recorder.budgets import of_cassette, of_run
from mock_lusha.recorder.cassette import Cassette, CassetteError
from mock_lusha.recorder.guard import Guard
from mock_lusha.recorder.recorder import UPSTREAM, Recorder
from mock_lusha.recorder.redaction import VERSION, Redactor, load_key

if TYPE_CHECKING:
    import os

    from mock_lusha.recorder.budgets import Budget
    from mock_lusha.recorder.interaction import Interaction
    from mock_lusha.recorder.report import Drift

_READS = frozenset({"none", "passthrough"})


def open_recorder(
    path: str | os.PathLike[str],
    mode: str = "none",
    *,
    upstream: str = UPSTREAM,
    max_credits: int | None = None,
    forced: bool = False,
    guard: Guard | None = None,
    keep_text: bool = False,
) -> Recorder:
    """A recorder of a cassette (its file, as text or path-like), with its redaction key.

    The key is that of ``MOCK_LUSHA_REDACTION_KEY``, else of ``redaction.key`` beside the cassette, which the
    first recording makes. What ``MOCK_LUSHA_UPSTREAM_KEY`` holds is sent upstream in place of the key of a
    call. A cassette that says it was not redacted is replayed as it is. What is spent of ``max_credits`` is
    shared by all recorders of the cassette that this process opens, and other processes at the same time.
    With ``keep_text`` what companies say of themselves is recorded as it is, except for what says how to
    reach a person; it may name people.

    Raises:
        CassetteError: the cassette is damaged, is not there to be replayed, was redacted with another key, or
            is to be added to and was redacted by other rules.
        RedactionError: there is no key.
    """
    path = Path(path)
    if mode in {"none", "verify"} and not path.exists():
        raise CassetteError(path, f"there is no such cassette, and nothing is recorded in mode {mode}")
    registry = Registry.load()
    recorder = Recorder(
        path,
        mode,
        guard=guard
        or open_guard(
            upstream,
            max_credits,
            forced=forced,
            budget=None if max_credits is None else of_cassette(path),
        ),
        upstream=upstream,
        upstream_key=upstream_key(),
        registry=registry,
    )
    cassette = recorder.cassette
    if mode not in _READS or (mode == "none" and cassette.redaction):
        rules = _rules_of(path, cassette)
        if mode in _READS | {"verify"} and cassette.redaction and rules == VERSION:
            keep_text = cassette.redaction.get("keep_text") is True
        # A new key is no use to a cassette that another one redacted.
        recorder.redactor = open_redactor(
            path.parent,
            create=mode not in _READS and not cassette.redaction,
            registry=registry,
            keep_text=keep_text,
            version=rules,
        )
        check_key(path, cassette, recorder.redactor)
        if mode in {"new", "all"}:
            _check_rules(path, cassette, keep_text=keep_text)
    return recorder


def open_guard(
    upstream: str, max_credits: int | None, *, forced: bool = False, budget: Budget | None = None
) -> Guard:
    """A guard that is as cautious as the environment asks for; recorders that share one, or a budget, share
    the cap."""
    return Guard(upstream, max_credits, ci=is_ci(), forced=forced, budget=budget)


def run_guard(upstream: str, max_credits: int | None, run: str) -> Guard:
    """A guard for all recorders of a run, in whatever processes they are. ``run`` is the run's own name,
    which no other run ever has."""
    return open_guard(upstream, max_credits, budget=of_run(run))


def check_key(path: Path, cassette: Cassette, redactor: Redactor) -> None:
    """Refuse a cassette that another key redacted: nothing in it would be found."""
    theirs = cassette.redaction.get("key")
    ours = redactor.manifest()["key"]
    if theirs is not None and theirs != ours:
        raise CassetteError(
            path,
            f"was redacted with the key {theirs}, and the one given is {ours}: set MOCK_LUSHA_REDACTION_KEY, "
            f"or put the redaction.key of the recording beside it",
        )


def _rules_of(path: Path, cassette: Cassette) -> int:
    """The version of the rules by which the requests of a cassette are found."""
    if not cassette.redaction:
        return VERSION  # a cassette that is not redacted is redacted by today's rules
    rules = cassette.redaction.get("version", 1)
    if not isinstance(rules, int) or not 1 <= rules <= VERSION:
        raise CassetteError(
            path,
            f"was redacted by rules of a version other than 1 to {VERSION}, which this mock-lusha knows: "
            f"upgrade it",
        )
    return rules


def _check_rules(path: Path, cassette: Cassette, *, keep_text: bool) -> None:
    """Refuse to add to a cassette of other rules: it would say of all its exchanges what is true of some."""
    if not cassette.redaction:
        return
    if _rules_of(path, cassette) < VERSION:
        raise CassetteError(
            path,
            f"was redacted by rules of version 1, which keep more, and today's are {VERSION}: "
            f"`mock-lusha cassette redact {path}` cleans it, or record it anew with mode rewrite",
        )
    if cassette.redaction.get("keep_text") is True and not keep_text:
        raise CassetteError(
            path,
            f"was recorded with --keep-text: say so again, or `mock-lusha cassette redact {path}` cleans it",
        )


def open_redactor(
    folder: str | os.PathLike[str],
    *,
    create: bool,
    registry: Registry | None = None,
    keep_text: bool = False,
    version: int = VERSION,
) -> Redactor:
    """A redactor with the key of the environment, else of the folder; ``create`` makes one there.

    ``keep_text`` and ``version`` are those of `Redactor`.

    Raises:
        RedactionError: there is no key.
    """
    key = load_key(Path(folder), redaction_environ(), create=create)
    return Redactor(key, registry or Registry.load(), keep_text=keep_text, version=version)


def verified(recorder: Recorder) -> list[Drift]:
    """How what was called in mode verify differs from what is recorded."""
    from mock_lusha.recorder.drift import DoubleAnswer, compare  # noqa: PLC0415 - for this mode alone

    recordings = iter([recording for recording, _ in recorder.verified])
    live = Cassette(tuple(now for _, now in recorder.verified))

    def ask(_: Interaction) -> DoubleAnswer:
        recording = next(recordings)
        return DoubleAnswer(recording.status, recording.headers, recording.answer, recording.text)

    return compare(live, recorder.registry, ask)
