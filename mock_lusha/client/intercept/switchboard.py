"""The switchboard decides who takes calls of Lusha's hosts: it has a switch at each place that calls pass.

A switch is put in place when it is first needed, decides on every call, and stays; without an interception
in force it passes calls on. So interceptions may end in any order, in any thread, any number of times.
Another library may patch over a switch, or remove it with what it patched: the next interception then puts
another switch on top, which decides only for interceptions that began since.

Below all of them is a hook for audit events of Python, which nothing can remove. It refuses calls that
bypassed every switch.
"""

from __future__ import annotations

import contextlib
import sys
from functools import WRAPPER_ASSIGNMENTS, cache
from importlib.abc import MetaPathFinder
from pathlib import Path
from threading import RLock
from types import FunctionType
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from mock_lusha.client.intercept.gate import Gate
from mock_lusha.client.intercept.targets import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    from mock_lusha.client.intercept.gate import Claim, Make


# Audit event -> the position of the argument that is an address, or the name of a host.
_AUDITED = {
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
    "socket.gethostbyaddr": 0,
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
}
_COMPILED = frozenset({"builtin_function_or_method", "method_descriptor", "cython_function_or_method"})


@cache
def switchboard() -> Switchboard:
    """The one of this process, since the places that calls pass are the process's too."""
    return Switchboard()


class Switchboard:
    """The active claims, and the switches that look them up."""

    def __init__(self) -> None:
        self._changing = RLock()
        self._begun = 0
        self._active: tuple[tuple[int, Claim], ...] = ()
        self._switches: WeakKeyDictionary[Any, int] = WeakKeyDictionary()
        self._natives: WeakKeyDictionary[Any, dict[str, Any]] = WeakKeyDictionary()
        self._placed: dict[tuple[str, str, str], tuple[ModuleType, Any, Any]] = {}
        self._finder: Finder | None = None
        self._net = Gate(self, 0)

    def begin(self, claim: Claim) -> None:
        """Let ``claim`` take the calls, until ``end``."""
        with self._changing:
            self._begun += 1
            self._install()
            self._active = (*self._active, (self._begun, claim))

    def end(self, claim: Claim) -> None:
        """Let the claim before take the calls again; harmless when it has ended already."""
        with self._changing:
            self._active = tuple(entry for entry in self._active if entry[1] is not claim)

    def active(self, since: int) -> tuple[int, Claim] | None:
        """The claim that takes the calls, of those that began at or after ``since``, and when it began: the
        latest that sends calls to a double, else the latest that refuses them."""
        active = self._active
        if not active:
            return None
        refuses = None
        for entry in reversed(active):
            if entry[0] < since:
                break
            if isinstance(entry[1], Target):
                return entry
            refuses = refuses or entry
        return refuses

    def native(self, owner: Any, name: str) -> Any:
        """The function that was there before any switch, as far as that is known."""
        return self._natives[owner][name]

    def is_first(self, owner: Any, name: str, begun: int) -> bool:
        """Whether nobody has patched a place since: it has a switch that was there already, or the library's
        own function."""
        current = getattr(owner, name)
        if self._is_switch(current):
            return self._switches[current] <= begun
        return current is self._natives.get(owner, {}).get(name, current)

    # The switches

    def _install(self) -> None:
        from mock_lusha.client.intercept.patches import PLACES  # noqa: PLC0415 - with the first interception

        if self._finder is None:
            self._finder = Finder({module for module, *_ in PLACES}, self._cover)
            sys.addaudithook(self._audit)
        if self._finder not in sys.meta_path:
            sys.meta_path.insert(0, self._finder)
        for name, owner, attribute, make in PLACES:
            module = sys.modules.get(name)
            if module is None:
                continue
            placed = self._placed.get((name, owner, attribute))
            if placed is None or placed[0] is not module or getattr(placed[1], attribute) is not placed[2]:
                self._switch(module, owner, attribute, make)

    def _cover(self, module: ModuleType) -> None:
        """Put the switches of a module in place that has just been imported."""
        from mock_lusha.client.intercept.patches import PLACES  # noqa: PLC0415

        with self._changing:
            for name, owner, attribute, make in PLACES:
                if name == module.__name__:
                    self._switch(module, owner, attribute, make)

    def _switch(self, module: ModuleType, owner_name: str, name: str, make: Make) -> None:
        owner: Any = getattr(module, owner_name, None) if owner_name else module
        owner = getattr(owner, "_baseclass", owner)  # the real one, where vcrpy has put a class in its place
        current = getattr(owner, name, None)
        if current is None:
            return  # another version, or only half imported, which the finder waits for
        if self._is_switch(current):
            self._placed[module.__name__, owner_name, name] = (module, owner, current)
            return
        natives = self._natives.setdefault(owner, {})
        own = _is_own(current, module)
        if own or name not in natives:
            natives[name] = current
        # Another library's patch is covered for claims that begin now; earlier claims have a switch below it.
        gate = Gate(self, 0 if own else self._begun)
        switch = make(gate, current)
        # Not __wrapped__, by which others could bypass it.
        for attribute in WRAPPER_ASSIGNMENTS:
            with contextlib.suppress(AttributeError):
                setattr(switch, attribute, getattr(current, attribute))
        self._switches[switch] = gate.since
        setattr(owner, name, switch)
        self._placed[module.__name__, owner_name, name] = (module, owner, switch)

    def _is_switch(self, function: Any) -> bool:
        try:
            return function in self._switches
        except TypeError:  # it is not hashable, or takes no weak reference
            return False

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        position = _AUDITED.get(event)
        if position is None or not self._active:
            return
        address = arguments[position]
        if isinstance(address, tuple):
            address = address[0] if address else None
        elif position:
            return  # the path of a local socket
        self._net.guard(address)


def _is_own(function: Any, module: ModuleType) -> bool:
    """Whether a function is of the package of a module, and not a patch of another."""
    if not isinstance(function, FunctionType):
        return type(function).__name__ in _COMPILED
    written, file = Path(function.__code__.co_filename), Path(module.__file__ or "")
    return written == file or (hasattr(module, "__path__") and file.parent in written.parents)


class Finder(MetaPathFinder):
    """Calls back when one of some modules has been imported, before the importer goes on."""

    def __init__(self, names: set[str], imported: Callable[[ModuleType], None]) -> None:
        self._names = names
        self._imported = imported

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec that the other finders have."""
        if fullname not in self._names:
            return None
        finders = list(sys.meta_path)
        for finder in finders[finders.index(self) + 1 :]:  # those before it have been called
            spec = finder.find_spec(fullname, path, target)
            if spec is not None:
                self._listen(spec)
                return spec
        return None

    def _listen(self, spec: ModuleSpec) -> None:
        loader: Any = spec.loader
        execute = getattr(loader, "exec_module", None)
        if execute is None:
            return

        def executed(module: ModuleType) -> None:
            execute(module)
            self._imported(module)

        with contextlib.suppress(AttributeError):  # a loader of builtin modules takes none
            loader.exec_module = executed
