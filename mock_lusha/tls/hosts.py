"""Which hosts the double has certificates for, and which of them it serves."""

from __future__ import annotations

import re
from typing import Final

from mock_lusha.errors import ApiError, shorten

DOMAIN: Final = "lusha.com"
API_HOST: Final = "api.lusha.com"
TLS_PORT: Final = 443
_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*lusha\.com")
_LONGEST = 253


def plain_host(host: str) -> str:
    """A name in the form in which names are compared: lower case, without the dot of the root."""
    return host.lower().removesuffix(".")


def is_lushas(host: str) -> bool:
    """Whether a plain host is lusha.com or below it."""
    return len(host) <= _LONGEST and _NAME.fullmatch(host) is not None


def refusal(host: str) -> ApiError:
    """Why a host other than the API's is not served: one of Lusha's is refused as such."""
    if is_lushas(plain_host(host)):
        why = f"{shorten(host, 120)} is a host of Lusha that the double has nothing of; it serves {API_HOST}"
    else:
        why = f"{shorten(host, 120)} is no host of Lusha; the double serves {API_HOST} and is no proxy"
    return ApiError("host-refused", [why])
