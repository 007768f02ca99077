"""The fixed step that brings given targets within a tolerance soonest."""

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import torch

from widthwise.dynamics.linear._gradient_descent import gradient_descent
from widthwise.dynamics.linear._guarantee import check_tolerance
from widthwise.dynamics.linear._linear_model import LinearModel
from widthwise.dynamics.linear._prediction import Prediction

__all__ = ["fastest_descent"]

_LEAST_SLACK = 2.0**-50  # Nearer to 2 a step of float64 cannot be told from it.
_HALVINGS = 32  # of the slack's logarithm, to 1e-8: the least value is flat.


def fastest_descent(model: LinearModel, tolerance: float | int) -> Prediction:
    r"""Predict gradient descent at the fixed step that meets a tolerance soonest.

    With $\mu_i = s_i^2 / s_1^2$, $x = \eta s_1^2$ and the targets' parts $w_i$, what
    k steps leave,

    $$R_k(x) = \sum_i w_i^2\,(1 - x \mu_i)^{2k},$$

    is convex in x, and its least value lies between 1 and 2, since its slope is at most
    0 at x = 1. That least value falls as k grows. So bisection on k, and on the sign of
    the slope for each k, finds the fewest steps of all fixed steps below $2/s_1^2$.

    Parameters
    ----------
    model
        What is trained.
    tolerance
        On $\|f_k - y\| / \|f_0 - y\|$.

    Returns
    -------
    Prediction
        Of gradient descent at that step. Where no step gets there, or none is needed,
        at the best for the worst targets, $2/(s_1^2 + s_r^2)$.

    Raises
    ------
    InvalidArgumentError
        If the tolerance is not positive.

    Source
    ------
    The residual is eq. 19 of Benson, Damle and Townsend (2020), arXiv:2010.15959.

    Cost
    ----
    $O(r \log k)$ evaluations of a slope a trial of k, $O(\log k)$ trials.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> model = ww.dynamics.linear_model(phi, [1.0, 1.0])
    >>> ww.dynamics.fastest_descent(model, 0.1).steps_to(0.1)
    5
    """
    check_tolerance(tolerance)
    usual = gradient_descent(model)
    if usual.steps_to(tolerance) in (0, 1, math.inf):
        return usual
    found = [usual, gradient_descent(model, "stable")]
    weights = torch.linalg.vector_norm(model.projections, dim=1).numpy()
    rest = float(torch.linalg.vector_norm(model.unreachable))
    whole = math.hypot(float(np.linalg.norm(weights)), rest)
    search = _Search(model.singular_values.numpy(), weights / whole)

    def is_enough(count: int) -> bool:
        left = search.left(search.slack(count), count)
        return bool(math.hypot(rest / whole, left) <= tolerance)

    count = _least_count(int(min(_steps(found, tolerance))), is_enough)
    largest = Fraction(float(model.singular_values[0])) ** 2
    best = float((2 - Fraction(search.slack(count))) / largest)
    found.insert(0, gradient_descent(model, best))
    return min(found, key=lambda each: each.steps_to(tolerance))


def _steps(found: list[Prediction], tolerance: float | int) -> list[int | float]:
    return [each.steps_to(tolerance) for each in found]


def _least_count(known: int, is_enough: Callable[[int], bool]) -> int:
    """Return the least count that is enough, where `known` is."""
    low = known // 2
    while low > 0 and is_enough(low):
        known, low = low, low // 2
    while known - low > 1:
        middle = (low + known) // 2
        if is_enough(middle):
            known = middle
        else:
            low = middle
    return known


class _Search:
    """What k steps leave, with x = 2 - slack: near 2 it is the slack that matters."""

    def __init__(self, values: np.ndarray, weights: np.ndarray) -> None:
        live = weights > 0
        relative = values[live] / values[0]
        with np.errstate(under="ignore"):
            self._moved = relative**2  # μ
        # 2 - 2μ, which 2 - 2 μ would lose where μ is near 1
        self._gaps = 2 * ((values[0] - values[live]) / values[0]) * (1 + relative)
        self._logs = np.log(weights[live])
        with np.errstate(divide="ignore"):
            self._slopes = 2 * self._logs + np.log(self._moved)

    def _factors(self, slack: float) -> tuple[np.ndarray, np.ndarray]:
        """Return log |1 - x μ|, and where 1 - x μ is below 0."""
        moved = (2 - slack) * self._moved
        beyond = moved > 1
        small = np.where(beyond, self._gaps + slack * self._moved, moved)
        with np.errstate(divide="ignore"):
            return np.log1p(-np.minimum(small, 1.0)), beyond

    def left(self, slack: float, count: int) -> float:
        """Return the norm of what `count` steps leave."""
        logs, _ = self._factors(slack)
        with np.errstate(under="ignore"):
            return float(np.linalg.norm(np.exp(self._logs + count * logs)))

    def slack(self, count: int) -> float:
        """Return the slack at which `count` steps leave least."""
        low, high = math.log(_LEAST_SLACK), 0.0
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            logs, beyond = self._factors(math.exp(middle))
            parts = self._slopes + (2 * count - 1) * logs
            top = parts.max()
            if not math.isfinite(top):
                break
            with np.errstate(under="ignore"):
                sizes = np.exp(parts - top)
            # The slope in x: modes beyond 1 grow with x, the others fall.
            if sizes[beyond].sum() > sizes[~beyond].sum():
                low = middle
            else:
                high = middle
        return math.exp((low + high) / 2)
