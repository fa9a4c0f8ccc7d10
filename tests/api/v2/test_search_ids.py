"""The ids of searches: UUIDs of their own in every answer, read back without storage."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.api.v2.search_ids import contact_ids, is_request_id, person_ids, request_id

PEOPLE = st.lists(st.integers(1, 10**10), min_size=1, max_size=30, unique=True)


@given(seed=st.text(), account=st.text(), count=st.integers(0, 10**6))
def test_a_request_id_is_a_random_uuid_that_only_its_seed_vouches_for(
    seed: str, account: str, count: int
) -> None:
    made = request_id(seed, account, count)

    assert str(UUID(made)) == made
    assert UUID(made).version == 4
    assert is_request_id(seed, made)
    assert is_request_id(seed, made.upper())
    assert not is_request_id(f"{seed}!", made)
    assert made != request_id(seed, account, count + 1)


@given(seed=st.text(), people=PEOPLE)
def test_contact_ids_lead_back_to_people_with_their_own_request_alone(seed: str, people: list[int]) -> None:
    first, second = request_id(seed, "a", 1), request_id(seed, "a", 2)
    ids = contact_ids(seed, first, people)

    assert person_ids(seed, first.upper(), [each.upper() for each in ids]) == people
    assert set(person_ids(seed, second, ids)) == {None}
    assert not set(ids) & set(contact_ids(seed, second, people))
