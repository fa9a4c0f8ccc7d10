"""What the server counts, in the text format of Prometheus: written by hand, from counters that are there.

Labels have few values: operations, statuses, errors and words of ours, and never what a caller sent.

Where processes share their state they count calls, credits, faults and limits alike. What is of one alone
(how long calls took that it served, since when it runs) has the label ``worker`` where there are workers.
"""

from __future__ import annotations

import logging
import platform
from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from mock_lusha.api.reply import Reply
from mock_lusha.log_writer import LogWriter
from mock_lusha.state.limits import window_of
from mock_lusha.state.totals import BOUNDS, OTHER
from mock_lusha.values import mutable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mock_lusha.control.context import ControlContext, ControlRequest
    from mock_lusha.state.totals import Totals

PROMETHEUS: Final = "text/plain; version=0.0.4; charset=utf-8"
OPEN_METRICS: Final = "application/openmetrics-text; version=1.0.0; charset=utf-8"
_ESCAPES: Final = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})
_STATES: Final = ("ready", "warming", "draining")


@mutable
class _Family:
    """A metric: its name without ``_total``, its type, what it is, and its samples.

    A sample is what is added to the name, its labels, and its value.
    """

    name: str
    type: str
    help: str
    samples: Iterable[tuple[str, Mapping[str, str], float]]


def metrics(context: ControlContext, request: ControlRequest) -> Reply:
    """What the server counts. OpenMetrics is written where ``Accept`` prefers it: Prometheus asks so."""
    open_metrics = _prefers_open_metrics(request.headers.get("accept", ""))
    lines = [line for family in _families(context) for line in _lines(family, open_metrics=open_metrics)]
    lines += ["# EOF"] if open_metrics else []
    content = "".join(f"{line}\n" for line in lines).encode()
    return Reply(content, content_type=OPEN_METRICS if open_metrics else PROMETHEUS)


def _prefers_open_metrics(accept: str) -> bool:
    weights = {"application/openmetrics-text": 0.0, "text/plain": 0.0}
    for choice in accept.split(","):
        kind, *parameters = (part.strip().lower() for part in choice.split(";"))
        if kind in weights:
            values = [part[2:] for part in parameters if part.startswith("q=")]
            try:
                weights[kind] = max(weights[kind], float(values[0]) if values else 1.0)
            except ValueError:
                continue  # what cannot be read is not preferred
    return weights["application/openmetrics-text"] > 0 and (
        weights["application/openmetrics-text"] >= weights["text/plain"]
    )


def _lines(family: _Family, *, open_metrics: bool) -> Iterator[str]:
    # OpenMetrics names a counter without the suffix of its samples.
    suffix = "_total" if family.type == "counter" and not open_metrics else ""
    yield f"# HELP {family.name}{suffix} {family.help}"
    yield f"# TYPE {family.name}{suffix} {family.type}"
    for ending, labels, value in family.samples:
        listed = ",".join(f'{name}="{text.translate(_ESCAPES)}"' for name, text in labels.items())
        yield f"{family.name}{ending}{{{listed}}} {value}" if labels else f"{family.name}{ending} {value}"


def _families(context: ControlContext) -> Iterator[_Family]:
    """All metrics, those of the API first."""
    totals, journal, worker = context.accounts.totals.sum(), context.journal, context.readiness.worker
    own = {} if worker is None else {"worker": str(worker)}
    yield from _call_families(totals, own)
    yield _counter(
        "mock_lusha_calls_unshared",
        "Calls that ended before they were in the store, by error: they changed nothing.",
        "error",
        totals.unshared,
        own,
    )
    yield _counter(
        "mock_lusha_faults",
        "Calls that a rule of a scenario changed, by what it did.",
        "fault",
        totals.faults,
    )
    yield _counter(
        "mock_lusha_webhook_attempts",
        "Attempts to deliver webhooks, by what came of them.",
        "outcome",
        {"success": 0, "failed": 0, "permanent_failure": 0, **totals.attempts},
    )
    entries, size = journal.kept
    yield _gauge("mock_lusha_accounts", "Accounts that are kept.", len(context.accounts))
    yield _gauge("mock_lusha_journal_entries", "Exchanges that the journal keeps.", entries)
    yield _gauge("mock_lusha_journal_bytes", "Bytes of requests and answers that the journal keeps.", size)
    yield _gauge("mock_lusha_event_streams", "Streams of events that are open.", journal.watchers, own)
    yield _Family(
        "mock_lusha_state",
        "gauge",
        "1 for the state that /_mock/ready tells.",
        [("", {"state": state, **own}, int(state == context.readiness.state)) for state in _STATES],
    )
    handlers = logging.getLogger("mock_lusha").handlers
    yield _Family(
        "mock_lusha_log_lines_dropped",
        "counter",
        "Lines of the log that were dropped, since nobody read them.",
        [("_total", own, sum(each.dropped for each in handlers if isinstance(each, LogWriter)))],
    )
    yield _Family(
        "mock_lusha_build_info",
        "gauge",
        "1, with the versions of mock-lusha and of Python.",
        [("", {"version": context.version, "python": platform.python_version()}, 1)],
    )
    yield _gauge(
        "process_start_time_seconds", "When the server began, since the epoch.", context.started, own
    )


def _call_families(totals: Totals, own: Mapping[str, str]) -> Iterator[_Family]:
    calls = sorted(("none" if name is None else name, each) for name, each in totals.calls.items())
    statuses: Counter[tuple[str, str]] = Counter()
    errors: Counter[str] = Counter()
    windows: Counter[str] = Counter({"second": 0, "minute": 0, "hourly": 0, "daily": 0})
    for operation, each in calls:
        for (status, error), count in each.outcomes.items():
            statuses[operation, "other" if status == OTHER else str(status)] += count
            if error is not None:
                errors[error] += count
                window = "second" if error == "too-many-requests" else window_of(error)
                if window is not None:
                    windows[window] += count
    yield _Family(
        "mock_lusha_calls",
        "counter",
        "Calls of the API, by operation (none where the path has none) and status (0 where none was sent).",
        [
            ("_total", {"operation": operation, "status": status}, count)
            for (operation, status), count in sorted(statuses.items())
        ],
    )
    yield _Family(
        "mock_lusha_call_duration_seconds",
        "histogram",
        "How long calls took in the server, delays of scenarios included.",
        [
            sample
            for operation, each in calls
            for sample in _histogram({"operation": operation, **own}, each.buckets, each.ms / 1000)
        ],
    )
    yield _Family(
        "mock_lusha_credits_charged",
        "counter",
        "Credits that calls cost, by operation, and webhooks (webhook).",
        [
            *(("_total", {"operation": operation}, each.charged) for operation, each in calls),
            ("_total", {"operation": "webhook"}, totals.delivery_credits),
        ],
    )
    yield _counter("mock_lusha_limits", "Calls that a limit refused with 429, by window.", "window", windows)
    yield _counter(
        "mock_lusha_errors", "Calls that ended with an error or a fault, by name.", "error", errors
    )


def _histogram(
    labels: Mapping[str, str], buckets: Iterable[int], seconds: float
) -> Iterator[tuple[str, Mapping[str, str], float]]:
    sums = list(accumulate(buckets))
    bounds = [*(str(bound / 1000) for bound in BOUNDS), "+Inf"]
    for bound, count in zip(bounds, sums, strict=True):
        yield "_bucket", {**labels, "le": bound}, count
    yield "_sum", labels, round(seconds, 9)
    yield "_count", labels, sums[-1]


def _counter(
    name: str, about: str, label: str, counts: Mapping[str, int], own: Mapping[str, str] | None = None
) -> _Family:
    labels = own or {}
    samples = [("_total", {label: value, **labels}, count) for value, count in sorted(counts.items())]
    return _Family(name, "counter", about, samples)


def _gauge(name: str, about: str, value: float, own: Mapping[str, str] | None = None) -> _Family:
    return _Family(name, "gauge", about, [("", own or {}, value)])
