"""Request ids and the contact ids of one search, told apart and read back without storage."""

from __future__ import annotations

from hashlib import blake2b
from uuid import UUID


def _hash(*parts: object) -> bytes:
    return blake2b("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass"), digest_size=8).digest()


def request_id(seed: str, account: str, count: int) -> str:
    """The UUID of an account's ``count``-th request. Its second half vouches for the first."""
    first = UUID(bytes=_hash(seed, "request", account, count) * 2, version=4).bytes[:8]
    return _vouched(seed, first)


def is_request_id(seed: str, text: str) -> bool:
    """Whether a request id was made here, for whomever."""
    try:
        sent = UUID(text)
    except ValueError:
        return False
    return _vouched(seed, sent.bytes[:8]) == str(sent)


def _vouched(seed: str, first: bytes) -> str:
    return str(UUID(bytes=first + _hash(seed, "vouch", first.hex()), version=4))


def contact_id(seed: str, request: str, person_id: int) -> str:
    """The id of a person in the answer to one search: another in every search."""
    pad = int.from_bytes(_hash(seed, "pad", request.lower()), "big")
    return str(UUID(bytes=(person_id ^ pad).to_bytes(8, "big") + _hash(seed, request.lower(), person_id)))


def person_id(seed: str, request: str, contact: str) -> int | None:
    """Whom a contact id of a request means; None for an id of another request, or none at all."""
    try:
        sent = UUID(contact)
    except ValueError:
        return None
    pad = int.from_bytes(_hash(seed, "pad", request.lower()), "big")
    found = int.from_bytes(sent.bytes[:8], "big") ^ pad
    return found if contact_id(seed, request, found) == str(sent) else None
