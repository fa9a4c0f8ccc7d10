"""What a call did cost, as its answer tells.

An answer is believed only where the contract says that this operation tells it, and only a whole number that
is not negative. What is anything else, or is not told, counts as the worst case; so does an item of a bulk
that the answer says nothing of. Where two places disagree the highest counts. A number above the worst case
counts as told. An answer that says 0 and carries what is paid for counts as what it carries: whether it was
paid for before is not to be seen.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.recorder.prices import places

if TYPE_CHECKING:
    from mock_lusha.recorder.prices import Price, Quote

FREE_STATUSES: Final = frozenset({400, 401, 402, 403, 404, 412, 429, 451})
"""Refusals that are known to cost nothing."""
_UNCERTAIN: Final = 400
"""From this status on an answer does not say whether the call was charged, but for FREE_STATUSES."""


def charge(price: Price, quoted: Quote, status: int, answer: Any) -> int | None:
    """The credits that a call is counted with; None where it may have been charged or not, and nobody says.

    ``answer`` is the JSON of the answer, None for what is none, and for what cannot be read exactly.
    """
    if price.free or status in FREE_STATUSES:
        return 0
    if not 200 <= status < _UNCERTAIN:
        return None
    if not isinstance(answer, dict):
        return quoted.most
    if price.told.flag is not None:
        return _by_item(price, quoted, answer)
    said = [value for place in price.told.credits for value in places(answer, place)]
    if not said:
        return quoted.most
    return max(_number(value, quoted.most) for value in said) or _carried(price, answer)


def told(price: Price, answer: Any) -> int | None:
    """The credits that an answer says were charged, None where it gives no number."""
    said = [value for place in price.told.credits for value in places(answer, place)]
    numbers = [_number(value, -1) for value in said]
    return max((each for each in numbers if each >= 0), default=None)


def _number(value: Any, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return most
    if value > most:
        return math.ceil(value)
    return int(value) if value >= 0 and value == int(value) else most


def _by_item(price: Price, quoted: Quote, answer: Any) -> int:
    items = [item for place in price.told.items for item in places(answer, place)]
    silent = max(0, quoted.count - len(items)) * quoted.each
    return silent + sum(_of_item(price, quoted, item) for item in items)


def _of_item(price: Price, quoted: Quote, item: Any) -> int:
    flag = item.get(price.told.flag) if isinstance(item, dict) else None
    if flag is False:
        return _carried_by(price, item)
    if flag is not True:
        return quoted.each
    paid = 0
    for kind, cost in quoted.kinds.items():
        there = [value for place in price.told.kinds[kind] for value in places(item, place)]
        # A kind that is not there may stand under another name.
        if any(value != [] for value in there) or not there:
            paid += cost
    if quoted.signals:
        shown = [value for place in price.told.signals for value in places(item, place)]
        paid += sum(map(_filled, shown)) if shown else quoted.signals
    return paid or quoted.each


def _carried(price: Price, answer: Any) -> int:
    """The price of what an answer carries."""
    items = [item for place in price.told.items for item in places(answer, place)]
    if price.results is not None:
        return price.results.credits(len(items))
    return sum(_carried_by(price, item) for item in items)


def _carried_by(price: Price, item: Any) -> int:
    kinds = sum(
        price.kinds[kind]
        for kind, found in price.told.kinds.items()
        if any(value for place in found for value in places(item, place))
    )
    return kinds + sum(_filled(value) for place in price.told.signals for value in places(item, place))


def _filled(signals: Any) -> int:
    """How many types of signals are there."""
    return sum(isinstance(each, list) and bool(each) for each in places(signals, "*"))
