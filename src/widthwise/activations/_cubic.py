"""The cube."""

import math
from dataclasses import dataclass

import torch

from widthwise.activations._definition import Activation, floating
from widthwise.arrays import Array, Float, Real
from widthwise.sources import PANIGRAHI_2020

__all__ = ["Cubic"]


@dataclass(frozen=True)
class Cubic(Activation):
    r"""The cube; with generic unit points its kernel has rank at most C(d+2, 3)."""

    name = "cubic"
    formula = r"z^3"
    source = PANIGRAHI_2020
    breakpoints = ()
    smoothness = math.inf
    homogeneity = 3.0
    bound = 1.0
    lipschitz = 3.0

    @property
    def in_registers(self) -> tuple[str, tuple[float, ...]]:
        return self.name, ()

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return floating(z) ** 3

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return 3 * torch.square(floating(z))

    def even_part(self, radius: float) -> tuple[float, ...]:  # noqa: ARG002
        return ()

    def odd_part(self, radius: float) -> tuple[float, ...]:  # noqa: ARG002
        return (0.0, 0.0, 0.0, 1.0)

    def apply_(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        return z.pow_(3)
