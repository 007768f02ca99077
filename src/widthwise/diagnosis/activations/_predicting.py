"""How well networks of one activation predict rows that they were not fitted to."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from widthwise.activations import Activation
from widthwise.arrays import Array, Float
from widthwise.diagnosis.activations._labels import Labels
from widthwise.diagnosis.activations._left_out_widths import (
    prediction_trials,
    prediction_widths,
    stopping_widths,
)
from widthwise.diagnosis.activations._prediction_record import (
    ErrorCurve,
    LeftOutError,
    Prediction,
)
from widthwise.diagnosis.activations._record import ActivationEvidence
from widthwise.diagnosis.activations._settings import Settings
from widthwise.diagnosis.activations._studied_rows import StudiedRows
from widthwise.diagnosis.activations._yardstick import Yardstick
from widthwise.diagnosis.study import array_of
from widthwise.features import RandomFeatures
from widthwise.kernels import tangent_kernel
from widthwise.readouts import RidgePath, early_stopping, kernel_readout, ridge_path
from widthwise.seeds import derive

__all__ = ["predicted"]

_WORST = 10


@dataclass(frozen=True)
class _Readout:
    """One way to predict: a path at a penalty, with what it loses on each row."""

    kind: str
    width: int | None
    path: RidgePath
    penalty: float
    losses: Float[Array, " n"]

    @property
    def error(self) -> float:
        return float(self.losses.mean())


def predicted(
    table: StudiedRows,
    activation: Activation,
    settings: Settings,
    yardstick: Yardstick,
    conjugate: Float[Array, "n n"],
) -> tuple[Prediction, dict[str, np.ndarray], Float[Array, " n"]]:
    """Return the errors on rows left out at every width, and at infinite width.

    Last comes what the best readout loses on each row.

    Cost: for each width m of each network n m k + 9 k³ operations, k = min(n, m).
    """
    labels = yardstick.labels
    widths = prediction_widths(len(table.points), max(settings.widths))
    stopping = stopping_widths(len(table.points), max(settings.widths))
    trials = prediction_trials(len(table.points), settings.trials)
    typical: list[Array] = []
    stopped: dict[int, float] = {}
    plain, ridge = np.empty((2, trials, len(widths)))
    kernels = _kernels(conjugate, table, activation, settings, labels)
    best = min((each for each, _ in kernels.values()), key=lambda each: each.error)
    for place, width in enumerate(widths):
        at_width = []
        for trial in range(trials):
            features = _features(table, activation, settings, trial, width)
            if trial == 0 and width in stopping:
                descent = early_stopping(features, labels.values)
                lost = labels.losses(descent.residuals_left_out())
                stopped[width] = float(lost.mean())
            path = ridge_path(features, labels.values)
            plain[trial, place] = float(_losses(path, labels, 0.0).mean())
            at_width.append(_at_best(path, labels, "ridge", width))
            ridge[trial, place] = at_width[-1].error
        middle = sorted(at_width, key=lambda each: each.error)[(trials - 1) // 2]
        best = min(best, middle, key=lambda each: each.error)
        typical.append(middle.losses)  # not its factors, which are as large as Φ
    gain = yardstick.linear - best.losses
    residuals = best.path.residuals_left_out(best.penalty)
    misses = labels.misses(residuals)
    worst = misses.argsort(descending=True, stable=True)[:_WORST]
    leverage = best.path.leverage(best.penalty)
    numbers = table.sample_numbers
    offset = table.mean if labels.codes is None else 0.0
    last, tangent = kernels["conjugate"], kernels.get("tangent")
    return (
        Prediction(
            widths=widths,
            trials=trials,
            interpolating=_curve(plain),
            stopped_widths=tuple(stopped),
            stopped=_listed(np.array([*stopped.values()])),
            ridge=_curve(ridge),
            peak=_peak(widths, plain),
            enough=_enough(widths, typical, labels),
            best=labels.error(best.losses),
            best_width=best.width,
            best_readout=best.kind,
            penalty=best.penalty,
            conjugate=labels.error(last[0].losses),
            conjugate_interpolating=last[1],
            tangent=labels.error(tangent[0].losses) if tangent else None,
            tangent_interpolating=tangent[1] if tangent else None,
            gain=float(gain.mean()),
            gain_error=float(gain.std() / math.sqrt(len(gain))),
            worst_rows=tuple(numbers[row] for row in worst.tolist()),
            worst_leverage=tuple(leverage[worst].tolist()),
        ),
        {
            "left_out_targets": array_of(labels.values * labels.unit + offset),
            "left_out_predictions": array_of(
                (labels.values - residuals) * labels.unit + offset
            ),
            "left_out_leverage": array_of(leverage),
            "penalties": array_of(best.path.penalties),
            "penalty_errors": array_of(best.path.leave_one_out / labels.spread),
        },
        best.losses,
    )


def compared(
    found: Sequence[ActivationEvidence], losses: Sequence[Float[Array, " n"] | None]
) -> tuple[ActivationEvidence, ...]:
    """Return them, each with how far it is behind the one that predicts best."""
    known = [each for each in losses if each is not None]
    if not known:
        return tuple(found)
    best = min(known, key=lambda each: float(each.mean()))
    return tuple(
        each
        if each.prediction is None or lost is None
        else replace(each, prediction=_behind(each.prediction, lost - best))
        for each, lost in zip(found, losses, strict=True)
    )


def _behind(seen: Prediction, more: Float[Array, " n"]) -> Prediction:
    error = float(more.std() / math.sqrt(len(more)))
    return replace(seen, behind=float(more.mean()), behind_error=error)


def _features(
    table: StudiedRows,
    activation: Activation,
    settings: Settings,
    trial: int,
    width: int,
) -> Float[Array, "n m"]:
    seed = derive(settings.seed, "diagnosis/prediction", trial)
    features = RandomFeatures(activation, width=width, law=settings.law, seed=seed)
    found: Array = features.matrix(table.points)
    return found


def _kernels(
    conjugate: Float[Array, "n n"],
    table: StudiedRows,
    activation: Activation,
    settings: Settings,
    labels: Labels,
) -> dict[str, tuple[_Readout, LeftOutError]]:
    kernels = {"conjugate": conjugate}
    if math.isfinite(activation.lipschitz) and activation.smoothness >= 1:
        kernels["tangent"] = tangent_kernel(table.points, activation, settings.law)
    found = {}
    for kind, kernel in kernels.items():
        path = kernel_readout(kernel, labels.values, intercept=True)
        plain = labels.error(_losses(path, labels, 0.0))
        found[kind] = _at_best(path, labels, kind, None), plain
    return found


def _at_best(path: RidgePath, labels: Labels, kind: str, width: int | None) -> _Readout:
    return _Readout(kind, width, path, path.best, _losses(path, labels, path.best))


def _losses(path: RidgePath, labels: Labels, penalty: float) -> Float[Array, " n"]:
    return labels.losses(path.residuals_left_out(penalty))


def _curve(errors: np.ndarray) -> ErrorCurve:
    columns = np.sort(errors, axis=0)
    return ErrorCurve(
        error=_listed(columns[(len(columns) - 1) // 2]),
        low=_listed(columns[0]),
        high=_listed(columns[-1]),
    )


def _listed(values: np.ndarray) -> tuple[float | None, ...]:
    return tuple(float(each) if math.isfinite(each) else None for each in values)


def _peak(widths: Sequence[int], errors: np.ndarray) -> int | None:
    """Return where interpolating is worst, if that is at neither end."""
    median = np.sort(errors, axis=0)[(len(errors) - 1) // 2]
    place = int(np.argmax(median))
    return widths[place] if median[place] > max(median[0], median[-1]) else None


def _enough(
    widths: Sequence[int], typical: Sequence[Float[Array, " n"]], labels: Labels
) -> int | None:
    """Return the width from which no wider one is better by a standard error."""
    errors = [float(each.mean()) for each in typical]
    least = min(range(len(errors)), key=errors.__getitem__)
    within = errors[least] + (labels.error(typical[least]).standard_error or 0.0)
    enough = None
    for width, error in zip(reversed(widths), reversed(errors), strict=True):
        if error > within:
            break
        enough = width
    return enough
