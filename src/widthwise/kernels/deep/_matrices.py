"""Deep kernel matrices: entries go through the layers, a short polynomial in each."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from widthwise.kernels.deep._dual import DeepDual
from widthwise.kernels.deep._step import Step
from widthwise.kernels.two_layer import (
    COMPILE_FROM,
    NEARLY_PARALLEL,
    TILE,
    Entries,
    Rows,
    Table,
    require_matrices,
    table,
)
from widthwise.numerics import PiecewisePolynomial

__all__ = ["deep_matrices"]


@dataclass(frozen=True)
class _Both:
    """The two halves of one function, as a table takes them."""

    near: PiecewisePolynomial
    far: PiecewisePolynomial


def deep_matrices(rows: Rows, dual: DeepDual) -> tuple[np.ndarray, np.ndarray]:
    """Return the conjugate and the tangent kernel of directions, (n, n) or (n, k)."""
    entries = Entries(len(rows.directions), rows.first)
    small = entries.count < COMPILE_FROM
    require_matrices(entries, 2, 12 if small else 0)
    if small:
        return _all_at_once(rows.directions, entries, dual)
    return _by_tiles(rows.directions, entries, dual)


def _all_at_once(
    rows: np.ndarray, entries: Entries, dual: DeepDual
) -> tuple[np.ndarray, np.ndarray]:
    """Evaluate the pairs with NumPy: nothing to compile."""
    cosine, least = entries.half_chords_squared(rows)
    near = cosine >= 0
    conjugate, tangent = dual.at_halves(
        np.where(near, least, 1 - least), np.where(near, 1 - least, least)
    )
    return entries.matrix(conjugate), entries.matrix(tangent)


def _by_tiles(
    rows: np.ndarray, entries: Entries, dual: DeepDual
) -> tuple[np.ndarray, np.ndarray]:
    """Evaluate tile by tile in threads."""
    from widthwise.kernels.deep._tiles import fill_deep_tile

    pieces = _table(dual.steps)
    first = np.stack([each.first for each in pieces])
    offsets = np.cumsum([0, *(len(each.right) for each in pieces[:-1])])
    first += offsets[:, None].astype(first.dtype)
    right, scale, shift, coefficients = (
        np.concatenate([getattr(each, name) for each in pieces])
        for name in ("right", "scale", "shift", "coefficients")
    )
    crowded = max(each.crowded for each in pieces)
    numbers = np.array([_numbers(step) for step in dual.steps])
    share, constant = dual.start
    start = np.array([share, constant, dual.variances[0]])
    conjugate, tangent = np.empty(entries.shape), np.empty(entries.shape)

    def fill(top: int, left: int) -> None:
        fill_deep_tile(
            rows[top : top + TILE] @ rows[left : left + TILE].T,
            rows,
            top,
            left,
            NEARLY_PARALLEL,
            start,
            numbers,
            first,
            right,
            scale,
            shift,
            coefficients,
            crowded,
            entries.first or 0,
            conjugate,
            tangent,
        )

    entries.fill(fill)
    return conjugate, tangent


@lru_cache(maxsize=64)
def _table(steps: tuple[Step, ...]) -> tuple[Table, ...]:
    return tuple(
        table(
            (
                _Both(step.layer.departure.near, step.layer.departure.far),
                _Both(step.layer.slope.near, step.layer.slope.far),
            )
        )
        for step in steps
    )


def _numbers(step: Step) -> list[float]:
    return [
        step.rise,
        step.near_one,
        step.near_minus_one,
        step.gain,
        step.variance,
        float(step.layer.departure.power),
    ]
