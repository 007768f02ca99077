"""Rules for one correlation u = w·x, and means by them."""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from widthwise.activations import Activation
from widthwise.kernels.rules._function import on_numpy
from widthwise.kernels.rules._marginal import density
from widthwise.laws import Law, Sphere
from widthwise.numerics import gauss_legendre

__all__ = ["PANEL", "REACH", "line_rule", "means", "panels"]

PANEL = 16
"""Nodes of a panel."""
REACH = 37.0
"""Beyond this a standard normal has density 1e-297."""


def line_rule(
    law: Law, halvings: int = 1, cuts: tuple[float, ...] = ()
) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and masses of one correlation u, on panels that shrink to zero.

    Panels end at the cuts, too.
    """
    # One row's cuts are not asked for again.
    return _line.__wrapped__(law, halvings, cuts) if cuts else _line(law, halvings)


def means(
    activation: Activation, law: Law, scales: np.ndarray, order: int = 0
) -> np.ndarray:
    """Return E σ(a u), or with order 1 E σ'(a u), for scales a >= 0, shape (N,)."""
    function = on_numpy(activation.derivative if order else activation)
    kinks = [b for b in activation.breakpoints if b]
    if kinks:
        found = np.empty(len(scales))
        for place, scale in enumerate(scales):
            cuts = tuple(b / scale for b in kinks) if scale > 0 else ()
            u, mass = line_rule(law, 1, cuts)
            values = np.where(mass > 0, function(scale * u), 0.0)
            found[place] = (values * mass).sum()
        return found
    u, mass = line_rule(law)
    # Sums of a row, and no product of matrices, hang on nothing but the row.
    parts = [
        (np.where(mass > 0, function(some[:, None] * u), 0.0) * mass).sum(axis=1)
        for some in np.array_split(scales, 1 + len(scales) * len(u) // 1_000_000)
    ]
    return np.concatenate(parts)


@lru_cache(maxsize=16)
def _line(
    law: Law, halvings: int, cuts: tuple[float, ...] = ()
) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and masses of one correlation u, on panels that shrink to zero."""
    is_sphere = isinstance(law, Sphere)
    end = np.pi / 2 if is_sphere else REACH
    spread = 1 / math.sqrt(law.dimension) if isinstance(law, Sphere) else 1.0
    fine = spread * np.arange(0.0, 10.0, 0.5)
    wide = np.arange(0.0, end, 0.13 if is_sphere else 1.0)
    shrinking = spread * 2.0 ** -np.arange(1.0, 16.0)
    beside = np.abs(np.arcsin(np.clip(cuts, -1, 1)) if is_sphere else cuts)
    ends = fine, wide, shrinking, beside, np.array([end])
    place, mass = panels(ends, end, PANEL, halvings)
    mass = mass * density(place, law)
    u = np.sin(place) if is_sphere else place
    u, mass = np.concatenate([-u[::-1], u]), np.concatenate([mass[::-1], mass])
    return u, mass / mass.sum()


def panels(
    edges: Sequence[np.ndarray | list[float]], end: float, count: int, halvings: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return Gauss-Legendre nodes and weights on panels up to an end."""
    ends = np.unique(np.concatenate(edges))
    ends = ends[ends <= end]
    for _ in range(halvings):
        ends = np.sort(np.concatenate([ends, (ends[1:] + ends[:-1]) / 2]))
    nodes, weights = gauss_legendre(count)
    width = np.diff(ends)[:, None]
    return (ends[:-1, None] + width * nodes).ravel(), (width * weights).ravel()
