"""The swish, also called SiLU."""

import math
from dataclasses import dataclass

import torch
from torch.nn import functional

from widthwise.activations._definition import Activation, floating
from widthwise.arrays import Array, Float, Real
from widthwise.sources import RAMACHANDRAN_2017

__all__ = ["Swish"]

_AT_ONE = 1 / (1 + math.exp(-1.0))


@dataclass(frozen=True)
class Swish(Activation):
    r"""The swish with unit slope, z times the logistic; its odd part is z/2."""

    name = "swish"
    formula = r"z / (1 + e^{-z})"
    source = RAMACHANDRAN_2017
    breakpoints = ()
    smoothness = math.inf
    bound = _AT_ONE
    lipschitz = _AT_ONE * (1 + (1 - _AT_ONE))
    linear_growth = 1.0

    @property
    def in_registers(self) -> tuple[str, tuple[float, ...]]:
        return self.name, ()

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return functional.silu(floating(z))

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        z = floating(z)
        return torch.sigmoid(z) * (1 + z * torch.sigmoid(-z))

    def even_part(self, radius: float) -> None:  # noqa: ARG002
        return None

    def odd_part(self, radius: float) -> tuple[float, ...]:  # noqa: ARG002
        return (0.0, 0.5)

    def apply_(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        return functional.silu(z, inplace=True)
