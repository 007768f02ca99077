r"""The dual of two activations, from the duals of their sum and their difference."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from widthwise.activations import Activation
from widthwise.arrays import Array, Float, Real
from widthwise.kernels.duals._dual import Dual, Numbers, dual
from widthwise.kernels.rules import named
from widthwise.laws import Law
from widthwise.sources import Source

__all__ = ["CrossDual", "cross_dual"]


@dataclass(frozen=True)
class CrossDual:
    r"""The function $\kappa_{\sigma\tau}(t) = E[\sigma(w\cdot x)\,\tau(w\cdot x')]$.

    Attributes
    ----------
    first, second, law
        σ, τ and the law of w.
    terms
        Weights and duals; their sum is the function. One dual if σ is τ, else

        $$\kappa_{\sigma\tau} = \frac{1}{4ab} (\kappa_{a\sigma + b\tau} -
        \kappa_{a\sigma - b\tau}).$$

    Examples
    --------
    >>> import widthwise as ww
    >>> dual = ww.kernels.cross_dual("relu", "step", "gaussian")
    >>> dual.first.name, dual.second.name, round(float(dual(0.0)), 6)
    ('relu', 'step', 0.199471)
    """

    first: Activation
    second: Activation
    law: Law
    terms: tuple[tuple[float, Dual], ...]

    def __call__(self, t: Numbers) -> Array:
        """Evaluate at correlations t in [-1, 1], as a `Dual`."""
        values = [weight * each(t) for weight, each in self.terms]
        return values[0] if len(values) == 1 else values[0] + values[1]

    def at_angle(self, theta: Numbers) -> Array:
        """Evaluate at angles θ in [0, π], as a `Dual`."""
        values = [weight * each.at_angle(theta) for weight, each in self.terms]
        return values[0] if len(values) == 1 else values[0] + values[1]

    @property
    def value_at_one(self) -> float:
        """E[σ(w·x) τ(w·x)]."""
        return float(self.at_angle(0.0))

    @property
    def error_bound(self) -> float:
        """Absolute bound on the error of any value on [-1, 1]."""
        if len(self.terms) == 1:
            return self.terms[0][1].error_bound
        return sum(
            abs(weight) * (each.error_bound + 2.0**-51 * each.value_at_one)
            for weight, each in self.terms
        )


def cross_dual(
    first: Activation | str, second: Activation | str, law: Law | str
) -> CrossDual:
    r"""Return the dual of two activations.

    $$\kappa_{\sigma\tau}(t) = E_w[\sigma(w\cdot x)\,\tau(w\cdot x')],\qquad t = x\cdot
    x',$$

    for unit x and x': the kernel between two groups of units with the same weights.
    Where σ is τ it is `dual(σ, law)`, bit for bit.

    Parameters
    ----------
    first, second
        σ and τ, defined on the law's support; or their names.
    law
        `Sphere(d)` for any d >= 2, or `Gaussian()`, or "gaussian".

    Returns
    -------
    A callable on correlations in [-1, 1]. `error_bound` is absolute; it is of the order
    of 1e-15 $(E\sigma^2\, E\tau^2)^{1/2}$ for the activations of the catalog.

    Raises
    ------
    OutsideDomainError, InvalidArgumentError
        As `dual`, for either.

    Source
    ------
    Benson, Damle and Townsend (2020), arXiv:2010.15959, eq. (7), by polarization. Cost:
    that of four duals, once in a process; then O(1) a value.

    Examples
    --------
    >>> import widthwise as ww
    >>> dual = ww.kernels.cross_dual("relu", "step", "gaussian")
    >>> round(float(dual(0.0)), 6)
    0.199471
    """
    (sigma, found), (tau, _) = named(first, law), named(second, law)
    return _cross_dual(sigma, tau, found)


@lru_cache(maxsize=64)
def _cross_dual(first: Activation, second: Activation, law: Law) -> CrossDual:
    one = dual(first, law)
    if first == second:
        return CrossDual(first, second, law, ((1.0, one),))
    # Of one size, so that neither is lost beside the other.
    sizes = one.value_at_one, dual(second, law).value_at_one
    a, b = (1 / np.sqrt(size) if size > 0 else 1.0 for size in sizes)
    weight = float(1 / (4 * a * b))
    plus, minus = (
        dual(_Sum(first, second, float(a), float(sign * b)), law) for sign in (1, -1)
    )
    return CrossDual(first, second, law, ((weight, plus), (-weight, minus)))


@dataclass(frozen=True)
class _Sum(Activation):
    """The function aσ + bτ."""

    first: Activation
    second: Activation
    a: float
    b: float

    name = "sum"
    formula = r"a \sigma(z) + b \tau(z)"
    source = Source("a sum of two", None, "widthwise.kernels.cross_dual")

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return self.a * self.first(z) + self.b * self.second(z)

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return self.a * self.first.derivative(z) + self.b * self.second.derivative(z)

    def even_part(self, radius: float) -> tuple[float, ...] | None:
        return self._part(self.first.even_part(radius), self.second.even_part(radius))

    def odd_part(self, radius: float) -> tuple[float, ...] | None:
        return self._part(self.first.odd_part(radius), self.second.odd_part(radius))

    def _part(
        self, first: tuple[float, ...] | None, second: tuple[float, ...] | None
    ) -> tuple[float, ...] | None:
        if first is None or second is None:
            return None
        size = max(len(first), len(second))
        pad = [part + (0.0,) * (size - len(part)) for part in (first, second)]
        return tuple(self.a * x + self.b * y for x, y in zip(*pad, strict=True))

    @property
    def parity_is_exact(self) -> bool:
        return False  # two parts that are no polynomials may have a sum that is

    @property
    def breakpoints(self) -> tuple[float, ...]:
        return tuple(sorted({*self.first.breakpoints, *self.second.breakpoints}))

    @property
    def narrow(self) -> tuple[tuple[float, float], ...]:
        return self.first.narrow + self.second.narrow

    @property
    def smoothness(self) -> float:
        return min(self.first.smoothness, self.second.smoothness)

    @property
    def bound(self) -> float:
        return abs(self.a) * self.first.bound + abs(self.b) * self.second.bound

    @property
    def lipschitz(self) -> float:
        return abs(self.a) * self.first.lipschitz + abs(self.b) * self.second.lipschitz

    @property
    def domain(self) -> tuple[float, float]:
        ends = self.first.domain, self.second.domain
        return max(low for low, _ in ends), min(high for _, high in ends)

    @property
    def constants_are_sampled(self) -> bool:
        return self.first.constants_are_sampled or self.second.constants_are_sampled
