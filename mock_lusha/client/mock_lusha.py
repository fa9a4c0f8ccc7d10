"""One account on one server, and all that a test or a script does with it."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol, Self
from uuid import uuid4

from mock_lusha.client.activity import ActiveScenario, scenario_body
from mock_lusha.client.calls import Calls
from mock_lusha.client.clock import HandleClock
from mock_lusha.client.conduct import HandleConduct
from mock_lusha.client.control import Control
from mock_lusha.client.inprocess_control import InProcessConnection
from mock_lusha.client.ledger import HandleLedger
from mock_lusha.client.limits import HandleLimits
from mock_lusha.client.location import Location, located
from mock_lusha.client.overrides import camel, check_overrides, laid_over, sent_settings
from mock_lusha.client.protocol import ControlError, fingerprint, hides
from mock_lusha.client.report import report
from mock_lusha.client.rules import On, conditions
from mock_lusha.config import Settings, parse_setting
from mock_lusha.errors import ConfigError, MockLushaError

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence
    from types import TracebackType
    from typing import TypeAlias, Unpack

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
    from mock_lusha.recorder.recorder import Recorder
    from mock_lusha.server import MockServer

    SomeServer: TypeAlias = "MockServer | str | _LushaServer"

__tracebackhide__ = hides


class _SetsEnv(Protocol):
    def setenv(self, name: str, value: str) -> None: ...


class _LushaServer(Protocol):
    """The plugin's fixture ``lusha_server``."""

    @property
    def url(self) -> str: ...
    @property
    def control(self) -> Control: ...
    @property
    def server(self) -> MockServer | None: ...


OWN_KEY = "mock-lusha-script"
"""The key of a handle that is given none."""
PERSON_FIND = ("personId", "linkedinUrl", "email", "firstName", "lastName", "companyName", "companyDomain")
COMPANY_FIND = ("companyId", "domain", "name")


def _check_key(key: object) -> None:
    if key is None:
        return
    if not isinstance(key, str) or not key:
        told = "an empty text" if key == "" else type(key).__name__
        raise ConfigError(f"an api_key is printable ASCII without spaces, not {told}")
    # It may be a real one, read from a file with the end of its line: it is not to be shown.
    odd = next((each for each in key if not "!" <= each <= "~"), None)
    if odd is not None:
        raise ConfigError(f"an api_key is printable ASCII without spaces: this one has {odd!r}")


def _check_most(credits_: object) -> None:
    if credits_ is not None and (type(credits_) is not int or credits_ < 0):
        raise ConfigError(f"max_credits is a whole number from 0 up, not {credits_!r}")


class SettlementError(MockLushaError, AssertionError):
    """Something is wrong at the end that was right at every call: ``problems`` say what."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


class MockLusha:
    """A double with an account of one's own, for unittest, scripts, notebooks and, as the fixture ``lusha``,
    for pytest::

        with MockLusha(plan="pro", credits=20) as lusha:
            answer = lusha.client.get("/v2/person", params={"email": "jane.doe@acme.com"})
            lusha.calls.assert_called("searchSingleContact", times=1)

    Without ``url`` and ``server`` it starts a server of its own, on a free port, with ``settings`` (a
    ``Settings`` or keyword arguments of the same names; ``limits`` are ``headers`` unless given). With either
    it uses that one, where the keyword arguments are those an account may have for itself (``plan``,
    ``credits``, ``seed``, ``as_of``, ``dialect``, ``error_format``, ``limits``, ``strict``, ``match_rate``,
    ``scenario``) and ``now``. ``server`` is a ``MockServer``, the fixture ``lusha_server``, or a URL.

    ``label`` is what the account is called, beside its masked key, in logs, journal and lists.

    At the end (of the ``with`` or ``async with`` block, or ``stop``) it is an error that a rule which says
    how often it fires did so less often, that the double itself failed, or that more than ``max_credits``
    were spent; ``verify=False`` leaves that out.

    Of a server that is shared ``control`` is a client that is shared too.

    Raises:
        ConfigError: a setting cannot be used; it says what would work.
        ControlError: the server at ``url`` does not answer, or may not be steered from here.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        url: str | None = None,
        server: SomeServer | None = None,
        control: Control | None = None,
        token: str | None = None,
        api_key: str | None = None,
        label: str | None = None,
        in_process: bool = False,
        verify: bool = True,
        max_credits: int | None = None,
        **overrides: Unpack[Overrides],
    ) -> None:
        _check_key(api_key)
        _check_most(max_credits)
        if url is not None and server is not None:
            raise ConfigError("url and server both say which server is to be used: leave one out")
        elsewhere = url is not None or server is not None
        self._elsewhere = elsewhere
        if elsewhere and settings is not None:
            raise ConfigError(
                "settings are those of a server of one's own: leave out url and server, or them"
            )
        somewhere = url if server is None else server
        where = Location() if somewhere is None else located(somewhere)
        self._server = where.server
        self._owned: MockServer | None = None
        self._settings = settings
        self._overrides = {**where.given, **overrides} if elsewhere else {}
        if elsewhere:
            check_overrides(overrides)
        else:
            self._settings = laid_over(settings or Settings(limits="headers", port=0), overrides)
        self.url = where.url
        # On a server that is shared, two scripts at one time must not be one tenant.
        self.api_key = api_key or (f"{OWN_KEY}~{uuid4().hex[:8]}" if elsewhere else OWN_KEY)
        self._named = api_key is not None
        self._strict = where.strict
        self.label = label
        """What the account is called; it is told with ``start`` or ``apply``."""
        self._token = token
        self._shared = control or where.control
        self._control: Control | None = None
        self._in_process = in_process
        self._after = 0
        self._verify = verify
        self._max_credits = max_credits
        self._making = Lock()
        self._client: httpx.Client | None = None
        self._async_client: httpx.AsyncClient | None = None
        self._interceptions: list[Interception] = []
        self._recorder: Recorder | None = None
        self._held: list[str] = []
        self._begun: list[On] = []
        self.blocked: list[str] = []
        """Hosts of Lusha's that were called while intercepting, and refused."""

    # Life

    def start(self) -> Self:
        """Start the server, or find it, and give the account what was asked for."""
        if self._control is not None:
            raise RuntimeError("it is started already")
        self._held, self._begun, self.blocked = [], [], []
        if not self._elsewhere:
            from mock_lusha.server import MockServer  # noqa: PLC0415 - a server elsewhere needs none here

            self._server = self._owned = MockServer(self._settings).start()
        token = self._token
        if self._server is not None and self._server.turns is not None:  # which says if it does not run
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
                if "operations" not in control.ready():
                    raise ControlError(f"{self.url} answers, but is no mock-lusha")
                strict = bool(everybody.settings()["strict_keys"])
            self._control = control
            self.apply(self._introduced(self._overrides) if strict else self._overrides)
        except BaseException:
            self._close()
            if self._shared is None:  # it may have been asked before it became the handle's
                everybody.close()
            raise
        return self

    def apply(self, overrides: Mapping[str, Any]) -> None:
        """Give the account settings of its own, and a scenario and a clock if they are among them.

        Raises:
            ConfigError: one is not a setting that an account may have for itself.
            ControlError: the server refuses one.
        """
        if not overrides and self.label is None:
            return
        check_overrides(overrides)
        given = sent_settings(overrides) | ({} if self.label is None else {"label": self.label})
        now = overrides.get("now")
        if now is not None:
            # An account made at that time would have data of that day.
            moment = parse_setting("now", now, "now")
            given.setdefault("as_of", str(moment.date()))
            self.control.set_clock(moment)
        if given:
            self.control.change(**given)
        if overrides.get("scenario") is not None:
            self.control.scenario(scenario_body(overrides["scenario"], 0))

    def _introduced(self, overrides: Mapping[str, Any]) -> Mapping[str, Any]:
        """Make the key known to a server that takes no other, with its settings; what is still to be said."""
        sent = sent_settings(overrides)
        if not self._named:
            self.control.put(self.api_key, **sent)
        else:
            try:
                self.control.accounts()
            except ControlError as error:
                if error.status != 400:
                    raise
                self.control.create(self.api_key, **sent)
            else:
                return overrides
        # The day is said again: that of ``now`` would take its place.
        return {name: value for name, value in overrides.items() if name not in sent or name == "as_of"}

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
        """What the account came to, with its ``problems``; the account is forgotten if there are none."""
        own = [
            "lusha.on(...) named calls and not what happens to them: say .fail(...), .reply(...), .delay(...)"
            for on in self._begun
            if not on.steps
        ]
        found = self.control.settle(scenarios=self._held, max_credits=self._max_credits, forget=not own)
        found["problems"] += own
        return found

    def stop(self) -> None:
        """Check what came of it (unless ``verify=False``), and stop what was started; harmless when done.

        Raises:
            SettlementError: something is wrong, see the class; its note is the report.
        """
        self._end(verify=self._verify)

    def _end(self, *, verify: bool, failing: bool = False) -> None:
        """As ``stop``, with ``verify`` said now. Where something is ``failing`` already, it is no error that
        the server is gone.
        """
        if self._control is None:
            return
        problems: Sequence[str] = ()
        told = ""
        forgotten = self._owned is not None
        try:
            if verify:
                found = self.settle()
                problems, forgotten = found["problems"], forgotten or found["forgotten"]
                told = self.report() if problems else ""
            if not forgotten:
                self._control.delete()
        except ControlError:
            if not failing:  # what went wrong in the block is what is to be seen
                raise
        finally:
            self._close()
        if problems:
            error = SettlementError(problems)
            error.add_note(told)
            raise error

    def release(self) -> None:
        """Let go of connections and interceptions, and of a server of its own; the account stays."""
        self._close()

    def _close(self) -> None:
        for interception in reversed(self._interceptions):
            interception.stop()
        self._interceptions.clear()
        if self._client is not None:
            self._client.close()
        self._client = self._async_client = None
        if self._recorder is not None and self._server is not None:
            self._server.replays.drop(self.api_key)
        self._recorder = None
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
        where = f"at {self.url}" if self.url else "not started"
        # The key itself may be a real one; its fingerprint is what journal and logs show.
        whose = f"account {fingerprint(self.api_key)}"
        return f"<MockLusha {where}, {whose}{'' if self.label is None else f', label {self.label!r}'}>"

    # Calling it

    @property
    def env(self) -> dict[str, str]:
        """Variables that point a program at the double: ``LUSHA_API_URL``, ``LUSHA_BASE_URL`` and
        ``LUSHA_API_KEY``.

        Raises:
            RuntimeError: it is not started, and an empty address would let a program take the real one.
        """
        url = self.control.url
        return {"LUSHA_API_URL": url, "LUSHA_BASE_URL": url, "LUSHA_API_KEY": self.api_key}

    def patch_env(self, monkeypatch: _SetsEnv) -> None:
        """Set these variables, with pytest's ``monkeypatch``, until the end of the test."""
        for name, value in self.env.items():
            monkeypatch.setenv(name, value)

    @property
    def client(self) -> httpx.Client:
        """An httpx client that is pointed at the double and has the key."""
        import httpx  # noqa: PLC0415 - whoever has a client of their own need not load it

        with self._making:
            if self._client is None or self._client.is_closed:
                self._client = httpx.Client(transport=self.transport, **self._addressed())
            return self._client

    @property
    def async_client(self) -> httpx.AsyncClient:
        """The same for asyncio. It keeps no connection open: those would belong to the loop of the moment."""
        if self._async_client is None or self._async_client.is_closed:
            import httpx  # noqa: PLC0415

            self._async_client = httpx.AsyncClient(transport=self.async_transport, **self._addressed())
        return self._async_client

    def _addressed(self) -> dict[str, Any]:
        url = self.control.url  # which says if it is not started
        return {"base_url": url, "headers": {"api_key": self.api_key}, "trust_env": False}

    @property
    def transport(self) -> httpx.BaseTransport:
        """A transport for an httpx client of one's own; with ``in_process`` it calls the application without
        a socket, which gives the same bytes sooner."""
        import httpx  # noqa: PLC0415

        from mock_lusha.client.intercept.certificates import verification  # noqa: PLC0415

        if self._in_process and self._server is not None:
            from mock_lusha.client.inprocess import InProcessTransport  # noqa: PLC0415

            return InProcessTransport(self._server)
        return httpx.HTTPTransport(verify=verification(self.url), trust_env=False)

    @property
    def async_transport(self) -> httpx.AsyncBaseTransport:
        """The same for an ``httpx.AsyncClient``."""
        import httpx  # noqa: PLC0415

        from mock_lusha.client.intercept.certificates import verification  # noqa: PLC0415

        if self._in_process and self._server is not None:
            from mock_lusha.client.inprocess import AsyncInProcessTransport  # noqa: PLC0415

            return AsyncInProcessTransport(self._server)
        once = httpx.Limits(max_keepalive_connections=0)
        return httpx.AsyncHTTPTransport(verify=verification(self.url), trust_env=False, limits=once)

    def replay(self, recorder: Recorder) -> None:
        """Let a recorder answer this account's calls in place of the made-up world: from its cassette, or
        from its upstream while it records. It is sent the recorder's ``upstream_key``, if there is one.

        Raises:
            RuntimeError: the server is not of this process.
            ConfigError: it is no recorder.
        """
        if not hasattr(recorder, "decide"):
            raise ConfigError(f"replay takes a recorder, such as open_recorder(path), not {recorder!r}")
        if self._server is None:
            raise RuntimeError("a cassette needs a server of this process")
        self._server.replays.put(self.api_key, recorder)
        self._recorder = recorder

    def intercept(self) -> Interception:
        """Send what is addressed to ``https://api.lusha.com`` to the double, from now on until the end of the
        ``with`` block, or of the test: calls by httpx, httpx2, requests, urllib3, aiohttp, urllib.request and
        http.client, with no change to the code that makes them. Any ``api_key`` they send becomes this
        account's. Other hosts of lusha.com are refused (``BlockedError``), all others are left alone.
        """
        from mock_lusha.client.intercept.interception import Interception  # noqa: PLC0415
        from mock_lusha.client.intercept.targets import Target  # noqa: PLC0415 - when it is wanted

        server = self._server if self._in_process else None
        target = Target(self.control.url, self.api_key, server, self.blocked)
        return Interception(target, self._interceptions)

    # What came of it

    @property
    def calls(self) -> Calls:
        """The calls so far, oldest first."""
        return Calls(self.control)

    @property
    def ledger(self) -> HandleLedger:
        """What was spent, and on what."""
        return HandleLedger(self.control)

    @property
    def limits(self) -> HandleLimits:
        """The rate limits, and how much of them is left."""
        return HandleLimits(self.control)

    @property
    def conduct(self) -> HandleConduct:
        """The verdicts on how the calls were made."""
        return HandleConduct(self.control)

    def report(self) -> str:
        """The last calls, and of the last that went wrong why they were answered so.

        On a server in this process also those that came without a key, which may have been meant.
        """
        return report(self.control, self.api_key, after=None if self._server is None else self._after)

    # Arranging it

    @property
    def clock(self) -> HandleClock:
        """The account's clock."""
        return HandleClock(self.control)

    def scenario(self, what: str | os.PathLike[str] | Mapping[str, Any] | Sequence[Any]) -> ActiveScenario:
        """Begin a scenario: by name, of a YAML file, or with rules (a list, or a mapping with ``rules``); in
        force until the end of the ``with`` block, or of the test.

        Raises:
            ControlError: there is none of that name (the nearest is offered), or its rules cannot be used.
            ConfigError: its file cannot be used.
        """
        active = ActiveScenario(self.control, scenario_body(what, len(self._held) + 1))
        self._held.append(active.name)
        return active

    def hold(self, scenario: str) -> None:
        """Make it an error, at the end, that a rule of this scenario with a definite count never fired."""
        self._held.append(scenario)

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
        """Name calls, and say by a method of what is given back what happens to them:
        ``lusha.on("searchSingleContact").fail(429, times=2)``. Without operations all are meant; conditions
        are those of scenarios (a value, or ``{"contains": ...}``, ``{"regex": ...}``, ``{"absent": True}``).
        """
        given = {
            "operation": list(operations) or None,
            "method": method,
            "path": path,
            "header": conditions("header", header),
            "query": conditions("query", query),
            "body": body,
            "identifier": identifier,
        }
        when = {name: value for name, value in given.items() if value is not None}
        on = On(self._add_rule, when)
        self._begun.append(on)
        return on

    def _add_rule(self, rule: Mapping[str, Any]) -> None:
        self.control.add_rules([rule])

    def add_person(self, **facts: Unpack[PersonFacts]) -> dict[str, Any]:
        """Pin a person for this account: the fields of a fixtures file, in its spelling or in Python's
        (``first_name``, ``last_name``, ``company_domain``, ``job_title``, ``emails``, ``phones`` ...).

        Gives their ``personId`` and ``companyId``, their name and the company's domain.

        Raises:
            ControlError: a fact cannot be used; nothing is pinned then.
        """
        added: dict[str, Any] = self.control.pin(people=[camel(facts)])["added"]["people"][0]
        return added

    def add_company(self, **facts: Unpack[CompanyFacts]) -> dict[str, Any]:
        """Pin a company for this account (``domain``, ``name``, ``employees``, ``industry`` ...); gives its
        ``companyId``, name and domain.

        Raises:
            ControlError: a fact cannot be used; nothing is pinned then.
        """
        added: dict[str, Any] = self.control.pin(companies=[camel(facts)])["added"]["companies"][0]
        return added

    def erase(self, **find: Unpack[FindFacts]) -> None:
        """Let a person (``email=``, ``person_id=``, ``linkedin_url=`` or names with a company) or a company
        (``domain=``, ``company_id=``, ``name=``) vanish from this account's world.

        Raises:
            ControlError: nobody is found by that.
            TypeError: these identify neither.
        """
        sent = camel(find)
        if sent and sent.keys() <= set(COMPANY_FIND):
            self.control.erase(companies=[sent])
        elif sent and sent.keys() <= set(PERSON_FIND):
            self.control.erase(people=[sent])
        else:
            raise TypeError(
                f"erase() takes one of {', '.join(PERSON_FIND)} for a person, or of "
                f"{', '.join(COMPANY_FIND)} for a company, not {', '.join(find) or 'nothing'}"
            )

    def plan(self, name: PlanName) -> None:
        """Move the account to another plan; what was used stays used."""
        self.control.change(plan=name)

    def credits(self, left: int | None) -> None:
        """Let so many credits be left; None is unlimited."""
        self.control.change(credits="unlimited" if left is None else left)


__all__ = ["ControlError", "MockLusha", "SettlementError"]
