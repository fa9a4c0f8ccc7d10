"""Requests of v3 that come again: what was kept of them holds only for the account, and while it is true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mock_lusha.api.v3.ids import entity_id, number_of, numbers_of
from mock_lusha.clock import Clock
from mock_lusha.config import Settings
from mock_lusha.state.account_profiles import AccountProfile
from mock_lusha.state.accounts import Account

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

    Make = Callable[..., CheckedClient]

ENRICH = "/v3/contacts/enrich"
COMPANIES = "/v3/companies/search-and-enrich"
KEYS = ("one-tenant-0123456789", "other-tenant-0123456789", "one-tenant-0123456789~suffix")
STRANGERS = [{"email": f"no{number}.body@stranger-firm.com"} for number in range(3)]
NOT_FOUND = "NOT_FOUND"


def post(client: CheckedClient, path: str, body: dict[str, Any], key: str = KEYS[0]) -> list[dict[str, Any]]:
    answer = client.post(path, json=body, headers={"api_key": key})
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


def codes(results: list[dict[str, Any]]) -> list[str | None]:
    return [result.get("error", {}).get("code") for result in results]


def ids_of(client: CheckedClient) -> list[str]:
    return [result["id"] for result in post(client, "/v3/contacts/search", {"contacts": STRANGERS})]


def test_ids_that_are_sent_again_mean_the_same_people(make_client: Make) -> None:
    client = make_client(credits=None)
    body = {"ids": ids_of(client)}

    answers = [post(client, ENRICH, body) for _ in range(4)]

    assert [result["id"] for result in answers[0]] == body["ids"]
    assert sum(result["credits"] for result in answers[0]) > 0
    assert answers[1:] == [[{**result, "credits": 0} for result in answers[0]]] * 3


@pytest.mark.parametrize("key", KEYS[1:])
def test_ids_that_one_account_was_given_are_nobodys_in_another(make_client: Make, key: str) -> None:
    client = make_client(credits=None)
    body = {"ids": ids_of(client)}

    known = [codes(post(client, ENRICH, body)) for _ in range(3)]
    foreign = [codes(post(client, ENRICH, body, key)) for _ in range(3)]

    assert known == [[None] * 3] * 3
    assert foreign == [[NOT_FOUND] * 3] * 3


def test_ids_mean_nobody_until_they_are_given_out_and_once_they_are_forgotten(make_client: Make) -> None:
    client = make_client(credits=None)
    body = {"ids": ids_of(make_client(credits=None))}

    before = [codes(post(client, ENRICH, body)) for _ in range(3)]
    assert ids_of(client) == body["ids"]
    known = [codes(post(client, ENRICH, body)) for _ in range(3)]
    client.post("/_mock/reset")
    after = codes(post(client, ENRICH, body))

    assert before == [[NOT_FOUND] * 3] * 3
    assert known == [[None] * 3] * 3
    assert after == [NOT_FOUND] * 3


def test_a_company_is_written_with_each_accounts_id_and_as_each_caller_writes_it(make_client: Make) -> None:
    client = make_client(credits=None)

    def company(key: str = KEYS[0], facts: tuple[str, ...] = (), **fields: str) -> dict[str, Any]:
        (result,) = post(client, COMPANIES, {"companies": [fields], "reveal": facts}, key)
        return result

    first = company(domain="quill-works.example")
    blog = company(domain="blog.quill-works.example", facts=("competitors",))
    other = company(KEYS[1], domain="quill-works.example")
    stranger, named = company(domain="naive-backerei.example"), company(name="Naïve Bäckerei")

    assert blog.pop("competitors")
    assert blog == {**first, "domain": "www.blog.quill-works.example"}
    assert other == {**first, "id": other["id"]}
    assert other["id"] != first["id"]
    assert (stranger["id"], stranger["name"]) == (named["id"], "Naive Backerei")
    assert (named["name"], named["alternativeName"]) == ("Naïve Bäckerei", "naïve bäckerei")
    assert company(domain="naive-backerei.example") == stranger


TOKEN = "v1." + "A" * 34


@pytest.mark.parametrize(
    "others",
    [[], [TOKEN], ["17"], ["v2.AAAA"], ["v1.AAAA"], [TOKEN[:-1] + "!"], [TOKEN + "A"], ["no id"], ["ä" * 37]],
)
def test_many_ids_are_read_as_each_of_them_is(others: list[str]) -> None:
    account, foreign = (
        Account(key, "", AccountProfile(""), Settings(), Clock(source=lambda: 0.0)) for key in KEYS[:2]
    )
    numbers = [1, 4_000_000_000, 8_999_999_999]
    texts = [entity_id(each, "contact", number) for each in (account, foreign) for number in numbers]
    # The last character holds bits that are not read.
    texts += [texts[0][:-1] + chr(ord(texts[0][-1]) + 1), *others]

    def read(text: str) -> int | str | None:
        try:
            return number_of(account, "contact", text)
        except ValueError as exc:
            return f"refused: {exc}"

    each = list(map(read, texts))
    refused = [answer for answer in each if isinstance(answer, str)]
    if refused:
        with pytest.raises(ValueError, match=others[0]):
            numbers_of(account, "contact", texts)
    else:
        assert numbers_of(account, "contact", texts) == each
    assert each[:6] == [*numbers, None, None, None]
