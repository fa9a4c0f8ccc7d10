"""Which field is what: by its name, and by its place where a name means different things.

What is not known to be a value of a closed list, a number of a known kind, a date or an id is replaced whole.
Also kept, where they have the expected shape: names and domains of companies, job titles,
departments, towns, schools and technologies. They say what a person is, not who, and a cassette without
them is of little use. Where a name means something else in one operation, its contract says so
(``x-mock-lusha-fields`` and ``-keys``, see ``contract.document``).

A place is the names from ``request``, ``query``, ``response`` or ``error`` (the body of an answer from 400
on) down to the field. Items of a list are in the place of the list; ``*`` stands for the keys of a map.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.recorder.texts import has_number
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mock_lusha.contract.document import Operation

    _Steps = tuple[str, ...]


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
    PROSE = "prose"
    ERROR_TEXT = "error-text"
    KEY = "key"
    COMPANY_ID = "company-id"
    NUMBER = "number"
    DATE = "date"
    WORD = "word"
    LABEL = "label"
    DOMAIN = "domain"
    SITE = "site"
    COMPANY_TEXT = "company-text"


NAMES: Final = frozenset({Kind.FIRST_NAME, Kind.LAST_NAME, Kind.FULL_NAME})
IDS: Final = frozenset({Kind.PERSON_ID, Kind.CONTACT_ID, Kind.REQUEST_ID, Kind.CALLER_ID})
KEPT: Final = frozenset(
    {
        *(Kind.COMPANY_ID, Kind.NUMBER, Kind.DATE, Kind.WORD),
        *(Kind.LABEL, Kind.DOMAIN, Kind.SITE, Kind.COMPANY_TEXT),
    }
)
"""Kinds of which something may stay as it is: what has the shape, or is of the list, that is expected."""
LONGEST_COUNT: Final = 10**6
"""Up to here a number counts something, whatever it is called."""
_DEEP: Final = frozenset(Kind) - KEPT - {Kind.ERROR_TEXT}
"""Kinds under which nothing is safe, should an object stand where a text is expected."""

_BY_KIND: Final[Mapping[Kind, str]] = {
    Kind.FIRST_NAME: "firstName givenName middleName forename",
    Kind.LAST_NAME: "lastName familyName surname",
    Kind.FULL_NAME: "fullName full_name name names displayName contactName personName",
    Kind.EMAIL: "email emails address emailAddress workEmail privateEmail previousEmails",
    Kind.PHONE: "number phone phones phoneNumber mobile mobilePhone directPhone telephone fax",
    Kind.LINKEDIN: "linkedin linkedinUrl linkedinUrls social_link",
    Kind.URL: "xUrl x twitter facebook crunchbase url verifyUrl articleUrl activityUrl workspaceUrl",
    Kind.PERSON_ID: "personId personIds",
    Kind.CONTACT_ID: "contactId contactIds",
    Kind.REQUEST_ID: "requestId request_id",
    Kind.CALLER_ID: (
        "id ids clientReferenceId jobId tableId tableContactId table_id columnId column_id entityId "
        "entityIds invalidIds subscriptionId payloadId dedupeSessionId createdByUserId "
        "partnerClientId"
    ),
    Kind.FREE_TEXT: (
        "title label value code text query searchText credentialId leadInvestors investors street "
        "rawLocation fullLocation grade zipCode zipcode awards certifications fieldsOfStudy datapointId "
        "subscriptionName"
    ),
    Kind.PROSE: (
        "description summary activities activitySummary eventSummary articleTitle "
        "articleHighlight totalDescription"
    ),
    Kind.ERROR_TEXT: "message errors error statusDescription blockReason",
    Kind.COMPANY_ID: (
        "companyId companyIds companiesIds currentCompanyId lushaCompanyId linkedinCompanyId "
        "linkedinSchoolId companySocialId signalId cityId city_id main_industry_id mainIndustriesIds "
        "subIndustriesIds sic sics sicCodes naics naicsCodes"
    ),
    Kind.LABEL: (
        "company companyName alternativeName currentCompanyName previousCompanyName jobTitle jobTitles "
        "jobTitlesExactMatch currentTitle departments department currentDepartments technologies "
        "city region state stateCode previousCompany newCompany previousCompanyNames previousJobTitle "
        "normalizedJobTitles schools skills"
    ),
    Kind.DOMAIN: (
        "companyDomain domain domains fqdn emailDomain currentDomain previousDomain alternativeDomains "
        "previousCompanyDomains"
    ),
    Kind.SITE: "homepage homepageUrl website logoUrl",
    Kind.COMPANY_TEXT: (
        "specialities categories industryTags mainIndustry subIndustry main_industry industryPrimaryGroup "
        "intentTopics topicName topic industry industriesLabels companyOffering keywords exactKeywords "
        "exactSpecialities specialitiesRefactored additionalDescriptions"
    ),
    # Of closed lists. An object may stand under some of them.
    Kind.WORD: (
        "companyType currency lastFundingEventName lastRoundType roundType seniority currentSeniorityLabel "
        "linkedinSkills degree continent country countries country_grouping country_iso2 countryIso2 "
        "location color emailConfidence emailType phoneType eventType existingDataPoints "
        "existing_data_points filterBy hiringByDepartments newsEventTypes objectType signals signalTypes "
        "phoneNumbers hasPhones hasMobilePhone hasDirectPhone has reveal field type types confidence "
        "dataSource businessModel renewalType category status statusReason hqCountry filterType "
        "availableFilters technologiesCondition intentTopicsCondition intentTopicsOperator coverage round "
        "degrees existingDataPointsCondition keywordsSearchFields filterByIntentCategory intentCategories "
        "signalCategory signalType activityType scoreBand scoreBands visitorCountry visitorCountries "
        "personas roles visibility surface entityType sourceType runScope mode by order datapointType "
        "covers"
    ),
    Kind.DATE: (
        "announcedOn founded articlePublishedDate dateDay dateMonth dateYear endDate endDateMonth "
        "endDateYear eventEffectiveDate expireDateMonth expireDateYear jobStartDate lastFundingEventDate "
        "lastRoundDate roundDate signalDate signalsStartDate startDate startDateMonth startDateYear "
        "timestamp updateDate month date resetsAt expiresAt createdAt updatedAt addedAt blockedAt "
        "deliveredAt lastVisit jobChangedAfterDate jobChangedLastViewDate activityPublicationDate "
        "graduationYearLte startYearGte yearFounded contactOptOutDate contactExposureDate"
    ),
    Kind.NUMBER: (
        "refreshJobInfo revealEmails revealPhones partialProfile partialCompany includePartialContact "
        "excludeDnc companySize employeeCount employees employeesInLinkedin employees_in_linkedin "
        "revenueRange topicTrend "
        "topicScore topicCount lushaPopularityTier linkedinFollowers linkedinConnectionsCount "
        "linkedinFollowersCount lastFundingEventAmount lastRoundAmount moneyRaised roundAmount totalRounds "
        "totalRoundsAmount coordinates locationCoordinates location_coordinates baselineEmployeesCount "
        "changeRatePercent creditCharged creditsCharged currentPage estimatedAnnualItSpend historicalAvg "
        "index lastMonthVisits max maxResultsPerSignal min newEmployeesCount newJobsPostedLast4Weeks "
        "newJobsPostedLastWeek page pageLength remaining resultsReturned size statusCode total totalResults "
        "used credits perQuantity limit offset count exact valueUsd visits momChangePercent popularityTier "
        "openJobsTotal linkedinConnections permanentFailure dlq totalCreditsConsumed distance seniorityIds "
        "intentMinScore intentMaxScore minScore maxScore score signalScore maxContactsPerCompany "
        "contactsLimit added alreadyPresent columnsCreated rowsProcessed rowsCharged rowsAlreadyPaidInTable "
        "rowsFailed rowsNoData rowsNotRun rowsProcessing rowsSuccess entityCount removed returned "
        "retryAfter activityLikes activityComments activityShares avgSessionMinutes daysSinceLastVisit "
        "daysVisited highIntentPageviews totalSessions uniqueVisitors durationMs success successful "
        "successRate failed"
    ),
}


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


_KIND_OF: Final[Mapping[str, Kind]] = {
    _plain(name): kind for kind, names in _BY_KIND.items() for name in names.split()
}

# Names that mean something else at these ends of places, whatever the operation.
_CONTEXTS: Final = (
    (Kind.LABEL, (
        "company.name", "technologies.name", "school.name", "jobTitle.title", "companies.include.names",
        "companies.exclude.names",
    )),
    (Kind.COMPANY_TEXT, (
        "company.description", "rounds.title", "sicCodes.description", "naicsCodes.description",
        "sub_industries.value", "company.location.street", "company.location.rawLocation",
        "company.location.fullLocation",
    )),
    (Kind.WORD, (
        "seniority.value", "include.signal.names", "include.signals.names", "exclude.signal.names",
        "exclude.signals.names", "funding.names", "funding.names.name",
        "columns.key", "data.key", "visitorCountries.include", "visitorCountries.exclude",
    )),
    (Kind.DOMAIN, ("domains.email",)),
    (Kind.FREE_TEXT, ("fieldOfStudy.name", "contactTags.name", "tags.name")),
    (Kind.ERROR_TEXT, ("error.name", "error.code")),
    (Kind.COMPANY_ID, (
        "seniority.id", "sub_industries.id", "school.id", "fieldOfStudy.id", "sicCodes.code",
        "naicsCodes.code",
    )),
    (Kind.CONTACT_ID, ("contactTags.id", "tags.id")),
)  # fmt: skip


def _by_place(kinds: Mapping[str, Iterable[str]]) -> Mapping[_Steps, Kind]:
    return {tuple(place.split(".")): Kind(kind) for kind, places in kinds.items() for place in places}


_EVERYWHERE: Final = _by_place(dict(_CONTEXTS))
_KEYLIKE: Final = re.compile(
    r".*(?:apikey|token|secret|passw|authoriz|bearer|cookie)|.*key$|auth$|pwd$|session(?:id)?$"
)
_PHONELIKE: Final = re.compile(
    r".*(?:phone|mobile|whatsapp|msisdn|viber|telegram|wechat|landline|callme|callback|hotline|handy)"
    r"|.*(?:^|work|home|office|direct|business|private|contact)(?:tel|cell|fax|sms|line)(?:no|number|s)?$"
)


class FieldKinds:
    """What the fields of operations are, by their names and by the facts ``fields`` and ``keys`` of a
    contract's operations."""

    def __init__(self, operations: Mapping[str, Operation]) -> None:
        self._fields = {name: _by_place(operation.fields or {}) for name, operation in operations.items()}
        self._keys = {
            (name, tuple(place.split("."))): Kind(kind)
            for name, operation in operations.items()
            for place, kind in (operation.keys or {}).items()
        }
        self._longest = max(
            len(steps) for places in (_EVERYWHERE, *self._fields.values()) for steps in places
        )
        # A bulk has the same few places again and again.
        self._kind = lru_cache(maxsize=4096)(self._kind_at)

    def place(self, operation: str | None, *steps: str) -> FieldPlace:
        """A place of an operation."""
        return FieldPlace(self, operation, steps)

    def query_place(self, operation: str | None, name: str) -> FieldPlace:
        """That of a query parameter: ``a[]`` is a list of ``a``, ``a[b]`` the member ``b`` of ``a``."""
        return self.place(operation, "query", *(re.findall(r"[^\[\].]+", name) or [name]))

    def kind(self, operation: str | None, steps: _Steps) -> Kind | None:
        """What is expected at a place, None where nothing is known."""
        return self._kind(operation, steps[-self._longest :], len(steps))

    def keys(self, operation: str | None, steps: _Steps) -> Kind | None:
        """What the names of an object at a place are, if they are ids."""
        return self._keys.get((operation or "", steps))

    def _kind_at(self, operation: str | None, steps: _Steps, depth: int) -> Kind | None:
        """The kind of a place of that many steps, by the last of them."""
        own = self._fields.get(operation or "", {})
        for start in range(len(steps)):
            for kinds in (own, _EVERYWHERE):
                kind = kinds.get(steps[start:])
                if kind is not None:
                    return kind
        if depth < 2 or steps[-1] == "*":
            return None
        name = _plain(steps[-1])
        kind = _KIND_OF.get(name)
        if kind is None and _KEYLIKE.match(name):
            return Kind.KEY
        return Kind.PHONE if kind is None and _PHONELIKE.match(name) else kind


@frozen
class FieldPlace:
    """Where a value stands; ``inside`` says that an object around it holds personal data."""

    kinds: FieldKinds
    operation: str | None
    steps: _Steps
    inside: bool = False

    @property
    def kind(self) -> Kind | None:
        """What is expected there, None where nothing is known."""
        kind = self.kinds.kind(self.operation, self.steps)
        return Kind.FREE_TEXT if self.inside and (kind is None or kind not in _DEEP) else kind

    @property
    def keys(self) -> Kind | None:
        """What the names of an object there are, if they are ids."""
        return self.kinds.keys(self.operation, self.steps)

    def below(self, name: str, value: Any) -> FieldPlace:
        """The place of a member of the object there."""
        # Texts of errors and the like may stand beside the entries of a map: they go by their names.
        entry = value is None or isinstance(value, dict) or _plain(name) not in _KIND_OF
        step = "*" if self.keys and entry else name
        inside = self.inside or self.kind in _DEEP
        return FieldPlace(self.kinds, self.operation, (*self.steps, step), inside)

    @property
    def names_an_id(self) -> bool:
        """Whether a number there is an id by its name alone, or stands where an entry of a map should."""
        return self.steps[-1] == "*" or self.steps[-1].lower().endswith(("id", "ids"))


_MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR: Final = r"(?:1[5-9]|2[01])[0-9]{2}"
_DAY: Final = r"[0-3]?[0-9](?:st|nd|rd|th)?"
_TIME: Final = (
    r"[0-2][0-9]:[0-5][0-9](?::[0-6][0-9](?:\.[0-9]{1,9})?)?(?: ?(?:Z|UTC|GMT|[+\-][01][0-9]:?[0-9]{2}))?"
)
_SHAPES: Final[Mapping[Kind, re.Pattern[str]]] = {
    Kind.COMPANY_ID: re.compile(r"[0-9]{1,20}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE),
    Kind.NUMBER: re.compile(
        r"(?:(?:[<>~+\-] ?)?[$€£]?[0-9][0-9.,]{0,20} ?[KMB%]?\+?"
        r"|[$€£]?[0-9][0-9.,]{0,20}[KMB]? ?[\-–] ?[$€£]?[0-9][0-9.,]{0,20}[KMB]?|true|false|null)?",
        re.IGNORECASE,
    ),
    Kind.DATE: re.compile(
        rf"{_YEAR}|[0-3]?[0-9]|{_YEAR}-[01][0-9]|[01]?[0-9]/{_YEAR}"
        rf"|{_YEAR}([\-/.])[01]?[0-9]\1[0-3]?[0-9](?:[T ]{_TIME})?"
        rf"|[0-3]?[0-9]([\-/.])[0-3]?[0-9]\2{_YEAR}"
        rf"|{_MONTH}|{_MONTH},? {_YEAR}|{_MONTH} {_DAY}(?:,? {_YEAR})?|{_DAY} {_MONTH}(?:,? {_YEAR})?"
        ,re.IGNORECASE,
    ),
}  # fmt: skip
_HTTP_DATE: Final = re.compile(
    rf"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{{0,6}}, {_DAY} {_MONTH} {_YEAR} {_TIME}", re.IGNORECASE
)


def has_shape(text: str, kind: Kind) -> bool:
    """Whether a text of a number, a date or the id of a company looks as it must to be kept."""
    shape = _SHAPES.get(kind)
    if shape is None or (kind is not Kind.NUMBER and not text.isascii()) or not shape.fullmatch(text):
        return False
    return kind is not Kind.NUMBER or not has_number(text)


def is_moment(text: str) -> bool:
    """Whether a text is a date as HTTP headers have it."""
    return bool(_HTTP_DATE.fullmatch(text))


def is_moment_number(number: float) -> bool:
    """Whether a number is a year, month or day, or a time of this century in seconds or milliseconds."""
    return 0 <= number <= 9999 or 946_684_800 <= number < 2**32 or 946_684_800_000 <= number < 2**32 * 1000
