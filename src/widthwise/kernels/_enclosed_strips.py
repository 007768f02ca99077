r"""Smooth activations in balls, each with a strip where it is analytic and bounded.

With $s(z) = (1 + \tanh(z/2))/2$ and $|\tanh(x + iy)|^2 = (\sinh^2 x + \sin^2 y) /
(\sinh^2 x + \cos^2 y) \le \max(1, \tan^2 y)$, every bound below is elementary.
"""

from collections.abc import Callable

from flint import arb

from widthwise.kernels._enclosed_hermite import StripFunction

__all__ = ["STRIPS", "logistic"]

_TANH = "1.2"
"""Half-width for tanh, below π/2 = 1.57; twice it for what contains tanh(z/2)."""
_GELU = "1.5"


def logistic(z: arb) -> arb:
    return 1 / (1 + (-z).exp())


def _tanh(order: int, f: arb) -> StripFunction:
    a = arb(_TANH)
    if order == 0:
        return StripFunction(lambda x: (f * x).tanh(), a / f, a.tan(), arb(0))
    level = 1 / (a.cos() * a.cos())
    return StripFunction(lambda x: 1 / _square((f * x).cosh()), a / f, level, arb(0))


def _sigmoid(order: int, f: arb) -> StripFunction:
    a, level, slope = _logistic_bounds()
    if order == 0:
        return StripFunction(lambda x: logistic(f * x), a / f, level, arb(0))
    return StripFunction(lambda x: _logistic_slope(f * x), a / f, slope, arb(0))


def _swish(order: int, f: arb) -> StripFunction:
    a, level, slope = _logistic_bounds()
    if order == 0:
        return StripFunction(
            lambda x: f * x * logistic(f * x), a / f, a * level, f * level
        )
    return StripFunction(
        lambda x: logistic(f * x) + f * x * _logistic_slope(f * x),
        a / f,
        level + a * slope,
        f * slope,
    )


def _softplus(order: int, f: arb) -> StripFunction:
    if order == 1:
        return _sigmoid(0, f)
    a, level, _ = _logistic_bounds()
    # |∫ s| along the imaginary direction adds to softplus(x) <= |x| + log 2.
    return StripFunction(
        lambda x: (1 + (f * x).exp()).log(), a / f, arb.const_log2() + a * level, f
    )


def _gelu(order: int, f: arb) -> StripFunction:
    a = arb(_GELU)
    density = (a * a / 2).exp() / (2 * arb.pi()).sqrt()  # |φ(x + iy)| <= this e^{-x²/2}
    level = 1 + a * density  # |Φ(x + iy)| <= Φ(x) + |∫ φ|
    if order == 0:
        return StripFunction(
            lambda x: f * x * _normal(f * x), a / f, a * level, f * level
        )
    return StripFunction(
        lambda x: _normal(f * x) + f * x * _density(f * x),
        a / f,
        level + (1 + a) * density,
        arb(0),
    )


STRIPS: dict[str, Callable[[int, arb], StripFunction]] = {
    "tanh": _tanh,
    "sigmoid": _sigmoid,
    "swish": _swish,
    "softplus": _softplus,
    "gelu": _gelu,
}
"""The order of the derivative and the factor f, to σ(f z) or σ'(f z)."""


def _logistic_bounds() -> tuple[arb, arb, arb]:
    """Return the half-width, and bounds on |s| and |s'| in the strip."""
    a = arb(_TANH)
    return 2 * a, (1 + a.tan()) / 2, 1 / (4 * a.cos() * a.cos())


def _logistic_slope(z: arb) -> arb:
    return 1 / (4 * _square((z / 2).cosh()))


def _normal(z: arb) -> arb:
    return (-z / arb(2).sqrt()).erfc() / 2


def _density(z: arb) -> arb:
    return (-z * z / 2).exp() / (2 * arb.pi()).sqrt()


def _square(z: arb) -> arb:
    return z * z
