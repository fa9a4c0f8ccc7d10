"""Webhooks that an account has from its beginning, by its profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from mock_lusha import MockLusha
from mock_lusha.config import Settings
from mock_lusha.config.webhook_presets import parse_presets
from mock_lusha.errors import ConfigError, DataFileError
from mock_lusha.server import MockServer
from mock_lusha.state.account_profiles import load_profiles

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support import CheckedClient

SECRET = "whsec_of-these-tests"
URL = "http://127.0.0.1:9/hook"
ACME = {"url": URL, "entityType": "company", "find": {"domain": "acme.com"}, "signalTypes": ["allSignals"]}
YEAR = 365 * 86_400
FILE = f"""\
accounts:
  of-a-file:
    webhook_delivery: collect
    webhooks:
      secret: {SECRET}
      subscriptions:
        - url: {URL}
          entityType: company
          find: {{domain: acme.com}}
          signalTypes: [allSignals]
          name: Acme
"""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[httpx.Client]:
    """A server with an account of a file."""
    path = tmp_path / "accounts.yaml"
    path.write_text(FILE, encoding="utf-8")
    settings = Settings(port=0, people=0, companies=1, accounts=path)
    with MockServer(settings) as server, httpx.Client(base_url=server.url) as client:
        yield client


def webhooks(client: Any, key: str = "of-a-file") -> Any:
    return client.get(f"/_mock/webhooks?account={key}").json()


def test_a_file_presets_what_a_move_of_the_servers_clock_delivers_at_once(served: httpx.Client) -> None:
    served.patch("/_mock/clock", json={"freeze": True})

    served.patch("/_mock/clock", json={"advance": YEAR})

    told = webhooks(served)
    (subscription,) = told["subscriptions"]
    assert (told["secret"], told["problems"]) == (SECRET, [])
    assert (subscription["name"], subscription["url"]) == ("Acme", URL)
    assert told["deliveries"]["waiting"] > 2
    signed = served.post("/_mock/webhooks/take?account=of-a-file").json()["request"]
    assert signed["url"] == URL


def test_a_reset_brings_presets_back(served: httpx.Client) -> None:
    first = webhooks(served)
    served.patch("/_mock/accounts?account=of-a-file", json={"webhooks": {"subscriptions": []}})
    assert webhooks(served)["subscriptions"] == []

    served.post("/_mock/reset?account=of-a-file")

    again = webhooks(served)
    assert [each["id"] for each in again["subscriptions"]] == [each["id"] for each in first["subscriptions"]]
    assert again["secret"] == SECRET


def test_no_secret_of_a_profile_is_shown_but_by_the_webhooks_themselves(served: httpx.Client) -> None:
    webhooks(served)

    for path in ("settings", "accounts", "accounts?account=of-a-file", "journal?account=of-a-file"):
        assert SECRET not in served.get(f"/_mock/{path}").text
    assert SECRET not in repr(parse_presets({"secret": SECRET}))


def test_an_account_is_made_or_changed_with_webhooks(make_client: Any) -> None:
    client: CheckedClient = make_client(key="made", people=0, companies=1)
    presets = {"secret": SECRET, "subscriptions": [ACME]}

    answer = client.post("/_mock/accounts", json={"key": "made", "webhooks": presets})
    client.request("PATCH", "/_mock/accounts?account=other", json={"seed": "s", "webhooks": presets})

    assert (answer.status_code, SECRET in answer.text) == (201, False)
    listed = client.get("/api/subscriptions").json()["data"]
    ids = [webhooks(client, key)["subscriptions"][0]["entityId"] for key in ("made", "other")]
    assert listed[0]["entityId"] == ids[0] != ids[1]
    assert client.get("/api/account/secret").json()["secret"].startswith("whsec_")


def test_presets_without_a_secret_get_one_that_follows_from_the_key(make_client: Any) -> None:
    client: CheckedClient = make_client(key="made", people=0, companies=1)

    client.request("PATCH", "/_mock/accounts?account=made", json={"webhooks": {"subscriptions": [ACME]}})

    secret = webhooks(client, "made")["secret"]
    client.post("/_mock/reset?account=made")
    client.request("PATCH", "/_mock/accounts?account=made", json={"webhooks": {"subscriptions": [ACME]}})
    assert len(secret) == 56
    assert webhooks(client, "made")["secret"] == secret


# What is sent -> what the refusal says.
REFUSED: dict[str, tuple[Any, str]] = {
    "no mapping": (SECRET, "webhooks is a mapping with secret, subscriptions"),
    "a secret of another form": ({"secret": "hush-hush"}, "webhooks.secret begins with whsec_"),
    "an unknown field": ({"subscriptions": [{**ACME, "ulr": URL}]}, "webhooks.subscriptions.0 has no ulr"),
    "no url": ({"subscriptions": [{"entityType": "company"}]}, "subscriptions.0.url should not be empty"),
    "a url that is none": ({"subscriptions": [{**ACME, "url": "acme"}]}, "0.url must be a URL address"),
    "nobody named": (
        {"subscriptions": [{"url": URL, "entityType": "contact"}]},
        "names the entity by entityId, or by find",
    ),
    "another identifier": (
        {"subscriptions": [{**ACME, "find": {"email": "jane.doe@acme.com"}}]},
        "find of a company has companyId, domain, name",
    ),
    "another type of signals": (
        {"subscriptions": [{**ACME, "signalTypes": ["promotion"]}]},
        "signalTypes must contain at least 1 elements",
    ),
    "the same twice": ({"subscriptions": [ACME, ACME]}, "subscriptions.1: Subscription already exists"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_made_is_refused_and_changes_nothing(make_client: Any, case: str) -> None:
    client: CheckedClient = make_client(key="k", people=0, companies=1)
    presets, message = REFUSED[case]

    made = client.post("/_mock/accounts", json={"key": "k", "webhooks": presets})
    changed = client.request("PATCH", "/_mock/accounts?account=k", json={"plan": "pro", "webhooks": presets})

    for answer in (made, changed):
        assert answer.status_code == 400
        assert message in answer.text
        assert "hush-hush" not in answer.text
        assert SECRET not in answer.text
    assert webhooks(client, "k")["subscriptions"] == []
    assert client.post("/_mock/accounts", json={"key": "k2"}).status_code == 201


def test_a_file_with_webhooks_that_cannot_be_read_is_refused_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "accounts.yaml"
    path.write_text(FILE.replace(SECRET, "hush-hush"), encoding="utf-8")

    with pytest.raises(
        DataFileError, match=r"accounts\.yaml:5: webhooks\.secret begins with whsec_"
    ) as caught:
        load_profiles([path])

    assert "hush-hush" not in str(caught.value)


def test_a_handle_is_made_with_webhooks(server: MockServer) -> None:
    presets = {"secret": SECRET, "subscriptions": [ACME]}
    for lusha in (MockLusha(webhooks=presets), MockLusha(server=server, webhooks=presets)):
        with lusha:
            assert lusha.webhooks.secret == SECRET
            assert [each["url"] for each in lusha.webhooks.subscriptions] == [URL]


def test_a_handle_refuses_webhooks_that_are_none() -> None:
    with (
        pytest.raises(ConfigError, match=r"webhooks\.secret begins with"),
        MockLusha(webhooks={"secret": ""}),
    ):
        pass
