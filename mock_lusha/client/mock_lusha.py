"""One account on one server, and all that a test or a script does with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from mock_lusha.client.account_setup import apply_overrides, introduce, takes_only_known_keys
from mock_lusha.client.account_views import AccountViews
from mock_lusha.client.activity import ActiveScenario, scenario_body
from mock_lusha.client.api_key import OWN_KEY, check_api_key
from mock_lusha.client.control import Control
from mock_lusha.client.facts import camel, find_fields
from mock_lusha.client.http_clients import HttpClients, async_transport, transport
from mock_lusha.client.inprocess_control import InProcessConnection
from mock_lusha.client.location import located
from mock_lusha.client.overrides import check_overrides, laid_over, parted
from mock_lusha.client.protocol import ControlError, checked_token, fingerprint, hides
from mock_lusha.client.replay import Replay
from mock_lusha.client.report import report
from mock_lusha.client.rules import On, call_conditions
from mock_lusha.client.settlement import Expectations, SettlementError
from mock_lusha.client.variables import program_variables
from mock_lusha.config import Settings
from mock_lusha.errors import ConfigError

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence
    from types import TracebackType
    from typing import Unpack

    import httpx

    from mock_lusha.client.intercept.interception import Interception
    from mock_lusha.client.literals import (
        CompanyFacts,
        FindFacts,
        OperationId,
        Overrides,
        PersonFacts,
        PlanName,
    )
    from mock_lusha.client.location import AnyServer
    from mock_lusha.client.variables import SetsEnv
    from mock_lusha.recorder.recorder import Recorder
    from mock_lusha.server import MockServer

__tracebackhide__ = hides


class MockLusha(AccountViews):
    """A double with an account of one's own, for unittest, scripts, notebooks and, as the fixture ``lusha``,
    for pytest::

        with MockLusha(plan="pro", credits=20) as lusha:
            lusha.client.post("/v3/contacts/search", json={"contacts": [{"email": "jane.doe@acme.com"}]})
            lusha.calls.assert_called("searchContacts", times=1)

    Without ``url`` and ``server`` it starts a server of its own, on a free port, with ``settings`` (a
    ``Settings`` or keyword arguments of the same names; ``limits`` are ``headers`` unless given). With either
    it uses that one, where the keyword arguments are ``now`` and those an account may have for itself (see
    ``config.PARSERS``: ``plan``, ``credits``, ``seed`` and so on); ``server`` is one of ours,
    ``lusha_server`` or a URL.

    ``label`` is what the account is called, beside its masked key, in logs, journal and lists. At the end (of
    the ``with`` or ``async with`` block, or ``stop``) it is an error that a rule which says how often it
    fires did so less often, that the double itself failed, or that more than ``max_credits`` were spent;
    ``verify=False`` leaves that out. Of a server that is shared ``control`` is a client that is shared too.

    Raises:
        ConfigError: a setting cannot be used; it says what would work.
        ControlError: the server at ``url`` does not answer, or may not be steered from here.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        url: str | None = None,
        server: AnyServer | None = None,
        control: Control | None = None,
        token: str | None = None,
        api_key: str | None = None,
        label: str | None = None,
        in_process: bool = False,
        verify: bool = True,
        max_credits: int | None = None,
        **overrides: Unpack[Overrides],
    ) -> None:
        super().__init__()
        check_api_key(api_key)
        self._expectations = Expectations(max_credits)
        location = located(url, server)
        self._elsewhere = elsewhere = url is not None or server is not None
        if elsewhere and settings is not None:
            raise ConfigError(
                "settings are those of a server of one's own: leave out url and server, or them"
            )
        self._server = location.server
        self._owned: MockServer | None = None
        self._settings = settings
        self._overrides: dict[str, Any] = {**location.overrides, **overrides}
        if elsewhere:
            check_overrides(overrides)
        else:
            own, self._overrides = parted(self._overrides)
            self._settings = laid_over(settings or Settings(limits="headers", port=0), own)
        self.url = location.url
        # On a server that is shared, two scripts at one time must not be one tenant.
        self.api_key = api_key or (f"{OWN_KEY}~{uuid4().hex[:8]}" if elsewhere else OWN_KEY)
        self._named = api_key is not None
        self._strict = location.strict
        self.label = label
        """What the account is called; ``start`` and ``apply`` send it to the server."""
        self._token = checked_token(token)
        self._shared = control or location.control
        self._control: Control | None = None
        self._in_process = in_process
        self._after = 0
        self._verify = verify
        self._http = HttpClients()
        self._interceptions: list[Interception] = []
        self._replay: Replay | None = None
        self.blocked: list[str] = []
        """Hosts of Lusha's that were refused while calls were intercepted."""

    # Life

    def start(self) -> Self:
        """Start the server, or connect to it, and set up the account."""
        if self._control is not None:
            raise RuntimeError("it is started already")
        self._expectations.clear()
        self.blocked = []
        if not self._elsewhere:
            from mock_lusha.server import MockServer  # noqa: PLC0415 - a server elsewhere needs none here

            self._server = self._owned = MockServer(self._settings).start()
        token = self._token
        if self._server is not None and self._server.turns is not None:  # an error if it does not run
            self.url = self._server.url
            self._after = self._server.exchanges
            token = token or self._server.settings.control_token
        everybody = self._shared
        if everybody is None:
            wire = None if self._server is None else InProcessConnection(self._server)
            everybody = Control(self.url, token=token, wire=wire)
        control = everybody.of(self.api_key)
        try:
            strict = self._strict or (self._owned is not None and self._owned.settings.strict_keys)
            if self._server is None and self._shared is None:
                strict = takes_only_known_keys(control)
            self._control = control
            overrides: Mapping[str, Any] = self._overrides
            if strict:
                overrides = introduce(control, self.api_key, overrides, keep=self._named)
            self.apply(overrides)
        except BaseException:
            self.release()
            if self._shared is None:  # it may be connected, though it is not the handle's yet
                everybody.close()
            raise
        return self

    def apply(self, overrides: Mapping[str, Any]) -> None:
        """Give the account settings of its own, and a scenario and a clock if they are among them.

        Raises:
            ConfigError: one is not a setting that an account may have for itself.
            ControlError: the server refuses one.
        """
        if overrides or self.label is not None:
            apply_overrides(self.control, overrides, self.label)

    @property
    def started(self) -> bool:
        """Whether it is started, and not stopped yet."""
        return self._control is not None

    @property
    def control(self) -> Control:
        """The client of the control API, for this account: whatever the handle has no method for.

        Raises:
            RuntimeError: it is not started.
        """
        if self._control is None:
            raise RuntimeError("it is not started: use it in a with block, or call start()")
        return self._control

    def settle(self) -> dict[str, Any]:
        """The totals of the account, with its ``problems``; the account is forgotten if there are none."""
        return self._expectations.settle(self.control)

    def stop(self) -> None:
        """Settle the account (unless ``verify=False``), and stop what was started; harmless when it was done.

        Raises:
            SettlementError: something is wrong, see the class; its note is the report.
        """
        self._end(verify=self._verify)

    def _end(self, *, verify: bool, failing: bool = False) -> None:
        """As ``stop``. Where something is ``failing`` already, it is not an error that the server is gone."""
        if self._control is None:
            return
        problems: Sequence[str] = ()
        summary = ""
        forgotten = self._owned is not None
        try:
            if verify:
                totals = self.settle()
                problems, forgotten = totals["problems"], forgotten or totals["forgotten"]
                summary = self.report() if problems else ""
            if not forgotten:
                self._control.delete()
        except ControlError:
            if not failing:  # the error of the block is the one to see
                raise
        finally:
            self.release()
        if problems:
            raise SettlementError(problems, summary)

    def release(self) -> None:
        """Close connections, interceptions and a server of its own; the account stays."""
        for interception in reversed(self._interceptions):
            interception.stop()
        self._interceptions.clear()
        self._http.close()
        if self._replay is not None:
            self._replay.end()
        self._replay = None
        if self._control is not None and self._shared is None:
            self._control.close()
        self._control = None
        if self._owned is not None:
            self._owned.stop()
            self._server = self._owned = None
            self.url = ""

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(verify=self._verify and kind is None, failing=kind is not None)

    async def __aenter__(self) -> Self:
        return self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(verify=self._verify and kind is None, failing=kind is not None)

    def __repr__(self) -> str:
        place = f"at {self.url}" if self.url else "not started"
        # The key itself may be a real one; its fingerprint is what journal and logs show.
        account = f"account {fingerprint(self.api_key)}"
        return f"<MockLusha {place}, {account}{'' if self.label is None else f', label {self.label!r}'}>"

    # Calling it

    @property
    def env(self) -> dict[str, str]:
        """Variables that point a program at the double: ``LUSHA_API_URL``, ``LUSHA_BASE_URL`` and
        ``LUSHA_API_KEY``.

        Raises:
            RuntimeError: it is not started, and an empty address would let a program take the real one.
        """
        return program_variables(self.control.url, self.api_key)

    def patch_env(self, monkeypatch: SetsEnv) -> None:
        """Set these variables, with pytest's ``monkeypatch``, until the end of the test."""
        for name, value in self.env.items():
            monkeypatch.setenv(name, value)

    @property
    def client(self) -> httpx.Client:
        """An httpx client that is pointed at the double and has the key."""
        return self._http.client(self.control.url, self.api_key, self._direct)

    @property
    def async_client(self) -> httpx.AsyncClient:
        """The same for asyncio. It keeps no connection open: those would belong to the loop of the moment."""
        return self._http.async_client(self.control.url, self.api_key, self._direct)

    @property
    def transport(self) -> httpx.BaseTransport:
        """A transport for an httpx client of one's own; with ``in_process`` it calls the application without
        a socket, which gives the same bytes sooner."""
        return transport(self.url, self._direct)

    @property
    def async_transport(self) -> httpx.AsyncBaseTransport:
        """The same for an ``httpx.AsyncClient``."""
        return async_transport(self.url, self._direct)

    @property
    def _direct(self) -> MockServer | None:
        """The server, where calls go to it without a socket."""
        return self._server if self._in_process else None

    def replay(self, recorder: Recorder) -> None:
        """Let a recorder answer this account's calls in place of the made-up world: from its cassette, or
        from its upstream while it records. It is sent the recorder's ``upstream_key``, if there is one.

        Raises:
            RuntimeError: the server is not of this process.
            ConfigError: it is not a recorder.
        """
        self._replay = Replay(self._server, self.api_key, recorder)

    def intercept(self) -> Interception:
        """Send calls of ``https://api.lusha.com`` to the double, from now on until the end of the
        ``with`` block, or of the test: calls by httpx, httpx2, requests, urllib3, aiohttp, urllib.request and
        http.client, with no change to the code that makes them. Any ``api_key`` they send becomes this
        account's. Other hosts of lusha.com are refused (``BlockedError``), all others are left alone.
        """
        from mock_lusha.client.intercept.interception import Interception  # noqa: PLC0415
        from mock_lusha.client.intercept.targets import Target  # noqa: PLC0415 - where calls are intercepted

        target = Target(self.control.url, self.api_key, self._direct, self.blocked)
        return Interception(target, self._interceptions)

    # Reading it

    def report(self) -> str:
        """The last calls, with an explanation of the last that went wrong; on a server in this process also
        calls without a key, which may have been meant for this account."""
        return report(self.control, self.api_key, after=None if self._server is None else self._after)

    # Arranging it

    def scenario(self, what: str | os.PathLike[str] | Mapping[str, Any] | Sequence[Any]) -> ActiveScenario:
        """Begin a scenario: by name, of a YAML file, or with rules (a list, or a mapping with ``rules``); in
        force until the end of the ``with`` block, or of the test.

        Raises:
            ControlError: there is none of that name (the nearest is suggested), or its rules cannot be used.
            ConfigError: its file cannot be used.
        """
        active = ActiveScenario(self.control, scenario_body(what, len(self._expectations.scenarios) + 1))
        self._expectations.scenarios.append(active.name)
        return active

    def hold(self, scenario: str) -> None:
        """Make it an error, at the end, that a rule of this scenario with a definite count never fired."""
        self._expectations.scenarios.append(scenario)

    def on(
        self,
        *operations: OperationId,
        method: str | None = None,
        path: Any = None,
        header: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        identifier: str | None = None,
    ) -> On:
        """Name calls, and say by a method of the result what happens to them:
        ``lusha.on("searchContacts").fail(429, times=2)``. Without operations all are meant; conditions
        are those of scenarios (a value, or ``{"contains": ...}``, ``{"regex": ...}``, ``{"absent": True}``).
        """
        when = call_conditions(
            operations, method=method, path=path, header=header, query=query, body=body, identifier=identifier
        )
        on = On(lambda rule: self.control.add_rules([rule]), when)
        self._expectations.rules.append(on)
        return on

    def add_person(self, **facts: Unpack[PersonFacts]) -> dict[str, Any]:
        """Pin a person for this account: the fields of a fixtures file, in its spelling or in Python's
        (``first_name``, ``last_name``, ``company_domain``, ``job_title``, ``emails``, ``phones`` ...).

        Gives their ``personId`` and ``companyId``, their name and the company's domain.

        Raises:
            ControlError: a fact cannot be used; nothing is pinned then.
        """
        return dict(self.control.pin(people=[camel(facts)])["added"]["people"][0])

    def add_company(self, **facts: Unpack[CompanyFacts]) -> dict[str, Any]:
        """Pin a company for this account (``domain``, ``name``, ``employees``, ``industry`` ...); gives its
        ``companyId``, name and domain.

        Raises:
            ControlError: a fact cannot be used; nothing is pinned then.
        """
        return dict(self.control.pin(companies=[camel(facts)])["added"]["companies"][0])

    def erase(self, **find: Unpack[FindFacts]) -> None:
        """Erase a person (``email=``, ``person_id=``, ``linkedin_url=`` or names with a company) or a company
        (``domain=``, ``company_id=``, ``name=``) from this account's world.

        Raises:
            ControlError: they match nobody.
            TypeError: these identify neither.
        """
        kind, fields = find_fields(find)
        self.control.erase(**{kind: [fields]})

    def plan(self, name: PlanName) -> None:
        """Move the account to another plan; what was used stays used."""
        self.control.change(plan=name)

    def credits(self, left: int | None) -> None:
        """Set how many credits are left; None is unlimited."""
        self.control.change(credits="unlimited" if left is None else left)


__all__ = ["ControlError", "MockLusha", "SettlementError"]
