"""Frozen dataclasses that cost little to define.

``dataclasses`` compiles six methods for every class, a third of a millisecond; with all our classes that was
a fifth of a start. Here one method a class is compiled, ``__init__``, and the others are shared or built in.
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
    """Decorate a class as ``dataclass(frozen=True, slots=True)`` does.

    Every field is a parameter of ``__init__``. What such a class inherits from has no fields.
    """
    made: Any = dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    names = tuple(made.__dataclass_fields__)
    got: Callable[[Any], Any] = attrgetter(*names)

    def __eq__(self: Any, other: object) -> bool:  # noqa: N807 - it becomes one
        return got(self) == got(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: Any) -> int:  # noqa: N807
        return hash(got(self))

    made.__init__ = _init(made)
    made.__eq__ = __eq__
    made.__hash__ = __hash__
    made.__setattr__ = _set
    made.__delattr__ = _delete
    made.__reduce__ = _reduce
    if made.__repr__ is object.__repr__:
        made.__repr__ = _repr
    result: type[T] = made
    return result


def _init(cls: Any) -> Callable[..., None]:
    """``__init__``, which fills the slots by their descriptors: ``setattr`` is refused."""
    scope: dict[str, Any] = {"missing": MISSING}
    parameters, body = ["self"], []
    for each in fields(cls):
        name = given = each.name
        scope[f"set_{name}"] = cls.__dict__[name].__set__
        if each.default_factory is not MISSING:
            scope[f"make_{name}"] = each.default_factory
            parameters.append(f"{name}=missing")
            given = f"make_{name}() if {name} is missing else {name}"
        elif each.default is not MISSING:
            scope[f"default_{name}"] = each.default
            parameters.append(f"{name}=default_{name}")
        else:
            parameters.append(name)
        body.append(f" set_{name}(self, {given})\n")
    if hasattr(cls, "__post_init__"):
        body.append(" self.__post_init__()\n")
    exec(f"def __init__({', '.join(parameters)}):\n{''.join(body)}", scope)  # noqa: S102 - of names of fields alone
    init: Callable[..., None] = scope["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    init.__module__ = cls.__module__
    init.__annotations__ = {**cls.__annotations__, "return": None}
    return init


def _repr(self: Any) -> str:
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__dataclass_fields__)
    return f"{self.__class__.__qualname__}({shown})"


def _reduce(self: Any) -> tuple[Any, ...]:
    return self.__class__, tuple(getattr(self, name) for name in self.__dataclass_fields__)


def _set(self: Any, name: str, _: object) -> NoReturn:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _delete(self: Any, name: str) -> NoReturn:
    raise FrozenInstanceError(f"cannot delete field {name!r}")
