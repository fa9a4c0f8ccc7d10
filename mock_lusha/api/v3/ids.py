"""The ids of v3: opaque, the same in every answer, and of one account alone.

A token is ``v1.`` and 34 characters of base64url: 16 bytes that vouch for account, kind and number, then the
number in 9. So an id is read back without being stored, and one of another account is known to be foreign.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mock_lusha.state.accounts import Account

Kind = Literal["contact", "company"]
_PREFIX = "v1."
_VOUCHER, _NUMBER = 16, 9
_LENGTH = 34
_LONG = len(_PREFIX) + _LENGTH
_PADDING = 2
_PERSON = b"v3 ids"


def entity_id(account: Account, kind: Kind, number: int) -> str:
    """The id of a person or company for an account: a token, or in the dialect ``documented`` digits."""
    if account.dialect == "documented":
        return str(number)
    token = _voucher(account, kind, number) + number.to_bytes(_NUMBER, "big")
    return _PREFIX + urlsafe_b64encode(token).rstrip(b"=").decode()


def entity_ids(account: Account, kind: Kind, numbers: Iterable[int]) -> list[str]:
    """The ids of many people or companies, as ``entity_id`` gives each, in half the time."""
    if account.dialect == "documented":
        return list(map(str, numbers))
    base = _begun(account, kind)
    begin = base.copy
    tokens: list[bytes] = []
    for number in numbers:
        voucher = begin()
        voucher.update(b"%d" % number)
        tokens.append(voucher.digest())
        # The number, then padding to whole groups of three bytes.
        tokens.append((number << 8 * _PADDING).to_bytes(_NUMBER + _PADDING, "big"))
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
    content = urlsafe_b64decode(token + "==")
    number = int.from_bytes(content[_VOUCHER:], "big")
    return number if content[:_VOUCHER] == _voucher(account, kind, number) else None


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
    base = _begun(account, kind)
    content = urlsafe_b64decode(joined + "AA")
    numbers: list[int | None] = []
    for at in range(0, len(content), _VOUCHER + _NUMBER + _PADDING):
        number = int.from_bytes(content[at + _VOUCHER : at + _VOUCHER + _NUMBER], "big")
        voucher = base.copy()
        voucher.update(b"%d" % number)
        numbers.append(number if content[at : at + _VOUCHER] == voucher.digest() else None)
    return numbers


def request_id(account: Account) -> str:
    """The id of an account's present request, a UUID of version 4."""
    return _uuid(account, "request")


def job_id(account: Account) -> str:
    """The id of a job that an account's present request begins, a UUID of version 4."""
    return _uuid(account, "job")


def _uuid(account: Account, what: str) -> str:
    content = bytearray(_hash(account, what, account.requests))
    content[6] = content[6] & 0x0F | 0x40
    content[8] = content[8] & 0x3F | 0x80
    text = content.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _voucher(account: Account, kind: Kind, number: int) -> bytes:
    return _hash(account, kind, number)


def _begun(account: Account, kind: Kind) -> blake2b:
    """What vouches for ids of a kind, up to their numbers."""
    text = f"{account.seed}\x1f{account.name}\x1f{kind}\x1f"
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_VOUCHER, person=_PERSON)


def _hash(account: Account, *parts: object) -> bytes:
    text = "\x1f".join(map(str, (account.seed, account.name, *parts)))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_VOUCHER, person=_PERSON).digest()
