"""The width at which the Gram matrix is near its limit, for Gaussian weights."""

import math

from widthwise.bounds._definition import Width, WidthBound
from widthwise.bounds._orders import linear_growth, log_scaled
from widthwise.bounds._premises import (
    NUMERICALLY_SINGULAR,
    check_epsilon,
    no_width,
    order_of_magnitude,
    premises,
)
from widthwise.sources import BENSON_2020
from widthwise.spectra import Spectrum

__all__ = ["benson_gaussian"]


class _BensonGaussian(WidthBound):
    r"""Corollary A.6: $\|G - G_\infty\| \le \epsilon \lambda_{\min}(G_\infty)$.

    $\sigma(Xw)$ is sub-Gaussian with parameter of order $B \sqrt{n}$ where
    $|\sigma(z)| \le B |z|$ (Lemma A.2), and the second moment of m such vectors is
    known to this accuracy once m is of order $n (B^2 n / \epsilon \lambda_{\min})^2
    \log(2 / \delta)$ (Proposition A.4).
    """

    name = "benson_gaussian"
    title = "Corollary A.6: the Gram matrix is near its limit, Gaussian weights"
    formula = r"c\, \frac{B^4 n^3}{\epsilon^2 \lambda_{\min}^2} \log\frac{2}{\delta}"
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
        epsilon: float | int = 0.5,
        growth: float | int | None = None,
        constant: float | int = 1.0,
    ) -> Width:
        r"""Return the order of the width.

        Parameters
        ----------
        epsilon
            The deviation allowed, in units of $\lambda_{\min}(G_\infty)$, in (0, 1).
        growth
            B, with $|\sigma(z)| \le B |z|$ for all z; by default the label's, or 1.
        constant
            The unknown c.
        """
        base = premises(self, spectrum, failure_probability)
        if base.is_singular:
            return no_width(self, base, NUMERICALLY_SINGULAR)
        slope, said = linear_growth(spectrum, growth)
        check_epsilon(epsilon)
        if math.isinf(slope):
            return no_width(self, base, said)
        found = 3 * math.log(base.points_count) + 4 * math.log(slope)
        found += math.log(math.log(2 / failure_probability))
        found -= 2 * math.log(epsilon * base.smallest)
        return order_of_magnitude(
            self, base, log_scaled(constant, found), constant, said
        )


benson_gaussian = _BensonGaussian()
