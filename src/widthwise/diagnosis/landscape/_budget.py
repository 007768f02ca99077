"""How much time and memory the study of a landscape needs."""

from widthwise.diagnosis.landscape._settings import LandscapeSettings
from widthwise.diagnosis.study import LIBRARY_BYTES, Cost, Limits

__all__ = ["LIMITS", "landscape_cost"]

_RATE = 3e9
"""Nominal operations a second of the exact loops. A constant, not a measurement, so
that the same table and budget always give the same sample of rows."""

LIMITS = Limits(
    least_rows=20,
    saving="fewer networks (--trials) or narrower ones",
    narrower=", or ask for narrower networks",
)
_FIXED_SECONDS = 5.0
"""What the libraries and the figures take whatever the table."""
_DECIDED_EARLY = 0.2
"""Of what networks take whose rank is in doubt, what others took on six tables."""
_DRAWN_AT_ONCE = 25
_FOUND_WIDTHS = 14
_SEARCH_TRIALS = 300


def landscape_cost(rows: int, inputs: int, settings: LandscapeSettings) -> Cost:
    """Predict the cost: n³ operations a network, between a sure and a doubtful one."""
    n, d = rows, inputs + int(settings.biases)
    if settings.widths is None:
        widest, networks = 4 * -(-n // d), _FOUND_WIDTHS * settings.trials
        networks += _SEARCH_TRIALS
    else:
        widest, networks = settings.widths[-1], len(settings.widths) * settings.trials
    each = n * d * widest + n**2 * (widest / 64 + d) + n**3
    most = networks * each * (1.3 if settings.subsets else 1.0) / _RATE
    return Cost(
        rows=n,
        seconds=_FIXED_SECONDS + _DECIDED_EARLY * most,
        most=_FIXED_SECONDS + most,
        bytes=int(8 * _DRAWN_AT_ONCE * d * (n + widest) + 100 * n**2) + LIBRARY_BYTES,
    )
