"""Locks that the system releases when their holder dies, however it dies."""

import contextlib
import os
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has no flock.
    fcntl = None  # type: ignore[assignment]

__all__ = ["locked", "unlink_unlocked"]

_PLAIN = os.O_RDWR | getattr(os, "O_NONBLOCK", 0)


def locked(handle: int) -> bool | None:
    """Try to lock an open file, without waiting.

    Returns
    -------
    True if it is ours now, False if another holds it, None if the file system or the
    system has no such locks.
    """
    if fcntl is None:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def unlink_unlocked(path: Path) -> bool:
    """Remove a file that nobody holds locked; return whether it was removed.

    Whoever locks a file afterwards sees that it has no name any more, and makes a new
    one. Without locks nothing is removed.
    """
    try:
        handle = os.open(path, _PLAIN)
    except OSError:
        return False
    try:
        if not locked(handle):
            return False
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        return True
    finally:
        os.close(handle)
