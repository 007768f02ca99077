"""A rule for integrals that are singular at two cones, however close these are."""

import numpy as np

from widthwise.numerics import gauss_legendre

__all__ = ["EMPTY", "toward_cones"]

EMPTY = 1e-30
"""Length given to a cell that a crossing leaves empty: its mass is as negligible."""


def toward_cones(
    length: np.ndarray, theta: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Rule for η = π/2 - ψ in [0, length], (N, 2 count), the cones being θ apart.

    The inner integral has terms η^m log η, and varies on the scale of θ: a power of
    the variable tames the first below θ, its logarithm resolves the second above.
    """
    nodes, weights = gauss_legendre(count)
    length = np.maximum(length, EMPTY)
    split = np.clip(theta, 0.02 * length, length)[:, None]
    stretch = np.log(length[:, None] / split)
    below, above = split * nodes**5, split * np.exp(stretch * nodes)
    place = np.concatenate([below, above], axis=1)
    mass = [5 * split * nodes**4 * weights, above * stretch * weights]
    return place, np.concatenate(mass, axis=1)
