"""Accounts files: what they may say, and where a mistake in them is."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from mock_lusha.app import create_app
from mock_lusha.config import Settings, data_folder
from mock_lusha.errors import ConfigError, DataFileError
from mock_lusha.state.account_profiles import AccountProfile, load_profiles

if TYPE_CHECKING:
    from pathlib import Path

NAMED = [
    "free", "starter", "pro", "premium", "scale", "legacy", "inactive", "invalid", "trial-ended",
    "out-of-credits", "daily-quota-spent", "hourly-limit-spent", "no-unified-credits",
]  # fmt: skip


def test_the_shipped_accounts_are_the_promised_ones_and_tell_their_story() -> None:
    profiles = load_profiles([data_folder("fixtures") / "accounts.yaml"])

    assert list(profiles) == NAMED
    assert all(profile.about.endswith(".") for profile in profiles.values())


FULL = """
accounts:
  full-one:
    about: " All of it. "
    standing: inactive
    spent: [hourly, daily]
    unified_credits: false
    features: [account, filters]
    plan: Premium
    credits: unlimited
    seed: acme
    as_of: 2026-01-01
    dialect: documented
    error_format: live
    limits: off
    strict: true
    match_rate: 0.5
    tracked_domains: [acme.example, www.b.example]
    signal_score_price: paid
  4711:
  half: {}
"""


def test_every_field_is_read(tmp_path: Path) -> None:
    path = tmp_path / "accounts.yaml"
    path.write_text(FULL, encoding="utf-8")

    profiles = load_profiles([path])

    full = profiles["full-one"]
    assert list(profiles) == ["full-one", "4711", "half"]
    assert (full.about, full.standing, full.unified_credits) == ("All of it.", "inactive", False)
    assert full.spent == {"hourly", "daily"}
    assert full.features == frozenset({"account", "filters"})
    assert full.overrides == {
        "plan": "premium",
        "credits": None,
        "seed": "acme",
        "as_of": date(2026, 1, 1),
        "dialect": "documented",
        "error_format": "live",
        "limits": "off",
        "strict": "yes",
        "match_rate": 0.5,
        "tracked_domains": ("acme.example", "b.example"),
        "signal_score_price": "paid",
    }
    assert (profiles["half"].standing, dict(profiles["half"].overrides)) == ("active", {})


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "accounts:\n", "accounts: {}\n"])
def test_a_file_may_be_empty(tmp_path: Path, text: str) -> None:
    path = tmp_path / "accounts.yaml"
    path.write_text(text, encoding="utf-8")

    assert load_profiles([path]) == {}


def test_a_later_file_replaces_accounts_of_an_earlier_one(tmp_path: Path) -> None:
    early, late = tmp_path / "early.yaml", tmp_path / "late.yaml"
    early.write_text("accounts: {one: {plan: pro, credits: 1}, two: {plan: pro}}", encoding="utf-8")
    late.write_text("accounts: {one: {plan: free}}", encoding="utf-8")

    profiles = load_profiles([early, late])

    assert {name: dict(p.overrides) for name, p in profiles.items()} == {
        "one": {"plan": "free"},
        "two": {"plan": "pro"},
    }


STANDINGS = "active, inactive, invalid, trial-ended"
FEATURES = (
    "account, enrichment, exclude-dnc, filters, lookalikes, prospecting, read-tables, signals, tables, "
    "website-visits"
)
PLANS = "free, starter, pro, premium, scale, legacy"
BROKEN = {
    "a list of accounts": ("accounts:\n- one\n", 2, "accounts is a mapping from key to account"),
    "a list": ("- accounts\n", 1, "an accounts file is a mapping, not ['accounts']"),
    "an unknown top": ("acounts:\n  one:\n", 2, "an accounts file has no 'acounts': did you mean accounts?"),
    "an account of text": ("accounts:\n  one: premium\n", 2, "account one is a mapping, not premium"),
    "an unknown field": (
        "accounts:\n  one:\n    plan: pro\n    credit: 5\n",
        4,
        "account one has no 'credit': did you mean credits?",
    ),
    "an unknown plan": ("accounts:\n  one:\n    plan: gold\n", 3, f"plan: it takes one of {PLANS}, not gold"),
    "an unknown standing": (
        "accounts:\n  one:\n    standing: closed\n",
        3,
        f"standing is one of {STANDINGS}, not closed",
    ),
    "a standing of a list": (
        "accounts:\n  one:\n    standing: [inactive]\n",
        3,
        f"standing is one of {STANDINGS}, not ['inactive']",
    ),
    "an unknown window": (
        "accounts:\n  one:\n    spent:\n    - daily\n    - minute\n",
        5,
        "a spent window is one of hourly, daily, not minute",
    ),
    "a window of text": ("accounts:\n  one:\n    spent: daily\n", 3, "spent is a list, not daily"),
    "an unknown feature": (
        "accounts:\n  one:\n    features: [filters, coffee]\n",
        3,
        f"a feature is one of {FEATURES}, not coffee",
    ),
    "features of text": ("accounts:\n  one:\n    features: filters\n", 3, "features is a list, not filters"),
    "a flag of text": (
        "accounts:\n  one:\n    unified_credits: maybe\n",
        3,
        "unified_credits is true or false, not maybe",
    ),
    "about of a number": ("accounts:\n  one:\n    about: 5\n", 3, "about is a text, not 5"),
    "negative credits": (
        "accounts:\n  one:\n    credits: -1\n",
        3,
        "credits: it takes a whole number from 0 to 1000000000, or unlimited, not -1",
    ),
    "credits of a list": (
        "accounts:\n  one:\n    credits: [5]\n",
        3,
        "credits is one value, not [5]",
    ),
    "a rate over 1": (
        "accounts:\n  one:\n    match_rate: 2\n",
        3,
        "match_rate: it takes a number from 0 to 1, not 2",
    ),
    "a day that is none": (
        "accounts:\n  one:\n    as_of: 2026-02-30x\n",
        3,
        "as_of: it takes a date such as 2026-03-31, from 1971 to 2999, not 2026-02-30x",
    ),
    "a strictness of text": (
        "accounts:\n  one:\n    strict: rather\n",
        3,
        "strict: it takes one of auto, yes, no (true and on are yes, false and off are no), not rather",
    ),
    "a key with space": (
        "accounts:\n  one:\n  my key:\n",
        3,
        "a key is printable ASCII without space and plus, not 'my key'",
    ),
    "a key with plus": (
        "accounts:\n  a+b:\n",
        2,
        "a key is printable ASCII without space and plus, not 'a+b'",
    ),
    "a key not in ASCII": (
        "accounts:\n  schlüssel:\n",
        2,
        "a key is printable ASCII without space and plus, not 'schlüssel'",
    ),
    "a key twice": ("accounts:\n  one:\n  two:\n  one:\n", 4, "'one' stands here a second time"),
    "a tab": ("accounts:\n\tone:\n", 2, "is not YAML: found character that cannot start any token"),
}


@pytest.mark.parametrize(("text", "line", "message"), BROKEN.values(), ids=list(BROKEN))
def test_a_mistake_is_told_with_file_and_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    path = tmp_path / "accounts.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(DataFileError) as caught:
        load_profiles([path])

    assert str(caught.value) == f"{path}:{line}: {message}"


@pytest.mark.parametrize(
    "name", ["about", "standing", "spent", "unified_credits", "features", "plan", "credits", "seed", "strict"]
)
def test_a_field_without_value_is_not_set(tmp_path: Path, name: str) -> None:
    path = tmp_path / "accounts.yaml"
    path.write_text(f"accounts:\n  one:\n    {name}:\n", encoding="utf-8")

    assert load_profiles([path]) == {"one": AccountProfile("one")}


@pytest.mark.parametrize("value", ["[1]", "{a: 1}"])
def test_a_seed_of_many_values_is_a_mistake(tmp_path: Path, value: str) -> None:
    path = tmp_path / "accounts.yaml"
    path.write_text(f"accounts:\n  one:\n    seed: {value}\n", encoding="utf-8")

    with pytest.raises(DataFileError) as caught:
        load_profiles([path])

    assert str(caught.value).startswith(f"{path}:3: seed")


def test_an_account_that_holds_itself_is_a_mistake(tmp_path: Path) -> None:
    path = tmp_path / "accounts.yaml"
    path.write_text("accounts: &all\n  one: *all\n", encoding="utf-8")

    with pytest.raises(DataFileError) as caught:
        load_profiles([path])

    assert str(caught.value).startswith(f"{path}:")


def test_an_empty_seed_is_a_mistake(tmp_path: Path) -> None:
    path = tmp_path / "accounts.yaml"
    path.write_text("accounts:\n  one:\n    seed: ''\n", encoding="utf-8")

    with pytest.raises(DataFileError) as caught:
        load_profiles([path])

    assert str(caught.value).startswith(f"{path}:3: seed: it is empty")


def test_a_mistake_stops_the_start(tmp_path: Path) -> None:
    path = tmp_path / "accounts.yaml"
    path.write_text("accounts: {one: {plan: gold}}", encoding="utf-8")

    with pytest.raises(DataFileError, match="plan: it takes one of"):
        create_app(Settings(accounts=path))


def test_a_file_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    path = tmp_path / "nowhere.yaml"

    with pytest.raises(ConfigError) as caught:
        Settings(accounts=path)

    assert str(caught.value) == f"accounts: there is no file {path}"


def test_a_file_that_is_not_utf8_is_told_where(tmp_path: Path) -> None:
    path = tmp_path / "accounts.yaml"
    path.write_bytes(b"accounts:\n  one:\n    about: \xff\n")

    with pytest.raises(DataFileError) as caught:
        load_profiles([path])

    assert str(caught.value) == f"{path}: is not UTF-8: byte 28"
