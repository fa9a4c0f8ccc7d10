"""The exam of receivers: a good one passes, and each bad one fails for its own reason."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from client.webhooks.receivers import (
    NODE,
    SECRET,
    Careless,
    Eager,
    Escaped,
    Forgetful,
    Hook,
    Loyal,
    Narrow,
    NodeServer,
    Prefix,
    Punctual,
    Spaced,
    Unverified,
    asgi,
    flips,
    wsgi,
)

from mock_lusha import exam, exam_async
from mock_lusha.client.webhook_examination import ReceiverError
from mock_lusha.client.webhook_examples import ExampleDeliveries
from mock_lusha.errors import ConfigError
from mock_lusha.webhooks import WebhookVerificationError, sign, verify

if TYPE_CHECKING:
    from mock_lusha import ExamReport

FORGED = {
    "changed-body", "wrong-secret", "no-signature", "empty-signature", "short-signature", "near-signature",
    "no-timestamp", "changed-timestamp", "rotated-secret",
}  # fmt: skip
GENUINE = {
    "good", "twice", "once", "out-of-order", "beyond-ascii", "company", "unknown-type", "large-body",
    "opt-out", "new-secret",
}  # fmt: skip
PATH = "/hooks/lusha"


def examine(hook: Hook, **options: Any) -> ExamReport:
    app = asgi(hook)
    hooks = {"rotate": hook.rotate, "processed": lambda: len(hook.ids), "opt_out": True}
    return exam(app, SECRET, path=PATH, **{**hooks, **options})


def failures(report: ExamReport) -> set[str]:
    return {check.name for check in report.failures}


# Receivers that are well


def test_a_good_receiver_passes_every_check_as_an_asgi_application() -> None:
    report = examine(Hook())

    report.assert_passed()
    assert report
    assert {check.verdict for check in report.checks} == {"pass", "note"}
    assert {check.name for check in report.checks} == FORGED | GENUINE | {"old-timestamp", "in-time"}


def test_it_passes_as_a_wsgi_application_and_as_a_function() -> None:
    hook, other = Hook(), Hook()

    def function(method: str, url: str, headers: dict[str, str], body: bytes) -> tuple[int, str]:
        assert (method, url) == ("POST", "http://receiver.example/hooks/lusha")
        timestamp, signature = (headers.get(f"X-Lusha-{name}") for name in ("Timestamp", "Signature"))
        return other.receive(timestamp, signature, body), "received"

    exam(wsgi(hook), SECRET, rotate=hook.rotate, processed=lambda: len(hook.ids)).assert_passed()
    exam(function, SECRET, path=PATH, rotate=other.rotate).assert_passed()


@pytest.mark.skipif(NODE is None, reason="Node.js is not installed")
def test_it_passes_as_a_plain_server_of_node() -> None:
    with NodeServer() as server:
        report = exam(
            server.url, SECRET, path="/hooks", rotate=server.rotate, processed=server.processed, opt_out=True
        )

    report.assert_passed()
    assert report.target == f"{server.url}/hooks"
    assert {check.verdict for check in report.checks} == {"pass", "note"}


def test_it_passes_from_a_running_loop() -> None:
    hook = Hook()

    async def examine_here() -> ExamReport:
        report = await exam_async(asgi(hook), SECRET, path=PATH, rotate=hook.rotate)
        # One that waits for its answer in the thread of the loop is no obstacle, either.
        exam(asgi(hook), SECRET, path=PATH).assert_passed()
        return report

    asyncio.run(examine_here()).assert_passed()


def test_it_fails_when_one_signed_byte_is_flipped() -> None:
    hook = Hook()
    body, timestamp = ExampleDeliveries("flips").promotion(), b"1772443800"
    signature = sign(SECRET, timestamp.decode(), body).encode()

    def status(sent_at: bytes, signed: bytes, content: bytes) -> int:
        return hook.receive(sent_at.decode(), signed.decode(), content)

    def is_verified(sent_at: bytes, signed: bytes, content: bytes) -> bool:
        headers = {"x-lusha-timestamp": sent_at.decode(), "X-Lusha-Signature": signed.decode()}
        try:
            verify(headers, content, SECRET)
        except WebhookVerificationError:
            return False
        return True

    assert status(timestamp, signature, body) == 201
    assert is_verified(timestamp, signature, body)
    for changed in flips(body):
        assert status(timestamp, signature, changed) == 401
        assert not is_verified(timestamp, signature, changed)
    for changed in flips(timestamp):
        assert status(changed, signature, body) == 401
        assert not is_verified(changed, signature, body)
    for changed in flips(signature):
        assert status(timestamp, changed, body) == 401
        assert not is_verified(timestamp, changed, body)


# Receivers that are not


@pytest.mark.parametrize(
    ("hook", "expected", "hint"),
    [
        (Unverified(), FORGED, "whatever a stranger posts to this URL is taken for Lusha's"),
        (Spaced(), GENUINE, "the body as it was received"),
        (Escaped(), {"beyond-ascii"}, "must not be escaped"),
        (Narrow(), {"unknown-type", "opt-out"}, "Lusha adds types"),
        (Forgetful(), {"once"}, "remember the id in the body"),
        (Prefix(), {"short-signature", "near-signature"}, "compare whole signatures"),
        (Loyal(), {"rotated-secret"}, "invalid at once"),
        (Careless(), {"no-signature", "no-timestamp"}, "a refusal is an answer"),
        (Eager(), FORGED, "whatever a stranger posts"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Hook) else "",
)
def test_a_bad_receiver_fails_for_its_own_reason(hook: Hook, expected: set[str], hint: str) -> None:
    report = examine(hook)

    assert not report
    assert failures(report) == expected
    assert any(hint in check.hint for check in report.failures)


def test_refusals_tell_nothing_where_a_good_delivery_is_refused() -> None:
    report = examine(Spaced())

    for name in FORGED - {"rotated-secret"}:
        assert report[name].verdict == "skipped"
        assert report[name].did == "401, as to a good one"


@pytest.mark.parametrize(
    ("hook", "tolerance", "verdict", "did"),
    [
        (Hook(), None, "note", "201"),
        (Punctual(), None, "note", "400"),
        (Punctual(), 300, "pass", "400"),
        (Hook(), 300, "fail", "201"),
    ],
)
def test_an_old_timestamp_is_judged_only_where_a_tolerance_is_named(
    hook: Hook, tolerance: float | None, verdict: str, did: str
) -> None:
    check = examine(hook, tolerance=tolerance)["old-timestamp"]

    assert (check.verdict, check.did) == (verdict, did)
    assert check.sent == "a timestamp that is 10 minutes old"


def test_a_receiver_that_hangs_is_given_up_after_the_limit() -> None:
    report = exam(asgi(Hook(), hangs=True), SECRET, path=PATH, limit=0.02)

    assert report["good"].did == "no answer within 0.02 s"
    assert report["in-time"].verdict == "fail"
    assert "acknowledge first" in report["in-time"].hint


def test_what_is_not_looked_at_is_said() -> None:
    report = exam(asgi(Hook()), SECRET, path=PATH)

    assert report
    skipped = {check.name: check.hint for check in report.checks if check.verdict == "skipped"}
    assert skipped.keys() == {"once", "old-secret", "opt-out"}
    assert all(skipped.values())
    assert "3 skipped" in str(report)


def test_a_secret_that_was_replaced_before_must_be_refused() -> None:
    old = f"whsec_{'o' * 50}"
    both = Loyal()
    both.rotate(old)

    assert failures(exam(asgi(both), SECRET, path=PATH, old_secret=old)) == {"old-secret"}
    exam(asgi(Hook()), SECRET, path=PATH, old_secret=old).assert_passed()


def test_the_secret_is_put_back_in_the_end_also_when_an_exam_ends_early() -> None:
    hook = Hook()
    examine(hook)
    assert hook.secret == SECRET

    def broken(method: str, url: str, headers: dict[str, str], body: bytes) -> object:
        return 201 if hook.secret == SECRET else "well"

    with pytest.raises(ConfigError, match="answers a status"):
        exam(broken, SECRET, rotate=hook.rotate)
    assert hook.secret == SECRET


@pytest.mark.parametrize(
    ("options", "target"),
    [
        ({}, "http://receiver.example/"),
        ({"path": "hooks"}, "http://receiver.example/hooks"),
        ({"path": "/haken für/lusha?team=1"}, "http://receiver.example/haken%20f%C3%BCr/lusha?team=1"),
        ({"url": "https://ours.example/api"}, "https://ours.example/api"),
    ],
)
def test_deliveries_go_to_the_address_that_is_named(options: dict[str, Any], target: str) -> None:
    urls = set()

    def receive(method: str, url: str, headers: dict[str, str], body: bytes) -> int:
        urls.add(url)
        return 200

    report = exam(receive, SECRET, **options)

    assert urls == {target} == {report.target}


def test_a_path_is_below_the_path_of_a_url() -> None:
    with pytest.raises(ReceiverError, match="/api/hooks takes no deliveries"):
        exam("http://127.0.0.1:9/api/", SECRET, path="/hooks")


# Reports


def test_a_report_is_a_table_that_fits_into_110_columns() -> None:
    lines = str(examine(Spaced())).splitlines()

    assert lines[0].startswith("exam of http://receiver.example/hooks/lusha: 1 passed, 10 failed, 9 skipped")
    assert max(map(len, lines)) <= 110
    assert lines[4] == (
        "FAIL     a delivery as Lusha signs it          401                          accept it: 2xx"
    )
    assert SECRET not in "\n".join(lines)


def test_a_failing_exam_reads_as_its_table_in_pytest(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile(
        """
        from mock_lusha import exam

        def test_ours():
            exam(lambda method, url, headers, body: 200, "whsec_ours").assert_passed()
        """
    )

    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    result = pytester.runpytest_subprocess(timeout=60)

    result.stdout.fnmatch_lines(
        ["E *ExamFailedError: exam of http://receiver.example/: *failed*", "E *FAIL *"]
    )
    result.stdout.no_fnmatch_line("*webhook_report.py*self*")


def test_the_same_run_at_the_same_time_sends_the_same_bytes() -> None:
    def sent(**options: Any) -> list[tuple[str, bytes]]:
        requests: list[tuple[str, bytes]] = []

        def note(method: str, url: str, headers: dict[str, str], body: bytes) -> int:
            requests.append((headers.get("X-Lusha-Signature", ""), body))
            return 200

        exam(note, SECRET, opt_out=True, **options)
        return requests

    assert sent(now=lambda: 1e9) == sent(now=lambda: 1e9)
    assert sent(now=lambda: 1e9, run="a")[0] != sent(now=lambda: 1e9, run="b")[0]
    assert max(len(body) for _, body in sent()) > 300_000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"secret": "Kq3mWz7T"}, "it begins with whsec_"),
        ({"secret": " whsec_a"}, "given whole"),
        ({"old_secret": ""}, "given whole"),
        ({"limit": 0}, "seconds above 0"),
        ({"tolerance": -1}, "seconds above 0"),
        ({"rotate": asyncio.sleep}, "rotate is a plain function, not an async one"),
        ({"url": "http://127.0.0.1:1/", "path": "/a"}, "path is not needed"),
    ],
)
def test_arguments_that_are_wrong_are_refused_before_anything_is_sent(
    arguments: dict[str, Any], message: str
) -> None:
    def never(method: str, url: str, headers: dict[str, str], body: bytes) -> int:
        raise AssertionError("sent")

    with pytest.raises(ConfigError, match=message) as raised:
        exam(never, **{"secret": SECRET, **arguments})
    assert "Kq3m" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://127.0.0.1:9/", "takes no deliveries: cannot be reached"),
        ("http://169.254.169.254/", "never allowed"),
        ("http://192.0.2.7/hooks", "--webhook-allow 192.0.2.7 allows it"),
    ],
)
def test_a_receiver_that_is_not_there_or_not_allowed_is_not_examined(url: str, message: str) -> None:
    with pytest.raises(ReceiverError, match=message):
        exam(url, SECRET)
