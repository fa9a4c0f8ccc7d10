"""Orders about an account, and the calls that they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from support import CheckedClient

KEY = "a-key-of-our-own-4711"
OTHER = "another-key-of-ours-4712"
COMPANY = "/v2/company?domain=acme.com"
ADA = "ada.quill@quill-works.example"
SINGLE = "searchSingleCompanyV2"
PERSON = "searchSingleContact"


def told(client: CheckedClient, method: str, path: str, body: Any = None, key: str = KEY) -> Any:
    """The answer to an order about an account."""
    joint = "&" if "?" in path else "?"
    options = {} if body is None else {"json": body}
    answer = client.request(method, f"/_mock/{path}{joint}account={key}", **options)
    assert answer.status_code < 300, answer.text
    return answer.json()
