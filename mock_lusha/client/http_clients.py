"""httpx clients and transports that are pointed at the double."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

    from mock_lusha.server import MockServer


def transport(url: str, server: MockServer | None) -> httpx.BaseTransport:
    """A transport to a server: without a socket if it is given, else to its URL."""
    import httpx  # noqa: PLC0415 - whoever has a client of their own need not load it

    from mock_lusha.client.intercept.certificates import verification  # noqa: PLC0415

    if server is not None:
        from mock_lusha.client.inprocess import InProcessTransport  # noqa: PLC0415

        return InProcessTransport(server)
    return httpx.HTTPTransport(verify=verification(url), trust_env=False)


def async_transport(url: str, server: MockServer | None) -> httpx.AsyncBaseTransport:
    """The same for an ``httpx.AsyncClient``."""
    import httpx  # noqa: PLC0415

    from mock_lusha.client.intercept.certificates import verification  # noqa: PLC0415

    if server is not None:
        from mock_lusha.client.inprocess import AsyncInProcessTransport  # noqa: PLC0415

        return AsyncInProcessTransport(server)
    # A connection that is kept would belong to the loop of the moment.
    once = httpx.Limits(max_keepalive_connections=0)
    return httpx.AsyncHTTPTransport(verify=verification(url), trust_env=False, limits=once)


class HttpClients:
    """One client for threads and one for asyncio, each made when it is first needed, or was closed."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._client: httpx.Client | None = None
        self._async_client: httpx.AsyncClient | None = None

    def client(self, url: str, api_key: str, server: MockServer | None) -> httpx.Client:
        """An ``httpx.Client`` for a server and an account."""
        import httpx  # noqa: PLC0415

        with self._lock:
            if self._client is None or self._client.is_closed:
                self._client = httpx.Client(transport=transport(url, server), **_options(url, api_key))
            return self._client

    def async_client(self, url: str, api_key: str, server: MockServer | None) -> httpx.AsyncClient:
        """An ``httpx.AsyncClient`` for a server and an account."""
        if self._async_client is None or self._async_client.is_closed:
            import httpx  # noqa: PLC0415

            self._async_client = httpx.AsyncClient(
                transport=async_transport(url, server), **_options(url, api_key)
            )
        return self._async_client

    def close(self) -> None:
        """Close the client for threads, and let go of the other, which has no open connection."""
        if self._client is not None:
            self._client.close()
        self._client = self._async_client = None


def _options(url: str, api_key: str) -> dict[str, Any]:
    return {"base_url": url, "headers": {"api_key": api_key}, "trust_env": False}
