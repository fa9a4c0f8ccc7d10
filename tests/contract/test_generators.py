"""Clients that real generators make of the contract, as a server serves it, work."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from support import IN_CI

from mock_lusha import MockServer, Settings
from mock_lusha.contract.document import Contract

if TYPE_CHECKING:
    from collections.abc import Iterator

JS = Path(__file__).parent.parent / "js"
BIN = JS / "node_modules" / ".bin"
WITHOUT_WARNINGS = {name: value for name, value in os.environ.items() if name != "PYTHONWARNINGS"}


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer(Settings(people=200, companies=20)) as server:
        yield server


@pytest.fixture(scope="module")
def document(server: MockServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The document that the server serves, in a file."""
    path = tmp_path_factory.mktemp("contract") / "openapi.json"
    path.write_bytes(httpx.get(f"{server.url}/_mock/openapi.json", trust_env=False).content)
    return path


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(each) for each in command], cwd=cwd, env=WITHOUT_WARNINGS, capture_output=True, text=True,
        check=False, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


CALLS = """
from gen import Client
from gen.api.enrichment import search_single_contact
from gen.models import EmailAddressEmailConfidence

client = Client("{url}", headers={{"api_key": "generated"}}, raise_on_unexpected_status=True)
answer = search_single_contact.sync(client=client, email="ada.quill@quill-works.example")
person = answer.contact.data
assert person.full_name == "Ada Quill", person
assert EmailAddressEmailConfidence("A+") is EmailAddressEmailConfidence.A_PLUS
assert EmailAddressEmailConfidence("A") is EmailAddressEmailConfidence.A
"""


def test_openapi_python_client_makes_a_client_that_works(server: MockServer, document: Path) -> None:
    folder = document.parent
    said = run(
        sys.executable, "-m", "openapi_python_client", "generate", "--path", document, "--meta", "none",
        "--output-path", folder / "gen", cwd=folder,
    )  # fmt: skip

    # Its only complaint is that there is no formatter for what it made.
    assert not re.search(r"WARNING|ERROR|parsing|failed", said), said
    run(sys.executable, "-c", CALLS.format(url=server.url), cwd=folder)


USE = """
import type { paths, components } from "./made";
import { EmailAddressEmailConfidence as Confidence } from "./made";

const path: keyof paths = "/v2/person";
const company: components["schemas"]["CompaniesBulkRequest"] = {
  companies: [{ id: "1", domain: "acme.com" }],
  partialCompany: false,
};
// @ts-expect-error: the schema of an answer that does not exist
type None = components["schemas"]["NoSuchSchema"];
export const all: [string, string, string] = [path, company.companies[0].id, Confidence.A_PLUS];
"""


def test_openapi_typescript_makes_types_that_hold(document: Path) -> None:
    if not (BIN / "openapi-typescript").exists():
        # .ci/run installs them, so there they may not be missing.
        assert not IN_CI, "`npm install` in tests/js did not run"
        pytest.skip("needs Node.js and `npm install` in tests/js")
    folder = document.parent
    run(BIN / "openapi-typescript", document, "--enum", "-o", folder / "made.ts", cwd=JS)
    (folder / "use.ts").write_text(USE)

    run(BIN / "tsc", "--noEmit", "--strict", "--target", "es2022", "--module", "esnext",
        "--moduleResolution", "bundler", folder / "use.ts", cwd=JS)  # fmt: skip


def enums(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if isinstance(node.get("enum"), list):
            yield node
        for each in node.values():
            yield from enums(each)
    elif isinstance(node, list):
        for each in node:
            yield from enums(each)


@pytest.mark.parametrize("name", ["v2", "control"])
def test_members_of_an_enum_that_look_alike_as_identifiers_have_names(name: str) -> None:
    for schema in enums(Contract.load(name).document):
        members = [str(each) for each in schema["enum"] if each is not None]
        alike = Counter(re.sub(r"\W+", "", each).lower() for each in members).most_common(1)[0][1] > 1
        names = schema.get("x-enum-varnames", members)
        assert alike == ("x-enum-varnames" in schema), schema
        assert len(names) == len(members) == len({each.lower() for each in names})
        if alike:
            assert all(re.fullmatch(r"[A-Z][A-Z_]*", each) for each in names)
