"""The power series of a kernel under the Gaussian law, each end safe."""

import math
from dataclasses import dataclass

import numpy as np

from widthwise.activations import Activation
from widthwise.arrays import Float
from widthwise.bounds.smallest._record import KernelName
from widthwise.kernels import dual, dual_of_derivative, hermite_coefficients
from widthwise.kernels.enclosed import EnclosedCoefficients, enclosed_coefficients
from widthwise.laws import Gaussian

__all__ = ["PowerSeries", "power_series"]

_DEGREE = 500
_ERROR = 2e-14


@dataclass(frozen=True, eq=False)
class PowerSeries:
    r"""$\kappa(t) = \sum_k a_k t^k$, $a_k \ge 0$.

    Attributes
    ----------
    low, high
        Bounds of $a_0, \dots, a_K$, shape (K + 1,).
    rest_low, rest_high
        Bounds of $\sum_{k > K} a_k$.
    value_low, value_high
        Bounds of κ(1).
    is_enclosed
        Whether they are proved, in interval arithmetic; else an error is allowed for
        that is tested.
    """

    low: Float[np.ndarray, " k"]
    high: Float[np.ndarray, " k"]
    rest_low: float
    rest_high: float
    value_low: float
    value_high: float
    is_enclosed: bool


def power_series(act: Activation, kernel: KernelName) -> PowerSeries:
    """Return the series of the conjugate or of the inner tangent kernel."""
    order = 1 if kernel == "tangent_inner" else 0
    proved = enclosed_coefficients(act, Gaussian(), order)
    if proved is not None:
        return _enclosed(proved, order)
    table = (dual_of_derivative if order else dual)(act, Gaussian())
    value, error = float(table.value_at_one), table.error_bound
    found = np.abs(hermite_coefficients(act, _DEGREE, order).numpy())
    slack = _ERROR * math.sqrt(max(value, 0.0))
    low = np.maximum(found - slack, 0.0) ** 2
    high = (found + slack) ** 2
    if order:
        low, high = np.append(0.0, low), np.append(0.0, high)
    return PowerSeries(
        low=low,
        high=high,
        rest_low=max(value - error - float(high.sum()), 0.0),
        rest_high=max(value + error - float(low.sum()), 0.0),
        value_low=value - error,
        value_high=value + error,
        is_enclosed=False,
    )


def _enclosed(found: EnclosedCoefficients, order: int) -> PowerSeries:
    low, high = found.ends()
    zeros = [0.0] * order
    return PowerSeries(
        np.array(zeros + low), np.array(zeros + high), *found.rest, *found.value, True
    )
