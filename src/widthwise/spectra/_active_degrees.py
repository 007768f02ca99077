"""Which degrees of spherical harmonics a kernel contains."""

import math
from dataclasses import dataclass
from fractions import Fraction

from widthwise.activations import Activation
from widthwise.errors import InvalidArgumentError, OutsideDomainError
from widthwise.laws import Law, Sphere

__all__ = ["KERNELS", "ActiveDegrees", "active_degrees"]

KERNELS = ("conjugate", "tangent_inner", "tangent_both")

Degrees = tuple[int, ...] | None

# Coefficients are rounded numbers: a sum this far below its terms has cancelled.
_CANCELLED = Fraction(1, 2**46)


@dataclass(frozen=True)
class ActiveDegrees:
    """The degrees k with a positive coefficient in the kernel, by parity.

    Attributes
    ----------
    even, odd
        The degrees of that parity, ascending; None when there are infinitely many.
    """

    even: Degrees
    odd: Degrees

    @property
    def all_finite(self) -> tuple[int, ...] | None:
        """Every active degree if both parities are finite, else None."""
        if self.even is None or self.odd is None:
            return None
        return tuple(sorted(self.even + self.odd))


def active_degrees(
    act: Activation, law: Law, dimension: int, kernel: str = "conjugate"
) -> ActiveDegrees:
    r"""Find the degrees k that occur in the kernel's harmonic expansion.

    The conjugate kernel under Sphere(d) is $\sum_k N(d,k) \lambda_k^2 P_k(t)$ with
    $\lambda_k = E[\sigma(u) P_k(u)]$, u = w·x. A part of σ that is not a polynomial on
    [-1, 1] has infinitely many nonzero $\lambda_k$; for a polynomial part they are
    rational in its coefficients,

    $$E[u^{k+2j} P_k(u)] = \frac{(k+2j)!}{(2j)!\, 2^k} \frac{(1/2)_j}{(d/2)_{k+j}} ,$$

    and are summed exactly. Under a law whose norm |w| has no atom (Gaussian), degree k
    is active when σ has a term of its parity and of degree at least k. The inner
    tangent kernel $t\,E[\sigma'(u)\sigma'(v)]$ has the degrees k ± 1 of those of σ'.

    Parameters
    ----------
    act, law, dimension
        σ, the law of w and d.
    kernel
        "conjugate", "tangent_inner" or "tangent_both".

    Raises
    ------
    OutsideDomainError
        If the law gives σ arguments where it is not defined.
    InvalidArgumentError
        If σ has no square integrable derivative and the kernel needs it.
    """
    radius = law.support_radius
    low, high = act.domain
    if low > -radius or high < radius:
        raise OutsideDomainError(
            f"{act.name} is defined on [{low:g}, {high:g}] and the {law.name} law "
            f"gives it arguments in [{-radius:g}, {radius:g}]. Use the sphere law."
        )
    if kernel not in KERNELS:
        raise InvalidArgumentError(
            f"The kernel is {kernel!r}; it must be one of {', '.join(KERNELS)}."
        )
    outer = inner = ActiveDegrees((), ())
    if kernel != "tangent_inner":
        parts = act.even_part(radius), act.odd_part(radius)
        outer = ActiveDegrees(*(_degrees(part, law, dimension) for part in parts))
    if kernel != "conjugate":
        inner = _tangent(act, law, dimension)
    return ActiveDegrees(_union(inner.even, outer.even), _union(inner.odd, outer.odd))


def _degrees(part: tuple[float, ...] | None, law: Law, dimension: int) -> Degrees:
    """Return the active degrees of one parity's polynomial."""
    if part is None:
        return None
    powers = [power for power, value in enumerate(part) if value != 0.0]
    if not powers:
        return ()
    candidates = range(powers[-1] % 2, powers[-1] + 1, 2)
    if not isinstance(law, Sphere):
        return tuple(candidates)
    return tuple(k for k in candidates if _is_active(part, k, dimension))


def _is_active(part: tuple[float, ...], degree: int, dimension: int) -> bool:
    """Whether λ_k of a polynomial is nonzero, in rational arithmetic."""
    terms = [
        Fraction(part[power]) * _moment(power, degree, dimension)
        for power in range(degree, len(part), 2)
    ]
    size = sum(map(abs, terms), start=Fraction(0))
    return abs(sum(terms, start=Fraction(0))) > _CANCELLED * size


def _moment(power: int, degree: int, dimension: int) -> Fraction:
    """E[u^power P_degree(u)] for u a coordinate of a uniform point of S^{d-1}."""
    j = (power - degree) // 2
    ratio = Fraction(math.perm(power, degree), 2**degree)
    return (
        ratio * _rising(Fraction(1, 2), j) / _rising(Fraction(dimension, 2), degree + j)
    )


def _rising(start: Fraction, count: int) -> Fraction:
    return math.prod((start + step for step in range(count)), start=Fraction(1))


def _tangent(act: Activation, law: Law, dimension: int) -> ActiveDegrees:
    if act.smoothness < 1 or (math.isinf(act.lipschitz) and dimension <= 3):
        raise InvalidArgumentError(
            f"The derivative of {act.name} is not square integrable in dimension "
            f"{dimension}, so its tangent kernel does not exist. Ask for the conjugate "
            "kernel."
        )
    radius = law.support_radius
    # The derivative of the odd part is even, and t makes it odd again.
    parts = act.even_part(radius), act.odd_part(radius)
    even, odd = (_neighbours(_degrees(_slope(part), law, dimension)) for part in parts)
    return ActiveDegrees(even, odd)


def _slope(part: tuple[float, ...] | None) -> tuple[float, ...] | None:
    if part is None:
        return None
    return tuple(power * value for power, value in enumerate(part))[1:]


def _neighbours(degrees: Degrees) -> Degrees:
    """Return the degrees of t P_k: k + 1, and k - 1 when k > 0."""
    if degrees is None:
        return None
    return tuple(
        sorted({k + step for k in degrees for step in (-1, 1) if k + step >= 0})
    )


def _union(first: Degrees, second: Degrees) -> Degrees:
    if first is None or second is None:
        return None
    return tuple(sorted({*first, *second}))
