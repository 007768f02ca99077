"""The hyperbolic tangent."""

import math
from dataclasses import dataclass

import torch

from widthwise.activations._definition import Activation, floating
from widthwise.arrays import Array, Float, Real
from widthwise.sources import LECUN_1998

__all__ = ["Tanh"]


@dataclass(frozen=True)
class Tanh(Activation):
    r"""The hyperbolic tangent; an odd function."""

    name = "tanh"
    formula = r"\tanh z"
    source = LECUN_1998
    breakpoints = ()
    smoothness = math.inf
    bound = math.tanh(1.0)
    lipschitz = 1.0
    linear_growth = 1.0

    @property
    def in_registers(self) -> tuple[str, tuple[float, ...]]:
        return self.name, ()

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return torch.tanh(floating(z))

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        # 1 - tanh² would cancel; this is 4 s(2z) s(-2z) with the logistic s.
        twice = 2 * floating(z)
        return 4 * torch.sigmoid(twice) * torch.sigmoid(-twice)

    def even_part(self, radius: float) -> tuple[float, ...]:  # noqa: ARG002
        return ()

    def odd_part(self, radius: float) -> None:  # noqa: ARG002
        return None

    def apply_(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        return z.tanh_()
