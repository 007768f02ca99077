"""Several duals on common pieces, so that one look-up serves them all."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from widthwise.kernels.duals._representation import QUARTER
from widthwise.numerics import PiecewisePolynomial

__all__ = ["CELLS", "Halves", "Table", "table"]

CELLS = 1024
"""Equal cells of [0, sin(π/4)], each of which knows its first piece."""


@runtime_checkable
class Halves(Protocol):
    """A function of sin(θ/2) for t >= 0 and one of cos(θ/2) for t < 0, as a dual is."""

    @property
    def near(self) -> PiecewisePolynomial:
        """The function of sin(θ/2)."""

    @property
    def far(self) -> PiecewisePolynomial:
        """The function of cos(θ/2)."""


@dataclass(frozen=True)
class Table:
    """Polynomial pieces in x = sin(θ/2) for t >= 0, then in x = cos(θ/2) for t < 0.

    Attributes
    ----------
    first
        Shape (2 * CELLS,), the piece at the left end of each cell.
    right
        Shape (pieces,), right edges; infinite for the last piece of each half.
    scale, shift
        Shape (pieces,), y = x * scale + shift is in [-1, 1] on the piece.
    coefficients
        Shape (pieces, duals, terms), ascending powers of y.
    crowded
        The most edges within one cell.
    """

    first: np.ndarray
    right: np.ndarray
    scale: np.ndarray
    shift: np.ndarray
    coefficients: np.ndarray
    crowded: int


def table(duals: tuple[Halves, ...]) -> Table:
    """Return the duals' table; its values differ from theirs by rounding only."""
    halves = [_merge([d.near for d in duals]), _merge([d.far for d in duals])]
    first, right, scale, shift, coefficients, crowded, start = [], [], [], [], [], 0, 0
    for edges, terms in halves:
        cells = QUARTER * np.arange(CELLS) / CELLS
        index = np.searchsorted(edges[1:-1], cells, side="right")
        inside = np.diff(np.append(index, len(edges) - 2))
        crowded = max(crowded, int(inside.max()))
        first.append(index + start)
        right.append(np.append(edges[1:-1], np.inf))
        scale.append(2 / np.diff(edges))
        shift.append(-(edges[1:] + edges[:-1]) / np.diff(edges))
        coefficients.append(terms)
        start += len(edges) - 1
    return Table(
        np.concatenate(first).astype(np.int32),
        np.concatenate(right),
        np.concatenate(scale),
        np.concatenate(shift),
        np.ascontiguousarray(np.concatenate(coefficients)),
        crowded,
    )


def _merge(functions: list[PiecewisePolynomial]) -> tuple[np.ndarray, np.ndarray]:
    """Return common edges, and coefficients of shape (pieces, functions, terms)."""
    edges = np.unique(np.concatenate([each.edges for each in functions]))
    left, right = edges[:-1], edges[1:]
    return edges, np.stack([each.restrict(left, right) for each in functions], axis=1)
