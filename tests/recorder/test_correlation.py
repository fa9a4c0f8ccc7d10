"""The caller's own ids: positions on disk, and the ids of the request that asks now in what is replayed."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_lusha import MockLusha, MockServer, Settings, open_recorder
from mock_lusha.recorder.cassette import Cassette, load, save
from mock_lusha.recorder.correlation import Correlation
from mock_lusha.recorder.interaction import Interaction
from mock_lusha.recorder.proxy import RecorderProxy
from mock_lusha.recorder.recorder import CassetteMissError, Recorder
from mock_lusha.recorder.redaction import KEY_FILE, Redactor
from mock_lusha.recorder.request import RecorderRequest
from mock_lusha.recorder.transport import AsyncRecorderTransport, RecorderTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from mock_lusha.contract.registry import Registry

LOOPBACK = "http://127.0.0.1:9"
# Of each operation: its path, the list of its body, the name of the id in it, and the map of its answer.
BULKS: dict[str, tuple[str, str, str, str | None]] = {
    "people": ("/v2/person", "contacts", "contactId", "contacts"),
    "companies": ("/v2/company", "companies", "id", None),
    "signals of people": ("/api/signals/contacts/search", "contacts", "id", "contacts"),
    "signals of companies": ("/api/signals/companies/search", "companies", "id", "companies"),
}
IDS = st.lists(
    st.one_of(
        st.integers(-(10**12), 10**12).map(str),
        st.integers(1, 9).map(str),
        st.emails(),
        st.uuids().map(str),
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
        st.sampled_from(
            ["id-0123456789", "redacted-01234567", "{1}", "unasked-1", "error", "٣", "1.0", "+1"]
        ),
    ),
    min_size=1,
    max_size=12,
    unique=True,
)


def bulk(case: str, ids: Sequence[Any], **more: Any) -> RecorderRequest:
    path, items, name, _ = BULKS[case]
    body = {items: [{name: each, "domain": f"c{n}.com"} for n, each in enumerate(ids)], **more}
    return RecorderRequest("POST", path, body=body, has_body=True)


def answer(case: str, keys: Sequence[str], **more: Any) -> dict[str, Any]:
    """An answer by keys, whose entries tell at which position they were asked for."""
    entries = {key: {"employees": at, **more} for at, key in enumerate(keys, 1)}
    name = BULKS[case][3]
    return entries if name is None else {name: entries}


def entries_of(case: str, found: Any) -> dict[str, Any]:
    name = BULKS[case][3]
    entries: dict[str, Any] = found if name is None else found[name]
    return entries


def ask(recorder: Recorder, asked: RecorderRequest, reply: Any = None, status: int = 200) -> Any:
    found = recorder.decide(asked)
    if found is not None:
        return found.answer
    recorder.keep(asked, Interaction("", "", status, answer=reply, has_answer=True))
    return reply


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tape.yaml"


@pytest.fixture(scope="module")
def redactor(registry: Registry) -> Redactor:
    return Redactor(b"a key of tests", registry)


@pytest.fixture(scope="module")
def recorder(redactor: Redactor, registry: Registry) -> Callable[..., Recorder]:
    def make(mode: str, path: Path) -> Recorder:
        return Recorder(path, mode, redactor=redactor, upstream=LOOPBACK, registry=registry)

    return make


# Where they are


def test_the_schemas_tell_which_operations_have_ids_of_the_caller(registry: Registry) -> None:
    body = {
        name: [{"contactId": "x", "id": "x", "clientReferenceId": "x"}] for name in ("contacts", "companies")
    }
    correlation = Correlation(registry)

    found = {each for each in registry.operations if correlation.body(each, body) != body}

    assert found == {
        "searchMultipleContacts", "searchMultipleCompaniesV2", "searchContactSignals", "searchCompanySignals",
        "searchContacts", "searchCompanies", "searchAndEnrichContacts", "searchAndEnrichCompanies",
        "getContactsBuyingGroup", "getContactSignalScores", "getCompanySignalScores",
    }  # fmt: skip


def test_ids_of_lusha_are_none_of_the_caller(recorder: Callable[..., Recorder], path: Path) -> None:
    asked = RecorderRequest(
        "POST", "/api/signals/contacts", body={"contactIds": [7, 8], "signals": []}, has_body=True
    )
    ask(recorder("once", path), asked, {"contacts": {"7": {}, "8": {}}})

    (recorded,) = load(path).interactions

    assert recorded.body["contactIds"] == [int(key) for key in recorded.answer["contacts"]]
    assert set(recorded.answer["contacts"]) != {"7", "8"}


# Recording and replay


def interaction(case: str, ids: Sequence[Any], reply: Any, status: int = 200) -> Interaction:
    asked = bulk(case, ids)
    operation = Recorder(None, "passthrough").operation(asked)
    known = Interaction("POST", asked.path, status, operation=operation, body=asked.body, has_body=True)
    return replace(known, answer=reply, has_answer=True)


@pytest.mark.parametrize("case", BULKS)
@given(data=st.data())
def test_any_ids_become_positions_and_any_others_stand_for_those(
    case: str, data: st.DataObject, registry: Registry, redactor: Redactor
) -> None:
    recorded = data.draw(IDS, "recorded")
    asked = data.draw(IDS.filter(lambda ids: len(ids) >= len(recorded)), "asked")[: len(recorded)]
    answered = data.draw(st.permutations(recorded), "answered")
    entries = {key: {"employees": recorded.index(key) + 1} for key in answered}
    name = BULKS[case][3]
    raw = interaction(case, recorded, entries if name is None else {name: entries})
    correlation = Correlation(registry)

    there = correlation.redacted(raw, redactor)
    found = correlation.answer_for(bulk(case, asked).body, there)

    positions = [str(n) for n in range(1, len(recorded) + 1)]
    assert sorted(entries_of(case, there.answer), key=int) == positions
    assert [each[BULKS[case][2]] for each in there.body[BULKS[case][1]]] == positions
    assert list(entries_of(case, found.answer).items()) == [
        (key, {"employees": n}) for n, key in enumerate(asked, 1)
    ]


@pytest.mark.parametrize("case", BULKS)
def test_an_answer_has_the_ids_of_the_request_that_asks_in_its_order(
    case: str, recorder: Callable[..., Recorder], path: Path
) -> None:
    first = [f"crm-{n}" for n in range(12)]
    mine = [str(n) for n in range(11, 0, -1)] + ["jané@x.com"]
    ask(recorder("once", path), bulk(case, first), answer(case, first))

    found = entries_of(case, ask(recorder("none", path), bulk(case, mine)))

    assert list(found.items()) == list(entries_of(case, answer(case, mine)).items())
    assert "crm" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", BULKS)
def test_who_was_not_found_has_no_entry_and_nobody_takes_their_place(
    case: str, recorder: Callable[..., Recorder], path: Path
) -> None:
    reply = answer(case, ["a", "b", "c"])
    del entries_of(case, reply)["b"]
    ask(recorder("once", path), bulk(case, ["a", "b", "c"]), reply)

    found = entries_of(case, ask(recorder("none", path), bulk(case, ["3", "1", "2"])))

    assert found == {"3": {"employees": 1}, "2": {"employees": 3}}


def test_ids_are_no_part_of_what_is_looked_up_but_order_and_items_are(
    recorder: Callable[..., Recorder], path: Path
) -> None:
    first = bulk("companies", ["a", "b"])
    ask(recorder("once", path), first, answer("companies", ["a", "b"]))
    items = first.body["companies"]
    for other in ({"companies": items[::-1]}, {"companies": items[:1]}, {"companies": [*items, {"id": "c"}]}):
        with pytest.raises(CassetteMissError):
            ask(recorder("none", path), replace(first, body=other))

    swapped = [{"domain": "c0.com", "id": "b"}, {"id": "a", "domain": "c1.com"}]
    assert list(ask(recorder("none", path), replace(first, body={"companies": swapped}))) == ["b", "a"]


DIFFERENT: dict[str, tuple[list[Any], list[Any]]] = {
    "an id twice": (["a", "a"], ["a", "b"]),
    "ids twice elsewhere": (["a", "a", "b"], ["a", "b", "b"]),
    "numbers for texts": ([1, 2], ["1", "2"]),
    "no id": (["a", None], ["a", "b"]),
    "an empty id": (["a", ""], ["a", "b"]),
    "true for an id": ([True], ["a"]),
    "a list for an id": ([["a"]], ["a"]),
}


@pytest.mark.parametrize("case", DIFFERENT)
def test_what_the_api_tells_apart_is_another_request(
    case: str, recorder: Callable[..., Recorder], path: Path
) -> None:
    one, other = DIFFERENT[case]
    ask(recorder("once", path), bulk("companies", one), {"n": 1}, 400)

    assert ask(recorder("none", path), bulk("companies", one)) == {"n": 1}
    with pytest.raises(CassetteMissError):
        ask(recorder("none", path), bulk("companies", other))


def test_ids_that_are_numbers_key_an_answer_by_their_text(
    recorder: Callable[..., Recorder], path: Path
) -> None:
    ask(recorder("once", path), bulk("companies", [70, 80]), answer("companies", ["70", "80"]))

    assert load(path).interactions[0].body["companies"][1]["id"] == 2
    assert ask(recorder("none", path), bulk("companies", [9, 5])) == answer("companies", ["9", "5"])


def test_an_id_twice_is_replayed_to_another_id_twice(recorder: Callable[..., Recorder], path: Path) -> None:
    ask(recorder("once", path), bulk("people", ["a", "a"]), {"contacts": {"a": {"employees": 2}}})

    found = ask(recorder("none", path), bulk("people", ["zoë", "zoë"]))

    assert found == {"contacts": {"zoë": {"employees": 2}}}


def test_an_entry_that_was_not_asked_for_stands_for_nobody(
    recorder: Callable[..., Recorder], path: Path
) -> None:
    stray = {"contacts": {"a": {"employees": 1}, "2": {"employees": 9}, "jane@secret.com": {}}}
    ask(recorder("once", path), bulk("people", ["a", "b"]), stray)

    found = ask(recorder("none", path), bulk("people", ["x", "y"]))["contacts"]

    assert found.pop("x") == {"employees": 1}
    assert {"employees": 9} in found.values()
    assert not {"y", "2", "jane@secret.com"} & set(found)
    assert "jane" not in path.read_text(encoding="utf-8")


def test_takes_of_one_request_are_given_in_turn_whatever_the_ids(
    recorder: Callable[..., Recorder], path: Path
) -> None:
    first = recorder("once", path)
    for turn, ids in enumerate((["a", "b"], ["c", "d"])):
        ask(first, bulk("people", ids), answer("people", ids, size=turn))
    replay = recorder("none", path)

    found = [ask(replay, bulk("people", ids)) for ids in (["1", "2"], ["2", "1"], ["a", "b"])]

    assert [[(key, entry["size"]) for key, entry in each["contacts"].items()] for each in found] == [
        [("1", 0), ("2", 0)], [("2", 1), ("1", 1)], [("a", 1), ("b", 1)],
    ]  # fmt: skip


# Errors


ERRORS: dict[str, tuple[int, Callable[[str], Any]]] = {
    "of an item": (200, lambda key: {"contacts": {key: {"error": {"message": f"no contact {key}"}}}}),
    "of an item, as text": (200, lambda key: {"contacts": {key: {"error": f"no data for {key}"}}}),
    "in place of an item": (200, lambda key: {"contacts": {key: f"no data for {key}"}}),
    "beside the items": (200, lambda key: {"contacts": {}, "errors": [f"contactId {key} not found"]}),
    "of the call": (400, lambda key: {"statusCode": 400, "message": f'contact "{key}" not found'}),
    "of the call, by id": (400, lambda key: {"errors": {f"contactId {key}": "not found"}}),
    "after a colon": (400, lambda key: {"errors": [f"contactId must be unique (sent: {key})"]}),
}


@pytest.mark.parametrize("recorded", ["crm-77", "jane.doe@acme.com", "5", "José 1", "a&b", "120"])
@pytest.mark.parametrize("case", ERRORS)
def test_an_error_that_names_an_id_names_that_of_the_request_that_asks(
    case: str, recorded: str, path: Path
) -> None:
    status, reply = ERRORS[case]
    save(Cassette((interaction("people", [recorded], reply(recorded), status),)), path)

    assert ask(Recorder(path), bulk("people", ["my-own"])) == reply("my-own")


@pytest.mark.parametrize("case", ERRORS)
def test_an_error_that_names_an_id_is_recorded_without_it(
    case: str, recorder: Callable[..., Recorder], path: Path
) -> None:
    status, reply = ERRORS[case]
    ask(recorder("once", path), bulk("people", ["crm-77"]), reply("crm-77"), status)

    assert "crm" not in path.read_text(encoding="utf-8")


def test_numbers_that_are_no_ids_stay(recorder: Callable[..., Recorder], path: Path) -> None:
    reply = {"message": ["contacts must contain no more than 100 elements", "contacts.2.contactId not valid"]}
    ask(recorder("once", path), bulk("people", ["100", "2"]), reply, 400)

    assert ask(recorder("none", path), bulk("people", ["a", "b"])) == reply


def test_a_page_in_place_of_an_answer_holds_no_id(recorder: Callable[..., Recorder], path: Path) -> None:
    each = recorder("once", path)
    asked = bulk("people", ["crm-77"])
    assert each.decide(asked) is None
    each.keep(asked, Interaction("", "", 502, text="<html>contact crm-77, that is CRM 77</html>"))

    assert "crm" not in path.read_text(encoding="utf-8").lower()


# Cassettes of older versions and others


def test_a_cassette_of_an_older_version_is_replayed_with_the_ids_of_the_request(
    recorder: Callable[..., Recorder], path: Path, redactor: Redactor
) -> None:
    raw = replace(
        Interaction("POST", "/v2/person", 200, operation="searchMultipleContacts"),
        body={"contacts": [{"contactId": each, "email": f"{each}@a.com"} for each in ("2", "crm-1", "3")]},
        has_body=True,
        answer=answer("people", ["2", "crm-1", "3"]),
        has_answer=True,
    )
    old = redactor.interaction(raw)  # ids became pseudonyms
    assert set(old.answer["contacts"]) != {"1", "2", "3"}
    save(Cassette((old,), redaction=redactor.manifest()), path)
    emails = [
        {"contactId": new, "email": f"{each}@a.com"}
        for new, each in zip("321", ("2", "crm-1", "3"), strict=True)
    ]

    found = ask(
        recorder("none", path),
        RecorderRequest("POST", "/v2/person", body={"contacts": emails}, has_body=True),
    )

    assert list(found["contacts"].items()) == [(each, {"employees": n}) for n, each in enumerate("321", 1)]


def test_a_cassette_that_was_not_redacted_is_replayed_with_the_ids_of_the_request(path: Path) -> None:
    known = interaction("companies", ["crm-1", "2"], answer("companies", ["crm-1", "2"]))
    save(Cassette((known,)), path)

    assert ask(Recorder(path), bulk("companies", ["2", "x"])) == answer("companies", ["2", "x"])


# Every way to a replay


PEOPLE = [{"fullName": "Zelda Marked"}, {"fullName": "Jane Doe"}, {"fullName": "John Roe"}]


def people(ids: Sequence[str]) -> dict[str, Any]:
    contacts = [
        {"contactId": key, **each, "companies": [{"name": "Acme"}]}
        for key, each in zip(ids, PEOPLE, strict=True)
    ]
    return {"contacts": contacts, "metadata": {}}


@pytest.fixture(scope="module")
def tape(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bulk") / "tape.yaml"
    with MockServer(Settings(port=0, people=200, companies=20, limits="headers")) as upstream:
        transport = RecorderTransport(open_recorder(path, "once", upstream=upstream.url))
        with httpx.Client(transport=transport, base_url="https://api.lusha.com") as client:
            headers = {"api_key": "k"}
            assert client.post("/v2/person", json=people(["crm-77", "2", "é"]), headers=headers).is_success
    return path


def first_names(found: Any) -> list[tuple[str, str]]:
    return [(key, entry["data"]["firstName"]) for key, entry in found["contacts"].items()]


def expected(tape: Path, ids: Sequence[str]) -> list[tuple[str, str]]:
    entries = load(tape).interactions[0].answer["contacts"]
    return [(key, entries[str(n)]["data"]["firstName"]) for n, key in enumerate(ids, 1)]


MINE = ["3", "2", "jane@x.com"]


def test_a_transport_replays_by_position(tape: Path) -> None:
    with httpx.Client(transport=RecorderTransport(open_recorder(tape))) as client:
        found = client.post("https://api.lusha.com/v2/person", json=people(MINE)).json()
    assert first_names(found) == expected(tape, MINE)
    assert len({name for _, name in first_names(found)}) == 3


async def posted(transport: httpx.AsyncBaseTransport, url: str) -> Any:
    async with httpx.AsyncClient(transport=transport) as client:
        return (await client.post(f"{url}/v2/person", json=people(MINE))).json()


def test_an_asynchronous_transport_replays_by_position(tape: Path) -> None:
    transport = AsyncRecorderTransport(open_recorder(tape))
    found = asyncio.run(posted(transport, "https://api.lusha.com"))
    assert first_names(found) == expected(tape, MINE)


def test_the_proxy_replays_by_position(tape: Path) -> None:
    transport = httpx.ASGITransport(app=RecorderProxy(open_recorder(tape)))
    found = asyncio.run(posted(transport, "http://127.0.0.1"))
    assert first_names(found) == expected(tape, MINE)


def test_a_server_with_a_cassette_replays_by_position(tape: Path) -> None:
    with MockLusha(Settings(port=0, people=200, companies=20, cassette=tape, replay_only=True)) as lusha:
        found = lusha.client.post("/v2/person", json=people(MINE)).json()
    assert first_names(found) == expected(tape, MINE)


def test_what_is_exported_has_positions(tape: Path) -> None:
    assert (tape.parent / KEY_FILE).exists()
    assert "crm-77" not in json.dumps(load(tape).interactions[0].answer)
