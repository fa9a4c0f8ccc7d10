"""Bad input: each kind gets an answer that says what is wrong, never a 500, and costs nothing."""

from __future__ import annotations

import gzip
import json
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

    from mock_lusha.server import MockServer

JSON = {"content-type": "application/json"}
ADA = "ada.quill@quill-works.example"
CONTACT = {"contactId": "1", "email": ADA}
GOOD = json.dumps({"contacts": [CONTACT]}).encode()
NESTED_IN_GOOD = GOOD[:-1] + b', "x": %s}'
NO_PERSON = "personId, linkedinUrl, email, or firstName and lastName with companyName or companyDomain"
NO_CONTACT = "personId, linkedinUrl, email, or fullName with companies[].name or companies[].domain"
DEPTH = 5_000


def with_contact(**fields: Any) -> dict[str, Any]:
    return {"contacts": [{**CONTACT, **fields}]}


# What is sent, and what the answer says about it.
BODIES: dict[str, tuple[str, Any, list[str]]] = {
    "no contacts": ("/v2/person", {}, ["contacts should not be empty"]),
    "contacts null": ("/v2/person", {"contacts": None}, ["contacts must be an array (sent: null)"]),
    "contacts an object": (
        "/v2/person",
        {"contacts": {"1": 2}},
        ["contacts must be an array (sent: an object)"],
    ),
    "an item of text": ("/v2/person", {"contacts": ["x"]}, ['contacts.0 must be an object (sent: "x")']),
    "no contactId": (
        "/v2/person",
        {"contacts": [{"email": ADA}]},
        ["contacts.0.contactId should not be empty"],
    ),
    "contactId a number": (
        "/v2/person",
        with_contact(contactId=7),
        ["contacts.0.contactId must be a string (sent: 7)"],
    ),
    "contactId empty": (
        "/v2/person",
        with_contact(contactId=""),
        ['contacts.0.contactId should not be empty (sent: "")'],
    ),
    "email a flag": (
        "/v2/person",
        with_contact(email=True),
        ["contacts.0.email must be a string (sent: true)"],
    ),
    "companies an object": (
        "/v2/person",
        with_contact(companies={"name": "x"}),
        ["contacts.0.companies must be an array (sent: an object)"],
    ),
    "isCurrent a text": (
        "/v2/person",
        with_contact(companies=[{"name": "x", "isCurrent": "yes"}]),
        ['contacts.0.companies.0.isCurrent must be a boolean value (sent: "yes")'],
    ),
    "metadata a list": (
        "/v2/person",
        {"contacts": [CONTACT], "metadata": [1, 2]},
        ["metadata must be an object (sent: a list of 2)"],
    ),
    "filterBy unknown": (
        "/v2/person",
        {"contacts": [CONTACT], "metadata": {"filterBy": "fax"}},
        ["metadata.filterBy must be one of the following values: phoneNumbers, emailAddresses (sent: fax)"],
    ),
    "a start day that is none": (
        "/v2/person",
        {"contacts": [CONTACT], "metadata": {"signals": ["promotion"], "signalsStartDate": "2026-02-30"}},
        ["metadata.signalsStartDate must be a valid ISO 8601 date string (sent: 2026-02-30)"],
    ),
    "101 contacts": (
        "/v2/person",
        {"contacts": [{"contactId": str(n), "email": ADA} for n in range(101)]},
        ["contacts must contain no more than 100 elements (sent: a list of 101)"],
    ),
    "no contact": (
        "/v2/person",
        {"contacts": []},
        ["contacts must contain at least 1 elements (sent: a list of 0)"],
    ),
    "a contactId twice": (
        "/v2/person",
        {"contacts": [CONTACT, {**CONTACT, "contactId": "2"}, CONTACT]},
        ["contacts.2.contactId must be unique; contacts.0 has it too (sent: 1)"],
    ),
    "a contact that identifies nobody": (
        "/v2/person",
        {"contacts": [CONTACT, {"contactId": "2"}]},
        [f"contacts.1 must have {NO_CONTACT}"],
    ),
    "a full name without company": (
        "/v2/person",
        {"contacts": [{"contactId": "1", "fullName": "Ada Quill"}]},
        [f"contacts.0 must have {NO_CONTACT}"],
    ),
    "no companies": ("/v2/company", {}, ["companies should not be empty"]),
    "id a number": (
        "/v2/company",
        {"companies": [{"id": 1, "name": "x"}]},
        ["companies.0.id must be a string (sent: 1)"],
    ),
    "101 companies": (
        "/v2/company",
        {"companies": [{"id": str(n), "name": "x"} for n in range(101)]},
        ["companies must contain no more than 100 elements (sent: a list of 101)"],
    ),
    "an id twice": (
        "/v2/company",
        {"companies": [{"id": "a", "name": "x"}, {"id": "a", "name": "y"}]},
        ["companies.1.id must be unique; companies.0 has it too (sent: a)"],
    ),
    "companies that identify none": (
        "/v2/company",
        {"companies": [{"id": "a"}, {"id": "b", "domain": "  "}]},
        [f"companies.{n} must have name, domain, fqdn or companyId" for n in (0, 1)],
    ),
    "a state without country": (
        "/v2/company",
        {
            "companies": [{"id": "a", "name": "x"}],
            "signals": ["surgeInHiringByLocation"],
            "signalsFilters": {"include": {"hiringByLocations": [{"state": "Ohio"}]}},
        },
        ["signalsFilters.include.hiringByLocations.0.country should not be empty"],
    ),
    "two things at once": (
        "/v2/company",
        {"companies": [{"id": 1, "name": 2}]},
        ["companies.0.id must be a string (sent: 1)", "companies.0.name must be a string (sent: 2)"],
    ),
    "a list": ("/v2/person", [CONTACT], ["body must be an object (sent: a list of 1)"]),
    "a text": ("/v2/person", "hello", ['body must be an object (sent: "hello")']),
    "a number": ("/v2/person", 5, ["body must be an object (sent: 5)"]),
    "a null": ("/v2/person", None, ["body must be an object (sent: null)"]),
}


@pytest.mark.parametrize(("path", "body", "errors"), BODIES.values(), ids=list(BODIES))
def test_a_wrong_body_is_told_what_is_wrong_and_costs_nothing(
    client: CheckedClient, path: str, body: Any, errors: list[str]
) -> None:
    answer = client.post(path, content=json.dumps(body).encode(), headers=JSON)

    assert answer.status_code == 400
    assert sorted(answer.json()["errors"]) == sorted(errors)
    assert client.used() == 0


QUERIES: dict[str, tuple[str, list[str]]] = {
    "nothing": ("/v2/person", [f"one of these is needed: {NO_PERSON}; none was sent"]),
    "parameters without value": (
        "/v2/person?email=&personId",
        [f"one of these is needed: {NO_PERSON}; none was sent"],
    ),
    "a name without company": (
        "/v2/person?firstName=Ada&lastName=Quill",
        [f"one of these is needed: {NO_PERSON}; only firstName, lastName was sent"],
    ),
    "companyName misspelled": (
        "/v2/person?firstName=Ada&lastName=Quill&company=Quill",
        [
            f"one of these is needed: {NO_PERSON}; only firstName, lastName was sent",
            "property company was sent, but is not read here; did you mean companyName?",
        ],
    ),
    "a flag that is none": (
        f"/v2/person?email={ADA}&revealEmails=maybe",
        ['revealEmails must be a boolean value (sent: "maybe")'],
    ),
    "filterBy unknown": (
        f"/v2/person?email={ADA}&filterBy=fax",
        ["filterBy must be one of the following values: phoneNumbers, emailAddresses (sent: fax)"],
    ),
    "an unknown signal": (
        f"/v2/person?email={ADA}&signals=promotion,raise",
        [
            (
                "each value in signals must be one of the following values: "
                "allSignals, promotion, companyChange (sent: raise)"
            )
        ],
    ),
    "a day that is none": (
        f"/v2/person?email={ADA}&signalsStartDate=2026-02-30",
        ["signalsStartDate must be a valid ISO 8601 date string (sent: 2026-02-30)"],
    ),
    "a day in another form": (
        "/v2/company?domain=acme.com&signalsStartDate=03/31/2026",
        ["signalsStartDate must be a valid ISO 8601 date string (sent: 03/31/2026)"],
    ),
    "no company": ("/v2/company", ["one of these is needed: domain, company, companyId; none was sent"]),
}


@pytest.mark.parametrize(("url", "errors"), QUERIES.values(), ids=list(QUERIES))
def test_a_wrong_query_is_told_what_is_wrong_and_costs_nothing(
    client: CheckedClient, url: str, errors: list[str]
) -> None:
    answer = client.get(url)

    assert answer.status_code == 400
    assert answer.json()["errors"] == errors
    assert client.used() == 0


UNKNOWN: dict[str, tuple[str, str, Any, list[str]]] = {
    "in a query": ("GET", f"/v2/person?email={ADA}&foo=1", None, ["property foo should not exist"]),
    "at the top": (
        "POST",
        "/v2/person",
        {"contacts": [CONTACT], "foo": 1},
        ["property foo should not exist"],
    ),
    "in an item": ("POST", "/v2/person", with_contact(foo=1), ["contacts.0.property foo should not exist"]),
    "in an item's company": (
        "POST",
        "/v2/person",
        with_contact(companies=[{"name": "Quill Works", "foo": 1}]),
        ["contacts.0.companies.0.property foo should not exist"],
    ),
    "in metadata": (
        "POST",
        "/v2/person",
        {"contacts": [CONTACT], "metadata": {"foo": 1}},
        ["metadata.property foo should not exist"],
    ),
    "in signalsFilters": (
        "POST",
        "/v2/company",
        {"companies": [{"id": "1", "name": "Quill Works"}], "signalsFilters": {"include": {"foo": []}}},
        ["signalsFilters.include.property foo should not exist"],
    ),
    "in the query of a POST": (
        "POST",
        "/v2/person?pages[page]=0",
        {"contacts": [CONTACT]},
        ["property pages[page] should not exist"],
    ),
}


@pytest.mark.parametrize(("method", "url", "body", "errors"), UNKNOWN.values(), ids=list(UNKNOWN))
def test_an_unknown_property_is_served_leniently_and_refused_strictly(
    make_client: Callable[..., CheckedClient], method: str, url: str, body: Any, errors: list[str]
) -> None:
    lenient, strict = make_client(strict="no"), make_client(strict="yes")

    served = lenient.request(method, url, json=body)
    refused = strict.request(method, url, json=body)

    assert (served.status_code, refused.status_code) == (200, 400)
    assert refused.json()["errors"] == errors
    assert (lenient.used() > 0, strict.used()) == (True, 0)


def test_a_400_also_names_what_was_not_read(client: CheckedClient) -> None:
    body = {"companies": [{"id": "1", "companyName": "Quill Works"}], "signals": ["allSignals"]}
    answer = client.post("/api/signals/companies/search", json=body)

    assert answer.json()["errors"] == [
        "companies.0 must have name or domain",
        "companies.0.property companyName was sent, but is not read here; did you mean name?",
    ]


UNREADABLE: dict[str, tuple[bytes, str]] = {
    "not JSON": (b"contacts=1", "the body is not JSON: "),
    "half of it": (GOOD[:-1], "the body is not JSON: "),
    "two of them": (GOOD + GOOD, "the body is not JSON: "),
    "single quotes": (b"{'contacts': []}", "the body is not JSON: "),
    "a comma too many": (b'{"contacts": [],}', "the body is not JSON: "),
    "invalid UTF-8": (GOOD.replace(b"ada", b"\xff\xfe"), "the body is not UTF-8"),
    "an overlong slash": (GOOD.replace(b"ada", b"\xc0\xaf"), "the body is not UTF-8"),
    "UTF-16": (GOOD.decode().encode("utf-16"), "the body is not UTF-8"),
    "NaN": (b'{"contacts": NaN}', "the body is not JSON: "),
    "Infinity": (b'{"contacts": -Infinity}', "the body is not JSON: "),
    "a lone surrogate": (GOOD.replace(b"ada", b"\\ud800"), "the body is not JSON: "),
    "a control character in a text": (GOOD.replace(b"ada", b"\x01"), "the body is not JSON: "),
    "5000 lists": (b"[" * DEPTH + b"]" * DEPTH, "the body is "),
    "5000 objects": (b'{"a":' * DEPTH + b"1" + b"}" * DEPTH, "the body is "),
    "5000 lists in an unknown property": (NESTED_IN_GOOD % (b"[" * DEPTH + b"]" * DEPTH), "the body is "),
    "1000 lists for contacts": (
        b'{"contacts": %s}' % (b"[" * 1000 + b"]" * 1000),
        "contacts.0 must be an object",
    ),
    "nothing": (b"", "contacts should not be empty"),
    "space": (b" \r\n\t", "contacts should not be empty"),
    "nul bytes": (b"\0" * 100, "the body is not JSON: "),
}


@pytest.mark.parametrize(("content", "start"), UNREADABLE.values(), ids=list(UNREADABLE))
@pytest.mark.parametrize("error_format", ["both", "live"])
def test_a_body_that_cannot_be_read_is_a_400(
    make_client: Callable[..., CheckedClient], content: bytes, start: str, error_format: str
) -> None:
    client = make_client(error_format=error_format)

    answer = client.post("/v2/person", content=content, headers=JSON)

    assert answer.status_code == 400
    assert answer.json()["message"].startswith(start)
    assert client.used() == 0


@pytest.mark.parametrize("depth", [300, 900])
def test_deep_nesting_where_nothing_is_read_is_an_unknown_property_and_no_more(
    make_client: Callable[..., CheckedClient], depth: int
) -> None:
    content = NESTED_IN_GOOD % (b"[" * depth + b"]" * depth)

    refused = make_client().post("/v2/person", content=content, headers=JSON)
    served = make_client(strict="no").post("/v2/person", content=content, headers=JSON)

    assert (refused.status_code, refused.json()["message"]) == (400, "property x should not exist")
    assert served.status_code == 200


READABLE: dict[str, bytes] = {
    "a byte order mark": b"\xef\xbb\xbf" + GOOD,
    "space around it": b"\r\n " + GOOD + b"\n",
    "escapes": GOOD.replace(b"ada", b"\\u0061da"),
    "a key twice, the last of which counts": b'{"contacts": [], ' + GOOD[1:],
    "a huge integer where nothing reads it": NESTED_IN_GOOD % (b"9" * 300),
    "lists nested 100 deep where nothing reads them": NESTED_IN_GOOD % (b"[" * 100 + b"]" * 100),
}


@pytest.mark.parametrize("content", READABLE.values(), ids=list(READABLE))
def test_an_odd_body_that_can_be_read_is_served(
    make_client: Callable[..., CheckedClient], content: bytes
) -> None:
    answer = make_client(strict="no").post("/v2/person", content=content, headers=JSON)

    assert answer.status_code == 200
    assert answer.json()["contacts"]["1"]["data"]["firstName"] == "Ada"


@pytest.mark.parametrize(
    "sent",
    ["9" * 5_000, 10**18, 10**19, 10**100, -1, 0, "٤", "4711 ", "0x10", "", "1e5", "-0"],
    ids=lambda sent: str(sent)[:8] or "empty",
)
def test_an_id_that_nobody_has_is_a_miss(client: CheckedClient, sent: int | str) -> None:
    bulk = client.post("/v2/person", json={"contacts": [{"contactId": "1", "personId": sent, "email": "no"}]})
    company = client.post("/v2/company", json={"companies": [{"id": "1", "companyId": sent}]})
    single = client.get("/v2/person", params={"personId": str(sent), "email": "no"})

    assert (bulk.status_code, single.status_code) == (200, 200)
    assert bulk.json()["contacts"]["1"]["error"]["code"] == 3
    assert single.json()["contact"]["error"]["code"] == 3
    assert (company.status_code, company.json()) == (200, {}) or (sent == "" and company.status_code == 400)
    assert client.used() == 0


def test_a_whole_number_with_a_point_is_the_same_id(client: CheckedClient) -> None:
    data = client.get("/v2/person", params={"email": ADA}).json()["contact"]["data"]

    person = client.post(
        "/v2/person", json={"contacts": [{"contactId": "1", "personId": float(data["personId"])}]}
    )
    company = client.post(
        "/v2/company", json={"companies": [{"id": "1", "companyId": float(data["companyId"])}]}
    )

    assert person.json()["contacts"]["1"]["data"] is not None
    assert list(company.json()) == ["1"]


ODD_QUERIES = {
    "a nul for an email": "/v2/person?email=%00",
    "a nul in the domain": "/v2/person?email=ada@b%00.co",
    "control characters for a name": "/v2/person?firstName=%00&lastName=%01&companyName=%02",
    "half a surrogate": "/v2/person?email=%ED%A0%80@b.co",
    "invalid UTF-8": "/v2/person?email=ada@%FF.co",
    "a nul for a profile": "/v2/person?linkedinUrl=%00",
    "a profile of control characters": "/v2/person?linkedinUrl=https://www.linkedin.com/in/%00%01",
    "a nul in a mailbox": "/v2/person?email=a%00da@quill-works.example",
    "a line break in a mailbox": "/v2/person?email=a%0Ada@quill-works.example",
    "5000 letters": f"/v2/person?email={'a' * 5_000}@acme.com",
    "a percent sign alone": "/v2/person?email=%",
    "an id of 5000 digits": f"/v2/person?personId={'9' * 5_000}",
}


@pytest.mark.parametrize("url", ODD_QUERIES.values(), ids=list(ODD_QUERIES))
def test_an_odd_identifier_of_a_person_is_a_miss(client: CheckedClient, url: str) -> None:
    answer = client.get(url)

    assert answer.status_code == 200
    assert answer.json()["contact"]["error"]["code"] == 3
    assert client.used() == 0


@pytest.mark.parametrize(
    "query",
    ["domain=%00", "domain=..", "domain=-", "domain=a%0Ab.com", "company=%00", "companyId=" + "9" * 5_000],
)
def test_an_odd_identifier_of_a_company_is_a_miss(client: CheckedClient, query: str) -> None:
    assert client.get(f"/v2/company?{query}").status_code == 404
    assert client.used() == 0


def test_a_query_may_have_500_parameters(client: CheckedClient) -> None:
    email = f"email={ADA}&"

    few = client.get("/v2/person?" + email + "&".join(f"p{n}=1" for n in range(499)))
    many = client.get("/v2/person?" + email + "&".join(f"p{n}=1" for n in range(1_000)))

    assert (few.status_code, many.status_code) == (200, 400)
    assert "500 parameters" in many.json()["message"]


def test_of_a_repeated_single_value_the_last_counts(client: CheckedClient) -> None:
    answer = client.get(f"/v2/person?email=first@acme.com&email={ADA}")

    assert answer.json()["contact"]["data"]["firstName"] == "Ada"


CONTENT_TYPES = {
    "none": (None, 400),
    "text": ("text/plain", 400),
    "a form": ("application/x-www-form-urlencoded", 400),
    "something like it": ("application/jsonx", 400),
    "in capitals": ("Application/JSON", 200),
    "with a charset": ("application/json; charset=utf-8", 200),
    "of JSON's family": ("application/vnd.api+json", 200),
}


@pytest.mark.parametrize(("sent", "status"), CONTENT_TYPES.values(), ids=list(CONTENT_TYPES))
def test_a_body_is_json_by_its_content_type(client: CheckedClient, sent: str | None, status: int) -> None:
    answer = client.post("/v2/person", content=GOOD, headers={} if sent is None else {"content-type": sent})

    assert answer.status_code == status
    if status == 400:
        assert answer.json()["errors"] == [f"Content-Type must be application/json (sent: {sent or 'none'})"]
        assert client.used() == 0


@pytest.mark.parametrize(("encoding", "status"), [("gzip", 400), ("br", 400), ("identity", 200)])
def test_a_compressed_body_is_refused(client: CheckedClient, encoding: str, status: int) -> None:
    content = gzip.compress(GOOD) if encoding == "gzip" else GOOD

    answer = client.post("/v2/person", content=content, headers={**JSON, "content-encoding": encoding})

    assert answer.status_code == status
    if status == 400:
        assert answer.json()["errors"] == [f"the body must not be compressed (sent: {encoding})"]


WRONG_METHODS = {
    ("PUT", "/v2/person"): "PUT is not served at /v2/person; it takes GET, HEAD, POST",
    ("DELETE", "/v2/company"): "DELETE is not served at /v2/company; it takes GET, HEAD, POST",
    ("OPTIONS", "/v2/company"): "OPTIONS is not served at /v2/company; it takes GET, HEAD, POST",
    ("POST", "/account/usage"): "POST is not served at /account/usage; it takes GET, HEAD",
    ("GET", "/prospecting/contact/search"): "GET is not served at /prospecting/contact/search; it takes POST",
    (
        "GET",
        "/prospecting/contact/search/",
    ): "GET is not served at /prospecting/contact/search; it takes POST",
    ("POST", "/api/signals/filters/contact"): (
        "POST is not served at /api/signals/filters/contact; it takes GET, HEAD"
    ),
    ("BREW", "/v2/person"): "BREW is not served at /v2/person; it takes GET, HEAD, POST",
}


@pytest.mark.parametrize(
    ("method", "path", "hint"),
    [
        pytest.param(
            *key,
            hint,
            id=" ".join(key),
            marks=[pytest.mark.in_process("a server takes it for no HTTP")] if key[0] == "BREW" else [],
        )
        for key, hint in WRONG_METHODS.items()
    ],
)
def test_a_wrong_method_is_a_404_that_names_what_would_work(
    client: CheckedClient, method: str, path: str, hint: str
) -> None:
    answer = client.request(method, path)

    assert answer.status_code == 404
    assert answer.json()["errors"] == [hint]


UNKNOWN_PATHS = {
    "/v2/persn": "nothing is served at /v2/persn; did you mean /v2/person?",
    "/v2/companies": "nothing is served at /v2/companies; did you mean /v2/company?",
    "/signals/contacts": "nothing is served at /signals/contacts; did you mean /api/signals/contacts?",
    "/V2/Person": "nothing is served at /V2/Person; did you mean /v2/person?",
    "/_mock/redy": "nothing is served at /_mock/redy; did you mean /_mock/ready?",
}


@pytest.mark.parametrize("path", UNKNOWN_PATHS)
def test_an_unknown_path_offers_the_nearest(client: CheckedClient, path: str) -> None:
    answer = client.get(path)

    assert (answer.status_code, answer.json()["errors"]) == (404, [UNKNOWN_PATHS[path]])


@pytest.mark.parametrize("path", ["/", "/zzz", "/%00", "/%0A", "/%ff", "/" + "a" * 60_000, "/v2/person/x/y"])
def test_a_path_like_no_other_is_a_404_of_moderate_length(client: CheckedClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 404
    assert answer.json()["errors"][0].startswith("nothing is served at /")
    assert len(answer.content) < 3_000


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"/v2/person/?email={ADA}"),
        ("GET", "/v2/company/?domain=quill-works.example"),
        ("POST", "/v2/person/"),
        ("GET", "/company/?domain=quill-works.example"),
    ],
)
def test_a_trailing_slash_is_served_and_not_redirected(client: CheckedClient, method: str, path: str) -> None:
    answer = client.request(method, path, json={"contacts": [CONTACT]} if method == "POST" else None)

    assert answer.status_code == 200
    assert not answer.history


@pytest.mark.parametrize("path", ["/account/usage//", "/v2/person///", "/v2//person"])
def test_two_slashes_are_another_path(client: CheckedClient, path: str) -> None:
    assert client.get(path, params={"email": ADA}).status_code == 404


def test_head_is_get_without_the_body(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client("free")

    head = client.request("HEAD", "/account/usage")
    lost = client.request("HEAD", "/v2/nothing")

    assert (head.status_code, lost.status_code) == (200, 404)
    assert (head.content, lost.content) == (b"", b"")
    assert int(head.headers["content-length"]) > 0
    assert head.headers["x-rate-limit-daily"] == "100"


def test_a_body_of_exactly_a_million_bytes_is_read(client: CheckedClient) -> None:
    padded = GOOD + b" " * (1_000_000 - len(GOOD))

    fits = client.post("/v2/person", content=padded, headers=JSON)
    one_more = client.post("/v2/person", content=padded + b" ", headers=JSON)

    assert (fits.status_code, one_more.status_code) == (200, 413)


def raw_exchange(server: MockServer, request: bytes) -> bytes:
    """Send a request whole before reading anything, as simple clients do; the answer until the end."""
    address = urlsplit(server.url)
    received = b""
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(request)
        while chunk := connection.recv(65_536):
            received += chunk
    return received


@pytest.mark.parametrize("path", ["/v2/person", "/v2/nothing"])
def test_over_a_socket_the_sender_of_ten_megabytes_sees_the_answer(server: MockServer, path: str) -> None:
    big = b'{"contacts": "' + b"x" * 10_000_000 + b'"}'

    with httpx.Client(base_url=server.url, headers={"api_key": "bad-input-large"}) as client:
        large = client.post(path, content=big, headers=JSON)
        after = client.get("/account/usage")

    assert large.status_code == (413 if path == "/v2/person" else 404)
    assert after.status_code == 200
    assert after.json()["usage"]["credits"]["used"] == 0


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_over_a_socket_that_is_closed_after_it_the_answer_arrives_too(
    server: MockServer, chunked: bool
) -> None:
    size = 10_000_000
    framing = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % size
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (size, b"x" * size) if chunked else b"x" * size
    head = (
        b"POST /v2/company HTTP/1.1\r\nHost: x\r\napi_key: bad-input-close\r\nConnection: close\r\n"
        b"Content-Type: application/json\r\n" + framing + b"\r\n\r\n"
    )

    answer = raw_exchange(server, head + body)

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["code"] == 413


@pytest.mark.parametrize("key", [b"", b"api_key: invalid\r\n"], ids=["no key", "invalid key"])
def test_over_a_socket_a_refused_sender_of_much_sees_the_answer(server: MockServer, key: bytes) -> None:
    head = b"POST /v2/person HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5000000\r\n" + key

    answer = raw_exchange(server, head + b"\r\n" + b"x" * 5_000_000)

    assert answer.startswith(b"HTTP/1.1 401 ")


def test_over_a_socket_head_has_no_body(server: MockServer) -> None:
    answer = raw_exchange(
        server,
        b"HEAD /account/usage HTTP/1.1\r\nHost: x\r\napi_key: bad-input-head\r\nConnection: close\r\n\r\n",
    )

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"\r\n\r\n")


def test_over_a_socket_a_client_that_leaves_midway_disturbs_nobody(server: MockServer) -> None:
    address = urlsplit(server.url)
    for _ in range(5):
        with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
            connection.sendall(
                b"POST /v2/person HTTP/1.1\r\nHost: x\r\napi_key: bad-input-gone\r\n"
                b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
            )

    answer = httpx.get(server.url + "/account/usage", headers={"api_key": "bad-input-gone"})

    assert answer.json()["usage"]["credits"]["used"] == 0
