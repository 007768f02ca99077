"""What was summed so far, saved in a folder so that a stop loses a minute at most."""

import hashlib
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from widthwise.arrays import Array, PointsLike
from widthwise.errors import OutputError
from widthwise.files import put_in_place, require_writable
from widthwise.progress import Progress, silent
from widthwise.readouts._penalties import checked
from widthwise.readouts.factors import Rows
from widthwise.readouts.streams._source import Source
from widthwise.readouts.streams._tasks import TOGETHER

__all__ = ["CHANGED", "DIGESTS", "Digest", "Keeping", "Kept"]

CHANGED = "features changed since they were summed, so all are summed anew"
"""Told where what an earlier call left is of no use."""

DIGESTS = "digests"
"""The array that tells what went into the others, shape (parts, 16)."""

_SECONDS = 60.0  # Between two times that it is saved.


class Digest:
    """Sixteen bytes that other numbers would change; none where nothing is kept."""

    def __init__(self, *, is_on: bool = True) -> None:
        self._hash = hashlib.blake2b(digest_size=16) if is_on else None

    def add(self, part: Array) -> None:
        """Take the next numbers in."""
        if self._hash is not None:
            array = np.ascontiguousarray(part.detach().cpu().numpy())
            self._hash.update(array.data)

    @property
    def found(self) -> np.ndarray:
        """Shape (16,), or (0,)."""
        data = b"" if self._hash is None else self._hash.digest()
        return np.frombuffer(data, np.uint8)


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
        numbers = Digest()
        for each in arrays:
            numbers.add(each)
        whole = str(about).encode() + numbers.found.tobytes()
        key = hashlib.sha256(whole).hexdigest()
        self._path = folder / f"{name}-{key[:16]}.npz"

    def begun(self, *names: str) -> dict[str, np.ndarray]:
        """Return what an earlier call left; empty where nothing can be read.

        All of it, or what is named.
        """
        if self._path is None or not self._path.exists():
            return {}
        try:
            with self._path.open("rb") as file, np.load(file) as left:
                return {name: left[name] for name in names or left.files}
        except (
            OSError,
            ValueError,
            KeyError,
            EOFError,
            zipfile.BadZipFile,
            zlib.error,
        ):
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
        self,
        folder: Path | None,
        source: Source,
        rows: Rows,
        blocks: str,
        tell: Progress = silent,
    ) -> None:
        self._folder, self._all, self._tell = folder, list[Kept](), tell
        free = rows.has_intercept
        self._about = f"{source.shape} {source.unit} {free} {blocks}"
        self._arrays = (rows.targets, rows.roots)
        self._seen = list[np.ndarray]()

    def of(self, name: str, *arrays: Array) -> Kept:
        """Return what is kept of one pass, which these arrays decide, too."""
        found = Kept(self._folder, name, self._about, *self._arrays, *arrays)
        self._all.append(found)
        return found

    def left_out(self, penalties: PointsLike | None) -> Kept:
        """Return what is kept of the errors of rows left out, at these penalties."""
        at = () if penalties is None else (checked(penalties),)
        return self.of("rows-left-out", *at)

    def blocks_done(self, penalties: PointsLike | None) -> tuple[int, int]:
        """Return how many an earlier call summed, and left the rows out of."""
        passes = map(self.of, ("units", "rows-gram", "rows-qr"))
        summed = max(len(each.begun(DIGESTS).get(DIGESTS, ())) for each in passes)
        left = self.left_out(penalties).begun("done")
        return summed * TOGETHER, int(left.get("done", 0))

    @property
    def is_on(self) -> bool:
        """Whether anything is kept."""
        return self._folder is not None

    def begun(
        self, kept: Kept, digests: Callable[[int], Iterable[np.ndarray]]
    ) -> dict[str, np.ndarray]:
        """Return what is left of a pass, if the data are still those it was made of.

        `digests(k)` reads the first k parts of the data again; once for all passes.
        """
        left = kept.begun()
        before = left.get(DIGESTS, np.empty((0, 16), np.uint8))
        if len(self._seen) < len(before):
            self._seen = list(digests(len(before)))
        same = np.array_equal(before, np.array(self._seen[: len(before)]))
        if len(before) and not same:
            self._tell(0.0, CHANGED)
        return left if len(before) and same else {}

    def done(self) -> None:
        """Delete all of it."""
        for each in self._all:
            each.remove()
