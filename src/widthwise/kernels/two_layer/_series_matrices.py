"""Kernel matrices between many points of any norms, from power series."""

import threading

import numpy as np

from widthwise.activations import Activation
from widthwise.kernels.duals import QUARTER, radial_dual
from widthwise.kernels.pairs import KinkedDual, NormSeries
from widthwise.kernels.two_layer._matrices import MODES, Kind
from widthwise.kernels.two_layer._rows import Rows
from widthwise.kernels.two_layer._triangle import (
    TILE,
    Entries,
    Room,
    half_chords_squared,
)
from widthwise.laws import Law

__all__ = ["series_matrices"]


class _Close:
    """Pairs of rows that are too near one another, or opposite, for the series.

    The tables that their values are from are made when such a pair is met.
    """

    def __init__(
        self, rows: Rows, kinds: tuple[Kind, ...], activation: Activation, law: Law
    ) -> None:
        self._units, self._kinds, self._given = (
            rows.directions,
            kinds,
            (activation, law),
        )
        self._lock = threading.Lock()
        self.errors = [0.0, 0.0]

    def mend(
        self,
        cosine: np.ndarray,
        norms: np.ndarray,
        corner: tuple[int, int],
        limit: float,
        parts: tuple[np.ndarray, np.ndarray],
    ) -> None:
        """Write both sums of the pairs beyond the limit, but for the diagonal."""
        top, left = corner
        i, j = np.nonzero(np.abs(cosine) > limit)
        other = i + top != j + left
        rows, i = np.unique(i[other], return_inverse=True)
        columns, j = np.unique(j[other], return_inverse=True)
        t = np.clip(cosine[np.ix_(rows, columns)], -1.0, 1.0)
        one, two = np.meshgrid(rows + top, columns + left, indexing="ij")
        square = half_chords_squared(self._units, t.ravel(), one.ravel(), two.ravel())
        chord = np.minimum(np.sqrt(square), QUARTER).reshape(t.shape)
        near = t >= 0
        lengths = norms[rows + top], norms[columns + left]
        for order, out in enumerate(parts):
            if self._kinds == ((("tangent_inner",), ("conjugate",))[order]):
                continue
            values = self._values(order, lengths, chord, near, (i, j))
            if order:
                values *= t * (lengths[0][:, None] * lengths[1])
            out[rows[i], columns[j]] = values[i, j]
        if MODES[self._kinds] > 1:
            parts[1][rows[i], columns[j]] += parts[0][rows[i], columns[j]]

    def _values(
        self,
        order: int,
        lengths: tuple[np.ndarray, np.ndarray],
        chord: np.ndarray,
        near: np.ndarray,
        pairs: tuple[np.ndarray, np.ndarray],
    ) -> np.ndarray:
        first = len(lengths[0])
        with self._lock:
            dual = radial_dual(*self._given, order, np.concatenate(lengths))
            scale = np.concatenate(lengths) ** (2 * order)
            error = float((scale * dual.row_errors).max())
            self.errors[order] = max(self.errors[order], error)
        if isinstance(dual, KinkedDual):  # A pair costs some 0.5 ms: no other ones.
            i, j = pairs
            values = np.zeros(chord.shape)
            values[i, j] = dual.between(i, first + j, chord[i, j], near[i, j])
            return values
        return dual.tile(slice(0, first), slice(first, None), chord, near)


def series_matrices(
    rows: Rows,
    kinds: tuple[Kind, ...],
    activation: Activation,
    law: Law,
    norms: np.ndarray,
    series: NormSeries,
    found: list[np.ndarray],
) -> tuple[float, float]:
    """Fill matrices of these kinds; return the absolute errors of both parts."""
    from widthwise.kernels.two_layer._series_tiles import fill_series_tile, write_kinds
    from widthwise.numerics.panels.products import packed

    units = rows.directions
    entries = Entries(len(units), rows.first)
    close, mode = _Close(rows, kinds, activation, law), MODES[kinds]
    limit, arrays = float(series.reach[-1]), series.arrays
    ends, panels = (entries.first or 0, found[0], found[-1]), packed(units)

    def fill(top: int, left: int, room: Room) -> None:
        one, two = units[top : top + TILE], units[left : left + TILE]
        cosine, value, inner = room.tiles(len(one), len(two))
        if not len(panels):
            np.dot(one, two.T, out=cosine)
        place, parts = (top, left), (value, inner)
        given = cosine, panels, units, *place, *arrays, mode, *parts
        if fill_series_tile(*given, *ends):
            close.mend(cosine, norms, place, limit, parts)
            write_kinds(*parts, mode, *place, *ends)

    entries.fill(fill)
    one, two = (
        max(pair) for pair in zip(series.entry_errors, close.errors, strict=True)
    )
    return one, two
