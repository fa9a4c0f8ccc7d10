"""The map from version 2 to 3: each old call and its new one find the same, and cost what the page says."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from documents import PAGES

from mock_lusha.contract.paths import PathTable
from mock_lusha.contract.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from support import CheckedClient

    from mock_lusha.contract.document import Operation

REGISTRY = Registry.load()
TABLE: PathTable[Operation] = PathTable()
for _operation in REGISTRY.operations.values():
    for _path in _operation.paths:
        TABLE.add(_operation.method, _path, _operation)


class Call(NamedTuple):
    """A call of the page, and what it says it costs."""

    generation: str
    method: str
    url: str
    body: str
    credits: int

    @property
    def operation(self) -> Operation:
        match = TABLE.find(self.method, self.url.partition("?")[0])
        assert match is not None, self.url
        return match[0]


CALL = re.compile(
    r"^(v[23]) ([A-Z]+) (\S+)\n((?:(?!v[23] |   \d+ credit).*\n)*)   (\d+) credits?(?:: .+)?$", re.MULTILINE
)
BLOCKS = [
    block
    for block in re.findall(r"^```text\n(.*?)^```", PAGES["docs/migrating.md"], re.MULTILINE | re.DOTALL)
    if block.startswith("v2")
]


def calls(block: str) -> list[Call]:
    found = [Call(match[1], match[2], match[3], match[4], int(match[5])) for match in CALL.finditer(block)]
    assert len(found) == len(re.findall(r"^v[23] ", block, re.MULTILINE))
    return found


def test_each_operation_of_version_2_stands_beside_what_the_contract_calls_its_successor() -> None:
    beside: set[str] = set()
    for block in BLOCKS:
        new = {call.operation.id for call in calls(block) if call.generation == "v3"}
        for call in calls(block):
            assert call.operation.generation == call.generation
            if call.generation == "v2":
                assert call.operation.successor is not None
                assert call.operation.successor["operation"] in new, call.url
                beside.add(call.operation.id)

    assert beside == REGISTRY.contracts["v2"].operations.keys()


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split("\n", 1)[0].partition("?")[0])
def test_an_old_call_and_its_new_one_agree_on_what_there_is_and_cost_what_is_said(
    block: str, client: CheckedClient
) -> None:
    content = {}
    for generation in ("v2", "v3"):
        key = f"a-key-of-{generation}"
        answers: list[Any] = []
        for call in calls(block):
            if call.generation == generation:
                body = _filled(call.body, answers)
                before = _spent(client, key)
                answer = client.request(
                    call.method, call.url, key=key, **({"json": json.loads(body)} if body else {})
                )
                assert answer.status_code == 200, answer.text
                assert _spent(client, key) - before == call.credits, call
                answers.append(answer.json())
        content[generation] = [_content(answers, what) for what in (_names, _values, _events, _numbers)]

    shared = [(old, new) for old, new in zip(*content.values(), strict=True) if old and new]
    assert shared
    for old, new in shared:
        assert old == new


def _spent(client: CheckedClient, key: str) -> int:
    spent: int = client.get(f"/_mock/accounts?account={key.replace('+', '%2B')}").json()["credits"]["spent"]
    return spent


def _filled(body: str, answers: Sequence[Any]) -> str:
    """A body with the members of answers in place of their names."""

    def value(match: re.Match[str]) -> str:
        return next(str(each) for answer in reversed(answers) for each in _members(answer, match[1]))

    return re.sub(r"\$(\w+)", value, body)


def _members(value: Any, name: str) -> Iterator[Any]:
    if isinstance(value, dict):
        if name in value:
            yield value[name]
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        yield from _members(each, name)


def _content(answers: Sequence[Any], what: Any) -> list[Any]:
    return sorted({each for answer in answers for each in what(answer)})


def _items(answer: Any) -> Iterator[Any]:
    """The people or companies that an answer is about."""
    if not isinstance(answer, dict):
        return
    named = [
        answer[name] for name in ("contact", "contacts", "data", "results", "companies") if name in answer
    ]
    for members in named or [answer]:
        is_map = isinstance(members, dict) and all(isinstance(each, dict) for each in members.values())
        for item in members.values() if is_map else members if isinstance(members, list) else [members]:
            if isinstance(item, dict):
                yield item.get("data") or item


def _names(answer: Any) -> Iterator[str]:
    """Whom an answer is about: people by their names or, where there are none, companies by theirs."""
    items = list(_items(answer))
    people = [f"{item['firstName']} {item['lastName']}" for item in items if item.get("firstName")]
    people += [item["name"] for item in items if "contactId" in item and "name" in item]
    yield from people or [item["name"] for item in items if item.get("name")]


def _values(answer: Any) -> Iterator[str]:
    """The values of a filter, whatever they are called."""
    if isinstance(answer, dict):
        answer = answer.get("values") or answer.get("signals") or answer.get("signalTypes")
    for value in answer if isinstance(answer, list) else ():
        if isinstance(value, dict):
            yield str(sorted((name.lower().replace("_", ""), str(each)) for name, each in value.items()))
        else:
            yield value


def _events(answer: Any) -> Iterator[str]:
    """The types of signals of an answer, with how many events they have."""
    for item in _items(answer):
        for name, events in item.items():
            if isinstance(events, list) and any("signalDate" in str(event) for event in events):
                yield f"{name} {len(events)}"


def _numbers(answer: Any) -> Iterator[int]:
    """How many results there are in all, or what is left of the balance."""
    if isinstance(answer, dict):
        for holder, name in ((answer, "totalResults"), (answer.get("pagination"), "total")):
            if isinstance(holder, dict) and name in holder:
                yield holder[name]
        if "usage" in answer or "rateLimits" in answer:
            yield from _members(answer.get("usage", answer.get("credits")), "remaining")
