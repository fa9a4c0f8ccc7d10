"""How a text is read when it is searched for people: behind every spelling that hides something."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final
from urllib.parse import unquote

_LAYERS: Final = 8
"""How many encodings may lie over each other: percent escapes of HTML entities in JSON, say."""
_JSON_ESCAPE: Final = re.compile(r"\\+u([0-9a-fA-F]{4})")
_NOT_DECOMPOSED: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th"}
)
_SPELLED_OUT: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"})
_WORD: Final = re.compile(r"[^\W\d_]+")
_DIGITS_FOR_LETTERS: Final = (str.maketrans("013457", "oieast"), str.maketrans("013457", "oleast"))
_LETTERS_APART: Final = re.compile(r"(?<![^\W\d_])(?:[^\W\d_][\W_]{1,3}){2,}[^\W\d_](?![^\W\d_])")
_HYPHENS: Final = re.compile("[\u2010-\u2015\u2212\u00ad\ufe58\ufe63\uff0d]")
# Greek, Cyrillic, Armenian, Cherokee and Coptic; small capitals and what else phonetics has; fillers.
_LIKE_LATIN: Final = re.compile("[\u0370-\u058f\u13a0-\u13ff\u2c80-\u2cff]")
_LATIN: Final = re.compile("[a-z\u00c0-\u024f]", re.IGNORECASE)
_UNUSUAL: Final = re.compile(
    "[\u0251\u0261-\u0263\u0269\u026a\u0274\u0276\u0280\u028f\u0299-\u029f\u1d00-\u1dbf\u115f\u1160\u3164]"
)

_MOST_LABEL: Final = 120
_MOST_RUN: Final = 5
_MOST_DIGITS: Final = 6
_LABEL_MARKS: Final = frozenset(" .,;:&'’‘()/+-–—_#!*\"?|[]®™·")
_CODE: Final = re.compile(r"(?=[^\W_]*\d)(?=[^\W_]*[^\W\d_])[^\W_]{16,}")

# All of them are looked for in what `plain` gives.
_REACHED: Final = re.compile(
    r"[^\s@]@[\w\-]+(?:\.[\w\-]+)*\.\w"  # a mail address
    r"|\S\s*[\[({<]\s*at\s*[\])}>]\s*\S|\w\s+at\s+[\w\-]+\s+dot\s+\w|[\[({<]\s*dot\s*[\])}>]"
    r"|linkedin\.com[/\\]+(?:\S*[/\\])?(?:in|pub|sales|lead|people|profile|comm|recruiter|talent)[/\\]"
    r"|linkedin\.com[/\\]+profile\b"
    r"|\b(?:wa|t|m|fb)\.me[/\\]|\bwhatsapp\.com[/\\]"
    r"|\b(?:tel|mailto|sms|skype|callto|whatsapp|viber|facetime|xmpp|sips?):"
    r"|\b(?:api[_\- ]?key|token|secret|password|authorization)[\"']?\s*[:=]\s*[\"']?"
    r"(?!REDACTED)[^\s\"'&<>,;]{4}"
    r"|\bbearer\s+(?!REDACTED)[\w.~+/\-]{8}",
    re.IGNORECASE,
)
_NUMBER_TO_CALL: Final = re.compile(r"\d(?:[^\w]{0,4}\d){6,}")
# Dates, spans of years, of head counts and money: numbers to read, not to call.
_TO_READ: Final = re.compile(
    r"(?<![0-9])(?:(?:19|20)[0-9]{2}([\-/.])[01]?[0-9]\1[0-3]?[0-9](?:[T ][0-9]{2}:[0-9]{2}(?::[0-9.]+)?)?"
    r"|[0-3]?[0-9]([\-/.])[0-3]?[0-9]\2(?:19|20)[0-9]{2}"
    r"|(?:19|20)[0-9]{2} ?[\-/] ?(?:19|20)[0-9]{2}|[1-9][0-9]*1 ?- ?[1-9][0-9]*00"
    r"|[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,2})?)(?![0-9])"
)


def plain(text: str) -> str:
    """The text without encodings: percent escapes, HTML entities and JSON's, compatible characters (full
    width and the like), invisible ones, and ways to write a hyphen or a blank."""
    for _ in range(_LAYERS):
        before = text
        text = html.unescape(unquote(text))
        text = _JSON_ESCAPE.sub(lambda match: chr(int(match[1], 16)), text).replace("\\/", "/")
        if text == before:
            break
    text = unicodedata.normalize("NFKC", text)
    text = "".join(
        character
        for character in text
        if unicodedata.category(character) not in {"Cf", "Cc", "Mn"} or character.isspace()
    )
    return _HYPHENS.sub("-", text)


def folded(text: str) -> str:
    """A text without accents, in lower case."""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text).casefold())
    return "".join(character for character in text if not unicodedata.combining(character)).translate(
        _NOT_DECOMPOSED
    )


def spellings(text: str) -> tuple[list[str], ...]:
    """The words of a text, in each way to read it: as it is, with umlauts spelled out, with letters that
    stand apart put together, and with digits among letters read as those."""
    plain_text = plain(text)
    expanded = unicodedata.normalize("NFC", plain_text).casefold().translate(_SPELLED_OUT)
    together = _LETTERS_APART.sub(lambda match: "".join(_WORD.findall(match[0])), plain_text)
    readings = [_WORD.findall(folded(variant)) for variant in (plain_text, expanded, together)]
    if any(character.isdigit() for character in plain_text):
        readings += [_WORD.findall(folded(plain_text).translate(digits)) for digits in _DIGITS_FOR_LETTERS]
    return tuple(reading for index, reading in enumerate(readings) if reading not in readings[:index])


def reaches(text: str) -> bool:
    """Whether a text says how to reach a person, or has a key: a mail address, a number to call, a
    profile."""
    text = plain(text)
    return bool(_REACHED.search(text)) or has_number(text)


def has_number(text: str) -> bool:
    """Whether there is a number to call in a plain text."""
    rest = _TO_READ.sub(" / ", text)
    return bool(_NUMBER_TO_CALL.search(rest))


def is_label(text: str) -> bool:
    """Whether a text may be the name of a company, a place, a school or a technology, or a job title.

    Up to 120 characters of letters, blanks and few marks, without runs of digits, addresses and codes.
    """
    if len(text) > _MOST_LABEL or not all(
        character.isalnum() or character in _LABEL_MARKS or _is_accent(character) for character in text
    ):
        return False
    plain_text = plain(text)
    if plain(plain_text) != plain_text or any(map(_is_odd, _WORD.findall(plain_text))):
        return False
    digits = re.findall(r"\d+", plain_text)
    if any(len(run) > _MOST_RUN for run in digits) or sum(map(len, digits)) > _MOST_DIGITS:
        return False
    return not (
        _CODE.search(plain_text) or reaches(text) or re.search(r"://|\bwww\.|@", plain_text, re.IGNORECASE)
    )


def _is_odd(word: str) -> bool:
    """Whether a word has letters that only look like those of its alphabet, or like none."""
    return bool(_UNUSUAL.search(word) or (_LATIN.search(word) and _LIKE_LATIN.search(word)))


def _is_accent(letter: str) -> bool:
    return unicodedata.category(letter) in {"Mn", "Mc"}
