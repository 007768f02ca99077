"""The widths of Benson et al. for Gaussian weights: near the limit, and full rank."""

import math

from widthwise.bounds.eigenvalues import (
    WidthBound,
    check_deviation,
    linear_growth,
    premises,
)
from widthwise.sources import BENSON_2020
from widthwise.spectra import Spectrum
from widthwise.theorems import Width

__all__ = ["benson_gaussian", "benson_gaussian_full_rank"]


class _SecondMoment(WidthBound):
    r"""Lemma A.2: $\sigma(Xw)$ is sub-Gaussian where $|\sigma(z)| \le B |z|$."""

    source = BENSON_2020
    trust = "uncertain"
    kernel = "conjugate"
    law = "gaussian"
    constant_is_known = False

    def _order(
        self,
        spectrum: Spectrum,
        failure_probability: float | int,
        epsilon: float,
        growth: float | int | None,
        constant: float | int,
    ) -> Width:
        base = premises(self, spectrum, failure_probability)
        slope, said = linear_growth(spectrum, growth)
        if math.isinf(slope) and not base.is_singular:
            return base.no_width(said)
        found = 3 * base.log_count + 4 * math.log(slope)
        found += math.log(math.log(2) - base.log_failure)
        found -= 2 * (math.log(epsilon) + base.log_smallest)
        return base.order(constant, found, said)


class _BensonGaussian(_SecondMoment):
    r"""Corollary A.6: $\|G - G_\infty\| \le \epsilon \lambda_{\min}(G_\infty)$.

    $\sigma(Xw)$ is sub-Gaussian with parameter of order $B \sqrt{n}$ where
    $|\sigma(z)| \le B |z|$ (Lemma A.2), and the second moment of m such vectors is
    known to this accuracy once m is of order $n (B^2 n / \epsilon \lambda_{\min})^2
    \log(2 / \delta)$ (Proposition A.4).
    """

    name = "benson_gaussian"
    title = "Corollary A.6: the Gram matrix is near its limit, Gaussian weights"
    promise = "condition"
    formula = r"c\, \frac{B^4 n^3}{\epsilon^2 \lambda_{\min}^2} \log\frac{2}{\delta}"

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
        return self._order(
            spectrum, failure_probability, check_deviation(epsilon), growth, constant
        )


class _BensonGaussianFullRank(_SecondMoment):
    r"""Theorem A.7: Corollary A.6 as $\epsilon \to 1$, which leaves G nonsingular.

    The conclusion is that of Theorem 4.5: gradient descent on the last layer from zero
    converges to the least-norm exact fit.
    """

    name = "benson_gaussian_full_rank"
    title = "Theorem A.7: gradient descent finds the exact fit, Gaussian weights"
    promise = "rank"
    formula = r"c\, \frac{B^4 n^3}{\lambda_{\min}^2} \log\frac{2}{\delta}"

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
        return self._order(spectrum, failure_probability, 1.0, growth, constant)


benson_gaussian = _BensonGaussian()
benson_gaussian_full_rank = _BensonGaussianFullRank()
