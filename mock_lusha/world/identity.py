"""Who is meant: identifiers as callers write them, brought to one form.

A person is a folded full name at an identity domain; a company is its identity domain. Identity domains
end in a reserved name: ``acme.com`` and the company named "acme.com" are both ``acme-com.example``.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from mock_lusha.domains import ascii_domain, clean_domain
from mock_lusha.world.entities import PersonKey

if TYPE_CHECKING:
    from collections.abc import Mapping

LINKEDIN_MARK = "mock-lusha-"
"""Every LinkedIn slug made here begins with it, so that it names nobody's profile."""
PRIVATE_MAIL = ("inbox.example", "postbox.test")
"""Where private mailboxes made here are."""
FREE_MAIL = frozenset(
    {
        "gmail.com", "googlemail.com", "yahoo.com", "yahoo.co.uk", "outlook.com", "hotmail.com", "live.com",
        "msn.com", "icloud.com", "me.com", "aol.com", "gmx.de", "gmx.net", "web.de", "mail.com", "proton.me",
        "protonmail.com", "fastmail.com", "yandex.com", "qq.com", "163.com", "orange.fr", "free.fr",
        "libero.it", "t-online.de",
    }
)  # fmt: skip
_CACHE_SIZE = 2048
"""How many domains' forms are kept: most people of a call are at few companies."""
_RESERVED = (".example", ".test")
_EMAIL_LOCAL = re.compile(r"[^\s\x00-\x1f\x7f-\x9f@<>()\[\],;:\"\\]{1,64}")
_LINKEDIN_HOST = re.compile(r"(?:[a-z0-9-]+\.)?linkedin\.com")
# Which step of the path of a profile or of a page is the slug, by the first step.
_PROFILE_STEPS: Mapping[str, int] = {"in": 1, "pub": 1, "sales": 2}
_COMPANY_STEPS: Mapping[str, int] = {"company": 1}
# Endings by which a made-up identity domain still shows the public one it stands for.
_PUBLIC_ENDINGS = re.compile(
    r"-(?:com|org|net|io|co|ai|dev|app|tech|biz|info|eu|us|uk|de|fr|it|es|nl|se|no|dk|fi|pl|ch|at|be|ie|pt|"
    r"ca|au|nz|in|jp|cn|br|mx|za|il|co-uk|com-au|co-nz|co-za|co-jp|com-br|co-in|co-il|com-mx)$"
)


def fold(text: str) -> str:
    """Words of a name in one form: no accents, lower case, joined by hyphens; '' if nothing is left.

    Scripts that have no Latin form are kept as they are.
    """
    if text.isascii():
        return "-".join(_WORDS(text.lower().replace("'", "")))
    letters: list[str] = []
    accented = False
    for c in unicodedata.normalize("NFKD", text).casefold():
        if unicodedata.combining(c):
            # An accent or an optional vowel; in scripts further east such marks tell letters apart.
            if not accented:
                letters.append(c)
            continue
        if c in "'’" or "\N{VARIATION SELECTOR-1}" <= c <= "\N{VARIATION SELECTOR-16}":
            continue
        accented = ord(c) < _ACCENTED
        letters.append(c if unicodedata.category(c)[0] in "LNM" else " ")
    plain = unicodedata.normalize("NFC", "".join(letters).translate(_LETTERS))
    return "-".join(plain.split())


_ACCENTED = 0x0700  # Latin, Greek, Cyrillic, Armenian, Hebrew and Arabic lie below
_WORDS = re.compile(r"[^\W_]+").findall
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i"})


def ascii_form(folded: str) -> str:
    """A folded text in ASCII, as internationalised host names are: ``xn--`` and punycode. See ``unfold``."""
    return folded if folded.isascii() else "xn--" + folded.encode("punycode").decode()


def unfold(text: str) -> str:
    """The folded text that ``ascii_form`` was given; anything else is folded."""
    text = text.lower()
    if text.startswith("xn--"):
        try:
            return fold(text[4:].encode().decode("punycode"))
        except UnicodeError:
            pass
    return fold(text)


def slug(text: str) -> str:
    """A folded text as it may stand as a host label: ASCII, at most 60 characters, never empty."""
    label = ascii_form(fold(text))
    if 0 < len(label) <= 60:
        return label
    return "x-" + blake2b(label.encode("utf-8", "surrogatepass"), digest_size=5).hexdigest()


def company_domain(name: str) -> str | None:
    """The identity domain of a company known by name only; None for a blank name."""
    return f"{slug(name)}.example" if fold(name) else None


@lru_cache(maxsize=_CACHE_SIZE)
def identity_domain(domain: str) -> str:
    """The reserved domain a clean domain stands for, whatever its spelling.

    Under a reserved ending a label is a name, whose accents never matter; elsewhere domains that differ in an
    accent are two.
    """
    if domain.endswith(_RESERVED):
        label, ending = domain.split(".")[-2:]
        return f"{slug(unfold(label))}.{ending}"
    return f"{slug(ascii_domain(domain))}.example"


def readable_name(domain: str) -> str:
    """A company name from an identity domain: ``acme-rockets-com.example`` is Acme Rockets."""
    label = domain.rsplit(".", 1)[0]
    if label.startswith("xn--"):
        return titled(unfold(label))
    shorter = _PUBLIC_ENDINGS.sub("", label) or label
    if shorter.startswith("xn-"):
        # A foreign domain in the form in which it is compared: its hyphens are single here.
        shorter = unfold(f"xn--{shorter.removeprefix('xn-').partition('-xn-')[0]}") or shorter
    return titled(shorter)


def titled(folded: str) -> str:
    """A folded name with capitals: ``ann-lee`` is Ann Lee."""
    if "-" not in folded:
        return folded[:1].upper() + folded[1:]
    return " ".join([word[:1].upper() + word[1:] for word in folded.split("-")])


class Mailbox(NamedTuple):
    """An email address taken apart: folded ``name``, clean ``domain``, ``tag`` behind a plus sign."""

    name: str
    domain: str
    tag: str

    @property
    def private(self) -> bool:
        """Whether the host gives mailboxes to everybody."""
        return self.domain in PRIVATE_MAIL or self.domain in FREE_MAIL


def parse_email(text: str) -> Mailbox | None:
    """An address taken apart; None if it is not well formed."""
    local, at, host = text.strip().rpartition("@")
    domain = clean_domain(host)
    if not at or domain is None or "/" in host or not _EMAIL_LOCAL.fullmatch(local):
        return None
    head, _, tag = local.partition("+")
    name = unfold(head)
    return Mailbox(name, domain, tag.lower()) if name else None


def parse_linkedin(text: str) -> str | None:
    """The slug of a LinkedIn profile URL, lower case; None if it is not one."""
    return _slug(text, _PROFILE_STEPS)


def parse_linkedin_company(text: str) -> str | None:
    """The slug of the URL of a company's LinkedIn page, lower case; None if it is not one."""
    return _slug(text, _COMPANY_STEPS)


def _slug(text: str, slug_steps: Mapping[str, int]) -> str | None:
    """The step of a LinkedIn URL at which its first step says that the slug is."""
    text = text.strip()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = parts.hostname or ""
    except ValueError:
        return None
    steps = [unquote(step) for step in parts.path.split("/") if step]
    at = slug_steps.get(steps[0]) if steps else None
    if not _LINKEDIN_HOST.fullmatch(host) or at is None or len(steps) <= at:
        return None
    slug = steps[at].strip().lower()
    return slug if slug and slug.isprintable() else None


def name_in_slug(profile: str) -> str:
    """The folded full name a LinkedIn slug spells, '' if it spells none.

    ``jane-doe-4b2a19`` spells jane-doe; ``janedoe`` spells nothing that is sure.
    """
    words = unfold(profile).split("-")
    if len(words) > 2 and any(c.isdigit() for c in words[-1]):
        words.pop()
    return "-".join(words) if len(words) > 1 and all(word.isalpha() for word in words) else ""


def own_handle(key: PersonKey) -> str:
    """How profile URLs of a person outside the directory end; ``key_in_handle`` reads it back."""
    return f"{ascii_form(key.name)}--at--{domain_label(key.domain)}"


@lru_cache(maxsize=_CACHE_SIZE)
def domain_label(domain: str) -> str:
    """An identity domain in one word, as handles and private mailboxes have it."""
    return domain.removesuffix(".example").replace(".test", "_test")


def key_in_handle(handle: str) -> PersonKey | None:
    """The person an ``own_handle`` stands for."""
    name, at, label = handle.rpartition("--at--")
    if not at or not unfold(name) or not label:
        return None
    domain = label.removesuffix("_test") + (".test" if label.endswith("_test") else ".example")
    return PersonKey(unfold(name), identity_domain(domain))
