"""How much memory and time the study of activations needs."""

import math

from widthwise.diagnosis.activations._left_out_widths import prediction_flops
from widthwise.diagnosis.activations._settings import Settings
from widthwise.diagnosis.study import LIBRARY_BYTES, Cost, Limits

__all__ = ["LIMITS", "cost_of", "empirical_trials"]

_RATE = 2e10
"""Nominal floating-point operations a second. A constant, not a measurement, so that
the same table and budget always give the same sample of rows."""

_EMPIRICAL_FLOPS = 1e11
_FEWEST_TRIALS = 20
_FOUND_EARLY, _FOUND_LATE = 0.2, 0.6
"""Of the most that a search for critical widths takes, what it took on ten tables."""
_OPENING_SECONDS, _FIXED_SECONDS = 2.5, 1.0
"""What the libraries take, and an activation whatever the table, on the same tables."""

_SQUARES = 17
"""Matrices of n x n held at once by the widths of one network, and by LAPACK."""
_READOUTS, _MORE_SQUARES = 95 * 2**20, 8
"""What leaving rows out takes: its compiled loops, and factors of the best layers."""
_COPIES = 2
"""Of the whole table, whose rows the rank verdict makes unit vectors."""
_UNITS = 5 * 512
"""Vectors of d weights held at once while a block of units is drawn."""

LIMITS = Limits(
    least_rows=50, saving="narrower networks, fewer trials or fewer activations"
)


def empirical_trials(
    rows: int, dimension: int, probability: float, reach: int | None = None
) -> int:
    """Return how many networks the quick empirical width draws.

    Enough for an upper confidence limit where that is cheap; fewer on larger tables,
    down to none, where the sweep over widths has to serve.

    Parameters
    ----------
    reach
        About how wide a network must be for full rank; by default as many units as
        rows.
    """
    wanted = math.ceil(math.log(0.025) / math.log(probability))
    flops = _critical_width_flops(rows, dimension, reach or rows)
    affordable = int(_EMPIRICAL_FLOPS / flops)
    return 0 if affordable < _FEWEST_TRIALS else min(wanted, affordable)


def cost_of(
    rows: int, total: int, dimension: int, settings: Settings, has_labels: bool
) -> Cost:
    """Predict the cost of a diagnosis of `rows` rows out of `total`."""
    n, widest = rows, max(settings.widths)
    sweep = settings.trials * (
        widest * (2 * n**2 + (4 * n + 100) * dimension)
        + 9 * len(settings.widths) * n**3
    )
    training = min(settings.trials, 5) * (
        2 * settings.training_width * n**2 + 25 * n**3
    )
    draws = empirical_trials(n, dimension, settings.probability)
    empirical = draws * _critical_width_flops(n, dimension, n)
    flops: float = sweep + training + 15 * n**3
    if has_labels:
        flops += prediction_flops(n, widest, settings.trials)
    most = flops + _FOUND_LATE * max(empirical, _EMPIRICAL_FLOPS)
    examined = len(settings.activations)

    def seconds(operations: float) -> float:
        return _OPENING_SECONDS + examined * (_FIXED_SECONDS + operations / _RATE)

    return Cost(
        rows=n,
        seconds=seconds(flops + _FOUND_EARLY * empirical),
        most=seconds(most),
        bytes=LIBRARY_BYTES
        + _READOUTS * has_labels
        + 8
        * (
            (_SQUARES + _MORE_SQUARES * has_labels) * n**2
            + (_COPIES * total + _UNITS) * dimension
        ),
    )


def _critical_width_flops(rows: int, dimension: int, reach: int) -> float:
    """Predict the cost of one network's critical width.

    Some fifteen factorizations, and from two to ten passes over its units.
    """
    passes = 2 + 4 * math.log2(max(1.0, reach / rows))
    unit = 2 * rows**2 + 20 * rows * dimension + 150 * dimension
    return 90 * rows**3 + 1e8 + passes * reach * unit
