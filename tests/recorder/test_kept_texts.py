"""What of companies is kept, always or on demand, and that it tells of nobody."""

from __future__ import annotations

from typing import Any

import pytest

from mock_lusha.contract.registry import Registry
from mock_lusha.recorder import made as forms
from mock_lusha.recorder.interaction import Interaction
from mock_lusha.recorder.prose import is_prose
from mock_lusha.recorder.pseudonyms import Pseudonyms
from mock_lusha.recorder.redaction import Redactor

KEY = b"a key of the tests"
REGISTRY = Registry.load()
REDACTOR = Redactor(KEY, REGISTRY)
MADE = Pseudonyms(KEY)
JANE = {"firstName": "Jane", "lastName": "Doe", "fullName": "Jane Doe"}
KEPT_TEXTS = Redactor(KEY, REGISTRY, keep_text=True)


def answered(answer: Any) -> Any:
    """The answer to a person as it is recorded."""
    raw = Interaction("GET", "/v2/person", 200, "searchSingleContact", answer=answer, has_answer=True)
    return REDACTOR.interaction(raw).answer


def described(redactor: Redactor, text: str, **person: str) -> Any:
    data = {**person, "company": {"description": text, "name": "Acme"}}
    raw = Interaction(
        "GET", "/v2/person", 200, "searchSingleContact", answer={"contact": {"data": data}}, has_answer=True
    )
    return redactor.interaction(raw).answer["contact"]["data"]["company"]["description"]


def test_what_a_company_says_of_itself_becomes_made_up_prose_of_like_length() -> None:
    text = (
        "Acme treats addiction in residential programmes. Founded in 2025, it has its head office in Boston."
    )

    made = described(REDACTOR, text)

    assert made == MADE.prose(text)
    assert abs(len(made) - len(text)) < 15
    assert described(KEPT_TEXTS, text) == text
    assert KEPT_TEXTS.manifest()["keep_text"] is True


def test_a_text_that_is_kept_is_so_without_what_reaches_somebody() -> None:
    made = described(KEPT_TEXTS, "Ask jane@acme.com, 054-123-4567 or linkedin.com/in/jane.")

    mail, phone = MADE.email("jane@acme.com"), MADE.phone("0541234567")
    assert made == f"Ask {mail}, {phone} or {MADE.linkedin('linkedin.com/in/jane')}."


@pytest.mark.parametrize(
    "text",
    [
        "By Jane Doe, who knows.", "By jane  doe & sons since then", "Doe, Jane and many more of them",
        "By Jane\u00a0Do\u0065\u0301 since then.", "By J&#97;ne D&ouml;e since then.",
        "Jane%20Doe is who founded it",
        "ask jane [at] acme [dot] com for it", "ask jane&#64;acme.com for it",
        "ask jane\uff20acme.com for it",
        "at https://wa.me/14157654321 always", "tel:%2B14157654321 is where", "T4157654321 is where to call",
        "415\u2009765\u20094321 is where to call", "415\u2212765\u22124321 is where to call",
        "linkedin.com/comm/in/quixmark has it", "linkedin.com\\/in\\/quixmark has it",
        "linkedin.com//in/quixmark has it",
    ],
)  # fmt: skip
def test_a_text_that_hides_somebody_is_replaced_even_where_texts_are_kept(text: str) -> None:
    made = described(KEPT_TEXTS, text, firstName="Jane", lastName="Döe")

    assert is_prose(made)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("name", "Jane Doe Consulting", id="a name in a company's"),
        pytest.param("name", "doe & sons", id="a last name"),
        pytest.param("name", "DOE, JANE", id="the other way round"),
        pytest.param("name", "Jané D&ouml;e", id="in another spelling"),
        pytest.param("name", "J a n e D o e Consulting", id="letters apart"),
        pytest.param("name", "D.ö.e & sons", id="letters with dots between"),
        pytest.param("name", "D0e & sons", id="a digit for a letter"),
        pytest.param("name", "eoD enaJ", id="backwards"),
        pytest.param("name", "Jane D\u043ee", id="a letter of another alphabet"),
        pytest.param("name", "Jane D\u03bfe", id="a Greek letter"),
        pytest.param("name", "\u1d05\u1d0f\u1d07 Consulting", id="small capitals"),
        pytest.param("name", "D\u3164oe", id="a letter that is not seen"),
        pytest.param("name", "D" + "&amp;" + "amp;" * 9 + "ouml;e", id="many encodings over each other"),
        pytest.param("name", "Acme 4157654", id="a run of digits"),
        pytest.param("name", "+1 415 765 4321", id="a number to call"),
        pytest.param("name", "jane@acme.com", id="a mail address"),
        pytest.param("name", "jane [at] acme [dot] com", id="one that is hidden"),
        pytest.param("name", "https://acme.com/jane", id="a URL"),
        pytest.param("name", "sk4f9b7a41c2d8e0e9", id="a code"),
        pytest.param("name", "A" * 121, id="too long"),
        pytest.param("name", "Acme\nJane", id="of two lines"),
        pytest.param("name", "<b>Acme</b>", id="markup"),
        pytest.param("fqdn", "doe.com", id="a domain that is a name"),
        pytest.param("fqdn", "jane-doe.co.uk", id="a domain of two"),
        pytest.param("fqdn", "xn--jane-doe.de", id="a domain in code"),
        pytest.param("fqdn", "xn--de-fka.de", id="a name in code"),
        pytest.param("fqdn", "d.o.e.de", id="a domain of letters"),
        pytest.param("fqdn", "d0e.de", id="a domain with a digit for a letter"),
        pytest.param("fqdn", "jane.quixmark", id="no domain but a handle"),
        pytest.param("homepageUrl", "https://www.janedoe.com", id="a site"),
        pytest.param("mainIndustry", "Jane's business", id="no industry of the list"),
    ],
)
def test_what_is_kept_of_companies_is_replaced_where_it_may_tell_who_it_is(name: str, text: str) -> None:
    company = {name: text}
    made = answered({"contact": {"data": {**JANE, "company": company}}})

    told = made["contact"]["data"]["company"][name]
    assert forms.is_made(told)
    assert told != text


@pytest.mark.parametrize("text", ["Quixmarks", "TheQuixmarkGroup", "Quixmark2 Ltd"])
def test_a_longer_last_name_is_found_within_a_word(text: str) -> None:
    made = answered({"contact": {"data": {"lastName": "Quixmark", "company": {"name": text}}}})

    assert forms.is_made(made["contact"]["data"]["company"]["name"])


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        ("Li", "Ng", "L. Ng Consulting"),
        ("Li", "Ng", "LNg"),
        ("Li", "Ng", "Li X. Ng & sons"),
        ("Li", "Ng", "Ng"),
        ("Jürgen", "Groß", "JGroß"),
        ("Sean", "O'Neil", "SO'Neil"),
        ("Hans", "van der Berg", "H van der Berg"),
        ("Hans", "van der Berg", "hvanderberg"),
    ],
)
def test_a_last_name_is_found_by_what_stands_before_it(first: str, last: str, text: str) -> None:
    for person in ({"firstName": first, "lastName": last}, {"fullName": f"{first} {last}"}):
        made = answered({"contact": {"data": {**person, "company": {"name": text}}}})

        assert forms.is_made(made["contact"]["data"]["company"]["name"])


@pytest.mark.parametrize("name", ["Q.u.i.x.m.a.r.k", "Q_U_I_X", "qU[i].X-m"])
def test_a_name_of_letters_is_none_of_a_field(name: str) -> None:
    assert list(answered({"contact": {"data": {name: 1}}})["contact"]["data"]) == [MADE.free_text(name)]


@pytest.mark.parametrize("hidden", ["\U0001f1f6\U0001f1fa", "\U0001f180", "Qu\u0456x", "\u24e0"])
def test_an_error_of_known_words_and_other_letters_is_made_up(hidden: str) -> None:
    raw = Interaction(
        "GET", "/v2/person", 400, "searchSingleContact",
        answer={"message": f"Invalid request: {hidden}"}, has_answer=True,
    )  # fmt: skip

    assert hidden not in repr(REDACTOR.interaction(raw))


@pytest.mark.parametrize(
    "text",
    [
        "J. P. Morgan",
        "M&A Partners",
        "3M",
        "7-Eleven",
        "Яндекс",
        "Ελλάς ΑΕ",
        "Acme R & D",
        "O2",
        "日本電気",
        "株式会社AB",
    ],
)
def test_names_of_companies_that_hide_nobody_are_kept(text: str) -> None:
    made = answered({"contact": {"data": {**JANE, "company": {"name": text}}}})

    assert made["contact"]["data"]["company"]["name"] == text


def test_who_is_asked_for_is_not_told_by_a_company_either() -> None:
    raw = Interaction(
        "GET", "/v2/company", 200, "searchSingleCompanyV2",
        query=(("firstName", "Zelda"), ("lastName", "Quixmark"), ("company", "Quixmark Ltd")),
        answer={"data": {"name": "Quixmark", "domain": "quixmark.com"}}, has_answer=True,
    )  # fmt: skip

    assert "quixmark" not in repr(REDACTOR.interaction(raw)).lower()
