"""How the errors of the layers of any network add up."""

import numpy as np

from widthwise.kernels.deep._hidden_layer import HiddenLayer
from widthwise.kernels.deep._nearly_parallel import NEARLY
from widthwise.kernels.deep._network_step import Homogeneous, NetworkStep
from widthwise.kernels.duals import QUARTER
from widthwise.kernels.two_layer import Rows

__all__ = ["network_errors"]

_EPS = 2.0**-52


def network_errors(
    rows: Rows, first: HiddenLayer, steps: list[NetworkStep]
) -> tuple[float, float]:
    r"""Bound the errors of entries, to first order, by each layer's worst row.

    $|\partial K'/\partial K| \le s_w^2\,(E\sigma'^2 + s_r^2)$ by Price's theorem and
    Cauchy and Schwarz; what the dual of σ' makes of an error is tried at some angles.
    """
    rounding = 4 * np.sqrt(rows.dimension) * 1.2e-16
    q = float(steps[0].before.max())
    covariance = rounding * q
    tangent, theta = max(first.rates) * covariance, max(first.rates) * q
    chord: float | None = rounding  # what half chords are off by; None where ρ is
    for step in steps:
        after, weight = step.following, step.following.weight_std**2
        value = float((step.kappa.sizes**2).max())
        slope = float((step.slope.sizes**2).max())
        gain = float(weight * slope + after.residual**2)
        lost = (step.kappa.relative_error + 4 * _EPS) * value
        moved = covariance / max(2 * float(step.before.max()), 1e-300) + _EPS
        bent = step.slope.relative_error * slope + _bend(step, moved, chord)
        tangent = gain * tangent + weight * bent * theta
        theta *= gain
        covariance = gain * covariance + float(weight * lost)
        chord = _next_chord_error(step, chord, gain, covariance)
        theta += max(after.rates) * float(weight * value + after.bias_std**2)
        tangent += max(after.rates) * covariance
    return float(covariance), float(tangent)


def _next_chord_error(
    step: NetworkStep, chord: float | None, gain: float, covariance: float
) -> float | None:
    of = step.kappa
    is_homogeneous = isinstance(of, Homogeneous) and of.layer is not None
    if chord is None or not (is_homogeneous or step.residuals is not None):
        return None
    stretch = gain * float((step.before / np.maximum(step.after, 1e-300)).max())
    found: float = chord * max(1.0, float(np.sqrt(stretch))) + 16 * _EPS
    if step.residuals is None:
        return found
    # What is not nearly parallel has a half chord above NEARLY^(1/2) / 2.
    moved = covariance / max(2 * float(step.after.max()), 1e-300) + _EPS
    return max(found + 2 * step.residuals.error, moved / float(np.sqrt(NEARLY)))


def _bend(step: NetworkStep, moved: float, chord: float | None) -> float:
    """Return the most by which the dual of σ' changes as (1 - |ρ|)/2 moves.

    Or as the half chord does, where that is what is known.
    """
    at = int(np.argmax(step.before))
    row = slice(at, at + 1)

    def value(square: float, *, is_near: bool, more: float = 0.0) -> float:
        x = np.full((1, 1), min(np.sqrt(square) + more, QUARTER))
        return float(step.slope.tile(row, row, x, np.full((1, 1), is_near))[0, 0])

    def beside(square: float, *, is_near: bool) -> float:
        if chord is None:
            return value(square + moved, is_near=is_near)
        return value(square, is_near=is_near, more=chord)

    return max(
        abs(value(square, is_near=side) - beside(square, is_near=side))
        for square in (0.0, 1e-4, 0.01, 0.1, 0.3)
        for side in (True, False)
    )
