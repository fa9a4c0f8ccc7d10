"""Pseudonyms: invented values that follow from a key and the real ones, and can be told from them.

What is made here reaches nobody: mail goes to reserved domains, phones are of the range kept for fiction.
Names are words of three syllables and an x. ``is_...`` recognise what was made, without the key; ids alone
cannot be recognised.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

REDACTED: Final = "REDACTED"
"""What stands for a key or another secret."""
_MARK: Final = "mock-lusha-"
_CONSONANTS: Final = "bdfghjklmnprstvz"
_VOWELS: Final = "aeiou"
_SYLLABLES: Final = tuple(c + v for c in _CONSONANTS for v in _VOWELS)
_WORD: Final = re.compile(rf"(?:[{_CONSONANTS}][{_VOWELS}]){{3}}x")
_BETWEEN_WORDS: Final = re.compile(r"([\s'’\-]+)")
_BETWEEN_TOKENS: Final = re.compile(r"([._+\-]+)")
_BETWEEN_ITEMS: Final = re.compile(r"(\s*[,;]\s*)")
_RESERVED: Final = (".example", ".test")
_HIDDEN: Final = "..."
"""How Lusha's masked addresses begin."""
_RESTRICTED: Final = "restricted"
"""What stands in place of a name that is withheld; a client may look for it."""
_DOMAIN: Final = re.compile(r"[\w\-]+(?:\.[\w\-]+)*\.?")
_FREE: Final = re.compile(r"redacted-[0-9a-f]{8}")
_ID: Final = re.compile(r"id-[0-9a-f]{10}")
_SLUG: Final = re.compile(rf"{_MARK}[0-9a-f]{{10}}")
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_DIGITS: Final = re.compile(r"[0-9]+")
_NANP_FICTION: Final = re.compile(r"1?([2-9][0-9]{2}55501[0-9]{2})")
# As digits: the ranges regulators keep for fiction, as far as the double uses them (see world/phones.py).
_FICTION: Final = re.compile(
    r"1?[2-9][0-9]{2}55501[0-9]{2}"
    r"|44(?:7700900|2079460|1(?:13|14|15|17|21|31|41|51|61)4960|2920180|1632960)[0-9]{3}"
    r"|61(?:491570(?:006|156|157|158)|[2378](?:5550|7010)[0-9]{4})"
    r"|49(?:17139200[0-9]{2}|176040690[0-9]{2}|(?:3023125|6990009|4066969|2214710|8999998)[0-9]{3})"
    r"|33(?:63998|19900|26191|35301|46571|53649)[0-9]{4}"
    r"|46(?:70174061|70174062|70174063|70174064)[0-9]|46(?:8465004|3139006|4062804)[0-9]{2}"
    r"|3532091[0-9]{5}"
)
_PROFILE: Final = re.compile(
    r"((?:https?://)?(?:[\w\-]+\.)*linkedin\.com/(?:in|pub|sales/(?:lead|people))/)([^/?#]+)(/?)([^\n]*)",
    re.IGNORECASE,
)
# Ids are drawn among those of the same digits and, at these sizes, of the same width in a client's types.
_WIDTHS: Final = (2**31 - 1, 2**53 - 1, 2**63 - 1, 2**64 - 1)


class Pseudonyms:
    """Values in place of real ones: the same ones whenever the key is the same."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def _draw(self, kind: str, text: str) -> int:
        """256 bits that follow from the key and a text."""
        message = f"{kind}\x1f{text}".encode("utf-8", "surrogatepass")
        return int.from_bytes(hmac.digest(self._key, message, "sha256"), "big")

    def _hex(self, kind: str, text: str, digits: int) -> str:
        return f"{self._draw(kind, text):064x}"[:digits]

    def fingerprint(self) -> str:
        """8 hex digits that follow from the key and do not tell it."""
        return self._hex("fingerprint", "", 8)

    # Names

    def word(self, text: str) -> str:
        """An invented word for one word of a name, with its capitals: ``Jane`` is, say, Lomitax."""
        if is_word(text):
            return text
        drawn = self._draw("word", _folded(text))
        made = ""
        for _ in range(3):
            drawn, at = divmod(drawn, len(_SYLLABLES))
            made += _SYLLABLES[at]
        made += "x"
        if len(text) > 1 and text.isupper():
            return made.upper()
        return made.title() if text[:1].isupper() else made

    def name(self, text: str) -> str:
        """A name word by word, so that first, last and full names agree."""
        if text.strip().casefold() == _RESTRICTED:
            return text
        return "".join(
            part if at % 2 or not part else self.word(part)
            for at, part in enumerate(_BETWEEN_WORDS.split(text))
        )

    # Ways to reach somebody

    def email(self, text: str) -> str:
        """An address on a reserved domain, made of the words of the names in it.

        ``acme.com`` becomes ``acme-com.example``. A domain that repeats a word of the mailbox
        (jane@jane-doe.com) is somebody's own and replaced too. What is no address becomes free text.
        """
        text = text.strip()
        hidden = _HIDDEN if text.startswith(_HIDDEN) else ""
        local, at, domain = text.removeprefix(hidden).rpartition("@")
        if not at or not _DOMAIN.fullmatch(domain) or not (local or hidden):
            return self.free_text(text)
        tokens = _BETWEEN_TOKENS.split(local)
        made = "".join(
            part if index % 2 or not part else self.word(part.lower()) for index, part in enumerate(tokens)
        )
        return f"{hidden}{made}@{self._domain(domain.casefold(), tokens[::2])}"

    def _domain(self, domain: str, tokens: list[str]) -> str:
        letters = _folded(domain)
        own = any(len(word) > 2 and word in letters for word in map(_folded, tokens) if not is_word(word))
        if own and not domain.endswith(_RESERVED):
            return f"redacted-{self._hex('domain', domain, 8)}.example"
        return _reserved(domain) or f"x-{self._hex('domain', domain, 10)}.example"

    def phone(self, text: str) -> str:
        """An E.164 number of the range for fiction in North America; spellings of one number agree."""
        digits = "" if is_free_text(text) else _digits(text)
        if not digits:
            return self.free_text(text)
        fiction = _NANP_FICTION.fullmatch(digits)
        if fiction:
            return f"+1{fiction[1]}"
        drawn, line = divmod(self._draw("phone", digits), 100)
        drawn, area = divmod(drawn, 100)
        return f"+1{2 + drawn % 8}{area:02d}55501{line:02d}"

    def linkedin(self, text: str) -> str:
        """A profile URL of the same form with a slug of nobody; other URLs as ``url`` has them."""
        text = text.strip()
        found = _PROFILE.fullmatch(text)
        if not found:
            return self.url(text)
        slug = unquote(found[2]).strip().casefold()
        made = slug if _SLUG.fullmatch(slug) else _MARK + self._hex("linkedin", slug, 10)
        return f"{found[1]}{made}{found[3]}"

    def url(self, text: str) -> str:
        """A URL with scheme and host of the real one; what is no URL becomes free text."""
        text = text.strip()
        parts = _split(text)
        if parts is None:
            return self.free_text(text)
        scheme, host, rest = parts
        path = rest.strip("/")
        if not path or _SLUG.fullmatch(path):
            return scheme + host + rest
        return f"{scheme}{host}/{_MARK}{self._hex('url', host.casefold() + rest.rstrip('/'), 10)}"

    # Ids

    def number_id(self, number: int) -> int:
        """An id of as many digits. No two ids get the same one; 0, which identifies nobody, stays."""
        if number.bit_length() > 256:
            return number
        if number <= 0:
            return -self.number_id(-number) if number else 0
        low = int("1".ljust(len(str(number)), "0"))
        high = low * 10 - 1
        low = max([low, *(width + 1 for width in _WIDTHS if width < number)])
        high = min([high, *(width for width in _WIDTHS if width >= number)])
        return low + self._shuffled(number - low, high - low + 1)

    def _shuffled(self, at: int, size: int) -> int:
        """Where a keyed shuffle of 0 to size-1 puts a number: a Feistel network, walked until inside."""
        half = max(1, ((size - 1).bit_length() + 1) // 2)
        mask = (1 << half) - 1
        while True:
            left, right = at >> half, at & mask
            for turn in range(8):
                left, right = right, left ^ (self._draw(f"id-{size}-{turn}", str(right)) & mask)
            at = left << half | right
            if at < size:
                return at

    def text_id(self, text: str) -> str:
        """An id as text: digits stay digits (those ``number_id`` gives), a UUID a UUID."""
        if not text or is_id(text):
            return text
        if _DIGITS.fullmatch(text) and len(text) <= 30:
            zeros = len(text) - len(text.lstrip("0"))
            return text if zeros == len(text) else "0" * zeros + str(self.number_id(int(text)))
        if _UUID.fullmatch(text):
            made = self._hex("uuid", text.casefold(), 32)
            variant = "89ab"[int(made[16], 16) % 4]
            return f"{made[:8]}-{made[8:12]}-4{made[13:16]}-{variant}{made[17:20]}-{made[20:]}"
        return "id-" + self._hex("id", text, 10)

    # Texts

    def free_text(self, text: str) -> str:
        """What stands for a text that may say anything."""
        return text if is_free_text(text) or not text else "redacted-" + self._hex("text", text, 8)

    def within(self, text: str) -> str:
        """A text with the profile URLs, mail addresses, phone numbers and keys in it replaced."""
        text = _ASSIGNED.sub(rf"\1{REDACTED}", text)
        text = _PROFILE_IN_TEXT.sub(lambda found: self.linkedin(_decoded(found[0])), text)
        text = _EMAIL_IN_TEXT.sub(lambda found: self.email(_decoded(found[0])), text)
        return _PHONE_IN_TEXT.sub(
            lambda found: self.phone(found[0]) if _is_number_to_call(found) else found[0], text
        )


# What was made here


def is_word(text: str) -> bool:
    """Whether a word is one of ours, in lower case, in capitals or with one."""
    return text in {text.lower(), text.upper(), text.title()} and bool(_WORD.fullmatch(text.lower()))


def is_name(text: str) -> bool:
    """Whether a name is made of our words (or says that it is withheld)."""
    words = [part for part in _BETWEEN_WORDS.split(text)[::2] if part]
    return all(map(is_word, words)) or text.strip().casefold() == _RESTRICTED


def is_email(text: str) -> bool:
    """Whether an address is on a reserved domain and its mailbox made of our words."""
    local, at, domain = text.removeprefix(_HIDDEN).rpartition("@")
    tokens = [part for part in _BETWEEN_TOKENS.split(local)[::2] if part]
    return bool(at) and domain.endswith(_RESERVED) and all(map(is_word, tokens))


def is_fiction(text: str) -> bool:
    """Whether a number, however it is written, is of a range some country keeps for fiction."""
    return bool(_FICTION.fullmatch(_digits(text)))


def is_linkedin(text: str) -> bool:
    """Whether a profile URL has a slug of ours."""
    found = _PROFILE.fullmatch(text)
    return bool(found and _SLUG.fullmatch(found[2]) and not found[4])


def is_url(text: str) -> bool:
    """Whether the path of a URL, if it has one, is of ours."""
    parts = _split(text)
    return parts is not None and (not parts[2].strip("/") or bool(_SLUG.fullmatch(parts[2].strip("/"))))


def is_id(text: str) -> bool:
    """Whether an id is of ours and neither digits nor a UUID, which cannot be told."""
    return bool(_ID.fullmatch(text))


def is_uuid(text: str) -> bool:
    """Whether a text has the form of a UUID."""
    return bool(_UUID.fullmatch(text))


def is_digits(text: str) -> bool:
    """Whether a text is digits alone, as ids are."""
    return bool(_DIGITS.fullmatch(text))


def is_free_text(text: str) -> bool:
    """Whether a text stands for another."""
    return bool(_FREE.fullmatch(text))


def items(text: str) -> list[str]:
    """The parts of a text with commas or semicolons between them; every other one is what is between."""
    return _BETWEEN_ITEMS.split(text)


def found_within(text: str) -> Iterator[tuple[str, str]]:
    """What is left in a text for ``within`` to replace: its kind and the part."""
    for found in _ASSIGNED.finditer(text):
        if found[2] != REDACTED:
            yield "key", found[2]
    for found in _PROFILE_IN_TEXT.finditer(text):
        if not is_linkedin(_decoded(found[0])):
            yield "linkedin", found[0]
    for found in _EMAIL_IN_TEXT.finditer(text):
        if not is_email(_decoded(found[0])):
            yield "email", found[0]
    for found in _PHONE_IN_TEXT.finditer(text):
        if _is_number_to_call(found) and not is_fiction(found[0]):
            yield "phone", found[0]


_ASSIGNED: Final = re.compile(
    r"((?:api[_\- ]?key|token|secret|password|authorization)[\"']?\s*[:=]\s*[\"']?(?:bearer\s+|basic\s+)?"
    r"|\bbearer\s+(?=[\w.~+/\-]{16}))"
    r"([^\s\"'&<>,;]{4,})",
    re.IGNORECASE,
)
_PROFILE_IN_TEXT: Final = re.compile(
    r"linkedin\.com(?:/|%2f)"
    r"(?:in|pub|sales(?:/|%2f)(?:lead|people))(?:/|%2f)[^\s\"'<>(){}\[\],;\\]*[^\s\"'<>(){}\[\],;\\.!:]",
    re.IGNORECASE,
)
_MAILBOX: Final = r"[^\s@<>()\[\]{},;:\"\\/=?&]"
_EMAIL_IN_TEXT: Final = re.compile(
    rf"(?:\"[^\"\n]{{1,64}}\"|(?<!{_MAILBOX}){_MAILBOX}+)(?:@|%40)[\w\-]+(?:\.[\w\-]+)*\.[\w\-]*[^\W_]",
    re.IGNORECASE,
)
# Numbers in what is no number to call (UUIDs, what we made) are passed over first.
_PHONE_IN_TEXT: Final = re.compile(
    rf"(?P<keep>{_UUID.pattern}|{_SLUG.pattern}|{_FREE.pattern}|{_ID.pattern}|@[\w.\-]+\.(?:example|test)\b)"
    r"|(?<![\w/@%])(?<!\d\.)(?:\+ ?)?\(?\d(?:[ \u00a0\u202f.\u2010-\u2015\-/()]{0,3}\d){7,}(?!\d)",
    re.IGNORECASE,
)
# Dates, spans of years and of head counts: numbers to read, not to call.
_TO_READ: Final = re.compile(
    r"(?<![0-9])(?:(?:19|20)[0-9]{2}([-/.])[01]?[0-9]\1[0-3]?[0-9]"
    r"|[0-3]?[0-9]([-/.])[0-3]?[0-9]\2(?:19|20)[0-9]{2}"
    r"|(?:19|20)[0-9]{2} ?[-/] ?(?:19|20)[0-9]{2}|[1-9][0-9]*1 ?- ?[1-9][0-9]*00)(?![0-9])"
)


def _is_number_to_call(found: re.Match[str]) -> bool:
    if found["keep"]:
        return False
    text = found[0]
    rest = text if text.startswith(("+", "(")) else _TO_READ.sub("", text)
    return len(_digits(rest)) > 7


def _digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(c)) for c in text if c.isdecimal())


def _decoded(text: str) -> str:
    return unquote(text) if "%" in text else text


def _folded(text: str) -> str:
    """Letters and digits of a text without accents, in lower case."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if c.isalnum())
    return plain or text.casefold()


def _reserved(domain: str) -> str | None:
    """The reserved domain that stands for one; None if it has no short plain form."""
    if domain.endswith(_RESERVED):
        return domain
    label = "-".join(re.findall(r"[a-z0-9]+", domain)) if domain.isascii() else ""
    return f"{label}.example" if 0 < len(label) <= 60 else None


def _split(text: str) -> tuple[str, str, str] | None:
    """Scheme (with its slashes, or none), host and the rest of a URL; None if it is no URL."""
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host = parts.hostname or ""
    except ValueError:
        return None
    if not re.fullmatch(r"[a-z0-9\-]+(?:\.[a-z0-9\-]+)+", host):
        return None
    rest = parts._replace(scheme="", netloc="").geturl()
    return (f"{parts.scheme}://" if parts.scheme else ""), host, rest
