"""The eigenvalues of a kernel on the sphere, by degree."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from widthwise.activations import adapted
from widthwise.arguments import non_negative, whole_number
from widthwise.arrays import Array, Float
from widthwise.equality import equal_by_value
from widthwise.errors import InvalidArgumentError
from widthwise.kernels.rules import inverse_roots, project_angles
from widthwise.laws import Sphere
from widthwise.numerics import smooth_edges
from widthwise.numerics.harmonics import harmonics_count

__all__ = ["Mercer", "mercer"]

_RESOLVED = 1e-13
_ROUNDING = 1e-15
_TINY = float(np.finfo(np.float64).tiny)
_ODD = 1.2345
"""Where pieces are first cut: a jump at an edge, such as π/2, would go unseen."""


@dataclass(frozen=True, eq=False)
class Mercer:
    r"""The spectrum of $(Tf)(x) = E_y[\kappa(x \cdot y) f(y)]$, y uniform on $S^{d-1}$.

    $$\kappa(t) = \sum_k N(d, k)\, \mu_k\, P_k(t), \qquad P_k(1) = 1,$$

    so that $\sum_k N(d, k)\, \mu_k = \kappa(1)$.

    Attributes
    ----------
    dimension
        d.
    eigenvalues
        $\mu_0, \dots, \mu_K$, shape (K + 1,).
    errors
        Absolute bounds on their errors, shape (K + 1,). They fall as
        $N(d, k)^{-1/2}$: an eigenvalue below its bound is not told from zero.
    multiplicities
        N(d, k), the number of harmonics of degree k, exactly.
    value_at_one
        κ(1), the sum of all eigenvalues.

    Examples
    --------
    >>> import widthwise as ww
    >>> found = ww.kernels.mercer(ww.kernels.dual("relu", "gaussian"), 3, degree=4)
    >>> found.multiplicities, found.captured < found.value_at_one
    ((1, 3, 5, 7, 9), True)
    """

    __eq__ = equal_by_value

    dimension: int
    eigenvalues: Float[Array, " degrees"]
    errors: Float[Array, " degrees"]
    multiplicities: tuple[int, ...]
    value_at_one: float

    @property
    def captured(self) -> float:
        r"""$\sum N(d, k)\, \mu_k$ over the eigenvalues that exceed their bound.

        At most κ(1) if κ is a kernel; what is missing is in higher degrees, or lost in
        the errors.
        """
        return self._sum(self.eigenvalues)

    @property
    def captured_error(self) -> float:
        r"""Bound on the error of `captured`, $N(d, k)$ times the errors."""
        return self._sum(self.errors)

    def _sum(self, values: Array) -> float:
        is_known = (self.eigenvalues.abs() > self.errors).tolist()
        # A multiplicity may exceed all floats where its eigenvalue is as small.
        return sum(
            _product(count, value)
            for count, value, known in zip(
                self.multiplicities, values.tolist(), is_known, strict=True
            )
            if known
        )


def mercer(
    kernel: Any,
    dimension: int,
    degree: int,
    *,
    kernel_error: float | int | None = None,
) -> Mercer:
    r"""Compute the eigenvalues of any kernel on the sphere of R^d.

    $$\mu_k = E[\kappa(u) P_k(u)], \qquad k = 0, \dots, K,$$

    u one coordinate of a uniform point of $S^{d-1}$. For the conjugate kernel of σ they
    are the squares of `funk_hecke(σ)`.

    Parameters
    ----------
    kernel
        A `Dual`, a `TangentDual`, `conjugate` or `tangent` of a `DeepDual`, or a
        function of t on [-1, 1], elementwise.
    dimension
        d >= 2.
    degree
        K >= 0.
    kernel_error
        Absolute bound on the error of the kernel's values. If None, the kernel's own
        `error_bound`, and 0 for a function that has none.

    Returns
    -------
    `Mercer`. Integrals are taken in the angle, on pieces that are halved for as long as
    the kernel is no polynomial there, so that roots and logarithms of $1 \mp t$ cost no
    digits; the errors hold the kernel's, and the change when rules are made finer,
    twice.

    Raises
    ------
    InvalidArgumentError
        If the kernel is no such function, is a `DeepDual` itself, is not finite
        somewhere, or an argument is out of range.

    Source
    ------
    Bach (2017), JMLR 18(19), appendix D; Funk (1915), Hecke (1918). Cost: O(K² pieces).

    Examples
    --------
    >>> import widthwise as ww
    >>> found = ww.kernels.mercer(lambda t: 1 + 3 * t, dimension=3, degree=2)
    >>> found.eigenvalues.round(decimals=9).abs().tolist(), found.multiplicities
    ([1.0, 1.0, 0.0], (1, 3, 5))
    """
    d = Sphere(dimension).dimension
    whole_number(degree, "The degree", meaning="the highest k wanted")
    function, own_error = _of_angles(kernel)
    if kernel_error is not None:
        own_error = non_negative(kernel_error, "kernel_error")
    edges = _pieces(function, d)
    coarse = project_angles(function, edges, d, degree, 24)
    fine = project_angles(function, edges, d, degree, 40)
    size = float(np.abs(function(np.linspace(0.0, np.pi, 999))).max())
    # Orthonormal polynomials have mean square one: a coefficient errs by the kernel's
    # own error at most.
    error = 2 * np.abs(fine - coarse).max() + _ROUNDING * size + own_error
    roots = inverse_roots(d, degree)
    with np.errstate(under="ignore"):
        return Mercer(
            d,
            torch.from_numpy(fine * roots + 0.0),
            torch.from_numpy(np.maximum(error * roots, _TINY)),
            tuple(harmonics_count(d, k) for k in range(degree + 1)),
            float(function(np.zeros(1))[0]),
        )


def _of_angles(kernel: Any) -> tuple[Callable[[np.ndarray], np.ndarray], float]:
    """Return the kernel as a function of θ, and the bound on its error."""
    if hasattr(kernel, "conjugate") and hasattr(kernel, "tangent"):
        raise InvalidArgumentError(
            f"A {type(kernel).__name__} is two kernels. Pass its `conjugate` or its "
            "`tangent`."
        )
    if hasattr(kernel, "at_angle"):
        at_angle = kernel.at_angle
        return lambda theta: at_angle(theta).numpy(), float(kernel.error_bound)
    owner = getattr(kernel, "__self__", None)
    error = getattr(owner, f"{getattr(kernel, '__name__', '')}_error", 0.0)
    on_arrays = adapted(kernel, "The kernel").on_arrays
    return lambda theta: on_arrays(np.cos(theta)), float(error)


def _pieces(function: Callable[[np.ndarray], np.ndarray], d: int) -> np.ndarray:
    """Return edges of pieces of [0, π] on which the kernel is a polynomial."""
    grid = np.linspace(0.0, np.pi, 1003)
    values = function(grid)
    wrong = np.flatnonzero(~np.isfinite(values))
    if wrong.size:
        raise InvalidArgumentError(
            f"The kernel is {values[wrong[0]]} at t = {np.cos(grid[wrong[0]]):.6g}; it "
            "must be a finite number on all of [-1, 1]."
        )
    size = float(np.abs(values).mean())

    def sample(theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        found = function(theta)
        return found, np.maximum(np.abs(found), size)

    edges = smooth_edges(sample, (0.0, _ODD, np.pi / 2, np.pi), _RESOLVED)
    # In many dimensions the density lives within some 1/√d of the equator.
    spread = np.linspace(-12.0, 12.0, 13) / np.sqrt(d)
    near = np.pi / 2 + spread[np.abs(spread) < np.pi / 2]
    return np.unique(np.concatenate([edges, near]))


def _product(count: int, value: float) -> float:
    """Return count · value, where count alone may exceed all floats."""
    extra = max(0, count.bit_length() - 1000)
    return float(np.ldexp(float(count >> extra) * value, extra))
