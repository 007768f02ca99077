"""How often the region of random initial weights holds a global minimum."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from widthwise.activations import Activation
from widthwise.arguments import probability, whole_number
from widthwise.errors import unknown_name
from widthwise.estimates import share
from widthwise.landscape.patterns import (
    activation_pattern,
    draw_points,
    draw_weights,
)
from widthwise.landscape.regions._minima_targets import TARGETS, alternating
from widthwise.landscape.regions._minimum import RegionMinimum, region_minimum
from widthwise.seeds import stream

__all__ = [
    "GlobalMinimumProbability",
    "global_minimum_probability",
    "minima_summary",
]


@dataclass(frozen=True)
class GlobalMinimumProbability:
    """An estimated probability with its interval.

    Attributes
    ----------
    estimate
        The fraction of the trials with a global minimum in the region.
    lower, upper
        Clopper and Pearson's limits; an undecided trial counts as a failure in the
        lower and as a success in the upper one.
    confidence, trials
        Of the interval; networks drawn.
    kinds
        How many trials had each `RegionMinimum.kind`.
    full_rank
        How many had a Jacobian of rank n.
    verdicts
        The `RegionMinimum.kind` of each trial, in order.
    dimensions
        Of each trial's set of minima inside the region; None where there are none.

    Examples
    --------
    >>> import widthwise as ww
    >>> found = ww.landscape.global_minimum_probability(4, 2, 20, trials=5)
    >>> found.trials, sum(found.kinds.values())
    (5, 5)
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    trials: int
    kinds: dict[str, int]
    full_rank: int
    verdicts: tuple[str, ...] = field(repr=False)
    dimensions: tuple[int | None, ...] = field(repr=False)

    def __float__(self) -> float:
        """Return the estimate."""
        return self.estimate


def global_minimum_probability(
    n: int,
    d0: int,
    d1: int,
    trials: int = 100,
    seed: int = 0,
    *,
    targets: str = "polynomial",
    data: str = "symmetric_cube",
    initialization: str = "he_uniform",
    biases: bool = True,
    teacher_width: int | None = None,
    act: Activation | None = None,
    confidence: float | int = 0.95,
    first: int = 0,
) -> GlobalMinimumProbability:
    r"""Estimate how often the region of the initial weights holds a global minimum.

    Each trial draws n points, their targets and d1 units with outer weights $1, -1, 1,
    \dots$, and asks `region_minimum`; every counted answer is proved.

    Parameters
    ----------
    n, d0, d1
        Points, input dimension, units.
    trials
        Networks drawn, each on data of its own.
    seed
        The draws are a function of it and of the sizes; more trials extend fewer.
    targets
        "polynomial" (one of degree 2, coefficients uniform on [-1, 1], at each
        coordinate, summed), "quadratic" (with cross terms), "teacher" (a rectifier
        network of `teacher_width` units, whatever `act`), "uniform" (on [-1, 1]).
    data, initialization
        Names in `DATA` and `INITIALIZATIONS`.
    biases
        Whether units have biases, and these are parameters.
    teacher_width
        For "teacher"; None means d1.
    act
        A continuous piecewise-linear activation; None means the rectifier.
    confidence
        Of the interval.
    first
        How many trials are left out before the first: the pieces of a long run, each
        with its own `first`, are together the run.

    Returns
    -------
    GlobalMinimumProbability

    Raises
    ------
    InvalidArgumentError
        If a number is outside its range.
    UnknownNameError
        If a law has no such name.

    Source
    ------
    Karhadkar, Murray, Tseran and Montufar (2024), arXiv:2305.19510, Section 7: whether
    a region's least squares problem reaches zero; here decided exactly.

    Cost
    ----
    That of `region_minimum` a trial: 0.1 s at n = 30, d0 = 4, d1 = 60; 0.3 s at n =
    100, d0 = 1, d1 = 1000.

    Examples
    --------
    >>> import widthwise as ww
    >>> found = ww.landscape.global_minimum_probability(4, 2, 20, trials=5)
    >>> found.lower <= found.estimate <= found.upper
    True
    """
    teacher_width = d1 if teacher_width is None else teacher_width
    n, d0, d1, trials, teacher_width = (
        whole_number(value, what, least=1)
        for value, what in (
            (n, "n"),
            (d0, "d0"),
            (d1, "d1"),
            (trials, "trials"),
            (teacher_width, "teacher_width"),
        )
    )
    first = whole_number(first, "first")
    if targets not in TARGETS:
        raise unknown_name("law of the targets", str(targets), TARGETS)
    probability(confidence, "The confidence")  # Refused before the work.
    name = f"global-minimum/{n}/{d0}/{d1}/{data}/{initialization}/{int(biases)}"
    found = []
    for trial in range(first, first + trials):
        generator = stream(seed, name, trial)
        points = draw_points(data, generator, 1, n, d0)[0]
        drawn = draw_weights(initialization, generator, 1, d1, d0, biases)[0]
        inner, shift = (drawn[:, :-1], drawn[:, -1]) if biases else (drawn, None)
        y = TARGETS[targets](
            stream(seed, f"{name}/{targets}/{teacher_width}", trial),
            points,
            teacher_width,
        )
        found.append(
            region_minimum(
                activation_pattern(points, inner, shift, act=act),
                points,
                np.asarray(y),
                alternating(d1),
                biases=biases,
                act=act,
            )
        )
    return minima_summary(found, confidence)


def minima_summary(
    found: Sequence[RegionMinimum], confidence: float | int
) -> GlobalMinimumProbability:
    """Return the estimate that the minima of one region after another make."""
    trials = len(found)
    kinds = Counter(each.kind for each in found)
    hits, undecided = kinds["global minimum"], kinds["undecided"]
    # What was not decided may be either, so it widens the interval both ways.
    low = share(hits, trials, confidence)
    high = share(hits + undecided, trials, confidence)
    return GlobalMinimumProbability(
        estimate=low.value,
        lower=low.low,
        upper=high.high,
        confidence=float(confidence),
        trials=trials,
        kinds=dict(sorted(kinds.items())),
        full_rank=sum(each.every_critical_point_is_global for each in found),
        verdicts=tuple(each.kind for each in found),
        dimensions=tuple(each.dimension for each in found),
    )
