"""The width that keeps every eigenvalue near its limit, by exact Chernoff tails."""

from widthwise.bounds._chernoff_tails import chernoff_width
from widthwise.bounds._definition import Width, WidthBound
from widthwise.bounds._premises import (
    NUMERICALLY_SINGULAR,
    certified,
    check_epsilon,
    feature_norm,
    no_width,
    premises,
)
from widthwise.sources import BENSON_2020
from widthwise.spectra import Spectrum

__all__ = ["benson_chernoff"]


class _BensonChernoff(WidthBound):
    r"""Lemma 2.8 with its two tails as they are, solved for m.

    With probability at least $1 - \delta$, $\lambda_{\min}(G) \ge (1 - \epsilon)
    \lambda_{\min}(G_\infty)$ and $\lambda_{\max}(G) \le (1 + \epsilon)
    \lambda_{\max}(G_\infty)$, so $\kappa(G) \le \frac{1 + \epsilon}{1 - \epsilon}
    \kappa(G_\infty)$.
    """

    name = "benson_chernoff"
    title = "Lemma 2.8, exact tails: every eigenvalue within a factor of its limit"
    formula = (
        r"\min\{m : n e^{-m \lambda_{\min} \ell(\epsilon) / B}"
        r" + n e^{-m \lambda_{\max} u(\epsilon) / B} \le \delta\},\ B = n C^2"
    )
    source = BENSON_2020
    trust = "derived"
    kernel = "conjugate"
    law = "sphere"
    constant_is_known = True
    uses_feature_norm = True

    def width(
        self,
        spectrum: Spectrum,
        failure_probability: float | int = 0.01,
        *,
        epsilon: float | int = 0.5,
        activation_bound: float | int | None = None,
        squared_norm_bound: float | int | None = None,
    ) -> Width:
        r"""Return the least whole m at which the tails sum to at most $\delta$.

        Parameters
        ----------
        epsilon
            Relative deviation allowed in the extreme eigenvalues, in (0, 1).
        activation_bound
            C, with $|\sigma| \le C$ on [-1, 1].
        squared_norm_bound
            B, with $\|\sigma(Xw)\|^2 \le B$ for every w; replaces $n C^2$.
        """
        base = premises(self, spectrum, failure_probability)
        check_epsilon(epsilon)
        norm, said = feature_norm(spectrum, activation_bound, squared_norm_bound)
        if base.is_singular:
            return no_width(self, base, NUMERICALLY_SINGULAR, said)
        found = chernoff_width(
            base.points_count,
            base.smallest,
            base.largest_low,
            norm,
            failure_probability,
            epsilon,
        )
        return certified(self, base, found, said)


benson_chernoff = _BensonChernoff()
