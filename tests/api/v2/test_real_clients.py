"""Requests as clients in the field send them, and a client written from the public pages alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import requests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support import CheckedClient

    from mock_lusha.server import MockServer

KEY = {"api_key": "a-key-0123456789"}
ADA = "ada.quill@quill-works.example"
CONTACTS = {"contacts": [{"contactId": "1", "email": ADA}]}
WORKS_AT = [{"name": "Quill Works", "isCurrent": True}]


class Wire(NamedTuple):
    """A request as it goes over the wire, and what is read from its answer (path -> value)."""

    method: str
    url: str
    headers: dict[str, str]
    body: Any
    status: int
    reads: dict[str, Any]


def get(url: str, reads: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Wire:
    return Wire("GET", url, KEY if headers is None else headers, None, status, reads)


def post(
    url: str, body: Any, reads: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None
) -> Wire:
    return Wire("POST", url, KEY if headers is None else headers, body, status, reads)


NAMED = "firstName=Ada&lastName=Quill"
IS_ADA = {"contact.data.fullName": "Ada Quill", "contact.error": None}
HAS_ADA = {"contacts.1.data.fullName": "Ada Quill", "contacts.1.error": None}
NO_KEY = {"message": "No API key found in request"}
BY_EMAIL = f"/v2/person?email={ADA}"
WIRES: dict[str, Wire] = {
    # Headers
    "key in upper case": get(BY_EMAIL, IS_ADA, headers={"API_KEY": "k-0123456789"}),
    "x-api-key besides": get(BY_EMAIL, IS_ADA, headers={**KEY, "x-api-key": "other"}),
    "bearer besides": get(BY_EMAIL, IS_ADA, headers={**KEY, "Authorization": "Bearer x"}),
    "partner tag": get(BY_EMAIL, IS_ADA, headers={**KEY, "prtnr": "n8n"}),
    "no user agent": get(BY_EMAIL, IS_ADA, headers={**KEY, "user-agent": ""}),
    "urllib's user agent": get(BY_EMAIL, IS_ADA, headers={**KEY, "user-agent": "Python-urllib/3.11"}),
    "content type on a get": get(BY_EMAIL, IS_ADA, headers={**KEY, "content-type": "application/json"}),
    "bearer only": get(BY_EMAIL, NO_KEY, 401, {"Authorization": "Bearer k"}),
    "x-api-key only": get(BY_EMAIL, NO_KEY, 401, {"x-api-key": "k"}),
    "key in the query": get(f"{BY_EMAIL}&api_key=k-0123456789", NO_KEY, 401, {}),
    # One person
    "identity check": get(
        f"{BY_EMAIL}&revealEmails=false&revealPhones=false",
        {**IS_ADA, "contact.isCreditCharged": False, "contact.data.emailAddresses": "absent"},
    ),
    "booleans of python": get(
        f"{BY_EMAIL}&revealEmails=True&revealPhones=False",
        {**IS_ADA, "contact.data.phoneNumbers": "absent", "contact.data.emails.0": ADA},
    ),
    "axios lists": get(f"{BY_EMAIL}&signals[]=allSignals", {"contact.data.signals": {}}),
    "empty parameters": get(f"{BY_EMAIL}&linkedinUrl=&companyName=&filterBy=", IS_ADA),
    "name and company name": get(f"/v2/person?{NAMED}&companyName=Quill%20Works", IS_ADA),
    "plus signs for blanks": get(f"/v2/person?{NAMED}&companyName=Quill+Works", IS_ADA),
    "name and domain": get(f"/v2/person?{NAMED}&companyDomain=quill-works.example", IS_ADA),
    "company in place of companyName": get(
        f"/v2/person?{NAMED}&company=Quill+Works", {"statusCode": 400}, 400
    ),
    "linkedin with country host": get(
        "/v2/person?linkedinUrl=https%3A%2F%2Fde.linkedin.com%2Fin%2Fmock-lusha-ada-quill--at--quill-works",
        IS_ADA,
    ),
    "nobody": get(
        "/v2/person?email=nobody",
        {"contact.error.code": 3, "contact.error.name": "EMPTY_DATA", "contact.data": None},
    ),
    "nothing sent": get("/v2/person", {"statusCode": 400}, 400),
    "first generation": get("/person?firstName=A&lastName=B&company=C", {"statusCode": 404}, 404),
    # Many people
    "empty metadata": post("/v2/person", {**CONTACTS, "metadata": {}}, HAS_ADA),
    "trailing slash": post("/v2/person/", CONTACTS, HAS_ADA),
    "pages in the query of a post": post("/v2/person?pages[page]=0&pages[size]=50", CONTACTS, HAS_ADA),
    "company without domain": post(
        "/v2/person",
        {"contacts": [{"contactId": "1", "fullName": "Ada Quill", "companies": WORKS_AT}]},
        HAS_ADA,
    ),
    "company without isCurrent": post(
        "/v2/person",
        {"contacts": [{"contactId": "1", "fullName": "Ada Quill", "companies": [{"name": "Quill Works"}]}]},
        HAS_ADA,
    ),
    "charset in the content type": post(
        "/v2/person", CONTACTS, HAS_ADA, headers={**KEY, "content-type": "application/json; charset=utf-8"}
    ),
    "contact id as a number": post(
        "/v2/person", {"contacts": [{"contactId": 1, "email": ADA}]}, {"statusCode": 400}, 400
    ),
    "bulk path that never was": post("/v2/person/bulk", CONTACTS, {"statusCode": 404}, 404),
    # Companies
    "company by domain": get(
        "/v2/company?domain=quill-works.example",
        {"data.name": "Quill Works", "data.companySize.min": 11, "data.errors": "absent"},
    ),
    "older company path": get("/company?domain=quill-works.example", {"data.name": "Quill Works"}),
    "older company path by name": get("/company?company=Quill+Works", {"data.name": "Quill Works"}),
    "companyName in place of company": get("/v2/company?companyName=Quill+Works", {"statusCode": 400}, 400),
    "company not found": get("/v2/company?domain=...", {"message": "Resource not found"}, 404),
    "companies": post(
        "/v2/company",
        {"companies": [{"id": "1", "name": "Quill Works"}, {"id": "2", "domain": "acme.com"}]},
        {"1.name": "Quill Works", "2.fqdn": "acme.com", "data": "absent", "companies": "absent"},
    ),
    "companies at the path of the text": post(
        "/bulk/company/v2",
        {"companies": [{"id": "x", "fqdn": "www.quill-works.example"}]},
        {"x.city": "Boston"},
    ),
    "company id as a number": post(
        "/v2/company", {"companies": [{"id": 1, "domain": "acme.com"}]}, {"statusCode": 400}, 400
    ),
    # Usage
    "usage": get("/account/usage", {"usage.credits.used": 0, "usage.credits.total": 10_000}),
}


def read(body: Any, path: str) -> Any:
    """The value at a dotted path, or the word absent."""
    for step in path.split("."):
        if isinstance(body, list):
            body = body[int(step)]
        elif step in body:
            body = body[step]
        else:
            return "absent"
    return body


@pytest.mark.parametrize("name", WIRES)
def test_what_clients_send_is_answered_as_they_read_it(
    make_client: Callable[..., CheckedClient], name: str
) -> None:
    wire = WIRES[name]
    answer = make_client(key=None).request(wire.method, wire.url, headers=wire.headers, json=wire.body)

    assert answer.status_code == wire.status, answer.text
    for path, expected in wire.reads.items():
        assert read(answer.json(), path) == expected, path


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("contact id as a number", "contacts.0.contactId must be a string"),
        ("company id as a number", "companies.0.id must be a string"),
    ],
)
def test_a_number_as_an_id_is_refused_in_the_words_that_were_seen(
    make_client: Callable[..., CheckedClient], name: str, message: str
) -> None:
    wire = WIRES[name]
    answer = make_client(error_format="live").post(wire.url, json=wire.body)

    assert (answer.json()["name"], answer.json()["message"]) == ("BadRequest", message)


def test_readers_of_usage_find_their_sum_whatever_the_category(
    make_client: Callable[..., CheckedClient],
) -> None:
    for dialect in ("live", "documented"):
        usage = make_client(dialect=dialect).get("/account/usage").json()["usage"]
        popup = usage.get("credits") or usage.get("bulkCredits")

        assert popup["remaining"] == 10_000
        assert sum(category["remaining"] for category in usage.values()) == 10_000


# A client as somebody writes it who has read the public pages and has never heard of this double.


class LushaError(Exception):
    """The API refused a request."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class LushaClient:
    """Enrichment over the REST API."""

    def __init__(self, api_key: str, base_url: str = "https://api.lusha.com") -> None:
        self.base_url = base_url.rstrip("/")
        self.session = requests.Session()
        self.session.headers.update({"api_key": api_key, "Content-Type": "application/json"})
        self.requests_left: int | None = None

    def close(self) -> None:
        self.session.close()

    def _call(self, method: str, path: str, **options: Any) -> Any:
        answer = self.session.request(method, self.base_url + path, timeout=30, **options)
        if "x-daily-requests-left" in answer.headers:
            self.requests_left = int(answer.headers["x-daily-requests-left"])
        if not answer.ok:
            body = answer.json()
            message = body.get("message") or body.get("error", {}).get("message")
            raise LushaError(answer.status_code, "; ".join(message) if isinstance(message, list) else message)
        return answer.json()

    def get_person(self, **identifiers: str) -> dict[str, Any] | None:
        contact = self._call("GET", "/v2/person", params=identifiers)["contact"]
        error = contact.get("error")
        if error and (error["code"] == 3 or error["name"] == "EMPTY_DATA"):
            return None
        if error:
            raise LushaError(200, error["message"])
        found: dict[str, Any] = contact["data"]
        return found

    def get_people(self, contacts: list[dict[str, Any]], **metadata: Any) -> dict[str, Any]:
        answer = self._call("POST", "/v2/person", json={"contacts": contacts, "metadata": metadata})
        return {
            key: {**contact["data"], "company": answer["companies"][str(contact["data"]["companyId"])]}
            for key, contact in answer["contacts"].items()
            if not contact["error"]
        }

    def get_company(self, **identifiers: str) -> dict[str, Any] | None:
        try:
            answer = self._call("GET", "/v2/company", params=identifiers)
        except LushaError as error:
            if error.status == 404:
                return None
            raise
        found: dict[str, Any] = answer["data"]
        return found

    def get_companies(self, companies: list[dict[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = self._call("POST", "/v2/company", json={"companies": companies})
        return found

    def credits_left(self) -> int:
        usage = self._call("GET", "/account/usage")["usage"]
        return sum(int(category["remaining"]) for category in usage.values())


@pytest.fixture
def lusha(server: MockServer, request: pytest.FixtureRequest) -> Iterator[LushaClient]:
    """The client, with nothing changed but its base URL; each test is a tenant of its own."""
    client = LushaClient(f"scale+{request.node.name}", base_url=server.url)
    yield client
    client.close()


def test_the_client_enriches_a_person(lusha: LushaClient) -> None:
    person = lusha.get_person(firstName="Jane", lastName="Doe", companyDomain="acme.com")

    assert person is not None
    assert (person["firstName"], person["lastName"]) == ("Jane", "Doe")
    assert person["company"]["domain"] == "acme.com"
    again = lusha.get_person(linkedinUrl=person["socialLinks"]["linkedin"])
    assert again is not None
    assert again["personId"] == person["personId"]
    assert lusha.requests_left == 50_000 - 2


def test_the_client_enriches_a_list_of_people(lusha: LushaClient) -> None:
    rows: list[dict[str, Any]] = [
        {"contactId": "row-1", "email": ADA},
        {"contactId": "row-2", "fullName": "Jane Doe", "companies": [{"name": "Acme", "isCurrent": True}]},
        {"contactId": "row-3", "email": "nobody"},
    ]
    people = lusha.get_people(rows, revealEmails=True, revealPhones=False)

    assert list(people) == ["row-1", "row-2"]
    assert [person["company"]["name"] for person in people.values()] == ["Quill Works", "Acme"]
    assert "phoneNumbers" not in people["row-1"]
    assert people["row-1"]["emailAddresses"][0]["email"] == ADA


def test_the_client_finds_a_person_s_company(lusha: LushaClient) -> None:
    person = lusha.get_person(email=ADA)
    assert person is not None
    company = lusha.get_company(companyId=str(person["companyId"]))
    assert company is not None
    bulk = lusha.get_companies([{"id": "a", "domain": company["domain"]}, {"id": "b", "domain": "..."}])

    assert company["name"] == person["company"]["name"]
    assert list(bulk) == ["a"]
    assert bulk["a"]["id"] == company["id"]


def test_the_client_takes_misses_for_what_they_are(lusha: LushaClient) -> None:
    before = lusha.credits_left()

    assert lusha.get_person(email="nobody") is None
    assert lusha.get_company(domain="...") is None
    assert lusha.credits_left() == before


def test_the_client_watches_its_credits(lusha: LushaClient) -> None:
    before = lusha.credits_left()
    lusha.get_person(email=ADA)
    lusha.get_company(domain="acme.com")
    lusha.get_person(email=ADA)

    assert before - lusha.credits_left() == 6 + 1


@pytest.mark.parametrize(
    ("key", "sent", "status", "words"),
    [
        ("scale+errors", {}, 400, "one of these is needed"),
        ("invalid", {"email": ADA}, 401, "Invalid API key"),
        ("out-of-credits", {"email": ADA}, 402, "Insufficient credits"),
        ("inactive", {"email": ADA}, 403, "Your account is not active"),
        ("legacy", {"email": ADA, "revealEmails": "true"}, 403, "does not support requesting individual"),
        ("trial-ended", {"email": ADA}, 429, "You've reached your trial limit"),
        ("scale+gdpr", {"email": "greta.datenschutz@quill-works.example"}, 451, "GDPR regulations"),
        ("scale+legal", {"email": "conrad.withheld@quill-works.example"}, 200, "compliance"),
    ],
)
def test_the_client_tells_errors_apart(
    server: MockServer, key: str, sent: dict[str, str], status: int, words: str
) -> None:
    client = LushaClient(key, base_url=server.url)
    try:
        with pytest.raises(LushaError, match=words) as caught:
            client.get_person(**sent)
    finally:
        client.close()

    assert caught.value.status == status
