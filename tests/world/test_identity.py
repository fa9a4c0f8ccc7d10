"""Identifiers as callers write them, and the one form they are brought to."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_lusha.domains import clean_domain
from mock_lusha.world.entities import PersonKey
from mock_lusha.world.identity import (
    Mailbox,
    ascii_form,
    company_domain,
    fold,
    identity_domain,
    key_in_handle,
    name_in_slug,
    own_handle,
    parse_email,
    parse_linkedin,
    parse_linkedin_company,
    readable_name,
    slug,
    unfold,
)

SCRIPTS = "abzàéßøłđ'- ABZÅабвгдЯЖαβγΩ漢字山田김철수אבגدنمさくらカタナÇñ0189’._"
NAMES = st.text(alphabet=SCRIPTS, min_size=1, max_size=24) | st.text(min_size=1, max_size=24)
FOLDED = NAMES.map(fold).filter(bool)
LABELS = st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)
DOMAINS = st.lists(LABELS, min_size=2, max_size=4).map(".".join)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Jane Doe", "jane-doe"),
        ("  JANE   doe ", "jane-doe"),
        ("Jane_Doe", "jane-doe"),
        ("jane.doe", "jane-doe"),
        ("José Núñez", "jose-nunez"),
        ("Jose\u0301 Nun\u0303ez", "jose-nunez"),
        ("O'Brien", "obrien"),
        ("O’Brien", "obrien"),
        ("Müller-Straße", "muller-strasse"),
        ("Łukasz Øster", "lukasz-oster"),
        ("Đorđe Þór Ælfric", "dorde-thor-aelfric"),
        ("IŞIK ışık", "isik-isik"),
        ("ＡＣＭＥ", "acme"),
        ("Acme & Sons, Ltd.", "acme-sons-ltd"),
        ("Иван Петров", "иван-петров"),
        ("山田 太郎", "山田-太郎"),
        ("مُحَمَّد", "محمد"),
        ("Jane ❤️ Doe", "jane-doe"),
        ("---", ""),
        ("🙂", ""),
        ("", ""),
    ],
)
def test_a_name_is_folded_to_one_form(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("name", ["अमित शाह", "สมชาย ใจดี", "မောင် မောင်", "محمد علي", "김 철수"])
def test_a_word_of_any_script_stays_one_word(name: str) -> None:
    assert len(fold(name).split("-")) == 2


@pytest.mark.parametrize(
    ("one", "other"), [("राम", "रमा"), ("अमित", "अमीत"), ("がく", "かく"), ("ชัย", "ชาย"), ("Иван", "Ивам")]
)
def test_different_names_of_a_script_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@settings(deadline=None)
@given(NAMES)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@settings(deadline=None)
@given(FOLDED)
def test_what_is_folded_survives_its_ascii_form(folded: str) -> None:
    form = ascii_form(folded)

    assert form.isascii()
    assert unfold(form) == folded
    assert unfold(form.upper()) == folded


@settings(deadline=None)
@given(st.text(max_size=40) | st.text(max_size=40).map(lambda text: f"xn--{text}"))
def test_any_text_can_be_unfolded(text: str) -> None:
    assert fold(unfold(text)) == unfold(text)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_a_slug_is_a_host_label(text: str) -> None:
    label = slug(text)

    assert 0 < len(label) <= 60
    assert label.isascii()
    assert label == label.lower()
    assert clean_domain(f"{label}.example") == f"{label}.example"


def test_long_names_that_begin_alike_get_different_slugs() -> None:
    beginning = "the very long established company of merchants and makers in the city of "

    assert slug(f"{beginning}York") != slug(f"{beginning}Bath")


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("Acme Rockets", "acme-rockets.example"),
        ("ACME  ROCKETS!", "acme-rockets.example"),
        ("acme.com", "acme-com.example"),
        ("Café Zoë", "cafe-zoe.example"),
        ("", None),
        ("  ", None),
        ("&!", None),
    ],
)
def test_a_company_name_stands_for_a_domain(name: str, domain: str | None) -> None:
    assert company_domain(name) == domain


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("acme.com", "acme.com"),
        (" ACME.com ", "acme.com"),
        ("www.acme.com", "acme.com"),
        ("WWW.acme.com", "acme.com"),
        ("acme.com.", "acme.com"),
        ("http://acme.com", "acme.com"),
        ("https://www.acme.com/about?x=1#top", "acme.com"),
        ("https://user:secret@acme.com/", "acme.com"),
        ("acme.com/about", "acme.com"),
        ("//acme.com", "acme.com"),
        ("acme.com//about", "acme.com"),
        ("http://acme.com:8080/path", "acme.com"),
        ("acme.com:8080", "acme.com"),
        ("acme.com?utm=1", "acme.com"),
        ("shop.acme.co.uk", "shop.acme.co.uk"),
        ("xn--bcher-kva.de", "xn--bcher-kva.de"),
        ("bücher.de", "bücher.de"),
        ("", None),
        ("   ", None),
        ("acme", None),
        ("acme com", None),
        ("acme..com", None),
        (".acme.com", None),
        ("-acme.com", None),
        ("acme-.com", None),
        ("http://", None),
        ("http://[::1", None),
        ("https:///path", None),
        ("acme.com\nother.com", None),
        ("a" * 64 + ".com", None),
        ("a." * 127 + "com", None),
        ("!!!.com", None),
    ],
)
def test_a_domain_is_read_as_callers_write_it(text: str, domain: str | None) -> None:
    assert clean_domain(text) == domain


@settings(deadline=None)
@given(st.text(max_size=80))
def test_reading_a_domain_never_fails_and_is_final(text: str) -> None:
    domain = clean_domain(text)

    assert domain is None or clean_domain(domain) in {domain, domain.removeprefix("www.")}


@pytest.mark.parametrize(
    ("domain", "identity"),
    [
        ("acme.com", "acme-com.example"),
        ("shop.acme.co.uk", "shop-acme-co-uk.example"),
        ("acme.example", "acme.example"),
        ("mail.acme.example", "acme.example"),
        ("acme.test", "acme.test"),
        ("eu.mail.acme.test", "acme.test"),
        ("bücher.de", "xn-bcher-kva-de.example"),
        ("xn--bcher-kva.de", "xn-bcher-kva-de.example"),
        ("bucher.de", "bucher-de.example"),
        ("xn--bcher-kva.example", "bucher.example"),
        ("bücher.example", "bucher.example"),
        ("xn--80aa3agjl3d.example", "xn--80aa3agjl3d.example"),
    ],
)
def test_every_domain_stands_for_a_reserved_one(domain: str, identity: str) -> None:
    assert identity_domain(domain) == identity


@settings(deadline=None)
@given(DOMAINS | DOMAINS.map(lambda domain: f"{domain}.example") | DOMAINS.map(lambda d: f"{d}.test"))
def test_the_reserved_domain_of_a_reserved_domain_is_itself(domain: str) -> None:
    identity = identity_domain(domain)

    assert identity_domain(identity) == identity
    assert identity.endswith((".example", ".test"))
    assert identity.count(".") == 1


def test_a_company_and_its_domain_as_its_name_are_one() -> None:
    assert company_domain("acme.com") == identity_domain("acme.com")


@pytest.mark.parametrize(
    ("domain", "name"),
    [
        ("acme-rockets-com.example", "Acme Rockets"),
        ("acme-co-uk.example", "Acme"),
        ("acme.example", "Acme"),
        ("acme-works.test", "Acme Works"),
        ("com.example", "Com"),
    ],
)
def test_a_domain_tells_a_company_name(domain: str, name: str) -> None:
    assert readable_name(domain) == name


def test_a_domain_of_another_script_tells_its_name() -> None:
    domain = company_domain("ромашка")

    assert domain is not None
    assert domain.isascii()
    assert readable_name(domain) == "Ромашка"


@pytest.mark.parametrize(
    ("text", "mailbox"),
    [
        ("jane.doe@acme.com", Mailbox("jane-doe", "acme.com", "")),
        (" Jane.Doe@ACME.com ", Mailbox("jane-doe", "acme.com", "")),
        ("jane_doe@acme.com", Mailbox("jane-doe", "acme.com", "")),
        ("jane+News@acme.com", Mailbox("jane", "acme.com", "news")),
        ("o'brien@acme.com", Mailbox("obrien", "acme.com", "")),
        ("jane@mail.acme.co.uk", Mailbox("jane", "mail.acme.co.uk", "")),
        ("josé@acme.com", Mailbox("jose", "acme.com", "")),
        ("jane42@acme.com", Mailbox("jane42", "acme.com", "")),
        ("", None),
        ("jane", None),
        ("@acme.com", None),
        ("jane@", None),
        ("jane@acme", None),
        ("jane@acme..com", None),
        ("jane@acme.com/x", None),
        ("jane@http://acme.com", None),
        ("jane doe@acme.com", None),
        ("jane@doe@acme.com", None),
        ("<jane@acme.com>", None),
        ("Jane <jane@acme.com>", None),
        ("jane@acme.com,bo@acme.com", None),
        ("+tag@acme.com", None),
        ("..@acme.com", None),
        ("a" * 65 + "@acme.com", None),
    ],
)
def test_an_email_is_taken_apart(text: str, mailbox: Mailbox | None) -> None:
    assert parse_email(text) == mailbox


@pytest.mark.parametrize(
    ("text", "private"),
    [
        ("jane@gmail.com", True),
        ("jane@inbox.example", True),
        ("jane@postbox.test", True),
        ("jane@acme.com", False),
        ("jane@acme.example", False),
    ],
)
def test_a_mailbox_host_tells_private_from_work(text: str, private: bool) -> None:
    mailbox = parse_email(text)

    assert mailbox is not None
    assert mailbox.private is private


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://www.linkedin.com/in/jane-doe", "jane-doe"),
        ("https://www.linkedin.com/in/Jane-Doe/", "jane-doe"),
        ("http://linkedin.com/in/jane-doe?trk=x#top", "jane-doe"),
        ("linkedin.com/in/jane-doe", "jane-doe"),
        (" uk.linkedin.com/in/jane-doe/en ", "jane-doe"),
        ("HTTPS://WWW.LINKEDIN.COM/in/jane-doe", "jane-doe"),
        ("https://www.linkedin.com/in/jos%C3%A9-n", "josé-n"),
        ("https://www.linkedin.com/pub/jane-doe/1/2/3", "jane-doe"),
        ("https://www.linkedin.com/sales/lead/ACwAAB,NAME", "acwaab,name"),
        ("https://www.linkedin.com/sales/lead", None),
        ("https://www.linkedin.com/in/", None),
        ("https://www.linkedin.com/in/%20", None),
        ("https://www.linkedin.com/company/acme", None),
        ("https://www.linkedin.com", None),
        ("https://linkedin.com.evil.example/in/jane", None),
        ("https://notlinkedin.com/in/jane", None),
        ("https://acme.com/in/jane", None),
        ("jane-doe", None),
        ("in/jane-doe", None),
        ("https://[/in/jane", None),
        ("", None),
    ],
)
def test_a_linkedin_url_tells_its_slug(text: str, found: str | None) -> None:
    assert parse_linkedin(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://www.linkedin.com/company/Acme-Works/about", "acme-works"),
        ("linkedin.com/company/acme?trk=x#top", "acme"),
        ("https://www.linkedin.com/company/caf%C3%A9", "café"),
        ("https://www.linkedin.com/company/ac%00me", None),
        ("https://www.linkedin.com/company/%20", None),
        ("https://www.linkedin.com/company", None),
        ("https://www.linkedin.com/in/jane-doe", None),
        ("https://linkedin.com.evil.example/company/acme", None),
        ("https://[/company/acme", None),
        ("", None),
    ],
)
def test_the_url_of_a_linkedin_page_tells_its_slug(text: str, found: str | None) -> None:
    assert parse_linkedin_company(text) == found


@pytest.mark.parametrize(
    ("found", "name"),
    [
        ("jane-doe", "jane-doe"),
        ("jane-van-doe", "jane-van-doe"),
        ("jane-doe-4b2a19", "jane-doe"),
        ("josé-núñez", "jose-nunez"),
        ("janedoe", ""),
        ("jane-4b2a19", ""),
        ("jane2-doe", ""),
        ("12345", ""),
    ],
)
def test_a_slug_tells_a_name_where_it_is_sure(found: str, name: str) -> None:
    assert name_in_slug(found) == name


@settings(deadline=None)
@given(FOLDED, st.one_of(DOMAINS, DOMAINS.map(lambda d: f"{d}.test"), NAMES.map(company_domain)))
def test_a_handle_is_read_back(name: str, domain: str | None) -> None:
    key = PersonKey(name, identity_domain(domain or "acme.example"))

    assert own_handle(key).isascii()
    assert key_in_handle(own_handle(key)) == key


@pytest.mark.parametrize("handle", ["", "jane-doe", "--at--acme", "jane--at--", "…--at--acme"])
def test_what_is_no_handle_is_nobody(handle: str) -> None:
    assert key_in_handle(handle) is None
