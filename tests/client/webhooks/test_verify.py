"""Verifying a delivery by its headers and its body."""

from __future__ import annotations

import pytest

from mock_lusha.webhooks import WebhookVerificationError, sign, verify

SECRET = "whsec_Kq3mWz7TnB5vXc9LpR2sYd8FhJ4gAe6UiOt1yQxNwMbVkHjGZr"
BODY = '{"id":"1","name":"Zoë"}'.encode()
HEADERS = {
    "X-Lusha-Timestamp": "1772443800",
    # printf '%s' '1772443800.{"id":"1","name":"Zoë"}' | openssl dgst -sha256 -hmac "$SECRET"
    "X-Lusha-Signature": "ef365ef45fbd6fb10c711c42d207be78904b0bb9d2052abc9b5cbca4e72b63b9",
}


def test_the_signature_is_the_one_that_openssl_makes() -> None:
    assert sign(SECRET, HEADERS["X-Lusha-Timestamp"], BODY) == HEADERS["X-Lusha-Signature"]


@pytest.mark.parametrize("form", [str.lower, str.upper, str])
def test_headers_may_be_in_any_case_and_the_body_may_be_text(form: type[str]) -> None:
    headers = {form(name): value for name, value in HEADERS.items()}

    verify(headers, BODY, SECRET)
    verify(headers, BODY.decode(), SECRET)


@pytest.mark.parametrize(
    ("changes", "tolerance", "message"),
    [
        ({"X-Lusha-Timestamp": ""}, None, "the header X-Lusha-Timestamp is missing"),
        ({"X-Lusha-Signature": ""}, None, "the header X-Lusha-Signature is missing"),
        ({"X-Lusha-Signature": "é"}, None, "the signature is not that of this body, timestamp and secret"),
        ({"X-Lusha-Signature": HEADERS["X-Lusha-Signature"].upper()}, None, "the signature is not"),
        ({}, 300, "the timestamp is 301 s away, and at most 300 s are tolerated"),
        (
            {"X-Lusha-Timestamp": "soon", "X-Lusha-Signature": sign(SECRET, "soon", BODY)},
            300,
            "the timestamp is not a whole number of seconds",
        ),
    ],
)
@pytest.mark.parametrize("shift", [-301, 301])
def test_what_is_wrong_is_said_without_the_secret(
    changes: dict[str, str], tolerance: float | None, message: str, shift: int
) -> None:
    with pytest.raises(WebhookVerificationError, match=message) as raised:
        verify({**HEADERS, **changes}, BODY, SECRET, tolerance, lambda: 1772443800.0 + shift)
    assert SECRET not in str(raised.value)


def test_what_is_old_is_tolerated_up_to_the_tolerance_and_without_one() -> None:
    verify(HEADERS, BODY, SECRET, tolerance=300, now=lambda: 1772443800.0 + 300)
    verify(HEADERS, BODY, SECRET, now=lambda: 0.0)
