r"""What the number of rows and the width make of a penalty.

$$n = z(\gamma) + \delta/\kappa, \qquad m = z(\gamma) + m\kappa/\gamma, \qquad
  z(\gamma) = \sum_i \frac{\lambda_i}{\lambda_i + \gamma},$$

so that $(n - z)(1 - z/m)\,\gamma = \delta$: one equation for γ.
"""

import math
from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq

from widthwise.errors import WidthwiseError
from widthwise.spectra import TargetModes

__all__ = ["Spread", "complex_scales", "scale_at"]

_TINY = 1e-280


class Spread:
    """z(γ) of the modes, for a real or a complex γ."""

    def __init__(self, modes: TargetModes) -> None:
        self.values = np.asarray(modes.eigenvalues)
        self.counts = np.asarray(modes.multiplicities)
        self.rest = float(modes.remainder)
        self.trace = modes.trace
        is_there = self.values > 0
        self.capacity = math.inf if self.rest else float(self.counts[is_there].sum())

    def z(self, gamma: complex | float) -> complex:
        """Return z(γ)."""
        shares = self.values / (self.values + gamma)
        return complex(self.counts @ shares) + self.rest / gamma

    def slope(self, gamma: complex | float) -> complex:
        """Return z'(γ)."""
        shares = self.values / (self.values + gamma) ** 2
        return -complex(self.counts @ shares) - self.rest / gamma**2


def scale_at(spread: Spread, count: int, width: float, penalty: float) -> float:
    """Return γ; 0 where rows and units exceed the modes and there is no penalty."""
    if spread.trace == 0:
        return penalty / count
    free = min(count, width)
    least = 0.0
    if spread.capacity > free:
        least = _root(lambda g: free - spread.z(g).real, spread.trace / free)
    if penalty == 0:
        return least

    def excess(gamma: float) -> float:
        z = spread.z(gamma).real
        return (count - z) * (1 - z / width) * gamma - penalty

    high = max(2 * least, (penalty + spread.trace) / free)
    while excess(high) <= 0:
        high *= 4
    return _root(excess, high, least)


def complex_scales(
    spread: Spread, count: int, width: float, penalties: np.ndarray
) -> np.ndarray:
    """Return γ along a path of complex penalties that begins at a positive one.

    Newton's iteration, each from the solution before it.
    """
    found = []
    gamma: complex | float = scale_at(spread, count, width, float(penalties[0].real))
    before = complex(penalties[0])
    for wanted in penalties:
        for share in (0.25, 0.5, 0.75, 1.0):
            penalty = before + share * (complex(wanted) - before)
            gamma = _newton(spread, count, width, penalty, gamma)
        before = complex(wanted)
        found.append(gamma)
    return np.array(found)


def _newton(
    spread: Spread,
    count: int,
    width: float,
    penalty: complex,
    gamma: complex | float,
) -> complex | float:
    for _ in range(60):
        z, slope = spread.z(gamma), spread.slope(gamma)
        rows, units = count - z, 1 - z / width
        value = rows * units * gamma - penalty
        tangent = rows * units - gamma * slope * (units + rows / width)
        change = value / tangent
        gamma -= change
        if abs(change) <= 1e-14 * abs(gamma):
            return gamma
    raise WidthwiseError(
        f"The equation of the {count} rows has no solution that Newton's iteration "
        f"finds at the penalty {penalty:.3g}. Take fewer or shorter times."
    )


def _root(function: Callable[[float], float], high: float, least: float = 0.0) -> float:
    """Return the zero of an increasing function, negative close above `least`."""
    low = least if least > 0 else high / 16
    while least == 0 and function(low) >= 0:
        low /= 16
        if low < _TINY:
            return 0.0
    if function(low) >= 0:
        return low
    while function(high) < 0:  # rounding at the upper end
        high *= 1 + 1e-12
    found = brentq(
        lambda logarithm: function(math.exp(logarithm)),
        math.log(low),
        math.log(high),
        xtol=1e-15,
        rtol=8.9e-16,
    )
    return math.exp(found)
