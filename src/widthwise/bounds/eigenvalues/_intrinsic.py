"""Chernoff's and Bernstein's bounds with an intrinsic dimension in place of n."""

import math

from widthwise.bounds.eigenvalues._chernoff_tails import lower_exponent, upper_exponent
from widthwise.bounds.eigenvalues._feature_norm import DeviationBound
from widthwise.bounds.eigenvalues._premises import Premises
from widthwise.sources import THEORY_PAGE, TROPP_2015

__all__ = ["intrinsic_bernstein", "intrinsic_condition", "intrinsic_smallest"]


class _IntrinsicSmallest(DeviationBound):
    r"""The lower tail with $d_1 = \lambda_1 \operatorname{tr} G_\infty^{-1} \le n$.

    $P(\lambda_{\min}(G) \le (1-\epsilon)\lambda_1) \le d_1
    e^{-m \lambda_1 \ell(\epsilon) / B}$ as soon as $m \ge B / \epsilon \lambda_1$.
    """

    name = "intrinsic_smallest"
    title = "Chernoff's lower tail with an intrinsic dimension: the smallest eigenvalue"
    promise = "smallest"
    formula = (
        r"\max\left\{\frac{B}{\epsilon \lambda_1},"
        r"\ \frac{B}{\lambda_1 \ell(\epsilon)} \log\frac{d_1}{\delta}\right\},"
        r"\ d_1 = \lambda_1 \operatorname{tr} G_\infty^{-1}"
    )
    source = THEORY_PAGE

    def _units(self, base: Premises, norm: float, epsilon: float) -> float:
        return _lower(base, norm, epsilon, base.log_failure)


class _IntrinsicCondition(DeviationBound):
    r"""The same, and the upper tail with $d_n = \operatorname{tr} G_\infty/\lambda_n$.

    $P(\lambda_{\max}(G) \ge (1+\epsilon)\lambda_n) \le d_n
    e^{-m \lambda_n u(\epsilon) / B}$; each tail is at most $\delta/2$.
    """

    name = "intrinsic_condition"
    title = "Chernoff with intrinsic dimensions: every eigenvalue within a factor"
    promise = "condition"
    formula = (
        r"\max\left\{\frac{B}{\epsilon \lambda_1},"
        r"\ \frac{B}{\lambda_1 \ell(\epsilon)} \log\frac{2 d_1}{\delta},"
        r"\ \frac{B}{\lambda_n u(\epsilon)} \log\frac{2 d_n}{\delta}\right\},"
        r"\ d_n = \frac{\operatorname{tr} G_\infty}{\lambda_n}"
    )
    source = THEORY_PAGE

    def _units(self, base: Premises, norm: float, epsilon: float) -> float:
        if not base.largest_low > 0:
            return math.inf
        half = base.log_failure - math.log(2)
        upper = norm / (base.largest_low * upper_exponent(epsilon))
        upper *= _log_upper_dimension(base) - half
        return max(_lower(base, norm, epsilon, half), upper)


class _IntrinsicBernstein(DeviationBound):
    r"""$\|G - G_\infty\| \le \epsilon \lambda_{\min}(G_\infty)$ with 8 $d_n$ for 2 n.

    Tropp's Theorem 7.7.1 for $\pm(G - G_\infty)$ with the variance $V = B G_\infty/m$;
    the condition $t \ge \sqrt v + L/3$ holds at this width.
    """

    name = "intrinsic_bernstein"
    title = "Bernstein with an intrinsic dimension: near the limit in the spectral norm"
    promise = "condition"
    formula = (
        r"\frac{2 B}{\epsilon^2 \lambda_{\min}}"
        r" \left(\kappa + \frac{\epsilon}{3}\right) \log\frac{8 d_n}{\delta},"
        r"\ d_n = \frac{\operatorname{tr} G_\infty}{\lambda_n}"
    )
    source = TROPP_2015

    def _units(self, base: Premises, norm: float, epsilon: float) -> float:
        if not base.largest_low > 0:
            return math.inf
        logarithm = math.log(8) + _log_upper_dimension(base) - base.log_failure
        condition = base.over_smallest(base.largest_high)
        slope = base.over_smallest(2 * norm / epsilon**2)
        return slope * (condition + epsilon / 3) * logarithm


intrinsic_smallest = _IntrinsicSmallest()
intrinsic_condition = _IntrinsicCondition()
intrinsic_bernstein = _IntrinsicBernstein()


def _lower(base: Premises, norm: float, epsilon: float, log_failure: float) -> float:
    """Return the width at which the lower tail is small enough."""
    if base.is_singular:
        return math.inf
    dimension = float((base.smallest / (base.smallest + base.gaps)).sum())
    tail = (math.log(dimension) - log_failure) / lower_exponent(epsilon)
    return base.over_smallest(norm) * max(1 / epsilon, tail)


def _log_upper_dimension(base: Premises) -> float:
    """Return log d_n, at most log n."""
    return min(math.log(base.trace_high / base.largest_low), base.log_count)
