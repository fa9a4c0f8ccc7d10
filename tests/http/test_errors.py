"""Every error of the catalogue that a request can meet, by a real cause, in each of the four formats."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx
    from support import CheckedClient

NOON = "2026-03-31T12:00:00.000Z"
ADA = "/v2/person?email=ada.quill@quill-works.example"
REVEAL = "Your pricing version does not support requesting individual datapoints [revealEmails, revealPhones]"
NOBODY = (
    "one of these is needed: personId, linkedinUrl, email, or firstName and lastName with companyName or "
    "companyDomain; none was sent"
)


@dataclass(frozen=True)
class Cause:
    """A request and its refusal.

    ``errors`` are the hints of ours. ``live`` is the body seen on the wire; ``seen`` the message of the
    format ``both`` where it is not the documented one. ``before`` requests are made first.
    """

    status: int
    message: str
    live: Mapping[str, Any]
    errors: list[str] | None = None
    seen: str | None = None
    method: str = "GET"
    url: str = ADA
    key: str | None = "some-key"
    body: Any = None
    before: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)


def plain(status: int, message: str) -> dict[str, Any]:
    """The body on the wire of most errors."""
    return {"statusCode": status, "message": message}


def feathers(message: str) -> dict[str, Any]:
    """The body on the wire of what is not valid at POST /v2/person and both of /v2/company."""
    return {
        "name": "BadRequest", "message": message, "code": 400, "className": "bad-request", "errors": {}
    }  # fmt: skip


INACTIVE = "Your account is not active. Please reach out to support at support@lusha.com for assistance"
FULL_NAME = (
    "The request failed due to invalid syntax that was provided. "
    "Please make sure to send a full name field that contains a valid first & last name"
)

CAUSES = {
    "400 of a body": Cause(
        400,
        "contacts must contain at least 1 elements (sent: a list of 0)",
        feathers("contacts must contain at least 1 elements"),
        errors=["contacts must contain at least 1 elements (sent: a list of 0)"],
        method="POST",
        url="/v2/person",
        body={"contacts": []},
    ),
    "400 of a body, twice wrong": Cause(
        400,
        "companies.0.id must be a string (sent: 1)",
        feathers("companies.0.id must be a string"),
        errors=[
            "companies.0.id must be a string (sent: 1)",
            'partialCompany must be a boolean value (sent: "x")',
        ],
        method="POST",
        url="/v2/company",
        body={"companies": [{"id": 1, "name": "Quill Works"}], "partialCompany": "x"},
    ),
    "400 of another body, twice wrong": Cause(
        400,
        'signals must be an array (sent: "x")',
        {
            "statusCode": 400,
            "message": ["signals must be an array", "maxResultsPerSignal must not be less than 1"],
            "error": "Bad Request",
        },
        errors=[
            'signals must be an array (sent: "x")',
            "maxResultsPerSignal must not be less than 1 (sent: 0)",
        ],
        method="POST",
        url="/api/signals/contacts",
        body={"contactIds": [1], "signals": "x", "maxResultsPerSignal": 0},
    ),
    "400 of a property that nobody knows": Cause(
        400,
        "property companyName should not exist; did you mean company?",
        feathers("property companyName should not exist"),
        errors=["property companyName should not exist; did you mean company?"],
        url="/v2/company?companyName=Quill+Works",
    ),
    "400 of a query": Cause(
        400,
        "filterBy must be one of the following values: phoneNumbers, emailAddresses (sent: fax)",
        {
            "statusCode": 400,
            "message": "filterBy must be one of the following values: phoneNumbers, emailAddresses; "
            "revealEmails must be a boolean value",
            "error": "Bad Request",
        },
        errors=[
            "filterBy must be one of the following values: phoneNumbers, emailAddresses (sent: fax)",
            'revealEmails must be a boolean value (sent: "maybe")',
        ],
        url=ADA + "&filterBy=fax&revealEmails=maybe",
    ),
    "400 of nobody": Cause(
        400,
        NOBODY,
        {"statusCode": 400, "message": NOBODY, "error": "Bad Request"},
        errors=[NOBODY],
        url="/v2/person",
    ),
    "401 invalid": Cause(
        401,
        "Invalid API key",
        plain(401, "Invalid API key"),
        errors=["the key 'invalid' stands for one Lusha does not know"],
        key="invalid",
    ),
    "401 missing": Cause(
        401,
        "No API key found in request",
        {"message": "No API key found in request"},
        errors=["send the key in the header api_key"],
        key=None,
    ),
    "402": Cause(
        402,
        "Insufficient credits",
        plain(402, "You've reached your credit limit. Upgrade your account for more credits"),
        errors=["this request costs 6, and 0 of 0 credits are left"],
        key="out-of-credits",
    ),
    "403 inactive": Cause(
        403,
        "Your account is not active. Please reach out to support at support@lusha.com for assistance",
        plain(
            403, "Your account is not active. Please reach out to support at support@lusha.com for assistance"
        ),
        key="inactive",
    ),
    "403 data point": Cause(403, REVEAL, plain(403, REVEAL), url=ADA + "&revealEmails=true", key="legacy"),
    "403 plan": Cause(
        403,
        "Your pricing version does not support this feature",
        plain(403, "Your pricing version does not support this feature"),
        errors=["this account (plan premium) does not have the feature filters"],
        url="/prospecting/filters/contacts/seniority",
        key="premium",
    ),
    "403 plan, for signals": Cause(
        403,
        "Your pricing version does not support this feature",
        plain(403, "Your pricing version does not support this feature"),
        errors=["this account (plan premium) does not have the feature signals"],
        url=ADA + "&signals=promotion",
        key="premium",
    ),
    "404 company": Cause(
        404,
        "Resource not found",
        plain(404, "Resource not found"),
        url="/v2/company?domain=nowhere.example",
        settings={"open_world": False},
    ),
    "412": Cause(
        412,
        FULL_NAME,
        plain(412, FULL_NAME),
        errors=["contacts.1.fullName must have a first and a last name (sent: Ada)"],
        method="POST",
        url="/v2/person",
        body={
            "contacts": [
                {"contactId": "1", "email": "ada.quill@quill-works.example"},
                {"contactId": "2", "fullName": "Ada", "companies": [{"name": "Quill Works"}]},
            ]
        },
    ),
    "413": Cause(
        413,
        "request entity too large",
        plain(413, "request entity too large"),
        errors=["a body may have at most 1000000 bytes; this one has more"],
        method="POST",
        url="/v2/company",
        body={"companies": "x" * 1_000_000},
    ),
    "429 trial": Cause(
        429,
        "You've reached your trial limit, please contact support for upgrade",
        plain(429, "You've reached your trial limit, please contact support for upgrade"),
        key="trial-ended",
    ),
    "429 day": Cause(
        429,
        "Daily API quota limit exceeded. Limit 100 calls per day",
        plain(429, "Daily API rate limit exceeded. Limit: 100 calls per day. Reset in 86400 seconds."),
        seen="Daily API rate limit exceeded. Limit: 100 calls per day. Reset in 86400 seconds.",
        key="daily-quota-spent",
    ),
    "429 hour": Cause(
        429,
        "Hourly API rate limit exceeded. Limit: 150 calls per hour. Reset in 3600 seconds",
        plain(429, "Hourly API rate limit exceeded. Limit: 150 calls per hour. Reset in 3600 seconds"),
        key="hourly-limit-spent",
    ),
    "429 minute": Cause(
        429,
        "Minute API rate limit exceeded. Limit: 5 calls per minute. Reset in 60 seconds",
        plain(429, "Minute API rate limit exceeded. Limit: 5 calls per minute. Reset in 60 seconds"),
        errors=["getAccountUsageStats takes 5 requests a minute, whatever the plan"],
        url="/account/usage",
        before=5,
    ),
    "429 second": Cause(
        429,
        "Too many requests. Please wait before making another request.",
        plain(429, "Too many requests. Please wait before making another request."),
        errors=["searchSingleContact takes 25 requests a second; wait for the next one"],
        before=25,
    ),
    "451": Cause(
        451,
        "We are unable to process this contact request due to our GDPR regulations",
        plain(451, "We are unable to process this contact request due to our GDPR regulations"),
        url="/v2/person?firstName=Greta&lastName=Datenschutz&companyDomain=quill-works.example",
    ),
}

each_cause = pytest.mark.parametrize("cause", CAUSES.values(), ids=list(CAUSES))


def refused(make_client: Callable[..., CheckedClient], cause: Cause, error_format: str) -> httpx.Response:
    client = make_client(cause.key, error_format=error_format, **cause.settings)
    for _ in range(cause.before):
        assert client.request(cause.method, cause.url).status_code == 200
    answer = client.request(cause.method, cause.url, json=cause.body)

    assert answer.status_code == cause.status
    return answer


@each_cause
def test_the_guides_format_has_a_code_and_a_message(
    make_client: Callable[..., CheckedClient], cause: Cause
) -> None:
    body = refused(make_client, cause, "guide").json()

    assert body == {"error": {"code": cause.status, "message": cause.message}}


@each_cause
def test_the_live_format_is_what_was_seen_on_the_wire(
    make_client: Callable[..., CheckedClient], cause: Cause
) -> None:
    body = refused(make_client, cause, "live").json()

    assert body == {**cause.live, **({"timestamp": NOON} if cause.status == 429 else {})}


@each_cause
def test_the_openapi_format_has_status_message_and_hints(
    make_client: Callable[..., CheckedClient], cause: Cause
) -> None:
    body = refused(make_client, cause, "openapi").json()

    expected: dict[str, Any] = {"statusCode": cause.status, "message": cause.message}
    if cause.errors is not None:
        expected["errors"] = cause.errors
    assert body == expected


@each_cause
def test_the_default_format_serves_readers_of_either(
    make_client: Callable[..., CheckedClient], cause: Cause
) -> None:
    body = refused(make_client, cause, "both").json()

    message = cause.seen or cause.message
    expected: dict[str, Any] = {
        "statusCode": cause.status,
        "message": message,
        "error": {"code": cause.status, "message": message},
    }
    if cause.errors is not None:
        expected["errors"] = cause.errors
    if cause.status == 429:
        expected["timestamp"] = NOON
    assert body == expected


@each_cause
def test_a_refusal_is_json_and_never_says_when_to_retry(
    make_client: Callable[..., CheckedClient], cause: Cause
) -> None:
    headers = refused(make_client, cause, "both").headers

    assert headers["content-type"] == "application/json; charset=utf-8"
    assert "retry-after" not in headers
    assert not [name for name in headers if name.startswith("ratelimit")]


UNKNOWN_PATH = {
    "guide": {"error": {"code": 404, "message": "Resource not found"}},
    "openapi": {
        "statusCode": 404,
        "message": "Resource not found",
        "errors": ["nothing is served at /v2/persons; did you mean /v2/person?"],
    },
    "both": {
        "statusCode": 404,
        "message": "Resource not found",
        "errors": ["nothing is served at /v2/persons; did you mean /v2/person?"],
        "error": {"code": 404, "message": "Resource not found"},
    },
}


@pytest.mark.parametrize("error_format", UNKNOWN_PATH)
def test_an_unknown_path_is_a_404_that_offers_the_nearest(
    make_client: Callable[..., CheckedClient], error_format: str
) -> None:
    answer = make_client(error_format=error_format).get("/v2/persons")

    assert (answer.status_code, answer.json()) == (404, UNKNOWN_PATH[error_format])


def test_on_the_wire_an_unknown_path_is_the_gateways_404(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(error_format="live")

    first, second, other = (client.get(path).json() for path in ("/v2/persons", "/v2/persons", "/v3/x"))

    assert set(first) == {"message", "request_id"}
    assert first["message"] == "no Route matched with those values"
    assert len(first["request_id"]) == 32
    assert int(first["request_id"], 16) > 0
    assert first == second
    assert other["request_id"] != first["request_id"]


HINTS = {
    "bearer": ({"authorization": "Bearer abc"}, "authorization"),
    "x-api-key": ({"x-api-key": "abc"}, "x-api-key"),
    "api-key": ({"Api-Key": "abc"}, "api-key"),
}


@pytest.mark.parametrize(("headers", "named"), HINTS.values(), ids=list(HINTS))
def test_a_key_in_the_wrong_header_is_no_key_and_the_refusal_says_where_it_was(
    make_client: Callable[..., CheckedClient], headers: dict[str, str], named: str
) -> None:
    answer = make_client(None).get(ADA, headers=headers)

    assert answer.status_code == 401
    assert answer.json()["message"] == "No API key found in request"
    assert answer.json()["errors"] == [
        f"a key was sent in the header {named}; it is read from the header api_key only"
    ]


@pytest.mark.parametrize(
    "value", ["", pytest.param("   ", marks=pytest.mark.in_process("no client sends it"))]
)
def test_an_empty_key_is_no_key(make_client: Callable[..., CheckedClient], value: str) -> None:
    answer = make_client(None).get(ADA, headers={"api_key": value})

    assert answer.status_code == 401
    assert answer.json()["errors"] == ["the header api_key was sent empty"]


@pytest.mark.parametrize("name", ["API_KEY", "Api_Key", "api_key"])
def test_the_name_of_the_header_may_be_in_any_case(
    make_client: Callable[..., CheckedClient], name: str
) -> None:
    assert make_client(None).get(ADA, headers={name: "abc"}).status_code == 200


def test_a_company_not_found_may_be_set_to_answer_200_with_errors(
    make_client: Callable[..., CheckedClient],
) -> None:
    answer = make_client(company_miss="errors").get("/v2/company?companyId=1")

    assert answer.status_code == 200
    assert answer.json() == {"errors": {"message": "Could not find requested data"}, "meta": {}}
