"""Names of what is seen of exchanges and accounts beyond operation, status and error."""

from __future__ import annotations

from typing import Final

SLOW: Final = "slow"
FAILED_CELLS: Final = "cells-failed"
DEPRECATED: Final = "deprecated"
NOTHING_FOUND: Final = "nothing-found"
PARTIAL: Final = "partial"
RESTRICTED: Final = "restricted"
REVEALED_AGAIN: Final = "revealed-again"
LAST_PAGE: Final = "last-page"
NO_RESULTS: Final = "no-results"
JOB_BEGUN: Final = "job-begun"
JOB_PENDING: Final = "job-pending"
SUBSCRIBED: Final = "subscribed"
DELIVERED: Final = "delivered"
RECEIVER_EXAMINED: Final = "receiver-examined"
DELIVERY_RETRIED: Final = "delivery-retried"
