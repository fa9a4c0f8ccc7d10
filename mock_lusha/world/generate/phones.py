"""Telephone numbers that reach nobody: ranges that regulators publish for fiction.

Sources: NANPA (555-0100 to 555-0199 in every area code), Ofcom (United Kingdom), ACMA (Australia),
Bundesnetzagentur (Germany), Arcep (France), PTS (Sweden), ComReg (Ireland). A country without a range of
its own gets a North American number. Numbers may repeat.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_lusha.seeded import Lanes
    from mock_lusha.world.entities import Place
    from mock_lusha.world.generate.career_templates import PhoneLine

# Country -> kind of line -> patterns; each # is a digit.
_RANGES: dict[str, dict[str, tuple[str, ...]]] = {
    "GB": {
        "mobile": ("+44 7700 900###",),
        "fixed": (
            "+44 20 7946 0###", "+44 113 496 0###", "+44 114 496 0###", "+44 115 496 0###",
            "+44 117 496 0###", "+44 121 496 0###", "+44 131 496 0###", "+44 141 496 0###",
            "+44 151 496 0###", "+44 161 496 0###", "+44 29 2018 0###", "+44 1632 960###",
        ),
    },
    "AU": {
        "mobile": ("+61 491 570 006", "+61 491 570 156", "+61 491 570 157", "+61 491 570 158"),
        "fixed": ("+61 2 5550 ####", "+61 2 7010 ####", "+61 3 5550 ####", "+61 3 7010 ####",
                  "+61 7 5550 ####", "+61 7 7010 ####", "+61 8 5550 ####", "+61 8 7010 ####"),
    },
    "DE": {
        "mobile": ("+49 171 39200##", "+49 176 040690##"),
        "fixed": ("+49 30 23125###", "+49 69 90009###", "+49 40 66969###", "+49 221 4710###",
                  "+49 89 99998###"),
    },
    "FR": {
        "mobile": ("+33 6 39 98 ## ##",),
        "fixed": ("+33 1 99 00 ## ##", "+33 2 61 91 ## ##", "+33 3 53 01 ## ##", "+33 4 65 71 ## ##",
                  "+33 5 36 49 ## ##"),
    },
    "SE": {
        "mobile": ("+46 70 174 06 1#", "+46 70 174 06 2#", "+46 70 174 06 3#", "+46 70 174 06 4#"),
        "fixed": ("+46 8 465 004 ##", "+46 31 390 06 ##", "+46 40 628 04 ##"),
    },
    "IE": {"mobile": ("+353 20 91# ####",), "fixed": ("+353 20 91# ####",)},
}  # fmt: skip
_AREA_CODES = ("212", "312", "415", "617", "206", "303", "512", "404", "305", "416")


def _line(pattern: str) -> tuple[str, int, int]:
    """A pattern as a format, how many numbers it has, and what they are divided by for it (0: nothing)."""
    form = re.sub("#+", lambda digits_run: f"%0{len(digits_run[0])}d", pattern)
    ends = [len(digits) for digits in re.findall("#+", pattern)]
    return form, 10 ** sum(ends), 10 ** ends[1] if len(ends) == 2 else 0


_TWO = tuple([f"{number:02d}" for number in range(100)])
_LINES = {
    country: tuple([tuple(map(_line, kinds[kind])) for kind in ("fixed", "mobile")])
    for country, kinds in _RANGES.items()
}


def phone_numbers(place: Place, lines: Sequence[PhoneLine], lanes: Lanes, lane: int) -> list[str]:
    """Numbers that fit a place, no two alike.

    From ``lane`` on three lanes pick ranges, and the next three the numbers in them.
    """
    numbers: list[str] = []
    area = None if place.country_code in _LINES else place.area_code
    for line in lines:
        digits = lanes[lane + 3]
        number = (
            f"+1 {area}-555-01{_TWO[digits % 100]}"
            if area
            else phone_number(place, line.mobile, lanes[lane], digits)
        )
        while number in numbers:
            digits += 1
            number = phone_number(place, line.mobile, lanes[lane], digits)
        numbers.append(number)
        lane += 1
    return numbers


def phone_number(place: Place, mobile: bool, lane: int, digits: int) -> str:
    """A number that fits a place: ``lane`` picks the range, ``digits`` (16 bits) the number in it."""
    lines = _LINES.get(place.country_code)
    if lines is None:
        area = place.area_code or _AREA_CODES[lane * len(_AREA_CODES) >> 16]
        return f"+1 {area}-555-01{_TWO[digits % 100]}"
    ranges = lines[mobile]
    form, size, apart = ranges[lane * len(ranges) >> 16]
    if apart:
        return form % divmod(digits % size, apart)
    return form % (digits % size) if size > 1 else form
