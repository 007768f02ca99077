"""Gradient descent with Polyak's momentum on a linear model."""

import math
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from widthwise.arguments import real_number
from widthwise.arrays import Array, Float
from widthwise.dynamics.linear._factors import (
    check_step,
    products,
    rounded,
    square_root,
)
from widthwise.dynamics.linear._gradient_descent import GradientDescent, extremes
from widthwise.dynamics.linear._linear_model import LinearModel
from widthwise.dynamics.linear._method import Method, Modes
from widthwise.dynamics.linear._prediction import Prediction
from widthwise.dynamics.linear._recurrence import Oscillations, Recurrence, real_roots
from widthwise.dynamics.linear._step_counts import step_counts
from widthwise.dynamics.linear._turns import turns
from widthwise.numerics.double_double import choose, exact, without_dust

__all__ = ["HeavyBall", "check_momentum", "heavy_ball", "log_momentum"]


@dataclass(frozen=True)
class HeavyBall(Method):
    r"""Gradient descent with momentum, as `torch.optim.SGD(momentum=...)` does it.

    Attributes
    ----------
    step, momentum
        $\eta$ and $\beta$, rounded to float64.
    largest_stable_step
        $2(1 + \beta) / s_1^2$: larger ones diverge.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> model = ww.dynamics.linear_model(phi, [1.0, 1.0])
    >>> method = ww.dynamics.heavy_ball(model).method
    >>> round(method.step, 4), round(method.momentum, 4)
    (0.4444, 0.1111)
    """

    step: float
    momentum: float
    largest_stable_step: float
    _exact_step: Fraction = field(repr=False)
    _exact_momentum: Fraction = field(repr=False)

    def modes(self, singular_values: Float[Array, " r"]) -> Modes:
        r"""Return the modes, by the sign of $((1-r)^2 - x)((1+r)^2 - x)$.

        Here $x = \eta s^2$ and $r = \sqrt\beta$; it is the discriminant of
        $z^2 - (1 + \beta - x) z + \beta$.
        """
        if self._exact_momentum == 0:
            plain = GradientDescent(
                self.step, self.largest_stable_step, self._exact_step
            )
            return plain.modes(singular_values)
        beta = exact(self._exact_momentum)
        friction = exact(1 - self._exact_momentum)
        root = beta.sqrt()
        below = friction / (root + 1.0)
        x = products(singular_values, self._exact_step)
        slow = without_dust(below * below - x, x)
        fast = without_dust((root + 1.0) * (root + 1.0) - x, x)
        is_real = (slow.high > 0) | (fast.high < 0)
        r, b, f = float(root.high), float(beta.high), float(friction.high)

        signs = np.where(slow.high > 0, 1.0, -1.0)[is_real]
        far = (exact(2 * (1 + self._exact_momentum)) - x).high
        value = np.where(slow.high > 0, x.high, far)[is_real]
        spread = np.sqrt(np.abs(slow.high * fast.high))[is_real]
        real = real_roots(
            value, value + f, spread, spread, np.full_like(value, b), signs
        )

        inner, outer = (-slow)[~is_real], fast[~is_real]
        middle = (exact(1 + self._exact_momentum) - x).high[~is_real]
        turned = np.where(middle >= 0, 1.0, -1.0)
        oscillating = Oscillations(
            decays=np.full(1, -0.5 * log_momentum(self._exact_momentum)),
            signs=turned,
            angles=turns(
                choose(turned > 0, inner, outer), choose(turned > 0, outer, inner)
            )
            * 2.0,
            sines=np.sqrt(inner.high * outer.high) / (2 * r),
            weights=turned * (friction - x).high[~is_real] / (2 * r),
        )
        return Recurrence(real, oscillating, is_real)

    counts = staticmethod(step_counts)


def heavy_ball(
    model: LinearModel,
    step: str | float | int = "optimal",
    momentum: str | float | int = "optimal",
) -> Prediction:
    r"""Predict $v_{k+1} = v_k - \eta g_k + \beta (v_k - v_{k-1})$, with $v_{-1} = v_0$.

    With $\lambda = s^2$, each mode follows
    $e_{k+1} = (1 + \beta - \eta\lambda) e_k - \beta e_{k-1}$.

    Parameters
    ----------
    model
        What is trained.
    step
        "optimal": the best for the worst targets at this momentum, which is
        $2(1+\beta)/(s_1^2 + s_r^2)$; "stable" for $1/s_1^2$; or a number below
        $2(1+\beta)/s_1^2$.
    momentum
        $\beta$ in [0, 1), or "optimal": the best at this step. Where both are
        optimal, $\eta = 4/(s_1 + s_r)^2$ and $\beta = ((s_1 - s_r)/(s_1 + s_r))^2$.

    Raises
    ------
    InvalidArgumentError
        If the momentum is outside [0, 1), or the step is not positive or diverges.

    Source
    ------
    Polyak (1964); Lessard, Recht and Packard (2016), arXiv:1408.3595, section 4.2.

    Cost
    ----
    $O(r)$ once, then $O(r)$ a number of steps.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> model = ww.dynamics.linear_model(phi, [1.0, 1.0])
    >>> run = ww.dynamics.heavy_ball(model)
    >>> round(run.relative_residual(3), 4)
    0.1527
    """
    largest, smallest = extremes(model)
    top, bottom = Fraction(largest), Fraction(smallest)
    if momentum == "optimal":
        beta = ((top - bottom) / (top + bottom)) ** 2
        found = 4 / (top + bottom) ** 2
        if step != "optimal":
            limit = 4 / top**2
            found = 1 / top**2 if step == "stable" else check_step(step, limit, _NAME)
            beta = _best_momentum(found, top, bottom)
    else:
        beta = check_momentum(momentum)
        limit = 2 * (1 + beta) / top**2
        if step == "optimal":
            found = 2 * (1 + beta) / (top**2 + bottom**2)
        else:
            found = 1 / top**2 if step == "stable" else check_step(step, limit, _NAME)
    method = HeavyBall(
        step=rounded(found),
        momentum=float(beta),
        largest_stable_step=rounded(2 * (1 + beta) / top**2),
        _exact_step=found,
        _exact_momentum=beta,
    )
    return Prediction(model, method, method.modes(model.singular_values))


def check_momentum(momentum: str | float | int) -> Fraction:
    """Return a momentum as an exact rational, or refuse it."""
    found = real_number(
        momentum, "The momentum", least=0, below=1, advice="Or say 'optimal'."
    )
    return Fraction(found)


def log_momentum(momentum: Fraction) -> float:
    r"""Return $\log\beta$ to full relative accuracy."""
    if 2 * momentum < 1:
        return math.log(momentum)
    return math.log1p(-float(1 - momentum))


_NAME = "heavy ball"


def _best_momentum(step: Fraction, top: Fraction, bottom: Fraction) -> Fraction:
    """Return the least momentum at which no mode has two different real roots."""
    found = max((1 - square_root(step) * each) ** 2 for each in (top, bottom))
    return found if found > Fraction(1, 2**300) else Fraction(0)
