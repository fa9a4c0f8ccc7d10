"""What a call may cost at most, by the price facts of the contract.

The fact ``x-mock-lusha-price`` of an operation is either ``{"free": true}`` or has the fields of ``Price``
except ``items``, which is in the fact ``x-mock-lusha-bulk``.
The prices are those of Lusha's price list with unified credits; where it contradicts itself, the highest.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_EVERY: Final = "*"
_ALL_SIGNALS: Final = "allsignals"
_SIGNALS: Final = ("signals", "signaltypes")
_LONGEST_SIZE: Final = 9
_PAGE_SIZES: Final = frozenset(
    {"size", "limit", "pagesize", "perpage", "pagelength", "count", "take", "first"}
)


class UnpricedError(Exception):
    """It is unknown what a call may cost; the message says what of it cannot be read."""


@frozen
class Results:
    """The price of a page of results: a credit for each ``credits_per`` that are begun.

    ``size`` are the places of the body that say how many are asked for, 0 to ``most``, and ``query`` the
    parameter that says it instead; ``default`` is how many they are where neither does. Such a place is a
    name, or that of an object and a name in it. Types of signals are paid for by page or, with
    ``signals_of: "result"``, by result.
    """

    size: Sequence[str]
    default: int
    most: int
    credits_per: int
    signals_of: str = "page"
    query: str | None = None

    def credits(self, results: int) -> int:
        """What so many results cost."""
        return -(-results // self.credits_per)


@frozen
class ChargeReport:
    """Where an answer says what was charged.

    ``credits`` are places of a number for the whole call. ``items`` are those of what is paid for; in each of
    them ``flag`` says whether it was charged, ``kinds`` are the places of what was paid for by kind, and
    ``signals`` those of lists by type of signal, or of a list of types. An item with an ``error`` is nothing
    that is paid for. What stands at ``later`` says that more may be charged when the call is over. Places are
    names with dots between them, ``*`` for every member of a list or a map; the empty one is the item itself.
    """

    credits: Sequence[str] = ()
    items: Sequence[str] = ()
    flag: str | None = None
    kinds: Mapping[str, Sequence[str]] = field(default_factory=dict)
    signals: Sequence[str] = ()
    later: Sequence[str] = ()


@frozen
class Price:
    """The price of an operation.

    ``items`` is the list of the body that is paid for by item, which may be left out where it is
    ``optional``; None where there is one item. ``kinds`` are the credits of an item for each kind of detail,
    ``reveal`` the names of the flags that ask for those kinds alone. Where there is a ``reveal_list``, that
    list of the body has those names instead, and the names of ``extras``: kinds of one credit that are paid
    for where they are listed, and which an answer has under
    those names. ``signals`` is what all types of signals come to, one credit each and item. Looking items up
    costs a credit for each ``lookup`` of them that are begun. ``results`` is the price of a page of results
    instead. What a body costs that has one of ``unpriced``, or not the values that it ``requires``, is
    unknown.
    """

    free: bool = False
    items: str | None = None
    kinds: Mapping[str, int] = field(default_factory=dict)
    reveal: Mapping[str, str] = field(default_factory=dict)
    reveal_list: str | None = None
    extras: Sequence[str] = ()
    lookup: int = 0
    signals: int = 0
    results: Results | None = None
    unpriced: Sequence[str] = ()
    requires: Mapping[str, str] = field(default_factory=dict)
    optional: bool = False
    told: ChargeReport = field(default_factory=ChargeReport)

    @classmethod
    def of(cls, fact: Mapping[str, Any], bulk: Mapping[str, Any] | None = None) -> Price:
        """The price that facts of an operation are.

        Raises:
            TypeError: the fact has a field that a price does not have.
        """
        parts = {**fact, "items": bulk["items"]} if bulk else dict(fact)
        if "results" in parts:
            parts["results"] = Results(**parts["results"])
        if "told" in parts:
            parts["told"] = ChargeReport(**parts["told"])
        return cls(**parts)


@frozen
class Quote:
    """What one call may cost.

    ``most`` is the worst case in credits: ``count`` items of ``per_item`` credits, and what looking them up
    costs. ``kinds`` are those that the call does not leave out, ``signals`` how many types of signals it asks
    for.
    """

    most: int
    count: int = 0
    per_item: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict)
    signals: int = 0


def quote(price: Price, query: Sequence[tuple[str, str]], body: Any, *, has_body: bool) -> Quote:
    """The worst case of a call.

    Raises:
        UnpricedError: the body is not one that the price can be read from.
    """
    if price.free:
        return Quote(0)
    _check_priced(price, body)
    if price.results is not None:
        return _results_quote(price, price.results, query, body)
    if price.items is not None:
        is_left_out = price.optional and isinstance(body, dict) and body.get(price.items) is None
        count = 0 if is_left_out else _item_count(body, price.items)
    elif has_body and body not in (None, {}, []):
        raise UnpricedError("it has a body, and the contract has none for it")
    else:
        count = 1
    signals = _signal_types(price, query, body)
    kinds: Mapping[str, int]
    if price.reveal_list is None:
        kinds, paid = _revealed_kinds(price, query, body), price.kinds  # flags are no bound: plans differ
    else:
        kinds = paid = _listed_kinds(price, price.reveal_list, query, body)
    lookup = -(-count // price.lookup) if price.lookup else 0
    per_item = max(0 if lookup else 1, sum(paid.values()) + signals)
    return Quote(count * per_item + lookup, count, per_item, kinds, signals)


def places(value: Any, path: str) -> Iterator[Any]:
    """The values at a place, which may have a ``*`` for every member; nothing where there are none."""
    if not path:
        yield value
        return
    name, _, rest = path.partition(".")
    if name == _EVERY:
        members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        for member in members:
            yield from places(member, rest)
    elif isinstance(value, dict) and name in value:
        yield from places(value[name], rest)


def _check_priced(price: Price, body: Any) -> None:
    names = [name for name in body if isinstance(name, str)] if isinstance(body, dict) else []
    for name in price.unpriced:
        alike = next((other for other in names if _letters(other) == _letters(name)), None)
        if alike is not None and body[alike] is not None:
            raise UnpricedError(f"its body has {alike!r}, which may cost more than the price list says")
    for name, value in price.requires.items():
        if not isinstance(body, dict) or body.get(name) != value:
            raise UnpricedError(f"its body has no {name} {value!r}, without which its price is open")
        _check_alike(body, name)


def _item_count(body: Any, name: str) -> int:
    if not isinstance(body, dict):
        raise UnpricedError(f"its body is no object with a list {name}")
    _check_alike(body, name)
    items = body.get(name)
    if not isinstance(items, list):
        raise UnpricedError(f"its body has no list {name}")
    if any(isinstance(item, list) for item in items):
        raise UnpricedError(f"its body has lists in the list {name}")
    return len(items)


def _check_alike(holder: Mapping[str, Any], name: str) -> None:
    """Refuse names that a less strict reader would take for this one, with another value than is priced."""
    alike = sorted(other for other in holder if other != name and _letters(other) == _letters(name))
    if alike:
        raise UnpricedError(f"its body has {alike[0]!r} besides or in place of {name}")


def _letters(name: str) -> str:
    """The letters of a name: ``contacts[]``, ``contacts.0`` and ``Contacts`` are ``contacts``."""
    normal = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in unicodedata.normalize("NFKD", normal) if letter.isalpha())


def _results_quote(price: Price, results: Results, query: Sequence[tuple[str, str]], body: Any) -> Quote:
    if body is None:
        body = {}
    if not isinstance(body, dict):
        raise UnpricedError("its body is no object")
    sizes = _query_sizes(results, query)
    others = [name for name in body if name not in results.size]
    others += [name for name, _ in query if name != results.query]
    for place in results.size:
        holder, _, name = place.rpartition(".")
        if holder:
            _check_alike(body, holder)
        section = body.get(holder) if holder else body
        if section is not None and not isinstance(section, dict):
            raise UnpricedError(f"its {holder} is no object")
        _check_alike(section or {}, name)
        wanted = (section or {}).get(name)
        if wanted is not None:
            if not _is_whole(wanted) or not 0 <= wanted <= results.most:
                raise UnpricedError(f"its {place} is no whole number from 0 to {results.most}")
            sizes.append(int(wanted))
        if holder:
            others += [other for other in section or {} if other != name]
    if not _PAGE_SIZES.isdisjoint(map(_letters, others)):
        sizes.append(results.most)  # nothing is known to read it there, but it may come to be read
    size = max(sizes, default=results.default)
    pages = max(1, results.credits(size))
    if results.signals_of == "result":
        signals = _signal_types(price, query, body)
        most = pages + signals * max(1, size)
    else:
        signals = price.signals * ("signal" in str(body.get("filters")).lower())
        most = pages * (1 + signals)
    return Quote(most, 1, most, {}, signals)


def _query_sizes(results: Results, query: Sequence[tuple[str, str]]) -> list[int]:
    """How many results the query asks for, each time that it says so."""
    texts = [text for name, text in query if name == results.query]
    for text in texts:
        is_size = text.isascii() and text.isdecimal() and len(text) <= _LONGEST_SIZE
        if not is_size or int(text) > results.most:
            raise UnpricedError(f"its {results.query} is no whole number from 0 to {results.most}")
    return list(map(int, texts))


def _is_whole(value: Any) -> bool:
    return not isinstance(value, bool) and isinstance(value, int | float) and value == int(value)


def _signal_types(price: Price, query: Sequence[tuple[str, str]], body: Any) -> int:
    """How many types of signals are asked for, at most."""
    if not price.signals:
        return 0
    names: set[str] = set()
    for value in [
        *(value for name in _SIGNALS for value in _values_under(body, name)),
        *(value for key, value in query if _stem(key) in _SIGNALS),
    ]:
        if isinstance(value, dict) and ("types" in value or price.results):
            value = value.get("types", _ALL_SIGNALS)  # noqa: PLW2901 - a block, with dates and the like besides
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            if value is None:
                continue
            raise UnpricedError("its signals are no list of names")
        names.update(*(re.findall(r"\w+", text.lower()) for text in texts))
    return max(price.signals, len(names)) if _ALL_SIGNALS in names else len(names)


def _values_under(body: Any, name: str) -> Iterator[Any]:
    """What stands under a name anywhere in a body."""
    waiting = [body]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield from (item for key, item in value.items() if key.strip().lower() == name)
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _stem(name: str) -> str:
    """The name of a parameter without what some put behind it for lists: ``signals[0]``, ``signals.0``."""
    return re.split(r"[\[.]", name, maxsplit=1)[0].strip().lower()


def _revealed_kinds(price: Price, query: Sequence[tuple[str, str]], body: Any) -> dict[str, int]:
    """The kinds that may be revealed. One flag that is true asks for its kind alone."""
    flags: dict[str, set[bool | None]] = {}
    for kind, name in price.reveal.items():
        values: list[Any] = [value for parameter, value in query if _stem(parameter) == name.lower()]
        values += _values_under(body, name.lower())
        flags[kind] = {_as_flag(value) for value in values}
    one_alone = any(values == {True} for values in flags.values())
    return {
        kind: cost
        for kind, cost in price.kinds.items()
        if not (flags.get(kind) == {False} or (one_alone and not flags.get(kind, {None})))
    }


def _listed_kinds(price: Price, name: str, query: Sequence[tuple[str, str]], body: Any) -> Mapping[str, int]:
    """The kinds that a list names; all but the extras where there is none, or a name that is not known."""
    _check_alike(body, name)
    if any(_letters(parameter) == _letters(name) for parameter, _ in query):
        raise UnpricedError(f"its query has {name}, which belongs into the body")
    names = body.get(name)
    if names is None:
        return price.kinds
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        raise UnpricedError(f"its {name} is no list of names")
    if price.extras:
        return {**price.kinds, **dict.fromkeys(names, 1)}
    kinds = {kind: price.kinds[kind] for kind, each in price.reveal.items() if each in names}
    is_known = names and set(names) <= set(price.reveal.values())
    return kinds if is_known else price.kinds


def _as_flag(value: Any) -> bool | None:
    """A flag of a query or a body; None for a value that is not a flag, and may be read as either."""
    return {"true": True, "false": False}.get(str(value).lower()) if isinstance(value, bool | str) else None
