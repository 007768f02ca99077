r"""Inner products of per-sample gradients of one parameter, added to a kernel.

Three ways, by count of operations: a linear map at one position needs no gradient, as
$\langle B A^\top, B' A'^\top \rangle = (B \cdot B') (A \cdot A')$; at P positions the
same holds summed over P² pairs of positions; else the gradients are formed for some
rows at a time, in a buffer, and multiplied.
"""

import math

import torch

from widthwise.arrays import Array
from widthwise.features.modules._gradients import Gradients
from widthwise.features.modules._uses import (
    ConvolutionUse,
    EmbeddingUse,
    GradientUse,
    LinearUse,
    PositionsUse,
    Use,
)
from widthwise.numerics.linear_algebra import add_outer_products

__all__ = ["add_inner_products", "least_buffer"]


def add_inner_products(
    left: Gradients,
    right: Gradients,
    name: str,
    shape: torch.Size,
    total: Array,
    *,
    directions: int,
    full: bool,
    buffer: int,
) -> None:
    """Add the inner products of the gradients in one parameter to `total`.

    Parameters
    ----------
    left, right
        If they are the same object, only the upper triangle of `total` is added to.
    shape
        The parameter's.
    directions
        k, for how many directions of the outputs there are gradients.
    total
        Shape (t1, t2), summed over directions; if `full`, (t1 k, t2 k).
    buffer
        Bytes that formed gradients may take.
    """
    if name not in left or name not in right:
        return  # The outputs do not depend on it.
    pair = left[name], right[name]
    rows = shape[0] if len(shape) else 1
    row_size = math.prod(shape[1:])
    one, other = pair[0][0], pair[1][0]
    alone = len(pair[0]) == len(pair[1]) == 1
    if (
        alone
        and isinstance(one, LinearUse)
        and isinstance(other, LinearUse)
        and one.positions_count == other.positions_count == 1
    ):
        _add_single_position(one, other, total, full)
        return
    sizes = (rows, row_size, directions)
    if (
        alone
        and not full
        and isinstance(one, PositionsUse)
        and isinstance(other, PositionsUse)
        and _positions_are_cheaper(one, other, total, sizes, buffer)
    ):
        _add_pairs_of_positions(one, other, total, buffer)
        return
    if all(isinstance(each, EmbeddingUse) for uses in pair for each in uses):
        pair, rows = _common_rows(*pair)
    step = math.lcm(_step(pair[0]), _step(pair[1]))
    samples = sum(total.shape) // (directions if full else 1)
    each = 16 * samples * directions * row_size * step  # formed, and made contiguous
    size = max(buffer // each, 1) * step
    if alone and _is_in_order(one) and _is_in_order(other):
        size = rows  # Nothing is formed or copied.
    for start in range(0, rows, size):
        stop = min(start + size, rows)
        first = second = _flat(_rows_of(pair[0], start, stop), full)
        if left is not right:
            second = _flat(_rows_of(pair[1], start, stop), full)
        _add_gram(total, first, second)


def least_buffer(
    gradients: Gradients, shapes: dict[str, torch.Size], directions: int
) -> int:
    """Return the bytes of the narrowest slice of rows, for one sample."""
    steps = [
        8 * _step(uses) * math.prod(shapes[name][1:]) * directions
        for name, uses in gradients.items()
    ]
    return max(steps, default=8)


def _add_single_position(
    one: LinearUse, other: LinearUse, total: Array, full: bool
) -> None:
    inputs = _gram(one.inputs[:, 0], other.inputs[:, 0], one is other)
    slopes = [each.slopes[:, :, 0] for each in (one, other)]  # (t, k, b)
    if not full:
        first, second = (each.flatten(1) for each in slopes)
        total += _gram(first, second, one is other).mul_(inputs)
        return
    k = slopes[0].shape[1]
    first, second = (each.flatten(0, 1) for each in slopes)
    products = _gram(first, second, one is other)
    spread = products.view(len(inputs), k, inputs.shape[1], k)
    if one is other:  # the inner k x k block of a sample is whole in neither triangle
        inputs = torch.triu(inputs) + torch.triu(inputs, 1).T
    spread.mul_(inputs[:, None, :, None])
    total += products


def _positions_are_cheaper(
    one: PositionsUse,
    other: PositionsUse,
    total: Array,
    sizes: tuple[int, int, int],
    buffer: int,
) -> bool:
    rows, row_size, k = sizes
    if isinstance(one, ConvolutionUse) and one.groups > 1:
        return False
    (t1, t2), pairs = total.shape, one.positions_count * other.positions_count
    by_pairs = 2 * t1 * t2 * pairs * (row_size + k * rows + 1)
    entries = k * rows * row_size
    half = 1 if one is other else 2  # a rank-k update of a triangle
    by_rows = (t1 + t2) * one.positions_count * entries + half * t1 * t2 * entries
    kept = 8 * t2 * other.positions_count * (row_size + k * rows + 2 * t1)
    return by_pairs < by_rows and kept <= buffer


def _add_pairs_of_positions(
    one: PositionsUse, other: PositionsUse, total: Array, buffer: int
) -> None:
    t1, t2 = total.shape
    p, q = one.positions_count, other.positions_count
    right_inputs = other.inputs_at_positions(0, t2).flatten(0, 1)
    right_slopes = other.slopes_at_positions(0, t2).transpose(1, 2).flatten(0, 1)
    right_slopes = right_slopes.flatten(1)  # (t2 q, k b)... one direction at a time
    directions = one.slopes_at_positions(0, 1).shape[1]
    width = right_slopes.shape[1] // directions
    size = max(min(buffer // (24 * p * q * t2), t1), 1)
    for top in range(0, t1, size):
        stop = min(top + size, t1)
        inputs = one.inputs_at_positions(top, stop).flatten(0, 1)
        slopes = one.slopes_at_positions(top, stop)  # (s, k, p, b)
        products = slopes[:, 0].flatten(0, 1) @ right_slopes[:, :width].T
        for k in range(1, directions):
            columns = right_slopes[:, k * width : (k + 1) * width]
            products.addmm_(slopes[:, k].flatten(0, 1), columns.T)
        products *= inputs @ right_inputs.T
        total[top:stop] += products.view(stop - top, p, t2, q).sum(dim=(1, 3))


def _is_in_order(use: Use) -> bool:
    return isinstance(use, GradientUse) and use.values.is_contiguous()


def _step(uses: list[Use]) -> int:
    return math.lcm(*(each.row_step for each in uses))


def _rows_of(uses: list[Use], start: int, stop: int) -> Array:
    found = uses[0].gradients(start, stop)
    for each in uses[1:]:
        found = found + each.gradients(start, stop)
    return found


def _flat(gradients: Array, full: bool) -> Array:
    return (gradients.flatten(0, 1) if full else gradients).flatten(1).contiguous()


def _common_rows(
    left: list[Use], right: list[Use]
) -> tuple[tuple[list[Use], list[Use]], int]:
    """Give new numbers to the rows of a table, those that occur on both sides."""
    tables = [
        [each for each in uses if isinstance(each, EmbeddingUse)]
        for uses in (left, right)
    ]
    first, second = (
        torch.unique(torch.cat([each.used() for each in uses])) for uses in tables
    )
    common = first[torch.isin(first, second)]
    if not len(common):
        return (left, right), 0
    one, other = ([each.renumbered(common) for each in uses] for uses in tables)
    return (list(one), list(other)), len(common)


def _gram(first: Array, second: Array, same: bool) -> Array:
    first = first.contiguous()
    total = first.new_zeros(len(first), len(second))
    _add_gram(total, first, first if same else second)
    return total


def _add_gram(total: Array, first: Array, second: Array) -> None:
    if first is second:
        add_outer_products(total, first)
    else:
        total.addmm_(first, second.T)
