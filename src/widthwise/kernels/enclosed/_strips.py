r"""Smooth activations in balls, each with a strip where it is analytic and bounded.

With $s(z) = (1 + \tanh(z/2))/2$ and $|\tanh(x + iy)|^2 = (\sinh^2 x + \sin^2 y) /
(\sinh^2 x + \cos^2 y) \le \max(1, \tan^2 y)$, every bound below is elementary.
"""

from collections.abc import Callable

from flint import arb

from widthwise.kernels.enclosed._hermite import HermiteParts, StripFunction
from widthwise.kernels.enclosed._logistic import logistic_moments

__all__ = ["GELU_CUBIC", "STRIPS", "logistic"]

GELU_CUBIC = "0.044715"

_TANH = "1.2"
"""Half-width for tanh, below π/2 = 1.57; twice it for what contains tanh(z/2)."""
_GELU = "1.5"
_GELU_TANH = "0.8"
_MISH = "1.5"
"""Below π/2, so that Re e^z > 0; the poles are at Im z = 3π/4."""


def logistic(z: arb) -> arb:
    return 1 / (1 + (-z).exp())


def _tanh(order: int, f: arb) -> StripFunction:
    a = arb(_TANH)

    def parts(count: int, bits: int) -> list[arb]:
        return _interleaved(f, logistic_moments(f, count // 2 + 1, bits))[:count]

    if order == 0:
        return StripFunction(lambda x: (f * x).tanh(), a / f, a.tan(), arb(0), parts)
    level = 1 / (a.cos() * a.cos())
    return StripFunction(
        lambda x: 1 / _square((f * x).cosh()), a / f, level, arb(0), _slopes(parts, f)
    )


def _sigmoid(order: int, f: arb) -> StripFunction:
    a, level, slope = _logistic_bounds()
    parts = _sigmoid_parts(f)
    if order == 0:
        return StripFunction(lambda x: logistic(f * x), a / f, level, arb(0), parts)
    return StripFunction(
        lambda x: _logistic_slope(f * x), a / f, slope, arb(0), _slopes(parts, f)
    )


def _swish(order: int, f: arb) -> StripFunction:
    a, level, slope = _logistic_bounds()

    def parts(count: int, bits: int) -> list[arb]:
        # z He_k = He_{k+1} + k He_{k-1}
        known = _sigmoid_parts(f)(count + 1, bits)
        return [
            f * (known[k + 1] + k * known[k - 1]) if k else f * known[1]
            for k in range(count)
        ]

    if order == 0:
        return StripFunction(
            lambda x: f * x * logistic(f * x), a / f, a * level, f * level, parts
        )
    return StripFunction(
        lambda x: logistic(f * x) + f * x * _logistic_slope(f * x),
        a / f,
        level + a * slope,
        f * slope,
        _slopes(parts, f),
    )


def _softplus(order: int, f: arb) -> StripFunction:
    if order == 1:
        return _sigmoid(0, f)
    a, level, _ = _logistic_bounds()

    def parts(count: int, bits: int) -> list[arb]:
        known = _sigmoid_parts(f)(count, bits)
        return [arb(0), *(f * each for each in known[:-1])]

    # |∫ s| along the imaginary direction adds to softplus(x) <= |x| + log 2.
    return StripFunction(
        lambda x: (1 + (f * x).exp()).log(),
        a / f,
        arb.const_log2() + a * level,
        f,
        parts,
    )


def _sigmoid_parts(f: arb) -> HermiteParts:
    """Return E[s(f g) He_k(g)]: s(z) is (1 + tanh(z/2))/2."""

    def parts(count: int, bits: int) -> list[arb]:
        moments = logistic_moments(f / 2, count // 2 + 1, bits)
        found = _interleaved(f / 4, moments)[:count]
        return [arb(1) / 2, *found[1:]]

    return parts


def _interleaved(factor: arb, moments: list[arb]) -> list[arb]:
    """Return E[φ(g) He_k(g)] = E[φ'(g) He_{k-1}(g)] for φ'(z) = factor · sech²(a z)."""
    found = []
    for index, each in enumerate(moments):
        found += [arb(0), -factor * each if index % 2 else factor * each]
    return found


def _slopes(parts: HermiteParts, f: arb) -> HermiteParts:
    """Return E[σ'(f g) He_k(g)] = E[σ(f g) He_{k+1}(g)] / f."""
    return lambda count, bits: [each / f for each in parts(count + 1, bits)[1:]]


def _gelu_parts(f: arb) -> HermiteParts:
    r"""Return E[f g Φ(f g) He_k(g)], from the Gaussian integral of φ(f g).

    $E[\phi(f g) He_k(g)] = (2\pi (1 + f^2))^{-1/2} (-f^2/(1 + f^2))^{k/2} (k-1)!!$ for
    even k, and z He_k = He_{k+1} + k He_{k-1}.
    """

    def parts(count: int, bits: int) -> list[arb]:
        del bits  # They are closed forms.
        square = f * f / (1 + f * f)
        even = (2 * arb.pi() * (1 + f * f)).rsqrt()
        normal = [arb(1) / 2]  # E[Φ(f g) He_k(g)] = f E[φ(f g) He_{k-1}(g)]
        for k in range(0, count + 1, 2):
            normal += [f * even, arb(0)]
            even *= -square * (k + 1)
        return [
            f * (normal[k + 1] + k * normal[k - 1]) if k else f * normal[1]
            for k in range(count)
        ]

    return parts


def _gelu(order: int, f: arb) -> StripFunction:
    a = arb(_GELU)
    density = (a * a / 2).exp() / (2 * arb.pi()).sqrt()  # |φ(x + iy)| <= this e^{-x²/2}
    level = 1 + a * density  # |Φ(x + iy)| <= Φ(x) + |∫ φ|
    parts = _gelu_parts(f)
    if order == 0:
        return StripFunction(
            lambda x: f * x * _normal(f * x), a / f, a * level, f * level, parts
        )
    return StripFunction(
        lambda x: _normal(f * x) + f * x * _density(f * x),
        a / f,
        level + (1 + a) * density,
        arb(0),
        _slopes(parts, f),
    )


def _gelu_tanh(order: int, f: arb) -> StripFunction:
    r"""Bound z s(w), w = c(z + k z³) with Re w = c x(1 + k(x² - 3y²)), where |y| <= a.

    |s(w)| <= 1 and |s(w) s(-w)| <= e^{-|Re w|} where |Im w| <= π/2, which holds for
    x² <= (π/2ca - 1)/3k; beyond, |1 + e^w| >= |1 - e^{|Re w|}| in place of it.
    """
    a, c, k = arb(_GELU_TANH), (8 / arb.pi()).sqrt(), arb(GELU_CUBIC)
    rate = c * (1 - 3 * k * a * a)  # |Re w| >= rate |x|
    start = ((arb.pi() / (2 * c * a) - 1) / (3 * k)).sqrt()
    level = 1 / (1 - (-rate * start).exp())
    if order == 0:
        return StripFunction(
            lambda x: f * x * logistic(_gelu_tanh_inner(f * x)),
            a / f,
            a * level,
            f * level,
        )

    def moment(power: int) -> arb:
        """Bound (|x| + a)^power e^{-rate |x|}."""
        return (rate * a).exp() * (power / (rate * arb(1).exp())) ** power

    slope = c * level * level * (moment(1) + 3 * k * moment(3))

    def derivative(x: arb) -> arb:
        z = f * x
        s = logistic(_gelu_tanh_inner(z))
        rest = logistic(-_gelu_tanh_inner(z))
        return s * (1 + z * rest * c * (1 + 3 * k * z * z))

    return StripFunction(derivative, a / f, level + slope, arb(0))


def _gelu_tanh_inner(z: arb) -> arb:
    return (8 / arb.pi()).sqrt() * (z + arb(GELU_CUBIC) * z * z * z)


def _mish(order: int, f: arb) -> StripFunction:
    r"""Bound z T, T = 1 - 2/D and D = (E + 1 - i)(E + 1 + i) for E = e^z, Re E > 0.

    Both factors are at least 1, so |T| <= 3; and $T' = 4 E (E + 1)/D^2$, where |E + 1|
    <= |D| as it is the factors' mean, and |E| <= (1 + √2) |D|.
    """
    a, level, slope = arb(_MISH), arb(3), 4 * (1 + arb(2).sqrt())
    if order == 0:
        return StripFunction(
            lambda x: f * x * _mish_gate(f * x), a / f, a * level, f * level
        )
    return StripFunction(
        lambda x: _mish_gate(f * x) + f * x * _mish_gate_slope(f * x),
        a / f,
        level + a * slope,
        f * slope,
    )


def _mish_gate(z: arb) -> arb:
    """Return tanh(log(1 + e^z)), which is E (E + 2)/(E (E + 2) + 2)."""
    e = (-abs(z)).exp()
    if z > 0:
        return (1 + 2 * e) / (1 + 2 * e * (1 + e))
    if z < 0:
        return e * (e + 2) / (e * (e + 2) + 2)
    e = z.exp()
    return e * (e + 2) / (e * (e + 2) + 2)


def _mish_gate_slope(z: arb) -> arb:
    gate = _mish_gate(z)
    return (1 - gate * gate) * logistic(z)


STRIPS: dict[str, Callable[[int, arb], StripFunction]] = {
    "tanh": _tanh,
    "sigmoid": _sigmoid,
    "swish": _swish,
    "softplus": _softplus,
    "gelu": _gelu,
    "gelu_tanh": _gelu_tanh,
    "mish": _mish,
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
