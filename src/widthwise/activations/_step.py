"""The step function, 1 for z > 0."""

import math
from dataclasses import dataclass

import torch

from widthwise.activations._definition import Activation, floating
from widthwise.arrays import Array, Float, Real
from widthwise.sources import CHO_SAUL_2009

__all__ = ["Step"]


@dataclass(frozen=True)
class Step(Activation):
    r"""The Heaviside step, with value 0 at z = 0; its derivative is 0 everywhere.

    Its even part is the constant 1/2, save at 0.
    """

    name = "step"
    formula = r"1_{z > 0}"
    source = CHO_SAUL_2009
    breakpoints = (0.0,)
    smoothness = 0.0
    homogeneity = 0.0
    bound = 1.0
    lipschitz = math.inf

    @property
    def in_registers(self) -> tuple[str, tuple[float, ...]]:
        return self.name, ()

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        z = floating(z)
        return (z > 0.0).to(z.dtype)

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return torch.zeros_like(floating(z))

    def even_part(self, radius: float) -> tuple[float, ...]:  # noqa: ARG002
        return (0.5,)

    def odd_part(self, radius: float) -> None:  # noqa: ARG002
        return None

    def apply_(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        return z.gt_(0.0)
