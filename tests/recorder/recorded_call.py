"""A call as it is recorded, for tests of files that say it otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.recorder.interaction import Interaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_lusha.recorder.foreign_reader import Imported

    Reader = Callable[..., Imported]


COMPANY = "https://api.lusha.com/v2/company?domain=acme.com&domain=&x=a%20b"
ANSWER = {"data": {"name": "Açme 😀"}, "creditsCharged": 1}
READ = Interaction(
    "GET",
    "/v2/company",
    200,
    operation="searchSingleCompanyV2",
    query=(("domain", "acme.com"), ("domain", ""), ("x", "a b")),
    headers={"content-type": "application/json", "x-daily-usage": "1"},
    answer=ANSWER,
    has_answer=True,
    credits=None,
)
