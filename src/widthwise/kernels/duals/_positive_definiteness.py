"""Whether the conjugate kernel is positive definite at ALL distinct points."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from widthwise.activations import Activation, for_dimension
from widthwise.arguments import whole_number
from widthwise.kernels.rules import orthonormal_coefficients
from widthwise.laws import Sphere

__all__ = ["PositiveDefiniteness", "positive_definiteness"]


@dataclass(frozen=True)
class PositiveDefiniteness:
    r"""The verdict for every set of distinct points of $S^{d-1}$, with its evidence.

    Attributes
    ----------
    holds_for_all_points
        Whether $G_\infty$ is positive definite at any finite set of distinct points.
    failing_parities
        The parities with finitely many nonzero coefficients: (), ("odd",), ("even",)
        or both.
    dimension
        d.
    even_degrees, odd_degrees
        The degrees k with λ_k != 0: all of them for a failing parity, and those found
        up to the highest degree computed otherwise.
    coefficients
        $\sqrt{N(d,k)}\,\lambda_k$, k = 0, 1, ...; their squares sum to E σ².
    error_bound
        Absolute bound on the error of each of `coefficients`.
    is_exact
        Whether the verdict follows from σ's parts being, or not being, polynomials on
        [-1, 1]. False for d = 2 when it rests on the coefficients, and for a function
        whose parts were found by sampling it.
    reason
        The verdict in a sentence.

    Examples
    --------
    >>> import widthwise as ww
    >>> found = ww.kernels.positive_definiteness("relu", dimension=5)
    >>> found.is_exact, found.failing_parities
    (True, ('odd',))
    """

    holds_for_all_points: bool
    failing_parities: tuple[Literal["even", "odd"], ...]
    dimension: int
    even_degrees: tuple[int, ...]
    odd_degrees: tuple[int, ...]
    coefficients: tuple[float, ...]
    error_bound: float
    is_exact: bool
    reason: str


def positive_definiteness(
    activation: Activation | str, dimension: int, *, degree: int = 40
) -> PositiveDefiniteness:
    r"""Decide whether $G_\infty$ is positive definite for ALL distinct unit points.

    For d >= 3 it is if and only if $\lambda_k \ne 0$ for infinitely many even k and
    infinitely many odd k, that is, if neither the even nor the odd part of σ is a
    polynomial on [-1, 1]. For d = 2 that is necessary; it suffices that every
    $\lambda_k$ is nonzero, which is checked up to `degree`.

    Parameters
    ----------
    activation
        Supplies σ and its even and odd part; or its name.
    dimension
        d >= 2.
    degree
        Highest k of the coefficients in evidence.

    Returns
    -------
    `PositiveDefiniteness`.

    Source
    ------
    Benson, Damle and Townsend (2020), arXiv:2010.15959, Theorem 3.6; Xu and Cheney
    (1992), Proc. AMS 116; for the converse Chen, Menegatto and Sun (2003), Proc. AMS
    131. Cost: that of `funk_hecke`.

    Examples
    --------
    >>> import widthwise as ww
    >>> found = ww.kernels.positive_definiteness("relu", dimension=5)
    >>> found.holds_for_all_points, found.failing_parities
    (False, ('odd',))
    """
    law = Sphere(dimension)
    activation = for_dimension(activation, law.dimension)
    whole_number(degree, "The degree", meaning="the highest k of the evidence")
    coefficients, error = orthonormal_coefficients(activation, law.dimension, degree)
    polynomial = {"even": activation.even_part(1.0), "odd": activation.odd_part(1.0)}
    failing = tuple(
        parity for parity in ("even", "odd") if polynomial[parity] is not None
    )
    nonzero = np.abs(coefficients) > error
    active = {}
    for remainder, parity in enumerate(("even", "odd")):
        part = polynomial[parity]
        last = degree if part is None else _highest(part)
        active[parity] = tuple(
            int(k) for k in np.nonzero(nonzero)[0] if k % 2 == remainder and k <= last
        )
    everywhere = bool(nonzero.all())
    holds = not failing and (dimension > 2 or everywhere)
    return PositiveDefiniteness(
        holds,
        failing,  # type: ignore[arg-type]
        dimension,
        active["even"],
        active["odd"],
        tuple(float(c) for c in coefficients),
        error,
        (bool(failing) or dimension > 2) and activation.parity_is_exact,
        _reason(activation, dimension, failing, active, everywhere, degree),
    )


def _highest(part: tuple[float, ...]) -> int:
    return max((power for power, value in enumerate(part) if value), default=-1)


def _reason(
    activation: Activation,
    dimension: int,
    failing: tuple[str, ...],
    active: dict[str, tuple[int, ...]],
    everywhere: bool,
    degree: int,
) -> str:
    name = activation.name
    seen = "" if activation.parity_is_exact else ", as far as samples of it show"
    if failing:
        parts = " and ".join(
            f"the {parity} part of {name} is a polynomial on [-1, 1] (degrees "
            f"{', '.join(map(str, active[parity])) or 'none'})"
            for parity in failing
        )
        return (
            f"Fails: {parts}, so some distinct points make the kernel singular, "
            f"antipodal pairs among them{seen}."
        )
    if dimension > 2:
        return (
            f"Holds: neither the even nor the odd part of {name} is a polynomial on "
            f"[-1, 1], so infinitely many even and odd degrees are active{seen}."
        )
    if everywhere:
        return f"Holds, as far as degrees up to {degree} show: all are active on S^1."
    return (
        f"Not shown: some coefficient up to degree {degree} is zero to rounding, and "
        "on S^1 two infinite parities are not enough."
    )
