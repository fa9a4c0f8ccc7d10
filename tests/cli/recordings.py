"""Commands as somebody types them, and cassettes for them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import yaml
from click.testing import CliRunner

from mock_lusha.cli.main import main
from mock_lusha.recorder.cassette import load, save

if TYPE_CHECKING:
    from pathlib import Path

    import httpx
    from click.testing import Result


KEY = "a-real-key-to-be-found-4711"
EMAIL = "zelda.tobefound@acme.com"
COMPANY = "/v2/company?domain=acme.com"
PERSON = f"/v2/person?email={EMAIL}"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments], catch_exceptions=False)


def walk(client: httpx.Client) -> list[httpx.Response]:
    body = {"contacts": [{"contactId": "crm-1", "email": "otto.tobefound@acme.com"}]}
    return [
        client.get(PERSON),
        client.get(COMPANY),
        client.post("/v2/person", json=body),
        client.get("/account/usage"),
    ]


def document(**changes: Any) -> dict[str, Any]:
    answer = {"status": 200, "headers": {"content-type": "application/json"}, "body": {"data": {}}}
    call = {
        "operation": "searchSingleContact",
        "request": {"method": "GET", "path": "/v2/person", "query": [{"name": "email", "value": EMAIL}]},
        "response": answer,
    }
    return {"format": 1, "interactions": [call]} | changes


def written(path: Path, **changes: Any) -> Path:
    """A cassette that somebody wrote by hand, of one call with an address of somebody."""
    text = yaml.safe_dump(document(**changes), explicit_end=True, sort_keys=True)
    path.write_text(text, encoding="utf-8")
    return path


def drifted(recorded: Path, path: Path) -> Path:
    """A copy where a company's answer has a field more, and the usage was answered with another status."""
    tape = load(recorded)
    person, company, people, usage = tape.interactions
    assert company.answer["data"].setdefault("valuation", 4711)
    save(replace(tape, interactions=(person, company, people, replace(usage, status=418))), path)
    return path
