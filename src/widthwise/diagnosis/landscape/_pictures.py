"""What is drawn: a network's pieces, regions and loss, and maps of subsets."""

from collections.abc import Callable, Sequence

import numpy as np

from widthwise.arrays import Array
from widthwise.diagnosis.landscape._record import (
    LossSlice,
    NetworkOnALine,
    RegionsOfThePlane,
)
from widthwise.diagnosis.landscape._settings import LandscapeSettings
from widthwise.landscape.patterns import PiecewiseNetwork
from widthwise.landscape.ranks import subset_map
from widthwise.landscape.sections import line_pieces, loss_section, plane_regions

__all__ = ["line_picture", "loss_slice", "plane_picture", "subset_arrays"]

_MOST_ENTRIES = 40_000

Arrays = dict[str, np.ndarray]


def line_picture(
    network: PiecewiseNetwork, targets: Array | None
) -> tuple[NetworkOnALine, Arrays]:
    """Return the summary and the arrays of a network of one input."""
    found = line_pieces(network)
    arrays = {
        "line/x": network.data[:, 0].copy(),
        "line/breakpoints": found.breakpoints,
        "line/grid": found.grid,
        "line/outputs": found.outputs,
        "line/region_edges": found.region_edges,
        "line/active_units": found.active_units,
    }
    if targets is not None:
        arrays["line/y"] = targets.numpy().copy()
    count = len(found.active_units)
    summary = NetworkOnALine(
        width=network.width,
        pieces=count,
        breakpoints_inside=count - 1,
        text=f"One random network of {network.width} units before training: "
        f"{count} linear pieces over the range of the data.",
    )
    return summary, arrays


def plane_picture(network: PiecewiseNetwork) -> tuple[RegionsOfThePlane, Arrays]:
    """Return the summary and the arrays of a network of two inputs."""
    found = plane_regions(network)
    points = network.data[:, :2]
    arrays = {
        "plane/x": points.copy(),
        "plane/lines": found.lines,
        "plane/grid_x": found.grid_x,
        "plane/grid_y": found.grid_y,
        "plane/region": found.region,
        "plane/active_units": found.active_units,
        "plane/rank": found.ranks[found.region],
    }
    most, least = int(found.ranks.max()), int(found.ranks.min())
    summary = RegionsOfThePlane(
        width=network.width,
        regions=len(found.ranks),
        least_rank=least,
        largest_rank=most,
        text=f"One random network of {network.width} units before training cuts "
        f"the plane around the data into {len(found.ranks)} regions (on a grid of "
        f"{len(found.grid_x)} by {len(found.grid_y)}). The rank is that of the "
        f"Jacobian at the {len(points)} rows in the parameters of the units active in "
        f"the region: from {least} to {most}.",
    )
    return summary, arrays


def loss_slice(
    network: PiecewiseNetwork, targets: Array
) -> tuple[LossSlice, Arrays] | None:
    """Return the summary and the arrays; None for zero labels or a large network."""
    if len(targets) * network.width > _MOST_ENTRIES:
        return None
    found = loss_section(network, targets)
    if found is None:
        return None
    arrays = {
        "slice/t": found.t,
        "slice/loss": found.loss,
        "slice/edges": found.edges,
        "slice/rank": found.ranks,
        "slice/minima": found.minima,
    }
    thinned = (
        f"; {len(found.edges)} of them are kept, the rank is that just after each"
        if len(found.edges) < found.edges_total
        else ""
    )
    minima = len(found.minima)
    summary = LossSlice(
        width=network.width,
        edges_total=found.edges_total,
        minima=minima,
        loss="‖f − y‖² / ‖y‖²",
        loss_at_start=found.loss_at_start,
        loss_at_end=found.loss_at_end,
        lowest=found.lowest,
        text=f"A network of {network.width} units, from random weights (t = 0) to "
        "where the linear map of their region has its least loss (t = 1). The pattern "
        f"changes {found.edges_total} times on the way{thinned}; there "
        f"{'is 1 minimum' if minima == 1 else f'are {minima} minima'} along the line.",
    )
    return summary, arrays


def subset_arrays(
    points: Array,
    widths: Sequence[int],
    whole: Sequence[float],
    settings: LandscapeSettings,
    tell: Callable[[str], None],
) -> dict[str, np.ndarray]:
    """Return the arrays of the heat map; `whole` is the row of all points."""
    found = subset_map(
        points,
        widths,
        whole,
        settings.trials,
        settings.seed,
        progress=lambda count: tell(f"random subsets of {count} rows"),
        **settings.networks,
    )
    return {
        "heat/points_counts": found.point_counts,
        "heat/widths": found.widths,
        "heat/probability": found.probabilities,
    }
