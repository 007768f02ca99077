"""What one step of gradient descent multiplies each mode of the residual by."""

import math
from dataclasses import dataclass
from fractions import Fraction

import torch

from widthwise.arrays import Array, Bool, Float
from widthwise.errors import InvalidArgumentError

__all__ = ["Factors", "factors", "step_size"]

_HALF, _ONE, _TWO = Fraction(1, 2), Fraction(1), Fraction(2)


@dataclass(frozen=True)
class Factors:
    r"""The factors $1 - \eta s_i^2 = \pm e^{-r_i}$, each to full relative accuracy.

    Attributes
    ----------
    decays
        Shape (r,). $r_i = -\log|1 - \eta s_i^2| \ge 0$; inf where the factor is zero.
    are_negative
        Shape (r,). Where $\eta s_i^2 > 1$: the mode overshoots and alternates.
    """

    decays: Float[Array, " r"]
    are_negative: Bool[Array, " r"]

    def powers(self, counts: Float[Array, " c"]) -> Float[Array, "c r"]:
        r"""Return $|1 - \eta s_i^2|^k$ for each count k, shape (c, r)."""
        exponents = counts[:, None] * self.decays[None, :]
        exponents[counts == 0] = 0.0  # (1 - ηs²)⁰ is 1, also where 1 - ηs² is 0
        return torch.exp(-exponents)

    def filters(
        self, counts: Float[Array, " c"], are_odd: Bool[Array, " c"]
    ) -> Float[Array, "c r"]:
        r"""Return $1 - (1 - \eta s_i^2)^k$ for each count k, shape (c, r)."""
        exponents = counts[:, None] * self.decays[None, :]
        exponents[counts == 0] = 0.0
        flips = are_odd[:, None] & self.are_negative[None, :]
        return torch.where(flips, 1.0 + torch.exp(-exponents), -torch.expm1(-exponents))


def step_size(step: str | float | int, largest: float, smallest: float) -> Fraction:
    r"""Return $\eta$ as an exact rational, from a name or a number.

    Parameters
    ----------
    step
        "optimal", "stable" or a number.
    largest, smallest
        $s_1$ and the least nonzero singular value $s_n$.
    """
    top, bottom = Fraction(largest) ** 2, Fraction(smallest) ** 2
    if step == "optimal":
        return 2 / (top + bottom)
    if step == "stable":
        return 1 / top
    if isinstance(step, str):
        raise InvalidArgumentError(
            f"There is no step named {step!r}. Use 'optimal', 'stable' or a number."
        )
    if not (step > 0 and math.isfinite(step)):
        raise InvalidArgumentError(
            f"The step is {step!r}; it must be positive and finite. Use 'optimal'."
        )
    found = Fraction(float(step))
    if found * top >= 2:
        raise InvalidArgumentError(
            f"The step {float(step):.6g} is not below 2/s₁² = {_shown(2 / top)}, so "
            "gradient descent does not converge. Use 'optimal' or a smaller number."
        )
    return found


def factors(singular_values: Float[Array, " r"], step: Fraction) -> Factors:
    r"""Return the factors of these singular values for the step $\eta$.

    At the optimal step and a large condition number, $1 - \eta s_1^2$ differs from -1
    by $2/\kappa$: rounding $\eta s_1^2$ first would lose it. So $\eta s^2$ and its
    distances from 1 and 2 are exact rationals, and only the results are rounded.

    Cost: about 10 µs a singular value.
    """
    decays, negative = [], []
    for value in singular_values.tolist():
        product = step * Fraction(value) ** 2
        if product <= _HALF:
            decay = -math.log1p(-float(product))
        elif product >= 3 * _HALF:
            decay = -math.log1p(-float(_TWO - product))
        elif product == _ONE:
            decay = math.inf
        else:
            decay = -math.log(abs(float(_ONE - product)))
        decays.append(decay)
        negative.append(product > _ONE)
    return Factors(
        torch.tensor(decays, dtype=torch.float64),
        torch.tensor(negative, dtype=torch.bool),
    )


def _shown(value: Fraction) -> str:
    try:
        return f"{float(value):.6g}"
    except OverflowError:
        return "more than 1.8e308"
