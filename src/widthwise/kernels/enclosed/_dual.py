"""Duals in balls: values of any accuracy, each with a proven bound on its error."""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flint import arb, ctx, fmpz_poly

from widthwise.activations import CATALOG, Activation, Scaled
from widthwise.errors import InvalidArgumentError
from widthwise.kernels.enclosed._elu import EXPONENTIAL_UNITS
from widthwise.kernels.enclosed._forms import CLOSED, polynomial
from widthwise.kernels.enclosed._hermite import HermiteSeries, hermite_series
from widthwise.kernels.enclosed._sphere import ANALYTIC, sphere_series
from widthwise.kernels.enclosed._splines import SPLINES
from widthwise.kernels.enclosed._strips import STRIPS
from widthwise.kernels.rules import named
from widthwise.laws import Law, Sphere

__all__ = ["BallDual", "enclosed_dual"]

BallDual = Callable[[arb], arb]

_GAUSSIAN = {**CLOSED, **EXPONENTIAL_UNITS, **SPLINES}
_HOMOGENEOUS = {"relu": 1, "leaky_relu": 1, "abs": 1, "step": 0}
_POLYNOMIAL_ON_THE_SPHERE = ("hard_tanh", "hard_swish")


def enclosed_dual(
    activation: Activation | str,
    law: Law | str,
    order: int,
    bits: int,
    factor: arb | None = None,
) -> BallDual:
    r"""Return $t \mapsto E[\sigma^{(r)}(f\,w\cdot x)\,\sigma^{(r)}(f\,w\cdot x')]$.

    Parameters
    ----------
    activation
        σ, of the catalog: a rectifier, leaky rectifier, rectified monomial, absolute
        value, step, polynomial, sine, cosine, exponential, Gaussian bump, erf, tanh,
        hard tanh, sigmoid, swish, hard swish, mish, softplus or GELU in both forms;
        under the Gaussian law also ELU, SELU or CELU; or one of these `Scaled`, on the
        sphere if it is homogeneous.
    law
        `Gaussian()` or `Sphere(d)`.
    order
        r, 0 or 1.
    bits
        Terms below 2**-bits of κ(1) may be replaced by a bound on their sum.
    factor
        f > 0, a ball; 1 if None. Only under the Gaussian law.

    Returns
    -------
    A function from a ball in [-1, 1] to a ball that contains the value; its accuracy is
    that of flint's working precision.

    Raises
    ------
    InvalidArgumentError
        If the activation has no proven form under this law.

    Source
    ------
    Cho and Saul (2009) (rectifiers), Williams (1996) (erf), Daniely, Frostig and Singer
    (2016) (Hermite series). Cost: up to seconds for the series, then microseconds.

    Examples
    --------
    >>> import flint, widthwise as ww
    >>> dual = ww.kernels.enclosed_dual("relu", "gaussian", 0, bits=64)
    >>> round(float(dual(flint.arb(1)).mid()), 6)
    0.5
    """
    activation, law = named(activation, law)
    if isinstance(activation, Scaled):
        return _scaled(activation, law, order, bits, factor)
    # A function that somebody gave the name of another has no proof here.
    is_own = type(activation) is CATALOG.get(activation.name)
    name = activation.name if is_own else ""
    f = arb(1) if factor is None else factor
    with ctx.workprec(max(ctx.prec, bits) + 64):  # what a series is cut at
        reach = law.support_radius
        coefficients = _coefficients(activation, reach) if is_own else None
    if isinstance(law, Sphere):
        degree = _homogeneity(activation, order) if is_own else None
        if degree is not None:
            form = _GAUSSIAN[name](activation, order, arb(1))
            # A normal w of R^d is |w| u, with E|w|^2p = d (d + 2) ... (d + 2p - 2).
            mean = math.prod(law.dimension + 2 * k for k in range(degree))
            return lambda t: form(t) / mean
        if name not in ANALYTIC and coefficients is None:
            raise _refused(activation.name, law)
        return sphere_series(activation, coefficients, law, order, bits)
    if name in _GAUSSIAN:
        return _GAUSSIAN[name](activation, order, f)
    if coefficients is not None:
        return polynomial(coefficients, order, f)
    if name in STRIPS:
        return _series(name, order, bits, f.mid(), f.rad(), int(ctx.prec))
    raise _refused(activation.name, law)


def _scaled(
    activation: Scaled, law: Law, order: int, bits: int, factor: arb | None
) -> BallDual:
    """Return the dual of z -> σ(c z) from that of σ."""
    scale, power = arb(activation.factor), 2 * order
    if isinstance(law, Sphere):
        degree = activation.base.homogeneity
        if degree is None:
            raise _refused(f"{activation.base.name}, scaled", law)
        within = enclosed_dual(activation.base, law, order, bits)
        power = round(2 * degree)
    else:
        within = enclosed_dual(
            activation.base,
            law,
            order,
            bits,
            scale if factor is None else scale * factor,
        )
    return lambda t: scale**power * within(t)


def _homogeneity(activation: Any, order: int) -> int | None:
    """Return the degree of σ's, or σ''s, homogeneity on a half-line."""
    if activation.name == "rectified_monomial":
        return int(activation.degree) - order
    degree = _HOMOGENEOUS.get(activation.name)
    return None if degree is None else max(degree - order, 0)


@lru_cache(maxsize=64)
def _series(
    name: str, order: int, bits: int, middle: arb, radius: arb, precision: int
) -> HermiteSeries:
    del precision  # The balls inside were made at this one.
    return hermite_series(STRIPS[name](order, middle + arb(0, radius)), bits)


def _coefficients(activation: Any, reach: float) -> list[arb] | None:
    """Return σ's coefficients if it is a polynomial on [-reach, reach]."""
    if any(abs(point) < reach for point in activation.breakpoints):
        return None
    # These are not floats.
    if activation.name == "hermite":
        return _hermite(activation.degree)
    if activation.name == "hard_swish":
        return [arb(0), arb(1) / 2, arb(1) / 6] if reach <= 3.0 else None
    even, odd = activation.even_part(reach), activation.odd_part(reach)
    if even is None or odd is None:
        return None
    size = max(len(even), len(odd))
    pad = [part + (0.0,) * (size - len(part)) for part in (even, odd)]
    return [arb(a) + arb(b) for a, b in zip(*pad, strict=True)]


def _hermite(degree: int) -> list[arb]:
    before, now = fmpz_poly([0]), fmpz_poly([1])
    for k in range(degree):
        before, now = now, fmpz_poly([0, 1]) * now - k * before
    root = arb(math.factorial(degree)).sqrt()
    return [arb(c) / root for c in now.coeffs()]


def _refused(name: str, law: Law) -> InvalidArgumentError:
    known = sorted(
        {*_GAUSSIAN, *STRIPS}
        if not isinstance(law, Sphere)
        else {
            *_HOMOGENEOUS,
            *ANALYTIC,
            *_POLYNOMIAL_ON_THE_SPHERE,
            "rectified_monomial",
        }
    )
    return InvalidArgumentError(
        f"There is no proven form of the dual of {name} under the {law.name} law. "
        f"Known: {', '.join(known)} and polynomials. Pass a matrix of flint balls to "
        "`smallest_enclosed` instead, or use `spectrum`, in float64."
    )
