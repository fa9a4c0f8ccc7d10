"""Whom identifiers lead to in an account's world, and what revealing them would cost it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.api.people.identifiers import meaning_of
from mock_lusha.api.people.shapes import company_details, company_shape, person_details, person_shape
from mock_lusha.api.request import bad_request
from mock_lusha.api.v3.identifiers import company_queries, contact_queries, mail_host
from mock_lusha.api.v3.ids import number_of
from mock_lusha.errors import CATALOGUE, Detail, shorten
from mock_lusha.scenario.identifiers import spelled
from mock_lusha.services.billing import company_reveal_item, reveal_prices
from mock_lusha.services.suggestions import nearest_companies, nearest_keys
from mock_lusha.world.resolver import NAMES_NOBODY, PersonMatch, PersonQuery

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mock_lusha.api.people.reader import Reader
    from mock_lusha.api.shape import Shape
    from mock_lusha.api.v3.ids import Kind
    from mock_lusha.scenario.model import Outcome, Respond
    from mock_lusha.world.account_lookup import AccountLookup
    from mock_lusha.world.entities import PersonKey
    from mock_lusha.world.resolver import CompanyQuery

    Fields = Mapping[str, str]

PERSON_FIELDS = ("email", "linkedinUrl", "id", "firstName", "lastName", "companyName", "companyDomain")
COMPANY_FIELDS = ("domain", "name", "id")
_COLLEAGUES = 5
_NAMESAKES = 5
_BY = {"personId": "id", "companyId": "id"}
_OTHER_ID = "an id of another account, or of nobody"
_TOO_LITTLE = (
    "a person needs email, linkedinUrl, id, or firstName and lastName with companyName or companyDomain"
)
_NO_SUCH_ID = "nobody has this id"
_MALFORMED = "this is no e-mail address, no LinkedIn profile and no full name with a company"
_NO_TOKENS = "ids that begin with v1. belong to one account: name it"


class Lookups:
    """Lookups in the world of a reader's account. Answers have ``found``, ``by`` (the identifier that
    decided), ``why``, and ``person`` or ``company`` with its ``price``, or whoever is ``nearest``."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._account = reader.account
        self._world = reader.world

    @staticmethod
    def searches(fields: Fields) -> bool:
        """Whether a lookup of a person has a name alone, so that all people are looked at."""
        if "find" in fields:
            fields = meaning_of(fields["find"]).fields
        return bool(fields) and fields.keys() <= {"firstName", "lastName"}

    def person(self, fields: Fields) -> Shape:
        """Whom identifiers, or a text in ``find``, lead to.

        Raises:
            ApiError: 400 for too few of them, or an id that is none.
        """
        fields = _filled(fields, PERSON_FIELDS)
        if "find" in fields:
            return self._find_person(fields["find"])
        if self.searches(fields):
            return self._namesakes(" ".join(fields.values()))
        if "id" in fields:
            missing = self._unknown_id("contact", fields["id"])
            if missing is not None:
                return missing
        elif not (fields.keys() & {"email", "linkedinUrl"} or _is_named(fields)):
            raise bad_request(Detail(_TOO_LITTLE, ", ".join(fields)))
        (query,) = contact_queries(self._reader.call({"contacts": [dict(fields)]}))
        return self._person(query)

    def company(self, fields: Fields) -> Shape:
        """Which company identifiers, or a text in ``find``, lead to.

        Raises:
            ApiError: 400 for too few of them, or an id that is none.
        """
        fields = _filled(fields, COMPANY_FIELDS)
        if "find" in fields:
            kind, meant = meaning_of(fields["find"])
            if kind == "linkedinCompanyUrl":
                return {"as": kind, **self._company_page(meant["linkedinUrl"])}
            if kind in {"email", "linkedinUrl"}:
                host = mail_host(meant.get("email", ""))
                if not host:
                    why = "this says nothing of a company: ask for the person"
                    return {"as": kind, "found": False, "by": None, "why": why, "nearest": []}
                return {"as": kind, **self.company({"domain": host})}
            if kind == "name":
                meant = {"name": fields["find"]}
            return {"as": kind, **self.company(meant)}
        if "id" in fields:
            missing = self._unknown_id("company", fields["id"])
            if missing is not None:
                return missing
        (query,) = company_queries(self._reader.call({"companies": [dict(fields)]}))
        return self._company(query)

    def _find_person(self, text: str) -> Shape:
        kind, fields = meaning_of(text)
        answer: Shape
        if kind == "domain":
            answer = self.company(fields)
            if answer["found"]:
                colleagues = self._world.colleagues(answer["company"]["domain"])[:_COLLEAGUES]
                answer["people"] = self._shapes(colleagues)
        elif kind == "linkedinCompanyUrl":
            answer = self._company_page(fields["linkedinUrl"])
        elif kind == "id":
            answer = self.person(fields)
            of_company = {} if answer["found"] else self.company(fields)
            answer = of_company if of_company.get("found") else answer
        elif not fields:
            raise bad_request(Detail("find must have a letter or a digit", shorten(text)))
        else:
            answer = self.person(fields)
        return {"as": kind, **answer}

    # People

    def _person(self, query: PersonQuery) -> Shape:
        words = spelled(email=query.email, last_name=query.last_name, domain=query.company_domain)
        outcomes, magic = self._magic(words)
        lookup = self._lookup(outcomes)
        match = lookup.person(query)
        why = lookup.trail[-1].why
        if match is None:
            if why == NAMES_NOBODY:
                why = _NO_SUCH_ID if query.person_id is not None else _MALFORMED
            near = [] if lookup.trail[-1].forced else nearest_keys(self._world, query)
            return {
                "found": False,
                "by": None,
                "why": why,
                **magic,
                "nearest": self._shapes(key for key in near if key not in lookup.erased.people),
            }
        person = match.person
        reasons = [self._origin(person.key), why]
        if person.restricted is not None:
            reasons.append(f"must not be shown ({person.restricted}): answers have an error in their place")
        return {
            "found": True,
            "by": _BY.get(match.by, match.by),
            "why": "; ".join(filter(None, reasons)),
            **magic,
            "person": person_details(self._account, self._world, match),
            "price": {} if person.restricted is not None else reveal_prices(self._account, person),
        }

    def _origin(self, key: PersonKey) -> str:
        if key in self._world.pins.people:
            return "pinned"
        if self._world.knows_person(key):
            return "in the directory"
        return "outside the directory: the open world made them up from the identifier"

    def _namesakes(self, name: str) -> Shape:
        """Whoever has a name, if only one has it."""
        search = {"filters": {"contacts": {"include": {"names": [name]}}}}
        total, shapes = self._reader.people(search, 0, _NAMESAKES)
        people = list(shapes)
        if total == 1:
            return {**self._person(PersonQuery(person_id=str(people[0]["id"]))), "by": "name"}
        why = f"{total:,} people are called {shorten(name)}: say at which company"
        if not total:
            why = f"nobody who is listed is called {shorten(name)}: say at which company"
        return {"found": False, "by": None, "why": why, "nearest": people}

    def _shapes(self, keys: Iterable[PersonKey]) -> list[Shape]:
        shapes = []
        for key in keys:
            company = self._world.company(key.domain)
            match = PersonMatch(self._world.person(key), company, company.domain, "nearest")
            shapes.append(person_shape(self._account, self._world, match))
        return shapes

    # Companies

    def _company(self, query: CompanyQuery) -> Shape:
        outcomes, magic = self._magic(spelled(domain=query.domain))
        lookup = self._lookup(outcomes)
        match = lookup.company(query)
        last = lookup.trail[-1]
        if match is None:
            why = last.why
            if why == NAMES_NOBODY:
                why = (
                    "no company has this id"
                    if query.company_id is not None
                    else "this is no domain and no name"
                )
            near = [] if last.forced else nearest_companies(self._world, query.domain or query.name or "")
            companies = [self._world.company(each) for each in near if each not in lookup.erased.companies]
            shapes = [company_shape(self._account, self._world, each, each.domain) for each in companies]
            return {"found": False, "by": None, "why": why, **magic, "nearest": shapes}
        domain = match.company.domain
        origin = "outside the directory: the open world made it up from the identifier"
        if domain in self._world.pins.companies:
            origin = "pinned"
        elif self._world.knows_company(domain):
            origin = "in the directory"
        item = company_reveal_item(match.company.id)
        return {
            "found": True,
            "by": _BY.get(match.by, match.by),
            "why": "; ".join(filter(None, (origin, last.why))),
            **magic,
            "company": company_details(self._account, self._world, match),
            "price": {"company": self._account.ledger.quote([item])},
        }

    def _company_page(self, url: str) -> Shape:
        """The company that a LinkedIn page is of."""
        search = {"filters": {"companies": {"include": {"linkedinUrls": [url]}}}}
        _, shapes = self._reader.companies(search, 0, 1)
        company = next(shapes, None)
        if company is None:
            why = "no company that is listed has this page"
            return {"found": False, "by": None, "why": why, "nearest": []}
        return {**self.company({"id": str(company["id"])}), "by": "linkedinCompanyUrl"}

    # What both share

    def _unknown_id(self, kind: Kind, text: str) -> Shape | None:
        """The answer for an id that stands for nobody in this account.

        Raises:
            ApiError: 400 for what is neither digits nor a token.
        """
        try:
            number = number_of(self._account, kind, text)
        except ValueError:
            raise bad_request(
                Detail("id must be a number, or a token that begins with v1.", shorten(text))
            ) from None
        if number is not None:
            return None
        why = _OTHER_ID if self._account.key else _NO_TOKENS
        return {"found": False, "by": None, "why": why, "nearest": []}

    def _lookup(self, outcomes: Mapping[str, Outcome]) -> AccountLookup:
        return self._reader.parts.worlds.lookup(self._account, outcomes)

    def _magic(self, words: Iterator[str]) -> tuple[dict[str, Outcome], dict[str, Any]]:
        """What magic words make of a lookup, and how that is said."""
        if not self._reader.parts.settings.magic:
            return {}, {}
        library = self._reader.parts.library
        own = [word for word in words if library.magic.may_fit(b"", word.encode("utf-8", "replace"))]
        if not own:
            return {}, {}
        rules = {rule.when.identifier: rule.respond for rule in library.magic.scenario.rules}
        meant = [word for word in own if word in rules]
        outcomes = {word: respond for word in meant if (respond := rules[word].outcome) is not None}
        said = {"magic": {"word": meant[0], "does": _said(rules[meant[0]])}} if meant else {}
        return outcomes, said


def _is_named(fields: Fields) -> bool:
    """Whether there is a full name with a company."""
    has_company = bool(fields.keys() & {"companyName", "companyDomain"})
    return has_company and {"firstName", "lastName"} <= fields.keys()


def _said(respond: Respond) -> str:
    """What comes of a call, in words."""
    if respond.outcome is not None:
        return respond.outcome
    if respond.error is not None:
        return f"calls fail: {CATALOGUE[respond.error].status} {respond.error}"
    return "calls are delayed" if respond.delay is not None else "calls are answered otherwise"


def _filled(fields: Fields, known: tuple[str, ...]) -> dict[str, str]:
    """The identifiers that say something.

    Raises:
        ApiError: 400 where there are none, or others beside ``find``.
    """
    filled = {name: text.strip() for name, text in fields.items() if text.strip()}
    if not filled:
        raise bad_request(f"name somebody by find, or by one of {', '.join(known)}")
    if "find" in filled and len(filled) > 1:
        others = ", ".join(name for name in filled if name != "find")
        raise bad_request(Detail("find must stand alone", others))
    return filled
