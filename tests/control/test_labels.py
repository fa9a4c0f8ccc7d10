"""Labels: what tells accounts apart for people, beside masked keys and fingerprints."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mock_lusha.config import Settings
from mock_lusha.state.account_profiles import LONGEST_LABEL, AccountProfile
from mock_lusha.state.accounts import MOST, Accounts

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

    from mock_lusha.clock import Clock

KEYS = ("first-key-0123456789", "second-key-123456789")
NODE = "tests/test_crm.py::test_it[a b-ü]"
COMPANY = "/v2/company?domain=acme.com"


def labelled(client: CheckedClient, key: str, label: str | None = NODE) -> dict[str, Any]:
    answer = client.request("PATCH", f"/_mock/accounts?account={key}", json={"label": label})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


PLACES: dict[str, Callable[[CheckedClient], dict[str, Any]]] = {
    "the list of accounts": lambda client: client.get("/_mock/accounts").json()["accounts"][0],
    "the account": lambda client: client.get(f"/_mock/accounts?account={KEYS[0]}").json(),
    "the journal": lambda client: client.get("/_mock/journal").json()["exchanges"][0],
    "the ledger": lambda client: client.get(f"/_mock/ledger?account={KEYS[0]}").json(),
    "its entities": lambda client: client.get(f"/_mock/entities?account={KEYS[0]}").json(),
    "the conduct": lambda client: client.get("/_mock/conduct").json()["accounts"][0],
    "its reset": lambda client: client.post(f"/_mock/reset?account={KEYS[0]}").json(),
    "its settlement": lambda client: client.post(f"/_mock/accounts/settle?account={KEYS[0]}", json={}).json(),
    "its end": lambda client: client.request("DELETE", f"/_mock/accounts?account={KEYS[0]}").json(),
}


@pytest.mark.parametrize("place", PLACES)
def test_an_account_is_told_apart_in(place: str, client: CheckedClient) -> None:
    made = labelled(client, KEYS[0])
    for key in KEYS:
        client.get(COMPANY, key=key)

    shown = PLACES[place](client)

    assert (shown["account"], shown["label"]) == ("…6789", NODE)
    assert shown["fingerprint"] == made["fingerprint"]
    assert KEYS[0] not in json.dumps(shown)


@pytest.mark.parametrize("log_format", ["human", "json"])
def test_an_account_is_told_apart_in_the_log(
    log_format: str, make_client: Callable[..., CheckedClient], lines: list[str]
) -> None:
    client = make_client(log_format=log_format)
    prints = [labelled(client, key, f"{NODE} of {key}")["fingerprint"] for key in KEYS]
    lines.clear()

    for key in KEYS:
        client.get(COMPANY, key=key)

    assert len(set(prints)) == 2
    for line, shown in zip(lines, prints, strict=True):
        if log_format == "json":
            fields = json.loads(line)
            assert (fields["fingerprint"], fields["label"]) == (shown, f"{NODE} of …6789")
        else:
            assert f'account=…6789 fingerprint={shown} label="{NODE} of …6789" credits=1 ' in line


def test_a_request_of_no_account_has_neither(client: CheckedClient) -> None:
    client.request("GET", COMPANY, key="", headers={"api_key": ""})

    (exchange,) = client.get("/_mock/journal").json()["exchanges"]
    assert (exchange["account"], exchange["fingerprint"], exchange["label"]) == ("", None, None)


def test_a_label_stays_when_its_account_begins_anew_and_goes_with_it(client: CheckedClient) -> None:
    labelled(client, KEYS[0])

    client.post(f"/_mock/reset?account={KEYS[0]}")
    assert client.get(f"/_mock/accounts?account={KEYS[0]}").json()["label"] == NODE

    client.request("DELETE", f"/_mock/accounts?account={KEYS[0]}")
    assert client.get(f"/_mock/accounts?account={KEYS[0]}").json()["label"] is None


def test_a_label_goes_with_a_reset_of_all(client: CheckedClient) -> None:
    labelled(client, KEYS[0])

    client.post("/_mock/reset")

    assert client.get(f"/_mock/accounts?account={KEYS[0]}").json()["label"] is None


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_label_may_be_given_with_the_account_and_be_taken_away(method: str, client: CheckedClient) -> None:
    made = client.request(method, "/_mock/accounts", json={"key": KEYS[0], "label": f" {NODE} "}).json()
    assert made["label"] == NODE

    assert labelled(client, KEYS[0], None)["label"] is None

    client.post(f"/_mock/reset?account={KEYS[0]}")
    assert client.get(f"/_mock/accounts?account={KEYS[0]}").json()["label"] is None


def test_a_label_has_an_end(client: CheckedClient) -> None:
    assert labelled(client, KEYS[0], "x" * LONGEST_LABEL)["label"] == "x" * LONGEST_LABEL

    answer = client.request("PATCH", f"/_mock/accounts?account={KEYS[0]}", json={"label": "x" * 501})

    assert answer.status_code == 400
    assert "label must be shorter than or equal to 500 characters" in answer.text


def test_labels_of_accounts_long_gone_are_forgotten(clock: Clock) -> None:
    accounts = Accounts(Settings(), clock, {})

    for number in range(4 * MOST):
        accounts.title(accounts.get(f"key-{number}"), "kept")
        accounts.restart(f"key-{number}")

    assert [accounts.get(f"key-{number}").title for number in (0, 4 * MOST - 1)] == [None, "kept"]


def test_a_story_may_have_a_label(clock: Clock) -> None:
    accounts = Accounts(Settings(), clock, {"ours": AccountProfile("ours", label="the story")})

    assert [accounts.get(key).title for key in ("ours", "ours+1", "other")] == [
        "the story",
        "the story",
        None,
    ]
