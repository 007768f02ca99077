"""The width from which gradient descent on the inner layer provably fits."""

import math

import torch

from widthwise.arguments import positive
from widthwise.bounds.convergence._curvature import slope_and_curvature
from widthwise.bounds.eigenvalues import (
    WidthBound,
    lower_exponent,
    oymak_slack,
    premises,
    squared_spectral_norm,
)
from widthwise.features.two_layer import PointsLike
from widthwise.kernels import dual
from widthwise.laws import Gaussian
from widthwise.prose import Prose, say
from widthwise.sources import THEORY_PAGE
from widthwise.spectra import Spectrum
from widthwise.theorems import Width

__all__ = ["inner_layer"]


class _InnerLayer(WidthBound):
    r"""The theorem of Oymak and Soltanolkotabi for smooth σ, every constant explicit.

    Outer weights $\pm\|y\|/\sqrt{kn}$, half of each sign, inner weights standard
    normal. Chernoff's lower tail gives $\sigma_{\min}(J)^2 \ge \lambda\|y\|^2/2n$ and
    the concentration of a Lipschitz function $\|r_0\| \le (1 + \mathrm{sd} + sB_1)
    \|y\|$; `descent_certificate` then asks the width below.
    """

    name = "inner_layer"
    title = "Gradient descent on the inner layer of a smooth network, explicit"
    promise = "convergence"
    formula = (
        r"\max\left\{\frac{B_1^2 \|X\|^2}{\ell(1/2)\, \lambda} \log\frac{2 n}{\delta},"
        r"\ \frac{(32 B_2)^2 (1 + \mathrm{sd} + s B_1)^2 n \|X\|^2}{\lambda^2}\right\},"
        r"\ e^{-s^2 n / 2\|X\|^2} = \delta / 2"
    )
    source = THEORY_PAGE
    trust = "derived"
    kernel = "tangent_inner"
    law = "gaussian"
    constant_is_known = True
    least_smoothness = 2

    def width(
        self,
        spectrum: Spectrum,
        failure_probability: float | int = 0.01,
        *,
        points: PointsLike | None = None,
        slope: float | int | None = None,
        curvature: float | int | None = None,
    ) -> Width:
        r"""Return the width, rounded up to an even number.

        Parameters
        ----------
        points
            Shape (n, d). Gives $\|X\|$; without it $\sqrt n$ stands for it.
        slope, curvature
            $B_1 \ge |\sigma'|$ and $B_2 \ge |\sigma''|$; by default the label's, or 1.
        """
        base = premises(self, spectrum, failure_probability)
        origin = spectrum.provenance
        act = None if origin is None else origin.activation
        known = (1.0, 1.0) if act is None else slope_and_curvature(act)
        if known is None and (slope is None or curvature is None):
            return base.no_width("no bound of the second derivative is known")
        first, second = known or (math.inf, math.inf)
        first = first if slope is None else positive(slope, "slope")
        second = second if curvature is None else positive(curvature, "curvature")
        if known != (first, second) or act is None:
            bounds = say("|σ'| is at most {} and |σ''| at most {}", first, second)
        else:
            bounds = Prose("")
        squared, said = squared_spectral_norm(base.points_count, points)
        squared *= 1 + 1e-12
        spread, told = first, Prose("the spread of σ(g) is at most its steepest slope")
        if act is not None:
            kernel = dual(act, Gaussian())
            mean = max(float(kernel(torch.zeros(1, dtype=torch.float64))), 0.0)
            variance = float(kernel.value_at_one) - mean + 2 * kernel.error_bound
            spread = math.sqrt(max(variance, 0.0))
            told = say("the spread of σ(g) is {}", spread)
        half = base.log_failure - math.log(2)
        slack = oymak_slack(base.points_count, squared, half)
        chernoff = base.over_smallest(first**2 * squared) * (base.log_count - half)
        chernoff /= lower_exponent(0.5)
        misfit = 1 + spread + slack * first
        factor = 32 * second * misfit
        descent = base.over_smallest(1.0) ** 2 * factor**2 * base.points_count * squared
        units = max(chernoff, descent)
        if math.isfinite(units):
            units = 2.0 * math.ceil(units / 2 * (1 + 1e-12))
        return base.certified(
            units,
            *([bounds] if bounds else []),
            said,
            told,
            "the outer weights are ±‖y‖/√(kn), half of each sign, and stay; the step "
            "is at most n/(2B₁²‖y‖²‖X‖²)",
        )


inner_layer = _InnerLayer()
