"""What all shapes are made with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mock_lusha.world.entities import Place, Range

Shape = dict[str, Any]


def known(**fields: Any) -> Shape:
    """The fields that hold something."""
    return {name: value for name, value in fields.items() if value is not None and value not in ((), [])}


def span(limits: Range | None) -> list[int] | None:
    """A range as ``[min, max]``, ``[min]`` when it is open."""
    if limits is None:
        return None
    return [limits[0]] if limits[1] is None else [limits[0], limits[1]]


def bounds(limits: Range) -> Shape:
    """A range as ``{min, max}``, ``{min}`` when it is open."""
    return known(min=limits[0], max=limits[1])


def raw_location(place: Place, street: str | None) -> str:
    """An address in one line."""
    city = ", ".join(part for part in (place.city, place.state_code, place.country_code) if part)
    return f"{street}; {city}" if street else city
