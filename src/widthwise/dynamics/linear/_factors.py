"""What one step of gradient descent multiplies each mode of the residual by."""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import torch

from widthwise.arguments import positive
from widthwise.arrays import Array, Bool, Float
from widthwise.dynamics.linear._method import Modes
from widthwise.dynamics.linear._step_counts import StepCounts
from widthwise.errors import InvalidArgumentError
from widthwise.numerics.double_double import DoubleDouble, exact

__all__ = [
    "Factors",
    "check_step",
    "factors",
    "products",
    "rounded",
    "shown",
    "square_root",
    "step_size",
]

_ONE, _TWO = Fraction(1), Fraction(2)
_NEAR = 1e-9  # Closer to 1 or 2 than this, twice float64's digits may not suffice.


@dataclass(frozen=True)
class Factors(Modes):
    r"""The factors $1 - \eta s_i^2 = \pm e^{-r_i}$, each to full relative accuracy.

    Attributes
    ----------
    rates
        Shape (r,). $r_i = -\log|1 - \eta s_i^2| \ge 0$; inf where the factor is zero.
    are_negative
        Shape (r,). Where $\eta s_i^2 > 1$: the mode overshoots and alternates.
    """

    rates: Float[Array, " r"]
    are_negative: Bool[Array, " r"]

    @property
    def decays(self) -> Float[Array, " r"]:
        return self.rates

    def remaining(self, counts: StepCounts) -> Float[Array, "c r"]:
        sizes = self.bounds(counts)
        # Modes descend, so those that overshoot come first.
        overshooting = int(self.are_negative.sum())
        signs = 1.0 - 2.0 * counts.are_odd.double()
        sizes[:, :overshooting] *= signs[:, None]
        return sizes

    def filters(self, counts: StepCounts) -> Float[Array, "c r"]:
        exponents = self._exponents(counts.values)
        flips = counts.are_odd[:, None] & self.are_negative[None, :]
        return torch.where(flips, 1.0 + torch.exp(exponents), -torch.expm1(exponents))

    def bounds(self, counts: StepCounts) -> Float[Array, "c r"]:
        return self._exponents(counts.values).exp_()

    def _exponents(self, counts: Float[Array, " c"]) -> Float[Array, "c r"]:
        exponents = torch.outer(counts, -self.rates)
        exponents[counts == 0] = 0.0  # (1 - ηs²)⁰ is 1, also where 1 - ηs² is 0
        return exponents


def step_size(step: str | float | int, largest: float, smallest: float) -> Fraction:
    r"""Return $\eta$ as an exact rational, from a name or a number."""
    top, bottom = Fraction(largest) ** 2, Fraction(smallest) ** 2
    if step == "optimal":
        return 2 / (top + bottom)
    if step == "stable":
        return 1 / top
    return check_step(step, 2 / top, "gradient descent")


def check_step(step: str | float | int, limit: Fraction, method: str) -> Fraction:
    """Return a number as an exact rational, or refuse it with the limit."""
    if isinstance(step, str):
        raise InvalidArgumentError(
            f"There is no step named {step!r}. Use 'optimal', 'stable' or a number."
        )
    found = Fraction(positive(step, "The step", advice="Use 'optimal'."))
    if found >= limit:
        multiple = "2/s₁²" if method == "gradient descent" else "the stability limit"
        raise InvalidArgumentError(
            f"The step {float(step):.6g} is not below {multiple} = {shown(limit)}, so "
            f"{method} does not converge. Use 'optimal' or a smaller number."
        )
    return found


def products(singular_values: Float[Array, " r"], step: Fraction) -> DoubleDouble:
    r"""Return $\eta s_i^2$ with twice the digits of float64."""
    values = singular_values.numpy()
    if len(values) == 0:
        return exact(values)
    # A power of two, so that no square leaves the range of float64.
    scale = math.frexp(float(values[0]))[1]
    scaled = exact(np.ldexp(values, -scale))
    return scaled * scaled * exact(step * Fraction(2) ** (2 * scale))


def factors(singular_values: Float[Array, " r"], step: Fraction) -> Factors:
    r"""Return the factors of these singular values for the step $\eta$.

    At the optimal step and a large condition number, $1 - \eta s_1^2$ differs from -1
    by $2/\kappa$: rounding $\eta s_1^2$ first would lose it. So $\eta s^2$ has 32
    digits, and where it is near 1 or 2 it is an exact rational.
    """
    found = products(singular_values, step)
    rest, beyond = (-found + 1.0).high, (-found + 2.0).high
    with np.errstate(divide="ignore"):
        decays = np.where(
            found.high <= 0.5,
            -np.log1p(-np.minimum(found.high, 0.5)),
            np.where(
                found.high >= 1.5,
                -np.log1p(-np.minimum(beyond, 0.5)),
                -np.log(np.abs(rest)),
            ),
        )
    negative = np.asarray(rest < 0)
    for i in np.nonzero((np.abs(rest) < _NEAR) | (np.abs(beyond) < _NEAR))[0]:
        product = step * Fraction(float(singular_values[i])) ** 2
        decays[i], negative[i] = _decay(product), product > _ONE
    return Factors(torch.from_numpy(decays), torch.from_numpy(negative))


def _decay(product: Fraction) -> float:
    if product == _ONE:
        return math.inf
    if product >= Fraction(3, 2):
        return -math.log1p(-float(_TWO - product))
    return -math.log(abs(float(_ONE - product)))


def rounded(step: Fraction) -> float:
    """Return a step as a float64, or refuse one outside its range."""
    try:
        rounded = float(step)
    except OverflowError:
        rounded = math.inf
    if not 0 < rounded < math.inf:
        raise InvalidArgumentError(
            "The step size, of order 1/s₁², is outside the range of float64. Rescale "
            "the features."
        )
    return rounded


def square_root(value: Fraction) -> Fraction:
    """Return the root of a rational, at least 0, to 2**-200."""
    return Fraction(math.isqrt(value.numerator * 4**200 // value.denominator), 2**200)


def shown(value: Fraction) -> str:
    """Return a positive rational in six digits, also beyond the range of float64."""
    try:
        return f"{float(value):.6g}"
    except OverflowError:
        return "more than 1.8e308"
