"""Claims: who works on which trial, so that no two processes compute the same one."""

import contextlib
import os
import re
import weakref
from pathlib import Path
from types import TracebackType

from widthwise.errors import OutputError
from widthwise.files import locked
from widthwise.sweeps.store._listing import entries
from widthwise.sweeps.store._locks import unlink_unlocked

__all__ = ["TrialClaim", "claim", "sweep"]

_NAME = re.compile(r"[0-9a-f]{64}")


class TrialClaim:
    """A trial that is this process's to compute, until released or until it dies.

    Examples
    --------
    >>> import tempfile, widthwise as ww
    >>> trial = ww.sweeps.Trial("function:math:sqrt@1", {"x": 4.0})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     claim = ww.sweeps.Store(folder).claim(trial.key)
    ...     print(claim.key == trial.key)
    ...     claim.release()
    True
    """

    def __init__(self, key: str, path: Path, handle: int) -> None:
        self.key = key
        self._path = path
        self._handle: int | None = handle
        _HELD.add(self)

    def release(self) -> None:
        """Give the trial up, finished or not; doing so twice is harmless."""
        if self._handle is None:
            return
        # Unlinked under the lock: whoever waits for this file sees that it is gone.
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)
        self.forget()

    def forget(self) -> None:
        """Close the file and leave its name, as a process does that dies."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> "TrialClaim":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def claim(folder: Path, key: str) -> TrialClaim | None:
    """Return the claim on a trial, or None while a living process holds it.

    On a file system without locks every claim is granted: the same trial may then be
    computed twice, to the same result.

    Raises
    ------
    OutputError
        If the claim's file cannot be made.
    """
    path = folder / key
    while True:
        try:
            handle = _opened(path)
        except OSError as error:
            raise OutputError(
                f"Cannot write into the store {folder.parent}: "
                f"{error.strerror or error}. Free some space or mend the permissions, "
                "and run again."
            ) from error
        if locked(handle) is False:
            os.close(handle)
            return None
        if _is_at(path, handle):
            return TrialClaim(key, path, handle)
        os.close(handle)  # Its holder removed it meanwhile; the next try makes it anew.


def sweep(folder: Path) -> None:
    """Remove the claims of processes that were killed; those of the living stay."""
    for name, is_folder in entries(folder):
        if not is_folder and _NAME.fullmatch(name):
            unlink_unlocked(folder / name)


def _opened(path: Path) -> int:
    # A claim is a file of its own: through a link, `_is_at` would never find it.
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    try:
        return os.open(path, flags, 0o644)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, flags, 0o644)


def _is_at(path: Path, handle: int) -> bool:
    """Return whether the open file still has its name."""
    try:
        return os.path.samestat(os.fstat(handle), os.lstat(path))
    except FileNotFoundError:
        return False


_HELD: "weakref.WeakSet[TrialClaim]" = weakref.WeakSet()


def _forget_all() -> None:
    for each in list(_HELD):
        each.forget()


if hasattr(os, "register_at_fork"):
    # A forked child shares the lock, and would hold it on after its parent was killed.
    os.register_at_fork(after_in_child=_forget_all)
