"""Keys that v3 refuses: unknown ones, and in live answers those of a form that no key has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

UUID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
FORM, UNKNOWN = "Invalid API key format", "Invalid API key"


@pytest.mark.parametrize(
    ("error_format", "key", "status", "message"),
    [
        ("live", "short", 400, FORM),
        ("live", UUID, 401, UNKNOWN),
        ("live", "invalid", 401, UNKNOWN),
        ("both", "short", 401, UNKNOWN),
    ],
)
def test_a_key_that_nobody_has_is_refused(
    make_client: Callable[..., CheckedClient], error_format: str, key: str, status: int, message: str
) -> None:
    client = make_client(key=key, strict_keys=True, error_format=error_format)

    answer = client.post("/v3/contacts/search", json={"contacts": []})

    assert (answer.status_code, answer.json()["message"]) == (status, message)
    if error_format == "live":
        assert answer.json().keys() == {"statusCode", "timestamp", "message", "error"}


def test_v2_knows_no_form_of_keys(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(key="short", strict_keys=True, error_format="live")

    assert client.get("/v2/person").status_code == 401
