"""The ids of v3: opaque, the same in every answer, and of one account alone.

A token is ``v1.`` and 34 characters of base64url: 16 bytes that vouch for account, kind and number, then the
number in 9. So an id is read back without being stored, and one of another account is known to be foreign.
What vouches is arithmetic with two keys of the account: it takes less than a hash, and keeps nothing secret.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mock_lusha.state.accounts import Account

Kind = Literal["contact", "company"]
_PREFIX = "v1."
_VOUCHER, _NUMBER, _PADDING = 16, 9, 2
_SIZE = _VOUCHER + _NUMBER + _PADDING
_NUMBER_BITS, _PADDING_BITS = 8 * _NUMBER, 8 * _PADDING
_NUMBER_MASK = (1 << _NUMBER_BITS) - 1
_PRIME = (1 << 127) - 1
_LENGTH = 34
_LONG = len(_PREFIX) + _LENGTH
_PERSON = b"v3 ids"


def entity_id(account: Account, kind: Kind, number: int) -> str:
    """The id of a person or company for an account: a token, or in the dialect ``documented`` digits."""
    return entity_ids(account, kind, (number,))[0]


def entity_ids(account: Account, kind: Kind, numbers: Iterable[int]) -> list[str]:
    """The ids of many people or companies, as ``entity_id`` gives each."""
    if account.dialect == "documented":
        return list(map(str, numbers))
    factor, shift = _keys(account, kind)
    # The number, then padding to whole groups of three bytes.
    tokens = [
        (((number * factor + shift) % _PRIME << _NUMBER_BITS | number) << _PADDING_BITS).to_bytes(
            _SIZE, "big"
        )
        for number in numbers
    ]
    # As one text: padded, each has the same characters as on its own.
    text = urlsafe_b64encode(b"".join(tokens)).decode()
    return [_PREFIX + text[at : at + _LENGTH] for at in range(0, len(text), _LENGTH + _PADDING)]


def number_of(account: Account, kind: Kind, text: str) -> int | None:
    """The number that an id stands for; None for a token of another account, or of nobody.

    Raises:
        ValueError: it is neither a token nor digits.
    """
    if text.isascii() and text.isdecimal():
        return int(text)
    version, dot, token = text.partition(".")
    is_version = version.startswith("v") and version[1:].isdecimal()
    if not (dot and is_version and token.isascii() and token.replace("-", "a").replace("_", "a").isalnum()):
        raise ValueError(text)
    if len(token) != _LENGTH or not text.startswith(_PREFIX):
        return None
    return _numbers_in(account, kind, token)[0]


def numbers_of(account: Account, kind: Kind, texts: Sequence[str]) -> list[int | None]:
    """The numbers that ids stand for, as ``number_of`` gives each, in a third of the time.

    Raises:
        ValueError: one of them is neither a token nor digits, as its argument says.
    """
    tokens = [text[len(_PREFIX) :] for text in texts if len(text) == _LONG and text.startswith(_PREFIX)]
    joined = "AA".join(tokens)
    is_token = joined.isascii() and joined.replace("-", "a").replace("_", "a").isalnum()
    if len(tokens) < len(texts) or not is_token:
        return [number_of(account, kind, text) for text in texts]
    return _numbers_in(account, kind, joined)


def _numbers_in(account: Account, kind: Kind, tokens: str) -> list[int | None]:
    """The numbers in tokens, which have two A between them."""
    factor, shift = _keys(account, kind)
    content = urlsafe_b64decode(tokens + "AA")
    numbers: list[int | None] = []
    for at in range(0, len(content), _SIZE):
        token = int.from_bytes(content[at : at + _SIZE], "big") >> _PADDING_BITS
        number = token & _NUMBER_MASK
        numbers.append(number if token >> _NUMBER_BITS == (number * factor + shift) % _PRIME else None)
    return numbers


def request_id(account: Account) -> str:
    """The id of an account's present request, a UUID of version 4."""
    return _uuid(account, "request")


def job_id(account: Account) -> str:
    """The id of a job that an account's present request begins, a UUID of version 4."""
    return _uuid(account, "job")


def session_id(account: Account) -> str:
    """The id of a session that an account's present request begins, a UUID of version 4."""
    return _uuid(account, "session")


def _uuid(account: Account, what: str) -> str:
    content = bytearray(_digest(account.seed, account.name, what, account.requests)[:16])
    content[6] = content[6] & 0x0F | 0x40
    content[8] = content[8] & 0x3F | 0x80
    text = content.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _keys(account: Account, kind: Kind) -> tuple[int, int]:
    """What a number is multiplied with, and what is added, to vouch for it."""
    return _keys_of(account.seed, account.name, kind)


@lru_cache(maxsize=256)
def _keys_of(seed: str, name: str, kind: Kind) -> tuple[int, int]:
    digest = _digest(seed, name, "keys", kind)
    return int.from_bytes(digest[:_VOUCHER], "big") | 1, int.from_bytes(digest[_VOUCHER:], "big")


def _digest(*parts: object) -> bytes:
    text = "\x1f".join(map(str, parts))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=2 * _VOUCHER, person=_PERSON).digest()
