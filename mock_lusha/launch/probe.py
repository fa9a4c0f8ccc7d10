"""Whether a server that runs already can be reached under the name of the API, with a CA."""

from __future__ import annotations

import socket
import ssl

from mock_lusha.errors import ConfigError, shorten
from mock_lusha.launch.environment import host_and_port
from mock_lusha.tls.hosts import API_HOST

_PATIENCE = 5.0


def check_tls(url: str, pem: bytes) -> None:
    """Shake hands with the server as a client that trusts this CA alone.

    Raises:
        ConfigError: there is no server, it speaks no TLS, or it has another CA; with what to do about it.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=pem.decode())
    shown = shorten(url, 100)
    try:
        with socket.create_connection(host_and_port(url), _PATIENCE) as plain:
            context.wrap_socket(plain, server_hostname=API_HOST).close()
    except ssl.SSLCertVerificationError:
        raise ConfigError(
            f"the server at {shown} has another CA than this machine: name its folder with --tls-folder"
        ) from None
    except (ssl.SSLError, ConnectionResetError):
        raise ConfigError(f"the server at {shown} speaks no TLS: start it with `serve --tls`") from None
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise ConfigError(f"there is no server at {shown} ({why})") from None
