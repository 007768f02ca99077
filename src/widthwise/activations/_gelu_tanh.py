"""The Gaussian error linear unit, in the tanh form."""

import math
from dataclasses import dataclass

import torch
from torch.nn import functional

from widthwise.activations._definition import Activation, floating
from widthwise.arrays import Array, Float, Real
from widthwise.sources import HENDRYCKS_GIMPEL_2016

__all__ = ["GeluTanh"]

_CUBIC = 0.044715
_SLOPE = 2 * math.sqrt(2 / math.pi)
_LOGISTIC_AT_ONE = 1 / (1 + math.exp(-_SLOPE * (1 + _CUBIC)))


@dataclass(frozen=True)
class GeluTanh(Activation):
    r"""The GELU with $\Phi$ replaced by a tanh; its odd part is z/2 too.

    Equal to $z\,s(2u)$ with the logistic s and $u = \sqrt{2/\pi}(z + 0.044715 z^3)$.
    """

    name = "gelu_tanh"
    formula = r"\tfrac{z}{2} (1 + \tanh(\sqrt{2/\pi} (z + 0.044715 z^3)))"
    source = HENDRYCKS_GIMPEL_2016
    breakpoints = ()
    smoothness = math.inf
    bound = _LOGISTIC_AT_ONE
    lipschitz = _LOGISTIC_AT_ONE * (
        1 + (1 - _LOGISTIC_AT_ONE) * _SLOPE * (1 + 3 * _CUBIC)
    )
    linear_growth = 1.0

    @property
    def in_registers(self) -> tuple[str, tuple[float, ...]]:
        return self.name, (_SLOPE, _SLOPE * _CUBIC)

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return functional.gelu(floating(z), approximate="tanh")

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        # Beyond 50 the derivative is 0 or 1 to the last bit, and z² cannot overflow.
        z = floating(z).clamp(-50.0, 50.0)
        twice_u = _SLOPE * (z + _CUBIC * z**3)
        logistic, complement = torch.sigmoid(twice_u), torch.sigmoid(-twice_u)
        return logistic * (1 + z * complement * _SLOPE * (1 + 3 * _CUBIC * z**2))

    def apply_(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        # (1 + tanh u)/2 is the logistic function of 2u.
        logistic = z.square().mul_(_SLOPE * _CUBIC).add_(_SLOPE).mul_(z).sigmoid_()
        return z.mul_(logistic)

    def even_part(self, radius: float) -> None:  # noqa: ARG002
        return None

    def odd_part(self, radius: float) -> tuple[float, ...]:  # noqa: ARG002
        return (0.0, 0.5)
