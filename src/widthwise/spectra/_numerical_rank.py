"""The rank that numbers alone show, for comparison with what a sampled σ promises."""

import math

import numpy as np
import torch

from widthwise.activations import Activation
from widthwise.errors import WidthwiseError
from widthwise.features import RandomFeatures
from widthwise.kernels import conjugate_kernel, tangent_kernel
from widthwise.laws import Law
from widthwise.spectra._feature_spectrum import feature_spectrum
from widthwise.spectra._spectrum import spectrum

__all__ = ["numerical_rank"]

_MOST_ROWS, _MOST_BY_FEATURES = 1500, 400


def numerical_rank(
    directions: np.ndarray, act: Activation, law: Law, kernel: str
) -> int:
    """Return how many eigenvalues of the kernel matrix are above their error bounds.

    Where the kernel's own do not show full rank, the features of one random layer may:
    they resolve condition numbers up to 1e28, and their rank is never above the
    kernel's.

    Parameters
    ----------
    directions
        Shape (n, d), unit rows, all different. Of more than 1500, as many at random are
        looked at; if they show full rank and σ has a kink, so do all.
    act, law, kernel
        As in `rank_verdict`.

    Cost: n² entries and n³ operations for n up to 1500.
    """
    count = len(directions)
    some = directions
    if count > _MOST_ROWS:
        chosen = np.random.default_rng(0).permutation(count)[:_MOST_ROWS]
        some = directions[np.sort(chosen)]
    points = torch.from_numpy(np.ascontiguousarray(some))
    try:
        if kernel == "conjugate":
            matrix = conjugate_kernel(points, act, law)
        else:
            trained = kernel.removeprefix("tangent_")
            matrix = tangent_kernel(points, act, law, trained=trained)
        found = spectrum(matrix).rank
    except WidthwiseError:
        found = 0  # It has no digits to show.
    if found < len(some) <= _MOST_BY_FEATURES and kernel == "conjugate":
        layer = RandomFeatures(act, 2 * len(some) + 16, law)
        found = max(found, feature_spectrum(points, layer).rank)
    if found == len(some) and math.isfinite(act.smoothness):
        return count
    return found
