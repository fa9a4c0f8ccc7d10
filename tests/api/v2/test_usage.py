"""GET /account/usage: the balance, for whom, how often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

    from mock_lusha.clock import Clock

ADA = {"email": "ada.quill@quill-works.example"}


def balance(client: CheckedClient, **options: Any) -> dict[str, int]:
    answer = client.get("/account/usage", **options)

    assert answer.status_code == 200
    assert set(answer.json()) == {"usage"}
    credits_: dict[str, int] = answer.json()["usage"]["credits"]
    return credits_


def test_a_new_account_has_ten_thousand_credits_and_used_none(client: CheckedClient) -> None:
    assert balance(client) == {"total": 10_000, "used": 0, "remaining": 10_000}


def test_what_is_used_and_what_remains_make_the_total(client: CheckedClient) -> None:
    client.get("/v2/person", params=ADA)
    client.get("/v2/company", params={"domain": "acme.com"})

    assert balance(client) == {"total": 10_000, "used": 7, "remaining": 9_993}


@pytest.mark.parametrize(("amount", "total"), [(0, 0), (40, 40), (1_000_000, 1_000_000)])
def test_credits_are_a_setting(make_client: Callable[..., CheckedClient], amount: int, total: int) -> None:
    assert balance(make_client(credits=amount))["total"] == total


@pytest.mark.parametrize(
    ("key", "total"),
    [("free", 40), ("starter", 300), ("pro", 3_000), ("out-of-credits", 0), ("free+suite-7", 40)],
)  # fmt: skip
def test_named_accounts_have_credits_of_their_own(
    make_client: Callable[..., CheckedClient], key: str, total: int
) -> None:
    assert balance(make_client(credits=123), key=key) == {"total": total, "used": 0, "remaining": total}


def test_an_unlimited_account_counts_what_it_uses(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(credits="unlimited")
    client.get("/v2/person", params=ADA)
    after = balance(client)

    assert after["used"] == 6
    assert after["remaining"] == after["total"] - 6 > 100_000_000


def test_asking_is_free_but_five_times_a_minute(client: CheckedClient, clock: Clock) -> None:
    answers = [client.get("/account/usage") for _ in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    clock.advance(61)
    assert balance(client)["used"] == 0


def test_every_key_sees_its_own_balance(client: CheckedClient) -> None:
    client.get("/v2/person", params=ADA, key="tenant-number-one")

    assert balance(client, key="tenant-number-one")["used"] == 6
    assert balance(client, key="tenant-number-two")["used"] == 0


@pytest.mark.parametrize(("key", "status"), [("inactive", 403), ("invalid", 401), ("trial-ended", 429)])
def test_an_account_in_bad_standing_sees_no_balance(client: CheckedClient, key: str, status: int) -> None:
    assert client.get("/account/usage", key=key).status_code == status


def test_parameters_and_a_trailing_slash_do_not_matter(client: CheckedClient) -> None:
    assert client.get("/account/usage/?verbose=1").json() == client.get("/account/usage").json()


def test_usage_cannot_be_posted(client: CheckedClient) -> None:
    answer = client.post("/account/usage", json={})

    assert answer.status_code == 404
    assert "it takes GET" in answer.text
