"""How far a dual goes from its ends, with relative accuracy."""

from dataclasses import dataclass

import numpy as np

from widthwise.kernels.duals._representation import QUARTER
from widthwise.numerics import PiecewisePolynomial, fit, gauss_legendre
from widthwise.numerics.chebyshev import Sampled

__all__ = ["FITTING", "Departure", "divided", "integrated"]

_NODES, _WEIGHTS = gauss_legendre(8)
"""Exact to degree 15: pieces have degree 11, and the integrand one more."""
_NOISE, _DIFFERENCED = 2e-15, 2e-14
FITTING = 5e-15
"""Part of a function's size that a polynomial without a table may miss it by."""


@dataclass(frozen=True)
class Departure:
    r"""How far κ goes from its value at t = 1, and from that at t = -1.

    $\kappa(1) - \kappa(t) = x^p\,\mathrm{near}(x)$ for $x = \sin(\theta/2)$, $t \ge 0$;
    $\kappa(t) - \kappa(-1) = x^p\,\mathrm{far}(x)$ for $x = \cos(\theta/2)$, $t < 0$.
    Written so, 1 - t keeps its relative accuracy through a layer.

    Attributes
    ----------
    power
        p = 2, or 1 for an activation that jumps.
    near, far
        Piecewise polynomials on [0, sin(π/4)].
    error
        Absolute bound on the error of both.
    """

    power: int
    near: PiecewisePolynomial
    far: PiecewisePolynomial
    error: float

    def __call__(self, x: np.ndarray, is_near: np.ndarray) -> np.ndarray:
        """Return κ(1) - κ(t) where `is_near` (t >= 0), κ(t) - κ(-1) elsewhere."""
        found = np.empty(np.shape(x))
        found[is_near] = self.near(x[is_near])
        found[~is_near] = self.far(x[~is_near])
        return np.asarray(found * x**self.power)

    @property
    def fitting_error(self) -> float:
        """What a large matrix's polynomials may differ from these by."""
        ends = np.array([0.0, QUARTER])
        size = np.abs([self.near(ends), self.far(ends)]).max()
        return max(self.error / 2, FITTING * float(size))


def integrated(
    near: PiecewisePolynomial, far: PiecewisePolynomial, error: float
) -> Departure:
    r"""Integrate κ', whose halves these are, from t = 1 and from t = -1."""
    one, two = (fit(_mean(each), (0.0, QUARTER), noise=_NOISE) for each in (near, far))
    return Departure(2, one, two, 2 * error + max(one.error, two.error))


def divided(
    near: PiecewisePolynomial, far: PiecewisePolynomial, error: float
) -> Departure:
    """Divide κ's own halves; a jump makes it linear in x at the ends."""
    first = min(float(half.edges[1]) for half in (near, far))
    one, two = (
        fit(_quotient(half, sign), (0.0, QUARTER), noise=_DIFFERENCED)
        for half, sign in ((near, -1.0), (far, 1.0))
    )
    return Departure(1, one, two, 2 * error / first + max(one.error, two.error))


def _mean(function: PiecewisePolynomial) -> Sampled:
    r"""Return $x \mapsto 4 x^{-2} \int_0^x s\,f(s)\,ds$, relatively accurate at 0."""
    left, width = function.edges[:-1], np.diff(function.edges)

    def parts(start: np.ndarray, length: np.ndarray) -> np.ndarray:
        s = start[:, None] + length[:, None] * _NODES
        terms = 4 * s * function(s) * _WEIGHTS * length[:, None]
        return np.stack([terms.sum(axis=1), np.abs(terms).sum(axis=1)])

    before = np.cumsum(parts(left, width), axis=1)
    before = np.concatenate([np.zeros((2, 1)), before], axis=1)

    def evaluate(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        piece = np.searchsorted(function.edges[1:-1], x, side="right")
        first = 4 * function(x[:, None] * _NODES) * _NODES * _WEIGHTS
        within = np.stack([first.sum(axis=1), np.abs(first).sum(axis=1)])
        beyond = before[:, piece] + parts(left[piece], x - left[piece])
        found = np.where(
            piece == 0, within, beyond / np.maximum(x, function.edges[1]) ** 2
        )
        return found[0], found[1]

    return evaluate


def _quotient(function: PiecewisePolynomial, sign: float) -> Sampled:
    r"""Return $x \mapsto \pm (f(x) - f(0)) / x$, the first piece divided exactly."""
    end, coefficients = float(function.edges[1]), function.coefficients[0]
    origin = float(function(np.zeros(1))[0])

    def evaluate(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        y = 2 * x / end - 1
        # (y^k - (-1)^k) / (y + 1) = Σ_j y^j (-1)^{k-1-j}, by Horner's rule.
        total, remainder = np.zeros_like(x), np.zeros_like(x)
        size = np.zeros_like(x)
        for c in coefficients[:0:-1]:
            remainder = c - remainder
            total = total * y + remainder
            size = size * np.abs(y) + np.abs(remainder)
        far = (function(x) - origin) / np.maximum(x, end / 2)
        value = np.where(x <= end, total * 2 / end, far)
        scale = np.maximum(size * 2 / end, np.abs(function(x)) / np.maximum(x, end))
        return sign * value, scale

    return evaluate
