"""Quantities that the bounds with unknown constants share."""

import math

import torch

from widthwise.arguments import positive
from widthwise.arrays import Array
from widthwise.errors import DataError
from widthwise.features.two_layer import PointsLike, as_matrix
from widthwise.prose import Prose, say
from widthwise.spectra import Spectrum

__all__ = [
    "linear_growth",
    "own_points",
    "oymak_slack",
    "squared_spectral_norm",
]


def linear_growth(spectrum: Spectrum, given: float | int | None) -> tuple[float, Prose]:
    r"""Return B with $|\sigma(z)| \le B |z|$, and the assumption behind it."""
    origin = spectrum.provenance
    activation = None if origin is None else origin.activation
    if given is not None:
        return positive(given, "growth"), say("|σ(z)| ≤ {}·|z| for every z", given)
    if activation is None:
        plain = "|σ(z)| ≤ |z| for every z (no label or growth says otherwise)"
        return 1.0, Prose(plain)
    found = float(activation.linear_growth)
    if math.isinf(found):
        return found, say("no B has |{}(z)| ≤ B|z| for every z", activation.name)
    grows = "|σ(z)| ≤ {}·|z| for every z, as for {}"
    return found, say(grows, found, activation.name)


def squared_spectral_norm(
    points_count: int, points: PointsLike | None
) -> tuple[float, Prose | str]:
    r"""Return $\|X\|^2$, or n, which it never exceeds, and the text that says so."""
    if points is None:
        return float(points_count), "‖X‖² ≤ n stands for ‖X‖² (points were not given)"
    matrix = own_points(points_count, points)
    value = float(torch.linalg.matrix_norm(matrix, 2)) ** 2
    return value, say("‖X‖² = {}, of the points", value)


def oymak_slack(points_count: int, squared: float, log_failure: float) -> float:
    r"""Return s with $e^{-s^2 n / 2\|X\|^2} = \delta$."""
    return math.sqrt(2 * squared / points_count * -log_failure)


def own_points(points_count: int, points: PointsLike) -> Array:
    """Return the points, which must be as many as the spectrum's eigenvalues."""
    matrix = as_matrix(points)
    if len(matrix) != points_count:
        raise DataError(
            f"There are {len(matrix)} points and the spectrum has {points_count} "
            "eigenvalues. Pass the points whose kernel matrix this is."
        )
    return matrix
