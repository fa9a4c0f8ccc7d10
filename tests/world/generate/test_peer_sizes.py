"""Companies compete with the same ones, whether an index has drawn their sizes or nobody has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.config import data_folder
from mock_lusha.world.search.catalog import Catalog
from mock_lusha.world.search.index import SearchIndex
from mock_lusha.world.world import World

if TYPE_CHECKING:
    from mock_lusha.world.pools import Pools


def test_peers_are_the_same_with_an_index_and_without(pools: Pools, world: World) -> None:
    alone, indexed = (World("lusha", world.as_of, pools, people=500, companies=800) for _ in range(2))
    index = SearchIndex(indexed, Catalog(data_folder("fixtures") / "reference", pools))
    index.draw_some()
    while not index.has_companies:
        index.draw_some()

    peers = [
        (profile.competitors, profile.direct_parent)
        for own in (alone, indexed)
        for profile in [own.company_profile(company.domain) for company in own.directory.companies]
    ]
    assert peers[:800] == peers[800:]
    assert len({parent for _, parent in peers}) > 20
