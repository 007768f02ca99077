"""What is drawn of one network: its pieces on a line, its regions in a plane."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from widthwise.arrays import Array
from widthwise.diagnosis.landscape._rows import high_slopes
from widthwise.diagnosis.landscape._settings import LandscapeSettings
from widthwise.landscape import INITIALIZATIONS
from widthwise.seeds import stream

__all__ = ["DrawnNetwork", "drawn_network", "line_picture", "plane_picture"]

_MARGIN = 0.15
_LINE_GRID = 401
_PLANE_GRID = 121
_PLANE_UNITS = 24


@dataclass(frozen=True)
class DrawnNetwork:
    r"""One random network, $f(x) = \sum_r v_r \sigma(w_r \cdot x + b_r)$.

    Attributes
    ----------
    data
        The points, lifted by a constant 1 where there are biases, (n, d).
    weights
        (d1, d), the bias last where there is one.
    outer
        v, entries ±1/√d1, (d1,).
    """

    data: np.ndarray
    weights: np.ndarray
    outer: np.ndarray
    settings: LandscapeSettings

    @property
    def width(self) -> int:
        """d1."""
        return len(self.outer)

    def lifted(self, points: np.ndarray) -> np.ndarray:
        """Append what the biases need."""
        if not self.settings.biases:
            return points
        return np.hstack([points, np.ones((len(points), 1))])

    def outputs(self, lifted: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Return f at lifted points for given weights."""
        of = self.settings.of
        z = lifted @ weights.T
        piece = np.searchsorted(np.array(of.breakpoints), z, side="right")
        values = np.array(of.slopes)[piece] * z + np.array(of.intercepts)[piece]
        return np.asarray(values @ self.outer)

    def jacobian(self, weights: np.ndarray) -> np.ndarray:
        """Return J in the inner weights (and biases) at the data, (n, d1 d)."""
        of = self.settings.of
        z = self.data @ weights.T
        piece = np.searchsorted(np.array(of.breakpoints), z, side="right")
        slopes = np.array(of.slopes)[piece] * self.outer
        found = slopes[:, :, None] * self.data[:, None, :]
        return np.asarray(found.reshape(len(self.data), -1))


def drawn_network(
    points: Array, width: int, settings: LandscapeSettings, use: str = "picture"
) -> DrawnNetwork:
    """Return a random network of this width, from a stream of its own for each use."""
    d0 = points.shape[1]
    d = d0 + int(settings.biases)
    generator = stream(settings.seed, f"diagnosis/landscape/{use}/{d}/{width}")
    weights = INITIALIZATIONS[settings.initialization](
        generator, (width, d), d0, settings.biases
    )
    signs = 2.0 * generator.integers(0, 2, width) - 1.0
    bare = DrawnNetwork(points.numpy(), weights, signs / np.sqrt(width), settings)
    return DrawnNetwork(bare.lifted(bare.data), weights, bare.outer, settings)


def line_picture(
    network: DrawnNetwork, targets: Array | None
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return the summary and the arrays of a network of one input."""
    x = network.data[:, 0]
    low, high = _reach(x)
    slopes = network.weights[:, 0]
    offsets = network.weights[:, 1] if network.settings.biases else 0.0 * slopes
    with np.errstate(divide="ignore", invalid="ignore"):
        kinks = np.concatenate(
            [(edge - offsets) / slopes for edge in network.settings.of.breakpoints]
        )
    kinks = np.sort(kinks[np.isfinite(kinks)])
    inside = np.unique(kinks[(kinks > low) & (kinks < high)])
    edges = np.array([low, *inside, high])
    middles = (edges[:-1] + edges[1:]) / 2
    active = high_slopes(
        network.lifted(middles[:, None]), network.weights, network.settings
    ).sum(axis=0)
    grid = np.union1d(np.linspace(low, high, _LINE_GRID), inside)
    arrays = {
        "line/x": x.copy(),
        "line/breakpoints": kinks,
        "line/grid": grid,
        "line/outputs": network.outputs(network.lifted(grid[:, None]), network.weights),
        "line/region_edges": edges,
        "line/active_units": active.astype(np.int64),
    }
    if targets is not None:
        arrays["line/y"] = targets.numpy().copy()
    summary = {
        "width": network.width,
        "pieces": len(middles),
        "breakpoints_inside": len(inside),
        "text": f"One random network of {network.width} units before training: "
        f"{len(middles)} linear pieces over the range of the data.",
    }
    return summary, arrays


def plane_picture(
    points: Array, width: int, settings: LandscapeSettings
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return the summary and the arrays of a network of two inputs.

    A region is a set of inputs at which every unit uses one linear piece. Its rank is
    that of the Jacobian at the data in the parameters of the units of the higher slope
    there, numerically in float64: how many labels those units can move independently.
    """
    network = drawn_network(points, min(width, _PLANE_UNITS), settings)
    x = points.numpy()
    across, along = (np.linspace(*_reach(x[:, k]), _PLANE_GRID) for k in (0, 1))
    columns, rows = np.meshgrid(across, along)
    lifted = network.lifted(np.column_stack([columns.ravel(), rows.ravel()]))
    high = high_slopes(lifted, network.weights, settings)  # (d1, g²)
    of = np.searchsorted(
        np.array(settings.of.breakpoints), network.weights @ lifted.T, side="right"
    )
    patterns, labels = np.unique(of, axis=1, return_inverse=True)
    labels = labels.reshape(-1)
    first = np.unique(labels, return_index=True)[1]
    blocks = network.jacobian(network.weights).reshape(len(x), network.width, -1)
    ranks = np.zeros(patterns.shape[1], dtype=np.int64)
    for region, place in enumerate(first):
        part = blocks[:, high[:, place], :].reshape(len(x), -1)
        ranks[region] = np.linalg.matrix_rank(part) if part.size else 0
    shape = (_PLANE_GRID, _PLANE_GRID)
    lines = [
        np.column_stack([network.weights[:, :2], _offsets(network) - edge])
        for edge in settings.of.breakpoints
    ]
    arrays = {
        "plane/x": x.copy(),
        "plane/lines": np.vstack(lines),
        "plane/grid_x": across,
        "plane/grid_y": along,
        "plane/region": labels.reshape(shape).astype(np.int64),
        "plane/active_units": high.sum(axis=0).reshape(shape).astype(np.int64),
        "plane/rank": ranks[labels].reshape(shape),
    }
    most, least = int(ranks.max()), int(ranks.min())
    summary = {
        "width": network.width,
        "regions": len(ranks),
        "least_rank": least,
        "largest_rank": most,
        "text": f"One random network of {network.width} units before training cuts "
        f"the plane around the data into {len(ranks)} regions (on a grid of "
        f"{_PLANE_GRID} by {_PLANE_GRID}). The rank is that of the Jacobian at the "
        f"{len(x)} rows in the parameters of the units active in the region: from "
        f"{least} to {most}.",
    }
    return summary, arrays


def _offsets(network: DrawnNetwork) -> np.ndarray:
    if network.settings.biases:
        return np.asarray(network.weights[:, 2])
    return np.zeros(network.width)


def _reach(x: np.ndarray) -> tuple[float, float]:
    """Return the range of the numbers with a margin; never empty."""
    low, high = float(x.min()), float(x.max())
    margin = _MARGIN * (high - low) or 1.0
    return low - margin, high + margin
