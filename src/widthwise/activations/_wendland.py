"""What the Wendland activations share: the support, the profile, all but smoothness."""

import math
from dataclasses import KW_ONLY, dataclass, field
from types import MappingProxyType
from typing import ClassVar

import numpy as np
import torch

from widthwise.activations._definition import Activation, floating
from widthwise.activations._domain import inside_domain
from widthwise.activations._parameters import real_number, whole_number
from widthwise.arrays import Array, Float, Real
from widthwise.sources import BENSON_2020

__all__ = ["Wendland"]

_MANY = 2**14
"""Numbers from which on compiled code is worth loading; half a piece of features."""
_LEAST_HALF = 1e-300
"""The least α²/2 whose inverse is surely a float."""


@dataclass(frozen=True)
class Wendland(Activation):
    r"""Wendland's $\phi_{\ell,k}$ of the distance of two unit vectors with t = z.

    $$\sigma(t) = \phi_{\ell,k}(u), \quad u = \sqrt{2 - 2t} / \alpha,
      \quad \ell = \lfloor d/2 \rfloor + k + 1,$$

    with $\phi_{\ell,0}(u) = (1 - u)_+^\ell$ and $\phi_{\ell,k}'(u) = -c_k u\,
    \phi_{\ell,k-1}(u)$, $c_k = (\ell+2k-1)(\ell+2k)/(2k-1)$, $\phi_{\ell,k}(0) = 1$. So
    $\sigma' = c_k \phi_{\ell,k-1}(u)/\alpha^2$ for k > 0. The derivative of order k + 1
    is infinite at t = 1, and at the support's edge $1 - \alpha^2/2$ that of order
    $\ell + k$ is the first to jump.

    Attributes
    ----------
    order
        k.
    """

    _: KW_ONLY
    dimension: int = field(metadata={"meaning": "d, the coordinates of a point"})
    alpha: float | int = field(
        default=math.sqrt(2.0), metadata={"meaning": "support radius, in distance"}
    )

    order: ClassVar[int]
    source = BENSON_2020
    example = MappingProxyType({"dimension": 3})
    bound = 1.0
    domain = (-1.0, 1.0)

    def __post_init__(self) -> None:
        whole_number(self, "dimension", least=2)
        real_number(self, "alpha", positive=True)

    @property
    def degree(self) -> int:
        r"""The integer $\ell$."""
        return self.dimension // 2 + self.order + 1

    @property
    def support_edge(self) -> float:
        r"""Where $\sigma$ becomes 0, $1 - \alpha^2/2$; below -1 if it never does."""
        return 1.0 - self._half_square

    @property
    def breakpoints(self) -> tuple[float, ...]:
        return (self.support_edge, 1.0) if self.support_edge > -1.0 else (1.0,)

    @property
    def lipschitz(self) -> float:
        return self._steepness if self.order else math.inf

    @property
    def linear_growth(self) -> float:
        # Convex from 0 at the edge to 1 at t = 1, so below t if the edge is >= 0.
        return 1.0 if self.support_edge >= 0.0 else math.inf

    @property
    def _half_square(self) -> float:
        r"""alpha²/2, exactly 1 for the float nearest to $\sqrt{2}$."""
        found = self.alpha * self.alpha / 2
        return 1.0 if abs(found - 1.0) <= 2**-52 else found

    @property
    def _steepness(self) -> float:
        """c_k / α²; for k = 0 what (1 - u)^(ℓ-1) / u is multiplied by."""
        k, last = self.order, self.degree + 2 * self.order
        numerator = (last - 1) * last / (2 * k - 1) if k else self.degree
        return numerator / (2 * self._half_square)

    @property
    def in_registers(self) -> tuple[str, tuple[float, ...]] | None:
        half, e, k = self._half_square, self.degree, self.order
        if half < _LEAST_HALF:
            return None
        digits = [float(digit) for digit in f"{e + k:b}"[1:]]
        rising = _rising(e, k)
        terms = [c / rising[0] for c in reversed(rising)]
        count = float(len(digits))
        return "wendland", (1.0 / half, 1.0 - half, count, *digits, *terms)

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        u, inside = self._distance(z)
        return _profile(u, inside, self.degree, self.order)

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        u, inside = self._distance(z)
        if self.order == 0:
            return _power(inside, self.degree - 1) * self._steepness / u
        return _profile(u, inside, self.degree, self.order - 1) * self._steepness

    def even_part(self, radius: float) -> tuple[float, ...] | None:
        return () if radius <= self.support_edge else None

    def odd_part(self, radius: float) -> tuple[float, ...] | None:
        return () if radius <= self.support_edge else None

    def apply_(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        t = inside_domain(z, self)  # All of it, before any is overwritten.
        if not z.is_contiguous():
            return z.copy_(self(t))
        half, e, k = self._half_square, self.degree, self.order
        is_plain = z.dtype == torch.float64 and z.device.type == "cpu"
        if is_plain and z.numel() >= _MANY and (form := self.in_registers):
            from widthwise.numerics.panels.overwriting import KINDS, overwrite

            found, (name, numbers) = z.copy_(t).view(-1).numpy(), form
            overwrite(found, 0, found.size, KINDS[name], np.array(numbers))
            return z
        u = torch.sub(1.0, t).div_(half).sqrt_()
        inside = torch.sub(t, 1 - half).clamp_(min=0.0).div_(u.add(1.0).mul_(half))
        z.copy_(inside)
        for digit in f"{e + k:b}"[1:]:
            z.square_()
            if digit == "1":
                z.mul_(inside)
        rising = _rising(e, k)
        if k:
            total = torch.mul(u, rising[-1], out=inside).add_(rising[-2])
            for c in rising[-3::-1]:
                total.mul_(u).add_(c)
            z.mul_(total)
        if rising[0] != 1:
            z.div_(rising[0])
        return z

    def _distance(self, z: Array) -> tuple[Array, Array]:
        """Return (u, 1 - u clamped at 0).

        1 - u = (1 - u²)/(1 + u) keeps its relative accuracy at the support's edge.
        """
        t, half = inside_domain(floating(z), self), self._half_square
        u = torch.sqrt((1 - t) / half)
        return u, (t - (1 - half)).clamp(min=0.0) / (half * (1 + u))


def _profile(u: Array, inside: Array, degree: int, order: int) -> Array:
    """Return φ_{ℓ,k}(u), `inside` being 1 - u clamped at 0."""
    rising = _rising(degree, order)
    decay = _power(inside, degree + order)
    if order == 0:
        return decay
    total = u * rising[-1] + rising[-2]
    for c in rising[-3::-1]:
        total = total * u + c
    return decay * total if rising[0] == 1 else decay * total / rising[0]


def _rising(degree: int, order: int) -> tuple[int, ...]:
    """Return the coefficients of what φ is a power of 1 - u times, over the first."""
    e = degree
    found: dict[int, tuple[int, ...]] = {
        0: (1,),
        1: (1, e + 1),
        2: (3, 3 * e + 6, (e + 1) * (e + 3)),
        3: (15, 15 * e + 45, 6 * e * e + 36 * e + 45, (e + 1) * (e + 3) * (e + 5)),
    }
    return found[order]


def _power(x: Array, exponent: int) -> Array:
    """Return x**exponent, exponent >= 1, by squaring: several times faster than pow."""
    if exponent == 1:
        return x
    root = _power(x, exponent // 2)
    return root * root * x if exponent % 2 else root * root
