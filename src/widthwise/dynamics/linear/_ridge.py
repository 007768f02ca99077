"""Ridge regression, read as a training method whose time is the inverse penalty."""

import math
from dataclasses import dataclass

import torch

from widthwise.arrays import Array, Float
from widthwise.dynamics.linear._linear_model import LinearModel
from widthwise.dynamics.linear._method import Method, Modes
from widthwise.dynamics.linear._prediction import Prediction
from widthwise.dynamics.linear._step_counts import StepCounts, times
from widthwise.errors import InvalidArgumentError

__all__ = ["Ridge", "matched_penalty", "ridge"]


@dataclass(frozen=True)
class Ridge(Method):
    r"""The minimizer of $\tfrac12\|f - y\|^2 + \tfrac{1}{2t}\|v\|^2$ at the time t.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> model = ww.dynamics.linear_model(phi, [1.0, 1.0])
    >>> ww.dynamics.ridge(model).method
    Ridge()
    """

    def modes(self, singular_values: Float[Array, " r"]) -> Modes:
        return _Shrinkage(singular_values.square())

    counts = staticmethod(times)


def ridge(model: LinearModel) -> Prediction:
    r"""Predict ridge regression of penalty 1/t, $p_t(\lambda) = 1/(1 + \lambda t)$.

    The prediction takes times t where others take numbers of steps, because early
    stopping at $t = \eta k$ and the penalty 1/t nearly agree: the filters of gradient
    flow and of ridge regression differ by at most 0.204, at $\lambda t = 2.51$, and the
    first is never less than the second nor more than 1.299 times it.

    Source
    ------
    Ali, Kolter and Tibshirani (2019), arXiv:1810.10082, Lemma 7.

    Cost: $O(r)$ a time.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> model = ww.dynamics.linear_model(phi, [1.0, 1.0])
    >>> run = ww.dynamics.ridge(model)
    >>> round(run.relative_residual(3), 4)
    0.185
    """
    method = Ridge()
    return Prediction(model, method, method.modes(model.singular_values))


def matched_penalty(run: Prediction, k: float | int) -> float:
    """Return the ridge penalty with as many degrees of freedom as k steps.

    Parameters
    ----------
    run
        A prediction by any method.
    k
        A number of steps, or a time.

    Returns
    -------
    float
        In the unit of the kernel's eigenvalues; inf at k = 0, and 0 where every mode
        is fitted.

    Raises
    ------
    InvalidArgumentError
        If the model has several outputs and the method fits them differently, or the
        degrees of freedom are not between 0 and the rank, as ripples may make them.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> model = ww.dynamics.linear_model(phi, [1.0, 1.0])
    >>> run = ww.dynamics.gradient_descent(model, "stable")
    >>> round(ww.dynamics.matched_penalty(run, 2), 4)
    0.7034
    """
    wanted = run.degrees_of_freedom(k)
    rank = run.model.rank
    if not isinstance(wanted, float) or not -1e-9 <= wanted <= rank * (1 + 1e-9):
        raise InvalidArgumentError(
            f"The degrees of freedom after {k} are {wanted}; ridge regression has one "
            f"number from 0 to {rank}. Take another k, or a single output."
        )
    if wanted <= 0:
        return math.inf
    eigenvalues = run.model.singular_values.square()
    low = math.log(float(eigenvalues[-1])) - 40.0
    high = math.log(float(eigenvalues[0])) + 750.0
    if float((1 / (1 + math.exp(low) / eigenvalues)).sum()) <= wanted:
        return 0.0
    for _ in range(100):
        middle = (low + high) / 2
        ratio = torch.exp(middle - torch.log(eigenvalues))
        low, high = (
            (middle, high) if float((1 / (1 + ratio)).sum()) > wanted else (low, middle)
        )
    return math.exp((low + high) / 2)


@dataclass(frozen=True)
class _Shrinkage(Modes):
    eigenvalues: Float[Array, " r"]

    @property
    def decays(self) -> Float[Array, " r"]:
        return self.eigenvalues

    def remaining(self, counts: StepCounts) -> Float[Array, "c r"]:
        return 1 / (1 + torch.outer(counts.values, self.eigenvalues))

    def filters(self, counts: StepCounts) -> Float[Array, "c r"]:
        products = torch.outer(counts.values, self.eigenvalues)
        return torch.where(products > 1e15, 1.0, products / (1 + products))

    def bounds(self, counts: StepCounts) -> Float[Array, "c r"]:
        return self.remaining(counts)
