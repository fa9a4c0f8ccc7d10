"""The log: one line a request, as people or programs read it, with nothing personal in it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

KEY = "a-secret-key-0123456789"
QUERY = {"email": "ada.quill@quill-works.example"}
BODY = {"contacts": [{"contactId": "caller-1", "email": "jane.roe@acme.com"}]}


def test_a_request_is_one_line_for_people(
    make_client: Callable[..., CheckedClient], lines: list[str]
) -> None:
    make_client(KEY).get("/v2/person", params=QUERY)

    (line,) = lines
    assert re.fullmatch(
        r"2026-03-31T12:00:00\.000Z GET /v2/person 200 operation=searchSingleContact account=…6789 "
        r"fingerprint=f434105e credits=6 \d+\.\dms",
        line,
    )


def test_a_request_is_one_line_for_programs(
    make_client: Callable[..., CheckedClient], lines: list[str]
) -> None:
    client = make_client(KEY, log_format="json")
    client.get("/v2/person", params=QUERY)

    (line,) = lines
    entry = json.loads(line)
    ms = entry.pop("ms")
    (exchange,) = client.get("/_mock/journal").json()["exchanges"]
    assert "\n" not in line
    assert ms >= 0
    assert entry == {
        "time": "2026-03-31T12:00:00.000Z",
        "level": "info",
        "request": exchange["id"],
        "trace": None,
        "method": "GET",
        "path": "/v2/person",
        "status": 200,
        "operation": "searchSingleContact",
        "account": "…6789",
        "fingerprint": "f434105e",
        "label": None,
        "error": None,
        "credits": 6,
        "warnings": [],
        "defect": None,
    }


TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACES: dict[str, tuple[list[str], str | None]] = {
    "a trace": ([f"00-{TRACE}-{SPAN}-01"], TRACE),
    "a version to come": ([f"cc-{TRACE}-{SPAN}-01-what-will-be"], TRACE),
    "more than its version has": ([f"00-{TRACE}-{SPAN}-01-more"], None),
    "the version that there is not": ([f"ff-{TRACE}-{SPAN}-01"], None),
    "no trace": ([f"00-{'0' * 32}-{SPAN}-01"], None),
    "no span": ([f"00-{TRACE}-{'0' * 16}-01"], None),
    "capitals": ([f"00-{TRACE.upper()}-{SPAN}-01"], None),
    "too long": ([f"00-{TRACE}0-{SPAN}-01"], None),
    "empty": ([""], None),
    "huge": (["0" * 10_000], None),
    "two": ([f"00-{TRACE}-{SPAN}-01", f"00-{TRACE}-{SPAN}-01"], None),
}


@pytest.mark.parametrize("case", TRACES)
@pytest.mark.parametrize("key", [KEY, None])
def test_the_trace_of_a_request_stands_in_line_and_journal_and_not_on_the_answer(
    make_client: Callable[..., CheckedClient], lines: list[str], key: str | None, case: str
) -> None:
    sent, trace = TRACES[case]
    client = make_client(key, log_format="json")

    answer = client.get("/v3/account/usage", headers=[("traceparent", value) for value in sent])

    (exchange,) = client.get("/_mock/journal").json()["exchanges"]
    entry = json.loads(lines[0])
    assert (entry["trace"], exchange["trace"]) == (trace, trace)
    assert entry["request"] == exchange["id"]
    assert not [name for name in answer.headers if "trace" in name]


def test_a_line_for_people_has_the_trace_where_there_is_one(
    make_client: Callable[..., CheckedClient], lines: list[str]
) -> None:
    make_client(KEY).get("/v3/account/usage", headers={"traceparent": f"00-{TRACE}-{SPAN}-01"})

    assert f" trace={TRACE} " in lines[0]


OUTCOMES = {
    "served": ("free", "GET", "/account/usage", 200, "getAccountUsageStats", "free", None),
    "an old path": ("free", "GET", "/company?companyId=1", 404, "searchSingleCompanyV2", "free", "not-found"),
    "no key": (None, "GET", "/v2/person", 401, "searchSingleContact", None, "no-api-key"),
    "an invalid key": ("invalid", "GET", "/v2/person", 401, "searchSingleContact", None, "unauthorized"),
    "inactive": ("inactive", "GET", "/v2/person", 403, "searchSingleContact", "inactive", "inactive-account"),
    "a wrong request": ("free", "GET", "/v2/person", 400, "searchSingleContact", "free", "bad-request"),
    "an unknown path": ("free", "GET", "/v9", 404, None, None, "not-found"),
    "a wrong method": ("free", "PUT", "/v2/person", 404, None, None, "not-found"),
}


@pytest.mark.parametrize(
    ("key", "method", "url", "status", "operation", "account", "error"), OUTCOMES.values(), ids=list(OUTCOMES)
)
def test_a_line_tells_what_became_of_the_request(
    make_client: Callable[..., CheckedClient],
    lines: list[str],
    key: str | None,
    method: str,
    url: str,
    status: int,
    operation: str | None,
    account: str | None,
    error: str | None,
) -> None:
    make_client(key, log_format="json").request(method, url)

    (line,) = lines
    entry = json.loads(line)
    assert (entry["method"], entry["path"]) == (method, url.partition("?")[0])
    assert (entry["status"], entry["operation"], entry["account"], entry["error"]) == (
        status,
        operation,
        account,
        error,
    )


@pytest.mark.parametrize("log_format", ["human", "json"])
def test_no_line_holds_a_key_a_query_or_a_body(
    make_client: Callable[..., CheckedClient], lines: list[str], log_format: str
) -> None:
    client = make_client(KEY, log_format=log_format)
    client.get("/v2/person", params=QUERY)
    client.get("/v2/person", params={"filterBy": "jane.roe"})
    client.post("/v2/person", json=BODY)
    client.post("/v2/person", json={"contacts": [{"contactId": 5, "email": "jane.roe@acme.com"}]})
    client.post("/v2/person", content=b'{"jane.roe')
    client.get("/nowhere", params=QUERY)
    client.get("/v2/person", headers={"api_key": "", "x-api-key": KEY})
    client.get("/account/usage", key="short-key")

    text = "\n".join(lines)
    assert len(lines) == 8
    for secret in (KEY, "short-key", "ada.quill", "jane.roe", "caller-1"):
        assert secret not in text


@pytest.mark.parametrize("log_format", ["human", "json"])
@pytest.mark.parametrize(
    ("method", "url", "options", "warnings"),
    [
        ("GET", "/v2/person", {"params": {**QUERY, "foo": "1"}}, ["property foo should not exist"]),
        (
            "POST",
            "/v2/person",
            {"json": {"contacts": [{**BODY["contacts"][0], "zip": 1}], "more": 2}},
            ["contacts.0.property zip should not exist", "property more should not exist"],
        ),
    ],
    ids=["query", "body"],
)
def test_unknown_properties_are_warned_of(
    make_client: Callable[..., CheckedClient],
    lines: list[str],
    log_format: str,
    method: str,
    url: str,
    options: dict[str, Any],
    warnings: list[str],
) -> None:
    answer = make_client(KEY, log_format=log_format, strict="no").request(method, url, **options)

    (line,) = lines
    assert answer.status_code == 200
    if log_format == "json":
        assert sorted(json.loads(line)["warnings"]) == sorted(warnings)
    else:
        assert sorted(part.strip() for part in line.split("warning: ")[1:]) == sorted(warnings)


@pytest.mark.parametrize("log_format", ["human", "json"])
@pytest.mark.parametrize(
    "path", ["/a%0Ab", "/a%0D%0Ab", "/a%1B%5B31mb", "/a%00b", "/a%C2%85b", "/a%E2%80%A8b"]
)
def test_control_characters_in_a_path_stay_out_of_the_log(
    make_client: Callable[..., CheckedClient], lines: list[str], log_format: str, path: str
) -> None:
    make_client(KEY, log_format=log_format).get(path)

    (line,) = lines
    assert line.isprintable()
    assert len(line.splitlines()) == 1


@pytest.mark.parametrize("log_format", ["human", "json"])
@pytest.mark.parametrize(
    "key",
    [b"free+a\x85GET /v2/forged 200", b"free+a\x1b[31m", b"free+a\tb", b"\x85" * 12],
    ids=["next line", "escape", "tab", "a key of next lines"],
)
def test_control_characters_in_a_key_stay_out_of_the_log(
    make_client: Callable[..., CheckedClient], lines: list[str], log_format: str, key: bytes
) -> None:
    make_client(None, log_format=log_format).get("/account/usage", headers=[(b"api_key", key)])

    (line,) = lines
    assert line.isprintable()
    assert len(line.splitlines()) == 1


def test_control_characters_in_a_property_stay_out_of_the_log(
    make_client: Callable[..., CheckedClient], lines: list[str]
) -> None:
    make_client(KEY).post("/v2/person", json={**BODY, "a\nb\x1b[31m": 1})

    (line,) = lines
    assert line.isprintable()


def test_a_very_long_key_is_cut(make_client: Callable[..., CheckedClient], lines: list[str]) -> None:
    make_client("free+" + "k" * 5_000).get("/account/usage")

    assert len(lines[0]) < 600


def test_a_very_long_path_and_a_very_long_property_are_cut(
    make_client: Callable[..., CheckedClient], lines: list[str]
) -> None:
    client = make_client(KEY)
    client.get("/" + "a" * 5_000)
    client.post("/v2/person", json={**BODY, "b" * 5_000: 1})

    assert [len(line) < 600 for line in lines] == [True, True]


def test_the_account_of_a_suffixed_key_is_named(
    make_client: Callable[..., CheckedClient], lines: list[str]
) -> None:
    make_client("free+worker-3").get("/account/usage")

    assert " account=free+… " in lines[0]


def test_the_line_is_written_when_a_request_fails_by_a_defect(
    make_client: Callable[..., CheckedClient], lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from mock_lusha.state.ledger import Ledger  # noqa: PLC0415

    def broken(_: Ledger) -> dict[str, int]:
        raise RuntimeError("a defect")

    monkeypatch.setattr(Ledger, "usage", broken)
    answer = make_client(KEY, log_format="json").get("/account/usage")

    assert answer.status_code == 500
    assert answer.json()["message"] == "Internal server error. Please try again later."
    assert (json.loads(lines[0])["status"], json.loads(lines[0])["error"]) == (500, "server-error")


@pytest.mark.in_process("the log is that of other processes")
def test_health_checks_are_not_logged_but_for_who_looks_closely(
    make_client: Callable[..., CheckedClient], caplog: pytest.LogCaptureFixture
) -> None:
    client = make_client(log_level="debug")

    with caplog.at_level("INFO", logger="mock_lusha.requests"):
        client.get("/_mock/ready")
    assert not caplog.messages

    with caplog.at_level("DEBUG", logger="mock_lusha.requests"):
        client.get("/_mock/ready")
    assert "GET /_mock/ready 200" in caplog.messages[0]
