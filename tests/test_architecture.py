"""The rules of the tree, held by reading the source."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from mock_lusha.contract.document import Contract
from mock_lusha.contract.registry import GENERATIONS

PACKAGE = Path(__file__).parent.parent / "mock_lusha"
MODULES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
# A package or module may import, of this package, only what is listed; leaves are free to all.
FREE = {
    "caching",
    "clock",
    "domains",
    "errors",
    "json_log",
    "log_writer",
    "plans",
    "private_files",
    "process_signals",
    "readiness",
    "seeded",
    "shared_listener",
    "table_limits",
    "temporary_folder",
    "values",
    "version",
    "web_origin",
    "webhooks",
    "workers",
    "wording",
}
ALLOWED = {
    **{leaf: set() for leaf in FREE},
    "yamlfile": set(),
    "config": {"yamlfile"},
    "contract": set(),
    "store": {"config"},
    "scenario": {"contract", "yamlfile"},
    "world": {"yamlfile"},
    "state": {"config", "contract", "scenario", "yamlfile"},
    "coverage": {"contract", "scenario", "state"},
    "world_store": {"config", "scenario", "state", "world", "yamlfile"},
    "index_builder": {"state", "world", "world_store"},
    "services": {"state", "world"},
    "api": {"config", "contract", "outbound", "scenario", "services", "state", "world", "world_store"},
    "http": {"api", "config", "contract", "recorder", "scenario", "state", "world_store"},
    "control": {
        "api", "config", "contract", "coverage", "http", "scenario", "services", "state", "webhook_driver",
        "world", "world_store", "yamlfile",
    },
    "captures": {"config", "control", "http", "scenario", "state", "webhook_driver", "world", "world_store"},
    "dashboard": {"api", "config", "http"},
    "replication": {"config", "control", "http", "state", "store", "webhook_driver"},
    "outbound": set(),
    "webhook_driver": {"api", "config", "outbound", "scenario", "state", "world_store"},
    "app": {
        "api", "captures", "config", "contract", "control", "coverage", "dashboard", "http", "index_builder",
        "recorder", "replication", "scenario", "state", "webhook_driver", "world_store",
    },
    "lifecycle": {"http"},
    "tls": {"config", "http"},
    "server": {"app", "config", "http", "lifecycle", "tls"},
    "client": {
        "api", "config", "contract", "http", "outbound", "recorder", "scenario", "server", "state",
        "yamlfile",
    },
    "launch": {"client", "tls"},
    "recorder": {"config", "contract", "yamlfile"},
    "cli": {
        "api", "app", "client", "config", "contract", "coverage", "launch", "lifecycle", "recorder",
        "scenario", "server", "tls", "world",
    },
    "__main__": {"cli"},
    "testcontainers": {"client", "config"},
    "": {"app", "client", "config", "recorder", "server", "world"},
}  # fmt: skip


def imports(path: Path) -> set[str]:
    """Modules of this package that a file imports anywhere, typing included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "mock_lusha":
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in MODULES else node.module for name in names}
    return found


def part(module: str) -> str:
    return [*module.split("."), ""][1]


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_what_its_layer_may(module: str) -> None:
    own = part(module)

    strange = {part(name) for name in imports(MODULES[module])} - ALLOWED[own] - FREE - {own}

    assert not strange, f"{module} imports {strange}; {own} may import {sorted(ALLOWED[own] | FREE)}"


def test_no_endpoint_group_imports_another() -> None:
    groups = {"persons", "companies", "filters", "prospecting", "signals", "account", "lookalikes"}

    for group in groups:
        found = imports(MODULES[f"mock_lusha.api.v2.{group}"])
        names = {name.rsplit(".", 1)[1] for name in found if name.startswith("mock_lusha.api.v2.")}
        assert not names & (groups - {group})


def test_no_generation_of_the_api_imports_another() -> None:
    for module, path in MODULES.items():
        own = module.split(".")[:3]
        if own[:2] == ["mock_lusha", "api"] and len(own) > 2 and own[2] in GENERATIONS:
            others = {name.split(".")[2] for name in imports(path) if name.startswith("mock_lusha.api.v")}
            assert others <= {own[2]}, module


def test_no_modules_import_each_other_not_even_for_their_types() -> None:
    graph = {module: imports(path) - {module} for module, path in MODULES.items()}

    done: set[str] = set()
    while len(done) < len(graph):
        free = {module for module in graph if module not in done and graph[module] <= done}
        assert free, f"a cycle among {sorted(set(graph) - done)}"
        done |= free


def test_one_place_charges_remembers_and_reveals() -> None:
    calls = {
        f"{module}: {node.func.attr}"
        for module, path in MODULES.items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr in {"charge", "remember", "reveal"}
    }

    assert calls == {f"mock_lusha.services.billing: {name}" for name in ("charge", "remember", "reveal")}


def test_no_module_is_longer_than_one_noun_needs() -> None:
    """Of those that people write; scripts write as many lines as there are words."""
    longest = {"mock_lusha": 450, "pytest_plugin": 450, "tests": 700}
    root = PACKAGE.parent

    for folder, most in longest.items():
        for path in (root / folder).rglob("*.py"):
            if "node_modules" not in path.parts:
                lines = path.read_text(encoding="utf-8").splitlines()
                assert len(lines) <= most or "Written by scripts/" in lines[0], (
                    f"{path.relative_to(root)} has {len(lines)} lines; divide it by nouns"
                )


FORBIDDEN = {
    "os.environ is read in config.environment alone": ("environ", {"mock_lusha.config.environment"}),
    "time is read in clock alone": ("time.time", {"mock_lusha.clock"}),
    "Faker is never imported": ("faker", set()),
    "the random module is never used": ("random", set()),
}


@pytest.mark.parametrize("rule", FORBIDDEN)
def test_what_has_one_home_stays_there(rule: str) -> None:
    word, homes = FORBIDDEN[rule]

    for module, path in MODULES.items():
        if module in homes:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                named = f"{node.value.id}.{node.attr}" if isinstance(node.value, ast.Name) else node.attr
                assert word not in {node.attr, named}, f"{module}:{node.lineno}"
            if isinstance(node, ast.Import | ast.ImportFrom):
                roots = {alias.name.split(".")[0] for alias in node.names}
                roots.add((getattr(node, "module", None) or "").split(".")[0])
                assert word not in roots, f"{module}:{node.lineno}"


@pytest.mark.parametrize("module", MODULES)
def test_a_module_keeps_no_state_that_changes(module: str) -> None:
    """At module level stand constants (upper case), names of one underscore, types and functions only."""
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))

    for node in ast.walk(tree):
        assert not isinstance(node, ast.Global), f"{module}:{node.lineno} uses global"
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.List | ast.Set):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            assert ast.unparse(target) == "__all__", f"{module}:{node.lineno} keeps a list or set"


# Where a call is decided: by the account, the request and the time of the call alone.
DECIDING = ("api", "http.endpoint", "http.guards", "scenario", "services", "state")
UNREPEATABLE = {"now", "today", "timestamp", "time", "uuid1", "uuid4", "id", "hash", "token_hex", "urandom"}
EXCEPTIONS = {
    "mock_lusha.http.guards.auth: now",  # notes when the call was let in
    "mock_lusha.api.webhooks.planning: timestamp",  # of the beginning of a day
    "mock_lusha.state.accounts: today",  # the day on which an account is made, when it is made
    "mock_lusha.state.accounts: now",  # the moment of that, for the webhooks it has from its beginning
    "mock_lusha.api.v2.fast_people: id",  # of what a cache holds
    "mock_lusha.api.v3.fast_people: id",  # the same
    "mock_lusha.scenario.pattern: hash",  # of a pattern, by which it is told from others in memory
    "mock_lusha.scenario.values: timestamp",  # of a moment that a file names
}


def test_what_decides_a_call_reads_no_clock_and_draws_nothing() -> None:
    calls = set()
    for module, path in MODULES.items():
        if not module.removeprefix("mock_lusha.").startswith(DECIDING):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                function = node.func
                name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
                if name in UNREPEATABLE:
                    calls.add(f"{module}: {name}")

    assert calls == EXCEPTIONS


PAGE = (PACKAGE.parent / "ARCHITECTURE.md").read_text(encoding="utf-8")
TOKENS = set(re.findall(r"`([\w./-]+)`", PAGE))


def test_the_page_on_the_architecture_names_only_what_is_there() -> None:
    paths = {token for token in TOKENS if re.search(r"\w/|\.(py|json|yaml|md)$", token)} - {"/_mock/"}

    missing = [
        path for path in paths if not any((root / path).exists() for root in (PACKAGE.parent, PACKAGE))
    ]
    assert missing == []
    assert len(paths) > 50


def test_the_page_on_the_architecture_names_every_package_and_every_module_at_the_top() -> None:
    packages = {f"{path.parent.relative_to(PACKAGE)}/" for path in PACKAGE.rglob("*/__init__.py")}
    modules = {path.name for path in PACKAGE.glob("*.py")} - {"__init__.py"}

    assert packages | modules <= TOKENS


def test_the_rows_of_the_page_are_in_the_order_of_the_arrows() -> None:
    rows = re.findall(
        r"^\| (`.*?) \| .* \|$", PAGE.partition("## What lives")[2].partition("## A request")[0], re.M
    )
    height = {
        re.sub(r"/.*|\.py", "", token): -number
        for number, row in enumerate(rows)
        for token in re.findall(r"`([\w./]+)`", row)
    }

    upwards = [
        (importer, imported)
        for importer in ALLOWED.keys() - {""}
        for imported in ALLOWED[importer]
        if height[imported] > height[importer]
    ]
    assert upwards == []
    assert height.keys() == ALLOWED.keys() - {""}


API_OPERATIONS = frozenset(Contract.load().operations)
CONTROL_OPERATIONS = frozenset(Contract.load("control").operations)
# Where ids of operations may stand: what reads a contract reads their facts there.
KNOWS_IDS = {
    "contract": API_OPERATIONS | CONTROL_OPERATIONS,
    "api": API_OPERATIONS,
    "control": CONTROL_OPERATIONS,
}
WRITTEN_BY_SCRIPTS = {"mock_lusha.client.literals"}
# Module -> ids that remain there. It may only shrink.
REMAINING: dict[str, set[str]] = {}


def ids_in(path: Path) -> set[str]:
    """The ids of operations that a file has for texts."""
    texts = {
        node.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return texts & (API_OPERATIONS | CONTROL_OPERATIONS)


@pytest.mark.parametrize("module", sorted(MODULES.keys() - WRITTEN_BY_SCRIPTS))
def test_only_contracts_and_their_handlers_spell_ids_of_operations(module: str) -> None:
    spelled = ids_in(MODULES[module]) - KNOWS_IDS.get(part(module), frozenset())

    assert spelled == REMAINING.get(module, set())


def test_the_plugin_spells_no_ids_of_operations() -> None:
    files = sorted((PACKAGE.parent / "pytest_plugin").rglob("*.py"))

    assert files
    assert {path.name: ids for path in files if (ids := ids_in(path))} == {}


def test_what_remains_of_ids_is_in_modules_that_there_are() -> None:
    assert REMAINING.keys() <= MODULES.keys()
