r"""Cholesky's method for a matrix that memory does not hold: panels of L on disk.

Panel j is a block of columns of L from the diagonal down. Its entries are asked for
once, the products of the panels before are taken away, and it is written; no panel is
written twice, so a stop loses one panel at most.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from scipy.linalg import blas

from widthwise.arrays import Array
from widthwise.errors import MemoryBudgetError, NotPositiveDefiniteError, OutputError
from widthwise.files import require_writable, write_text
from widthwise.numerics.largest import column_sizes
from widthwise.numerics.linear_algebra import (
    add_outer_products,
    cholesky,
    complete_symmetric,
    multiply_transposed,
)
from widthwise.numerics.symmetric import solve_rows
from widthwise.progress import Progress, silent

__all__ = ["BlockedCholesky", "Panels", "is_begun", "panels_for"]

_ROWS = 2048  # Rows that are worked on at once.
_NOTE = "panels.json"
_LEAST = 256  # Narrower panels leave products of matrices slow.


@dataclass(frozen=True)
class Panels:
    """How a triangle of n rows is cut into panels of columns, in numbers of a type."""

    n: int
    width: int
    kind: type[np.float64 | np.float32] = np.float64

    @property
    def count(self) -> int:
        """How many panels there are."""
        return -(-self.n // self.width)

    def columns(self, panel: int) -> slice:
        """Return the columns of a panel; its rows start at the same index."""
        start = panel * self.width
        return slice(start, min(start + self.width, self.n))

    def bytes_before(self, panel: int) -> int:
        """Return the bytes of all panels before this one."""
        spans = map(self.columns, range(panel))
        return sum(self.each * (self.n - s.start) * (s.stop - s.start) for s in spans)

    @property
    def each(self) -> int:
        """Return the bytes of an entry."""
        return 4 if self.kind is np.float32 else 8

    def rows(self, panel: int) -> Iterator[slice]:
        """Yield the rows below a panel's diagonal block, some at a time."""
        for top in range(self.columns(panel).stop, self.n, _ROWS):
            yield slice(top, min(top + _ROWS, self.n))

    @property
    def operations(self) -> list[float]:
        """Return the operations of each panel."""
        found = []
        for panel in range(self.count):
            at = self.columns(panel)
            wide, below = at.stop - at.start, self.n - at.stop
            before = at.start * (wide + 2 * below)
            found.append(float(wide * (before + wide * wide / 3 + wide * below)))
        return found


def _noted(note: Path, key: str) -> tuple[int, int]:
    """Return the width of an earlier call's panels, and how many there are."""
    try:
        left = json.loads(note.read_text("utf-8"))
        if left["key"] == key:
            return int(left["width"]), int(left["done"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # Nothing is left, or nothing that can be gone on with.
    return 0, 0


def is_begun(folder: Path, key: str) -> bool:
    """Say whether an earlier call with this key began on its panels there."""
    return _noted(folder / _NOTE, key)[0] > 0


def panels_for(
    n: int,
    budget: int,
    extra: int,
    folder: Path,
    key: str,
    kind: type[np.float64 | np.float32] = np.float64,
) -> Panels:
    """Return panels that a budget holds: those of an earlier call, or the widest.

    Parameters
    ----------
    n
        Rows of the matrix.
    budget
        Bytes of memory.
    extra
        Bytes a column that the entries take beside the panel while they are made.
    folder, key
        As of `BlockedCholesky`.
    kind
        Of the entries of L.

    Raises
    ------
    MemoryBudgetError
        If the budget holds none.
    """
    most = _widest(n, budget, extra, Panels(n, 1, kind).each)
    earlier, done = _noted(folder / _NOTE, key)
    return Panels(n, earlier if done and 0 < earlier <= most else most, kind)


def _widest(n: int, budget: int, extra: int, each: int) -> int:
    least = min(_LEAST, n)

    def needed(width: int) -> int:
        # The panel, its diagonal block twice more, and some rows of one before.
        return each * width * (n + 2 * width + 2 * _ROWS) + extra * width

    if needed(least) > budget:
        raise MemoryBudgetError(
            f"Panels of {least} columns of {n:,} rows need {needed(least):,} bytes, "
            f"and the budget is {budget:,}. Raise it, or take a sample of the rows."
        )
    width = least
    while width < n and needed(min(width + _LEAST, n)) <= budget:
        width = min(width + _LEAST, n)
    return width


class BlockedCholesky:
    r"""$L L^\top = A$ of a symmetric positive definite A, L on disk.

    Parameters
    ----------
    entries
        `entries(rows, columns)` returns that block of A, for slices; asked for once,
        on and below the diagonal.
    panels
        How A is cut, and the type of L's entries.
    folder
        Where L lies; n²/2 entries and the blocks of the diagonal.
    key
        What A hangs on: a call with the same one goes on where another stopped.
    device
        Where panels are worked on; solutions are the CPU's.

    Raises
    ------
    OutputError
        If the folder cannot be written, or the disk has no room.

    Cost
    ----
    n³/3 operations, n³ / (6 w) entries read for panels of width w.
    """

    def __init__(
        self,
        entries: Callable[[slice, slice], np.ndarray],
        panels: Panels,
        folder: Path,
        key: str,
        device: torch.device | str = "cpu",
    ) -> None:
        require_writable(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self._entries, self._panels, self._key = entries, panels, key
        self._device = device
        self._path = folder / f"panels.f{8 * panels.each}"
        self._note = folder / _NOTE
        self._solve = blas.strsm if panels.kind is np.float32 else blas.dtrsm
        self.done = self._left()
        total = panels.bytes_before(panels.count)
        needed = total - panels.bytes_before(self.done)
        free = shutil.disk_usage(folder).free
        if needed > free:
            raise OutputError(
                f"The panels would take {needed / 1e9:.3g} GB in {folder} and the disk "
                f"has {free / 1e9:.3g} GB left. Free some space, or choose another "
                "folder."
            )

    def _left(self) -> int:
        """Return how many panels an earlier call has left."""
        width, done = _noted(self._note, self._key)
        before = self._panels.bytes_before(done) if width == self._panels.width else 0
        has_them = before and self._path.is_file()
        return done if has_them and self._path.stat().st_size >= before else 0

    def factor(self, progress: Progress | None = None) -> None:
        """Find the panels that are missing.

        Raises
        ------
        NotPositiveDefiniteError
            If A is not positive definite up to rounding; the panel's rows are named.
        OutputError
            If a panel cannot be written; those before stay.
        """
        tell, work = progress or silent, self._panels.operations
        if not self.done:
            self.remove()  # What another call left is in the way.
            self._note_done()
        for panel in range(self.done, self._panels.count):
            at, of = self._panels.columns(panel), self._panels.count
            said = f"panel {panel + 1} of {of}, columns {at.start:,} to {at.stop - 1:,}"
            tell(sum(work[:panel]) / sum(work), said)
            self._write(panel, self._panel(panel))
            self.done = panel + 1
            self._note_done()
        tell(1.0, f"{self._panels.count} panels of L")

    def _note_done(self) -> None:
        note = {"key": self._key, "width": self._panels.width, "done": self.done}
        write_text(self._note, json.dumps(note))

    def _panel(self, panel: int) -> np.ndarray:
        at, n = self._panels.columns(panel), self._panels.n
        wide = at.stop - at.start
        kind = torch.from_numpy(np.empty(0, self._panels.kind)).dtype
        found = torch.empty(n - at.start, wide, dtype=kind, device=self._device)
        for top in range(at.start, n, _ROWS):
            rows = slice(top, min(top + _ROWS, n))
            block = torch.from_numpy(self._entries(rows, at))
            found[top - at.start : rows.stop - at.start] = block
        block = found[:wide]
        for earlier in range(panel):
            left = self.panel(earlier)
            skipped = at.start - self._panels.columns(earlier).start
            across = self._placed(left[skipped : skipped + wide])
            add_outer_products(block, across, scale=-1.0)
            for rows in self._panels.rows(panel):
                top, stop = rows.start - at.start, rows.stop - at.start
                some = self._placed(left[skipped + top : skipped + stop])
                multiply_transposed(some, across, found[top:stop], -1.0, kept=1.0)
        complete_symmetric(block)
        factor = cholesky(block)
        # What float32 does not hold is infinite, and so is its root.
        if factor is None or not bool(factor.diagonal().isfinite().all()):
            raise NotPositiveDefiniteError(
                f"The matrix is not positive definite in {self._panels.kind.__name__}: "
                f"among rows 0 to {at.stop - 1:,}, one depends on the others up to "
                "rounding, or the callable is no kernel. Leave rows out that are "
                "nearly equal, or take a penalty above 0."
            )
        found[:wide] = factor
        for rows in self._panels.rows(panel):
            solve_rows(factor, found[rows.start - at.start : rows.stop - at.start])
        return np.asarray(found.cpu().numpy())

    def _placed(self, rows: np.ndarray) -> Array:
        """Return a copy of mapped rows, where panels are worked on."""
        return torch.from_numpy(np.array(rows)).to(self._device)

    def _write(self, panel: int, found: np.ndarray) -> None:
        try:
            with self._path.open("r+b" if panel else "wb") as file:
                file.seek(self._panels.bytes_before(panel))
                file.write(found.data)  # `tofile` hears nothing of a full disk.
        except OSError as error:
            raise OutputError(
                f"Cannot write panel {panel + 1} of {self._panels.count} to "
                f"{self._path}: {error.strerror or error}. Free some space; the same "
                "call goes on with this panel."
            ) from error

    def panel(self, panel: int) -> np.ndarray:
        """Return a panel of L, mapped: rows from its first column down."""
        at = self._panels.columns(panel)
        shape = self._panels.n - at.start, at.stop - at.start
        offset = self._panels.bytes_before(panel)
        return np.memmap(self._path, self._panels.kind, "r", offset, shape)

    @np.errstate(under="ignore")
    def solve(self, right: np.ndarray) -> np.ndarray:
        """Return x with A x = `right`, shape (n, c), in float64; as good as L is.

        Cost: 2 n² c operations; L is read twice.
        """
        size = column_sizes(right) if self._panels.each < 8 else 1.0
        found = self.half_solve(right / size)
        for panel in reversed(range(self._panels.count)):
            at, held = self._panels.columns(panel), self.panel(panel)
            for rows in self._panels.rows(panel):
                part = held[rows.start - at.start : rows.stop - at.start]
                found[at] -= part.T @ found[rows]
            found[at] = self._triangle(panel, found[at], transposed=True)
        return found.astype(np.float64) * size

    def half_solve(self, right: np.ndarray) -> np.ndarray:
        """Return x with L x = `right`."""
        found: np.ndarray = np.array(right, self._panels.kind, order="C")
        for panel in range(self._panels.count):
            at, held = self._panels.columns(panel), self.panel(panel)
            found[at] = self._triangle(panel, found[at], transposed=False)
            for rows in self._panels.rows(panel):
                part = held[rows.start - at.start : rows.stop - at.start]
                found[rows] -= part @ found[at]
        return found

    @np.errstate(under="ignore")
    def product(self, vectors: np.ndarray) -> np.ndarray:
        r"""Return $L L^\top$ times the vectors, shape (n, c)."""
        vectors = vectors.astype(self._panels.kind)
        across = np.empty_like(vectors)
        for panel in range(self._panels.count):
            at = self._panels.columns(panel)
            across[at] = self.panel(panel).T @ vectors[at.start :]
        found = np.zeros_like(vectors)
        for panel in range(self._panels.count):
            at = self._panels.columns(panel)
            found[at.start :] += self.panel(panel) @ across[at]
        return found.astype(np.float64)

    def _triangle(
        self, panel: int, right: np.ndarray, *, transposed: bool
    ) -> np.ndarray:
        held = self.panel(panel)
        corner = np.array(held[: held.shape[1]])
        # The view is Lᵀ, upper: trans_a=1 solves with L.
        return np.asarray(
            self._solve(1.0, corner.T, right, trans_a=0 if transposed else 1)
        )

    def remove(self) -> None:
        """Delete what lies in the folder."""
        for bits in (32, 64):
            self._path.with_suffix(f".f{bits}").unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)
