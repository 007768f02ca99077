"""Passes over rows that come in blocks: their Gram matrix, what a solution misses."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from widthwise.arrays import Array
from widthwise.numerics.cholesky_qr import add_inner_products
from widthwise.numerics.linear_algebra import complete_symmetric
from widthwise.numerics.shifted_cholesky import ShiftedCholesky
from widthwise.progress import Progress
from widthwise.readouts.streams._kept import CHANGED, DIGESTS, Digest, Kept
from widthwise.readouts.streams._source import Source

__all__ = ["LeftOut", "Pass"]

_EPS = torch.finfo(torch.float64).eps
_ALL = 0.5  # Of what is left of a row: an error from here on may be the whole.


@dataclass
class LeftOut:
    r"""Sums over rows, of what is missed without each and of what errors do to it.

    Attributes
    ----------
    blur
        A bound on the relative error of $G + \lambda$: its norm over λ.
    squares
        Of what rows are missed by.
    by_leverage
        Of the errors of these that `blur` makes; infinite where it is not below half of
        what is left of a row.
    by_misses
        Of what an error of 1 of the weights makes of them.
    """

    blur: float
    squares: float = 0.0
    by_leverage: float = 0.0
    by_misses: float = 0.0

    def add(self, block: Array, misses: Array, leverage: Array, shared: float) -> None:
        """Add rows, `shared` the leverage that an intercept gives each."""
        free = 1.0 - shared - leverage
        # φᵀ(G+λ)⁻² φ is at most φᵀ(G+λ)⁻¹ φ / λ.
        hidden = (self.blur * leverage + _EPS) / free.clamp(min=_EPS)
        missed = misses / free.clamp(min=_EPS)[:, None]
        unsure = (hidden / (1.0 - hidden)).masked_fill_(hidden >= _ALL, math.inf)
        sizes = missed.square().sum(1).clamp(min=_EPS**2)
        self.squares += float(missed.square().sum())
        self.by_leverage += float((sizes * unsure.square()).sum())
        lengths = torch.linalg.vector_norm(block, dim=1) / free.clamp(min=_EPS)
        self.by_misses += float(lengths.square().sum())

    def relative_error(self, weights: float) -> float:
        """Return a bound for the squares, from one on the error of the weights."""
        size = math.sqrt(max(self.squares, torch.finfo(torch.float64).tiny))
        off = (
            math.sqrt(self.by_leverage) + 2.0 * math.sqrt(self.by_misses) * weights
        ) / size
        return off * (2.0 + off)


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

    def blocks(
        self, start: int = 0, stop: int | None = None
    ) -> Iterator[tuple[slice, Array]]:
        """Yield the rows' features less `mean`."""
        stop = self.source.shape[0] if stop is None else stop
        for top in range(start, stop, self.block):
            rows = slice(top, min(top + self.block, stop))
            found = self.source.rows(top, rows.stop).to(self.targets.device)
            yield rows, found - self.mean

    def sums(self, folder: Path | None, tell: Progress) -> tuple[Array, Array]:
        r"""Return $\Phi^\top \Phi$ and $\Phi^\top Y$, both centred; sets `mean`."""
        n, m = self.source.shape
        kept = self._kept(folder)
        new = self.targets.new_zeros
        parts, start = [new(m, m), new(m, self.targets.shape[1]), new(m), new(m)], 0
        seen = Digest(is_on=folder is not None)
        names = ("gram", "right", "ones", "mean")
        if left := kept.begun(*names, "rows", DIGESTS):
            held = [torch.from_numpy(left[each]).to(self.targets) for each in names]
            again, done = Digest(), int(left["rows"])
            self.mean = held[3]
            for _, block in self.blocks(0, done):
                again.add(block)
            if np.array_equal(again.found, left[DIGESTS]):
                parts, start, seen = held, done, again
            else:
                tell(0.0, CHANGED)
        gram, right, ones, self.mean = parts
        if self.has_intercept and start == 0:  # Sums about a point near the mean.
            self.mean = self.source.rows(0, min(self.block, n)).mean(0).to(right.device)
        for rows, block in self.blocks(start):
            seen.add(block)
            add_inner_products(gram, block)
            right += block.T @ self.targets[rows]
            ones += block.sum(0)
            kept.save(lambda: self._state(gram, right, ones, rows.stop, seen))  # noqa: B023
            tell(rows.stop / n, f"Gram matrix, rows to {rows.stop:,} of {n:,}")
        if self.has_intercept:
            gram.addr_(ones, ones, alpha=-1.0 / n)
            self.mean = self.mean + ones / n
        complete_symmetric(gram)
        kept.remove()
        return gram, right

    def done(self, folder: Path | None) -> int:
        """Return how many rows an earlier call has summed."""
        return int(self._kept(folder).begun("rows").get("rows", 0))

    def _kept(self, folder: Path | None) -> Kept:
        about = f"{self.source.shape} {self.has_intercept}"
        return Kept(folder, "gram", about, self.targets)

    def _state(
        self, gram: Array, right: Array, ones: Array, rows: int, seen: Digest
    ) -> dict[str, np.ndarray]:
        named = {"gram": gram, "right": right, "ones": ones, "mean": self.mean}
        found = {name: each.cpu().numpy() for name, each in named.items()}
        return found | {"rows": np.array(rows), DIGESTS: seen.found}

    def again(
        self,
        solved: Array,
        tell: Progress,
        held: ShiftedCholesky | None = None,
        left_out: LeftOut | None = None,
    ) -> tuple[Array, float]:
        r"""Return $\Phi^\top (y - \Phi v)$ and the squares missed, and add the rest."""
        n = self.source.shape[0]
        gradient, missed = torch.zeros_like(solved), 0.0
        for rows, block in self.blocks():
            misses = self.targets[rows] - block @ solved
            gradient += block.T @ misses
            missed += float(misses.square().sum())
            if held is not None and left_out is not None:
                left_out.add(block, misses, held.squares(block), self.has_intercept / n)
            tell(rows.stop / n, f"rows to {rows.stop:,} of {n:,}")
        return gradient, missed
