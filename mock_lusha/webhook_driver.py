"""What drives deliveries: a clock that is moved, a call, or the time that passes while the server runs.

It pushes over HTTP, one delivery of an account at a time and in the order of time, or lets them wait until
somebody takes them.
"""

from __future__ import annotations

import asyncio
import logging
import math
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import ModuleType

    from mock_lusha.api.webhooks.delivering import Deliverer, SignedRequest
    from mock_lusha.config import Settings
    from mock_lusha.scenario.engine import ScenarioRuns
    from mock_lusha.scenario.model import DeliveryFault
    from mock_lusha.state.accounts import Account, Accounts
    from mock_lusha.state.webhooks import Delivery
    from mock_lusha.world_store import WorldStore

    Steer = Callable[[str, str, Any], Awaitable[Any]]

LONGEST_SLEEP: Final = 60.0
"""Seconds after which the driver looks again, whatever is planned: a clock may have been moved."""
_NEVER = math.inf
_TAKES: Final = "/_mock/webhooks/take"
_ANSWERS: Final = "/_mock/webhooks/answered"
_log = logging.getLogger("mock_lusha")


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
        self._taken: dict[str, SignedRequest] = {}
        self._timers: dict[Account, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.steer: Steer | None = None
        """Changes an account by a path of the control API, its key and a body, in all processes that share
        its state: where that is set, a delivery is the one's who was first to take it."""

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

            allowed = AllowedTargets.of(self._settings.webhook_allow)
            timeout = time_limit(self._settings.webhook_timeout, self._settings.delay_factor)
            while not self._is_held(account):
                steer = self.steer
                taken = self._next(account) if steer is None else await self._taken_by_us(account, steer)
                if taken is None:
                    break
                answer = await post(taken.url, taken.headers, taken.body, timeout=timeout, allowed=allowed)
                if steer is None:
                    self.deliverer.answered(account, taken, answer.status, answer.error, answer.ms)
                else:
                    told = {"status": answer.status} if answer.error is None else {"error": answer.error}
                    await steer(_ANSWERS, account.key, {"delivery": taken.delivery.id, **told})
        except StoreError as error:
            _log.warning("webhooks wait until the store is there again: %s", error)
        finally:
            self._running.discard(account)
        self.schedule(account)

    async def _taken_by_us(self, account: Account, steer: Steer) -> SignedRequest | None:
        """The next request that is due, if no other process takes it before."""
        told = (await steer(_TAKES, account.key, None))["request"]
        return None if told is None else self._taken[told["delivery"]]

    def _is_held(self, account: Account) -> bool:
        is_gone = not self._accounts.is_current(account)  # it was reset while a receiver took its time
        return self._silent or is_gone or account.webhook_delivery == "collect"

    def _next(self, account: Account) -> SignedRequest | None:
        return self.deliverer.next_request(account, account.clock.now())

    # Pulling

    def take(self, account: Account) -> SignedRequest | None:
        """The next request that is due and that nobody has; it is the caller's until it is answered."""
        request = self._next(account)
        if request is not None:
            request.delivery.state = "taken"
            request.delivery.due = _NEVER
            self._taken[request.delivery.id] = request
            account.webhooks.plan(account.webhooks.subscriptions[request.delivery.subscription])
        return request

    def give_back(self, account: Account, delivery: Delivery, status: int | None, error: str | None) -> bool:
        """Note what became of a delivery that was taken; whether it was."""
        signed = self._taken.pop(delivery.id, None)
        if signed is None or delivery.state != "taken":
            return False
        delivery.state = "waiting"
        self.deliverer.answered(account, signed, status, error)
        return True

    def look(self, account: Account) -> None:
        """Let all that has happened so far wait for its turn, and deliver nothing."""
        self.deliverer.happen(account, account.clock.now())

    # The time that passes

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Deliver from now on also what becomes due as time passes."""
        self._loop = loop
        # Those of a state that is shared began when that did.
        made = self._accounts.with_presets() if self.steer is None else self._accounts
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
        if loop is None or due is None or due == _NEVER or account.clock.frozen or self._is_held(account):
            return
        wait = min(max(0.0, due - account.clock.now()), LONGEST_SLEEP)
        self._timers[account] = loop.call_later(wait, self._wake, account)

    def _wake(self, account: Account) -> None:
        self._timers.pop(account, None)
        if self._loop is not None:
            task = self._loop.create_task(self.run(account))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
