from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from inspect import signature
from typing import Any

import pytest

from mock_lusha.values import frozen, light, mutable


@frozen
class Spool:
    """A spool of thread."""

    colour: str
    metres: int = 100
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Model:
    """What a spool is to be like."""

    colour: str
    metres: int = 100


@light
class Bead:
    """A bead on a string; what was seen of it is its own affair."""

    size: int
    colour: str = "red"
    seen: list[str] = field(init=False, default_factory=list, compare=False, repr=False)
    made_of: str = field(init=False, default="glass")


@mutable
class Tally:
    """A count that goes on."""

    name: str
    count: int = 0
    notes: list[str] = field(default_factory=list)


@frozen
class Checked:
    """A value that checks itself."""

    metres: int

    def __post_init__(self) -> None:
        if self.metres < 0:
            msg = "less than none"
            raise ValueError(msg)


@frozen
class Named:
    """A value with a text of its own."""

    name: str

    def __repr__(self) -> str:
        return f"<{self.name}>"


def test_fields_come_by_position_or_name_and_have_their_defaults() -> None:
    assert (Spool("red").metres, Spool("red", 5).metres, Spool("red", metres=7).metres) == (100, 5, 7)
    assert Spool("red").notes == []
    assert Spool("red").notes is not Spool("red").notes


@pytest.mark.parametrize(
    ("args", "named"), [((), {}), (("red", 1, [], 2), {}), (("red",), {"length": 1})], ids=str
)
def test_other_arguments_are_refused_by_its_name(args: tuple[Any, ...], named: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"^Spool\.__init__\(\)"):
        Spool(*args, **named)


def test_values_are_equal_by_their_fields_among_their_own_kind() -> None:
    others: list[Any] = [Spool("blue"), Model("red"), "red"]

    assert Spool("red") == Spool("red")
    assert all(Spool("red") != other for other in others)


def test_equal_values_are_one_in_a_set() -> None:
    assert len({Checked(1), Checked(1), Checked(2)}) == 2
    with pytest.raises(TypeError, match="unhashable"):
        hash(Spool("red"))


def test_a_value_does_not_change_and_takes_no_more() -> None:
    spool: Any = Spool("red")

    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'colour'"):
        spool.colour = "blue"
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'price'"):
        spool.price = 1
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'colour'"):
        del spool.colour
    assert not hasattr(spool, "__dict__")
    assert spool == Spool("red")


def test_a_value_is_shown_as_it_is_written() -> None:
    assert repr(Spool("red", 5)) == "Spool(colour='red', metres=5, notes=[])"
    assert repr(Named("red")) == "<red>"


def test_a_value_may_check_itself() -> None:
    with pytest.raises(ValueError, match="less than none"):
        Checked(-1)


def test_a_light_value_is_compared_and_shown_by_the_fields_that_say_so() -> None:
    bead, other = Bead(2), Bead(2)
    bead.seen.append("today")

    assert bead == other
    assert hash(bead) == hash(other)
    assert other.seen == []
    assert bead != Bead(2, "blue")
    assert repr(bead) == "Bead(size=2, colour='red', made_of='glass')"
    assert replace(bead, size=3) == Bead(3)
    assert copy.deepcopy(bead) == bead
    with pytest.raises(TypeError, match=r"^Bead\.__init__\(\)"):
        Bead(2, "red", ["today"])  # type: ignore[call-arg] # that is the point


def test_a_thing_that_changes_is_equal_to_itself_alone() -> None:
    tally, other = Tally("calls"), Tally("calls")

    tally.count += 1
    tally.notes.append("one")

    assert (tally.count, tally.notes, other.count, other.notes) == (1, ["one"], 0, [])
    assert Tally("calls") != Tally("calls")
    assert len({tally, other}) == 2
    assert repr(tally) == "Tally(name='calls', count=1, notes=['one'])"
    assert copy.deepcopy(tally).notes == ["one"]
    assert not hasattr(tally, "__dict__")


def test_the_signature_of_a_class_is_known_before_anything_is_made_of_it() -> None:
    @frozen
    class Reel:
        """A reel of thread."""

        colour: str
        metres: int = 100

    assert str(signature(Reel)) == "(colour: 'str', metres: 'int' = 100) -> None"


def test_what_reads_dataclasses_reads_values() -> None:
    spool = Spool("red", 5, ["last"])

    assert [each.name for each in fields(Spool)] == ["colour", "metres", "notes"]
    assert replace(spool, metres=6) == Spool("red", 6, ["last"])
    assert copy.deepcopy(spool) == spool
    assert pickle.loads(pickle.dumps(spool)) == spool
    assert Spool.__match_args__ == ("colour", "metres", "notes")


@pytest.mark.parametrize("made_first", [False, True])
def test_a_class_below_keeps_an_init_of_its_own(made_first: bool) -> None:
    @mutable
    class Above:
        name: str

    class Below(Above):
        def __init__(self, first: str, second: str) -> None:
            super().__init__(f"{first} {second}")

    if made_first:
        Above("alone")

    assert [Below("a", "b").name, Below("c", "d").name, Above("e").name] == ["a b", "c d", "e"]
