"""The piecewise quadratic swish."""

from dataclasses import dataclass

import torch
from torch.nn import functional

from widthwise.activations._definition import Activation, floating
from widthwise.arrays import Array, Float, Real
from widthwise.sources import HOWARD_2019

__all__ = ["HardSwish"]


@dataclass(frozen=True)
class HardSwish(Activation):
    r"""The hard swish: 0 below -3, z above 3, $z/2 + z^2/6$ between.

    Its odd part is z/2 on the whole line; its even part is a polynomial only on
    [-3, 3].
    """

    name = "hard_swish"
    formula = r"z \min(\max(z + 3, 0), 6) / 6"
    source = HOWARD_2019
    breakpoints = (-3.0, 3.0)
    smoothness = 1.0
    bound = 2 / 3
    lipschitz = 5 / 6
    linear_growth = 1.0
    splines = (
        0.0,
        ((-3.0, 1, -1 / 2), (-3.0, 2, 1 / 6), (3.0, 1, -1 / 2), (3.0, 2, -1 / 6)),
    )

    def even_part(self, radius: float) -> tuple[float, ...] | None:
        return (0.0, 0.0, 1 / 6) if radius <= 3.0 else None

    def odd_part(self, radius: float) -> tuple[float, ...]:  # noqa: ARG002
        return (0.0, 0.5)

    @property
    def in_registers(self) -> tuple[str, tuple[float, ...]]:
        return self.name, ()

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return functional.hardswish(floating(z))

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        z = floating(z)
        between = torch.where(z >= -3.0, (2 * z.clamp(-3.0, 3.0) + 3) / 6, 0.0)
        return torch.where(z >= 3.0, z.new_ones(()), between)

    def apply_(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        return functional.hardswish(z, inplace=True)
