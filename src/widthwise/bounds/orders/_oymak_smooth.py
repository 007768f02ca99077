"""The width at which gradient descent fits a smooth network, by Oymak et al."""

import math

from widthwise.bounds.eigenvalues import (
    WidthBound,
    oymak_slack,
    premises,
    squared_spectral_norm,
)
from widthwise.features.two_layer import PointsLike, as_matrix
from widthwise.sources import OYMAK_2020
from widthwise.spectra import Spectrum, khatri_rao_smallest
from widthwise.theorems import Width

__all__ = ["oymak_smooth"]


class _OymakSmooth(WidthBound):
    r"""The inner layer of a smooth network trained, the outer one fixed.

    The theorem asks $\sqrt{md} \ge c (1 + s) \kappa(X) n$ with $\kappa(X) = \sqrt{d/n}
    \|X\| / \sigma_{\min}(X * X)^2$, a condition on the number of parameters md; here it
    is divided by d. X * X is the row-wise Khatri-Rao product, and $\mu^2
    \sigma_{\min}(X * X)^2 \le \lambda(X)$ with $\mu = E[g \sigma'(g)]$: without
    `points`, $\lambda(X)$ stands for $\sigma_{\min}(X * X)^2$ and $\mu$ goes into the
    constant.
    """

    name = "oymak_smooth"
    title = "Oymak and Soltanolkotabi, smooth activation, inner layer trained"
    promise = "convergence"
    formula = (
        r"c^2 (1 + s)^2 \frac{\kappa(X)^2 n^2}{d}"
        r" = c^2 (1 + s)^2 \frac{n \|X\|^2}{\sigma_{\min}(X * X)^4},"
        r"\ e^{-s^2 n / 2\|X\|^2} = \delta"
    )
    source = OYMAK_2020
    trust = "recalled"
    kernel = "tangent_inner"
    law = "gaussian"
    constant_is_known = False
    least_smoothness = 2

    def width(
        self,
        spectrum: Spectrum,
        failure_probability: float | int = 0.01,
        *,
        points: PointsLike | None = None,
        constant: float | int = 1.0,
    ) -> Width:
        r"""Return the order of the width.

        Parameters
        ----------
        points
            Shape (n, d). Gives $\|X\|$ and $\sigma_{\min}(X * X)$; without it
            $\sqrt n$ and the spectrum's smallest eigenvalue stand for them.
        constant
            The unknown c.
        """
        base = premises(self, spectrum, failure_probability)
        squared, said = squared_spectral_norm(base.points_count, points)
        slack = oymak_slack(base.points_count, squared, base.log_failure)
        texts = [said, "the theorem fails with probability 1/n besides"]
        if points is None:
            log_smallest = base.log_smallest
            texts.append("λ_min of the tangent kernel stands for σ_min(X * X)²")
        else:
            smallest = khatri_rao_smallest(as_matrix(points))
            if not smallest > 0:
                return base.no_width(
                    "X * X has no full row rank: n exceeds d(d+1)/2 or "
                    "points are parallel, and the theorem asks for it"
                )
            log_smallest = math.log(smallest)
        found = 2 * math.log1p(slack) + base.log_count + math.log(squared)
        return base.order(constant, found - 2 * log_smallest, *texts, power=2)


oymak_smooth = _OymakSmooth()
