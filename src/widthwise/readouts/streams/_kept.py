"""What was summed so far, saved in a folder so that a stop loses a minute at most."""

import hashlib
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from widthwise.arrays import Array
from widthwise.errors import OutputError
from widthwise.files import put_in_place, require_writable
from widthwise.readouts.factors import Rows
from widthwise.readouts.streams._plan import StreamPlan
from widthwise.readouts.streams._source import Source

__all__ = ["Keeping", "Kept"]

_SECONDS = 60.0  # Between two times that it is saved.


class Kept:
    """Arrays in a file named after all that they hang on.

    Parameters
    ----------
    folder
        Where; None for nowhere.
    name
        What is summed.
    about
        What else it hangs on: numbers and words.
    arrays
        And numbers of its data.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """

    def __init__(
        self, folder: Path | None, name: str, about: object, *arrays: Array
    ) -> None:
        self._path, self._last = None, time.monotonic()
        if folder is None:
            return
        require_writable(folder)
        folder.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256(str(about).encode())
        for each in arrays:
            digest.update(np.ascontiguousarray(each.detach().cpu().numpy()).data)
        self._path = folder / f"{name}-{digest.hexdigest()[:16]}.npz"

    def begun(self) -> dict[str, np.ndarray]:
        """Return what an earlier call left; empty where nothing can be read."""
        if self._path is None or not self._path.exists():
            return {}
        try:
            with np.load(self._path) as left:
                return {name: left[name] for name in left.files}
        except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error):
            return {}  # Damaged: its sums are made again.

    def save(self, state: Callable[[], dict[str, np.ndarray]]) -> None:
        """Save what `state` returns, where the last time is a minute ago.

        Raises
        ------
        OutputError
            If it cannot be written; what was there is then still there.
        """
        if self._path is None or time.monotonic() - self._last < _SECONDS:
            return
        try:
            with put_in_place(self._path) as path:
                np.savez(path, **state())  # type: ignore[arg-type]
        except OSError as error:
            raise OutputError(
                f"Cannot write {self._path}: {error.strerror or error}. Free some "
                "space, or leave the folder out."
            ) from error
        self._last = time.monotonic()

    def remove(self) -> None:
        """Delete the file."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)


class Keeping:
    """What is kept of a stream's passes, until all of them are done."""

    def __init__(
        self, folder: Path | None, source: Source, rows: Rows, plan: StreamPlan
    ) -> None:
        self._folder, self._all = folder, list[Kept]()
        free = rows.has_intercept
        self._about = f"{source.shape} {source.unit} {free} {plan.axis} {plan.block}"
        first = () if folder is None else (source.rows(0, 1), source.units(0, 1))
        self._arrays = (rows.targets, rows.roots, *first)

    def of(self, name: str, *arrays: Array) -> Kept:
        """Return what is kept of one pass, which these arrays decide, too."""
        found = Kept(self._folder, name, self._about, *self._arrays, *arrays)
        self._all.append(found)
        return found

    def done(self) -> None:
        """Delete all of it."""
        for each in self._all:
            each.remove()
