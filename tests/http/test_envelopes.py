"""Which envelopes there are; what is in them, ``test_errors`` and ``test_bytes`` say."""

from __future__ import annotations

from dataclasses import fields

import pytest

from mock_lusha.config import Settings
from mock_lusha.contract.registry import GENERATIONS
from mock_lusha.errors import CATALOGUE, ApiError
from mock_lusha.http.envelopes import ENVELOPES, Refusal, error_reply

(SETTING,) = (field for field in fields(Settings) if field.name == "error_format")
FORMATS = set(SETTING.metadata["metavar"].split("|"))


def test_every_generation_that_is_served_has_every_format() -> None:
    assert ENVELOPES.keys() == {*GENERATIONS, "control"}
    for generation in GENERATIONS:
        assert ENVELOPES[generation].keys() == FORMATS


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_error_has_its_status_in_every_envelope(name: str) -> None:
    for generation, formats in ENVELOPES.items():
        for error_format in formats:
            reply = error_reply(Refusal(ApiError(name), "GET", "now", "an-id"), generation, error_format)
            assert reply.status == CATALOGUE[name].status
            assert reply.body
