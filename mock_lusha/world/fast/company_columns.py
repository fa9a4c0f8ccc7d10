"""The directory's companies as columns: what ``companies`` makes one by one, for all of them at once.

A test holds both equal. Row ``i`` is company number ``i``; the rows of companies that are pinned over mean
nothing.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from mock_lusha.seeded import begun
from mock_lusha.world import arrays as np
from mock_lusha.world.fast.company_facts import CompanyFacts
from mock_lusha.world.fast.draws import (
    Ring,
    between,
    digests,
    digests_in_steps,
    lanes_in,
    pick_index,
    some_bits,
)
from mock_lusha.world.fast.signal_days import SignalDays
from mock_lusha.world.generate.companies import (
    FIRST_OF_TECHNOLOGY,
    MANY,
    TECHNOLOGY,
    TECHNOLOGY_COUNT,
    WEIGHTED_SIZES,
    rounded,
)
from mock_lusha.world.pools import REVENUES, SIZES
from mock_lusha.world.search.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from mock_lusha.world.search.places import Places
    from mock_lusha.world.world import World

_PARTIAL_BOUND = 2_600
_REVENUE_BOUND = 60_000
_OFFICES_BOUND = 45_000
_INTENT_BOUND = 42_000
_LANES = (0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 14, 15, 16, 17, 18, 19, 20, 24, 25, 26, 27)
# What a description says besides names and numbers, by its kind; which kinds tell the year and the people.
_ABOUT = (
    "founded in it has its head office in",
    "it was founded in and employs about people",
    "the company is based in",
    "based in it has been in business since",
)
_ABOUT_THE_YEAR = (0, 1, 3)
_ABOUT_PEOPLE = 1
_ABOUT_THE_COUNTRY = 2


class CompanyColumns:
    """What searches ask of the companies of a directory.

    ``place`` and the three columns of ``offices`` are numbers of ``places``, ``trade`` of the pools' trades,
    ``size`` and ``revenue`` of SIZES and REVENUES, ``main`` are ids of main industries; -1 is not known, and
    so are -1 ``employees``. ``founded`` is 0 where it is not known. ``specialities``, ``sic`` and ``naics``
    have a bit for each of the trade's.
    """

    def __init__(self, world: World, places: Places) -> None:
        self.world = world
        self.places = places

    @classmethod
    def draw(cls, world: World, places: Places) -> CompanyColumns:
        """The companies of a world's directory."""
        columns = cls(world, places)
        for _ in columns.drawing():
            pass
        return columns

    def drawing(self) -> Iterator[None]:
        """Draw them, in steps; nothing else works before."""
        world, places, pools = self.world, self.places, self.world.pools
        listed = world.directory.companies
        # As bytes, since they are hashed often and never shown.
        self.domains = [company.domain.encode() for company in listed]
        yield from world.directory.drawing_bounds()
        self.staff = np.diff(np.array([0, *world.directory.bounds], dtype=np.int64))
        digest_list = yield from digests_in_steps(begun(world.seed, "company"), self.domains)
        draw = dict(zip(_LANES, lanes_in(digest_list, _LANES), strict=True))
        del digest_list
        yield
        # By identity: a trade is hashed by all its fields otherwise.
        numbers = {id(trade): number for number, trade in enumerate(pools.trades)}
        trade = np.fromiter(
            (numbers[id(company.trade)] for company in listed), dtype=np.int16, count=len(listed)
        )
        yield
        partial = draw[3] < _PARTIAL_BOUND
        weighted = places.numbered(pools.weighted_places)
        self.place = weighted[pick_index(len(weighted), draw[0])]

        size = np.array(WEIGHTED_SIZES)[pick_index(len(WEIGHTED_SIZES), draw[1])]
        tops = np.array([most or MANY for _, most in SIZES])
        # A company is never smaller than those of its people who are listed.
        size = np.maximum(size, np.searchsorted(tops, self.staff * 5 // 4))
        least = np.array([least for least, _ in SIZES])[size]
        most = np.array([most or least * 3 for least, most in SIZES])[size]
        employees = np.maximum(least + ((draw[2] * draw[2] >> 16) * (most - least + 1) >> 16), self.staff)
        linkedin = np.maximum(1, employees * (550 + (draw[8] * 430 >> 16)) // 1000)
        bounds = np.array([most for _, most in REVENUES if most is not None])
        revenue = np.searchsorted(bounds, employees * between(60_000, 380_000, draw[5]))
        main = np.array([entry.industry.main_id for entry in pools.trades])[trade]
        youngest = world.as_of.year - np.where(size < 3, 1, 6 + 3 * size)
        founded = youngest - (draw[4] * draw[4] * (25 + 8 * size) >> 32)
        since = np.maximum(founded, np.minimum(youngest, FIRST_OF_TECHNOLOGY))
        founded = np.where(main == TECHNOLOGY, since, founded)
        yield

        def where_known(column: Any, kind: Any, but: Any = partial, unknown: int = -1) -> Any:
            return np.where(but, unknown, column).astype(kind)

        self.partial = partial
        self.size = where_known(size, np.int8)
        self.employees = where_known(employees, np.int32)
        self.linkedin = where_known(linkedin, np.int32)
        self.revenue = where_known(revenue, np.int8, partial | (draw[9] >= _REVENUE_BOUND))
        self.main = where_known(main, np.int16)
        self.trade = where_known(trade, np.int16)
        self.founded = where_known(founded, np.int16, unknown=0)
        self.offices = self._offices(where_known(size, np.int64), draw)
        yield
        self.does = pick_index(self._of_trade("does", trade), draw[7]).astype(np.int8)
        self.about = where_known(pick_index(len(_ABOUT), draw[12]), np.int8)

        def counts(least: int, most: int, lane: int) -> Any:
            return where_known(between(least, most, draw[lane]), np.int32, unknown=0)

        self.specialities = some_bits(self._of_trade("specialities", trade), counts(3, 6, 13), draw[14])
        self.sic = some_bits(self._of_trade("sic", trade), counts(1, 2, 17), draw[18])
        self.naics = some_bits(self._of_trade("naics", trade), counts(1, 2, 19), draw[20])
        self.technologies = Ring.of(len(pools.technologies), counts(*TECHNOLOGY_COUNT, lane=15), draw[16])
        self._reads = ~partial & (draw[27] <= _INTENT_BOUND)

    def __len__(self) -> int:
        return len(self.domains)

    def _of_trade(self, name: str, trade: Any) -> Any:
        return np.array([len(getattr(entry, name)) for entry in self.world.pools.trades])[trade]

    def _offices(self, size: Any, draw: dict[int, Any]) -> Any:
        """Places of up to three further offices; also one that is at home or twice."""
        pools, places = self.world.pools, self.places
        weighted = places.numbered(pools.weighted_places)
        home = CountryPlaces(self.world, places)
        count = np.where(draw[24] < _OFFICES_BOUND, np.minimum(3, np.maximum(0, size - 2)), 0)
        # Three columns with gaps, in place of a list for each company.
        offices = np.full((3, len(self.domains)), -1, dtype=np.int16)
        for index, lane in enumerate((draw[25], draw[26], draw[27])):
            abroad = weighted[pick_index(len(weighted), lane)]
            at = np.where(lane % 3 != 0, home.pick(self.place, lane), abroad)
            offices[index] = np.where(index < count, at, -1)
        return offices

    # What a text search looks at

    @cached_property
    def names(self) -> Texts:
        """The names of the companies."""
        directory = self.world.directory
        return Texts([company.name for company in directory.companies], directory.folded_names)

    @cached_property
    def _labels(self) -> tuple[Texts, Any]:
        """Host labels that are not folded names, and the numbers of their companies."""
        labels = [company.domain.rsplit(".", 1)[0] for company in self.world.directory.companies]
        # Most labels are the folded name, which is searched anyway.
        odd = [number for number, label in enumerate(labels) if label != self.names.folded[number]]
        return Texts([labels[number] for number in odd]), np.array(odd, dtype=np.int64)

    @cached_property
    def _industries(self) -> Texts:
        return Texts([f"{trade.industry.main} {trade.industry.sub}" for trade in self.world.pools.trades])

    @cached_property
    def speciality_texts(self) -> TradeTexts:
        """The texts of ``specialities``."""
        return TradeTexts([trade.specialities for trade in self.world.pools.trades])

    @cached_property
    def _does(self) -> TradeTexts:
        return TradeTexts([trade.does for trade in self.world.pools.trades])

    @cached_property
    def _abouts(self) -> Texts:
        return Texts(_ABOUT)

    @cached_property
    def _people_counts(self) -> tuple[Texts, Any]:
        """How many people descriptions tell, once each, and which of these a company's does."""
        rows = np.where(self.about == _ABOUT_PEOPLE, self.employees, 0)
        # Few different numbers stand in many descriptions: each is searched once.
        counts, which = np.unique(rows, return_inverse=True)
        return Texts([rounded(count) if count else "" for count in counts.tolist()]), which

    def having_words(self, words: Iterable[str]) -> Any:
        """Which companies have, for each of the folded words, a word that begins with it."""
        mask = np.ones(len(self), dtype=bool)
        for word in dict.fromkeys(words):
            mask &= self._word_mask(word)
            # The rarest words end a search at once, whatever words follow.
            if not mask.any():
                break
        return mask

    def _word_mask(self, word: str) -> Any:
        mask = self.names.begun_by(word) | self.places.texts.begun_by(word)[self.place]
        labels, whose = self._labels
        mask[whose[labels.begun_by(word)]] = True
        has_trade = self.trade >= 0
        mentions = self._industries.begun_by(word)[self.trade]
        mentions |= (self.speciality_texts.begun_by(word)[self.trade] & self.specialities) != 0
        mentions |= self._told(word)
        return mask | (mentions & has_trade)

    def _told(self, word: str) -> Any:
        """Which companies have a word in their description, besides names."""
        mentions = (self._does.begun_by(word)[self.trade] >> self.does & 1) != 0
        mentions |= self._abouts.begun_by(word)[self.about]
        if word.isdigit():
            counts, which = self._people_counts
            mentions |= counts.begun_by(word)[which]
            begin = [year for year in set(self.founded.tolist()) if str(year).startswith(word)]
            mentions |= np.isin(self.founded, begin) & np.isin(self.about, _ABOUT_THE_YEAR)
        return mentions

    @cached_property
    def _cities(self) -> Texts:
        return Texts([place.city for place in self.places.places])

    @cached_property
    def _countries(self) -> Texts:
        return Texts([place.country for place in self.places.places])

    def described_by(self, word: str) -> Any:
        """Which companies have a word in their description that begins with a folded one."""
        mask = self.names.begun_by(word) | self._cities.begun_by(word)[self.place]
        mask |= self._countries.begun_by(word)[self.place] & (self.about == _ABOUT_THE_COUNTRY)
        return (mask | self._told(word)) & (self.trade >= 0)

    # What criteria name

    @cached_property
    def technology_names(self) -> Texts:
        """The technologies, by their places in ``technologies``."""
        return Texts(self.world.pools.technologies)

    @cached_property
    def topic_names(self) -> Texts:
        """The intent topics, by their places in ``topics``."""
        return Texts(self.world.pools.topics)

    @cached_property
    def sic_codes(self) -> TradeTexts:
        """The codes of ``sic``, of four digits."""
        return TradeTexts([[f"{code:04d}" for code, _ in trade.sic] for trade in self.world.pools.trades])

    @cached_property
    def naics_codes(self) -> TradeTexts:
        """The codes of ``naics``."""
        return TradeTexts([[str(code) for code, _ in trade.naics] for trade in self.world.pools.trades])

    # What is drawn when it is asked for

    @cached_property
    def topics(self) -> Ring:
        """The intent topics of the companies."""
        digest_list = digests(begun(self.world.seed, "intent"), self.domains)
        count, lane = lanes_in(digest_list, (0, 1))
        return Ring.of(len(self.world.pools.topics), np.where(self._reads, between(2, 6, count), 0), lane)

    @cached_property
    def facts(self) -> CompanyFacts:
        """What few searches ask for."""
        return CompanyFacts(self)

    @cached_property
    def signals(self) -> SignalDays:
        """The days of the companies' signals."""
        return SignalDays(self.world.seed, self.world.as_of, self.domains, self.employees)


class TradeTexts:
    """Texts that each trade has some of, at their places in the trade's pool; ``pools`` are by trade."""

    def __init__(self, pools: Sequence[Sequence[str]]) -> None:
        self._size = len(pools)
        places = [(trade, place) for trade, pool in enumerate(pools) for place in range(len(pool))]
        self._at = np.array(places, dtype=np.int32).reshape(-1, 2)
        self._texts = Texts([text for pool in pools for text in pool])

    def begun_by(self, word: str) -> Any:
        """By trade: the places of the texts that have a word which begins with a folded one, as bits."""
        return self._bits(self._texts.begun_by(word))

    def matching(self, keep: Callable[[str], bool]) -> Any:
        """By trade: the places of the texts that are kept, as bits."""
        return self._bits(np.fromiter(map(keep, self._texts.shown), dtype=bool, count=len(self._texts)))

    def folded_matching(self, keep: Callable[[str], bool]) -> Any:
        """The same, of folded texts."""
        return self._bits(np.fromiter(map(keep, self._texts.folded), dtype=bool, count=len(self._texts)))

    def _bits(self, mask: Any) -> Any:
        bits = np.zeros(self._size, dtype=np.int32)
        at = self._at[mask]
        # Unbuffered, since one trade has many places.
        np.bitwise_or.at(bits, at[:, 0], 1 << at[:, 1])
        return bits


class CountryPlaces:
    """The places of each country, picked by a lane."""

    def __init__(self, world: World, places: Places) -> None:
        pools = world.pools
        starts: dict[str, int] = {}
        pooled: list[Any] = []
        for code, pool in pools.places_in.items():
            starts[code] = len(pooled)
            pooled += places.numbered(pool).tolist()
        self._pooled = np.array(pooled, dtype=np.int16)
        codes = [place.country_code for place in places.places]
        self._starts = np.array([starts[code] for code in codes])
        self._sizes = np.array([len(pools.places_in[code]) for code in codes])

    def pick(self, near: Any, lane: Any) -> Any:
        """Places in the countries of the places ``near``."""
        return self._pooled[self._starts[near] + pick_index(self._sizes[near], lane)]
