"""Subscriptions: creating, reading, changing and deleting them, and what is not taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from api.v3.receivers import account_of
from support import CheckedClient

from mock_lusha.clock import Clock
from mock_lusha.state import webhooks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    import httpx
    from deployment import NewApp
    from support import AnswerCheck

    from mock_lusha.state.accounts import Account

    Make = Callable[..., CheckedClient]

KEY = "key-of-subscriptions-01"
PATH = "/api/subscriptions"
URL = "https://hooks.quillmark-robotics.example/lusha"
CONTACT_TYPES = "a contact has allSignals, promotion, companyChange"


class Double:
    """A double of a small world with its client, clock and account."""

    def __init__(self, new_app: NewApp, check: AnswerCheck, now: datetime, **settings: Any) -> None:
        self.clock = Clock(source=now.timestamp)
        self.app = new_app(self.clock, people=200, companies=20, limits="off", **settings)
        self.client = CheckedClient(self.app, check, KEY)

    @property
    def account(self) -> Account:
        return account_of(self.app, KEY)

    def create(self, *items: dict[str, Any], **defaults: Any) -> list[Any]:
        """The results of creating subscriptions."""
        answer = create(self.client, *items, **defaults)
        assert answer.status_code == 201, answer.text
        results: list[Any] = answer.json()["results"]
        return results

    def one(self, **item: Any) -> dict[str, Any]:
        """A subscription."""
        item = {"entityType": "contact", "entityId": "1", "signalTypes": ["promotion"], **item}
        subscription: dict[str, Any] = self.create(item)[0]["subscription"]
        return subscription


def create(client: CheckedClient, *items: dict[str, Any], **defaults: Any) -> httpx.Response:
    """The answer to creating subscriptions."""
    return client.post(PATH, json={"defaults": {"url": URL, **defaults}, "subscriptions": list(items)})


@pytest.fixture
def double(new_app: NewApp, answer_check: AnswerCheck, now: datetime) -> Iterator[Double]:
    double = Double(new_app, answer_check, now)
    yield double
    double.client.close()


@pytest.fixture
def company(double: Double) -> str:
    """The id of a company of the world."""
    found = double.client.post("/v3/companies/search", json={"companies": [{"domain": "acme.com"}]})
    id_: str = found.json()["results"][0]["id"]
    return id_


# Creating


def test_each_of_several_succeeds_or_fails_by_itself(double: Double, company: str) -> None:
    answer = create(
        double.client,
        {"entityId": company, "name": "own"},
        {"entityId": company},
        {"entityId": "7", "entityType": "contact"},
        entityType="company",
        signalTypes=["riskNews", "promotion", "riskNews"],
        name="default",
    )

    body = answer.json()
    assert (answer.status_code, body["total"], body["successful"], body["failed"]) == (201, 3, 2, 1)
    first, duplicate, contact = body["results"]
    subscription = first["subscription"]
    assert (first["index"], first["success"]) == (0, True)
    assert {**subscription, "id": "", "createdAt": "", "updatedAt": ""} == {
        "id": "", "entityType": "company", "entityId": company, "signalTypes": ["riskNews"], "url": URL,
        "name": "own", "isActive": True, "createdAt": "", "updatedAt": "",
    }  # fmt: skip
    assert duplicate["error"] == {
        "code": "DUPLICATE_SUBSCRIPTION",
        "message": f"Subscription already exists for entity type 'company' with entity ID '{company}'",
    }
    assert contact["subscription"]["signalTypes"] == ["promotion"]
    assert contact["subscription"]["name"] == "default"


def test_a_name_at_the_top_goes_before_that_of_the_defaults(double: Double) -> None:
    defaults = {"url": URL, "name": "second", "entityType": "company", "signalTypes": ["riskNews"]}
    body = {"defaults": defaults, "name": "first", "subscriptions": [{"entityId": "1"}]}

    answer = double.client.post(PATH, json=body).json()

    assert answer["results"][0]["subscription"]["name"] == "first"


@pytest.mark.parametrize("second", ["token", "digits"])
def test_an_entity_is_subscribed_to_once_however_its_id_is_written(
    second: str, double: Double, company: str
) -> None:
    digits = double.client.post("/v2/company", json={"companies": [{"id": "1", "domain": "acme.com"}]})
    ids = {"token": company, "digits": str(digits.json()["1"]["id"])}
    double.one(entityType="company", entityId=company, signalTypes=["riskNews"], name="first")

    (again,) = double.create({"entityType": "company", "entityId": ids[second], "signalTypes": ["riskNews"]})

    assert again["error"]["code"] == "DUPLICATE_SUBSCRIPTION"
    assert ids[second] in again["error"]["message"]


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({"entityId": "1", "signalTypes": ["promotion"]}, "entityType must be one of: contact, company"),
        ({"entityId": "jane@acme.com"}, "entityId must be the id of a contact, and 'jane@acme.com' is none"),
        ({"entityId": " "}, "entityId must be the id of a contact"),
        ({"signalTypes": ["riskNews"]}, f"none of riskNews is one of a contact; {CONTACT_TYPES}"),
        (
            {"signalTypes": []},
            f"signalTypes must contain at least 1 elements: there is none; {CONTACT_TYPES}",
        ),
        ({"signalTypes": ["promotions"]}, "'promotions' is none; did you mean promotion?"),
        ({"signalTypes": ["promotion", "colour"]}, f"'colour' is none; {CONTACT_TYPES}"),
    ],
)
def test_an_item_that_is_not_valid_says_what_would_be(
    item: dict[str, Any], message: str, double: Double
) -> None:
    whole = {"entityType": "contact", "entityId": "1", "signalTypes": ["promotion"], **item}
    if message.startswith("entityType"):
        del whole["entityType"]

    (result,) = double.create(whole)

    assert result["error"]["code"] == "VALIDATION_ERROR"
    assert message in result["error"]["message"]


@pytest.mark.parametrize("entity_id", ["999999999999999999", "9" * 255, "v1.of-another-account"])
def test_whom_nobody_knows_can_be_subscribed_to(entity_id: str, double: Double) -> None:
    subscription = double.one(entityId=entity_id, entityType="company", signalTypes=["allSignals"])

    assert subscription["entityId"] == entity_id
    record = [*double.app.state.journal.records(everybody=True)][-1]
    assert "nothing will happen" in record.warnings[0]
    assert not double.account.webhooks.subscriptions[subscription["id"]].events


def test_an_id_of_a_company_is_nobody_among_contacts(double: Double, company: str) -> None:
    id_ = double.one(entityId=company)["id"]

    assert double.account.webhooks.subscriptions[id_].number is None


def test_what_will_happen_is_planned_and_follows_the_types(double: Double, company: str) -> None:
    double.one(entityId=company, entityType="company", signalTypes=["allSignals"])
    (subscription,) = double.account.webhooks.subscriptions.values()
    before = [event.type for event in subscription.events]

    change = {"signalTypes": ["peopleNews", "promotion"]}
    answer = double.client.request("PATCH", f"{PATH}/{subscription.id}", json=change)
    (subscription,) = double.account.webhooks.subscriptions.values()

    after = [event.type for event in subscription.events]
    assert answer.json()["signalTypes"] == ["peopleNews"]
    assert after == [kind for kind in before if kind == "peopleNews"]
    assert 0 < len(after) < len(before)
    assert [event.due for event in subscription.events] == sorted(event.due for event in subscription.events)
    assert double.account.webhooks.next_due == subscription.events[0].due


LONG = "https://hooks.example/" + "x" * 2048


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nowhere", "must be a URL address"),
        ("", "must be a URL address"),
        ("ftp://hooks.example", "must be a URL address: it takes an http or https URL with a host"),
        ("file:///etc/passwd", "must be a URL address: it takes an http or https URL with a host"),
        ("http:///path", "must be a URL address: it takes an http or https URL with a host"),
        ("https://petra:zqx@hooks.example", "must be a URL address: it has a name or a password in it"),
        ("https://hooks.example:99999", "must be a URL address: it is not a URL"),
        ("https://hooks.example/a b", "must be a URL address"),
        (LONG, "must be shorter than or equal to 2048 characters"),
        (5, "must be a string"),
    ],
)
@pytest.mark.parametrize("way", ["create", "opt-out", "change"])
def test_an_address_that_is_none_refuses_the_call(way: str, url: Any, message: str, double: Double) -> None:
    if way == "create":
        answer = create(double.client, {"entityId": "1", "entityType": "contact"}, url=url)
    elif way == "opt-out":
        answer = double.client.post(f"{PATH}/opt-out", json={"entityType": "contact", "url": url})
    else:
        answer = double.client.request(
            "PATCH", f"{PATH}/{double.one()['id']}", json={"url": url, "name": "n"}
        )

    assert answer.status_code == 400
    assert f"{'defaults.' if way == 'create' else ''}url {message}" in answer.json()["errors"][0]
    assert "zqx" not in answer.text
    assert all(each.url == URL for each in double.account.webhooks.subscriptions.values())


@pytest.mark.parametrize(
    "url", ["http://8.8.8.8/", "http://10.0.0.7/", "http://169.254.169.254/", "https://[::1]:8080/x"]
)
def test_an_address_may_be_of_any_machine(url: str, double: Double) -> None:
    (result,) = double.create(
        {"entityId": "1", "entityType": "contact", "signalTypes": ["promotion"]}, url=url
    )

    assert result["subscription"]["url"] == url


@pytest.mark.parametrize(
    ("url", "taken"),
    [
        ("http://hooks.example/", False),
        ("https://hooks.example/", True),
        ("http://localhost:3000/", True),
        ("http://127.0.0.1/", True),
        ("http://[::1]/", True),
        ("http://10.0.0.7/", False),
    ],
)
def test_a_strict_account_wants_https_but_of_this_machine(
    new_app: NewApp, url: str, taken: bool, answer_check: AnswerCheck, now: datetime
) -> None:
    double = Double(new_app, answer_check, now, strict="yes")
    item = {"entityId": "1", "entityType": "contact", "signalTypes": ["promotion"]}

    (result,) = double.create(item, url=url)
    opt_out = double.client.post(f"{PATH}/opt-out", json={"entityType": "contact", "url": url})

    assert result["success"] is taken
    assert taken or result["error"]["code"] == "URL_VALIDATION_FAILED"
    assert opt_out.status_code == (201 if taken else 400)
    double.client.close()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"defaults": {"url": URL}, "subscriptions": []}, "must contain at least 1 elements"),
        (
            {"defaults": {"url": URL}, "subscriptions": [{"entityId": "1"}] * 26},
            "subscriptions must contain no more than 25 elements",
        ),
        ({"subscriptions": [{"entityId": "1"}]}, "defaults should not be empty"),
        ({"defaults": {}, "subscriptions": [{"entityId": "1"}]}, "defaults.url should not be empty"),
        ({"defaults": {"url": URL}, "subscriptions": [{}]}, "subscriptions.0.entityId should not be empty"),
        ({"defaults": {"url": URL}, "subscriptions": [{"entityId": 7}]}, "entityId must be a string"),
        (
            {"defaults": {"url": URL, "entityType": "person"}, "subscriptions": [{"entityId": "1"}]},
            "defaults.entityType must be one of the following values: contact, company",
        ),
        (
            {"defaults": {"url": URL}, "subscriptions": [{"entityId": "1", "name": "n" * 101}]},
            "name must be shorter than or equal to 100 characters",
        ),
    ],
)
def test_a_body_that_is_not_valid_is_refused_whole(body: Any, message: str, double: Double) -> None:
    answer = double.client.post(PATH, json=body)

    assert answer.status_code == 400
    assert message in answer.json()["errors"][0]


@pytest.mark.parametrize(
    ("error_format", "message"),
    [("openapi", "Validation failed"), ("both", "defaults should not be empty")],
)
def test_what_is_documented_of_a_refusal_is_summed_up(
    error_format: str, message: str, make_client: Make
) -> None:
    client = make_client(error_format=error_format, people=20, companies=2)

    body = client.post(PATH, json={"subscriptions": [{"entityId": "1"}]}).json()

    assert body["message"] == message
    assert body["errors"] == ["defaults should not be empty"]


@pytest.mark.parametrize(("strict", "status"), [("auto", 201), ("no", 201), ("yes", 400)])
def test_unknown_properties_are_refused_where_it_is_strict_alone(
    strict: str, status: int, make_client: Make
) -> None:
    item = {"entityId": "1", "entityType": "contact", "signalTypes": ["promotion"], "colour": "red"}

    assert create(make_client(strict=strict, people=20, companies=2), item).status_code == status


@pytest.mark.in_process("it lowers a limit")
def test_an_account_has_only_so_many_subscriptions(double: Double, monkeypatch: pytest.MonkeyPatch) -> None:
    assert webhooks.MOST_SUBSCRIPTIONS == 1_000
    monkeypatch.setattr("mock_lusha.state.webhooks.MOST_SUBSCRIPTIONS", 2)
    items = [{"entityId": str(n), "entityType": "contact", "signalTypes": ["promotion"]} for n in range(3)]
    text = "Maximum subscriptions limit reached for your account"

    *_, third = double.create(*items)
    more = create(double.client, items[2])
    opt_out = double.client.post(f"{PATH}/opt-out", json={"entityType": "contact", "url": URL})

    assert third["error"] == {"code": "FORBIDDEN", "message": text}
    assert (more.status_code, more.json()["message"]) == (403, text)
    assert (opt_out.status_code, opt_out.json()["message"]) == (403, text)


# Reading


def test_lists_show_the_newest_first_in_parts(double: Double) -> None:
    ids = [double.one(entityId=str(number))["id"] for number in range(12)][::-1]

    first = double.client.get(PATH).json()
    rest = double.client.get(f"{PATH}?limit=5&offset=10").json()
    none = double.client.get(f"{PATH}?offset=12").json()

    assert [row["id"] for row in first["data"]] == ids[:10]
    assert first["pagination"] == {"total": 12, "limit": 10, "offset": 0, "hasMore": True}
    assert [row["id"] for row in rest["data"]] == ids[10:]
    assert rest["pagination"] == {"total": 12, "limit": 5, "offset": 10, "hasMore": False}
    assert none["data"] == []


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "offset=-1", "limit=x"])
def test_a_part_that_there_cannot_be_is_refused(query: str, double: Double) -> None:
    assert double.client.get(f"{PATH}?{query}").status_code == 400


def test_subscriptions_and_secret_are_of_one_account(double: Double) -> None:
    id_ = double.one()["id"]
    double.client.post("/api/account/secret/regenerate")

    assert double.client.get(f"{PATH}/{id_}").json()["id"] == id_
    for call in (("GET", ""), ("PATCH", ""), ("POST", "/test")):
        body: dict[str, Any] = {"json": {}} if call[1] == "" and call[0] != "GET" else {}
        answer = double.client.request(
            call[0], f"{PATH}/{id_}{call[1]}", key="another-key-0123456789", **body
        )
        assert (answer.status_code, answer.json()["message"]) == (404, "Resource not found")
    assert double.client.get(PATH, key="another-key-0123456789").json()["data"] == []
    assert double.client.get("/api/account/secret", key="another-key-0123456789").status_code == 404


# Changing


def test_a_change_of_nothing_changes_nothing(double: Double) -> None:
    subscription = double.one(name="before")
    double.clock.advance(60)

    answer = double.client.request("PATCH", f"{PATH}/{subscription['id']}", json={})

    assert (answer.status_code, answer.json()) == (200, subscription)


def test_what_is_sent_is_changed(double: Double) -> None:
    id_ = double.one(name="before")["id"]
    double.clock.advance(60)
    change = {"name": "after", "url": "http://localhost/other", "isActive": False}

    answer = double.client.request("PATCH", f"{PATH}/{id_}", json=change).json()

    assert {name: answer[name] for name in change} == change
    assert answer["updatedAt"] > answer["createdAt"]
    assert "secret" not in answer
    assert double.client.get(f"{PATH}/{id_}").json() == answer


@pytest.mark.one_process("it writes into an account")
def test_a_subscription_that_is_blocked_says_so_until_it_is_taken_up_again(double: Double) -> None:
    id_ = double.one()["id"]
    subscription = double.account.webhooks.subscriptions[id_]
    subscription.is_active, subscription.block_reason = False, webhooks.BLOCKED
    subscription.blocked_at = double.clock.now()

    blocked = double.client.get(f"{PATH}/{id_}").json()
    double.client.request("PATCH", f"{PATH}/{id_}", json={"isActive": True})
    back = double.client.get(f"{PATH}/{id_}").json()

    assert (blocked["isActive"], blocked["blockReason"]) == (False, "Max retries exceeded")
    assert blocked["blockedAt"] == blocked["createdAt"]
    assert back["isActive"] is True
    assert not back.keys() & {"blockReason", "blockedAt"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"signalTypes": ["riskNews"]}, "none of riskNews is one of a contact"),
        ({"signalTypes": []}, "signalTypes must contain at least 1 elements"),
        ({"isActive": "no"}, "isActive must be a boolean"),
        ({"name": None}, "name must be a string"),
    ],
)
def test_a_change_that_is_not_valid_changes_nothing(
    change: dict[str, Any], message: str, double: Double
) -> None:
    subscription = double.one()

    answer = double.client.request("PATCH", f"{PATH}/{subscription['id']}", json={"name": "new", **change})

    assert answer.status_code == 400
    assert message in answer.json()["errors"][0]
    assert double.client.get(f"{PATH}/{subscription['id']}").json() == subscription


# Deleting


def test_each_of_several_is_deleted_once(double: Double) -> None:
    first, second = (double.one(entityId=id_, name="n") for id_ in "12")

    answer = double.client.post(
        f"{PATH}/delete", json={"ids": [first["id"], "nobody", first["id"], "6650a1b2c3d4e5f601234567"]}
    ).json()

    assert (answer["total"], answer["successful"], answer["failed"]) == (3, 1, 2)
    deleted, *missing = answer["results"]
    assert deleted["subscription"] == {name: first[name] for name in ("id", "entityType", "entityId", "name")}
    assert [row["error"] for row in missing] == [
        {"code": "NOT_FOUND", "message": f"Subscription with id '{name}' not found"}
        for name in ("nobody", "6650a1b2c3d4e5f601234567")
    ]
    assert [row["id"] for row in double.client.get(PATH).json()["data"]] == [second["id"]]
    assert double.one()["id"] != first["id"]


@pytest.mark.parametrize("ids", [[], ["1"] * 26, [1], "1"])
def test_ids_that_are_none_or_too_many_are_refused(ids: Any, double: Double) -> None:
    assert double.client.post(f"{PATH}/delete", json={"ids": ids}).status_code == 400


# Opt-outs


def test_an_account_has_one_subscription_to_opt_outs(double: Double) -> None:
    body = {"entityType": "contact", "url": URL}
    first = double.client.post(f"{PATH}/opt-out", json=body)

    second = double.client.post(f"{PATH}/opt-out", json=body)

    subscription = first.json()
    assert first.status_code == 201
    assert (subscription["entityType"], subscription["signalTypes"]) == ("contact", ["optOut"])
    assert second.status_code == 403
    assert second.json()["message"] == "An opt-out subscription already exists for this account"
    assert double.client.get(PATH).json()["data"] == [subscription]
    change = {"signalTypes": ["promotion"]}
    assert double.client.request("PATCH", f"{PATH}/{subscription['id']}", json=change).status_code == 400
    double.client.post(f"{PATH}/delete", json={"ids": [subscription["id"]]})
    again = double.client.post(f"{PATH}/opt-out", json=body).json()
    assert again["entityId"] == subscription["entityId"]
    assert again["entityId"].isdecimal()


# Around them


def test_all_is_free_and_survives_the_end_of_version_2(make_client: Make) -> None:
    client = make_client("out-of-credits", v2="gone", people=20, companies=2)
    item = {"entityId": "1", "entityType": "contact", "signalTypes": ["promotion"]}

    assert create(client, item).status_code == 201
    assert client.post("/api/account/secret/regenerate").status_code == 200
    assert client.get("/api/audit-logs").status_code == 200
    assert client.get("/v3/account/usage").json()["credits"]["remaining"] == 0


def test_its_calls_share_a_hundred_a_minute(make_client: Make, clock: Clock) -> None:
    client = make_client(people=20, companies=2)

    statuses = [
        client.get(path).status_code
        for path in [*["/api/audit-logs/stats", PATH, "/api/account/secret", "/api/audit-logs"] * 25, PATH]
    ]

    assert statuses[-2:] == [200, 429]
    assert client.get("/v3/account/usage").status_code == 200
    clock.advance(60)
    assert client.get(PATH).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", PATH), ("GET", f"{PATH}/none"), ("POST", f"{PATH}/none/test"), ("GET", "/api/account/secret")],
)
def test_a_wrong_key_is_told_before_anything_else(method: str, path: str, double: Double) -> None:
    assert double.client.request(method, path, key="invalid").status_code == 401


def test_the_same_calls_give_the_same_ids_and_secrets(
    new_app: NewApp, answer_check: AnswerCheck, now: datetime
) -> None:
    def talk() -> list[Any]:
        double = Double(new_app, answer_check, now)
        client = double.client
        texts = [double.one(), *(client.post("/api/account/secret/regenerate").json() for _ in range(2))]
        client.close()
        return texts

    first, again = talk(), talk()

    assert first == again
    assert first[1] != first[2]
