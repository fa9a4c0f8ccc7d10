"""The recorder: what happens to a request, by the mode, the cassette and the guard."""

from __future__ import annotations

import contextlib
import logging
import secrets
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn, get_args

import orjson

from mock_lusha.contract.registry import Registry
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
from mock_lusha.recorder.disk import check_writable
from mock_lusha.recorder.documents import FORMAT, added
from mock_lusha.recorder.guard import Guard, LiveCallError, is_free
from mock_lusha.recorder.interaction import Interaction
from mock_lusha.recorder.matching import Matching
from mock_lusha.recorder.misses import miss_message
from mock_lusha.recorder.operations import Operations
from mock_lusha.recorder.plans import plan_of
from mock_lusha.recorder.recorded_texts import with_recorded_segments, with_recorded_texts
from mock_lusha.recorder.recordings import Addition, Recordings
from mock_lusha.recorder.walk import known_method

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from mock_lusha.recorder.redaction import Redactor
    from mock_lusha.recorder.request import RecorderRequest

_log = logging.getLogger("mock_lusha.recorder")
UPSTREAM: Final = "https://api.lusha.com"
Mode = Literal["none", "once", "new", "all", "rewrite", "verify", "passthrough"]
MODES: Final[tuple[str, ...]] = get_args(Mode)
"""none replays, and a miss is an error (the default); once records where there is no cassette yet, and else
replays; new replays what is there and records the rest; all records everything again, rewrite into an empty
cassette; verify replays what costs credits, unless there is a cap for it, calls the rest, and compares;
passthrough only forwards."""
Verdict = Literal["HIT", "MISS", "LIVE", "BLOCKED"]
_RECORDS = frozenset({"once", "new", "all", "rewrite"})
_NO_REDACTION: Final = "nothing is recorded without redaction: there is no key for it"


class CassetteMissError(CassetteError):
    """MISS: a request is not in the cassette; the message names the nearest that are, and how they differ."""


class Recorder:
    """One cassette under one mode, for any number of clients.

    ``decide`` returns the recorded answer to a request, or None where it is to be forwarded; ``keep`` takes
    the answer to that. ``upstream_key`` is sent in place of the key of a call. Nothing reaches the disk
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
        registry: Registry | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        if mode not in MODES:
            raise ValueError(f"a mode is one of {', '.join(MODES)}, not {mode!r}")
        path = None if path is None else Path(path)
        self.path = path
        self.mode = mode
        self.upstream = upstream.rstrip("/")
        self.upstream_key = upstream_key
        self.registry = registry or Registry.load()
        self.operations = Operations(self.registry)
        self.guard = guard or Guard(upstream)
        self.verdicts: Counter[Verdict] = Counter()
        self.refused: list[str] = []
        """The message of each MISS and BLOCKED."""
        self.problems: list[str] = []
        """Why answers that were passed on were not recorded."""
        self.charged = 0
        """Credits that were charged for what was LIVE."""
        self.verified: list[tuple[Interaction, Interaction]] = []
        """In mode verify: (recorded, live) of what was called."""
        self.redactor = redactor
        """What removes personal data; to be set before the first request."""
        self._now = now
        self._existed = path is not None and path.exists()
        self._correlation = Correlation(self.registry)
        self._matching = Matching(self.registry.operations)
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

    # Requests

    def decide(self, request: RecorderRequest) -> Interaction | None:
        """The recorded answer, or None where the request is to be forwarded.

        Raises:
            CassetteMissError: it is not recorded, and the mode forwards nothing.
            LiveCallError: it would be forwarded, and may not be.
            CassetteError: it would be forwarded, and the answer could not be written.
        """
        operation = self.operations.find(request.method, request.path)
        operation_id = None if operation is None else operation.id
        replays = self.mode in {"none", "new"} or (self.mode == "once" and self._existed)
        if self.mode == "verify" and not is_free(operation):
            if self.guard.max_credits is not None:
                with contextlib.suppress(LiveCallError):  # then it is replayed
                    self.guard.check(operation, request)
                    return None
            replays = True
        if replays:
            recording = self._take(request, operation_id)
            if recording is None and self.mode == "new":
                with self._writing:
                    self._catch_up()  # another process may have recorded it meanwhile
                recording = self._take(request, operation_id)
            if recording is not None:
                self._count("HIT")
                return self._correlation.answer_for(request.body, recording)
            if self.mode != "new":
                self._count("MISS")
                miss = CassetteMissError(self._path, self._miss(request, operation_id))
                self.refused.append(str(miss))
                raise miss
        if self.mode in _RECORDS:
            check_writable(self._path)  # before the answer is paid for
            if self.redactor is None:
                raise CassetteError(self._path, _NO_REDACTION)
        if self._unwritten:
            self.refuse(
                f"BLOCKED: {operation_id or 'a call'} was not sent to {self.upstream}, as its answer could "
                f"not be kept: {self._unwritten}"
            )
        try:
            self.guard.check(operation, request)
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

    def operation(self, request: RecorderRequest) -> str | None:
        """The contract's id of a request."""
        operation = self.operations.find(request.method, request.path)
        return None if operation is None else operation.id

    @property
    def _path(self) -> Path:
        if self.path is None:
            raise MockLushaError("this recorder has no cassette: it only forwards")
        return self.path

    def keep(self, request: RecorderRequest, answer: Interaction, content: bytes | None = None) -> int | None:
        """Take the answer to a request that was forwarded, whose fields of the request need not be set;
        returns the credits it is counted with, None where they are unknown. ``content`` are its bytes,
        decoded.

        An answer that cannot be redacted or written as YAML is not recorded, and stands in ``problems``.

        Raises:
            CassetteError: the file cannot be written; nothing more is forwarded then.
        """
        self._count("LIVE")
        cost = self._count_cost(request, answer.status, _exact_answer(answer, content))
        if self.mode == "passthrough":
            return cost
        if is_deep(request.body) or is_deep(answer.answer):
            self._note_unrecorded(request, f"it is nested more than {MOST_DEPTH} deep")
            return cost
        raw = replace(
            answer,
            operation=self.operation(request),
            method=request.method,
            path=request.path,
            query=request.query,
            body=request.body,
            has_body=request.has_body,
            credits=cost,
        )
        try:
            if self.mode == "verify":
                match = self._take(request, raw.operation)
                if match is not None:
                    recording = self._correlation.interaction(match)
                    self.verified.append((recording, self._redact(raw, request.secrets)))
            else:
                self._write(self._redact(raw, request.secrets))
        except (OSError, CassetteError) as error:
            self._unwritten = error.strerror or str(error) if isinstance(error, OSError) else str(error)
            if isinstance(error, CassetteError):
                raise
            raise CassetteError(self._path, f"cannot be written: {self._unwritten}") from None
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets the answer that was paid for
            self._note_unrecorded(request, f"{type(error).__name__}: it cannot be redacted and written")
        return cost

    def pass_over(self, request: RecorderRequest, status: int, why: str) -> int | None:
        """Count the answer to a request that was forwarded, and that cannot be read and so not be recorded;
        returns the credits it is counted with."""
        self._count("LIVE")
        cost = self._count_cost(request, status, None)
        if self.mode in _RECORDS or self.mode == "verify":
            self._note_unrecorded(request, why)
        return cost

    def _count_cost(self, request: RecorderRequest, status: int, answer: Any) -> int | None:
        cost = self.guard.count(self.operations.find(request.method, request.path), request, status, answer)
        with self._counting:
            self.charged += cost or 0
        return cost

    def _note_unrecorded(self, request: RecorderRequest, why: str) -> None:
        # Neither path nor error's text: they may be personal.
        what = self.operation(request) or "a path that the contract does not have"
        problem = f"{self._path}: the answer to {what} was passed on and not recorded: {why}"
        self.problems.append(problem)
        _log.warning("%s", problem)

    def _redact(self, raw: Interaction, secrets: Sequence[str]) -> Interaction:
        if self.redactor is None:
            raise CassetteError(self._path, _NO_REDACTION)
        ours = () if self.upstream_key is None else (self.upstream_key,)
        return self._correlation.redacted(raw, self.redactor, (*secrets, *ours))

    def _write(self, interaction: Interaction) -> None:
        interaction = replace(interaction, run=self._run)
        with self._writing, locked(self._path):
            if not self._fresh:
                self._catch_up()
            recordings = self._recordings
            addition = Addition(
                (interaction,),
                recorded_at=self._now().isoformat(timespec="seconds").replace("+00:00", "Z"),
                contract=self._fingerprint,
                plan=plan_of(interaction.headers) or recordings.plan,
                redaction={} if self.redactor is None else self.redactor.manifest(),
                format=FORMAT,
            )
            if self._fresh or recordings.oldest != FORMAT or not recordings.redaction:
                self._rewrite(addition)
            else:
                self._file_of().append(_text_of(addition, recordings))
                with self._counting:
                    recordings.add(addition)

    def _rewrite(self, addition: Addition) -> None:
        """Write the file whole: it is new, of an older format, or not redacted."""
        interactions: Iterable[Interaction] = () if self._fresh else self._recordings.interactions
        if self.redactor is not None and not self._recordings.redaction:
            # The cassette is going to say that it is redacted.
            interactions = [
                self._correlation.redacted(interaction, self.redactor) for interaction in interactions
            ]
        recordings = Recordings(
            [Addition(tuple(map(self._correlation.interaction, interactions)), format=FORMAT), addition],
            self._key,
        )
        cassette = gathered(recordings)
        self._file_of().replace(dumps(cassette), len(cassette.interactions))
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
            for addition in news.additions:
                self._recordings.add(addition)

    @cached_property
    def _fingerprint(self) -> str:
        return contract_fingerprint(self.registry)

    def _file_of(self) -> CassetteFile:
        if self._file is None:
            raise MockLushaError("this recorder has no cassette: it only forwards")
        return self._file

    def discard(self) -> None:
        """Put the cassette back as it was found, apart from what others recorded since; a new one with
        only this recorder's interactions is deleted."""
        if self._file is not None and self._file.path.parent.is_dir():
            with self._writing, locked(self._path):
                self._file.discard(self._run)

    # Looking up

    def _key(self, interaction: Interaction) -> str:
        body = self._correlation.body(interaction.operation, interaction.body)
        return self._matching.key(
            interaction if body is interaction.body else replace(interaction, body=body)
        )

    def _as_recorded(
        self, request: RecorderRequest, operation: str | None, *, keep_known: bool = True
    ) -> Interaction:
        query, numbered_body = request.query, self._correlation.body(operation, request.body)
        method, path, body = request.method, request.path, numbered_body
        redacts = self._recordings.redaction or self._recordings.oldest is None
        if self.redactor is not None and redacts:
            method = known_method(method)
            unredacted = path, query, request.body
            path, query, body = self._correlation.redacted_request(
                operation, unredacted, self.redactor, request.secrets
            )
        if self.redactor is not None and redacts and keep_known:
            # A client that got a pseudonym from a replayed answer sends it back: it must not get another one.
            with self._counting:
                texts = self._recordings.texts
            query = tuple(
                one if one[1] in texts else other for one, other in zip(request.query, query, strict=True)
            )
            body = with_recorded_texts(numbered_body, body, texts)
            path = with_recorded_segments(request.path, path, texts)
        return Interaction(
            method, path, 0, operation=operation, query=query, body=body, has_body=request.has_body
        )

    def has(self, request: RecorderRequest) -> bool:
        """Whether a request is recorded. The message of a miss takes as long as the cassette is; this does
        not."""
        return any(map(self._recordings.has, self._keys(request, self.operation(request))))

    def _keys(self, request: RecorderRequest, operation: str | None) -> Iterator[str]:
        # What was sent may stand in the cassette by chance too, so it is looked up without that first.
        for keep_known in (False, True):
            yield self._key(self._as_recorded(request, operation, keep_known=keep_known))

    def _take(self, request: RecorderRequest, operation: str | None) -> Interaction | None:
        """The next recording of a request; the last one is repeated."""
        for key in self._keys(request, operation):
            with self._counting:
                recording = self._recordings.find(key, self._taken[key])
                if recording is not None:
                    self._taken[key] += 1
                    return recording
        return None

    def _miss(self, request: RecorderRequest, operation: str | None) -> str:
        looked_up = self._as_recorded(request, operation)
        return miss_message(looked_up, self._recordings, self._correlation, self._matching, self._mask)

    @cached_property
    def _mask(self) -> Redactor:
        """Hides the people that a request names in a message: a replayed cassette may not be redacted."""
        from mock_lusha.recorder.redaction import masking  # noqa: PLC0415 - for a message alone

        return self.redactor or masking(self.registry)


def _exact_answer(answer: Interaction, content: bytes | None) -> Any:
    """The JSON of an answer, None where two readers may read it differently."""
    if not answer.has_answer:
        return None
    try:
        return exact(answer.content() if content is None else content)
    except InexactError:
        return None


def _text_of(addition: Addition, before: Recordings) -> str:
    """The text of a document that says what is new."""
    news: dict[str, Any] = {"recorded_at": addition.recorded_at}
    news |= {} if addition.contract == before.contract else {"contract": addition.contract}
    news |= {} if addition.plan == before.plan else {"plan": addition.plan}
    news |= {} if addition.redaction == before.redaction else {"redaction": addition.redaction}
    return added(addition.interactions[0], **news)


def read_body(content: bytes) -> tuple[Any, bool]:
    """The JSON of a request's body, and whether there is one; a body that is not JSON is its text."""
    if not content.strip():
        return None, False
    try:
        return orjson.loads(content), True
    except orjson.JSONDecodeError:
        return content.decode("utf-8", "replace"), True


def stopwatch() -> float:
    """Seconds of a clock; only differences between them mean anything."""
    return time.perf_counter()
