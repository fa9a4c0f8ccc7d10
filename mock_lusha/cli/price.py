"""The command ``price``: what the requests of a file, or the people and companies of a CSV, would cost."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import orjson

from mock_lusha.cli.failure import fail, reason
from mock_lusha.cli.price_rows import RowForm, column_name, read_sheet, usual_operation
from mock_lusha.cli.server_options import TOKEN, form_option, url_option
from mock_lusha.cli.setting_options import SETTING_OPTIONS, completion_of
from mock_lusha.config.resolution import flag, resolve
from mock_lusha.contract.registry import Registry
from mock_lusha.errors import MOST_DETAILS, ConfigError, MockLushaError, nearest, shorten
from mock_lusha.values import frozen
from mock_lusha.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mock_lusha.cli.price_rows import Row, Sheet
    from mock_lusha.client.control import Control

_MOST: Final = 1_000
"""Requests of one preview, as the control API takes them."""
_DETAILS: Final = frozenset({"email", "phone", "contact", "company"})
"""Kinds of entries that are of somebody found, or not."""
_REVEAL: Final = "emails,phones"
_OF_SERVING: Final = frozenset(
    {
        *("host", "port", "control", "control_token", "cors", "warm", "drain_delay", "grace", "journal"),
        *("workers", "store", "store_secret"),
        *(
            "log_format",
            "log_level",
            "webhook_delivery",
            "webhook_timeout",
            "webhook_retries",
            "webhook_allow",
        ),
    }
)
"""Settings that change no price."""


@frozen
class Job:
    """Requests to price; ``rows`` has those of a CSV that each is for, ``form`` how they were made.
    ``lines`` are those of a file with one request a line."""

    requests: Sequence[Mapping[str, Any]]
    form: RowForm | None = None
    sheet: Sheet | None = None
    lines: Sequence[int] = ()

    def rows(self, position: int) -> Sequence[Row]:
        """The rows that a request is for."""
        if self.form is None or self.sheet is None:
            return ()
        return self.sheet.rows[position * self.form.most : (position + 1) * self.form.most]

    def place(self, position: int) -> str:
        """Where a request is in the file."""
        rows = self.rows(position)
        if rows:
            return f"row {rows[0].number}" + (f" to {rows[-1].number}" if len(rows) > 1 else "")
        return f"line {self.lines[position]}" if self.lines else f"request {position + 1}"


_OPTIONS = (
    *(option for option in SETTING_OPTIONS if option.name not in _OF_SERVING),
    url_option("Server to ask, in the place of one of this process.", envvar=None),
    TOKEN,
    form_option("table", "json"),
)


@click.command(params=[*_OPTIONS])
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--operation", metavar="ID", shell_complete=completion_of("operation_ids"),
    help="Operation that looks up the rows of a CSV.  [default: v3's search-and-enrich]",
)  # fmt: skip
@click.option(
    "--reveal", metavar="KINDS",
    help=f"What is revealed of the rows of a CSV, with commas; none for nothing.  [default: {_REVEAL}]",
)  # fmt: skip
@click.option("--body", metavar="JSON", help="Further members of the body of each request for rows.")
@click.option("--account", metavar="KEY", help="API key of the account.  [default: one like any other]")
def price(
    path: Path,
    operation: str | None,
    reveal: str | None,
    body: str | None,
    url: str | None,
    token: str | None,
    account: str | None,
    form: str,
    config: Path | None,
    **flags: Any,
) -> None:
    """Tell what FILE would cost, without a call.

    FILE is a request ({"operation": ..., "json": ...}), a list of such, one a line (.jsonl), or a CSV of
    identifiers with the columns email, linkedin_url, first_name, last_name, full_name, company_name,
    company_domain, domain and id. - is the standard input.

    Exits with 0 where all would be answered, 1 where something would be refused, 2 where FILE cannot be read.
    """
    try:
        job = _job(path, operation, reveal, body)
    except MockLushaError as error:
        fail("\nmock-lusha: ".join(_placed(str(error), path)))
    try:
        if url is None:
            answer = _in_process(job, resolve(flags, config=config).settings, account)
        else:
            _check_elsewhere(config, flags, account)
            answer = _elsewhere(job, url, account, token)
    except MockLushaError as error:
        fail("\nmock-lusha: ".join(_named(reason(error), path, job)))
    problems = [text for at, item in enumerate(answer["items"]) for text in _problems(job, at, item)]
    if form == "json":
        shown = {**answer, "people_and_companies": _found(answer["items"]), "problems": problems}
        click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(_table(job, answer, problems)))
    sys.exit(1 if answer["total"]["refused"] else 0)


# Asking


def _in_process(job: Job, settings: Any, account: str | None) -> dict[str, Any]:
    from mock_lusha.client.mock_lusha import MockLusha  # noqa: PLC0415 - where no server is asked

    own = dataclasses.replace(
        settings,
        host="127.0.0.1",
        port=0,
        control=True,
        control_token=None,
        workers=1,
        store=None,
        store_secret=None,
    )
    with MockLusha(own, api_key=account, verify=False) as lusha:
        return _priced(lusha.control, job)


def _check_elsewhere(config: Path | None, flags: Mapping[str, Any], account: str | None) -> None:
    own = [flag(name) for name, value in flags.items() if value not in {None, ()}]
    own += [] if config is None else ["--config"]
    if own:
        raise ConfigError(f"{', '.join(own)}: the server at --url has its own settings; leave out either")
    if account is None:
        raise ConfigError("--account KEY is needed with --url: a price depends on what was paid for before")


def _elsewhere(job: Job, url: str, account: str | None, token: str | None) -> dict[str, Any]:
    from mock_lusha.client.control import Control  # noqa: PLC0415 - where a server is asked

    with contextlib.closing(Control(url, account, token=token)) as control:
        return _priced(control, job)


def _priced(control: Control, job: Job) -> dict[str, Any]:
    return control.preview(job.requests, wait=True)


# Reading


def _job(path: Path, operation: str | None, reveal: str | None, body: str | None) -> Job:
    text = _text(path)
    kind = path.suffix.lower()
    is_json = kind in {".json", ".jsonl", ".ndjson"} or text.lstrip().startswith(("[", "{"))
    if kind in {".csv", ".tsv"} or not is_json:
        job = _job_of_rows(text, operation, reveal, body)
    elif operation is not None or reveal is not None or body is not None:
        raise ConfigError("--operation, --reveal and --body are for rows of a CSV; requests have their own")
    elif kind in {".jsonl", ".ndjson"}:
        job = _job_of_lines(text)
    else:
        job = Job(_requests(text))
    if len(job.requests) > _MOST:
        rows = "" if job.form is None else f", {_MOST * job.form.most:,} rows"
        raise ConfigError(
            f"it has {len(job.requests):,} requests; one preview takes {_MOST:,}{rows}: divide the file"
        )
    return job


def _text(path: Path) -> str:
    try:
        content = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(error.strerror or str(error)) from None
    except UnicodeDecodeError:
        raise ConfigError("it is not UTF-8") from None


def _requests(text: str) -> list[Any]:
    """The requests of a JSON document: one, a list of them, or what the control API takes."""
    value = _json(text, "it")
    if isinstance(value, dict):
        value = value.get("requests", [value])
    if not isinstance(value, list) or not value or not all(isinstance(each, dict) for each in value):
        raise ConfigError('it is neither a request such as {"operation": ..., "json": ...} nor a list')
    return value


def _job_of_lines(text: str) -> Job:
    requests, lines = [], []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            value = _json(line, f"line {number}")
            if not isinstance(value, dict):
                raise ConfigError(f'line {number} is no request such as {{"operation": ..., "json": ...}}')
            requests.append(value)
            lines.append(number)
    if not requests:
        raise ConfigError("it has no requests")
    return Job(requests, lines=lines)


def _json(text: str, what: str) -> Any:
    try:
        return orjson.loads(text)  # JSON alone: no NaN, no half of a letter
    except ValueError as error:
        raise ConfigError(f"{what} is not JSON: {shorten(str(error), 200)}") from None


def _job_of_rows(text: str, name: str | None, reveal: str | None, body: str | None) -> Job:
    registry = Registry.load()
    sheet = read_sheet(text)
    if name is not None and name not in registry.operations:
        raise ConfigError(f"--operation: no operation is called {name}: {nearest(name, registry.operations)}")
    operation = usual_operation(registry, sheet) if name is None else registry.operations[name]
    form = RowForm(operation, registry.contract_of(operation))
    members = {} if body is None else _json(body, "--body")
    if not isinstance(members, dict):
        raise ConfigError('--body is an object such as {"reveal": ["emails"]}')
    if reveal is not None and "reveal" not in form.members:
        raise ConfigError(f"--reveal: {operation.id} has no such member; --body gives it others")
    if "reveal" in form.members and (reveal is not None or form.is_of_people):
        kinds = [kind.strip() for kind in (reveal or _REVEAL).split(",") if kind.strip()]
        members = {"reveal": [] if kinds == ["none"] else kinds, **members}
    if not any(map(form.takes, sheet.headings)):
        raise ConfigError(f"row 1: {operation.id} reads none of the columns {', '.join(sheet.headings)}")
    if form.items is not None:
        for row in sheet.rows:
            if not any(map(form.takes, row.cells)):
                raise ConfigError(f"row {row.number} has nothing that {operation.id} reads")
    return Job(list(form.requests(sheet.rows, members)), form, sheet)


# Telling


def _placed(text: str, path: Path) -> Iterator[str]:
    """What is wrong with a file, a line for each cause."""
    for cause in text.splitlines():
        yield cause if cause.startswith("--") else f"{path}: {cause}"


def _named(text: str, path: Path, job: Job) -> Iterator[str]:
    """What is wrong, a line for each cause, with the line of the file in which a request is."""
    for cause in text.splitlines():
        match = re.search(r"\brequests\.(\d+)\.(.*)", cause)
        yield cause if match is None else f"{path}: {job.place(int(match[1]))}: {match[2]}"


def _problems(job: Job, position: int, item: Mapping[str, Any]) -> Iterator[str]:
    """Why a request would be refused, by row and column where it is for rows."""
    if item["status"] is not None and item["status"] < 400:
        return
    rows = job.rows(position)
    for text in item["details"] or [item["message"] or item["error"]]:
        match = re.match(rf"(?:property )?{job.form.items}\.(\d+)\.?(\w*)", text) if job.form else None
        if match is None or int(match[1]) >= len(rows):
            yield f"{job.place(position)}: {item['status'] or 'no answer'} {item['error']}: {text}"
        else:
            column = "" if job.sheet is None else _column(job.sheet, match[2])
            yield f"row {rows[int(match[1])].number}{column}: {item['status']} {item['error']}: {text}"


def _column(sheet: Sheet, field: str) -> str:
    """The column of a field, as its heading is written; fields that are made of several stand for
    themselves."""
    heading = sheet.headings.get(column_name(field))
    return f", column {heading}" if heading else f", {field}" if field else ""


def _found(items: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How many people and companies were found, how many of them are paid for already, and how many not."""
    paid: dict[str, bool] = {}
    missing = restricted = 0
    for item in items:
        for entry in item["entries"]:
            if entry["kind"] not in _DETAILS:
                continue
            if entry["why"] == "not found":
                missing += 1
            elif entry["why"] == "restricted":
                restricted += 1
            else:
                is_paid = entry["why"] == "already revealed"
                paid[entry["entity"]] = paid.get(entry["entity"], True) and is_paid
    return {
        "found": len(paid),
        "already_paid": sum(paid.values()),
        "not_found": missing,
        "restricted": restricted,
    }


def _table(job: Job, answer: Mapping[str, Any], problems: Sequence[str]) -> Iterator[str]:
    total, items = answer["total"], answer["items"]
    of_rows = "" if job.sheet is None else f" for {counted(len(job.sheet.rows), 'row')}"
    yield f"{counted(total['price'], 'credit')}: {counted(total['requests'], 'request')}{of_rows}"
    for kind, counts in total["kinds"].items():
        free = f", {counts['free']:,} free" if counts["free"] else ""
        yield f"  {kind:14} {counts['credits']:>9,}  {counts['paid']:,} to pay{free}"
    if job.sheet is not None:
        found = _found(items)
        yield (
            f"found {found['found']:,}, {found['already_paid']:,} of them paid for already; "
            f"not found {found['not_found']:,}"
            + (f"; must not be shown {found['restricted']:,}" if found["restricted"] else "")
        )
    left = "without end" if total["remaining"] is None else f"{total['remaining']:,} left afterwards"
    if total["missing"]:
        left += f"; {total['missing']:,} MISSING, {total['charged']:,} would be charged"
    yield f"credits: {left}"
    yield f"time: {_time(total['seconds'])} at the least{_binding(total['waits'], items)}"
    if job.form is not None and job.sheet is not None:
        unread = [*job.sheet.unread, *(h for c, h in job.sheet.headings.items() if not job.form.takes(c))]
        if unread:
            yield f"columns not read: {', '.join(map(shorten, unread))}"
    notes = dict.fromkeys(note for item in items for note in item["notes"])
    yield from (f"note: {note}" for note in notes)
    if problems:
        yield f"refused: {total['refused']:,} of {counted(total['requests'], 'request')}"
        yield from (f"  {text}" for text in problems[:MOST_DETAILS])
        if len(problems) > MOST_DETAILS:
            yield f"  and {len(problems) - MOST_DETAILS:,} more"


def _time(seconds: float) -> str:
    """A duration in words."""
    whole = round(seconds)
    units = (("d", whole // 86_400), ("h", whole // 3_600 % 24), ("min", whole // 60 % 60), ("s", whole % 60))
    return " ".join(f"{count} {unit}" for unit, count in units if count) or "0 s"


def _binding(waits: Mapping[str, float], items: Sequence[Mapping[str, Any]]) -> str:
    """Which window lets wait the longest."""
    if not waits:
        return ", no limit is met"
    name = max(waits, key=lambda window: waits[window])
    limit = next(item["limit"] for item in items if item["limit"] and item["limit"]["window"] == name)
    return f", by the {name} limit of {limit['requests']:,} requests in {_time(limit['seconds'])}"
