"""Normalised Hermite polynomials as activations."""

import math
from dataclasses import dataclass, field
from types import MappingProxyType

import torch
from numpy.polynomial import hermite_e

from widthwise.activations._definition import Activation, floating
from widthwise.activations._parameters import whole_number
from widthwise.activations._polynomial import parity_part, supremum
from widthwise.arrays import Array, Float, Real
from widthwise.sources import DANIELY_2016

__all__ = ["Hermite"]


@dataclass(frozen=True)
class Hermite(Activation):
    r"""The Hermite polynomial $h_k = \mathrm{He}_k / \sqrt{k!}$, of unit mean square.

    Evaluated by $\sqrt{k+1}\, h_{k+1} = z h_k - \sqrt{k}\, h_{k-1}$; $h_k' = \sqrt{k}\,
    h_{k-1}$. For z standard normal, $E\, h_k(z)^2 = 1$, and the Gaussian dual is $t^k$.

    Raises
    ------
    InvalidArgumentError
        If the degree is not an integer of at least 0.
    """

    degree: int = field(metadata={"meaning": "k, at least 0"})

    name = "hermite"
    formula = r"\mathrm{He}_k(z) / \sqrt{k!}"
    source = DANIELY_2016
    breakpoints = ()
    smoothness = math.inf
    example = MappingProxyType({"degree": 3})

    def __post_init__(self) -> None:
        whole_number(self, "degree", least=0)

    @property
    def bound(self) -> float:
        return supremum(self._coefficients)

    @property
    def lipschitz(self) -> float:
        if self.degree == 0:
            return 0.0
        return math.sqrt(self.degree) * Hermite(self.degree - 1).bound

    @property
    def linear_growth(self) -> float:
        return 1.0 if self.degree == 1 else math.inf

    @property
    def homogeneity(self) -> float | None:
        return float(self.degree) if self.degree < 2 else None

    @property
    def _coefficients(self) -> tuple[float, ...]:
        plain = hermite_e.herme2poly([0] * self.degree + [1])
        return tuple(float(c) / math.sqrt(math.factorial(self.degree)) for c in plain)

    @property
    def in_registers(self) -> tuple[str, tuple[float, ...]] | None:
        steps = range(self.degree)
        pairs = [(math.sqrt(1 / (k + 1)), -math.sqrt(k / (k + 1))) for k in steps]
        numbers = tuple(each for pair in pairs for each in pair)
        return (self.name, numbers) if numbers else None

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return _hermite(floating(z), self.degree)

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        z = floating(z)
        if self.degree == 0:
            return torch.zeros_like(z)
        return math.sqrt(self.degree) * _hermite(z, self.degree - 1)

    def apply_(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        if self.degree == 0:
            return z.fill_(1.0)
        before, value = torch.ones_like(z), z.clone()
        for k in range(1, self.degree):  # As `_recurrence`, in the memory of two.
            before.mul_(-math.sqrt(k / (k + 1)))
            before.addcmul_(z, value, value=math.sqrt(1 / (k + 1)))
            before, value = value, before
        return z.copy_(value if bool(value.sum().isfinite()) else self(z))

    def even_part(self, radius: float) -> tuple[float, ...]:  # noqa: ARG002
        return parity_part(self._coefficients, 0)

    def odd_part(self, radius: float) -> tuple[float, ...]:  # noqa: ARG002
        return parity_part(self._coefficients, 1)


def _hermite(z: Array, degree: int) -> Array:
    value = _recurrence(z, degree)
    # Where the recurrence met inf - inf, the leading power has overflowed too.
    return torch.where(value.isnan(), z**degree, value)


def _recurrence(z: Array, degree: int) -> Array:
    before, value = torch.zeros_like(z), torch.ones_like(z)
    for k in range(degree):
        less = before * -math.sqrt(k / (k + 1))
        after = torch.addcmul(less, z, value, value=math.sqrt(1 / (k + 1)))
        before, value = value, after
    return value
