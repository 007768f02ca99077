"""One hidden layer of a deep kernel: a map of correlations that loses no digits."""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import torch

from widthwise.activations import Activation, Scaled
from widthwise.kernels.duals import (
    Departure,
    Dual,
    divided,
    dual,
    dual_of_derivative,
    integrated,
)
from widthwise.kernels.rules import ends
from widthwise.laws import Gaussian

__all__ = ["Layer", "layer"]


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
            error = kappa.error_bound
            departure = divided(kappa.near, kappa.far, error)
        else:
            # The slope's integral is the rest of κ: its own dual is not needed.
            at_one, at_minus_one, error = ends(scaled)
        slope = dual_of_derivative(scaled, Gaussian())
    if activation.smoothness:
        departure = integrated(slope.near, slope.far, slope.error_bound)
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


def _steepness(scaled: Activation, at_one: float) -> float:
    r"""Return $(E[z^2 f'(z)^2]\,E[f(z)^2])^{1/2}$ by the trapezoidal rule."""
    z = np.linspace(-16.0, 16.0, 32002)
    slope = scaled.derivative(torch.from_numpy(z)).numpy()
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
        terms = np.where(density > 0, (z * slope) ** 2 * density, 0.0)
    return float(np.sqrt(terms.sum() * (z[1] - z[0]) * max(at_one, 0.0)))
