"""A Lusha in the test cases of unittest, run by unittest or by pytest."""

from __future__ import annotations

import unittest
from contextlib import contextmanager
from functools import wraps
from hashlib import blake2b
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import uuid4

from mock_lusha.client.intercept.switchboard import switchboard
from mock_lusha.client.intercept.targets import Refusal
from mock_lusha.client.mock_lusha import MockLusha
from mock_lusha.client.overrides import laid_over
from mock_lusha.config import Settings
from mock_lusha.server import MockServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mock_lusha.client.location import AnyServer

__unittest = True  # tracebacks of unittest leave out the frames of modules that say this
_WATCHED = ("setUp", "asyncSetUp", "tearDown", "asyncTearDown")
"""Where a test may fail besides in its own method."""
_HOW = (
    "use self.lusha.intercept() or lusha_intercept = True of the class to send its calls to the double, "
    "self.lusha.url to address it, or lusha_allow_live = True to reach the real API"
)
# These say that a test is not to go on, and nothing about Lusha.
_NO_FAILURES = (unittest.SkipTest, KeyboardInterrupt, SystemExit, GeneratorExit)


class LushaTestCase(unittest.TestCase):
    """A test case whose tests have a handle, ``self.lusha``, each with an account of its own::

        class EnrichTest(LushaTestCase):
            lusha_settings = {"plan": "pro"}

            def test_somebody_is_found(self):
                body = {"contacts": [{"email": "jane.doe@acme.com"}]}
                answer = self.lusha.client.post("/v3/contacts/search", json=body)
                self.lusha.calls.assert_called("searchContacts", times=1)

    It may be mixed with others: ``class T(LushaTestCase, unittest.IsolatedAsyncioTestCase)``. The handle is
    there in ``setUp`` already, whether or not that calls ``super().setUp()``.

    A test that fails has the handle's report in the notes of its exception: what was asked, what was
    answered, and why. One that passed fails at its end if a rule which says how often it fires did so less
    often, or the double itself failed; ``lusha_verify = False`` leaves that out.

    The server is started with the first test of a class and stopped with its last, with ``lusha_settings``
    (of ``Settings``; ``limits`` are ``headers`` unless given), or is ``lusha_server``: a ``MockServer`` or
    the URL of one that runs elsewhere. There the settings are those an account may have for itself.

    Lusha's hosts are refused to a test from before ``setUp`` until after its last cleanup, unless
    ``lusha_allow_live``; with ``lusha_intercept`` calls of the API are sent to the double.
    """

    lusha_settings: ClassVar[Mapping[str, Any]] = {}
    lusha_server: ClassVar[AnyServer | None] = None
    lusha_verify: ClassVar[bool] = True
    lusha_intercept: bool = False
    lusha_allow_live: bool = False
    lusha: MockLusha
    _lusha_own: ClassVar[MockServer | None] = None

    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult | None:
        """Run the test, with a handle from before ``setUp`` until after the last cleanup."""
        name = self._testMethodName
        methods = (*_WATCHED, name)
        before = {method: self.__dict__[method] for method in methods if method in self.__dict__}
        watched = {method for method in methods if hasattr(self, method)}
        self._lusha_failed = False
        for method in watched:
            setattr(self, method, self._watching(getattr(self, method), begin=method == "setUp"))
        refusal = self._lusha_refusal = None if self.lusha_allow_live else Refusal(self.id(), _HOW)
        if refusal is not None:
            switchboard().begin(refusal)
        try:
            return super().run(result)
        finally:
            if refusal is not None:
                switchboard().end(refusal)
            for method in watched:
                self.__dict__.pop(method, None)
            self.__dict__.update(before)

    @contextmanager
    def subTest(self, msg: Any = "", **params: Any) -> Iterator[None]:  # noqa: N802 - unittest's name
        """As of any test case; a part that fails has the report too."""
        with super().subTest(msg, **params):
            try:
                yield
            except BaseException as error:
                self._lusha_tell(error)
                raise

    def _watching(self, method: Callable[..., Any], *, begin: bool) -> Callable[..., Any]:
        """A method that adds the report to what it raises; ``begin`` has it make the handle first."""
        if iscoroutinefunction(method):

            @wraps(method)
            async def watched_async(*args: Any, **options: Any) -> Any:
                __tracebackhide__ = True
                try:
                    return await method(*args, **options)
                except BaseException as error:
                    self._lusha_tell(error)
                    raise

            return watched_async

        @wraps(method)
        def watched(*args: Any, **options: Any) -> Any:
            __tracebackhide__ = True
            if begin:
                self._lusha_begin()
            try:
                return method(*args, **options)
            except BaseException as error:
                self._lusha_tell(error)
                raise

        return watched

    def _lusha_begin(self) -> None:
        cls = type(self)
        server, account = cls.lusha_server, dict(cls.lusha_settings)
        if server is None:
            server, account = self._lusha_class_server(), {}
        # The same in every run, so that what is drawn for it is; apart from that of others on one server.
        key = f"test-{blake2b(self.id().encode('utf-8', 'replace'), digest_size=8).hexdigest()}"
        self.lusha = MockLusha(
            server=server, api_key=f"{key}~{uuid4().hex[:8]}", label=self.id(), **account
        ).start()
        self.addCleanup(self._lusha_end)
        if self._lusha_refusal is not None:
            self.lusha.blocked = self._lusha_refusal.blocked
        if self.lusha_intercept:
            self.lusha.intercept()

    @classmethod
    def _lusha_class_server(cls) -> MockServer:
        if "_lusha_own" not in cls.__dict__ or cls._lusha_own is None:
            base = Settings(limits="headers", port=0)
            cls._lusha_own = MockServer(laid_over(base, cls.lusha_settings)).start()
            cls.addClassCleanup(cls._lusha_stop)
        return cls._lusha_own

    @classmethod
    def _lusha_stop(cls) -> None:
        own, cls._lusha_own = cls._lusha_own, None
        if own is not None:
            own.stop()

    def _lusha_tell(self, error: BaseException) -> None:
        """Note the report with an exception, once however far it travels."""
        if isinstance(error, _NO_FAILURES) or type(error).__name__ == "Skipped":  # the last is pytest's
            return
        self._lusha_failed = True
        handle = self.__dict__.get("lusha")
        if handle is None or not handle.started or hasattr(error, "_lusha_told"):
            return
        error._lusha_told = True  # type: ignore[attr-defined] # an exception takes any attribute
        try:
            error.add_note(handle.report())
        except Exception as problem:  # noqa: BLE001 - a report that fails must not hide the failure
            error.add_note(f"lusha: the journal cannot be read: {problem}")

    def _lusha_end(self) -> None:
        __tracebackhide__ = True
        verify = type(self).lusha_verify and not self._lusha_failed
        self.lusha._end(verify=verify, failing=self._lusha_failed)
