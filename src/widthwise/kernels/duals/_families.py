r"""E[f(a u) f(b v)] for scales a and b: the functions that norms make of one.

With the projection of w on the plane of x and x' at r(cos ω, sin ω),

    E[f(a u) f(b v)] = E_r (1/2π) ∫ f(a r cos ω) f(b r cos(ω - θ)) dω,

and f smooth but for zero, f(a r cos ω) is smooth on each half circle, and even there:
a sum of Legendre polynomials. What the angle θ does to products of those hangs neither
on f nor on the scales, so that all of them, and all angles, are products of matrices.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from widthwise.activations import Activation, Scaled
from widthwise.errors import (
    InvalidArgumentError,
    KernelUnderflowError,
    PrecisionLimitError,
)
from widthwise.kernels.rules import (
    PANEL,
    REACH,
    NumpyFunction,
    line_rule,
    marginal,
    on_numpy,
    panels,
    smooth_pieces,
)
from widthwise.laws import Law, Sphere
from widthwise.numerics import gauss_legendre

__all__ = ["Family", "family", "products", "sizes_of"]

_TERMS = (16, 32, 64, 128, 192)
_FINER = 24
"""Nodes of a panel."""
_MOST_PRODUCTS = 4000
"""Polynomials times scales, beyond which their products take too long."""
_HALVINGS = 4
_SETTLED, _UNSETTLED = 1e-14, 1e-12
"""Relative changes of a mean square: it is left be, and it is refused."""
_LEAST = 1e-145
"""Root of a mean square whose parts floats still hold."""
_NOTHING = 2e-14
"""Part of f's peak on the circles below which a coefficient is rounding."""


@dataclass(frozen=True, eq=False)
class Family:
    r"""The functions $z \mapsto f(a z)$ for some scales a, f = σ or σ'.

    Attributes
    ----------
    scales
        The a, shape (R,).
    law
        Of u.
    sizes
        $(E f(a u)^2)^{1/2}$, shape (R,), by an integral of one variable.
    front, back
        Shape (M, K, R): Legendre coefficients, of even degrees, of $f(a r_m
        \cos\omega)$ on the half circles where the cosine is positive and negative,
        times the root of the probability of $r_m$.
    """

    scales: np.ndarray
    law: Law
    sizes: np.ndarray
    front: np.ndarray
    back: np.ndarray


def family(
    activation: Activation,
    law: Law,
    order: int,
    scales: np.ndarray,
    *,
    finer: bool = False,
) -> Family:
    """Return the family of σ (order 0) or σ' (order 1) for ascending scales.

    Parameters
    ----------
    activation, law, order
        σ smooth but for zero.
    scales
        Positive, ascending.
    finer
        Whether to take finer rules than are needed, to hold the others against.

    Raises
    ------
    InvalidArgumentError
        If a mean square is not finite.
    PrecisionLimitError
        If σ is not as smooth as it says, or too steep at these scales.
    """
    function = on_numpy(activation.derivative if order else activation)
    sizes = sizes_of(activation, law, order, scales)
    high = 0.0
    for scale in (float(scales.min()), float(scales.max())):
        scaled = Scaled(activation, scale)
        member = _scaled(function, scale)
        edges = smooth_pieces(member, scaled.breakpoints, law, scaled.narrow)
        high = max(high, marginal(member, edges, law).high)
    radius, mass = _shells(law, _FINER if finer else PANEL)
    radius, mass = radius[: _within(radius, high)], mass[: _within(radius, high)]
    root = np.sqrt(mass)
    for terms in _TERMS:
        count = 2 * terms if finer else terms
        found, peaks = _halves(function, scales, radius, root, count)
        weight = np.sqrt((found**2).sum(axis=1)).max(axis=0)  # (K, R)
        weight /= np.sqrt(4 * np.arange(len(weight))[:, None] + 1)
        large = (weight > _NOTHING * peaks).any(axis=1)
        needed = int(np.nonzero(large)[0].max(initial=0)) + 1
        if needed * len(scales) > _MOST_PRODUCTS:
            break
        if needed <= found.shape[2] - 3:
            front, back = found[:, :, :needed]
            return Family(scales, law, sizes, front, back)
    raise PrecisionLimitError(
        f"The kernel of {activation.name} at rows of norm {float(scales.max()):.3g} is "
        "not found with some hundred polynomials: the activation is too steep there, "
        "or has a kink that its breakpoints do not name. Scale the rows down, give "
        "them one norm, or name the kink."
    )


def _scaled(function: NumpyFunction, scale: float) -> NumpyFunction:
    return lambda z: function(scale * z)


def _halves(
    function: NumpyFunction,
    scales: np.ndarray,
    radius: np.ndarray,
    root: np.ndarray,
    terms: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the coefficients of both half circles, (2, M, K, R), and f's peaks."""
    nodes, weights = gauss_legendre(2 * terms + 8)
    places, weights = nodes[nodes > 0.5] * 2 - 1, weights[nodes > 0.5] * 2
    # Even polynomials: the positive half of the nodes is enough.
    matrix = (
        (4 * np.arange(terms)[:, None] + 1) * _even_legendre(places, terms) * weights
    )
    cosine = np.outer(radius, np.cos(np.pi / 2 * places))  # (M, nodes)
    found = np.empty((2, len(radius), terms, len(scales)))
    peaks = np.zeros(len(scales))
    for index, scale in enumerate(scales):
        for side, sign in enumerate((1.0, -1.0)):
            values = function(sign * float(scale) * cosine) * root[:, None]
            found[side, :, :, index] = values @ matrix.T
            peak = np.linalg.norm(np.abs(values).max(axis=1))
            peaks[index] = max(peaks[index], float(peak))
    return found, peaks


def _even_legendre(x: np.ndarray, terms: int) -> np.ndarray:
    """Return P_0, P_2, ..., shape (terms, N)."""
    before, now = np.ones_like(x), x
    found = [before]
    for k in range(1, 2 * terms - 1):
        before, now = now, ((2 * k + 1) * x * now - k * before) / (k + 1)
        if k % 2:
            found.append(now)
    return np.stack(found[:terms])


def sizes_of(
    activation: Activation, law: Law, order: int, scales: np.ndarray
) -> np.ndarray:
    """Return the root of E f(a u)² for the scales a, shape (R,).

    Raises
    ------
    InvalidArgumentError
        If a mean square is not finite.
    KernelUnderflowError
        If f is so small that floats do not hold a mean square's digits.
    PrecisionLimitError
        If σ is so steep at these scales that its mean square does not settle.
    """
    function = on_numpy(activation.derivative if order else activation)
    _require_no_underflow(activation, function, law, scales)
    sizes = np.sqrt(_squares(function, scales, law, activation.name))
    if not np.isfinite(sizes).all():
        raise InvalidArgumentError(
            f"The mean square of {activation.name} at rows of norm "
            f"{float(scales.max()):.3g} is beyond the range of floats. Scale the rows "
            "or the weights down, or choose an activation that grows slower."
        )
    return np.asarray(sizes)


def _require_no_underflow(
    activation: Activation, function: NumpyFunction, law: Law, scales: np.ndarray
) -> None:
    u, mass = line_rule(law, 0)
    seen = u[mass > np.finfo(float).eps]
    with np.errstate(all="ignore"):
        largest = np.abs(function(scales[:, None] * seen)).max(axis=1)
    if bool(((largest > 0.0) & (largest < _LEAST)).any()):
        raise KernelUnderflowError(
            f"The kernel of {activation.name} underflows under {law!r} at rows of "
            f"norm {float(scales.min()):.3g}: floats keep no digits of a mean square "
            f"below {_LEAST**2:.0e}. Scale the rows up."
        )


def _squares(
    function: NumpyFunction, scales: np.ndarray, law: Law, name: str
) -> np.ndarray:
    """Return E f(a u)² by a rule that is refined until they settle."""
    before = np.full(len(scales), np.inf)
    for halvings in range(_HALVINGS + 1):
        u, mass = line_rule(law, halvings)
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            values = function(scales[:, None] * u)
            squares = np.where(mass > 0, values**2, 0.0) @ mass
            settled = np.abs(squares - before) <= _SETTLED * squares
        if bool(settled.all()) or not np.isfinite(squares).all():
            break
        if halvings == _HALVINGS and bool(
            (np.abs(squares - before) > _UNSETTLED * squares).any()
        ):
            raise PrecisionLimitError(
                f"The mean square of {name} at rows of norm {float(scales.max()):.3g} "
                f"does not settle on {len(u)} nodes: the activation is too steep "
                "there. Scale the rows or the weights down."
            )
        before = squares
    return np.asarray(squares)


@lru_cache(maxsize=16)
def _shells(law: Law, panel: int) -> tuple[np.ndarray, np.ndarray]:
    """Return radii of the projection of w on a plane, and their probabilities."""
    if law.planar_radius_atom is not None:
        return np.array([law.planar_radius_atom]), np.ones(1)
    shrinking = 4.0 ** -np.arange(1.0, 7.0)
    if isinstance(law, Sphere):  # r = sin ψ, of density (d - 2) sin ψ cos^(d-3) ψ.
        fine = np.concatenate([[0.0], shrinking, np.arange(1.0, 9.0)])
        edges = [fine / math.sqrt(law.dimension), np.arange(0.1, 1.5, 0.25)]
        psi, mass = panels([*edges, [np.pi / 2]], np.pi / 2, panel, 0)
        power = np.exp((law.dimension - 3) * np.log(np.cos(psi)))
        return np.sin(psi), mass * (law.dimension - 2) * np.sin(psi) * power
    even = [np.arange(0.0, 9.1), np.arange(10.0, 38.0, 1.5)]
    radius, mass = panels([shrinking, *even, [REACH]], REACH, panel, 0)
    return radius, mass * radius * np.exp(-(radius**2) / 2)


def _within(radius: np.ndarray, high: float) -> int:
    """Return how many radii to take so as to reach `high`, by panels of either rule."""
    if len(radius) == 1:
        return 1
    panel = _FINER if len(radius) % _FINER == 0 and len(radius) % PANEL else PANEL
    count = int(np.searchsorted(radius, high, side="right"))
    return min(len(radius), (count // panel + 1) * panel)


def products(one: Family, two: Family) -> Callable[[np.ndarray], np.ndarray]:
    r"""Return the function of angles that gives E[f(a u) f(b v)] over the sizes.

    What does not hang on the angle is summed once, here.

    Parameters
    ----------
    one, two
        Of one function and law, by rules of one fineness.

    Returns
    -------
    A function of θ/2, shape (N,), in [0, π/2]: its values have shape (R, R', N), each
    at most one.
    """
    radii = min(len(one.front), len(two.front))
    first, second = ([each.front[:radii], each.back[:radii]] for each in (one, two))
    shape, scales = zip(one.front.shape[1:], two.front.shape[1:], strict=True)
    terms = next(each for each in (*_TERMS, 2 * _TERMS[-1]) if each >= max(shape))
    pairs = _paired(first, second), _paired(first, second[::-1])
    size = np.maximum(one.sizes[:, None] * two.sizes, 1e-300)[..., None]

    def at(half: np.ndarray) -> np.ndarray:
        parts = [
            each[:, : shape[0], : shape[1]].reshape(len(half), -1) @ of
            for each, of in zip(_overlaps(tuple(half), terms), pairs, strict=True)
        ]
        found = (parts[0] + parts[1]).reshape(len(half), *scales)
        return np.asarray(np.moveaxis(found, 0, -1) / size)

    return at


def _paired(first: list[np.ndarray], second: list[np.ndarray]) -> np.ndarray:
    """Sum over the radii and both halves, for all pairs of polynomials: (KK', RR')."""
    terms, left = first[0].shape[1:]
    other, right = second[0].shape[1:]
    found = np.zeros((terms * left, other * right))
    for one, two in zip(first, second, strict=True):
        found += one.reshape(len(one), -1).T @ two.reshape(len(two), -1)
    split = found.reshape(terms, left, other, right).transpose(0, 2, 1, 3)
    return split.reshape(terms * other, -1)


@lru_cache(maxsize=64)
def _overlaps(half: tuple[float, ...], terms: int) -> tuple[np.ndarray, np.ndarray]:
    r"""Return the integrals of $P_{2i}\,P_{2j}$ over where half circles overlap, / 2π.

    Two half circles turned by θ against one another share an arc of π - θ; one and the
    other's opposite an arc of θ. Both shape (N, terms, terms).
    """
    nodes, weights = gauss_legendre(2 * terms)
    theta = 2 * np.array(half)[:, None]
    found = []
    for length in (np.pi - theta, theta):
        # One circle's arc ends where it ends, the other's begins where it begins.
        places = [1 - 2 * length * along / np.pi for along in (nodes, 1 - nodes)]
        one, two = (
            _even_legendre(each.ravel(), terms).reshape(terms, len(half), -1)
            for each in places
        )
        scaled = one * (length * weights / (2 * np.pi))
        found.append(scaled.transpose(1, 0, 2) @ two.transpose(1, 2, 0))
    return found[0], found[1]
