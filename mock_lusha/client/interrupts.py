"""Handlers of signals, which run in the main thread between any two steps, and may raise there.

pytest-timeout ends a test so, and so does ``signal.alarm``. What a server does must not be left half done by
one, nor may what one raises be taken for something that went wrong in between.
"""

from __future__ import annotations

import signal
import threading
from functools import partial
from types import CodeType, FunctionType, MethodType
from typing import Any

# The builtin behind the public one, which makes enums of 64 answers: it is called at every request.
_HANDLER_OF: Any = getattr(signal.getsignal, "__wrapped__", signal.getsignal)


def may_interrupt() -> bool:
    """Whether a handler may raise in this thread. Ctrl+C by Python's own does not count: it ends the run."""
    return threading.current_thread() is threading.main_thread() and bool(_handlers())


def is_of_handler(error: BaseException) -> bool:
    """Whether an exception was raised by a handler that is installed, and so has nothing to do with what was
    under way."""
    codes = {_code(handler) for handler in _handlers()}
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code in codes:
            return True
        trace = trace.tb_next
    return False


def _handlers() -> list[Any]:
    ignored = (None, signal.default_int_handler)
    handlers = map(_HANDLER_OF, range(1, signal.NSIG))
    return [handler for handler in handlers if not isinstance(handler, int) and handler not in ignored]


def _code(handler: Any) -> CodeType | None:
    while isinstance(handler, partial | MethodType):
        handler = handler.func if isinstance(handler, partial) else handler.__func__
    function: Any = handler if isinstance(handler, FunctionType) else type(handler).__call__
    return getattr(function, "__code__", None)
