from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mock_lusha.clock import Clock
from mock_lusha.tls.authority import Authority

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A CA that tests share; its folder is not to be changed."""
    return Authority.open(tmp_path_factory.mktemp("ca"), Clock().now())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for a CA, which is not there yet."""
    return tmp_path / "state" / "mock-lusha"
