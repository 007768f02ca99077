"""The evidence on one activation: kernel, ranks, widths, conditioning, training."""

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from widthwise.activations import Activation
from widthwise.arrays import Array
from widthwise.diagnosis.activations._landscape import landscape_content
from widthwise.diagnosis.activations._settings import Settings
from widthwise.diagnosis.activations._table import Table
from widthwise.diagnosis.activations._widths import widths_content
from widthwise.diagnosis.study import Evidence
from widthwise.dynamics import Landweber, landweber_from_svd
from widthwise.features import RandomFeatures
from widthwise.kernels import conjugate_kernel, dual
from widthwise.seeds import derive
from widthwise.spectra import (
    RankVerdict,
    Spectrum,
    feature_spectra,
    feature_svd,
    rank_verdict,
    spectrum,
)

__all__ = ["gather"]

Advance = Callable[[float, str], None]
"""Told the fraction of this activation that is done, and what comes next."""

_TRAINING_TRIALS = 5


def gather(
    table: Table, activation: Activation, key: str, settings: Settings, advance: Advance
) -> Evidence:
    """Compute everything the record holds on one activation."""
    began = time.perf_counter()
    advance(0.0, "the infinite-width kernel")
    kernel = conjugate_kernel(table.points, activation, settings.law)
    infinite = spectrum(kernel)
    advance(0.1, "the rank verdict")
    verdict = rank_verdict(table.all_points, activation, settings.law)
    advance(0.15, "the conditioning against width")
    conditioning, numbers = _conditioning(table, activation, settings, advance)
    advance(0.75, "the empirical width")
    width, others = widths_content(
        table, activation, infinite, verdict, settings, numbers
    )
    advance(0.9, "gradient descent")
    training, curves = _training(table, activation, settings)
    shape = _shape(activation, settings)
    arrays = {
        "eigenvalues": _numpy(infinite.eigenvalues),
        "eigenvalue_bounds": _numpy(infinite.upper_bounds - infinite.eigenvalues),
        "condition_numbers": numbers,
        **curves,
        **shape,
    }
    content = {
        "name": activation.name,
        "key": key,
        "formula": activation.formula,
        "smoothness": float(activation.smoothness),
        "parity": activation.parity,
        "kernel": _kernel_content(infinite),
        "rank_verdict": _verdict_content(verdict, table),
        "width": width,
        "bounds": others,
        "conditioning": conditioning,
        "training": training,
        "landscape": landscape_content(table, activation, settings),
        "seconds": round(time.perf_counter() - began, 3),
    }
    advance(1.0, "done")
    return Evidence(content, {f"{key}/{name}": each for name, each in arrays.items()})


def _kernel_content(found: Spectrum) -> dict[str, Any]:
    origin = found.provenance
    return {
        "smallest": found.smallest,
        "smallest_interval": list(found.smallest_interval),
        "largest": found.largest,
        "mean": found.mean,
        "condition_number": found.condition_number,
        "condition_interval": list(found.condition_interval),
        "condition_text": found.condition_text,
        "error_bound": found.error_bound,
        "entry_error": origin.entry_error if origin else 0.0,
        "rank": found.rank,
        "is_singular": found.is_singular,
    }


def _verdict_content(verdict: RankVerdict, table: Table) -> dict[str, Any]:
    targets = table.all_targets
    numbers = table.row_numbers
    return {
        "can_fit_any_labels": verdict.can_fit_any_labels,
        "rank": verdict.rank,
        "nullity": verdict.nullity,
        "rows": [numbers[row] for row in verdict.rows],
        "groups": [each.describe(numbers) for each in verdict.groups],
        "residual_bound": None if targets is None else verdict.residual_bound(targets),
        "relative_residual_bound": (
            None if targets is None else verdict.relative_residual_bound(targets)
        ),
        "near_misses": [
            {
                "rows": [numbers[row] for row in each.rows],
                "angle": each.angle,
                "kind": each.kind,
            }
            for each in verdict.near_misses
        ],
        "cure": verdict.cure,
        "reason": verdict.reason,
        "theorem": verdict.theorem,
        "method": verdict.method,
        "is_exact": verdict.is_exact,
    }


def _conditioning(
    table: Table, activation: Activation, settings: Settings, advance: Advance
) -> tuple[dict[str, Any], np.ndarray]:
    """Return κ(G) at every width over the trials, each trial in one pass."""
    numbers = np.empty((settings.trials, len(settings.widths)))
    for trial in range(settings.trials):
        features = _features(activation, settings, trial)
        found = feature_spectra(table.points, features, settings.widths)
        numbers[trial] = [found[m].condition_number for m in settings.widths]
        advance(0.15 + 0.6 * (trial + 1) / settings.trials, f"trial {trial + 1}")
    finite = np.isfinite(numbers)
    logarithms = np.log(numbers)
    median = [float(each) for each in np.exp(np.median(logarithms, axis=0))]
    low = [float(each) for each in numbers.min(axis=0)]
    high = [float(each) for each in numbers.max(axis=0)]
    summary = {
        "widths": list(settings.widths),
        "median": median,
        "low": low,
        "high": high,
        "singular_fraction": [float(each) for each in 1.0 - finite.mean(axis=0)],
        "trials": settings.trials,
    }
    return summary, numbers


def _features(
    activation: Activation, settings: Settings, trial: int, width: int | None = None
) -> RandomFeatures:
    return RandomFeatures(
        activation,
        width=width or max(settings.widths),
        law=settings.law,
        seed=derive(settings.seed, "diagnosis/trial", trial),
    )


def _training(
    table: Table, activation: Activation, settings: Settings
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return what exact gradient descent does at the training width.

    The numbers are of one network, the median one by its steps; `steps_low` and
    `steps_high` say how far the others are.
    """
    runs = [
        _descent(table, _features(activation, settings, trial, settings.training_width))
        for trial in range(min(_TRAINING_TRIALS, settings.trials))
    ]
    runs.sort(key=lambda run: [run.steps_to(each) for each in settings.tolerances])
    median = runs[(len(runs) - 1) // 2]
    keys = {f"{tolerance:g}": tolerance for tolerance in settings.tolerances}

    def counts(run: Landweber) -> dict[str, float]:
        return {key: float(run.steps_to(each)) for key, each in keys.items()}

    every = [counts(run) for run in runs]
    content = {
        "width": settings.training_width,
        "step": median.step,
        "largest_stable_step": median.largest_stable_step,
        "steps": counts(median),
        "steps_low": {key: min(each[key] for each in every) for key in keys},
        "steps_high": {key: max(each[key] for each in every) for key in keys},
        "floor": median.unreachable,
        "worst_case": _labels(table) is None,
        "condition_number": median.condition_number,
        "rank": median.rank,
        "plateaus": [
            {
                "residual": each.residual,
                "first_step": each.first_step,
                "last_step": each.last_step,
            }
            for each in median.plateaus()
        ],
        "trials": len(runs),
    }
    curves = {
        "singular_values": _numpy(median.singular_values),
        "projections": _numpy(median.projections),
    }
    return content, curves


def _labels(table: Table) -> Array | None:
    """Return the labels, or None where there are none to fit."""
    targets = table.targets
    return targets if targets is not None and bool(torch.any(targets != 0)) else None


def _descent(table: Table, features: RandomFeatures) -> Landweber:
    values, left = feature_svd(table.points, features)
    labels = _labels(table)
    if labels is not None:
        return landweber_from_svd(values, left, labels)
    slowest = landweber_from_svd(values, left, left[:, -1])
    if slowest.rank == len(table.points):
        return slowest
    # Labels outside the range of the features are worse than any inside it: of the
    # unit vectors, take what is left of the one that they reach least.
    inside = left[:, : slowest.rank]
    least = int(torch.argmin(inside.square().sum(dim=1)))
    outside = -inside @ inside[least]
    outside[least] += 1.0
    return landweber_from_svd(values, left, outside)


def _shape(activation: Activation, settings: Settings) -> dict[str, np.ndarray]:
    """Return the activation and its dual on grids, for the figures."""
    reach = 1.0 if math.isfinite(settings.law.support_radius) else 4.0
    z = torch.linspace(-reach, reach, 201, dtype=torch.float64)
    t = torch.linspace(-1.0, 1.0, 201, dtype=torch.float64)
    slope = activation.derivative(z)
    return {
        "shape_z": _numpy(z),
        "shape_value": _numpy(activation(z)),
        "shape_derivative": _numpy(slope),
        "dual_t": _numpy(t),
        "dual_value": _numpy(dual(activation, settings.law)(t)),
    }


def _numpy(values: Array) -> np.ndarray:
    return values.detach().cpu().numpy().copy()
