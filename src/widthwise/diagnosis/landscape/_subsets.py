"""P(full rank) over the number of rows and the width, for random subsets of rows."""

from collections.abc import Callable, Sequence

import numpy as np

from widthwise.arrays import Array
from widthwise.diagnosis.landscape._settings import LandscapeSettings
from widthwise.diagnosis.landscape._widths import probability_at
from widthwise.seeds import stream

__all__ = ["subset_map"]

_SHARES = (0.125, 0.25, 0.5, 0.75)
_SUBSETS = 5
_TRIALS = 25


def subset_map(
    points: Array,
    widths: Sequence[int],
    whole: Sequence[float],
    settings: LandscapeSettings,
    tell: Callable[[str], None],
) -> dict[str, np.ndarray]:
    """Return the arrays of the heat map; `whole` is the row of all points.

    The other rows of the map average five subsets, each with five networks at most. The
    widths are those of the table and, geometrically, narrower ones down to 1.
    """
    n = len(points)
    counts = sorted({max(2, round(share * n)) for share in _SHARES} - {n})
    narrow = {round(widths[0] * share) for share in (*_SHARES, 0.0)} - {0}
    extra = sorted({1, *narrow} - {each for each in narrow if each >= widths[0]})
    extra = [each for each in extra if each < widths[0]]
    each_trials = -(-min(_TRIALS, settings.trials) // _SUBSETS)
    rows = []
    for count in counts:
        tell(f"random subsets of {count} rows")
        cells = np.zeros(len(extra) + len(widths))
        for subset in range(_SUBSETS):
            generator = stream(settings.seed, f"diagnosis/landscape/{count}", subset)
            chosen = np.sort(generator.random(n).argsort()[:count])
            part = points[chosen]
            for place, width in enumerate([*extra, *widths]):
                found = probability_at(
                    part,
                    width,
                    settings,
                    trials=each_trials,
                    use=f"subset/{count}/{subset}",
                )
                cells[place] += found.estimate / _SUBSETS
        rows.append(cells)
    below = _narrower(points, extra, settings, each_trials * _SUBSETS)
    rows.append(np.array([*below, *whole]))
    return {
        "heat/points_counts": np.array([*counts, n]),
        "heat/widths": np.array([*extra, *widths]),
        "heat/probability": np.array(rows),
    }


def _narrower(
    points: Array, widths: Sequence[int], settings: LandscapeSettings, trials: int
) -> list[float]:
    return [
        probability_at(points, width, settings, trials=trials, use="narrower").estimate
        for width in widths
    ]
