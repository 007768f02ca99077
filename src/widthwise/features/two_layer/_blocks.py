"""Blocks of features, streamed over the width in memory that is used again."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import torch

from widthwise.activations import Activation, Custom
from widthwise.arrays import Array, Float
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.laws import BLOCK, Law
from widthwise.numerics.linear_algebra import multiply_transposed

__all__ = [
    "MEMORY_BUDGET",
    "PIECE",
    "activate",
    "block_width",
    "feature_blocks",
    "require_values",
]

MEMORY_BUDGET = 2**26
"""Bytes for blocks of features unless the caller says otherwise (64 MiB)."""

_MOST_COLUMNS = 2048  # Measured: more does not raise the rate of the rank-k update.

PIECE = 2**15
"""Entries of which PyTorch runs an elementwise operation in the calling thread. Its own
threads would go on spinning afterwards and slow the next BLAS call by a tenth. The
temporaries of such a piece (256 KiB) also stay in a core's cache."""


def block_width(points_count: int, dimension: int, memory_budget: int) -> int:
    """Return how many units fit in the budget: one block and two sets of weights."""
    needed = 8 * (points_count + 2 * dimension)
    affordable = memory_budget // needed
    if affordable < 1:
        raise InvalidArgumentError(
            f"The memory budget is {memory_budget} bytes; the features of one unit at "
            f"{points_count} points take {needed}. Raise it, or take fewer points."
        )
    most = min(affordable, _MOST_COLUMNS)
    return most // BLOCK * BLOCK if most >= BLOCK else most


def feature_blocks(
    points: Float[Array, "n d"],
    act: Activation,
    law: Law,
    seed: int,
    stops: Sequence[int],
    columns: int,
) -> Iterator[tuple[int, int, Float[Array, "n b"]]]:
    """Yield (start, stop, features) up to the last of the ascending stops."""
    (n, d), device = points.shape, points.device
    widest = min(columns, stops[-1])
    memory = torch.empty(n * widest, dtype=torch.float64, device=device)
    with ThreadPoolExecutor(max_workers=torch.get_num_threads()) as pool:
        for start, stop in _ranges(stops, columns):
            weights = _weights(law, seed, d, start, stop, pool)
            block = memory[: n * (stop - start)].view(n, stop - start)
            multiply_transposed(points, weights.to(device), block)
            if device.type == "cpu":
                _activate(act, block.view(-1), pool)
            else:
                act.apply_(block)
            if isinstance(act, Custom):
                require_values(block, start, stop, act)
            yield start, stop, block


def require_values(block: Array, start: int, stop: int, act: Activation) -> None:
    """Refuse what a function of the user's returned, where it is no number."""
    if bool(block.sum().isfinite()) or bool(block.isfinite().all()):
        return
    row, unit = torch.nonzero(~block.isfinite())[0].tolist()
    raise DataError(
        f"The activation {act.name!r} returned {float(block[row, unit])} at unit "
        f"{start + unit}, in the block of units {start} to {stop - 1}. It must be "
        "finite at every w·x; mend the function, or bring the points to the sphere."
    )


def _ranges(stops: Sequence[int], columns: int) -> Iterator[tuple[int, int]]:
    start = 0
    for end in stops:
        while start < end:
            # Ending on the streams' own blocks, no weight is drawn twice.
            aligned = (start + columns) // BLOCK * BLOCK
            stop = min(aligned if aligned > start else start + columns, end)
            yield start, stop
            start = stop


def _weights(
    law: Law, seed: int, dimension: int, start: int, stop: int, pool: ThreadPoolExecutor
) -> Float[Array, "b d"]:
    """Draw the weights of units start..stop-1, one stream block a task."""
    edges = [start, *range((start // BLOCK + 1) * BLOCK, stop, BLOCK), stop]
    if len(edges) == 2:
        return law.weights(seed, dimension, start, stop)
    drawn = pool.map(
        lambda ends: law.weights(seed, dimension, *ends),
        pairwise(edges),
    )
    return torch.cat(list(drawn))


def _activate(act: Activation, flat: Array, pool: ThreadPoolExecutor) -> None:
    """Replace each z by σ(z), piece by piece, each thread a share of the pieces."""
    workers, total = torch.get_num_threads(), flat.shape[0]
    if workers == 1 or total <= 4 * PIECE:
        activate(act, flat)
        return
    size = -(-total // (workers * PIECE)) * PIECE
    shares = [flat[start : start + size] for start in range(0, total, size)]
    list(pool.map(lambda share: activate(act, share), shares))


def activate(act: Activation, flat: Array) -> None:
    """Replace each z by σ(z), piece by piece, in this thread."""
    for start in range(0, flat.shape[0], PIECE):
        act.apply_(flat[start : start + PIECE])
