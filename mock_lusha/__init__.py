"""mock-lusha: an offline double of the Lusha REST API.

Names are imported when they are first used, so that ``import mock_lusha`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mock_lusha.version import __version__

if TYPE_CHECKING:
    from mock_lusha.app import create_app
    from mock_lusha.client.async_control import AsyncControl
    from mock_lusha.client.control import Control
    from mock_lusha.client.mock_lusha import MockLusha
    from mock_lusha.client.people import NobodyError
    from mock_lusha.client.protocol import ControlError, UnexpectedCallsError
    from mock_lusha.client.settlement import SettlementError
    from mock_lusha.client.testcase import LushaTestCase
    from mock_lusha.client.webhook_exam import exam, exam_async
    from mock_lusha.client.webhook_report import ExamReport
    from mock_lusha.client.world import World
    from mock_lusha.clock import Clock
    from mock_lusha.config import Settings
    from mock_lusha.errors import MockLushaError
    from mock_lusha.recorder.cassette import Cassette
    from mock_lusha.recorder.opening import open_recorder
    from mock_lusha.recorder.recorder import Recorder
    from mock_lusha.recorder.transport import AsyncRecorderTransport, RecorderTransport
    from mock_lusha.server import MockServer

__all__ = [
    "AsyncControl", "AsyncRecorderTransport", "Cassette", "Clock", "Control", "ControlError", "ExamReport",
    "LushaTestCase", "MockLusha", "MockLushaError", "MockServer", "NobodyError", "Recorder",
    "RecorderTransport", "Settings", "SettlementError", "UnexpectedCallsError", "World", "__version__",
    "create_app", "exam", "exam_async", "open_recorder",
]  # fmt: skip

_HOMES = {
    "AsyncControl": "mock_lusha.client.async_control",
    "Control": "mock_lusha.client.control",
    "NobodyError": "mock_lusha.client.people",
    "ControlError": "mock_lusha.client.protocol",
    "UnexpectedCallsError": "mock_lusha.client.protocol",
    "AsyncRecorderTransport": "mock_lusha.recorder.transport",
    "Cassette": "mock_lusha.recorder.cassette",
    "Clock": "mock_lusha.clock",
    "ExamReport": "mock_lusha.client.webhook_report",
    "LushaTestCase": "mock_lusha.client.testcase",
    "MockLusha": "mock_lusha.client.mock_lusha",
    "MockLushaError": "mock_lusha.errors",
    "MockServer": "mock_lusha.server",
    "Recorder": "mock_lusha.recorder.recorder",
    "RecorderTransport": "mock_lusha.recorder.transport",
    "Settings": "mock_lusha.config",
    "SettlementError": "mock_lusha.client.settlement",
    "World": "mock_lusha.client.world",
    "create_app": "mock_lusha.app",
    "exam": "mock_lusha.client.webhook_exam",
    "exam_async": "mock_lusha.client.webhook_exam",
    "open_recorder": "mock_lusha.recorder.opening",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
