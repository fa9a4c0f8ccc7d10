"""The text of a scenario file is checked in the words of the command, in no time, whatever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from support import CheckedClient

SAME, SHORT = ",".join(["*s"] * 1_000), ",".join("1" * 100)
LONG = f"rules:\n- respond: {{status: 500, body: {{x: &s {'y' * 20_000}, a: [{SAME}]}}}}\n"
MANY = f"rules:\n- respond: {{status: 500, body: {{a: [&s [{SHORT}], {SAME}]}}}}\n"


def checked(client: CheckedClient, text: str, **more: str) -> Any:
    answer = client.post("/_mock/scenario/check", json={"text": text, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_text_that_is_well_comes_back_as_it_can_be_started(lusha: CheckedClient) -> None:
    found = checked(lusha, "name: mine\nrules:\n  - respond: gdpr\n")

    assert found == {
        "valid": True, "problems": [], "scenario": {"name": "mine", "rules": [{"respond": "gdpr"}]},
    }  # fmt: skip
    assert lusha.request("PUT", "/_mock/scenario", json=found["scenario"]).status_code == 200


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("rules:\n  - when: {nth: 0}\n    respond: gdpr\n", 2, "nth is a whole number from 1 up, not 0"),
        ("rules: [\n", 2, "is not YAML"),
        ("rules:\n- when: {body: {'$.a': !!bool maybe}}\n", 2, "cannot build: 'maybe' as bool"),
        ("rules:\n- when: {body: {'$.a': !!timestamp abc}}\n", 2, "cannot build: 'abc' as timestamp"),
        ("rules:\n- when: {body: {'$.a': !!int abc}}\n", 2, "cannot build: 'abc' as int"),
        (LONG, 2, "holds more than 20000 values"),
        (MANY, 2, "holds more than 20000 values"),
        ("&a [*a]\n", 1, "a value holds itself"),
    ],
    ids=["rule", "yaml", "bool", "timestamp", "int", "long texts", "many values", "itself"],
)
def test_what_is_wrong_is_named_with_its_line(text: str, line: int, said: str, lusha: CheckedClient) -> None:
    found = checked(lusha, text)

    assert found["valid"] is False
    assert found["scenario"] is None
    assert found["problems"][0]["line"] == line
    assert said in found["problems"][0]["message"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "é", "", "a\0b", "x" * 65])
def test_a_name_that_no_file_may_have_is_refused(name: str, lusha: CheckedClient) -> None:
    answer = lusha.post("/_mock/scenario/check", json={"text": "rules: []", "name": name})

    assert answer.status_code == 400
    assert "name" in answer.json()["message"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "nothing", "magic.yaml"])
def test_the_text_of_what_is_no_scenario_is_refused(name: str, lusha: CheckedClient) -> None:
    answer = lusha.get("/_mock/scenario/text", params={"name": name})

    assert answer.status_code == 400
    assert "name is not one of a scenario" in answer.json()["message"]


@pytest.mark.parametrize(
    "named", ["fingerprint:zz", "fingerprint:", "FINGERPRINT:00000000", "fingerprint:123456789"]
)
def test_a_fingerprint_that_no_account_has_makes_none(named: str, lusha: CheckedClient) -> None:
    answer = lusha.get("/_mock/ledger", params={"account": named})

    assert answer.status_code == 400
    assert "no account has this fingerprint (8 hex digits)" in answer.json()["message"]
    assert lusha.get("/_mock/accounts").json()["accounts"] == []


def test_an_account_is_steered_by_its_fingerprint(lusha: CheckedClient) -> None:
    lusha.get("/v3/account/usage")
    (account,) = lusha.get("/_mock/accounts").json()["accounts"]

    for named in (f"fingerprint:{account['fingerprint']}", f"fingerprint:{account['fingerprint'].upper()}"):
        answer = lusha.post("/_mock/accounts/drain", params={"account": named}, json={"leave": 3})
        assert answer.json()["credits"]["remaining"] == 3
