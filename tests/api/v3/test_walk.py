"""One walk in both generations, by two accounts of one world: they agree on who it is, and each difference in
cost is a line of the ledger."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from support import CheckedClient

CREDITS = 10_000
SIZE = 20
"""Rows on a page: a size that both generations take."""
FREE = {"already revealed", "no detail revealed"}
"""Why lines of the ledger are free on this walk."""
REQUEST = "5d0c1a52-7f0e-4b7e-9d6a-3c1f0b8e2a44"


class Row(NamedTuple):
    """Somebody in a list of matches."""

    name: str
    title: str
    company: str
    domain: str
    has_emails: bool
    has_phones: bool


class Profile(NamedTuple):
    """Somebody with what was revealed of them."""

    name: str
    title: str
    departments: list[str]
    company: str
    country: str
    linkedin_url: str
    emails: list[str]
    phones: list[str]


class Firm(NamedTuple):
    """A company as enriched."""

    name: str
    industry: str | None
    sub_industry: str | None
    revenue: list[int]
    city: str


class Walk:
    """A user who adds up what every answer says it cost."""

    def __init__(self, client: CheckedClient, key: str) -> None:
        self.client = client
        self.key = key
        self.bill = 0

    def get(self, url: str, **params: str) -> Any:
        answer = self.client.get(url, key=self.key, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, url: str, **body: Any) -> Any:
        answer = self.client.post(url, key=self.key, json=body)
        assert answer.status_code == 200, answer.text
        payload = answer.json()
        prices = [payload[name] for name in ("creditsCharged", "creditCharged") if name in payload]
        self.bill += prices[0] if prices else payload["billing"]["creditsCharged"]
        return payload

    def ledger(self) -> Counter[tuple[str, str]]:
        """Credits that were paid, by operation and by what they were paid for."""
        answer = self.client.get("/_mock/ledger", params={"account": self.key, "last": "10000"}).json()
        assert answer["count"] == len(answer["entries"]), "all lines are there"
        assert {line["why"] for line in answer["entries"] if line["price"]} == {"charged"}
        assert {line["why"] for line in answer["entries"] if not line["price"]} <= FREE
        paid: Counter[tuple[str, str]] = Counter()
        for line in answer["entries"]:
            paid[line["operation"], line["kind"]] += line["price"]
        return +paid


class ThirdGeneration(Walk):
    def choices(self) -> list[Any]:
        names = ("departments", "countries", "seniority")
        return [self.get(f"/v3/contacts/prospecting/filters/{name}")["values"] for name in names]

    def prospect(self, department: str, country: Mapping[str, str]) -> tuple[int, list[Row]]:
        """How many match, and all of them."""
        include = {"departments": [department], "countries": [country["code"]]}
        rows: list[Any] = []
        while True:
            page = self.post(
                "/v3/contacts/prospecting",
                pagination={"page": len(rows) // SIZE, "size": SIZE},
                filters={"contacts": {"include": include}},
            )
            rows += page["results"]
            if len(page["results"]) < SIZE:
                break
        self.ids = [row["id"] for row in rows]
        self.company_ids = list(dict.fromkeys(row["company"]["id"] for row in rows))
        return page["pagination"]["total"], [
            Row(
                f"{row['firstName']} {row['lastName']}",
                row["jobTitle"]["title"],
                row["company"]["name"],
                row["company"]["domain"],
                "emails" in row["has"],
                "phones" in row["has"],
            )
            for row in rows
        ]

    def enrich(self) -> list[Profile]:
        people = in_parts(self.ids, lambda ids: self.post("/v3/contacts/enrich", ids=ids)["results"])
        assert [person["id"] for person in people] == self.ids
        return [
            Profile(
                person["fullName"],
                person["jobTitle"]["title"],
                person["jobTitle"]["departments"],
                person["company"]["name"],
                person["location"]["country"],
                person["socialLinks"]["linkedin"],
                [email["email"] for email in person["emails"]],
                [phone["number"] for phone in person["phones"]],
            )
            for person in people
        ]

    def search(self, people: Sequence[Profile]) -> None:
        """By profile and by each mailbox they are the same people, with nothing left to pay for."""
        items = [{"linkedinUrl": person.linkedin_url, "clientReferenceId": person.name} for person in people]
        owners = [
            (id_, email) for id_, person in zip(self.ids, people, strict=True) for email in person.emails
        ]
        by_profile = in_parts(items, lambda part: self.post("/v3/contacts/search", contacts=part)["results"])
        by_email = in_parts(
            [{"email": email} for _, email in owners],
            lambda part: self.post("/v3/contacts/search", contacts=part)["results"],
        )

        assert [(row["id"], row["clientReferenceId"]) for row in by_profile] == [
            (id_, person.name) for id_, person in zip(self.ids, people, strict=True)
        ]
        assert [row["id"] for row in by_email] == [id_ for id_, _ in owners]
        assert {quote["credits"] for row in (*by_profile, *by_email) for quote in row["canReveal"]} == {0}

    def companies(self) -> list[Firm]:
        """Their companies by id; each by domain is the same."""
        enriched = in_parts(
            self.company_ids, lambda ids: self.post("/v3/companies/enrich", ids=ids)["results"]
        )
        domains = [{"domain": company["domain"]} for company in enriched]
        again = in_parts(
            domains, lambda part: self.post("/v3/companies/search-and-enrich", companies=part)["results"]
        )

        assert again == enriched
        return [
            Firm(
                company["name"],
                company.get("industry"),
                company.get("subIndustry"),
                [*company.get("revenueRange", {}).values()],
                company["location"]["city"],
            )
            for company in enriched
        ]

    def signals(self) -> list[Any]:
        people = in_parts(
            self.ids,
            lambda ids: self.post("/v3/contacts/signals", ids=ids, signalTypes=["allSignals"])["results"],
        )
        assert [person["id"] for person in people] == self.ids
        return [moves(person) for person in people]

    def usage(self) -> Any:
        return self.get("/v3/account/usage")["credits"]


class SecondGeneration(Walk):
    def choices(self) -> list[Any]:
        names = ("departments", "all_countries", "seniority")
        return [self.get(f"/prospecting/filters/contacts/{name}") for name in names]

    def prospect(self, department: str, country: Mapping[str, str]) -> tuple[int, list[Row]]:
        include = {"departments": [department], "locations": [{"country": country["name"]}]}
        self.pages: list[Any] = []
        while not self.pages or len(self.pages[-1]["data"]) == SIZE:
            self.pages.append(
                self.post(
                    "/prospecting/contact/search",
                    pages={"page": len(self.pages), "size": SIZE},
                    filters={"contacts": {"include": include}},
                    options={"includePartialContact": True},
                )
            )
        rows = [row for page in self.pages for row in page["data"]]
        self.company_ids = list(dict.fromkeys(str(row["companyId"]) for row in rows))
        return self.pages[0]["totalResults"], [
            Row(
                row["name"],
                row["jobTitle"],
                row["companyName"],
                row["fqdn"],
                row["hasEmails"],
                row["hasPhones"],
            )
            for row in rows
        ]

    def enrich(self) -> list[Profile]:
        people: list[Any] = []
        for page in self.pages:
            ids = [row["contactId"] for row in page["data"]]
            answer = self.post("/prospecting/contact/enrich", requestId=page["requestId"], contactIds=ids)
            people += [contact["data"] for contact in answer["contacts"]]
        return [
            Profile(
                person["fullName"],
                person["jobTitle"],
                person["departments"],
                person["companyName"],
                person["location"]["country"],
                person["socialLinks"]["linkedin"],
                [email["email"] for email in person["emailAddresses"]],
                [phone["number"] for phone in person["phoneNumbers"]],
            )
            for person in people
        ]

    def search(self, people: Sequence[Profile]) -> None:
        self.ids = [self.look_up(linkedinUrl=person.linkedin_url) for person in people]
        for id_, person in zip(self.ids, people, strict=True):
            assert {self.look_up(email=email) for email in person.emails} <= {id_}

    def look_up(self, **identifier: str) -> int:
        contact = self.get("/v2/person", partialProfile="true", **identifier)["contact"]
        assert contact["isCreditCharged"] is False
        number: int = contact["data"]["personId"]
        return number

    def companies(self) -> list[Firm]:
        enriched = in_parts(
            self.company_ids,
            lambda ids: self.post("/prospecting/company/enrich", requestId=REQUEST, companiesIds=ids)[
                "companies"
            ],
        )
        for company in enriched:
            by_domain = self.get("/v2/company", domain=company["domains"]["homepage"])["data"]
            assert by_domain["id"] == company["id"]
        return [
            Firm(
                company["name"],
                company.get("mainIndustry"),
                company.get("subIndustry"),
                company.get("revenueRange", []),
                company["city"],
            )
            for company in enriched
        ]

    def signals(self) -> list[Any]:
        people = in_parts(
            self.ids,
            lambda ids: [
                answer["contacts"][str(id_)]
                for answer in [self.post("/api/signals/contacts", contactIds=ids, signals=["allSignals"])]
                for id_ in ids
            ],
        )
        return [moves(person) for person in people]

    def usage(self) -> Any:
        return self.get("/account/usage")["usage"]["credits"]


def in_parts(items: Sequence[Any], call: Callable[[Any], list[Any]]) -> list[Any]:
    """What calls for a hundred items each, the most there may be, answer together."""
    return [row for start in range(0, len(items), 100) for row in call(items[start : start + 100])]


def moves(person: Mapping[str, Any]) -> list[tuple[str, str, str, str | None]]:
    return [
        (kind, signal["signalDate"], signal["currentTitle"], signal.get("previousCompanyName"))
        for kind in ("companyChange", "promotion")
        for signal in person.get(kind, ())
    ]


def begun(count: int) -> int:
    """The credits for a search: one for each 25 results begun, in calls of at most a hundred items."""
    return -(-count // 25)


@pytest.fixture
def client(make_client: Callable[..., CheckedClient]) -> CheckedClient:
    return make_client(people=1_200, companies=120, limits="off", credits=CREDITS)


def test_both_generations_agree_on_who_and_each_difference_in_cost_is_a_line_of_the_ledger(
    client: CheckedClient,
) -> None:
    new, old = ThirdGeneration(client, "walk-in-v3"), SecondGeneration(client, "walk-in-v2")

    departments, countries, _ = choices = new.choices()
    assert choices == old.choices()
    assert "Engineering & Technical" in departments

    total, rows = new.prospect("Engineering & Technical", countries[0])
    assert (total, rows) == old.prospect("Engineering & Technical", countries[0])
    assert total == len(rows) == len(set(new.ids)) > 2 * SIZE, "more than two pages"

    people = new.enrich()
    assert people == old.enrich()
    assert [(bool(p.emails), bool(p.phones)) for p in people] == [(r.has_emails, r.has_phones) for r in rows]

    new.search(people)
    old.search(people)
    firms, signals = new.companies(), new.signals()
    assert firms == old.companies()
    assert signals == old.signals()

    pages = sum(begun(min(SIZE, total - start)) for start in range(0, total, SIZE))
    kinds = sum(len({kind for kind, *_ in each}) for each in signals)
    mailboxes = sum(len(person.emails) for person in people)
    assert new.ledger() == {
        ("prospectingContacts", "search"): pages,
        ("enrichContacts", "email"): sum(row.has_emails for row in rows),
        ("enrichContacts", "phone"): 5 * sum(row.has_phones for row in rows),
        ("searchContacts", "search"): begun(total) + begun(mailboxes),
        ("enrichCompanies", "company"): len(firms),
        ("searchAndEnrichCompanies", "search"): begun(len(firms)),
        ("searchAndEnrichCompanies", "company"): len(firms),
        ("getContactSignals", "signal"): kinds,
    }
    assert old.ledger() == {
        ("searchProspectingContacts", "search"): pages,
        ("enrichProspectingContacts", "email"): sum(row.has_emails for row in rows),
        ("enrichProspectingContacts", "phone"): 5 * sum(row.has_phones for row in rows),
        ("enrichProspectingCompanies", "company"): len(firms),
        ("getContactSignalsById", "signal"): kinds,
    }
    for walk in (new, old):
        used = walk.ledger().total()
        assert walk.bill == used > 0
        assert walk.usage() == {"total": CREDITS, "used": used, "remaining": CREDITS - used}


ADA, QUILL = "ada.quill@quill-works.example", "quill-works.example"


def person_v2(client: CheckedClient) -> int:
    return cost_of(client, lambda: client.get("/v2/person", params={"email": ADA}))


def person_v3(client: CheckedClient) -> int:
    body = {"contacts": [{"email": ADA}]}
    return cost_of(client, lambda: client.post("/v3/contacts/search-and-enrich", json=body))


def company_v2(client: CheckedClient) -> int:
    return cost_of(client, lambda: client.get("/v2/company", params={"domain": QUILL}))


def company_v3(client: CheckedClient) -> int:
    body = {"companies": [{"domain": QUILL}]}
    return cost_of(client, lambda: client.post("/v3/companies/search-and-enrich", json=body))


def cost_of(client: CheckedClient, call: Callable[[], Any]) -> int:
    before = client.used()
    assert call().status_code == 200
    return client.used() - before


@pytest.mark.parametrize(
    ("calls", "prices"),
    [
        ((person_v3, person_v2, person_v3), (7, 0, 1)),
        ((person_v2, person_v3, person_v2), (6, 1, 0)),
        ((company_v3, company_v2, company_v3), (2, 0, 2)),
        ((company_v2, company_v3, company_v2), (1, 2, 0)),
    ],
)
def test_in_one_account_what_either_generation_revealed_is_free_but_v3_bills_companies_and_searches_again(
    small: CheckedClient, calls: Sequence[Callable[[CheckedClient], int]], prices: Sequence[int]
) -> None:
    assert tuple(call(small) for call in calls) == prices
