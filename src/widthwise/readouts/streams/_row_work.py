"""What is done with blocks of rows, here or elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from widthwise.arrays import Array, Float
from widthwise.numerics.rounding import relative_rounding
from widthwise.readouts.factors import Modes, Rows
from widthwise.readouts.streams._accumulator import RowAccumulator
from widthwise.readouts.streams._kept import Digest
from widthwise.readouts.streams._reduced import Reduced
from widthwise.readouts.streams._source import Source

__all__ = ["RowWork", "block_modes"]

_CLEAR = 64.0  # Roundings from which 1 - leverage can be told from 0.


@dataclass(frozen=True)
class RowWork:
    """What is done with blocks of rows, here or elsewhere."""

    source: Source
    rows: Rows
    size: int
    is_kept: bool

    def block(self, start: int) -> tuple[Array, Array, Array]:
        """Return features, targets and the roots of the weights of some rows."""
        at = slice(start, min(start + self.size, self.source.shape[0]))
        roots = self.rows.all_rows(self.rows.roots[:, None])[at]
        targets = self.rows.all_rows(self.rows.targets)[at]
        return self.source.rows(start, at.stop).to(roots.device), targets, roots

    def held(
        self,
        starts: Iterable[int],
        method: str = "qr",
        about: Float[Array, " m"] | None = None,
    ) -> tuple[RowAccumulator, np.ndarray]:
        """Return what is summed of some blocks, and the digest of their features."""
        seen = Digest(is_on=self.is_kept)
        found = RowAccumulator(
            intercept=self.rows.has_intercept,
            unit=self.source.unit,
            device=self.rows.roots.device,
            method=method,
            about=None if about is None else about.cpu(),
        )
        for start in starts:
            features, targets, roots = self.block(start)
            seen.add(features)
            found.add(features, targets, roots[:, 0].square())
        return found, seen.found

    def digest(self, starts: range) -> np.ndarray:
        """Return that of the features of some blocks, read again."""
        seen = Digest()
        for start in starts:
            seen.add(self.block(start)[0])
        return seen.found

    def squares(self, start: int, at: Array, reduced: Reduced) -> Array:
        """Return the squares of what is missed at some penalties, summed."""
        found = block_modes(*self.block(start), self.rows, reduced)
        return found.squares_left_out(at)


def block_modes(
    features: Float[Array, "b m"],
    targets: Float[Array, "b c"],
    roots: Float[Array, "b 1"],
    rows: Rows,
    reduced: Reduced,
) -> Modes:
    """Return the modes of some rows, with left vectors from the right ones."""
    whole = reduced.modes
    left = ((features - reduced.feature_mean) * roots) @ (
        reduced.right_vectors / reduced.values
    )
    right = (targets - reduced.target_mean) * roots
    fitted = roots[:, 0].square() / rows.roots.square().sum() * rows.has_intercept
    rest = right - left @ whole.projections
    free = (1.0 - fitted - left.square().sum(1)).clamp(min=0.0)
    spread = float(reduced.values[0] / reduced.values[-1]) if len(left.T) else 1.0
    free[free <= _CLEAR * relative_rounding(features.shape[1]) * spread] = 0.0
    if whole.nullity == 0:
        free.zero_()
    rest[free == 0.0] = 0.0
    return replace(whole, left=left, rest=rest, free=free)
