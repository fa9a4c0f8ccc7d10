"""The words that the handle takes, as types. Written by scripts/make-literals.py: change that, not this."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

OperationId = Literal[
    "searchSingleContact",
    "searchMultipleContacts",
    "searchSingleCompanyV2",
    "searchMultipleCompaniesV2",
    "getContactDepartments",
    "getContactSeniority",
    "getContactDataPoints",
    "getContactCountries",
    "searchContactLocations",
    "searchCompanyNames",
    "getCompanyIndustries",
    "getCompanySizes",
    "getCompanyRevenues",
    "searchCompanyLocations",
    "getCompanySicCodes",
    "getCompanyNaicsCodes",
    "getCompanyIntentTopics",
    "searchCompanyTechnologies",
    "searchProspectingContacts",
    "enrichProspectingContacts",
    "searchProspectingCompanies",
    "enrichProspectingCompanies",
    "getSignalOptions",
    "getContactSignalsById",
    "searchContactSignals",
    "getCompanySignalsById",
    "searchCompanySignals",
    "getAccountUsageStats",
    "lookalikeContacts",
    "lookalikeCompanies",
    "searchContacts",
    "enrichContacts",
    "getContactJob",
    "searchAndEnrichContacts",
    "searchCompanies",
    "enrichCompanies",
    "searchAndEnrichCompanies",
    "prospectingContacts",
    "prospectingCompanies",
    "getContactLookalikes",
    "getCompanyLookalikes",
    "getContactsBuyingGroup",
    "createContactsTable",
    "listContactsTables",
    "getContactsTable",
    "updateContactsTable",
    "deleteContactsTable",
    "getContactsTableEntities",
    "addContactsTableEntities",
    "removeContactsTableEntities",
    "listContactsTableColumns",
    "removeContactsTableColumn",
    "runContactsTableColumn",
    "createCompaniesTable",
    "listCompaniesTables",
    "getCompaniesTable",
    "updateCompaniesTable",
    "deleteCompaniesTable",
    "getCompaniesTableEntities",
    "addCompaniesTableEntities",
    "removeCompaniesTableEntities",
    "listCompaniesTableColumns",
    "removeCompaniesTableColumn",
    "runCompaniesTableColumn",
    "getContactSignals",
    "getCompanySignals",
    "getContactSignalTypes",
    "getCompanySignalTypes",
    "getCompanySignalFilters",
    "getCompanySignalFilterValues",
    "getCompanySignalScores",
    "getContactSignalScores",
    "getWebsiteVisits",
    "getContactFilterTypes",
    "getContactFilterValues",
    "getCompanyFilterTypes",
    "getCompanyFilterValues",
    "listSubscriptions",
    "createSubscription",
    "getSubscriptionById",
    "updateSubscription",
    "testSubscription",
    "deleteSubscriptions",
    "getAuditLogs",
    "getAuditLogStats",
    "getAccountSecret",
    "regenerateAccountSecret",
    "createOptOutSubscription",
    "getAccountUsage",
]
"""The operations of the Lusha API."""

ErrorName = Literal[
    "bad-request",
    "bad-key-format",
    "unauthorized",
    "no-api-key",
    "insufficient-credits",
    "inactive-account",
    "plan-restricted",
    "datapoint-restricted",
    "dnc-restricted",
    "subscription-limit",
    "opt-out-exists",
    "visits-restricted",
    "not-found",
    "secret-not-found",
    "table-not-found",
    "column-not-found",
    "table-name-conflict",
    "retired",
    "dedupe-session-invalid",
    "bad-full-name",
    "payload-too-large",
    "trial-ended",
    "daily-quota",
    "hourly-limit",
    "minute-limit",
    "too-many-requests",
    "gdpr",
    "client-timeout",
    "server-error",
    "not-implemented",
    "bad-gateway",
    "identity-unavailable",
    "unavailable",
    "gateway-timeout",
]
"""The errors of the catalogue: ``mock-lusha errors`` lists them."""

PlanName = Literal[
    "free",
    "starter",
    "pro",
    "premium",
    "scale",
    "legacy",
]
"""The plans."""

WindowName = Literal[
    "minute",
    "hourly",
    "daily",
]
"""The windows of the rate limits."""

FaultName = Literal[
    "cut-before-headers",
    "cut-mid-body",
    "truncated-json",
    "malformed-json",
    "empty-body",
    "wrong-content-type",
    "duplicated",
]
"""What may be wrong with an answer, as scenarios call it."""

OutcomeName = Literal[
    "not-found",
    "gdpr",
    "compliance",
    "partial",
    "no-phones",
    "do-not-call",
]
"""What looking somebody up may come to."""

CellOutcomeName = Literal[
    "no_data",
    "failed",
]
"""What running cells of a table may come to."""

DeliveryFaultName = Literal[
    "late",
    "twice",
    "out-of-order",
    "wrong-signature",
    "dropped",
]
"""What may happen to deliveries of webhooks."""

Department = Literal[
    "Business Development",
    "Consulting",
    "Customer Service",
    "Engineering & Technical",
    "Finance",
    "General Management",
    "Health Care & Medical",
    "Human Resources",
    "Information Technology",
    "Legal",
    "Marketing",
    "Operations",
    "Other",
    "Product",
    "Research & Analytics",
    "Sales",
]
"""The departments of people."""

Seniority = Literal[
    "founder",
    "partner",
    "c-suite",
    "vice president",
    "director",
    "manager",
    "senior",
    "entry",
    "intern",
    "other",
]
"""The seniorities of people."""

SubIndustry = Literal[
    "Accounting & Services",
    "Administration of Justice",
    "Advertising, Public Relations & Marketing Services",
    "Aerospace & Defense",
    "Airlines, Airports & Air Services",
    "Alternative Medicine",
    "Apparel & Fashion Retail",
    "Architecture & Planning",
    "Arts & Cultural Creators",
    "Banking",
    "Biotechnology Research Services",
    "Book & Newspaper Publishing",
    "Broadcast Media Production & Distribution",
    "Building & Garden Materials",
    "Building Construction",
    "Business Consulting & Services",
    "Capital Markets",
    "Chemicals & Related Products",
    "Civic & Social Organizations",
    "Civil Engineering",
    "Community & Home Healthcare Services",
    "Computer & Electronics Manufacturing",
    "Computer & Mobile Games",
    "Computer & Network Security Services",
    "Computer Systems Architectural, Design & Services",
    "Design Services",
    "Digital Information & Data Solutions",
    "E-Commerce & Marketplace",
    "E-Learning Providers",
    "Education Administration Programs",
    "Entertainment Providers",
    "Environmental Services",
    "Events Services",
    "Extracurricular & Enrichment Education",
    "Fabricated Metal Products",
    "Facilities Services",
    "Farming, Ranching, Forestry",
    "Financial Services",
    "Food & Beverage",
    "Food & Beverage Retail",
    "Food & Beverage Services",
    "Freight & Package Transportation",
    "Fundraising",
    "Furniture",
    "Gambling Facilities & Casinos",
    "General Merchandise Retail",
    "Glass, Ceramics, Clay & Concrete",
    "Government Administration",
    "Government Executive Offices",
    "Ground Passenger Transportation",
    "Health & Personal Care Stores Retail",
    "Higher Education",
    "Home & Office Equipment Retail",
    "Hospitals & Clinics",
    "Hotels & Accommodation Services",
    "Housing & Community Development",
    "Human Resources Services",
    "IT Consulting & IT Services",
    "Industrial Machinery & Equipment",
    "Information Services",
    "Insurance",
    "International Trade & Development",
    "Internet Publishing",
    "Investment",
    "Law Firms & Legal Services",
    "Luxury Goods & Jewelry Retail",
    "Maritime Transportation",
    "Medical Equipment",
    "Medical Practices",
    "Mental Health Care",
    "Mining",
    "Motor Vehicle, Parts Dealers & Tire Stores",
    "Motor Vehicles",
    "Movies, Videos & Sound",
    "Museums, Historical Sites, & Zoos",
    "Nursing Homes & Residential Care Facilities",
    "Oil & Gas",
    "Outsourcing & Offshoring Consulting",
    "Paper & Forest Product",
    "Performing Arts",
    "Personal Care Products",
    "Pharmaceuticals Manufacturing",
    "Philanthropic Fundraising Services",
    "Photography Services",
    "Plastics & Rubber Products",
    "Political Organizations",
    "Preschools & Kindergartens",
    "Primary & Secondary Education",
    "Property Management",
    "Public Safety",
    "Real Estate Agencies",
    "Real Estate Investment and Development",
    "Recreational Facilities",
    "Religious Institutions",
    "Restaurants",
    "Security & Investigations",
    "Semiconductor & Renewable Energy Semiconductor",
    "Software Development",
    "Specialty Trade Contractors",
    "Sport, Music, Books & Hobbies Retail",
    "Sporting Goods Manufacturing",
    "Sports",
    "Staffing & Recruiting",
    "Telecommunications",
    "Textile & Apparel Manufacturing",
    "Training",
    "Translation & Localization",
    "Transportation Equipment & Machinery",
    "Travel & Reservation Services",
    "Truck Transportation",
    "Utilities",
    "Venture Capital & Private Equity Principals",
    "Veterinary Services",
    "Warehousing & Storage",
    "Wellness & Fitness Services",
    "Wholesale Import & Export",
    "Writing & Editing",
]
"""The sub-industries of companies."""

CompanyType = Literal[
    "Government",
    "Private Company",
    "Public Company",
    "Educational",
    "Non Profit",
    "Self Employed",
]
"""The types of companies."""


class EmailFacts(TypedDict, total=False):
    """A mailbox of a pinned person."""

    email: str
    emailType: Literal["work", "private"]
    emailConfidence: Literal["A+", "A", "B"]


class PhoneFacts(TypedDict, total=False):
    """A telephone of a pinned person."""

    number: str
    phoneType: Literal["mobile", "direct", "phone"]
    doNotCall: bool


class EmploymentFacts(TypedDict, total=False):
    """A job of a pinned person before the present one."""

    companyDomain: str
    companyName: str
    jobTitle: str
    departments: Sequence[Department]
    seniority: Seniority


class CourseFacts(TypedDict, total=False):
    """A course of study of a pinned person."""

    school: str
    degree: str
    field: str
    startYear: int
    endYear: int


class CertificationFacts(TypedDict, total=False):
    """A certificate of a pinned person."""

    title: str
    issuer: str
    year: int
    month: int


class AwardFacts(TypedDict, total=False):
    """A distinction of a pinned person."""

    title: str
    company: str
    year: int
    month: int


class SignalFacts(TypedDict, total=False):
    """Something that happened to a pinned person or company."""

    type: str
    date: str | date


class Counted(TypedDict, total=False):
    """Which of the calls that are meant a rule takes."""

    times: int
    nth: int | str | Sequence[int | str]
    every: int
    share: float


class CallLike(TypedDict, total=False):
    """What a call is expected to be besides its query and body, and how often."""

    at_least: int
    at_most: int
    method: str
    path: str
    status: int


class CallWith(TypedDict, total=False):
    """What a call is expected to be, and how often."""

    at_least: int
    at_most: int
    method: str
    path: str
    status: int
    query: Mapping[str, str]
    body: Any


class PersonFacts(TypedDict, total=False):
    """What may be said of a pinned person."""

    first_name: str
    firstName: str
    last_name: str
    lastName: str
    company_domain: str
    companyDomain: str
    company_name: str
    companyName: str
    person_id: int
    personId: int
    job_title: str
    jobTitle: str
    departments: Sequence[Department]
    seniority: Seniority
    city: str
    state: str
    country: str
    emails: Sequence[str | EmailFacts]
    phones: Sequence[str | PhoneFacts]
    linkedin_url: str
    linkedinUrl: str
    job_start_date: str | date
    jobStartDate: str | date
    skills: Sequence[str]
    tags: Sequence[str]
    restricted: Literal["gdpr", "compliance"]
    previous_employment: Sequence[EmploymentFacts]
    previousEmployment: Sequence[EmploymentFacts]
    education: Sequence[CourseFacts]
    certifications: Sequence[CertificationFacts]
    awards: Sequence[AwardFacts]
    signals: Sequence[SignalFacts]


class CompanyFacts(TypedDict, total=False):
    """What may be said of a pinned company."""

    domain: str
    name: str
    company_id: int
    companyId: int
    sub_industry: SubIndustry
    subIndustry: SubIndustry
    employees: int
    revenue: Mapping[str, int]
    founded: int
    city: str
    state: str
    country: str
    zip_code: str
    zipCode: str
    description: str
    specialities: Sequence[str]
    technologies: Sequence[str]
    keywords: Sequence[str]
    business_model: Sequence[Literal["B2B", "B2C", "B2G"]]
    businessModel: Sequence[Literal["B2B", "B2C", "B2G"]]
    company_type: CompanyType
    companyType: CompanyType
    phones: Sequence[str]
    emails: Sequence[str]
    alternative_domains: Sequence[str]
    alternativeDomains: Sequence[str]
    signals: Sequence[SignalFacts]


class FindFacts(TypedDict, total=False):
    """What a person or a company is found by."""

    person_id: int | str
    personId: int | str
    linkedin_url: str
    linkedinUrl: str
    email: str
    first_name: str
    firstName: str
    last_name: str
    lastName: str
    company_name: str
    companyName: str
    company_domain: str
    companyDomain: str
    company_id: int | str
    companyId: int | str
    domain: str
    name: str


class Overrides(TypedDict, total=False):
    """Settings of an account, or of a server of one's own."""

    host: Any
    port: Any
    seed: str
    as_of: Any
    now: Any
    plan: PlanName
    credits: int | Literal["unlimited"] | None
    people: Any
    companies: Any
    open_world: Any
    match_rate: Any
    dialect: Literal["live", "documented"]
    error_format: Literal["both", "guide", "openapi", "live"]
    limits: Literal["enforce", "headers", "off"]
    gates: Literal["enforce", "open"]
    strict: Literal["auto", "yes", "no"] | bool
    strict_keys: Any
    search_price: Literal["observed", "documented"]
    waterfall: Any
    v2: Literal["serve", "deprecated", "gone"]
    tracked_domains: Any
    signal_score_price: Literal["free", "paid"]
    users: Any
    webhook_delivery: Literal["push", "collect"]
    webhook_timeout: Any
    webhook_retries: Any
    webhook_allow: Any
    company_miss: Literal["404", 404, "errors"]
    accounts: Any
    fixtures: Any
    scenarios: Any
    cassette: Any
    replay_only: Any
    scenario: Any
    magic: Any
    delay_factor: Any
    renew_days: Any
    tls: Any
    tls_folder: Any
    control_token: Any
    cors: Any
    workers: Any
    store: Any
    store_secret: Any
    warm: Any
    drain_delay: Any
    grace: Any
    journal: Any
    log_format: Literal["human", "json"]
    log_level: Literal["debug", "info", "warning", "error"]
    webhooks: Mapping[str, Any]
