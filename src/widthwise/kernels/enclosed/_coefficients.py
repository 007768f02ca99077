r"""The coefficients of a dual's series, in balls: $c_k^2$ in $\sum_k c_k^2 t^k$."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import comb, factorial
from typing import Any

import torch
from flint import arb, ctx, fmpz_poly

from widthwise.activations import CATALOG, Activation
from widthwise.errors import InvalidArgumentError, PrecisionLimitError
from widthwise.kernels.enclosed._dual import enclosed_dual
from widthwise.kernels.enclosed._hermite import HermiteSeries
from widthwise.kernels.enclosed._sphere import ZonalBalls
from widthwise.laws import Gaussian, Law, Sphere

__all__ = ["EnclosedCoefficients", "enclosed_coefficients"]

_DEGREE = 500
_PRECISION = 192
_WIDEST_SPHERE = 200

Moments = Callable[[Any], list[arb]]
r"""Of an activation, $E[\sigma(g) He_k(g)]$ for k = 0, ..., 500."""


@dataclass(frozen=True)
class EnclosedCoefficients:
    r"""Balls around $c_0^2, \dots, c_K^2$ and around the sum of all of them.

    Attributes
    ----------
    squares
        Of powers of t under the Gaussian law, of $P_k(t)$ under the sphere's.
    total
        κ(1).
    """

    squares: tuple[arb, ...]
    total: arb

    @property
    def rest(self) -> tuple[float, float]:
        r"""Return bounds of $\sum_{k > K} c_k^2$."""
        with ctx.workprec(_PRECISION):
            left = self.total - sum(self.squares, arb(0))
        return max(_down(left), 0.0), max(_up(left), 0.0)

    @property
    def value(self) -> tuple[float, float]:
        """Return bounds of κ(1)."""
        return _down(self.total), _up(self.total)

    def ends(self) -> tuple[list[float], list[float]]:
        """Return lower and upper ends of the squares."""
        low = [max(_down(each), 0.0) for each in self.squares]
        return low, [max(_up(each), 0.0) for each in self.squares]


@lru_cache(maxsize=64)
def enclosed_coefficients(
    act: Activation, law: Law, order: int = 0
) -> EnclosedCoefficients | None:
    r"""Return the coefficients of the dual of σ, or of σ' where `order` is 1.

    As $\kappa_{\sigma'} = \kappa_\sigma'$ under the Gaussian law, $c_k(\sigma')^2 =
    (k+1)\,c_{k+1}(\sigma)^2$.

    Parameters
    ----------
    act
        σ, of the catalog.
    law
        `Gaussian()` or `Sphere(d)`; there, what is analytic around [-1, 1], order 0.
    order
        0 or 1.

    Returns
    -------
    None where nothing is proved of σ's coefficients.
    """
    if type(act) is not CATALOG.get(act.name) or (order and act.smoothness < 1):
        return None
    with ctx.workprec(_PRECISION):
        try:
            squares = _squares(act, law, order)
            if squares is None:
                return None
            total = enclosed_dual(act, law, order, 64)(arb(1))
        except (InvalidArgumentError, PrecisionLimitError):
            return None
        if order:
            squares = [k * each for k, each in enumerate(squares)][1:]
        return EnclosedCoefficients(tuple(squares), total)


def _squares(act: Activation, law: Law, order: int) -> list[arb] | None:
    """Return the squares of σ's own coefficients."""
    if isinstance(law, Sphere):
        if order or law.dimension > _WIDEST_SPHERE:
            return None
        zonal = enclosed_dual(act, law, 0, 64)
        return list(zonal.squares) if isinstance(zonal, ZonalBalls) else None
    if not isinstance(law, Gaussian):
        return None
    series = _SERIES.get(act.name)
    if series is not None:
        return series()
    moments = _MOMENTS.get(act.name)
    if moments is not None:
        found, size = [], arb(1)
        for k, value in enumerate(moments(act)):
            size *= max(k, 1)
            found.append(value * value / size)
        return found
    dual = enclosed_dual(act, law, 0, 64)
    return list(dual.squares) if isinstance(dual, HermiteSeries) else None


def _density() -> arb:
    return 1 / (2 * arb.pi()).sqrt()


def _at_zero(k: int) -> int:
    """Return He_k(0)."""
    if k % 2:
        return 0
    half = k // 2
    size: int = factorial(k) // (2**half * factorial(half))
    return -size if half % 2 else size


def _rectified(degree: int) -> list[arb]:
    r"""Return $E[g_+^q He_k(g)]$: by parts $q\,E[g_+^{q-1} He_{k-1}(g)]$."""
    if degree == 0:
        beyond = [_at_zero(k - 1) * _density() for k in range(1, _DEGREE + 1)]
        return [arb(1) / 2, *beyond]
    # E g_+^q is (q - 1) E g_+^(q - 2), from E g_+ = φ(0) and E 1 = 1/2.
    mean = _density() if degree % 2 else arb(1) / 2
    mean *= math.prod(range(degree - 1, 0, -2))
    return [mean, *(degree * each for each in _rectified(degree - 1)[:-1])]


def _sloped(left: Callable[[Any], arb]) -> Moments:
    """Return the moments of z above zero and left * z below."""

    def moments(act: Any) -> list[arb]:
        slope = left(act)
        found = [(1 - slope) * each for each in _rectified(1)]
        found[1] += slope
        return found

    return moments


def _exponential_unit(act: Any) -> list[arb]:
    r"""Return those of p z above zero and $A (e^{bz} - 1)$ below.

    $E[e^{bg} He_k; g < 0] = b\,E[e^{bg} He_{k-1}; g < 0] - He_{k-1}(0) \varphi(0)$.
    """
    ends = act(torch.tensor([1.0, -torch.inf], dtype=torch.float64))
    above, size = arb(float(ends[0])), -arb(float(ends[1]))
    b = arb(1) / act.alpha if act.name == "celu" else arb(1)
    below = [(b * b / 2).exp() * (b / arb(2).sqrt()).erfc() / 2]
    plain = [arb(1) / 2]
    for k in range(1, _DEGREE + 1):
        edge = _at_zero(k - 1) * _density()
        below.append(b * below[-1] - edge)
        plain.append(-edge)
    return [
        above * up + size * (exp - one)
        for up, exp, one in zip(_rectified(1), below, plain, strict=True)
    ]


def _hard_tanh(act: Activation) -> list[arb]:
    r"""Return those of the clamp to [-1, 1]: $E[He_{k-1}; |g| < 1]$."""
    del act
    edge = _density() * arb(-0.5).exp()
    inside = (1 / arb(2).sqrt()).erf()
    before, now = fmpz_poly([1]), fmpz_poly([0, 1])  # He_0 and He_1
    found = [arb(0), inside]
    for k in range(1, _DEGREE):
        # E[He_k; |g| < 1] is φ(1) (He_{k-1}(-1) - He_{k-1}(1)).
        found.append(edge * (int(before(-1)) - int(before(1))))
        before, now = now, fmpz_poly([0, 1]) * now - k * before
    return found


def _polynomial(act: Any) -> list[arb]:
    r"""Return those of a polynomial: $E[g^p He_k] = p!/(2^j j!)$, p = k + 2j."""
    parts = act.even_part(math.inf), act.odd_part(math.inf)
    size = max(map(len, parts))
    padded = [part + (0.0,) * (size - len(part)) for part in parts]
    terms = [arb(even) + arb(odd) for even, odd in zip(*padded, strict=True)]
    return [
        sum(
            (
                terms[p]
                * (factorial(p) // (2 ** ((p - k) // 2)))
                / factorial((p - k) // 2)
                for p in range(k, size, 2)
            ),
            arb(0),
        )
        for k in range(size)
    ]


def _exponential() -> list[arb]:
    return [arb(1).exp() / factorial(k) for k in range(_DEGREE + 1)]


def _waves(parity: int) -> list[arb]:
    """Return those of sinh(t)/e or cosh(t)/e."""
    return [
        arb(-1).exp() / factorial(k) if k % 2 == parity else arb(0)
        for k in range(_DEGREE + 1)
    ]


def _bump() -> list[arb]:
    r"""Return those of $(4 - t^2)^{-1/2}$."""
    return [
        arb(comb(k, k // 2)) / (2 * 16 ** (k // 2)) if k % 2 == 0 else arb(0)
        for k in range(_DEGREE + 1)
    ]


def _error_function() -> list[arb]:
    r"""Return those of $\frac2\pi \arcsin\frac{2t}3$."""
    return [
        2
        / arb.pi()
        * comb(k - 1, k // 2)
        * arb(2) ** k
        / (arb(3) ** k * 4 ** (k // 2) * k)
        if k % 2
        else arb(0)
        for k in range(_DEGREE + 1)
    ]


_SERIES: dict[str, Callable[[], list[arb]]] = {
    "exp": _exponential,
    "sin": lambda: _waves(1),
    "cos": lambda: _waves(0),
    "gaussian": _bump,
    "erf": _error_function,
}

_MOMENTS: dict[str, Moments] = {
    "relu": lambda _: _rectified(1),
    "leaky_relu": _sloped(lambda act: arb(act.negative_slope)),
    "abs": _sloped(lambda _: arb(-1)),
    "step": lambda _: _rectified(0),
    "rectified_monomial": lambda act: _rectified(int(act.degree)),
    "elu": _exponential_unit,
    "selu": _exponential_unit,
    "celu": _exponential_unit,
    "hard_tanh": _hard_tanh,
    "square": _polynomial,
    "cubic": _polynomial,
    "polynomial": _polynomial,
}


def _down(value: arb) -> float:
    return math.nextafter(float(value.lower()), -math.inf)


def _up(value: arb) -> float:
    return math.nextafter(float(value.upper()), math.inf)
