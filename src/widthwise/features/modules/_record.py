"""What was recorded of the calls of one batched pass, and the uses that follow."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch.autograd.graph import GradientEdge, get_gradient_edge

from widthwise.arrays import Array
from widthwise.features.modules._uses import ConvolutionUse, GradientUse, Use

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
    gradients: Array | None = None  # instead of slopes: (samples, k, rows, row_size)
    bias_gradients: Array | None = None  # and (samples, k, entries)
    ahead: ConvolutionUse | None = None  # with what all directions share

    @property
    def is_prepared(self) -> bool:
        return self.slopes is not None or self.gradients is not None

    def take(self, slopes: Array | None, at: int) -> None:
        """Keep what the slopes of one direction give, zeros where there are none."""
        if slopes is None:
            for kept in (self.slopes, self.gradients):
                if kept is not None:
                    kept[:, at] = 0.0
        elif self.gradients is not None:
            ahead = self.ahead
            use = replace(ahead, slopes=slopes) if ahead else self.weight_use(slopes)
            formed = use.gradients(0, self.gradients.shape[2])
            self.gradients[:, at] = formed[:, 0]
            if self.bias_gradients is not None:
                self.bias_gradients[:, at] = self.bias_sum(slopes)[:, 0]
        elif self.slopes is not None:
            self.slopes[:, at] = slopes[:, 0]
        else:
            self.slopes = slopes  # of the only direction


class Record:
    """Records the calls on a batch of `samples` that use the named parameters.

    Where the batch is one of several, `within` says at which sample it begins, how many
    there are in all, and where the gradients of all of them are written.
    """

    def __init__(
        self,
        names: dict[int, str],
        samples: int,
        within: tuple[int, int, dict[str, Array]] | None = None,
    ) -> None:
        self.samples = samples
        self.first, self.all_samples, self.together = within or (0, samples, {})
        self._placed: set[str] = set()
        self.calls: list[_Call] = []
        self.bytes_of_slopes = 0
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
                    call.take(None, at)
                    continue
                shaped = slope.reshape(self.samples, 1, -1, *slope.shape[1:])
                if not call.is_prepared:
                    self._prepare(call, shaped, at, len(directions))
                call.take(shaped, at)

    def _prepare(self, call: _Call, slopes: Array, at: int, directions: int) -> None:
        """Choose whether slopes are kept or, where that takes less, gradients."""
        self.bytes_of_slopes += slopes.nbytes * directions
        sizes = (self.samples, directions)
        if call.weight is not None:
            use = call.weight_use(slopes)
            shape = self._stand_ins[call.weight].shape
            rows = shape[0] if len(shape) else 1
            if use.is_larger_than_gradient(shape.numel(), directions):
                row_size = shape.numel() // rows
                matrices = (*sizes, rows, row_size)
                call.gradients = self._place(call.weight, slopes.new_empty, matrices)
                call.gradients[:, :at] = 0.0
                if directions > 1 and isinstance(use, ConvolutionUse):
                    call.ahead = use.unfolded_ahead()
                if call.bias is not None:
                    entries = self._stand_ins[call.bias].numel()
                    call.bias_gradients = slopes.new_zeros(*sizes, entries)
                return
        if directions > 1:
            call.slopes = slopes.new_empty(*sizes, *slopes.shape[2:])
            call.slopes[:, :at] = 0.0

    def _place(
        self, name: str, empty: Callable[..., Array], shape: tuple[int, ...]
    ) -> Array:
        """Return memory for gradients, within that of all samples where it is free."""
        if self.all_samples == self.samples or name in self._placed:
            return empty(shape)
        self._placed.add(name)
        if name not in self.together:
            self.together[name] = empty((self.all_samples, *shape[1:]))
        return self.together[name][self.first : self.first + self.samples]

    def uses(self) -> dict[str, list[Use]]:
        """Return the uses of each parameter; one without any has a zero gradient."""
        found: dict[str, list[Use]] = defaultdict(list)
        while self.calls:
            call = self.calls.pop(0)
            summed = call.bias_gradients
            if call.gradients is not None:
                assert call.weight is not None
                found[call.weight].append(GradientUse(call.gradients))
            elif call.slopes is None:
                continue
            else:
                if call.weight is not None:
                    found[call.weight].append(call.weight_use(call.slopes))
                if call.bias is not None:
                    summed = call.bias_sum(call.slopes)
            if call.bias is not None and summed is not None:
                shape = self._stand_ins[call.bias].shape
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
