"""A lower bound of the smallest eigenvalue at infinite width, from correlations."""

import math

import numpy as np

from widthwise.activations import Activation
from widthwise.arguments import choice
from widthwise.arrays import Float, PointsLike
from widthwise.bounds.rank import Problem, read_problem
from widthwise.bounds.smallest._record import (
    COMPUTED,
    ENCLOSED,
    EigenvalueBound,
    KernelName,
)
from widthwise.bounds.smallest._row_sums import power_sums
from widthwise.bounds.smallest._series import power_series
from widthwise.errors import NotCoveredError
from widthwise.kernels import funk_hecke
from widthwise.kernels.enclosed import enclosed_coefficients
from widthwise.laws import Law
from widthwise.numerics.harmonics import harmonics_count
from widthwise.prose import Prose, say

__all__ = ["radial_moment", "smallest_eigenvalue_lower"]

_HARMONICS = 120
_ROWS = 3000


def smallest_eigenvalue_lower(
    points: PointsLike,
    act: Activation | str,
    law: Law | str = "gaussian",
    *,
    kernel: KernelName = "conjugate",
) -> EigenvalueBound:
    r"""Bound $\lambda_{\min}(G_\infty)$ from below, from the correlations alone.

    Under the Gaussian law $G_\infty = \sum_k a_k (X X^\top)^{\circ k}$ with the $a_k =
    c_k^2$ of σ, or $c_{k-1}^2$ of σ' for the inner tangent kernel, so by Schur and
    Gershgorin

    $$\lambda_{\min} \ge \sum_k a_k \Big[1 - \max_i \sum_{j \ne i} |x_i \cdot x_j|^k
    \Big]_+ .$$

    Under the sphere law the same with $N(d,k) \lambda_k^2$ and $|P_k(x_i \cdot x_j)|$;
    for an activation that is homogeneous of degree p, the Gaussian bound over
    $E \|g\|^{2p}$. Nothing of size n x n is kept or factored.

    Parameters
    ----------
    points
        Shape (n, d), rows of unit norm.
    act, law
        σ and the law of the weights, or their names.
    kernel
        "conjugate", or "tangent_inner" (outer weights of square 1; Gaussian law, or
        a homogeneous σ).

    Raises
    ------
    NotCoveredError
        If two rows are parallel, or σ or the law is not covered.
    NotOnSphereError
        If a row is not of unit norm.

    Source
    ------
    The technique is that of Panigrahi, Shetty and Goyal (2020). Cost: n² (d + 30).

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> found = ww.bounds.smallest_eigenvalue_lower(points, "relu")
    >>> round(found.value, 4)
    0.3408
    """
    choice(kernel, "The kernel", ("conjugate", "tangent_inner"))
    problem = read_problem(points, act, law)
    sums = power_sums(problem.points)
    if sums.correlation >= 1 - 1e-15:
        raise NotCoveredError(
            "smallest_eigenvalue_lower gives no bound: two rows are parallel, and the "
            "rank theorem (`spectra.rank_verdict`) says what follows."
        )
    moment = radial_moment(problem, kernel)
    if moment is None:
        value, is_enclosed = _by_harmonics(problem, kernel)
    else:
        series = power_series(problem.act, kernel)
        kept = np.array([max(1 - sums.at(k), 0.0) for k in range(len(series.low))])
        kept[0] = float(problem.count == 1)
        value = float(series.low @ kept)
        value += series.rest_low * float(kept[-1])
        value = value / moment * (1 - 1e-12)
        is_enclosed = series.is_enclosed
    return EigenvalueBound(
        value=value,
        side="lower",
        is_certificate=value > 0 and is_enclosed,
        kernel=kernel,
        correlation=sums.correlation if problem.count > 1 else 0.0,
        formula=r"\sum_k a_k [1 - \max_i \sum_{j \ne i} |x_i \cdot x_j|^k]_+",
        stated=(
            Prose("the points have unit norm"),
            ENCLOSED if is_enclosed else COMPUTED,
            say("no two rows have |x·x'| above {:6}", sums.correlation),
        ),
    )


def radial_moment(problem: Problem, kernel: KernelName) -> float | None:
    r"""Return by what the Gaussian kernel is larger than that of the law, or None.

    1 for the Gaussian law, $E \|g\|^{2p}$ for the sphere and degree p.
    """
    if problem.law.name == "gaussian":
        return 1.0
    degree = problem.act.homogeneity
    if degree is None:
        return None
    power = degree - (kernel == "tangent_inner")
    dimension = problem.points.shape[1]
    if dimension + 2 * power <= 0:  # a step's slope has no moment on the circle
        return None
    if power == int(power) and power >= 0:
        return float(math.prod(dimension + 2 * k for k in range(int(power))))
    half = dimension / 2
    return 2**power * math.exp(math.lgamma(half + power) - math.lgamma(half))


def _by_harmonics(problem: Problem, kernel: KernelName) -> tuple[float, bool]:
    """Sum over degrees what Gershgorin leaves of each; say if it is proved."""
    dimension = problem.points.shape[1]
    if kernel != "conjugate" or problem.count > _ROWS:
        raise NotCoveredError(
            "smallest_eigenvalue_lower gives no bound: under the sphere law, "
            f"{problem.act.name} is covered for the conjugate kernel and up to {_ROWS} "
            "rows. Use the Gaussian law."
        )
    proved = enclosed_coefficients(problem.act, problem.law)
    weights = (
        _allowed(problem.act, dimension)
        if proved is None
        else np.array(proved.ends()[0])
    )
    cosines = np.clip(problem.points @ problem.points.T, -1.0, 1.0)
    value = weights[0] * float(problem.count == 1)
    before, now = np.ones_like(cosines), cosines.copy()
    for k in range(1, len(weights)):
        value += weights[k] * max(0.0, 1 - _off_diagonal(now) - 1e-11 * problem.count)
        following = (2 * k + dimension - 2) * cosines * now - k * before
        before, now = now, following / (k + dimension - 2)
    return float(value) * (1 - 1e-12), proved is not None


def _allowed(act: Activation, dimension: int) -> Float[np.ndarray, " k"]:
    """Return the weights of the harmonics, less an error that is tested."""
    roots = [math.sqrt(harmonics_count(dimension, k)) for k in range(_HARMONICS + 1)]
    found = funk_hecke(act, dimension, _HARMONICS).numpy()
    amplitudes = np.abs(found) * np.array(roots)
    slack = 2e-13 * float(np.linalg.norm(amplitudes))
    return np.asarray(np.maximum(amplitudes - slack, 0.0) ** 2)


def _off_diagonal(values: Float[np.ndarray, "n n"]) -> float:
    return float((np.abs(values).sum(axis=1) - np.abs(np.diag(values))).max())
