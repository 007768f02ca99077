"""The width for the least-norm exact fit, with Gaussian weights."""

import math

from widthwise.bounds._definition import Width, WidthBound
from widthwise.bounds._orders import linear_growth, log_scaled
from widthwise.bounds._premises import (
    NUMERICALLY_SINGULAR,
    no_width,
    order_of_magnitude,
    premises,
)
from widthwise.sources import BENSON_2020
from widthwise.spectra import Spectrum

__all__ = ["benson_gaussian_full_rank"]


class _BensonGaussianFullRank(WidthBound):
    r"""Theorem A.7: Corollary A.6 as $\epsilon \to 1$, which leaves G nonsingular.

    The conclusion is that of Theorem 4.5: gradient descent on the last layer from zero
    converges to the least-norm exact fit.
    """

    name = "benson_gaussian_full_rank"
    title = "Theorem A.7: gradient descent finds the exact fit, Gaussian weights"
    formula = r"c\, \frac{B^4 n^3}{\lambda_{\min}^2} \log\frac{2}{\delta}"
    source = BENSON_2020
    trust = "uncertain"
    kernel = "conjugate"
    law = "gaussian"
    constant_is_known = False

    def width(
        self,
        spectrum: Spectrum,
        failure_probability: float | int = 0.01,
        *,
        growth: float | int | None = None,
        constant: float | int = 1.0,
    ) -> Width:
        r"""Return the order of the width.

        Parameters
        ----------
        growth
            B, with $|\sigma(z)| \le B |z|$ for all z; by default the label's, or 1.
        constant
            The unknown c.
        """
        base = premises(self, spectrum, failure_probability)
        if base.is_singular:
            return no_width(self, base, NUMERICALLY_SINGULAR)
        slope, said = linear_growth(spectrum, growth)
        if math.isinf(slope):
            return no_width(self, base, said)
        found = 3 * math.log(base.points_count) + 4 * math.log(slope)
        found += math.log(math.log(2 / failure_probability))
        found -= 2 * math.log(base.smallest)
        return order_of_magnitude(
            self, base, log_scaled(constant, found), constant, said
        )


benson_gaussian_full_rank = _BensonGaussianFullRank()
