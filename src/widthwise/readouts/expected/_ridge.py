"""Test error of kernel and random-feature ridge regression, from the spectrum."""

import math
from dataclasses import dataclass

import torch

from widthwise.arguments import non_negative, whole_number
from widthwise.arrays import Array, Float
from widthwise.equality import equal_by_value
from widthwise.readouts.expected._scales import Spread, scale_at
from widthwise.spectra import TargetModes

__all__ = ["ExpectedError", "asked_width", "expected_error"]


@dataclass(frozen=True, eq=False)
class ExpectedError:
    r"""What ridge regression is expected to do on new rows.

    Attributes
    ----------
    error
        Mean squared error on a new row, its noise included; infinite at the peak
        m = n without a penalty.
    training_error
        Mean squared residual of the rows that were fitted.
    learnability
        $L_i = \lambda_i/(\lambda_i + \gamma)$, shape (k,): the share of each
        coefficient that the mean prediction has.
    inflation
        By what a finite number of rows multiplies the error of the mean prediction and
        the noise; 1 with infinitely many.
    degrees_of_freedom
        $z = \sum L_i$, at most n and at most m.
    scale
        γ: modes with a larger eigenvalue are learned, others are not.

    Examples
    --------
    >>> import widthwise as ww
    >>> modes = ww.spectra.TargetModes([1.0], [1.0], [10])
    >>> found = ww.readouts.expected_error(modes, 20, noise=1.0)
    >>> found.degrees_of_freedom, found.inflation
    (10.0, 2.0)
    """

    __eq__ = equal_by_value

    error: float
    training_error: float
    learnability: Float[Array, " k"]
    inflation: float
    degrees_of_freedom: float
    scale: float


def expected_error(
    modes: TargetModes,
    count: int,
    *,
    width: int | None = None,
    penalty: float | int = 0.0,
    noise: float | int = 0.0,
) -> ExpectedError:
    r"""Predict the test error of ridge regression on n random rows.

    The readout minimises $\frac12 \|\Phi v - y\|^2 + \frac\delta2 \|v\|^2$ over m
    random features with $E\, \Phi \Phi^\top = K$, or is K's own at infinite width.
    With γ and κ from $n = z + \delta/\kappa$ and $m = z + m\kappa/\gamma$,
    $z = \sum L_i$, $q = \sum L_i^2$, $L_i = \lambda_i/(\lambda_i + \gamma)$ and
    $r = (m - z)/(m - q)$,

    $$E_{test} = \frac{\sum_i v_i^2 (1 - L_i)(1 - r L_i) + s^2}
      {1 - (z - (z - q)\, r)/n}, \qquad E_{train} = (1 - z/n)^2 E_{test}.$$

    Parameters
    ----------
    modes
        Of the kernel and the target: `spectra.target_modes` or `TargetModes`.
    count
        n, the rows fitted.
    width
        m, the random features; None for infinitely many.
    penalty
        δ >= 0, as in `ridge_path`; 0 for the minimum-norm fit.
    noise
        $s^2$, the variance of the noise in the targets.

    Returns
    -------
    `ExpectedError`. It is a deterministic equivalent, no bound: exact as n, m and the
    modes grow together, if projections of the features on the modes behave like
    Gaussian ones. Tests state how near simulations come on the sphere, on Gaussian data
    and on tables.

    Raises
    ------
    InvalidArgumentError
        If a count is below 1, or the penalty or the noise is negative.

    Source
    ------
    Simon, Dickens, Karkada and DeWeese (2023), arXiv:2110.03922; Simon, Karkada, Ghosh
    and Belkin (2024), arXiv:2311.14646, section 3; derived in the theory pages.

    Cost
    ----
    Some 50 sums over the modes.

    Examples
    --------
    Noise alone, ten equal modes and twenty rows: $s^2/(1 - 10/20)$.

    >>> import widthwise as ww
    >>> modes = ww.spectra.TargetModes([1.0], [0.0], [10])
    >>> ww.readouts.expected_error(modes, 20, noise=1.0).error
    2.0
    """
    n = whole_number(count, "count", least=1, meaning="the rows that are fitted")
    m = asked_width(width)
    delta = non_negative(penalty, "penalty")
    variance = non_negative(noise, "noise")
    spread = Spread(modes)
    gamma = scale_at(spread, n, m, delta)
    values = torch.as_tensor(modes.eigenvalues)
    learned = torch.where(values > 0, values / (values + gamma), 0.0)
    counts = torch.as_tensor(modes.multiplicities)
    z, q = float(counts @ learned), float(counts @ learned.square())
    if gamma > 0:
        z += spread.rest / gamma
    if delta == 0 and spread.capacity > min(n, m):
        z = float(min(n, m))
    r = 1.0 if math.isinf(m) else (m - z) / (m - q) if q < m else 0.0
    missed = (1 - learned) * (1 - r * learned)
    used = (z - (z - q) * r) / n
    inflation = 1 / (1 - used) if used < 1 else math.inf
    signal = float(torch.as_tensor(modes.power) @ missed) + variance
    error = inflation * signal if signal else 0.0
    left = 1 - z / n
    training = left**2 * error if left else 0.0
    return ExpectedError(error, training, learned, inflation, z, gamma)


def asked_width(width: int | None) -> float:
    """Return m, infinite for None."""
    if width is None:
        return math.inf
    return float(whole_number(width, "width", least=1, meaning="the random features"))
