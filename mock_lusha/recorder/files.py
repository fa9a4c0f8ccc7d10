"""Files that are written whole or not at all, and locks on them."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def write_whole(path: Path, content: str | bytes) -> None:
    """Put a text or bytes in a file: it is the old one or the whole new one, whatever happens meanwhile.

    A file that is there keeps its mode, and its owner where the system lets it; a symbolic link stays one,
    and its target is replaced. A path that is not a plain file (a terminal, a pipe) is written to directly.

    Raises:
        OSError: it cannot be written there; nothing is left behind then.
    """
    data = content.encode() if isinstance(content, str) else content
    target = Path(os.path.realpath(path))
    try:
        old = target.stat()
    except FileNotFoundError:
        old = None
    if old is not None and not stat.S_ISREG(old.st_mode) and not stat.S_ISDIR(old.st_mode):
        path.write_bytes(data)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.parent / f".{target.name}.{secrets.token_hex(4)}.part"
    # A new file is readable by whom the umask lets read: a container replays it under another user.
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if old is None else 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            if old is not None:
                _keep_owner_and_mode(part, old)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def _keep_owner_and_mode(part: Path, old: os.stat_result) -> None:
    new = part.stat()
    if hasattr(os, "chown") and (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid):
        with contextlib.suppress(OSError):  # none but root may give a file away
            os.chown(part, old.st_uid, old.st_gid)
    part.chmod(stat.S_IMODE(old.st_mode))  # last: giving a file away takes bits of its mode


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other processes from writing a file meanwhile (where the system can lock files).

    Raises:
        OSError: nothing can be written there.
    """
    folder = Path(os.path.realpath(path)).parent
    folder.mkdir(parents=True, exist_ok=True)
    try:
        import fcntl  # noqa: PLC0415 - not there on Windows
    except ImportError:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)  # the folder is locked: a file of its own would stay behind
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
