"""Receivers of webhooks, written from what Lusha says publicly of its signatures; nothing is of the double.

The message is the timestamp of the header, a full stop and the JSON body; its HMAC-SHA256 with the secret, in
hexadecimal digits, is the signature. A receiver answers 2xx within 10 seconds.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from starlette.requests import Request

SECRET = "whsec_Kq3mWz7TnB5vXc9LpR2sYd8FhJ4gAe6UiOt1yQxNwMbVkHjGZr"
NODE = shutil.which("node")
NODE_SERVER = Path(__file__).parents[2] / "js" / "receiver.js"
TYPES = {"promotion", "companyChange", "commercialActivityNews"}


class Hook:
    """What a receiver holds: its secret, and the ids that it has processed."""

    def __init__(self) -> None:
        self.secret = SECRET
        self.ids: list[str] = []

    def rotate(self, secret: str) -> None:
        self.secret = secret

    def signature(self, timestamp: str, body: bytes) -> str:
        message = timestamp.encode() + b"." + body
        return hmac.new(self.secret.encode(), message, hashlib.sha256).hexdigest()

    def is_genuine(self, timestamp: str, signature: str, body: bytes) -> bool:
        return hmac.compare_digest(self.signature(timestamp, body), signature)

    def process(self, event: Any) -> None:
        name = event.get("id") or event["contactId"]
        if name not in self.ids:
            self.ids.append(name)

    def receive(self, timestamp: str | None, signature: str | None, body: bytes) -> int:
        """The status that it answers."""
        if not timestamp or not signature or not self.is_genuine(timestamp, signature, body):
            return 401
        self.process(json.loads(body))
        return 201


class Unverified(Hook):
    def is_genuine(self, timestamp: str, signature: str, body: bytes) -> bool:
        return True

    def receive(self, timestamp: str | None, signature: str | None, body: bytes) -> int:
        self.process(json.loads(body))
        return 201


class Spaced(Hook):
    """It writes the body again, and not as it was sent."""

    def signature(self, timestamp: str, body: bytes) -> str:
        return super().signature(timestamp, json.dumps(json.loads(body)).encode())


class Escaped(Hook):
    """The same without spaces, but with escapes."""

    def signature(self, timestamp: str, body: bytes) -> str:
        return super().signature(timestamp, json.dumps(json.loads(body), separators=(",", ":")).encode())


class Narrow(Hook):
    """It knows what there was when it was written."""

    def process(self, event: Any) -> None:
        if event["type"] not in TYPES:
            raise ValueError("what is this?")
        super().process(event)


class Forgetful(Hook):
    def process(self, event: Any) -> None:
        self.ids.append(event.get("id") or event["contactId"])


class Prefix(Hook):
    def is_genuine(self, timestamp: str, signature: str, body: bytes) -> bool:
        return self.signature(timestamp, body)[:8] == signature[:8]


class Loyal(Hook):
    """It accepts old secrets forever."""

    def __init__(self) -> None:
        super().__init__()
        self.secrets = [SECRET]

    def rotate(self, secret: str) -> None:
        self.secrets.append(secret)

    def is_genuine(self, timestamp: str, signature: str, body: bytes) -> bool:
        hooks = [Hook() for _ in self.secrets]
        for hook, secret in zip(hooks, self.secrets, strict=True):
            hook.rotate(secret)
        return any(hook.is_genuine(timestamp, signature, body) for hook in hooks)


class Careless(Hook):
    """It takes for granted that there are headers, and refuses by accident where there are none."""

    def receive(self, timestamp: str | None, signature: str | None, body: bytes) -> int:
        assert timestamp is not None
        assert signature is not None
        return super().receive(timestamp, signature, body)


class Eager(Hook):
    """It processes first and looks at the signature then."""

    def receive(self, timestamp: str | None, signature: str | None, body: bytes) -> int:
        self.process(json.loads(body))
        return super().receive(timestamp, signature, body)


class Punctual(Hook):
    """It refuses what is older than five minutes."""

    def receive(self, timestamp: str | None, signature: str | None, body: bytes) -> int:
        if timestamp and abs(time.time() - int(timestamp)) > 300:
            return 400
        return super().receive(timestamp, signature, body)


def asgi(hook: Hook, *, hangs: bool = False) -> Starlette:
    """An application at ``/hooks/lusha``; FastAPI's are made of this one."""

    async def receive(request: Request) -> JSONResponse:
        if hangs:
            await asyncio.Event().wait()
        headers = request.headers
        status = hook.receive(
            headers.get("x-lusha-timestamp"), headers.get("x-lusha-signature"), await request.body()
        )
        return JSONResponse({"received": status == 201}, status)

    return Starlette(routes=[Route("/hooks/lusha", receive, methods=["POST"])])


def wsgi(hook: Hook) -> Callable[[dict[str, Any], Callable[..., object]], Iterable[bytes]]:
    """The same as WSGI has it, as Flask and Django do."""

    def app(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        status = hook.receive(
            environ.get("HTTP_X_LUSHA_TIMESTAMP"), environ.get("HTTP_X_LUSHA_SIGNATURE"), body
        )
        phrase = "201 Created" if status == 201 else "401 Unauthorized"
        start_response(phrase, [("Content-Type", "application/json")])
        return [b'{"received":true}']

    return app


class NodeServer:
    """The same as a server of Node's, which can be asked what it has processed and told another secret."""

    def __init__(self) -> None:
        assert NODE is not None
        self._process = subprocess.Popen(
            [NODE, str(NODE_SERVER)], stdout=subprocess.PIPE, text=True, env={"LUSHA_WEBHOOK_SECRET": SECRET}
        )
        assert self._process.stdout is not None
        self.url = f"http://127.0.0.1:{int(self._process.stdout.readline())}"

    def processed(self) -> int:
        with urllib.request.urlopen(f"{self.url}/processed", timeout=5) as answer:
            return int(answer.read())

    def rotate(self, secret: str) -> None:
        urllib.request.urlopen(f"{self.url}/secret", data=secret.encode(), timeout=5).close()

    def __enter__(self) -> NodeServer:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


def flips(content: bytes) -> Iterator[bytes]:
    """A text with one bit of one byte changed, for each byte."""
    for at, byte in enumerate(content):
        yield content[:at] + bytes([byte ^ 1]) + content[at + 1 :]
