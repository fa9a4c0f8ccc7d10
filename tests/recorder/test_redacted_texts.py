"""Errors, paths, queries, headers and answers that are not JSON, as they are recorded."""

from __future__ import annotations

import pytest
from recorder.redacted import MADE, REDACTOR, answered

from mock_lusha.recorder import made as forms
from mock_lusha.recorder.interaction import Interaction

# Errors


@pytest.mark.parametrize(
    "text",
    [
        "Invalid API key",
        "Daily API rate limit exceeded. Limit: 25 calls per day. Reset in 81671 seconds.",
        "contacts.0.email must be a string",
        "property contacts.0.isCurrent should not exist",
        "pages.size must not be less than 10",
        "Your account is not active. Please reach out to support at support@lusha.com for assistance",
        "Could not find requested data",
        "no Route matched with those values",
        "",
    ],
)
def test_an_error_in_the_words_of_the_api_stays(text: str) -> None:
    answer = {
        "statusCode": 400,
        "message": text,
        "errors": [text],
        "error": {"code": 400, "message": text},
    }

    assert answered("searchSingleContact", answer, 400) == answer


@pytest.mark.parametrize(
    "text",
    [
        "Could not find data for Jane Doe",
        "email must be a string (sent: jane)",
        "no person 8650886510",
        "phone 415 765 4321 not valid",
        "value 4111 1111 1111 1111 not valid",
        "Jane",
    ],
)
def test_an_error_that_may_echo_what_was_sent_is_replaced(text: str) -> None:
    answer = {"message": [text], "errors": {"message": text}, "error": text}

    made = MADE.prose(text)
    assert answered(None, answer, 404) == {"message": [made], "errors": {"message": made}, "error": made}


# Paths and queries


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        pytest.param("/v2/person", True, id="an operation"),
        pytest.param("/bulk/company/v2/", True, id="an old path with a slash"),
        pytest.param("/api/signals/filters/contact", True, id="a parameter's value"),
        pytest.param("/v3/contacts/search", True, id="another generation"),
        pytest.param("/api/signals/filters/jane", False, id="another value"),
        pytest.param("/v2/person/jane%20doe", False, id="behind an operation"),
        pytest.param("/jane@acme.com", False, id="an unknown path"),
    ],
)
def test_of_a_path_what_is_of_the_api_stays(path: str, kept: bool) -> None:
    made = REDACTOR.request(None, path, (), None)[0]

    assert (made == path) is kept
    assert "jane" not in made
    assert REDACTOR.request(None, made, (), None)[0] == made


@pytest.mark.parametrize(
    ("name", "value", "made"),
    [
        ("firstName", "Jane", MADE.name("Jane")),
        ("linkedinUrl", "linkedin.com/in/jane", MADE.linkedin("linkedin.com/in/jane")),
        ("companyDomain", "acme.com", "acme.com"),
        ("revealEmails", "true", "true"),
        ("revealEmails", "Jane", MADE.free_text("Jane")),
        ("signals[]", "allSignals", "allSignals"),
        ("pages[page]", "0", "0"),
        ("contacts[0][firstName]", "Jane", MADE.name("Jane")),
        ("emails", "a@x.com, b@x.com", f"{MADE.email('a@x.com')}, {MADE.email('b@x.com')}"),
        ("keyword", "Jane", MADE.free_text("Jane")),
    ],
)
def test_a_query_parameter_is_replaced_by_its_kind(name: str, value: str, made: str) -> None:
    query = REDACTOR.request("searchSingleContact", "/v2/person", ((name, value),), None)[1]

    assert query == ((name, made),)


# Answers that are no JSON, and headers


@pytest.mark.parametrize(
    "text",
    [
        "<html><body><h1>502 Bad Gateway</h1></body></html>",
        "<lastName>Quixmark</lastName>",
        'cb({"lastName":"Quixmark"})',
        ')]}\',\n{"lastName":"Quixmark"}',
        '\x00{"lastName":"Quixmark"}',
        '--b\r\n\r\n{"lastName":"Quixmark"}\r\n--b--',
        '{"contact": {"data": {"firstName": "Ja',
        "Jane",
    ],
)
def test_an_answer_that_is_no_json_is_replaced_whole(text: str) -> None:
    made = REDACTOR.interaction(Interaction("GET", "/v2/person", 502, "searchSingleContact", text=text)).text

    assert made == MADE.prose(text)
    assert forms.is_made(str(made))


@pytest.mark.parametrize(
    ("name", "value", "made"),
    [
        ("x-ratelimit-reset-daily", "1774958400", "1774958400"),
        ("x-rate-limit-daily", "of Jane", "REDACTED"),
        ("sunset", "Wed, 18 Nov 2026 00:00:00 GMT", "Wed, 18 Nov 2026 00:00:00 GMT"),
        ("sunset", "Jane, 18 Nov 2026 00:00:00 GMT", "REDACTED"),
        ("deprecation", "true", "true"),
        ("deprecation", "@1774958400", "@1774958400"),
        ("deprecation", "ask Jane", "REDACTED"),
        ("retry-after", "30", "30"),
        ("retry-after", "4157654321", "REDACTED"),
        ("retry-after", "Quixmark", "REDACTED"),
        ("content-type", "application/json; charset=utf-8", "application/json; charset=utf-8"),
        ("content-type", "text/html;charset=ISO-8859-1", "text/html;charset=ISO-8859-1"),
        ("content-type", "application/json; charset=quixmark", "application/json"),
        ("content-type", "multipart/mixed; boundary=quixmark", "multipart/mixed"),
        ("content-type", "text/html; name=quixmark; charset=utf-8", "text/html; charset=utf-8"),
        ("content-type", "application/vnd.quixmark+json", "application/json"),
        ("content-type", "text/quixmark", "text/plain"),
        ("content-type", "quixmark", "REDACTED"),
    ],
)
def test_a_header_is_kept_as_far_as_it_has_the_shape_it_should(name: str, value: str, made: str) -> None:
    redacted = REDACTOR.interaction(Interaction("GET", "/v2/person", 200, headers={name: value}))

    assert redacted.headers == {name: made}
    assert REDACTOR.interaction(redacted).headers == {name: made}


def test_a_header_that_is_not_recorded_is_dropped() -> None:
    made = REDACTOR.interaction(Interaction("GET", "/v2/person", 200, headers={"set-cookie": "x"}))

    assert made.headers == {}
