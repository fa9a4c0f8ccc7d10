from __future__ import annotations

import importlib.metadata
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import mock_lusha


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh interpreter holds after ``code``; of others only the top-level ones."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules)"],
        capture_output=True, text=True, timeout=20, check=True,
    )  # fmt: skip
    names = done.stdout.split()
    return {name if name.startswith("mock_lusha") else name.partition(".")[0] for name in names}


def test_the_names_are_these_in_order() -> None:
    assert mock_lusha.__all__ == sorted(set(mock_lusha.__all__))
    assert {"Clock", "MockLushaError", "MockServer", "Settings", "World", "__version__", "create_app"} <= set(
        mock_lusha.__all__
    )
    assert dir(mock_lusha) == mock_lusha.__all__


@pytest.mark.parametrize("name", mock_lusha.__all__)
def test_a_public_name_can_be_imported(name: str) -> None:
    found = getattr(mock_lusha, name)

    assert found is not None
    if name != "__version__":
        assert found.__name__ == name
        assert found.__doc__


def test_a_star_import_gives_them_all() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from mock_lusha import *; print(*dir())"],
        capture_output=True, text=True, timeout=20, check=True,
    )  # fmt: skip

    assert set(mock_lusha.__all__) <= set(done.stdout.split())


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'mock_lusha' has no attribute 'Lusha'"):
        mock_lusha.Lusha  # noqa: B018


def test_the_import_alone_loads_nothing_of_others() -> None:
    loaded = loaded_by("import mock_lusha")

    assert "mock_lusha" in loaded
    assert not loaded & {"starlette", "uvicorn", "httpx", "click", "orjson", "yaml", "asyncio"}


@pytest.mark.parametrize("name", ["Settings", "Clock", "MockLushaError"])
def test_a_light_name_loads_no_server(name: str) -> None:
    loaded = loaded_by(f"from mock_lusha import {name}")

    assert not loaded & {"starlette", "uvicorn", "httpx", "yaml", "click"}


def test_an_application_loads_only_what_serving_needs() -> None:
    loaded = loaded_by("import mock_lusha.app\nmock_lusha.app.create_app()")

    assert {"starlette", "mock_lusha.app"} <= loaded
    later = {"faker", "jsonschema", "httpx", "jsonschema_rs", "numpy", "uvicorn", "click", "pytest", "yaml"}
    later |= {
        "jsonpath_rfc9535",
        "re2",
        "mock_lusha.scenario.parse",
        "mock_lusha.state.client_lint",
        "mock_lusha.client.control",
        "mock_lusha.api.v2.persons",
        "mock_lusha.recorder.recorder",
        "mock_lusha.cli.cassettes",
        "mock_lusha.cli.drift",
        "mock_lusha.cli.record",
        "mock_lusha.config.resolution",
    }
    assert not loaded & later


def test_a_server_loads_no_client() -> None:
    loaded = loaded_by("import mock_lusha\nmock_lusha.MockServer().start().stop()")

    assert "uvicorn" in loaded
    assert not loaded & {"faker", "jsonschema", "httpx", "requests", "pytest"}


ASK = """
import http.client
import mock_lusha

with mock_lusha.MockServer() as server:
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"))
    connection.request("GET", "/v2/person?email=jane.doe@acme.com", headers={"api_key": "any"})
    assert connection.getresponse().status == 200
    connection.close()
"""


def test_the_first_person_loads_only_what_people_need() -> None:
    loaded = loaded_by(ASK)

    assert "mock_lusha.api.v2.persons" in loaded
    later = {"numpy", "jsonschema_rs", "yaml", "mock_lusha.api.v2.companies"}
    assert not loaded & (later | {"mock_lusha.world.search", "mock_lusha.world.search.catalog"})


def test_the_version_is_one() -> None:
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))

    assert mock_lusha.__version__ == project["project"]["version"]
    assert mock_lusha.__version__ == importlib.metadata.version("mock-lusha")
