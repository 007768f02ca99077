r"""E[f(z) f(z')] between rows of some norms, with its slopes in norms and angle.

z = a u and z' = b v, f = σ or σ'. For a homogeneous σ norms are powers; of one norm
r the slope in either, by symmetry, is half of that in r; between others the tables of
`RadialDual` are differentiated, and other duals have slopes. In the angle polynomials
are.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from widthwise.activations import Activation, Scaled
from widthwise.kernels.duals import (
    QUARTER,
    Dual,
    RadialDual,
    dual,
    dual_of_derivative,
    radial_dual,
)
from widthwise.kernels.two_layer._common_norm import common_norm
from widthwise.kernels.two_layer._rows import Rows
from widthwise.laws import Law
from widthwise.numerics import PiecewisePolynomial

__all__ = [
    "LOG_STEP",
    "STENCIL",
    "WEIGHTS",
    "Partials",
    "diagonal",
    "mean_squares_of",
    "partials",
    "values",
]

STENCIL = np.array([-4, -3, -2, -1, 1, 2, 3, 4])
WEIGHTS = np.array([3, -32, 168, -672, 672, -168, 32, -3]) / 840
"""Central differences: an error of 1/630 of the ninth power of the step's part."""
LOG_STEP, _CHORD_STEP = 0.01, 0.005


@dataclass(frozen=True, eq=False)
class Partials:
    r"""Values and slopes, each (n, k).

    Attributes
    ----------
    value
        E[f(a u) f(b v)].
    by_first, by_second
        Slopes in log a and in log b, the angle as it is.
    by_angle
        The slope in θ, one-sided at 0 and π.
    """

    value: np.ndarray
    by_first: np.ndarray
    by_second: np.ndarray
    by_angle: np.ndarray


def partials(
    activation: Activation,
    law: Law,
    order: int,
    first: np.ndarray,
    second: np.ndarray,
    chord: np.ndarray,
    is_near: np.ndarray,
) -> Partials:
    """Return the expectation for σ (order 0) or σ' (order 1), with its slopes.

    Parameters
    ----------
    first, second
        The norms a, shape (n,), and b, shape (k,), positive.
    chord, is_near
        Shape (n, k): sin(θ/2) where `is_near` (t >= 0), cos(θ/2) elsewhere.
    """
    power = activation.homogeneity
    if power is not None:
        of = _dual(activation, law, order)
        scale = np.multiply.outer(first ** (power - order), second ** (power - order))
        value = of.at_half_chords(chord, is_near) * scale
        slope = (power - order) * value
        return Partials(value, slope, slope, _by_angle(of, chord, is_near) * scale)
    norm = _common(np.concatenate([first, second]), activation, law, order)
    if norm is not None:
        of, unit = _at(activation, law, order, norm)
        slope = np.zeros(chord.shape)
        if _has_room(activation, law, norm):
            slope = _by_norm(
                lambda each, back: each.at_half_chords(chord, is_near) * back,
                (activation, law, order, norm),
            )
        return Partials(
            of.at_half_chords(chord, is_near) * unit,
            slope / 2,
            slope / 2,
            _by_angle(of, chord, is_near) * unit,
        )
    return _between(activation, law, order, first, second, chord, is_near)


def values(
    activation: Activation,
    law: Law,
    order: int,
    first: np.ndarray,
    second: np.ndarray,
    chord: np.ndarray,
    is_near: np.ndarray,
) -> np.ndarray:
    """Return what `partials` has for `value`, without slopes."""
    power = activation.homogeneity
    if power is not None:
        of = _dual(activation, law, order).at_half_chords(chord, is_near)
        return of * np.multiply.outer(
            first ** (power - order), second ** (power - order)
        )
    both = np.concatenate([first, second])
    norm = _common(both, activation, law, order)
    if norm is not None:
        of_one, unit = _at(activation, law, order, norm)
        return of_one.at_half_chords(chord, is_near) * unit
    between = radial_dual(activation, law, order, both)
    n = len(first)
    return between.tile(slice(0, n), slice(n, None), chord, is_near)


def mean_squares_of(
    activation: Activation, law: Law, order: int, norms: np.ndarray
) -> np.ndarray:
    """Return E f(a u)², shape (n,)."""
    power = activation.homogeneity
    if power is not None:
        at_one = _dual(activation, law, order).value_at_one
        return np.asarray(at_one * norms ** (2 * (power - order)))
    norm = _common(norms, activation, law, order)
    if norm is not None:
        of, unit = _at(activation, law, order, norm)
        return np.full(len(norms), of.value_at_one * unit)
    return np.asarray(radial_dual(activation, law, order, norms).sizes ** 2)


def diagonal(
    activation: Activation, law: Law, order: int, norms: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return E f(a u)² and its slope in log a, each (n,)."""
    power = activation.homogeneity
    if power is not None:
        at_one = _dual(activation, law, order).value_at_one
        value = at_one * norms ** (2 * (power - order))
        return value, 2 * (power - order) * value
    norm = _common(norms, activation, law, order)
    ones = np.ones(len(norms))
    if norm is not None:
        of, unit = _at(activation, law, order, norm)
        slope = np.zeros(())
        if _has_room(activation, law, norm):
            slope = _by_norm(
                lambda each, back: np.array(each.value_at_one * back),
                (activation, law, order, norm),
            )
        return of.value_at_one * unit * ones, slope * ones
    own = radial_dual(activation, law, order, norms)
    if not isinstance(own, RadialDual):
        return own.sizes**2, own.square_slopes()
    steps = np.exp(LOG_STEP * np.append(0, STENCIL))
    of_all = radial_dual(activation, law, order, np.outer(steps, norms).ravel())
    squares = of_all.sizes.reshape(len(steps), -1) ** 2
    return squares[0], WEIGHTS @ squares[1:] / LOG_STEP


def _between(
    activation: Activation,
    law: Law,
    order: int,
    first: np.ndarray,
    second: np.ndarray,
    chord: np.ndarray,
    is_near: np.ndarray,
) -> Partials:
    n, k = len(first), len(second)
    of = radial_dual(activation, law, order, np.concatenate([first, second]))
    if not isinstance(of, RadialDual):
        tile = slice(0, n), slice(n, None), chord, is_near
        return Partials(of.tile(*tile), *of.slopes(*tile))
    steps = np.exp(LOG_STEP * np.append(0, STENCIL))
    norms = np.concatenate([np.outer(steps, each).ravel() for each in (first, second)])
    of = radial_dual(activation, law, order, norms)

    def value(i: int, j: int, x: np.ndarray = chord) -> np.ndarray:
        start = n * len(steps) + j * k
        rows, columns = slice(i * n, (i + 1) * n), slice(start, start + k)
        found: np.ndarray = of.tile(rows, columns, x, is_near)
        return found

    some = list(enumerate(WEIGHTS, start=1))
    by_first = sum(weight * value(place, 0) for place, weight in some)
    by_second = sum(weight * value(0, place) for place, weight in some)
    # On [0, sin(π/4)] the function is smooth in the chord: no node is beyond.
    reach = 4 * _CHORD_STEP
    middle = np.clip(chord, reach, QUARTER - reach)
    offset = (chord - middle) / _CHORD_STEP
    by_chord = sum(
        weight * value(0, 0, np.clip(middle + step * _CHORD_STEP, 0.0, QUARTER))
        for step, weight in zip(range(-4, 5), _lagrange_slopes(offset), strict=True)
    )
    return Partials(
        value(0, 0),
        np.asarray(by_first / LOG_STEP),
        np.asarray(by_second / LOG_STEP),
        _turned(np.asarray(by_chord / _CHORD_STEP), chord, is_near),
    )


def _lagrange_slopes(place: np.ndarray) -> np.ndarray:
    """Return the slopes of the nine polynomials of nodes -4, ..., 4; (9, *shape)."""
    nodes = np.arange(-4.0, 5.0)
    found = []
    for node in nodes:
        roots = nodes[nodes != node]
        polynomial = np.poly1d(roots, r=True) / np.prod(node - roots)
        found.append(np.polyder(polynomial)(place))
    return np.stack(found)


def _by_angle(of: Dual, chord: np.ndarray, is_near: np.ndarray) -> np.ndarray:
    slopes = replace(of, near=_slope(of.near), far=_slope(of.far))
    return _turned(slopes.at_half_chords(chord, is_near), chord, is_near)


def _turned(by_chord: np.ndarray, chord: np.ndarray, is_near: np.ndarray) -> np.ndarray:
    """Turn the slope in the half chord into that in θ."""
    half = np.sqrt((1 - chord) * (1 + chord)) / 2
    return np.asarray(by_chord * np.where(is_near, half, -half))


def _slope(of: PiecewisePolynomial) -> PiecewisePolynomial:
    powers = np.arange(1, of.coefficients.shape[1])
    half = np.diff(of.edges)[:, None] / 2
    return replace(of, coefficients=of.coefficients[:, 1:] * powers / half)


def _dual(activation: Activation, law: Law, order: int) -> Dual:
    return (dual_of_derivative if order else dual)(activation, law)


def _at(
    activation: Activation, law: Law, order: int, norm: float
) -> tuple[Dual, float]:
    """Return the dual for rows of one norm, and what turns σ(r z)' into σ'(r z)."""
    scaled = activation if norm == 1.0 else Scaled(activation, norm)
    return _dual(scaled, law, order), norm ** (-2 * order)


def _by_norm(
    evaluate: Callable[[Dual, float], np.ndarray],
    at: tuple[Activation, Law, int, float],
) -> np.ndarray:
    activation, law, order, norm = at
    total = sum(
        weight
        * evaluate(*_at(activation, law, order, norm * math.exp(step * LOG_STEP)))
        for step, weight in zip(STENCIL, WEIGHTS, strict=True)
    )
    return np.asarray(total / LOG_STEP)


def _has_room(activation: Activation, law: Law, norm: float) -> bool:
    """Whether rows may be longer; where σ's domain ends there is no slope in norms."""
    low, high = activation.domain
    return bool(law.support_radius * norm * math.exp(4 * LOG_STEP) <= min(-low, high))


def _common(
    norms: np.ndarray, activation: Activation, law: Law, order: int
) -> float | None:
    rows = Rows(np.empty((0, 0)), norms, None, 0)
    return common_norm(rows, activation, law, (order,))
