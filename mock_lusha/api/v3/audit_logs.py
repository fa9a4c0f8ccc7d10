"""What became of deliveries: GET ``/api/audit-logs``, and the same counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.api.reply import Reply
from mock_lusha.api.v3.subscription_shapes import part_of
from mock_lusha.clock import timestamp_of

if TYPE_CHECKING:
    from mock_lusha.api.request import ApiRequest
    from mock_lusha.api.shape import Shape
    from mock_lusha.state.webhooks import AuditEntry

_SIZE = 50


def list_entries(call: ApiRequest) -> Reply:
    """A part of the log, the latest attempt first; nothing for a subscription that is not known."""
    status = call.query.get("status")
    entries = [entry for entry in reversed(_entries(call)) if status in (None, entry.status)]
    part, pagination = part_of(call, entries, _SIZE)
    return Reply({"data": list(map(_shape, part)), "pagination": pagination})


def stats(call: ApiRequest) -> Reply:
    """How many attempts came to what; the dialect ``live`` has three numbers more than are documented."""
    entries = _entries(call)
    counts = dict.fromkeys(("success", "failed", "permanent_failure"), 0)
    for entry in entries:
        counts[entry.status] += 1
    total, arrived, lost = len(entries), counts["success"], counts["permanent_failure"]
    shape: Shape = {"total": total, "success": arrived, "failed": counts["failed"]}
    if call.live:
        charged = sum(entry.credits for entry in entries)
        shape |= {"permanentFailure": lost, "dlq": lost, "totalCreditsConsumed": charged}
    shape["successRate"] = f"{100 * arrived / total:.2f}%" if total else "0%"
    return Reply(shape)


def _entries(call: ApiRequest) -> list[AuditEntry]:
    """The entries that are kept, the oldest first, of the subscription that is asked for."""
    wanted, now = call.query.get("subscriptionId"), call.record.now
    return [
        entry
        for entry in call.account.webhooks.audit
        if entry.is_kept(now) and wanted in (None, entry.subscription)
    ]


def _shape(entry: AuditEntry) -> Shape:
    shape: Shape = {
        "id": entry.id,
        "subscriptionId": entry.subscription,
        "payloadId": entry.payload,
        "status": entry.status,
    }
    if entry.code is not None:
        shape["statusCode"] = entry.code
    shape["url"] = entry.url
    shape["deliveredAt"] = timestamp_of(entry.at)
    shape["durationMs"] = entry.ms
    shape["error"] = entry.error
    return shape


HANDLERS = {"getAuditLogs": list_entries, "getAuditLogStats": stats}
