"""The TLS contexts of a server: one for each host of Lusha, with a certificate made when it is needed."""

from __future__ import annotations

import logging
import os
import ssl
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from mock_lusha.caching import GenerationalMap
from mock_lusha.errors import ConfigError, shorten
from mock_lusha.tls.authority import LEAF_DAYS
from mock_lusha.tls.hosts import API_HOST, is_lushas, plain_host

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_lusha.tls.authority import Authority

_log = logging.getLogger("mock_lusha")
_DAY = 86_400.0
_RENEW_AFTER = LEAF_DAYS / 2 * _DAY
"""Seconds after which a certificate is made again: no client sees one that ends soon."""
_HOSTS = 8
"""Hosts besides the API's that have a context: names of them come from whoever connects."""


class HostContext(ssl.SSLContext):
    """The context of one host."""

    host = ""
    made = 0.0


class Contexts:
    """Gives each connection the certificate of the host that it names, and the API's where it names none."""

    def __init__(self, authority: Authority, now: Callable[[], float]) -> None:
        self._authority = authority
        self._now = now
        self._of_hosts: GenerationalMap[str, HostContext] = GenerationalMap(_HOSTS)
        self._own = self._made(API_HOST)

    @property
    def first(self) -> HostContext:
        """The context in which a handshake begins."""
        if self._now() - self._own.made > _RENEW_AFTER:
            self._own = self._made(API_HOST)
        return self._own

    def _of(self, host: str) -> HostContext:
        if host == API_HOST:
            return self.first
        context = self._of_hosts.get(host)
        if context is None or self._now() - context.made > _RENEW_AFTER:
            context = self._made(host)
            self._of_hosts.update({host: context})
        return context

    def _choose(self, tls: ssl.SSLSocket | ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> int | None:
        """Take the certificate of the host that a client names; others than Lusha's have none."""
        if name is None:
            return None
        host = plain_host(name)
        if not is_lushas(host):
            _log.warning("no TLS for %s: it is no host of Lusha", shorten(name, 120))
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        tls.context = self._of(host)
        return None

    def _made(self, host: str) -> HostContext:
        context = HostContext(ssl.PROTOCOL_TLS_SERVER)
        context.host, context.made = host, self._now()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.options |= ssl.OP_NO_RENEGOTIATION
        context.set_alpn_protocols(["http/1.1"])
        context.sni_callback = self._choose
        try:
            _load(context, self._authority.leaf(host, context.made))
        except OSError as error:
            raise ConfigError(f"TLS cannot be used: its certificate cannot be loaded ({error})") from None
        return context


def _load(context: ssl.SSLContext, pem: bytes) -> None:
    """Load a key with its certificate: OpenSSL reads them from files alone, so one that is in memory only, or
    is gone at once."""
    file_in_memory = getattr(os, "memfd_create", None)  # Linux has it, and a read-only container needs it
    if file_in_memory is not None:
        memory = file_in_memory("mock-lusha")
        try:
            os.write(memory, pem)
            context.load_cert_chain(f"/proc/self/fd/{memory}")
        finally:
            os.close(memory)
        return
    handle, name = tempfile.mkstemp()
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
        context.load_cert_chain(name)
    finally:
        Path(name).unlink()
