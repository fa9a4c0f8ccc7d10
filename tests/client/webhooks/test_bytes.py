"""Bodies of deliveries are the same bytes after Python and JavaScript read and wrote them again."""

from __future__ import annotations

import json
import subprocess
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from client.webhooks.receivers import NODE

from mock_lusha.api.webhooks.payloads import opt_out, payload, signal_data
from mock_lusha.api.webhooks.planning import SIGNAL_TYPES, signals_between
from mock_lusha.client.webhook_examples import ExampleDeliveries
from mock_lusha.state.webhooks import Subscription
from mock_lusha.world.resolver import CompanyMatch, PersonMatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_lusha.world.world import World

SINCE, UNTIL = date(2025, 10, 1), date(2026, 12, 31)


def _matches(world: World) -> Iterator[PersonMatch | CompanyMatch]:
    for number in range(0, 20_000, 97):
        key = world.key_of_number(number)
        assert key is not None
        person = world.person(key)
        yield PersonMatch(person, world.company(key.domain), key.domain, "id")
    for listed in world.directory.companies[:120]:
        yield CompanyMatch(world.company(listed.domain), listed.domain, "id")


@pytest.fixture(scope="module")
def bodies(pools: Any) -> dict[str, list[bytes]]:
    """Bodies of deliveries by the type of the signal: of many people and companies, before and after the
    world's day."""
    from mock_lusha.world.world import World  # noqa: PLC0415

    world = World("lusha", date(2026, 3, 31), pools)
    by_type: dict[str, list[bytes]] = {"optOut": []}
    for match in _matches(world):
        entity: Any = match.person if isinstance(match, PersonMatch) else match.company
        kind: Any = "contact" if isinstance(match, PersonMatch) else "company"
        if isinstance(match, PersonMatch):
            by_type["optOut"].append(opt_out(match.person, 1_790_000_000.25))
        subscription = Subscription(
            "5f0", kind, str(entity.id), entity.id, (), "http://a.example", None, 0, 0
        )
        for name, signal in signals_between(world, match, SIGNAL_TYPES[kind], SINCE, UNTIL):
            data = signal_data(world, signal, match)
            by_type.setdefault(name, []).append(payload("1", name, subscription, data, 1_790_000_000.25, 1))
    examples = ExampleDeliveries("bytes")
    by_type["exam"] = [
        examples.promotion(), examples.beyond_ascii(), examples.news(), examples.unknown_type(),
        examples.large(), examples.opt_out(),
    ]  # fmt: skip
    return by_type


def test_there_are_bodies_of_every_type(bodies: dict[str, list[bytes]]) -> None:
    types = {name for names in SIGNAL_TYPES.values() for name in names} - {"allSignals"}

    assert bodies.keys() == {*types, "optOut", "exam"}


def test_python_writes_the_bytes_that_it_read(bodies: dict[str, list[bytes]]) -> None:
    for body in (body for several in bodies.values() for body in several):
        again = json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False).encode()
        assert again == body


@pytest.mark.skipif(NODE is None, reason="Node.js is not installed")
def test_javascript_writes_the_bytes_that_it_read(bodies: dict[str, list[bytes]]) -> None:
    lines = b"\n".join(body for several in bodies.values() for body in several)
    script = (
        "const lines = require('fs').readFileSync(0, 'utf8').split('\\n');"
        "console.log(lines.length, lines.filter(line => JSON.stringify(JSON.parse(line)) !== line).length)"
    )

    done = subprocess.run([str(NODE), "-e", script], input=lines, capture_output=True, timeout=60, check=True)

    assert done.stdout.decode().split() == [str(lines.count(b"\n") + 1), "0"]


def test_the_exam_sends_what_the_double_sends(bodies: dict[str, list[bytes]]) -> None:
    """The made-up deliveries have the members of real ones, with the same types."""

    def form(body: bytes, *path: str) -> dict[str, type]:
        found: Any = json.loads(body)
        for name in path:
            found = found[name]
        return {name: type(value) for name, value in found.items()}

    examples = ExampleDeliveries("forms")
    for example, name in ((examples.promotion(), "promotion"), (examples.news(), "commercialActivityNews")):
        forms = [form(body) for body in bodies[name]]
        assert form(example) in forms
        assert form(example, "data") in [form(body, "data") for body in bodies[name]]
    assert form(examples.opt_out()) in [form(body) for body in bodies["optOut"]]
