"""Files whose holder died, however it died: the system has released their lock."""

import contextlib
import os
from pathlib import Path

from widthwise.files import locked

__all__ = ["unlink_unlocked"]

_PLAIN = os.O_RDWR | getattr(os, "O_NONBLOCK", 0)


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
