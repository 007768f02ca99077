"""What can be found out about a function of one variable by sampling it."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import torch
from numpy.polynomial import chebyshev

from widthwise.arrays import Array

__all__ = [
    "largest_magnitude",
    "largest_on_unit_interval",
    "linear_growth",
    "lipschitz_supremum",
    "numerical_derivative",
    "pieces",
    "reliable_slopes",
    "slope_is_unbounded",
]

Function = Callable[[np.ndarray], np.ndarray]

_INTERVALS = 2000
_ROUNDS = 9
_TOLERANCE = 1e-11
_CHUNK = 1 << 15
_PEAKS = 64
_MOST_OPEN = 1 << 15


def pieces(
    low: float, high: float, breakpoints: Sequence[float]
) -> list[tuple[float, float]]:
    """Split [low, high] at the breakpoints inside it."""
    inside = [point for point in breakpoints if low < point < high]
    ends = [low, *inside, high]
    return list(pairwise(ends))


def numerical_derivative(
    f: Function,
    z: np.ndarray,
    breakpoints: Sequence[float],
    domain: tuple[float, float],
    nodes: int = 12,
    reach: float = 0.1,
) -> np.ndarray:
    r"""Differentiate the Chebyshev interpolant on a window around each z.

    The window has half-length `reach` (more beyond $|z| = 10^5$) and is shifted to stay
    within one piece, so that no difference is taken across a breakpoint; at a
    breakpoint it lies to the right. For f analytic within 1/2 of the window the
    error is a few times 1e-12 max |f|.

    Cost: `nodes` evaluations for each z.
    """
    flat = np.asarray(z, dtype=np.float64).reshape(-1)
    inside = [point for point in breakpoints if domain[0] < point < domain[1]]
    ends = np.array([domain[0], *inside, domain[1]])
    angles = (np.arange(nodes) + 0.5) * math.pi / nodes
    to_coefficients = 2 / nodes * np.cos(np.outer(angles, np.arange(nodes)))
    slopes = np.empty_like(flat)
    for start in range(0, flat.size, _CHUNK):
        x = flat[start : start + _CHUNK]
        piece = np.searchsorted(inside, x, side="right")
        low, high = ends[piece], ends[piece + 1]
        half = np.minimum(np.maximum(reach, 1e-6 * np.abs(x)), (high - low) / 2)
        centre = np.clip(x, low + half, high - half)
        values = f((centre[:, None] + half[:, None] * np.cos(angles)).reshape(-1))
        values = values.reshape(-1, nodes)
        # Of a constant nothing is left, not even rounding.
        coefficients = (values - values[:, :1]) @ to_coefficients
        s = np.clip((x - centre) / half, -1.0, 1.0)
        second_kind, before, total = np.ones_like(s), np.zeros_like(s), np.zeros_like(s)
        for k in range(1, nodes):  # T_k' = k U_{k-1}
            total += k * coefficients[:, k] * second_kind
            second_kind, before = 2 * s * second_kind - before, second_kind
        slopes[start : start + _CHUNK] = total / half
    return slopes.reshape(np.shape(z))


def reliable_slopes(
    f: Function,
    points: np.ndarray,
    breakpoints: Sequence[float],
    domain: tuple[float, float],
) -> tuple[np.ndarray, np.ndarray]:
    """Differentiate on windows of several lengths; return slopes and their errors.

    A long window is the more accurate and may overlook what is narrow. So the shortest
    is believed first, and a longer one for as long as it agrees with that.
    """
    size = np.abs(f(points))
    for reach in (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1):
        found = numerical_derivative(f, points, breakpoints, domain, reach=reach)
        check = numerical_derivative(
            f, points, breakpoints, domain, nodes=16, reach=reach / 2
        )
        # A derivative of degree k at the end of a window multiplies rounding by k².
        error = np.abs(found - check) + 300 * np.finfo(float).eps * size / reach
        if reach == 1e-6:
            slopes, errors, agrees = found, error, np.ones(len(points), dtype=bool)
            continue
        agrees &= np.abs(found - slopes) <= 2 * errors
        better = agrees & (error < errors)
        slopes = np.where(better, found, slopes)
        errors = np.where(better, error, errors)
    return slopes, errors


def largest_magnitude(
    f: Function,
    breakpoints: Sequence[float],
    narrow: Sequence[tuple[float, float]] = (),
) -> float:
    r"""Return an upper estimate of sup |f| on [-1, 1].

    On an interval, a function with a second derivative exceeds its ends by at most an
    eighth of its second difference. Starting from 2000 intervals a piece, those that
    could exceed the largest value found by more than 1e-11 of it are split into 16,
    eight times at most. The intervals in `narrow` are cut into 256 beforehand.
    """
    largest, excess = 0.0, 0.0
    at = np.array([point for point in breakpoints if -1.0 <= point <= 1.0])
    if at.size:
        largest = float(np.abs(f(at)).max())
    for low, high in pieces(-1.0, 1.0, breakpoints):
        # One-sided at the breakpoints, where f may jump.
        start = np.nextafter(low, high) if low in at else low
        stop = np.nextafter(high, low) if high in at else high
        ends = np.linspace(start, stop, _INTERVALS + 1)
        within = [np.linspace(*each, 257) for each in narrow]
        more = np.concatenate([*within, ends])
        ends = np.unique(more[(more >= start) & (more <= stop)])
        left, right = ends[:-1], ends[1:]
        for _ in range(_ROUNDS):
            x = left[:, None] + (right - left)[:, None] * np.linspace(0.0, 1.0, 17)
            x[:, -1] = right
            y = np.abs(f(x.reshape(-1))).reshape(x.shape)
            largest = max(largest, float(y.max()))
            bend = np.pad(
                np.abs(np.diff(f(x.reshape(-1)).reshape(x.shape), 2)), 1, "edge"
            )
            bend = bend[1:-1]
            above = np.maximum(y[:, 1:], y[:, :-1])
            above += np.maximum(bend[:, 1:], bend[:, :-1]) / 8
            open_still = above > largest * (1 + _TOLERANCE)
            excess = max(excess, float(above[~open_still].max(initial=0.0)))
            left, right = x[:, :-1][open_still], x[:, 1:][open_still]
            if not left.size:
                break
        else:
            excess = max(excess, float(above[open_still].max()))
    return max(largest, excess)


def largest_on_unit_interval(
    function: Callable[[Array], Array],
    breakpoints: Sequence[float],
    narrow: Sequence[tuple[float, float]] = (),
) -> float:
    """Return `largest_magnitude` of a function of tensors."""

    def evaluate(z: np.ndarray) -> np.ndarray:
        return function(torch.from_numpy(np.ascontiguousarray(z))).numpy()

    return float(largest_magnitude(evaluate, breakpoints, narrow))


def lipschitz_supremum(function: Callable[[Array], Array], constant: float) -> float:
    r"""Bound sup |f| on [-1, 1] by its Lipschitz constant L.

    Between values a and b over a length h, |f| is at most (|a| + |b| + L h) / 2. The
    bound is 1e-9 above the supremum, and at most 1e-5 L where |f| is flat there.
    """
    ends = torch.linspace(-1.0, 1.0, _INTERVALS + 1, dtype=torch.float64)
    low, high, largest, excess = ends[:-1], ends[1:], 0.0, 0.0
    for _ in range(_ROUNDS):
        sides = function(low).abs(), function(high).abs()
        largest = max(largest, *(float(each.max()) for each in sides))
        above = (sides[0] + sides[1] + constant * (high - low)) / 2
        is_open = above > largest * (1 + 1e-9)
        if not bool(is_open.all()):
            excess = max(excess, float(above[~is_open].max()))
        low, high = low[is_open], high[is_open]
        if not 0 < len(low) < _MOST_OPEN:
            break
        cuts = low + (high - low) * torch.linspace(0.0, 1.0, 17)[:, None]
        low, high = cuts[:-1].reshape(-1), cuts[1:].reshape(-1)
    return max(largest, excess, float(above.max()) if len(low) else 0.0)


def slope_is_unbounded(f: Function, point: float, side: int) -> bool:
    r"""Tell whether the difference quotients at one side of a point keep growing.

    With a slope they settle: their changes shrink with the step. For $\sqrt{h}$ or
    $h \log h$ they do not.
    """
    start = np.nextafter(point, point + side)
    steps = np.array([1e-3, 1e-5, 1e-7])
    values = f(np.concatenate([[start], point + side * steps]))
    quotients = np.abs(values[1:] - values[0]) / steps
    first, second = quotients[1] - quotients[0], quotients[2] - quotients[1]
    noise = 1e-6 * max(1.0, quotients[2], float(np.abs(values).max()))
    return bool(second > noise and second > 0.9 * first)


def linear_growth(
    f: Function,
    domain: tuple[float, float],
    breakpoints: Sequence[float],
    narrow: Sequence[tuple[float, float]] = (),
) -> float:
    r"""Estimate sup |f(z)| / |z| over the domain; inf if it keeps growing at an end.

    Samples $10^{-9} \le |z| \le 10^6$ at 4000 points a side, finer around the largest
    ones, the breakpoints, and 1000 points of each interval in `narrow`.
    """
    sizes = np.geomspace(1e-9, 1e6, 4001)
    largest = 0.0
    for side in (-1.0, 1.0):
        reach = domain[1] if side > 0 else -domain[0]
        inside = sizes[sizes <= reach]
        values = f(side * inside)
        if not np.isfinite(values).all():
            return math.inf
        ratios = np.abs(values) / inside
        near = ratios[0] > 1.5 * ratios[800] + 1e-6 and ratios[0] > ratios[400]
        far = ratios[-1] > 1.5 * ratios[-801] + 1e-6 and reach == math.inf
        if near or far:
            return math.inf
        largest = max(largest, float(ratios.max()))
        peaks = np.argsort(ratios[1:-1])[::-1][:_PEAKS] + 1
        largest = max(largest, _refined(f, side * inside, peaks))
    at = np.array(
        [point for point in breakpoints if point != 0.0 and math.isfinite(point)]
    )
    within = [np.linspace(*each, 1000) for each in narrow]
    beside = np.concatenate(
        [*within, at, np.nextafter(at, -math.inf), np.nextafter(at, math.inf)]
    )
    beside = beside[np.abs(beside) > 1e-9]
    beside = beside[(beside >= domain[0]) & (beside <= domain[1])]
    if beside.size:
        largest = max(largest, float((np.abs(f(beside)) / np.abs(beside)).max()))
    return largest


def _refined(f: Function, samples: np.ndarray, peaks: np.ndarray) -> float:
    """Return the largest |f(z)| / |z| between the neighbours of some samples."""
    low, high = samples[peaks - 1], samples[peaks + 1]
    largest = 0.0
    for _ in range(4):
        z = low[:, None] + (high - low)[:, None] * np.linspace(0.0, 1.0, 41)
        ratios = (np.abs(f(z.reshape(-1))) / np.abs(z.reshape(-1))).reshape(z.shape)
        largest = max(largest, float(ratios.max(initial=0.0)))
        place = np.clip(ratios.argmax(axis=1), 1, 39)
        rows = np.arange(len(z))
        low, high = z[rows, place - 1], z[rows, place + 1]
    return largest


def one_sided_derivatives(
    f: Function, point: float, end: float, orders: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return derivatives 0..orders of f at a point from the side of `end`, with errors.

    They are those of a Chebyshev interpolant between the point and `end`; the error is
    its rounding amplified, plus the change when it is made with more nodes.
    """
    found = []
    for nodes in (14, 20):
        x = (
            point
            + (end - point)
            * (1 + np.cos((np.arange(nodes) + 0.5) * math.pi / nodes))
            / 2
        )
        s = 2 * (x - point) / (end - point) - 1
        values = f(x)
        coefficients = np.linalg.solve(chebyshev.chebvander(s, nodes - 1), values)
        scale = 2 / (end - point)
        slopes: list[float] = []
        noise: list[float] = []
        for order in range(orders + 1):
            weights = [
                abs(chebyshev.chebval(-1.0, chebyshev.chebder(row, order)))
                for row in np.eye(nodes)
            ]
            derived = chebyshev.chebder(coefficients, order)
            slopes.append(float(scale**order * chebyshev.chebval(-1.0, derived)))
            eps = np.finfo(float).eps * np.abs(values).max()
            noise.append(abs(scale) ** order * sum(weights) * eps)
        found.append((np.array(slopes), np.array(noise)))
    (coarse, rounding), (fine, _) = found
    return coarse, 4 * rounding + 4 * np.abs(fine - coarse)
