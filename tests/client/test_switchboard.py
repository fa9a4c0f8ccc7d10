"""Interceptions begin and end in any order, in any thread, any number of times."""

from __future__ import annotations

import gc
import http.client
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

import aiohttp
import httpcore
import httpx
import httpx2
import pytest
import urllib3
from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.client.intercept.gate import Gate
from mock_lusha.client.intercept.hosts import API_HOST
from mock_lusha.client.intercept.interception import Interception
from mock_lusha.client.intercept.switchboard import Finder, switchboard
from mock_lusha.client.intercept.targets import BlockedError, Refusal, Target


def target(name: str = "") -> Target:
    return Target(f"http://127.0.0.1:1/{name}", "key")


def has_the_calls() -> Target | Refusal | None:
    found = switchboard().active(0)
    return None if found is None else found[1]


def places() -> list[Any]:
    """What calls pass."""
    return [
        httpx.HTTPTransport.__dict__["handle_request"],
        httpx.AsyncHTTPTransport.__dict__["handle_async_request"],
        httpx2.HTTPTransport.__dict__["handle_request"],
        httpcore.ConnectionPool.__dict__["handle_request"],
        http.client.HTTPConnection.__dict__["putrequest"],
        urllib3.connection.HTTPSConnection.__dict__["connect"],
        aiohttp.BaseConnector.__dict__["connect"],
        socket.getaddrinfo,
        socket.socket.connect,
    ]


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 7)), max_size=40))
def test_the_latest_that_is_in_force_has_the_calls_in_whatever_order_they_end(
    steps: list[tuple[bool, int]],
) -> None:
    running: list[Interception] = []
    try:
        for begins, which in steps:
            if begins or not running:
                running.append(Interception(target()))
            else:
                running.pop(which % len(running)).stop()
            assert has_the_calls() is (running[-1].target if running else None)
    finally:
        for each in running:
            each.stop()
    assert has_the_calls() is None


def test_twelve_hundred_pairs_that_end_out_of_turn_leave_one_switch_a_place() -> None:
    with Interception(target()):
        before = places()

    for _ in range(1200):
        first, second = Interception(target()), Interception(target())
        first.stop()
        second.stop()

    assert all(one is other for one, other in zip(before, places(), strict=True))
    assert has_the_calls() is None


@pytest.mark.usefixtures("hasty")
def test_threads_that_begin_and_end_at_once_leave_nobody_in_force() -> None:
    seen = []

    def work(_: int) -> None:
        for _ in range(25):
            with Interception(target()) as interception:
                seen.append(has_the_calls() is not None)
            interception.stop()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))

    assert seen == [True] * 200
    assert has_the_calls() is None


def test_an_interception_has_the_calls_of_all_threads() -> None:
    with Interception(target()) as interception, ThreadPoolExecutor(1) as pool:
        assert pool.submit(has_the_calls).result() is interception.target


def test_nothing_is_kept_of_an_interception_that_has_ended() -> None:
    gc.collect()
    with Interception(target()) as interception:
        pass
    ended = interception.target
    del interception

    assert [each for each in gc.get_referrers(ended) if isinstance(each, tuple | list | dict)] == []


def test_a_refusal_is_not_before_an_interception_whichever_was_later() -> None:
    refusal = Refusal("a test")
    with Interception(target()) as interception:
        switchboard().begin(refusal)
        try:
            assert has_the_calls() is interception.target
            interception.stop()
            assert has_the_calls() is refusal
        finally:
            switchboard().end(refusal)


def test_a_gate_asks_for_those_alone_that_began_since_it_was_put_there() -> None:
    board = switchboard()
    with Interception(target()) as first:
        begun = board.active(0)
        assert begun is not None
        later = Gate(board, begun[0] + 1)
        assert later.target(API_HOST) is None
        with Interception(target()) as second:
            assert later.target(API_HOST) is second.target
        assert later.target(API_HOST) is None
        assert Gate(board, 0).target(API_HOST) is first.target


def test_what_is_let_through_is_let_through_in_its_own_thread_alone() -> None:
    gate = Gate(switchboard(), 0)

    with Interception(target()), gate.let_through(), ThreadPoolExecutor(1) as pool:
        gate.guard(API_HOST)
        with pytest.raises(BlockedError):
            pool.submit(gate.guard, API_HOST).result()


def test_two_that_wait_for_imports_do_not_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    imported: list[str] = []
    finders = [Finder({"this"}, lambda module: imported.append(module.__name__)) for _ in range(2)]
    monkeypatch.setattr(sys, "meta_path", [*finders, *sys.meta_path])
    monkeypatch.delitem(sys.modules, "this", raising=False)
    monkeypatch.setattr("builtins.print", lambda *_: None)

    import_module("this")

    assert imported == ["this", "this"]
