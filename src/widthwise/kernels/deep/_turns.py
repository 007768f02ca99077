r"""How an angle goes through a homogeneous layer between norms, to its last digits.

With features $F(a) = (s_w \kappa(1)^{1/2} a^p, s_r a, s_b)$ of a row of variance $a^2$
and $\Lambda = s_w^2 (ab)^p (\kappa(1) - \kappa(\rho)) + s_r^2 ab\,(1 - \rho)$ the
next covariance is $K = F(a)\cdot F(b) - \Lambda$, and by Lagrange's identity

$$q_a q_b - K^2 = \sum_{m<n} (F_m(a) F_n(b) - F_n(a) F_m(b))^2
+ \Lambda (2K + \Lambda),$$

a sum that does not cancel where rows are nearly parallel; $1 - \rho$ does.
"""

from itertools import combinations

import numpy as np

from widthwise.kernels.deep._hidden_layer import HiddenLayer
from widthwise.kernels.deep._layer import Layer

__all__ = ["lack", "turned"]


def lack(layer: Layer, chord: np.ndarray, is_near: np.ndarray) -> np.ndarray:
    """Return κ(1) - κ(ρ), relatively accurate near ρ = 1."""
    departure = layer.departure
    found = np.empty(chord.shape)
    found[is_near] = departure.near(chord[is_near])
    found[~is_near] = -departure.far(chord[~is_near])
    found *= chord**departure.power
    rise = layer.at_one - layer.at_minus_one
    return np.asarray(np.where(is_near, found, rise + found))


def turned(
    after: HiddenLayer,
    layer: Layer,
    powers: tuple[np.ndarray, np.ndarray],
    scales: tuple[np.ndarray, np.ndarray],
    half: tuple[np.ndarray, np.ndarray],
    covariance: np.ndarray,
    norms: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    r"""Return whether $\rho' \ge 0$, and the smaller half chord.

    Parameters
    ----------
    after
        The map that follows.
    layer
        The activation's, at variance one.
    powers, scales
        $a^p$ and a of the rows, shape (h, 1), and of the columns, (w,).
    half
        The half chords before, and whether ρ >= 0, (h, w).
    covariance, norms
        K and $(q_a q_b)^{1/2}$.
    """
    chord, is_near = half
    weight, skip = float(after.weight_std), float(after.residual)
    features = [
        (weight * np.sqrt(layer.at_one), *powers),
        (skip, *scales),
        (float(after.bias_std), np.ones((1, 1)), np.ones(1)),
    ]
    missing = np.zeros(chord.shape)
    for (s, f, g), (t, x, y) in combinations(features, 2):
        if s and t:
            missing += (s * t * (f * y - x * g)) ** 2
    lost = weight**2 * powers[0] * powers[1] * lack(layer, chord, is_near)
    if skip:
        square = chord * chord
        lost += (
            skip**2 * scales[0] * scales[1] * 2 * np.where(is_near, square, 1 - square)
        )
    missing += lost * np.maximum(2 * covariance + lost, 0.0)
    size = np.where(norms > 0, norms, 1.0)
    square = missing / (2 * size * (size + np.abs(covariance)))
    return covariance >= 0, np.sqrt(np.minimum(square, 0.5))
