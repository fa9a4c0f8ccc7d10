"""What calls of version 2 are answered while it is served, on notice and gone, and what nothing serves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from mock_lusha.contract.registry import Registry
from mock_lusha.contract.successors import Successor

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support import CheckedClient

    Make = Callable[..., CheckedClient]

ADA = "/v2/person?email=ada.quill@quill-works.example"
GONE = "Lusha API V2 is no longer available. Please migrate to V3."
SUCCESSOR = "the successor of GET /v2/person is POST /v3/contacts/search-and-enrich (searchAndEnrichContacts)"
NOTICE = {
    "Deprecation": "@1779062400",
    "Sunset": "Wed, 18 Nov 2026 00:00:00 GMT",
    "Link": '<https://docs.lusha.com/tutorials/v3-migration-guide>; rel="sunset"',
}
OPERATIONS = Registry.load().operations
CHANGES = "; ".join((OPERATIONS["searchSingleContact"].successor or {})["changes"])
RETIRING = [operation for operation in OPERATIONS.values() if operation.retires]
ACCOUNTS = """
accounts:
  late: {v2: gone}
  spent-and-late: {v2: gone, plan: pro, spent: [hourly], limits: enforce}
  inactive-and-late: {v2: gone, standing: inactive}
  warned: {v2: deprecated}
"""


@pytest.fixture
def accounts(tmp_path: Path) -> Path:
    path = tmp_path / "accounts.yaml"
    path.write_text(ACCOUNTS, encoding="utf-8")
    return path


def test_all_of_version_2_retires_but_the_unversioned_usage() -> None:
    version_2 = {operation.id for operation in OPERATIONS.values() if operation.generation == "v2"}

    assert version_2 - {operation.id for operation in RETIRING} == {"getAccountUsageStats"}
    assert {path.split("/")[1] for operation in RETIRING for path in operation.paths[:1]} == {
        "v2", "prospecting", "api", "v3",
    }  # fmt: skip


@pytest.mark.parametrize(
    "operation", [op for op in OPERATIONS.values() if op.successor], ids=lambda op: op.id
)
def test_a_successor_is_an_operation_of_a_later_generation(operation: Any) -> None:
    successor = Successor.of(operation, OPERATIONS)

    assert successor is not None
    assert {each.generation for each in successor.by} == {"v3"}
    assert all(not each.unserved for each in successor.by)
    assert successor.changes


def test_while_it_is_served_nothing_tells_of_its_end(client: CheckedClient) -> None:
    answer = client.get(ADA)

    assert answer.status_code == 200
    assert not answer.headers.keys() & {name.lower() for name in NOTICE}
    assert client.get("/_mock/conduct").json()["clean"]


ON_NOTICE: dict[str, tuple[str, str, int]] = {
    "an answer": ("GET", ADA, 200),
    "a refusal": ("GET", "/v2/person", 400),
    "a miss": ("GET", "/v2/company?domain=nobody.example", 404),
    "an alias": ("GET", "/company?domain=acme.com", 200),
    "an unknown key": ("GET", ADA, 401),
}


@pytest.mark.parametrize("case", ON_NOTICE)
def test_on_notice_every_answer_has_headers_that_say_so(case: str, make_client: Make) -> None:
    method, url, status = ON_NOTICE[case]
    client = make_client(v2="deprecated", **({"key": "invalid"} if status == 401 else {}))

    answers = [client.request(method, url) for _ in range(3)]  # an answer that is kept, too

    for answer in answers:
        assert answer.status_code == status
        assert {name: answer.headers.get(name) for name in NOTICE} == NOTICE
        assert answer.headers["Sunset"].count("GMT") == 1


@pytest.mark.parametrize("url", ["/account/usage", "/v3/account/usage"])
@pytest.mark.parametrize("state", ["deprecated", "gone"])
def test_what_stays_is_answered_as_ever(url: str, state: str, make_client: Make) -> None:
    answer = make_client(v2=state).get(url)

    assert answer.status_code == 200
    assert not answer.headers.keys() & {name.lower() for name in NOTICE}


@pytest.mark.parametrize("operation", RETIRING, ids=lambda operation: operation.id)
def test_gone_every_operation_of_it_is_410_and_names_its_successor(operation: Any, make_client: Make) -> None:
    client = make_client(v2="gone")

    for path in operation.paths:
        url = path.replace("{objectType}", "contacts")
        body: dict[str, Any] = {"json": {"anything": 1}} if operation.method == "POST" else {}
        answer = client.request(operation.method, url, **body)

        assert (answer.status_code, answer.json()["message"]) == (410, GONE)
        successor = operation.successor["operation"]
        assert any(successor in text for text in answer.json()["errors"])
        assert set(operation.successor["changes"]) <= set(answer.json()["errors"])


FORMATS: dict[str, Callable[[Any], bool]] = {
    "both": lambda body: body["statusCode"] == body["error"]["code"] == 410 and SUCCESSOR in body["errors"],
    "openapi": lambda body: body.keys() == {"statusCode", "message", "errors"},
    "guide": lambda body: body == {"error": {"code": 410, "message": GONE}},
    "live": lambda body: body == {"statusCode": 410, "message": GONE},
}


@pytest.mark.parametrize("error_format", FORMATS)
def test_gone_is_told_in_the_format_of_the_account(error_format: str, make_client: Make) -> None:
    answer = make_client(v2="gone", error_format=error_format).get(ADA)

    assert answer.status_code == 410
    assert FORMATS[error_format](answer.json())


ORDER = {
    "the key comes first": ("invalid", 401),
    "then the standing": ("inactive-and-late", 403),
    "the windows come later": ("spent-and-late", 410),
    "and so does what was sent": ("late", 410),
    "it is of one account alone": ("others", 400),
}


@pytest.mark.parametrize("case", ORDER)
def test_gone_stands_between_standing_and_windows(case: str, make_client: Make, accounts: Path) -> None:
    key, status = ORDER[case]
    client = make_client(accounts=accounts)

    answer = client.post("/v2/person", json={}, key=key)

    assert answer.status_code == status
    if status == 410:
        assert "x-daily-requests-left" not in answer.headers


def test_calls_of_what_is_gone_or_on_notice_stand_in_the_journal_and_in_conduct(
    make_client: Make, accounts: Path
) -> None:
    client = make_client(accounts=accounts)
    for key in ("late", "late", "warned"):
        client.get(ADA, key=key)

    told = {}
    for key in ("late", "warned"):
        [account] = client.get(f"/_mock/conduct?account={key}").json()["accounts"]
        told[key] = [(verdict["name"], verdict["evidence"][0]["text"]) for verdict in account["verdicts"]]
    [warned] = client.get("/_mock/journal?account=warned").json()["exchanges"]
    why = client.get("/_mock/explain/last?account=late").json()["why"]

    assert told["late"] == [("retired", f"called 2 times; {SUCCESSOR}: {CHANGES}")]
    assert ("retired", f"called 1 time; {SUCCESSOR}: {CHANGES}") in told["warned"]
    assert warned["warnings"] == [f"deprecated: {SUCCESSOR}: {CHANGES}"]
    assert SUCCESSOR in why


def test_a_scenario_may_have_a_call_be_gone(make_client: Make, tmp_path: Path) -> None:
    path = tmp_path / "gone.yaml"
    path.write_text("rules:\n  - respond: retired\n", encoding="utf-8")

    answer = make_client(scenario=str(path)).get(ADA)

    assert (answer.status_code, answer.json()["message"]) == (410, GONE)


# What is not served


@pytest.mark.in_process("it leaves out an operation")
def test_what_is_not_served_yet_says_so_before_it_looks_at_the_body(
    make_client: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = Registry.load()
    operation = registry.operations["createSubscription"]
    registry.operations[operation.id] = replace(operation, unserved=True)
    monkeypatch.setattr(Registry, "load", lambda: registry)
    client = make_client()
    odd: dict[str, Any] = {"content": b"{not JSON", "headers": {"content-type": "x/y"}}

    answer = client.request(operation.method, operation.path, **odd)
    refused = client.request(operation.method, operation.path, key="invalid", **odd)

    assert answer.status_code == 501
    assert operation.id in answer.json()["errors"][0]
    assert refused.status_code == 401


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_path_that_is_gone_is_404_once_the_key_is_known(method: str, make_client: Make) -> None:
    path = "/v3/contacts/decision-makers"

    answers = [make_client(key=key).request(method, path) for key in ("invalid", None, "some-key-0123456")]

    assert [answer.status_code for answer in answers] == [401, 401, 404]
    assert answers[2].json()["errors"] == [
        f"{path} is gone; POST /v3/contacts/buying-group (getContactsBuyingGroup) took its place"
    ]
