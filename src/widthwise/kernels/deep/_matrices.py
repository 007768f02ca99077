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
    Table,
    table,
)
from widthwise.numerics import PiecewisePolynomial, require

__all__ = ["deep_matrices"]


@dataclass(frozen=True)
class _Both:
    """The two halves of one function, as a table takes them."""

    near: PiecewisePolynomial
    far: PiecewisePolynomial


def deep_matrices(rows: np.ndarray, dual: DeepDual) -> tuple[np.ndarray, np.ndarray]:
    """Return the conjugate and the tangent kernel of unit rows, each (n, n)."""
    count = len(rows)
    small = count < COMPILE_FROM
    require(
        8 * count**2 * (2 + (12 if small else 0)),
        f"2 kernel matrices of {count} points",
        "Take a random sample of the rows.",
    )
    return _all_at_once(rows, dual) if small else _by_tiles(rows, dual)


def _all_at_once(rows: np.ndarray, dual: DeepDual) -> tuple[np.ndarray, np.ndarray]:
    """Evaluate the upper triangle with NumPy: nothing to compile."""
    entries = Entries(len(rows))
    cosine, least = entries.half_chords_squared(rows)
    near = cosine >= 0
    conjugate, tangent = dual.at_halves(
        np.where(near, least, 1 - least), np.where(near, 1 - least, least)
    )
    return entries.matrix(conjugate), entries.matrix(tangent)


def _by_tiles(rows: np.ndarray, dual: DeepDual) -> tuple[np.ndarray, np.ndarray]:
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
    count = len(rows)
    conjugate, tangent = np.empty((count, count)), np.empty((count, count))

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
            conjugate,
            tangent,
        )

    Entries(count).fill(fill)
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
