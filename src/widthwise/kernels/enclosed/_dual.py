"""Duals in balls: values of any accuracy, each with a proven bound on its error."""

from collections.abc import Callable
from functools import lru_cache

from flint import arb, ctx

from widthwise.activations import Activation
from widthwise.errors import InvalidArgumentError
from widthwise.kernels.enclosed._elu import EXPONENTIAL_UNITS
from widthwise.kernels.enclosed._forms import CLOSED, polynomial
from widthwise.kernels.enclosed._hermite import HermiteSeries, hermite_series
from widthwise.kernels.enclosed._sphere import ANALYTIC, sphere_series
from widthwise.kernels.enclosed._strips import STRIPS
from widthwise.laws import Law, Sphere

__all__ = ["BallDual", "enclosed_dual"]

BallDual = Callable[[arb], arb]

_GAUSSIAN = {**CLOSED, **EXPONENTIAL_UNITS}
_HOMOGENEOUS = {"relu": 1, "leaky_relu": 1, "abs": 1, "step": 0}


def enclosed_dual(
    activation: Activation, law: Law, order: int, bits: int, factor: arb | None = None
) -> BallDual:
    r"""Return $t \mapsto E[\sigma^{(r)}(f\,w\cdot x)\,\sigma^{(r)}(f\,w\cdot x')]$.

    Parameters
    ----------
    activation
        σ: a rectifier, leaky rectifier, absolute value, step, polynomial, sine, cosine,
        exponential, Gaussian bump, erf, tanh, sigmoid, swish, softplus or GELU; under
        the Gaussian law also ELU, SELU or CELU.
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
    """
    name = activation.name
    f = arb(1) if factor is None else factor
    if isinstance(law, Sphere):
        if name in _HOMOGENEOUS:
            form = CLOSED[name](activation, order, arb(1))
            # w = |w| u, with E|w|² = d for a standard normal w of R^d.
            degree = _HOMOGENEOUS[name] - order
            return lambda t: form(t) / law.dimension if degree == 1 else form(t)
        if name not in ANALYTIC and _coefficients(activation) is None:
            raise _refused(name, law)
        return sphere_series(activation, _coefficients(activation), law, order, bits)
    if name in _GAUSSIAN:
        return _GAUSSIAN[name](activation, order, f)
    coefficients = _coefficients(activation)
    if coefficients is not None:
        return polynomial(coefficients, order, f)
    if name in STRIPS:
        return _series(name, order, bits, f.mid(), f.rad(), int(ctx.prec))
    raise _refused(name, law)


@lru_cache(maxsize=64)
def _series(
    name: str, order: int, bits: int, middle: arb, radius: arb, precision: int
) -> HermiteSeries:
    del precision  # The balls inside were made at this one.
    return hermite_series(STRIPS[name](order, middle + arb(0, radius)), bits)


def _coefficients(activation: Activation) -> tuple[float, ...] | None:
    """Return σ's coefficients if it is a polynomial on the whole line."""
    reach = float("inf")
    even, odd = activation.even_part(reach), activation.odd_part(reach)
    if even is None or odd is None or not activation.parity_is_exact:
        return None
    if activation.breakpoints:
        return None
    size = max(len(even), len(odd))
    pad = [part + (0.0,) * (size - len(part)) for part in (even, odd)]
    return tuple(a + b for a, b in zip(*pad, strict=True))


def _refused(name: str, law: Law) -> InvalidArgumentError:
    known = sorted(
        {*_GAUSSIAN, *STRIPS}
        if not isinstance(law, Sphere)
        else {*_HOMOGENEOUS, *ANALYTIC}
    )
    return InvalidArgumentError(
        f"There is no proven form of the dual of {name} under the {law.name} law. "
        f"Known: {', '.join(known)} and polynomials. Pass a matrix of flint balls to "
        "`smallest_enclosed` instead, or use `spectrum`, in float64."
    )
