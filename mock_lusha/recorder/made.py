"""What redaction makes: how to recognize it without the key; and what is personal in a text.

Invented ids that are digits cannot be told from real ones.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from mock_lusha.recorder.field_kinds import LONGEST_COUNT
from mock_lusha.recorder.prose import is_prose

if TYPE_CHECKING:
    from collections.abc import Iterator

REDACTED: Final = "REDACTED"
"""What stands for a key or another secret."""
MARK: Final = "mock-lusha-"
CONSONANTS: Final = "bdfghjklmnprstvz"
VOWELS: Final = "aeiou"
_WORD: Final = re.compile(rf"(?:[{CONSONANTS}][{VOWELS}]){{3}}x")
BETWEEN_WORDS: Final = re.compile(r"([\s'’\-]+)")
BETWEEN_TOKENS: Final = re.compile(r"([._+\-]+)")
_BETWEEN_ITEMS: Final = re.compile(r"(\s*[,;]\s*)")
OUR_DOMAIN: Final = re.compile(r"x-[0-9a-f]{10}\.example")
HIDDEN: Final = "..."
"""How Lusha's masked addresses begin."""
RESTRICTED: Final = "restricted"
"""What stands in place of a name that is withheld; a client may look for it."""
DOMAIN: Final = re.compile(r"[\w\-]+(?:\.[\w\-]+)*\.?")
_FREE: Final = re.compile(r"redacted-[0-9a-f]{8}")
_ID: Final = re.compile(r"id-[0-9a-f]{10}")
SLUG: Final = re.compile(rf"{MARK}[0-9a-f]{{10}}")
TOKEN: Final = re.compile(r"(v[0-9]{1,2}\.)([\w\-]{16,200})", re.ASCII)
"""An id of v3: its version, and base64url."""
OUR_TOKEN: Final = re.compile(rf"v[0-9]{{1,2}}\.{MARK}[0-9a-f]{{10,200}}")
UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
DIGITS: Final = re.compile(r"[0-9]+")
FICTION: Final = re.compile(r"1?([2-9][0-9]{2}55501[0-9]{2})")
OUR_PHONE: Final = re.compile(r"\+1[2-9][0-9]{2}55501[0-9]{2}")
OUR_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-6d6f636b[0-9a-f]{4}")
PROFILE: Final = re.compile(
    r"((?:https?://)?(?:(?:www|[a-z]{2})\.)?linkedin\.com/"
    r"(?:in|pub|sales/(?:lead|people)|company|school|showcase)/)([^/?#]+)(/?)([^\n]*)",
    re.IGNORECASE,
)
# A host of these does not reveal a person.
_HOST_NAMES: Final = (
    "linkedin.com twitter.com x.com facebook.com fb.com instagram.com github.com gitlab.com youtube.com "
    "crunchbase.com medium.com xing.com tiktok.com pinterest.com t.co reddit.com stackoverflow.com "
    "angel.co wellfound.com coursera.org credly.com udemy.com"
)
_HOSTS: Final = frozenset(_HOST_NAMES.split())
_HOST_PREFIX: Final = re.compile(r"(?:www|m|mobile|[a-z]{2})\.")
MOST_ID_BITS: Final = 256
"""A number of more bits is not an id."""


def is_word(text: str) -> bool:
    """Whether a word is an invented one, in lower case, in capitals or with one."""
    return text in {text.lower(), text.upper(), text.title()} and bool(_WORD.fullmatch(text.lower()))


def is_name(text: str) -> bool:
    """Whether a name is made of invented words (or says that it is withheld)."""
    words = [part for part in BETWEEN_WORDS.split(text)[::2] if part]
    return all(map(is_word, words)) or text.strip().casefold() == RESTRICTED


def is_email(text: str) -> bool:
    """Whether an address is on an invented domain and its mailbox made of invented words."""
    local, at, domain = text.removeprefix(HIDDEN).rpartition("@")
    tokens = [part for part in BETWEEN_TOKENS.split(local)[::2] if part]
    return bool(at) and bool(OUR_DOMAIN.fullmatch(domain)) and all(map(is_word, tokens))


def is_phone(text: str) -> bool:
    """Whether a phone number is an invented one."""
    return bool(OUR_PHONE.fullmatch(text))


def is_linkedin(text: str) -> bool:
    """Whether a profile URL has an invented slug."""
    match = PROFILE.fullmatch(text)
    return bool(match and SLUG.fullmatch(match[2]) and not match[4])


def is_url(text: str) -> bool:
    """Whether a URL is on a host that anybody may use or an invented one, and its path is invented, if
    any."""
    parts = split_url(text)
    if parts is None:
        return False
    host = parts[1]
    return is_own_path(text) and (is_public(host) or bool(parts[0] and OUR_DOMAIN.fullmatch(host)))


def is_own_path(text: str) -> bool:
    """Whether the path of a URL is an invented one, or empty."""
    parts = split_url(text)
    if parts is None or parts[0] + parts[1] + parts[2] != text:
        return False
    path = parts[2].removeprefix("/")
    return not path or bool(SLUG.fullmatch(path))


def is_public(host: str) -> bool:
    """Whether a host is one that anybody may use, and so does not reveal a person."""
    return _HOST_PREFIX.sub("", host, count=1) in _HOSTS or host in _HOSTS


def is_domain(text: str) -> bool:
    """Whether a domain is an invented one."""
    return bool(OUR_DOMAIN.fullmatch(text))


def rounded(number: float) -> float:
    """A number that reveals only its size: 10 to some power, or a small one of two decimals at most."""
    if isinstance(number, int):
        power = 10 ** (len(str(abs(number))) - 1)
        return number if abs(number) <= LONGEST_COUNT else power if number > 0 else -power
    if not math.isfinite(number):
        return 0.0
    if abs(number) <= LONGEST_COUNT:
        return round(number, 2)
    return math.copysign(float(f"1e{f'{number:e}'.partition('e')[2]}"), number)


def is_number(number: float) -> bool:
    """Whether a number reveals only its size, or is an invented phone number."""
    return rounded(number) == number or (
        math.isfinite(number) and bool(OUR_PHONE.fullmatch(f"+{number:.0f}"))
    )


def is_made(text: str) -> bool:
    """Whether a text was made here, whatever it stands for."""
    return (
        text == REDACTED
        or is_free_text(text)
        or is_prose(text)
        or is_phone(text)
        or is_id(text)
        or bool(OUR_UUID.fullmatch(text))
        or is_domain(text)
        or ("@" in text and is_email(text))
        or ("." in text and (is_linkedin(text) or is_url(text)))
        or (is_name(text) and text.strip().casefold() != RESTRICTED)
    )


def is_id(text: str) -> bool:
    """Whether an id is an invented one; of digits and of other UUIDs that cannot be told."""
    return bool(_ID.fullmatch(text) or OUR_UUID.fullmatch(text) or OUR_TOKEN.fullmatch(text))


def is_uuid(text: str) -> bool:
    """Whether a text has the form of a UUID."""
    return bool(UUID.fullmatch(text))


def is_digits(text: str) -> bool:
    """Whether a text is digits alone, as ids are."""
    return bool(DIGITS.fullmatch(text))


def is_free_text(text: str) -> bool:
    """Whether a text stands for another."""
    return bool(_FREE.fullmatch(text))


def items(text: str) -> list[str]:
    """The parts of a text with commas or semicolons between them; every other one is what is between."""
    return _BETWEEN_ITEMS.split(text)


def found_within(text: str) -> Iterator[tuple[str, str]]:
    """What is left in a text for ``within`` to replace: its kind and the part."""
    for match in ASSIGNED.finditer(text):
        if match[2] != REDACTED:
            yield "key", match[2]
    for match in PROFILE_IN_TEXT.finditer(text):
        if not is_linkedin(decoded(match[0])):
            yield "linkedin", match[0]
    for match in EMAIL_IN_TEXT.finditer(text):
        if not is_email(decoded(match[0])):
            yield "email", match[0]
    for match in PHONE_IN_TEXT.finditer(text):
        if is_number_to_call(match) and not is_phone(match[0]):
            yield "phone", match[0]


ASSIGNED: Final = re.compile(
    r"((?:api[_\- ]?key|token|secret|password|authorization)[\"']?\s*[:=]\s*[\"']?(?:bearer\s+|basic\s+)?"
    r"|\bbearer\s+(?=[\w.~+/\-]{16}))"
    r"([^\s\"'&<>,;]{4,})",
    re.IGNORECASE,
)
PROFILE_IN_TEXT: Final = re.compile(
    r"linkedin\.com(?:/|%2f)"
    r"(?:in|pub|sales(?:/|%2f)(?:lead|people))(?:/|%2f)[^\s\"'<>(){}\[\],;\\]*[^\s\"'<>(){}\[\],;\\.!:]",
    re.IGNORECASE,
)
_MAILBOX: Final = r"[^\s@<>()\[\]{},;:\"\\/=?&]"
EMAIL_IN_TEXT: Final = re.compile(
    rf"(?:\"[^\"\n]{{1,64}}\"|(?<!{_MAILBOX}){_MAILBOX}+)(?:@|%40)[\w\-]+(?:\.[\w\-]+)*\.[\w\-]*[^\W_]",
    re.IGNORECASE,
)
# Digits in other things (UUIDs, what redaction made) are passed over first.
PHONE_IN_TEXT: Final = re.compile(
    rf"(?P<keep>{UUID.pattern}|{OUR_TOKEN.pattern}|{SLUG.pattern}|{_FREE.pattern}|{_ID.pattern}|@x-[0-9a-f]{10}\.example\b)"
    r"|(?<![\w/@%])(?<!\d\.)(?:\+ ?)?\(?\d(?:[ \u00a0\u202f.\u2010-\u2015\-/()]{0,3}\d){7,}(?!\d)",
    re.IGNORECASE,
)
_MADE_IN_TEXT: Final = re.compile(
    rf"[a-z.+_\-]*@{OUR_DOMAIN.pattern}|{OUR_PHONE.pattern}(?!\d)"
    rf"|(?:https?://)?(?:(?:www|[a-z]{{2}})\.)?linkedin\.com/[a-z/]+/{SLUG.pattern}"
    rf"|\b{OUR_TOKEN.pattern}\b|\b{REDACTED}\b",
    re.IGNORECASE,
)
# Dates, spans of years and of head counts: numbers to read, not to call.
_TO_READ: Final = re.compile(
    r"(?<![0-9])(?:(?:19|20)[0-9]{2}([-/.])[01]?[0-9]\1[0-3]?[0-9]"
    r"|[0-3]?[0-9]([-/.])[0-3]?[0-9]\2(?:19|20)[0-9]{2}"
    r"|(?:19|20)[0-9]{2} ?[-/] ?(?:19|20)[0-9]{2}|[1-9][0-9]*1 ?- ?[1-9][0-9]*00)(?![0-9])"
)


def is_number_to_call(match: re.Match[str]) -> bool:
    """Whether a match in a text is a number to call, and not one to read."""
    if match["keep"]:
        return False
    text = match[0]
    rest = text if text.startswith(("+", "(")) else _TO_READ.sub("", text)
    return len(digits_of(rest)) > 7


def digits_of(text: str) -> str:
    """The digits of a text, of whatever script."""
    return "".join(str(unicodedata.decimal(character)) for character in text if character.isdecimal())


def decoded(text: str) -> str:
    """A text without percent escapes."""
    return unquote(text) if "%" in text else text


def letters(text: str) -> str:
    """Letters and digits of a text without accents, in lower case."""
    plain = "".join(
        character for character in unicodedata.normalize("NFKD", text).casefold() if character.isalnum()
    )
    return plain or text.casefold()


def split_url(text: str) -> tuple[str, str, str] | None:
    """Scheme (with its slashes, or none), host and the rest of a URL of the web; None if it is not a URL."""
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host = parts.hostname or ""
    except ValueError:
        return None
    if (
        "@" in parts.netloc
        or parts.scheme not in {"", "http", "https"}
        or not re.fullmatch(r"[a-z0-9\-]+(?:\.[a-z0-9\-]+)+", host)
    ):
        return None
    rest = parts._replace(scheme="", netloc="").geturl()
    return (f"{parts.scheme}://" if parts.scheme else ""), host, rest


def without_made(text: str) -> str:
    """A text without the addresses, numbers and profiles in it that were made here."""
    return _MADE_IN_TEXT.sub(" ", text)


def masked(value: object) -> str:
    """A hint at a value that does not reveal it."""
    text = value if isinstance(value, str) else repr(value)
    return f"{text[:1] if text[:1].isalnum() else ''}*** ({len(text)} characters)"
