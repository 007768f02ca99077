"""An activation as a step of a network that gradients pass through."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import torch

from widthwise.activations import Activation
from widthwise.arrays import Array

__all__ = ["differentiable"]


def differentiable(act: Activation) -> Callable[[Array], Array]:
    r"""Return $\sigma$ itself if autograd can follow it, else with $\sigma'$ attached.

    Autograd cannot follow a step, nor a function written with NumPy; there the gradient
    is `act.derivative`.
    """
    low, high = (max(-2.0, act.domain[0]), min(2.0, act.domain[1]))
    # Irrational multiples of the interval: no kink of a catalog activation is there.
    places = torch.arange(1, 12, dtype=torch.float64) * 0.6180339887498949 % 1.0
    probe = (low + (high - low) * places).requires_grad_()
    with torch.enable_grad():
        values = act(probe)
        if values.requires_grad:
            (slopes,) = torch.autograd.grad(values.sum(), probe)
            expected = act.derivative(probe.detach())
            if torch.allclose(slopes, expected, rtol=1e-6, atol=1e-9):
                is_bounded = act.domain != (-math.inf, math.inf)
                return partial(_inside_domain, act) if is_bounded else act
    return partial(_with_derivative, act)


def _inside_domain(act: Activation, z: Array) -> Array:
    values = z.detach()
    low, high = act.domain
    if bool(((values < low) | (values > high)).any()):
        act(values)  # raises, unless it is rounding; says so without a gradient
    return act(z)


def _with_derivative(act: Activation, z: Array) -> Array:
    found: Array = _WithDerivative.apply(z, act)  # type: ignore[no-untyped-call]
    return found


class _WithDerivative(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(z: Array, act: Activation) -> Array:
        return act(z)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Array, Activation], output: Any) -> None:  # noqa: ARG004
        z, ctx.act = inputs
        ctx.save_for_backward(z)
        ctx.save_for_forward(z)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> tuple[Array, None]:
        (z,) = ctx.saved_tensors
        return gradients[0] * ctx.act.derivative(z), None

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> Array:
        (z,) = ctx.saved_tensors
        found: Array = tangents[0] * ctx.act.derivative(z)
        return found
