"""Chernoff's bound with the whole spectrum in place of its dimension."""

import math

import numpy as np

from widthwise.bounds.eigenvalues._chernoff_tails import lower_exponent, upper_exponent
from widthwise.bounds.eigenvalues._feature_norm import DeviationBound
from widthwise.bounds.eigenvalues._premises import Premises
from widthwise.sources import THEORY_PAGE

__all__ = ["spectral_condition", "spectral_smallest"]


class _Spectral(DeviationBound):
    r"""Eigenvalues far above the smallest do not count.

    $P(\lambda_{\min}(G) \le (1-\epsilon)\lambda_1) \le e^{-x \lambda_1
    \ell(\epsilon)} \sum_i e^{-x \epsilon (\lambda_i - \lambda_1)}$ with $x = m/B$.
    """

    source = THEORY_PAGE
    two_sided = False

    def _units(self, base: Premises, norm: float, epsilon: float) -> float:
        if base.is_singular:
            return math.inf
        slow = base.smallest * lower_exponent(epsilon)
        fast = base.largest_low * upper_exponent(epsilon)
        gaps, count = base.gaps, base.points_count

        def fails(x: float) -> bool:
            total = math.exp(-x * slow) * float(np.exp(-x * epsilon * gaps).sum())
            if self.two_sided:
                total += count * math.exp(-x * fast)
            return total * (1 + 1e-12) > base.failure_probability

        # Both tails are at most δ/2 at the upper end.
        both = math.log(2 * count) - base.log_failure
        low, high = 0.0, both / min(slow, fast) * (1 + 1e-9)
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if fails(middle) else (low, middle)
        return high * norm


class _SpectralSmallest(_Spectral):
    name = "spectral_smallest"
    title = "Chernoff's lower tail with all eigenvalues: the smallest keeps a share"
    promise = "smallest"
    formula = (
        r"\min\{m : \textstyle\sum_i e^{-m (\lambda_1 \ell(\epsilon)"
        r" + \epsilon (\lambda_i - \lambda_1)) / B} \le \delta\}"
    )


class _SpectralCondition(_Spectral):
    name = "spectral_condition"
    title = "Chernoff with all eigenvalues: every eigenvalue within a factor"
    promise = "condition"
    two_sided = True
    formula = (
        r"\min\{m : \textstyle\sum_i e^{-m (\lambda_1 \ell(\epsilon)"
        r" + \epsilon (\lambda_i - \lambda_1)) / B}"
        r" + n e^{-m \lambda_n u(\epsilon) / B} \le \delta\}"
    )


spectral_smallest = _SpectralSmallest()
spectral_condition = _SpectralCondition()
