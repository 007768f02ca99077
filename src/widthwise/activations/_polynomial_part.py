"""Whether a parity part of a sampled function is a polynomial."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.polynomial import chebyshev

from widthwise.activations._numerical import Function

__all__ = ["polynomial_part"]

_NODES = 256
_HIGHEST = 30
_ROUNDING = 64 * 2.0**-52
_SCALES = (1.0, 8.0, 64.0, 512.0)


def polynomial_part(
    f: Function,
    parity: int,
    radius: float,
    breakpoints: Sequence[float],
    domain: tuple[float, float],
) -> tuple[float, ...] | None:
    r"""Return the even (0) or odd (1) part of f as a polynomial on [-radius, radius].

    A smooth function cannot be told from a polynomial on one short interval: on
    [-1, 1] the sine agrees with one of degree 15 to the last bit. So the degree must
    not grow on any scale from `radius` to 512 that no breakpoint or end of the domain
    forbids (between two breakpoints an analytic part is a polynomial everywhere or
    nowhere); where there is one scale only, its last coefficient must stand 10^4
    above rounding. Degrees up to 30 are looked at.

    Returns
    -------
    Ascending coefficients, () for zero, None if not a polynomial.
    """
    reach = min(radius, -domain[0], domain[1])
    limits = [abs(point) for point in breakpoints if abs(point) >= reach]
    limit = min([*limits, -domain[0], domain[1]]) if reach < math.inf else math.inf
    first = min(reach, _SCALES[0])
    scales = [first, *(r for r in _SCALES if first < r <= max(reach, limit))]
    scales.extend(r for r in (reach, limit) if first < r < _SCALES[-1])
    degree: int | None = None
    answer: tuple[float, ...] = ()
    for scale in scales:
        fitted = _fitted(f, parity, scale)
        if fitted is None:
            return None
        coefficients, rounding = fitted
        last = len(coefficients) - 1
        if degree is None:
            degree, answer = last, _ascending(coefficients, scale, rounding)
            alone = len(scales) == 1 and last >= 0
            if alone and abs(coefficients[-1]) < 1e4 * rounding:
                return None
        elif last > degree:
            return None
    return answer


def _fitted(f: Function, parity: int, radius: float) -> tuple[np.ndarray, float] | None:
    """Return the part's Chebyshev coefficients on the scale, and their rounding."""
    s = np.cos((np.arange(_NODES) + 0.5) * math.pi / _NODES)
    values, mirrored = f(radius * s), f(-radius * s)
    if not (np.isfinite(values).all() and np.isfinite(mirrored).all()):
        return None
    part = (values - mirrored if parity else values + mirrored) / 2
    # k(2j+1) π/2N, reduced exactly: the cosine of a large angle would be inaccurate.
    turns = np.outer(np.arange(_NODES), 2 * np.arange(_NODES) + 1) % (4 * _NODES)
    coefficients = 2 / _NODES * (np.cos(turns * math.pi / (2 * _NODES)) @ part)
    coefficients[0] /= 2
    coefficients[1 - parity :: 2] = 0.0
    rounding = _ROUNDING * float(np.abs(values).max())
    kept = np.flatnonzero(np.abs(coefficients) > rounding)
    last = int(kept[-1]) if kept.size else -1
    return (coefficients[: last + 1], rounding) if last <= _HIGHEST else None


def _ascending(
    coefficients: np.ndarray, radius: float, rounding: float
) -> tuple[float, ...]:
    if not coefficients.size:
        return ()
    monomial = chebyshev.cheb2poly(coefficients)
    # How far the rounding of all Chebyshev coefficients reaches into each power.
    reach = sum(
        np.abs(np.pad(power, (0, monomial.size - power.size)))
        for power in map(chebyshev.cheb2poly, np.eye(monomial.size))
    )
    monomial[np.abs(monomial) <= rounding / 16 * reach] = 0.0
    return tuple(float(c) / radius**k for k, c in enumerate(monomial))
