"""What becomes of a request: by the mode, by what is recorded, and by who else writes."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from mock_lusha.config.environment import redaction_environ
from mock_lusha.recorder.cassette import Cassette, CassetteError, contract_fingerprint, load, save
from mock_lusha.recorder.guard import Guard, LiveCallError
from mock_lusha.recorder.interaction import Interaction
from mock_lusha.recorder.opening import open_recorder, verified
from mock_lusha.recorder.plans import plan_of
from mock_lusha.recorder.recorder import MODES, CassetteMissError, Recorder, read_body
from mock_lusha.recorder.redaction import KEY_FILE, KEY_VARIABLE, RedactionError, Redactor
from mock_lusha.recorder.request import RecorderRequest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mock_lusha.contract.document import Contract

LOOPBACK = "http://127.0.0.1:9"
LIVE = "https://api.lusha.com"
RECORDS = ("once", "new", "all", "rewrite")
USAGE = RecorderRequest("GET", "/account/usage")


def company(domain: str = "acme.com") -> RecorderRequest:
    return RecorderRequest("GET", "/v2/company", query=(("domain", domain),))


def people(*contacts: dict[str, Any], **more: Any) -> RecorderRequest:
    body = {"contacts": list(contacts), "metadata": {}, **more}
    return RecorderRequest("POST", "/v2/person", body=body, has_body=True)


def search(**body: Any) -> RecorderRequest:
    return RecorderRequest("POST", "/prospecting/contact/search", body=body, has_body=True)


def ask(recorder: Recorder, asked: RecorderRequest, answer: Any = "live", status: int = 200) -> Any:
    """The answer a client gets: the recorded one, or else the one that the upstream would give."""
    found = recorder.decide(asked)
    if found is not None:
        return found.answer
    recorder.keep(asked, Interaction(asked.method, asked.path, status, answer=answer, has_answer=True))
    return answer


def counts(recorder: Recorder) -> dict[str, int]:
    return {str(verdict): number for verdict, number in recorder.verdicts.items()}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tape.yaml"


@pytest.fixture
def redactor(contract: Contract) -> Redactor:
    return Redactor(b"a key of tests", contract)


@pytest.fixture
def recorder(path: Path, redactor: Redactor, contract: Contract) -> Callable[..., Recorder]:
    """A recorder of ``path`` over a loopback upstream: ``recorder("once", max_credits=3)``."""

    def make(mode: str, upstream: str = LOOPBACK, max_credits: int | None = None) -> Recorder:
        guard = Guard(upstream, max_credits)
        return Recorder(path, mode, redactor=redactor, guard=guard, upstream=upstream, contract=contract)

    return make


@pytest.fixture
def recorded(path: Path, recorder: Callable[..., Recorder]) -> Path:
    """A cassette with one company and the usage."""
    first = recorder("once")
    ask(first, company(), {"creditsCharged": 1, "data": {"founded": "1999"}})
    ask(first, USAGE, {"usage": {"credits": {"total": 9}}})
    return path


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


# Matching


@pytest.mark.parametrize(
    ("first", "again"),
    [
        pytest.param(
            RecorderRequest("GET", "/v2/person", query=(("firstName", "Ann"), ("lastName", "Poe"))),
            RecorderRequest("GET", "/v2/person", query=(("lastName", "Poe"), ("firstName", "Ann"))),
            id="the order of the query",
        ),
        pytest.param(
            search(filters={"contacts": {}}, pages={"page": 0, "size": 10}),
            search(pages={"size": 10, "page": 0}, filters={"contacts": {}}),
            id="the order of keys",
        ),
        pytest.param(
            search(pages={"page": 0, "size": 10}),
            search(pages={"page": 0.0, "size": 10.0}),
            id="the spelling of numbers",
        ),
        pytest.param(
            RecorderRequest("GET", "/v2/person", query=(("signals", "promotion"),)),
            RecorderRequest("GET", "/v2/person", query=(("signals[]", "promotion"),)),
            id="brackets of a list",
        ),
        pytest.param(company(), replace(company(), path="/v2/company/"), id="a slash at the end"),
    ],
)
def test_what_means_the_same_is_one_request(
    recorder: Callable[..., Recorder], first: RecorderRequest, again: RecorderRequest
) -> None:
    ask(recorder("once"), first, {"n": 1})
    assert ask(recorder("none"), again) == {"n": 1}


@pytest.mark.parametrize(
    ("first", "other"),
    [
        pytest.param(company(), company("other.com"), id="another value of the query"),
        pytest.param(
            company(), replace(company(), query=(*company().query, ("a", "1"))), id="more of the query"
        ),
        pytest.param(
            people({"email": "a@one.com"}), people({"email": "b@one.com"}), id="another value of the body"
        ),
        pytest.param(
            people({"email": "a@one.com"}, {"email": "b@one.com"}),
            people({"email": "b@one.com"}, {"email": "a@one.com"}),
            id="the order of a list",
        ),
        pytest.param(search(pages={"page": 0}), search(pages={"page": "0"}), id="a text for a number"),
        pytest.param(search(pages={"page": 1}), search(pages={"page": True}), id="true for one"),
        pytest.param(
            RecorderRequest("POST", "/v2/person", body=None, has_body=True),
            RecorderRequest("POST", "/v2/person"),
            id="null and no body",
        ),
        pytest.param(
            RecorderRequest("GET", "/elsewhere"), RecorderRequest("POST", "/elsewhere"), id="another method"
        ),
        pytest.param(
            RecorderRequest("GET", "/elsewhere"), RecorderRequest("GET", "/else"), id="another path"
        ),
        pytest.param(replace(company(), method="HEAD"), company(), id="the empty answer to a HEAD"),
        pytest.param(
            RecorderRequest("GET", "/api/signals/filters/contact"),
            RecorderRequest("GET", "/api/signals/filters/company"),
            id="a parameter in the path",
        ),
    ],
)
def test_what_means_another_thing_is_another_request(
    recorder: Callable[..., Recorder], first: RecorderRequest, other: RecorderRequest
) -> None:
    ask(recorder("once"), first, {"n": 1})
    each = recorder("none")
    with pytest.raises(CassetteMissError):
        ask(each, other)
    assert ask(each, first) == {"n": 1}


def test_answers_come_in_order_and_then_the_last_again(recorder: Callable[..., Recorder]) -> None:
    first = recorder("once")
    for n in range(3):
        ask(first, company(), {"n": n})
        ask(first, company("other.com"), {"other": n})
    each = recorder("none")
    assert [ask(each, company())["n"] for _ in range(5)] == [0, 1, 2, 2, 2]
    assert ask(each, company("other.com")) == {"other": 0}


def test_a_real_person_and_their_pseudonym_find_one_recording(recorder: Callable[..., Recorder]) -> None:
    by_email = RecorderRequest("GET", "/v2/person", query=(("email", "jane@corp.com"),))
    ask(recorder("once"), by_email, {"contact": {"data": {"firstName": "Jane"}}})
    each = recorder("none")
    query = each.cassette.interactions[0].query
    assert query[0][1] != "jane@corp.com"
    assert ask(each, by_email) == ask(each, replace(by_email, query=query))
    assert counts(each) == {"HIT": 2}


@pytest.mark.parametrize("name", ["1", "Georgia"], ids=["a number", "a text"])
def test_what_was_sent_is_found_though_the_cassette_says_the_same_elsewhere(
    recorder: Callable[..., Recorder], name: str
) -> None:
    asked = people({"contactId": name, "firstName": name, "email": "a@one.com"})
    ask(recorder("once"), asked, {"creditsCharged": 1, "data": {"country": "Georgia"}})
    assert ask(recorder("none"), asked)["creditsCharged"] == 1


def test_threads_that_ask_at_once_take_each_answer_in_turn(recorder: Callable[..., Recorder]) -> None:
    first = recorder("once")
    for n in range(8):
        ask(first, company(), {"n": n})
    each = recorder("none")
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: ask(each, company())["n"], range(8)))
    assert sorted(found) == list(range(8))
    assert counts(each) == {"HIT": 8}


# What a miss says


def missed(recorder: Recorder, asked: RecorderRequest) -> list[str]:
    with pytest.raises(CassetteMissError) as caught:
        recorder.decide(asked)
    return str(caught.value).splitlines()


def test_a_miss_names_the_nearest_three_of_the_same_operation(
    recorder: Callable[..., Recorder], path: Path
) -> None:
    first = recorder("once")
    ask(first, USAGE)
    for size in (10, 20, 30):
        ask(first, search(pages={"page": 1, "size": size}, filters={}))
    ask(first, search(pages={"page": 0, "size": 40}, filters={}))
    lines = missed(recorder("none"), search(pages={"page": 0, "size": 50}, filters={}))
    assert lines == [
        f"{path}: MISS: it has no POST /prospecting/contact/search",
        "  near: interactions[4] POST /prospecting/contact/search: its body.pages.size is 40, not 50",
        "  near: interactions[1] POST /prospecting/contact/search: its body.pages.page is 1, not 0",
        "  near: interactions[2] POST /prospecting/contact/search: its body.pages.page is 1, not 0",
    ]


def test_a_miss_in_an_empty_cassette_says_so(path: Path) -> None:
    save(Cassette(), path)
    each = Recorder(path)
    assert missed(each, company()) == [
        f"{path}: MISS: it has no GET /v2/company?domain=acme.com",
        "  nothing is recorded in it",
    ]


@pytest.mark.parametrize(
    ("there", "wanted", "said"),
    [
        (USAGE, company(), "it is GET /account/usage"),
        (company(), company("other.com"), 'its query.domain is "acme.com", not "other.com"'),
        (company(), RecorderRequest("GET", "/v2/company"), 'its query.domain is "acme.com", not absent'),
        (RecorderRequest("GET", "/v2/company"), company(), 'its query.domain is absent, not "acme.com"'),
        (search(pages={}), search(pages={}, filters={}), "its body has no filters"),
        (search(pages={}, filters={}), search(pages={}), "its body has filters besides"),
        (search(pages={"page": 0}), search(pages={"page": None}), "its body.pages.page is 0, not null"),
        (search(sizes=[1, 2]), search(sizes=[1]), "its body.sizes has 2 items, not 1"),
        (search(sizes=[1, 2]), search(sizes=[1, 3]), "its body.sizes[1] is 2, not 3"),
        (search(), RecorderRequest("POST", "/prospecting/contact/search"), "it has a body"),
        (RecorderRequest("POST", "/prospecting/contact/search"), search(), "it has no body"),
        (
            search(jobTitle="x " * 49),
            search(jobTitle="y"),
            'its body.jobTitle is "' + "x " * 29 + '…, not "y"',
        ),
    ],
)
def test_a_miss_names_the_first_difference(
    path: Path, there: RecorderRequest, wanted: RecorderRequest, said: str
) -> None:
    operation = Recorder(None, "passthrough").operation(there)
    known = Interaction(
        there.method,
        there.path,
        200,
        operation=operation,
        query=there.query,
        body=there.body,
        has_body=there.has_body,
    )
    save(Cassette((known,)), path)
    assert missed(Recorder(path), wanted)[1].endswith(f": {said}")


def test_an_old_path_of_an_operation_is_no_difference(
    recorder: Callable[..., Recorder], contract: Contract
) -> None:
    several = next(o for o in contract.operations.values() if len(o.paths) > 1 and o.method == "GET")
    new, old = several.paths[:2]
    ask(recorder("once"), RecorderRequest("GET", old, query=(("a", "1"),)), {"n": 1})
    assert ask(recorder("none"), RecorderRequest("GET", new, query=(("a", "1"),))) == {"n": 1}
    assert "query.a" in missed(recorder("none"), RecorderRequest("GET", new, query=(("a", "2"),)))[1]


def test_a_miss_names_nobody(recorder: Callable[..., Recorder]) -> None:
    key = "SECRET-0123456789"
    ask(recorder("once"), people({"email": "a@one.com"}))
    asked = replace(people({"email": "zelda.marked@marked.com"}), query=(("api_key", key),), secrets=(key,))
    text = "\n".join(missed(recorder("none"), asked))
    assert key not in text
    assert "marked" not in text.lower()


# What is written


def test_a_cassette_says_when_and_how_it_was_recorded(
    path: Path, redactor: Redactor, contract: Contract
) -> None:
    when = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
    each = Recorder(path, "once", redactor=redactor, upstream=LOOPBACK, now=lambda: when)
    headers = {"x-rate-limit-minute": "50", "x-rate-limit-hourly": "150", "x-rate-limit-daily": "1500"}
    assert each.decide(company()) is None
    each.keep(company(), Interaction("GET", "/v2/company", 200, headers=headers))
    tape = load(path)
    assert (tape.recorded_at, tape.plan) == ("2026-03-31T12:00:00Z", "pro")
    assert tape.contract == contract_fingerprint(contract)
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


# Opening


@pytest.mark.parametrize("mode", ["none", "verify"])
def test_a_cassette_that_is_not_there_cannot_be_replayed(path: Path, mode: str) -> None:
    with pytest.raises(CassetteError, match=f"there is no such cassette, .* mode {mode}"):
        open_recorder(path, mode)
    assert not list(path.parent.iterdir())


@pytest.mark.parametrize("mode", RECORDS)
def test_the_first_recording_makes_a_key_and_replay_reads_it(path: Path, mode: str) -> None:
    ask(open_recorder(path, mode, upstream=LOOPBACK), company(), {"n": 1})
    assert (path.parent / KEY_FILE).read_bytes().strip()
    assert ask(open_recorder(path), company()) == {"n": 1}


def test_the_key_of_the_environment_comes_first(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "a key of mine")
    assert redaction_environ() == {KEY_VARIABLE: "a key of mine"}
    ask(open_recorder(path, "once", upstream=LOOPBACK), company(), {"n": 1})
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    assert ask(open_recorder(path), company()) == {"n": 1}


@pytest.mark.parametrize("mode", ["none", "once", "new", "all", "verify"])
def test_a_cassette_of_another_key_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "a key of mine")
    ask(open_recorder(path, "once", upstream=LOOPBACK), company())
    monkeypatch.setenv(KEY_VARIABLE, "a key of yours")
    with pytest.raises(CassetteError, match=rf"was redacted with the key \w+, and .*{KEY_VARIABLE}"):
        open_recorder(path, mode)


@pytest.mark.parametrize("mode", ["none", "once", "new", "all", "verify"])
def test_without_its_key_a_cassette_is_refused_and_no_other_key_is_made(path: Path, mode: str) -> None:
    ask(open_recorder(path, "once", upstream=LOOPBACK), company())
    (path.parent / KEY_FILE).unlink()
    with pytest.raises(RedactionError, match="there is no redaction key"):
        open_recorder(path, mode)
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_cassette_of_another_key_may_be_rewritten(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "a key of mine")
    ask(open_recorder(path, "once", upstream=LOOPBACK), company(), {"n": 1})
    monkeypatch.setenv(KEY_VARIABLE, "a key of yours")
    ask(open_recorder(path, "rewrite", upstream=LOOPBACK), company(), {"n": 2})
    assert ask(open_recorder(path), company()) == {"n": 2}


def test_a_cassette_that_was_not_redacted_is_replayed_as_it_is(path: Path) -> None:
    person = Interaction(
        "GET", "/v2/person", 200, operation="searchSingleContact", query=(("email", "j@corp.com"),),
        answer={"n": 1}, has_answer=True,
    )  # fmt: skip
    save(Cassette((person,)), path)
    asked = RecorderRequest("GET", "/v2/person", query=(("email", "j@corp.com"),))
    assert ask(open_recorder(path), asked) == {"n": 1}
    each = open_recorder(path, "new", upstream=LOOPBACK)
    ask(each, company())
    assert ask(each, asked) == {"n": 1}
    assert ask(open_recorder(path), asked) == {"n": 1}
    # It says that it is redacted from now on, and so it is.
    assert load(path).redaction
    assert "j@corp.com" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.usefixtures("recorded")
def test_a_damaged_cassette_is_never_an_empty_one(
    recorder: Callable[..., Recorder], path: Path, mode: str
) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("...")], encoding="utf-8")
    if mode == "rewrite":  # it reads nothing of it
        ask(recorder(mode), company())
        assert len(load(path).interactions) == 1
        return
    with pytest.raises(CassetteError, match="is damaged"):
        recorder(mode)


# Who else writes, and where nobody can


SESSION = """
import sys
from pathlib import Path
from mock_lusha.recorder.interaction import Interaction
from mock_lusha.recorder.request import RecorderRequest
from mock_lusha.recorder.opening import open_recorder

path, name, upstream = sys.argv[1:]
recorder = open_recorder(Path(path), "new", upstream=upstream)
print("ready", flush=True)
sys.stdin.readline()
for n in range(12):
    asked = RecorderRequest("GET", "/v2/company", query=(("domain", f"{name}{n}.com"),))
    assert recorder.decide(asked) is None
    recorder.keep(asked, Interaction("GET", "/v2/company", 200, answer={"n": n}, has_answer=True))
"""


def test_two_processes_that_write_one_cassette_lose_nothing(path: Path) -> None:
    sessions = [
        subprocess.Popen(
            [sys.executable, "-c", SESSION, str(path), name, LOOPBACK],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    for each in sessions:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in sessions:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    for each in sessions:
        each.communicate(timeout=60)
        assert each.returncode == 0
    assert len(load(path).interactions) == 24
    replay = open_recorder(path)
    for name in ("one", "two"):
        assert [ask(replay, company(f"{name}{n}.com"))["n"] for n in range(12)] == list(range(12))
    assert sorted(each.name for each in path.parent.iterdir()) == [KEY_FILE, path.name]


def test_threads_that_record_at_once_lose_nothing(recorder: Callable[..., Recorder], path: Path) -> None:
    each = recorder("once")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: ask(each, company(f"c{n}.com")), range(16)))
    assert len(load(path).interactions) == 16
    assert len(each.cassette.interactions) == 16


def test_a_cassette_that_another_process_damaged_is_left_as_it_is(
    recorder: Callable[..., Recorder], path: Path
) -> None:
    each = recorder("once")
    ask(each, company())
    path.write_text("interactions: [", encoding="utf-8")
    with pytest.raises(CassetteError, match="is damaged"):
        ask(each, company("other.com"))
    assert path.read_text(encoding="utf-8") == "interactions: ["


@pytest.mark.parametrize("mode", RECORDS)
def test_where_nothing_can_be_written_nothing_is_called_and_the_error_names_the_file(
    tmp_path: Path, redactor: Redactor, mode: str
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    path = tmp_path / "file" / "tape.yaml"
    each = Recorder(path, mode, redactor=redactor, upstream=LOOPBACK)
    with pytest.raises(CassetteError, match=r"tape\.yaml: cannot be written: .*file is no folder"):
        each.decide(company())
    each.discard()
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_where_no_key_can_be_made_nothing_is_called(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(RedactionError, match=KEY_FILE):
        open_recorder(tmp_path / "file" / "tape.yaml", "once", upstream=LOOPBACK)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_only_be_read_is_replayed_from_and_not_recorded_to(
    recorder: Callable[..., Recorder], recorded: Path
) -> None:
    recorded.parent.chmod(0o555)
    try:
        each = recorder("new")
        assert ask(each, USAGE) == {"usage": {"credits": {"total": 9}}}
        with pytest.raises(CassetteError, match="may not be written to"):
            each.decide(company("other.com"))
    finally:
        recorded.parent.chmod(0o755)


def test_a_folder_that_stops_being_one_is_an_error_and_no_half_written_file(
    tmp_path: Path, redactor: Redactor
) -> None:
    path = tmp_path / "later" / "tape.yaml"
    each = Recorder(path, "once", redactor=redactor, upstream=LOOPBACK)
    assert each.decide(company()) is None
    path.parent.write_text("in the way", encoding="utf-8")
    with pytest.raises(CassetteError, match=r"tape\.yaml: cannot be written"):
        each.keep(company(), Interaction("GET", "/v2/company", 200))
    assert path.parent.read_text(encoding="utf-8") == "in the way"


def test_a_folder_that_is_not_there_yet_is_made(tmp_path: Path, redactor: Redactor) -> None:
    path = tmp_path / "a" / "b" / "tape.yaml"
    ask(Recorder(path, "once", redactor=redactor, upstream=LOOPBACK), company())
    assert len(load(path).interactions) == 1


def test_passing_through_needs_no_key(path: Path) -> None:
    ask(open_recorder(path, "once", upstream=LOOPBACK), company())
    (path.parent / KEY_FILE).unlink()
    assert ask(open_recorder(path, "passthrough", upstream=LOOPBACK), company(), {"n": 2}) == {"n": 2}
