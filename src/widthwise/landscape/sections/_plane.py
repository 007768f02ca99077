"""The regions into which a network of two inputs cuts the plane."""

from dataclasses import dataclass

import numpy as np

from widthwise.landscape.patterns import PiecewiseNetwork
from widthwise.landscape.sections._line import reach

__all__ = ["PlaneRegions", "plane_regions"]


@dataclass(frozen=True)
class PlaneRegions:
    """Regions of the inputs of a network of two inputs, on a grid around its points.

    Attributes
    ----------
    grid_x, grid_y
        The places, (g,) each.
    lines
        (a, b, c) of each line a x + b y + c = 0 at which a unit bends, (k, 3).
    region
        The number of the region at each place, (g, g), row by row of `grid_y`.
    active_units
        How many units have the larger slope there, (g, g).
    ranks
        Of the Jacobian at the points in the parameters of those units, one for each
        region: how many labels they can move independently.
    """

    grid_x: np.ndarray
    grid_y: np.ndarray
    lines: np.ndarray
    region: np.ndarray
    active_units: np.ndarray
    ranks: np.ndarray


def plane_regions(network: PiecewiseNetwork, grid: int = 121) -> PlaneRegions:
    """Return the regions of the plane around the network's points.

    A region is a set of inputs at which every unit uses one linear piece. Its rank is
    numerical, in float64.

    Parameters
    ----------
    network
        Of two inputs.
    grid
        Places along each axis; regions that none of them is in are not seen.

    Cost
    ----
    One singular value decomposition of n x d1 d a region.
    """
    x = network.data[:, :2]
    across, along = (np.linspace(*reach(x[:, k]), grid) for k in (0, 1))
    columns, rows = np.meshgrid(across, along)
    lifted = network.lifted(np.column_stack([columns.ravel(), rows.ravel()]))
    pattern = network.pattern(lifted)
    high = network.of.are_high(pattern)  # (d1, g²)
    patterns, first, labels = np.unique(
        pattern, axis=1, return_index=True, return_inverse=True
    )
    blocks = network.jacobian().reshape(len(x), network.width, -1)
    ranks = np.zeros(patterns.shape[1], dtype=np.int64)
    for region, place in enumerate(first):
        part = blocks[:, high[:, place], :].reshape(len(x), -1)
        ranks[region] = np.linalg.matrix_rank(part) if part.size else 0
    lines = [
        np.column_stack([network.weights[:, :2], network.offsets - edge])
        for edge in network.of.breakpoints
    ]
    return PlaneRegions(
        grid_x=across,
        grid_y=along,
        lines=np.vstack(lines),
        region=labels.reshape(grid, grid).astype(np.int64),
        active_units=high.sum(axis=0).reshape(grid, grid).astype(np.int64),
        ranks=ranks,
    )
