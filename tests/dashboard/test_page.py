"""The page as files: small, complete, of its own server alone, and bound to what a strict policy allows."""

from __future__ import annotations

import re
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from dashboard.browser import VIEWS
from support import IN_CI

from mock_lusha.dashboard.routes import POLICY

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "mock_lusha" / "dashboard" / "page"
JS = ROOT / "tests" / "js"
SERVED = {".html", ".css", ".js", ".mjs", ".svg"}
FILES = sorted(path.name for path in PAGE.iterdir() if path.suffix in SERVED)
OWN = sorted(name for name in FILES if not name.endswith(".mjs"))
# What is not ours: the file of the package on npm, its digest, and its licence.
VENDORED = {
    "preact.mjs": (
        "preact 11.2.0, dist/preact.mjs",
        "bdcbd9abdf2c77c5c45326eab42191e949222d479d0d5f69467387a77040cb55",
        "The MIT License",
    ),
    "htm.mjs": (
        "htm 3.1.1, dist/htm.mjs",
        "ab33dd3f38059b9be4d5f5350128eefb2356639c4e0bbe9d9e8b3ba75847e9e4",
        "Apache License",
    ),
}
MOST_BYTES = 100_000
MOST_LINES = 1_600


def test_browsers_are_led_to_the_page_and_others_see_what_lusha_answers(client: CheckedClient) -> None:
    browser = client.get("/", headers={"accept": "text/html,*/*;q=0.8"})
    program = client.get("/", headers={"accept": "*/*"})

    assert (browser.status_code, browser.headers["location"]) == (302, "_mock/")
    assert browser.headers["vary"] == "accept"
    assert program.status_code == 404
    assert "browsers find a page there" in program.text
    # A browser that looked in made no call of the API.
    assert [entry.record().path for entry in client.journal.entries(everybody=True)] == ["/"]


def test_without_its_slash_the_address_leads_to_the_page(client: CheckedClient) -> None:
    answer = client.get("/_mock")

    assert (answer.status_code, answer.headers["location"]) == (302, "_mock/")


def test_the_page_is_served_with_a_policy_that_allows_its_own_files_alone(client: CheckedClient) -> None:
    answer = client.get("/_mock/")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY
    assert "require-trusted-types-for 'script'" in POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_served_whole_and_not_again(name: str, client: CheckedClient) -> None:
    first = client.get(f"/_mock/page/{name}")
    again = client.get(f"/_mock/page/{name}", headers={"if-none-match": first.headers["etag"]})

    assert first.content == (PAGE / name).read_bytes()
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", ["nothing.js", "preact.LICENSE", "..%2froutes.py", "%2e%2e", "preact.d.mts"])
def test_no_other_file_is_served(name: str, client: CheckedClient) -> None:
    assert client.get(f"/_mock/page/{name}").status_code == 404


def test_there_is_no_page_without_the_control_api(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(control=False)

    for path in ("/", "/_mock/", "/_mock/page/app.js"):
        assert client.get(path, headers={"accept": "text/html"}).status_code == 404


def test_files_are_served_to_anybody_since_they_hold_no_data(
    make_client: Callable[..., CheckedClient],
) -> None:
    client = make_client(control_token="s3cret-token")

    assert client.get("/_mock/page/app.js", headers={"host": "double.test"}).status_code == 200
    assert client.get("/_mock/accounts").status_code == 401


def test_all_of_it_is_small() -> None:
    assert sum((PAGE / name).stat().st_size for name in FILES) < MOST_BYTES
    assert sum(len((PAGE / name).read_text().splitlines()) for name in OWN) <= MOST_LINES


@pytest.mark.parametrize("name", OWN)
def test_it_names_no_address_but_relative_ones(name: str) -> None:
    text = (PAGE / name).read_text(encoding="utf-8")

    assert re.findall(r"(?<!xmlns=\")\b(?:https?|wss?)://", text) == []
    assert re.findall(r"""(?:src|href|fetch|import)\s*[=(]\s*["'`]/""", text) == []
    assert not re.search(
        r"innerHTML|outerHTML|document\.write|\beval\(|new Function|insertAdjacentHTML", text
    )


@pytest.mark.parametrize("name", sorted(VENDORED))
def test_what_is_not_ours_is_what_was_published_with_its_licence(name: str) -> None:
    what, digest, licence = VENDORED[name]

    assert sha256((PAGE / name).read_bytes()).hexdigest() == digest, f"it is not the file of {what}"
    assert licence in (PAGE / name).with_suffix(".LICENSE").read_text(encoding="utf-8")
    assert {path.name for path in PAGE.glob("*.mjs")} == VENDORED.keys()


def test_there_is_a_picture_of_each_view_in_light_and_dark() -> None:
    pictures = {path.name for path in (ROOT / "docs" / "images").iterdir()}

    assert pictures == {f"{view}-{scheme}.png" for view in VIEWS for scheme in ("light", "dark")}
    assert f"docs/images/{VIEWS[0]}-light.png" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_types_are_right() -> None:
    compiler = JS / "node_modules" / ".bin" / "tsc"
    if not compiler.exists():
        assert not IN_CI, "`npm install` in tests/js did not run"
        pytest.skip("needs Node.js and `npm install` in tests/js")

    done = subprocess.run(
        [compiler, "-p", JS / "page.tsconfig.json"], capture_output=True, text=True, check=False, timeout=240
    )

    assert done.returncode == 0, done.stdout
