"""The double with limits that are enforced as ever, and that no load reaches; run like ``mock-lusha``.

Limits are those of plans and operations, and no setting makes them wider than 25 requests a second. Here the
plan of unnamed keys and the usual limit of an operation take a billion requests: they are checked, counted
and shown for each request by the same code as otherwise.
"""

from __future__ import annotations

from dataclasses import replace

from mock_lusha import plans

ROOM = 10**9


def widen() -> None:
    """Put other limits in the place of those that are shipped, before anything has read them."""
    wide = replace(plans.PLANS["scale"], minute=ROOM, hour=ROOM, day=ROOM)
    vars(plans).update(PLANS={**plans.PLANS, "scale": wide}, PER_SECOND=ROOM)


if __name__ == "__main__":
    widen()
    from mock_lusha.cli.main import main  # reads the limits

    main()
