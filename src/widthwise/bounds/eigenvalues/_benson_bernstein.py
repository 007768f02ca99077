"""The width at which the Gram matrix is near its limit in norm."""

import math

from widthwise.bounds.eigenvalues._feature_norm import DeviationBound
from widthwise.bounds.eigenvalues._premises import Premises

__all__ = ["benson_bernstein"]


class _BensonBernstein(DeviationBound):
    r"""Lemma 2.10: $\|G - G_\infty\| \le \epsilon \lambda_{\min}(G_\infty)$.

    From matrix Bernstein with $\|R - G_\infty\| \le B$ and $\|E R^2\| \le B
    \lambda_{\max}$ for $R = \sigma(Xw) \sigma(Xw)^\top$.
    """

    name = "benson_bernstein"
    title = "Lemma 2.10: the Gram matrix is near its limit in the spectral norm"
    promise = "condition"
    formula = (
        r"\frac{2 n C^2}{\epsilon^2 \lambda_{\min}}"
        r" \left(\kappa + \frac{\epsilon}{3}\right) \log\frac{2n}{\delta}"
    )

    def _units(self, base: Premises, norm: float, epsilon: float) -> float:
        logarithm = math.log(2 * base.points_count) - base.log_failure
        condition = base.over_smallest(base.largest_high)
        slope = base.over_smallest(2 * norm / epsilon**2)
        return slope * (condition + epsilon / 3) * logarithm


benson_bernstein = _BensonBernstein()
