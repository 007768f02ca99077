"""Per-sample gradients of a module: recorded uses where possible, vmap elsewhere."""

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import torch
from torch.func import functional_call, vjp, vmap

from widthwise.arrays import Array
from widthwise.errors import InvalidArgumentError
from widthwise.features.modules._prepared import PreparedModule
from widthwise.features.modules._taps import Taps
from widthwise.features.modules._uses import GradientUse, Use

__all__ = ["Gradients", "Route", "grouped", "leaves", "quiet"]

_AGREEMENT = 1e-8
"""Relative difference of a gradient that rounding may make; a wrong one is off by 1."""
_NOTHING = 1e-200
_AT_ONCE = 2**25
"""Bytes of parameters whose gradients are compared at a time."""

Gradients = dict[str, list[Use]]
"""The uses of each parameter on the points of a tile."""


@dataclass
class Route:
    """How the gradients of each parameter of one module are found.

    Attributes
    ----------
    uncovered
        Parameters whose gradients need more than the record of calls.
    by_loop
        Whether these go sample by sample, as vmap does not take this module.
    rows
        Samples of one batched pass.
    chunk
        Samples that vmap takes at a time.
    slope_bytes
        Bytes of slopes that the last pass kept, for a sample and a direction.
    """

    model: PreparedModule
    uncovered: set[str] = field(default_factory=set)
    by_loop: bool = False
    rows: int = 256
    chunk: int = 1
    slope_bytes: int = 0

    def checked_gradients(
        self, inputs: Array, directions: Array, names: Iterable[str]
    ) -> Gradients:
        """Return the gradients, the route changed until they agree with autograd."""
        wanted = set(names)
        while True:
            found = self.gradients(inputs, directions, wanted)
            wrong = self._wrong(found, inputs, directions, wanted)
            if not wrong:
                return found
            if wrong <= self.uncovered and self.by_loop:
                raise InvalidArgumentError(
                    f"The gradient in {min(wrong)} differs between two computations. "
                    "The model must do the same each time it is called."
                )
            if wrong & self.uncovered:
                self.by_loop = True
            self.uncovered |= wrong

    def gradients(
        self, inputs: Array, directions: Array, names: Iterable[str]
    ) -> Gradients:
        """Return the uses of the parameters in each direction of the outputs."""
        wanted = set(names)
        parameters = self.model.parameters
        parts = []
        together: dict[str, Array] = {}  # gradients that the passes write side by side
        for start in range(0, len(inputs), self.rows):
            if wanted <= self.uncovered:
                break
            some = inputs[start : start + self.rows]
            within = (start, len(inputs), together)
            parts.append(self._recorded(some, directions, wanted, within))
        found = self._joined(parts, together)
        generic: dict[str, Array] = {
            name: parameters[name] for name in wanted & self.uncovered
        }
        if generic:
            values = self._generic(inputs, directions, generic)
            found |= {name: [GradientUse(each)] for name, each in values.items()}
        return found

    def _recorded(
        self,
        inputs: Array,
        directions: Array,
        wanted: set[str],
        within: tuple[int, int, dict[str, Array]],
    ) -> Gradients:
        """Return the uses of the parameters that the record of calls covers."""
        parameters = self.model.parameters
        names = {id(parameters[name]): name for name in wanted - self.uncovered}
        taps = Taps(names, len(inputs), within)
        with quiet():
            with taps:
                outputs = self.model.outputs(inputs)
            reached = leaves(outputs)
            self.uncovered |= taps.stale() | {
                name for name in wanted if id(parameters[name]) in reached
            }
            try:
                taps.slopes(outputs, directions)
            except RuntimeError:  # The other route says what is wrong, if it is.
                self.uncovered |= wanted
            del outputs
        self.slope_bytes = taps.bytes_of_slopes // (len(inputs) * len(directions))
        return {
            name: uses
            for name, uses in taps.uses().items()
            if name not in self.uncovered
        }

    def _joined(self, parts: list[Gradients], together: dict[str, Array]) -> Gradients:
        """Put the samples of all parts together, taking them out of the parts."""
        found: Gradients = {}
        for name in {name for part in parts for name in part} - self.uncovered:
            pieces = [part.pop(name, []) for part in parts]
            kinds = {tuple(type(use) for use in uses) for uses in pieces}
            if len(kinds) > 1:  # The model does not make the same calls for all points.
                self.uncovered.add(name)
                continue
            whole = together.get(name)
            if whole is not None and all(_is_part(uses, whole) for uses in pieces):
                found[name] = [GradientUse(whole)]
                continue
            found[name] = [
                first.joined(others) for first, *others in zip(*pieces, strict=True)
            ]
        return found

    def _generic(
        self, inputs: Array, directions: Array, parameters: Mapping[str, Array]
    ) -> dict[str, Array]:
        if not self.by_loop:
            try:
                return _vmapped_gradients(
                    self.model, inputs, directions, parameters, self.chunk
                )
            except Exception:  # vmap refuses what it does not know in many ways
                self.by_loop = True
        return _looped_gradients(self.model, inputs, directions, parameters)

    def _wrong(
        self, found: Gradients, inputs: Array, directions: Array, names: set[str]
    ) -> set[str]:
        """Return the parameters whose gradient is not autograd's, at a few points."""
        wrong: set[str] = set()
        sizes = {name: self.model.parameters[name].nbytes for name in sorted(names)}
        count = len(inputs)
        for group in grouped(sizes, _AT_ONCE):
            parameters = {name: self.model.parameters[name] for name in group}
            for at, sample in enumerate(sorted({0, count // 2, count - 1})):
                direction = (7 * at + 1) % len(directions)
                true = _looped_gradients(
                    self.model,
                    inputs[sample : sample + 1],
                    directions[direction : direction + 1],
                    parameters,
                )
                for name, expected in true.items():
                    total = torch.zeros_like(expected)
                    for use in found.get(name, ()):
                        one = use.at(sample, direction)
                        total += one.gradients(0, expected.shape[2])
                    size = float(torch.linalg.vector_norm(expected))
                    off = float(torch.linalg.vector_norm(total.sub_(expected)))
                    if not off <= _AGREEMENT * size + _NOTHING:
                        wrong.add(name)
        return wrong


def _is_part(uses: list[Use], whole: Array) -> bool:
    """Whether the gradient was written into this memory."""
    if len(uses) > 1 or not isinstance(uses[0], GradientUse):
        return False
    memory = whole.untyped_storage().data_ptr()
    return uses[0].values.untyped_storage().data_ptr() == memory


def _vmapped_gradients(
    model: PreparedModule,
    inputs: Array,
    directions: Array,
    parameters: Mapping[str, Array],
    chunk: int,
) -> dict[str, Array]:
    """Return each gradient, (samples, directions, rows, row_size), by vmap."""
    constants = dict(model.model.named_parameters()) | dict(model.model.named_buffers())
    constants = {
        name: each.detach()
        for name, each in constants.items()
        if name not in parameters
    }
    varied = {name: each.detach() for name, each in parameters.items()}

    def gradients(point: Array) -> dict[str, Array]:
        def outputs(values: dict[str, Array]) -> Array:
            every = {**constants, **values}
            answer: Array = functional_call(model.model, every, (point[None],))
            return answer.reshape(-1)

        pull = vjp(outputs, varied)[1]
        return vmap(lambda direction: pull(direction)[0])(directions)  # type: ignore[no-any-return]

    with quiet():
        found = vmap(gradients, chunk_size=chunk)(inputs)
    return {name: _by_rows(each.detach()) for name, each in found.items()}


def _looped_gradients(
    model: PreparedModule,
    inputs: Array,
    directions: Array,
    parameters: Mapping[str, Array],
) -> dict[str, Array]:
    """Return the same, a sample and a direction at a time: any module is taken."""
    found = {
        name: each.new_zeros(len(inputs), len(directions), *each.shape)
        for name, each in parameters.items()
    }
    with quiet():
        for at in range(len(inputs)):
            outputs = model.outputs(inputs[at : at + 1])
            if not outputs.requires_grad:
                continue
            for k, direction in enumerate(directions):
                try:
                    slopes = torch.autograd.grad(
                        outputs,
                        list(parameters.values()),
                        direction[None],
                        retain_graph=k + 1 < len(directions),
                        allow_unused=True,
                    )
                except RuntimeError as error:
                    raise InvalidArgumentError(
                        f"The model cannot be differentiated: {error}"
                    ) from error
                for name, slope in zip(parameters, slopes, strict=True):
                    if slope is not None:
                        found[name][at, k] = slope.detach()
    return {name: _by_rows(each) for name, each in found.items()}


def _by_rows(values: Array) -> Array:
    rows = values.shape[2] if values.ndim > 2 else 1
    return values.reshape(*values.shape[:2], rows, -1)


def leaves(outputs: Array) -> set[int]:
    """Return the ids of the leaf tensors that the graph of the outputs reaches."""
    found: set[int] = set()
    seen = set()
    stack = [outputs.grad_fn]
    while stack:
        node = stack.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        leaf = getattr(node, "variable", None)
        if leaf is not None:
            found.add(id(leaf))
        stack.extend(each for each, _ in node.next_functions)
    return found


def grouped(sizes: dict[str, int], limit: int) -> list[list[str]]:
    """Cut the names, in order, into groups whose sizes sum to at most the limit."""
    groups: list[list[str]] = []
    total = 0
    for name, size in sizes.items():
        if not groups or total + size > limit:
            groups.append([])
            total = 0
        groups[-1].append(name)
        total += size
    return groups


class quiet(warnings.catch_warnings):
    """Hide what PyTorch says of its own slow rules and old parts."""

    def __enter__(self) -> None:
        super().__enter__()
        warnings.simplefilter("ignore")
