"""The loss along a line through weight space, with its minima and its ranks."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from widthwise.features.two_layer import PointsLike, as_matrix
from widthwise.landscape.patterns import PiecewiseNetwork

__all__ = ["LossSection", "loss_section"]

_BEFORE, _AFTER = -0.5, 1.5
_GRID = 401
_MOST_EDGES, _LEAST_EDGES = 200, 20
_RANK_OPERATIONS = 2e9
_FLAT = 1e-12


@dataclass(frozen=True)
class LossSection:
    r"""The loss $\|f - y\|^2 / \|y\|^2$ along a line $w + t\,\delta$ of weights.

    Attributes
    ----------
    t, loss
        From -0.5 to 1.5, the minima among them; the loss there.
    edges
        The t at which some unit changes its piece at some point, at most 200 of them.
    edges_total
        How many there are.
    ranks
        Of the Jacobian, first before all edges, then just after each one in `edges`.
    minima
        The t of all local minima along the line, ascending.
    loss_at_start, loss_at_end, lowest
        At t = 0, at t = 1, and at the best of the minima.
    """

    t: np.ndarray
    loss: np.ndarray
    edges: np.ndarray
    edges_total: int
    ranks: np.ndarray
    minima: np.ndarray
    loss_at_start: float
    loss_at_end: float
    lowest: float


def loss_section(network: PiecewiseNetwork, targets: PointsLike) -> LossSection | None:
    """Return the loss from a network's weights to the best ones of its linear map.

    From the weights at t = 0 to the nearest point at t = 1 at which the linear map of
    their own region has its least loss. Between edges the loss is a parabola, so its
    minima are found exactly: vertices and kinks.

    Parameters
    ----------
    network
        With its points, n of them.
    targets
        y, shape (n,).

    Returns
    -------
    LossSection, or None where the targets are zero or their squares overflow.

    Cost
    ----
    One least squares problem of n x p, a numerical rank for each kept edge, and n d1
    operations for each edge.
    """
    y: np.ndarray = as_matrix(targets.reshape(-1, 1)).numpy(force=True)[:, 0]
    size = float(y @ y)
    if not 0.0 < size < np.inf:
        return None
    start = network.weights
    wanted = y - network.outputs(network.data)
    step = np.linalg.lstsq(network.jacobian(), wanted, rcond=None)[0]
    step = step.reshape(start.shape)

    def residual(t: float) -> np.ndarray:
        return np.asarray(network.outputs(network.data, start + t * step) - y)

    def loss(t: float) -> float:
        rest = residual(t)
        return float(rest @ rest) / size

    edges = _edges(network, step)
    ends = np.array([_BEFORE, *edges, _AFTER])
    minima = _minima(residual, ends, size)
    kept = edges[:: max(1, -(-len(edges) // _most_edges(len(y), start.size)))]
    ranks = [
        np.linalg.matrix_rank(network.jacobian(start + t * step))
        for t in _after(ends, kept)
    ]
    grid = np.union1d(np.linspace(_BEFORE, _AFTER, _GRID), minima)
    return LossSection(
        t=grid,
        loss=np.array([loss(t) for t in grid]),
        edges=kept,
        edges_total=len(edges),
        ranks=np.array(ranks, dtype=np.int64),
        minima=np.array(minima),
        loss_at_start=loss(0.0),
        loss_at_end=loss(1.0),
        lowest=min((loss(t) for t in minima), default=loss(1.0)),
    )


def _edges(network: PiecewiseNetwork, step: np.ndarray) -> np.ndarray:
    """Return the t at which some unit changes its piece at some point."""
    z = network.data @ network.weights.T
    speed = network.data @ step.T
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.concatenate(
            [((edge - z) / speed).ravel() for edge in network.of.breakpoints]
        )
    found = found[np.isfinite(found) & (found > _BEFORE) & (found < _AFTER)]
    return np.unique(found)


def _minima(
    residual: Callable[[float], np.ndarray], ends: np.ndarray, size: float
) -> list[float]:
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
