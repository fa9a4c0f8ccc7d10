"""What drives deliveries: a clock that is moved, a call, or the time that passes while the server runs.

It pushes over HTTP, one delivery of an account at a time and in the order of time, or lets them wait until
somebody takes them.
"""

from __future__ import annotations

import asyncio
import math
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Protocol

from mock_lusha.errors import ApiError

if TYPE_CHECKING:
    from types import ModuleType

    from mock_lusha.api.webhooks.delivering import Deliverer, SignedRequest
    from mock_lusha.config import Settings
    from mock_lusha.scenario.engine import ScenarioRuns
    from mock_lusha.scenario.model import DeliveryFault
    from mock_lusha.state.accounts import Account, Accounts
    from mock_lusha.state.webhooks import Delivery
    from mock_lusha.world_store import WorldStore

LONGEST_SLEEP: Final = 60.0
"""Seconds after which the driver looks again, whatever is planned: a clock may have been moved."""
SENDER: Final = "x-mock-lusha-sender"
"""Header of a request that takes a delivery to send it at once, not for somebody who answers when he
likes."""
GRACE: Final = 10.0
"""Seconds after the longest time of an attempt when the process that makes it is taken for gone."""
PATIENCE: Final = 1.0
"""Seconds that a process leaves to that which was called, before it sends what the call made due."""
_GONE: Final = "the process that sent it is gone"
_TAKE: Final = "/_mock/webhooks/take"
_ANSWERED: Final = "/_mock/webhooks/answered"
_NEVER = math.inf


class Shared(Protocol):
    """The state as processes share it: what they change of it they write down, so that each delivery has one
    sender."""

    @property
    def is_replaying(self) -> bool:
        """Whether what happens just now was asked for elsewhere."""

    def machine(self) -> float:
        """Seconds since the epoch on the machine's clock."""

    async def look(self, key: str) -> None:
        """Run what others wrote down of an account."""

    async def post(self, path: str, key: str, body: Any = None) -> dict[str, Any] | None:
        """Steer an account; what is answered, None where it is refused."""


class WebhookDriver:
    """Delivers what is due. With ``silent`` nothing is sent, whatever is due (where a cassette alone
    answers)."""

    def __init__(
        self, accounts: Accounts, worlds: WorldStore, settings: Settings, *, silent: bool = False
    ) -> None:
        self._accounts = accounts
        accounts.on_planned = self._planned
        self._worlds = worlds
        self._settings = settings
        self._silent = silent
        self._running: set[Account] = set()
        self._taken: dict[tuple[str, str], SignedRequest] = {}
        """By key and delivery: accounts of one name have deliveries with the same ids."""
        self._sent: dict[Account, dict[str, float]] = {}
        """Since when, on the machine's clock, processes send which deliveries."""
        self.shared: Shared | None = None
        """The state, where several processes share it."""
        self._timers: dict[Account, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    @cached_property
    def deliverer(self) -> Deliverer:
        """What makes requests of what is due. It is imported with the first webhook: most servers have
        none."""
        from mock_lusha.api.webhooks.delivering import Deliverer  # noqa: PLC0415 - as above

        return Deliverer(self._worlds, self._settings.webhook_retries, self._fault_of)

    @cached_property
    def _engine(self) -> ModuleType:
        """What runs scenarios, imported where one is active."""
        from mock_lusha.scenario import engine  # noqa: PLC0415

        return engine

    @cached_property
    def _runs(self) -> ScenarioRuns:
        runs: ScenarioRuns = self._engine.ScenarioRuns()
        return runs

    def _fault_of(self, account: Account, body: bytes, at: float) -> DeliveryFault | None:
        """What the rules that were added for the account, its scenario or that of the server let happen to a
        delivery: the first that fits."""
        begun = [each for each in (account.added, account.active) if each is not None]
        runs = [(each.scenario, each.progress) for each in begun]
        shared = self._accounts.scenario
        if account.active is None and shared is not None:
            runs.append((shared, account.progress_in(shared)))
        for scenario, progress in runs:
            if not any(rule.respond.deliver for rule in scenario.rules):
                continue
            call = self._engine.DeliveryFacts(body, account.key, at)
            decision = self._runs.of(scenario, progress, account.seed, account.name).decide(call)
            if decision.fired is not None:
                fault: DeliveryFault | None = decision.fired.rule.respond.deliver
                return fault
        return None

    # Pushing

    async def run(self, account: Account) -> None:
        """Push all that is due on the account's clock.

        While that goes on, calls of the receiver that come to the same do nothing: what they made due is
        pushed by the one that goes on already.
        """
        if not account.has_webhooks or account in self._running:
            return
        self._running.add(account)
        try:
            await asyncio.sleep(0)
            from mock_lusha.outbound import AllowedTargets, post, time_limit  # noqa: PLC0415 - where something is sent

            if self.shared is not None:
                await self._run_shared(account, self.shared)
            allowed = AllowedTargets.of(self._settings.webhook_allow)
            timeout = time_limit(self._settings.webhook_timeout, self._settings.delay_factor)
            while self.shared is None and not self._is_held(account):
                request = self._next(account)
                if request is None:
                    break
                answer = await post(
                    request.url,
                    request.headers,
                    request.body,
                    timeout=timeout,
                    allowed=allowed,
                )
                self.deliverer.answered(account, request, answer.status, answer.error, answer.ms)
        finally:
            self._running.discard(account)
        self.schedule(account)

    async def _run_shared(self, account: Account, shared: Shared) -> None:
        """Push what is due and nobody else sends. What the store refuses is tried when time has passed."""
        from mock_lusha.outbound import AllowedTargets, post, time_limit  # noqa: PLC0415 - where something is sent

        allowed = AllowedTargets.of(self._settings.webhook_allow)
        timeout = time_limit(self._settings.webhook_timeout, self._settings.delay_factor)
        with suppress(ApiError):
            while True:
                await shared.look(account.key)
                await self._give_back_lost(account, shared)
                if self._is_held(account) or self._sent.get(account) or not self._may_be_due(account):
                    return
                taken = await shared.post(_TAKE, account.key)
                if taken is None or taken["request"] is None:
                    return
                request = taken["request"]
                answer = await post(
                    request["url"],
                    request["headers"],
                    request["body"].encode(),
                    timeout=timeout,
                    allowed=allowed,
                )
                body = {"delivery": request["delivery"], "ms": answer.ms}
                body |= {"status": answer.status} if answer.error is None else {"error": answer.error}
                await shared.post(_ANSWERED, account.key, body)

    async def _give_back_lost(self, account: Account, shared: Shared) -> None:
        """Answer for processes that did not."""
        for name, since in list(self._sent.get(account, {}).items()):
            if shared.machine() >= since + self._longest:
                body = {"delivery": name, "error": _GONE}
                if await shared.post(_ANSWERED, account.key, body) is None:
                    self._forget_sent(account, name)  # the delivery is gone, or was answered

    @property
    def _longest(self) -> float:
        return self._settings.webhook_timeout + GRACE

    def _may_be_due(self, account: Account) -> bool:
        hooks = account.webhooks
        due = hooks.next_due
        is_due = due is not None and due <= account.clock.now()
        return is_due or (bool(hooks.subscriptions) and hooks.world is not self._worlds.world(account))

    def _forget_sent(self, account: Account, name: str) -> None:
        sent = self._sent.get(account, {})
        sent.pop(name, None)
        if not sent:
            self._sent.pop(account, None)

    def _is_held(self, account: Account) -> bool:
        is_gone = not self._accounts.is_current(account)  # it was reset while a receiver took its time
        return self._silent or is_gone or account.webhook_delivery == "collect"

    def _next(self, account: Account) -> SignedRequest | None:
        return self.deliverer.next_request(account, account.clock.now())

    # Pulling

    def take(self, account: Account, since: float | None = None) -> SignedRequest | None:
        """The next request that is due and that nobody has; it is the caller's until it is answered.

        ``since`` is the machine's time where a process that shares the state takes it to send it at once.
        """
        request = self._next(account)
        if request is not None:
            request.delivery.state = "taken"
            request.delivery.due = _NEVER
            self._taken[account.key, request.delivery.id] = request
            if since is not None:
                self._sent.setdefault(account, {})[request.delivery.id] = since
            account.webhooks.plan(account.webhooks.subscriptions[request.delivery.subscription])
        return request

    def give_back(
        self, account: Account, delivery: Delivery, status: int | None, error: str | None, ms: int = 0
    ) -> bool:
        """Note what became of a delivery that was taken; whether it was."""
        signed = self._taken.pop((account.key, delivery.id), None)
        self._forget_sent(account, delivery.id)
        if signed is None or delivery.state != "taken":
            return False
        delivery.state = "waiting"
        self.deliverer.answered(account, signed, status, error, ms)
        return True

    def look(self, account: Account) -> None:
        """Let all that has happened so far wait for its turn, and deliver nothing."""
        self.deliverer.happen(account, account.clock.now())

    # Accounts that became what they are elsewhere

    def part(self, account: Account) -> tuple[dict[str, SignedRequest], dict[str, float]]:
        """The deliveries of an account that somebody has taken, and since when processes send them."""
        kept = account.webhooks.deliveries if account.has_webhooks else {}
        taken = {
            name: signed
            for (key, name), signed in self._taken.items()
            if key == account.key and kept.get(name) is signed.delivery
        }
        return taken, self._sent.get(account, {})

    def put(self, account: Account, part: tuple[dict[str, SignedRequest], dict[str, float]]) -> None:
        """Go on for an account from where another one was."""
        taken, sent = part
        self._taken.update({(account.key, name): signed for name, signed in taken.items()})
        if sent:
            self._sent[account] = sent
        if self._loop is not None:
            self.schedule(account)

    def forget(self, account: Account) -> None:
        """Forget an account that is replaced."""
        self._taken = {at: signed for at, signed in self._taken.items() if at[0] != account.key}
        self._sent.pop(account, None)
        timer = self._timers.pop(account, None)
        if timer is not None:
            timer.cancel()

    # The time that passes

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Deliver from now on also what becomes due as time passes."""
        self._loop = loop
        # Those of a state that is shared began when that did.
        made = self._accounts.with_presets() if self.shared is None else self._accounts
        for account in [each for each in made if each.has_webhooks]:
            self._timers[account] = loop.call_later(0, self._wake, account)

    def stop(self) -> None:
        """Deliver nothing any more."""
        self._loop = None
        for timer in self._timers.values():
            timer.cancel()
        for task in self._tasks:
            task.cancel()

    def _planned(self, account: Account) -> None:
        if self._loop is not None and account not in self._running:
            self.schedule(account)

    def schedule(self, account: Account) -> None:
        """Look at an account again when something is due on its clock."""
        loop = self._loop
        timer = self._timers.pop(account, None)
        if timer is not None:
            timer.cancel()
        due = account.webhooks.next_due if account.has_webhooks else None
        if loop is None or self._is_held(account):
            return
        wait = _NEVER
        if due is not None and due != _NEVER and not account.clock.frozen:
            wait = min(max(0.0, due - account.clock.now()), LONGEST_SLEEP)
        if self.shared is not None:
            wait = self._shared_wait(account, self.shared, wait)
        if wait == _NEVER:
            return
        self._timers[account] = loop.call_later(wait, self._wake, account)

    def _shared_wait(self, account: Account, shared: Shared, wait: float) -> float:
        """How long to wait where others may send, too."""
        sent = self._sent.get(account)
        if sent:
            lost = max(0.0, min(sent.values()) + self._longest - shared.machine())
            return min(max(wait, PATIENCE), lost) if lost else 0.0
        return max(wait, PATIENCE) if shared.is_replaying else wait

    def _wake(self, account: Account) -> None:
        self._timers.pop(account, None)
        if self._loop is not None:
            task = self._loop.create_task(self.run(account))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
