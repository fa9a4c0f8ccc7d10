"""Caches of answers: by operation, by the very thing they are made of, and gone with their world."""

from __future__ import annotations

from mock_lusha.api.v2.cache import WorldCache
from mock_lusha.caching import CacheStore, IdentityCache
from mock_lusha.clock import Clock
from mock_lusha.config import Settings
from mock_lusha.state.accounts import Accounts
from mock_lusha.world.pins import NO_PINS
from mock_lusha.world_store import WorldStore


class Thing:
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]  # what is looked up by its id needs none


class OtherCache:
    pass


def test_an_application_has_one_cache_of_each_class() -> None:
    store = CacheStore()

    assert store.get(WorldCache) is store.get(WorldCache)
    assert isinstance(store.get(OtherCache), OtherCache)
    assert CacheStore().get(WorldCache) is not store.get(WorldCache)


def test_things_that_are_equal_have_values_of_their_own() -> None:
    cache: IdentityCache[Thing, str] = IdentityCache(10)
    first, second = Thing(), Thing()

    assert cache.put(first, "first") == "first"

    assert cache.get(first) == "first"
    assert cache.get(second) is None


def test_a_thing_that_is_cached_stays_alive_so_that_no_other_has_its_id() -> None:
    cache: IdentityCache[Thing, int] = IdentityCache(10_000)
    for number in range(1_000):
        cache.put(Thing(), number)

    assert sorted(value for _, value in cache.entries.values()) == list(range(1_000))


def test_a_full_cache_begins_again() -> None:
    cache: IdentityCache[Thing, int] = IdentityCache(3)
    things = [Thing() for _ in range(4)]
    for number, thing in enumerate(things):
        cache.put(thing, number)

    assert [cache.get(thing) for thing in things] == [None, None, None, 3]


def test_what_one_operation_makes_of_an_input_is_not_handed_to_another() -> None:
    world = WorldCache()
    for operation in ("one", "two"):
        for _ in range(2):
            world.plans(operation, bulk=True).put(b"the same body", operation)

    assert world.plans("one", bulk=True).get(b"the same body") == "one"
    assert world.plans("two", bulk=True).get(b"the same body") == "two"


def test_what_is_kept_of_a_world_goes_with_it() -> None:
    store, accounts = WorldStore(Settings(people=0, companies=1)), Accounts(Settings(), Clock(), {})
    account = accounts.get("some-key")
    kept = store.view(account).caches.get(WorldCache)

    assert store.view(account).caches.get(WorldCache) is kept
    store.pin(None, NO_PINS)

    assert store.view(account).caches.get(WorldCache) is not kept
