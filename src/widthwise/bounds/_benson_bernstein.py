"""The width at which the Gram matrix is near its limit in norm."""

import math

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

__all__ = ["benson_bernstein"]


class _BensonBernstein(WidthBound):
    r"""Lemma 2.10: $\|G - G_\infty\| \le \epsilon \lambda_{\min}(G_\infty)$.

    From matrix Bernstein with $\|R - G_\infty\| \le B$ and $\|E R^2\| \le B
    \lambda_{\max}$ for $R = \sigma(Xw) \sigma(Xw)^\top$.
    """

    name = "benson_bernstein"
    title = "Lemma 2.10: the Gram matrix is near its limit in the spectral norm"
    formula = (
        r"\frac{2 n C^2}{\epsilon^2 \lambda_{\min}}"
        r" \left(\kappa + \frac{\epsilon}{3}\right) \log\frac{2n}{\delta}"
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
        r"""Return the width, rounded up.

        Parameters
        ----------
        epsilon
            The deviation allowed, in units of $\lambda_{\min}(G_\infty)$, in (0, 1).
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
        logarithm = math.log(2 * base.points_count) - math.log(failure_probability)
        condition = base.largest_high / base.smallest
        slope = 2 * norm / epsilon**2 / base.smallest
        found = slope * (condition + epsilon / 3) * logarithm
        return certified(self, base, found, said)


benson_bernstein = _BensonBernstein()
