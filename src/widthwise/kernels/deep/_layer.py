"""One hidden layer of a deep kernel: a map of correlations that loses no digits."""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import torch

from widthwise.activations import Activation, Scaled
from widthwise.kernels.two_layer import (
    FITTING,
    QUARTER,
    Dual,
    dual,
    dual_of_derivative,
    ends,
)
from widthwise.laws import Gaussian
from widthwise.numerics import PiecewisePolynomial, fit, gauss_legendre
from widthwise.numerics.chebyshev import Sampled

__all__ = ["Departure", "Layer", "layer"]

_NODES, _WEIGHTS = gauss_legendre(8)
"""Exact to degree 15: pieces have degree 11, and the integrand one more."""
_NOISE, _DIFFERENCED = 2e-15, 2e-14


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

    @property
    def fitting_error(self) -> float:
        """What a large matrix's polynomials may differ from these by."""
        ends = np.array([0.0, QUARTER])
        size = np.abs([self.near(ends), self.far(ends)]).max()
        return max(self.error / 2, FITTING * float(size))


@dataclass(frozen=True)
class Layer:
    r"""What $f(z) = \sigma(\sqrt q z)$ does to a correlation, z being standard normal.

    Attributes
    ----------
    variance
        q, the variance of the layer's pre-activations.
    slope
        The dual of f'.
    departure
        κ, the dual of f, relative to κ(1) and κ(-1).
    at_one, at_minus_one
        κ(1) and κ(-1); $\pm\kappa(1)$ exactly where σ is even or odd.
    error
        Absolute bound on the error of both.
    steepness
        Bound on $q\,|\partial\kappa / \partial q|$, from Cauchy and Schwarz.
    """

    variance: float
    slope: Dual
    departure: Departure = field(repr=False, compare=False)
    at_one: float
    at_minus_one: float
    error: float
    steepness: float


@lru_cache(maxsize=256)
def layer(activation: Activation, variance: float) -> Layer:
    """Return the layer of this activation at this variance of its arguments."""
    scaled = Scaled(activation, float(np.sqrt(variance)))
    # What grows too fast overflows before it is refused.
    with np.errstate(over="ignore", invalid="ignore"):
        if activation.smoothness == 0:
            kappa = dual(scaled, Gaussian())
            at_one, at_minus_one = kappa.value_at_one, float(kappa.at_angle(np.pi))
            error, departure = kappa.error_bound, _jumping(kappa)
        else:
            # The slope's integral is the rest of κ: its own dual is not needed.
            at_one, at_minus_one, error = ends(scaled)
        slope = dual_of_derivative(scaled, Gaussian())
    if activation.smoothness:
        departure = _continuous(slope)
    sign = {"even": 1.0, "odd": -1.0, "neither": 0.0}[activation.parity]
    return Layer(
        variance,
        slope,
        departure,
        at_one,
        sign * at_one if sign else at_minus_one,
        error,
        _steepness(scaled, at_one),
    )


def _continuous(slope: Dual) -> Departure:
    r"""Integrate $\kappa' = \kappa_{f'}$ from t = 1 and from t = -1 (Price)."""
    halves = [
        fit(_mean(half), (0.0, QUARTER), noise=_NOISE)
        for half in (slope.near, slope.far)
    ]
    error = 2 * slope.error_bound + max(each.error for each in halves)
    return Departure(2, halves[0], halves[1], error)


def _jumping(kappa: Dual) -> Departure:
    """Divide κ's own polynomials; a jump makes it linear in x at the ends."""
    near = fit(_quotient(kappa.near, -1.0), (0.0, QUARTER), noise=_DIFFERENCED)
    far = fit(_quotient(kappa.far, 1.0), (0.0, QUARTER), noise=_DIFFERENCED)
    first = min(float(half.edges[1]) for half in (kappa.near, kappa.far))
    error = 2 * kappa.error_bound / first + max(near.error, far.error)
    return Departure(1, near, far, error)


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


def _steepness(scaled: Activation, at_one: float) -> float:
    r"""Return $(E[z^2 f'(z)^2]\,E[f(z)^2])^{1/2}$ by the trapezoidal rule."""
    z = np.linspace(-16.0, 16.0, 32002)
    slope = scaled.derivative(torch.from_numpy(z)).numpy()
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
        terms = np.where(density > 0, (z * slope) ** 2 * density, 0.0)
    return float(np.sqrt(terms.sum() * (z[1] - z[0]) * max(at_one, 0.0)))
