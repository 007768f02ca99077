"""Which steps of a training run are kept for its curve."""

import numpy as np

__all__ = ["MOST_KEPT", "kept_steps", "shown_steps"]

MOST_KEPT = 50_000
"""A curve of no more steps is kept whole."""

_LINEAR, _LOGARITHMIC = 61, 41


def kept_steps(last: int) -> list[int]:
    """Return all steps from 0 to `last`, or `MOST_KEPT` of them, evenly spaced."""
    return _whole(np.linspace(0, last, min(last + 1, MOST_KEPT)))


def shown_steps(last: int) -> list[int]:
    """Return about a hundred steps from 0 to `last`, dense at the start."""
    evenly = np.linspace(0, last, _LINEAR)
    return _whole(np.append(evenly, np.geomspace(1, max(last, 1), _LOGARITHMIC)))


def _whole(places: np.ndarray) -> list[int]:
    return [int(step) for step in np.unique(np.round(places))]
