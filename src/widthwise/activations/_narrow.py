"""Where a sampled function bends on a small scale, so that a coarse grid misses it."""

from collections.abc import Sequence

import numpy as np

from widthwise.activations._numerical import (
    Function,
    numerical_derivative,
    reliable_slopes,
)

__all__ = ["narrow_places", "slopes_by_differences"]

_INTERVALS = 1 << 16
_BENDS = 1e-8
"""A distance from the cubic, relative to the largest value, that no wide bend has."""
_MOST_PLACES = 32
_WINDOW = 0.2
"""The length of the windows of `numerical_derivative`."""


def narrow_places(
    f: Function, breakpoints: Sequence[float], domain: tuple[float, float]
) -> tuple[tuple[float, float], ...]:
    """Return intervals of [-8, 8] that hold what bends on a scale below 1e-2.

    Values on grids of 65,536 intervals, of [-1, 1] and of [-8, 8], are compared with
    the cubic through their neighbours; the grids are shaken, so that no period of f
    hides from them. Intervals that meet are one; the 32 that bend most are kept.
    """
    found: list[tuple[float, float, float]] = []
    for reach in (1.0, 8.0):
        low, high = max(domain[0], -reach), min(domain[1], reach)
        step = (high - low) / _INTERVALS
        shake = np.random.default_rng(0).uniform(-0.01, 0.01, _INTERVALS - 1)
        x = low + step * (np.arange(1, _INTERVALS) + shake)
        with np.errstate(all="ignore"):
            y = f(x)
        size = float(np.abs(y[np.isfinite(y)]).max(initial=0.0))
        bend = np.abs(_beside_the_cubic(x / step, y))
        centre = x[2:-2]
        for point in breakpoints:
            bend[np.abs(centre - point) < 4 * step] = 0.0
        places = np.flatnonzero(bend > _BENDS * size)
        for run in np.split(places, np.flatnonzero(np.diff(places) > 8) + 1):
            if run.size:
                start = float(centre[run[0]] - 4 * step)
                stop = float(centre[run[-1]] + 4 * step)
                found.append((float(bend[run].max()), start, stop))
    found.sort(reverse=True)
    return tuple(
        (max(low, domain[0]), min(high, domain[1]))
        for _, low, high in found[:_MOST_PLACES]
    )


def slopes_by_differences(
    f: Function,
    z: np.ndarray,
    kinks: Sequence[float],
    interval: tuple[float, float],
    narrow: Sequence[tuple[float, float]],
) -> np.ndarray:
    """Differentiate on long windows, and on shorter ones near what is narrow."""
    slopes = np.asarray(numerical_derivative(f, z, kinks, interval))
    near = np.zeros(z.shape, dtype=bool)
    for low, high in narrow:
        near |= (z > low - _WINDOW) & (z < high + _WINDOW)
    if near.any():
        slopes[near] = reliable_slopes(f, z[near], kinks, interval)[0]
    return slopes


def _beside_the_cubic(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return each value's distance from the cubic through the two on each side."""
    here = x[2:-2]
    others = [x[:-4] - here, x[1:-3] - here, x[3:-1] - here, x[4:] - here]
    values = [y[:-4], y[1:-3], y[3:-1], y[4:]]
    guess = np.zeros_like(here)
    for i, (at, value) in enumerate(zip(others, values, strict=True)):
        weight = np.ones_like(here)
        for j, other in enumerate(others):
            if j != i:
                weight *= other / (other - at)
        guess += weight * value
    return np.asarray(np.nan_to_num(y[2:-2] - guess))
