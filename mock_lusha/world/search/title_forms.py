"""Normal forms of job titles, by which ``VP, Sales`` is the same as ``vice_president_sales``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.world.identity import fold
from mock_lusha.world.search.criteria import SMALL_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHORT: Mapping[str, str] = {
    "vp": "vice president", "svp": "senior vice president", "evp": "executive vice president",
    "ceo": "chief executive officer", "cfo": "chief financial officer", "cio": "chief information officer",
    "cmo": "chief marketing officer", "coo": "chief operating officer", "cpo": "chief product officer",
    "cro": "chief revenue officer", "cso": "chief sales officer", "cto": "chief technology officer",
    "ciso": "chief information security officer", "chro": "chief human resources officer",
    "sr": "senior", "jr": "junior", "mgr": "manager", "eng": "engineer", "hr": "human resources",
    "it": "information technology", "rep": "representative", "exec": "executive", "cofounder": "co founder",
}  # fmt: skip


def normal_title(title: str) -> tuple[str, ...]:
    """The words of a title in alphabetical order, written out and without small ones; () for no title."""
    words = []
    for word in fold(title.replace("_", " ")).split("-"):
        words += _SHORT.get(word, word).split()
    return tuple(sorted(set(words) - SMALL_WORDS))
