"""The dual of an activation: the kernel of one hidden layer of infinite width."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, partial

import numpy as np
import torch

from widthwise.activations import Activation
from widthwise.arrays import Array
from widthwise.errors import InvalidArgumentError, OutsideDomainError
from widthwise.kernels._function import (
    diverges_at_one,
    kinks,
    on_numpy,
    seams,
    smooth_pieces,
)
from widthwise.kernels._plane import Angles, PlanarExpectation, Resolution
from widthwise.kernels._series import zonal_series
from widthwise.laws import Law, Sphere
from widthwise.numerics import PiecewisePolynomial, fit

__all__ = ["Dual", "dual", "dual_of_derivative"]

QUARTER = float(np.sqrt(0.5))
"""sin(π/4), where the representation changes from sin(θ/2) to cos(θ/2)."""
_NODES = (8, 12, 16, 24, 32, 48, 64, 96, 128, 192)
_SLACK = 1e-9
_BEFORE_CONE = 0.99
_NOISE = 2e-15
"""Accuracy that sums of some thousand terms reach, relative to their size."""
_FLOOR = 1e-18
"""Part of κ(1) below which a value's digits are rounding."""


@dataclass(frozen=True)
class Dual:
    r"""The dual $\kappa(t) = E[\sigma(w\cdot x)\sigma(w\cdot x')]$, $t = x\cdot x'$.

    A piecewise polynomial in $q = \sin(\theta/2)$ for $t \ge 0$ and in
    $p = \cos(\theta/2)$ for $t < 0$, $\theta = \arccos t$; both keep full accuracy where
    points nearly coincide or are nearly opposite.

    Attributes
    ----------
    activation, law
        What it is the dual of.
    order
        0 for the dual of σ, 1 for the dual of σ'.
    error_bound
        Absolute bound on the error of any value on [-1, 1]: the largest difference seen
        between the fit and a finer quadrature at points that the fit did not use,
        doubled, plus the rounding level.
    """

    activation: Activation
    law: Law
    order: int
    error_bound: float
    near: PiecewisePolynomial = field(repr=False, compare=False)
    far: PiecewisePolynomial = field(repr=False, compare=False)

    def __call__(self, t: Array | np.ndarray | float) -> Array:
        """Evaluate at correlations t in [-1, 1]; float64, the shape of t.

        Raises
        ------
        InvalidArgumentError
            If some t is outside [-1, 1] by more than 1e-9, or is not a number.
        """
        t = _as_float64(t)
        if not bool(torch.all(torch.abs(t) <= 1 + _SLACK)):
            worst = t.flatten()[torch.argmax(torch.abs(t).nan_to_num(torch.inf))]
            raise InvalidArgumentError(
                f"The correlation is {float(worst):.6g}; it must be in [-1, 1]. Pass the "
                "inner product of two unit vectors."
            )
        t = torch.clip(t, -1.0, 1.0).numpy()
        return self._at(t >= 0, np.sqrt((1 - t) / 2), np.sqrt((1 + t) / 2))

    def at_angle(self, theta: Array | np.ndarray | float) -> Array:
        """Evaluate at angles θ in [0, π], in radians; float64, the shape of θ.

        Near θ = 0 this keeps digits that t = cos θ cannot hold.
        """
        theta = _as_float64(theta)
        if not bool(torch.all((theta >= -_SLACK) & (theta <= np.pi + _SLACK))):
            raise InvalidArgumentError(
                "An angle is outside [0, π]; pass the angle between two vectors, in "
                "radians."
            )
        half = torch.clip(theta, 0.0, np.pi).numpy() / 2
        return self._at(half <= np.pi / 4, np.sin(half), np.cos(half))

    @property
    def value_at_one(self) -> float:
        """κ(1) = E[σ(w·x)²], every diagonal entry of the kernel matrix."""
        return float(self.at_angle(0.0))

    def at_half_chords(self, chord: np.ndarray, is_near: np.ndarray) -> np.ndarray:
        """Evaluate at sin(θ/2) where `is_near` (t >= 0), at cos(θ/2) elsewhere."""
        values = np.empty(np.shape(chord))
        values[is_near] = self.near(np.minimum(chord[is_near], QUARTER))
        values[~is_near] = self.far(np.minimum(chord[~is_near], QUARTER))
        return values

    def _at(self, is_near: np.ndarray, sine: np.ndarray, cosine: np.ndarray) -> Array:
        return torch.from_numpy(
            self.at_half_chords(np.where(is_near, sine, cosine), np.asarray(is_near))
        )


def dual(activation: Activation, law: Law) -> Dual:
    r"""Return the dual of σ.

    $$\kappa(t) = E_w[\sigma(w\cdot x)\,\sigma(w\cdot x')],\qquad t = x\cdot x',$$

    for unit x and x', by quadrature over the plane they span.

    Parameters
    ----------
    activation
        Any activation defined on the law's support.
    law
        `Sphere(d)` for any d >= 2, or `Gaussian()`.

    Returns
    -------
    A callable on correlations in [-1, 1]. `error_bound` is absolute.

    Raises
    ------
    OutsideDomainError
        If the law's support leaves the activation's domain.
    InvalidArgumentError
        If E[σ²] is not finite.

    Source
    ------
    Benson, Damle and Townsend (2020), arXiv:2010.15959, eq. (7). Cost: 10 ms to 2 s,
    once for each activation and law in a process; then O(1) a value.
    """
    return _build(activation, law, 0)


def dual_of_derivative(activation: Activation, law: Law) -> Dual:
    r"""Return the dual of σ', $E_w[\sigma'(w\cdot x)\,\sigma'(w\cdot x')]$.

    The derivative is taken almost everywhere: for a step it is 0. Parameters, errors
    and cost are those of `dual`.

    Source
    ------
    Jacot, Gabriel and Hongler (2018), arXiv:1806.07572, Theorem 1.
    """
    return _build(activation, law, 1)


@lru_cache(maxsize=256)
def _build(activation: Activation, law: Law, order: int) -> Dual:
    low, high = activation.domain
    if law.support_radius > min(-low, high):
        raise OutsideDomainError(
            f"{activation.name} is defined on [{low:g}, {high:g}] and the weights of the "
            f"{law.name} law reach beyond. Use the sphere law, with points of norm 1."
        )
    cone = law.support_radius == high == 1.0
    function = on_numpy(activation.derivative if order else activation, below_one=cone)
    if cone and diverges_at_one(function, law):
        raise InvalidArgumentError(
            f"The derivative of {activation.name} has an infinite mean square under "
            f"{law!r}: it grows like (1 - z)^(-1/2) at z = 1, so the tangent kernel of "
            "the inner layer does not exist. Train the outer layer only "
            "(trained='outer'), or use wendland2 or points of dimension 4 or more."
        )
    breakpoints, steep, series = activation.breakpoints, (), None
    if not cone:
        breakpoints = kinks(function, breakpoints, law)
        steep = seams(function, breakpoints, law)
    elif isinstance(law, Sphere) and law.dimension > 2:
        # The pieces of σ, also for σ': its pole at z = 1 is no kink.
        edges = smooth_pieces(on_numpy(activation), breakpoints, law)
        series = zonal_series(function, edges, law)
    plane = PlanarExpectation(function, law, breakpoints, steep, has_cone=cone)
    noise = _NOISE
    if series is None:
        resolution, finer, movement = _resolutions(plane)
        noise = max(_NOISE, 2 * movement)
        value, check = partial(plane, resolution=resolution), partial(plane, resolution=finer)
    else:
        value, check = series
    singular = _singular_angles(breakpoints, law, cone)
    near_edges = {0.0, QUARTER, *(np.sin(a / 2) for a in singular if a < np.pi / 2)}
    far_edges = {0.0, QUARTER, *(np.cos(a / 2) for a in singular if a > np.pi / 2)}
    size = float(value(_near_angles(np.zeros(1)))[1][0])
    fits = []
    for edges, angles in ((near_edges, _near_angles), (far_edges, _far_angles)):
        fits.append(
            fit(
                lambda x, angles=angles: value(angles(x)),
                tuple(sorted(float(e) for e in edges)),
                check=lambda x, angles=angles: check(angles(x)),
                noise=noise,
                floor=_FLOOR * size,
            )
        )
    near, far = fits
    bound = 2 * max(near.error, far.error) + (0.0 if series is None else series[1].tail)
    return Dual(activation, law, order, bound, near, far)


def _near_angles(q: np.ndarray) -> Angles:
    return Angles(np.arcsin(q), q, np.sqrt((1 - q) * (1 + q)))


def _far_angles(p: np.ndarray) -> Angles:
    return Angles(np.pi / 2 - np.arcsin(p), np.sqrt((1 - p) * (1 + p)), p)


def _resolutions(plane: PlanarExpectation) -> tuple[Resolution, Resolution, float]:
    """The coarsest rule that a finer one cannot improve, a finer one, and the noise."""
    halves = np.array([0.003, 0.11, 0.26, 0.49, 0.63, 0.82, 0.996]) * np.pi / 2
    angles = Angles(halves, np.sin(halves), np.cos(halves))
    # Cones cost more, and are worth less than the last digit.
    tolerance = 2e-14 if plane.has_cone else 2e-15
    settled = partial(_settled, tolerance=tolerance)
    inner, _ = settled(lambda n: plane(angles, Resolution(16, n)))
    outer, noise = settled(lambda n: plane(angles, Resolution(n, _NODES[inner])))
    if _NODES[outer] > 16:
        again, _ = settled(lambda n: plane(angles, Resolution(_NODES[outer], n)), inner)
        inner = max(inner, again)
    rule = Resolution(_NODES[outer], _NODES[inner])
    finer = Resolution(_NODES[outer + 1], _NODES[inner + 1])
    return rule, finer, noise


def _settled(
    evaluate: Callable[[int], tuple[np.ndarray, np.ndarray]],
    start: int = 1,
    *,
    tolerance: float,
) -> tuple[int, float]:
    """The level from which the result stands still, and how much it still moves."""
    before, _ = evaluate(_NODES[start - 1])
    movement = np.inf
    for level in range(start, len(_NODES) - 1):
        now, scale = evaluate(_NODES[level])
        last = movement
        movement = float((np.abs(now - before) / np.maximum(scale, 1e-300)).max())
        # Movement that a finer rule no longer shrinks is rounding.
        if movement <= tolerance or (last < 1e-12 and movement > last / 4):
            return level, movement
        before = now
    return len(_NODES) - 2, movement


def _singular_angles(
    breakpoints: tuple[float, ...], law: Law, has_cone: bool
) -> list[float]:
    """Angles in (0, π) where κ is not analytic: two cuts touch on the unit circle."""
    if law.support_radius != 1.0:
        return []
    turns = [float(np.arccos(b)) for b in breakpoints if abs(b) <= 1.0]
    turns += [0.0] if has_cone else []
    angles = {abs(a - b) for a in turns for b in turns}
    angles |= {a + b if a + b < np.pi else 2 * np.pi - a - b for a in turns for b in turns}
    return sorted(a for a in angles if 1e-9 < a < np.pi - 1e-9)


def _as_float64(values: Array | np.ndarray | float) -> Array:
    return torch.as_tensor(values, dtype=torch.float64).detach().cpu()
