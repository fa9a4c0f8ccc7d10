"""The contracts of all generations of the API that are served, and the document that they make together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mock_lusha.contract.document import Contract
from mock_lusha.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mock_lusha.contract.document import Operation

GENERATIONS: Final = ("v2", "v3")
"""The generations of the API, the one first whose names in documents stay as they are."""
_COMPONENTS: Final = "#/components/"
_SECURITY: Final = "securitySchemes"

Name = tuple[str, str]
"""The section of a component of a document, and its name there."""


class Registry:
    """Contracts by generation, and their operations by id and by method and path.

    Raises:
        ContractError: two of them are of one generation, or have one operation id or method and path.
    """

    def __init__(self, contracts: Iterable[Contract]) -> None:
        self.contracts: dict[str, Contract] = {}
        self.operations: dict[str, Operation] = {}
        self.routes: dict[tuple[str, str], Operation] = {}
        for contract in contracts:
            if contract.generation in self.contracts:
                raise ContractError(f"there are two contracts of generation {contract.generation!r}")
            self.contracts[contract.generation] = contract
            for operation in contract.operations.values():
                self._add(operation)

    @classmethod
    def load(cls) -> Registry:
        """The contracts that ship."""
        return cls(map(Contract.load, GENERATIONS))

    def _add(self, operation: Operation) -> None:
        other = self.operations.setdefault(operation.id, operation)
        if other is not operation:
            raise _clash(f"the operation {operation.id}", other.generation, operation.generation)
        for path in operation.paths:
            other = self.routes.setdefault((operation.method, path), operation)
            if other is not operation:
                raise _clash(f"{operation.method} {path}", other.generation, operation.generation)

    def served(self) -> list[Operation]:
        """The operations that are built: the others answer 501."""
        return [operation for operation in self.operations.values() if not operation.unserved]

    def contract_of(self, operation: Operation) -> Contract:
        """The contract that has an operation."""
        return self.contracts[operation.generation]


def merged(contracts: Iterable[Contract]) -> dict[str, Any]:
    """The documents of contracts as one: what it says of itself is what they say, one after the other.

    Components of one name and value are one. Of those that differ the later ones get the generation behind
    their name, and so do those that refer to them.

    Raises:
        ContractError: two documents have one operation id or method and path, differ in a security scheme of
            one name, or have a name that one of them would get.
    """
    first, *others = Registry(contracts).contracts.values()
    document = {name: value for name, value in first.document.items() if name != "x-mock-lusha-generation"}
    document["info"] = _info([first.document["info"], *(each.document["info"] for each in others)])
    document["paths"] = {path: dict(item) for path, item in first.document["paths"].items()}
    document["components"] = {name: dict(section) for name, section in first.document["components"].items()}
    for contract in others:
        _add_contract(document, contract)
    return document


def _info(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What documents say of themselves, one after another: titles, descriptions under them, differences."""
    first, *others = parts
    if not others:
        return dict(first)
    described = [part for part in parts if "description" in part]
    differs = [each for part in parts for each in part.get("x-mock-lusha-differs", ())]
    return {
        **first,
        "title": "; ".join(part["title"] for part in parts),
        "description": "\n\n".join(f"# {part['title']}\n\n{part['description']}" for part in described),
        **({"x-mock-lusha-differs": differs} if differs else {}),
    }


def _add_contract(document: dict[str, Any], contract: Contract) -> None:
    """Add to a document what a contract has."""
    suffix = contract.generation[:1].upper() + contract.generation[1:]
    names = {(section, name): name + suffix for section, name in _differing(document, contract)}
    for (section, name), new in names.items():
        if section == _SECURITY:
            raise ContractError(f"the contract of {contract.generation} has another security scheme {name}")
        sections = (source["components"][section] for source in (document, contract.document))
        if any(new in components for components in sections):
            raise ContractError(
                f"the contract of {contract.generation} cannot have its own {name}: {new} is taken"
            )
    other = contract.document
    if names:
        other = _mapped(other, lambda reference: _renamed(reference, names))
    for section, components in other["components"].items():
        target = document["components"].setdefault(section, {})
        for name, component in components.items():
            target[names.get((section, name), name)] = component
    inherited = {}
    if other.get("security") != document.get("security"):
        inherited = {"security": other.get("security", [])}
    for path, item in other["paths"].items():
        methods = {method: {**inherited, **operation} for method, operation in item.items()}
        document["paths"].setdefault(path, {}).update(methods)
    tags = {tag["name"] for tag in document.get("tags", ())}
    document["tags"] = [
        *document.get("tags", ()),
        *(tag for tag in other.get("tags", ()) if tag["name"] not in tags),
    ]


def _differing(document: Mapping[str, Any], contract: Contract) -> set[Name]:
    """The components of both that are not the same in both, or refer to such as are not."""
    common: dict[Name, Any] = {}
    differing: set[Name] = set()
    for section, components in contract.document["components"].items():
        for name, component in components.items():
            there = document["components"].get(section, {})
            if name in there:
                common[section, name] = component
                if there[name] != component:
                    differing.add((section, name))
    waiting = bool(differing)
    while waiting:
        more = {
            name
            for name, component in common.items()
            if name not in differing and not differing.isdisjoint(_references(component))
        }
        differing |= more
        waiting = bool(more)
    return differing


def _references(component: Any) -> set[Name]:
    """The components that one refers to."""
    names: set[Name] = set()

    def note(reference: str) -> str:
        section, name, *_ = reference.removeprefix(_COMPONENTS).split("/")
        names.add((section, name))
        return reference

    _mapped(component, note)
    return names


def _renamed(reference: str, names: Mapping[Name, str]) -> str:
    section, name, *rest = reference.removeprefix(_COMPONENTS).split("/")
    return _COMPONENTS + "/".join((section, names.get((section, name), name), *rest))


def _mapped(node: Any, change: Callable[[str], str]) -> Any:
    """A piece of a document with its references to components changed, those of discriminators too."""
    if isinstance(node, dict):
        return {name: _mapped(value, change) for name, value in node.items()}
    if isinstance(node, list):
        return [_mapped(value, change) for value in node]
    return change(node) if isinstance(node, str) and node.startswith(_COMPONENTS) else node


def _clash(what: str, one: str, other: str) -> ContractError:
    if one == other:
        return ContractError(f"the contract of {one} has {what} twice")
    return ContractError(f"the contracts of {one} and {other} both have {what}")
