"""Requests as real clients of v3 send them, with what they read of the answers.

Each line of ``wire_requests.jsonl`` is one: method, path, query, body, headers; ``key`` is ``bad`` or
``limited`` where that is what the client is told. ``expect`` is a status, or those that are allowed.
``reads`` are places of the answer: names with dots, ``[]`` for the items of a list, of which one must have
it, unless a search finds nothing in this small world.
``$contact`` and ``$company`` stand for ids of earlier answers, ``$contact2`` and so on for those of others,
``$subscription`` for one to such another.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support import CheckedClient

LINES = Path(__file__).with_name("wire_requests.jsonl").read_text(encoding="utf-8").splitlines()
REQUESTS = {
    f"{number}-{request['method']} {request['path'].removeprefix('/v3/')}": request
    for number, request in enumerate(map(json.loads, LINES), 1)
}
FIXTURES = """\
companies:
  - {domain: quillworks.example, name: Quillworks, employees: 150, subIndustry: Software Development,
     city: Boston, country: US}
people:
  - firstName: Ada
    lastName: Quillfeather
    companyDomain: quillworks.example
    jobTitle: Head of Archives
    departments: [Product]
    seniority: director
    city: Boston
    country: US
    emails: [{email: ada@quillworks.example, emailType: work}]
    phones: [{number: "+1 617-555-0134", phoneType: mobile, doNotCall: false}]
    linkedinUrl: https://www.linkedin.com/in/mock-ada-quillfeather
"""
KEYS = {"bad": "invalid", "limited": "trial-ended"}


@pytest.fixture(scope="module")
def pinned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wire")
    (folder / "quillworks.yaml").write_text(FIXTURES, encoding="utf-8")
    return folder


def test_each_request_of_a_client_is_answered_as_it_expects(
    make_client: Callable[..., CheckedClient], pinned: Path, subtests: Any
) -> None:
    size = {"people": 2_000, "companies": 200, "open_world": False}
    client = make_client(fixtures=pinned, limits="off", credits="unlimited", **size)
    ids = _ids(client)
    for name, request in REQUESTS.items():
        with subtests.test(name):
            answer = client.request(
                request["method"],
                "/".join(ids.get(step, step) for step in request["path"].split("/")),
                params=request.get("query"),
                headers=request.get("headers"),
                key=KEYS.get(request.get("key", "")),
                **({"json": _filled(request["body"], ids)} if "body" in request else {}),
            )

            statuses = request["expect"]
            assert answer.status_code in ([statuses] if isinstance(statuses, int) else statuses), answer.text
            if answer.status_code == 200 or request["expect"] == answer.status_code:
                missing = [place for place in request.get("reads", ()) if not any(_at(answer.json(), place))]
                assert missing == [], answer.text[:1_000]


def _ids(client: CheckedClient) -> dict[str, str]:
    """The ids that earlier answers gave."""
    ada = {"contacts": [{"email": "ada@quillworks.example"}]}
    company = {"companies": [{"domain": "quillworks.example"}]}
    people = client.post("/v3/contacts/search", json=ada).json()["results"]
    companies = client.post("/v3/companies/search", json=company).json()["results"]
    page = {
        "pagination": {"page": 0, "size": 10},
        "filters": {"contacts": {"include": {"countries": ["US"]}}},
    }
    others = client.post("/v3/contacts/prospecting", json=page).json()["results"]
    further = {f"$contact{number}": other["id"] for number, other in enumerate(others, 2)}
    client.post("/api/account/secret/regenerate")
    hook = {
        "defaults": {"url": "http://127.0.0.1:9/", "entityType": "contact", "signalTypes": ["promotion"]},
        "subscriptions": [{"entityId": others[0]["id"]}],
    }
    hooks = client.post("/api/subscriptions", json=hook).json()["results"]
    return {
        "$contact": people[0]["id"],
        "$company": companies[0]["id"],
        "$subscription": hooks[0]["subscription"]["id"],
        **further,
    }


def _filled(value: Any, ids: dict[str, str]) -> Any:
    """A body with ids in place of what stands for them."""
    if isinstance(value, dict):
        return {name: _filled(member, ids) for name, member in value.items()}
    if isinstance(value, list):
        return [_filled(member, ids) for member in value]
    return ids.get(value, value) if isinstance(value, str) else value


def _at(value: Any, place: str) -> Iterator[bool]:
    """For each value there may be at a place, whether it is there."""
    name, _, rest = place.partition(".")
    name, brackets, _ = name.partition("[]")
    if not isinstance(value, dict) or name not in value:
        yield False
        return
    members = value[name] if brackets else [value[name]]
    if members == [] and place.startswith("results[]"):
        yield True
    for member in members if isinstance(members, list) else []:
        if rest:
            yield from _at(member, rest)
        else:
            yield True
