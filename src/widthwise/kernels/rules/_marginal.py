r"""One correlation u = w·x: a rule that resolves a function of it.

What the plane's rules find can be held against one integral: $\kappa(1) = E f(u)^2$
and $\kappa(-1) = E f(u) f(-u)$, on pieces where f is a polynomial to 1e-13.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from widthwise.errors import InvalidArgumentError
from widthwise.kernels.rules._function import NumpyFunction, density_peak
from widthwise.laws import Gaussian, Law, Sphere
from widthwise.numerics import gauss_legendre, halved

__all__ = ["Marginal", "density", "marginal"]

_NODES = 16
_ROUNDS = 20
_MOST_PIECES = 1 << 14
_SETTLED = 1e-17
_ROUNDINGS = 8
"""Roundings within σ, each as large as one of its argument."""
_REACH = 37.0
"""Beyond this a standard normal has density 1e-297."""
_NEGLIGIBLE = 1e-26
"""Shells of radius that hold less than this part of E f² are left out.

By Cauchy-Schwarz a set of shells changes κ(θ) by at most its part of κ(0).
"""
_EPS = 2.0**-53
_NEAREST = 2.0**-50


@dataclass(frozen=True)
class Marginal:
    r"""E f(u)² and what else one integral gives.

    Attributes
    ----------
    at_one, at_minus_one
        κ(1) and κ(-1).
    rounding
        What the rounding of u, and of σ, does to κ: $8 \epsilon\,(E f^2\,
        E(u f')^2)^{1/2}$ with $\epsilon = 2^{-53}$, and the noise. At a cone the
        distance from it is rounded beside u.
    low, high
        Radii of the projection of w on a plane beyond which E f² has no part.
    """

    at_one: float
    at_minus_one: float
    rounding: float
    low: float
    high: float


def marginal(
    function: NumpyFunction,
    edges: np.ndarray,
    law: Law,
    *,
    pole: bool = False,
    has_cone: bool = False,
    noise: float = 0.0,
) -> Marginal:
    """Integrate over pieces whose edges are as those of `smooth_pieces`.

    On the sphere u = sin η, which keeps its digits in many dimensions, where cos θ,
    near its zero, does not. With `pole`, f is like (1 - u)^(-1/2) at u = 1; with
    `has_cone` it is a function of the distance from there, which keeps its digits.
    `noise` is the error of its values beyond what rounding u makes of them.

    Raises
    ------
    InvalidArgumentError
        If E f² is not finite.
    """
    bounded = law.support_radius == 1.0
    edges = _cut(np.pi / 2 - edges if bounded else edges, law)
    pieces = np.stack([edges[:-1], edges[1:]], axis=1)
    integrals = partial(_integrals, function, law=law, pole=pole, has_cone=has_cone)
    total = 0.0

    def is_open(parts: np.ndarray, apart: np.ndarray) -> np.ndarray:
        nonlocal total
        total = max(total, float(parts[0].sum()))
        blur = _ROUNDINGS * _EPS * np.sqrt(parts[0] * parts[2])
        blur += noise * (2 * np.sqrt(parts[0] * parts[4]) + noise * parts[4])
        return np.asarray(apart[:2].max(axis=0) > np.maximum(_SETTLED * total, blur))

    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        parts = integrals(pieces)
        total = float(parts[0].sum())
        _require_finite(total, parts[0], pieces, law)
        pieces, parts = halved(
            integrals, pieces, parts, is_open, rounds=_ROUNDS, most_pieces=_MOST_PIECES
        )
    # In many dimensions the density's factor loses digits.
    parts[:3] /= parts[-1].sum()
    at_one, at_minus_one, steepness, _, _ = (float(each) for each in parts.sum(axis=1))
    ends = np.abs(np.sin(pieces) if bounded else pieces)
    low, high = _range(ends, parts[0], parts[3], law)
    # The rounding of 1 - u, in which it may be steep, has been taken out.
    steepness = max(at_one, steepness) if has_cone else steepness
    rounding = _ROUNDINGS * _EPS * float(np.sqrt(at_one) * np.sqrt(steepness))
    rounding += noise * (2 * float(np.sqrt(at_one)) + noise)
    return Marginal(at_one, at_minus_one, rounding, low, high)


def _integrals(
    function: NumpyFunction,
    pieces: np.ndarray,
    law: Law,
    *,
    pole: bool,
    has_cone: bool,
) -> np.ndarray:
    """Integrate f², f(u) f(-u), (u f')², f² without the density, and the density.

    Shape (5, pieces).
    """
    bounded = law.support_radius == 1.0
    nodes, weights = gauss_legendre(_NODES)
    length = np.diff(pieces, axis=1)
    place = pieces[:, :1] + length * nodes
    u = np.sin(place) if bounded else place
    if pole:  # Nearer to 1 a float has no gap from it that could be put right below.
        u = np.clip(u, _NEAREST - 1, 1 - _NEAREST)
    f, mirrored = function(u), function(-u)
    if pole:
        gap = 2 * np.sin((np.pi / 2 - np.abs(place)) / 2) ** 2
        lost = np.sqrt((1 - np.abs(u)) / np.maximum(gap, 1e-32))
        f = np.where(u > 0, f * lost, f)
        mirrored = np.where(u < 0, mirrored * lost, mirrored)
    width = length * weights
    mass = width * density(place, law)
    change = f @ _differences().T / np.maximum(length, 1e-18)
    if bounded:
        change = change / np.maximum(np.cos(place), 1e-300)
    moved = u
    if has_cone:
        # The distance is rounded, whose square is twice 1 - u, and without `pole`,
        # which corrects for it, u is, too. On the circle the mean square of a cone's
        # slope is infinite, and says nothing.
        corrected = pole or law.planar_radius_atom is not None
        moved = 4 * np.sin((np.pi / 2 - place) / 2) ** 2
        moved = moved if corrected else moved + np.abs(u)
    found = [f * f * mass, f * mirrored * mass, (moved * change) ** 2 * mass]
    found = [np.where(mass > 0, each, 0.0) for each in found]
    return np.stack([each.sum(axis=1) for each in (*found, f * f * width, mass)])


def _require_finite(
    total: float, squares: np.ndarray, pieces: np.ndarray, law: Law
) -> None:
    is_outermost = np.abs(pieces).max(axis=1) > _REACH - 1
    outermost = float(squares[is_outermost].sum())
    grows = law.support_radius > 1.0 and outermost > 1e-12 * total > 0.0
    if not np.isfinite(total) or grows:
        raise InvalidArgumentError(
            "The activation grows too fast, or is not finite: its mean square "
            "under the law of the weights does not converge. Use the sphere law, "
            "or a function that grows slower than exp(z²/4)."
        )


def _cut(edges: np.ndarray, law: Law) -> np.ndarray:
    """Add the mirrored edges, and those that the density calls for."""
    if law.support_radius == 1.0:
        wide = np.linspace(-np.pi / 2, np.pi / 2, 13)
        spread = 1 / np.sqrt(getattr(law, "dimension", 2))
        fine = spread * np.linspace(-12.0, 12.0, 25)
        fine = fine[np.abs(fine) < np.pi / 2]
        return np.unique(np.concatenate([edges, -edges, wide, fine]))
    beyond = np.linspace(-_REACH, _REACH, 2 * int(_REACH) + 1)
    middle = np.linspace(-6.0, 6.0, 25)
    return np.unique(np.concatenate([edges, -edges, beyond, middle]))


def density(place: np.ndarray, law: Law) -> np.ndarray:
    """Return the density of u, or on the sphere that of η with u = sin η."""
    if isinstance(law, Sphere):
        d = law.dimension
        # Near the equator the logarithm of a float next to 1 has few digits.
        square = np.minimum(np.sin(place) ** 2, 0.5)
        steep = np.log(np.maximum(np.cos(place), 1e-300))
        logarithm = np.where(np.abs(place) < 0.7, np.log1p(-square) / 2, steep)
        return np.asarray(density_peak(d) * np.exp((d - 2) * logarithm))
    return np.asarray(np.exp(-(place**2) / 2) / np.sqrt(2 * np.pi))


def _differences() -> np.ndarray:
    """Matrix from values at the nodes in [0, 1] to slopes there."""
    nodes, _ = gauss_legendre(_NODES)
    apart = nodes[:, None] - nodes
    np.fill_diagonal(apart, 1.0)
    weight = 1 / apart.prod(axis=1)
    matrix = weight[None, :] / weight[:, None] / apart
    np.fill_diagonal(matrix, 0.0)
    np.fill_diagonal(matrix, -matrix.sum(axis=1))
    return np.asarray(matrix)


def _range(
    ends: np.ndarray, squares: np.ndarray, flat: np.ndarray, law: Law
) -> tuple[float, float]:
    r"""Return radii below and beyond which E f² has no part, piece by piece.

    As $r \ge |u|$, the first is at most E[f²; |u| < R]. In the second, given |u| < R,
    r > R has probability at most $e^{(u^2 - R^2)/2}$, or $((1-R^2)/(1-u^2))^{(d-2)/2}$
    on the sphere, whose denominators cancel with the density of u: `flat` is f² without
    it.
    """
    total = float(squares.sum())
    upper = _REACH if isinstance(law, Gaussian) else 1.0
    if law.planar_radius_atom is not None or total == 0.0:
        return (1.0 if law.planar_radius_atom else 0.0), upper
    # Pieces do not cross zero, so one end is the nearer.
    inner, outer = ends.min(axis=1), ends.max(axis=1)
    low = float(inner[squares > _NEGLIGIBLE / len(squares) * total].min())
    if isinstance(law, Gaussian):
        radius = np.linspace(0.0, upper, 500)
        tail, peak = np.exp(-(radius**2) / 2), 1 / np.sqrt(2 * np.pi)
    else:
        radius = np.sin(np.pi / 2 * np.linspace(0.0, 1.0, 500) ** 2)
        tail = law.planar_radius_tail(radius)
        peak = density_peak(getattr(law, "dimension", 3))
    within = _below(inner, np.where(np.isfinite(flat), flat, 0.0), radius)
    beyond = _below(-outer, squares, -radius)
    enough = np.nonzero(beyond + peak * tail * within <= _NEGLIGIBLE * total)[0]
    return low, float(max(radius[enough[0]], low)) if len(enough) else upper


def _below(ends: np.ndarray, parts: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Sum the parts whose ends are below each radius."""
    order = np.argsort(ends)
    sums = np.concatenate([[0.0], np.cumsum(parts[order])])
    return np.asarray(sums[np.searchsorted(ends[order], radius)])
