"""The linear pieces of a network of one input."""

from dataclasses import dataclass

import numpy as np

from widthwise.landscape.patterns import PiecewiseNetwork

__all__ = ["LinePieces", "line_pieces", "reach"]

_MARGIN = 0.15


@dataclass(frozen=True)
class LinePieces:
    """Where a network of one input bends, around its points.

    Attributes
    ----------
    breakpoints
        Of all units, ascending, wherever they are.
    grid, outputs
        Even over the range, with the breakpoints inside it; f there.
    region_edges
        The ends of the range and the distinct breakpoints inside, (p + 1,).
    active_units
        In each of the p pieces, how many units have the larger slope.
    """

    breakpoints: np.ndarray
    grid: np.ndarray
    outputs: np.ndarray
    region_edges: np.ndarray
    active_units: np.ndarray


def line_pieces(network: PiecewiseNetwork, grid: int = 401) -> LinePieces:
    """Return the pieces of a network of one input over the range of its points.

    Parameters
    ----------
    network
        Of one input.
    grid
        How many even places f is taken at.
    """
    low, high = reach(network.data[:, 0])
    with np.errstate(divide="ignore", invalid="ignore"):
        kinks = np.concatenate(
            [
                (edge - network.offsets) / network.weights[:, 0]
                for edge in network.of.breakpoints
            ]
        )
    kinks = np.sort(kinks[np.isfinite(kinks)])
    inside = np.unique(kinks[(kinks > low) & (kinks < high)])
    edges = np.array([low, *inside, high])
    middles = network.lifted(((edges[:-1] + edges[1:]) / 2)[:, None])
    places = np.union1d(np.linspace(low, high, grid), inside)
    return LinePieces(
        breakpoints=kinks,
        grid=places,
        outputs=network.outputs(network.lifted(places[:, None])),
        region_edges=edges,
        active_units=network.of.are_high(network.pattern(middles)).sum(axis=0),
    )


def reach(x: np.ndarray) -> tuple[float, float]:
    """Return the range of the numbers with a margin; never empty."""
    low, high = float(x.min()), float(x.max())
    margin = _MARGIN * (high - low) or 1.0
    return low - margin, high + margin
