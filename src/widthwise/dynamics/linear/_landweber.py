"""Gradient descent for linear least squares: a prediction by its numbers."""

import math
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from widthwise.arrays import Array, Float
from widthwise.dynamics.linear._fastest_descent import fastest_descent
from widthwise.dynamics.linear._gradient_descent import (
    GradientDescent,
)
from widthwise.dynamics.linear._linear_model import (
    LinearModel,
)
from widthwise.dynamics.linear._plateaus import Plateau
from widthwise.dynamics.linear._prediction import Prediction
from widthwise.equality import equal_by_value

__all__ = ["Landweber"]


@dataclass(frozen=True, eq=False)
class Landweber:
    r"""Gradient descent on $\tfrac12\|\Phi v - y\|^2$ from $v_0 = 0$, at any step.

    With $\Phi = U \Sigma V^\top$ and step $\eta$, the k-th iterate and its residual are

    $$v_k = V\,\mathrm{diag}\big(1 - (1 - \eta s_i^2)^k\big)\,\Sigma^{-1} U^\top y,
    \qquad \Phi v_k - y = -U\,\mathrm{diag}\big((1 - \eta s_i^2)^k\big)\,U^\top y$$

    plus the part of $-y$ outside the range of $\Phi$. Powers are evaluated as
    $e^{-k r_i}$ with $r_i = -\log|1 - \eta s_i^2|$ to full relative accuracy and the
    sign kept apart, so k = 1e15 costs and loses as little as k = 1.

    Attributes
    ----------
    step
        $\eta$, rounded to float64; inf where $\Phi = 0$.
    singular_values
        Shape (r,), descending, as given.
    projections
        Shape (r,). $U^\top y / \|y\|$; zero for the modes that count as null.
    unreachable
        $\|P y\| / \|y\|$ for P the projection on the complement of the range: the
        relative residual never falls below it.
    targets_norm
        $\|y\|$.
    rank
        How many singular values count as nonzero.
    threshold
        The size up to which a singular value counts as zero.

    Source: Benson, Damle and Townsend (2020), arXiv:2010.15959, eq. 17-19, Lemma A.8.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> run = ww.dynamics.landweber(phi, torch.ones(2))
    >>> run.rank, round(run.relative_residual(1), 6)
    (2, 0.6)
    """

    __eq__ = equal_by_value

    step: float
    singular_values: Float[Array, " r"]
    projections: Float[Array, " r"]
    unreachable: float
    targets_norm: float
    rank: int
    threshold: float
    _prediction: Prediction = field(repr=False)

    @property
    def largest_stable_step(self) -> float:
        r"""The supremum of the steps that converge, $2 / s_1^2$; inf if $\Phi = 0$."""
        if self.rank == 0:
            return math.inf
        return 2.0 / float(self.singular_values[0]) ** 2

    @property
    def condition_number(self) -> float:
        r"""$\kappa(G) = (s_1 / s_n)^2$; inf where a singular value counts as zero."""
        if self.rank == 0 or self.rank < len(self.singular_values):
            return math.inf
        return float(self.singular_values[0] / self.singular_values[-1]) ** 2

    def relative_residual(self, k: Any) -> Any:
        r"""Return $\|\Phi v_k - y\| / \|y\|$.

        Parameters
        ----------
        k
            A whole number, or an array of them (list, NumPy or torch), from 0 to 1e308.

        Returns
        -------
        float, or float64 tensor of the shape of `k`
            Between `unreachable` and 1, non-increasing in k; 0 for zero targets.
        """
        return self._prediction.relative_residual(k)

    def relative_error(self, k: Any) -> Any:
        r"""Return $\|v_k - v_*\| / \|v_*\|$ for the minimum-norm solution $v_*$.

        The shape of `k` is kept. Zero if $v_* = 0$.
        """
        model = self._prediction.model
        solution = model.projections / model.singular_values[:, None]
        without_rest = torch.zeros_like(model.unreachable)
        of_solution = replace(model, projections=solution, unreachable=without_rest)
        return replace(self._prediction, model=of_solution).relative_residual(k)

    def filters(self, k: Any) -> Float[Array, "... r"]:
        r"""Return $1 - (1 - \eta s_i^2)^k$ for each singular value.

        Shape (r,) for one k, else the shape of `k` with r appended. Between 0 and 2:
        above 1 where $\eta s_i^2 > 1$ and k is odd. Zero for the modes that count as
        null.
        """
        null = len(self.singular_values) - self.rank
        return torch.nn.functional.pad(self._prediction.filters(k), (0, null))

    def coefficients(self, k: Any) -> Float[Array, "... m"]:
        r"""Return the iterate $v_k$, shape (m,), or the shape of `k` with m appended.

        Raises
        ------
        InvalidArgumentError
            If the run was made without the right singular vectors.
        """
        return self._prediction.coefficients(k)

    def steps_to(self, tolerance: float | int) -> int | float:
        r"""Return the least k with $\|\Phi v_k - y\| \le \text{tolerance}\,\|y\|$.

        The residual never grows, so bisection on k finds it; inf where `unreachable`
        exceeds the tolerance.

        Raises
        ------
        InvalidArgumentError
            If the tolerance is not positive.
        """
        return self._prediction.steps_to(tolerance)

    def fastest_to(self, tolerance: float | int) -> "Landweber":
        """Return the same at the fixed step that meets a tolerance soonest.

        As `fastest_descent` finds it, with these targets.
        """
        if self.rank == 0:
            return self
        return _at_step(self, fastest_descent(self._prediction.model, tolerance))

    @property
    def model(self) -> LinearModel:
        """What is trained, for other methods."""
        return self._prediction.model

    def plateaus(
        self,
        tolerance: float | int = 1e-6,
        *,
        drop: float | int = 0.05,
        decades: float | int = 1,
    ) -> tuple[Plateau, ...]:
        """Return where the residual hardly moves, as `Prediction.plateaus` does."""
        return self._prediction.plateaus(tolerance, drop=drop, decades=decades)


def _at_step(run: Landweber, prediction: Prediction) -> Landweber:
    method = prediction.method
    assert isinstance(method, GradientDescent)
    return replace(run, step=method.step, _prediction=prediction)
