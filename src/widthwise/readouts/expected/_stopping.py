"""Test error of gradient flow on the readout, from the spectrum, at any time."""

import numpy as np
import torch

from widthwise.arguments import non_negative, whole_number
from widthwise.arrays import Array, Float, PointsLike, real_tensor
from widthwise.errors import InvalidArgumentError
from widthwise.readouts.expected._ridge import asked_width
from widthwise.readouts.expected._scales import Spread, complex_scales
from widthwise.spectra import TargetModes

__all__ = ["expected_stopping"]

_NODES = 32
_APART = 1.4
"""The second contour lies outside the first, so that no two nodes meet."""


def expected_stopping(
    modes: TargetModes,
    count: int,
    times: PointsLike,
    *,
    width: int | None = None,
    noise: float | int = 0.0,
) -> Float[Array, " t"]:
    r"""Predict the test error of gradient descent on the readout, stopped at a time.

    Gradient flow on $\frac12 \|\Phi v - y\|^2$ from v = 0 leaves $e^{-\lambda t}$ of a
    mode, a sum of ridge regressions over complex penalties,

    $$e^{-\lambda t} = \frac{1}{2\pi i} \int \frac{e^{st}}{s}
      \frac{s}{s + \lambda}\, ds,$$

    and the error is bilinear in it: the double integral of

    $$E(s_1, s_2) = n \frac{\kappa_2\, b(\gamma_1) - \kappa_1\, b(\gamma_2)
      + (\kappa_2 - \kappa_1) s^2}{s_2 - s_1}, \qquad
      b(\gamma) = \sum_i \frac{\gamma\, v_i^2}{\lambda_i + \gamma}.$$

    Parameters
    ----------
    modes, count, width, noise
        As in `expected_error`.
    times
        t > 0, shape (t,): the step times the number of steps, for steps well below
        $2/\lambda_1$.

    Returns
    -------
    The mean squared error on a new row at each time, its noise included; ten digits,
    fewer where $n \gamma t > 10^6$, since differences of κ are divided by $1/t$. What
    is learned by then, `expected_error` has at the penalty 0.

    Raises
    ------
    InvalidArgumentError
        If a time is not positive, or as in `expected_error`.

    Source
    ------
    Bodin and Macris (2021), arXiv:2110.11805, for gradient flow by Cauchy integrals;
    the contour is the parabola of Weideman and Trefethen (2007), Mathematics of
    Computation 76, 1341. Derived in the theory pages.

    Cost
    ----
    A few hundred sums over the modes for each time.

    Examples
    --------
    >>> import widthwise as ww
    >>> modes = ww.spectra.TargetModes([1.0], [1.0], [10])
    >>> early, late = ww.readouts.expected_stopping(modes, 20, [1e-6, 100.0])
    >>> round(early.item(), 4), round(late.item(), 4)
    (1.0, 0.0)
    """
    n = whole_number(count, "count", least=1, meaning="the rows that are fitted")
    m = asked_width(width)
    variance = non_negative(noise, "noise")
    wanted = real_tensor(times, "The times").to(torch.float64).flatten()
    if not bool(((wanted > 0) & wanted.isfinite()).all()):
        raise InvalidArgumentError(
            f"The times go down to {float(wanted.min()):.3g}; they must be positive "
            "and finite. At the time 0 the error is that of predicting 0."
        )
    spread, power = Spread(modes), np.asarray(modes.power)
    found = [
        _at(spread, power, n, m, variance, float(time)) for time in wanted.tolist()
    ]
    return torch.tensor(found, dtype=torch.float64)


def _at(
    spread: Spread, power: np.ndarray, n: int, m: float, noise: float, time: float
) -> float:
    (s1, w1, k1, b1), (s2, w2, k2, b2) = (
        _contour(spread, power, n, m, time, stretch) for stretch in (1.0, _APART)
    )
    pairs = (
        k2 * (b1[:, None] + noise) - k1[:, None] * (b2 + noise)
    ) / (s2 - s1[:, None])  # fmt: skip
    return n * float((w1 @ pairs @ w2).real)


def _contour(
    spread: Spread, power: np.ndarray, n: int, m: float, time: float, stretch: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return penalties s, weights of e^{st}/s, κ and b on a parabola about s <= 0."""
    theta = np.pi * np.arange(1, _NODES, 2) / _NODES
    size = _NODES * stretch / time
    upper = size * (0.1309 - 0.1194 * theta**2 + 0.25j * theta)
    slopes = size * (-0.2388 * theta + 0.25j)
    weights = np.exp(upper * time) / upper * slopes / (1j * _NODES)
    start = np.concatenate([[size * 0.1309 + 0j], upper])
    gamma = complex_scales(spread, n, m, start)[1:]
    z = np.array([spread.z(each) for each in gamma])
    kappa = gamma * (1 - z / m)
    left = gamma[:, None] / (spread.values + gamma[:, None]) @ power
    return tuple(  # type: ignore[return-value]
        np.concatenate([each, each.conj()]) for each in (upper, weights, kappa, left)
    )
