r"""Slopes of E[f(a u) f(b v)] in the norms and the angle, f in pieces with jumps.

With $f' = f'_r + \sum_c J_c\,\delta_c$, $f'_r$ the slope of the pieces, and p the
density of u,

$$\partial_{\log a} E = E[a u f'_r(a u)\,f(b v)]
+ \sum_c J_c\,\tfrac ca\,p(\tfrac ca)\,E[f(b v) \mid u=\tfrac ca],
\qquad \partial_\theta E = -ab \sin\theta\,E[f'(a u)\,f'(b v)]$$

(Price), on the sphere of R^d a d-th of that in d + 2 dimensions. There the product of
two jumps is the joint density, whose pole at θ = 0 the sine takes away.
"""

from dataclasses import replace

import numpy as np

from widthwise.errors import PrecisionLimitError
from widthwise.kernels.pairs._pieces import Angle, Pieces
from widthwise.kernels.pairs._truncated_moments import Moments, one_sided
from widthwise.laws import Sphere

__all__ = ["slopes", "square_slopes"]

_FARTHEST = 1e8
_NOTHING = 1e-12
"""A jump that is this part of f is the rounding of its pieces."""


def slopes(
    of: Pieces, first: np.ndarray, second: np.ndarray, angle: Angle
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return those in log a, in log b and in θ, for pairs, each (N,).

    Raises
    ------
    PrecisionLimitError
        If f jumps and a row is 1e8 times as long as another.
    """
    own = of.table.coefficients
    slope, bent = _slope(of)
    by_first = of.expectations(first, second, *angle, functions=(bent, own))
    by_second = of.expectations(second, first, *angle, functions=(bent, own))
    above = of
    if isinstance(of.law, Sphere):
        above = replace(of, law=Sphere(of.law.dimension + 2))
    sine = 2 * angle[0] * np.sqrt((1 - angle[0]) * (1 + angle[0]))
    # A slope may be on short pieces alone, which only the outer integral cuts exactly.
    longer, shorter = np.maximum(first, second), np.minimum(first, second)
    jumps = _jumps(of)
    if jumps and bool((longer > _FARTHEST * shorter).any()):
        raise PrecisionLimitError(
            "A gradient between rows of norms "
            f"{float(shorter.min()):.3g} and {float(longer.max()):.3g} keeps no digits "
            "where a slope jumps. Scale the rows nearer to one norm."
        )
    by_angle = above.expectations(longer, shorter, *angle, functions=(slope, slope))
    by_angle *= first * second * sine
    for c, jump, _ in jumps:
        for a, b, total in ((first, second, by_first), (second, first, by_second)):
            h = c / a
            total += jump * h * _density(of, h) * _given(of, h, b, angle, own)
            mean = _given(above, h, b, angle, slope, has_jumps=False)
            by_angle += jump * b * sine * _density(above, h) * mean
        for e, other, _ in jumps:
            moments = Moments(c / first, e / second, *angle, _dimension(above))
            by_angle += jump * other * moments.joint_density(0)
    over = _dimension(of) or 1
    return by_first, by_second, -by_angle / over


def square_slopes(of: Pieces, norms: np.ndarray) -> np.ndarray:
    """Return those of E f(a u)² in log a, shape (N,)."""
    angle = np.zeros(len(norms)), np.ones(len(norms), dtype=bool)
    functions = _slope(of)[1], of.table.coefficients
    found = 2 * of.expectations(norms, norms, *angle, functions=functions)
    for c, jump, mean in _jumps(of):
        found += 2 * jump * mean * (c / norms) * _density(of, c / norms)
    return np.asarray(found)


def _slope(of: Pieces) -> tuple[np.ndarray, np.ndarray]:
    """Return the coefficients of f' and of z f', each (P, K)."""
    half = np.diff(of.table.edges)[:, None] / 2
    centre = (of.table.edges[:-1, None] + of.table.edges[1:, None]) / 2
    slope = np.zeros_like(of.table.coefficients)
    powers = np.arange(1, slope.shape[1])
    slope[:, :-1] = of.table.coefficients[:, 1:] * powers / half
    bent = centre * slope
    bent[:, 1:] += half * slope[:, :-1]
    return slope, bent


def _jumps(of: Pieces) -> list[tuple[float, float, float]]:
    """Return where f jumps, by how much, and the mean of both sides."""
    signs = (-1.0) ** np.arange(of.table.coefficients.shape[1])
    starts, ends = of.table.coefficients @ signs, of.table.coefficients.sum(axis=1)
    found = []
    for c in of.kinks:
        place = int(np.searchsorted(of.table.edges, c))
        before, after = float(ends[place - 1]), float(starts[place])
        size = float(np.abs(of.table.coefficients[place - 1 : place + 1]).sum())
        if abs(after - before) > _NOTHING * size:
            found.append((float(c), after - before, (before + after) / 2))
    return found


def _given(
    of: Pieces,
    h: np.ndarray,
    norms: np.ndarray,
    angle: Angle,
    function: np.ndarray,
    *,
    has_jumps: bool = True,
) -> np.ndarray:
    """Return E[g(b v) | u = h], where jumps keep their places to the last digit."""
    inside = np.where(np.abs(h) < 1, h, 0.0) if _dimension(of) else h
    middle, width = of.line(inside, norms, angle)
    found = of.means(middle, width, function)
    for e, jump, _ in _jumps(of) if has_jumps else []:
        exact = Moments(inside, e / norms, *angle, _dimension(of)).starts[0]
        found += jump * (_above(of, exact) - _above(of, (e - middle) / width))
    return found


def _density(of: Pieces, h: np.ndarray) -> np.ndarray:
    return one_sided(h, 1.0, h, -1, _dimension(of))


def _above(of: Pieces, start: np.ndarray) -> np.ndarray:
    """Return the probability that what is left of v is above `start`."""
    dimension = _dimension(of)
    return one_sided(start, 1.0, start, 0, dimension and dimension - 1)


def _dimension(of: Pieces) -> int | None:
    return of.law.dimension if isinstance(of.law, Sphere) else None
