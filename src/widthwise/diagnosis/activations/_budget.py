"""How much memory and time the study of activations needs."""

import math

from widthwise.diagnosis.activations._settings import Settings
from widthwise.diagnosis.study import BLOCK_BYTES, Cost, Limits

__all__ = ["LIMITS", "cost_of", "empirical_trials"]

_RATE = 2e10
"""Nominal floating-point operations a second. A constant, not a measurement, so that
the same table and budget always give the same sample of rows."""

_EMPIRICAL_FLOPS = 1e11
_FEWEST_TRIALS = 20

LIMITS = Limits(
    least_rows=50, saving="narrower networks, fewer trials or fewer activations"
)


def empirical_trials(rows: int, probability: float) -> int:
    """Return how many networks the quick empirical width draws.

    Enough for an upper confidence limit where that is cheap; fewer on larger tables,
    down to none, where the sweep over widths has to serve.
    """
    wanted = math.ceil(math.log(0.025) / math.log(probability))
    affordable = int(_EMPIRICAL_FLOPS / _critical_width_flops(rows))
    return 0 if affordable < _FEWEST_TRIALS else min(wanted, affordable)


def cost_of(rows: int, dimension: int, settings: Settings) -> Cost:
    """Predict the cost of a diagnosis of `rows` rows."""
    n, widest = rows, max(settings.widths)
    sweep = settings.trials * (
        2 * widest * n**2
        + 20 * n * widest * dimension
        + 5 * len(settings.widths) * n**3
    )
    training = min(settings.trials, 5) * (
        2 * settings.training_width * n**2 + 25 * n**3
    )
    empirical = empirical_trials(n, settings.probability) * _critical_width_flops(n)
    flops = len(settings.activations) * (sweep + training + empirical + 15 * n**3)
    return Cost(
        rows=n,
        seconds=len(settings.activations) * 0.5 + flops / _RATE,
        bytes=10 * 8 * n**2 + 8 * n * dimension * 3 + BLOCK_BYTES,
    )


def _critical_width_flops(rows: int) -> float:
    """Predict the cost of one network's critical width: some fifteen factorizations."""
    return 90 * rows**3 + 1e8
