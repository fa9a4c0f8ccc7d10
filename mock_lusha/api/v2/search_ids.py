"""Request ids and the contact ids of one search, told apart and read back without storage."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Iterable


def _hash(*parts: object) -> bytes:
    return blake2b("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass"), digest_size=8).digest()


def request_id(seed: str, account: str, count: int) -> str:
    """The UUID of an account's ``count``-th request. Its second half vouches for the first."""
    first = bytearray(_hash(seed, "request", account, count))
    first[6] = first[6] & 0x0F | 0x40  # version 4
    return _with_voucher(seed, bytes(first))


def is_request_id(seed: str, text: str) -> bool:
    """Whether a request id was made here, for whomever."""
    try:
        uuid = UUID(text)
    except ValueError:
        return False
    return _with_voucher(seed, uuid.bytes[:8]) == str(uuid)


def _with_voucher(seed: str, first: bytes) -> str:
    second = bytearray(_hash(seed, "vouch", first.hex()))
    second[0] = second[0] & 0x3F | 0x80  # variant of RFC 9562
    head = bytearray(first)
    head[6] = head[6] & 0x0F | 0x40  # version 4
    return _text(head.hex(), second.hex())


def _text(first: str, second: str) -> str:
    """A UUID as text, from the hex digits of its halves."""
    return f"{first[:8]}-{first[8:12]}-{first[12:]}-{second[:4]}-{second[4:]}"


def contact_ids(seed: str, request: str, person_ids: Iterable[int]) -> list[str]:
    """The ids of people in the answer to one search: others in every search."""
    return _ContactIds(seed, request).of(person_ids)


def person_ids(seed: str, request: str, contacts: Iterable[str]) -> list[int | None]:
    """Whom contact ids of a request mean; None for one of another request, or none at all."""
    ids = _ContactIds(seed, request)
    return [ids.person(contact) for contact in contacts]


class _ContactIds:
    """The contact ids of one search."""

    def __init__(self, seed: str, request: str) -> None:
        request = request.lower()
        self._pad = int.from_bytes(_hash(seed, "pad", request), "big")
        self._base = blake2b(f"{seed}\x1f{request}\x1f".encode("utf-8", "surrogatepass"), digest_size=8)

    def of(self, person_ids: Iterable[int]) -> list[str]:
        """Those of people."""
        pad, base = self._pad, self._base
        ids = []
        for number in person_ids:
            own = base.copy()
            own.update(b"%d" % number)
            ids.append(_text("%016x" % (number ^ pad), own.hexdigest()))
        return ids

    def person(self, contact: str) -> int | None:
        """Whom one means."""
        try:
            uuid = UUID(contact)
        except ValueError:
            return None
        number = uuid.int >> 64 ^ self._pad
        return number if self.of((number,)) == [str(uuid)] else None
