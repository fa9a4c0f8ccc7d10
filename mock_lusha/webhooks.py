"""Signatures of webhooks: how Lusha signs what it delivers, and how a receiver verifies it.

The message is the text of the header ``X-Lusha-Timestamp``, a full stop, and the body as it was sent. Its
HMAC-SHA256, keyed with the account's secret as it is written (with ``whsec_``), stands in small hexadecimal
digits in ``X-Lusha-Signature`` (Lusha's document).
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

from mock_lusha.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TIMESTAMP_HEADER: Final = "X-Lusha-Timestamp"
SIGNATURE_HEADER: Final = "X-Lusha-Signature"


class WebhookVerificationError(ValueError):
    """A delivery is not what it should be; the message says what is wrong, and no secret."""


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature of a body that is sent at a time, in seconds since the epoch as text."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, "sha256").hexdigest()


def verify(
    headers: Mapping[str, str],
    body: bytes | str,
    secret: str,
    tolerance: float | None = None,
    now: Callable[[], float] | None = None,
) -> None:
    """Verify a delivery by its headers, whatever their case, and its body as it was received.

    ``tolerance`` is how many seconds the timestamp may be away from ``now`` (the machine's clock); Lusha
    documents none, and none is asked for where it is None.

    Raises:
        WebhookVerificationError: a header is missing, the signature is another one, or the timestamp is too
            far away.
    """
    by_name = {name.lower(): value for name, value in headers.items()}
    timestamp, signature = (by_name.get(name.lower()) for name in (TIMESTAMP_HEADER, SIGNATURE_HEADER))
    if not timestamp or not signature:
        missing = TIMESTAMP_HEADER if not timestamp else SIGNATURE_HEADER
        raise WebhookVerificationError(f"the header {missing} is missing")
    content = body.encode() if isinstance(body, str) else body
    expected = sign(secret, timestamp, content)
    if not hmac.compare_digest(expected.encode(), signature.strip().encode("utf-8", "replace")):
        raise WebhookVerificationError("the signature is not that of this body, timestamp and secret")
    if tolerance is not None:
        try:
            age = abs((now or Clock().now)() - int(timestamp))
        except ValueError:
            raise WebhookVerificationError("the timestamp is not a whole number of seconds") from None
        if age > tolerance:
            raise WebhookVerificationError(
                f"the timestamp is {age:.0f} s away, and at most {tolerance:g} s are tolerated"
            )
