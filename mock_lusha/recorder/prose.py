"""Made-up prose: text of like length in place of text that may say anything.

The words are a fixed list, so that made-up prose is known without the key it was made with.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

# 128 words, 7 bits each, of the placeholder text printers use. None is anybody's name.
_LOREM: Final = (
    "ab accusamus accusantium ad adipisci alias aliquam aliquid amet animi aperiam architecto asperiores "
    "aspernatur assumenda atque aut autem beatae blanditiis commodi consectetur consequatur consequuntur "
    "corporis corrupti culpa cumque cupiditate debitis delectus deleniti deserunt dicta dignissimos "
    "distinctio dolor dolore dolorem doloremque doloribus dolorum ducimus ea earum eius eligendi enim eos "
    "error esse est et eum eveniet ex excepturi exercitationem expedita explicabo facere facilis fuga "
    "fugiat fugit harum hic id illo illum impedit in incidunt inventore ipsa ipsam ipsum iste itaque iure "
    "iusto labore laboriosam laborum laudantium libero lorem magnam maiores maxime minima minus modi "
    "molestiae molestias mollitia nam natus necessitatibus neque nesciunt nihil nisi nobis non nostrum "
    "nulla numquam obcaecati odio odit officia officiis omnis optio pariatur perferendis perspiciatis "
    "placeat porro possimus praesentium provident quaerat quam quasi quibusdam quidem"
)
_WORDS: Final = tuple(_LOREM.split())
_KNOWN: Final = frozenset(_WORDS)
_FEWEST: Final = 3
_FORM: Final = re.compile(r"[A-Z][a-z]*(?: [a-z]+)+\.")
SHORTEST: Final = 20
"""Characters; a shorter text has no room for prose that can be known as made up."""


def prose(length: int, draws: Iterator[int]) -> str:
    """A sentence of about so many characters; ``draws`` are as many numbers up to 127 as it needs."""
    words: list[str] = []
    remaining = length
    while remaining > 0 or len(words) < _FEWEST:
        words.append(_WORDS[next(draws)])
        remaining -= len(words[-1]) + 1
    if len(words) > _FEWEST and -remaining > len(words[-1]) // 2:
        words.pop()
    return " ".join(words).capitalize() + "."


def is_prose(text: str) -> bool:
    """Whether a text is made-up prose."""
    if not _FORM.fullmatch(text):
        return False
    words = text[:-1].lower().split(" ")
    return len(words) >= _FEWEST and _KNOWN.issuperset(words)
