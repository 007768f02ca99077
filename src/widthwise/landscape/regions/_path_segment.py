"""The loss along a straight segment of weights, with its exact pieces."""

from dataclasses import dataclass

import numpy as np

from widthwise.landscape.regions._region import Region

__all__ = ["SegmentLoss", "segment_loss"]


@dataclass(frozen=True, eq=False)
class SegmentLoss:
    r"""The largest loss on a segment.

    Attributes
    ----------
    maximum, place
        The largest loss and its s in [0, 1].
    crossings
        Where the segment leaves a region, ascending, without the ends.
    """

    maximum: float
    place: float
    crossings: np.ndarray


def segment_loss(region: Region, start: np.ndarray, end: np.ndarray) -> SegmentLoss:
    r"""Return the maximum of the loss on the segment from start to end.

    Pre-activations are linear in s. Between two crossings of breakpoints the outputs
    are linear and the loss is a convex parabola, so its maximum is at the end of a
    piece: no sampling is involved.

    Parameters
    ----------
    region
        Any region of the network, for its data.
    start, end
        Shape (d1, d).
    """
    of, x = region.of, region.points
    first, last = start @ x.T, end @ x.T
    moves = last - first
    places = [np.array([0.0, 1.0])]
    for edge in of.breakpoints:
        with np.errstate(divide="ignore", invalid="ignore"):
            s = (edge - first) / moves
        places.append(s[(s > 0) & (s < 1)])
    nodes = np.unique(np.concatenate(places))
    losses = np.empty(len(nodes))
    for k, s in enumerate(nodes.tolist()):
        outputs = region.outer @ of.activated((1 - s) * first + s * last)
        losses[k] = np.sum((outputs - region.targets) ** 2) / 2
    top = int(np.argmax(losses))
    return SegmentLoss(float(losses[top]), float(nodes[top]), nodes[1:-1])
