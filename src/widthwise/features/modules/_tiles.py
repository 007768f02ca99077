"""How a module's kernel is cut up so that it stays within its memory."""

from dataclasses import dataclass

import torch

from widthwise.arrays import Array
from widthwise.errors import MemoryBudgetError
from widthwise.features.modules._gradients import Gradients, Route, grouped
from widthwise.features.modules._gram import least_buffer
from widthwise.features.modules._prepared import PreparedModule

__all__ = ["Tiling", "graph_bytes", "tiling"]

_MOST_BUFFER = 2**28  # Measured: wider slices of gradients do not raise the rate.
_PASS = 2**26  # The same for a batched pass: its temporaries stay in reach.
_MOST_CHUNK = 2**27  # The same for what vmap holds at a time.


@dataclass(frozen=True)
class Tiling:
    """What is computed at a time.

    Attributes
    ----------
    points
        Points in a tile.
    directions
        Outputs in a pass.
    groups
        Parameters of a pass, by name.
    buffer
        Bytes for formed gradients.
    """

    points: int
    directions: int
    groups: tuple[tuple[str, ...], ...]
    buffer: int


def tiling(
    route: Route, inputs: Array, memory: int, *, points: int, full: bool
) -> Tiling:
    """Choose the largest tiles that fit in `memory` bytes, and set the route's chunk.

    `points` is the most in a tile, `full` keeps all outputs in one pass.
    """
    given, memory = (
        memory,
        memory - memory // 4,
    )  # Allocators keep some of what is freed.
    model = route.model
    names = tuple(model.parameters)
    shapes = {name: each.shape for name, each in model.parameters.items()}
    outputs_count = model.outputs_count
    probe = inputs[:2]
    graph = graph_bytes(model, probe) // len(probe)
    direction = torch.zeros(1, outputs_count, dtype=torch.float64, device=probe.device)
    direction[0, 0] = 1.0
    # Learns which parameters the record of calls leaves out.
    seen = route.checked_gradients(probe, direction, names)
    # Whole gradients are kept of the others; only these may need several passes.
    sizes = {name: model.parameters[name].nbytes for name in sorted(route.uncovered)}
    groups = grouped(sizes, memory // 16)
    covered = [name for name in names if name not in route.uncovered]
    if len(groups) <= 1:
        groups = [list(names)]
    elif covered:
        groups.insert(0, covered)

    costs = [
        _Cost.of({name: seen[name] for name in group if name in seen}, shapes, probe)
        for group in groups
    ]

    def one_pass(directions: int) -> int:
        return 2 * graph + 2 * directions * route.slope_bytes + 1

    def rows(directions: int) -> int:
        return max(min(_PASS, memory // 8) // one_pass(directions), 1)

    def needed(samples: int, directions: int) -> int:
        tiles = 1 if samples >= points else 2
        block = 24 * samples**2 * (outputs_count**2 if full else 1)
        most = 0
        for cost in costs:
            each = directions * cost.each
            kept = samples * (cost.fixed + each)
            # A pass; then its parts are joined; then slices of rows are formed.
            work = max(
                rows(directions) * one_pass(directions),
                kept if samples > rows(directions) else 0,
                4 * samples * directions * cost.row,
            )
            most = max(most, tiles * kept + work)
        return most + block

    # Forward passes are repeated for each set of directions, all passes for each pair
    # of tiles; the cheapest cut that fits.
    cuts = sorted(
        (
            (1.0 if tiles == 1 else (tiles + 1) / 2) * (sets + outputs_count),
            -(-points // tiles),
            -(-outputs_count // sets),
        )
        for tiles in _powers_of_two(points)
        for sets in ([1] if full else _powers_of_two(outputs_count))
    )
    for _, samples, directions in cuts:
        if needed(samples, directions) <= memory:
            break
    else:
        raise MemoryBudgetError(
            f"The memory is {given} bytes and the tangent kernel of this model "
            f"takes at least {needed(1, directions) * 4 // 3}. Raise `memory`, or "
            "freeze the largest parameters."
        )
    route.rows = rows(directions)
    rest = memory - needed(samples, directions)
    route.chunk = max(
        min(rest // 2, _MOST_CHUNK) // max((2 + directions) * graph, 1), 1
    )
    least = needed(samples, directions) // 4
    buffer = min(max(rest // 2, least), _MOST_BUFFER)
    return Tiling(samples, directions, tuple(tuple(each) for each in groups), buffer)


def _powers_of_two(limit: int) -> list[int]:
    """Return 1, 2, 4, ... up to the first that is not below the limit."""
    return [2**power for power in range((limit - 1).bit_length() + 1)]


@dataclass(frozen=True)
class _Cost:
    """Bytes for a sample: kept once, for each direction, and for a slice of rows."""

    fixed: int
    each: int
    row: int

    @classmethod
    def of(
        cls, gradients: Gradients, shapes: dict[str, torch.Size], probe: Array
    ) -> "_Cost":
        fixed, each = (
            sum(use.nbytes[at] for uses in gradients.values() for use in uses)
            // len(probe)
            for at in (0, 1)
        )
        return cls(fixed, each, least_buffer(gradients, shapes, 1))


def graph_bytes(model: PreparedModule, inputs: Array) -> int:
    """Return the bytes that differentiating the outputs keeps, parameters apart."""
    owned = {each.untyped_storage().data_ptr() for each in model.model.parameters()}
    kept: dict[int, int] = {}

    def count(tensor: Array) -> Array:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in owned:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    # A slice of the points would count with the memory of all of them.
    alone = inputs.clone()
    with torch.autograd.graph.saved_tensors_hooks(count, lambda kept: kept):
        outputs = model.outputs(alone)
    del outputs
    return sum(kept.values())
