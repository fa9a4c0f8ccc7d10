"""What may stand in a capture: all classes that accounts, and the server, are made of, and nothing else."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ALLOWED: Final[Mapping[str, Sequence[str]]] = {
    "array": ("_array_reconstructor", "array"),
    "builtins": ("bytearray", "frozenset", "set"),
    "collections": ("Counter", "OrderedDict", "deque"),
    "datetime": ("date", "datetime", "timezone"),
    "mock_lusha.api.webhooks.delivering": ("SignedRequest",),
    "mock_lusha.caching": ("GenerationalMap",),
    "mock_lusha.captures.plain_journal": ("FormerAccount",),
    "mock_lusha.config.webhook_presets": ("WebhookPresets",),
    "mock_lusha.errors": ("ApiError", "Detail"),
    "mock_lusha.scenario.json_path": ("JSONPath",),
    "mock_lusha.scenario.model": ("Delay", "Matcher", "Moment", "Respond", "Rule", "Scenario", "When"),
    "mock_lusha.scenario.pattern": ("Pattern",),
    "mock_lusha.scenario.progress": ("Begun", "Progress"),
    "mock_lusha.state.account_profiles": ("AccountProfile",),
    "mock_lusha.state.coverage": ("Tally",),
    "mock_lusha.state.inbox": ("Inboxes", "Received"),
    "mock_lusha.state.jobs": ("Job", "Jobs"),
    "mock_lusha.state.ledger": ("Entry", "Ledger"),
    "mock_lusha.state.limits": ("Windows",),
    "mock_lusha.state.lookalike_sessions": ("LookalikeSession", "LookalikeSessions"),
    "mock_lusha.state.ranking": ("Ranking",),
    "mock_lusha.state.tables": ("Column", "ColumnKind", "Table", "Tables"),
    "mock_lusha.state.totals": ("CallTotals", "Totals"),
    "mock_lusha.state.users": ("User",),
    "mock_lusha.state.webhooks": (
        *("Attempt", "AuditEntry", "Delivery", "Event", "Subscription", "Webhooks"),
    ),
    "mock_lusha.world.account_lookup": ("Erasures",),
    "mock_lusha.world.entities": (
        *("Award", "Certification", "Course", "Email", "Funding", "FundingRound", "Industry"),
        *("IntentTopic", "Job", "PersonKey", "Phone", "Place", "Seniority"),
    ),
    "mock_lusha.world.pins": ("PinnedCompany", "PinnedPerson", "indexed"),
    "mock_lusha.world_store": ("AccountOverlay",),
}
"""Names by module. Whoever is handed anything else has a foreign capture, or one of another version."""


def found(module: str, name: str) -> Any:
    """What a name stands for.

    Raises:
        StoreError: it may not stand in a capture.
    """
    if name not in ALLOWED.get(module, ()):
        raise StoreError(
            f"a snapshot in the store holds {module}.{name}, which no snapshot of this version has: "
            "begin with an empty store"
        )
    return getattr(import_module(module), name)
