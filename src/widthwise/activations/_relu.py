"""The rectifier, max(0, z)."""

from dataclasses import dataclass

import torch

from widthwise.activations._definition import Activation, floating
from widthwise.arrays import Array, Float, Real
from widthwise.sources import CHO_SAUL_2009

__all__ = ["Relu"]


@dataclass(frozen=True)
class Relu(Activation):
    r"""The rectifier; its odd part is z/2, so antipodal points can collide."""

    name = "relu"
    formula = r"\max(0, z)"
    source = CHO_SAUL_2009
    breakpoints = (0.0,)
    smoothness = 1.0
    homogeneity = 1.0
    bound = 1.0
    lipschitz = 1.0
    linear_growth = 1.0

    @property
    def in_registers(self) -> tuple[str, tuple[float, ...]]:
        return self.name, ()

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return torch.clamp(floating(z), min=0.0)

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        z = floating(z)
        return (z >= 0.0).to(z.dtype)

    def even_part(self, radius: float) -> None:  # noqa: ARG002
        return None

    def odd_part(self, radius: float) -> tuple[float, ...]:  # noqa: ARG002
        return (0.0, 0.5)

    def apply_(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        return z.clamp_(min=0.0)
