"""What stands in a cassette's file and is not a value: comments, names of anchors, directives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def unread(text: str) -> Iterator[tuple[int, str]]:
    """The parts of YAML documents that are not in a value, each with the number of its line.

    ``text`` is known to be YAML that can be read.
    """
    import yaml  # noqa: PLC0415 - for files alone

    text = text.removeprefix("\N{BOM}")
    end = line = 0
    for token in yaml.scan(text, Loader=getattr(yaml, "CSafeLoader", None) or yaml.SafeLoader):
        start = token.start_mark.index
        if start > end:
            yield from _parts(text[end:start], line)
        if isinstance(token, yaml.AnchorToken | yaml.AliasToken | yaml.DirectiveToken):
            # Tags are of YAML itself: with others a file is damaged.
            yield token.start_mark.line + 1, _value_of(token)
        elif isinstance(token, yaml.ScalarToken) and token.style in {"|", ">"}:
            # A comment may stand behind the mark of a text in several lines.
            head = text[start : token.end_mark.index].split("\n", 1)[0]
            yield from _parts(head.partition("#")[1] + head.partition("#")[2], token.start_mark.line)
        end, line = max(end, token.end_mark.index), token.end_mark.line
    yield from _parts(text[end:], line)


def _parts(text: str, line: int) -> Iterator[tuple[int, str]]:
    for at, row in enumerate(text.split("\n"), line + 1):
        comment = row.strip().lstrip("#").strip()
        if comment:
            yield at, comment


def _value_of(token: Any) -> str:
    """What an anchor, an alias or a directive says."""
    value = token.value
    return f"{getattr(token, 'name', '')} {' '.join(map(str, value)) if isinstance(value, tuple) else value}"
