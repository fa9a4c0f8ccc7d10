"""Interactions: what is kept of requests and answers, and which requests are one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from recorder.values import TEXTS, VALUES, same

from mock_lusha.recorder.interaction import Interaction, charged, kept_headers, read_content
from mock_lusha.recorder.matching import canonical

# Interactions


CONTENTS: dict[str, tuple[bytes, str, dict[str, Any]]] = {
    "JSON": (b'{"a": [1, 2.5, null]}', "application/json; charset=utf-8",
             {"answer": {"a": [1, 2.5, None]}, "has_answer": True}),
    "JSON without a type": (b"[]", "", {"answer": [], "has_answer": True}),
    "JSON of a kind": (b"{}", "application/problem+JSON", {"answer": {}, "has_answer": True}),
    "null": (b"null", "application/json", {"answer": None, "has_answer": True}),
    "nothing": (b"", "application/json", {}),
    "JSON that was cut": (b'{"a": [1,', "application/json", {"text": '{"a": [1,'}),
    "a page": (b"<html>", "text/html", {"text": "<html>"}),
    "JSON as text": (b"{}", "text/plain", {"text": "{}"}),
    "no UTF-8": (b"\xffa", "text/plain", {"text": "\N{REPLACEMENT CHARACTER}a"}),
    "not a number": (b"[NaN]", "application/json", {"text": "[NaN]"}),
}  # fmt: skip


@pytest.mark.parametrize("case", CONTENTS)
def test_an_answer_is_json_or_text_or_nothing(case: str) -> None:
    content, content_type, fields = CONTENTS[case]

    assert read_content(content, content_type) == fields


@given(VALUES)
def test_an_answer_is_given_again_as_it_was_read(value: Any) -> None:
    given_ = Interaction("GET", "/", 200, answer=value, has_answer=True)

    assert same(read_content(given_.content(), "application/json")["answer"], value)


@given(TEXTS)
def test_a_text_is_given_again_byte_by_byte(text: str) -> None:
    assert Interaction("GET", "/", 200, text=text).content() == text.encode()


def test_an_answer_of_nothing_has_no_bytes() -> None:
    assert Interaction("GET", "/", 204).content() == b""
    assert Interaction("GET", "/", 200, has_answer=True).content() == b"null"


def test_only_headers_of_the_list_are_kept() -> None:
    sent = [
        ("Content-Type", "application/json"),
        ("X-Daily-Usage", "3"),
        ("Set-Cookie", "a=b"),
        ("api_key", "k"),
    ]

    assert kept_headers(sent) == {"content-type": "application/json", "x-daily-usage": "3"}


CHARGES: dict[str, tuple[Any, int | None]] = {
    "of billing": ({"billing": {"creditsCharged": 2}, "creditsCharged": 9}, 2),
    "of a company": ({"creditsCharged": 3}, 3),
    "in the singular": ({"creditCharged": 0}, 0),
    "only whether": ({"isCreditCharged": True}, None),
    "by truth": ({"creditsCharged": True}, None),
    "of no mapping": ([1], None),
    "of billing without": ({"billing": {}, "creditsCharged": 1}, 1),
    "of billing in words": ({"billing": "none"}, None),
}


@pytest.mark.parametrize("case", CHARGES)
def test_credits_are_those_the_answer_tells(case: str) -> None:
    answer, credits_ = CHARGES[case]

    assert charged(answer) == credits_


# Matching


def test_the_order_of_keys_and_the_spelling_of_whole_numbers_do_not_count() -> None:
    assert canonical({"b": 1.0, "a": [2, {"d": 1, "c": 0.5}]}) == canonical(
        {"a": [2.0, {"c": 0.5, "d": 1}], "b": 1}
    )
    assert canonical({"a": "é"}) == '{"a":"é"}'


DIFFERENT = {
    "order of a list": ([1, 2], [2, 1]),
    "a number and its text": (1, "1"),
    "null and nothing": ({"a": None}, {}),
    "truth and one": (True, 1),
    "halves": (0.5, 0.25),
}


@pytest.mark.parametrize("case", DIFFERENT)
def test_what_differs_has_another_text(case: str) -> None:
    one, other = DIFFERENT[case]

    assert canonical(one) != canonical(other)
