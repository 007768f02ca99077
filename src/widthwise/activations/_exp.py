"""The exponential."""

import math
from dataclasses import dataclass

import torch

from widthwise.activations._definition import Activation, floating
from widthwise.arrays import Array, Float, Real
from widthwise.sources import DANIELY_2016

__all__ = ["Exp"]


@dataclass(frozen=True)
class Exp(Activation):
    r"""The exponential; its parts cosh and sinh are not polynomials."""

    name = "exp"
    formula = r"e^z"
    source = DANIELY_2016
    breakpoints = ()
    smoothness = math.inf
    bound = math.e
    lipschitz = math.e

    @property
    def in_registers(self) -> tuple[str, tuple[float, ...]]:
        return self.name, ()

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return torch.exp(floating(z))

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return torch.exp(floating(z))

    def even_part(self, radius: float) -> None:  # noqa: ARG002
        return None

    def odd_part(self, radius: float) -> None:  # noqa: ARG002
        return None

    def apply_(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        return z.exp_()
