"""The identity clipped to [-1, 1]."""

from dataclasses import dataclass

import torch

from widthwise.activations._definition import Activation, floating
from widthwise.arrays import Array, Float, Real
from widthwise.sources import COLLOBERT_2004

__all__ = ["HardTanh"]


@dataclass(frozen=True)
class HardTanh(Activation):
    r"""The hard tanh: the identity on [-1, 1], constant outside; an odd function."""

    name = "hard_tanh"
    formula = r"\min(\max(z, -1), 1)"
    source = COLLOBERT_2004
    breakpoints = (-1.0, 1.0)
    smoothness = 1.0
    bound = 1.0
    lipschitz = 1.0
    linear_growth = 1.0
    splines = (-1.0, ((-1.0, 1, 1.0), (1.0, 1, -1.0)))

    def even_part(self, radius: float) -> tuple[float, ...]:  # noqa: ARG002
        return ()

    def odd_part(self, radius: float) -> tuple[float, ...] | None:
        return (0.0, 1.0) if radius <= 1.0 else None

    @property
    def in_registers(self) -> tuple[str, tuple[float, ...]]:
        return self.name, ()

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return torch.clamp(floating(z), -1.0, 1.0)

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        z = floating(z)
        return ((z >= -1.0) & (z < 1.0)).to(z.dtype)

    def apply_(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        return z.clamp_(-1.0, 1.0)
