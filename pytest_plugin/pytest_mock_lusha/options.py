"""The options, ini settings and marks of the plugin, and which goes before which.

The order is the rule: command line, marker (the nearest, name by name), the fixture ``lusha_settings``, ini,
environment, default.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

OF_ACCOUNT: Final = (
    "plan", "credits", "seed", "as_of", "dialect", "error_format", "limits", "strict", "match_rate",
    "waterfall", "v2", "tracked_domains", "signal_score_price", "users", "webhook_delivery", "webhooks",
    "scenario", "now",
)  # fmt: skip
"""Settings a single test may have for itself."""
MARKS: Final = (*OF_ACCOUNT, "account", "max_credits", "verify", "cassette", "record", "intercept")
"""Keyword arguments of the marker."""
MARKER: Final = (
    "lusha(plan=, credits=, seed=, as_of=, dialect=, error_format=, limits=, strict=, match_rate=, "
    "waterfall=, v2=, tracked_domains=, signal_score_price=, users=, webhook_delivery=, webhooks=, "
    "scenario=, now=, account=, max_credits=, verify=, cassette=, record=, intercept=): "
    "settings of this test's account at the double of Lusha's API; the nearest mark wins, name by name"
)
# Option -> (help, the variable that stands for it, if any).
OPTIONS: Final[Mapping[str, tuple[str, str | None]]] = {
    "url": ("use the mock-lusha server at this address, and start none", "MOCK_LUSHA_URL"),
    "token": ("control token of that server", "MOCK_LUSHA_CONTROL_TOKEN"),
    "seed": ("the world to serve: same seed, same people", None),
    "scenario": ("scenario, by name or file, that makes calls of every test fail", None),
    "report": ("write what the suite asked and would have cost: json:PATH", None),
    "record": ("what is recorded of tests with a cassette: none, once, new, all, rewrite, verify", None),
    "upstream": ("the server that is recorded (default: the real API)", None),
    "coverage-fail-under": (
        "fail the run if it tried less than N percent of the operations and situations that concern it",
        None,
    ),
    "max-credits": ("credits that recording from a live server may cost; no live call without it", None),
}
_METAVARS: Final = {"url": "URL", "report": "json:PATH", "record": "MODE", "coverage-fail-under": "N"}
SUMMARY_VARIABLE: Final = "GITHUB_STEP_SUMMARY"
IN_PROCESS: Final = "in_process"
DEFAULTS: Final[Mapping[str, Any]] = {"limits": "headers"}


def add_options(parser: pytest.Parser) -> None:
    """Add the command-line options and their ini twins."""
    group = parser.getgroup("lusha", "mock-lusha, a double of Lusha's API")
    for name, (text, variable) in OPTIONS.items():
        metavar = _METAVARS.get(name, name.upper())
        dest = f"lusha_{name.replace('-', '_')}"
        group.addoption(f"--lusha-{name}", dest=dest, default=None, metavar=metavar, help=text)
        where = f" (also {variable})" if variable else ""
        parser.addini(dest, text + where)
    text = "call the double without a socket, where clients of the fixture or intercepted httpx calls do"
    group.addoption(
        "--lusha-in-process", dest="lusha_in_process", action="store_true", default=None, help=text
    )
    parser.addini("lusha_in_process", text, type="bool", default=False)
    text = "list all that the suite did not try, with the lines that would, also in a GitHub job's summary"
    group.addoption("--lusha-coverage", dest="lusha_coverage", action="store_true", default=None, help=text)
    parser.addini("lusha_coverage", text, type="bool", default=False)
    text = "record what companies say of themselves as it is; it may name people"
    group.addoption("--lusha-keep-text", dest="lusha_keep_text", action="store_true", default=None, help=text)
    parser.addini("lusha_keep_text", text, type="bool", default=False)


def chosen(config: pytest.Config, name: str) -> tuple[str | None, str]:
    """An option's value and where it comes from: command line, ini, or environment."""
    dest = f"lusha_{name.replace('-', '_')}"
    option = config.getoption(dest)
    if option:
        return option, f"--lusha-{name}"
    ini: str = config.getini(dest)
    if ini:
        return ini, f"{dest} in {config.inipath.name if config.inipath else 'the ini file'}"
    variable = OPTIONS[name][1]
    value = os.environ.get(variable, "") if variable else ""
    return value or None, variable or ""


def in_process(config: pytest.Config) -> bool:
    """Whether clients call the application without a socket."""
    option = config.getoption("lusha_in_process")
    return bool(config.getini("lusha_in_process") if option is None else option)


def lists_coverage(config: pytest.Config) -> bool:
    """Whether all gaps are listed."""
    option = config.getoption("lusha_coverage")
    return bool(config.getini("lusha_coverage") if option is None else option)


def job_summary() -> Path | None:
    """The file that GitHub shows as the summary of the job; None elsewhere."""
    path = os.environ.get(SUMMARY_VARIABLE, "")
    return Path(path) if path else None


def keep_text(config: pytest.Config) -> bool:
    """Whether what companies say of themselves is recorded as it is."""
    option = config.getoption("lusha_keep_text")
    return bool(config.getini("lusha_keep_text") if option is None else option)


def on_command_line(config: pytest.Config) -> dict[str, Any]:
    """Settings of the command line."""
    values = {name: config.getoption(f"lusha_{name}") for name in ("seed", "scenario")}
    return {name: value for name, value in values.items() if value}


def in_ini(config: pytest.Config) -> dict[str, Any]:
    """Settings of the ini file."""
    values = {name: config.getini(f"lusha_{name}") for name in ("seed", "scenario")}
    return {name: value for name, value in values.items() if value}


def marked(item: pytest.Item | pytest.Collector) -> dict[str, Any]:
    """The arguments of the marks of a test or of a module; the nearest mark wins.

    Fails the test for an unknown name, and suggests the nearest right one.
    """
    values: dict[str, Any] = {}
    for node in item.listchain():
        marks = [mark for mark in node.own_markers if mark.name == "lusha"]
        if node is item:
            # Of decorators the inner one is listed first, and is the nearer; a parameter's own marks are
            # last, and nearer than any. (Of a class the bases' marks come first, as they should.)
            of_parameter = list(getattr(getattr(item, "callspec", None), "marks", ()))
            decorators = [mark for mark in marks if mark not in of_parameter]
            marks = [*reversed(decorators), *(mark for mark in of_parameter if mark.name == "lusha")]
        for mark in marks:
            check_mark(mark)
            values |= mark.kwargs
    return values


def check_mark(mark: pytest.Mark) -> None:
    """Fail the test if a mark has wrong arguments."""
    if mark.args:
        pytest.fail(
            f"@pytest.mark.lusha takes names such as plan='pro', and was given {mark.args[0]!r} without one",
            pytrace=False,
        )
    for name, value in mark.kwargs.items():
        if name not in MARKS:
            pytest.fail(f"@pytest.mark.lusha takes no {name!r}: {nearest(name, MARKS)}", pytrace=False)
        if name == "max_credits" and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
            pytest.fail(f"max_credits of @pytest.mark.lusha is a whole number, not {value!r}", pytrace=False)
        if name in {"verify", "intercept"} and not isinstance(value, bool):
            pytest.fail(f"{name} of @pytest.mark.lusha is True or False, not {value!r}", pytrace=False)
        if name == "account" and not _is_name(value):
            pytest.fail(
                f"account of @pytest.mark.lusha is a named account such as 'free', not {value!r}",
                pytrace=False,
            )


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable() and 0 < len(value.split()) < 2


def nearest(name: str, names: Collection[str]) -> str:
    """A hint that suggests the nearest name, or all of them."""
    import difflib  # noqa: PLC0415 - for mistakes alone

    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else "it takes " + ", ".join(names)
