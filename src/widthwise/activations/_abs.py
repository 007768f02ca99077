"""The absolute value, |z|."""

from dataclasses import dataclass

import torch

from widthwise.activations._definition import Activation, floating
from widthwise.arrays import Array, Float, Real
from widthwise.sources import BRUNA_MALLAT_2013

__all__ = ["Abs"]


@dataclass(frozen=True)
class Abs(Activation):
    r"""The absolute value; an even function, so antipodal points always collide."""

    name = "abs"
    formula = r"|z|"
    source = BRUNA_MALLAT_2013
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
        return torch.abs(floating(z))

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        z = floating(z)
        return (z >= 0.0).to(z.dtype).mul_(2.0).sub_(1.0)

    def even_part(self, radius: float) -> None:  # noqa: ARG002
        return None

    def odd_part(self, radius: float) -> tuple[float, ...]:  # noqa: ARG002
        return ()

    def apply_(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        return z.abs_()
