"""The real-API client: pass through, record, redact, replay, and tell when reality moved.

It stands on httpx alone and does not import the double, apart from its contract.
"""

from typing import Final

REAL: Final = "mock_lusha.real"
"""Extension of a request of httpx that is meant for the real API, whatever is intercepted."""
