"""Which requests are the same to a recorder, and what it says of one that it does not have."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from recorder.calls import USAGE, ask, company, counts, people, search

from mock_lusha.recorder.cassette import Cassette, save
from mock_lusha.recorder.interaction import Interaction
from mock_lusha.recorder.recorder import CassetteMissError, Recorder
from mock_lusha.recorder.request import RecorderRequest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mock_lusha.contract.registry import Registry


# Matching


@pytest.mark.parametrize(
    ("first", "again"),
    [
        pytest.param(
            RecorderRequest("GET", "/v2/person", query=(("firstName", "Ann"), ("lastName", "Poe"))),
            RecorderRequest("GET", "/v2/person", query=(("lastName", "Poe"), ("firstName", "Ann"))),
            id="the order of the query",
        ),
        pytest.param(
            search(filters={"contacts": {}}, pages={"page": 0, "size": 10}),
            search(pages={"size": 10, "page": 0}, filters={"contacts": {}}),
            id="the order of keys",
        ),
        pytest.param(
            search(pages={"page": 0, "size": 10}),
            search(pages={"page": 0.0, "size": 10.0}),
            id="the spelling of numbers",
        ),
        pytest.param(
            RecorderRequest("GET", "/v2/person", query=(("signals", "promotion"),)),
            RecorderRequest("GET", "/v2/person", query=(("signals[]", "promotion"),)),
            id="brackets of a list",
        ),
        pytest.param(company(), replace(company(), path="/v2/company/"), id="a slash at the end"),
    ],
)
def test_what_means_the_same_is_one_request(
    recorder: Callable[..., Recorder], first: RecorderRequest, again: RecorderRequest
) -> None:
    ask(recorder("once"), first, {"n": 1})
    assert ask(recorder("none"), again) == {"n": 1}


@pytest.mark.parametrize(
    ("first", "other"),
    [
        pytest.param(company(), company("other.com"), id="another value of the query"),
        pytest.param(
            company(), replace(company(), query=(*company().query, ("a", "1"))), id="more of the query"
        ),
        pytest.param(
            people({"email": "a@one.com"}), people({"email": "b@one.com"}), id="another value of the body"
        ),
        pytest.param(
            people({"email": "a@one.com"}, {"email": "b@one.com"}),
            people({"email": "b@one.com"}, {"email": "a@one.com"}),
            id="the order of a list",
        ),
        pytest.param(search(pages={"page": 0}), search(pages={"page": "0"}), id="a text for a number"),
        pytest.param(search(pages={"page": 1}), search(pages={"page": True}), id="true for one"),
        pytest.param(
            RecorderRequest("POST", "/v2/person", body=None, has_body=True),
            RecorderRequest("POST", "/v2/person"),
            id="null and no body",
        ),
        pytest.param(
            RecorderRequest("GET", "/elsewhere"), RecorderRequest("POST", "/elsewhere"), id="another method"
        ),
        pytest.param(
            RecorderRequest("GET", "/elsewhere"), RecorderRequest("GET", "/else"), id="another path"
        ),
        pytest.param(replace(company(), method="HEAD"), company(), id="the empty answer to a HEAD"),
        pytest.param(
            RecorderRequest("GET", "/api/signals/filters/contact"),
            RecorderRequest("GET", "/api/signals/filters/company"),
            id="a parameter in the path",
        ),
    ],
)
def test_what_means_another_thing_is_another_request(
    recorder: Callable[..., Recorder], first: RecorderRequest, other: RecorderRequest
) -> None:
    ask(recorder("once"), first, {"n": 1})
    each = recorder("none")
    with pytest.raises(CassetteMissError):
        ask(each, other)
    assert ask(each, first) == {"n": 1}


def test_answers_come_in_order_and_then_the_last_again(recorder: Callable[..., Recorder]) -> None:
    first = recorder("once")
    for n in range(3):
        ask(first, company(), {"n": n})
        ask(first, company("other.com"), {"other": n})
    each = recorder("none")
    assert [ask(each, company())["n"] for _ in range(5)] == [0, 1, 2, 2, 2]
    assert ask(each, company("other.com")) == {"other": 0}


def test_a_real_person_and_their_pseudonym_find_one_recording(recorder: Callable[..., Recorder]) -> None:
    by_email = RecorderRequest("GET", "/v2/person", query=(("email", "jane@corp.com"),))
    ask(recorder("once"), by_email, {"contact": {"data": {"firstName": "Jane"}}})
    each = recorder("none")
    query = each.cassette.interactions[0].query
    assert query[0][1] != "jane@corp.com"
    assert ask(each, by_email) == ask(each, replace(by_email, query=query))
    assert counts(each) == {"HIT": 2}


@pytest.mark.parametrize("name", ["1", "Georgia"], ids=["a number", "a text"])
def test_what_was_sent_is_found_though_the_cassette_says_the_same_elsewhere(
    recorder: Callable[..., Recorder], name: str
) -> None:
    asked = people({"contactId": name, "firstName": name, "email": "a@one.com"})
    ask(recorder("once"), asked, {"creditsCharged": 1, "data": {"country": "Georgia"}})
    assert ask(recorder("none"), asked)["creditsCharged"] == 1


def test_threads_that_ask_at_once_take_each_answer_in_turn(recorder: Callable[..., Recorder]) -> None:
    first = recorder("once")
    for n in range(8):
        ask(first, company(), {"n": n})
    each = recorder("none")
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: ask(each, company())["n"], range(8)))
    assert sorted(found) == list(range(8))
    assert counts(each) == {"HIT": 8}


# What a miss says


def missed(recorder: Recorder, asked: RecorderRequest) -> list[str]:
    with pytest.raises(CassetteMissError) as caught:
        recorder.decide(asked)
    return str(caught.value).splitlines()


def test_a_miss_names_the_nearest_three_of_the_same_operation(
    recorder: Callable[..., Recorder], path: Path
) -> None:
    first = recorder("once")
    ask(first, USAGE)
    for size in (10, 20, 30):
        ask(first, search(pages={"page": 1, "size": size}, filters={}))
    ask(first, search(pages={"page": 0, "size": 40}, filters={}))
    lines = missed(recorder("none"), search(pages={"page": 0, "size": 50}, filters={}))
    assert lines == [
        f"{path}: MISS: it has no POST /prospecting/contact/search",
        "  near: interactions[4] POST /prospecting/contact/search: its body.pages.size is 40, not 50",
        "  near: interactions[1] POST /prospecting/contact/search: its body.pages.page is 1, not 0",
        "  near: interactions[2] POST /prospecting/contact/search: its body.pages.page is 1, not 0",
    ]


def test_a_miss_in_an_empty_cassette_says_so(path: Path) -> None:
    save(Cassette(), path)
    each = Recorder(path)
    assert missed(each, company()) == [
        f"{path}: MISS: it has no GET /v2/company?domain=acme.com",
        "  nothing is recorded in it",
    ]


@pytest.mark.parametrize(
    ("there", "wanted", "said"),
    [
        (USAGE, company(), "it is GET /account/usage"),
        (company(), company("other.com"), 'its query.domain is "acme.com", not "other.com"'),
        (company(), RecorderRequest("GET", "/v2/company"), 'its query.domain is "acme.com", not absent'),
        (RecorderRequest("GET", "/v2/company"), company(), 'its query.domain is absent, not "acme.com"'),
        (search(pages={}), search(pages={}, filters={}), "its body has no filters"),
        (search(pages={}, filters={}), search(pages={}), "its body has filters besides"),
        (search(pages={"page": 0}), search(pages={"page": None}), "its body.pages.page is 0, not null"),
        (search(sizes=[1, 2]), search(sizes=[1]), "its body.sizes has 2 items, not 1"),
        (search(sizes=[1, 2]), search(sizes=[1, 3]), "its body.sizes[1] is 2, not 3"),
        (search(), RecorderRequest("POST", "/prospecting/contact/search"), "it has a body"),
        (RecorderRequest("POST", "/prospecting/contact/search"), search(), "it has no body"),
        (
            search(jobTitle="x " * 49),
            search(jobTitle="y"),
            'its body.jobTitle is "' + "x " * 29 + '…, not "y"',
        ),
    ],
)
def test_a_miss_names_the_first_difference(
    path: Path, there: RecorderRequest, wanted: RecorderRequest, said: str
) -> None:
    operation = Recorder(None, "passthrough").operation(there)
    known = Interaction(
        there.method,
        there.path,
        200,
        operation=operation,
        query=there.query,
        body=there.body,
        has_body=there.has_body,
    )
    save(Cassette((known,)), path)
    assert missed(Recorder(path), wanted)[1].endswith(f": {said}")


def test_an_old_path_of_an_operation_is_no_difference(
    recorder: Callable[..., Recorder], registry: Registry
) -> None:
    several = next(o for o in registry.operations.values() if len(o.paths) > 1 and o.method == "GET")
    new, old = several.paths[:2]
    ask(recorder("once"), RecorderRequest("GET", old, query=(("a", "1"),)), {"n": 1})
    assert ask(recorder("none"), RecorderRequest("GET", new, query=(("a", "1"),))) == {"n": 1}
    assert "query.a" in missed(recorder("none"), RecorderRequest("GET", new, query=(("a", "2"),)))[1]


def test_a_miss_names_nobody(recorder: Callable[..., Recorder]) -> None:
    key = "SECRET-0123456789"
    ask(recorder("once"), people({"email": "a@one.com"}))
    asked = replace(people({"email": "zelda.marked@marked.com"}), query=(("api_key", key),), secrets=(key,))
    text = "\n".join(missed(recorder("none"), asked))
    assert key not in text
    assert "marked" not in text.lower()
