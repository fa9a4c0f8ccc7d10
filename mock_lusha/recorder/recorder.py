"""The recorder: what becomes of a request, by the mode, the cassette and the guard."""

from __future__ import annotations

import contextlib
import os
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import orjson

from mock_lusha.contract.document import Contract
from mock_lusha.errors import MockLushaError
from mock_lusha.recorder.cassette import (
    Cassette,
    CassetteError,
    canonical,
    contract_fingerprint,
    load,
    locked,
    save,
)
from mock_lusha.recorder.guard import Guard, LiveCallError, is_free
from mock_lusha.recorder.interaction import Interaction
from mock_lusha.recorder.operations import Operations
from mock_lusha.recorder.plans import plan_of
from mock_lusha.recorder.pseudonyms import RULES
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from mock_lusha.recorder.redaction import Redactor

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


class CassetteMissError(CassetteError):
    """MISS: a request is not in the cassette; the message names the nearest that are, and how they differ."""


@frozen
class Asked:
    """A request as it came. ``secrets`` are the keys that its headers carry."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Any = None
    has_body: bool = False
    secrets: tuple[str, ...] = ()


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
        path: Path | None,
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
        self.charged = 0
        """Credits that were charged for what was LIVE."""
        self.verified: list[tuple[Interaction, Interaction]] = []
        """In mode verify: (recorded, live) of what was called."""
        self._redactor = redactor
        self._masking: Redactor | None = None
        self._now = now
        self._existed = path is not None and path.exists()
        self._before = path.read_bytes() if path is not None and self._existed else None
        self._tape = load(path) if path is not None and self._existed and mode != "rewrite" else Cassette()
        self._taken: Counter[str] = Counter()
        self._counting = Lock()
        self._renewed: set[str] = set()
        self._fresh = mode == "rewrite"
        self._wrote = False
        self._stamp: tuple[int, ...] = ()
        self._keys = self._indexed(self._tape.interactions)
        self._texts = _texts_of(self._tape)

    @property
    def cassette(self) -> Cassette:
        """What is recorded so far."""
        return self._tape

    # A request

    def decide(self, asked: Asked) -> Interaction | None:
        """The recorded answer, or None where the request is to be forwarded.

        Raises:
            CassetteMissError: it is not recorded, and the mode forwards nothing.
            LiveCallError: it would be forwarded, and may not be.
            CassetteError: it would be forwarded, and the answer could not be written.
        """
        operation = self.operation(asked)
        replays = self.mode in {"none", "new"} or (self.mode == "once" and self._existed)
        if self.mode == "verify" and not is_free(operation):
            if self.guard.max_credits is not None:
                with contextlib.suppress(LiveCallError):  # then it is replayed
                    self.guard.check(operation, asked.query, asked.body)
                    return None
            replays = True
        if replays:
            found = self._take(asked, operation)
            if found is not None:
                self._count("HIT")
                return found
            if self.mode != "new":
                self._count("MISS")
                miss = CassetteMissError(self._path, self._miss(asked, operation))
                self.refused.append(str(miss))
                raise miss
        if self.mode in _RECORDS:
            _check_writable(self._path)  # before the answer is paid for
        try:
            self.guard.check(operation, asked.query, asked.body)
        except LiveCallError as error:
            self._count("BLOCKED")
            self.refused.append(str(error))
            raise
        return None

    def _count(self, verdict: Verdict) -> None:
        with self._counting:
            self.verdicts[verdict] += 1

    def operation(self, asked: Asked) -> str | None:
        """The contract's id of a request."""
        found = self.operations.find(asked.method, asked.path)
        return None if found is None else found.id

    @property
    def _path(self) -> Path:
        if self.path is None:
            raise MockLushaError("this recorder has no cassette: it only forwards")
        return self.path

    def keep(self, asked: Asked, answered: Interaction) -> None:
        """Take the answer to a request that was forwarded, whose fields of the request need not be set.

        Raises:
            CassetteError: it cannot be written.
        """
        self._count("LIVE")
        raw = replace(
            answered,
            operation=self.operation(asked),
            method=asked.method,
            path=asked.path,
            query=asked.query,
            body=asked.body,
            has_body=asked.has_body,
        )
        raw = replace(raw, credits=self.guard.count(raw))
        self.charged += raw.credits or 0
        if self.mode == "verify":
            found = self._take(asked, raw.operation)
            if found is not None:
                self.verified.append((found, self._redacted(raw, asked.secrets)))
            return
        if self.mode == "passthrough":
            return
        self._write(self._redacted(raw, asked.secrets))

    def _redacted(self, raw: Interaction, secrets: Sequence[str]) -> Interaction:
        if self._redactor is None:
            raise CassetteError(self._path, "nothing is recorded without redaction: there is no key for it")
        ours = () if self.upstream_key is None else (self.upstream_key,)
        return self._redactor.interaction(raw, (*secrets, *ours))

    def _write(self, interaction: Interaction) -> None:
        key = _key(interaction)
        with locked(self._path):
            there = self._path.exists() and not self._fresh
            tape = Cassette()
            if there:
                # Another process may have written meanwhile.
                tape = self._tape if _stamp(self._path) == self._stamp else load(self._path)
            kept = tape.interactions
            if self._redactor is not None and not tape.redaction:
                # The cassette is going to say that it is redacted.
                kept = tuple(map(self._redactor.interaction, kept))
            if self.mode == "all" and key not in self._renewed:
                kept = tuple(each for each in kept if _key(each) != key)
            self._renewed.add(key)
            manifest: Mapping[str, Any] = {} if self._redactor is None else self._redactor.manifest()
            tape = Cassette(
                interactions=(*kept, interaction),
                recorded_at=self._now().isoformat(timespec="seconds").replace("+00:00", "Z"),
                contract=contract_fingerprint(self.contract.raw),
                plan=plan_of(interaction.headers) or tape.plan,
                redaction=manifest,
            )
            save(tape, self._path)
            self._wrote = True
            self._fresh = False
            self._tape = tape
            self._stamp = _stamp(self._path)
            self._keys = self._indexed(tape.interactions)
            self._texts = _texts_of(tape)

    def discard(self) -> None:
        """Put the cassette back as it was found; one that is new is gone."""
        if self.path is None or not self._wrote:
            return
        if self._before is not None:
            self.path.write_bytes(self._before)
        else:
            self.path.unlink(missing_ok=True)

    # Finding

    @staticmethod
    def _indexed(interactions: Iterable[Interaction]) -> dict[str, list[Interaction]]:
        found: dict[str, list[Interaction]] = {}
        for each in interactions:
            found.setdefault(_key(each), []).append(each)
        return found

    def _as_recorded(self, asked: Asked, operation: str | None, *, keep_known: bool = True) -> Interaction:
        path, query, body = asked.path, asked.query, asked.body
        redacts = self._tape.redaction or not self._tape.interactions
        if self._redactor is not None and redacts:
            path, query, body = self._redactor.request(operation, path, query, body, asked.secrets)
        if self._redactor is not None and redacts and keep_known:
            # Who was given a pseudonym by a replayed answer sends that, and it must not get another.
            query = tuple(
                one if one[1] in self._texts else other for one, other in zip(asked.query, query, strict=True)
            )
            body = _known_kept(asked.body, body, self._texts)
        return Interaction(
            asked.method, path, 0, operation=operation, query=query, body=body, has_body=asked.has_body
        )

    def _take(self, asked: Asked, operation: str | None) -> Interaction | None:
        """The next recording of a request; the last one is given again and again."""
        # What was sent may stand in the cassette by chance too, so it is looked up without that first.
        for keep_known in (False, True):
            key = _key(self._as_recorded(asked, operation, keep_known=keep_known))
            recorded = self._keys.get(key)
            if recorded:
                break
        else:
            return None
        with self._counting:
            turn = self._taken[key]
            self._taken[key] += 1
        return recorded[min(turn, len(recorded) - 1)]

    def _miss(self, asked: Asked, operation: str | None) -> str:
        sought = self._as_recorded(asked, operation)
        wanted = self._hidden().cleaned(sought)
        lines = [f"MISS: it has no {_shown(wanted)}"]
        ranked = sorted(
            enumerate(self._tape.interactions),
            key=lambda item: (item[1].operation != operation, len(list(differences(sought, item[1])))),
        )
        hidden = self._hidden()
        for index, recorded in ranked[:_NEAREST]:
            each = hidden.cleaned(recorded)
            first = next(iter(differences(wanted, each)), "nothing")
            lines.append(f"  near: interactions[{index}] {_shown(each)}: {first}")
        if not ranked:
            lines.append("  nothing is recorded in it")
        if self._tape.redaction and self._tape.redaction.get("version", 1) != RULES:
            lines.append("  older rules redacted it, by which not all is found again: see mode rewrite")
        return "\n".join(lines)

    def _hidden(self) -> Redactor:
        """What hides whom a request names where a message shows it: what is replayed may not be redacted."""
        if self._masking is None:
            from mock_lusha.recorder.redaction import masking  # noqa: PLC0415 - for a message alone

            self._masking = self._redactor or masking(self.contract)
        return self._masking


def _check_writable(path: Path) -> None:
    folder = next((each for each in path.absolute().parents if each.exists()), path)
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        why = "may not be written to" if folder.is_dir() else "is no folder"
        raise CassetteError(path, f"cannot be written: {folder} {why}")


def _stamp(path: Path) -> tuple[int, ...]:
    """What changes with every write of a file."""
    found = path.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino


def _texts_of(tape: Cassette) -> frozenset[str]:
    """Every text and number that stands in a cassette."""
    found: set[str] = set()

    def look(value: Any) -> None:
        if isinstance(value, dict):
            for name, item in value.items():
                found.add(name)
                look(item)
        elif isinstance(value, list):
            for item in value:
                look(item)
        elif isinstance(value, str | int) and not isinstance(value, bool):
            found.add(str(value))

    for each in tape.interactions:
        look([value for _, value in each.query])
        look(each.body)
        look(each.answer)
    return frozenset(found)


def _known_kept(sent: Any, redacted: Any, known: frozenset[str]) -> Any:
    """The redacted value, but with what was sent where that stands in the cassette as it is."""
    if isinstance(sent, dict) and isinstance(redacted, dict) and sent.keys() == redacted.keys():
        return {name: _known_kept(sent[name], redacted[name], known) for name in sent}
    if isinstance(sent, list) and isinstance(redacted, list) and len(sent) == len(redacted):
        return [_known_kept(one, other, known) for one, other in zip(sent, redacted, strict=True)]
    if isinstance(sent, str | int) and not isinstance(sent, bool) and str(sent) in known:
        return sent
    return redacted


def _shown(interaction: Interaction) -> str:
    query = "&".join(f"{name}={value}" for name, value in interaction.query)
    return f"{interaction.method} {interaction.path}" + (f"?{query}" if query else "")


def _key(interaction: Interaction) -> str:
    """What makes two requests one: operation (or method and path), query and body."""
    body = canonical(interaction.body) if interaction.has_body else ""
    query = sorted((name.removesuffix("[]"), value) for name, value in interaction.query)
    return "\n".join((*_place(interaction), canonical(query), body))


def _place(interaction: Interaction) -> tuple[str, str]:
    if interaction.operation is None:
        return interaction.method, interaction.path
    # The answer to a HEAD has no body, and so is none to a GET.
    method = "HEAD " if interaction.method == "HEAD" else ""
    segment = interaction.path.rstrip("/").rpartition("/")[2]
    return method + interaction.operation, segment if interaction.operation == "getSignalOptions" else ""


def differences(wanted: Interaction, recorded: Interaction) -> Iterable[str]:
    """How a recorded request differs from a wanted one."""
    if _place(wanted) != _place(recorded):
        yield f"it is {recorded.method} {recorded.path}"
    sent, there = _pairs(wanted.query), _pairs(recorded.query)
    for name in sorted({*sent, *there}):
        if sent.get(name) != there.get(name):
            one, other = (_text(values.get(name)) for values in (there, sent))
            yield f"its query.{name} is {one}, not {other}"
    if wanted.has_body != recorded.has_body:
        yield "it has a body" if recorded.has_body else "it has no body"
    elif wanted.has_body:
        yield from _unlike(wanted.body, recorded.body, "body")


def _pairs(query: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in query:
        found.setdefault(name.removesuffix("[]"), []).append(value)
    return {name: sorted(values) for name, values in found.items()}


def _unlike(wanted: Any, there: Any, where: str) -> Iterable[str]:
    if isinstance(wanted, dict) and isinstance(there, dict):
        for name in sorted({*wanted, *there}, key=str):
            if name not in there:
                yield f"its {where} has no {name}"
            elif name not in wanted:
                yield f"its {where} has {name} besides"
            else:
                yield from _unlike(wanted[name], there[name], f"{where}.{name}")
    elif isinstance(wanted, list) and isinstance(there, list):
        if len(wanted) != len(there):
            yield f"its {where} has {len(there)} items, not {len(wanted)}"
        for index, (one, other) in enumerate(zip(wanted, there, strict=False)):
            yield from _unlike(one, other, f"{where}[{index}]")
    elif canonical(wanted) != canonical(there):
        yield f"its {where} is {_short(canonical(there))}, not {_short(canonical(wanted))}"


def _text(values: list[str] | None) -> str:
    if values is None:
        return "absent"
    return _short(canonical(values[0] if len(values) == 1 else values))


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


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
