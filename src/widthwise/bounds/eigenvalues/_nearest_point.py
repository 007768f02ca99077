"""A bound on the squared feature norm for activations that decay from z = 1."""

from itertools import pairwise

import numpy as np

from widthwise.arrays import Array, Float
from widthwise.bounds.eigenvalues._square_envelope import SquareEnvelope

__all__ = ["nearest_point_bound"]

_BINS = 2**15
_INTERVALS = 64
_WORK = 4e8
_ROUNDING = 1e-7
"""Covers the error of an arc cosine near 1, at most about 3e-8."""


def nearest_point_bound(
    points: Float[Array, "n d"], envelope: SquareEnvelope
) -> float | None:
    r"""Bound $\sup_w \sum_i \sigma(x_i \cdot w)^2$ by the point nearest to w.

    If $x_j$ is the nearest point to w, at angle $\theta$, every $x_i$ is at an angle of
    at least $\max(\theta, \angle(x_i, x_j) - \theta)$, so with the non-increasing
    $S(\theta) = \sup_{z \le \cos\theta} \sigma(z)^2$

    $$\|\sigma(Xw)\|^2 \le \max_j \max_\theta
    \sum_i S\big(\max(\theta, \angle(x_i, x_j) - \theta)\big).$$

    Each interval of $\theta$ is bounded at its worse end. The same holds with $\pm x_i$
    for $x_i$ and $|z|$ for z, and the better of the two is returned; None where the n²
    angles would take too long.

    Cost: 64 table look-ups for each pair of points.
    """
    matrix = points.numpy()
    if _INTERVALS * len(matrix) ** 2 > _WORK:
        return None
    cosines = np.clip(matrix @ matrix.T, -1.0, 1.0)
    signed = _worst(np.arccos(cosines), _decay(envelope, unsigned=False), np.pi)
    unsigned = _worst(
        np.arccos(np.abs(cosines)), _decay(envelope, unsigned=True), np.pi / 2
    )
    return min(signed, unsigned)


def _decay(envelope: SquareEnvelope, *, unsigned: bool) -> Float[np.ndarray, " b"]:
    """Return upper bounds of S on bins of the angle, each taken at its lower end."""
    tops = np.maximum(envelope.left, envelope.right)
    low, high = envelope.nodes[:-1], envelope.nodes[1:]
    # The least z, or |z|, of each cell: the cell matters for every bound above it.
    least = np.maximum(np.maximum(low, -high), 0.0) if unsigned else low
    order = np.argsort(least, kind="stable")
    largest = np.maximum.accumulate(tops[order])
    reach = np.cos(np.arange(_BINS) * np.pi / _BINS) + 1e-15
    cells = np.searchsorted(least[order], reach, side="right")
    return np.asarray(largest[np.maximum(cells, 1) - 1])


def _worst(
    angles: Float[np.ndarray, "n n"], decay: Float[np.ndarray, " b"], widest: float
) -> float:
    edges = np.linspace(0.0, widest, _INTERVALS + 1)
    worst = 0.0
    for low, high in pairwise(edges.tolist()):
        least = np.maximum(low, angles - high) - _ROUNDING
        bins = (least * (_BINS / np.pi)).astype(np.int32).clip(0, _BINS - 1)
        worst = max(worst, float(decay[bins].sum(axis=1).max()))
    return worst * (1 + 1e-12)
