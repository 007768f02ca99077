"""The width at which half of the trials succeed, with its error."""

import math
from dataclasses import dataclass

import numpy as np

__all__ = ["Threshold", "success_threshold", "wilson_interval"]

_ITERATIONS = 60


@dataclass(frozen=True)
class Threshold:
    """Where a logistic curve in log width crosses one half.

    Attributes
    ----------
    width
        The threshold; NaN where success never rises through one half on the grid.
    log_error
        The standard error of its logarithm.
    steepness
        The slope of the log odds in log width; 4 over the transition's width.
    """

    width: float
    log_error: float
    steepness: float

    @property
    def was_found(self) -> bool:
        """Whether success rises through one half on the grid."""
        return math.isfinite(self.width)


def success_threshold(
    widths: list[int], successes: np.ndarray, resamples: np.ndarray
) -> Threshold:
    r"""Fit $P(\text{success}) = 1/(1 + e^{-b (\log k - \log k_*)})$.

    The fit maximises the likelihood times the square root of the Fisher information's
    determinant, which stays finite where no width has both outcomes. The error of
    $\log k_*$ is the largest of three: from the Fisher information, from resampled
    trials, and $h / \sqrt{12}$, with h the gap in log width around $k_*$ (a threshold
    is not known better than the grid that it lies on).

    Parameters
    ----------
    widths
        Ascending, at least two.
    successes
        Shape (widths, trials), of 0 and 1. A trial has one set of points at all widths,
        so trials are resampled whole.
    resamples
        Shape (times, trials): which trials each resample takes.

    Source
    ------
    Firth (1993), Bias reduction of maximum likelihood estimates, for the fit; Efron and
    Tibshirani (1993), An introduction to the bootstrap.
    """
    nothing = Threshold(math.nan, math.nan, math.nan)
    shares = successes.mean(axis=1)
    if len(widths) < 2 or shares.max() <= 0.5 or shares.min() > 0.5:
        return nothing
    logs = np.log(np.asarray(widths, dtype=float))
    trials = successes.shape[1]
    counts = np.vstack([successes.sum(axis=1)[None, :], _counts(successes, resamples)])
    fits, covariances = _fit(logs - logs.mean(), counts, trials)
    slope = fits[:, 1]
    if slope[0] <= 0:
        return nothing
    places = -fits[:, 0] / np.where(slope == 0, math.nan, slope) + logs.mean()
    place = float(places[0])
    if not logs[0] <= place <= logs[-1]:
        return nothing
    gradient = np.array([-1.0, logs.mean() - place]) / slope[0]
    fisher = math.sqrt(max(float(gradient @ covariances[0] @ gradient), 0.0))
    usable = places[1:][slope[1:] > 0]
    spread = float(np.std(usable)) if len(usable) > 1 else 0.0
    above = min(max(int(np.searchsorted(logs, place)), 1), len(logs) - 1)
    gap = float(logs[above] - logs[above - 1])
    error = max(fisher, spread, gap / math.sqrt(12.0))
    return Threshold(math.exp(place), error, float(slope[0]))


def wilson_interval(
    successes: int, trials: int, deviations: float | int = 1.959963984540054
) -> tuple[float, float]:
    """Return the interval of a proportion that keeps its level at 0 and 1.

    Source: Wilson (1927), J. American Statistical Association 22, 209.
    """
    share, square = successes / trials, deviations**2
    centre = (share + square / (2 * trials)) / (1 + square / trials)
    half = math.sqrt(share * (1 - share) / trials + square / (4 * trials**2))
    half *= deviations / (1 + square / trials)
    return max(centre - half, 0.0), min(centre + half, 1.0)


def _counts(successes: np.ndarray, resamples: np.ndarray) -> np.ndarray:
    if not resamples.size:
        return np.empty((0, len(successes)))
    return np.asarray(successes[:, resamples].sum(axis=2).T)


def _fit(
    logs: np.ndarray, counts: np.ndarray, trials: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return intercepts and slopes (fits, 2), and covariances (fits, 2, 2)."""
    design = np.stack([np.ones_like(logs), logs], axis=1)  # (widths, 2)
    fits = np.zeros((len(counts), 2))
    inverse = np.zeros((len(counts), 2, 2))
    for _ in range(_ITERATIONS):
        chance = 1 / (1 + np.exp(-np.clip(fits @ design.T, -30, 30)))
        weights = trials * chance * (1 - chance)
        information = np.einsum("fw,wi,wj->fij", weights, design, design)
        inverse = np.linalg.inv(information + 1e-12 * np.eye(2))
        leverage = weights * np.einsum("wi,fij,wj->fw", design, inverse, design)
        score = (counts - trials * chance + leverage * (0.5 - chance)) @ design
        move = np.einsum("fij,fj->fi", inverse, score)
        size = np.abs(move).max(axis=1, keepdims=True)
        fits = fits + move * np.minimum(1.0, 2.0 / np.maximum(size, 1e-300))
        if float(size.max()) < 1e-9:
            break
    return fits, inverse
