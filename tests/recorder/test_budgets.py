"""What is spent is shared: by threads, by recorders of one cassette, and by processes that live at once."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from recorder.raw_upstream import RawUpstream, answer

from mock_lusha.contract.registry import Registry
from mock_lusha.recorder.budgets import FileBudget, MemoryBudget, Spending, of_cassette
from mock_lusha.recorder.guard import Guard, LiveCallError
from mock_lusha.recorder.opening import open_recorder, run_guard
from mock_lusha.recorder.request import RecorderRequest
from mock_lusha.recorder.transport import RecorderTransport

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_lusha.recorder.budgets import Budget
    from mock_lusha.recorder.recorder import Recorder

LOOPBACK = "http://127.0.0.1:9"
COMPANY = Registry.load().operations["searchSingleCompanyV2"]
ASKED = RecorderRequest("GET", "/v2/company")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes share by locks of POSIX")

SPENDER = """
import sys
from pathlib import Path
from mock_lusha.recorder.budgets import FileBudget
budget = FileBudget(Path(sys.argv[1]))
for line in sys.stdin:
    with budget.changing() as spending:
        spending.spent += int(line)
        print(spending.spent, flush=True)
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where budgets lie: those of other tests are elsewhere."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder / f"mock-lusha-{os.getuid()}"


class Process:
    """Another process that spends from a file."""

    def __init__(self, path: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", SPENDER, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def spend(self, number: int) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{number}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()  # however it ends, the system lets its lock go
        self._process.communicate()


def spend(budget: Budget, number: int) -> int:
    with budget.changing() as spending:
        spending.spent += number
        return spending.spent


def test_processes_that_live_at_once_share_and_a_later_run_begins_anew(place: Path) -> None:
    path = place / "one.spent"
    with Process(path) as first:
        assert first.spend(3) == 3
        with Process(path) as second:
            assert second.spend(4) == 7
            assert first.spend(1) == 8
    with Process(path) as later:
        assert later.spend(2) == 2


def test_a_run_goes_on_while_any_process_of_it_lives(place: Path) -> None:
    path = place / "one.spent"
    with Process(path) as last:
        with Process(path) as first:
            assert first.spend(3) == 3
            assert last.spend(4) == 7
        with Process(path) as joined:
            assert joined.spend(1) == 8


def test_a_run_with_a_name_of_its_own_never_begins_anew(place: Path) -> None:
    path = place / "run.spent"
    assert spend(FileBudget(path, joins=True), 3) == 3
    with Process(path) as other:
        assert other.spend(2) == 5


def test_recorders_opened_one_after_another_go_on_with_what_was_spent(tmp_path: Path) -> None:
    (tmp_path / "other-name.yaml").symlink_to(tmp_path / "tape.yaml")
    for name in ("tape.yaml", "other-name.yaml", "tape.yaml"):
        budget = of_cassette(tmp_path / name)
        assert budget is of_cassette(tmp_path / "tape.yaml")
        spend(budget, 2)
    assert spend(of_cassette(tmp_path / "tape.yaml"), 0) == 6
    assert spend(of_cassette(tmp_path / "another.yaml"), 0) == 0


def test_a_block_that_fails_changes_nothing(place: Path) -> None:
    budget = FileBudget(place / "one.spent")
    spend(budget, 3)
    with pytest.raises(TypeError), budget.changing() as spending:
        spending.spent += "a word"  # type: ignore[operator]  # it is to fail
    assert spend(budget, 0) == 3


def test_what_it_says_is_read_back_whatever_was_there(place: Path) -> None:
    budget = FileBudget(place / "one.spent")
    for stopped in ("é" * 1000, "", "short"):
        with budget.changing() as spending:
            spending.spent, spending.held, spending.stopped = 10**12, 5, stopped
        with FileBudget(place / "one.spent", joins=True).changing() as spending:
            assert (spending.spent, spending.held, spending.stopped) == (10**12, 5, stopped)


@pytest.mark.parametrize(
    "make", [MemoryBudget, lambda: FileBudget(Path(tempfile.gettempdir(), "a", "b.spent"))]
)
def test_threads_do_not_lose_what_others_spend(make: Callable[[], Budget]) -> None:
    Path(tempfile.gettempdir(), "a").mkdir(mode=0o700)
    budget = make()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: spend(budget, 1), range(400)))
    assert spend(budget, 0) == 400


def _damaged(place: Path) -> None:
    next(place.glob("*.spent")).write_text("{")


def _of_others(place: Path) -> None:
    place.chmod(0o777)


def _no_folder(place: Path) -> None:
    next(place.glob("*.spent")).unlink()
    place.rmdir()
    place.write_text("")


@pytest.mark.parametrize("harm", [_damaged, _of_others, _no_folder])
def test_where_it_cannot_be_kept_nothing_is_spent(
    tmp_path: Path, place: Path, harm: Callable[[Path], None]
) -> None:
    guard = Guard(LOOPBACK, 9, budget=of_cassette(tmp_path / "tape.yaml"))
    guard.check(COMPANY, ASKED)
    harm(place)
    with pytest.raises(LiveCallError, match="what it may cost cannot be written down: "):
        guard.check(COMPANY, ASKED)
    assert guard.count(COMPANY, ASKED, 200, None) == 1  # and what was held stays so
    assert (guard.spent, guard.held) == (0, 0)  # nobody can tell


def test_files_of_long_ago_are_removed(place: Path) -> None:
    place.mkdir(mode=0o700)
    old, new = place / "old.spent", place / "new.spent"
    for path, mtime in ((old, 0), (new, None)):
        path.write_text("")
        if mtime is not None:
            os.utime(path, (mtime, mtime))
    spend(FileBudget(place / "one.spent"), 1)
    assert {each.name for each in place.iterdir()} == {"new.spent", "one.spent"}


def test_what_is_only_replayed_leaves_no_file(tmp_path: Path, place: Path) -> None:
    recorder = open_recorder(tmp_path / "tape.yaml", "once", upstream=LOOPBACK, max_credits=3)
    assert (recorder.guard.spent, recorder.guard.held) == (0, 0)
    assert not place.exists()


def calls(recorder: Recorder, count: int) -> int:
    """How many of so many calls for a company are made."""
    made = 0
    with httpx.Client(transport=RecorderTransport(recorder), base_url="https://api.lusha.com") as client:
        for number in range(count):
            try:
                client.get("/v2/company", params={"domain": f"c{id(recorder)}-{number}.example"})
            except LiveCallError:
                continue
            made += 1
    return made


def test_recorders_of_one_cassette_share_the_cap_and_those_of_another_do_not(tmp_path: Path) -> None:
    with RawUpstream(answer(b"{}", 200, "Content-Type: application/json")) as upstream:

        def opened(name: str) -> Recorder:
            return open_recorder(tmp_path / name, "all", upstream=upstream.url, max_credits=5)

        three = [opened("tape.yaml") for _ in range(3)]
        assert [calls(each, 3) for each in three] == [3, 2, 0]
        assert calls(opened("tape.yaml"), 1) == 0
        assert calls(opened("another.yaml"), 7) == 5
        assert three[0].guard.spent == 5


def test_guards_of_one_run_share_the_cap(tmp_path: Path) -> None:
    guards = [run_guard(LOOPBACK, 3, str(tmp_path)) for _ in range(2)]
    for guard in (*guards, guards[0]):
        guard.check(COMPANY, ASKED)
    for guard in guards:
        assert guard.held == 3
        with pytest.raises(LiveCallError):
            guard.check(COMPANY, ASKED)
    run_guard(LOOPBACK, 3, f"{tmp_path}-another").check(COMPANY, ASKED)


def test_a_spending_begins_with_nothing() -> None:
    with MemoryBudget().changing() as spending:
        assert (spending.spent, spending.held, spending.stopped) == (0, 0, "")
    assert Spending().spent == 0
