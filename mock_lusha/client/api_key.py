"""The API key of a handle."""

from __future__ import annotations

from mock_lusha.client.protocol import hides
from mock_lusha.errors import ConfigError

__tracebackhide__ = hides

OWN_KEY = "mock-lusha-script"
"""The key of a handle that is made without one."""


def check_api_key(key: object) -> None:
    """Refuse a key that cannot be sent in a header.

    Raises:
        ConfigError: it says which character is wrong, but does not show the key.
    """
    if key is None:
        return
    if not isinstance(key, str) or not key:
        kind = "an empty text" if key == "" else type(key).__name__
        raise ConfigError(f"an api_key is printable ASCII without spaces, not {kind}")
    # It may be a real key, read from a file with the end of its line, so a message must not show it.
    unusable = next((character for character in key if not "!" <= character <= "~"), None)
    if unusable is not None:
        raise ConfigError(f"an api_key is printable ASCII without spaces: this one has {unusable!r}")
