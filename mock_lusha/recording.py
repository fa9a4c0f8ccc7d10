"""Opens cassettes: with the key, the cap and the caution that the environment asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.config import is_ci, redaction_environ, upstream_key
from mock_lusha.contract.document import Contract
from mock_lusha.recorder.cassette import Cassette, CassetteError, load
from mock_lusha.recorder.guard import Guard
from mock_lusha.recorder.recorder import UPSTREAM, Recorder
from mock_lusha.recorder.redaction import VERSION, Redactor, load_key

if TYPE_CHECKING:
    from pathlib import Path

    from mock_lusha.recorder.interaction import Interaction
    from mock_lusha.recorder.report import Drift

_READS = frozenset({"none", "passthrough"})


def open_recorder(
    path: Path,
    mode: str = "none",
    *,
    upstream: str = UPSTREAM,
    max_credits: int | None = None,
    forced: bool = False,
    guard: Guard | None = None,
    keep_text: bool = False,
) -> Recorder:
    """A recorder of a cassette, with its redaction key.

    The key is that of ``MOCK_LUSHA_REDACTION_KEY``, else of ``redaction.key`` beside the cassette, which the
    first recording makes. What ``MOCK_LUSHA_UPSTREAM_KEY`` holds is sent upstream in place of the key of a
    call. A cassette that says it was not redacted is replayed as it is. With ``keep_text`` what companies say
    of themselves is recorded as it is, but for what tells how to reach somebody; it may name people.

    Raises:
        CassetteError: the cassette is damaged, is not there to be replayed, was redacted with another key, or
            is to be added to and was redacted by other rules.
        RedactionError: there is no key.
    """
    contract = Contract.load()
    there = load(path) if path.exists() and mode != "rewrite" else None
    if there is None and mode in {"none", "verify"}:
        raise CassetteError(path, f"there is no such cassette, and nothing is recorded in mode {mode}")
    redactor = None
    if mode not in _READS or (mode == "none" and there is not None and there.redaction):
        # A new key is no use to a cassette that another one redacted.
        create = mode not in _READS and not (there is not None and there.redaction)
        rules = VERSION if there is None else _rules_of(path, there)
        if rules == VERSION and mode in _READS | {"verify"} and there is not None:
            keep_text = there.redaction.get("keep_text") is True
        redactor = open_redactor(
            path.parent, create=create, contract=contract, keep_text=keep_text, version=rules
        )
        check_key(path, there, redactor)
        if there is not None and mode in {"new", "all"}:
            _check_rules(path, there, keep_text=keep_text)
    return Recorder(
        path,
        mode,
        redactor=redactor,
        guard=guard or open_guard(upstream, max_credits, forced=forced),
        upstream=upstream,
        upstream_key=upstream_key(),
        contract=contract,
    )


def open_guard(upstream: str, max_credits: int | None, *, forced: bool = False) -> Guard:
    """A guard that is as cautious as the environment asks for; recorders that share one share the cap."""
    return Guard(upstream, max_credits, ci=is_ci(), forced=forced)


def check_key(path: Path, cassette: Cassette | None, redactor: Redactor) -> None:
    """Refuse a cassette that another key redacted: nothing in it would be found."""
    theirs = None if cassette is None else cassette.redaction.get("key")
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
        return VERSION  # what nobody redacted is redacted today
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
    folder: Path,
    *,
    create: bool,
    contract: Contract | None = None,
    keep_text: bool = False,
    version: int = VERSION,
) -> Redactor:
    """A redactor with the key of the environment, else of the folder; ``create`` makes one there.

    ``keep_text`` and ``version`` are those of `Redactor`.

    Raises:
        RedactionError: there is no key.
    """
    key = load_key(folder, redaction_environ(), create=create)
    return Redactor(key, contract or Contract.load(), keep_text=keep_text, version=version)


def verified(recorder: Recorder) -> list[Drift]:
    """How what was called in mode verify differs from what is recorded."""
    from mock_lusha.recorder.drift import Answered, compare  # noqa: PLC0415 - for this mode alone

    recorded = iter([there for there, _ in recorder.verified])
    live = Cassette(tuple(now for _, now in recorder.verified))

    def ask(_: Interaction) -> Answered:
        there = next(recorded)
        return Answered(there.status, there.headers, there.answer, there.text)

    return compare(live, recorder.contract, ask)
