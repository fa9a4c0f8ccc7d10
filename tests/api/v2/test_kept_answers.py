"""What a request comes to is kept; what depends on who asks, and when, is found out at each call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

    from mock_lusha.clock import Clock

BULK = {
    "contacts": [
        {"contactId": "1", "email": "jane.doe@acme.com"},
        {"contactId": "2", "email": "john.roe@acme.com"},
    ]
}
Asked = tuple[str, str, Any]
REQUESTS: dict[str, Asked] = {
    "single": ("GET", "/v2/person?email=jane.doe@acme.com", None),
    "bulk": ("POST", "/v2/person", BULK),
}
requests = pytest.mark.parametrize("asked", REQUESTS.values(), ids=REQUESTS)


def charged(answer: Any) -> list[bool]:
    body = answer.json()
    contacts = [body["contact"]] if "contact" in body else list(body["contacts"].values())
    return [each["isCreditCharged"] for each in contacts]


def ask(client: CheckedClient, asked: Asked) -> Any:
    method, path, body = asked
    return client.request(method, path, json=body)


@requests
def test_each_account_pays_once_and_is_told_so(
    asked: Asked, make_client: Callable[..., CheckedClient]
) -> None:
    client = make_client()
    for key in ("one-account-of-ours", "another-account"):
        client.key = key
        answers = [ask(client, asked) for _ in range(3)]

        assert all(charged(answers[0]))
        assert not any(charged(answers[1]))
        assert answers[1].content == answers[2].content
        assert answers[1].content == answers[0].content.replace(
            b'"isCreditCharged":true', b'"isCreditCharged":false'
        )


@requests
def test_an_account_without_the_credits_is_refused_what_another_was_given(
    asked: Asked, make_client: Callable[..., CheckedClient]
) -> None:
    client = make_client()
    assert ask(client, asked).status_code == 200
    assert ask(client, asked).status_code == 200
    client.key = "out-of-credits"

    assert ask(client, asked).status_code == 402


@requests
def test_who_was_erased_from_an_account_is_gone_for_it_alone(
    asked: Asked, make_client: Callable[..., CheckedClient]
) -> None:
    client = make_client()
    before = [ask(client, asked) for _ in range(2)][1]
    erased = client.post(
        "/_mock/entities/erase",
        params={"account": client.key},
        json={"people": [{"email": "jane.doe@acme.com"}]},
    )
    assert erased.status_code == 200, erased.text
    after = ask(client, asked)
    client.key = "another-account"
    ask(client, asked)

    assert b'"firstName":"Jane"' in before.content
    assert b'"firstName":"Jane"' not in after.content
    assert b'"firstName":"Jane"' in ask(client, asked).content


@requests
def test_the_dialect_of_the_account_is_that_of_its_answer(
    asked: Asked, make_client: Callable[..., CheckedClient]
) -> None:
    live, documented = make_client(), make_client(dialect="documented")

    for client, name in ((live, b'"country_iso2"'), (documented, b'"countryIso2"')):
        for _ in range(2):
            assert name in ask(client, asked).content.partition(b'"location"')[2][:200]


@requests
def test_the_journal_tells_of_each_look(asked: Asked, make_client: Callable[..., CheckedClient]) -> None:
    client = make_client()
    for _ in range(2):
        ask(client, asked)
    numbers = [exchange["id"] for exchange in client.get("/_mock/journal").json()["exchanges"]]
    assert len(numbers) == 2
    told = [client.get(f"/_mock/explain/{number}").json() for number in numbers]

    assert told[0]["lookups"] == told[1]["lookups"]
    assert [each["by"] for each in told[1]["lookups"]] == ["email"] * len(told[1]["lookups"])
    assert {item["why"] for item in told[1]["price"]["items"]} == {"already revealed"}


def test_signals_are_those_of_the_day(make_client: Callable[..., CheckedClient], clock: Clock) -> None:
    client = make_client()
    path = "/v2/person?email=jane.doe@acme.com&signals=allSignals&signalsStartDate=2015-01-01"
    first, second = (client.get(path) for _ in range(2))
    clock.advance(86_400)

    assert first.json()["contact"]["data"].get("signals") == second.json()["contact"]["data"].get("signals")
    assert client.get(path).status_code == 200


def test_an_id_that_was_given_to_one_account_says_nothing_to_another(
    make_client: Callable[..., CheckedClient],
) -> None:
    client = make_client(open_world=True)
    number = client.get("/v2/person?email=jane.doe@acme.com").json()["contact"]["data"]["personId"]
    path = f"/v2/person?personId={number}"
    for _ in range(2):
        assert client.get(path).json()["contact"]["data"]["firstName"] == "Jane"
    client.key = "another-account"

    assert client.get(path).json()["contact"]["error"]["name"] == "EMPTY_DATA"
