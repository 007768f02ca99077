"""The tangent kernel of any module at its present parameters."""

from collections.abc import Iterator
from typing import Literal

import torch
from torch import nn

from widthwise.arguments import choice
from widthwise.arrays import Array, Float
from widthwise.errors import InvalidArgumentError
from widthwise.features.modules._gradients import Gradients, Route
from widthwise.features.modules._gram import add_inner_products
from widthwise.features.modules._prepared import prepared, undisturbed
from widthwise.features.modules._tiles import Tiling, tiling
from widthwise.features.two_layer import PointsLike
from widthwise.numerics import available_bytes, require
from widthwise.numerics.linear_algebra import complete_symmetric

__all__ = ["module_tangent_kernel", "module_tangent_kernels_by_layer"]


def module_tangent_kernel(
    model: nn.Module,
    X1: PointsLike,
    X2: PointsLike | None = None,
    outputs: Literal["trace", "full"] | str = "trace",
    *,
    memory: int | None = None,
) -> Array:
    r"""Return the tangent kernel of a module, exact for any architecture.

    .. math::
        \Theta(x, x') = \sum_k \sum_\theta
        \frac{\partial f_k(x)}{\partial\theta} \frac{\partial f_k(x')}{\partial\theta},
        \qquad
        \Theta_{kl}(x, x') = \sum_\theta
        \frac{\partial f_k(x)}{\partial\theta} \frac{\partial f_l(x')}{\partial\theta},

    the sum over every entry $\theta$ of the parameters that require a gradient. A
    parameter that is used in several places counts once, with its whole gradient.
    Nothing is divided by the width or the number of outputs.

    Parameters
    ----------
    model
        In evaluation mode if it has dropout or batch statistics; forward maps
        (n, ...) to (n,) or (n, c), each point for itself. Any device and floating
        type. It is left exactly as it is: the work is done on a float64 copy.
    X1, X2
        Points along the first axis. Integers go to the model as they are (for
        embeddings), other numbers as float64. X2 None: X1 again.
    outputs
        "trace": the sum over outputs; "full": every pair of outputs.
    memory
        Bytes that the work may take beside the copy of the model and the kernel; half
        of what is available when None.

    Returns
    -------
    Shape (n1, n2), or (n1, c, n2, c) when `outputs` is "full"; float64, exactly
    symmetric when X2 is None.

    Raises
    ------
    InvalidArgumentError
        If the model is not such a module: training mode with dropout or batch
        statistics, no trainable parameters, several devices, an output that is random,
        depends on the rest of the batch, is not finite, or has another shape.
    DataError
        If the points hold NaN or infinity, or the model fails on them.
    MemoryBudgetError
        If the kernel, or the work on one pair of points, does not fit in memory.

    Source
    ------
    Jacot, Gabriel, Hongler (2018), arXiv:1806.07572, for the kernel.

    Cost
    ----
    One pass over the points for each output, and for each layer the cheapest of the
    products that need no gradients and n c p + n² c p / 2 operations. When the memory
    holds a tile of t points only, passes are repeated n / 2t times.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> model = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.Linear(4, 1))
    >>> X = torch.eye(2)
    >>> ww.features.module_tangent_kernel(model, X).shape
    torch.Size([2, 2])
    """
    choice(
        outputs,
        "outputs",
        ("trace", "full"),
        meaning="summed over outputs, or every pair of them",
    )
    sums = _kernels(model, X1, X2, outputs == "full", memory, by_layer=False)
    return sums[""]


def module_tangent_kernels_by_layer(
    model: nn.Module, X: PointsLike, *, memory: int | None = None
) -> dict[str, Float[Array, "n n"]]:
    r"""Return the part of the tangent kernel that comes from each layer.

    .. math:: \Theta = \sum_\ell \Theta_\ell, \qquad
        \Theta_\ell = \sum_k J_{k\ell} J_{k\ell}^\top .

    Parameters
    ----------
    model, X, memory
        As for `module_tangent_kernel`.

    Returns
    -------
    For each module that owns trainable parameters, by its dotted name in the order of
    `named_parameters`, a matrix of shape (n, n). A parameter of the model itself has
    its own name. A shared parameter is counted where it is named first.

    Raises
    ------
    As `module_tangent_kernel`.

    Cost
    ----
    That of the kernel, and 8 n² bytes for each layer.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> model = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.Linear(4, 1))
    >>> X = torch.eye(2)
    >>> list(ww.features.module_tangent_kernels_by_layer(model, X))
    ['0', '1']
    """
    return _kernels(model, X, None, False, memory, by_layer=True)


def _kernels(
    model: nn.Module,
    first: PointsLike,
    second: PointsLike | None,
    full: bool,
    memory: int | None,
    by_layer: bool,
) -> dict[str, Array]:
    with undisturbed(model):
        given = (first,) if second is None else (first, second)
        checked, inputs = prepared(model, *given, every_point=False)
        layers: dict[str, list[str]] = {}
        for name in checked.parameters:
            owner = name.rpartition(".")[0] or name
            layers.setdefault(owner if by_layer else "", []).append(name)
        c = checked.outputs_count if full else 1
        shape = (len(inputs[0]) * c, len(inputs[-1]) * c)
        require(
            8 * shape[0] * shape[1] * len(layers),
            f"{len(layers)} kernel(s) of {shape[0]} x {shape[1]} entries",
            "Take fewer points, or the trace over outputs.",
        )
        found = {
            name: torch.zeros(shape, dtype=torch.float64, device=inputs[0].device)
            for name in layers
        }
        if memory is None:
            memory = available_bytes() // 2
        route = Route(checked)
        most = max(len(each) for each in inputs)
        plan = tiling(route, inputs[0], memory, points=most, full=full)
        with checked.naming_points(*inputs):
            _add_pairs(route, inputs, plan, layers, found, full)
        for each in found.values():
            if second is None:
                complete_symmetric(each)
            _require_finite(each)
        if full:
            n1, n2 = (len(each) for each in (inputs[0], inputs[-1]))
            return {name: each.view(n1, c, n2, c) for name, each in found.items()}
        return found


def _add_pairs(
    route: Route,
    inputs: list[Array],
    plan: Tiling,
    layers: dict[str, list[str]],
    found: dict[str, Array],
    full: bool,
) -> None:
    """Add what each pair of tiles gives to the kernel of each layer."""
    c = route.model.outputs_count if full else 1
    for rows, columns, left, right, directions in _pairs(route, inputs, plan):
        across = slice(columns.start * c, columns.stop * c)
        for layer, names in layers.items():
            part = found[layer][rows.start * c : rows.stop * c, across]
            total = part if part.is_contiguous() else torch.zeros_like(part)
            for name in names:
                add_inner_products(
                    left,
                    right,
                    name,
                    route.model.parameters[name].shape,
                    total,
                    directions=directions,
                    full=full,
                    buffer=plan.buffer,
                )
            if total is not part:
                part += total


def _pairs(
    route: Route, inputs: list[Array], plan: Tiling
) -> Iterator[tuple[range, range, Gradients, Gradients, int]]:
    """Yield the gradients of each pair of tiles, the upper triangle if symmetric."""
    outputs_count = route.model.outputs_count
    identity = torch.eye(outputs_count, dtype=torch.float64, device=inputs[0].device)
    for names in plan.groups:
        for top in range(0, outputs_count, plan.directions):
            directions = identity[top : top + plan.directions]
            for rows in _tiles(inputs[0], plan.points):
                some = inputs[0][rows.start : rows.stop]
                left = route.checked_gradients(some, directions, names)
                if len(inputs) == 1:
                    yield rows, rows, left, left, len(directions)
                for columns in _tiles(inputs[-1], plan.points):
                    if len(inputs) == 1 and columns.start <= rows.start:
                        continue
                    others = inputs[-1][columns.start : columns.stop]
                    checked = rows.start == 0 and len(inputs) == 2
                    find = route.checked_gradients if checked else route.gradients
                    right = find(others, directions, names)
                    yield rows, columns, left, right, len(directions)
                    del right
                del left


def _tiles(inputs: Array, size: int) -> Iterator[range]:
    for start in range(0, len(inputs), size):
        yield range(start, min(start + size, len(inputs)))


def _require_finite(kernel: Array) -> None:
    if not bool(torch.isfinite(kernel.sum())) and not bool(
        torch.isfinite(kernel).all()
    ):
        raise InvalidArgumentError(
            "The tangent kernel overflows float64, or a gradient is not finite: the "
            "model is not differentiable at these points. Scale the weights down."
        )
