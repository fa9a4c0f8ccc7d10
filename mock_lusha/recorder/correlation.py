"""The caller's own ids: what an answer is keyed by, so that the caller knows which entry is of which item.

They are not Lusha's, and may be personal data: on disk each is the position of its item in the request,
``"1"``, ``"2"`` and so on, and a replay gives the answer with the ids of the current request.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from mock_lusha.contract.document import Contract, Operation
    from mock_lusha.contract.registry import Registry
    from mock_lusha.recorder.interaction import Interaction
    from mock_lusha.recorder.redaction import Redactor
    from mock_lusha.recorder.walk import Query

    Request = tuple[str, Query, Any]

_REFERENCE: Final = "clientReferenceId"
_TELLS_ERRORS: Final = frozenset({"error", "errors", "message", "messages"})
_MARK: Final = re.compile(r"\{(\d{1,6})\}")
"""What stands in a text for the id of the item at a position."""
_MOST_IN_TEXTS: Final = 1000
"""With more items than a bulk may ever have, texts are not searched for ids."""


@frozen
class _Places:
    """Where an operation has the caller's ids: ``name`` in each item of the body's list ``items``; keys of
    the answer's ``maps`` (the empty name is the answer itself); ``name`` in the items of its ``lists``."""

    items: str
    name: str
    maps: tuple[str, ...]
    lists: tuple[str, ...]


class Correlation:
    """Puts positions in place of the caller's ids, and ids in place of positions, where the schemas of
    the contracts have them: an item of a list that must have a text whose name ends in ``id``, or that may
    have a ``clientReferenceId``."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._places_of: dict[str, _Places | None] = {}

    def body(self, operation: str | None, body: Any) -> Any:
        """The body of a request with positions. Items of one id have one position: that of the first."""
        places = self._places(operation)
        return body if places is None else _body_with_positions(places, body, _names(places, body))

    def interaction(self, recording: Interaction) -> Interaction:
        """A recording with positions; one that has them already is returned as it is."""
        places = self._places(recording.operation)
        names = {} if places is None else _names(places, recording.body)
        if places is None or all(key == str(position) for key, position in names.items()):
            return recording
        return _with_positions(places, recording, names)

    def redacted(self, raw: Interaction, redactor: Redactor, secrets: Collection[str] = ()) -> Interaction:
        """A request and its answer as they are recorded: with positions, and without what is personal.

        Raises:
            RedactionError: a body is nested too deeply to be read.
        """
        places = self._places(raw.operation)
        names = {} if places is None else _names(places, raw.body)
        if places is None or not names:
            return redactor.interaction(raw, secrets)
        try:
            numbered = _with_positions(places, raw, names)
        except RecursionError:
            numbered = raw  # the redactor says so
        # With the ids as they were sent: a page in place of an answer may echo them in part.
        clean = redactor.interaction(replace(numbered, body=raw.body), secrets)
        answer = clean.answer
        if raw.status < 400:
            answer = _restore_answer(places, numbered.answer, answer, _position_keys(names))
        return replace(clean, body=_restore_body(places, numbered.body, clean.body), answer=answer)

    def redacted_request(
        self, operation: str | None, request: Request, redactor: Redactor, secrets: Collection[str] = ()
    ) -> Request:
        """Path, query and body of a request without what is personal, as ``redacted`` has them.

        Raises:
            RedactionError: the body is nested too deeply to be read.
        """
        path, query, body = request
        numbered = self.body(operation, body)
        path, query, clean_body = redactor.request(operation, path, query, numbered, secrets)
        places = self._places(operation)
        return path, query, clean_body if places is None else _restore_body(places, numbered, clean_body)

    def answer_for(self, body: Any, recording: Interaction) -> Interaction:
        """A recording with the ids of the current request, in its order."""
        places = self._places(recording.operation)
        ids = [] if places is None else _ids(places, body)
        return recording if places is None or not ids else _with_ids(places, self.interaction(recording), ids)

    def _places(self, operation: str | None) -> _Places | None:
        if operation is None:
            return None
        if operation not in self._places_of:
            definition = self._registry.operations.get(operation)
            self._places_of[operation] = (
                None
                if definition is None
                else _find_places(self._registry.contract_of(definition), definition)
            )
        return self._places_of[operation]


# Where ids are


def _find_places(contract: Contract, operation: Operation) -> _Places | None:
    for items, list_schema in _properties(contract, operation.body or {}):
        item = contract.resolve(contract.resolve(list_schema).get("items", {}))
        for name, schema in _properties(contract, item):
            is_text = "string" in str(contract.resolve(schema).get("type"))
            is_required_id = name in item.get("required", ()) and name.lower().endswith("id")
            is_own = is_required_id and not _is_of_lusha(operation, name)
            if is_text and (is_own or name == _REFERENCE):
                answer = _answer_schema(contract, operation)
                maps = _maps(contract, answer, items)
                return _Places(items, name, maps, _lists(contract, answer, name))
    return None


def _is_of_lusha(operation: Operation, name: str) -> bool:
    """Whether the contract says that an id is somebody's, and not the caller's own."""
    return any(name in place.split(".") for place in (operation.fields or {}).get("person-id", ()))


def _properties(contract: Contract, schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    schema = contract.resolve(schema)
    yield from schema.get("properties", {}).items()
    for part in schema.get("allOf", ()):
        yield from _properties(contract, part)


def _answer_schema(contract: Contract, operation: Operation) -> Mapping[str, Any]:
    item = contract.document["paths"][operation.path][operation.method.lower()]
    for status, answer in item["responses"].items():
        if str(status).startswith("2"):
            content = contract.resolve(answer).get("content", {})
            return contract.resolve(content.get("application/json", {}).get("schema", {}))
    return {}


def _maps(contract: Contract, answer: Mapping[str, Any], items: str) -> tuple[str, ...]:
    if isinstance(answer.get("additionalProperties"), dict):
        return ("",)
    return tuple(
        name
        for name, schema in _properties(contract, answer)
        if name == items and isinstance(contract.resolve(schema).get("additionalProperties"), dict)
    )


def _lists(contract: Contract, answer: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(
        member
        for member, schema in _properties(contract, answer)
        for field_name, _ in _properties(contract, contract.resolve(schema).get("items", {}))
        if field_name == name
    )


# Requests


def _ids(places: _Places, body: Any) -> list[Any]:
    """The id of each item as it was sent; None where it has none that an answer could be keyed by."""
    items = body.get(places.items) if isinstance(body, dict) else None
    if not isinstance(items, list):
        return []
    ids = [item.get(places.name) if isinstance(item, dict) else None for item in items]
    return [value if _key_of(value) else None for value in ids]


def _key_of(value: Any) -> str | None:
    """The key of an answer's map for an id, None where it cannot be one."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None


def _names(places: _Places, body: Any) -> dict[str, int]:
    """The position of each id: of the first item that has it."""
    positions: dict[str, int] = {}
    for position, value in enumerate(_ids(places, body), 1):
        key = _key_of(value)
        if key:
            positions.setdefault(key, position)
    return positions


def _position_keys(names: Mapping[str, int]) -> frozenset[str]:
    """The positions, as keys of a map."""
    return frozenset(map(str, names.values()))


def _with_positions(places: _Places, recording: Interaction, names: Mapping[str, int]) -> Interaction:
    marks = _Marks(places.name, names)
    positions = _position_keys(names)

    def position_key(key: str) -> str:
        # An id that the request does not have must not look like the position of one that it has.
        return str(names[key]) if key in names else f"unasked-{key}" if key in positions else key

    def entries(mapping: dict[str, Any]) -> dict[str, Any]:
        return {position_key(key): _change_errors(entry, marks.of(key)) for key, entry in mapping.items()}

    def item(value: Any) -> Any:
        key = _key_of(value.get(places.name)) if isinstance(value, dict) else None
        identified = {**value, places.name: position_key(key)} if key else value
        return _change_errors(identified, marks.of(key))

    return replace(
        recording,
        body=_body_with_positions(places, recording.body, names),
        answer=_change_answer(places, recording, marks.put, entries, item),
        text=None if recording.text is None else marks.put(recording.text),
    )


def _body_with_positions(places: _Places, body: Any, names: Mapping[str, int]) -> Any:
    if not names:
        return body

    def with_position(item: Any) -> Any:
        value = item.get(places.name) if isinstance(item, dict) else None
        key = _key_of(value)
        if not key:
            return item
        # A number stays a number: the API refuses it where it takes a text.
        return {**item, places.name: str(names[key]) if isinstance(value, str) else names[key]}

    return {**body, places.items: [with_position(item) for item in body[places.items]]}


# Answers


def _with_ids(places: _Places, recording: Interaction, ids: list[Any]) -> Interaction:
    """A recording with positions, with ids in their place."""
    keys = [_key_of(value) for value in ids]

    def at(position: str | None) -> int | None:
        if not position or not position.isdecimal() or not 0 < int(position) <= len(ids):
            return None
        return None if keys[int(position) - 1] is None else int(position) - 1

    def restored(text: str) -> str:
        return _MARK.sub(
            lambda match: match[0] if (index := at(match[1])) is None else str(keys[index]), text
        )

    def entries(mapping: dict[str, Any]) -> dict[str, Any]:
        mine = {index: entry for key, entry in mapping.items() if (index := at(key)) is not None}
        rest = {key: entry for key, entry in mapping.items() if at(key) is None}
        restored_entries = {str(keys[index]): _change_errors(mine[index], restored) for index in sorted(mine)}
        return {**restored_entries, **{key: rest[key] for key in rest if key not in restored_entries}}

    def item(value: Any) -> Any:
        index = at(_key_of(value.get(places.name))) if isinstance(value, dict) else None
        return _change_errors(value if index is None else {**value, places.name: ids[index]}, restored)

    return replace(
        recording,
        answer=_change_answer(places, recording, restored, entries, item),
        text=None if recording.text is None else restored(recording.text),
    )


def _change_answer(
    places: _Places,
    recording: Interaction,
    text: Callable[[str], str],
    entries: Callable[[dict[str, Any]], Any],
    item: Callable[[Any], Any],
) -> Any:
    """An answer with its maps, the items of its lists, and the texts of its errors changed."""
    answer = recording.answer
    if recording.status >= 400:
        return _change_texts(answer, text)
    if not isinstance(answer, dict):
        return answer
    if "" in places.maps:
        return entries(answer)
    result = _change_errors(answer, text)
    for name in places.maps:
        if isinstance(result.get(name), dict):
            result[name] = entries(result[name])
    for name in places.lists:
        if isinstance(result.get(name), list):
            result[name] = [item(value) for value in result[name]]
    return result


def _change_errors(value: Any, change: Callable[[str], str]) -> Any:
    """A text changed, or an object with the texts of its error members changed."""
    if isinstance(value, dict):
        return {
            name: _change_texts(item, change) if name in _TELLS_ERRORS else item
            for name, item in value.items()
        }
    return change(value) if isinstance(value, str) else value


def _change_texts(value: Any, change: Callable[[str], str]) -> Any:
    """A value with its texts and names changed."""
    if isinstance(value, dict):
        return {change(name): _change_texts(item, change) for name, item in value.items()}
    if isinstance(value, list):
        return [_change_texts(item, change) for item in value]
    return change(value) if isinstance(value, str) else value


class _Marks:
    """Finds ids in texts, and puts marks in their place.

    A number is an id only where it is quoted, or follows a colon or the name of the field: texts have other
    numbers. In the entry of an item its own id is one wherever it stands.
    """

    def __init__(self, name: str, names: Mapping[str, int]) -> None:
        self._positions = {
            form: position for key, position in reversed(list(names.items())) for form in _forms(key)
        }
        few = names if len(names) <= _MOST_IN_TEXTS else {}
        words = _pattern(key for key in few if not key.isdecimal())
        numbers = _pattern(key for key in few if key.isdecimal())
        before = rf"(?:(?<=[\"'`(=#])|(?<=: )|(?<={re.escape(name)} ))"
        either = "|".join(filter(None, (words, numbers and before + numbers)))
        self._any = re.compile(either) if either else None

    def put(self, text: str) -> str:
        """A text with marks for ids."""
        return self._put(self._any, text) if self._any else text

    def of(self, key: str | None) -> Callable[[str], str]:
        """What does so with the texts of the item of an id."""
        if key not in self._positions:
            return self.put
        own = re.compile(_pattern((key,)))
        return lambda text: self.put(self._put(own, text))

    def _put(self, pattern: re.Pattern[str], text: str) -> str:
        return pattern.sub(lambda match: f"{{{self._positions[match[0]]}}}", text)


def _forms(key: str) -> tuple[str, ...]:
    """An id as texts may have it."""
    return key, quote(key, errors="replace"), quote(key, safe="", errors="replace"), escape(key)


def _pattern(keys: Iterable[str]) -> str:
    """What finds any of some ids as words of their own, the longest first; empty for none."""
    forms = sorted({form for key in keys for form in _forms(key)}, key=lambda form: (-len(form), form))
    return rf"(?<![\w.\-@+{{])(?:{'|'.join(map(re.escape, forms))})(?![\w\-@}}]|\.\w)" if forms else ""


# Redaction, which takes positions for ids


def _restore_body(places: _Places, numbered: Any, redacted: Any) -> Any:
    """A redacted body with the positions that were there before."""
    positions = frozenset(map(str, _ids(places, numbered)))
    if not positions or not isinstance(redacted, dict):
        return redacted
    items = _restore_items(places, numbered[places.items], redacted.get(places.items), positions)
    return {**redacted, places.items: items}


def _restore_items(places: _Places, numbered: list[Any], redacted: Any, positions: Collection[str]) -> Any:
    if not isinstance(redacted, list) or len(redacted) != len(numbered):
        return redacted
    return [
        {**clean_item, places.name: item[places.name]}
        if isinstance(item, dict)
        and isinstance(clean_item, dict)
        and _key_of(item.get(places.name)) in positions
        else clean_item
        for item, clean_item in zip(numbered, redacted, strict=True)
    ]


def _restore_answer(places: _Places, numbered: Any, redacted: Any, positions: Collection[str]) -> Any:
    """A redacted answer with the positions that were there before."""
    if not isinstance(numbered, dict) or not isinstance(redacted, dict):
        return redacted
    if "" in places.maps:
        return _restore_map(numbered, redacted, positions)
    answer = dict(redacted)
    for name in places.maps:
        if isinstance(numbered.get(name), dict) and isinstance(answer.get(name), dict):
            answer[name] = _restore_map(numbered[name], answer[name], positions)
    for name in places.lists:
        if isinstance(numbered.get(name), list):
            answer[name] = _restore_items(places, numbered[name], answer.get(name), positions)
    return answer


def _restore_map(numbered: dict[str, Any], redacted: dict[str, Any], positions: Collection[str]) -> Any:
    if len(numbered) != len(redacted):
        return redacted
    return {
        key if key in positions else clean_key: entry
        for key, (clean_key, entry) in zip(numbered, redacted.items(), strict=True)
    }
