"""E σ(a u) through which torch's autograd passes, for rows beside one of zeros."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch.autograd.function import once_differentiable

from widthwise.activations import Activation
from widthwise.arrays import Array
from widthwise.kernels.duals import stencil
from widthwise.kernels.rules import means
from widthwise.kernels.two_layer._partials import LOG_STEP, STENCIL, WEIGHTS
from widthwise.laws import Law

__all__ = ["by_parameters", "mean_values", "to_parameters"]


def mean_values(
    squares: Array, activation: Activation, law: Law, tuned: Mapping[str, Array]
) -> Array:
    """Return E σ(a u) as a function of a², shape (n,); σ(0) where a is zero."""
    found: Array = _MeanValues.apply(  # type: ignore[no-untyped-call]
        squares, activation, law, tuple(tuned), *tuned.values()
    )
    return found


class _MeanValues(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        squares: Array,
        activation: Activation,
        law: Law,
        names: tuple[str, ...],
        *parameters: Array,
    ) -> Array:
        q = squares.numpy()
        norms = np.sqrt(q)
        moved = means(
            activation, law, np.outer(np.exp(LOG_STEP * STENCIL), norms).ravel()
        )
        by_log = WEIGHTS @ moved.reshape(len(STENCIL), -1) / LOG_STEP
        slopes = by_parameters(activation, names, lambda act: means(act, law, norms))
        by_square = by_log / (2 * np.where(q > 0, q, 1.0))
        ctx.save_for_backward(*map(torch.from_numpy, (by_square, *slopes)))
        ctx.like = parameters
        return torch.from_numpy(means(activation, law, norms))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Array) -> tuple[Any, ...]:
        slope, *by_parameter = ctx.saved_tensors
        found = to_parameters(gradient, by_parameter, ctx.like)
        return gradient * slope, *[None] * 3, *found


def by_parameters(
    activation: Activation,
    names: tuple[str, ...],
    evaluate: Callable[[Activation], np.ndarray],
) -> list[np.ndarray]:
    """Return the slopes in the activation's parameters."""
    return [
        sum(
            (weight * evaluate(each) for weight, each in stencil(activation, name)),
            np.zeros(()),
        )
        for name in names
    ]


def to_parameters(
    gradient: Array, slopes: list[Array], like: tuple[Array, ...]
) -> list[Array]:
    return [
        (gradient * slope).sum().to(each.dtype).reshape(each.shape)
        for slope, each in zip(slopes, like, strict=True)
    ]
