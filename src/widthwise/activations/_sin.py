"""The sine."""

import math
from dataclasses import dataclass

import torch

from widthwise.activations._definition import Activation, floating
from widthwise.arrays import Array, Float, Real
from widthwise.sources import SITZMANN_2020

__all__ = ["Sin"]


@dataclass(frozen=True)
class Sin(Activation):
    r"""The sine; an odd function."""

    name = "sin"
    formula = r"\sin z"
    source = SITZMANN_2020
    breakpoints = ()
    smoothness = math.inf
    bound = math.sin(1.0)
    lipschitz = 1.0
    linear_growth = 1.0

    @property
    def in_registers(self) -> tuple[str, tuple[float, ...]]:
        return self.name, ()

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return torch.sin(floating(z))

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return torch.cos(floating(z))

    def even_part(self, radius: float) -> tuple[float, ...]:  # noqa: ARG002
        return ()

    def odd_part(self, radius: float) -> None:  # noqa: ARG002
        return None

    def apply_(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        return z.sin_()
