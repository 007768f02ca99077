r"""Probabilities of classes, by a logistic model of the leave-one-out scores.

The score of a row by the model that was fitted to it says little: an interpolating one
is right on all of them. So

.. math:: P(k \mid x) \propto \exp(a\, s_k(x))

is fitted to the scores that each row gets from the other rows. No class has an offset
of its own, so that the likeliest class is the predicted one. With Platt's targets a row
is of its class with probability $(n_k + 1)/(n_k + 2)$, so that no perfect separation
makes a infinite. Of two classes the scores are −s/2 and s/2.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from widthwise.arrays import Float

__all__ = ["Calibration", "calibrated"]

_RANGE = (-12.0, 12.0)  # Of log a.


@dataclass(frozen=True)
class Calibration:
    """The logistic model.

    Attributes
    ----------
    slope
        a, above 0, so that more score is more probability.
    log_loss
        The mean of −log P of the rows' own classes, left out.

    Examples
    --------
    >>> import numpy as np, widthwise as ww
    >>> model = ww.estimators.ReadoutClassifier().fit(np.eye(6), [0, 1, 0, 1, 0, 1])
    >>> model.predict_proba(np.eye(6)).shape
    (6, 2)
    """

    slope: float
    log_loss: float

    def probabilities(
        self, scores: Float[np.ndarray, "n c"]
    ) -> Float[np.ndarray, "n k"]:
        """Return the probability of each class; rows sum to 1."""
        found: np.ndarray = softmax(self.slope * _paired(scores), axis=1)
        return found


def calibrated(
    scores: Float[np.ndarray, "n c"],
    places: np.ndarray,
    weights: Float[np.ndarray, " n"] | None,
) -> Calibration:
    """Fit the logistic model.

    Parameters
    ----------
    scores
        What each row gets from the others, finite.
    places
        Shape (n,). The class of each row, from 0.
    weights
        How much each row counts.

    Source
    ------
    Platt (1999), Probabilistic outputs for support vector machines, whose targets these
    are; Guo, Pleiss, Sun, Weinberger (2017), arXiv:1706.04599, for a alone.
    """
    pairs = _paired(scores)
    count, rows = pairs.shape[1], np.arange(len(places))
    shares = np.ones(len(places)) if weights is None else np.asarray(weights)
    totals = np.bincount(places, weights=shares, minlength=count)
    own = ((totals + 1.0) / (totals + 2.0))[places]
    targets = np.repeat(((1.0 - own) / (count - 1))[:, None], count, axis=1)
    targets[rows, places] = own
    shares = shares / shares.sum()

    def loss(log_slope: float) -> float:
        found = log_softmax(np.exp(log_slope) * pairs, axis=1)
        return -float(shares @ (targets * found).sum(axis=1))

    found = minimize_scalar(loss, bounds=_RANGE, method="bounded")
    slope = float(np.exp(found.x))
    log_share = log_softmax(slope * pairs, axis=1)[rows, places]
    return Calibration(slope, -float(shares @ log_share))


def _paired(scores: np.ndarray) -> np.ndarray:
    """Return one score a class."""
    if scores.shape[1] > 1:
        return scores
    return np.column_stack([-scores[:, 0] / 2, scores[:, 0] / 2])
