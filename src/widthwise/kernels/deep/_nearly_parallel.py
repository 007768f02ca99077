r"""How an angle goes through any layer between norms, where rows are nearly parallel.

With X and Y what a layer makes of two rows, $(s_w \sigma(a u), s_r a u, s_b)$ and the
same of b v, and $c = K / q_b$ for their covariance K,

$$1 - \rho^2 = E\,|X - c Y|^2 / q_a,$$

where $1 - K / (q_a q_b)^{1/2}$ would cancel. As c makes it least, its rounding counts
in the square.
"""

import numpy as np

from widthwise.kernels.deep._hidden_layer import HiddenLayer
from widthwise.kernels.pairs import Residuals

__all__ = ["NEARLY", "sharpened"]

NEARLY = 1e-3
"""Below this $1 - \rho^2$ rows are nearly parallel: half chords are below 0.016."""


def sharpened(
    after: HiddenLayer,
    residuals: Residuals,
    scales: tuple[np.ndarray, np.ndarray],
    half: tuple[np.ndarray, np.ndarray],
    covariance: np.ndarray,
    squares: tuple[np.ndarray, np.ndarray],
) -> np.ndarray:
    r"""Return the smaller half chords after the layer, for pairs.

    Parameters
    ----------
    after
        The map that follows.
    residuals
        Those of σ.
    scales
        a and b, shape (N,).
    half
        The half chords before, and whether ρ >= 0.
    covariance, squares
        K, $q_a$ and $q_b$.
    """
    (a, b), (chord, is_near) = scales, half
    c = covariance / squares[1]
    weight, bias, skip = (
        float(each) ** 2 for each in (after.weight_std, after.bias_std, after.residual)
    )
    left = weight * residuals.squares(a, b, chord, is_near, c) + bias * (1 - c) ** 2
    turned = np.where(is_near, c, -c) * b
    left += skip * ((a - turned) ** 2 + 4 * a * turned * chord**2)
    lack = np.minimum(left / squares[0], 1.0)
    return np.asarray(np.sqrt(lack / (2 * (1 + np.sqrt(1 - lack)))))
