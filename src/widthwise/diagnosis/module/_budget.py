"""How much memory and time the diagnosis of a module needs."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import nn

from widthwise.diagnosis.study import LIBRARY_BYTES, Cost, Limits

__all__ = ["LIMITS", "ModuleWork", "module_cost", "work_of"]

_RATE = 2e10
"""Nominal floating-point operations a second, as for a table's diagnosis."""

_FIXED_SECONDS = 3.5
"""What the libraries take, and a small module."""
_BY_FLOAT32, _COPIES = 4, 20
"""How many times faster the real run is, and how often parameters are held at once."""
_SECONDS_A_GRADIENT = 0.01
"""Of a layer whose gradients are taken one at a time, such as a recurrent one."""

LIMITS = Limits(least_rows=20, saving="fewer real steps (--epochs)")


@dataclass(frozen=True)
class ModuleWork:
    """What a module costs.

    Attributes
    ----------
    parameters
        How many are trained.
    for_a_pair
        Operations for one entry of the tangent kernel.
    has_slow_layers
        Whether a trained layer is neither dense nor a convolution.
    """

    parameters: int
    for_a_pair: int
    has_slow_layers: bool


def work_of(
    module: nn.Module, trained: Mapping[str, nn.Parameter], row: torch.Tensor
) -> ModuleWork:
    """Return the work, seen in one call of the module on one row.

    A dense layer's part of a kernel entry is a product of two inner products, of its
    inputs and of the gradients at its outputs, for each pair of places where it acts.
    """
    places: dict[int, int] = {}

    def see(layer: nn.Module, _: object, output: torch.Tensor) -> None:
        weight = layer.get_parameter("weight")
        places[id(weight)] = places.get(id(weight), 0) + output.numel() // len(weight)

    dense = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d)
    hooks = [
        each.register_forward_hook(see)
        for each in module.modules()
        if isinstance(each, dense)
    ]
    try:
        module(row)
    finally:
        for hook in hooks:
            hook.remove()
    pair, slow = 0, False
    for each in trained.values():
        whole, rows = each.numel(), len(each) if each.ndim else 1
        factored = places.get(id(each), 0) ** 2 * (rows + whole // max(1, rows))
        pair += 2 * (min(whole, factored) if id(each) in places else whole)
        slow = slow or (each.ndim > 1 and id(each) not in places)
    return ModuleWork(sum(each.numel() for each in trained.values()), pair, slow)


def module_cost(rows: int, outputs: int, work: ModuleWork, epochs: int) -> Cost:
    """Predict the cost of diagnosing a module on `rows` rows."""
    size, parameters = rows * outputs, work.parameters
    flops = (
        size**2 * work.for_a_pair
        + 6 * size * parameters
        + 25 * size**3
        + 6 * rows * parameters * epochs / _BY_FLOAT32
    )
    slowly = _SECONDS_A_GRADIENT * size if work.has_slow_layers else 0.0
    return Cost(
        rows=rows,
        seconds=_FIXED_SECONDS + flops / _RATE + slowly,
        bytes=6 * 8 * size**2 + 8 * _COPIES * parameters + LIBRARY_BYTES,
    )
