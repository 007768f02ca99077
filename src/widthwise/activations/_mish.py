"""The mish."""

import math
from dataclasses import dataclass

import torch
from torch.nn import functional

from widthwise.activations._definition import Activation, floating
from widthwise.arrays import Array, Float, Real
from widthwise.sources import MISRA_2019

__all__ = ["Mish"]

_TANH_AT_ONE = math.tanh(math.log1p(math.e))


@dataclass(frozen=True)
class Mish(Activation):
    r"""The mish, z tanh(softplus(z)); neither parity part is a polynomial.

    Its odd part is $\tfrac{z}{2}(\tanh s(z) + \tanh s(-z))$ with s the softplus; the
    bracket is 6/5 at z = 0 and tends to 1, so the odd part is not linear as swish's is.
    """

    name = "mish"
    formula = r"z \tanh(\log(1 + e^z))"
    source = MISRA_2019
    breakpoints = ()
    smoothness = math.inf
    bound = _TANH_AT_ONE
    lipschitz = _TANH_AT_ONE + (1 - _TANH_AT_ONE**2) / (1 + math.exp(-1.0))
    linear_growth = 1.0

    @property
    def in_registers(self) -> tuple[str, tuple[float, ...]]:
        return self.name, ()

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return functional.mish(floating(z))

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        z = floating(z)
        softplus = functional.softplus(z, threshold=40.0)
        # cosh overflows to inf far out, where this term is 0.
        return torch.tanh(softplus) + z * torch.sigmoid(z) / torch.cosh(softplus) ** 2

    def even_part(self, radius: float) -> None:  # noqa: ARG002
        return None

    def odd_part(self, radius: float) -> None:  # noqa: ARG002
        return None

    def apply_(self, z: Float[Array, "..."]) -> Float[Array, "..."]:
        # tanh log(1 + e^z) is q/(q + 1) with q = e^z + e^2z/2, and 1 from 20 on.
        q = z.clamp(max=20.0).exp_()
        q.addcmul_(q, q, value=0.5)
        return z.mul_(q.div_(q.add(1.0)))
