"""Passes over rows that come in blocks: their Gram matrix, what a solution misses."""

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from widthwise.arrays import Array
from widthwise.errors import OutputError
from widthwise.files import put_in_place, require_writable
from widthwise.numerics.cholesky_qr import add_inner_products
from widthwise.numerics.linear_algebra import complete_symmetric
from widthwise.numerics.shifted_cholesky import ShiftedCholesky
from widthwise.progress import Progress
from widthwise.readouts.streams._source import Source

__all__ = ["Pass"]

_SECONDS = 60.0  # Between two times that what is summed is saved.


class Pass:
    """Passes over the rows: centred features, and centred targets."""

    def __init__(
        self, source: Source, targets: Array, block: int, has_intercept: bool
    ) -> None:
        self.source, self.block, self.has_intercept = source, block, has_intercept
        self.target_mean = targets.mean(0) if has_intercept else 0.0 * targets[0]
        self.targets = targets - self.target_mean
        self.mean = targets.new_zeros(source.shape[1])

    def offset(self, solved: Array) -> Array:
        """Return the intercept of a solution."""
        found: Array = self.target_mean - self.mean @ solved
        return found

    def blocks(self) -> Iterator[tuple[slice, Array]]:
        """Yield the rows' features less `mean`."""
        n = self.source.shape[0]
        for top in range(0, n, self.block):
            rows = slice(top, min(top + self.block, n))
            found = self.source.rows(top, rows.stop).to(self.targets.device)
            yield rows, found - self.mean

    def sums(self, folder: Path | None, tell: Progress) -> tuple[Array, Array]:
        r"""Return $\Phi^\top \Phi$ and $\Phi^\top Y$, both centred; sets `mean`."""
        n = self.source.shape[0]
        kept = _Kept(folder, self)
        gram, right, ones, start = kept.begun()
        if self.has_intercept and start == 0:  # Sums about a point near the mean.
            self.mean = self.source.rows(0, min(self.block, n)).mean(0).to(right.device)
        for rows, block in self.blocks():
            if rows.start < start:
                continue
            add_inner_products(gram, block)
            right += block.T @ self.targets[rows]
            ones += block.sum(0)
            kept.save(gram, right, ones, rows.stop)
            tell(0.4 * rows.stop / n, f"Gram matrix, rows to {rows.stop:,} of {n:,}")
        if self.has_intercept:
            gram.addr_(ones, ones, alpha=-1.0 / n)
            self.mean = self.mean + ones / n
        complete_symmetric(gram)
        kept.remove()
        return gram, right

    def again(
        self, solved: Array, held: ShiftedCholesky | None, tell: Progress
    ) -> tuple[Array, float, float]:
        r"""Return $\Phi^\top (y - \Phi v)$, and the squares missed and left out."""
        n = self.source.shape[0]
        gradient, missed, left_out = torch.zeros_like(solved), 0.0, 0.0
        for rows, block in self.blocks():
            misses = self.targets[rows] - block @ solved
            gradient += block.T @ misses
            missed += float(misses.square().sum())
            if held is not None:
                free = 1.0 - self.has_intercept / n - held.squares(block)
                left_out += float((misses / free[:, None]).square().sum())
            tell(rows.stop / n, f"rows to {rows.stop:,} of {n:,}")
        return gradient, missed, left_out


class _Kept:
    """What was summed, in a folder."""

    def __init__(self, folder: Path | None, about: Pass) -> None:
        self._folder, self._about, self._last = folder, about, time.monotonic()
        if folder is None:
            return
        require_writable(folder)
        folder.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256(f"{about.source.shape} {about.has_intercept}".encode())
        for each in (about.targets.cpu(), about.source.rows(0, 1)):
            digest.update(np.ascontiguousarray(each.numpy()).data)
        self._path = folder / f"gram-{digest.hexdigest()[:16]}.npz"

    def begun(self) -> tuple[Array, Array, Array, int]:
        """Return the sums so far, and from which row they go on."""
        m = self._about.source.shape[1]
        if self._folder is not None and self._path.exists():
            with np.load(self._path) as left:
                parts = [
                    torch.from_numpy(left[f"arr_{place}"]).to(self._about.targets)
                    for place in range(4)
                ]
                self._about.mean = parts[3]
                return parts[0], parts[1], parts[2], int(left["rows"])
        new = self._about.targets.new_zeros
        return new(m, m), new(m, self._about.targets.shape[1]), new(m), 0

    def save(self, gram: Array, right: Array, ones: Array, rows: int) -> None:
        """Save the sums, where the last time is a minute ago."""
        if self._folder is None or time.monotonic() - self._last < _SECONDS:
            return
        sums = [each.cpu().numpy() for each in (gram, right, ones, self._about.mean)]
        try:
            with put_in_place(self._path) as path:
                np.savez(path, *sums, rows=rows)
        except OSError as error:
            raise OutputError(
                f"Cannot write {self._path}: {error.strerror or error}. Free some "
                "space, or leave the folder out."
            ) from error
        self._last = time.monotonic()

    def remove(self) -> None:
        if self._folder is not None:
            self._path.unlink(missing_ok=True)
