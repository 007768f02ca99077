"""The width at which training the output layer alone fits any labels."""

import math

from widthwise.arrays import Array, Float
from widthwise.bounds._definition import Width, WidthBound
from widthwise.bounds._orders import check_constant, squared_spectral_norm
from widthwise.bounds._premises import (
    NUMERICALLY_SINGULAR,
    no_width,
    order_of_magnitude,
    premises,
)
from widthwise.sources import OYMAK_2020
from widthwise.spectra import Spectrum

__all__ = ["oymak_output_layer"]


class _OymakOutputLayer(WidthBound):
    r"""Training the output layer only; the mechanism of Lemma 2.8 of Benson et al."""

    name = "oymak_output_layer"
    title = "Oymak and Soltanolkotabi, output layer only"
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
        points: Float[Array, "n d"] | None = None,
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
        if base.is_singular:
            return no_width(self, base, NUMERICALLY_SINGULAR)
        check_constant(constant)
        squared, said = squared_spectral_norm(base.points_count, points)
        logarithm = math.log(max(base.points_count, 2))
        found = constant * squared / base.smallest * logarithm
        probability = "the failure probability is that of the paper, not `δ`"
        return order_of_magnitude(self, base, found, constant, said, probability)


oymak_output_layer = _OymakOutputLayer()
