from __future__ import annotations

import contextlib
import subprocess
import sys
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import script

from mock_lusha import yamlfile
from mock_lusha.errors import DataFileError
from mock_lusha.yamlfile import SourcePlace, content_digest, entries, plain

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


Refusal = tuple[int | None, str]


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str | bytes], SourcePlace]:
    def of(content: str | bytes) -> SourcePlace:
        path = tmp_path / "data.yaml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return yamlfile.read(path)

    return of


@pytest.fixture
def refusal(read: Callable[[str | bytes], SourcePlace], tmp_path: Path) -> Callable[[str | bytes], Refusal]:
    """Line and message of the error that a content gives."""

    def of(content: str | bytes) -> Refusal:
        with pytest.raises(DataFileError) as caught:
            read(content)
        assert caught.value.path == tmp_path / "data.yaml"
        assert str(caught.value).startswith(str(tmp_path / "data.yaml"))
        return caught.value.line, caught.value.message

    return of


def test_every_value_knows_its_line(read: Callable[[str], SourcePlace]) -> None:
    document = read("# people\npeople:\n  - name: Ada\n    skills: [a,\n      b]\n  - name: Bob\ncount: 2\n")

    people = document.value["people"].value
    assert document.line == 2
    assert [person.line for person in people] == [3, 6]
    assert people[0].value["name"].line == 3
    assert [skill.line for skill in people[0].value["skills"].value] == [4, 5]
    assert document.value["count"].line == 7


def test_plain_gives_the_values_without_their_places(read: Callable[[str], SourcePlace]) -> None:
    document = read("a: [1, {b: two}]\nc: null\nd: true\ne: 1.5\n")

    assert plain(document) == {"a": [1, {"b": "two"}], "c": None, "d": True, "e": 1.5}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.dictionaries(st.text(max_size=10), JSON, min_size=1, max_size=5))
def test_what_is_written_as_yaml_is_read_back(
    read: Callable[[str], SourcePlace], value: dict[str, object]
) -> None:
    assert plain(read(yaml.safe_dump(value))) == value


MARKS = st.text("ab: -[]{}&*!|>'\"#?,%@`\n\t0x<=.~", max_size=60)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=MARKS.map(str.encode) | st.binary(max_size=60))
def test_no_content_makes_any_other_error(read: Callable[[bytes], SourcePlace], content: bytes) -> None:
    with contextlib.suppress(DataFileError):
        assert (read(content).line or 0) >= 1


@pytest.mark.parametrize("content", ["", "\n\n", "# nothing\n", "---\n", "---\n...\n"])
def test_a_file_without_content_is_an_empty_mapping(read: Callable[[str], SourcePlace], content: str) -> None:
    assert read(content).mapping("it", ("a",)) == {}


REFUSED: dict[str, tuple[str | bytes, int | None, str]] = {
    "duplicate key": ("a: 1\nb: 2\na: 3\n", 3, "'a' stands here a second time"),
    "duplicate key inside": ("x:\n  - a: 1\n    a: 2\n", 3, "'a' stands here a second time"),
    "duplicate key of two types": ("1: a\n'1': b\n", 2, "'1' stands here a second time"),
    "tab as indent": ("a:\n\tb: 1\n", 2, "is not YAML: found character that cannot start any token"),
    "open bracket": ("a: [1, 2\nb: 3\n", 2, "is not YAML"),
    "open quote": ('a: "b\nc: d\n', 3, "is not YAML: found unexpected end of stream"),
    "two documents": ("a: 1\n---\nb: 2\n", 2, "is not YAML: but found another document"),
    "unknown alias": ("a: 1\nb: *nowhere\n", 2, "is not YAML: found undefined alias"),
    "python object": ("a: 1\nb: !!python/name:os.getcwd ''\n", 2, "is not YAML: could not determine"),
    "tag on a list": ("a: !secret [b]\n", 1, "is not YAML"),
    "custom tag": ("a: !secret b\n", 1, "is not YAML: could not determine a constructor for"),
    "not UTF-8": (b"a: caf\xe9\n", None, "is not UTF-8: byte 6"),
    "UTF-16": ("a: 1\n".encode("utf-16"), None, "is not UTF-8: byte 0"),
    "control character": ("a: \x00\n", None, "is not YAML: unacceptable character #x0000"),
    "a day that is none": ("a: 1\nb: 2026-02-30\n", 2, "holds a value YAML cannot build"),
    "decimal of 5000 digits": ("a: 1\nb: " + "9" * 5000 + "\n", 2, ""),
    "hexadecimal of 5000 digits": ("a: 1\nb: 0x" + "f" * 5000 + "\n", 2, ""),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_used_is_refused_with_its_line(
    refusal: Callable[[str | bytes], Refusal], case: str
) -> None:
    content, line, message = REFUSED[case]

    found_line, found_message = refusal(content)

    assert found_message.startswith(message)
    assert found_line == line


@pytest.mark.parametrize("content", ["a: &x [*x]", "a: &x {b: *x}", "&x [1, [2, *x]]", "? &x [*x]\n: 1"])
def test_a_value_inside_itself_is_refused(refusal: Callable[[str], Refusal], content: str) -> None:
    _, message = refusal(content)

    assert message


def test_an_alias_means_what_its_anchor_means(read: Callable[[str], SourcePlace]) -> None:
    document = read("base: &base {city: Boston}\none: *base\ntwo: [*base, *base]\n")

    boston = {"city": "Boston"}
    assert plain(document) == {"base": boston, "one": boston, "two": [boston, boston]}


SMALL_MEMORY = """
import resource, sys
from pathlib import Path
from mock_lusha import yamlfile
from mock_lusha.errors import DataFileError

resource.setrlimit(resource.RLIMIT_AS, (2_000_000_000, 2_000_000_000))
try:
    yamlfile.read(Path(sys.argv[1]))
except DataFileError as error:
    print("refused:", error)
"""


BOMBS = {
    "deep": ["a0: &a0 [x, x]", *(f"a{i}: &a{i} [{f'*a{i - 1}, ' * 9}]" for i in range(1, 12))],
    "wide": [f"a: &a [{'x, ' * 10_000}]", f"b: [{'*a, ' * 10_000}]"],
}


@pytest.mark.skipif(sys.platform == "win32", reason="the memory of a process is limited by POSIX calls")
@pytest.mark.parametrize("bomb", BOMBS)
def test_aliases_that_multiply_are_refused_before_they_fill_the_memory(tmp_path: Path, bomb: str) -> None:
    path = tmp_path / "bomb.yaml"
    path.write_text("\n".join(BOMBS[bomb]))

    done = subprocess.run(
        [sys.executable, "-c", SMALL_MEMORY, str(path)],
        capture_output=True, text=True, timeout=10, check=False,
    )  # fmt: skip

    assert done.stdout.startswith("refused: "), done.stderr[-300:]


@pytest.mark.parametrize("depth", [50, 5_000])
def test_nesting_is_read_or_refused(read: Callable[[str], SourcePlace], depth: int) -> None:
    content = "[" * depth + "]" * depth

    if depth == 50:
        assert str(plain(read(content))) == content
    else:
        with pytest.raises(DataFileError):
            read(content)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-03-31", date(2026, 3, 31)),
        ("2026-03-31T12:00:00Z", datetime(2026, 3, 31, 12, tzinfo=UTC)),
        ("'2026-03-31'", "2026-03-31"),
        ("0x10", 16),
        ("9223372036854775807", 2**63 - 1),
        ("1e3", "1e3"),
        ("~", None),
        ("on", True),
        ("'on'", "on"),
        ("'tab\there'", "tab\there"),
        ("Łódź 東京", "Łódź 東京"),
    ],
)
def test_a_plain_value_is_what_yaml_says(
    read: Callable[[str], SourcePlace], text: str, value: object
) -> None:
    assert plain(read(f"a: {text}\n")) == {"a": value}


def test_a_byte_order_mark_is_no_content(read: Callable[[bytes], SourcePlace]) -> None:
    assert plain(read(b"\xef\xbb\xbfa: 1\n")) == {"a": 1}


def test_windows_line_ends_count_as_one_line(read: Callable[[str], SourcePlace]) -> None:
    assert read("a: 1\r\n\r\nb: 2\r\n").value["b"].line == 3


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataFileError) as caught:
        yamlfile.read(tmp_path / "none.yaml")

    assert str(caught.value) == f"{tmp_path / 'none.yaml'}: cannot be read: No such file or directory"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="cannot be read: Is a directory"):
        yamlfile.read(tmp_path)


READERS: dict[str, tuple[Callable[[SourcePlace], object], str, str]] = {
    "mapping": (lambda p: p.mapping("it", ("b",)), "word", "it is a mapping, not word"),
    "mapping with an unknown key": (lambda p: p.mapping("it", ("name",)), "{nam: 1}", "did you mean name?"),
    "list": (lambda p: p.items("it"), "{b: 1}", "it is a list, not {'b': 1}"),
    "text": (lambda p: p.text("it"), "12", "it is a text, not 12"),
    "blank text": (lambda p: p.text("it"), "' '", "it is a text, not  "),
    "one of": (lambda p: p.one_of("it", ("x", "y")), "z", "it is one of x, y, not z"),
    "whole": (lambda p: p.whole("it", 1), "0", "it is a whole number from 1 up, not 0"),
    "whole, given a flag": (lambda p: p.whole("it"), "true", "it is a whole number from 0 up, not true"),
    "whole, given a fraction": (lambda p: p.whole("it"), "1.0", "it is a whole number from 0 up, not 1.0"),
    "flag": (lambda p: p.flag("it"), "1", "it is true or false, not 1"),
    "parsed": (lambda p: p.parsed(int), "x", "invalid literal"),
}  # fmt: skip


@pytest.mark.parametrize("case", READERS)
def test_a_value_of_another_kind_is_refused_where_it_stands(
    read: Callable[[str], SourcePlace], case: str
) -> None:
    reader, text, message = READERS[case]
    place = read(f"# first\na: {text}\n").value["a"]

    with pytest.raises(DataFileError) as caught:
        reader(place)

    assert message in caught.value.message
    assert caught.value.line == 2


@pytest.mark.parametrize("text", ["[]", "{}", "[x]", "{x: y}"])
def test_a_list_or_mapping_is_none_of_the_words(read: Callable[[str], SourcePlace], text: str) -> None:
    place = read(f"a: {text}\n").value["a"]

    with pytest.raises(DataFileError, match="it is one of x, y, not"):
        place.one_of("it", {"x": 1, "y": 2})


def test_values_of_the_right_kind_are_given(read: Callable[[str], SourcePlace]) -> None:
    value = read("text: ' Ada '\nword: x\ncount: 3\nyes: true\nlist: [1]\n").value

    assert value["text"].text("it") == "Ada"
    assert value["word"].one_of("it", ("x", "y")) == "x"
    assert value["count"].whole("it", 3) == 3
    assert value["list"].items("it")[0].value == 1
    assert value["count"].parsed(str) == "3"


def test_entries_of_what_is_absent_or_empty_are_none(read: Callable[[str], SourcePlace]) -> None:
    given = read("people:\ncompanies: []\nothers: [1]\n").value

    assert entries(given, "people") == entries(given, "companies") == entries(given, "absent") == []
    assert [place.value for place in entries(given, "others")] == [1]


READ = script("make-read-yaml.py")


def test_the_files_read_beforehand_are_what_the_script_makes() -> None:
    assert READ.TARGET.read_text(encoding="utf-8") == READ.render()


@pytest.mark.parametrize("path", READ.FILES, ids=lambda path: path.name)
def test_a_file_read_beforehand_is_what_reading_it_gives(path: Path) -> None:
    assert yamlfile.read(path) == yamlfile.parsed(path, path.read_bytes())


def test_a_file_that_was_changed_is_read_as_it_is_now(
    read: Callable[[bytes], SourcePlace], tmp_path: Path
) -> None:
    shipped = next(path for path in READ.FILES if path.name == "accounts.yaml").read_bytes()

    same, changed = read(shipped), read(shipped.replace(b"credits: 300", b"credits: 301"))

    assert same.value["accounts"].value["starter"].value["credits"] == SourcePlace(
        tmp_path / "data.yaml", 14, 300
    )
    assert plain(changed)["accounts"]["starter"]["credits"] == 301


def test_a_digest_tells_what_is_said_in_whatever_order(read: Callable[[str], SourcePlace]) -> None:
    contents = [
        "a: 1\nb: [2]\n",
        "a: 1\nb: [3]\n",
        "a: '1'\nb: [2]\n",
        f"a: {10**30}\n2: b\n",
        "a: [[2, 1]]\n",
    ]
    digests = [content_digest(read(content)) for content in contents]

    assert len({*digests}) == len(contents)
    assert content_digest(read("# said otherwise\nb: [2]\n\na: 1\n")) == digests[0]
