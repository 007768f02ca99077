"""The width at which gradient descent finds the least-norm fit."""

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

__all__ = ["benson_theorem_4_5"]


class _BensonTheorem45(WidthBound):
    r"""Theorem 4.5: zero loss, by gradient descent on the last layer from zero.

    With probability at least $1 - \delta$ the feature matrix has full row rank; then
    every step $0 < \eta < 2 / \lambda_{\max}(G)$ converges to the least-norm solution.
    """

    name = "benson_theorem_4_5"
    title = "Theorem 4.5: gradient descent finds the least-norm exact fit"
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
        trained = (
            "only the last layer is trained, from zero, on ½‖Φv - y‖² with Φ scaled by "
            "1/√m, and the step is below 2/λ_max(G)"
        )
        return certified(self, base, norm / base.smallest * logarithm, said, trained)


benson_theorem_4_5 = _BensonTheorem45()
