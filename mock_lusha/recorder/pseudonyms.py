"""Pseudonyms: invented values that follow from a key and the real ones, and can be told apart from them.

What is made here reaches nobody: mail goes to reserved domains, phones are of the range kept for fiction.
Names are words of three syllables and an x.
"""

from __future__ import annotations

import hmac
import re
from itertools import count
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from mock_lusha.recorder.made import (
    ASSIGNED,
    BETWEEN_TOKENS,
    BETWEEN_WORDS,
    CONSONANTS,
    DIGITS,
    DOMAIN,
    EMAIL_IN_TEXT,
    FICTION,
    HIDDEN,
    MARK,
    OUR_DOMAIN,
    PHONE_IN_TEXT,
    PROFILE,
    PROFILE_IN_TEXT,
    REDACTED,
    RESTRICTED,
    SLUG,
    TOKEN,
    UUID,
    VOWELS,
    decoded,
    digits_of,
    is_free_text,
    is_id,
    is_number_to_call,
    is_public,
    is_word,
    letters,
    rounded,
    split_url,
)
from mock_lusha.recorder.prose import SHORTEST, is_prose, prose

if TYPE_CHECKING:
    from collections.abc import Iterator

RULES: Final = 2
"""The version of the rules of redaction; what others redacted need not match what is redacted today."""
_SYLLABLES: Final = tuple(consonant + vowel for consonant in CONSONANTS for vowel in VOWELS)
_LONGEST_SHORT: Final = 60
# Ids are drawn among those of the same digits and, at these sizes, of the same width in a client's types.
_WIDTHS: Final = (2**31 - 1, 2**53 - 1, 2**63 - 1, 2**64 - 1)


class Pseudonyms:
    """Values in place of real ones: the same ones whenever the key is the same.

    ``rules`` is the version of the rules: what a cassette of older ones is looked up by is made as it was.
    """

    def __init__(self, key: bytes, rules: int = RULES) -> None:
        self._key = key
        self._rules = rules

    def _draw(self, kind: str, text: str) -> int:
        """256 bits that follow from the key and a text."""
        message = f"{kind}\x1f{text}".encode("utf-8", "surrogatepass")
        return int.from_bytes(hmac.digest(self._key, message, "sha256"), "big")

    def _hex(self, kind: str, text: str, digits: int) -> str:
        return f"{self._draw(kind, text):064x}"[:digits]

    def fingerprint(self) -> str:
        """8 hex digits that follow from the key and do not reveal it."""
        return self._hex("fingerprint", "", 8)

    # Names

    def word(self, text: str) -> str:
        """An invented word for one word of a name, with its capitals: ``Jane`` is, say, Lomitax."""
        if is_word(text):
            return text
        number = self._draw("word", letters(text))
        pseudonym = ""
        for _ in range(3):
            number, at = divmod(number, len(_SYLLABLES))
            pseudonym += _SYLLABLES[at]
        pseudonym += "x"
        if len(text) > 1 and text.isupper():
            return pseudonym.upper()
        return pseudonym.title() if text[:1].isupper() else pseudonym

    def name(self, text: str) -> str:
        """A name word by word, so that first, last and full names agree."""
        if text.strip().casefold() == RESTRICTED:
            return text
        return "".join(
            part if at % 2 or not part else self.word(part)
            for at, part in enumerate(BETWEEN_WORDS.split(text))
        )

    # Ways to reach somebody

    def email(self, text: str) -> str:
        """An address on a reserved domain, made of the words of the names in its mailbox.

        One domain becomes one domain: it may be a person's own, and reveal a name. What is not an address
        becomes free text.
        """
        text = text.strip()
        prefix = HIDDEN if text.startswith(HIDDEN) else ""
        local, at, domain = text.removeprefix(prefix).rpartition("@")
        if not at or not DOMAIN.fullmatch(domain) or not (local or prefix):
            return self.free_text(text)
        tokens = BETWEEN_TOKENS.split(local)
        mailbox = "".join(
            part if index % 2 or not part else self.word(part.lower()) for index, part in enumerate(tokens)
        )
        return f"{prefix}{mailbox}@{self._mail_domain(domain.casefold(), tokens[::2])}"

    def _mail_domain(self, domain: str, mailbox: list[str]) -> str:
        if self._rules > 1:
            return self.domain(domain)
        domain_letters = letters(domain)
        own = any(
            len(word) > 2 and word in domain_letters for word in map(letters, mailbox) if not is_word(word)
        )
        if domain.endswith((".example", ".test")):
            return domain
        if own:
            return f"redacted-{self._hex('domain', domain, 8)}.example"
        label = "-".join(re.findall(r"[a-z0-9]+", domain)) if domain.isascii() else ""
        return f"{label}.example" if 0 < len(label) <= 60 else self.domain(domain)

    def domain(self, domain: str) -> str:
        """A reserved domain in place of one; ``acme.com`` and ``acme-com.example`` get the same."""
        domain = domain.casefold().rstrip(".")
        if OUR_DOMAIN.fullmatch(domain):
            return domain
        label = "-".join(re.findall(r"\w+", domain.removesuffix(".example")))
        return f"x-{self._hex('domain', label, 10)}.example"

    def phone(self, text: str) -> str:
        """An E.164 number of the range for fiction in North America; spellings of one number agree."""
        digits = "" if is_free_text(text) else digits_of(text)
        if not digits:
            return self.free_text(text)
        fiction = FICTION.fullmatch(digits)
        if fiction:
            return f"+1{fiction[1]}"
        number, line = divmod(self._draw("phone", digits), 100)
        number, area = divmod(number, 100)
        return f"+1{2 + number % 8}{area:02d}55501{line:02d}"

    def linkedin(self, text: str) -> str:
        """A profile URL of the same form with an invented slug; other URLs as ``url`` has them."""
        text = text.strip()
        match = PROFILE.fullmatch(text)
        if not match:
            return self.url(text)
        slug = unquote(match[2]).strip().casefold()
        pseudonym = slug if SLUG.fullmatch(slug) else MARK + self._hex("linkedin", slug, 10)
        return f"{match[1]}{pseudonym}{match[3]}"

    def url(self, text: str) -> str:
        """A URL of the same scheme; the host stays if it is one that anybody may use. What is not a URL
        becomes free text: ``jane.doe`` is a handle, not a host."""
        text = text.strip()
        parts = split_url(text)
        if parts is None or not (parts[0] or is_public(parts[1])):
            return self.free_text(text)
        scheme, host, rest = parts
        return self._at_host(scheme, host if is_public(host) else self.domain(host), host, rest)

    def site(self, text: str) -> str:
        """A company's site, with scheme and host of the real one."""
        text = text.strip()
        parts = split_url(text)
        if parts is None:
            return self.free_text(text)
        scheme, host, rest = parts
        return self._at_host(scheme, host, host, rest)

    def _at_host(self, scheme: str, new_host: str, host: str, rest: str) -> str:
        path = rest.strip("/")
        if not path:
            return scheme + new_host + rest
        slug = path if SLUG.fullmatch(path) else MARK + self._hex("url", host + rest.rstrip("/"), 10)
        return f"{scheme}{new_host}/{slug}"

    # Ids

    def number_id(self, number: int) -> int:
        """An id of as many digits. No two ids get the same one; 0, which does not identify anybody, stays."""
        if number.bit_length() > 256:
            return number
        if number <= 0:
            return -self.number_id(-number) if number else 0
        low = int("1".ljust(len(str(number)), "0"))
        high = low * 10 - 1
        low = max([low, *(width + 1 for width in _WIDTHS if width < number)])
        high = min([high, *(width for width in _WIDTHS if width >= number)])
        return low + self._shuffle(number - low, high - low + 1)

    def _shuffle(self, at: int, size: int) -> int:
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
        """An id as text: digits stay digits (those ``number_id`` gives), a UUID a UUID, a token of v3 a token
        of the same length."""
        if not text or is_id(text):
            return text
        if DIGITS.fullmatch(text) and len(text) <= 30:
            zeros = len(text) - len(text.lstrip("0"))
            return text if zeros == len(text) else "0" * zeros + str(self.number_id(int(text)))
        if UUID.fullmatch(text):
            digits = self._hex("uuid", text.casefold(), 32)
            variant = "89ab"[int(digits[16], 16) % 4]
            end = f"6d6f636b{digits[28:]}" if self._rules > 1 else digits[20:]
            return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{end}"
        token = TOKEN.fullmatch(text)
        if token:
            return token[1] + MARK + self._hex("token", text, min(64, max(10, len(token[2]) - len(MARK))))
        return "id-" + self._hex("id", text, 10)

    # Texts

    def free_text(self, text: str) -> str:
        """What stands for a text that may say anything: a word for a short one, made-up prose for others."""
        if len(text) > _LONGEST_SHORT and self._rules > 1:
            return self.prose(text)
        return text if is_free_text(text) or not text else "redacted-" + self._hex("text", text, 8)

    def prose(self, text: str) -> str:
        """Made-up prose of like length; a text that is too short for that becomes free text."""
        if is_prose(text):
            return text
        if len(text) < SHORTEST or self._rules == 1:
            return text if is_free_text(text) or not text else "redacted-" + self._hex("text", text, 8)
        return prose(len(text), self._draws(text))

    def _draws(self, text: str) -> Iterator[int]:
        """Numbers up to 127 that follow from the key and a text, without end."""
        seed = self._hex("prose", text, 32)
        for turn in count():
            number = self._draw("prose", f"{turn} {seed}")
            for _ in range(36):
                number, draw = divmod(number, 128)
                yield draw

    def number(self, number: float) -> float:
        """A round number of as many digits in place of one that may be anything."""
        return rounded(number)

    def within(self, text: str) -> str:
        """A text with the profile URLs, mail addresses, phone numbers and keys in it replaced."""
        text = ASSIGNED.sub(rf"\1{REDACTED}", text)
        text = PROFILE_IN_TEXT.sub(lambda match: self.linkedin(decoded(match[0])), text)
        text = EMAIL_IN_TEXT.sub(lambda match: self.email(decoded(match[0])), text)
        return PHONE_IN_TEXT.sub(
            lambda match: self.phone(match[0]) if is_number_to_call(match) else match[0], text
        )
