"""Gradient descent on the last layer of one random network, exactly and for real."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from widthwise.arrays import Array, Float
from widthwise.dynamics import Landweber, landweber_from_svd, steps_guaranteed
from widthwise.experiments.benson._points import dataset_of, weights_seed
from widthwise.features import RandomFeatures
from widthwise.spectra import feature_svd

__all__ = ["STEP_SIZES", "descent_cell", "late_steps"]

STEP_SIZES = ("optimal", "stable")
"""η = 2 / (s_1² + s_n²), the paper's, and η = 1 / s_1², at which nothing overshoots."""

_PER_DECADE = 8


def late_steps(most: int) -> list[int]:
    """Return whole step counts from 1 to `most`, eight a decade."""
    exponents = np.arange(0, np.log10(most) + 1e-9, 1 / _PER_DECADE)
    return sorted({*(round(float(each)) for each in 10**exponents), most})


def descent_cell(cell: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Return the residuals and step counts of a trial, for each step size.

    Cost: 2 n² m operations, and 4 n m for each step that is iterated.
    """
    data = dataset_of(cell, seed)
    targets = data.targets
    assert targets is not None
    features = RandomFeatures(
        cell["activation"],
        cell["width"],
        "sphere",
        weights_seed(seed, cell["trial"]),
    )
    values, left = feature_svd(data.points, features)
    matrix = features.matrix(data.points)
    tolerances = cell["tolerances"]
    found: dict[str, Any] = {"points": len(data.points)}
    for name in STEP_SIZES:
        run = landweber_from_svd(values, left, targets, name)
        found[name] = {
            "early": run.relative_residual(range(cell["early_steps"] + 1)).tolist(),
            "late": run.relative_residual(late_steps(cell["most_steps"])).tolist(),
            "steps": [float(run.steps_to(each)) for each in tolerances],
            "iterated_gap": _largest_gap(run, matrix, targets, cell["iterated"]),
        }
    condition = run.condition_number
    found["condition_number"] = condition
    found["leading_share"] = abs(float(run.projections[0]))
    found["guaranteed"] = _guaranteed(condition, tolerances)
    return found


def _guaranteed(condition: float, tolerances: Sequence[float]) -> list[float]:
    return [float(steps_guaranteed(condition, each)) for each in tolerances]


def _largest_gap(
    run: Landweber,
    matrix: Float[Array, "n m"],
    targets: Float[Array, " n"],
    steps: int,
) -> float:
    """Iterate for real; return how far its residuals are from the exact ones."""
    exact = run.relative_residual(range(steps + 1))
    outer = matrix.new_zeros(matrix.shape[1])
    norm = torch.linalg.vector_norm(targets)
    sizes = []
    for _ in range(steps + 1):
        misfit = matrix @ outer - targets
        sizes.append(float(torch.linalg.vector_norm(misfit) / norm))
        outer -= run.step * (misfit @ matrix)
    return float((exact - torch.tensor(sizes, dtype=torch.float64)).abs().max())
