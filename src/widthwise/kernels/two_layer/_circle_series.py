r"""Duals of smooth functions by Fourier series on circles, all angles at once.

With the projection of w on the plane of x and x' at $r (\cos\omega, \sin\omega)$,

$$f(r\cos\omega) = \sum_k a_k(r) \cos k\omega \quad\Rightarrow\quad
\kappa(\theta) = E_r\,a_0^2 + \tfrac12 \sum_{k \ge 1} E_r\,a_k^2\,\cos k\theta .$$

What is steep, narrow or fast in z needs many k, found by one transform a radius, and
no finer rule in the angle.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.fft import dct

from widthwise.kernels.two_layer._function import NumpyFunction
from widthwise.kernels.two_layer._marginal import Marginal
from widthwise.kernels.two_layer._plane import Angles
from widthwise.laws import Law, Sphere
from widthwise.numerics import gauss_legendre

__all__ = ["CircleSeries", "circle_series"]

_BLOCK = 256
_PANELS = (12, 18)
"""Radii in a panel of the rule, and of the finer one."""
_SIZES = (2**8, 2**18)
"""Of the transforms."""
_UNRESOLVED = 1e-20
"""Part of κ(1) that the last quarter of a transform may hold, at a radius."""
_NEGLIGIBLE = 2e-18
_PARSEVAL = 1e-13


@dataclass(frozen=True)
class CircleSeries:
    r"""The function $\kappa(\theta) = \sum_{k \le K} b_k \cos k\theta$.

    Attributes
    ----------
    parts
        $b_k \ge 0$, shape (K + 1,); their sum is κ(1).
    tail
        Bound on what the terms beyond K add, and the rounding of θ.
    """

    parts: np.ndarray
    tail: float

    def __call__(self, angles: Angles) -> tuple[np.ndarray, np.ndarray]:
        """Return the values and their scales κ(1), both shape (N,)."""
        theta = 2 * angles.half
        count = -(-len(self.parts) // _BLOCK)
        blocks = np.zeros((count, _BLOCK))
        blocks.ravel()[: len(self.parts)] = self.parts
        # cos (j + l)θ by products of matrices, l the blocks' first terms.
        within = np.arange(_BLOCK)[:, None] * theta
        first = _BLOCK * np.arange(count)[:, None] * theta
        value = np.cos(first) * (blocks @ np.cos(within))
        value -= np.sin(first) * (blocks @ np.sin(within))
        return value.sum(axis=0), np.full_like(theta, self.parts.sum())


def circle_series(
    function: NumpyFunction, law: Law, one: Marginal, least: float
) -> tuple[CircleSeries, CircleSeries] | None:
    """Return the series and one from a finer rule, or None where it is too long.

    Parameters
    ----------
    function
        f, smooth on the whole line.
    law
        Not that of the circle.
    one
        What one integral of f gives.
    least
        The width of the narrowest piece on which f is a polynomial.
    """
    found = [_parts(function, law, one, least, panel) for panel in _PANELS]
    coarse, fine = found
    if coarse is None or fine is None:
        return None
    size = float(fine.sum())
    if abs(one.at_one - size) > _PARSEVAL * one.at_one + one.rounding:
        return None
    rest = np.append(np.cumsum(fine[::-1])[::-1], 0.0)
    needed = max(3, int(np.count_nonzero(rest > _NEGLIGIBLE * size)))
    tail = float(rest[needed]) + 1e3 * _UNRESOLVED * size
    tail += np.pi * 2.0**-52 * float(fine @ np.arange(float(len(fine))))
    return CircleSeries(coarse[:needed], tail), CircleSeries(fine[:needed], tail)


def _parts(
    function: NumpyFunction, law: Law, one: Marginal, least: float, panel: int
) -> np.ndarray | None:
    """Return the b_k; None where a transform does not end."""
    total = np.zeros(_SIZES[1] + 1)
    allowed = _UNRESOLVED * one.at_one
    # The outermost circles are the longest, and fail first.
    for radius, mass in _panels(law, one.high, least, panel):
        size = _SIZES[0]
        while size < 2 * radius.max() / least and size < _SIZES[1]:
            size *= 2
        while True:
            cosines = np.cos(np.pi / size * np.arange(size + 1.0))
            series = dct(function(radius[:, None] * cosines), type=1) / size
            series[:, [0, -1]] /= 2
            parts = mass @ series**2
            if parts[3 * size // 4 :].sum() <= allowed:
                break
            size *= 2
            if size > _SIZES[1]:
                return None
        total[0] += parts[0]
        total[1 : size + 1] += parts[1:] / 2
    return total


def _panels(
    law: Law, high: float, least: float, count: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield radii and their probabilities, from the outermost panel inwards."""
    nodes, weights = gauss_legendre(count)
    shrinking = 4.0 ** -np.arange(1.0, 3.0 + np.log(1 / min(least, 0.1)) / np.log(4))
    if isinstance(law, Sphere):  # r = sin ψ, of density (d - 2) sin ψ cos^(d-3) ψ.
        spread = 1 / np.sqrt(law.dimension)
        fine = spread * np.concatenate([[0.0], shrinking, np.arange(1.0, 10.0)])
        ends = np.concatenate([fine, np.arange(0.1, 1.5, 0.25), [np.pi / 2]])
        ends = np.unique(ends[ends <= np.pi / 2])
    else:
        ends = np.unique(np.concatenate([[0.0], shrinking, np.arange(1.0, 38.0)]))
    for left, right in zip(ends[-2::-1], ends[:0:-1], strict=True):
        place, width = left + (right - left) * nodes, (right - left) * weights
        if isinstance(law, Sphere):
            if np.sin(left) > high:
                continue
            power = np.exp((law.dimension - 3) * np.log(np.cos(place)))
            mass = width * (law.dimension - 2) * np.sin(place) * power
            yield np.sin(place), mass
        elif left <= high:
            yield place, width * place * np.exp(-(place**2) / 2)
