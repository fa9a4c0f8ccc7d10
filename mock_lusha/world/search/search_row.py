"""Someone of the directory as a search shows them."""

from __future__ import annotations

from typing import NamedTuple


class SearchRow(NamedTuple):
    """Someone of the directory, as far as a search shows them. ``company`` is a row of companies, ``points``
    and ``move`` are as in columns, ``start`` is the ordinal of a day."""

    id: int
    name: str
    title: str
    company: int
    points: int
    move: int
    start: int
