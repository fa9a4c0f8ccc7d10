"""Which unknown properties are refused, where Lusha was seen to refuse them, everywhere or nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support import CheckedClient

ADA = "ada.quill@quill-works.example"
QUILL = {"id": "1", "domain": "quill-works.example"}


@dataclass(frozen=True)
class Sent:
    """A request with something unknown: ``told`` is how it is refused, ``auto`` whether by default."""

    method: str
    url: str
    body: Any
    told: str
    auto: bool = True


def contact(**more: Any) -> dict[str, Any]:
    return {"contacts": [{"contactId": "1", "email": ADA, **more}]}


SEEN = ("firstName", "lastName", "companyName", "companyDomain", "domain", "jobTitle", "phoneNumber")
"""What elements of POST /v2/person were each seen refused for."""
CASES = {
    **{
        f"an element's {name}": Sent(
            "POST", "/v2/person", contact(**{name: "x"}), f"contacts.0.property {name} should not exist"
        )
        for name in SEEN
    },
    "a flat body": Sent("POST", "/v2/person", {"email": ADA}, "property email should not exist"),
    "the top of people": Sent(
        "POST", "/v2/person", contact() | {"limit": 1},
        "property limit should not exist",
    ),
    "a person's company": Sent(
        "POST", "/v2/person", contact(companies=[{"name": "Quill Works", "city": "Boston"}]),
        "contacts.0.companies.0.property city should not exist",
    ),
    "metadata": Sent(
        "POST", "/v2/person", contact() | {"metadata": {"revealEmail": True}},
        "metadata.property revealEmail should not exist",
    ),
    "a flat company": Sent("POST", "/v2/company", {"domain": "acme.com"}, "property domain should not exist"),
    "an element of companies": Sent(
        "POST", "/v2/company", {"companies": [{**QUILL, "companyName": "x"}]},
        "companies.0.property companyName should not exist",
    ),
    "a company's query": Sent(
        "GET", "/v2/company?domain=acme.com&companyName=x", None, "property companyName should not exist"
    ),
    "the old path of it": Sent(
        "GET", "/company?domain=acme.com&companyName=x", None, "property companyName should not exist"
    ),
    "a person's query": Sent(
        "GET", f"/v2/person?email={ADA}&company=x", None,
        "property company should not exist", auto=False,
    ),
    "the query of a body": Sent(
        "POST", "/v2/person?page=1", contact(),
        "property page should not exist", auto=False,
    ),
    "a search": Sent(
        "POST", "/prospecting/contact/search", {"filters": {}, "limit": 1},
        "property limit should not exist", auto=False,
    ),
    "a criterion": Sent(
        "POST", "/prospecting/company/search", {"filters": {"companies": {"include": {"name": "x"}}}},
        "filters.companies.include.property name should not exist", auto=False,
    ),
    "signals": Sent(
        "POST", "/api/signals/companies/search",
        {"companies": [{**QUILL, "city": "x"}], "signals": ["allSignals"]},
        "companies.0.property city should not exist", auto=False,
    ),
    "a filter's values": Sent(
        "POST", "/prospecting/filters/companies/names", {"text": "q", "limit": 1},
        "property limit should not exist", auto=False
    ),
    "usage": Sent("GET", "/account/usage?month=1", None, "property month should not exist", auto=False),
}  # fmt: skip


@pytest.mark.parametrize("strict", ["auto", "yes", "no"])
@pytest.mark.parametrize("case", CASES)
def test_an_unknown_property_is_refused_where_it_is_to_be(
    make_client: Callable[..., CheckedClient], case: str, strict: str
) -> None:
    sent = CASES[case]
    client = make_client(strict=strict, people=60, companies=10)

    answer = client.request(sent.method, sent.url, json=sent.body)

    if strict == "yes" or (strict == "auto" and sent.auto):
        assert answer.status_code == 400
        assert answer.json()["message"].partition(";")[0] == sent.told
        assert answer.json()["errors"][0] == answer.json()["message"]
        assert client.used() == 0
    else:
        assert sent.told not in answer.text
        assert answer.status_code == (400 if case.startswith("a flat") else 200)


@pytest.mark.parametrize("case", [case for case in CASES if CASES[case].auto])
def test_on_the_wire_the_first_is_told_in_the_words_that_were_seen(
    make_client: Callable[..., CheckedClient], case: str
) -> None:
    sent = CASES[case]

    answer = make_client(error_format="live").request(sent.method, sent.url, json=sent.body)

    assert (answer.status_code, answer.json()) == (
        400,
        {"name": "BadRequest", "message": sent.told, "code": 400, "className": "bad-request", "errors": {}},
    )


def test_elsewhere_the_wire_has_the_list_of_all(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(error_format="live", strict="yes")

    answer = client.post(
        "/prospecting/contact/search", json={"filters": {}, "limit": 1, "pages": {"size": 1}}
    )

    assert answer.json() == {
        "statusCode": 400,
        "message": ["property limit should not exist", "pages.size must not be less than 10"],
        "error": "Bad Request",
    }


@pytest.mark.in_process("the log is that of other processes")
def test_what_is_taken_leniently_is_a_warning_with_the_nearest_word(
    make_client: Callable[..., CheckedClient], caplog: pytest.LogCaptureFixture
) -> None:
    body = {"filters": {"contacts": {"include": {"jobTitel": ["CEO"]}}}}

    with caplog.at_level("INFO", "mock_lusha.requests"):
        answer = make_client(people=60, companies=10).post("/prospecting/contact/search", json=body)

    assert answer.status_code == 200
    assert (
        "warning: filters.contacts.include.property jobTitel should not exist; did you mean jobTitles?"
        in caplog.text
    )


def test_one_body_is_judged_by_each_account_for_itself(
    make_client: Callable[..., CheckedClient], tmp_path: Path
) -> None:
    accounts = tmp_path / "accounts.yaml"
    accounts.write_text("accounts:\n  loose: {strict: no}\n  tight: {strict: yes}\n  plain: {}\n", "utf-8")
    client = make_client(accounts=accounts)
    body = contact(jobTitle="Head of Archives")

    statuses = [
        client.post("/v2/person", json=body, key=key).status_code
        for key in ("loose", "tight", "plain", "loose", "plain", "tight", "loose")
    ]

    assert statuses == [200, 400, 400, 200, 400, 400, 200]
