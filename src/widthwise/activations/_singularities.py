"""Where a sampled function is not smooth, and how much so."""

import math
from collections.abc import Sequence

import numpy as np

from widthwise.activations._numerical import (
    Function,
    one_sided_derivatives,
    pieces,
    slope_is_unbounded,
)

__all__ = ["smoothness", "undeclared_kinks"]

_ORDERS = 6
_SEARCHED = (1.0, 8.0)


def smoothness(
    f: Function, breakpoints: Sequence[float], domain: tuple[float, float]
) -> float:
    """Return the order of the first derivative that jumps at a breakpoint.

    Orders 0 to 6 are looked at; inf means that no jump was found among them.
    An infinite slope at a breakpoint or at a finite end of the domain counts as 1.
    """
    least = math.inf
    inside = [point for point in breakpoints if domain[0] < point < domain[1]]
    for low, high in zip([domain[0], *inside], [*inside, domain[1]], strict=True):
        for point, side in ((low, 1), (high, -1)):
            if math.isfinite(point) and slope_is_unbounded(f, point, side):
                least = 1.0
    for point in inside:
        nearest = min(
            (abs(other - point) for other in [*inside, *domain] if other != point),
            default=1.0,
        )
        reach = min(0.5, nearest)
        left, left_error = one_sided_derivatives(f, point, point - reach, _ORDERS)
        right, right_error = one_sided_derivatives(f, point, point + reach, _ORDERS)
        size = np.maximum(np.abs(left), np.abs(right))
        jumps = np.abs(right - left) > left_error + right_error + 1e-9 * size
        orders = np.flatnonzero(jumps)
        if orders.size:
            least = min(least, float(orders[0]))
    return least


def undeclared_kinks(
    f: Function, breakpoints: Sequence[float], domain: tuple[float, float]
) -> list[float]:
    """Return where, on [-8, 8], f or its slope jumps within a piece; ascending.

    The largest second differences are followed to a length of 1e-6; there, a jump keeps
    its size and a smooth function's difference shrinks with the length. Slopes' jumps
    below 1e-7 of the largest value on [-8, 8] (and on [-1, 1]) pass for rounding.
    """
    found: list[float] = []
    for reach in _SEARCHED:
        low, high = max(domain[0], -reach), min(domain[1], reach)
        size = float(np.nanmax(np.abs(f(np.linspace(low, high, 501)))))
        for start, stop in pieces(low, high, breakpoints):
            margin = 1e-3 * min(1.0, stop - start)
            for point in _bends(f, start, stop):
                if not start + margin < point < stop - margin:
                    continue
                if any(abs(point - other) < 1e-5 for other in found):
                    continue
                if _jumps(f, point, size):
                    found.append(point)
    return sorted(found)


def _bends(f: Function, start: float, stop: float) -> list[float]:
    """Return the 64 places with the largest second differences on a piece."""
    x = np.linspace(start, stop, 4001)[1:-1]
    bend = np.abs(np.diff(f(x), 2))
    after, before = np.append(bend[1:], 0), np.append(0, bend[:-1])
    peaks = np.flatnonzero((bend >= after) & (bend >= before) & (bend > 0.0))
    strongest = peaks[np.argsort(bend[peaks])[::-1][:64]]
    return [_followed(f, x[peak], x[peak + 2]) for peak in strongest]


def _followed(f: Function, low: float, high: float) -> float:
    while high - low > 1e-6:
        x = np.linspace(low, high, 41)
        peak = int(np.argmax(np.abs(np.diff(f(x), 2))))
        low, high = float(x[max(peak - 1, 0)]), float(x[min(peak + 3, 40)])
    return (low + high) / 2


def _jumps(f: Function, point: float, size: float) -> bool:
    value, slope = [], []
    scale = 1e-3 * size
    for length in (1e-4, 1e-6):
        y = f(point + length * np.array([-3.0, -1.0, 1.0, 3.0]))
        value.append(abs(y[2] - y[1]))
        slope.append(abs((y[3] - y[2]) - (y[1] - y[0])) / (2 * length))
        scale = max(scale, float(np.abs(y).max()), abs(y[1] - y[0]) / length)
    value_jumps = value[1] > 0.3 * value[0] and value[1] > 1e-7 * scale
    slope_jumps = slope[1] > 0.3 * slope[0] and slope[1] > 1e-4 * scale
    return bool(value_jumps or slope_jumps)
