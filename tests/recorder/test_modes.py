"""What becomes of a request: by the mode, by what is recorded, and by who else writes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from recorder.calls import LIVE, LOOPBACK, USAGE, ask, company, counts

from mock_lusha.recorder.cassette import Cassette, CassetteError, contract_fingerprint, load, save
from mock_lusha.recorder.guard import LiveCallError
from mock_lusha.recorder.interaction import Interaction
from mock_lusha.recorder.opening import verified
from mock_lusha.recorder.plans import plan_of
from mock_lusha.recorder.recorder import MODES, CassetteMissError, Recorder, read_body

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mock_lusha.contract.registry import Registry
    from mock_lusha.recorder.redaction import Redactor
    from mock_lusha.recorder.request import RecorderRequest

# The modes


@pytest.mark.parametrize(
    ("mode", "there", "known", "unknown"),
    [
        ("none", True, "HIT", "MISS"),
        ("none", False, "MISS", "MISS"),
        ("once", True, "HIT", "MISS"),
        ("once", False, "LIVE", "LIVE"),
        ("new", True, "HIT", "LIVE"),
        ("new", False, "LIVE", "LIVE"),
        ("all", True, "LIVE", "LIVE"),
        ("all", False, "LIVE", "LIVE"),
        ("rewrite", True, "LIVE", "LIVE"),
        ("rewrite", False, "LIVE", "LIVE"),
        ("verify", True, "HIT", "MISS"),
        ("passthrough", True, "LIVE", "LIVE"),
        ("passthrough", False, "LIVE", "LIVE"),
    ],
)
@pytest.mark.usefixtures("recorded")
def test_a_mode_and_what_is_recorded_decide_the_verdict(
    recorder: Callable[..., Recorder], path: Path, mode: str, there: bool, known: str, unknown: str
) -> None:
    if not there:
        path.unlink()
    for asked, verdict in ((company(), known), (company("other.com"), unknown)):
        each = recorder(mode)
        if verdict == "MISS":
            with pytest.raises(CassetteMissError, match="MISS"):
                ask(each, asked)
        else:
            assert (ask(each, asked) == "live") == (verdict == "LIVE")
        assert counts(each) == {verdict: 1}
        if not there:
            path.unlink(missing_ok=True)


@pytest.mark.parametrize("mode", [mode for mode in MODES if mode not in {"none", "verify"}])
@pytest.mark.usefixtures("recorded")
def test_what_may_not_be_called_is_blocked(recorder: Callable[..., Recorder], path: Path, mode: str) -> None:
    before = path.read_bytes()
    if mode == "once":
        path.unlink()
    each = recorder(mode, upstream=LIVE)
    with pytest.raises(LiveCallError, match=r"^BLOCKED: searchSingleCompanyV2 was not sent"):
        ask(each, company("other.com"))
    assert counts(each) == {"BLOCKED": 1}
    assert not path.exists() if mode == "once" else path.read_bytes() == before


@pytest.mark.parametrize("mode", ["", "record", "ONCE", "None"])
def test_an_unknown_mode_is_refused_and_names_those_there_are(path: Path, mode: str) -> None:
    with pytest.raises(ValueError, match="none, once, new, all, rewrite, verify, passthrough"):
        Recorder(path, mode)


@pytest.mark.parametrize("mode", ["none", "verify", "passthrough"])
def test_a_mode_that_records_nothing_leaves_the_file_as_it_is(
    recorder: Callable[..., Recorder], recorded: Path, mode: str
) -> None:
    before = recorded.read_bytes()
    each = recorder(mode)
    ask(each, company())
    ask(each, USAGE) if mode != "none" else None
    assert recorded.read_bytes() == before


def test_once_records_all_of_the_first_session(recorder: Callable[..., Recorder], path: Path) -> None:
    first = recorder("once")
    assert [ask(first, company(), {"n": n}) for n in range(3)] == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert counts(first) == {"LIVE": 3}
    assert len(load(path).interactions) == 3


def test_new_replays_what_it_has_recorded_itself(recorder: Callable[..., Recorder]) -> None:
    each = recorder("new")
    assert [ask(each, company(), {"n": n}) for n in range(3)] == [{"n": 0}] * 3
    assert counts(each) == {"LIVE": 1, "HIT": 2}


def test_new_keeps_what_is_there(recorder: Callable[..., Recorder], recorded: Path) -> None:
    before = load(recorded).interactions
    ask(recorder("new"), company("other.com"))
    assert load(recorded).interactions[:2] == before
    assert len(load(recorded).interactions) == 3


def test_all_renews_what_is_asked_and_keeps_the_rest(
    recorder: Callable[..., Recorder], recorded: Path
) -> None:
    each = recorder("all")
    ask(each, company(), {"n": 1})
    ask(each, company(), {"n": 2})
    answers = [found.answer for found in load(recorded).interactions]
    assert answers == [{"usage": {"credits": {"total": 9}}}, {"n": 1}, {"n": 2}]


def test_rewrite_keeps_nothing_of_before(recorder: Callable[..., Recorder], recorded: Path) -> None:
    each = recorder("rewrite")
    assert each.cassette.interactions == ()
    ask(each, company(), {"n": 1})
    ask(each, USAGE, {"n": 2})
    assert [found.answer for found in load(recorded).interactions] == [{"n": 1}, {"n": 2}]


def test_rewrite_that_is_asked_nothing_leaves_the_cassette(
    recorder: Callable[..., Recorder], recorded: Path
) -> None:
    before = recorded.read_bytes()
    recorder("rewrite")
    assert recorded.read_bytes() == before


def test_passthrough_needs_no_cassette() -> None:
    each = Recorder(None, "passthrough", upstream=LOOPBACK)
    assert ask(each, company()) == "live"
    assert counts(each) == {"LIVE": 1}


def test_nothing_is_written_without_redaction(path: Path) -> None:
    each = Recorder(path, "once", upstream=LOOPBACK)
    with pytest.raises(CassetteError, match="nothing is recorded without redaction"):
        ask(each, company())
    assert not path.exists()


# Mode verify


@pytest.mark.parametrize(
    ("upstream", "cap", "asked", "verdict"),
    [
        (LOOPBACK, None, company(), "HIT"),
        (LOOPBACK, None, USAGE, "LIVE"),
        (LOOPBACK, 5, company(), "LIVE"),
        (LOOPBACK, 0, company(), "HIT"),
        (LIVE, 0, company(), "HIT"),
        (LIVE, 0, USAGE, "LIVE"),
        (LIVE, 1, company(), "LIVE"),
        (LIVE, None, company(), "HIT"),
        (LIVE, None, USAGE, "BLOCKED"),
    ],
)
@pytest.mark.usefixtures("recorded")
def test_verify_calls_what_is_free_or_within_the_cap_and_replays_the_rest(
    recorder: Callable[..., Recorder], upstream: str, cap: int | None, asked: RecorderRequest, verdict: str
) -> None:
    each = recorder("verify", upstream, cap)
    if verdict == "BLOCKED":
        with pytest.raises(LiveCallError):
            ask(each, asked)
    else:
        ask(each, asked)
    assert counts(each) == {verdict: 1}
    assert len(each.verified) == (verdict == "LIVE")


@pytest.mark.usefixtures("recorded")
def test_verify_replays_from_where_the_cap_is_reached(recorder: Callable[..., Recorder]) -> None:
    each = recorder("verify", LIVE, 1)
    ask(each, company(), {"creditsCharged": 1})
    ask(each, company(), {"creditsCharged": 1})
    assert counts(each) == {"LIVE": 1, "HIT": 1}
    assert each.guard.spent == 1


@pytest.mark.usefixtures("recorded")
def test_verify_tells_what_moved(recorder: Callable[..., Recorder]) -> None:
    each = recorder("verify")
    ask(each, USAGE, {"usage": {"credits": {"total": "9"}}})
    assert [drift.where for drift in verified(each) if "total" in str(drift)]


@pytest.mark.usefixtures("recorded")
def test_verify_of_the_same_answer_tells_nothing(recorder: Callable[..., Recorder]) -> None:
    each = recorder("verify")
    answer = {"usage": {"credits": {"total": 8}}}
    ask(each, USAGE, answer)
    before = each.verified[0][0]
    each.verified[:] = [(before, replace(before, answer=answer))]
    assert not [drift for drift in verified(each) if "total" in str(drift)]


# What is written


def test_a_cassette_says_when_and_how_it_was_recorded(
    path: Path, redactor: Redactor, registry: Registry
) -> None:
    when = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
    each = Recorder(path, "once", redactor=redactor, upstream=LOOPBACK, now=lambda: when)
    headers = {"x-rate-limit-minute": "50", "x-rate-limit-hourly": "150", "x-rate-limit-daily": "1500"}
    assert each.decide(company()) is None
    each.keep(company(), Interaction("GET", "/v2/company", 200, headers=headers))
    tape = load(path)
    assert (tape.recorded_at, tape.plan) == ("2026-03-31T12:00:00Z", "pro")
    assert tape.contract == contract_fingerprint(registry)
    assert tape.redaction == redactor.manifest()


@pytest.mark.parametrize(
    ("limits", "plan"),
    [
        (("40", None, "100"), "free"),
        (("50", "150", "1500"), "pro"),
        (("300", "1800", "18000"), "premium"),
        (("300", "5000", "50000"), "scale"),
        (("300", "600", "6000"), "legacy"),
        (("1", "2", "3"), None),
        ((None, None, None), None),
    ],
)
def test_the_plan_follows_from_the_limits(limits: tuple[str | None, ...], plan: str | None) -> None:
    names = ("minute", "hourly", "daily")
    pairs = zip(names, limits, strict=True)
    assert plan_of({f"x-rate-limit-{name}": limit for name, limit in pairs if limit}) == plan


@pytest.mark.parametrize(
    ("content", "read"),
    [
        (b"", (None, False)),
        (b" \n", (None, False)),
        (b"null", (None, True)),
        (b'{"a": 1}', ({"a": 1}, True)),
        (b"a=1", ("a=1", True)),
        (b"\xff", ("\ufffd", True)),
    ],
)
def test_a_body_is_read_as_json_or_as_text(content: bytes, read: tuple[Any, bool]) -> None:
    assert read_body(content) == read


# Discarding


def test_a_new_cassette_that_is_discarded_is_gone(recorder: Callable[..., Recorder], path: Path) -> None:
    each = recorder("once")
    ask(each, company())
    assert path.exists()
    each.discard()
    assert not path.exists()


@pytest.mark.parametrize("mode", ["new", "all", "rewrite"])
def test_an_old_cassette_that_is_discarded_is_as_before(
    recorder: Callable[..., Recorder], recorded: Path, mode: str
) -> None:
    before = recorded.read_bytes()
    each = recorder(mode)
    ask(each, company("other.com"))
    assert recorded.read_bytes() != before
    each.discard()
    assert recorded.read_bytes() == before


@pytest.mark.parametrize("mode", MODES)
def test_discarding_leaves_alone_what_was_not_written(
    recorder: Callable[..., Recorder], recorded: Path, mode: str
) -> None:
    each = recorder(mode)
    save(Cassette(plan="of another"), recorded)
    each.discard()
    assert load(recorded).plan == "of another"


def test_discarding_without_a_cassette_does_nothing() -> None:
    Recorder(None, "passthrough").discard()
