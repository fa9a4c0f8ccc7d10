"""What may stay because it is known: words of the API, of its errors and of its lists, names of fields."""

from __future__ import annotations

import re
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from mock_lusha.contract.paths import parameters_from_the_end
from mock_lusha.errors import CATALOGUE
from mock_lusha.recorder.field_kinds import FieldKinds
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mock_lusha.contract.registry import Registry

_WORDS: Final = re.compile(r"\w+").findall
_PLAIN: Final = re.compile("[\\s!-~\u00a0\u00ab\u00bb\u2010-\u201f\u2026]*")
_PARTS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+").findall
_FIELD: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]{0,63}(?:[.\[\]\-]{1,2}[A-Za-z0-9_$]{0,63}){0,9}")
_MOST_FIELD_DIGITS: Final = 4
_MOST_LETTERS: Final = 2
"""Single letters in the name of a field; more of them may spell a name."""
_LONGEST_NUMBER: Final = 6
_MOST_NUMBERS: Final = 3
# Two numbers with nothing but marks between them may be one: a phone's or a card's.
_SPLIT_NUMBER: Final = re.compile(r"\d\W+\d")
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
# What fields of an API are called, besides those of the contract: common words, not first names.
_FIELD_TEXT: Final = (
    "about access account action active activity actual added additional address after age agent "
    "aggregate alert alias aliases all allowed alternative amount anything api app applied approved area "
    "array article asset assigned association at attempt attribute audience author auth authorization "
    "available average avatar award back badge balance band bank base batch bearer before billing "
    "birth block "
    "board body boost bot branch brand browser budget bulk bundle business button by bytes cache "
    "calculated call campaign can cancelled capacity card category cause cc cell certificate "
    "certification change channel chat check checksum child children choice class click client clients "
    "close closed cloud cluster column comment comments commercial commit common compact compared "
    "complete compliance component condition confidence config connection consent content context "
    "contract conversion cookie copy core corporate cost count counter counts course coverage created "
    "creation creator credential criteria cursor custom customer cycle daily dashboard database days dead "
    "deal debug decision default deleted delta depth description design detail details device diff "
    "dimension direction disabled display distance division dnc document done download draft duration "
    "dynamic earliest edge edited education effective element embedded employee employment enabled ended "
    "engagement enriched enrichment entity entries entry enum environment estimate estimated etag event "
    "events exact example exception excluded existing expected expired expires expiry export extension "
    "external extra facet facts fallback family fax feature fee field fields file files filter final "
    "finished flag flags folder follower followers following format formatted former found free frequency "
    "from full function fund future gender generated generation geo given global goal group groups growth "
    "guid handle has hash head header headers health height help hidden high highlight hint history hits "
    "home host hour hours href http icon identifier identity image images impact import in inactive "
    "included index info information initial inner input insight instance integration intent interest "
    "internal interval invalid invoice ip is isin issue item items iteration job jobs join joined json "
    "key keys keyword keywords kind known label lang language large last latest latitude layer lead leads "
    "length level license lifecycle like limit limits line link links list lists live loaded local locale "
    "locality location locked log login logo long longitude low machine mail mailbox major manager map "
    "market marketing mask match matched matches matching maximum media median medium member members meta "
    "method metric metrics middle minimum minor minutes missing mobile mode model modified module month "
    "monthly months more msisdn multi must national native nested network new news next nick nickname "
    "node note notes nothing null object occupation of offer office offset ok old online only open operation "
    "operator option optional options order org organization origin original other outcome output overall "
    "override owner package page pagination param parameter params parent partial participant partner "
    "passed passwd password path pattern payload payment pending people per percent percentage percentile "
    "period permission permissions person personal picture pipeline place plan platform point policy pool "
    "popular popularity position post postal potential power prediction preferred prefix premium presence "
    "present preview previous price primary priority privacy private probability process processed "
    "product profile profiles program progress project properties property protocol provider public "
    "published pull purpose push pwd quality quantity quarter query question queue quota range rank "
    "ranking rate rates ratio raw reach read ready real reason reasons recent recipient record records "
    "reference refresh registered relation relationship release remaining remote removed reply report "
    "reports required reset resource resources response restricted result results retry returned revealed "
    "review reviewed revision role roles root round route row rows rule rules run sales sample saved "
    "scale schedule schema scope score scores scoring search second secondary seconds secret section "
    "sector segment segments selected sent sequence serial series server service services session set "
    "setting settings severity share shared short show similar similarity since site skill skills slug "
    "small sms snapshot snippet some sort source sources space spec speciality specialties spend stack "
    "stage standard start started stats status step steps stock stop storage strategy stream strength "
    "strict string style sub subject subscription success suffix suggested suggestion sum support surname "
    "symbol sync system tab table tag tags target task team tech telephone telegram template tenant "
    "tenure term test text theme thing threshold thumbnail ticker tier time timeline times timezone tiny "
    "tip today token tokens tool top topic topics tracking traffic transaction transfer translation tree "
    "trend trial trigger true trust type types uid undefined unique unit units unknown until update "
    "updated updates upgrade upload upper uri usage use user username users uuid valid validation value "
    "values variant vat verification verified version vertical via viber video view viewed views visible "
    "visit visits warning warnings web webhook webhooks website week weekly weeks weight whatsapp width "
    "window with word words work worker workflow workspace x y year yearly years zip zone "
    "acquisition acquired annual bands benefit budgeted capital cash competitor competitors contractor debt "
    "dividend earnings equity expense gross headcount hires hiring income investor investors layoff layoffs "
    "margin net one opening openings ownership pay profit rating remote revenue salary seniority "
    "share shares skill spending subsidiary tax three turnover two valuation vacancy vacancies worth "
    "lookalike recommendation recommendations reveal reveals buying persona visitors"
)
_FIELD_WORDS: Final = frozenset(_FIELD_TEXT.split())
# Lists of the API that neither the contract nor the reference data has.
_LISTS: Final = (
    "Founder; Partner; C-Suite; Vice President; Director; Manager; Senior; Entry; Intern; Other; founder; "
    "partner; c-suite; vice president; director; manager; senior; entry; intern; other; "
    "Private company; Public company; Private Company; Public Company; Nonprofit; Non-profit; Educational; "
    "Educational institution; Government agency; Government Agency; Self-employed; Self employed; "
    "Sole proprietorship; Partnership; Privately held; Privately Held; Subsidiary; "
    "Seed; Seed Round; Pre-Seed; Angel; Angel Round; Grant; Series A; Series B; Series C; Series D; "
    "Series E; "
    "Series F; Series G; Series H; Series Unknown; Venture Round; Private Equity Round; Private Equity; "
    "Debt Financing; Convertible Note; Corporate Round; Equity Crowdfunding; Post-IPO Equity; Post-IPO Debt; "
    "Secondary Market; Initial Public Offering; Undisclosed; "
    "USD; EUR; GBP; ILS; CAD; AUD; NZD; CHF; JPY; CNY; INR; SEK; NOK; DKK; PLN; CZK; HUF; "
    "RON; TRY; BRL; MXN; "
    "ZAR; SGD; HKD; KRW; TWD; THB; AED; SAR; NGN; KES; EGP; ARS; CLP; COP; PEN; IDR; MYR; PHP; VND; UAH; "
    "na; emea; apac; latam; mobile; direct; phone; work; private; work_email; private_email; mobile_phone; "
    "direct_phone; phone_number; email; linkedin; social_link; company; contact; red; green; blue; yellow; "
    "orange; purple; grey; gray; pink; black; white; lusha; "
    "emails; phones; alternativeName; alternativeDomains; companyType; yearFounded; subIndustry; "
    "specialities; sicCodes; naicsCodes; additionalLocations; linkedinFollowers; revenueRange; "
    "popularityTier; logoUrl; employeesByDepartment; employeesByLocation; employeesBySeniority; competitors; "
    "businessModel; keywords; socialLinks; estimatedAnnualItSpend; monthlyWebsiteTraffic; openJobsTotal; "
    "openJobsByDepartment; openJobsByLocation; openJobsBySeniority; directParent; ultimateParent; "
    "WATERFALL_NOT_CONFIGURED; WATERFALL_IN_PROGRESS; INSUFFICIENT_CREDITS"
)
_COLOR: Final = re.compile(r"#[0-9a-fA-F]{3,8}")
_REFERENCE: Final = (
    "countries", "groupings", "industries", "intent_topics", "naics", "sics", "technologies",
)  # fmt: skip


def is_field_word(name: object) -> bool:
    """Whether a name is one common word that fields are called by, and so does not reveal a person."""
    return isinstance(name, str) and name.lower() in _FIELD_WORDS


class KnownWords:
    """What may stay wherever it stands, by the contracts, the catalogue of errors and the reference data."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._segments = frozenset(_segments(registry))

    @cached_property
    def kinds(self) -> FieldKinds:
        """What their fields are."""
        return FieldKinds(self._registry.operations)

    @cached_property
    def _of_contracts(self) -> _Words:
        words = [_words_of(contract.raw) for contract in self._registry.contracts.values()]
        return _Words(
            *(
                frozenset().union(*(getattr(each, name) for each in words))
                for name in ("errors", "fields", "values")
            )
        )

    def has_segment(self, segment: str) -> bool:
        """Whether a segment of a path is of the API and does not name a person."""
        return not segment or segment in self._segments or bool(re.fullmatch(r"v\d{1,2}", segment, re.ASCII))

    def has_operation(self, operation: str) -> bool:
        """Whether an operation is the contracts'."""
        return operation in self._registry.operations

    def path_parameters(self, operation: str | None) -> Sequence[tuple[int, str]]:
        """The parameters in the path of an operation: the number of their segment from the end, and names."""
        definition = self._registry.operations.get(operation or "")
        return () if definition is None else parameters_from_the_end(definition.path)

    def has_value(self, text: str) -> bool:
        """Whether a text is of one of the API's closed lists: a country, an industry, an enumeration."""
        if text in _FIELD_WORDS:
            return True  # of a list that has grown, say
        return text in self._of_contracts.values or text in _reference() or bool(_COLOR.fullmatch(text))

    def has_field(self, name: str) -> bool:
        """Whether the name of a member is made of words that fields are called by, and so does not name a
        person."""
        if not _FIELD.fullmatch(name) or sum(character.isdigit() for character in name) > _MOST_FIELD_DIGITS:
            return False
        unknown = [part for part in map(str.lower, _PARTS(name)) if part not in _FIELD_WORDS]
        letters = sum(len(part) == 1 for part in unknown)
        are_known = all(len(part) == 1 or part in self._of_contracts.fields for part in unknown)
        return are_known and letters <= _MOST_LETTERS

    def has_error(self, text: str) -> bool:
        """Whether an error text is made of the API's words, names of fields and small numbers alone.

        Everything else in one may be an echo of what was sent, letters outside ASCII included.
        """
        if not _PLAIN.fullmatch(text):
            return False
        numbers = 0
        for word in _WORDS(text):
            if word.isdecimal() and word.isascii() and len(word) <= _LONGEST_NUMBER:
                numbers += 1
            elif word not in self._of_contracts.errors:
                return False
        return numbers <= _MOST_NUMBERS and not _SPLIT_NUMBER.search(text)


@frozen
class _Words:
    """Words of a contract: of its error texts, of its fields' names (in lower case), and of its lists."""

    errors: frozenset[str]
    fields: frozenset[str]
    values: frozenset[str]


@lru_cache(maxsize=4)
def _words_of(raw: bytes) -> _Words:
    # It takes 50 ms, and a recorder is opened for each test with a cassette.
    document = orjson.loads(raw)
    fields, enums = [*_fields(document)], [*_enums(document)]
    errors = [_WORDINGS, *enums, *_messages(document)]
    errors += [kind.live_message(generation) for kind in CATALOGUE.values() for generation in ("v2", "v3")]
    errors += [kind.message for kind in CATALOGUE.values()]
    return _Words(
        frozenset((*fields, *(word for text in errors for word in _WORDS(text)))),
        frozenset(part.lower() for name in fields for part in _PARTS(name)),
        frozenset((*_LISTS.split("; "), *enums)),
    )


@cache
def _reference() -> frozenset[str]:
    return frozenset(text for name in _REFERENCE for text in _texts(orjson.loads(_file(name))))


def _file(name: str) -> bytes:
    """A file of the reference data; in a wheel it lies inside the package, in a checkout beside it."""
    package = Path(__file__).parent.parent
    data = package / "data"
    folder = data if data.is_dir() else package.parent
    return (folder / "fixtures" / "reference" / f"{name}.json").read_bytes()


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, list | dict):
        for item in node if isinstance(node, list) else node.values():
            yield from _texts(item)
        if isinstance(node, dict):
            yield from (name for name in node if name.isupper())  # codes of countries
    elif isinstance(node, str):
        yield node


def _segments(registry: Registry) -> Iterator[str]:
    for operation in registry.operations.values():
        for path in operation.paths:
            yield from (segment for segment in path.split("/") if not segment.startswith("{"))
        for parameter in operation.parameters:
            if parameter["in"] == "path":
                yield from registry.contract_of(operation).resolve(parameter["schema"]).get("enum", ())


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, list):
        for item in node:
            yield from _nodes(item)
    elif isinstance(node, dict):
        yield node
        for item in node.values():
            yield from _nodes(item)


def _fields(document: Any) -> Iterator[str]:
    """The names of properties and of parameters."""
    for node in _nodes(document):
        properties = node.get("properties")
        if isinstance(properties, dict):
            yield from properties
        if node.get("in") == "query" and isinstance(node.get("name"), str):
            yield node["name"]


def _enums(document: Any) -> Iterator[str]:
    for node in _nodes(document):
        if isinstance(node.get("enum"), list):
            yield from map(str, node["enum"])


def _messages(document: Any) -> Iterator[str]:
    """The texts of errors, as examples have them."""
    for node in _nodes(document):
        if isinstance(node.get("message"), str):
            yield node["message"]
