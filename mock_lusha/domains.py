"""Domains as callers write them, and the one form in which they are compared.

An internationalised domain has two spellings, ``münchen.de`` and ``xn--mnchen-3ya.de``, and the first of them
many: other cases, decomposed letters, full-width letters and dots. All of them are one domain.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import urlsplit

_KEPT = 2048
"""How many domains' forms are kept: most people of a call are at few companies."""
_MARK = "xn--"
_LONGEST = 253
_SCHEME = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//")
_LABEL = r"[a-z0-9](?:[\w-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}", re.ASCII)
_FULL_STOP = "\N{IDEOGRAPHIC FULL STOP}"
"""What parts labels besides a dot; its other forms are compatible with one of the two."""


@lru_cache(maxsize=_KEPT)
def clean_domain(text: str) -> str | None:
    """The host name in a domain or URL as callers send it, in their spelling; None if there is none."""
    text = text.strip().lower()
    if not text.isascii():
        text = _compatible(text).replace(_FULL_STOP, ".").strip()
    if any(c in text for c in "/:?#"):
        try:
            text = urlsplit(text if _SCHEME.match(text) else f"//{text}").hostname or ""
        except ValueError:
            return None
    text = text.removeprefix("www.").rstrip(".")
    return text if len(text) <= _LONGEST and _DOMAIN.fullmatch(ascii_domain(text)) else None


def ascii_domain(domain: str) -> str:
    """The form of a clean domain in which domains are compared: as the DNS has it (IDNA 2008, UTS 46).

    What IDNA does not allow, a symbol for instance, is put into punycode all the same, as browsers do; what
    is no domain at all is given back as it is.
    """
    if domain.isascii() and _MARK not in domain:
        return domain
    import idna  # noqa: PLC0415 - few domains need it

    try:
        return idna.encode(domain, uts46=True).decode()
    except UnicodeError:
        labels = domain.split(".")
        return ".".join(
            [each if each.isascii() or not _may_be_coded(each) else _coded(each) for each in labels]
        )


def unicode_domain(domain: str) -> str:
    """A domain in the letters of its own script, whichever way it is spelled; what is none as it is."""
    clean = clean_domain(domain)
    if clean is None:
        return domain
    labels = ascii_domain(clean).split(".")
    return ".".join([_decoded(each) if each.startswith(_MARK) else each for each in labels])


def _decoded(label: str) -> str:
    try:
        return label.removeprefix(_MARK).encode().decode("punycode")
    except UnicodeError:
        return label


def _may_be_coded(label: str) -> bool:
    return label.isprintable() and "\N{REPLACEMENT CHARACTER}" not in label


def _coded(label: str) -> str:
    return _MARK + label.encode("punycode").decode()


def mail_form(address: str) -> str:
    """An email address in the form in which addresses are compared."""
    address = address.strip().lower()
    if address.isascii() and _MARK not in address:
        return address
    local, at, host = address.rpartition("@")
    domain = clean_domain(host)
    return address if domain is None else f"{local}{at}{ascii_domain(domain)}"


def _compatible(text: str) -> str:
    # Lower case may take letters apart, and what is composed anew may have a lower case.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())
