"""The environment variables that point a program at the double."""

from __future__ import annotations

from typing import Protocol


class SetsEnv(Protocol):
    """What is needed of pytest's ``monkeypatch``."""

    def setenv(self, name: str, value: str) -> None:
        """Set a variable until the end of the test."""


def program_variables(url: str, api_key: str) -> dict[str, str]:
    """The variables of a program that calls Lusha, with their values."""
    return {"LUSHA_API_URL": url, "LUSHA_BASE_URL": url, "LUSHA_API_KEY": api_key}
