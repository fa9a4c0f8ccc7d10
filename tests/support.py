"""What tests share: a client that validates every answer against the contract."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import jsonschema_rs

from mock_lusha.contract.paths import PathTable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from mock_lusha.contract.document import Operation
    from mock_lusha.contract.registry import Registry
    from mock_lusha.state.journal import Journal

IN_CI = os.environ.get("CI") == "true"
"""Whether this is a run of .ci/run, which installs what tests need: there nothing may be left out. Tests do
not see the variable themselves."""
RATE_HEADERS = {f"x-rate-limit-{window}" for window in ("daily", "hourly", "minute")} | {
    f"x-{window}-{what}" for window in ("daily", "hourly", "minute") for what in ("requests-left", "usage")
}
DAILY_HEADERS = {"X-RateLimit-Remaining-Daily", "X-RateLimit-Reset-Daily"}


def script(name: str) -> ModuleType:
    """A script of the folder ``scripts``, as a module."""
    path = Path(__file__).parent.parent / "scripts" / name
    spec = importlib.util.spec_from_file_location(path.stem.replace("-", "_"), path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def server_elsewhere(*flags: str) -> Iterator[str]:
    """The URL of a server in a process of its own, as a container would be; it ends with the block."""
    command = [sys.executable, "-m", "mock_lusha", "serve", "--port=0", "--log-level=error", *flags]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr is not None
            found = re.search(r"at (http://\S+)", server.stderr.readline())
            assert found is not None
            yield found[1]
        finally:
            server.terminate()
            server.communicate(timeout=20)
    assert server.returncode == 0


class AnswerCheck:
    """Validates answers of Lusha paths: status, body and headers, as the contract has them."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._validators: dict[tuple[str, str], Any] = {}
        self._table: PathTable[Operation] = PathTable()
        for operation in registry.operations.values():
            for path in operation.paths:
                self._table.add(operation.method, path, operation)
        self._gone = {path for operation in registry.operations.values() for path in operation.replaces}

    def check(self, method: str, path: str, status: int, headers: httpx.Headers, body: Any) -> None:
        """Fails the test where the answer is not what the contract says."""
        match = self._table.find(method, path)
        if match is None:
            statuses = {404, 401} if path in self._gone else {404}
            page = path.startswith("/_mock") or (path, status) == ("/", 302)
            assert page or status in statuses, (method, path, status)
            return
        operation = match[0]
        contract = self._registry.contract_of(operation)
        item = contract.document["paths"][operation.path]["get" if method == "HEAD" else method.lower()]
        responses = item["responses"]
        response = contract.resolve(responses.get(str(status), responses["default"]))
        assert headers["content-type"].startswith("application/json")
        assert "retry-after" not in headers
        rate = {name for name in headers if name in RATE_HEADERS}
        assert len(rate) in {0, 6, 9}, rate
        if method == "HEAD":
            return
        key = (operation.id, str(status) if str(status) in responses else "default")
        if key not in self._validators:
            schema = response["content"]["application/json"]["schema"]
            self._validators[key] = jsonschema_rs.Draft202012Validator(
                {**schema, "components": {"schemas": contract.schemas}}, validate_formats=True
            )
        errors = self._validators[key].iter_errors(body)
        # A message begins with the whole instance, and says at its end what is wrong with it.
        problems = [f"{list(e.instance_path)} {list(e.schema_path)[-2:]}: {e.message[-300:]}" for e in errors]
        assert not problems, f"{method} {path} {status} is not what the contract says: {problems[:5]}"


class CheckedClient:
    """A synchronous client of an app in this process, or of what is called in its place.

    ``key`` goes into the header ``api_key`` of each request, unless the request has its own or it is None.
    """

    def __init__(self, app: Any, check: AnswerCheck, key: str | None) -> None:
        # What several clients call in one after the other has one loop, to which its connections belong.
        self._own_loop = None if hasattr(app, "loop") else asyncio.new_event_loop()
        self._loop: asyncio.AbstractEventLoop = self._own_loop or app.loop
        self._client = httpx.AsyncClient(
            transport=app.transport()
            if hasattr(app, "transport")
            else httpx.ASGITransport(app=app, raise_app_exceptions=True),
            base_url="http://double.localhost",
        )
        self._app = app
        self._check = check
        self.key = key

    def request(
        self, method: str, url: str, *, key: str | None = None, headers: Any = None, **options: Any
    ) -> httpx.Response:
        sent = httpx.Headers(headers or {})
        chosen = key if key is not None else self.key
        if chosen is not None and "api_key" not in sent:
            sent["api_key"] = chosen
        answer = self._loop.run_until_complete(self._client.request(method, url, headers=sent, **options))
        path = answer.request.url.path
        # The page and the stream of events are no JSON; all else is.
        is_page = path.startswith("/_mock") or answer.status_code == 302
        is_json = not is_page or "json" in answer.headers.get("content-type", "")
        body = answer.json() if answer.content and is_json else None
        self._check.check(method, path, answer.status_code, answer.headers, body)
        return answer

    def get(self, url: str, **options: Any) -> httpx.Response:
        return self.request("GET", url, **options)

    def post(self, url: str, **options: Any) -> httpx.Response:
        return self.request("POST", url, **options)

    def used(self, key: str | None = None) -> int:
        """Credits used so far, as the usage endpoint says."""
        usage = self.get("/account/usage", key=key).json()["usage"]
        (category,) = usage.values()
        used: int = category["used"]
        return used

    @property
    def last_error(self) -> str | None:
        """The name of the error that the last request met, as the journal has it; no answer says it."""
        error: str | None = self.get("/_mock/journal?last=1").json()["exchanges"][0]["error"]
        return error

    @property
    def journal(self) -> Journal:
        """The journal itself, of an app in this process."""
        journal: Journal = self._app.state.journal
        return journal

    def close(self) -> None:
        self._loop.run_until_complete(self._client.aclose())
        self._loop.run_until_complete(asyncio.sleep(0))  # sockets are closed then
        if self._own_loop is not None:
            self._own_loop.close()
