"""The softplus, log(1 + e^z)."""

import math
from dataclasses import dataclass

import torch
from torch.nn import functional

from widthwise.activations._definition import Activation, floating
from widthwise.arrays import Array, Float, Real
from widthwise.sources import DUGAS_2000

__all__ = ["Softplus"]


@dataclass(frozen=True)
class Softplus(Activation):
    r"""The softplus, log(1 + e^z); its odd part is z/2."""

    name = "softplus"
    formula = r"\log(1 + e^z)"
    source = DUGAS_2000
    breakpoints = ()
    smoothness = math.inf
    bound = math.log1p(math.e)
    lipschitz = 1 / (1 + math.exp(-1.0))

    @property
    def in_registers(self) -> tuple[str, tuple[float, ...]]:
        return self.name, ()

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        # Beyond 40, log(1 + e^z) is z to the last bit; beyond 20 it is not.
        return functional.softplus(floating(z), threshold=40.0)

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return torch.sigmoid(floating(z))

    def apply_(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        beside = z.abs().neg_().exp_().log1p_()
        return z.clamp_(min=0.0).add_(beside)

    def even_part(self, radius: float) -> None:  # noqa: ARG002
        return None

    def odd_part(self, radius: float) -> tuple[float, ...]:  # noqa: ARG002
        return (0.0, 0.5)
