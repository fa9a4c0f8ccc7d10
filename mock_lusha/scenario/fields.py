"""The fields of a scenario file, by what they are fields of, and the bounds of their values."""

from __future__ import annotations

from typing import Final

SCENARIO_FIELDS: Final = ("name", "description", "rules")
RULE_FIELDS: Final = ("name", "when", "respond", "times", "then")
WHEN_FIELDS: Final = (
    "operation", "method", "path", "header", "query", "body", "key", "identifier", "nth", "every", "share",
    "from", "until",
)  # fmt: skip
RESPOND_FIELDS: Final = (
    "error", "status", "headers", "body", "content_type", "delay", "bytes_per_second", "fault", "patch",
    "drain", "spend", "erase", "outcome", "cells", "deliver",
)  # fmt: skip
MATCHER_FIELDS: Final = ("equals", "contains", "regex", "absent")
DELAY_FIELDS: Final = ("fixed", "uniform", "lognormal")
LOGNORMAL_FIELDS: Final = ("p50", "p99")
NAME: Final = r"[a-z0-9][a-z0-9._-]{0,63}"
MOST_BYTES_PER_SECOND: Final = 1_000_000_000
MOST_RULES: Final = 1_000
HEADER_NAME: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
NULLABLE: Final = frozenset({"body", "patch", "equals"})
"""Fields in which null is a value, and not the lack of one."""
