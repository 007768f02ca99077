"""A real run of a module laid over the one that its tangent kernel predicts."""

import math

import numpy as np
import torch
from torch.nn import Module

from widthwise.arrays import Array
from widthwise.diagnosis.module._record import RealCurve
from widthwise.dynamics import Landweber, landweber_from_projections, train
from widthwise.networks import FullyConnected, TwoLayer
from widthwise.progress import Progress
from widthwise.prose import as_prose

__all__ = ["real_curve"]

_ROUNDING = 1e-9

_KEPT = 400
"""Points of the curve in the record; both ends, evenly spaced in the logarithm."""


def real_curve(
    module: Module,
    inputs: Array,
    targets: Array,
    residual: Array,
    run: Landweber,
    epochs: int,
    tell: Progress,
) -> tuple[RealCurve, dict[str, np.ndarray]]:
    r"""Train a copy by gradient descent, and predict the same run.

    The step is $1/\lambda_{\max}$, half the largest stable one: the best step is so
    near the limit of stability that a network that is not linear may leave it.

    Parameters
    ----------
    residual
        (n, c). $y - f_0$.
    run
        Gradient descent on the tangent kernel.
    """
    step = run.largest_stable_step / 2
    start = float(torch.linalg.vector_norm(residual))
    labels = targets[:, 0] if targets.shape[1] == 1 else targets
    trajectory = train(
        module,
        inputs,
        labels,
        optimizer="gd",
        step=step / _rate(module),
        epochs=epochs,
        track=("loss",),
        progress=tell,
    )
    real = np.sqrt(2.0 * np.asarray(trajectory.loss, dtype=np.float64)) / start
    steps = np.asarray(trajectory.epochs, dtype=np.int64)
    linear = landweber_from_projections(
        run.singular_values,
        run.projections,
        run.unreachable,
        step,
        threshold=run.threshold,
    )
    predicted = linear.relative_residual(steps.tolist()).numpy()
    kept = _thinned(len(steps))
    found = RealCurve(
        epochs=int(steps[-1]),
        step=float(step),
        largest_stable_step=float(run.largest_stable_step),
        stopped=None if trajectory.stopped is None else as_prose(trajectory.stopped),
        final_real=float(real[-1]),
        final_predicted=float(predicted[-1]),
        highest_real=float(np.max(real)),
        behind=_behind(real, predicted),
    )
    arrays = {
        "curve/steps": steps[kept],
        "curve/real": real[kept],
        "curve/predicted": predicted[kept],
    }
    return found, arrays


def _behind(real: np.ndarray, predicted: np.ndarray) -> float:
    """Return how far the real run ever fell behind, as a part of the way predicted.

    Both are measured in the logarithm of the residual, in which a mode moves evenly.
    """
    with np.errstate(all="ignore"):
        ours, theirs = (
            np.log(np.maximum(each, _ROUNDING)) for each in (real, predicted)
        )
    if not np.isfinite(ours).all():
        return math.inf
    way = max(float(-theirs.min()), _ROUNDING)
    return max(0.0, float((ours - theirs).max()) / way)


def _rate(module: Module) -> float:
    """Return what training multiplies the step by: m in mean-field networks, else 1."""
    if isinstance(module, TwoLayer | FullyConnected):
        return module.readout.rate
    return 1.0


def _thinned(count: int) -> np.ndarray:
    if count <= _KEPT:
        return np.arange(count)
    spaced = np.geomspace(1, count - 1, _KEPT - 1)
    return np.unique(np.concatenate([[0], np.rint(spaced).astype(np.int64)]))
