"""The Gaussian error linear unit, exact."""

import math
from dataclasses import dataclass

import torch
from torch.nn import functional

from widthwise.activations._definition import Activation, floating
from widthwise.arrays import Array, Float, Real
from widthwise.sources import HENDRYCKS_GIMPEL_2016

__all__ = ["Gelu"]

_PHI_AT_ONE = math.erfc(-math.sqrt(0.5)) / 2


@dataclass(frozen=True)
class Gelu(Activation):
    r"""The GELU, $z\,\Phi(z)$ with the normal distribution function.

    Its odd part is z/2. The absolute error is at most 1e-16 (1 + |z|).
    """

    name = "gelu"
    formula = r"z\,\Phi(z)"
    source = HENDRYCKS_GIMPEL_2016
    breakpoints = ()
    smoothness = math.inf
    bound = _PHI_AT_ONE
    lipschitz = _PHI_AT_ONE + math.exp(-0.5) / math.sqrt(2 * math.pi)
    linear_growth = 1.0

    @property
    def in_registers(self) -> tuple[str, tuple[float, ...]]:
        return self.name, ()

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return functional.gelu(floating(z))

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        z = floating(z)
        distribution: Array = torch.special.erfc(z * -math.sqrt(0.5)) / 2
        density = torch.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
        return distribution + z * density

    def apply_(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        twice = z.mul(math.sqrt(0.5)).erf_().add_(1.0)
        return z.mul_(0.5).mul_(twice)

    def even_part(self, radius: float) -> None:  # noqa: ARG002
        return None

    def odd_part(self, radius: float) -> tuple[float, ...]:  # noqa: ARG002
        return (0.0, 0.5)
