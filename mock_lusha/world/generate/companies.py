"""Companies, made from their identity domain."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from mock_lusha.seeded import between, lanes, number, pick, some
from mock_lusha.world.entities import Company, Funding, FundingRound, IntentTopic
from mock_lusha.world.pools import REVENUES, SIZES

if TYPE_CHECKING:
    from mock_lusha.seeded import Lanes
    from mock_lusha.world.entities import Place, Range
    from mock_lusha.world.pins import PinnedCompany
    from mock_lusha.world.pools import Pools, Trade

# Of 64 companies, how many are of each size.
_SIZE_WEIGHTS = (10, 14, 14, 9, 5, 6, 3, 2, 1)
WEIGHTED_SIZES = tuple(index for index, weight in enumerate(_SIZE_WEIGHTS) for _ in range(weight))
STAGES = ("Seed Round", "Series A", "Series B", "Series C", "Series D", "Private Equity Round")
STAGE_AMOUNTS = (1_500_000, 8_000_000, 22_000_000, 45_000_000, 90_000_000, 160_000_000)
_STREETS = (
    "Harbour", "Mill", "Station", "Church", "Market", "Bridge", "Park", "Garden", "Castle", "River", "Meadow",
    "Foundry", "Orchard", "Chapel", "Canal", "Granary", "Linden", "Juniper", "Quarry", "Lantern",
)  # fmt: skip
_STREET_FORMS = {
    "DE": "{name}straße {n}", "AT": "{name}gasse {n}", "CH": "{name}weg {n}", "FR": "{n} Rue {name}",
    "LU": "{n} Rue {name}", "ES": "Calle {name} {n}", "MX": "Calle {name} {n}", "AR": "Calle {name} {n}",
    "CO": "Calle {name} {n}", "CL": "Calle {name} {n}", "PE": "Calle {name} {n}", "IT": "Via {name} {n}",
    "BR": "Rua {name}, {n}", "PT": "Rua {name}, {n}", "NL": "{name}straat {n}", "BE": "{name}straat {n}",
    "SE": "{name}gatan {n}", "NO": "{name}gata {n}", "DK": "{name}gade {n}", "FI": "{name}katu {n}",
    "PL": "ul. {name} {n}", "CZ": "{name} {n}", "TR": "{name} Sokak No: {n}",
}  # fmt: skip
_STREET_NAMES = {
    "DE": ("Linden", "Garten", "Bahnhof", "Mühlen", "Birken", "Schul", "Wald", "Hafen"),
    "AT": ("Linden", "Garten", "Mühl", "Kirchen", "Birken", "Quellen"),
    "CH": ("Linden", "Garten", "Mühle", "Kirch", "Birken", "Quellen"),
    "FR": ("des Lilas", "du Moulin", "de la Gare", "des Tilleuls", "du Marché", "de l'Église", "des Acacias"),
    "LU": ("des Tilleuls", "du Moulin", "de la Gare"),
    "ES": ("del Sol", "de la Fuente", "Mayor", "del Olivo", "de la Rosa", "del Puente", "del Mercado"),
    "IT": ("dei Mulini", "delle Rose", "del Mercato", "dei Tigli", "della Fontana", "dei Platani"),
    "BR": ("das Flores", "do Mercado", "das Palmeiras", "da Estação", "do Porto", "dos Ipês"),
    "PT": ("das Flores", "do Mercado", "da Estação", "do Moinho", "das Oliveiras"),
    "NL": ("Linden", "Molen", "Kerk", "Station", "Beuken", "Haven"),
    "BE": ("Linden", "Molen", "Kerk", "Station", "Beuken", "Haven"),
    "SE": ("Björk", "Hamn", "Kvarn", "Skol", "Park", "Ängs"),
    "NO": ("Bjørke", "Havne", "Mølle", "Skole", "Park", "Eng"),
    "DK": ("Birke", "Havne", "Mølle", "Skole", "Park", "Eng"),
    "FI": ("Koivu", "Satama", "Mylly", "Koulu", "Puisto", "Niitty"),
    "PL": ("Lipowa", "Młyńska", "Szkolna", "Ogrodowa", "Parkowa", "Polna"),
    "CZ": ("Lipová", "Mlýnská", "Školní", "Zahradní", "Polní", "Nádražní"),
    "TR": ("Çınar", "Değirmen", "Okul", "Bahçe", "Liman", "Gül"),
}
_STREET_NAMES |= dict.fromkeys(("MX", "AR", "CO", "CL", "PE"), _STREET_NAMES["ES"])
_LEGAL = {
    "US": "inc", "CA": "inc", "GB": "ltd", "IE": "ltd", "DE": "gmbh", "AT": "gmbh", "CH": "ag", "FR": "sas",
    "IT": "srl", "ES": "sl", "NL": "bv", "BE": "bv", "SE": "ab", "NO": "as", "DK": "aps", "FI": "oy",
    "PL": "sp z o o", "BR": "ltda", "PT": "lda", "AU": "pty ltd", "IN": "pvt ltd",
}  # fmt: skip
TECHNOLOGY_COUNT = (4, 14)
NONPROFIT, EDUCATION, GOVERNMENT, TECHNOLOGY = 5, 6, 10, 17
LISTED_FROM_SIZE, LISTED_BELOW = 5, 26_000
PARTNERS_UP_TO_SIZE, PARTNERS_BELOW = 1, 6_000
FUNDED_UP_TO, YEARS_OF_FUNDING = 24_000, 12
FIRST_OF_TECHNOLOGY = 1984
MANY = 10_000_000
_PARTIAL_BELOW = 2_600  # one in twenty-five


def make_company(
    seed: str,
    as_of: date,
    pools: Pools,
    *,
    domain: str,
    id_: int,
    name: str,
    trade: Trade,
    staff: int | None,
    pinned: PinnedCompany | None = None,
) -> Company:
    """The company of an identity domain.

    ``name`` and ``trade`` come from the directory, or from the domain for a company outside it.
    ``staff`` is how many of its people the directory lists, None for a company outside it. Some of the
    directory's companies are partial: a name and a place. What is ``pinned`` shapes what is drawn: revenue
    follows employees, and the address the city.
    """
    draw = lanes(seed, "company", domain)
    place = (pinned and pinned.place) or pick(pools.weighted_places, draw[0])
    size_index = _size_index(staff or 0, draw)
    if pinned is not None and pinned.size is not None:
        size_index = SIZES.index(pinned.size)
    size = SIZES[size_index]
    employees = (pinned and pinned.employees) or max(_employees(size, draw[2]), staff or 0)
    handle = domain.rsplit(".", 1)[0]
    lusha_id = 1_000_000 + number(seed, "lusha-id", domain) % 30_000_000
    partial = staff is not None and draw[3] < _PARTIAL_BELOW
    if partial:
        return Company(
            domain=domain, id=id_, lusha_id=lusha_id, name=name, alternative_name=name.lower(), industry=None,
            employees=None, employees_in_linkedin=None, size=None, revenue=None, founded=None, place=place,
            street=None, offices=(), description=None, specialities=(), technologies=(), sic=(), naics=(),
            funding=None, intent=(), kind=None, followers=None, tier=5, handle=handle, partial=True,
        )  # fmt: skip
    youngest = as_of.year - (1 if size_index < 3 else 6 + 3 * size_index)
    founded = youngest - (draw[4] * draw[4] * (25 + 8 * size_index) >> 32)
    if trade.industry.main_id == TECHNOLOGY:
        founded = max(founded, min(youngest, FIRST_OF_TECHNOLOGY))
    founded = (pinned and pinned.founded) or founded
    revenue = _revenue(employees, draw[5])
    legal = _LEGAL.get(place.country_code)
    kind = _kind(trade, size_index, draw[6])
    does = pick(trade.does, draw[7])
    return Company(
        domain=domain,
        id=id_,
        lusha_id=lusha_id,
        name=name,
        alternative_name=f"{name} {legal}".lower() if legal else name.lower(),
        industry=trade.industry,
        employees=employees,
        employees_in_linkedin=max(1, employees * (550 + (draw[8] * 430 >> 16)) // 1000),
        size=size,
        revenue=revenue if draw[9] < 60_000 else None,
        founded=founded,
        place=place,
        street=_street(place, draw[10], draw[11]),
        offices=_offices(pools, place, size_index, draw),
        description=_description(name, does, founded, place, employees, draw[12]),
        specialities=some(trade.specialities, between(3, 6, draw[13]), draw[14]),
        technologies=some(pools.technologies, between(*TECHNOLOGY_COUNT, draw[15]), draw[16]),
        sic=some(trade.sic, between(1, 2, draw[17]), draw[18]),
        naics=some(trade.naics, between(1, 2, draw[19]), draw[20]),
        funding=None
        if trade.industry.main_id == EDUCATION
        else _funding(pools, as_of, founded, kind, size_index, draw),
        intent=_intent(pools, seed, domain, draw),
        kind=kind,
        followers=employees * between(3, 40, draw[21]) + draw[22] % 97,
        tier=max(1, 5 - size_index // 2 - (draw[23] >> 15)),
        handle=handle,
    )


def _size_index(staff: int, draw: Lanes) -> int:
    size_index = pick(WEIGHTED_SIZES, draw[1])
    while (SIZES[size_index][1] or MANY) < staff * 5 // 4:
        size_index += 1
    return size_index


def drawn_employees(seed: str, domain: str, staff: int) -> int | None:
    """How many employees a company of the directory has by draw alone; None for a partial one."""
    draw = lanes(seed, "company", domain)
    if draw[3] < _PARTIAL_BELOW:
        return None
    return max(_employees(SIZES[_size_index(staff, draw)], draw[2]), staff)


def _employees(size: Range, lane: int) -> int:
    least, most = size
    top = most if most is not None else least * 3
    # Small ones are more frequent within a range, as everywhere.
    return least + ((lane * lane >> 16) * (top - least + 1) >> 16)


def _revenue(employees: int, lane: int) -> Range:
    dollars = employees * between(60_000, 380_000, lane)
    for bracket in REVENUES:
        if bracket[1] is None or dollars <= bracket[1]:
            return bracket
    raise AssertionError(dollars)


def _kind(trade: Trade, size_index: int, lane: int) -> str:
    if trade.industry.main_id == GOVERNMENT:
        return "Government agency"
    if trade.industry.main_id == NONPROFIT:
        return "Nonprofit"
    if size_index >= LISTED_FROM_SIZE and lane < LISTED_BELOW:
        return "Public company"
    if size_index <= PARTNERS_UP_TO_SIZE and lane < PARTNERS_BELOW:
        return "Partnership"
    return "Private company"


def _street(place: Place, name_lane: int, number_lane: int) -> str:
    house_number = 1 + (number_lane * number_lane * 180 >> 32)
    form = _STREET_FORMS.get(place.country_code)
    if form is None:
        kind = pick(("Street", "Road", "Avenue", "Lane", "Way"), name_lane << 3 & 0xFFFF)
        return f"{house_number} {pick(_STREETS, name_lane)} {kind}"
    return form.format(name=pick(_STREET_NAMES.get(place.country_code, _STREETS), name_lane), n=house_number)


def _offices(pools: Pools, home: Place, size_index: int, draw: Lanes) -> tuple[Place, ...]:
    count = min(3, max(0, size_index - 2)) if draw[24] < 45_000 else 0
    offices = [home]
    for lane in draw[25 : 25 + count]:
        # Two of three further offices are in the same country.
        pool = pools.places_in[home.country_code] if lane % 3 else pools.weighted_places
        place = pick(pool, lane)
        if place not in offices:
            offices.append(place)
    return tuple(offices)


def _description(name: str, does: str, founded: int, place: Place, employees: int, lane: int) -> str:
    about = (
        f"Founded in {founded}, it has its head office in {place.city}.",
        f"It was founded in {founded} in {place.city} and employs about {rounded(employees)} people.",
        f"The company is based in {place.city}, {place.country}.",
        f"Based in {place.city}, it has been in business since {founded}.",
    )
    return f"{name} {does.rstrip('.')}. {pick(about, lane)}"


def rounded(count: int) -> str:
    """A number of employees as descriptions give it."""
    if count < 20:
        return str(count)
    step = 10 ** (len(str(count)) - 1) // 2
    return f"{round(count / step) * step:,}"


def _funding(
    pools: Pools, as_of: date, founded: int, kind: str, size_index: int, draw: Lanes
) -> Funding | None:
    if kind not in {"Private company", "Public company"} or draw[28] > FUNDED_UP_TO:
        return None
    count = min(1 + (draw[29] >> 14), 2 + size_index // 2, len(STAGES))
    oldest = max(date(founded, 1, 1), as_of - timedelta(days=365 * YEARS_OF_FUNDING))
    span = max(30, (as_of - oldest).days - 20)
    rounds = []
    for index in range(count):
        lane = (draw[30] * (7919 + 2 * index) + draw[31]) & 0xFFFF
        amount = STAGE_AMOUNTS[index] * between(5, 15, lane) // 10
        day = oldest + timedelta(days=min(span, span * (index * 65536 + lane) // (count * 65536)))
        investors = some(pools.newsroom.investors, 1 + (lane & 1), lane)
        rounds.append(FundingRound(STAGES[index], amount // 100_000 * 100_000, day, investors))
    return Funding(tuple(rounds), kind == "Public company")


def _intent(pools: Pools, seed: str, domain: str, draw: Lanes) -> tuple[IntentTopic, ...]:
    if draw[27] > 42_000:
        return ()
    own = lanes(seed, "intent", domain)
    topics = some(pools.topics, between(2, 6, own[0]), own[1])
    return tuple(
        IntentTopic(topic, between(60, 100, own[2 + i]), between(-15, 20, own[12 + i]))
        for i, topic in enumerate(topics)
    )
