"""How the errors of a deep kernel's layers add up, found at points of [-1, 1]."""

from collections.abc import Callable

import numpy as np

from widthwise.kernels.deep._step import Step, advance
from widthwise.kernels.duals import QUARTER

__all__ = ["propagated"]

_EPS = 2.3e-16
_STEP = 1e-5
"""Relative step of the difference quotients that carry errors through a layer."""
_POINTS = 160
_TINY = 1e-150
"""Half chords below this, whose squares underflow, count as it."""
_SMALLEST = 1e-9
"""Half chord of the closest points looked at."""


def propagated(
    first: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]],
    steps: tuple[Step, ...],
    variance: float,
    weight: float,
    rounding: float,
) -> tuple[float, float]:
    r"""Bound the errors of $K_{L+1}$ and $\Theta_{L+1}$ over [-1, 1].

    To first order, each layer turns an error δu of $u = (1-\rho)/2$ into
    $|du'/du|\,\delta u$, and adds the errors of its polynomials and of the variance.
    This is followed from 320 correlations that crowd towards 1 and -1, where the
    errors are largest; the largest result is doubled.

    Parameters
    ----------
    first
        Turns $(1-t)/2$ and $(1+t)/2$ into u and v of the first layer.
    steps, variance, weight
        The layers, the first one's variance $q_1$, and $s_w^2$.
    rounding
        Error of the inner product t of two points; where $1 - |t|$ is below 1/50, it
        is that error relative to $1 - |t|$.
    """
    x = np.geomspace(_SMALLEST, QUARTER, _POINTS) ** 2
    u, v = np.append(x, 1 - x), np.append(1 - x, x)
    least = np.minimum(u, v)
    error = np.where(least >= 1e-2, rounding / 2, 2 * rounding * least)
    half = u
    u, v = first(u, v)
    error = error * u / half + 2 * _EPS * np.minimum(u, v)
    size = variance * np.abs(v - u)
    conjugate = 4 * _EPS * variance + 2 * variance * error
    variance *= 4 * _EPS
    tangent = conjugate
    for step in steps:
        near = u <= v
        x = np.minimum(np.sqrt(np.where(near, u, v)), QUARTER)
        slope, bend = _slope(step, x, near)
        of = step.layer.slope
        lost = of.error_bound + of.fitting_error + bend * error
        u, v, steepness = _through(step, x, near)
        error = steepness * error + _added(step, x, near, u, v, variance)
        added = weight * (
            step.layer.error + step.layer.steepness * variance / step.layer.variance
        )
        variance = added + 2 * _EPS * step.variance
        conjugate = variance + 2 * step.variance * error
        tangent = conjugate + step.gain * (np.abs(slope) * tangent + size * lost)
        size = np.abs(step.variance * (v - u)) + step.gain * size * np.abs(slope)
        tangent = tangent + 4 * _EPS * size
    return 2 * float(np.max(conjugate)), 2 * float(np.max(tangent))


def _slope(
    step: Step, x: np.ndarray, near: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the dual of f' and the size of its derivative in u."""
    function = step.layer.slope.at_half_chords
    value, below = function(x, near), function(x * (1 - _STEP), near)
    moved = 2 * _STEP * np.maximum(x, _TINY) ** 2
    return value, np.abs(value - below) / moved


def _through(
    step: Step, x: np.ndarray, near: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return u', v' and the size of du'/du."""
    u, v = advance(step, x, near)
    departure = step.layer.departure
    change = np.where(near, departure.near(x), departure.far(x))
    y = x * (1 - _STEP)
    beside = np.where(near, departure.near(y), departure.far(y))
    p = departure.power
    # Differences of x^p B(x), without those of x^p itself, which would cancel.
    moved = x**p * (change - beside) + (x**p - y**p) * beside
    steepness = step.rise * np.abs(moved) / (2 * _STEP * np.maximum(x, _TINY) ** 2)
    return u, v, steepness


def _added(
    step: Step,
    x: np.ndarray,
    near: np.ndarray,
    u: np.ndarray,
    v: np.ndarray,
    variance: float,
) -> np.ndarray:
    """Return what the layer itself adds to the error of min(u', v')."""
    each = step.layer
    departure = each.departure
    missed = departure.error + departure.fitting_error
    fitted = step.rise * x**departure.power * missed
    ends = np.where(near, 0.0, 2 * step.rise * each.error)
    if step.near_one == 0.0 or step.near_minus_one == 0.0:
        ends = np.zeros_like(ends)
    # The scale of the map changes with q, its relative shape no more than that.
    scale = variance / each.variance * (1 + each.steepness / max(each.at_one, 1e-300))
    smaller = np.minimum(u, v)
    return np.asarray(fitted + ends + (2 * scale + 4 * _EPS) * smaller)
