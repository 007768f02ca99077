"""Compute a dual once, as piecewise polynomials with an error bound."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain

import numpy as np

from widthwise.activations import Activation, Scaled
from widthwise.errors import (
    InvalidArgumentError,
    PrecisionLimitError,
)
from widthwise.kernels.pairs import kinked_rule, spline_rule
from widthwise.kernels.rules import (
    LEAST,
    QUARTER,
    UNSEEN,
    Angles,
    HermiteSeries,
    Marginal,
    NumpyFunction,
    PlanarExpectation,
    Resolution,
    ZonalSeries,
    bipolar_rule,
    diverges_at_one,
    has_pole,
    heat_duals,
    hermite_series,
    kinks,
    marginal,
    misplacement,
    noise_of,
    on_numpy,
    require_domain,
    require_no_underflow,
    require_numbers,
    seams,
    series_of_amplitudes,
    singular_chords,
    smooth_pieces,
    within_budget,
    zonal_series,
)
from widthwise.laws import Gaussian, Law, Sphere
from widthwise.numerics import PiecewisePolynomial, fit

__all__ = ["QUARTER", "represent"]

_NODES = (8, 12, 16, 24, 32, 48, 64, 96, 128, 192)
_SEAMED_INNER, _SEAMED_OUTER = _NODES.index(48), _NODES.index(64)
"""The finest rules for functions that are cut into many cells."""
_NOISE = 2e-15
"""Accuracy that sums of some thousand terms reach, relative to their size."""
_GOOD = 1e-13
"""Error, relative to κ(1), that calls for no finer rule."""
_UNSETTLED = 1e-13
"""Movement of the finest rule that calls for cuts where the function is steep."""
_FLOOR = 1e-18
"""Part of κ(1) below which a value's digits are rounding."""

_MOST_KINKS = 8
_POWER = 3
"""With it the roots and the logarithms of singular angles are smooth to rounding."""
_SHORT, _LONG = 320, 4000
"""Degrees of Hermite series that cost less than the flow of heat, and than a plane."""
_HEAT_NOISE = 1e-14
_STEEP = (2.0, 8.0)
"""Factors of smooth functions, and of others, from which heat is the faster."""

_Series = tuple[ZonalSeries, ZonalSeries] | tuple[HermiteSeries, HermiteSeries] | None
_Expectation = Callable[[Angles], tuple[np.ndarray, np.ndarray]]
_Rules = tuple[_Expectation, _Expectation, float, float]


def represent(
    activation: Activation, law: Law, order: int
) -> tuple[PiecewisePolynomial, PiecewisePolynomial, float]:
    """Return the dual of σ (order 0) or σ' (order 1), for t >= 0 and for t < 0.

    Returns
    -------
    A function of sin(θ/2), one of cos(θ/2), and an absolute bound on their errors.
    """
    require_domain(activation, law)
    require_numbers(activation, law, order)
    if isinstance(law, Sphere) and order == 0:
        own = activation.amplitudes_on(law.dimension)
        if own is not None:
            return _of_series(series_of_amplitudes(own, law.dimension))
    has_cone = law.support_radius == activation.domain[1] == 1.0
    function = on_numpy(
        activation.derivative if order else activation, below_one=has_cone
    )
    function = within_budget(function, activation, law, order)
    if has_cone and diverges_at_one(function, law):
        raise InvalidArgumentError(
            f"The derivative of {activation.name} has an infinite mean square under "
            f"{law!r}: it grows like (1 - z)^(-1/2) at z = 1, so the tangent kernel of "
            "the inner layer does not exist. Train the outer layer only "
            "(trained='outer'), or use wendland2 or points of dimension 4 or more."
        )
    breakpoints, misplaced = activation.breakpoints, 0.0
    noise = 0.0 if has_cone else noise_of(activation, law, order)
    if has_cone:
        # The pieces of σ, also for σ': its pole at z = 1 is no kink.
        sigma = on_numpy(activation)
        edges = smooth_pieces(sigma, breakpoints, law, activation.narrow)
    else:
        narrow = activation.narrow
        breakpoints, edges = kinks(function, breakpoints, law, narrow, noise)
        found = tuple(b for b in breakpoints if b not in activation.breakpoints)
        misplaced = misplacement(function, found, law)
    pole = has_cone and has_pole(function)
    one = marginal(function, edges, law, pole=pole, has_cone=has_cone, noise=noise)
    require_no_underflow(activation, function, one, law)
    unseen = UNSEEN if activation.constants_are_sampled else 0.0
    near, far = singular_chords(breakpoints, law, has_cone=has_cone)
    sides = (near, _near_angles), (far, _far_angles)
    power = _POWER if near or far or has_cone else 1
    best: tuple[PiecewisePolynomial, PiecewisePolynomial, float] | None = None
    bends = any(abs(b) < law.support_radius for b in breakpoints)
    known = function, law, breakpoints, edges, one, has_cone
    all_rules = _rules(activation, order, *known)
    has_splines = activation.splines is not None and bends
    closed = spline_rule(activation, law, order) if has_splines else None
    if closed is not None:
        if activation.constants_are_sampled:
            all_rules = chain([closed], all_rules)
        elif isinstance(activation, Scaled):
            all_rules = iter([closed])
        else:  # At scale one a plane holds it to less than its own bound.
            all_rules = ((closed[0], *each[1:]) for each in all_rules)
    elif has_splines or (isinstance(law, Gaussian) and any(breakpoints)):
        pieces = kinked_rule(activation, law, order)
        if pieces:
            all_rules = iter([pieces]) if has_splines else chain([pieces], all_rules)
    for rules in all_rules:
        value, check, noise, left_out = rules
        size = float(check(_near_angles(np.zeros(1)))[1][0])
        # What sums over nodes make of it; closed forms have none.
        rounding = 0.0 if rules is closed else one.rounding
        # Roundings of either sign add up to a small part of their bound.
        noise = max(noise, rounding / (16 * max(size, LEAST)))
        fits = [
            fit(
                partial(_at, value, angles),
                (0.0, *singular, QUARTER),
                power=power,
                check=partial(_at, check, angles),
                noise=noise,
                floor=_FLOOR * size,
            )
            for singular, angles in sides
        ]
        # Where convergence is slow the finer rule errs too, up to two thirds as much.
        error = max(each.error for each in fits)
        bound = (4 if error > _GOOD * size else 2) * error + left_out
        bound += misplaced * float(np.sqrt(size)) + unseen * size + rounding
        bound = max(bound, 2 * _missed(fits[0], fits[1], one))
        if best is None or bound < best[2]:
            best = (fits[0], fits[1], bound)
        if best[2] <= (max(_GOOD, unseen) + unseen) * size + 2 * rounding:
            break
    assert best is not None
    return best


def _of_series(
    series: ZonalSeries,
) -> tuple[PiecewisePolynomial, PiecewisePolynomial, float]:
    """Fit a series that is σ's own; it needs no other rule to be held against."""
    size = float(series.squares.sum())
    noise = max(_NOISE, series.tail / (16 * max(size, LEAST)))
    near, far = (
        fit(
            partial(_at, series, angles),
            (0.0, QUARTER),
            noise=noise,
            floor=_FLOOR * size,
        )
        for angles in (_near_angles, _far_angles)
    )
    return near, far, 2 * max(near.error, far.error) + series.tail


def _missed(
    near: PiecewisePolynomial, far: PiecewisePolynomial, one: Marginal
) -> float:
    """Return how far κ(1) and κ(-1) are from what one integral finds."""
    at = np.zeros(1)
    return max(
        abs(float(near(at)[0]) - one.at_one), abs(float(far(at)[0]) - one.at_minus_one)
    )


def _rules(
    activation: Activation,
    order: int,
    function: NumpyFunction,
    law: Law,
    breakpoints: tuple[float, ...],
    edges: np.ndarray,
    one: Marginal,
    has_cone: bool,
) -> Iterator[_Rules]:
    """Yield a rule, a finer one, the noise they reach, and what both leave out.

    The next is for when the last turned out too coarse.
    """
    steep = () if has_cone else seams(edges, law)
    series: _Series = None
    if isinstance(law, Sphere) and (law.dimension > 2 if has_cone else steep):
        if has_cone or not breakpoints:
            series = zonal_series(
                function, edges, law, one.at_one, one.rounding, has_cone=has_cone
            )
    elif isinstance(law, Gaussian):
        # A steep function can be one that no grid of the whole line sees.
        least = _STEEP[bool(breakpoints)]
        scaled = isinstance(activation, Scaled) and activation.factor > least
        hermite = partial(hermite_series, function, edges, one.at_one, one.rounding)
        smooth = not breakpoints
        series = hermite(_SHORT if steep or scaled else _LONG) if smooth else None
        if series is None and (steep or scaled):
            heat = heat_duals(activation, order, one.at_one)
            if heat is not None:
                yield heat[0], heat[1], _HEAT_NOISE, 0.0
                return
            series = hermite(_LONG) if smooth else None
    if series is not None:
        noise = max(_NOISE, series[1].tail / (16 * max(one.at_one, LEAST)))
        yield series[0], series[1], noise, series[1].tail
        return
    if has_cone and isinstance(law, Sphere) and law.dimension > 2:
        is_singular, d = has_pole(function), law.dimension
        rule = bipolar_rule(function, breakpoints, d, is_singular=is_singular)
        if rule is not None:
            yield rule
            return
    shells = (one.low, one.high)
    plane = PlanarExpectation(
        function, law, breakpoints, shells=shells, has_cone=has_cone
    )
    if has_cone and len(plane.breakpoints) > _MOST_KINKS and law != Sphere(2):
        raise PrecisionLimitError(
            f"{activation.name} has {len(plane.breakpoints)} kinks and a domain that "
            f"ends at 1, where it may be steep; more than {_MOST_KINKS} make the rules "
            f"for its dual under {law!r} too long. Give a wider domain if it has one, "
            "or fewer kinks."
        )
    # Roundings of either sign add up to a small part of their bound.
    noise = one.rounding / (16 * max(one.at_one, LEAST))
    outer, inner, movement = _resolutions(plane, noise)
    # A rule without cuts where σ is narrow can settle on a value that misses it.
    if (movement <= _UNSETTLED and not activation.narrow) or has_cone:
        yield _planar(plane, outer, inner, movement)
    if steep:
        plane = PlanarExpectation(function, law, breakpoints, steep, shells=shells)
        outer, inner, movement = _resolutions(plane, noise)
        yield _planar(plane, outer, inner, movement)
    elif movement > _UNSETTLED:
        yield _planar(plane, outer, inner, movement)
    elif not has_cone and max(outer, inner) < len(_NODES) - 2:
        last = len(_NODES) - 2
        yield _planar(plane, min(outer + 2, last), min(inner + 2, last), movement)


def _planar(
    plane: PlanarExpectation, outer: int, inner: int, movement: float
) -> _Rules:
    return (
        partial(plane, resolution=Resolution(_NODES[outer], _NODES[inner])),
        partial(plane, resolution=Resolution(_NODES[outer + 1], _NODES[inner + 1])),
        # κ has terms θ^m log θ at cones: a piece accepted early errs by far more.
        max(_NOISE, movement / 10 if plane.has_cone else movement),
        0.0,
    )


def _at(
    expectation: _Expectation, angles: Callable[[np.ndarray], Angles], x: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    return expectation(angles(x))


def _near_angles(q: np.ndarray) -> Angles:
    return Angles(np.arcsin(q), q, np.sqrt((1 - q) * (1 + q)))


def _far_angles(p: np.ndarray) -> Angles:
    return Angles(np.pi / 2 - np.arcsin(p), np.sqrt((1 - p) * (1 + p)), p)


def _resolutions(plane: PlanarExpectation, noise: float) -> tuple[int, int, float]:
    """Return the coarsest levels that no finer one betters, and their noise."""
    halves = (
        np.array([1e-6, 0.003, 0.02, 0.07, 0.26, 0.49, 0.63, 0.82, 0.996]) * np.pi / 2
    )
    angles = Angles(halves, np.sin(halves), np.cos(halves))
    # Cones and seams cost more, and are worth less than the last digit.
    seamed = len(plane.cuts) > len(plane.breakpoints)
    tolerance = max(2e-14 if plane.has_cone or seamed else 2e-15, noise)
    last = len(_NODES) - 2
    settled = partial(_settled, tolerance=tolerance)
    inner, along = settled(
        lambda n: plane(angles, Resolution(24, n)),
        last=_SEAMED_INNER if seamed else last,
    )
    outer, across = settled(
        lambda n: plane(angles, Resolution(n, _NODES[inner])),
        last=_SEAMED_OUTER if seamed else last,
    )
    if _NODES[outer] > 24 and not seamed:
        again, along = settled(
            lambda n: plane(angles, Resolution(_NODES[outer], n)),
            last=last,
            start=inner,
        )
        inner = max(inner, again)
    movement = max(along, across)
    return outer, inner, movement


def _settled(
    evaluate: Callable[[int], tuple[np.ndarray, np.ndarray]],
    *,
    tolerance: float,
    last: int,
    start: int = 1,
) -> tuple[int, float]:
    """Return the level from which the result stands still, and what noise is left."""
    before, _ = evaluate(_NODES[start - 1])
    movement = np.inf
    for level in range(start, last + 1):
        now, scale = evaluate(_NODES[level])
        earlier = movement
        movement = float((np.abs(now - before) / np.maximum(scale, 1e-300)).max())
        if movement <= tolerance:
            return level, movement / 10  # the finer of the two is that much better
        # Movement that a finer rule no longer shrinks is rounding.
        if earlier < 1e-12 and movement > earlier / 4:
            return level, 2 * movement
        before = now
    return last, 2 * movement
