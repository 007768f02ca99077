"""The scaled exponential linear unit."""

import math
from dataclasses import dataclass

import torch

from widthwise.activations._definition import Activation, floating
from widthwise.arrays import Array, Float, Real
from widthwise.sources import KLAMBAUER_2017

__all__ = ["Selu"]

_ALPHA = 1.6732632423543772848
_SCALE = 1.0507009873554804934


@dataclass(frozen=True)
class Selu(Activation):
    r"""The ELU scaled so that mean 0 and variance 1 are a fixed point of a deep net."""

    name = "selu"
    formula = r"\lambda (z \text{ if } z > 0 \text{ else } \alpha (e^z - 1))"
    source = KLAMBAUER_2017
    breakpoints = (0.0,)
    smoothness = 1.0
    bound = -_SCALE * _ALPHA * math.expm1(-1.0)
    lipschitz = _SCALE * _ALPHA
    linear_growth = _SCALE * _ALPHA

    @property
    def in_registers(self) -> tuple[str, tuple[float, ...]]:
        return "elu", (_SCALE, _SCALE * _ALPHA, 1.0)

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return torch.selu(floating(z))

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        z = floating(z)
        below = torch.exp(z.clamp(max=0.0)) * (_SCALE * _ALPHA)
        return torch.where(z >= 0.0, z.new_full((), _SCALE), below)

    def even_part(self, radius: float) -> None:  # noqa: ARG002
        return None

    def odd_part(self, radius: float) -> None:  # noqa: ARG002
        return None

    def apply_(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        return torch.selu_(z)
