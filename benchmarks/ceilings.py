"""What no double on uvicorn can pass: uvicorn without a framework, and a server in C that sends a file."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bare import canned
from processes import bare_command, first_answer, free_port, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Command = Callable[[int, int, Path], list[str]]  # of a port, the size of an answer, and a folder

_NGINX = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr error;
events {{}}
http {{
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path {folder};
  proxy_temp_path {folder};
  fastcgi_temp_path {folder};
  uwsgi_temp_path {folder};
  scgi_temp_path {folder};
  server {{
    listen 127.0.0.1:{port};
    root {folder};
    default_type application/json;
    location / {{ try_files /canned.json =404; error_page 405 =200 /canned.json; }}
  }}
}}
"""


def nginx(port: int, size: int, folder: Path) -> list[str]:
    """One worker of nginx, and a file of so many bytes."""
    (folder / "canned.json").write_bytes(canned(size))
    conf = folder / "nginx.conf"
    conf.write_text(_NGINX.format(folder=folder, port=port), encoding="utf-8")
    return ["nginx", "-e", "stderr", "-p", str(folder), "-c", str(conf)]


def raw_asgi(port: int, size: int, _: Path) -> list[str]:
    """The least that is an ASGI application."""
    return bare_command(port, size, raw=True)


def ceilings() -> Mapping[str, Command]:
    """Those that are on this machine, by name."""
    return {"raw ASGI": raw_asgi} | ({"nginx": nginx} if shutil.which("nginx") else {})


@contextmanager
def ceiling(command: Command, size: int) -> Iterator[int]:
    """The port of one that answers so many bytes."""
    with TemporaryDirectory() as folder:
        port = free_port()
        with running(command(port, size, Path(folder))):
            first_answer(port, "/x")
            yield port
