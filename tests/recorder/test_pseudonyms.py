"""Pseudonyms: the same for the same, of the same form, nobody's, and recognisable."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.recorder import made as forms
from mock_lusha.recorder.made import found_within
from mock_lusha.recorder.prose import is_prose
from mock_lusha.recorder.pseudonyms import Pseudonyms

if TYPE_CHECKING:
    from collections.abc import Callable

PHONE = re.compile(r"\+1[2-9][0-9]{2}55501[0-9]{2}")
MADE = Pseudonyms(b"a key of the tests")
OTHER = Pseudonyms(b"another key")
TEXTS = st.text(max_size=40) | st.from_regex(
    re.compile(
        r"[a-z .@+\-_/']{0,20}(?:@|linkedin\.com/in/|\+1 415 |https://x\.com/)[a-z0-9.\-/ ]{0,20}", re.A
    ),
    fullmatch=True,
)
WORDS = st.text(st.characters(categories=["L"]), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        pytest.param("Jane", r"[A-Z][a-z]{5}x", id="a capital"),
        pytest.param("JANE", r"[A-Z]{6}X", id="capitals"),
        pytest.param("jane", r"[a-z]{6}x", id="lower case"),
        pytest.param("J", r"[A-Z][a-z]{5}x", id="an initial"),
        pytest.param("李", r"[a-z]{6}x", id="a script without case"),
    ],
)
def test_a_word_keeps_its_capitals(text: str, form: str) -> None:
    assert re.fullmatch(form, MADE.word(text))
    assert forms.is_word(MADE.word(text))


def test_first_last_and_full_names_and_mail_addresses_agree() -> None:
    first, last = MADE.name("Jane"), MADE.name("Doe")

    assert MADE.name("Jane Doe") == f"{first} {last}"
    assert MADE.name("jane-doe") == f"{first}-{last}".lower()
    assert MADE.name("Jane O'Doe").endswith(f"'{last}")
    mailbox, _, domain = MADE.email("Jane.Doe+Jane@Acme.com").partition("@")
    assert mailbox == f"{first}.{last}+{first}".lower()
    assert domain == MADE.domain("acme.com")
    assert MADE.word("José") == MADE.word("Jose")


def test_a_withheld_name_still_says_so() -> None:
    assert MADE.name("Restricted") == "Restricted"
    assert forms.is_name("Restricted")


@pytest.mark.parametrize(
    ("text", "made"),
    [
        pytest.param("@nobody", "redacted-", id="no mailbox"),
        pytest.param("no address", "redacted-", id="no address"),
        pytest.param("...@acme.com", "...@x-", id="all hidden"),
        pytest.param("x@mail.acme.co.uk", "@x-", id="many labels"),
        pytest.param("x@acme.test", "@x-", id="a reserved domain"),
        pytest.param("x@müller.de", "@x-", id="a domain in other letters"),
    ],
)
def test_addresses_that_are_unusual(text: str, made: str) -> None:
    assert made in MADE.email(text)


def test_a_masked_address_keeps_its_dots_and_loses_the_rest() -> None:
    assert re.fullmatch(r"\.\.\.[a-z]{6}x@x-[0-9a-f]{10}\.example", MADE.email("...doe@acme.com"))


def test_no_domain_of_a_mail_address_stays_as_it_may_be_somebodys_name() -> None:
    made = MADE.email("info@jane-doe.com")

    assert not re.search("jane|doe", made)
    assert forms.is_email(made)
    assert MADE.domain("acme.com") == MADE.domain("acme-com.example") != MADE.domain("acme.org")


@pytest.mark.parametrize(
    "text", ["+1 415 867 5309", "054-123-4567", "(0)30 1234567", "٠١٢٣٤٥٦٧٨", "911", "+44 7700 900123"]
)
def test_a_phone_becomes_one_for_fiction(text: str) -> None:
    assert re.fullmatch(r"\+1[2-9]\d\d55501\d\d", MADE.phone(text))
    assert MADE.phone(text) == MADE.phone("".join(c for c in text if c.isdecimal()))


def test_a_north_american_number_for_fiction_stays_in_one_spelling() -> None:
    assert {*map(MADE.phone, ("+1 617-555-0142", "(617) 555-0142", "16175550142"))} == {"+16175550142"}


@pytest.mark.parametrize("text", ["+44 7700 900123", "+1 617-555-0142", "Jane 617 555 0142", "16175550142"])
def test_only_a_number_in_our_own_spelling_is_known_as_made(text: str) -> None:
    assert not forms.is_phone(text)
    assert forms.is_phone(MADE.phone(text))


def test_spellings_of_one_profile_agree_and_keep_their_form() -> None:
    slug = MADE.linkedin("https://www.linkedin.com/in/jane-doe").rpartition("/")[2]

    assert re.fullmatch(r"mock-lusha-[0-9a-f]{10}", slug)
    assert MADE.linkedin("http://de.linkedin.com/in/Jane-Doe/?trk=x") == f"http://de.linkedin.com/in/{slug}/"
    assert MADE.linkedin("linkedin.com/in/jane%2Ddoe") == f"linkedin.com/in/{slug}"


def test_the_slug_the_double_makes_tells_a_name_and_does_not_stay() -> None:
    assert "jane" not in MADE.linkedin("https://www.linkedin.com/in/mock-lusha-jane-doe--at--acme-com")


def test_a_host_stays_where_everybody_is_and_no_other() -> None:
    assert re.fullmatch(r"https://x\.com/mock-lusha-[0-9a-f]{10}", MADE.url("https://x.com/jane?of=doe#home"))
    assert re.fullmatch(r"https://x-[0-9a-f]{10}\.example/mock-lusha-.*", MADE.url("https://jane.doe.com/me"))
    assert MADE.url("x.com") == "x.com"
    assert MADE.site("https://acme.com/jane").startswith("https://acme.com/mock-lusha-")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "jane",
            "jane.doe",
            "jane.doe.7",
            "see https://x.com/jane",
            "mailto:jane",
            "//",
            "http://[::1/jane",
        ),
        *("https://jane@x.com/", "jane://x.com"),
    ],
)
def test_what_is_no_url_is_replaced_whole(text: str) -> None:
    assert forms.is_free_text(MADE.url(text))
    assert forms.is_free_text(MADE.linkedin(text))


def test_a_number_tells_its_size_alone() -> None:
    numbers: list[float] = [0, 999_999, 14157654321, -14157654321, 1.23456, 4157654321.5, 1e23]

    made = [MADE.number(number) for number in numbers]

    assert made == [0, 999_999, 10**10, -(10**10), 1.23, 1e9, 1e23]
    assert [*map(type, made)] == [*map(type, numbers)]
    assert all(map(forms.is_number, made))


@given(st.text(min_size=20, max_size=2_000))
def test_prose_is_of_like_length_and_known_without_the_key(text: str) -> None:
    made = MADE.prose(text)

    assert is_prose(made)
    assert abs(len(made) - len(text)) < 20
    assert MADE.prose(made) == made


@pytest.mark.parametrize(
    "text", ["Jane Doe sells.", "Lorem ipsum Jane dolor.", "Lorem minus nam. Jane", "lorem"]
)
def test_real_prose_is_told_from_made_up_prose(text: str) -> None:
    assert not is_prose(text)


@given(st.integers(min_value=1, max_value=2**64 - 1))
def test_an_id_keeps_its_digits_and_its_width(number: int) -> None:
    made = MADE.number_id(number)

    assert len(str(made)) == len(str(number))
    assert all((made <= width) == (number <= width) for width in (2**31 - 1, 2**53 - 1, 2**63 - 1, 2**64 - 1))
    assert MADE.text_id(str(number)) == str(made)
    assert MADE.number_id(-number) == -made


@pytest.mark.parametrize("numbers", [range(10), range(10, 100), range(100, 1000)], ids=["1", "2", "3"])
def test_no_two_ids_get_the_same_one(numbers: range) -> None:
    assert {*map(MADE.number_id, numbers)} == {*numbers}


@pytest.mark.parametrize(
    ("text", "form"),
    [
        pytest.param("0047", r"00[1-9]\d", id="zeros before"),
        pytest.param("000", "000", id="zeros"),
        pytest.param("", "", id="nothing"),
        pytest.param("c1", "id-[0-9a-f]{10}", id="a caller's"),
        pytest.param("9" * 31, "id-[0-9a-f]{10}", id="too many digits"),
        pytest.param(
            "B018A277-3a46-3bec-7c54-fa2fa175b73b",
            "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-6d6f636b[0-9a-f]{4}",
            id="a UUID",
        ),
    ],
)
def test_an_id_as_text_keeps_its_form(text: str, form: str) -> None:
    assert re.fullmatch(form, MADE.text_id(text))


@pytest.mark.parametrize(
    "method", ["name", "email", "phone", "linkedin", "url", "free_text", "prose", "within"]
)
@given(text=TEXTS)
def test_twice_is_once_and_the_same_is_the_same(method: str, text: str) -> None:
    once = getattr(MADE, method)(text)

    assert getattr(MADE, method)(once) == once
    assert getattr(Pseudonyms(b"a key of the tests"), method)(text) == once


@given(WORDS)
def test_another_key_gives_other_words(text: str) -> None:
    assert Pseudonyms(b"1").free_text(text) != OTHER.free_text(text)
    assert MADE.fingerprint() != OTHER.fingerprint()


@pytest.mark.parametrize(
    ("method", "known"),
    [
        ("name", forms.is_name),
        ("email", lambda text: forms.is_email(text) or forms.is_free_text(text)),
        ("phone", lambda text: PHONE.fullmatch(text) is not None or forms.is_free_text(text)),
        (
            "linkedin",
            lambda t: any(f(t) for f in (forms.is_linkedin, forms.is_url, forms.is_free_text)),
        ),
        ("url", lambda text: forms.is_url(text) or forms.is_free_text(text)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@given(text=TEXTS)
def test_what_is_made_is_recognised(method: str, known: Callable[[str], bool], text: str) -> None:
    made = getattr(MADE, method)(text)

    assert not made or known(made)


@given(TEXTS)
def test_nothing_is_left_to_find_in_a_text(text: str) -> None:
    assert list(found_within(MADE.within(text))) == []


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        pytest.param("write to jane.doe@acme.com, please", ["email"], id="mail"),
        pytest.param("?to=jane%40acme.com&x", ["email"], id="escaped mail"),
        pytest.param('"jane doe"@acme.com', ["email"], id="quoted mail"),
        pytest.param("see linkedin.com/in/jane-doe.", ["linkedin"], id="profile"),
        pytest.param("to=https%3A%2F%2Fwww.linkedin.com%2Fin%2Fjane", ["linkedin"], id="escaped profile"),
        pytest.param("call 054-123-4567 now", ["phone"], id="phone"),
        pytest.param("+1 (415) 867.5309x12", ["phone"], id="phone with extension"),
        pytest.param("4158675309 4158675310", ["phone"], id="phones in a row"),
        pytest.param("phone=4158675309", ["phone"], id="phone in a query"),
        pytest.param("Authorization: Bearer abcdef", ["key"], id="authorization"),
        pytest.param('"api_key": "abcdef"', ["key"], id="key"),
        pytest.param("Bearer abcdef-0123-ghijkl", ["key"], id="bearer"),
    ],
)
def test_what_is_personal_in_a_text_is_found_and_replaced(text: str, kinds: list[str]) -> None:
    assert [kind for kind, _ in found_within(text)] == kinds
    assert not any(part in MADE.within(text) for _, part in found_within(text))


@pytest.mark.parametrize(
    "text",
    [
        "2026-07-31",
        "2026-03-31T12:00:00.000Z",
        "31.07.2026",
        "Nov 10, 2021",
        "2010 - 2014",
        "10001 - 100000",
        "1,000,000,000",
        "b018a277-3a46-3bec-7c54-000000000000",
        "https://logos.example/12345678.png",
        "@angular/core",
        "Vue.js 3",
        "59 Bridge Road; Boston, MA, US",
        "secret ingredients of a token economy",
        "https://www.linkedin.com/company/acme",
    ],
)
def test_what_is_not_personal_stays(text: str) -> None:
    assert MADE.within(text) == text
    assert list(found_within(text)) == []
