from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from recorder.calls import LOOPBACK, USAGE, ask, company

from mock_lusha.recorder.guard import Guard
from mock_lusha.recorder.recorder import Recorder
from mock_lusha.recorder.redaction import Redactor

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mock_lusha.contract.registry import Registry


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tape.yaml"


@pytest.fixture
def redactor(registry: Registry) -> Redactor:
    return Redactor(b"a key of tests", registry)


@pytest.fixture
def recorder(path: Path, redactor: Redactor, registry: Registry) -> Callable[..., Recorder]:
    """A recorder of ``path`` over a loopback upstream: ``recorder("once", max_credits=3)``."""

    def make(mode: str, upstream: str = LOOPBACK, max_credits: int | None = None) -> Recorder:
        guard = Guard(upstream, max_credits)
        return Recorder(path, mode, redactor=redactor, guard=guard, upstream=upstream, registry=registry)

    return make


@pytest.fixture
def recorded(path: Path, recorder: Callable[..., Recorder]) -> Path:
    """A cassette with one company and the usage."""
    first = recorder("once")
    ask(first, company(), {"creditsCharged": 1, "data": {"founded": "1999"}})
    ask(first, USAGE, {"usage": {"credits": {"total": 9}}})
    return path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a file of another format may be, without the end of its name."""
    return tmp_path_factory.mktemp("foreign") / "recording"
