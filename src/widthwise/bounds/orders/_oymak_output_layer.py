"""The width at which training the output layer alone fits any labels."""

import math

from widthwise.bounds.eigenvalues import WidthBound, premises, squared_spectral_norm
from widthwise.features.two_layer import PointsLike
from widthwise.sources import OYMAK_2020
from widthwise.spectra import Spectrum
from widthwise.theorems import Width

__all__ = ["oymak_output_layer"]


class _OymakOutputLayer(WidthBound):
    r"""Training the output layer only; the mechanism of Lemma 2.8 of Benson et al."""

    name = "oymak_output_layer"
    title = "Oymak and Soltanolkotabi, output layer only"
    promise = "rank"
    formula = r"c\, \frac{\|X\|^2}{\tilde\lambda(X)} \log n"
    source = OYMAK_2020
    trust = "recalled"
    kernel = "conjugate"
    law = "gaussian"
    constant_is_known = False

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
        found = math.log(squared * math.log(max(base.points_count, 2)))
        probability = "the failure probability is that of the paper, not `δ`"
        return base.order(constant, found - base.log_smallest, said, probability)


oymak_output_layer = _OymakOutputLayer()
