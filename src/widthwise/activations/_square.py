"""The square."""

import math
from dataclasses import dataclass

import torch

from widthwise.activations._definition import Activation, floating
from widthwise.arrays import Array, Float, Real
from widthwise.sources import PANIGRAHI_2020

__all__ = ["Square"]


@dataclass(frozen=True)
class Square(Activation):
    r"""The square; with generic unit points its kernel has rank at most d(d+1)/2."""

    name = "square"
    formula = r"z^2"
    source = PANIGRAHI_2020
    breakpoints = ()
    smoothness = math.inf
    homogeneity = 2.0
    bound = 1.0
    lipschitz = 2.0

    @property
    def in_registers(self) -> tuple[str, tuple[float, ...]]:
        return self.name, ()

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return torch.square(floating(z))

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return 2 * floating(z)

    def even_part(self, radius: float) -> tuple[float, ...]:  # noqa: ARG002
        return (0.0, 0.0, 1.0)

    def odd_part(self, radius: float) -> tuple[float, ...]:  # noqa: ARG002
        return ()

    def apply_(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        return z.square_()
