"""The width at which gradient descent fits a rectifier network, by Oymak et al."""

import math

from widthwise.bounds.eigenvalues import (
    WidthBound,
    oymak_slack,
    premises,
    squared_spectral_norm,
)
from widthwise.features.two_layer import PointsLike
from widthwise.sources import OYMAK_2020
from widthwise.spectra import Spectrum
from widthwise.theorems import Width

__all__ = ["oymak_relu"]


class _OymakRelu(WidthBound):
    r"""The inner layer of a rectifier network trained, the outer one fixed.

    $\lambda(X)$ is the smallest eigenvalue of the inner tangent kernel; random data ask
    for width of order $n^4 / d^3$.
    """

    name = "oymak_relu"
    title = "Oymak and Soltanolkotabi, rectifier, inner layer trained"
    promise = "convergence"
    formula = (
        r"c\, (1 + s)^2 \frac{n \|X\|^6}{\lambda(X)^4},\ e^{-s^2 n / 2\|X\|^2} = \delta"
    )
    source = OYMAK_2020
    trust = "recalled"
    kernel = "tangent_inner"
    law = "gaussian"
    constant_is_known = False
    activations = frozenset({"relu"})

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
            Shape (n, d). Gives $\|X\|$; without it $\|X\| \le \sqrt n$ is used.
        constant
            The unknown c.
        """
        base = premises(self, spectrum, failure_probability)
        squared, said = squared_spectral_norm(base.points_count, points)
        slack = oymak_slack(base.points_count, squared, base.log_failure)
        found = 2 * math.log1p(slack) + base.log_count
        found += 3 * math.log(squared) - 4 * base.log_smallest
        besides = "the theorem fails with probability 1/n besides"
        return base.order(constant, found, said, besides)


oymak_relu = _OymakRelu()
