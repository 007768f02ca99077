"""Chebyshev iteration on a linear model: the best polynomial for an interval."""

import math
from dataclasses import dataclass

import numpy as np
import torch

from widthwise.arrays import Array, Float
from widthwise.dynamics.linear._gradient_descent import extremes
from widthwise.dynamics.linear._linear_model import LinearModel
from widthwise.dynamics.linear._method import Method, Modes
from widthwise.dynamics.linear._prediction import Prediction
from widthwise.dynamics.linear._recurrence import cosine, exponential, exponents, phases
from widthwise.dynamics.linear._step_counts import StepCounts, step_counts
from widthwise.dynamics.linear._turns import turns
from widthwise.errors import InvalidArgumentError
from widthwise.numerics.double_double import DoubleDouble, choose, exact

__all__ = ["ChebyshevIteration", "chebyshev_iteration"]

_GONE = 746.0  # e to the minus this is zero in float64.


@dataclass(frozen=True)
class ChebyshevIteration(Method):
    """The first-order method that is the best for the worst targets at every k.

    Attributes
    ----------
    lower, upper
        The square roots of the ends of the interval it is made for, in the unit of
        singular values.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> model = ww.dynamics.linear_model(phi, [1.0, 1.0])
    >>> ww.dynamics.chebyshev_iteration(model).method
    ChebyshevIteration(lower=1.0, upper=2.0)
    """

    lower: float
    upper: float

    def modes(self, singular_values: Float[Array, " r"]) -> Modes:
        r"""Return the modes; $T_k$ is a cosine inside the interval, cosh below it."""
        if not len(singular_values):
            empty = np.zeros(0)
            return _Ratios(1.0, empty, empty, exact(empty))
        # A power of two, so that no square leaves the range of float64.
        scale = math.frexp(self.upper)[1]
        squares = _square(np.ldexp(singular_values.numpy(), -scale))
        low = _square(np.ldexp(np.float64(self.lower), -scale))
        high = _square(np.ldexp(np.float64(self.upper), -scale))
        zero = exact(np.zeros_like(squares.high))
        inside = choose((squares - low).high > 0, squares - low, zero)
        below = choose((squares - low).high < 0, low - squares, zero).high
        if self.lower == self.upper:
            return _Ratios(math.inf, zero.high, zero.high + math.inf, zero)
        rate = _twice_artanh(self.lower, self.upper)
        ratio = self.lower / self.upper
        from_top = (high - squares).high
        inner = np.sqrt(below / np.where(below > 0, from_top, 1.0))
        # artanh a - artanh b = artanh((a - b)/(1 - ab)) does not cancel.
        gap = (
            squares.high * (high - low).high / (high.high * from_top + (from_top == 0))
        )
        gap = gap / ((ratio + inner) * (1 - ratio * inner))
        return _Ratios(
            rate=rate,
            growths=2 * np.arctanh(inner),
            gaps=np.where(below > 0, 2 * np.arctanh(np.minimum(gap, 0.5)), rate),
            angles=turns(inside, choose(from_top > 0, high - squares, zero)) * 2.0,
        )

    counts = staticmethod(step_counts)


def chebyshev_iteration(
    model: LinearModel,
    *,
    lower: float | int | None = None,
    upper: float | int | None = None,
) -> Prediction:
    r"""Predict Chebyshev iteration: no first-order method has a smaller worst mode.

    $$p_k(\lambda) = T_k\Big(\frac{b + a - 2\lambda}{b - a}\Big) \Big/
    T_k\Big(\frac{b + a}{b - a}\Big), \qquad
    \max_{a \le \lambda \le b} |p_k| = \frac{1}{\cosh kU}, \quad
    U = 2\,\mathrm{artanh}\sqrt{a/b}.$$

    Parameters
    ----------
    model
        What is trained.
    lower, upper
        $\sqrt a$ and $\sqrt b$; by default the least and largest singular value.
        Modes below `lower` converge more slowly than the rest; none may be above
        `upper`.

    Raises
    ------
    InvalidArgumentError
        If not 0 < lower <= upper, or a mode is above `upper`: it would diverge.

    Source
    ------
    Golub and Varga (1961); Saad (2003), Iterative Methods, section 12.3.

    Cost: $O(r)$ a number of steps.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> model = ww.dynamics.linear_model(phi, [1.0, 1.0])
    >>> run = ww.dynamics.chebyshev_iteration(model)
    >>> round(run.relative_residual(3), 4)
    0.074
    """
    largest, smallest = extremes(model)
    low = smallest if lower is None else float(lower)
    high = max(largest, low) if upper is None else float(upper)
    if not 0 < low <= high < math.inf:
        raise InvalidArgumentError(
            f"The interval is [{low!r}, {high!r}]; its ends must be positive, finite "
            "and ascending."
        )
    if model.rank and largest > high:
        raise InvalidArgumentError(
            f"The singular value {largest:.6g} is above the interval's end "
            f"{high:.6g}, where Chebyshev iteration may diverge. Use upper={largest!r}."
        )
    method = ChebyshevIteration(low, high)
    return Prediction(model, method, method.modes(model.singular_values))


@dataclass(frozen=True)
class _Ratios(Modes):
    r"""Modes $\cosh(k u_i) \cos(k \theta_i) / \cosh(kU)$, one of $u_i, \theta_i$ zero.

    Attributes
    ----------
    rate, growths, gaps
        U, $u_i$ and $U - u_i$, each to full relative accuracy.
    angles
        $\theta_i / 2\pi$.
    """

    rate: float
    growths: np.ndarray
    gaps: np.ndarray
    angles: DoubleDouble

    @property
    def decays(self) -> Float[Array, " r"]:
        return torch.from_numpy(self.gaps)

    def remaining(self, counts: StepCounts) -> Float[Array, "c r"]:
        k = counts.values.numpy()
        if len(self.gaps) and len(k) and k.min() > max(1.0, _GONE / self.gaps.min()):
            return torch.zeros(len(k), len(self.gaps), dtype=torch.float64)
        return torch.from_numpy(self._envelope(k) * cosine(phases(k, self.angles)))

    def filters(self, counts: StepCounts) -> Float[Array, "c r"]:
        k = counts.values.numpy()
        waves = 2 * np.square(np.sin(phases(k, self.angles) / 2))
        both = np.expm1(exponents(k, self.rate + self.growths))
        both = both * np.expm1(exponents(k, self.gaps)) / self._norm(k)
        return torch.from_numpy(both + self._envelope(k) * waves)

    def bounds(self, counts: StepCounts) -> Float[Array, "c r"]:
        return torch.from_numpy(self._envelope(counts.values.numpy()).copy())

    def _envelope(self, counts: np.ndarray) -> np.ndarray:
        """Return cosh(ku) / cosh(kU)."""
        norm = self._norm(counts)
        if not self.growths.any():  # no mode below the interval: all shrink alike
            own = np.exp(exponents(counts, np.array([self.rate])))
            return np.broadcast_to(2 * own / norm, (len(counts), len(self.gaps)))
        own = exponential(exponents(counts, self.gaps))
        own *= 1 + exponential(exponents(counts, 2 * self.growths))
        own /= norm
        return own

    def _norm(self, counts: np.ndarray) -> np.ndarray:
        found: np.ndarray = 1 + np.exp(exponents(counts, np.array([2 * self.rate])))
        return found


def _square(values: np.ndarray | np.float64) -> DoubleDouble:
    return exact(values) * exact(values)


def _twice_artanh(lower: float, upper: float) -> float:
    if lower > 0.5 * upper:
        return math.log((upper + lower) / (upper - lower))
    return 2 * math.atanh(lower / upper)
