"""The logistic function."""

import math
from dataclasses import dataclass

import torch

from widthwise.activations._definition import Activation, floating
from widthwise.arrays import Array, Float, Real
from widthwise.sources import CYBENKO_1989

__all__ = ["Sigmoid"]


@dataclass(frozen=True)
class Sigmoid(Activation):
    r"""The logistic function; its even part is the constant 1/2."""

    name = "sigmoid"
    formula = r"1 / (1 + e^{-z})"
    source = CYBENKO_1989
    breakpoints = ()
    smoothness = math.inf
    bound = 1 / (1 + math.exp(-1.0))
    lipschitz = 0.25

    @property
    def in_registers(self) -> tuple[str, tuple[float, ...]]:
        return self.name, ()

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return torch.sigmoid(floating(z))

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        z = floating(z)
        return torch.sigmoid(z) * torch.sigmoid(-z)

    def even_part(self, radius: float) -> tuple[float, ...]:  # noqa: ARG002
        return (0.5,)

    def odd_part(self, radius: float) -> None:  # noqa: ARG002
        return None

    def apply_(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        return z.sigmoid_()
