"""A power of the rectifier."""

import math
from dataclasses import dataclass, field
from types import MappingProxyType

import torch

from widthwise.activations._definition import Activation, floating
from widthwise.activations._parameters import whole_number
from widthwise.arrays import Array, Float, Real
from widthwise.sources import CHO_SAUL_2009

__all__ = ["RectifiedMonomial"]


@dataclass(frozen=True)
class RectifiedMonomial(Activation):
    r"""The rectified monomial of degree p >= 1, the arc-cosine kernel's feature.

    $2 \max(0, z)^p = z^p + \operatorname{sign}(z) z^p$: the part of p's parity is the
    polynomial $z^p / 2$, the other is not a polynomial.

    Raises
    ------
    InvalidArgumentError
        If the degree is not an integer of at least 1.
    """

    degree: int = field(metadata={"meaning": "the power p, at least 1"})

    name = "rectified_monomial"
    formula = r"\max(0, z)^p"
    source = CHO_SAUL_2009
    breakpoints = (0.0,)
    bound = 1.0
    example = MappingProxyType({"degree": 2})

    def __post_init__(self) -> None:
        whole_number(self, "degree", least=1)

    @property
    def smoothness(self) -> float:
        return float(self.degree)

    @property
    def homogeneity(self) -> float:
        return float(self.degree)

    @property
    def lipschitz(self) -> float:
        return float(self.degree)

    @property
    def linear_growth(self) -> float:
        return 1.0 if self.degree == 1 else math.inf

    def even_part(self, radius: float) -> tuple[float, ...] | None:  # noqa: ARG002
        return None if self.degree % 2 else (0.0,) * self.degree + (0.5,)

    def odd_part(self, radius: float) -> tuple[float, ...] | None:  # noqa: ARG002
        return (0.0,) * self.degree + (0.5,) if self.degree % 2 else None

    @property
    def in_registers(self) -> tuple[str, tuple[float, ...]] | None:
        names = {1: "relu", 2: "rectified_square", 3: "rectified_cubic"}
        name = names.get(self.degree)
        return (name, ()) if name else None

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return torch.clamp(floating(z), min=0.0) ** self.degree

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        z = floating(z)
        if self.degree == 1:
            return (z >= 0.0).to(z.dtype)
        return self.degree * torch.clamp(z, min=0.0) ** (self.degree - 1)

    def apply_(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        return z.clamp_(min=0.0).pow_(self.degree)
