"""Kernels through which torch's autograd passes, to points and scales."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from torch.autograd.function import once_differentiable

from widthwise.activations import Activation
from widthwise.arrays import Array, real_tensor
from widthwise.errors import InvalidArgumentError
from widthwise.kernels.duals import QUARTER
from widthwise.kernels.two_layer._matrices import Kind
from widthwise.kernels.two_layer._mean_values import (
    by_parameters,
    mean_values,
    to_parameters,
)
from widthwise.kernels.two_layer._partials import (
    diagonal,
    mean_squares_of,
    partials,
    values,
)
from widthwise.kernels.two_layer._rows_of_zeros import (
    is_flat,
    slopes_at_zero,
    value_at_zero,
)
from widthwise.laws import Law

__all__ = [
    "as_tensor",
    "carries_gradient",
    "expectations",
    "mean_squares",
    "number",
    "plain",
    "require_gradients",
    "two_layer_gradients",
    "with_gradient",
]

_PARALLEL = 1e-14
"""Half a lack of correlation below which rows are parallel: θ is 2e-7 there."""


def carries_gradient(*values: object) -> bool:
    """Whether autograd is to pass to one of these."""
    return torch.is_grad_enabled() and any(
        isinstance(each, Array) and each.requires_grad for each in values
    )


def plain(values: Any) -> Any:
    """Return points without their gradient."""
    return values.detach() if isinstance(values, Array) else values


def number(value: Any, what: str) -> float | int:
    """Return a scale as a number; a tensor must hold one."""
    if not isinstance(value, Array):
        return value  # type: ignore[no-any-return]
    if value.numel() != 1:
        raise InvalidArgumentError(
            f"{what} has shape {tuple(value.shape)}; it must be one number."
        )
    return float(value.detach())


def as_tensor(values: Any) -> Array:
    """Return float64 on the CPU, still a function of what it was made of."""
    given = values if isinstance(values, Array) else real_tensor(values, "The points")
    return given.to("cpu", torch.float64)


def with_gradient(exact: Array, route: Array) -> Array:
    """Return the exact values with the gradient of the other route."""
    return exact + (route - route.detach())


def two_layer_gradients(
    points: Any,
    other: Any,
    kinds: tuple[Kind, ...],
    activation: Activation,
    law: Law,
    weight_std: Any,
    bias_std: Any,
    *,
    diagonals_only: bool = False,
    tuned: Mapping[str, Array] = MappingProxyType({}),
) -> list[Array]:
    """Return kernels that differ from `kernels_of` by rounding, with gradients."""
    sets = [points] if other is None else [points, other]
    rows = [_with_bias(as_tensor(each), weight_std, bias_std) for each in sets]
    squares = [each.square().sum(dim=1) for each in rows]
    for given, each in zip(sets, squares, strict=True):
        require_gradients(given, each, activation)
    product = squares[0] if diagonals_only else rows[0] @ rows[-1].T

    def mean(order: int) -> Array:
        if diagonals_only:
            return mean_squares(squares[0], activation, law, order, tuned)
        return expectations(
            squares[0],
            squares[-1],
            product,
            activation,
            law,
            order,
            tuned,
            is_one_set=other is None,
        )

    found = []
    value = None if kinds == ("tangent_inner",) else mean(0)
    inner = None if kinds == ("conjugate",) else product * mean(1)
    for kind in kinds:
        parts = {
            "conjugate": (value,),
            "tangent_inner": (inner,),
            "tangent_both": (value, inner),
        }[kind]
        found.append(torch.stack([each for each in parts if each is not None]).sum(0))
    return found


def _with_bias(points: Array, weight_std: Any, bias_std: Any) -> Array:
    scale, shift = as_tensor(weight_std).reshape(()), as_tensor(bias_std).reshape(())
    rows = points * scale
    if not shift.requires_grad and float(shift) == 0.0:
        return rows
    return torch.cat([rows, shift.expand(len(rows), 1)], dim=1)


def expectations(
    first: Array,
    second: Array,
    product: Array,
    activation: Activation,
    law: Law,
    order: int,
    tuned: Mapping[str, Array] = MappingProxyType({}),
    *,
    is_one_set: bool,
) -> Array:
    r"""Return E[f(z) f(z')], f = σ or σ', as a function of its three variances.

    Parameters
    ----------
    first, second, product
        $|x|^2$, shape (n,), $|x'|^2$, shape (k,), and $x \cdot x'$, (n, k).
    tuned
        Tensors that are parameters of the activation, by name.
    is_one_set
        Whether row i and column i are one point.

    Where rows are parallel or opposite, the slope in their angle is taken as zero: the
    limit, and the mean over directions where σ or σ' jumps, as torch does at a kink.
    """
    (first, zero), (second, other_zero) = map(_without_zeros, (first, second))
    found: Array = _Expectations.apply(  # type: ignore[no-untyped-call]
        first,
        second,
        product,
        activation,
        law,
        order,
        is_one_set,
        tuple(tuned),
        *tuned.values(),
    )
    if not (zero.any() or other_zero.any()):
        return found
    ends = (first, zero), (second, other_zero)
    either = zero[:, None] | other_zero
    if order:  # It multiplies a kernel that is zero there, whose slope is not.
        return torch.where(either, slopes_at_zero(ends, activation, law, 1), found)
    at_zero = value_at_zero(activation, law, tuned)
    if at_zero is None:
        found = found.masked_fill(either, 0.0)
    else:
        rows, columns = (
            torch.where(mask, at_zero, mean_values(each, activation, law, tuned))
            for each, mask in ends
        )
        found = torch.where(zero[:, None], at_zero * columns, found)
        found = torch.where(other_zero, rows[:, None] * at_zero, found)
    turned = slopes_at_zero(ends, activation, law, 0) * (product - product.detach())
    return torch.where(either, found + turned, found)


def mean_squares(
    squares: Array,
    activation: Activation,
    law: Law,
    order: int,
    tuned: Mapping[str, Array] = MappingProxyType({}),
) -> Array:
    """Return E f(z)², f = σ or σ', as a function of |x|², shape (n,)."""
    squares, zero = _without_zeros(squares)
    found: Array = _MeanSquares.apply(  # type: ignore[no-untyped-call]
        squares, activation, law, order, tuple(tuned), *tuned.values()
    )
    at_zero = None if order or not zero.any() else value_at_zero(activation, law, tuned)
    if at_zero is None:
        return found.masked_fill(zero, 0.0)
    return torch.where(zero, at_zero**2, found)


def require_gradients(points: Any, squares: Array, *activations: Activation) -> None:
    """Refuse rows of norm zero whose points are to have gradients where σ' jumps.

    Raises
    ------
    InvalidArgumentError
        With the row.
    """
    zero = torch.nonzero(squares.detach() == 0)
    bent = [each.name for each in activations if not is_flat(each)]
    if carries_gradient(points) and len(zero) and bent:
        raise InvalidArgumentError(
            f"Row {int(zero[0])} is zero, where the slope of {bent[0]} jumps, so that "
            "its kernel has no gradient. Leave zero rows out, give the network a bias, "
            "or detach the points."
        )


def _without_zeros(squares: Array) -> tuple[Array, Array]:
    """Return the squares with the largest for zero, and where they were zero."""
    zero = squares.detach() == 0
    if not zero.any():
        return squares, zero
    return squares.masked_fill(zero, float(squares.detach().max()) or 1.0), zero


class _Expectations(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        first: Array,
        second: Array,
        product: Array,
        activation: Activation,
        law: Law,
        order: int,
        is_one_set: bool,
        names: tuple[str, ...],
        *parameters: Array,
    ) -> Array:
        a, b = (each.numpy() ** 0.5 for each in (first, second))
        rho = np.clip(product.numpy() / np.multiply.outer(a, b), -1.0, 1.0)
        if is_one_set:
            np.fill_diagonal(rho, 1.0)
        least = (1 - np.abs(rho)) / 2
        chord = np.minimum(np.sqrt(least), QUARTER)
        of = partials(activation, law, order, a, b, chord, rho >= 0)
        sine = 2 * np.sqrt(least * (1 - least))
        is_apart = least > _PARALLEL
        by_rho = np.where(is_apart, -of.by_angle / np.where(is_apart, sine, 1.0), 0.0)
        ctx.save_for_backward(
            *map(
                torch.from_numpy,
                (
                    (of.by_first - rho * by_rho) / (2 * a[:, None] ** 2),
                    (of.by_second - rho * by_rho) / (2 * b**2),
                    by_rho / np.multiply.outer(a, b),
                    *by_parameters(
                        activation,
                        names,
                        lambda act: values(act, law, order, a, b, chord, rho >= 0),
                    ),
                ),
            )
        )
        ctx.like = parameters
        return torch.from_numpy(of.value)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Array) -> tuple[Any, ...]:
        by_first, by_second, by_product, *by_parameter = ctx.saved_tensors
        return (
            (gradient * by_first).sum(dim=1),
            (gradient * by_second).sum(dim=0),
            gradient * by_product,
            *[None] * 5,
            *to_parameters(gradient, by_parameter, ctx.like),
        )


class _MeanSquares(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        squares: Array,
        activation: Activation,
        law: Law,
        order: int,
        names: tuple[str, ...],
        *parameters: Array,
    ) -> Array:
        q = squares.numpy()
        norms = np.sqrt(q)
        value, by_log = diagonal(activation, law, order, norms)
        slopes = by_parameters(
            activation, names, lambda act: mean_squares_of(act, law, order, norms)
        )
        ctx.save_for_backward(*map(torch.from_numpy, (by_log / (2 * q), *slopes)))
        ctx.like = parameters
        return torch.from_numpy(value)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Array) -> tuple[Any, ...]:
        slope, *by_parameter = ctx.saved_tensors
        found = to_parameters(gradient, by_parameter, ctx.like)
        return gradient * slope, *[None] * 4, *found
