"""Whether distinct random regions of one data set hold global minima."""

from dataclasses import dataclass

import numpy as np

from widthwise.arguments import whole_number
from widthwise.errors import InvalidArgumentError, unknown_name
from widthwise.landscape.patterns import (
    activation_pattern,
    draw_points,
    draw_weights,
)
from widthwise.landscape.regions._closed_misfit import closed_misfit
from widthwise.landscape.regions._distinct_units import distinct_units
from widthwise.landscape.regions._minima_targets import TARGETS, alternating
from widthwise.landscape.regions._minimum import region_minimum
from widthwise.seeds import stream

__all__ = ["MinimaOfPatterns", "minima_of_patterns"]

_MOST = 100
"""Networks drawn for each distinct pattern that is asked for."""


@dataclass(frozen=True)
class MinimaOfPatterns:
    """What regions of one data set hold, pattern by pattern.

    Attributes
    ----------
    verdicts
        `RegionMinimum.kind` of the open region, proved.
    misfits
        A mean square that the closed region attains, from `closed_misfit`; 0 where
        the open region was proved to hold a global minimum.
    ranks
        Of the Jacobian, proved.
    dimensions
        Of the set of minima in the open region; None where there are none.
    drawn
        Networks drawn until so many patterns differed.

    Examples
    --------
    >>> import widthwise as ww
    >>> found = ww.landscape.minima_of_patterns(5, 2, 3, patterns=2)
    >>> len(found.verdicts), found.drawn >= 2
    (2, True)
    """

    verdicts: tuple[str, ...]
    misfits: tuple[float, ...]
    ranks: tuple[int, ...]
    dimensions: tuple[int | None, ...]
    drawn: int


def minima_of_patterns(
    n: int,
    d0: int,
    d1: int,
    patterns: int = 5,
    seed: int = 0,
    *,
    targets: str = "polynomial",
    data: str = "symmetric_cube",
    initialization: str = "he_uniform",
    draw: int = 0,
) -> MinimaOfPatterns:
    r"""Draw one data set and ask several distinct regions of it for a global minimum.

    The published way: points and targets are drawn once, then networks with biases
    until so many activation patterns differ, with outer weights $1, -1, 1, \dots$

    Parameters
    ----------
    n, d0, d1
        Points, input dimension, units.
    patterns
        Distinct patterns.
    seed, draw
        The draws are a function of them and of the sizes; `draw` counts data sets.
    targets
        A name in `TARGETS`; a teacher has d1 units.
    data, initialization
        Names in `DATA` and `INITIALIZATIONS`.

    Raises
    ------
    InvalidArgumentError
        If a number is outside its range, or 100 networks for each pattern bring too
        few distinct ones.
    UnknownNameError
        If a law has no such name.

    Source
    ------
    Karhadkar, Murray, Tseran and Montufar (2024), arXiv:2305.19510, Section 7, by the
    published settings.

    Cost
    ----
    That of `region_minimum` and `closed_misfit` for the distinct units of a pattern.

    Examples
    --------
    >>> import widthwise as ww
    >>> len(ww.landscape.minima_of_patterns(5, 2, 3, patterns=2).verdicts)
    2
    """
    n, d0, d1, patterns = (
        whole_number(value, what, least=1)
        for value, what in ((n, "n"), (d0, "d0"), (d1, "d1"), (patterns, "patterns"))
    )
    if targets not in TARGETS:
        raise unknown_name("law of the targets", str(targets), TARGETS)
    name = f"minima-of-patterns/{n}/{d0}/{d1}/{data}"
    points = draw_points(data, stream(seed, f"{name}/points", draw), 1, n, d0)[0]
    y = TARGETS[targets](stream(seed, f"{name}/{targets}", draw), points, d1)
    generator = stream(seed, f"{name}/{initialization}", draw)
    found: dict[bytes, np.ndarray] = {}
    drawn = 0
    while len(found) < patterns:
        if drawn == _MOST * patterns:
            raise InvalidArgumentError(
                f"{drawn} networks of {d1} units have {len(found)} distinct activation "
                f"patterns on {n} points, and {patterns} were asked for. Ask for fewer."
            )
        drawn += 1
        weights = draw_weights(initialization, generator, 1, d1, d0, True)[0]
        pattern = activation_pattern(points, weights[:, :-1], weights[:, -1]).numpy()
        found.setdefault(pattern.tobytes(), pattern)
    outer = alternating(d1)
    minima, misfits = [], []
    for pattern in found.values():
        kept = distinct_units(pattern, outer)
        region = (pattern[kept], points, y, outer[kept])
        minima.append(region_minimum(*region, biases=True))
        attained = minima[-1].kind == "global minimum" and not minima[-1].loss
        misfits.append(0.0 if attained else closed_misfit(*region, biases=True))
    return MinimaOfPatterns(
        verdicts=tuple(each.kind for each in minima),
        misfits=tuple(misfits),
        ranks=tuple(each.rank for each in minima),
        dimensions=tuple(
            None if each.point is None else d1 * (d0 + 1) - each.rank for each in minima
        ),
        drawn=drawn,
    )
