"""Gradient descent with infinitely small steps on a linear model."""

from dataclasses import dataclass

import torch

from widthwise.arrays import Array, Float
from widthwise.dynamics.linear._linear_model import LinearModel
from widthwise.dynamics.linear._method import Method, Modes
from widthwise.dynamics.linear._prediction import Prediction
from widthwise.dynamics.linear._step_counts import StepCounts, times

__all__ = ["GradientFlow", "gradient_flow"]


@dataclass(frozen=True)
class GradientFlow(Method):
    r"""The flow $\dot v = -\Phi^\top(f - y)$; a step $\eta$ passes the time $\eta$.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> model = ww.dynamics.linear_model(phi, [1.0, 1.0])
    >>> ww.dynamics.gradient_flow(model).method
    GradientFlow()
    """

    def modes(self, singular_values: Float[Array, " r"]) -> Modes:
        return _Exponentials(singular_values.square())

    counts = staticmethod(times)


def gradient_flow(model: LinearModel) -> Prediction:
    r"""Predict gradient flow, $p_t(\lambda) = e^{-\lambda t}$.

    The prediction takes times t, at least 0, where others take numbers of steps. Small
    steps follow the flow at $t = \eta k$.

    Source
    ------
    Lee, Xiao et al. (2019), arXiv:1902.06720, eq. 8-11.

    Cost: $O(r)$ a time.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> model = ww.dynamics.linear_model(phi, [1.0, 1.0])
    >>> run = ww.dynamics.gradient_flow(model)
    >>> round(run.relative_residual(3), 4)
    0.0352
    """
    method = GradientFlow()
    return Prediction(model, method, method.modes(model.singular_values))


@dataclass(frozen=True)
class _Exponentials(Modes):
    eigenvalues: Float[Array, " r"]

    @property
    def decays(self) -> Float[Array, " r"]:
        return self.eigenvalues

    def remaining(self, counts: StepCounts) -> Float[Array, "c r"]:
        return torch.outer(counts.values, -self.eigenvalues).exp_()

    def filters(self, counts: StepCounts) -> Float[Array, "c r"]:
        return -torch.expm1(torch.outer(counts.values, -self.eigenvalues))

    def bounds(self, counts: StepCounts) -> Float[Array, "c r"]:
        return self.remaining(counts)
