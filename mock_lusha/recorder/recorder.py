"""The recorder: what becomes of a request, by the mode, the cassette and the guard."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import shutil
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn, get_args

import orjson

from mock_lusha.contract.document import Contract
from mock_lusha.errors import MockLushaError
from mock_lusha.recorder.appending import CassetteFile
from mock_lusha.recorder.bodies import MOST_DEPTH, InexactError, exact, is_deep
from mock_lusha.recorder.cassette import (
    Cassette,
    CassetteError,
    contract_fingerprint,
    dumps,
    gathered,
    locked,
)
from mock_lusha.recorder.correlation import Correlation
from mock_lusha.recorder.documents import FORMAT, added
from mock_lusha.recorder.guard import Guard, LiveCallError, is_free
from mock_lusha.recorder.interaction import Interaction
from mock_lusha.recorder.matching import Matching, shown
from mock_lusha.recorder.operations import Operations
from mock_lusha.recorder.plans import plan_of
from mock_lusha.recorder.pseudonyms import RULES
from mock_lusha.recorder.recordings import Addition, Recordings
from mock_lusha.recorder.walk import known_method

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from mock_lusha.recorder.redaction import Redactor
    from mock_lusha.recorder.request import RecorderRequest

_log = logging.getLogger("mock_lusha.recorder")
UPSTREAM: Final = "https://api.lusha.com"
Mode = Literal["none", "once", "new", "all", "rewrite", "verify", "passthrough"]
MODES: Final[tuple[str, ...]] = get_args(Mode)
"""none replays, and a miss is an error (the default); once records where there is no cassette yet, and else
replays; new replays what is there and records the rest; all records everything anew, rewrite into an empty
cassette; verify replays what costs credits, unless there is a cap for it, calls the rest, and compares;
passthrough only forwards."""
Verdict = Literal["HIT", "MISS", "LIVE", "BLOCKED"]
_RECORDS = frozenset({"once", "new", "all", "rewrite"})
_NEAREST = 3
_LEAST_ROOM: Final = 2**20  # bytes on the disk, without which no answer is paid for
_NO_REDACTION: Final = "nothing is recorded without redaction: there is no key for it"


class CassetteMissError(CassetteError):
    """MISS: a request is not in the cassette; the message names the nearest that are, and how they differ."""


class Recorder:
    """One cassette under one mode, for any number of clients.

    ``decide`` gives the recorded answer to a request, or None where it is to be forwarded; ``keep`` takes
    what was answered then. ``upstream_key`` is sent in place of the key of a call. Nothing reaches the disk
    that did not pass the redactor; without one (None) nothing is ever written.

    Raises:
        CassetteError: the cassette is damaged.
        ValueError: the mode is none of MODES.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None,
        mode: str = "none",
        *,
        redactor: Redactor | None = None,
        guard: Guard | None = None,
        upstream: str = UPSTREAM,
        upstream_key: str | None = None,
        contract: Contract | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        if mode not in MODES:
            raise ValueError(f"a mode is one of {', '.join(MODES)}, not {mode!r}")
        path = None if path is None else Path(path)
        self.path = path
        self.mode = mode
        self.upstream = upstream.rstrip("/")
        self.upstream_key = upstream_key
        self.contract = contract or Contract.load()
        self.operations = Operations(self.contract)
        self.guard = guard or Guard(upstream)
        self.verdicts: Counter[Verdict] = Counter()
        self.refused: list[str] = []
        """What was said of each MISS and BLOCKED."""
        self.problems: list[str] = []
        """Why answers that were passed on were not recorded."""
        self.charged = 0
        """Credits that were charged for what was LIVE."""
        self.verified: list[tuple[Interaction, Interaction]] = []
        """In mode verify: (recorded, live) of what was called."""
        self.redactor = redactor
        """What removes personal data; to be set before anything is asked."""
        self._masking: Redactor | None = None
        self._now = now
        self._existed = path is not None and path.exists()
        self._correlation = Correlation(self.contract)
        self._matching = Matching(self.contract.operations)
        self._recordings = Recordings(key=self._key)
        self._taken: Counter[str] = Counter()
        self._counting = Lock()
        self._writing = Lock()
        self._fresh = mode == "rewrite"
        self._unwritten = ""
        self._run = secrets.token_hex(4)
        self._file = None if path is None else CassetteFile(path)
        if not self._fresh:
            self._catch_up(warn=True)

    @property
    def cassette(self) -> Cassette:
        """What is recorded so far."""
        return gathered(self._recordings)

    # A request

    def decide(self, asked: RecorderRequest) -> Interaction | None:
        """The recorded answer, or None where the request is to be forwarded.

        Raises:
            CassetteMissError: it is not recorded, and the mode forwards nothing.
            LiveCallError: it would be forwarded, and may not be.
            CassetteError: it would be forwarded, and the answer could not be written.
        """
        found_operation = self.operations.find(asked.method, asked.path)
        operation = None if found_operation is None else found_operation.id
        replays = self.mode in {"none", "new"} or (self.mode == "once" and self._existed)
        if self.mode == "verify" and not is_free(found_operation):
            if self.guard.max_credits is not None:
                with contextlib.suppress(LiveCallError):  # then it is replayed
                    self.guard.check(found_operation, asked)
                    return None
            replays = True
        if replays:
            found = self._take(asked, operation)
            if found is None and self.mode == "new":
                with self._writing:
                    self._catch_up()  # another process may have recorded it meanwhile
                found = self._take(asked, operation)
            if found is not None:
                self._count("HIT")
                return self._correlation.answer_for(asked.body, found)
            if self.mode != "new":
                self._count("MISS")
                miss = CassetteMissError(self._path, self._miss(asked, operation))
                self.refused.append(str(miss))
                raise miss
        if self.mode in _RECORDS:
            _check_writable(self._path)  # before the answer is paid for
            if self.redactor is None:
                raise CassetteError(self._path, _NO_REDACTION)
        if self._unwritten:
            self.refuse(
                f"BLOCKED: {operation or 'a call'} was not sent to {self.upstream}, as its answer could "
                f"not be kept: {self._unwritten}"
            )
        try:
            self.guard.check(found_operation, asked)
        except LiveCallError as error:
            self.refuse(str(error))
        return None

    def refuse(self, why: str) -> NoReturn:
        """Refuse to forward a request.

        Raises:
            LiveCallError: always.
        """
        self._count("BLOCKED")
        self.refused.append(why)
        raise LiveCallError(why)

    def _count(self, verdict: Verdict) -> None:
        with self._counting:
            self.verdicts[verdict] += 1

    def operation(self, asked: RecorderRequest) -> str | None:
        """The contract's id of a request."""
        found = self.operations.find(asked.method, asked.path)
        return None if found is None else found.id

    @property
    def _path(self) -> Path:
        if self.path is None:
            raise MockLushaError("this recorder has no cassette: it only forwards")
        return self.path

    def keep(self, asked: RecorderRequest, answered: Interaction, content: bytes | None = None) -> int | None:
        """Take the answer to a request that was forwarded, whose fields of the request need not be set; gives
        the credits it is counted with, None where nobody knows them. ``content`` are its bytes, decoded.

        An answer that cannot be redacted or written as YAML is not recorded, and stands in ``problems``.

        Raises:
            CassetteError: the file cannot be written; nothing more is forwarded then.
        """
        self._count("LIVE")
        spent = self._counted(asked, answered.status, _exactly(answered, content))
        if self.mode == "passthrough":
            return spent
        if is_deep(asked.body) or is_deep(answered.answer):
            self._left_out(asked, f"it is nested more than {MOST_DEPTH} deep")
            return spent
        raw = replace(
            answered,
            operation=self.operation(asked),
            method=asked.method,
            path=asked.path,
            query=asked.query,
            body=asked.body,
            has_body=asked.has_body,
            credits=spent,
        )
        try:
            if self.mode == "verify":
                found = self._take(asked, raw.operation)
                if found is not None:
                    recorded = self._correlation.interaction(found)
                    self.verified.append((recorded, self._redacted(raw, asked.secrets)))
            else:
                self._write(self._redacted(raw, asked.secrets))
        except (OSError, CassetteError) as error:
            self._unwritten = error.strerror or str(error) if isinstance(error, OSError) else str(error)
            if isinstance(error, CassetteError):
                raise
            raise CassetteError(self._path, f"cannot be written: {self._unwritten}") from None
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets the answer that was paid for
            self._left_out(asked, f"{type(error).__name__}: it cannot be redacted and written")
        return spent

    def pass_over(self, asked: RecorderRequest, status: int, why: str) -> int | None:
        """Count the answer to a request that was forwarded, and that cannot be read and so not be recorded;
        gives the credits it is counted with."""
        self._count("LIVE")
        spent = self._counted(asked, status, None)
        if self.mode in _RECORDS or self.mode == "verify":
            self._left_out(asked, why)
        return spent

    def _counted(self, asked: RecorderRequest, status: int, answer: Any) -> int | None:
        spent = self.guard.count(self.operations.find(asked.method, asked.path), asked, status, answer)
        with self._counting:
            self.charged += spent or 0
        return spent

    def _left_out(self, asked: RecorderRequest, why: str) -> None:
        # Neither path nor error's text: they may be personal.
        what = self.operation(asked) or "a path that the contract does not have"
        problem = f"{self._path}: the answer to {what} was passed on and not recorded: {why}"
        self.problems.append(problem)
        _log.warning("%s", problem)

    def _redacted(self, raw: Interaction, secrets: Sequence[str]) -> Interaction:
        if self.redactor is None:
            raise CassetteError(self._path, _NO_REDACTION)
        ours = () if self.upstream_key is None else (self.upstream_key,)
        return self._correlation.redacted(raw, self.redactor, (*secrets, *ours))

    def _write(self, interaction: Interaction) -> None:
        interaction = replace(interaction, run=self._run)
        with self._writing, locked(self._path):
            if not self._fresh:
                self._catch_up()
            there = self._recordings
            told = Addition(
                (interaction,),
                recorded_at=self._now().isoformat(timespec="seconds").replace("+00:00", "Z"),
                contract=self._fingerprint,
                plan=plan_of(interaction.headers) or there.plan,
                redaction={} if self.redactor is None else self.redactor.manifest(),
                format=FORMAT,
            )
            if self._fresh or there.oldest != FORMAT or not there.redaction:
                self._write_anew(told)
            else:
                self._file_of().append(_text_of(told, there))
                with self._counting:
                    there.add(told)

    def _write_anew(self, told: Addition) -> None:
        """Write the file whole: it is new, of an older format, or not redacted."""
        kept: Iterable[Interaction] = () if self._fresh else self._recordings.interactions
        if self.redactor is not None and not self._recordings.redaction:
            # The cassette is going to say that it is redacted.
            kept = [self._correlation.redacted(each, self.redactor) for each in kept]
        recordings = Recordings(
            [Addition(tuple(map(self._correlation.interaction, kept)), format=FORMAT), told], self._key
        )
        tape = gathered(recordings)
        self._file_of().replace(dumps(tape), len(tape.interactions))
        self._fresh = False
        with self._counting:
            self._recordings = recordings

    def _catch_up(self, *, warn: bool = False) -> None:
        """Take in what others wrote since."""
        if self._file is None:
            return
        news = self._file.news(warn=warn)
        with self._counting:
            if news.fresh:
                self._recordings = Recordings(key=self._key)
            for each in news.additions:
                self._recordings.add(each)

    @cached_property
    def _fingerprint(self) -> str:
        return contract_fingerprint(self.contract)

    def _file_of(self) -> CassetteFile:
        if self._file is None:
            raise MockLushaError("this recorder has no cassette: it only forwards")
        return self._file

    def discard(self) -> None:
        """Put the cassette back as it was found, but for what others recorded since; one that is new and
        only this recorder's is gone."""
        if self._file is not None and self._file.path.parent.is_dir():
            with self._writing, locked(self._path):
                self._file.discard(self._run)

    # Finding

    def _key(self, interaction: Interaction) -> str:
        body = self._correlation.body(interaction.operation, interaction.body)
        return self._matching.key(
            interaction if body is interaction.body else replace(interaction, body=body)
        )

    def _as_recorded(
        self, asked: RecorderRequest, operation: str | None, *, keep_known: bool = True
    ) -> Interaction:
        query, sent = asked.query, self._correlation.body(operation, asked.body)
        method, path, body = asked.method, asked.path, sent
        redacts = self._recordings.redaction or self._recordings.oldest is None
        if self.redactor is not None and redacts:
            method = known_method(method)
            request = path, query, asked.body
            path, query, body = self._correlation.redacted_request(
                operation, request, self.redactor, asked.secrets
            )
        if self.redactor is not None and redacts and keep_known:
            # Who was given a pseudonym by a replayed answer sends that, and it must not get another.
            with self._counting:
                known = self._recordings.texts
            query = tuple(
                one if one[1] in known else other for one, other in zip(asked.query, query, strict=True)
            )
            body = _known_kept(sent, body, known)
        return Interaction(
            method, path, 0, operation=operation, query=query, body=body, has_body=asked.has_body
        )

    def _take(self, asked: RecorderRequest, operation: str | None) -> Interaction | None:
        """The next recording of a request; the last one is given again and again."""
        # What was sent may stand in the cassette by chance too, so it is looked up without that first.
        for keep_known in (False, True):
            key = self._key(self._as_recorded(asked, operation, keep_known=keep_known))
            with self._counting:
                found = self._recordings.find(key, self._taken[key])
                if found is not None:
                    self._taken[key] += 1
                    return found
        return None

    def _miss(self, asked: RecorderRequest, operation: str | None) -> str:
        sought = self._as_recorded(asked, operation)
        hidden = self._hidden()
        wanted = hidden.cleaned(sought)
        lines = [f"MISS: it has no {shown(wanted)}"]
        ranked = sorted(
            enumerate(
                replace(each, body=self._correlation.body(each.operation, each.body))
                for each in self._recordings.interactions
            ),
            key=lambda item: (
                item[1].operation != operation,
                len(list(self._matching.differences(sought, item[1]))),
            ),
        )
        for index, recorded in ranked[:_NEAREST]:
            each = hidden.cleaned(recorded)
            first = next(iter(self._matching.differences(wanted, each)), "nothing")
            lines.append(f"  near: interactions[{index}] {shown(each)}: {first}")
        if not ranked:
            lines.append("  nothing is recorded in it")
        redaction = self._recordings.redaction
        if redaction and redaction.get("version", 1) != RULES:
            lines.append("  older rules redacted it, by which not all is found again: see mode rewrite")
        return "\n".join(lines)

    def _hidden(self) -> Redactor:
        """What hides whom a request names where a message shows it: what is replayed may not be redacted."""
        if self._masking is None:
            from mock_lusha.recorder.redaction import masking  # noqa: PLC0415 - for a message alone

            self._masking = self.redactor or masking(self.contract)
        return self._masking


def _exactly(answered: Interaction, content: bytes | None) -> Any:
    """The JSON of an answer, None where two readers may read it differently."""
    if not answered.has_answer:
        return None
    try:
        return exact(answered.content() if content is None else content)
    except InexactError:
        return None


def _check_writable(path: Path) -> None:
    target = path.resolve()
    folder = next((each for each in target.parents if each.exists()), target)
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        why = "may not be written to" if folder.is_dir() else "is no folder"
        raise CassetteError(path, f"cannot be written: {folder} {why}")
    if target.exists() and not os.access(target, os.W_OK):
        raise CassetteError(path, "cannot be written: the file is read-only")
    if shutil.disk_usage(folder).free < _LEAST_ROOM:
        raise CassetteError(path, "cannot be written: the disk is full")


def _text_of(told: Addition, before: Recordings) -> str:
    """The text of a document that tells what is new."""
    news: dict[str, Any] = {"recorded_at": told.recorded_at}
    news |= {} if told.contract == before.contract else {"contract": told.contract}
    news |= {} if told.plan == before.plan else {"plan": told.plan}
    news |= {} if told.redaction == before.redaction else {"redaction": told.redaction}
    return added(told.interactions[0], **news)


def _known_kept(sent: Any, redacted: Any, known: Collection[str]) -> Any:
    """The redacted value, but with what was sent where that stands in the cassette as it is."""
    if isinstance(sent, dict) and isinstance(redacted, dict) and sent.keys() == redacted.keys():
        return {name: _known_kept(sent[name], redacted[name], known) for name in sent}
    if isinstance(sent, list) and isinstance(redacted, list) and len(sent) == len(redacted):
        return [_known_kept(one, other, known) for one, other in zip(sent, redacted, strict=True)]
    if isinstance(sent, str | int) and not isinstance(sent, bool) and str(sent) in known:
        return sent
    return redacted


def read_body(content: bytes) -> tuple[Any, bool]:
    """The JSON of a request's body, and whether there is one; what is no JSON is its text."""
    if not content.strip():
        return None, False
    try:
        return orjson.loads(content), True
    except orjson.JSONDecodeError:
        return content.decode("utf-8", "replace"), True


def stopwatch() -> float:
    """Seconds of a clock that only differences are taken of."""
    return time.perf_counter()
