"""Gradient descent on a linear model."""

from dataclasses import dataclass, field
from fractions import Fraction

from widthwise.arrays import Array, Float
from widthwise.dynamics.linear._factors import factors, rounded, step_size
from widthwise.dynamics.linear._linear_model import LinearModel
from widthwise.dynamics.linear._method import Method, Modes
from widthwise.dynamics.linear._prediction import Prediction
from widthwise.dynamics.linear._step_counts import step_counts

__all__ = ["GradientDescent", "gradient_descent"]


@dataclass(frozen=True)
class GradientDescent(Method):
    r"""Plain gradient descent on $\tfrac12\|f - y\|^2$.

    Attributes
    ----------
    step
        $\eta$, rounded to float64.
    largest_stable_step
        $2 / s_1^2$: larger ones diverge.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> model = ww.dynamics.linear_model(phi, [1.0, 1.0])
    >>> method = ww.dynamics.gradient_descent(model).method
    >>> round(method.step, 6), round(method.largest_stable_step, 6)
    (0.4, 0.5)
    """

    step: float
    largest_stable_step: float
    _exact_step: Fraction = field(repr=False)

    def modes(self, singular_values: Float[Array, " r"]) -> Modes:
        return factors(singular_values, self._exact_step)

    counts = staticmethod(step_counts)


def gradient_descent(
    model: LinearModel, step: str | float | int = "optimal"
) -> Prediction:
    r"""Predict gradient descent, $p_k(\lambda) = (1 - \eta\lambda)^k$.

    Parameters
    ----------
    model
        What is trained.
    step
        "optimal" for $2/(s_1^2 + s_r^2)$, the best for the worst targets; "stable" for
        $1/s_1^2$, at which no mode overshoots; or a number below $2/s_1^2$. A loss
        divided by 2n, as frameworks average it, makes the same steps n times larger.

    Raises
    ------
    InvalidArgumentError
        If the step is not positive, or at least $2/s_1^2$: it would diverge.

    Source
    ------
    Benson, Damle and Townsend (2020), arXiv:2010.15959, eq. 17-19.

    Cost
    ----
    $O(r)$ once, then $O(r)$ a number of steps.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> model = ww.dynamics.linear_model(phi, [1.0, 1.0])
    >>> run = ww.dynamics.gradient_descent(model)
    >>> round(run.relative_residual(3), 4)
    0.216
    """
    largest, smallest = extremes(model)
    found = step_size(step, largest, smallest)
    method = GradientDescent(rounded(found), rounded(2 / Fraction(largest) ** 2), found)
    return Prediction(model, method, method.modes(model.singular_values))


def extremes(model: LinearModel) -> tuple[float, float]:
    """Return the largest and least singular value; ones where there is none."""
    if model.rank == 0:
        return 1.0, 1.0
    return float(model.singular_values[0]), float(model.singular_values[-1])
