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

    Autograd cannot follow a step, nor a function written with NumPy, and has no number
    for the end of a Wendland function; there the gradient is `act.derivative`.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> z = torch.tensor([-1.0, 2.0], dtype=torch.float64, requires_grad=True)
    >>> relu = ww.nn.differentiable(ww.activations.get("relu"))
    >>> torch.autograd.grad(relu(z).sum(), z)[0].tolist()
    [0.0, 1.0]
    """
    low, high = (max(-2.0, act.domain[0]), min(2.0, act.domain[1]))
    # Irrational multiples of the interval: no kink of a catalog activation is there.
    places = torch.arange(1, 12, dtype=torch.float64) * 0.6180339887498949 % 1.0
    ends = [each for each in (*act.breakpoints, *act.domain) if math.isfinite(each)]
    between, at_ends = len(places), torch.tensor(ends, dtype=torch.float64)
    probe = torch.cat([low + (high - low) * places, at_ends]).requires_grad_()
    with torch.enable_grad():
        values = act(probe)
        if values.requires_grad:
            (slopes,) = torch.autograd.grad(values.sum(), probe)
            expected = act.derivative(probe.detach())
            # Both sides of a kink are right.
            agree = torch.allclose(
                slopes[:between], expected[:between], rtol=1e-6, atol=1e-9
            )
            if agree and not bool(slopes.isnan().any()):
                return act
    return partial(_with_derivative, act)


def _with_derivative(act: Activation, z: Array) -> Array:
    # torch.compile cannot follow a Function that has a forward mode.
    function = _Backward if torch.compiler.is_compiling() else _BothModes
    found: Array = function.apply(z, act)  # type: ignore[no-untyped-call]
    return found


class _Backward(torch.autograd.Function):
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


class _BothModes(_Backward):
    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> Array:
        (z,) = ctx.saved_tensors
        found: Array = tangents[0] * ctx.act.derivative(z)
        return found
