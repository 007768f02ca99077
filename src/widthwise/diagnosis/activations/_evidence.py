"""The evidence on one activation: kernel, ranks, widths, conditioning, training."""

import math
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch

from widthwise.activations import Activation
from widthwise.arrays import Array
from widthwise.diagnosis.activations._decisive import decisive_rows
from widthwise.diagnosis.activations._landscape import short_landscape
from widthwise.diagnosis.activations._predicting import predicted
from widthwise.diagnosis.activations._record import (
    ActivationEvidence,
    Conditioning,
    NearMiss,
    RankEvidence,
)
from widthwise.diagnosis.activations._settings import Settings
from widthwise.diagnosis.activations._studied_rows import StudiedRows
from widthwise.diagnosis.activations._width_record import WidthBoundFound, Widths
from widthwise.diagnosis.activations._widths import bounds_found, widths_found
from widthwise.diagnosis.activations._yardstick import Yardstick
from widthwise.diagnosis.study import (
    Training,
    array_of,
    or_infinity,
    other_paces,
    spectrum_found,
    training_found,
)
from widthwise.dynamics import Landweber, landweber_from_svd
from widthwise.features import RandomFeatures
from widthwise.kernels import conjugate_kernel, dual
from widthwise.progress import Progress, silent
from widthwise.prose import Prose, as_prose, joined
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

_TRAINING_TRIALS = 5
_NEAR = 1e-3
_AGREES, _LABELS_SHOWN = 1e-9, 5


def gather(
    table: StudiedRows,
    activation: Activation,
    key: str,
    settings: Settings,
    yardstick: Yardstick | None,
    advance: Progress,
) -> tuple[ActivationEvidence, dict[str, np.ndarray], Array | None]:
    """Compute everything the record holds on one activation.

    Last comes what its best readout loses on each row, left out.
    """
    began = time.perf_counter()
    advance(0.0, "the infinite-width kernel")
    kernel = conjugate_kernel(table.points, activation, settings.law)
    infinite = spectrum(kernel)
    advance(0.1, "the rank verdict")
    verdict = _verdict(table.all_points, table, activation, settings)
    advance(0.15, "the conditioning against width")
    conditioning, numbers = _conditioning(table, activation, settings, advance)
    advance(0.7, "the empirical width")
    ranks = _rank_evidence(verdict, table)
    width, others = _widths(
        table, activation, infinite, verdict, ranks, settings, numbers
    )
    advance(0.8, "gradient descent")
    floor = ranks.relative_residual_bound or 0.0 if table.is_whole else 0.0
    training, curves = _training(
        table, activation, settings, settings.training_width, floor
    )
    at_width = None
    if width.empirical and math.isfinite(or_infinity(width.empirical.value)):
        least = int(or_infinity(width.empirical.value))
        at_width, _ = _training(table, activation, settings, least, floor)
    prediction, losses = None, None
    left_out: dict[str, np.ndarray] = {}
    if yardstick is not None:
        advance(0.9, "rows left out")
        prediction, left_out, losses = predicted(
            table, activation, settings, yardstick, kernel
        )
    shape = _shape(activation, settings)
    arrays = {
        "eigenvalues": array_of(infinite.eigenvalues),
        "eigenvalue_bounds": array_of(infinite.upper_bounds - infinite.eigenvalues),
        "condition_numbers": numbers,
        **curves,
        **shape,
        **left_out,
    }
    found = ActivationEvidence(
        name=activation.name,
        key=key,
        formula=activation.formula,
        smoothness=float(activation.smoothness),
        parity=activation.parity,
        kernel=spectrum_found(infinite),
        rank_verdict=ranks,
        width=width,
        bounds=others,
        conditioning=conditioning,
        training=training,
        training_at_width=at_width,
        landscape=short_landscape(table, activation, settings),
        prediction=prediction,
        seconds=round(time.perf_counter() - began, 3),
    )
    advance(1.0, "done")
    return found, {f"{key}/{name}": each for name, each in arrays.items()}, losses


def _verdict(
    points: torch.Tensor, table: StudiedRows, activation: Activation, settings: Settings
) -> RankVerdict:
    """Decide the rank; rows that may collide, for all that is known, leave it open."""
    widest = table.tolerance
    return rank_verdict(
        points,
        activation,
        settings.law,
        tolerance=min(widest, 1.0),
        near_angle=min(max(widest, _NEAR), 1.0),
    )


def _rank_evidence(verdict: RankVerdict, table: StudiedRows) -> RankEvidence:
    targets, numbers = table.all_targets, table.row_numbers
    residual = relative = None
    if targets is not None:
        residual, relative = _out_of_reach(verdict, targets)
    low, high = verdict.rank_interval
    return RankEvidence(
        can_fit_any_labels=verdict.can_fit_any_labels,
        rank=verdict.rank,
        highest_rank=None if low == high else high,
        nullity=verdict.nullity,
        rows=tuple(numbers[row] for row in verdict.rows),
        groups=tuple(each.describe(numbers) for each in verdict.groups),
        conflicts=() if targets is None else tuple(_conflicts(verdict, table, targets)),
        residual_bound=residual,
        relative_residual_bound=relative,
        near_misses=tuple(
            NearMiss(tuple(numbers[row] for row in each.rows), each.angle, each.kind)
            for each in verdict.near_misses
        ),
        cure=verdict.cure,
        reason=as_prose(verdict.reason),
        theorem=verdict.theorem,
        method=verdict.method,
        is_exact=verdict.is_exact,
    )


def _out_of_reach(verdict: RankVerdict, targets: Array) -> tuple[float, float]:
    """Return what no width gets below, and as a part of the norm of all columns."""
    if targets.ndim == 1:
        residual = float(verdict.residual_bound(targets))
        return residual, float(verdict.relative_residual_bound(targets))
    residual = math.hypot(*(verdict.residual_bound(each) for each in targets.T))
    size = float(torch.linalg.vector_norm(targets))
    return residual, min(residual / size, 1.0) if size else 0.0


def _conflicts(
    verdict: RankVerdict, table: StudiedRows, targets: Array
) -> Iterator[Prose]:
    """Say of each group of rows whose labels no network has which labels these are."""
    for each in verdict.groups:
        labels = targets[list(each.rows)]
        off = float(torch.linalg.vector_norm(each.coefficients @ labels))
        unequal = each.kind == "equal" and bool((labels != labels[0]).any())
        if unequal or off > _AGREES * float(torch.linalg.vector_norm(labels)):
            told = joined(table.labels_as_given(labels[:_LABELS_SHOWN]), ", ")
            more = ", ..." if len(labels) > _LABELS_SHOWN else ""
            group = each.describe(table.row_numbers)
            yield group + ", and their labels are " + told + more


def _widths(
    table: StudiedRows,
    activation: Activation,
    infinite: Spectrum,
    verdict: RankVerdict,
    ranks: RankEvidence,
    settings: Settings,
    numbers: np.ndarray,
) -> tuple[Widths, tuple[WidthBoundFound, ...]]:
    """Return the widths for any labels, or for these where only these can be fitted."""
    others = bounds_found(table, activation, infinite, settings)
    if verdict.can_fit_any_labels:
        found = widths_found(
            table, activation, infinite, lambda trials: numbers[:trials], settings
        )
        return found, others
    if not ranks.fits_these:
        return widths_found(table, activation, infinite, None, settings), others
    if not table.is_whole:
        verdict = _verdict(table.points, table, activation, settings)
    part = table.of_rows(decisive_rows(verdict))
    kernel = spectrum(conjugate_kernel(part.points, activation, settings.law))

    def sweep_of_part(trials: int) -> np.ndarray:
        fewer = replace(settings, trials=min(trials, settings.trials))
        return _conditioning(part, activation, fewer, silent)[1]

    found = widths_found(part, activation, kernel, sweep_of_part, settings)
    return replace(found, rows=len(part.points)), others


def _conditioning(
    table: StudiedRows, activation: Activation, settings: Settings, advance: Progress
) -> tuple[Conditioning, np.ndarray]:
    """Return κ(G) at every width over the trials, each trial in one pass."""
    numbers = np.empty((settings.trials, len(settings.widths)))
    for trial in range(settings.trials):
        features = _features(activation, settings, trial)
        found = feature_spectra(table.points, features, settings.widths)
        numbers[trial] = [found[m].condition_number for m in settings.widths]
        advance(0.15 + 0.55 * (trial + 1) / settings.trials, f"trial {trial + 1}")
    logarithms = np.log(numbers)
    summary = Conditioning(
        widths=settings.widths,
        median=tuple(map(float, np.exp(np.median(logarithms, axis=0)))),
        low=tuple(map(float, numbers.min(axis=0))),
        high=tuple(map(float, numbers.max(axis=0))),
        singular_fraction=tuple(map(float, 1.0 - np.isfinite(numbers).mean(axis=0))),
        trials=settings.trials,
    )
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
    table: StudiedRows,
    activation: Activation,
    settings: Settings,
    width: int,
    floor: float,
) -> tuple[Training, dict[str, np.ndarray]]:
    """Return what exact gradient descent does at a width.

    The numbers are of one network, the median one by its steps; `steps_low` and
    `steps_high` say how far the others are.
    """
    began = time.perf_counter()
    runs = [
        _descent(table, _features(activation, settings, trial, width))
        for trial in range(min(_TRAINING_TRIALS, settings.trials))
    ]
    solved = round((time.perf_counter() - began) / len(runs), 3)
    if table.labels is not None:
        runs = [run.fastest_to(settings.tolerances[0]) for run in runs]
    runs.sort(key=lambda run: [run.steps_to(each) for each in settings.tolerances])
    median = runs.pop((len(runs) - 1) // 2)
    content = training_found(
        median,
        settings.tolerances,
        worst_case=table.labels is None,
        width=width,
        others=runs,
        floor=floor,
        paces=other_paces(median, settings.tolerances, floor),
        solve_seconds=solved,
    )
    curves = {
        "singular_values": array_of(median.singular_values),
        "projections": array_of(median.projections),
    }
    return content, curves


def _descent(table: StudiedRows, features: RandomFeatures) -> Landweber:
    values, left = feature_svd(table.points, features)
    labels = table.labels
    if labels is not None:
        return landweber_from_svd(values, left, _as_one(labels, left))
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


def _as_one(labels: Array, left: Array) -> Array:
    """Return one column whose parts are as large as those of all columns together.

    Every mode of all columns decays alike, so their residual is that of this one.
    """
    if labels.ndim == 1:
        return labels
    parts = left.T @ labels
    rest = labels - left @ parts
    sizes = torch.linalg.vector_norm(rest, dim=0)
    found: Array = left @ torch.linalg.vector_norm(parts, dim=1)
    largest = int(sizes.argmax())
    if float(sizes[largest]) > 0.0:
        scale = torch.linalg.vector_norm(sizes) / sizes[largest]
        found = found + scale * rest[:, largest]
    return found


def _shape(activation: Activation, settings: Settings) -> dict[str, np.ndarray]:
    """Return the activation and its dual on grids, for the figures."""
    reach = 1.0 if math.isfinite(settings.law.support_radius) else 4.0
    z = torch.linspace(-reach, reach, 201, dtype=torch.float64)
    t = torch.linspace(-1.0, 1.0, 201, dtype=torch.float64)
    slope = activation.derivative(z)
    return {
        "shape_z": array_of(z),
        "shape_value": array_of(activation(z)),
        "shape_derivative": array_of(slope),
        "dual_t": array_of(t),
        "dual_value": array_of(dual(activation, settings.law)(t)),
    }
