"""Which field is what: by its name, and by its place where a name means different things.

Not personal, and so kept: facts about companies (their ids, names, domains, places, profiles, descriptions),
job titles, departments and seniority, skills, degrees, schools, towns and the coordinates of towns, dates,
enumerations, flags, counts, and the values of filters. They say what somebody is, not who, and a tape
without them is of little use. Phones, mail addresses and profile URLs in such texts are replaced all the
same, and so is a text where a number, a date or a company's id is expected.
A number or flag under an unknown name is kept (but for ids), a text under one is replaced.

A place is the names from ``request``, ``query``, ``response`` or ``error`` (the body of an answer from 400
on) down to the field. Items of a list are in the place of the list; ``*`` stands for the keys of a map.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.errors import CATALOGUE
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mock_lusha.contract.document import Contract


class Kind(StrEnum):
    """What a field holds."""

    FIRST_NAME = "first-name"
    LAST_NAME = "last-name"
    FULL_NAME = "full-name"
    EMAIL = "email"
    PHONE = "phone"
    LINKEDIN = "linkedin"
    URL = "url"
    PERSON_ID = "person-id"
    CONTACT_ID = "contact-id"
    REQUEST_ID = "request-id"
    CALLER_ID = "caller-id"
    FREE_TEXT = "free-text"
    ERROR_TEXT = "error-text"
    KEY = "key"
    COMPANY_ID = "company-id"
    NUMBER = "number"
    DATE = "date"
    SAFE = "safe"


NAMES: Final = frozenset({Kind.FIRST_NAME, Kind.LAST_NAME, Kind.FULL_NAME})
IDS: Final = frozenset({Kind.PERSON_ID, Kind.CONTACT_ID, Kind.REQUEST_ID, Kind.CALLER_ID})
KEPT: Final = frozenset({Kind.COMPANY_ID, Kind.NUMBER, Kind.DATE, Kind.SAFE})
"""Kinds that are not replaced, as long as they have the shape that is expected."""
LONGEST_COUNT: Final = 10**6
"""Up to here a number under a phone's name counts something."""
_SHAPES: Final[Mapping[Kind, re.Pattern[str]]] = {
    Kind.COMPANY_ID: re.compile(r"[\w.\-]{1,64}"),
    Kind.NUMBER: re.compile(r"[0-9 .,+\-<>%$]{0,40}|true|false|null", re.IGNORECASE),
    Kind.DATE: re.compile(
        r"(?:[0-9\s:.,/+\-]|T(?=[0-9])|Z|(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?![a-z])"
        r"|january|february|march|april|august|september|october|november|december){0,40}",
        re.IGNORECASE,
    ),
}
_DEEP: Final = frozenset(Kind) - KEPT - {Kind.ERROR_TEXT}
"""Kinds under which nothing is safe, should an object stand where a text is expected."""

_BY_KIND: Final[Mapping[Kind, str]] = {
    Kind.FIRST_NAME: "firstName givenName middleName",
    Kind.LAST_NAME: "lastName familyName surname",
    Kind.FULL_NAME: "fullName full_name name names displayName contactName personName",
    Kind.EMAIL: "email emails address emailAddress workEmail privateEmail",
    Kind.PHONE: "number phone phones phoneNumber mobile mobilePhone directPhone telephone fax",
    Kind.LINKEDIN: "linkedin linkedinUrl linkedinUrls social_link",
    Kind.URL: "xUrl twitter facebook crunchbase url verifyUrl articleUrl",
    Kind.PERSON_ID: "personId personIds",
    Kind.CONTACT_ID: "contactId contactIds",
    Kind.REQUEST_ID: "requestId request_id",
    Kind.CALLER_ID: "id",
    Kind.FREE_TEXT: (
        "description summary title label value code text searchText activities credentialId leadInvestors "
        "eventSummary articleTitle articleHighlight street rawLocation fullLocation"
    ),
    Kind.ERROR_TEXT: "message errors error",
    Kind.COMPANY_ID: (
        "companyId companyIds companiesIds currentCompanyId lushaCompanyId linkedinCompanyId "
        "linkedinSchoolId companySocialId signalId cityId city_id main_industry_id mainIndustriesIds "
        "subIndustriesIds sic sics sicCodes naics naicsCodes"
    ),
    Kind.SAFE: (
        # Companies
        "company companyName companyDomain alternativeName domain domains fqdn emailDomain homepage "
        "homepageUrl website logoUrl companyType specialities categories industryTags mainIndustry "
        "subIndustry main_industry industryPrimaryGroup technologies intentTopics topicName "
        "currentCompanyName previousCompanyName currentDomain previousDomain "
        # Money
        "currency lastFundingEventName lastRoundType roundType "
        # Jobs and learning
        "jobTitle jobTitles jobTitlesExactMatch currentTitle departments department currentDepartments "
        "seniority currentSeniorityLabel linkedinSkills degree grade "
        # Places
        "city continent country countries country_grouping country_iso2 countryIso2 region state stateCode "
        "state_code location "
        # Enumerations and what is asked for
        "color emailConfidence emailType phoneType eventType existingDataPoints existing_data_points "
        "filterBy hiringByDepartments newsEventTypes objectType signals signalTypes"
    ),
    Kind.DATE: (
        "announcedOn founded articlePublishedDate dateDay dateMonth dateYear endDate endDateMonth "
        "endDateYear eventEffectiveDate expireDateMonth expireDateYear jobStartDate lastFundingEventDate "
        "lastRoundDate roundDate signalDate signalsStartDate startDate startDateMonth startDateYear "
        "timestamp updateDate"
    ),
    Kind.NUMBER: (
        "refreshJobInfo revealEmails revealPhones partialProfile partialCompany includePartialContact "
        "excludeDnc companySize employees employeesInLinkedin employees_in_linkedin revenueRange "
        "topicTrend topicScore topicCount lushaPopularityTier linkedinFollowers linkedinConnectionsCount "
        "linkedinFollowersCount lastFundingEventAmount lastRoundAmount moneyRaised roundAmount totalRounds "
        "totalRoundsAmount coordinates locationCoordinates location_coordinates baselineEmployeesCount "
        "changeRatePercent creditCharged creditsCharged currentPage estimatedAnnualItSpend historicalAvg "
        "index lastMonthVisits max maxResultsPerSignal min newEmployeesCount newJobsPostedLast4Weeks "
        "newJobsPostedLastWeek page pageLength remaining resultsReturned size statusCode total "
        "totalResults used"
    ),
}


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


_KIND_OF: Final[Mapping[str, Kind]] = {
    _plain(name): kind for kind, names in _BY_KIND.items() for name in names.split()
}

# Names that are personal, or may be, unless they stand here. Operations, then ends of places.
_CONTEXTS: Final = (
    (Kind.SAFE, "*", (
        "company.name", "company.description", "company.crunchbase", "technologies.name", "school.name",
        "fieldOfStudy.name",
        "jobTitle.title", "rounds.title", "linkedinAwards.title", "linkedinCertifications.title",
        "linkedinCourses.title", "sicCodes.description", "naicsCodes.description", "seniority.value",
        "sub_industries.value", "include.signal.names", "include.signals.names", "exclude.signal.names",
        "exclude.signals.names", "companies.include.names", "companies.exclude.names",
        "company.social.linkedin", "company.social.twitter", "company.social.facebook",
        "company.social.crunchbase", "company.location.street", "company.location.rawLocation",
        "company.location.fullLocation", "domains.email",
    )),
    (Kind.ERROR_TEXT, "*", ("error.name", "error.code")),
    (Kind.COMPANY_ID, "*", (
        "seniority.id", "sub_industries.id", "school.id", "fieldOfStudy.id",
    )),
    (Kind.SAFE, "searchMultipleContacts", (
        "request.contacts.companies.name", "companies.*.name", "companies.*.description",
        "companies.*.social.linkedin", "companies.*.social.twitter", "companies.*.social.facebook",
        "companies.*.social.crunchbase", "companies.*.location.street", "companies.*.location.rawLocation",
        "companies.*.location.fullLocation",
    )),
    (Kind.SAFE, "searchSingleCompanyV2", (
        "response.data.name", "response.data.description", "response.data.address",
        "response.data.location.street", "response.data.location.rawLocation",
        "response.data.location.fullLocation", "response.data.social.linkedin",
        "response.data.social.crunchbase", "response.data.social.linkedin.url",
        "response.data.social.crunchbase.url",
    )),
    (Kind.COMPANY_ID, "searchSingleCompanyV2", ("response.data.id",)),
    (Kind.SAFE, "searchMultipleCompaniesV2", (
        "request.companies.name", "response.*.name", "response.*.description", "response.*.linkedin",
        "response.*.crunchbase", "response.*.rawLocation", "response.*.street",
    )),
    (Kind.COMPANY_ID, "searchMultipleCompaniesV2", ("response.*.id",)),
    (Kind.SAFE, "searchContactSignals", ("request.contacts.companies.name",)),
    (Kind.SAFE, "searchCompanySignals", ("request.companies.name",)),
    *((Kind.SAFE, operation, (
        "response.companies.name", "response.companies.description", "response.companies.social.linkedin",
        "response.companies.social.crunchbase", "response.companies.social.twitter",
        "response.companies.social.facebook", "response.companies.rawLocation", "response.companies.street",
        "response.data.name", "response.data.description",
    )) for operation in ("searchProspectingCompanies", "enrichProspectingCompanies")),
    *((Kind.COMPANY_ID, operation, ("response.companies.id", "response.data.id"))
      for operation in ("searchProspectingCompanies", "enrichProspectingCompanies")),
    (Kind.CONTACT_ID, "enrichProspectingContacts", ("response.contacts.id",)),
    *((Kind.SAFE, operation, ("response", "response.name", "response.code", "response.label", "request.text"))
      for operation in (
        "getContactDepartments", "getContactSeniority", "getContactDataPoints", "getContactCountries",
        "searchContactLocations", "searchCompanyNames", "getCompanyIndustries", "getCompanySizes",
        "getCompanyRevenues", "searchCompanyLocations", "getCompanySicCodes", "getCompanyNaicsCodes",
        "getCompanyIntentTopics", "searchCompanyTechnologies",
      )),
    (Kind.COMPANY_ID, "getContactSeniority", ("response.id",)),
    (Kind.CONTACT_ID, "*", ("contactTags.id",)),
    (Kind.FREE_TEXT, "*", ("contactTags.name",)),
)  # fmt: skip
_KIND_AT: Final[Mapping[tuple[str, tuple[str, ...]], Kind]] = {
    (operation, tuple(place.split("."))): kind
    for kind, operation, places in _CONTEXTS
    for place in places
}  # fmt: skip
# Objects whose names are ids.
_MAPS: Final[Mapping[tuple[str, tuple[str, ...]], Kind]] = {
    ("searchMultipleContacts", ("response", "contacts")): Kind.CALLER_ID,
    ("searchMultipleContacts", ("response", "companies")): Kind.COMPANY_ID,
    ("searchMultipleCompaniesV2", ("response",)): Kind.CALLER_ID,
    ("getContactSignalsById", ("response", "contacts")): Kind.PERSON_ID,
    ("searchContactSignals", ("response", "contacts")): Kind.CALLER_ID,
    ("getCompanySignalsById", ("response", "companies")): Kind.COMPANY_ID,
    ("searchCompanySignals", ("response", "companies")): Kind.CALLER_ID,
}
_KEYLIKE: Final = re.compile(
    r".*(?:apikey|token|secret|passw|authoriz|bearer|cookie)|.*key$|auth$|pwd$|session(?:id)?$"
)
_PLAIN_KEY: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]{0,63}(?:[.\[\]\-]{1,2}[A-Za-z0-9_$]{0,63}){0,9}")


@frozen
class Place:
    """Where a value stands; ``inside`` says that an object around it holds personal data."""

    operation: str | None
    steps: tuple[str, ...]
    inside: bool = False

    @property
    def kind(self) -> Kind | None:
        """What is expected there, None where nothing is known."""
        kind = self._own_kind()
        return Kind.FREE_TEXT if self.inside and (kind is None or kind not in _DEEP) else kind

    def _own_kind(self) -> Kind | None:
        steps = self.steps
        for start in range(len(steps)):
            for operation in (self.operation or "*", "*"):
                kind = _KIND_AT.get((operation, steps[start:]))
                if kind is not None:
                    return kind
        if len(steps) < 2 or steps[-1] == "*":
            return None
        kind = _KIND_OF.get(_plain(steps[-1]))
        if kind is None and _KEYLIKE.match(_plain(steps[-1])):
            return Kind.KEY
        return kind

    @property
    def keys(self) -> Kind | None:
        """What the names of an object there are, if they are ids."""
        return _MAPS.get((self.operation or "*", self.steps))

    def below(self, name: str, value: Any) -> Place:
        """The place of a member of the object there."""
        # Texts of errors and the like may stand beside the entries of a map: they go by their names.
        entry = value is None or isinstance(value, dict) or _plain(name) not in _KIND_OF
        step = "*" if self.keys and entry else name
        return Place(self.operation, (*self.steps, step), self.inside or self.kind in _DEEP)

    @property
    def names_an_id(self) -> bool:
        """Whether a number there is an id by its name alone, or stands where an entry of a map should."""
        return self.steps[-1] == "*" or self.steps[-1].lower().endswith(("id", "ids"))


def query_place(operation: str | None, name: str) -> Place:
    """The place of a query parameter: ``a[]`` is a list of ``a``, ``a[b]`` the member ``b`` of ``a``."""
    return Place(operation, ("query", *(re.findall(r"[^\[\].]+", name) or [name])))


def has_shape(text: str, kind: Kind) -> bool:
    """Whether a text of a kind that is kept looks as it must to be."""
    shape = _SHAPES.get(kind)
    return shape is None or bool(shape.fullmatch(text))


def is_plain_key(name: str) -> bool:
    """Whether the name of a member looks like one that a program gave."""
    return bool(_PLAIN_KEY.fullmatch(name))


def looks_like_json(text: str) -> bool:
    """Whether a text is a piece of JSON, cut or damaged, in which no name of a field can be trusted."""
    return text.lstrip("\ufeff \t\r\n").startswith(("{", "[", '"'))


class Known:
    """What may stand in a path or an error text, by the contract and the catalogue of errors."""

    def __init__(self, contract: Contract) -> None:
        self._segments = frozenset(_segments(contract))
        self._words = frozenset(_words(contract))

    def has_segment(self, segment: str) -> bool:
        """Whether a segment of a path is of the API and names nobody."""
        return not segment or segment in self._segments or bool(re.fullmatch(r"v\d{1,2}", segment, re.ASCII))

    def has_error(self, text: str) -> bool:
        """Whether an error text is made of the API's words, names of fields and small numbers alone.

        Everything else in one may be an echo of what was sent.
        """
        return all(
            word in self._words or (word.isdecimal() and word.isascii() and len(word) < 7)
            for word in _WORDS(text)
        )


_WORDS: Final = re.compile(r"\w+").findall
# How NestJS with class-validator and Kong, which Lusha's API is built on, and the double put it.
_WORDINGS: Final = (
    "property should not exist; each value in must be a an string number integer array object boolean text "
    "one of the following values required should not be empty must contain at least no more than elements "
    "items unique longer shorter greater less or equal to characters not valid ISO 8601 date UUID email "
    "URL JSON Bad Request Unauthorized Forbidden Not Found No API key found in request Invalid "
    "authentication credentials no Route matched with those values Unexpected token end input at position "
    "An unexpected error occurred Could not find requested data data for company contact person conforming "
    "specified constraints The upstream server is timing out An invalid response was received from the "
    "upstream server failure to get a peer from the ring balancer name resolution failed api_key "
    "these needed and only none was were sent list Content Type application json"
)


def _segments(contract: Contract) -> Iterator[str]:
    for operation in contract.operations.values():
        for path in operation.paths:
            yield from (segment for segment in path.split("/") if not segment.startswith("{"))
        for parameter in operation.parameters:
            if parameter["in"] == "path":
                yield from contract.resolve(parameter["schema"]).get("enum", ())


def _words(contract: Contract) -> Iterator[str]:
    yield from _WORDS(_WORDINGS)
    for kind in CATALOGUE.values():
        yield from _WORDS(f"{kind.message} {kind.live_message()}")
    yield from _words_in(contract.document)


def _words_in(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _words_in(item)
    elif isinstance(node, dict):
        properties = node.get("properties")
        if isinstance(properties, dict):
            yield from properties
        if node.get("in") == "query" and isinstance(node.get("name"), str):
            yield node["name"]
        if isinstance(node.get("enum"), list):
            yield from (word for value in node["enum"] for word in _WORDS(str(value)))
        if isinstance(node.get("message"), str):
            yield from _WORDS(node["message"])
        for value in node.values():
            yield from _words_in(value)
