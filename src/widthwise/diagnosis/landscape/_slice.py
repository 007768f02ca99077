"""The loss along a line through weight space, with its minima and its ranks."""

from typing import Any

import numpy as np

from widthwise.arrays import Array
from widthwise.diagnosis.landscape._pictures import DrawnNetwork

__all__ = ["loss_slice"]

_BEFORE, _AFTER = -0.5, 1.5
_GRID = 401
_MOST_EDGES, _LEAST_EDGES = 200, 20
_MOST_ENTRIES = 40_000
_RANK_OPERATIONS = 2e9
_FLAT = 1e-12


def loss_slice(
    network: DrawnNetwork, targets: Array
) -> tuple[dict[str, Any], dict[str, np.ndarray]] | None:
    """Return the summary and the arrays; None for zero labels or a large network.

    From the drawn weights at t = 0 to the nearest point at t = 1 at which the linear
    map of the drawn weights' own region has its least loss. The loss is
    ‖f - y‖² / ‖y‖². Between edges, where no unit changes its piece at a data point, it
    is a parabola, so its minima are found exactly: vertices and kinks.
    """
    y = targets.numpy()
    size = float(y @ y)
    start = network.weights
    if not 0.0 < size < np.inf or len(y) * len(start) > _MOST_ENTRIES:
        return None
    wanted = y - network.outputs(network.data, start)
    step = np.linalg.lstsq(network.jacobian(start), wanted, rcond=None)[0]
    step = step.reshape(start.shape)

    def residual(t: float) -> np.ndarray:
        return np.asarray(network.outputs(network.data, start + t * step) - y)

    def loss(t: float) -> float:
        rest = residual(t)
        return float(rest @ rest) / size

    edges = _edges(network, step)
    minima = _minima(residual, np.array([_BEFORE, *edges, _AFTER]), size)
    kept = edges[:: max(1, -(-len(edges) // _most_edges(len(y), start.size)))]
    ends = np.array([_BEFORE, *edges, _AFTER])
    ranks = [_rank(network, start + t * step) for t in _after(ends, kept)]
    grid = np.union1d(np.linspace(_BEFORE, _AFTER, _GRID), minima)
    lowest = min((loss(t) for t in minima), default=loss(1.0))
    arrays = {
        "slice/t": grid,
        "slice/loss": np.array([loss(t) for t in grid]),
        "slice/edges": kept,
        "slice/rank": np.array(ranks, dtype=np.int64),
        "slice/minima": np.array(minima),
    }
    thinned = (
        f"; {len(kept)} of them are kept, the rank is that just after each"
        if len(kept) < len(edges)
        else ""
    )
    summary = {
        "width": network.width,
        "edges_total": len(edges),
        "minima": len(minima),
        "loss": "‖f − y‖² / ‖y‖²",
        "loss_at_start": loss(0.0),
        "loss_at_end": loss(1.0),
        "lowest": lowest,
        "text": f"A network of {network.width} units, from random weights (t = 0) to "
        "where the linear map of their region has its least loss (t = 1). The pattern "
        f"changes {len(edges)} times on the way{thinned}; there "
        f"{'is 1 minimum' if len(minima) == 1 else f'are {len(minima)} minima'} along "
        "the line.",
    }
    return summary, arrays


def _edges(network: DrawnNetwork, step: np.ndarray) -> np.ndarray:
    """Return the t at which some unit changes its piece at some point."""
    z = network.data @ network.weights.T
    speed = network.data @ step.T
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.concatenate(
            [((edge - z) / speed).ravel() for edge in network.settings.of.breakpoints]
        )
    found = found[np.isfinite(found) & (found > _BEFORE) & (found < _AFTER)]
    return np.unique(found)


def _minima(residual: Any, ends: np.ndarray, size: float) -> list[float]:
    """Return the local minima of a function that is a parabola between the ends."""
    at_ends = np.array([residual(t) for t in ends])  # (e + 2, n)
    lengths = np.diff(ends)
    slopes = np.diff(at_ends, axis=0) / lengths[:, None]
    squares = np.einsum("ij,ij->i", slopes, slopes)
    begins = np.einsum("ij,ij->i", at_ends[:-1], slopes)  # half the derivative
    finishes = np.einsum("ij,ij->i", at_ends[1:], slopes)
    flat = _FLAT * size
    found = []
    for k in range(len(lengths)):
        if squares[k] > 0 and begins[k] < -flat and finishes[k] > flat:
            found.append(float(ends[k] - begins[k] / squares[k]))
        if k and finishes[k - 1] < -flat and begins[k] > flat:
            found.append(float(ends[k]))
    return sorted(found)


def _most_edges(n: int, parameters: int) -> int:
    """Return how many ranks of n x p Jacobians are affordable."""
    affordable = int(_RANK_OPERATIONS / (n * n * parameters))
    return min(_MOST_EDGES, max(_LEAST_EDGES, affordable))


def _after(ends: np.ndarray, kept: np.ndarray) -> list[float]:
    """Return a t inside the piece that follows the start and each kept edge."""
    places = [0, *(int(np.searchsorted(ends, t)) for t in kept)]
    return [float((ends[k] + ends[k + 1]) / 2) for k in places]


def _rank(network: DrawnNetwork, weights: np.ndarray) -> int:
    return int(np.linalg.matrix_rank(network.jacobian(weights)))
