"""Units that stand for all of a rectifier layer in one region."""

from dataclasses import replace

import numpy as np

from widthwise.landscape.regions._region import Region

__all__ = ["distinct_region", "distinct_units"]


def distinct_region(region: Region) -> Region:
    """Keep the units that stand for all."""
    kept = distinct_units(region.pattern, region.outer)
    pattern = region.pattern[kept]
    return replace(region, outer=region.outer[kept]).moved_to(pattern)


def distinct_units(pattern: np.ndarray, outer: np.ndarray) -> np.ndarray:
    """Return one unit for each pattern with an active point and sign of v, in order.

    The weights of a region are a convex cone for each unit, open or closed, and cones
    of one pattern add up to that cone; the size of v scales it to itself. So the
    outputs that the region attains are those of these units. Silent units add nothing;
    the first one stays where all are silent.
    """
    marked = np.hstack([pattern.astype(bool), outer[:, None] > 0])
    _, first = np.unique(marked, axis=0, return_index=True)
    kept = np.sort(first[pattern[first].astype(bool).any(axis=1)])
    return kept if len(kept) else np.zeros(1, dtype=np.int64)
