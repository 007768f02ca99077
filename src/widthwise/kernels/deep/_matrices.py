"""Deep kernel matrices: entries go through the layers, a short polynomial in each."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from widthwise.kernels.deep._dual import DeepDual
from widthwise.kernels.deep._step import Step
from widthwise.kernels.duals import QUARTER, Smooth, Table, smooth, table
from widthwise.kernels.two_layer import (
    COMPILE_FROM,
    NEARLY_PARALLEL,
    TILE,
    Entries,
    Outputs,
    Room,
    Rows,
)
from widthwise.numerics import PiecewisePolynomial
from widthwise.numerics.panels import BLOCK

__all__ = ["deep_matrices"]


@dataclass(frozen=True)
class _Both:
    """The two halves of one function, as a table takes them."""

    near: PiecewisePolynomial
    far: PiecewisePolynomial


def deep_matrices(rows: Rows, dual: DeepDual, outputs: Outputs) -> list[np.ndarray]:
    """Return the conjugate and the tangent kernel of directions, (n, n) or (n, k)."""
    entries = Entries(len(rows.directions), rows.first)
    small = entries.count < COMPILE_FROM
    found = outputs.arrays(entries, 2, 12 if small else 0)
    if small:
        _all_at_once(rows.directions, entries, dual, found)
    else:
        _by_tiles(rows.directions, entries, dual, found)
    return found


def _all_at_once(
    rows: np.ndarray, entries: Entries, dual: DeepDual, found: list[np.ndarray]
) -> None:
    """Evaluate the pairs with NumPy: nothing to compile."""
    cosine, least = entries.half_chords_squared(rows)
    near = cosine >= 0
    values = dual.at_halves(
        np.where(near, least, 1 - least), np.where(near, 1 - least, least)
    )
    for out, each in zip(found, values, strict=True):
        out[:] = entries.matrix(each)


def _by_tiles(
    rows: np.ndarray, entries: Entries, dual: DeepDual, found: list[np.ndarray]
) -> None:
    """Evaluate tile by tile in threads."""
    from widthwise.kernels.deep._smooth_tiles import fill_deep_smooth_tile
    from widthwise.kernels.deep._tiles import fill_deep_tile
    from widthwise.numerics.panels.products import packed

    numbers = np.array([_numbers(step) for step in dual.steps])
    share, constant = dual.start
    start = np.array([share, constant, dual.variances[0]])
    conjugate, tangent = found
    sums = _smooth(dual.steps)
    pieces = () if sums else _joined(_table(dual.steps))
    first_rows, panels = entries.first or 0, packed(rows)

    def fill(top: int, left: int, room: Room) -> None:
        one, two = rows[top : top + TILE], rows[left : left + TILE]
        cosine, a, b = room.tiles(len(one), len(two))
        if sums is None or not len(panels):
            np.dot(one, two.T, out=cosine)
        given = rows, top, left, NEARLY_PARALLEL, start, numbers
        if sums is None:
            fill_deep_tile(cosine, *given, *pieces, first_rows, conjugate, tangent)
        else:
            end = first_rows, a, b, conjugate, tangent
            fill_deep_smooth_tile(cosine, panels, *given, QUARTER, *sums, *end)

    entries.fill(fill)


def _joined(tables: tuple[Table, ...]) -> tuple[np.ndarray | int, ...]:
    """Return the layers' tables as one, and the most edges within one cell."""
    offsets = np.cumsum([0, *(len(each.right) for each in tables[:-1])])
    first = np.stack([each.first for each in tables])
    first += offsets[:, None].astype(first.dtype)
    names = ("right", "scale", "shift", "coefficients")
    parts = [np.concatenate([getattr(each, n) for each in tables]) for n in names]
    return first, *parts, max(each.crowded for each in tables)


@lru_cache(maxsize=64)
def _smooth(steps: tuple[Step, ...]) -> tuple[np.ndarray, ...] | None:
    """Return each layer's departure and slope as `Smooth`: lines, counts, blocks."""
    found: list[Smooth] = []
    for step in steps:
        departure, slope = step.layer.departure, step.layer.slope
        allowed = departure.fitting_error, slope.fitting_error
        functions = _Both(departure.near, departure.far), slope
        each = smooth(functions, 0.0, allowed)
        if each is None:
            return None
        found.append(each)
    most = max(each.blocks.shape[2] for each in found)
    blocks = np.zeros((len(found), 2, 2, most, BLOCK))
    for place, each in enumerate(found):
        blocks[place, :, :, : each.blocks.shape[2]] = each.blocks
    lines, counts = (
        np.concatenate([getattr(each, name) for each in found])
        for name in ("lines", "counts")
    )
    return lines, counts, blocks.reshape(-1, 2, most, BLOCK)


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
