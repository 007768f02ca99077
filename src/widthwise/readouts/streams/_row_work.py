"""What is done with blocks of rows, here or elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import torch

from widthwise.arrays import Array, Bool, Float, Int
from widthwise.numerics.rounding import relative_rounding
from widthwise.readouts.factors import Modes, Rows, reach
from widthwise.readouts.streams._accumulator import RowAccumulator
from widthwise.readouts.streams._kept import Digest
from widthwise.readouts.streams._reduced import Reduced
from widthwise.readouts.streams._source import Source

__all__ = ["RowWork", "block_modes", "near_one", "taken"]

_CLEAR = 64.0  # Roundings from which 1 - leverage can be told from 0.
_DIGITS = 2e-7  # Of them: from here on nine digits of 1 - leverage are right.
_NEAR_ONE = 1e-3  # No larger 1 - leverage is near 0.


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

    def squares(
        self, start: int, at: Array, reduced: Reduced
    ) -> tuple[Array, list[int]]:
        """Return the squares of what is missed at some penalties, summed.

        But for the rows that the fit all but goes through, which are named.
        """
        found = block_modes(*self.block(start), self.rows, reduced)
        is_near = near_one(found, reduced)
        near = torch.nonzero(is_near)[:, 0]
        rest = taken(found, torch.nonzero(~is_near)[:, 0]) if len(near) else found
        total = at.new_zeros(len(at), found.rest.shape[1])
        if len(rest.free):
            total = rest.squares_left_out(at)
        return total, (start + near).tolist()


def near_one(found: Modes, reduced: Reduced) -> Bool[Array, " b"]:
    """Say of which rows the digits of 1 - leverage are not held."""
    if found.nullity == 0:
        return torch.zeros_like(found.free, dtype=torch.bool)
    most = (_DIGITS * reach(found.left, reduced.values)).clamp(max=_NEAR_ONE)
    return found.free < most


def taken(found: Modes, rows: slice | Int[Array, " k"]) -> Modes:
    """Return the modes of some of the rows."""
    return replace(
        found, left=found.left[rows], rest=found.rest[rows], free=found.free[rows]
    )


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
    rounding = _CLEAR * relative_rounding(features.shape[1])
    free[free <= rounding * reach(left, reduced.values)] = 0.0
    if whole.nullity == 0:
        free.zero_()
    rest[free == 0.0] = 0.0
    return replace(whole, left=left, rest=rest, free=free)
