"""The dual of an activation: the kernel of one hidden layer of infinite width."""

from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
import torch

from widthwise.activations import Activation
from widthwise.arrays import Array, real_tensor
from widthwise.errors import InvalidArgumentError
from widthwise.kernels.duals._departure import FITTING, Departure, divided, integrated
from widthwise.kernels.duals._kept_duals import kept
from widthwise.kernels.duals._representation import QUARTER, represent
from widthwise.kernels.rules import named
from widthwise.laws import Law, Sphere
from widthwise.numerics import PiecewisePolynomial

__all__ = [
    "Dual",
    "Numbers",
    "clipped",
    "dual",
    "dual_of_derivative",
    "half_angles",
]

Numbers = Array | np.ndarray | float | int | np.number
"""Real numbers in any container; whole numbers too."""

_SLACK = 1e-9
_NEAR_END = 0.1
"""Half chord up to which differences of two values lose digits."""


@dataclass(frozen=True)
class Dual:
    r"""The dual $\kappa(t) = E[\sigma(w\cdot x)\sigma(w\cdot x')]$, $t = x\cdot x'$.

    A piecewise polynomial in $q = \sin(\theta/2)$ for $t \ge 0$ and in
    $p = \cos(\theta/2)$ for $t < 0$, $\theta = \arccos t$; both keep full accuracy
    where points nearly coincide or are nearly opposite.

    Attributes
    ----------
    activation, law
        What it is the dual of.
    order
        0 for the dual of σ, 1 for the dual of σ'.
    error_bound
        Absolute bound on the error of any value on [-1, 1]: the largest difference seen
        between the fit and a finer quadrature at points that the fit did not use,
        doubled, or times four where convergence is slow, plus the rounding level.

    Examples
    --------
    >>> import widthwise as ww
    >>> dual = ww.kernels.dual("relu", "gaussian")
    >>> dual.activation.name, dual.error_bound < 1e-12
    ('relu', True)
    """

    activation: Activation
    law: Law
    order: int
    error_bound: float
    near: PiecewisePolynomial = field(repr=False, compare=False)
    far: PiecewisePolynomial = field(repr=False, compare=False)

    def __call__(self, t: Numbers) -> Array:
        """Evaluate at correlations t in [-1, 1]; float64, the shape of t.

        Raises
        ------
        InvalidArgumentError
            If some t is outside [-1, 1] by more than 1e-9, or is not a number.
        """
        t = clipped(t)
        halves = torch.sqrt((1 - t) / 2), torch.sqrt((1 + t) / 2)
        return self._at((t >= 0).numpy(), *(half.numpy() for half in halves))

    def at_angle(self, theta: Numbers) -> Array:
        """Evaluate at angles θ in [0, π], in radians; float64, the shape of θ.

        Near θ = 0 this keeps digits that t = cos θ cannot hold.
        """
        return self._at(*half_angles(theta))

    def decorrelation(self, theta: Numbers) -> Array:
        r"""Evaluate 1 - κ(t)/κ(1) at angles θ in [0, π]; float64, the shape of θ.

        Its relative error is below 1e-10 down to angles of 1e-12, where κ(t) and κ(1)
        are the same float: κ' is integrated from the nearer end (Price), or κ's own
        polynomial divided where σ jumps.

        Raises
        ------
        InvalidArgumentError
            If κ(1) is 0, $E[\sigma'^2]$ is not finite, or this is the dual of σ'.
        """
        near, sine, cosine = half_angles(theta)
        at_one, at_minus_one = self.value_at_one, float(self.at_angle(np.pi))
        if at_one == 0.0:
            raise InvalidArgumentError(
                f"{self.activation.name} is zero almost everywhere, and has no "
                "correlation. Choose another activation."
            )
        factor, departure = self._departure
        x = np.asarray(np.minimum(np.where(near, sine, cosine), QUARTER))
        share = factor * departure(x, near) / at_one
        exact = {"even": 0.0, "odd": 2.0}
        whole = exact.get(self.activation.parity, 1 - at_minus_one / at_one)
        found = np.where(near, share, whole - share)
        if departure.power == 1:  # Of κ's own values, which do better away from there.
            plain = 1 - self.at_half_chords(x, near) / at_one
            found = np.where(x < _NEAR_END, found, plain)
        return torch.from_numpy(np.asarray(found))

    @cached_property
    def _departure(self) -> tuple[float, Departure]:
        if self.activation.smoothness == 0 and not self.order:
            return 1.0, divided(self.near, self.far, self.error_bound)
        factor, slope = self._slope()
        return factor, integrated(slope.near, slope.far, slope.error_bound)

    @property
    def value_at_one(self) -> float:
        """κ(1) = E[σ(w·x)²], every diagonal entry of the kernel matrix."""
        return float(self.at_angle(0.0))

    def derivative(self, t: Numbers) -> Array:
        r"""Evaluate dκ/dt at correlations t in [-1, 1]; float64, the shape of t.

        It is the dual of σ' under the Gaussian law, and a d-th of the dual of σ' under
        `Sphere(d + 2)` on the sphere of R^d: $P_k'$ is $\frac{k (k+d-2)}{d-1}$ times
        the polynomial of degree k - 1 in d + 2 dimensions, and $\lambda_k(\sigma)$ a
        d-th of $\lambda_{k-1}(\sigma')$ there.

        Raises
        ------
        InvalidArgumentError
            If σ jumps, so that dκ/dt is infinite at t = 1; if $E[\sigma'^2]$ is not
            finite; or if this is the dual of σ' already.
        """
        factor, slope = self._slope()
        return factor * slope(t)

    @property
    def derivative_error(self) -> float:
        """Absolute bound on the error of `derivative` on [-1, 1]."""
        factor, slope = self._slope()
        return factor * (slope.error_bound + 2.0**-52 * slope.value_at_one)

    def _slope(self) -> tuple[float, "Dual"]:
        if self.order or self.activation.smoothness == 0:
            why = "is that of a derivative" if self.order else "has a jump"
            raise InvalidArgumentError(
                f"The dual of {self.activation.name} {why}, and its slope is not known "
                "here. Take differences at angles, by `at_angle`."
            )
        if not isinstance(self.law, Sphere):
            return 1.0, dual_of_derivative(self.activation, self.law)
        d = self.law.dimension
        return 1 / d, dual_of_derivative(self.activation, Sphere(d + 2))

    def entry_error(self, dimension: int) -> float:
        """Bound the error of a kernel entry made from an inner product in R^dimension.

        Adds to `error_bound` what the product's rounding, 4 √d units in the last place,
        does to κ where correlations come from it and not from differences of points.
        """
        steepest = max(self.near.derivative_bound(0.1), self.far.derivative_bound(0.1))
        # x² = (1 - |t|) / 2 and x >= 0.1, so that |dx| <= |dt| / 0.4.
        rounding = 4 * np.sqrt(dimension) * np.finfo(np.float64).eps / 2
        own = self.error_bound + self.fitting_error
        return float(own + steepest / 0.4 * rounding)

    @property
    def fitting_error(self) -> float:
        """What a large matrix's polynomials may differ from these by."""
        return max(self.error_bound / 2, FITTING * abs(self.value_at_one))

    def at_half_chords(self, chord: np.ndarray, is_near: np.ndarray) -> np.ndarray:
        """Evaluate at sin(θ/2) where `is_near` (t >= 0), at cos(θ/2) elsewhere."""
        values = np.empty(np.shape(chord))
        values[is_near] = self.near(np.minimum(chord[is_near], QUARTER))
        values[~is_near] = self.far(np.minimum(chord[~is_near], QUARTER))
        return values

    def _at(self, is_near: np.ndarray, sine: np.ndarray, cosine: np.ndarray) -> Array:
        return torch.from_numpy(
            self.at_half_chords(np.where(is_near, sine, cosine), is_near)
        )


def dual(activation: Activation | str, law: Law | str) -> Dual:
    r"""Return the dual of σ.

    $$\kappa(t) = E_w[\sigma(w\cdot x)\,\sigma(w\cdot x')],\qquad t = x\cdot x',$$

    for unit x and x', by quadrature over the plane they span.

    Parameters
    ----------
    activation
        Any activation defined on the law's support, or its name.
    law
        `Sphere(d)` for any d >= 2, or `Gaussian()`, or "gaussian".

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
    Benson, Damle and Townsend (2020), arXiv:2010.15959, eq. (7). Cost: 10 ms to 0.3 s
    once for each activation and law, 5 to 10 s where σ is steep under the sphere law;
    from the user's cache folder 2 ms in the next process, where the activation is of
    this package; then O(1) a value.

    Examples
    --------
    >>> import widthwise as ww
    >>> dual = ww.kernels.dual("relu", "gaussian")
    >>> round(float(dual(1.0)), 6), round(float(dual(0.0)), 6)
    (0.5, 0.159155)
    """
    return _dual(*named(activation, law), 0)


def dual_of_derivative(activation: Activation | str, law: Law | str) -> Dual:
    r"""Return the dual of σ', $E_w[\sigma'(w\cdot x)\,\sigma'(w\cdot x')]$.

    The derivative is taken almost everywhere: for a step it is 0. Parameters, errors
    and cost are those of `dual`.

    Source
    ------
    Jacot, Gabriel and Hongler (2018), arXiv:1806.07572, Theorem 1.

    Examples
    --------
    >>> import widthwise as ww
    >>> dual = ww.kernels.dual_of_derivative("relu", "gaussian")
    >>> round(float(dual(1.0)), 6), round(float(dual(0.0)), 6)
    (0.5, 0.25)
    """
    return _dual(*named(activation, law), 1)


@lru_cache(maxsize=256)
def _dual(activation: Activation, law: Law, order: int) -> Dual:
    near, far, bound = kept(represent, activation, law, order)
    return Dual(activation, law, order, bound, near, far)


def _as_float64(values: Numbers, what: str) -> Array:
    return real_tensor(values, what).cpu().to(torch.float64)


def clipped(t: Numbers) -> Array:
    """Return correlations without what rounding put beyond -1 and 1."""
    t = _as_float64(t, "The correlations")
    if not bool(torch.all(torch.abs(t) <= 1 + _SLACK)):
        worst = t.flatten()[torch.argmax(torch.abs(t).nan_to_num(torch.inf))]
        raise InvalidArgumentError(
            f"The correlation is {float(worst):.6g}; it must be in [-1, 1]. Pass "
            "the inner product of two unit vectors."
        )
    return torch.clip(t, -1.0, 1.0)


def half_angles(theta: Numbers) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return where angles are at most π/2, and the sine and cosine of their halves."""
    theta = _as_float64(theta, "The angles")
    if not bool(torch.all((theta >= -_SLACK) & (theta <= np.pi + _SLACK))):
        raise InvalidArgumentError(
            "An angle is outside [0, π]; pass the angle between two vectors, in "
            "radians."
        )
    half = torch.clip(theta, 0.0, np.pi) / 2
    return (half <= np.pi / 4).numpy(), half.sin().numpy(), half.cos().numpy()
