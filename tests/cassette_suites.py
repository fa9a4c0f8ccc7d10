"""Suites that record and replay, and what they leave and say."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    Run = Callable[..., pytest.RunResult]


EMAIL = "zelda.tobefound@acme.com"
PERSON = f'lusha.client.get("/v2/person?email={EMAIL}")'
COMPANY = 'lusha.client.get("/v2/company?domain=acme.com")'
MARKED = "@pytest.mark.lusha(cassette=True)"
ONE = f"""
    import pytest

    {MARKED}
    def test_it(lusha):
        assert {PERSON}.status_code == 200
        assert {COMPANY}.status_code == 200
"""


def cassettes(pytester: pytest.Pytester) -> list[str]:
    return sorted(str(each.relative_to(pytester.path)) for each in pytester.path.rglob("*.yaml"))


def error_of(result: pytest.RunResult) -> str:
    return " ".join(result.stdout.str().split())
