"""Dataclasses with slots that cost little to define.

``dataclasses`` compiles up to six methods for every class, a third of a millisecond; with all our classes
that was a fifth of a start. Here one method a class is compiled, ``__init__``, and the others are shared.
What reads dataclasses (``fields``, ``replace``, type checkers) reads these, and their fields are declared
like those of any other.
"""

from __future__ import annotations

from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[T]) -> type[T]:
    """A value that cannot be changed, equal to all of its class with the same fields."""
    made = _slotted(cls, guarded=True)
    _compare(made)
    return made


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def light(cls: type[T]) -> type[T]:
    """As ``frozen``, but for type checkers alone: one is made in a fraction of the time."""
    made = _slotted(cls)
    _compare(made)
    return made


@dataclass_transform(eq_default=False, field_specifiers=(field,))
def mutable(cls: type[T]) -> type[T]:
    """A thing with fields that change, equal to itself alone."""
    return _slotted(cls)


def _slotted(cls: type[T], *, guarded: bool = False) -> type[T]:
    cls.__doc__ = cls.__doc__ or cls.__name__  # else a text is made of its signature, which takes long
    made: Any = dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    made.__init__ = _init(made, guarded=guarded)
    if guarded:
        made.__setattr__ = _set
        made.__delattr__ = _delete
        made.__reduce__ = _reduce
    if made.__repr__ is object.__repr__:
        made.__repr__ = _repr
    result: type[T] = made
    return result


def _compare(made: Any) -> None:
    """Make all that have the same fields equal, and one in a set."""
    got: Callable[[Any], Any] = attrgetter(*(each.name for each in fields(made) if each.compare))

    def __eq__(self: Any, other: object) -> bool:  # noqa: N807 - it becomes one
        return got(self) == got(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: Any) -> int:  # noqa: N807
        return hash(got(self))

    made.__eq__ = __eq__
    made.__hash__ = __hash__


def _init(cls: Any, *, guarded: bool = False) -> Callable[..., None]:
    """``__init__``; where setting is refused, it fills the slots by their descriptors."""
    scope: dict[str, Any] = {"missing": MISSING}
    parameters, body = ["self"], []
    for each in fields(cls):
        parameter = given = default = name = each.name
        if each.default_factory is not MISSING:
            scope[f"make_{name}"] = each.default_factory
            parameter, default = f"{name}=missing", f"make_{name}()"
            given = f"{default} if {name} is missing else {name}"
        elif each.default is not MISSING:
            scope[f"default_{name}"] = each.default
            parameter, default = f"{name}=default_{name}", f"default_{name}"
        if each.init:
            parameters.append(parameter)
        else:
            given = default
        if guarded:
            scope[f"set_{name}"] = cls.__dict__[name].__set__
            body.append(f" set_{name}(self, {given})\n")
        else:
            body.append(f" self.{name} = {given}\n")
    if hasattr(cls, "__post_init__"):
        body.append(" self.__post_init__()\n")
    exec(f"def __init__({', '.join(parameters)}):\n{''.join(body)}", scope)  # noqa: S102 - of names of fields alone
    init: Callable[..., None] = scope["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    init.__module__ = cls.__module__
    init.__annotations__ = {**cls.__annotations__, "return": None}
    return init


def _repr(self: Any) -> str:
    shown = ", ".join(f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)
    return f"{self.__class__.__qualname__}({shown})"


def _reduce(self: Any) -> tuple[Any, ...]:
    return self.__class__, tuple(getattr(self, each.name) for each in fields(self) if each.init)


def _set(self: Any, name: str, _: object) -> NoReturn:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _delete(self: Any, name: str) -> NoReturn:
    raise FrozenInstanceError(f"cannot delete field {name!r}")
