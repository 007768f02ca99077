"""The Gaussian bump, exp(-z²/2)."""

import math
from dataclasses import dataclass

import torch

from widthwise.activations._definition import Activation, floating
from widthwise.arrays import Array, Float, Real
from widthwise.sources import DANIELY_2016

__all__ = ["Gaussian"]


@dataclass(frozen=True)
class Gaussian(Activation):
    r"""The Gaussian bump; an even function."""

    name = "gaussian"
    formula = r"e^{-z^2/2}"
    source = DANIELY_2016
    breakpoints = ()
    smoothness = math.inf
    bound = 1.0
    lipschitz = math.exp(-0.5)

    @property
    def in_registers(self) -> tuple[str, tuple[float, ...]]:
        return self.name, ()

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return torch.exp(-(floating(z) ** 2) / 2)

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        z = floating(z)
        return -z * torch.exp(-(z**2) / 2)

    def even_part(self, radius: float) -> None:  # noqa: ARG002
        return None

    def odd_part(self, radius: float) -> tuple[float, ...]:  # noqa: ARG002
        return ()

    def apply_(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        return z.square_().mul_(-0.5).exp_()
