"""How often two hyperplanes both separate a random pair of weights."""

import math

import numpy as np

from widthwise.arrays import Float

__all__ = ["both_separate", "crossing_density", "pair_angles"]

_ROUNDING = 1e-9
"""Covers the cancellation in the difference of squared arc sines, relatively."""

_NEAR = 0.999


def both_separate(
    angle: Float[np.ndarray, "..."], turn: float
) -> Float[np.ndarray, "..."]:
    r"""Return P(both hyperplanes separate w and w'), rounded up.

    With w, w' Gaussian and each coordinate of correlation $\cos\alpha$, and
    hyperplanes at the acute angle $\theta$, $\rho = \cos\theta$:

    $$q = \frac{1}{\pi^2} \big(\alpha^2 + \arcsin^2\rho
    - \arcsin^2(\rho \cos\alpha)\big).$$
    """
    outer = np.pi / 2 - angle
    inner = np.arcsin(np.cos(angle) * math.cos(turn))
    found = (turn**2 + (outer - inner) * (outer + inner)) / np.pi**2
    return np.asarray(found * (1 + _ROUNDING) + 1e-16)


def crossing_density(angle: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    r"""Return $A = 1 + (\pi/2 - \theta) \cot\theta$, rounded up; inf at 0.

    $q \le A \alpha^2 / \pi^2$ for every $\alpha$, with equality as $\alpha \to 0$.
    """
    with np.errstate(divide="ignore"):
        return np.asarray(
            (1 + (np.pi / 2 - angle) / np.tan(angle)) * (1 + 1e-14), dtype=float
        )


def pair_angles(points: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n n"]:
    """Return the acute angles between the lines of unit rows, rounded down.

    Near 0 from differences, where an arc cosine has few digits. The diagonal is π/2.
    """
    cosines = np.abs(points @ points.T)
    np.fill_diagonal(cosines, 0.0)
    slack = 4 * np.finfo(float).eps * (points.shape[1] + 4)
    angles = np.arccos(np.minimum(cosines + slack, 1.0))
    first, second = np.nonzero(np.triu(cosines > _NEAR))
    minus = np.linalg.norm(points[first] - points[second], axis=1)
    plus = np.linalg.norm(points[first] + points[second], axis=1)
    small = 2 * np.arctan2(np.minimum(minus, plus), np.maximum(minus, plus)) - slack
    angles[first, second] = angles[second, first] = np.maximum(small, 0.0)
    return np.asarray(angles)
