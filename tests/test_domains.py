"""Internationalised domains: many spellings, one domain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.domains import ascii_domain, clean_domain, mail_form, unicode_domain
from mock_lusha.scenario.identifiers import spelled
from mock_lusha.world.identity import identity_domain, readable_name

SPELLINGS = {
    "münchen.de": (
        "münchen.de", "MÜNCHEN.DE", "münchen.de.", "mu\u0308nchen.de", "xn--mnchen-3ya.de",
        "XN--MNCHEN-3YA.de", "münchen。de", "münchen．de", "ｍüｎｃｈｅｎ.de",
        "https://www.münchen.de/rathaus", "www.xn--mnchen-3ya.de",
    ),
    "日本語.jp": ("日本語.jp", "日本語。jp", "xn--wgv71a119e.jp"),
    "हिन्दी.com": ("हिन्दी.com", "xn--j2bd4cyah0f.com"),
    "straße.de": ("straße.de", "STRAẞE.de", "xn--strae-oqa.de"),
    "☃.net": ("☃.net", "xn--n3h.net"),
    "acme.com": ("acme.com", "ａｃｍｅ．ｃｏｍ", "acme。com"),
}  # fmt: skip
ALL = [(name, text) for name, texts in SPELLINGS.items() for text in texts]


@pytest.mark.parametrize(("name", "text"), ALL)
def test_all_spellings_are_one_domain(name: str, text: str) -> None:
    clean = clean_domain(text)

    assert clean is not None
    assert ascii_domain(clean) == ascii_domain(name)
    assert identity_domain(clean) == identity_domain(name)
    assert unicode_domain(text) == name
    assert mail_form(f"Ada@{text}") == mail_form(f"ada@{name}") or "/" in text


def test_domains_that_differ_in_an_accent_are_two() -> None:
    identities = {
        identity_domain(name)
        for name in ("münchen.de", "munchen.de", "muenchen.de", "straße.de", "strasse.de")
    }

    assert len(identities) == 5


def test_under_a_reserved_ending_accents_never_matter() -> None:
    spelt = ("münchen.example", "xn--mnchen-3ya.example", "munchen.example", "mail.MÜNCHEN.example")

    assert {identity_domain(clean_domain(each) or "") for each in spelt} == {"munchen.example"}


@pytest.mark.parametrize(
    "text",
    [
        "xn--.de", "xn--a.de", "xn--zzzzzzz99.de", "xn--99999999999.example", "xn--ü.de", "ü" * 70 + ".de",
        "xn--" + "a" * 250, "ü..de", ".ü", "-ü.de-", "a\u200db.com", "ü\ufffd.de", "℀.com", "\ud800.de",
        "٫.٫", "xn--a-ecp.ru", "xn--xn---epa.de", "ü\u2028.de",
    ],
)  # fmt: skip
def test_what_is_malformed_is_no_domain_or_itself_and_never_fails(text: str) -> None:
    clean = clean_domain(text)

    unicode_domain(text)
    mail_form(f"ada@{text}")
    list(spelled(domain=text, email=f"ada@{text}"))
    if clean is not None:
        identity = identity_domain(clean)
        assert identity_domain(identity) == identity
        assert readable_name(identity)


@given(st.text(st.characters(codec="utf-8"), max_size=30), st.sampled_from(["", "xn--"]))
def test_any_text_can_be_compared(text: str, mark: str) -> None:
    sent = f"{mark}{text}.de"
    clean = clean_domain(sent)

    unicode_domain(sent)
    if clean is not None:
        coded = ascii_domain(clean)
        assert coded.isascii()
        assert ascii_domain(coded) == coded
        assert readable_name(identity_domain(clean))


def test_a_word_is_spelled_by_a_domain_in_either_form() -> None:
    assert set(spelled(domain="xn--mnchen-3ya.example")) == {"münchen"}
    assert set(spelled(domain="münchen．example")) == {"münchen"}
    assert set(spelled(email="ada@xn--mnchen-3ya.test")) == {"ada", "münchen"}
    assert set(spelled(domain="nobody。example")) == {"nobody"}
