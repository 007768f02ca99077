"""Logistic curves through counts of successes, finite whatever the counts."""

from dataclasses import dataclass

import numpy as np

from widthwise.equality import equal_by_value

__all__ = ["LogisticFit", "logistic_fit"]

_STEPS = 200
_LEAST_STEP = 1e-9
_FARTHEST = 300.0  # Log odds beyond which a probability is 0 or 1 in float64.


@dataclass(frozen=True, eq=False)
class LogisticFit:
    """Several curves at once; f counts the fits.

    Attributes
    ----------
    coefficients
        Shape (f, 2): intercepts and slopes.
    covariances
        Shape (f, 2, 2): the inverses of the Fisher information.
    fitted
        Shape (f, w): the probabilities at each place.
    """

    __eq__ = equal_by_value

    coefficients: np.ndarray
    covariances: np.ndarray
    fitted: np.ndarray


def logistic_fit(places: np.ndarray, successes: np.ndarray, trials: int) -> LogisticFit:
    r"""Fit $\operatorname{logit} P = a + b x$ to counts at the same places.

    The likelihood is penalized by the root of the information's determinant (Jeffreys'
    prior), which removes the bias of first order and keeps the fit finite where a place
    without a success is followed at once by one without a failure. Newton's steps are
    halved until they do not lower it.

    Parameters
    ----------
    places
        x, shape (w,), at least two different ones.
    successes
        Shape (f, w), or (w,) for one fit; from 0 to `trials`.
    trials
        At each place.

    Source
    ------
    Firth (1993), Bias reduction of maximum likelihood estimates.
    """
    x = np.asarray(places, dtype=np.float64)
    counts = np.atleast_2d(np.asarray(successes, dtype=np.float64))
    # In these units the information is well conditioned; the fit is the same in all.
    centre, spread = float(x.mean()), float(x.std())
    design = np.stack([np.ones_like(x), (x - centre) / spread], axis=1)
    beta = np.zeros((len(counts), 2))
    state = _State.at(design, counts, trials, beta)
    open_ones = np.ones(len(counts), dtype=bool)
    for _ in range(_STEPS):
        step = np.einsum("fij,fj->fi", state.covariance, state.gradient)
        size = np.where(open_ones, 1.0, 0.0)
        found = _State.at(design, counts, trials, beta + size[:, None] * step)
        while (worse := open_ones & ~(found.value >= state.value)).any():
            size[worse] /= 2
            # No better point along the step: this is the maximum.
            size[size < _LEAST_STEP] = 0.0
            open_ones &= size > 0.0
            found = _State.at(design, counts, trials, beta + size[:, None] * step)
        moved = np.abs(size[:, None] * step).max(axis=1)
        beta = beta + size[:, None] * step
        state = found
        open_ones &= moved >= 1e-10 * (1 + np.abs(beta).max(axis=1))
        if not open_ones.any():
            break
    back = np.array([[1.0, -centre / spread], [0.0, 1.0 / spread]])
    return LogisticFit(beta @ back.T, back @ state.covariance @ back.T, state.fitted)


@dataclass(frozen=True)
class _State:
    """The penalized log likelihoods at some coefficients, and what a step needs."""

    value: np.ndarray  # (f,)
    gradient: np.ndarray  # (f, 2)
    covariance: np.ndarray  # (f, 2, 2)
    fitted: np.ndarray  # (f, w)

    @classmethod
    def at(
        cls, design: np.ndarray, counts: np.ndarray, trials: int, beta: np.ndarray
    ) -> "_State":
        odds = np.clip(beta @ design.T, -_FARTHEST, _FARTHEST)
        fitted = 1 / (1 + np.exp(-odds))
        weight = np.maximum(trials * fitted * (1 - fitted), 1e-290)
        information = np.einsum("fw,wi,wj->fij", weight, design, design)
        determinant = np.linalg.det(information)
        is_regular = determinant > 0.0
        covariance = np.linalg.inv(
            np.where(is_regular[:, None, None], information, np.eye(2))
        )
        leverage = weight * np.einsum("wi,fij,wj->fw", design, covariance, design)
        residuals = counts - trials * fitted + leverage * (0.5 - fitted)
        likelihood = (counts * odds - trials * np.logaddexp(0.0, odds)).sum(axis=1)
        penalty = 0.5 * np.log(np.where(is_regular, determinant, 1.0))
        return cls(
            np.where(is_regular, likelihood + penalty, -np.inf),
            np.where(is_regular[:, None], residuals @ design, 0.0),
            covariance,
            fitted,
        )
