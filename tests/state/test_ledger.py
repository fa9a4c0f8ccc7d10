"""The ledger: what is charged, what is free, and that a call is paid whole or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.errors import ApiError
from mock_lusha.plans import PRICES
from mock_lusha.state.ledger import KEPT, REMEMBERED, Item, Ledger, bits_of

KINDS = ("email", "phone", "contact", "company", "signal")
items = st.builds(
    Item,
    kind=st.sampled_from(KINDS),
    entity=st.sampled_from([f"person:{number}" for number in range(4)]),
    free=st.none() | st.just("not found"),
    again=st.booleans(),
)
calls = st.lists(st.lists(items, max_size=6), max_size=12)


def test_the_prices() -> None:
    details = {"email": 1, "phone": 5, "contact": 1, "company": 1}

    later = {"lookalike": 1, "buying-group": 1, "signal-score": 1, "table-row": 1, "table-cell": 1}

    assert dict(PRICES) == {**details, "signal": 1, "search": 1, "company-fact": 1, **later}


def charge(ledger: Ledger, *wanted: Item) -> list[int]:
    return [entry.price for entry in ledger.charge(1, "searchSingleContact", wanted)]


def test_what_was_paid_once_is_free_from_then_on() -> None:
    ledger = Ledger(100)

    prices = [charge(ledger, Item("email", "person:1"), Item("phone", "person:1")) for _ in range(3)]

    assert prices == [[1, 5], [0, 0], [0, 0]]
    assert ledger.usage() == {"total": 100, "used": 6, "remaining": 94}


def test_each_kind_of_each_entity_is_paid_for_itself() -> None:
    ledger = Ledger(100)

    first = charge(ledger, Item("email", "person:1"))
    others = charge(ledger, Item("phone", "person:1"), Item("email", "person:2"))

    assert (first, others) == ([1], [5, 1])


def test_the_same_thing_twice_in_one_request_is_paid_once() -> None:
    ledger = Ledger(100)

    entries = ledger.charge(1, "searchMultipleContacts", [Item("phone", "person:1")] * 3)

    assert [(entry.price, entry.why) for entry in entries] == [
        (5, "charged"),
        (0, "already revealed"),
        (0, "already revealed"),
    ]


def test_news_is_paid_in_each_request_once() -> None:
    ledger = Ledger(100)
    news = Item("signal", "company:1:riskNews", again=True)

    assert [charge(ledger, news, news) for _ in range(2)] == [[1, 0], [1, 0]]
    assert not ledger.shown("signal", "company:1:riskNews")


def test_what_is_free_says_why_and_reveals_nothing() -> None:
    ledger = Ledger(100)

    (entry,) = ledger.charge(7, "searchSingleContact", [Item("email", "person:1", free="restricted")])

    assert (entry.request, entry.operation, entry.units, entry.price, entry.why) == (
        7,
        "searchSingleContact",
        1,
        0,
        "restricted",
    )
    assert not ledger.shown("email", "person:1")
    assert charge(ledger, Item("email", "person:1")) == [1]


def test_the_balance_may_be_spent_to_the_last_credit() -> None:
    ledger = Ledger(6)

    prices = charge(ledger, Item("email", "person:1"), Item("phone", "person:1"))

    assert prices == [1, 5]
    assert ledger.remaining == 0
    assert charge(ledger, Item("email", "person:1")) == [0]


def test_a_call_the_balance_cannot_pay_is_refused_whole() -> None:
    ledger = Ledger(5)

    with pytest.raises(ApiError) as caught:
        charge(ledger, Item("email", "person:1"), Item("phone", "person:1"))

    assert caught.value.kind.name == "insufficient-credits"
    assert [str(detail) for detail in caught.value.details] == [
        "this request costs 6, and 5 of 5 credits are left"
    ]
    assert (ledger.used, ledger.count, len(ledger.entries)) == (0, 0, 0)
    assert not ledger.shown("email", "person:1")


def test_unlimited_credits_never_run_out() -> None:
    ledger = Ledger(None)
    for number in range(1_000):
        charge(ledger, Item("phone", f"person:{number}"))

    assert ledger.remaining is None
    assert ledger.usage() == {"total": 1_000_000_000, "used": 5_000, "remaining": 999_995_000}


def test_the_last_ten_thousand_entries_are_kept_and_the_sums_stay_exact() -> None:
    ledger = Ledger(None)
    for number in range(110):
        ledger.charge(
            number,
            "searchMultipleContacts",
            [Item("phone", f"person:{number * 100 + n}") for n in range(100)],
        )

    assert KEPT == 10_000
    assert len(ledger.entries) == 10_000
    assert ledger.entries[0].request == 10
    assert (ledger.count, ledger.used) == (11_000, 55_000)


def test_what_left_the_entries_is_still_revealed() -> None:
    ledger = Ledger(None)
    charge(ledger, Item("phone", "person:first"))
    ledger.charge(1, "x", [Item("signal", "news", again=True)] * 10_000)

    assert "person:first" not in {entry.entity for entry in ledger.entries}
    assert charge(ledger, Item("phone", "person:first")) == [0]


@given(calls, st.none() | st.integers(0, 40))
def test_the_entries_add_up_to_what_was_used_and_the_balance_is_never_negative(
    wanted: list[list[Item]], total: int | None
) -> None:
    ledger = Ledger(total)

    for number, call in enumerate(wanted):
        before = (
            ledger.used,
            ledger.count,
            len(ledger.entries),
            {i: ledger.shown(i.kind, i.entity) for i in call},
        )
        try:
            entries = ledger.charge(number, "x", call)
        except ApiError:
            after = (
                ledger.used,
                ledger.count,
                len(ledger.entries),
                {i: ledger.shown(i.kind, i.entity) for i in call},
            )

            assert after == before
            continue

        assert [(e.kind, e.entity, e.request) for e in entries] == [(i.kind, i.entity, number) for i in call]
        assert ledger.used == before[0] + sum(entry.price for entry in entries)

    assert ledger.used == sum(entry.price for entry in ledger.entries)
    assert total is None or 0 <= ledger.used <= total


@given(calls.map(lambda wanted: [[item for item in call if not item.again] for call in wanted]))
def test_how_a_request_is_cut_into_calls_does_not_change_its_price(wanted: list[list[Item]]) -> None:
    at_once, one_by_one = Ledger(None), Ledger(None)

    at_once.charge(1, "x", [item for call in wanted for item in call])
    for call in wanted:
        one_by_one.charge(1, "x", call)

    assert at_once.used == one_by_one.used


def test_details_of_very_long_ago_cost_again() -> None:
    ledger = Ledger(None)
    first = [Item("email", "person:0")]
    ledger.charge(0, "op", first)
    for number in range(1, 2 * REMEMBERED + 2):
        ledger.charge(number, "op", [Item("email", f"person:{number}")])

    assert ledger.charge(0, "op", [Item("email", f"person:{2 * REMEMBERED + 1}")]).cost == 0
    assert ledger.charge(0, "op", first).cost == PRICES["email"]


def test_a_charge_is_read_like_the_list_of_its_entries() -> None:
    charge = Ledger(None).charge(7, "op", [Item("email", "person:1"), Item("contact", "x", free="not found")])

    assert len(charge) == 2
    assert [entry.why for entry in charge] == ["charged", "not found"]
    assert charge[-1].why == "not found"
    assert [entry.entity for entry in charge[:1]] == ["person:1"]
    assert charge.paid == [bits_of("email"), 0]


@given(
    st.lists(
        st.lists(
            st.tuples(st.integers(1, 4), st.sets(st.sampled_from(["email", "phone", "contact"]), min_size=1)),
            max_size=5,
        ),
        max_size=6,
    )
)
def test_details_are_charged_like_an_item_of_each_kind(wanted: list[list[tuple[int, set[str]]]]) -> None:
    short, long, mixed = Ledger(None), Ledger(None), Ledger(None)
    for number, call in enumerate(wanted):
        details = [(person, bits_of(*kinds)) for person, kinds in call]
        items = [Item(kind, f"person:{person}") for person, kinds in call for kind in PRICES if kind in kinds]
        charges = [
            short.charge(number, "op", details),
            long.charge(number, "op", items),
            mixed.charge(number, "op", details if number % 2 else items),
        ]

        assert list(charges[0]) == list(charges[1]) == list(charges[2])
        assert len({(charge.cost, charge.size) for charge in charges}) == 1
    assert short.entries == long.entries == mixed.entries
    assert all(
        short.shown(kind, f"person:{person}") == long.shown(kind, f"person:{person}")
        for kind in PRICES
        for person in range(1, 5)
    )


@pytest.mark.parametrize("entity", ["person:", "person:x", "person:٣", "a person:1", "person:person:1", "1"])
def test_what_only_looks_like_a_person_is_remembered_as_it_is_called(entity: str) -> None:
    ledger = Ledger(None)

    assert charge(ledger, Item("email", entity)) == [1]
    assert charge(ledger, Item("email", entity)) == [0]
    assert charge(ledger, Item("email", "person:1")) == [1]


def test_what_is_free_is_so_among_items_that_are_paid_in_each_request() -> None:
    cells = [
        Item("table-cell", f"table:1:company:{n}", free="paid" if n else None, again=True) for n in range(3)
    ]

    assert charge(Ledger(100), *cells) == [1, 0, 0]
