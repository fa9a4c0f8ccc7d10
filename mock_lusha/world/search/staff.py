"""The people of one company, as a search that names the company finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mock_lusha.world import arrays as np
from mock_lusha.world.search.session import handful

if TYPE_CHECKING:
    from mock_lusha.world.account_lookup import AccountLookup
    from mock_lusha.world.entities import Company, Person
    from mock_lusha.world.search.index import SearchIndex


class Staff(NamedTuple):
    """People of a company: ``persons`` are pinned, or of a company outside the directory; ``rows`` are those
    of the directory's in the index."""

    persons: list[Person]
    rows: list[int]


def staff_of(index: SearchIndex, lookup: AccountLookup, company: Company) -> Staff:
    """Those of the people of a company who may be shown to an account: nobody who is restricted or erased."""
    world, erased = index.world, lookup.erased
    persons: list[Person] = []
    rows: list[int] = []
    for company_row in index.company_rows([company.domain]):
        staff_rows = index.staff_rows(company_row)
        if erased.people:
            staff_rows = staff_rows[~np.isin(staff_rows, index.people_rows(erased.people))]
        split = int(staff_rows.searchsorted(len(index.pinned)))
        persons = [index.pinned[row] for row in staff_rows[:split].tolist()]
        rows = staff_rows[split:].tolist()
    if not world.knows_company(company.domain):
        persons += [
            world.person(key)
            for key in handful(world, company)
            if key not in world.pins.people and key not in erased.people and lookup.resolves(key)
        ]
    return Staff([person for person in persons if person.restricted is None], rows)
