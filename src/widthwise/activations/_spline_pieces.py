"""Whether a sampled function is made of truncated powers."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.polynomial import Chebyshev, Polynomial

from widthwise.activations._numerical import Function
from widthwise.numerics.chebyshev import chebyshev_points, to_series

__all__ = ["Splines", "spline_pieces"]

Splines = tuple[float, tuple[tuple[float, int, float], ...]]
r"""C and the $(b_m, i_m, c_m)$ of $c + \sum c_m (z - b_m)_+^{i_m}$.

$b_m = -\infty$ stands for $c_m z^{i_m}$.
"""

_DEGREE, _HIGHEST = 23, 4
"""Of a fit to a piece, and of the polynomials that are looked for."""
_ROUNDING = 64 * 2.0**-52
_REACH, _SCALES = 8.0, (1.0, 64.0, 512.0)
"""How much of the outer pieces is fitted, and where else the fit must hold."""


def spline_pieces(
    f: Function, breakpoints: Sequence[float], domain: tuple[float, float]
) -> Splines | None:
    """Return the truncated powers that f is to rounding, or None.

    Each piece between breakpoints must be a polynomial of degree 4 or less, and if the
    only one is at zero, where tables are quicker, the first one a constant. The outer
    pieces must be so on every scale up to 512, which tells them from functions that are
    smooth and no more.
    """
    if not breakpoints or domain != (-math.inf, math.inf):
        return None
    first, last = breakpoints[0], breakpoints[-1]
    edges = [first - _REACH, *breakpoints, last + _REACH]
    pieces: list[Chebyshev] = []
    terms: list[tuple[float, int, float]] = []
    for low, high in pairwise(edges):
        piece = _fitted(f, low, high)
        if piece is None or (
            piece.degree() > 0 and not pieces and not any(breakpoints)
        ):
            return None
        pieces.append(piece)
    size = max(float(np.abs(each.coef).sum()) for each in pieces)
    for b, (before, after) in zip(breakpoints, pairwise(pieces), strict=True):
        jump = (_about(after, b) - _about(before, b)).coef
        shorter = min(float(np.diff(each.domain)[0]) for each in (before, after))
        for i, c in enumerate(jump.tolist()):
            if abs(c) * shorter**i > _ROUNDING * size:
                terms.append((b, i, c))
    constant, *powers = _about(pieces[0], 0.0).coef.tolist()
    terms = [(-math.inf, i, c) for i, c in enumerate(powers, start=1)] + terms
    found = constant, tuple(terms)
    beyond = [(first - scale, first) for scale in _SCALES]
    beyond += [(last, last + scale) for scale in _SCALES]
    for low, high in (*pairwise(edges), *beyond):
        z, values = _sampled(f, low, high)
        total, parts = _total(found, z)
        allowed = 4 * _ROUNDING * np.maximum(np.abs(values).max(), size)
        if not (np.abs(values - total) <= allowed + 2.0**-52 * parts).all():
            return None
    return found


def _sampled(f: Function, low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    z = (low + high + (high - low) * chebyshev_points(_DEGREE)) / 2
    with np.errstate(all="ignore"):
        return z, f(z)


def _fitted(f: Function, low: float, high: float) -> Chebyshev | None:
    """Return f as a polynomial on a piece, or None if it is of no low degree."""
    _, values = _sampled(f, low, high)
    series = to_series(_DEGREE) @ values
    allowed = _ROUNDING * np.abs(values).max()
    kept = np.flatnonzero(~(np.abs(series) <= allowed))
    degree = int(kept[-1]) if kept.size else 0
    if degree > _HIGHEST:
        return None
    return Chebyshev(series[: degree + 1], domain=[low, high])


def _about(piece: Chebyshev, place: float) -> Polynomial:
    """Return the piece in powers of z - place."""
    moved = Chebyshev(piece.coef, domain=piece.domain - place)
    return moved.convert(kind=Polynomial)


def _total(splines: Splines, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the sum of the terms, and that of their sizes."""
    constant, terms = splines
    each = [
        c
        * (z**i if math.isinf(b) else np.where(z > b, np.maximum(z - b, 0.0) ** i, 0.0))
        for b, i, c in terms
    ]
    parts = np.stack([np.full_like(z, constant), *each])
    return parts.sum(axis=0), np.abs(parts).sum(axis=0)
