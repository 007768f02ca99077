"""At which widths random networks have a Jacobian of full rank."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from widthwise.activations import Activation
from widthwise.estimates import Threshold, threshold
from widthwise.features.two_layer import PointsLike, as_matrix
from widthwise.landscape.ranks._full_rank_at_points import full_rank_probability_at
from widthwise.landscape.ranks._full_rank_probability import FullRankProbability

__all__ = ["FullRankCurve", "find_widths", "necessary_width"]

_WIDEST_MORE = 256


@dataclass(frozen=True)
class FullRankCurve:
    """Probabilities of full rank at given points over the width.

    Attributes
    ----------
    widths
        d1, ascending.
    cells
        One estimate for each.
    """

    widths: tuple[int, ...]
    cells: tuple[FullRankProbability, ...]

    @property
    def error_probability(self) -> float:
        """A bound on the chance that any trial of any width is misjudged."""
        return min(1.0, sum(each.error_probability or 0.0 for each in self.cells))

    def threshold(self) -> Threshold | None:
        """Return where the probability crosses one half; None below two widths."""
        if len(self.widths) < 2:
            return None
        full = [each.full for each in self.cells]
        return threshold(self.widths, full, self.cells[0].trials)

    def enough(self, probability: float | int) -> int | None:
        """Return the least width whose interval is not below the probability."""
        pairs = zip(self.widths, self.cells, strict=True)
        return next((d1 for d1, each in pairs if each.lower >= probability), None)

    def widest_deficient(self, least: int, probability: float | int) -> int | None:
        """Return the widest width from `least` on with a deficient network.

        Of those where fewer than this share have full rank, if there are any.
        """
        pairs = zip(self.widths, self.cells, strict=True)
        found = {d1: each for d1, each in pairs if d1 >= least}
        deficient = [d1 for d1, each in found.items() if each.full < each.trials]
        short = [d1 for d1 in deficient if found[d1].estimate < probability]
        return max(short or deficient, default=None)


def necessary_width(points: PointsLike, biases: bool = True) -> int:
    """Return the least width with as many parameters as points.

    Parameters
    ----------
    points
        X, shape (n, d0).
    biases
        Whether the biases are parameters.
    """
    n, d0 = points.shape
    return -(-int(n) // (int(d0) + int(biases)))


def find_widths(
    points: PointsLike,
    trials: int = 20,
    seed: int = 0,
    *,
    initialization: str = "pytorch",
    biases: bool = True,
    act: Activation | None = None,
    between: int = 8,
    beyond: Sequence[float] = (1.25, 1.5, 2.0),
    reach: int = 64,
    progress: Callable[[int], None] | None = None,
) -> tuple[int, ...]:
    """Return widths around the one at which full rank sets in.

    With few networks for each, widths double from the necessary one until all of them
    have full rank, or the width is `reach` times the necessary one and some; then
    bisection finds the last width of none and the first of all.

    Parameters
    ----------
    points
        X, shape (n, d0).
    trials
        Networks drawn for each width looked at.
    seed, initialization, biases, act
        As in `full_rank_probability_at`.
    between
        Steps, geometric, between the last width of none and the first of all.
    beyond
        Multiples of the first width of all that are returned too.
    reach
        How many times the necessary width is looked at, plus 256.
    progress
        Called with each width before it is looked at.

    Returns
    -------
    Ascending, the necessary width among them.

    Cost
    ----
    About 2 log2(reach) times `full_rank_probability_at`.
    """
    data = as_matrix(points)
    counted: dict[int, int] = {}

    def full(width: int) -> int:
        if width not in counted:
            if progress is not None:
                progress(width)
            counted[width] = full_rank_probability_at(
                data,
                width,
                trials,
                seed,
                initialization=initialization,
                biases=biases,
                act=act,
            ).full
        return counted[width]

    least = necessary_width(data, biases)
    widest = reach * least + _WIDEST_MORE
    low, high = least - 1, least
    while full(high) < trials and high < widest:
        low, high = high, min(2 * high, widest)
    first = _bisect(least - 1, high, lambda width: full(width) > 0)
    last = _bisect(max(low, first - 1), high, lambda width: full(width) == trials)
    start = max(1, first - 1)
    inside = {
        round(start * (last / start) ** (k / between)) for k in range(between + 1)
    }
    after = {min(math.ceil(ratio * last), widest) for ratio in beyond}
    return tuple(sorted({start, least, last, *inside, *after}))


def _bisect(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """Return the first width at which it holds; at `high` it may be taken to hold."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
