"""The Gauss error function."""

import math
from dataclasses import dataclass

import torch

from widthwise.activations._definition import Activation, floating
from widthwise.arrays import Array, Float, Real
from widthwise.sources import WILLIAMS_1996

__all__ = ["Erf"]


@dataclass(frozen=True)
class Erf(Activation):
    r"""The error function; an odd function.

    $\tfrac{2}{\sqrt{\pi}} \int_0^z e^{-s^2} ds$.
    """

    name = "erf"
    formula = r"\operatorname{erf} z"
    source = WILLIAMS_1996
    breakpoints = ()
    smoothness = math.inf
    bound = math.erf(1.0)
    lipschitz = 2 / math.sqrt(math.pi)
    linear_growth = 2 / math.sqrt(math.pi)

    @property
    def in_registers(self) -> tuple[str, tuple[float, ...]]:
        return self.name, ()

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return torch.erf(floating(z))

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return torch.exp(-(floating(z) ** 2)) * (2 / math.sqrt(math.pi))

    def even_part(self, radius: float) -> tuple[float, ...]:  # noqa: ARG002
        return ()

    def odd_part(self, radius: float) -> None:  # noqa: ARG002
        return None

    def apply_(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        return z.erf_()
