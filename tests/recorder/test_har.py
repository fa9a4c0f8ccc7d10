"""HAR files are made of interactions."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorder.recorded_call import READ

from mock_lusha.contract.registry import Registry
from mock_lusha.recorder.cassette import Cassette
from mock_lusha.recorder.charges import told
from mock_lusha.recorder.guard import price_of
from mock_lusha.recorder.har import to_har
from mock_lusha.recorder.importers import read_har
from mock_lusha.recorder.interaction import KEPT_HEADERS, Interaction
from mock_lusha.recorder.operations import Operations

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mock_lusha.recorder.foreign_reader import Imported

    Reader = Callable[..., Imported]


# Making HAR files


OPERATIONS = Operations(Registry.load())
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBERS = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
TYPES = st.sampled_from(["application/json", "application/json; charset=utf-8", "text/html", "", "x-unknown"])
INTERACTIONS = st.builds(
    lambda request, body, answer: Interaction(**request, **body, **answer),
    st.fixed_dictionaries(
        {
            "method": st.sampled_from(["GET", "POST", "HEAD"]),
            "path": TEXTS.map("/{}".format) | st.sampled_from(["/v2/person", "//", "/../a", "/v2/person/"]),
            "status": st.integers(100, 599),
            "query": st.lists(st.tuples(TEXTS, TEXTS), max_size=3).map(tuple),
            "headers": st.dictionaries(st.sampled_from(sorted(KEPT_HEADERS)), TEXTS, max_size=3)
            | st.fixed_dictionaries({"content-type": TYPES}),
            "ms": st.floats(0, 1e9),
        }
    ),
    st.just({}) | VALUES.map(lambda value: {"body": value, "has_body": True}),
    st.just({})
    | (VALUES | VALUES.map(lambda value: {"creditsCharged": value})).map(
        lambda value: {"answer": value, "has_answer": True}
    )
    | (TEXTS | st.just("[1]")).filter(bool).map(lambda text: {"text": text}),
)  # fmt: skip


@given(st.lists(INTERACTIONS, max_size=3))
def test_what_is_made_reads_back_as_it_was(place: Path, given_: list[Interaction]) -> None:
    place.write_text(json.dumps(to_har(Cassette(tuple(given_)), "1.0")), encoding="utf-8")

    read = read_har(place, OPERATIONS)

    for one, other in zip(read.interactions, given_, strict=True):
        operation = OPERATIONS.find(other.method, other.path)
        expected = replace(
            other,
            operation=operation.id if operation else None,
            credits=told(price_of(operation), other.answer) if operation else None,
        )
        assert one == expected
        assert repr(one.answer) == repr(expected.answer)
    assert (read.skipped, read.secrets) == ((), ())


def has(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name[0] != "_"],
    }


TEXT, NUMBER = {"type": "string"}, {"type": "number"}
PAIRS = {"type": "array", "items": has(name=TEXT, value=TEXT)}
SIZES = {"headersSize": {"type": "integer"}, "bodySize": {"type": "integer"}}
# The fields that HAR 1.2 demands: http://www.softwareishard.com/blog/har-12-spec/
HAR = has(
    log=has(
        version={"const": "1.2"},
        creator=has(name=TEXT, version=TEXT),
        entries={
            "type": "array",
            "items": has(
                startedDateTime={
                    "type": "string",
                    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$",
                },
                time=NUMBER,
                request=has(
                    method=TEXT, url={"type": "string", "pattern": r"^https://api\.lusha\.com/[!-~]*$"},
                    httpVersion=TEXT, cookies={"maxItems": 0}, headers=PAIRS, queryString=PAIRS, **SIZES,
                ),
                response=has(
                    status={"type": "integer"}, statusText=TEXT, httpVersion=TEXT, cookies={"maxItems": 0},
                    headers=PAIRS, content=has(size={"type": "integer"}, mimeType=TEXT), redirectURL=TEXT,
                    **SIZES,
                ),
                cache={"type": "object"},
                timings=has(send=NUMBER, wait=NUMBER, receive=NUMBER),
            ),
        },
    )
)  # fmt: skip


@given(st.lists(INTERACTIONS, max_size=3), TEXTS | st.datetimes().map(lambda moment: moment.isoformat()))
def test_what_is_made_is_har(given_: list[Interaction], recorded_at: str) -> None:
    made = to_har(Cassette(tuple(given_), recorded_at=recorded_at), "1.0")

    jsonschema.Draft202012Validator(HAR).validate(made)


def test_an_entry_is_made_of_an_interaction() -> None:
    sent = Interaction(
        "POST",
        "/v2/person",
        429,
        query=(("a", "b c"),),
        body={"contacts": ["é"]},
        has_body=True,
        headers={"retry-after": "7"},
        text="slow down",
        ms=7.5,
    )

    made = to_har(Cassette((sent,), recorded_at="2026-03-31T12:00:00+00:00"), "4.5.6")["log"]

    assert made["creator"] == {"name": "mock-lusha", "version": "4.5.6"}
    (entry,) = made["entries"]
    assert entry["startedDateTime"] == "2026-03-31T12:00:00+00:00"
    assert (entry["time"], entry["timings"]) == (7.5, {"send": 0, "wait": 7.5, "receive": 0})
    assert entry["request"]["url"] == "https://api.lusha.com/v2/person?a=b+c"
    assert entry["request"]["queryString"] == [{"name": "a", "value": "b c"}]
    assert entry["request"]["postData"] == {"mimeType": "application/json", "text": '{"contacts":["é"]}'}
    assert entry["request"]["bodySize"] == 19
    assert (entry["response"]["status"], entry["response"]["statusText"]) == (429, "Too Many Requests")
    assert entry["response"]["headers"] == [{"name": "retry-after", "value": "7"}]
    assert entry["response"]["content"] == {"size": 9, "mimeType": "", "text": "slow down"}


MOMENTS = {
    "a moment": ("2026-03-31T12:00:00+02:00", "2026-03-31T12:00:00+02:00"),
    "a moment of UTC": ("2026-03-31T12:00:00Z", "2026-03-31T12:00:00+00:00"),
    "a day": ("2026-03-31", "2026-03-31T00:00:00+00:00"),
    "nothing": ("", "1970-01-01T00:00:00+00:00"),
    "no moment": ("yesterday", "1970-01-01T00:00:00+00:00"),
}


@pytest.mark.parametrize("case", MOMENTS)
def test_every_entry_has_a_moment(case: str) -> None:
    recorded_at, moment = MOMENTS[case]

    made = to_har(Cassette((READ,), recorded_at=recorded_at), "1.0")

    assert made["log"]["entries"][0]["startedDateTime"] == moment


def test_a_body_that_was_no_json_is_posted_as_it_was() -> None:
    made = to_har(Cassette((replace(READ, body='{"a"', has_body=True),)), "1.0")

    assert made["log"]["entries"][0]["request"]["postData"] == {"mimeType": "text/plain", "text": '{"a"'}
