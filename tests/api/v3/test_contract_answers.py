"""The contract of v3 and its answers: requests that it shows are taken, and nothing it declares is idle."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from api.v3.receivers import CLOSE, receiving
from support import CheckedClient

from mock_lusha.clock import Clock
from mock_lusha.contract.document import Contract

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from api.v3.receivers import Receiver
    from deployment import NewApp
    from support import AnswerCheck

    from mock_lusha.contract.document import Operation

V3 = Contract.load("v3")
PAGE = {"page": 0, "size": 100}
SIGNALS = {"types": ["allSignals"], "startDate": "2020-01-01"}
UNKNOWN = "1"
QUERIES = {"locations": "boston", "hiringByLocations": "united", "names": "quill", "technologies": "sql"}
IDLE = {
    # Newer than all that was seen, and no word of it is known.
    ("ContactsEnrichResponse", "statusDescription"),
    ("ContactsSearchAndEnrichResponse", "statusDescription"),
    # Published with the previews that these are.
    ("BuyingGroupContact", "error"),
    *(("WebsiteVisitsCompanyResult", name) for name in ("clientReferenceId", "signalTypes", "error")),
}
"""What no answer has."""
SERVED = [operation for operation in V3.operations.values() if not operation.unserved]
SERVED_NAMES = [operation.id for operation in SERVED]


def item_of(operation: Operation) -> Mapping[str, Any]:
    item: Mapping[str, Any] = V3.document["paths"][operation.path][operation.method.lower()]
    return item


def requests() -> Iterator[tuple[str, tuple[str, str, Any]]]:
    """What the contract shows of requests: a name, the method, the path and the body."""
    for operation in SERVED:
        media = item_of(operation).get("requestBody", {}).get("content", {}).get("application/json", {})
        for name, example in media.get("examples", {}).items():
            yield f"{operation.id} {name}", (operation.method, operation.path, example["value"])


EXAMPLES = dict(requests())
USER = "petra.lindqvist@quillmark-robotics.example"
OWNER = {"owner": {"email": USER}}
KEY = "some-key-0123456789"
EVERYBODY: Any = {"companies": {"include": {"sizes": [{"min": 1}]}}}


@pytest.mark.parametrize("strict", ["auto", "yes"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_a_request_that_the_contract_shows_is_answered(
    name: str, strict: str, make_client: Callable[..., CheckedClient]
) -> None:
    method, path, body = EXAMPLES[name]
    client = make_client(strict=strict, people=200, companies=20)
    if "{id}" in path:
        created = client.post("/api/subscriptions", json=EXAMPLES["createSubscription company"][2])
        path = path.format(id=created.json()["results"][0]["subscription"]["id"])
    if "{table_id}" in path:
        created = client.post(path.partition("/{")[0], json={"name": "There", **OWNER})
        path = path.format(table_id=created.json()["data"]["tableId"], column_id="c6")

    answer = client.request(method, path, json=body)

    assert answer.status_code in {200, 201}, answer.text


# Properties

Place = tuple[str, str]
"""A schema (or where an object without a name stands), and a property of it."""


class Declared:
    """The properties that answers of served operations may have, and those that were seen."""

    def __init__(self) -> None:
        self.seen: set[Place] = set()
        self.schemas = {operation.id: self._answer(operation) for operation in SERVED}
        self._validators: dict[int, Any] = {}

    @staticmethod
    def _answer(operation: Operation) -> Mapping[str, Any]:
        responses = item_of(operation)["responses"]
        response = V3.resolve(responses["200" if "200" in responses else "201"])
        schema: Mapping[str, Any] = response["content"]["application/json"]["schema"]
        return schema

    def all(self) -> dict[Place, Mapping[str, Any]]:
        """All that are declared, with their schemas."""
        places: dict[Place, Mapping[str, Any]] = {}
        for name, schema in self.schemas.items():
            self._gather(schema, name, places)
        return places

    def _gather(self, schema: Mapping[str, Any], where: str, places: dict[Place, Mapping[str, Any]]) -> None:
        if "$ref" in schema:
            where, schema = schema["$ref"].rsplit("/", 1)[1], V3.resolve(schema)
        for branch in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
            self._gather(branch, where, places)
        if "items" in schema:
            self._gather(schema["items"], where, places)
        if isinstance(schema.get("additionalProperties"), dict):
            self._gather(schema["additionalProperties"], where, places)
        for name, inner in schema.get("properties", {}).items():
            if (where, name) not in places:
                places[where, name] = inner
                self._gather(inner, f"{where}.{name}", places)

    def note(self, operation: str, answer: Any) -> None:
        """Note the properties of an answer."""
        self._note(self.schemas[operation], operation, answer)

    def _note(self, schema: Mapping[str, Any], where: str, value: Any) -> None:
        if "$ref" in schema:
            where, schema = schema["$ref"].rsplit("/", 1)[1], V3.resolve(schema)
        for branch in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
            if self._validator(branch).is_valid(value):
                self._note(branch, where, value)
                break
        for each in value if isinstance(value, list) and "items" in schema else ():
            self._note(schema["items"], where, each)
        if isinstance(value, dict):
            further = schema.get("additionalProperties")
            for name, inner in value.items():
                if name in schema.get("properties", {}):
                    self.seen.add((where, name))
                    self._note(schema["properties"][name], f"{where}.{name}", inner)
                elif isinstance(further, dict):
                    self._note(further, where, inner)

    def _validator(self, schema: Mapping[str, Any]) -> Any:
        found = self._validators.get(id(schema))
        if found is None:
            document = {**schema, "components": {"schemas": V3.schemas}}
            found = self._validators[id(schema)] = jsonschema_rs.Draft202012Validator(document)
        return found


class Walk:
    """Calls of operations by their ids."""

    def __init__(self, client: CheckedClient, clock: Clock, declared: Declared) -> None:
        self._client = client
        self._clock = clock
        self._declared = declared

    def call(self, name: str, body: Any = None, *, part: str = "", column: str = "", **query: str) -> Any:
        """What an operation answers; ``part`` is the parameter of its path, or the first of two."""
        operation = V3.operations[name]
        path = re.sub(r"\{.*?\}", part, operation.path.replace("{column_id}", column))
        options = {} if body is None else {"json": body}
        answer = self._client.request(operation.method, path, params=query, **options)
        assert answer.status_code in {200, 201}, answer.text
        self._declared.note(name, answer.json())
        return answer.json()

    def all(self) -> None:
        """Call all operations, about as many people and companies as one call takes."""
        some = {"departments": ["Sales", "Product"], "signals": SIGNALS}
        filters: Any = {"contacts": {"include": some}}
        people = self.call("prospectingContacts", {"pagination": PAGE, "filters": filters})["results"]
        companies = self.call("prospectingCompanies", {"pagination": PAGE, "filters": EVERYBODY})["results"]
        self._contacts([*[each["id"] for each in people][:99], UNKNOWN])
        self._companies([*[each["id"] for each in companies][:99], UNKNOWN])
        self._tables("Contact", [each["id"] for each in people][:20], "promotion")
        self._tables("Company", [each["id"] for each in companies][:20], "riskNews")
        with receiving() as receiver:
            self._webhooks(receiver, people[0]["id"])
        for name in SERVED_NAMES:
            operation = V3.operations[name]
            if operation.method == "GET" and not operation.parameters:
                self.call(name)
            elif operation.method == "GET" and "filterType" in operation.path:
                for kind in operation.parameters[0]["schema"]["enum"]:
                    self.call(name, part=kind, **({"query": QUERIES[kind]} if kind in QUERIES else {}))

    def _contacts(self, ids: list[str]) -> None:
        items = [{"id": each, "clientReferenceId": "1"} for each in ids]
        self.call("searchContacts", {"contacts": items, "signals": SIGNALS})
        self.call("searchAndEnrichContacts", {"contacts": items})
        self.call("searchAndEnrichContacts", {"contacts": items, "reveal": ["phones"]})
        job = self.call("enrichContacts", {"ids": ids})["job"]["id"]
        self.call("getContactJob", part=job)
        self._clock.advance(2)
        self.call("getContactJob", part=job)
        self.call("getContactSignalScores", {"contacts": items})
        self.call("getContactSignals", {"ids": ids, "signalTypes": ["allSignals"], "startDate": "2020-01-01"})
        self.call("getContactLookalikes", {"seeds": {"ids": ids[:5]}})

    def _companies(self, ids: list[str]) -> None:
        items = [{"id": each, "clientReferenceId": "1"} for each in ids]
        reveal = V3.schemas["CompanyReveal"]["enum"]
        self.call("searchCompanies", {"companies": items, "signals": SIGNALS})
        self.call("searchAndEnrichCompanies", {"companies": items, "reveal": reveal})
        self.call("enrichCompanies", {"ids": ids, "reveal": reveal})
        self.call("getContactsBuyingGroup", {"companies": [*items[:24], items[-1]]})
        self.call("getCompanySignalScores", {"companies": items})
        window = {"startDate": "2026-01-01", "endDate": "2026-03-31"}
        tracked = {"domains": ["quillmark-robotics.example"], "pagination": PAGE}
        self.call("getWebsiteVisits", {**tracked, **window})
        self.call("getCompanySignals", {"ids": ids, "signalTypes": ["allSignals"], "startDate": "2020-01-01"})
        self.call("getCompanyLookalikes", {"seeds": {"domains": [f"acme{each}.com" for each in range(5)]}})

    def _tables(self, kind: str, ids: list[str], signal: str) -> None:
        many = {"Contact": "Contacts", "Company": "Companies"}[kind]
        table = self.call(f"create{many}Table", {"name": many, "ids": ids[:3], **OWNER})["data"]["tableId"]
        rows = {"entityIds": [*ids[:5], UNKNOWN], **OWNER}
        self.call(f"add{many}TableEntities", rows, part=table)
        self.call(f"enrich{many}", {"ids": ids, "tableId": table})
        self.call(f"prospecting{many}", {"pagination": PAGE, "filters": EVERYBODY, "tableId": table})
        self.call(f"get{kind}Signals", {"ids": ids, "signalTypes": [signal], "tableId": table})
        seeds = {"ids": ids[:5]} if kind == "Contact" else {"domains": [f"acme{n}.com" for n in range(5)]}
        self.call(f"get{kind}Lookalikes", {"seeds": seeds, "tableId": table})
        run = {"runScope": "all", **OWNER}
        self.call(f"run{many}TableColumn", run, part=table, column="c6")
        self._clock.advance(1)
        self.call(f"list{many}Tables", OWNER)
        for name in ("Table", "TableEntities"):
            self.call(f"get{many}{name}", part=table, email=USER)
        self.call(f"list{many}TableColumns", part=table, email=USER)
        self.call(f"update{many}Table", {"visibility": "shared", **OWNER}, part=table)
        self.call(f"remove{many}TableEntities", rows, part=table)
        self.call(f"remove{many}TableColumn", part=table, column=f"col_signals_{signal}", email=USER)
        self.call(f"delete{many}Table", part=table, email=USER)

    def _webhooks(self, receiver: Receiver, person: str) -> None:
        self.call("regenerateAccountSecret")
        defaults = {"url": receiver.url, "entityType": "contact", "signalTypes": ["promotion"]}
        body = {"defaults": defaults, "name": "Hook", "subscriptions": [{"entityId": person}] * 2}
        hook = self.call("createSubscription", body)["results"][0]["subscription"]["id"]
        opt_out = {"entityType": "contact", "url": receiver.url, "name": "Opt-outs"}
        self.call("createOptOutSubscription", opt_out)
        self.call("testSubscription", part=hook)
        # One delivery arrives, and one does not.
        for receiver.then in (lambda: None, lambda: CLOSE):
            event = {"signalType": "optOut", "entityType": "contact", "find": {"email": "jane.doe@acme.com"}}
            answer = self._client.post("/_mock/webhooks/trigger", params={"account": KEY}, json=event)
            assert answer.status_code == 201, answer.text
        self.call("getSubscriptionById", part=hook)
        self.call("listSubscriptions")
        self.call("getAuditLogs")
        self.call("getAuditLogStats")
        self.call("updateSubscription", {"regenerateSecret": True}, part=hook)
        self.call("deleteSubscriptions", {"ids": [hook, "none"]})


@pytest.fixture(scope="module")
def seen(new_module_app: NewApp, answer_check: AnswerCheck, now: datetime) -> Mapping[str, Declared]:
    """What the answers of each dialect had."""
    found = {}
    for dialect in ("live", "documented"):
        clock = Clock(source=now.timestamp)
        settings = {"limits": "off", "credits": None, "waterfall": True, "webhook_retries": ()}
        app = new_module_app(clock, people=600, companies=60, dialect=dialect, **settings)
        client = CheckedClient(app, answer_check, KEY)
        declared = found[dialect] = Declared()
        Walk(client, clock, declared).all()
        client.close()
    return found


def test_of_all_that_is_declared_some_answer_has_each(seen: Mapping[str, Declared]) -> None:
    places = seen["live"].all()

    never = places.keys() - seen["live"].seen - seen["documented"].seen

    assert never == IDLE
    assert len(places) > 500


def test_what_one_dialect_alone_shows_says_so(seen: Mapping[str, Declared]) -> None:
    live, documented = seen["live"].seen, seen["documented"].seen
    wrong = {
        place: mark
        for place, schema in seen["live"].all().items()
        for mark in [schema.get("x-mock-lusha-dialect")]
        if (mark == "live" and place in documented) or (mark == "documented" and place in live)
    }
    alone = {
        place
        for place, schema in seen["live"].all().items()
        if "x-mock-lusha-dialect" not in schema and (place in live) is not (place in documented)
    }

    assert wrong == {}
    # Parts of what is marked.
    assert {name for name, _ in alone} <= {
        "MissingDataPoint", "EnrichedCompany.phones", "EnrichedCompany.emails",
        "SearchAndEnrichCompanyResult.phones", "SearchAndEnrichCompanyResult.emails", "TableDatapoints",
        "TableDatapoints.emails", "TableDatapoints.phones", "TableEntity.socialLinks",
    }  # fmt: skip
