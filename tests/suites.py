"""What is needed to run a suite of somebody else's inside a test."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import mock_lusha

OTHERS = (
    "asyncio",
    "randomly",
    "socket",
    "pytest_httpserver",
    "respx",
    "pytest_httpx",
    "requests_mock",
    "schemathesis",
    "xdist",
    "cov",
    "anyio",
)
OFF = [word for name in OTHERS for word in ("-p", f"no:{name}")]
# A run in this process forgets what it imported; what cannot be imported twice is here before.
for name in (
    "aiohttp", "anyio", "httpcore", "httpx", "jsonpath_rfc9535", "jsonschema_rs", "numpy", "orjson", "re2",
    "requests", "yaml",
):  # fmt: skip
    import_module(name)
for module in pkgutil.walk_packages(mock_lusha.__path__, "mock_lusha."):
    if not module.name.endswith("__main__"):
        import_module(module.name)
