"""The width at which the features fit any labels."""

import math

from widthwise.bounds._definition import Width, WidthBound
from widthwise.bounds._premises import (
    NUMERICALLY_SINGULAR,
    certified,
    feature_norm,
    no_width,
    premises,
)
from widthwise.sources import BENSON_2020
from widthwise.spectra import Spectrum

__all__ = ["benson_full_rank"]


class _BensonFullRank(WidthBound):
    r"""Section 4.1: the limit $\epsilon \to 1$ of the lower tail of Lemma 2.8.

    $P(G \text{ is singular}) \le n e^{-m \lambda_{\min} / B} \le \delta$ at this width.
    """

    name = "benson_full_rank"
    title = "Section 4.1: the feature matrix has full row rank"
    formula = r"\frac{n C^2}{\lambda_{\min}} \log\frac{n}{\delta}"
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
        activation_bound: float | int | None = None,
        squared_norm_bound: float | int | None = None,
    ) -> Width:
        r"""Return the width, rounded up.

        Parameters
        ----------
        activation_bound
            C, with $|\sigma| \le C$ on [-1, 1].
        squared_norm_bound
            B, with $\|\sigma(Xw)\|^2 \le B$ for every w; replaces $n C^2$.
        """
        base = premises(self, spectrum, failure_probability)
        norm, said = feature_norm(spectrum, activation_bound, squared_norm_bound)
        if base.is_singular:
            return no_width(self, base, NUMERICALLY_SINGULAR, said)
        logarithm = math.log(base.points_count) - math.log(failure_probability)
        return certified(self, base, norm / base.smallest * logarithm, said)


benson_full_rank = _BensonFullRank()
