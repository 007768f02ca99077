"""The leaky rectifier."""

import math
from dataclasses import dataclass, field

import torch
from torch.nn import functional

from widthwise.activations._definition import Activation, floating
from widthwise.activations._parameters import real_number
from widthwise.arrays import Array, Float, Real
from widthwise.sources import MAAS_2013

__all__ = ["LeakyRelu"]


@dataclass(frozen=True)
class LeakyRelu(Activation):
    r"""The leaky rectifier with slope a below 0, $(1+a)z/2 + (1-a)|z|/2$.

    The identity for a = 1 and the absolute value for a = -1.

    Raises
    ------
    InvalidArgumentError
        If the slope is not a finite number.
    """

    negative_slope: float | int = field(
        default=0.01, metadata={"meaning": "slope for z < 0"}
    )

    name = "leaky_relu"
    formula = r"\max(0, z) + a \min(0, z)"
    source = MAAS_2013
    homogeneity = 1.0

    def __post_init__(self) -> None:
        real_number(self, "negative_slope")

    @property
    def breakpoints(self) -> tuple[float, ...]:
        return () if self.negative_slope == 1.0 else (0.0,)

    @property
    def smoothness(self) -> float:
        return math.inf if self.negative_slope == 1.0 else 1.0

    @property
    def bound(self) -> float:
        return max(1.0, abs(self.negative_slope))

    @property
    def lipschitz(self) -> float:
        return max(1.0, abs(self.negative_slope))

    @property
    def linear_growth(self) -> float:
        return max(1.0, abs(self.negative_slope))

    def even_part(self, radius: float) -> tuple[float, ...] | None:  # noqa: ARG002
        return () if self.negative_slope == 1.0 else None

    def odd_part(self, radius: float) -> tuple[float, ...]:  # noqa: ARG002
        slope = (1.0 + self.negative_slope) / 2
        return () if slope == 0.0 else (0.0, slope)

    @property
    def in_registers(self) -> tuple[str, tuple[float, ...]]:
        return self.name, (float(self.negative_slope),)

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return functional.leaky_relu(floating(z), self.negative_slope)

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        z = floating(z)
        return torch.where(z >= 0.0, z.new_ones(()), self.negative_slope)

    def apply_(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        return functional.leaky_relu_(z, self.negative_slope)
