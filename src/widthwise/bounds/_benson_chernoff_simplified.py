"""The width that keeps every eigenvalue near its limit, in closed form."""

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

__all__ = ["benson_chernoff_simplified"]


class _BensonChernoffSimplified(WidthBound):
    r"""Lemma 2.8 with each tail replaced by its quadratic bound.

    $n e^{-\epsilon^2 m \lambda_{\min} / 2B}$ and $n e^{-\epsilon^2 m \lambda_{\max} /
    3B}$ are each at most $\delta / 2$ at this width, which is never below that of
    `benson_chernoff`.
    """

    name = "benson_chernoff_simplified"
    title = "Lemma 2.8, closed form: every eigenvalue within a factor of its limit"
    formula = r"\frac{3 n C^2}{\epsilon^2 \lambda_{\min}} \log\frac{2n}{\delta}"
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
        logarithm = math.log(2 * base.points_count) - math.log(failure_probability)
        found = 3 * norm / epsilon**2 / base.smallest * logarithm
        return certified(self, base, found, said)


benson_chernoff_simplified = _BensonChernoffSimplified()
