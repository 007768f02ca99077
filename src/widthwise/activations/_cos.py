"""The cosine."""

import math
from dataclasses import dataclass

import torch

from widthwise.activations._definition import Activation, floating
from widthwise.arrays import Array, Float, Real
from widthwise.sources import RAHIMI_RECHT_2007

__all__ = ["Cos"]


@dataclass(frozen=True)
class Cos(Activation):
    r"""The cosine; an even function."""

    name = "cos"
    formula = r"\cos z"
    source = RAHIMI_RECHT_2007
    breakpoints = ()
    smoothness = math.inf
    bound = 1.0
    lipschitz = math.sin(1.0)

    @property
    def in_registers(self) -> tuple[str, tuple[float, ...]]:
        return self.name, ()

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return torch.cos(floating(z))

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return -torch.sin(floating(z))

    def even_part(self, radius: float) -> None:  # noqa: ARG002
        return None

    def odd_part(self, radius: float) -> tuple[float, ...]:  # noqa: ARG002
        return ()

    def apply_(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        return z.cos_()
