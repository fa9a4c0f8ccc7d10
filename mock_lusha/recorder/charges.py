"""What a call cost, as its answer says.

An answer is believed only where the contract says that this operation reports its cost, and only a whole
number that is not negative. Any other value, or none, counts as the worst case; so does an item of a bulk
that the answer does not mention. Where two places disagree the highest counts. A number above the worst case
counts as the answer says. An answer that says 0 and contains what is paid for counts as what it contains:
whether that was paid for before cannot be seen.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.recorder.prices import places

if TYPE_CHECKING:
    from mock_lusha.recorder.prices import Price, Quote

FREE_STATUSES: Final = frozenset({400, 401, 402, 403, 404, 412, 429, 451})
"""Refusals that are known to cost nothing."""
_OF_ERRORS: Final = frozenset({"error", "id", "clientReferenceId"})
_UNCERTAIN: Final = 400
"""From this status on an answer does not say whether the call was charged, except for FREE_STATUSES."""


def charge(price: Price, quote: Quote, status: int, answer: Any) -> int | None:
    """The credits that a call is counted with; None where the answer does not say whether it was charged.

    ``answer`` is the JSON of the answer, None where it is not JSON or cannot be read exactly.
    """
    if price.free or status in FREE_STATUSES:
        return 0
    if not 200 <= status < _UNCERTAIN:
        return None
    if not isinstance(answer, dict) or any(
        value for place in price.told.later for value in places(answer, place)
    ):
        return quote.most
    if price.told.flag is not None:
        return _items_cost(price, quote, answer)
    values = [value for place in price.told.credits for value in places(answer, place)]
    if not values:
        return quote.most
    return max(_number(value, quote.most) for value in values) or _content_cost(price, answer)


def told(price: Price, answer: Any) -> int | None:
    """The credits that an answer says were charged, None where it does not have a number."""
    values = [value for place in price.told.credits for value in places(answer, place)]
    numbers = [_number(value, -1) for value in values]
    return max((number for number in numbers if number >= 0), default=None)


def _number(value: Any, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return most
    if value > most:
        return math.ceil(value)
    return int(value) if value >= 0 and value == int(value) else most


def _items_cost(price: Price, quote: Quote, answer: Any) -> int:
    items = [item for place in price.told.items for item in places(answer, place)]
    silent = max(0, quote.count - len(items)) * quote.per_item
    return silent + sum(_item_cost(price, quote, item) for item in items)


def _item_cost(price: Price, quote: Quote, item: Any) -> int:
    flag = item.get(price.told.flag) if isinstance(item, dict) else None
    if flag is False:
        return _item_content_cost(price, item)
    if flag is not True:
        return quote.per_item
    total = 0
    for kind, cost in quote.kinds.items():
        values = [value for place in price.told.kinds[kind] for value in places(item, place)]
        # A kind that is not there may stand under another name.
        if any(value != [] for value in values) or not values:
            total += cost
    if quote.signals:
        signals = [value for place in price.told.signals for value in places(item, place)]
        total += sum(map(_signal_types, signals)) if signals else quote.signals
    return total or quote.per_item


def _content_cost(price: Price, answer: Any) -> int:
    """The price of what an answer contains."""
    items = [item for place in price.told.items for item in places(answer, place) if not _is_error(item)]
    if price.results is not None:
        return price.results.credits(len(items))
    lookup = -(-len(items) // price.lookup) if price.lookup else 0
    return lookup + sum(_item_content_cost(price, item) for item in items)


def _item_content_cost(price: Price, item: Any) -> int:
    kinds = sum(
        price.kinds[kind]
        for kind, kind_places in price.told.kinds.items()
        if any(value for place in kind_places for value in places(item, place))
    )
    extras = sum(isinstance(item, dict) and item.get(name) is not None for name in price.extras)
    signals = sum(_signal_types(value) for place in price.told.signals for value in places(item, place))
    return kinds + extras + signals


def _is_error(item: Any) -> bool:
    """Whether an item says only that it has nothing: one that has details besides is read for those."""
    return isinstance(item, dict) and "error" in item and not item.keys() - _OF_ERRORS


def _signal_types(signals: Any) -> int:
    """How many types of signals are there."""
    if isinstance(signals, list):
        return len({signal for signal in signals if isinstance(signal, str)})
    return sum(isinstance(signal, list) and bool(signal) for signal in places(signals, "*"))
