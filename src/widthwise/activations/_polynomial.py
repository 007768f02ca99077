"""Polynomials of one variable as activations."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import torch
from numpy.polynomial import chebyshev
from numpy.polynomial import polynomial as monomial

from widthwise.activations._definition import Activation, floating
from widthwise.arrays import Array, Float, Real
from widthwise.errors import InvalidArgumentError
from widthwise.sources import PANIGRAHI_2020

__all__ = ["Polynomial", "parity_part", "supremum"]


@dataclass(frozen=True)
class Polynomial(Activation):
    r"""The polynomial $c_0 + c_1 z + \dots + c_p z^p$; its kernel has finite rank.

    Trailing zeros are dropped, so that equal polynomials are equal activations.

    Raises
    ------
    InvalidArgumentError
        If a coefficient is not a finite number, or there is none.
    """

    coefficients: Sequence[float | int] = field(
        metadata={"meaning": "c_0, c_1, ..., c_p, ascending powers"}
    )

    name = "polynomial"
    formula = r"c_0 + c_1 z + \dots + c_p z^p"
    source = PANIGRAHI_2020
    breakpoints = ()
    smoothness = math.inf
    example = MappingProxyType({"coefficients": (0.0, 1.0, 1.0)})

    def __post_init__(self) -> None:
        found = self.coefficients
        try:
            values = () if isinstance(found, str) else tuple(float(c) for c in found)
        except (TypeError, ValueError):
            values = ()
        if not values or not all(math.isfinite(value) for value in values):
            raise InvalidArgumentError(
                f"polynomial was given coefficients={found!r}; they must be one or "
                "more finite numbers in ascending powers, such as (0, 1, 1) for z + z²."
            )
        object.__setattr__(self, "coefficients", _trimmed(values))

    @property
    def bound(self) -> float:
        return supremum(self.coefficients)

    @property
    def lipschitz(self) -> float:
        return supremum(self._slope)

    @property
    def linear_growth(self) -> float:
        c = self.coefficients
        if len(c) > 2 or (c and c[0] != 0.0):
            return math.inf
        return abs(c[1]) if c else 0.0

    @property
    def homogeneity(self) -> float | None:
        powers = [k for k, c in enumerate(self.coefficients) if c != 0.0]
        return float(powers[0]) if len(powers) == 1 else None

    @property
    def _slope(self) -> tuple[float, ...]:
        return tuple(k * c for k, c in enumerate(self.coefficients))[1:]

    @property
    def in_registers(self) -> tuple[str, tuple[float, ...]] | None:
        terms = tuple(float(c) for c in reversed(self.coefficients))
        return (self.name, terms) if len(terms) > 1 else None

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return _horner(floating(z), self.coefficients)

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return _horner(floating(z), self._slope)

    def apply_(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        if len(self.coefficients) < 2:
            return super().apply_(z)
        *lower, last, highest = self.coefficients
        value = z.mul(highest).add_(last)
        for c in reversed(lower):
            value.mul_(z).add_(c)
        return z.copy_(value)

    def even_part(self, radius: float) -> tuple[float, ...]:  # noqa: ARG002
        return parity_part(self.coefficients, 0)

    def odd_part(self, radius: float) -> tuple[float, ...]:  # noqa: ARG002
        return parity_part(self.coefficients, 1)


def parity_part(coefficients: Sequence[float], parity: int) -> tuple[float, ...]:
    """Return the even (0) or odd (1) powers of a polynomial, without trailing zeros."""
    return _trimmed([c if k % 2 == parity else 0.0 for k, c in enumerate(coefficients)])


def supremum(coefficients: Sequence[float]) -> float:
    """Return max |polynomial| on [-1, 1]: at an end or where the slope vanishes.

    Critical points come from the Chebyshev companion matrix, which is well conditioned
    on [-1, 1]; the value is flat there, so their error enters squared.
    """
    if not any(coefficients):
        return 0.0
    slope = chebyshev.chebder(chebyshev.poly2cheb(coefficients))
    roots = chebyshev.chebroots(chebyshev.chebtrim(slope)) if any(slope) else ()
    inside = np.clip(np.real(roots), -1.0, 1.0)
    at = np.concatenate([np.array([-1.0, 1.0]), inside])
    return float(np.abs(monomial.polyval(at, coefficients)).max())


def _trimmed(coefficients: Sequence[float]) -> tuple[float, ...]:
    kept = len(coefficients)
    while kept and coefficients[kept - 1] == 0.0:
        kept -= 1
    return tuple(coefficients[:kept])


def _horner(z: Array, coefficients: Sequence[float]) -> Array:
    if not coefficients:
        return torch.zeros_like(z)
    value = torch.full_like(z, coefficients[-1])
    for c in reversed(coefficients[:-1]):
        value = value * z + c
    return value
