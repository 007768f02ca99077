"""Functions of one variable as piecewise polynomials: fit once, evaluate often."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from widthwise.equality import equal_by_value
from widthwise.numerics.graded import Graded

__all__ = [
    "DEGREE",
    "PiecewisePolynomial",
    "Sampled",
    "chebyshev_points",
    "fit",
    "interpolate",
    "series_to_powers",
    "smooth_edges",
    "to_series",
]

DEGREE = 11
"""Degree of every piece: long enough for few pieces, short enough for fast Horner."""
_SAMPLED_DEGREE = 35
"""Degree of the pieces on which a costly function is sampled."""
_NARROWEST = 2.0**-50
"""A piece this narrow, relative to the whole interval, is not split again."""

Sampled = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
"""Maps points (N,) to values (N,) and scales (N,).

A scale is the size of the terms whose sum is the value: scale * 1e-16 is its rounding.
"""


@dataclass(frozen=True, eq=False)
class PiecewisePolynomial:
    r"""A function on [edges[0], edges[-1]], a polynomial on each piece.

    On piece i the value is $\sum_k c_{ik} y^k$ with
    $y = (x - \mathrm{centre}_i) / \mathrm{halfwidth}_i \in [-1, 1]$.

    Attributes
    ----------
    edges
        Shape (pieces + 1,), ascending.
    coefficients
        Shape (pieces, DEGREE + 1), ascending powers of y; of another degree from
        `interpolate`.
    error
        The largest error seen at points that the fit did not use, plus the rounding
        level; absolute.

    Examples
    --------
    >>> import numpy as np, widthwise as ww
    >>> found = ww.numerics.fit(lambda x: (np.exp(x), 0 * x), (0.0, 1.0))
    >>> found.error < 1e-13
    True
    """

    __eq__ = equal_by_value

    edges: np.ndarray
    coefficients: np.ndarray
    error: float

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Evaluate at any array of points of the interval."""
        piece = np.searchsorted(self.edges[1:-1], x, side="right")
        left, right = self.edges[:-1], self.edges[1:]
        centre, scale = (left + right) / 2, 2 / (right - left)
        y = np.asarray((x - centre[piece]) * scale[piece])
        return _horner(self.coefficients.T[:, piece], y)

    def restrict(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Return coefficients on finer pieces [left, right], each within one of these.

        Returns
        -------
        Shape (len(left), DEGREE + 1), in powers of each finer piece's own y.
        """
        middle = ((left + right) / 2)[:, None]
        points = middle + ((right - left) / 2)[:, None] * chebyshev_points(DEGREE)
        values = self(points)
        return np.asarray(values @ to_series(DEGREE).T @ series_to_powers(DEGREE))

    def derivative_bound(self, start: float) -> float:
        """Return the largest |slope| of pieces beyond start, at ends and middles."""
        half = np.diff(self.edges) / 2
        powers = np.arange(1, self.coefficients.shape[1])
        slopes = self.coefficients[:, 1:] * powers / half[:, None]
        values = np.abs(_horner(slopes.T[:, :, None], np.array([-1.0, 0.0, 1.0])))
        return float(values[self.edges[1:] > start].max(initial=0.0))


def fit(
    function: Sampled,
    edges: tuple[float, ...],
    *,
    check: Sampled | None = None,
    noise: float = 2e-15,
    floor: float = 0.0,
    most_pieces: int = 120,
    power: int = 1,
) -> PiecewisePolynomial:
    r"""Fit a piecewise polynomial to a costly function.

    The function is interpolated in Chebyshev points of degree 35, on pieces that are
    halved until the last coefficients are below max(noise * s, floor), s the largest
    scale on the piece; the interpolants are then cut into pieces of degree 11.

    Parameters
    ----------
    function
        Values and scales.
    edges
        Where pieces must end: both ends of the interval and the known singularities.
    check
        A more accurate version of `function`, used to measure errors between nodes.
    noise, floor
        Accuracy asked for, relative to the scale on the piece and absolute.
    most_pieces
        Of degree 35; what would take more is kept as it is, which `error` shows.
    power
        Above 1 the function is sampled in variables of whose powers the distances from
        the edges are made: a root or a logarithm there takes few pieces.

    Source
    ------
    Pachon, Platte and Trefethen (2010), "Piecewise-smooth chebfuns", IMA J. Numer.
    Anal. 30, 898-916.

    Examples
    --------
    >>> import numpy as np, widthwise as ww
    >>> found = ww.numerics.fit(lambda x: (np.exp(x), 0 * x), (0.0, 1.0))
    >>> bool(abs(found(np.array([0.5]))[0] - np.exp(0.5)) < 1e-13)
    True
    """
    of = Graded(np.array(edges), power)
    ends, series, scale = _bisect(
        lambda s: function(of.place(s)),
        of.edges,
        _SAMPLED_DEGREE,
        noise,
        floor,
        most_pieces=most_pieces,
    )

    def interpolant(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        s = of.variable(x)
        piece = np.searchsorted(ends[1:-1], s, side="right")
        left, right = ends[piece], ends[piece + 1]
        y = (2 * s - left - right) / (right - left)
        terms = np.polynomial.chebyshev.chebvander(y, _SAMPLED_DEGREE)
        return np.einsum("ik,ik->i", terms, series[piece]), scale[piece]

    places = tuple(float(each) for each in of.place(ends))
    fine, fine_series, _ = _bisect(interpolant, places, DEGREE, noise, floor)
    # Between the nodes an interpolant errs most; the ends are a piece's worst points.
    between = _extrema(_SAMPLED_DEGREE, 4)
    points = of.place(_spread(ends, between))
    exact, exact_scale = (check or function)(points)
    found = PiecewisePolynomial(fine, fine_series @ series_to_powers(DEGREE), 0.0)
    rounding = 4e-16 * float(exact_scale.max(initial=0.0))
    error = float(np.abs(exact - found(points)).max())
    if power > 1:  # The pieces are many more than those that were sampled.
        points = _spread(fine, _extrema(DEGREE, 1)[1:-1])
        missed = np.abs(interpolant(points)[0] - found(points))
        error = max(error, float(missed.max()))
    error += rounding
    return PiecewisePolynomial(found.edges, found.coefficients, error)


def interpolate(
    function: Sampled,
    edges: tuple[float, ...],
    *,
    degree: int,
    noise: float,
    most_pieces: int,
) -> PiecewisePolynomial:
    """Interpolate a function that costs little, on pieces of any degree up to 30.

    They are halved until the last coefficients are below the noise times the largest
    scale on the piece; what would take more than `most_pieces` is kept as it is. The
    `error` is not known, and NaN.

    Examples
    --------
    >>> import numpy as np
    >>> from widthwise.numerics import interpolate
    >>> found = interpolate(
    ...     lambda x: (np.exp(x), np.exp(x)),
    ...     (0.0, 1.0),
    ...     degree=23,
    ...     noise=1e-14,
    ...     most_pieces=9,
    ... )
    >>> len(found.coefficients), bool(abs(found(np.ones(1))[0] - np.e) < 1e-14)
    (1, True)
    """
    ends, series, _ = _bisect(
        function, edges, degree, noise, 0.0, most_pieces, guarded=True
    )
    return PiecewisePolynomial(ends, series @ series_to_powers(degree), float("nan"))


def _extrema(degree: int, step: int) -> np.ndarray:
    """Return every so manieth extremum of T_{degree + 1}, and -1."""
    return np.append(np.cos(np.pi * np.arange(0, degree + 1, step) / (degree + 1)), -1)


def _spread(edges: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return places of [-1, 1] on each piece."""
    middle, half = (edges[1:] + edges[:-1])[:, None] / 2, np.diff(edges)[:, None] / 2
    return np.asarray(middle + half * places).ravel()


def smooth_edges(
    function: Sampled, edges: tuple[float, ...], noise: float
) -> np.ndarray:
    """Return edges of pieces on which the function is a polynomial of degree 11.

    Pieces shrink to 2**-50 of the whole around a point where it is not smooth.

    Examples
    --------
    >>> import numpy as np, widthwise as ww
    >>> def kinked(x):
    ...     return np.abs(x - 0.3), np.ones_like(x)
    >>> ww.numerics.smooth_edges(kinked, (-1.0, 0.3, 2.0), 1e-12).tolist()
    [-1.0, 0.3, 2.0]
    >>> len(ww.numerics.smooth_edges(kinked, (-1.0, 2.0), 1e-12)) > 20
    True
    """
    return _bisect(function, edges, DEGREE, noise, 0.0, guarded=True)[0]


def _bisect(
    function: Sampled,
    edges: tuple[float, ...],
    degree: int,
    noise: float,
    floor: float,
    most_pieces: int = 1000,
    *,
    guarded: bool = False,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return edges, Chebyshev coefficients (pieces, degree + 1) and scales.

    With guards, a piece is also tested next to its ends, beyond the last nodes, where a
    kink could hide.
    """
    turn = to_series(degree)
    guards = [1 - 1e-6, 1e-6 - 1] if guarded else []
    nodes = np.append(chebyshev_points(degree), guards)
    at_guards = np.polynomial.chebyshev.chebvander(guards, degree)
    whole = edges[-1] - edges[0]
    waiting = np.stack([edges[:-1], edges[1:]], axis=1)
    done = [], [], []  # type: tuple[list[np.ndarray], list[np.ndarray], list[np.ndarray]]
    count = 0
    while len(waiting):
        middle, half = waiting.mean(axis=1), np.diff(waiting, axis=1)[:, 0] / 2
        values, scales = function((middle[:, None] + half[:, None] * nodes).ravel())
        values = values.reshape(len(waiting), -1)
        series = values[:, : degree + 1] @ turn.T
        scale = scales.reshape(len(waiting), -1).max(axis=1)
        tail = np.abs(series[:, -3:]).max(axis=1)
        # The points' own rounding shows where the function is steep.
        steepness = 2 * np.abs(series[:, 1:]).sum(axis=1) / half
        blur = 4e-16 * np.abs(waiting).max(axis=1) * steepness
        allowed = np.maximum(np.maximum(noise * scale, blur), floor)
        good = tail <= allowed
        if guarded:
            miss = np.abs(series @ at_guards.T - values[:, degree + 1 :]).max(axis=1)
            good &= miss <= 8 * allowed
        good |= 2 * half <= _NARROWEST * whole
        good |= count + 2 * len(waiting) > most_pieces
        count += int(good.sum())
        for kept, new in zip(
            done, (waiting[good], series[good], scale[good]), strict=True
        ):
            kept.append(new)
        left, right, cut = waiting[~good, 0], waiting[~good, 1], middle[~good]
        waiting = np.stack(
            [np.concatenate([left, cut]), np.concatenate([cut, right])], axis=1
        )
    pieces, series, scale = (np.concatenate(each) for each in done)
    order = np.argsort(pieces[:, 0])
    bounds = np.append(pieces[order, 0], edges[-1])
    return bounds, series[order], scale[order]


def _horner(coefficients: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Evaluate ascending powers given along the first axis."""
    value = coefficients[-1] + np.zeros_like(y)
    for each in coefficients[-2::-1]:
        value = value * y + each
    return np.asarray(value)


@lru_cache(maxsize=8)
def chebyshev_points(degree: int) -> np.ndarray:
    """Return the zeros of T_{degree + 1}, descending."""
    count = degree + 1
    return np.asarray(np.cos(np.pi * (np.arange(count) + 0.5) / count))


@lru_cache(maxsize=8)
def to_series(degree: int) -> np.ndarray:
    """Return the matrix from values at Chebyshev points to the T_k's coefficients."""
    count = degree + 1
    # Whole turns are taken off in integers: cosines of large angles lose digits.
    turns = np.outer(np.arange(count), 2 * np.arange(count) + 1) % (4 * count)
    matrix = 2 / count * np.cos(np.pi * turns / (2 * count))
    matrix[0] /= 2
    return np.asarray(matrix)


@lru_cache(maxsize=8)
def series_to_powers(degree: int) -> np.ndarray:
    """Return a matrix whose row k holds the coefficients of T_k's powers."""
    matrix = np.zeros((degree + 1, degree + 1))
    for k in range(degree + 1):
        unit = np.zeros(k + 1)
        unit[k] = 1
        matrix[k, : k + 1] = np.polynomial.chebyshev.cheb2poly(unit)
    return matrix
