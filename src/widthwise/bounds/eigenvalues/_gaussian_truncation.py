"""The width at which the features fit any labels, for Gaussian weights."""

import math

import numpy as np
import torch

from widthwise.arrays import Float
from widthwise.bounds.eigenvalues._chernoff_tails import lower_exponent
from widthwise.bounds.eigenvalues._definition import WidthBound
from widthwise.bounds.eigenvalues._premises import premises
from widthwise.bounds.eigenvalues._quantities import linear_growth, own_points
from widthwise.features.two_layer import PointsLike
from widthwise.sources import TROPP_2015
from widthwise.spectra import Spectrum
from widthwise.theorems import Width

__all__ = ["gaussian_truncation", "gram_eigenvalues", "least_ratio"]


class _GaussianTruncation(WidthBound):
    r"""Full row rank with Gaussian weights, with every constant explicit.

    Dropping the units with $Z = \|\sigma(Xw)\|^2 > L$ can only lower
    $\lambda_{\min}(G)$, and leaves a mean whose smallest eigenvalue is at least
    $\lambda_{\min} - \tau(L)$ with $\tau(L) = E[Z; Z > L]$; the lower Chernoff tail of
    what is kept gives the width. As $Z \le B^2 \sum_i \mu_i g_i^2$ for the eigenvalues
    $\mu_i$ of $X X^\top$ and normal $g_i$, the bound $\tau(L) \le E[Z e^{\theta (Z -
    L)}]$ is explicit for every $\theta$; without the points, the worst case
    $\mu = (n, 0, \dots)$ is taken, by Schur convexity.
    """

    name = "gaussian_truncation"
    title = "Truncated Chernoff: the feature matrix has full row rank, Gaussian weights"
    promise = "rank"
    formula = (
        r"\min_L \frac{L}{\lambda_{\min} - \tau(L)} \log\frac{n}{\delta},"
        r"\ \tau(L) = E[Z; Z > L]"
    )
    source = TROPP_2015
    trust = "derived"
    kernel = "conjugate"
    law = "gaussian"
    constant_is_known = True

    def width(
        self,
        spectrum: Spectrum,
        failure_probability: float | int = 0.01,
        *,
        growth: float | int | None = None,
        points: PointsLike | None = None,
    ) -> Width:
        r"""Return the width, rounded up.

        Parameters
        ----------
        growth
            B, with $|\sigma(z)| \le B |z|$ for all z; by default the label's, or 1.
        points
            Shape (n, d). Gives the $\mu_i$, and a smaller width.
        """
        base = premises(self, spectrum, failure_probability)
        slope, said = linear_growth(spectrum, growth)
        if math.isinf(slope) and not base.is_singular:
            return base.no_width(said)
        scales = slope**2 * gram_eigenvalues(base.points_count, points)
        ratio = least_ratio(scales, base.smallest)
        return base.certified(ratio * (base.log_count - base.log_failure), said)


gaussian_truncation = _GaussianTruncation()


def gram_eigenvalues(count: int, points: PointsLike | None) -> Float[np.ndarray, " r"]:
    """Return upper ends of the nonzero eigenvalues of XXᵀ, or the worst case."""
    if points is None:
        return np.array([float(count)])
    matrix = own_points(count, points)
    values = torch.linalg.svdvals(matrix.cpu()).numpy() ** 2
    error = 8 * max(matrix.shape) * np.finfo(float).eps * values[0]
    return np.asarray(values + error)


def least_ratio(
    scales: Float[np.ndarray, " r"], smallest: float, epsilon: float = 1.0
) -> float:
    """Return the least L / ((λ_min - τ(L)) ℓ(ε')) over L; any L gives a valid one.

    ε' is what may be lost of what is kept, (1 - ε') (λ_min - τ) = (1 - ε) λ_min.
    """
    if smallest <= 0:
        return math.inf
    top = float(scales.max())

    def ratio(level: float) -> float:
        kept = smallest - _tail(scales / top, level) * top
        spare = 1 - (1 - epsilon) * smallest / kept if kept > 0 else 0.0
        if not spare > 0:
            return math.inf
        gain = 1.0 if epsilon == 1 else lower_exponent(spare)
        return level * top / (kept * gain) if gain > 0 else math.inf

    # τ falls exponentially in L/top, so a geometric grid brackets the minimum.
    low, high, best = 1e-3, 1e6, math.inf
    for _ in range(3):
        grid = [float(each) for each in np.geomspace(low, high, 200)]
        ratios = [ratio(each) for each in grid]
        place = int(np.argmin(ratios))
        best = min(best, ratios[place])
        low, high = grid[max(place - 1, 0)], grid[min(place + 1, len(grid) - 1)]
    return best


def _tail(scales: Float[np.ndarray, " r"], level: float) -> float:
    """Bound E[Z; Z > L] for Z the sum of scales·g² by the best θ of a grid."""
    theta = 0.5 * (1 - np.geomspace(1, 1e-8, 120))[:, None]
    shrunk = 1 - 2 * theta * scales[None, :]
    log_moment = -0.5 * np.log(shrunk).sum(1) + np.log((scales / shrunk).sum(1))
    return float(np.exp((log_moment - theta[:, 0] * level).min()))
