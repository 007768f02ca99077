"""A wide network's training beside what the limit's kernel says of it."""

from typing import Any

import numpy as np
import torch

from widthwise.activations import Activation
from widthwise.arrays import Array
from widthwise.dynamics.by_layer import streamed_residuals
from widthwise.experiments.shared import Progress, kept_steps
from widthwise.kernels import feature_scale, tangent_kernel
from widthwise.machine import limited_threads
from widthwise.numerics.linear_algebra import eigh

__all__ = ["limit_run"]


def limit_run(
    act: Activation,
    points: Array,
    labels: Array,
    width: int,
    seed: int,
    steps: int,
    tell: Progress,
) -> dict[str, Any]:
    """Return the real and the predicted relative residuals, and their largest gap.

    Steps are 1/λ_max of the limit's G-matrix for E σ² = 1, which, applied to the
    residual at the start, is the prediction. Gaps are |log(real / predicted)|.
    """
    scale = feature_scale(act)
    values, vectors = eigh(scale**2 * tangent_kernel(points, act, "gaussian", "inner"))
    step = 1.0 / float(values[-1])
    with limited_threads(1):
        found = streamed_residuals(
            act,
            points,
            labels,
            width,
            seed,
            scale=scale,
            step=step,
            steps=steps,
            progress=tell,
        )
    real = torch.linalg.vector_norm(found, dim=1).numpy()
    powers = np.arange(steps + 1)[:, None]
    left = (1.0 - step * values.numpy().clip(min=0.0)) ** powers
    predicted = np.linalg.norm(left * (vectors.T @ found[0]).numpy(), axis=1)
    gaps = np.abs(np.log(real / predicted))
    kept = kept_steps(steps)
    return {
        "smoothness": act.smoothness,
        "gap": float(gaps.max()),
        "end": float(real[-1] / real[0]),
        "real": (real / real[0])[kept].tolist(),
        "predicted": (predicted / real[0])[kept].tolist(),
    }
