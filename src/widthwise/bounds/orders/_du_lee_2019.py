"""The width that Remark 4.7 compares with: a smooth network, all layers trained."""

import math

from widthwise.bounds.eigenvalues import WidthBound, premises
from widthwise.sources import DU_LEE_2019
from widthwise.spectra import Spectrum
from widthwise.theorems import Width

__all__ = ["du_lee_2019"]


class _DuLee2019(WidthBound):
    r"""Theorem 5.1 of Du, Lee, Li, Wang and Zhai, quoted in Remark 4.7 of Benson.

    For two layers; depth H multiplies all terms by $2^{O(H)}$, and the logarithm is of
    $H n / \delta$.
    """

    name = "du_lee_2019"
    title = "Remark 4.7's comparison: global convergence with every layer trained"
    promise = "convergence"
    formula = (
        r"c \max\left\{\frac{n^4}{\lambda_{\min}^4}, \frac{n}{\delta},"
        r" \frac{n^2 \log(n / \delta)}{\lambda_{\min}^2}\right\}"
    )
    source = DU_LEE_2019
    trust = "recalled"
    kernel = "tangent_inner"
    law = "gaussian"
    constant_is_known = False

    def width(
        self,
        spectrum: Spectrum,
        failure_probability: float | int = 0.01,
        *,
        constant: float | int = 1.0,
    ) -> Width:
        r"""Return the order of the width.

        Parameters
        ----------
        constant
            The unknown c.
        """
        base = premises(self, spectrum, failure_probability)
        ratio = base.log_count - base.log_smallest
        rare = base.log_count - base.log_failure
        found = max(4 * ratio, rare, 2 * ratio + math.log(rare))
        smooth = "the activation is smooth, Lipschitz and not a polynomial"
        return base.order(constant, found, smooth)


du_lee_2019 = _DuLee2019()
