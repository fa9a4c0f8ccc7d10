"""Contents of a store are sealed: whoever reads the database sees neither requests nor API keys.

The keys come from one secret, by keyed hashes that differ in their purpose. A content is sealed by
AES-256-GCM with a nonce of its own, drawn at random, and for one tenant: moved to another, it does not open.
"""

from __future__ import annotations

import os
from hashlib import blake2b
from typing import Final

from mock_lusha.errors import ConfigError, StoreError

try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
except ImportError as error:
    raise ConfigError(
        f"a store needs the package cryptography ({error}): pip install 'mock-lusha[store]'"
    ) from error

_NONCE_BYTES: Final = 12
_TENANT_BYTES: Final = 16


class Sealer:
    """Seals with keys of a secret, and names tenants by it."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESGCM(_derive(secret, b"seal"))
        self._tenants = blake2b(key=_derive(secret, b"name"), digest_size=_TENANT_BYTES)
        self.check: Final = _derive(secret, b"check")[:8].hex()
        """A value that is the same for the same secret, and tells nothing of it."""

    def tenant(self, key: str) -> bytes:
        """The 16 bytes that stand for an API key in a store."""
        digest = self._tenants.copy()
        # What clients send need not be valid text.
        digest.update(key.encode("utf-8", "surrogatepass"))
        return digest.digest()

    def seal(self, tenant: bytes, content: bytes) -> bytes:
        """A content for a tenant: 28 bytes longer than it was."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, tenant)

    def open(self, tenant: bytes, sealed: bytes) -> bytes:
        """What was sealed for this tenant.

        Raises:
            StoreError: it was changed, or sealed for another tenant or with another secret.
        """
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], tenant)
        except (InvalidTag, ValueError):
            raise StoreError(
                "an entry of the store does not open: it was changed, or sealed with another secret"
            ) from None


def _derive(secret: bytes, purpose: bytes) -> bytes:
    """32 bytes for a purpose of at most 5 bytes. Secrets may be longer than the key of a hash, so they are
    its message."""
    return blake2b(secret, digest_size=32, person=b"mock-lusha " + purpose).digest()
