"""An upper bound of the smallest eigenvalue at infinite width."""

import math

import numpy as np

from widthwise.activations import Activation
from widthwise.arguments import choice
from widthwise.arrays import Float, PointsLike
from widthwise.bounds.rank import read_problem
from widthwise.bounds.smallest._lower import radial_moment
from widthwise.bounds.smallest._record import (
    COMPUTED,
    ENCLOSED,
    EigenvalueBound,
    KernelName,
)
from widthwise.bounds.smallest._row_sums import power_sums
from widthwise.bounds.smallest._series import power_series
from widthwise.errors import NotCoveredError
from widthwise.laws import Law
from widthwise.prose import Prose, say

__all__ = ["smallest_eigenvalue_upper"]

_ZERO = 1e-26


def smallest_eigenvalue_upper(
    points: PointsLike,
    act: Activation | str,
    law: Law | str = "gaussian",
    *,
    kernel: KernelName = "conjugate",
) -> EigenvalueBound:
    r"""Bound $\lambda_{\min}(G_\infty)$ from above: no data of this size do better.

    The terms of $G_\infty = \sum_k a_k (X X^\top)^{\circ k}$ up to K have at most
    the rank $r_K$, the number of polynomials of the degrees' parities on the sphere. On
    the null space of those the trace of the rest is left to share:

    $$\lambda_{\min} \le \min_{K: r_K < n} \frac{n}{n - r_K} \sum_{k > K} a_k .$$

    So a smooth σ on many rows in few dimensions has a tiny smallest eigenvalue.

    Parameters
    ----------
    points
        Shape (n, d), rows of unit norm.
    act, law
        σ and the law of the weights (Gaussian, or any for a homogeneous σ).
    kernel
        "conjugate" or "tangent_inner".

    Raises
    ------
    NotCoveredError
        If the law is the sphere's and σ is not homogeneous.
    NotOnSphereError
        If a row is not of unit norm.

    Source
    ------
    The mechanism is that of Panigrahi, Shetty and Goyal (2020). Cost: n² d for the
    largest correlation.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> found = ww.bounds.smallest_eigenvalue_upper(points, "relu")
    >>> round(found.value, 4)
    0.5
    """
    choice(kernel, "The kernel", ("conjugate", "tangent_inner"))
    problem = read_problem(points, act, law)
    moment = radial_moment(problem, kernel)
    if moment is None:
        raise NotCoveredError(
            f"smallest_eigenvalue_upper gives no bound: {problem.act.name} is not "
            "homogeneous and the law is the sphere's. Use the Gaussian law."
        )
    series = power_series(problem.act, kernel)
    count, dimension = problem.points.shape
    best, degree = series.value_high, -1
    for k, tail in enumerate(_tails(series.high, series.rest_high)):
        active = [j for j in range(k + 1) if series.high[j] > _ZERO]
        rank = _rank(active, dimension)
        if rank >= count:
            break
        # What is taken for zero goes to the rest, so nothing hangs on its being zero.
        tail += float(np.delete(series.high[: k + 1], active).sum())
        found = tail * count / (count - rank)
        if found < best:
            best, degree = found, k
    return EigenvalueBound(
        value=best / moment * (1 + 1e-12),
        side="upper",
        is_certificate=series.is_enclosed,
        kernel=kernel,
        correlation=power_sums(problem.points).correlation if count > 1 else 0.0,
        formula=r"\min_K \frac{n}{n - r_K} \sum_{k > K} a_k",
        stated=(
            Prose("the points have unit norm"),
            ENCLOSED if series.is_enclosed else COMPUTED,
            say("the degrees up to {} have a rank below n", degree)
            if degree >= 0
            else Prose("the diagonal of the kernel matrix bounds it"),
        ),
    )


def _tails(terms: Float[np.ndarray, " k"], rest: float) -> list[float]:
    sums = np.cumsum(terms[::-1])[::-1]
    return [*(float(each) + rest for each in sums[1:]), rest]


def _rank(active: list[int], dimension: int) -> int:
    """Return how many polynomials of the active degrees' parities there are.

    On the sphere, the forms of one degree hold those of all lower ones of its parity.
    """
    total = 0
    for parity in (0, 1):
        degrees = [k for k in active if k % 2 == parity]
        if degrees:
            total += math.comb(dimension - 1 + degrees[-1], degrees[-1])
    return total
