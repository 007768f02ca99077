"""What was recorded of the calls of one batched pass, and the uses that follow."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch.autograd.graph import GradientEdge, get_gradient_edge

from widthwise.arrays import Array
from widthwise.features._module_uses import GradientUse, Use

__all__ = ["Record", "by_rows"]


@dataclass
class _Call:
    """One call: where its slopes come out, and how they become uses."""

    edge: GradientEdge
    inputs: Array
    version: int
    weight: str | None
    bias: str | None
    weight_use: Callable[[Array], Use]  # takes slopes (samples, k, q, *output)
    bias_sum: Callable[[Array], Array]  # to (samples, k, entries of the bias)
    slopes: Array | None = None  # (samples, k, q, *output)


class Record:
    """Records the calls on a batch of `samples` that use the named parameters."""

    def __init__(self, names: dict[int, str], samples: int) -> None:
        self.samples = samples
        self.calls: list[_Call] = []
        self._names = names
        self._stand_ins: dict[str, Array] = {}

    def slopes(self, outputs: Array, directions: Array) -> None:
        """Differentiate the outputs in each direction, at every recorded call."""
        edges = [each.edge for each in self.calls]
        if not edges:
            return
        for at, direction in enumerate(directions):
            found = torch.autograd.grad(
                outputs,
                edges,
                direction.expand_as(outputs),
                retain_graph=at + 1 < len(directions),
                allow_unused=True,
            )
            for call, slope in zip(self.calls, found, strict=True):
                if slope is None:
                    continue
                shaped = slope.reshape(self.samples, 1, -1, *slope.shape[1:])
                if len(directions) == 1:
                    call.slopes = shaped
                    continue
                if call.slopes is None:
                    whole = (self.samples, len(directions), *shaped.shape[2:])
                    call.slopes = slope.new_zeros(whole)
                call.slopes[:, at] = shaped[:, 0]

    def uses(self) -> dict[str, list[Use]]:
        """Return the uses of each parameter; one without any has a zero gradient."""
        found: dict[str, list[Use]] = defaultdict(list)
        while self.calls:
            call = self.calls.pop(0)
            slopes = call.slopes
            if slopes is None:
                continue
            if call.weight is not None:
                found[call.weight].append(call.weight_use(slopes))
            if call.bias is not None:
                shape = self._stand_ins[call.bias].shape
                summed = call.bias_sum(slopes)
                found[call.bias].append(GradientUse(by_rows(summed, shape)))
        return found

    def stale(self) -> set[str]:
        """Return the parameters of calls whose inputs were overwritten since."""
        return {
            name
            for call in self.calls
            if call.inputs._version != call.version
            for name in (call.weight, call.bias)
            if name is not None
        }

    def name(self, tensor: object) -> str | None:
        return self._names.get(id(tensor))

    def stand_in(self, tensor: Any) -> Any:
        """Return the leaf that takes a parameter's place, or the tensor itself."""
        name = self.name(tensor)
        if name is None:
            return tensor
        if name not in self._stand_ins:
            self._stand_ins[name] = tensor.detach().requires_grad_()
        return self._stand_ins[name]

    def is_covered(self, inputs: Array, weight: object, bias: object) -> bool:
        """Whether this call uses a wanted parameter on a batch of the samples."""
        wanted = self.name(weight) is not None or self.name(bias) is not None
        return wanted and inputs.ndim >= 2 and inputs.shape[0] % self.samples == 0

    def record(
        self,
        output: Array,
        inputs: Array,
        weight: object,
        bias: object,
        weight_use: Callable[[Array, Array], Use],
        bias_sum: Callable[[Array], Array],
    ) -> Array:
        kept = inputs.detach()
        self.calls.append(
            _Call(
                get_gradient_edge(output),
                kept,
                kept._version,
                self.name(weight),
                self.name(bias),
                lambda slopes: weight_use(
                    kept.reshape(self.samples, -1, *kept.shape[1:]), slopes
                ),
                bias_sum,
            )
        )
        return output


def by_rows(values: Array, shape: torch.Size) -> Array:
    """Return (samples, k, entries) as (samples, k, rows, row_size) of a parameter."""
    return values.reshape(*values.shape[:2], shape[0] if len(shape) else 1, -1)
