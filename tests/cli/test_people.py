"""The commands about who exists, with and without a server."""

# ruff: noqa: E501 - a table of cases reads one case a line

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.cli import people_forms
from mock_lusha.cli.main import main
from mock_lusha.client.world import World
from mock_lusha.config import Settings
from mock_lusha.server import MockServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

WORLD: dict[str, Any] = {"people": 60, "companies": 6, "as_of": "2026-03-31"}
FLAGS = ["--people", "60", "--companies", "6", "--as-of", "2026-03-31"]
ADA = "ada.quill@quill-works.example"
KEY = "people-of-commands"


def run(*words: str) -> Result:
    """What a command comes to."""
    return CliRunner().invoke(main, list(words))


@pytest.fixture(scope="module")
def world() -> World:
    return World(**WORLD)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with MockServer(Settings(port=0, **WORLD)) as server:
        yield server.url


@pytest.fixture(params=["world", "server"])
def source(request: pytest.FixtureRequest, url: str) -> list[str]:
    """The flags that name a world, and those that name a server with the same."""
    return FLAGS if request.param == "world" else ["--url", url]


def test_people_are_listed_as_json(source: list[str], world: World) -> None:
    result = run("people", "--country", "us", "--has", "phones", "--limit", "3", "--format", "json", *source)

    shown = json.loads(result.stdout)
    assert result.exit_code == 0
    assert shown["total"] > len(shown["people"]) == 3
    assert shown["people"] == [p.json for p in world.people(country="US", has="phones", limit=3)]


def test_companies_are_listed_as_csv(source: list[str], world: World) -> None:
    result = run("companies", "--size", "1-200", "--format", "csv", *source)

    rows = list(csv.DictReader(StringIO(result.stdout)))
    assert [row["domain"] for row in rows] == [c.domain for c in world.companies(company_size="1-200")]
    assert rows


def test_a_table_has_heads_and_says_how_many_there_are() -> None:
    result = run("people", "--name", "Ada Quill", *FLAGS)

    head, row = result.stdout.splitlines()
    assert head.split() == ["ID", "NAME", "TITLE", "COMPANY", "COUNTRY", "EMAIL", "PHONE"]
    assert row.split()[1:3] == ["Ada", "Quill"]
    assert result.stderr == "1 of 1 people\n"
    assert run("people", "--limit", "0", *FLAGS).stderr == "0 of 64 people\n"


def test_a_person_is_shown_with_the_price(source: list[str]) -> None:
    result = run("person", ADA, *source)

    assert result.exit_code == 0
    assert f"emails         {ADA}; ada.quill@inbox.example\n" in result.stdout
    assert result.stderr == "found by email: pinned; credits to reveal: emails 1, phones 5\n"


@pytest.mark.parametrize("words", [("Ada", "Quill"), ("Ada Quill at Quill Works",), ("4948408677",)])
def test_a_person_is_named_in_many_ways(words: tuple[str, ...]) -> None:
    result = run("person", *words, "--format", "json", *FLAGS)

    assert json.loads(result.stdout)["person"]["emails"][0]["email"] == ADA


def test_an_account_has_ids_of_its_own(source: list[str]) -> None:
    shown = json.loads(run("person", ADA, "--account", KEY, "--format", "json", *source).stdout)["person"]

    again = run("person", shown["v3Id"], "--account", KEY, "--format", "csv", *source)

    assert next(csv.DictReader(StringIO(again.stdout)))["emails"].startswith(ADA)
    assert run("person", shown["v3Id"], *source).exit_code == 1


# Words of a command -> exit code, part of what it says
WRONG: dict[str, tuple[list[str], int, str]] = {
    "a country": (["people", "--country", "Germny"], 2, "did you mean Germany?"),
    "a setting": (["people", "--seed", ""], 2, "seed"),
    "a form": (["people", "--format", "xml"], 2, "'xml' is not one of"),
    "a limit": (["people", "--limit", "-1"], 2, "-1 is not in the range"),
    "a server with settings": (["people", "--url", "http://x", "--seed", "a"], 2, "--seed is a setting of the server"),
    "a server with a file": (["people", "--url", "http://x", "--config", "a"], 2, "--config is a setting"),
    "a server that is none": (["companies", "--url", "ftp://x"], 2, "ftp"),
    "a server that is away": (["company", "acme.com", "--url", "http://127.0.0.1:9"], 2, "cannot be asked"),
    "an account": (["people", "--account", "invalid"], 2, "one Lusha does not know"),
    "nobody": (["person", "nobody@acme.com"], 1, "not found: outcome not-found"),
    "nobody, with neighbours": (["person", "Ada", "Quil", "at", "Quill Works", "--closed-world"], 1, "Ada Quill"),
    "no company": (["company", "nobody.example"], 1, "not found"),
    "nothing": (["person"], 2, "Missing argument"),
    "a blank": (["person", " "], 2, "name somebody by find"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_is_said_and_shows_in_the_exit_code(case: str) -> None:
    words, code, problem = WRONG[case]
    flags = [] if "--url" in words else FLAGS

    result = run(*words, *flags)

    assert result.exit_code == code, result.output
    assert problem in result.stderr
    assert "Traceback" not in result.output


# Exports


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_an_export_read_back_agrees_with_lookups(tmp_path: Path, world: World) -> None:
    result = run("export", str(tmp_path / "new" / "out"), *FLAGS)

    people = read_csv(tmp_path / "new" / "out" / "people.csv")
    companies = read_csv(tmp_path / "new" / "out" / "companies.csv")
    assert result.stdout.startswith("64 people and 7 companies are in ")
    assert (len({row["id"] for row in people}), len({row["id"] for row in companies})) == (64, 7)
    for row in people:
        person = world.person(row["linkedinUrl"])
        assert (row["id"], row["name"], row["jobTitle"]) == (str(person.id), person.name, person.job_title)
        assert row["phones"].removeprefix("'") == "; ".join(phone.number for phone in person.phones)
        assert row["emails"] == "; ".join(email.email for email in person.emails)
    for row in companies:
        company = world.company(row["domain"])
        assert (row["id"], row["name"], row["city"]) == (str(company.id), company.name, company.city)
        assert row["employees"] == ("" if company.employees is None else str(company.employees))


def test_lines_of_json_hold_the_same_with_or_without_a_server(tmp_path: Path, url: str, world: World) -> None:
    run("export", str(tmp_path / "world"), "--format", "jsonl", *FLAGS)
    run("export", str(tmp_path / "server"), "--format", "jsonl", "--url", url)

    for name, own in (("people", world.everyone()), ("companies", world.every_company())):
        expected = list(own)
        rows, others = (
            [json.loads(line) for line in (tmp_path / each / f"{name}.jsonl").read_bytes().splitlines()]
            for each in ("world", "server")
        )
        assert rows == expected
        assert sorted(others, key=lambda row: row["id"]) == sorted(expected, key=lambda row: row["id"])


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), KeyboardInterrupt(), SystemExit(1)]
)
def test_an_export_that_ends_early_leaves_nothing_half_written(
    error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "people.csv").write_text("from before", encoding="utf-8")
    everyone = World.everyone

    def three_of_them(self: World) -> Iterator[Any]:
        people = everyone(self)
        for _ in range(3):
            yield next(people)
        raise error

    monkeypatch.setattr(World, "everyone", three_of_them)
    result = run("export", str(tmp_path), *FLAGS)

    assert result.exit_code == 1
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {
        "people.csv": "from before"
    }


def test_an_export_into_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    assert "is a file" in run("export", str(tmp_path / "file"), *FLAGS).stderr
    assert run("export", str(tmp_path / "file" / "below"), *FLAGS).exit_code == 1


# Forms


@given(st.lists(st.text(st.characters(codec="utf-8")), min_size=1))
def test_a_line_of_csv_holds_its_cells_and_no_formula(texts: list[str]) -> None:
    (row,) = csv.reader(StringIO(people_forms.csv_line(texts), newline=""), strict=True)

    assert [cell.removeprefix("'") for cell in row] == [text.removeprefix("'") for text in texts]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in row)


@given(st.lists(st.integers(1, 90), min_size=7, max_size=7), st.integers(30, 400))
def test_columns_fit_and_what_is_of_no_use_in_part_is_whole_or_left_out(widths: list[int], room: int) -> None:
    wanted = dict(zip(people_forms.PEOPLE_TABLE, widths, strict=True))

    fit = people_forms.fitted(wanted, room)

    taken = sum(fit.values()) + 2 * (len(fit) - 1)
    assert taken <= room or fit.keys() == {"id", "name"}
    assert all(min(wanted[column], 12) <= fit[column] <= wanted[column] for column in fit)
    assert fit["id"] == wanted["id"]
    assert all(fit.get(name, wanted[name]) == wanted[name] for name in ("email", "phone"))
    if sum(widths) + 12 <= room:
        assert fit == wanted


def test_a_table_is_as_wide_as_the_terminal(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("mock_lusha.cli.people_forms.sys.stdout", _Terminal())

    shapes = [person.json for person in world.people()]
    lines = list(people_forms.table_lines(people_forms.PEOPLE_TABLE, shapes))

    assert max(map(len, lines)) <= 81  # with the end of the line
    assert all(str(shape["id"]) in line for shape, line in zip(shapes, lines[1:], strict=True))
    assert all(
        email["email"] in line
        for shape, line in zip(shapes, lines[1:], strict=True)
        for email in shape["emails"][:1]
    )


class _Terminal(StringIO):
    def isatty(self) -> bool:
        return True
