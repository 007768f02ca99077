"""The width that keeps every eigenvalue near its limit, by exact Chernoff tails."""

from widthwise.bounds.eigenvalues._chernoff_tails import chernoff_width
from widthwise.bounds.eigenvalues._feature_norm import DeviationBound
from widthwise.bounds.eigenvalues._premises import Premises

__all__ = ["benson_chernoff"]


class _BensonChernoff(DeviationBound):
    r"""Lemma 2.8 with its two tails as they are, solved for m.

    With probability at least $1 - \delta$, $\lambda_{\min}(G) \ge (1 - \epsilon)
    \lambda_{\min}(G_\infty)$ and $\lambda_{\max}(G) \le (1 + \epsilon)
    \lambda_{\max}(G_\infty)$, so $\kappa(G) \le \frac{1 + \epsilon}{1 - \epsilon}
    \kappa(G_\infty)$.
    """

    name = "benson_chernoff"
    title = "Lemma 2.8, exact tails: every eigenvalue within a factor of its limit"
    promise = "condition"
    formula = (
        r"\min\{m : n e^{-m \lambda_{\min} \ell(\epsilon) / B}"
        r" + n e^{-m \lambda_{\max} u(\epsilon) / B} \le \delta\},\ B = n C^2"
    )

    def _units(self, base: Premises, norm: float, epsilon: float) -> float:
        return chernoff_width(
            base.points_count,
            max(base.smallest, 0.0),
            base.largest_low,
            norm,
            base.failure_probability,
            epsilon,
        )


benson_chernoff = _BensonChernoff()
