"""The widths at which the smallest eigenvalue keeps a share of its limit."""

import math

from widthwise.bounds.eigenvalues._chernoff_tails import lower_exponent
from widthwise.bounds.eigenvalues._definition import WidthBound
from widthwise.bounds.eigenvalues._feature_norm import DeviationBound, check_deviation
from widthwise.bounds.eigenvalues._gaussian_truncation import (
    gram_eigenvalues,
    least_ratio,
)
from widthwise.bounds.eigenvalues._premises import Premises, premises
from widthwise.bounds.eigenvalues._quantities import linear_growth
from widthwise.features.two_layer import PointsLike
from widthwise.sources import TROPP_2015
from widthwise.spectra import Spectrum
from widthwise.theorems import Width

__all__ = ["chernoff_smallest", "truncated_smallest"]


class _ChernoffSmallest(DeviationBound):
    r"""The lower tail of Lemma 2.8 alone.

    $\lambda_{\min}(G) \ge (1-\epsilon) \lambda_{\min}(G_\infty)$.
    """

    name = "chernoff_smallest"
    title = "Chernoff's lower tail: the smallest eigenvalue keeps a share"
    promise = "smallest"
    formula = (
        r"\frac{n C^2}{\lambda_{\min}\,\ell(\epsilon)} \log\frac{n}{\delta},"
        r"\ \ell(\epsilon) = \epsilon + (1-\epsilon)\log(1-\epsilon)"
    )
    source = TROPP_2015

    def _units(self, base: Premises, norm: float, epsilon: float) -> float:
        logarithm = base.log_count - base.log_failure
        return base.over_smallest(norm) * logarithm / lower_exponent(epsilon)


class _TruncatedSmallest(WidthBound):
    r"""The same for Gaussian weights: units with $\|\sigma(Xw)\|^2 > L$ are dropped.

    With $\tau = E[Z; Z > L]$ what is kept has a mean of at least $\lambda - \tau$, and
    keeps $(1 - \epsilon')(\lambda - \tau) = (1-\epsilon)\lambda$ of it.
    """

    name = "truncated_smallest"
    title = "Truncated Chernoff: the smallest eigenvalue keeps a share, Gaussian law"
    promise = "smallest"
    formula = (
        r"\min_L \frac{L}{(\lambda_{\min} - \tau(L))\,\ell(\epsilon_L)}"
        r" \log\frac{n}{\delta}"
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
        epsilon: float | int = 0.5,
        growth: float | int | None = None,
        points: PointsLike | None = None,
    ) -> Width:
        r"""Return the width, rounded up.

        Parameters
        ----------
        epsilon
            The share that may be lost, in (0, 1).
        growth
            B, with $|\sigma(z)| \le B |z|$ for all z; by default the label's, or 1.
        points
            Shape (n, d). Gives a smaller width.
        """
        epsilon = check_deviation(epsilon)
        base = premises(self, spectrum, failure_probability)
        slope, said = linear_growth(spectrum, growth)
        if math.isinf(slope) and not base.is_singular:
            return base.no_width(said)
        scales = slope**2 * gram_eigenvalues(base.points_count, points)
        ratio = least_ratio(scales, base.smallest, epsilon)
        return base.certified(ratio * (base.log_count - base.log_failure), said)


chernoff_smallest = _ChernoffSmallest()
truncated_smallest = _TruncatedSmallest()
