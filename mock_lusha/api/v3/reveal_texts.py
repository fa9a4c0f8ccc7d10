"""What is known of people and what revealing it costs, in JSON: few texts, that many rows have."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from mock_lusha.services.reveal_quotes import RevealQuote


@lru_cache(maxsize=64)
def holdings(quote: RevealQuote, *, has_previous: bool) -> str:
    """What is known of a person, and what revealing it costs."""
    has = ["firstName", "lastName", "jobTitle", "company", "location", "socialLinks"]
    details = quote._asdict().items()
    has += [name for name, credits_ in details if credits_ is not None]
    has += ["previousEmployment"] if has_previous else []
    has += ["jobStartDate"]
    reveals = [{"field": name, "credits": credits_} for name, credits_ in details if credits_ is not None]
    return f'"has":{orjson.dumps(has).decode()},"canReveal":{orjson.dumps(reveals).decode()}'
