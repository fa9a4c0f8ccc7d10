"""Requests to a recorder, and what a client gets for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.recorder.interaction import Interaction
from mock_lusha.recorder.request import RecorderRequest

if TYPE_CHECKING:
    from mock_lusha.recorder.recorder import Recorder

LOOPBACK = "http://127.0.0.1:9"
LIVE = "https://api.lusha.com"
RECORDS = ("once", "new", "all", "rewrite")


USAGE = RecorderRequest("GET", "/account/usage")


def company(domain: str = "acme.com") -> RecorderRequest:
    return RecorderRequest("GET", "/v2/company", query=(("domain", domain),))


def people(*contacts: dict[str, Any], **more: Any) -> RecorderRequest:
    body = {"contacts": list(contacts), "metadata": {}, **more}
    return RecorderRequest("POST", "/v2/person", body=body, has_body=True)


def search(**body: Any) -> RecorderRequest:
    return RecorderRequest("POST", "/prospecting/contact/search", body=body, has_body=True)


def ask(recorder: Recorder, asked: RecorderRequest, answer: Any = "live", status: int = 200) -> Any:
    """The answer a client gets: the recorded one, or else the one that the upstream would give."""
    found = recorder.decide(asked)
    if found is not None:
        return found.answer
    recorder.keep(asked, Interaction(asked.method, asked.path, status, answer=answer, has_answer=True))
    return answer


def counts(recorder: Recorder) -> dict[str, int]:
    return {str(verdict): number for verdict, number in recorder.verdicts.items()}
