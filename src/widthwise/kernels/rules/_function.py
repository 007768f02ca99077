"""Where a function is smooth, found by fitting it; so that no kink stays hidden."""

from collections.abc import Callable

import numpy as np
import torch

from widthwise.activations import CATALOG, Activation, Custom, Scaled, adapted
from widthwise.arrays import Array
from widthwise.errors import InvalidArgumentError, PrecisionLimitError
from widthwise.laws import Law
from widthwise.numerics import smooth_edges

__all__ = [
    "GAUSSIAN_REACH",
    "NumpyFunction",
    "density_peak",
    "diverges_at_one",
    "has_pole",
    "kinks",
    "misplacement",
    "on_numpy",
    "require_numbers",
    "seams",
    "smooth_pieces",
    "within_budget",
]

NumpyFunction = Callable[[np.ndarray], np.ndarray]
Intervals = tuple[tuple[float, float], ...]

GAUSSIAN_REACH = 12.0
"""Beyond this a standard normal has probability 4e-33."""
MOST_EVALUATIONS = 1.5e9
"""Of an activation that is not the catalog's, for one dual: a minute or two."""
_RESOLVED = 1e-13
_KINK = 1e-9
"""A piece narrower than this, relative to the whole, holds a kink."""
_STEEP = 0.08
"""Rules of ordinary length resolve what pieces wider than this resolve."""
_MOST_SEAMS = 20


_BELOW_ONE = float(np.nextafter(1.0, 0.0))


def on_numpy(
    function: Callable[[Array], Array], *, below_one: bool = False
) -> NumpyFunction:
    """Return the same elementwise function of NumPy arrays.

    With `below_one`, z = 1 is moved to the float below it: cosines of small angles
    round to 1, where a derivative may be infinite.
    """

    def evaluate(z: np.ndarray) -> np.ndarray:
        z = np.minimum(z, _BELOW_ONE) if below_one else z
        found = function(torch.from_numpy(np.ascontiguousarray(z)))
        return found.detach().numpy().astype(np.float64, copy=False)

    return evaluate


def within_budget(
    function: NumpyFunction, activation: Activation, law: Law, order: int
) -> NumpyFunction:
    """Return the function, which refuses to be called beyond the budget.

    A catalog's σ' costs one evaluation, torch's autograd some three, and a Chebyshev
    window twelve.
    """
    own = activation.base if isinstance(activation, Scaled) else activation
    if type(own) in CATALOG.values():
        return function
    method = getattr(own, "derivative_method", "given") if order else "given"
    each = {"given": 1, "autograd": 3, "numerical": 12}[method]
    spent = 0

    def evaluate(z: np.ndarray) -> np.ndarray:
        nonlocal spent
        spent += each * z.size
        if spent > MOST_EVALUATIONS:
            what = "The derivative of " if order else ""
            raise PrecisionLimitError(
                f"{what}{activation.name} is steep, or noisy, on small scales: its "
                f"dual under {law!r} takes more than {MOST_EVALUATIONS:.2g} "
                "evaluations. Give from_callable the derivative as a formula, and "
                "every breakpoint; leave out what is no more than rounding."
            )
        return function(z)

    return evaluate


def require_numbers(activation: Activation, law: Law, order: int = 0) -> None:
    """Refuse what is not elementwise, is random, or is no number within the law."""
    if type(activation) in CATALOG.values():
        return
    what = f"The activation {activation.name!r}"
    if not isinstance(activation, Custom | Scaled):
        adapted(activation, what)
    low, high = activation.domain
    reach = min(law.support_radius, GAUSSIAN_REACH / 2)
    z = reach * np.linspace(-1.0, 1.0, 259)[1:-1]
    z = z[(z > low) & (z < high)]
    values = on_numpy(activation.derivative if order else activation)(z)
    wrong = np.flatnonzero(np.isnan(values))
    if wrong.size:
        raise InvalidArgumentError(
            f"{f'The derivative of {activation.name!r}' if order else what} is not a "
            f"number at z = {z[wrong[0]]:.6g}, where {law!r} puts its arguments. Give "
            "it a value there, or a domain that ends before."
        )


def smooth_pieces(
    function: NumpyFunction,
    breakpoints: tuple[float, ...],
    law: Law,
    narrow: Intervals = (),
    noise: float = 0.0,
) -> np.ndarray:
    """Return edges of pieces on which the function is a polynomial to 1e-13.

    Or to twice the noise of its values, which no piece resolves.

    The ends and middles of the intervals in `narrow` are edges from the start.

    In θ on [0, π], z = cos θ, where z is bounded by one, which removes the square-root
    singularities at z = ±1; in z on [-12, 12] otherwise.
    """
    bounded = law.support_radius == 1.0
    low, high = (0.0, np.pi) if bounded else (-GAUSSIAN_REACH, GAUSSIAN_REACH)
    ends = [z for low, high in narrow for z in (low, (low + high) / 2, high)]
    inside = [b for b in (*breakpoints, *ends) if abs(b) < (1.0 if bounded else high)]
    # Halving from an odd place: a jump at an edge, such as z = 0, would go unseen.
    odd = 1.2345 if bounded else 0.7321
    edges = sorted({low, odd, high, *(np.arccos(inside) if bounded else inside)})

    def sample(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        values = function(np.cos(x) if bounded else x)
        return values, np.maximum(np.abs(values), size)

    grid = np.linspace(low, high, 1003)[1:-1]
    centre = grid if bounded else grid[np.abs(grid) < 3]
    size = float(np.abs(function(np.cos(centre) if bounded else centre)).mean())
    resolved = max(_RESOLVED, 2 * noise / max(size, 1e-300))
    return smooth_edges(sample, tuple(float(e) for e in edges), resolved)


def density_peak(d: int) -> float:
    """Return Γ(d/2) / (√π Γ((d-1)/2)), the factor of the density (1 - u²)^{(d-3)/2}.

    As a product, which keeps the digits for large d.
    """
    start = 1 / np.pi if d % 2 == 0 else 0.5
    upper = np.arange(d, 3 + (d % 2), -2.0) - 2
    return float(start * np.prod(upper / (upper - 1)))


def diverges_at_one(function: NumpyFunction, law: Law) -> bool:
    """Whether E f² is infinite because of f near z = 1."""
    d = getattr(law, "dimension", 2)
    theta = np.array([1e-3, 1e-4])
    with np.errstate(under="ignore"):
        growth = theta * (function(np.cos(theta)) * theta ** ((d - 2) / 2)) ** 2
    # For a finite integral of f² sin^{d-2} θ dθ this must fall as θ does.
    return bool(growth[1] > 0.5 * growth[0] > 0.0)


def has_pole(function: NumpyFunction) -> bool:
    """Whether f is infinite at z = 1, like (1 - z)^(-1/2)."""
    farther, nearer = np.abs(function(np.cos(np.array([1e-3, 1e-4]))))
    return bool(nearer > 5 * farther)


def kinks(
    function: NumpyFunction,
    breakpoints: tuple[float, ...],
    law: Law,
    narrow: Intervals = (),
    noise: float = 0.0,
) -> tuple[tuple[float, ...], np.ndarray]:
    """Return breakpoints with undeclared ones that a fit runs into, and its edges."""
    bounded = law.support_radius == 1.0
    known = list(breakpoints)
    for _ in range(3):
        edges = smooth_pieces(function, tuple(known), law, narrow, noise)
        width = np.diff(edges)
        thin = np.nonzero(width < _KINK * (edges[-1] - edges[0]))[0]
        places = (edges[thin] + edges[thin + 1]) / 2
        places = np.cos(places) if bounded else places
        new: list[float] = []
        for _, place in sorted(zip(width[thin], places, strict=True)):
            if all(abs(place - other) > 1e-6 for other in [*known, *new, -1.0, 1.0]):
                new.append(float(place))
        if not new:
            break
        known += new
    return tuple(sorted(known)), edges


def misplacement(function: NumpyFunction, found: tuple[float, ...], law: Law) -> float:
    """Bound what misplaced jumps of f do to E f f', over the root of E f².

    Fits place them to 64 * 2**-50 of the interval; a jump of size j misplaced by w
    changes f by j with probability w times the density.
    """
    bounded = law.support_radius == 1.0
    place = 64 * 2.0**-50 * (np.pi if bounded else 2 * GAUSSIAN_REACH)
    total = 0.0
    for b in found:
        below, above = function(np.array([b - place, b + place]))
        density = np.sqrt(max(getattr(law, "dimension", 3), 3) / 6)
        density /= np.sqrt(1 - b * b) if bounded else 1.0
        total += 2 * place * density * abs(float(above - below))
    return float(total)


def seams(edges: np.ndarray, law: Law) -> tuple[float, ...]:
    """Return where rules should be cut because pieces of the function are narrow."""
    width = np.diff(edges)
    steep = np.nonzero(width < _STEEP)[0]
    # A rule resolves three pieces of degree 11 as well as one.
    chosen = np.unique(np.concatenate([steep, steep + 1]))[::3]
    if len(chosen) > _MOST_SEAMS:
        chosen = chosen[:: len(chosen) // _MOST_SEAMS + 1]
    places = edges[chosen]
    bounded = law.support_radius == 1.0
    return tuple(float(z) for z in sorted(np.cos(places) if bounded else places))
