"""Gradient descent with Nesterov's momentum on a linear model."""

import math
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from widthwise.arrays import Array, Float
from widthwise.dynamics.linear._factors import (
    check_step,
    products,
    rounded,
    shown,
    square_root,
)
from widthwise.dynamics.linear._gradient_descent import GradientDescent, extremes
from widthwise.dynamics.linear._heavy_ball import check_momentum, log_momentum
from widthwise.dynamics.linear._linear_model import LinearModel
from widthwise.dynamics.linear._method import Method, Modes
from widthwise.dynamics.linear._prediction import Prediction
from widthwise.dynamics.linear._recurrence import Oscillations, Recurrence, real_roots
from widthwise.dynamics.linear._step_counts import StepCounts, step_counts
from widthwise.dynamics.linear._turns import turns
from widthwise.errors import InvalidArgumentError
from widthwise.numerics.double_double import exact, without_dust

__all__ = ["Nesterov", "nesterov"]

_NAME = "Nesterov's method"


@dataclass(frozen=True)
class Nesterov(Method):
    r"""Nesterov's accelerated gradient with a constant momentum.

    Attributes
    ----------
    step, momentum
        $\eta$ and $\beta$, rounded to float64.
    largest_stable_step
        $2(1 + \beta) / ((1 + 2\beta) s_1^2)$: larger ones diverge.
    looks_ahead
        Whether the outputs are those at the points where gradients are taken.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> model = ww.dynamics.linear_model(phi, [1.0, 1.0])
    >>> method = ww.dynamics.nesterov(model).method
    >>> round(method.step, 4), round(method.momentum, 4)
    (0.3077, 0.2864)
    """

    step: float
    momentum: float
    largest_stable_step: float
    looks_ahead: bool
    _exact_step: Fraction = field(repr=False)
    _exact_momentum: Fraction = field(repr=False)

    def modes(self, singular_values: Float[Array, " r"]) -> Modes:
        r"""Return the modes, by the sign of $(1 - x)(q^2 - x)$.

        Here $x = \eta s^2$ and $q = (1 - \beta)/(1 + \beta)$; times $(1 + \beta)^2$ it
        is the discriminant of $z^2 - (1 + \beta)(1 - x) z + \beta (1 - x)$.
        """
        if self._exact_momentum == 0:
            plain = GradientDescent(
                self.step, self.largest_stable_step, self._exact_step
            )
            return plain.modes(singular_values)
        momentum = self._exact_momentum
        x = products(singular_values, self._exact_step)
        below = exact(((1 - momentum) / (1 + momentum)) ** 2)
        slow = without_dust(below - x, x)
        rest = without_dust(-x + 1.0, x)
        is_real = (slow.high > 0) | (rest.high <= 0)
        b, f = float(momentum), float(1 - momentum)

        left = rest.high[is_real]
        signs = np.where(left > 0, 1.0, -1.0)
        spread = (1 + b) * np.sqrt(np.abs(left * slow.high[is_real]))
        far = (rest * exact(1 + 2 * momentum) + 1.0).high[is_real]
        value = np.where(left > 0, x.high[is_real], np.where(left < 0, far, 1.0))
        slope = np.where(
            left > 0, f + value * (1 + b), np.where(left < 0, 2 + left * (1 + b), 2.0)
        )
        gap = np.where(left > 0, spread, np.abs(left) * (1 + b))
        real = real_roots(value, slope, spread, gap, left * b, signs)

        inner, outer = (-slow)[~is_real], rest[~is_real]
        radius = np.sqrt(outer.high * b)
        oscillating = Oscillations(
            decays=_decays(x.high[~is_real], outer.high, log_momentum(momentum)),
            signs=np.ones(len(radius)),
            angles=turns(inner, outer),
            sines=(1 + b) * np.sqrt(inner.high) / (2 * math.sqrt(b)),
            weights=outer.high * f / (2 * radius),
        )
        modes = Recurrence(real, oscillating, is_real)
        return _LookAhead(modes, b) if self.looks_ahead else modes

    counts = staticmethod(step_counts)


def _decays(x: np.ndarray, rest: np.ndarray, log: float) -> np.ndarray:
    r"""Return $-\tfrac12\log\beta(1 - x)$."""
    logs = np.where(x < 0.5, np.log1p(-np.minimum(x, 0.5)), np.log(rest))
    found: np.ndarray = -0.5 * (logs + log)
    return found


def nesterov(
    model: LinearModel,
    step: str | float | int = "optimal",
    momentum: str | float | int = "optimal",
    *,
    looks_ahead: bool = False,
) -> Prediction:
    r"""Predict $v_{k+1} = w_k - \eta\,g(w_k)$, $w_k = v_k + \beta (v_k - v_{k-1})$.

    With $\lambda = s^2$, each mode follows
    $e_{k+1} = (1 - \eta\lambda)((1 + \beta) e_k - \beta e_{k-1})$, $e_{-1} = e_0$.

    Parameters
    ----------
    model
        What is trained.
    step
        "optimal" for $4/(3 s_1^2 + s_r^2)$, the best for the worst targets together
        with the optimal momentum; "stable" for $1/s_1^2$; or a number below
        $2(1 + \beta)/((1 + 2\beta) s_1^2)$.
    momentum
        $\beta$ in [0, 1), or "optimal": the best at this step, which is $(1-t)/(1+t)$
        with $t = s_r \sqrt\eta$; for this the step must be "optimal", "stable", or a
        number up to $1/s_1^2$.
    looks_ahead
        False: predict the iterates $v_k$. True: predict $w_k$, which are the
        parameters that `torch.optim.SGD(momentum=..., nesterov=True)` holds.

    Raises
    ------
    InvalidArgumentError
        If the momentum is outside [0, 1), or the step is not positive or diverges.

    Source
    ------
    Nesterov (1983); Lessard, Recht and Packard (2016), arXiv:1408.3595, section 4.2.

    Cost
    ----
    $O(r)$ once, then $O(r)$ a number of steps.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> model = ww.dynamics.linear_model(phi, [1.0, 1.0])
    >>> run = ww.dynamics.nesterov(model)
    >>> round(run.relative_residual(3), 4)
    0.1709
    """
    largest, smallest = extremes(model)
    top, bottom = Fraction(largest) ** 2, Fraction(smallest) ** 2
    if momentum == "optimal":
        if step == "optimal":
            found = 4 / (3 * top + bottom)
        else:
            found = 1 / top if step == "stable" else _short(step, 1 / top)
        root = square_root(found * bottom)
        beta = (1 - root) / (1 + root)
    else:
        beta = check_momentum(momentum)
        if step == "optimal":
            raise InvalidArgumentError(
                f"With the momentum {momentum!r} there is no closed form of the best "
                "step. Use step='stable', a number, or momentum='optimal'."
            )
        limit = 2 * (1 + beta) / ((1 + 2 * beta) * top)
        found = 1 / top if step == "stable" else check_step(step, limit, _NAME)
    method = Nesterov(
        step=rounded(found),
        momentum=float(beta),
        largest_stable_step=rounded(2 * (1 + beta) / ((1 + 2 * beta) * top)),
        looks_ahead=looks_ahead,
        _exact_step=found,
        _exact_momentum=beta,
    )
    return Prediction(model, method, method.modes(model.singular_values))


def _short(step: str | float | int, limit: Fraction) -> Fraction:
    found = check_step(step, 2 * limit, _NAME)
    if found > limit:
        raise InvalidArgumentError(
            f"The step {float(found):.6g} is above 1/s₁² = {shown(limit)}, where the "
            "best momentum has no closed form. Use a smaller step, or give a momentum."
        )
    return found


@dataclass(frozen=True)
class _LookAhead(Modes):
    r"""The modes at $w_k = v_k + \beta (v_k - v_{k-1})$, with $w_0 = v_0$."""

    iterates: Modes
    momentum: float

    @property
    def decays(self) -> Float[Array, " r"]:
        return self.iterates.decays

    def remaining(self, counts: StepCounts) -> Float[Array, "c r"]:
        now = self.iterates.remaining(counts)
        return now + self.momentum * (now - self.iterates.remaining(_before(counts)))

    def filters(self, counts: StepCounts) -> Float[Array, "c r"]:
        now = self.iterates.filters(counts)
        return now + self.momentum * (now - self.iterates.filters(_before(counts)))

    def bounds(self, counts: StepCounts) -> Float[Array, "c r"]:
        before = self.iterates.bounds(_before(counts))
        return (1 + 2 * self.momentum) * before


def _before(counts: StepCounts) -> StepCounts:
    """Return the counts less one; zero stays."""
    values = (counts.values - 1).clamp(min=0.0)
    return StepCounts(values, ~counts.are_odd & (counts.values > 0), counts.shape)
