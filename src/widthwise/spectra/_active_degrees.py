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

# A sum this far below its terms has cancelled: where coefficients were sampled, and
# where they are floats of many digits, as roundings of others are.
_SAMPLED, _ROUNDED = Fraction(1, 2**46), Fraction(1, 2**51)
_SHORT = 40


@dataclass(frozen=True)
class ActiveDegrees:
    """The degrees k with a positive coefficient in the kernel, by parity.

    Attributes
    ----------
    even, odd
        The degrees of that parity, ascending; None when there are infinitely many.
    doubtful
        Degrees whose coefficients cancel to within the rounding of σ's own ones: they
        are there for the numbers as they are, and not for what those round.
    """

    even: Degrees
    odd: Degrees
    doubtful: tuple[int, ...] = ()

    @property
    def widest(self) -> "ActiveDegrees":
        """These and the doubtful ones."""
        both = [tuple(k for k in self.doubtful if k % 2 == odd) for odd in (0, 1)]
        return ActiveDegrees(_union(self.even, both[0]), _union(self.odd, both[1]))

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
    rounding = _ROUNDED if act.parity_is_exact else _SAMPLED
    found: list[dict[int, bool] | None] = []
    if kernel != "tangent_inner":
        own = act.amplitudes_on(dimension) if isinstance(law, Sphere) else None
        if own is None:
            parts = act.even_part(radius), act.odd_part(radius)
            found += [_degrees(part, law, dimension, rounding) for part in parts]
        else:
            there = [k for k, a in enumerate(own) if a]
            found += [{k: True for k in there if k % 2 == parity} for parity in (0, 1)]
    if kernel != "conjugate":
        found += _tangent(act, law, dimension, rounding)
    sure = [
        tuple(k for k in each if each[k]) if each is not None else None
        for each in found
    ]
    even, odd = sure[:2]
    if len(sure) > 2:
        even, odd = _union(even, sure[2]), _union(odd, sure[3])
    known = {*(even or ()), *(odd or ())}
    doubtful = {k for each in found for k in each or () if k not in known}
    infinite = even is None, odd is None
    return ActiveDegrees(
        even, odd, tuple(sorted(k for k in doubtful if not infinite[k % 2]))
    )


def _degrees(
    part: tuple[float, ...] | None, law: Law, dimension: int, rounding: Fraction
) -> dict[int, bool] | None:
    """Return the active degrees of one parity; False for a doubtful one."""
    if part is None:
        return None
    powers = [power for power, value in enumerate(part) if value != 0.0]
    if not powers:
        return {}
    candidates = range(powers[-1] % 2, powers[-1] + 1, 2)
    if not isinstance(law, Sphere):
        return dict.fromkeys(candidates, True)
    found = {k: _is_active(part, k, dimension, rounding) for k in candidates}
    return {k: active for k, active in found.items() if active is not None}


def _is_active(
    part: tuple[float, ...], degree: int, dimension: int, rounding: Fraction
) -> bool | None:
    """Whether λ_k of a polynomial is beyond its coefficients' rounding; None if 0."""
    total = slack = Fraction(0)
    for power in range(degree, len(part), 2):
        term = Fraction(part[power]) * _moment(power, degree, dimension)
        total += term
        if rounding == _SAMPLED or not _is_short(part[power]):
            slack += abs(term) * rounding
    if rounding == _SAMPLED and abs(total) <= slack:
        return None
    return abs(total) > slack if total else None


def _is_short(value: float) -> bool:
    """Whether a float is a number someone wrote down: whole, or of few digits."""
    whole, _ = value.as_integer_ratio()
    return value == int(value) or (whole // (whole & -whole)).bit_length() <= _SHORT


def _moment(power: int, degree: int, dimension: int) -> Fraction:
    """E[u^power P_degree(u)] for u a coordinate of a uniform point of S^{d-1}."""
    j = (power - degree) // 2
    ratio = Fraction(math.perm(power, degree), 2**degree)
    return (
        ratio * _rising(Fraction(1, 2), j) / _rising(Fraction(dimension, 2), degree + j)
    )


def _rising(start: Fraction, count: int) -> Fraction:
    return math.prod((start + step for step in range(count)), start=Fraction(1))


def _tangent(
    act: Activation, law: Law, dimension: int, rounding: Fraction
) -> list[dict[int, bool] | None]:
    if act.smoothness < 1 or (math.isinf(act.lipschitz) and dimension <= 3):
        raise InvalidArgumentError(
            f"The derivative of {act.name} is not square integrable in dimension "
            f"{dimension}, so its tangent kernel does not exist. Ask for the conjugate "
            "kernel."
        )
    radius = law.support_radius
    # The derivative of the odd part is even, and t makes it odd again.
    parts = act.even_part(radius), act.odd_part(radius)
    return [
        _neighbours(_degrees(_slope(part), law, dimension, rounding)) for part in parts
    ]


def _slope(part: tuple[float, ...] | None) -> tuple[float, ...] | None:
    if part is None:
        return None
    return tuple(power * value for power, value in enumerate(part))[1:]


def _neighbours(degrees: dict[int, bool] | None) -> dict[int, bool] | None:
    """Return the degrees of t P_k: k + 1, and k - 1 when k > 0."""
    if degrees is None:
        return None
    found: dict[int, bool] = {}
    for k, active in degrees.items():
        for near in (k - 1, k + 1):
            if near >= 0:
                found[near] = found.get(near, False) or active
    return dict(sorted(found.items()))


def _union(first: Degrees, second: Degrees) -> Degrees:
    if first is None or second is None:
        return None
    return tuple(sorted({*first, *second}))
