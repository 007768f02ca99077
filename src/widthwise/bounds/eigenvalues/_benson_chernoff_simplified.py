"""The width that keeps every eigenvalue near its limit, in closed form."""

import math

from widthwise.bounds.eigenvalues._feature_norm import DeviationBound
from widthwise.bounds.eigenvalues._premises import Premises

__all__ = ["benson_chernoff_simplified"]


class _BensonChernoffSimplified(DeviationBound):
    r"""Lemma 2.8 with each tail replaced by its quadratic bound.

    $n e^{-\epsilon^2 m \lambda_{\min} / 2B}$ and $n e^{-\epsilon^2 m \lambda_{\max} /
    3B}$ are each at most $\delta / 2$ at this width, which is never below that of
    `benson_chernoff`.
    """

    name = "benson_chernoff_simplified"
    title = "Lemma 2.8, closed form: every eigenvalue within a factor of its limit"
    promise = "condition"
    formula = r"\frac{3 n C^2}{\epsilon^2 \lambda_{\min}} \log\frac{2n}{\delta}"

    def _units(self, base: Premises, norm: float, epsilon: float) -> float:
        logarithm = math.log(2 * base.points_count) - base.log_failure
        return base.over_smallest(3 * norm / epsilon**2) * logarithm


benson_chernoff_simplified = _BensonChernoffSimplified()
