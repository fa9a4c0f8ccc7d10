"""Tables, their columns and rows in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.api.v3.ids import entity_id
from mock_lusha.api.v3.person_shapes import job_title
from mock_lusha.api.v3.table_input import ID_KINDS
from mock_lusha.clock import timestamp_of
from mock_lusha.services.table_columns import cell_value
from mock_lusha.world.resolver import PersonMatch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.api.shape import Shape
    from mock_lusha.state.accounts import Account
    from mock_lusha.state.tables import Column, Table
    from mock_lusha.world.entities import Email, Phone
    from mock_lusha.world.resolver import CompanyMatch

_SHOWN = "SHOWN"
_MASK = "*"
_DIALING_DIGITS = 2


def table_shape(table: Table) -> Shape:
    """A table as lists show it. The address is made up: it leads nowhere."""
    owner = table.owner
    return {
        "tableId": table.id,
        "name": table.name,
        "entityType": table.kind,
        "visibility": "shared" if table.is_shared else "private",
        "status": "archived" if table.is_archived else "active",
        "owner": {"id": owner.id, "email": owner.email, "name": owner.name},
        "createdBy": {"surface": table.surface, "createdByUserId": owner.id},
        "workspaceUrl": f"https://workspace.mock-lusha.example/tables/{table.id}",
    }


def table_status(table: Table, now: float) -> Shape:
    """A table with how many rows it has, and how its columns stand."""
    return {
        **table_shape(table),
        "entityCount": len(table),
        "isProcessing": table.is_processing(now),
        "columns": [column_shape(column, now) for column in table.columns.values()],
    }


def column_shape(column: Column, now: float) -> Shape:
    """A column, and how its cells stand."""
    kind, counts = column.kind, column.counts(now)
    return {
        "columnId": kind.id,
        "name": kind.name,
        "type": kind.source,
        "key": kind.key,
        "isDefault": kind.default,
        "addedAt": timestamp_of(column.added),
        "updatedAt": timestamp_of(column.updated),
        "rowsNotRun": counts["not_run"],
        "rowsProcessing": counts["processing"],
        "rowsSuccess": counts["success"],
        "rowsNoData": counts["no_data"],
        "rowsFailed": counts["failed"],
    }


def row_shape(
    account: Account,
    table: Table,
    position: int,
    match: PersonMatch | CompanyMatch | None,
    now: float,
) -> Shape:
    """A row with its cells; of an entity that is not there any more they hold nothing.

    The dialect ``live`` has of people also what live clients read, with what was not filled in masked.
    """
    shape: Shape = {"id": entity_id(account, ID_KINDS[table.kind], table.rows[position])}
    if account.dialect == "live" and isinstance(match, PersonMatch):
        shape |= _person(table, position, match, now)
    shape["columns"] = [_cell(column, position, match, now) for column in table.columns.values()]
    return shape


def _cell(column: Column, position: int, match: PersonMatch | CompanyMatch | None, now: float) -> Shape:
    kind, state = column.kind, column.state(position, now)
    value: Any = None
    if match is None:
        state = "no_data" if state == "success" else state
    elif state == "success" and kind.dated:
        day = column.day(position)
        value = None if day is None else day.isoformat()
    elif state == "success":
        value = cell_value(kind, match)
    return {
        "id": kind.id,
        "name": kind.key,
        "type": kind.form,
        "sourceType": kind.source,
        "value": value,
        "status": state,
    }


def _person(table: Table, position: int, match: PersonMatch, now: float) -> Shape:
    person = match.person
    is_filled: Mapping[str, bool] = {
        column.kind.form: column.state(position, now) == "success" for column in table.columns.values()
    }
    job = job_title(person.job)
    return {
        "tableContactId": f"{table.id}-{person.id}",
        "type": _SHOWN,
        "firstName": person.first_name,
        "lastName": person.last_name,
        "fullName": person.full_name,
        "job": {"title": job["title"], "seniority": job["seniority"], "departments": job["departments"]},
        "datapoints": {
            "emails": [_mailbox(email, is_masked=not is_filled["email"]) for email in person.emails],
            "phones": [_telephone(phone, is_masked=not is_filled["phone"]) for phone in person.phones],
        },
        "socialLinks": {"linkedin": person.linkedin_url},
    }


def _mailbox(email: Email, *, is_masked: bool) -> Shape:
    """A mailbox; masked, its domain can be read."""
    local, _, domain = email.address.partition("@")
    shown = f"{_MASK * len(local)}@{domain}" if is_masked else email.address
    return {"email": shown, "type": email.kind, "isMasked": is_masked}


def _telephone(phone: Phone, *, is_masked: bool) -> Shape:
    """A telephone; masked, the code of its country can be read."""
    number = phone.number
    begin = number.partition(" ")[0] if " " in number else number[: 1 + _DIALING_DIGITS]
    shown = begin + _MASK * (len(number) - len(begin)) if is_masked else number
    return {"number": shown, "isMasked": is_masked}
