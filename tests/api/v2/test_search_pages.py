"""Pages of a search: they add up, end in an empty one, and keep their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import CheckedClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deployment import NewApp
    from support import AnswerCheck

CONTACTS = "/prospecting/contact/search"
COMPANIES = "/prospecting/company/search"
TOTALS = {CONTACTS: 604, COMPANIES: 61}


def searched(client: CheckedClient, url: str, **more: Any) -> dict[str, Any]:
    answer = client.post(url, json={"filters": {}, **more})

    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def who(page: dict[str, Any]) -> list[tuple[str, str]]:
    return [(row["name"], row["fqdn"]) for row in page["data"]]


def walked(client: CheckedClient, url: str, size: int) -> list[tuple[str, str]]:
    """Everybody, page after page, until one is empty."""
    found: list[tuple[str, str]] = []
    for number in range(200):
        page = searched(client, url, pages={"page": number, "size": size})

        assert page["currentPage"] == number
        assert page["totalResults"] == TOTALS[url], "the same on every page, the empty one too"
        assert page["pageLength"] == len(page["data"]) <= size
        if not page["data"]:
            return found
        found += who(page)
    raise AssertionError("the pages never end")


@pytest.mark.parametrize("url", TOTALS)
def test_pages_of_any_size_add_up_without_overlap_or_gap(small: CheckedClient, url: str) -> None:
    by_ten = walked(small, url, 10)

    assert len(by_ten) == len(set(by_ten)) == TOTALS[url]
    for size in (17, 20, 50):
        assert walked(small, url, size) == by_ten


@given(number=st.integers(0, 1000), size=st.integers(10, 50), index=st.integers(0, 700))
def test_a_page_is_its_part_of_the_whole(
    paged: tuple[CheckedClient, list[tuple[str, str]]], number: int, size: int, index: int
) -> None:
    client, whole = paged
    page = searched(client, CONTACTS, pages={"page": number, "size": size})
    part = searched(client, CONTACTS, offset={"index": index, "size": size})

    assert who(page) == whole[number * size : (number + 1) * size]
    assert who(part) == whole[index : index + size]
    assert page["totalResults"] == part["totalResults"] == 604


@pytest.fixture(scope="module")
def paged(
    new_module_app: NewApp, answer_check: AnswerCheck
) -> Iterator[tuple[CheckedClient, list[tuple[str, str]]]]:
    app = new_module_app(people=600, companies=60, limits="off", credits=None)
    client = CheckedClient(app, answer_check, "a-key-of-pages")
    yield client, walked(client, CONTACTS, 50)
    client.close()


@pytest.mark.parametrize("url", TOTALS)
def test_without_pages_it_is_the_first_twenty(small: CheckedClient, url: str) -> None:
    first = who(searched(small, url, pages={"page": 0, "size": 20}))

    assert len(first) == 20
    assert who(searched(small, url)) == first
    assert who(searched(small, url, pages={})) == first
    assert who(searched(small, url, pages={"size": 20})) == first
    assert who(searched(small, url, pages={"page": 0})) == first
    assert who(searched(small, url, offset={})) == first


@pytest.mark.parametrize("url", TOTALS)
def test_pages_in_the_query_string_are_not_read(small: CheckedClient, url: str) -> None:
    plain = who(searched(small, url))
    for query in ("?pages[page]=1&pages[size]=10", "?page=3", "?pages[size]=9&pages[page]=x"):
        assert who(searched(small, url + query)) == plain


@pytest.mark.parametrize("url", TOTALS)
@pytest.mark.parametrize(
    ("index", "size", "current"), [(0, 10, 0), (10, 10, 1), (15, 10, 1), (40, 20, 2), (5000, 50, 100)]
)
def test_an_offset_takes_the_place_of_pages(
    small: CheckedClient, url: str, index: int, size: int, current: int
) -> None:
    whole = walked(small, url, 50)
    page = searched(small, url, offset={"index": index, "size": size})

    assert who(page) == whole[index : index + size]
    assert page["currentPage"] == current


def test_pages_speak_before_an_offset(small: CheckedClient) -> None:
    both = searched(small, CONTACTS, pages={"page": 2, "size": 10}, offset={"index": 0, "size": 50})

    assert who(both) == walked(small, CONTACTS, 10)[20:30]


# The ends


@pytest.mark.parametrize("url", TOTALS)
@pytest.mark.parametrize(
    "pages", [{"page": 61, "size": 10}, {"page": 999, "size": 50}, {"page": 1000, "size": 50}]
)
def test_past_the_end_a_page_is_empty_and_free(small: CheckedClient, url: str, pages: dict[str, int]) -> None:
    page = searched(small, url, pages=pages)

    assert (page["data"], page["pageLength"], page["totalResults"]) == ([], 0, TOTALS[url])
    assert page["currentPage"] == pages["page"]
    assert page["billing"] == {"creditsCharged": 0, "resultsReturned": 0}
    assert small.used() == 0


@pytest.mark.in_process("it lowers a limit")
@pytest.mark.parametrize("url", TOTALS)
def test_nothing_is_shown_from_the_farthest_result_on(
    small: CheckedClient, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mock_lusha.api.v2.prospecting._FARTHEST", 40)
    last = searched(small, url, pages={"page": 3, "size": 10})
    beyond = searched(small, url, pages={"page": 4, "size": 10})

    assert last["pageLength"] == 10
    assert (beyond["data"], beyond["totalResults"]) == ([], TOTALS[url]), "the total is not capped"


REFUSED: list[tuple[Any, str]] = [
    ({"page": 1001}, "pages.page must not be greater than 1000"),
    ({"page": -1}, "pages.page must not be less than 0"),
    ({"page": "1"}, "pages.page must be an integer number"),
    ({"page": 1.5}, "pages.page must be an integer number"),
    ({"page": None}, "pages.page must be an integer number"),
    ({"size": 9}, "pages.size must not be less than 10"),
    ({"size": 51}, "pages.size must not be greater than 50"),
    ({"size": 0}, "pages.size must not be less than 10"),
    ({"size": -10}, "pages.size must not be less than 10"),
    ({"size": "20"}, "pages.size must be an integer number"),
    ({"size": True}, "pages.size must be an integer number"),
    ([], "pages must be an object"),
    (None, "pages must be an object"),
    ("0", "pages must be an object"),
]


@pytest.mark.parametrize("url", TOTALS)
@pytest.mark.parametrize(("pages", "finding"), REFUSED, ids=[repr(pages) for pages, _ in REFUSED])
def test_pages_out_of_bounds_are_refused(small: CheckedClient, url: str, pages: Any, finding: str) -> None:
    answer = small.post(url, json={"filters": {}, "pages": pages})

    assert answer.status_code == 400
    assert any(error.startswith(finding) for error in answer.json()["errors"]), answer.text
    assert small.used() == 0


@pytest.mark.parametrize("offset", [{"index": -1}, {"size": 9}, {"size": 51}, {"index": "0"}, [], None])
def test_offsets_out_of_bounds_are_refused(small: CheckedClient, offset: Any) -> None:
    assert small.post(CONTACTS, json={"filters": {}, "offset": offset}).status_code == 400


@pytest.mark.parametrize("index", ["9223372036854775807", "18446744073709551615", "1" + "0" * 30])
def test_an_offset_of_any_size_is_answered(small: CheckedClient, index: str) -> None:
    raw = f'{{"filters": {{}}, "offset": {{"index": {index}}}}}'
    answer = small.post(CONTACTS, content=raw, headers={"content-type": "application/json"})

    assert answer.status_code in {200, 400}
    if answer.status_code == 200:
        assert answer.json()["data"] == []


# Order


def test_the_same_seed_gives_the_same_order_to_every_account_and_process(
    make_client: Callable[..., CheckedClient], small: CheckedClient
) -> None:
    again = make_client(key="another-key-0123456789", people=600, companies=60, limits="off")
    for url in TOTALS:
        assert who(searched(again, url, pages={"size": 50})) == who(searched(small, url, pages={"size": 50}))


def test_another_seed_gives_others(make_client: Callable[..., CheckedClient], small: CheckedClient) -> None:
    other = make_client(seed="another", people=600, companies=60, limits="off")
    for url, joint in ((CONTACTS, 4), (COMPANIES, 1)):
        pinned = who(searched(small, url, pages={"size": 50}))[:joint]
        found, those = (who(searched(c, url, pages={"size": 50})) for c in (small, other))

        assert those[:joint] == pinned, "pinned entities are in every world, and first"
        assert not {name for name, _ in found[joint:]} >= {name for name, _ in those[joint:]}


def test_a_criterion_keeps_the_order_of_the_whole(small: CheckedClient) -> None:
    whole = walked(small, CONTACTS, 50)
    body = {"filters": {"contacts": {"include": {"departments": ["Sales"]}}}, "pages": {"size": 50}}
    found = who(small.post(CONTACTS, json=body).json())

    assert len(found) == 50
    assert found == [each for each in whole if each in set(found)]


@pytest.mark.parametrize(("people", "total"), [(0, 4), (1, 5), (46, 50), (47, 51)])
def test_a_directory_of_any_size_is_searched(
    make_client: Callable[..., CheckedClient], people: int, total: int
) -> None:
    client = make_client(people=people, companies=1, limits="off")
    first = searched(client, CONTACTS, pages={"size": 50})
    second = searched(client, CONTACTS, pages={"page": 1, "size": 50})

    assert first["totalResults"] == total
    assert (first["pageLength"], second["pageLength"]) == (min(total, 50), max(0, total - 50))
