"""What ``mock-lusha serve`` does where several processes serve."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import secrets
from functools import partial
from typing import TYPE_CHECKING, Any

from mock_lusha.app import create_app
from mock_lusha.cli.banner import announce
from mock_lusha.cli.collection import without_collecting
from mock_lusha.cli.serve_log import ServeLog
from mock_lusha.config.resolution import Resolved
from mock_lusha.errors import ConfigError
from mock_lusha.lifecycle import Patience
from mock_lusha.server import BACKLOG, serve, url_of
from mock_lusha.workers import Supervisor, Worker, check_workers

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncIterator, Callable, Iterator

    from mock_lusha.config import Settings
    from mock_lusha.temporary_folder import TemporaryFolder


def check(settings: Settings) -> Settings:
    """The settings of an application that shows whether they can be used, and connects to no store.

    Raises:
        ConfigError: there cannot be several workers here, or they cannot share what the settings name.
    """
    check_workers(settings.workers)
    if settings.store is not None:
        return dataclasses.replace(settings, workers=1)
    if settings.cassette is not None:
        raise ConfigError(
            f"cassette: a recorder belongs to one process, and `workers` asks for {settings.workers}: "
            "leave out one of both"
        )
    return dataclasses.replace(settings, workers=1, store_secret=None)


def serve_workers(
    resolved: Resolved, log: ServeLog, sock: socket.socket, protocol: Callable[..., Any]
) -> int:
    """Serve with several processes until a signal comes; the exit code.

    Raises:
        ConfigError: the workers need a store, and a folder for it cannot be made.
    """
    settings = resolved.settings
    with _stored(resolved) as (own, folder):

        def work(worker: Worker) -> None:
            log.close()
            _work(worker, own, sock, protocol, folder)

        return Supervisor(
            settings.workers,
            work,
            on_ready=partial(announce, log, settings, url_of(sock), protocol),
            # Workers go on to accept, and nobody must hold the socket once the last of them closed it.
            on_end=sock.close,
            patience=settings.drain_delay + settings.grace,
            say=log.say,
        ).run()


@contextlib.contextmanager
def _stored(resolved: Resolved) -> Iterator[tuple[Resolved, TemporaryFolder | None]]:
    """The settings with a store: that of the user, or one that is gone when the server ends."""
    if resolved.settings.store is not None:
        yield resolved, None
        return
    from mock_lusha.temporary_folder import TemporaryFolder  # noqa: PLC0415 - POSIX alone, and seldom needed

    try:
        folder = TemporaryFolder()
    except OSError as error:
        raise ConfigError(
            f"workers: no temporary folder can be made for what they share ({error.strerror or error}); "
            "name a store with --store"
        ) from None
    try:
        settings = dataclasses.replace(
            resolved.settings,
            store=f"sqlite:{folder.path / 'state.sqlite'}",
            store_secret=secrets.token_hex(32),
        )
        sources = {**resolved.sources, "store": "program", "store_secret": "program"}
        yield Resolved(settings, sources), folder
    finally:
        folder.remove()


def _work(
    worker: Worker,
    resolved: Resolved,
    sock: socket.socket,
    protocol: Callable[..., Any],
    folder: TemporaryFolder | None,
) -> None:
    """Serve as one of several."""
    settings = resolved.settings
    ServeLog(settings.log_level, as_json=settings.log_format == "json", worker=worker.number)
    try:
        if folder is not None:
            folder.join()
        with without_collecting():
            app = create_app(settings, sources=resolved.sources)
        app.state.readiness.holds, app.state.readiness.worker = worker.holds, worker.number
        warm = app.state.warm if settings.warm else None

        async def begin(loop: asyncio.AbstractEventLoop) -> None:
            worker.watch(loop)
            await app.state.begin(loop)

        if warm is not None and not worker.first:
            # The others serve: no call, and no probe, is to wait for one that only begins.
            asyncio.run(_warmed(warm(), worker))
            warm = None
        serve(
            app,
            worker.share(sock, BACKLOG),
            worker.ready,
            Patience(settings.drain_delay, settings.grace),
            protocol=protocol,
            readiness=app.state.readiness,
            warm=warm,
            begin=begin,
            accepts=1,
        )
    finally:
        if folder is not None:
            folder.leave(orphaned=worker.is_orphan)


async def _warmed(steps: AsyncIterator[object], worker: Worker) -> None:
    async for _ in steps:
        if worker.is_told_to_end():
            return
