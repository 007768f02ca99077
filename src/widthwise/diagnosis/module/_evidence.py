"""The evidence on a module: training its last layer, and training all of it."""

import math

import numpy as np
import torch

from widthwise.arrays import Array, Provenance, label
from widthwise.diagnosis.module._record import PartEvidence
from widthwise.diagnosis.study import array_of, spectrum_found, training_found
from widthwise.dynamics import Landweber, landweber_from_projections
from widthwise.numerics.linear_algebra import eigh, svd
from widthwise.numerics.rounding import rounding_of_eigenvalues
from widthwise.spectra import Spectrum, spectrum, squared_spectrum

__all__ = ["Part", "last_layer_part", "tangent_part"]

Part = tuple[PartEvidence, dict[str, np.ndarray], Landweber]
"""What was found on one way of training, its arrays, and the descent it predicts."""


def last_layer_part(
    features: Array,
    bias_scale: float | int,
    residual: Array | None,
    tolerances: tuple[float, float],
    noise: float = 0.0,
) -> Part:
    r"""Return the evidence on training the last layer alone.

    Parameters
    ----------
    features
        (n, m). The last hidden layer's outputs $\Phi$.
    bias_scale
        The entries of the column that the last layer's bias appends; 0 without one.
    residual
        (n, c). $y - f_0$; None for the labels that are hardest.
    noise
        The root mean square error of `features`.
    """
    phi = features
    if bias_scale:
        phi = torch.cat([phi, torch.full_like(phi[:, :1], bias_scale)], dim=1)
    left, values, _ = svd(phi.contiguous())
    origin = Provenance("features", width=phi.shape[1])
    found = squared_spectrum(
        values, len(phi), origin, noise=noise * math.sqrt(features.numel())
    )
    return _part(
        "last_layer",
        ("last layer only", "its last layer alone"),
        found,
        values,
        left,
        None if residual is None else residual,
        tolerances,
    )


def tangent_part(
    kernel: Array,
    residual: Array | None,
    tolerances: tuple[float, float],
    noise: float = 0.0,
    parameters: int | None = None,
) -> Part:
    r"""Return the evidence on training all layers, linearised.

    Parameters
    ----------
    kernel
        (n c, n c). The tangent kernel of all outputs, rows in the order of
        `residual.reshape(-1)`.
    residual
        (n, c). $y - f_0$; None for the labels that are hardest.
    noise
        The root mean square error of the entries of `kernel`.
    parameters
        How many are trained, where that is known: the Jacobian has no more singular
        values.
    """
    known = rounding_of_eigenvalues(kernel, 0.0) / len(kernel)
    origin = Provenance("tangent_both", entry_error=noise)
    found = spectrum(
        label(kernel, origin) if noise > known else kernel, kernel="tangent_both"
    )
    ascending, vectors = eigh(kernel)
    values = ascending.flip(0).clamp(min=0.0).sqrt()
    return _part(
        "tangent",
        ("all layers", "all its layers"),
        found,
        values[:parameters],
        vectors.flip(1)[:, :parameters],
        None if residual is None else residual.reshape(-1, 1),
        tolerances,
        threshold=math.sqrt(found.error_bound),
    )


def _part(
    key: str,
    names: tuple[str, str],
    found: Spectrum,
    values: Array,
    left: Array,
    residual: Array | None,
    tolerances: tuple[float, float],
    threshold: float | None = None,
) -> Part:
    if threshold is None:
        threshold = found.singular_value_error or 0.0
    rank = int((values > threshold).sum())
    if residual is None or not bool((residual != 0).any()):
        projections, outside = _hardest(left, rank)
        worst_case = True
    else:
        # Every output has the same modes here, and only the norm over them is asked.
        projections = torch.linalg.vector_norm(left.T @ residual, dim=1)
        projections[rank:] = 0.0  # they are part of `outside`
        rest = residual - left[:, :rank] @ (left[:, :rank].T @ residual)
        outside = float(torch.linalg.vector_norm(rest)) if rank < len(left) else 0.0
        worst_case = False
    run = landweber_from_projections(values, projections, outside, threshold=threshold)
    if not worst_case:
        run = run.fastest_to(tolerances[0])
    evidence = PartEvidence(
        key,
        *names,
        spectrum_found(found, size=found.points_count, method=found.method),
        training_found(run, tolerances, worst_case=worst_case),
    )
    arrays = {
        f"{key}/eigenvalues": array_of(found.eigenvalues),
        f"{key}/eigenvalue_bounds": array_of(found.upper_bounds - found.eigenvalues),
        f"{key}/singular_values": array_of(run.singular_values),
        f"{key}/projections": array_of(run.projections),
    }
    return evidence, arrays, run


def _hardest(left: Array, rank: int) -> tuple[Array, float]:
    """Return the projections of the labels that are hardest, and their lost part."""
    projections = torch.zeros(left.shape[1], dtype=torch.float64)
    if rank == len(left):
        projections[rank - 1] = 1.0
        return projections, 0.0
    return projections, 1.0
