"""The webhooks of an account: what is delivered, taken or sent to a receiver of the test."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from mock_lusha.client.display import shown_or
from mock_lusha.client.protocol import ControlError, hides
from mock_lusha.errors import ConfigError
from mock_lusha.values import frozen, mutable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mock_lusha.client.control import Control
    from mock_lusha.client.receivers import Receiver
    from mock_lusha.client.webhook_report import ExamReport

__tracebackhide__ = hides

_MOST_PUMPED = 10_000
"""Deliveries that are sent to a receiver of the test at one go: one that always fails must come to an end."""


@frozen
class DeliveryView:
    """A delivery as it is now: ``state`` is waiting, taken, success, failed or dropped (``reason`` says why),
    ``body`` what is sent, ``attempts`` what came of each."""

    id: str
    subscription: str
    type: str
    url: str
    state: str
    reason: str | None
    credits: int
    body: str
    attempts: Sequence[Mapping[str, Any]]


@frozen
class WebhookRequest:
    """A signed request that is to be delivered, for any test client::

    request = lusha.webhooks.take()
    answer = client.post(request.url, content=request.body, headers=request.headers)
    request.answered(answer.status_code)
    """

    delivery: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    control: Control

    def answered(self, status: int | None = None, *, error: str | None = None) -> DeliveryView:
        """Say what the receiver answered, or why it could not be reached: what was not acknowledged with 2xx
        is tried again, on the account's clock.

        Raises:
            ControlError: it was answered before, or is not there any more.
        """
        answer = self.control.answer_delivery(self.delivery, status, error)
        return DeliveryView(**answer["delivery"])


@mutable
class WebhookRoute:
    """Where deliveries of a handle go: the receiver of the test, if there is one."""

    receiver: Receiver | None = None
    collects: bool = False


class HandleWebhooks:
    """``lusha.webhooks.trigger("promotion", person="jane.doe@acme.com")``; ``lusha.webhooks.take()``.

    Deliveries go out over HTTP, unless they are taken, or delivered to an application of the test.
    """

    def __init__(self, control: Control, route: WebhookRoute) -> None:
        self._control = control
        self._route = route

    def __repr__(self) -> str:
        def shown() -> str:
            counts = self._control.webhooks()["deliveries"]
            return f"<webhooks: {', '.join(f'{n} {state}' for state, n in counts.items()) or 'none'}>"

        return shown_or(shown, "<webhooks>")

    @property
    def secret(self) -> str | None:
        """What deliveries are signed with; None until the account has made one."""
        secret: str | None = self._control.webhooks()["secret"]
        return secret

    @property
    def subscriptions(self) -> list[dict[str, Any]]:
        """The subscriptions, with why one is blocked, and when something will happen next."""
        return list(self._control.webhooks()["subscriptions"])

    def deliveries(self, state: str | None = None) -> list[DeliveryView]:
        """The deliveries, the oldest first, or those that stand so."""
        return [DeliveryView(**each) for each in self._control.deliveries(state)["deliveries"]]

    def trigger(
        self,
        signal_type: str,
        *,
        person: str | Mapping[str, Any] | None = None,
        company: str | Mapping[str, Any] | None = None,
        **data: Any,
    ) -> list[DeliveryView]:
        """Let something happen now to somebody who is subscribed to: a person (a mailbox, an id of the API,
        or identifiers), or a company (a domain, an id or identifiers). ``data`` is told in place of what the
        newest signal of that type has.

        Raises:
            ControlError: they have no such signal (it says which they have), or no subscription takes it.
            TypeError: neither of both is named, or both are.
        """
        if (person is None) is (company is None):
            raise TypeError("name whom it happens to: person= or company=")
        entity_type = "contact" if company is None else "company"
        what: dict[str, Any] = _named(person, "email") if company is None else _named(company, "domain")
        answer = self._control.trigger(signal_type, entity_type, **what, **({"data": data} if data else {}))
        self.pump()
        names = {each["id"] for each in answer["deliveries"]}
        return [each for each in self.deliveries() if each.id in names]

    def take(self) -> WebhookRequest | None:
        """The next signed request that is due, which waits until it is answered; None where none is.

        From the first time on nothing is sent over HTTP.
        """
        self._collect()
        request = self._control.take_delivery()["request"]
        if request is None:
            return None
        body = request.pop("body").encode()
        return WebhookRequest(**request, body=body, control=self._control)

    def deliver_to(self, receiver: Any) -> None:
        """Deliver from now on without a socket, to an ASGI or WSGI application, or a function that is called
        with ``(method, url, headers, body)`` and gives a status: what is due at once, and later whatever a
        trigger or a move of the clock makes due, before these return."""
        from mock_lusha.client.receivers import receiver_of  # noqa: PLC0415 - where there is one

        self._route.receiver = receiver_of(receiver)
        self.pump()

    def pump(self) -> int:
        """Deliver what is due to the receiver of the test, if there is one; how many requests it got."""
        receiver = self._route.receiver
        if receiver is None:
            return 0
        for count in range(_MOST_PUMPED):
            request = self.take()
            if request is None:
                return count
            answer = receiver.deliver(request.url, request.headers, request.body)
            request.answered(answer.status)
        return _MOST_PUMPED

    def exam(self, receiver: object, secret: str | None = None, **options: Any) -> ExamReport:
        """Examine a receiver, with the account's secret unless another one is given; see ``mock_lusha.exam``
        for the options, and for what is raised.

        The account is left alone: nothing of the exam is charged, or in its audit logs.
        """
        from mock_lusha.client.webhook_exam import exam  # noqa: PLC0415 - for this alone

        known = secret or self.secret
        if known is None:
            raise ConfigError(
                "the account has no secret: POST /api/account/secret/regenerate makes one; or give secret="
            )
        report = exam(receiver, known, **options)
        with contextlib.suppress(ControlError):  # an older server does not note it
            self._control.note_coverage("receiver-examined")
        return report

    def resend(self, delivery: str | DeliveryView) -> None:
        """Send a delivery that is over once more: the same payload, signed anew.

        Raises:
            ControlError: it is not over, or its subscription is not active.
        """
        self._control.resend_delivery(delivery if isinstance(delivery, str) else delivery.id)
        self.pump()

    def inbox(self, name: str) -> list[Mapping[str, Any]]:
        """What came to an inbox of the double, ``{lusha.url}/_mock/inbox/{name}``, the newest last: each with
        ``receivedAt``, ``headers``, ``body``, ``delivery`` and ``attempt``."""
        return list(self._control.inbox(name)["received"])

    def _collect(self) -> None:
        if not self._route.collects:
            self._control.change(webhook_delivery="collect")
            self._route.collects = True


def _named(entity: str | Mapping[str, Any] | None, identifier: str) -> dict[str, Any]:
    if isinstance(entity, str):
        is_id = entity.startswith("v1.") or entity.isdecimal()
        return {"entityId": entity} if is_id else {"find": {identifier: entity}}
    return {"find": dict(entity or {})}
