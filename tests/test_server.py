from __future__ import annotations

import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, BinaryIO

import httpx
import pytest

from mock_lusha import MockServer, Settings
from mock_lusha.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mock_lusha.clock import Clock


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, headers={"api_key": "server-test"}) as client:
        yield client


def threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name == "mock-lusha"}


def port_of(server: MockServer) -> int:
    return int(server.url.rpartition(":")[2])


def test_it_listens_when_start_returns(http: httpx.Client) -> None:
    server = MockServer(Settings(port=0, seed="mine")).start()
    try:
        answer = http.get(f"{server.url}/_mock/ready")
    finally:
        server.stop()

    assert answer.json()["seed"] == "mine"
    assert server.settings.seed == "mine"


def test_with_starts_and_stops_it(http: httpx.Client) -> None:
    with MockServer() as server:
        inside = http.get(f"{server.url}/v2/company?domain=acme.com")

    assert inside.status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url, trust_env=False)


def test_an_error_inside_with_stops_it_too() -> None:
    before = threads()

    with pytest.raises(ZeroDivisionError), MockServer() as server:
        raise ZeroDivisionError

    assert threads() == before
    assert_closed(port_of(server))


def assert_closed(port: int) -> None:
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1)
    with socket.create_server(("127.0.0.1", port)) as free:
        assert free.getsockname()[1] == port


def test_after_stop_thread_and_socket_are_gone(http: httpx.Client) -> None:
    before = threads()
    server = MockServer().start()
    http.get(f"{server.url}/_mock/ready")

    assert len(threads() - before) == 1
    server.stop()

    assert threads() == before
    assert_closed(port_of(server))


def test_the_thread_does_not_keep_the_process() -> None:
    before = threads()
    with MockServer():
        (thread,) = threads() - before

        assert thread.daemon


@pytest.mark.parametrize("seed", ["one", "lusha"])
def test_settings_that_name_no_port_get_a_free_one(seed: str) -> None:
    with MockServer(Settings(seed=seed)) as one, MockServer(Settings(seed=seed)) as other:
        assert port_of(one) != port_of(other)
        assert 8080 not in {port_of(one), port_of(other)}


def test_a_port_that_the_settings_name_is_used(http: httpx.Client) -> None:
    with MockServer() as first:
        port = port_of(first)
    with MockServer(Settings(port=port)) as server:
        assert port_of(server) == port
        assert http.get(f"{server.url}/_mock/ready").status_code == 200


def test_two_servers_in_one_process_share_nothing(http: httpx.Client) -> None:
    with MockServer(Settings(port=0, seed="a")) as one, MockServer(Settings(port=0, seed="b")) as other:
        person = "/v2/person?email=jane.doe@acme.com"
        answers = [http.get(server.url + person).json() for server in (one, other)]
        http.get(one.url + "/v2/company?domain=acme.com")
        used = [
            http.get(f"{server.url}/account/usage").json()["usage"]["credits"]["used"]
            for server in (one, other)
        ]

    names = [answer["contact"]["data"]["fullName"] for answer in answers]
    assert names == ["Jane Doe", "Jane Doe"]
    assert answers[0] != answers[1]
    assert used[0] > 0 < used[1]


def test_one_of_two_servers_serves_on_when_the_other_stops(http: httpx.Client) -> None:
    with MockServer(Settings(port=0)) as one:
        with MockServer(Settings(port=0)) as other:
            http.get(f"{other.url}/_mock/ready")

        assert http.get(f"{one.url}/_mock/ready").status_code == 200


def test_a_port_in_use_is_an_error_and_leaves_nothing_behind(http: httpx.Client) -> None:
    before = threads()
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        server = MockServer(Settings(port=port))

        with pytest.raises(ConfigError) as caught:
            server.start()

        assert str(caught.value).startswith(f"cannot listen on 127.0.0.1:{port} (Address already in use)")
        assert threads() == before

    with server:
        assert http.get(f"http://127.0.0.1:{port}/_mock/ready").status_code == 200


def test_a_mistake_in_the_settings_is_an_error_before_anything_listens(tmp_path: Path) -> None:
    before = threads()
    (tmp_path / "people.yaml").write_text("persons: []\n")

    with pytest.raises(ConfigError, match="has no 'persons'"):
        MockServer(Settings(port=0, fixtures=tmp_path)).start()

    assert threads() == before


def test_a_stopped_server_starts_again_with_a_clean_state(http: httpx.Client) -> None:
    server = MockServer(Settings(port=0))
    used = []
    for _ in range(2):
        with server:
            http.get(f"{server.url}/v2/company?domain=acme.com")
            usage = http.get(f"{server.url}/account/usage").json()
            used.append(usage["usage"]["credits"]["used"])

    assert used == [1, 1]


def test_a_second_start_is_refused_and_the_first_serves_on(http: httpx.Client) -> None:
    with MockServer() as server:
        with pytest.raises(RuntimeError, match="the server is running already"):
            server.start()

        assert http.get(f"{server.url}/_mock/ready").status_code == 200


def test_stop_is_harmless_where_nothing_runs() -> None:
    server = MockServer()

    server.stop()
    server.start()
    server.stop()
    server.stop()

    assert_closed(port_of(server))


def test_it_stops_while_a_client_keeps_its_connection() -> None:
    server = MockServer().start()
    with httpx.Client(trust_env=False) as client:
        client.get(f"{server.url}/_mock/ready")
        stopper = threading.Thread(target=server.stop)
        stopper.start()
        stopper.join(1)

        assert not stopper.is_alive()


def test_a_stop_in_the_middle_of_a_request_is_no_error_to_report(
    http: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    server = MockServer(Settings(port=0)).start()
    with socket.create_connection(("127.0.0.1", port_of(server))) as connection:
        connection.sendall(b"POST /v2/person HTTP/1.1\r\nHost: x\r\napi_key: k\r\nContent-Length: 9\r\n\r\n{")
        http.get(f"{server.url}/_mock/ready")
        server.stop()

    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


def test_it_starts_and_stops_in_a_thread_that_is_not_the_main_one() -> None:
    def work() -> int:
        assert threading.current_thread() is not threading.main_thread()
        with MockServer(Settings(port=0)) as server:
            return httpx.get(f"{server.url}/_mock/ready", trust_env=False).status_code

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(work).result(timeout=20) == 200


def test_one_thread_may_stop_what_another_started(http: httpx.Client) -> None:
    with ThreadPoolExecutor(1) as pool:
        server = pool.submit(MockServer(Settings(port=0)).start).result(timeout=20)

    assert http.get(f"{server.url}/_mock/ready").status_code == 200
    server.stop()
    assert_closed(port_of(server))


def test_a_clock_of_the_caller_is_used(http: httpx.Client, clock: Clock) -> None:
    with MockServer(Settings(port=0, error_format="live", strict_keys=True), clock=clock) as server:
        http.get(f"{server.url}/v2/company?domain=acme.com", headers={"api_key": "trial-ended"})
        answer = http.get(f"{server.url}/v2/company?domain=acme.com", headers={"api_key": "trial-ended"})

    assert answer.status_code == 429
    assert answer.json()["timestamp"] == "2026-03-31T12:00:00.000Z"


def test_concurrent_calls_to_one_account_keep_the_ledger_exact() -> None:
    emails = [f"person.no{number}@acme.com" for number in range(50)]

    def calls(thread: int) -> list[httpx.Response]:
        with httpx.Client(base_url=server.url, trust_env=False, headers={"api_key": "shared-key"}) as client:
            return [
                client.get("/v2/person", params={"email": emails[(thread * 25 + number) % 50]})
                for number in range(25)
            ]

    with MockServer(Settings(port=0, limits="headers")) as server:
        with ThreadPoolExecutor(8) as pool:
            answers = [answer for found in pool.map(calls, range(8)) for answer in found]
        with httpx.Client(base_url=server.url, trust_env=False) as client:
            for email in emails:
                client.get("/v2/person", params={"email": email}, headers={"api_key": "alone"})
            shared, alone = (
                client.get("/account/usage", headers={"api_key": key}).json()["usage"]["credits"]
                for key in ("shared-key", "alone")
            )

    # Each person was asked for four times by several threads and paid for once.
    assert {answer.status_code for answer in answers} == {200}
    assert sum(answer.json()["contact"]["isCreditCharged"] for answer in answers) == 50
    assert sorted(int(answer.headers["x-daily-usage"]) for answer in answers) == list(range(1, 201))
    assert shared == alone
    assert 50 <= shared["used"] <= 50 * 6
    assert shared["used"] + shared["remaining"] == shared["total"] == 10_000


# Answers as they stand on the wire

HEAD = "Host: double.test\r\napi_key: server-test\r\n"
ONE = "/prospecting/filters/contacts/departments"
OTHER = "/prospecting/filters/contacts/seniority"
BUSINESS, LEVELS = b'["Business', b'[{"id":10'
JSON = "Content-Type: application/json\r\n"
PLACES = f"POST /prospecting/filters/contacts/locations HTTP/1.1\r\n{HEAD}{JSON}Content-Length: 15\r\n"
# What is sent -> (starts of the bodies that come, whether the connection then stays)
WIRE = {
    "one request": (f"GET {ONE} HTTP/1.1\r\n{HEAD}\r\n", [BUSINESS], True),
    "two at once": (
        f"GET {ONE} HTTP/1.1\r\n{HEAD}\r\nGET {OTHER} HTTP/1.1\r\n{HEAD}\r\n", [BUSINESS, LEVELS], True
    ),
    "the last": (f"GET {ONE} HTTP/1.1\r\n{HEAD}Connection: close\r\n\r\n", [BUSINESS], False),
    "an old one": (f"GET {ONE} HTTP/1.0\r\n{HEAD}\r\n", [BUSINESS], False),
    "a head alone": (f"HEAD {ONE} HTTP/1.1\r\n{HEAD}\r\n", [b""], True),
    "a body that is announced": (
        PLACES + 'Expect: 100-continue\r\n\r\n{"text": "ber"}', [b"[{"], True
    ),
}  # fmt: skip


def read_answer(stream: BinaryIO, *, head_only: bool) -> tuple[dict[bytes, bytes], bytes]:
    status = stream.readline()
    while status.startswith(b"HTTP/1.1 100"):
        assert stream.readline() == b"\r\n"
        status = stream.readline()
    assert status.startswith(b"HTTP/1.1 200 OK"), status
    headers: dict[bytes, bytes] = {}
    while (line := stream.readline()) != b"\r\n":
        name, _, value = line.rstrip().partition(b": ")
        assert name not in headers
        headers[name] = value
    return headers, b"" if head_only else stream.read(int(headers[b"content-length"]))


@pytest.mark.parametrize("case", WIRE)
def test_on_the_wire_answers_are_whole_and_in_order(case: str) -> None:
    sent, starts, stays = WIRE[case]
    with MockServer() as server, socket.create_connection(("127.0.0.1", port_of(server)), timeout=20) as sock:
        sock.sendall(sent.encode())
        with sock.makefile("rb") as stream:
            for start in starts:
                headers, body = read_answer(stream, head_only=sent.startswith("HEAD"))
                assert body.startswith(start)
                assert headers[b"content-type"] == b"application/json; charset=utf-8"
                assert {b"date", b"x-rate-limit-daily", b"x-minute-usage"} <= headers.keys()
                assert (headers.get(b"connection") == b"close") is not stays
            if stays:
                sock.sendall(f"GET {OTHER} HTTP/1.1\r\n{HEAD}\r\n".encode())
                assert read_answer(stream, head_only=False)[1].startswith(b'[{"id":10')
            else:
                assert stream.read() == b""


def test_a_client_that_reads_slowly_gets_a_long_answer_whole() -> None:
    contacts = [{"contactId": str(n), "email": f"jane.doe{n}@acme.com"} for n in range(100)]
    body = json.dumps({"contacts": contacts}).encode()
    head = f"POST /v2/person HTTP/1.1\r\n{HEAD}{JSON}Content-Length: {len(body)}\r\n\r\n"
    with MockServer() as server, socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.settimeout(20)
        sock.connect(("127.0.0.1", port_of(server)))
        sock.sendall(3 * (head.encode() + body))
        with sock.makefile("rb") as stream:
            answers = [json.loads(read_answer(stream, head_only=False)[1]) for _ in range(3)]

    assert [len(answer["contacts"]) for answer in answers] == [100, 100, 100]
    assert answers[1] == answers[2]
