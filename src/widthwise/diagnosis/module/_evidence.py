"""The evidence on a module: training its last layer, and training all of it."""

import math
from typing import Any

import numpy as np
import torch

from widthwise.arrays import Array, Provenance
from widthwise.diagnosis.study import Evidence
from widthwise.dynamics import Landweber, landweber_from_projections
from widthwise.numerics.linear_algebra import eigh, svd
from widthwise.spectra import Spectrum, spectrum, squared_spectrum

__all__ = ["Part", "last_layer_part", "tangent_part"]

Part = tuple[Evidence, Landweber]
"""What was found on one way of training, and the gradient descent it predicts."""


def last_layer_part(
    features: Array,
    bias_scale: float | int,
    residual: Array | None,
    tolerances: tuple[float, float],
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
    """
    phi = features
    if bias_scale:
        phi = torch.cat([phi, torch.full_like(phi[:, :1], bias_scale)], dim=1)
    left, values, _ = svd(phi.contiguous())
    origin = Provenance("features", width=phi.shape[1])
    found = squared_spectrum(values, len(phi), origin)
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
    kernel: Array, residual: Array | None, tolerances: tuple[float, float]
) -> Part:
    r"""Return the evidence on training all layers, linearised.

    Parameters
    ----------
    kernel
        (n c, n c). The tangent kernel of all outputs, rows in the order of
        `residual.reshape(-1)`.
    residual
        (n, c). $y - f_0$; None for the labels that are hardest.
    """
    found = spectrum(kernel, kernel="tangent_both")
    ascending, vectors = eigh(kernel)
    values = ascending.flip(0).clamp(min=0.0).sqrt()
    return _part(
        "tangent",
        ("all layers", "all its layers"),
        found,
        values,
        vectors.flip(1),
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
    content = {
        "key": key,
        "name": names[0],
        "words": names[1],
        "spectrum": _spectrum_content(found),
        "training": _training_content(run, tolerances, worst_case),
    }
    bounds = (found.upper_bounds - found.eigenvalues).numpy()
    arrays: dict[str, np.ndarray] = {
        f"{key}/eigenvalues": found.eigenvalues.numpy().copy(),
        f"{key}/eigenvalue_bounds": bounds,
        f"{key}/singular_values": run.singular_values.numpy().copy(),
        f"{key}/projections": run.projections.numpy().copy(),
    }
    return Evidence(content, arrays), run


def _hardest(left: Array, rank: int) -> tuple[Array, float]:
    """Return the projections of the labels that are hardest, and their lost part."""
    projections = torch.zeros(left.shape[1], dtype=torch.float64)
    if rank == len(left):
        projections[rank - 1] = 1.0
        return projections, 0.0
    return projections, 1.0


def _spectrum_content(found: Spectrum) -> dict[str, Any]:
    return {
        "size": found.points_count,
        "largest": found.largest,
        "smallest": found.smallest,
        "smallest_interval": list(found.smallest_interval),
        "mean": found.mean,
        "condition_number": found.condition_number,
        "condition_interval": list(found.condition_interval),
        "condition_text": found.condition_text,
        "error_bound": found.error_bound,
        "rank": found.rank,
        "is_singular": found.is_singular,
        "method": found.method,
    }


def _training_content(
    run: Landweber, tolerances: tuple[float, float], worst_case: bool
) -> dict[str, Any]:
    return {
        "step": run.step,
        "largest_stable_step": run.largest_stable_step,
        "steps": {f"{each:g}": float(run.steps_to(each)) for each in tolerances},
        "floor": run.unreachable,
        "worst_case": worst_case,
        "condition_number": run.condition_number,
        "rank": run.rank,
        "plateaus": [
            {
                "residual": each.residual,
                "first_step": each.first_step,
                "last_step": each.last_step,
            }
            for each in run.plateaus()
        ],
    }
