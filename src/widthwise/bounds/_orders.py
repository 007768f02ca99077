"""Quantities that the bounds with unknown constants share."""

import math

import torch

from widthwise.arrays import Array, Float
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.spectra import Spectrum

__all__ = [
    "check_constant",
    "linear_growth",
    "log_scaled",
    "oymak_slack",
    "same_count",
    "squared_spectral_norm",
]


def log_scaled(constant: float | int, logarithm: float) -> float:
    """Return constant·exp(logarithm), inf where it overflows."""
    check_constant(constant)
    total = logarithm + math.log(constant)
    return math.exp(total) if total < 709.7 else math.inf


def check_constant(constant: float | int) -> None:
    """Refuse a constant that no theorem could have."""
    if not (constant > 0 and math.isfinite(constant)):
        raise InvalidArgumentError(
            f"The constant is {constant!r}; it must be positive and finite."
        )


def linear_growth(spectrum: Spectrum, given: float | int | None) -> tuple[float, str]:
    r"""Return B with $|\sigma(z)| \le B |z|$, and the assumption behind it."""
    origin = spectrum.provenance
    activation = None if origin is None else origin.activation
    if given is not None:
        if not (given > 0 and math.isfinite(given)):
            raise InvalidArgumentError(
                f"growth is {given!r}; it must be positive and finite."
            )
        return float(given), f"|σ(z)| ≤ {given:g}·|z| for every z"
    if activation is None:
        return (
            1.0,
            "|σ(z)| ≤ |z| for every z (no label or growth says otherwise)",
        )
    found = float(activation.linear_growth)
    if math.isinf(found):
        return (
            found,
            f"no B has |{activation.name}(z)| ≤ B|z| for every z",
        )
    return found, f"|σ(z)| ≤ {found:g}·|z| for every z, as for {activation.name}"


def squared_spectral_norm(
    points_count: int, points: Float[Array, "n d"] | None
) -> tuple[float, str]:
    r"""Return $\|X\|^2$, or n, which it never exceeds, and the text that says so."""
    if points is None:
        return float(points_count), "‖X‖² ≤ n stands for ‖X‖² (points were not given)"
    same_count(points_count, points)
    value = float(torch.linalg.matrix_norm(points.double(), 2)) ** 2
    return value, f"‖X‖² = {value:.6g}, of the points"


def oymak_slack(
    points_count: int, squared: float, failure_probability: float | int
) -> float:
    r"""Return s with $e^{-s^2 n / 2\|X\|^2} = \delta$."""
    return math.sqrt(2 * squared / points_count * -math.log(failure_probability))


def same_count(points_count: int, points: Float[Array, "n d"]) -> None:
    if len(points) != points_count:
        raise DataError(
            f"There are {len(points)} points and the spectrum has {points_count} "
            "eigenvalues. Pass the points whose kernel matrix this is."
        )
