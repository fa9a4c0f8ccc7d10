"""Companies compete with the same ones, whether an index has drawn their sizes or nobody has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mock_lusha.config import data_folder
from mock_lusha.world.search.catalog import Catalog
from mock_lusha.world.search.index import SearchIndex
from mock_lusha.world.world import World

if TYPE_CHECKING:
    from mock_lusha.world.pools import Pools


@pytest.mark.parametrize("companies", [800, 3])
def test_peers_are_the_same_with_an_index_and_without(pools: Pools, world: World, companies: int) -> None:
    alone, indexed = (World("lusha", world.as_of, pools, people=500, companies=companies) for _ in range(2))
    index = SearchIndex(indexed, Catalog(data_folder("fixtures") / "reference", pools))
    index.draw_some()
    while not index.has_companies:
        index.draw_some()

    domains = [company.domain for company in alone.directory.companies]
    domains += [f"stranger{number}.example" for number in range(50)]  # of trades that nobody else is in
    mine, theirs = (
        [(profile.competitors, profile.direct_parent) for profile in map(own.company_profile, domains)]
        for own in (alone, indexed)
    )
    assert mine == theirs
    assert any(competitors for competitors, _ in mine)
    assert any(parent for _, parent in mine) == (companies > 3)
