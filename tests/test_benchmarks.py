"""The benchmarks ask what they say they ask, and judge figures as they say; nothing here takes the time."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bare
import driving
import growth
import httpx
import loads
import logs
import peers
import picture
import plugin
import processes
import pytest
import report
import roomy
import sharing
import soak
import startup
import stores
import sums
import tables
import throughput

from mock_lusha.client.control import Control
from mock_lusha.config import Settings
from mock_lusha.server import MockServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support import CheckedClient

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "benchmarks"
PAGE = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
LOADS = [*loads.LOADS, *peers.LOADS, sharing.ONE]
DAY = "2026-03-31"


@pytest.fixture
def double(make_client: Callable[..., CheckedClient]) -> CheckedClient:
    """A double as the benchmarks start it."""
    _, scenario = processes.UNDER_WAY
    return make_client(limits="headers", credits=1_000_000_000, scenario=scenario)


@pytest.fixture
def full_server() -> Iterator[MockServer]:
    """The same on a socket, with a journal that keeps all it is sent in a second."""
    with MockServer(Settings(port=0, limits="headers", credits=1_000_000_000, journal=50_000)) as server:
        yield server


def send(double: CheckedClient, request: loads.Request) -> httpx.Response:
    return double.request(
        request.method, request.path, content=request.body or None, headers=loads.headers(request)
    )


def asking(double: CheckedClient) -> Callable[[str, str, str], Any]:
    def ask(method: str, path: str, body: str, key: str = driving.PROBING) -> Any:
        return send(double, loads.Request(key, method, path, body)).json()

    return ask


def ids_of_numbers(method: str, path: str, body: str, key: str) -> Any:
    """An answer to a search for people, without a double: their ids are their numbers."""
    if "search" in path and "contacts" not in json.loads(body):
        page = json.loads(body)["pages"]["page"]
        return {"requestId": f"search-{page}", "data": [{"contactId": f"found-{page}"}]}
    people = json.loads(body)["contacts"]
    return {"results": [{"id": f"v1.{person['clientReferenceId']}"} for person in people]}


def spent(double: CheckedClient, key: str) -> int:
    credits_: int = double.get("/_mock/accounts", params={"account": key}).json()["credits"]["spent"]
    return credits_


@pytest.mark.parametrize("script", sorted(path.stem for path in FOLDER.glob("*.py")))
def test_a_script_can_be_imported_and_says_what_it_is(script: str) -> None:
    assert import_module(script).__doc__


# What is asked


@pytest.mark.parametrize("load", LOADS, ids=lambda load: load.name)
def test_each_request_of_a_load_is_answered_well_and_costs_what_is_due(
    load: loads.Load, double: CheckedClient
) -> None:
    load = load.with_ids(asking(double))
    priced = sums.prices(load, asking(double))
    requests = range(throughput.FIRST, throughput.FIRST + len(load.shapes) + 2)

    answers = [send(double, load.request(i)) for i in requests]

    assert {answer.status_code for answer in answers} == {200}
    due = sums.due(load, [requests], priced, "lusha", DAY)
    assert due.credits == {loads.OWN: spent(double, loads.OWN)}
    journalled = [i for i in requests if load.shape(i).kind != "control"]
    assert due.answers == {(loads.OWN, 200): len(journalled)}


def test_each_request_of_the_mixed_load_is_answered_as_told_and_costs_what_is_due(
    double: CheckedClient,
) -> None:
    load = loads.mixed(asking(double))
    priced = sums.prices(load, asking(double))
    requests = range(2 * len(load.shapes))
    before = sums.due(load, [], priced, "lusha", DAY)  # what it cost to find whom it asks for

    assert before.credits == {key: spent(double, key) for key in loads.KEYS}
    for i in requests:
        assert send(double, load.request(i)).status_code == load.shape(i).status, load.request(i)

    due = sums.due(load, [requests], priced, "lusha", DAY)
    assert due.credits == {key: spent(double, key) for key in loads.KEYS}
    assert {status for _, status in due.answers} == {200, 400, 404}


def test_a_scenario_is_under_way_and_none_of_its_rules_fires(double: CheckedClient) -> None:
    load = loads.mixed(asking(double))
    for i in range(len(load.shapes)):
        send(double, load.request(i))

    for key in loads.KEYS:
        told = double.get("/_mock/scenario", params={"account": key}).json()
        assert told["server"]["name"] == "never"
        assert {counter["fired"] for counter in told["counters"]["never"].values()} == {0}


@pytest.mark.parametrize("load", [load for load in LOADS if "other" in load.name], ids=lambda load: load.name)
def test_other_people_are_others_in_every_request_and_round(load: loads.Load) -> None:
    probes = range(throughput.FIRST - throughput.PROBES, throughput.FIRST)
    rounds = [range(throughput.FIRST, throughput.FIRST + 200), range(throughput.FIRST + 200, 1_000_400)]

    people = [number for numbers in (probes, *rounds) for i in numbers for number in load.numbers(i)]
    sent = "".join("".join(load.request(i)[2:]) for i in rounds[0])
    emails = re.findall(r"[\w.]+@([\w-]+\.com)", sent)
    (shape,) = load.shapes

    assert len(people) == len(set(people))
    assert len(re.findall(r"[\w.]+@[\w-]+\.com", sent)) == 200 * shape.each
    assert len(set(emails)) == min(200 * shape.each, shape.employers or 10**9)
    assert emails[0] == shape.domain(load.numbers(rounds[0][0])[0])


@pytest.mark.parametrize(
    ("name", "constant"),
    [
        ("GET person, repeated", True),
        ("GET person, others, 997 employers", False),
        ("POST 100, repeated", True),
        ("POST 100, others, all employers new", False),
        ("GET a filter list", True),
        ("contact search, varied", False),
        ("enrich 25 found", False),
        ("v3 search-and-enrich of 100, repeated", True),
        ("v3 enrich of 100, 50 lists in turn", False),
        ("v3 prospecting, varied", False),
    ],
)
def test_a_repeated_load_is_one_request_and_the_others_are_made_one_by_one(name: str, constant: bool) -> None:
    load = next(load for load in loads.LOADS if load.name == name).with_ids(ids_of_numbers)

    assert load.constant is constant
    assert (len({load.request(i) for i in range(24)}) == 1) is constant
    assert ("request = function" in load.script()) is not constant


@pytest.mark.parametrize("load", LOADS, ids=lambda load: load.name)
def test_a_script_for_wrk_holds_what_its_load_asks(load: loads.Load) -> None:
    load = load.with_ids(ids_of_numbers)

    script = load.script(start=7)

    if load.constant:
        assert load.request(0).path in script
        assert load.request(0).body in script
    else:
        assert "n = 7\n" in script
        for shape in load.shapes:
            texts = (shape.path, shape.body, shape.item)
            assert all(loads_format(text) in script for text in texts)
            assert all(f"[==[{each}]==]" in script for each in shape.ids)


def loads_format(text: str) -> str:
    return text.replace("{n}", "%d").replace("{e}", "%d").replace("{id}", "%s")


def test_a_text_that_would_end_its_quotes_is_refused() -> None:
    with pytest.raises(ValueError, match="==]"):
        loads.Load("x", [loads.Shape("GET", "/]==]")]).script()


@pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not on the path")
def test_wrk_sends_what_python_would_and_all_of_it_is_accounted_for(full_server: MockServer) -> None:
    port = int(full_server.url.rpartition(":")[2])

    def ask(method: str, path: str, body: str, key: str = driving.PROBING) -> Any:
        return driving.asked(port, method, path, body, key)

    load = loads.mixed(ask)
    priced = sums.prices(load, ask)
    with Control(full_server.url) as control:
        control.clear_journal()
        made = range(1, driving.run(load, port, 1).made)
        told = throughput.counted(control)
        arrived: Counter[tuple[str, ...]] = Counter(
            (each["method"], each["path"], query(each["query"]), text(each["request"]))
            for each in whole_journal(control)
        )
        accounts = {key: control.of(key).accounts() for key in loads.KEYS}

    expected: Counter[tuple[str, ...]] = Counter()
    for i in made:
        request = load.request(i)
        path, _, sent = request.path.partition("?")
        read = json.loads(request.body) if request.body and load.shape(i).status == 200 else request.body
        expected[request.method, path, query(sent), text(read or None)] += 1
    assert not arrived - expected
    assert (expected - arrived).total() <= driving.CONNECTIONS
    due = sums.due(load, [made], priced, "lusha", accounts[loads.KEYS[0]]["as_of"])
    paid = {key: account["credits"]["spent"] for key, account in accounts.items()}
    assert sums.wrong(due, paid, told, driving.CONNECTIONS) == []


def whole_journal(control: Control) -> list[dict[str, Any]]:
    """All exchanges: a page has 1,000 at most, and a fast machine sends more in a second."""
    page = control.journal()
    exchanges: list[dict[str, Any]] = page["exchanges"]
    while page.get("more"):
        page = control.journal(before=exchanges[0]["id"])
        exchanges = [*page["exchanges"], *exchanges]
    return exchanges


def query(sent: str) -> str:
    return str(httpx.QueryParams(sent))


def text(body: Any) -> str:
    return json.dumps(body, sort_keys=True)


# What is made of the figures


@pytest.mark.parametrize(
    ("bar", "figure", "verdict"),
    [
        (tables.Bar(0.55, 0.9), 0.9, "aim met"),
        (tables.Bar(0.55, 0.9), 0.55, "bar met"),
        (tables.Bar(0.55, 0.9), 0.549, "missed"),
        (tables.Bar(4, 2, most=True), 2.0, "aim met"),
        (tables.Bar(4, 2, most=True), 4.0, "bar met"),
        (tables.Bar(4, 2, most=True), 4.1, "missed"),
    ],
)
def test_a_figure_is_judged_by_its_bar(bar: tables.Bar, figure: float, verdict: str) -> None:
    assert bar.verdict(figure) == verdict


def test_a_table_is_markdown() -> None:
    assert tables.table(("a", "b"), [("1", "2")]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"
    assert (str(tables.Bar(0.3, 1.0)), str(tables.Bar(4, 2, most=True))) == ("0.3 / 1", "≤ 4 / ≤ 2")


def rounds_of(*figures: tuple[int, float]) -> list[throughput.Round]:
    """Rounds of so many requests in a second, each with so many microseconds of the processor."""
    return [throughput.Round(driving.Run(done, 1.0, done / 10, 0, 0, 0), cpu) for done, cpu in figures]


MEASURED = throughput.Measured(
    loads.LOADS[0],
    rounds_of((10, 60.0), (80, 50.0), (60, 100.0)),
    rounds_of((90, 20.0), (100, 30.0), (300, 40.0)),
    3_208, 6, {"raw ASGI": 200.0},
)  # fmt: skip


def test_a_row_shows_the_ratios_of_medians_and_means_and_what_they_are_worth() -> None:
    assert MEASURED.row() == (
        "GET person, repeated", "60", "100", "0.60 (0.31)", "60", "30", "0.50 (0.43)", "2.00", "",
        "0.7 / 0.95", "missed",
    )  # fmt: skip
    assert MEASURED.latency() == (
        "GET person, repeated", "6.00", "10.00", "0.6", "≤ 2 / ≤ 1.5", "aim met"
    )  # fmt: skip


def test_a_bar_that_one_of_rate_and_cpu_alone_meets_is_told_as_such() -> None:
    quicker = replace(MEASURED, double=rounds_of((75, 60.0)))

    assert quicker.verdict() == "bar met; by CPU missed"


def test_the_picture_of_equal_figures_is_the_same_and_has_all_that_the_table_has() -> None:
    loads_ = [replace(MEASURED, load=load) for load in loads.LOADS]

    drawn = picture.drawing(loads_)

    assert drawn == picture.drawing(loads_)
    assert all(f">{load.name}<" in drawn for load in loads.LOADS)
    assert drawn.count('class="aim"') == 1 + sum(load.bar is not None for load in loads.LOADS)


def test_the_page_is_written_between_its_marks_alone() -> None:
    page = "a\n<!-- begin x -->\nold\n<!-- end x -->\nb\n"

    assert report.written(page, {"x": r"\1 new"}) == ("a\n<!-- begin x -->\n\n\\1 new\n\n<!-- end x -->\nb\n")
    with pytest.raises(SystemExit, match="no marks of y"):
        report.written(page, {"y": "new"})


def test_the_bars_are_those_that_were_promised() -> None:
    assert [str(load.bar) for load in loads.LOADS] == [
        "0.7 / 0.95", "0.85 / 1.1", "0.4 / 0.55", "0.22 / 0.35", "0.55 / 0.7", "0.1 / 0.18", "0.09 / 0.15",
        "0.024 / 0.05", "0.32 / 0.45", "0.08 / 0.2", "0.55 / 0.7", "0.09 / 0.15", "0.08 / 0.2",
        "0.32 / 0.45", "0.1 / 0.18", "None", "None",
    ]  # fmt: skip
    assert [str(load.latency) for load in loads.LOADS if load.latency] == [
        "≤ 2 / ≤ 1.5", "≤ 2.2 / ≤ 1.8", "≤ 4 / ≤ 2.5", "≤ 4 / ≤ 2.5",
    ]  # fmt: skip
    assert str(throughput.MEMORY) == "≤ 78 / ≤ 62"
    assert [str(bar) for bar in startup.BARS.values()] == ["≤ 1.12 / ≤ 1.05", "≤ 1.2 / ≤ 1.1"]
    assert [str(bar) for bar in plugin.SUITES.values()] == ["≤ 1.15 / ≤ 1", "≤ 1 / ≤ 0.8"]


def test_limits_of_the_measured_double_are_enforced_and_none_is_reached() -> None:
    widened = "import roomy; roomy.widen(); from mock_lusha.state.limits import EndpointWindow as W; "
    told = subprocess.run(
        [sys.executable, "-c", f"{widened}print(W('a', 'b').requests)"],
        cwd=FOLDER, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert told.stdout == f"{roomy.ROOM}\n"
    assert not {"--limits", "--log-level", "--journal"} & set(processes.double_command(1))


WHOLE = (
    "2026-12-01T11:59:31.246Z GET /v2/person 200 operation=a account=…6789 fingerprint={} credits=6 16.1ms\n"
)


def test_a_log_has_a_whole_line_for_each_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "PAUSE", 0.0)
    log = tmp_path / "log.txt"
    begin = "mock-lusha serves\n" + 2 * WHOLE.format("aa") + WHOLE.format("bb")
    log.write_text(begin, encoding="utf-8")

    assert logs.at_rest(log) == {"aa": 2, "bb": 1}
    assert logs.wrong(log, {"aa": 2}) == []
    assert logs.wrong(log, {"aa": 3}) == ["the log has 2 lines of aa, and 3 were due"]
    for cut in (WHOLE.format("aa")[:-1], WHOLE.format("aa")[9:], "7 lines of the log were dropped here\n"):
        log.write_text(begin + cut, encoding="utf-8")
        with pytest.raises(SystemExit, match="not whole"):
            logs.lines(log)


def test_the_exponent_tells_how_fast_figures_grow() -> None:
    sizes = (10, 100, 1_000)

    for power in (0, 0.5, 1, 2):
        assert growth.exponent(sizes, [3 * size**power for size in sizes]) == pytest.approx(power)


def test_what_grows_is_judged_by_its_exponent_and_what_others_wait_for_by_its_figure() -> None:
    item = growth.Item("pins", (10, 100, 1_000), growth.pins, (growth.FLAT, growth.LINEAR, growth.SLICE))
    figures = [(1.0, 1.0, 1.0), (1.0, 20.0, 5.0), (1.0, 400.0, 60.0)]

    rows = growth.rows(item, [dict(zip(("a", "b", "c"), each, strict=True)) for each in figures])

    assert rows == [
        ("a", "10, 100, 1,000 pins", "1.00", "1.00", "1.00", "0.00", "≤ 0.15 / ≤ 0.05", "aim met"),
        ("b", "10, 100, 1,000 pins", "1.00", "20.00", "400.00", "1.30", "≤ 1.15 / ≤ 1", "missed"),
        ("c", "10, 100, 1,000 pins", "1.00", "5.00", "60.00", "0.89", "≤ 50 / ≤ 20 ms", "missed"),
    ]


@pytest.mark.parametrize("name", growth.ITEMS)
def test_each_item_that_grows_is_measured_by_calls_that_succeed(name: str) -> None:
    item = growth.ITEMS[name]
    figures = asyncio.run(item.measure(20))

    assert len(figures) == len(item.bars)
    assert all(figure > 0 for figure in figures.values())


def test_what_wrk_tells_is_read_and_its_failure_is_passed_on() -> None:
    told = '{"requests": 20, "microseconds": 2000000, "p99": 1500, "made": 37, "refused": 1, "broken": 0}'

    run = driving.read(f"Running 2s test\n\nRESULT {told}\n")

    assert run == driving.Run(done=20, seconds=2.0, p99=1.5, made=37, refused=1, broken=0)
    assert run.rate == 10
    with pytest.raises(SystemExit, match="unexpected symbol"):
        driving.read("load.lua:3: unexpected symbol near '='")


def test_without_wrk_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(SystemExit, match="apt-get install wrk"):
        throughput.main(1, 1)
    with pytest.raises(SystemExit, match="apt-get install wrk"):
        soak.main(1)
    with pytest.raises(SystemExit, match="apt-get install wrk"):
        sharing.main(1, 1)
    with pytest.raises(SystemExit, match="apt-get install wrk"):
        sharing.main_of_soak(1, stores.SQLITE)


DUE = sums.Due({("a", 200): 90, ("b", 200): 5, ("b", 404): 5}, {"a": 540, "b": 30}, dearest=6)


@pytest.mark.parametrize(
    ("paid", "told", "problem"),
    [
        ({"a": 540, "b": 30}, {200: 95, 404: 5}, None),
        ({"a": 534, "b": 30}, {200: 94, 404: 5}, None),
        ({"a": 539, "b": 30}, {200: 95, 404: 5}, "the ledger of a holds 539 credits, and 540 were due"),
        ({"a": 541, "b": 30}, {200: 95, 404: 5}, "the ledger of a holds 541 credits, and 540 were due"),
        ({"a": 527, "b": 30}, {200: 93, 404: 5}, "the ledger of a holds 527 credits, and 540 were due"),
        ({"a": 540}, {200: 95, 404: 5}, "the ledger of b holds 0 credits, and 30 were due"),
        ({"a": 540, "b": 30}, {200: 96, 404: 5}, "the journal counts 101 exchanges, and 100 were made"),
        ({"a": 540, "b": 30}, {200: 95}, "the journal counts 95 exchanges, and 100 were made"),
        ({"a": 540, "b": 30}, {200: 95, 404: 4, 500: 1}, "1 answers of 500, and 0 were due"),
    ],
)
def test_what_does_not_add_up_is_said(
    paid: dict[str, int], told: dict[int, int], problem: str | None
) -> None:
    problems = sums.wrong(DUE, paid, told, in_flight=3)
    check = soak.exact(DUE, paid, told, in_flight=3)

    assert problems == [] if problem is None else problem in problems
    assert check.holds is (problem is None)
    assert problem is None or problem in check.told


class Steered:
    """A control API that tells of one account: so many exchanges, and so many credits."""

    def __init__(self, exchanges: int, spent: int) -> None:
        self.exchanges, self.spent = exchanges, spent

    def __call__(self, *_: Any, **__: Any) -> Steered:
        return self

    def __enter__(self) -> Steered:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def journal(self, last: int) -> dict[str, Any]:
        return {"counts": {"getContactDepartments": {"200": self.exchanges}}}

    def accounts(self) -> dict[str, Any]:
        return {"credits": {"spent": self.spent}, "seed": "lusha", "as_of": DAY}


@pytest.mark.parametrize(
    ("exchanges", "spent", "refused", "problem"),
    [
        (10, 1, 0, "holds 1 credits, and 0 were due"),
        (9, 0, 0, "the journal counts 9 exchanges, and 10 were made"),
        (10 + 17, 0, 0, "the journal counts 27 exchanges, and 26 were made"),
        (10, 0, 3, "3 answers were refusals"),
    ],
)
def test_a_load_that_does_not_add_up_ends_the_benchmark(
    exchanges: int, spent: int, refused: int, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = driving.Run(done=10, seconds=1.0, p99=0.0, made=0, refused=refused, broken=0)
    lists = loads.LOADS[1]
    monkeypatch.setattr(throughput, "PAUSE", 0.0)
    monkeypatch.setattr(throughput, "Control", Steered(10, 0))
    assert throughput.settled(lists, [(0, replace(run, refused=0))], 1) == (10, 0)

    monkeypatch.setattr(throughput, "Control", Steered(exchanges, spent))
    with pytest.raises(SystemExit, match=problem):
        throughput.settled(lists, [(0, run)], 1)


@pytest.mark.parametrize(
    ("body", "answer", "price"),
    [
        ('{"filters": {}}', {"data": []}, 0),
        ('{"filters": {}}', {"data": [{"signalTypes": ["promotion"]}] * 25}, 1),
        ('{"filters": {}}', {"data": [{"signalTypes": []}] * 26}, 2),
        (
            '{"filters": {"contacts": {"include": {"signal": {"names": ["promotion", "companyChange"]}}}}}',
            {"data": [{"signalTypes": ["promotion"]}] * 2},
            2,
        ),
    ],
)
def test_a_search_costs_what_the_rules_say(body: str, answer: dict[str, Any], price: int) -> None:
    assert sums.of_search(body, answer) == price


@pytest.mark.parametrize(
    ("rows", "price"),
    [
        ([], 0),
        ([{}] * 25, 1),
        ([{}] * 26, 2),
        ([{"signalTypes": ["promotion"]}] * 2 + [{"signalTypes": []}], 3),
    ],
)
def test_prospecting_costs_what_the_rules_say(rows: list[dict[str, Any]], price: int) -> None:
    assert sums.of_prospecting({"results": rows}) == price


# The soak


def course(*figures: float) -> list[tuple[float, float]]:
    """Samples each five seconds."""
    return [(5.0 * at, mb) for at, mb in enumerate(figures)]


def test_memory_that_fills_caches_and_then_stays_is_flat() -> None:
    check = soak.memory(course(60.0, 70.0, *[80.0] * 38))

    assert check.holds
    assert "80.0 MB in the last; +0.00 MB a minute" in check.told
    assert "from 10 s on" in check.told


def test_memory_that_goes_on_growing_is_not_flat() -> None:
    check = soak.memory(course(*(60 + 0.2 * at for at in range(100))))

    assert not check.holds
    assert "+2.40 MB a minute" in check.told
    assert check.row()[2] == "**does not hold**"


def test_memory_that_falls_is_no_leak() -> None:
    assert soak.memory(course(*[90.0] * 20, *[80.0] * 20)).holds


def test_a_journal_that_holds_more_than_it_may_is_told() -> None:
    assert soak.journal({"a": 1_000, "b": 17}, 1_000).holds
    assert not soak.journal({"a": 1_001, "b": 17}, 1_000).holds


# Several processes


def test_setups_stand_beside_the_one_without_a_store_and_are_judged_where_something_was_promised() -> None:
    alone, sqlite, redis, two, mixed = (
        sharing.Setup("alone"),
        sharing.Setup("sqlite", stores.SQLITE),
        sharing.Setup("redis", stores.REDIS),
        sharing.Setup("two", stores.SQLITE, servers=2),
        sharing.Setup("mixed", stores.SQLITE, servers=2, sticky=False),
    )
    runs = {
        alone: [sharing.Measured(1_000, 100), sharing.Measured(10, 1), sharing.Measured(3_000, 300)],
        sqlite: [sharing.Measured(900, 140)],
        redis: [sharing.Measured(800, 161)],
        two: [sharing.Measured(1_600, 150)],
        mixed: [sharing.Measured(500, 250)],
    }

    assert sharing.rows(runs) == [
        ("alone", "four", "1,000", "1.00", "100", "+0", "", ""),
        ("sqlite", "four", "900", "0.90", "140", "+40", "≤ 40 µs", "met"),
        ("redis", "four", "800", "0.80", "161", "+61", "≤ 60 µs", "missed"),
        ("two", "each at one process", "1,600", "1.60", "150", "+50", "1.6 of one", "met"),
        ("mixed", "one, at both in turn", "500", "0.50", "250", "+150", "", ""),
    ]
    assert set(two.keys()) == set(loads.KEYS)
    assert set(mixed.keys()) == {loads.KEYS[0]}


@pytest.mark.parametrize(
    ("exchanges", "more", "problem"),
    [
        (20, 0, None),
        (20, 1, "credits, and"),
        (17, 0, "the journal counts 17 exchanges, and 20 were made"),
    ],
)
def test_a_process_that_does_not_hold_what_was_sent_ends_the_benchmark(
    exchanges: int, more: int, problem: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = loads.KEYS[0]
    sent = [
        sharing.Sent(key, first, driving.Run(10, 1.0, 0.0, first + 11, refused=0, broken=0))
        for first in (0, sharing.STRIDE)
    ]
    due = sums.due(sharing.ONE.of(key), [each.requests() for each in sent], {}, "lusha", DAY)
    monkeypatch.setattr(throughput, "PAUSE", 0.0)
    monkeypatch.setattr(sharing, "Control", Steered(exchanges, due.credits[key] + more))

    server = stores.Server(1, [])
    if problem is None:
        sharing.check(server, sent)
    else:
        with pytest.raises(SystemExit, match=problem):
            sharing.check(server, sent)


def test_a_store_that_rises_and_falls_is_bounded_and_one_that_goes_on_growing_is_not() -> None:
    assert sharing.bounded(course(*[10.0, 40.0, 70.0, 20.0] * 10)).holds
    assert not sharing.bounded(course(*(float(at) for at in range(40)))).holds


def test_a_store_of_the_benchmarks_is_one_that_a_server_takes() -> None:
    for kind in [None, *stores.found()]:
        with stores.store(kind) as store:
            flags = dict(zip(store.flags[::2], store.flags[1::2], strict=True))
            settings = Settings(store=flags.get("--store"), store_secret=flags.get("--store-secret"))
            assert (settings.store is None) is (kind is None)
    assert stores.cpu(os.getpid()) > 0


# The rest


def test_what_starlette_and_uvicorn_alone_answer_is_of_the_size_that_was_asked_for() -> None:
    async def answers(method: str) -> list[httpx.Response]:
        found = []
        for app in (bare.app(500), bare.raw(500)):
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app), base_url="http://bare.test"
            ) as client:
                found.append(await client.request(method, "/v2/person?email=a@b.c", content=b"{}" * 1000))
        return found

    for method in ("GET", "POST"):
        one, other = asyncio.run(answers(method))
        assert one.status_code == other.status_code == 200
        assert one.content == other.content
        assert len(one.json()["canned"]) == 500 - 13


def test_the_machine_is_told_with_the_versions_of_what_serves() -> None:
    told = processes.machine()

    for word in ("cores", "Python", "uvicorn", "starlette"):
        assert word in told


LINES = [
    line
    for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("python benchmarks/")
]


@pytest.mark.parametrize("line", LINES)
def test_a_command_line_of_the_page_is_understood(line: str) -> None:
    python, path, *words = shlex.split(line, comments=True)
    script = import_module(Path(path).stem)

    assert (python, (ROOT / path).is_file()) == ("python", True)
    if hasattr(script, "options"):
        script.options(words)
    else:
        assert all(word.isdigit() or word in {"v2", "v3"} for word in words)


def test_the_page_has_a_place_for_everything_that_is_measured() -> None:
    assert re.findall(r"<!-- begin (\w+) -->", PAGE) == re.findall(r"<!-- end (\w+) -->", PAGE) == [
        "throughput", "latency", "memory", "known", "starts", "suites", "peers",
    ]  # fmt: skip
    assert report.PICTURE.read_text(encoding="utf-8").startswith("<svg")


def test_the_page_names_every_script_the_extra_and_the_bars() -> None:
    for name in ("growth", "report", "throughput", "peers", "startup", "search", "plugin", "soak", "sharing"):
        assert any(f"benchmarks/{name}.py" in line for line in LINES), name
    assert ".[bench]" in PAGE
    for load in loads.LOADS:
        assert re.search(rf"^\| {load.name}.*\| {load.bar or ''} \|", PAGE, re.MULTILINE), load.name
