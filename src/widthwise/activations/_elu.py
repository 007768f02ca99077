"""The exponential linear unit."""

import math
from dataclasses import dataclass, field

import torch
from torch.nn import functional

from widthwise.activations._definition import Activation, floating
from widthwise.activations._parameters import real_number
from widthwise.arrays import Array, Float, Real
from widthwise.sources import CLEVERT_2016

__all__ = ["Elu"]


@dataclass(frozen=True)
class Elu(Activation):
    r"""The exponential linear unit; neither parity part is a polynomial.

    Raises
    ------
    InvalidArgumentError
        If alpha is not a positive finite number.
    """

    alpha: float | int = field(
        default=1.0, metadata={"meaning": "minus the limit at -inf"}
    )

    name = "elu"
    formula = r"z \text{ if } z > 0 \text{ else } \alpha (e^z - 1)"
    source = CLEVERT_2016
    breakpoints = (0.0,)

    def __post_init__(self) -> None:
        real_number(self, "alpha", positive=True)

    @property
    def smoothness(self) -> float:
        return 2.0 if self.alpha == 1.0 else 1.0

    @property
    def bound(self) -> float:
        return max(1.0, -self.alpha * math.expm1(-1.0))

    @property
    def lipschitz(self) -> float:
        return max(1.0, self.alpha)

    @property
    def linear_growth(self) -> float:
        return max(1.0, self.alpha)

    @property
    def in_registers(self) -> tuple[str, tuple[float, ...]]:
        return "elu", (1.0, float(self.alpha), 1.0)

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return functional.elu(floating(z), self.alpha)

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        z = floating(z)
        below = torch.exp(z.clamp(max=0.0)) * self.alpha
        return torch.where(z >= 0.0, z.new_ones(()), below)

    def even_part(self, radius: float) -> None:  # noqa: ARG002
        return None

    def odd_part(self, radius: float) -> None:  # noqa: ARG002
        return None

    def apply_(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        return functional.elu_(z, self.alpha)
