"""The continuously differentiable exponential linear unit."""

from dataclasses import dataclass, field

import torch

from widthwise.activations._definition import Activation, floating
from widthwise.activations._parameters import real_number
from widthwise.arrays import Array, Float, Real
from widthwise.sources import BARRON_2017

__all__ = ["Celu"]


@dataclass(frozen=True)
class Celu(Activation):
    r"""The CELU; its derivative is continuous for every alpha.

    Raises
    ------
    InvalidArgumentError
        If alpha is not a positive finite number.
    """

    alpha: float | int = field(
        default=1.0, metadata={"meaning": "minus the limit at -inf"}
    )

    name = "celu"
    formula = r"z \text{ if } z > 0 \text{ else } \alpha (e^{z/\alpha} - 1)"
    source = BARRON_2017
    breakpoints = (0.0,)
    smoothness = 2.0
    bound = 1.0
    lipschitz = 1.0
    linear_growth = 1.0

    def __post_init__(self) -> None:
        real_number(self, "alpha", positive=True)

    @property
    def in_registers(self) -> tuple[str, tuple[float, ...]]:
        return "elu", (1.0, float(self.alpha), 1.0 / self.alpha)

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        # torch.celu's own gradient divides by alpha in single precision.
        z = floating(z)
        below = self.alpha * torch.expm1(z.clamp(max=0.0) / self.alpha)
        return torch.where(z > 0.0, z, below)

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return torch.exp(floating(z).clamp(max=0.0) / self.alpha)

    def even_part(self, radius: float) -> None:  # noqa: ARG002
        return None

    def odd_part(self, radius: float) -> None:  # noqa: ARG002
        return None

    def apply_(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        return torch.celu_(z, self.alpha)
