"""What a redactor with a key of the tests makes of answers and bodies."""

from __future__ import annotations

import json
from typing import Any

from mock_lusha.contract.document import Contract
from mock_lusha.contract.registry import Registry, merged
from mock_lusha.recorder.interaction import Interaction
from mock_lusha.recorder.pseudonyms import Pseudonyms
from mock_lusha.recorder.redaction import Redactor

KEY = b"a key of the tests"
REGISTRY = Registry.load()
CONTRACT = Contract(json.dumps(merged(REGISTRY.contracts.values())).encode())
"""All generations as one contract, whose schemas have names of their own."""
REDACTOR = Redactor(KEY, REGISTRY)
MADE = Pseudonyms(KEY)


def answered(operation: str | None, answer: Any, status: int = 200, **fields: Any) -> Any:
    """The answer as it is recorded."""
    raw = Interaction("GET", "/v2/person", status, operation, answer=answer, has_answer=True, **fields)
    return REDACTOR.interaction(raw).answer


def asked(operation: str | None, body: Any, *secrets: str) -> Any:
    """The body as it is recorded."""
    return REDACTOR.request(operation, "/v2/person", (), body, secrets)[2]
