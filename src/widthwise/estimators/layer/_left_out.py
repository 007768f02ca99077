"""What a model says of each of its rows when it was fitted without it."""

import math
from dataclasses import dataclass

import numpy as np

from widthwise.arrays import Float
from widthwise.equality import equal_by_value

__all__ = ["LeftOut", "left_out"]


@dataclass(frozen=True, eq=False)
class LeftOut:
    r"""Leave-one-out predictions and errors, exact for the last layer.

    What was learned of the rows' columns, their means and deviations, is kept as it is.

    Attributes
    ----------
    predictions
        Shape (n, c). Of each row by the model fitted to all others: an output, or for
        classes the score of each. Of a row of weight 0, by the model.
    error
        The mean of the squared errors, over outputs too, weighted as the rows are.
    standard_error
        Of that mean, as of n independent rows.
    mean_error
        The same error of the mean of all other rows' targets.
    wrong
        For classes, the share of rows that are given another class; None otherwise.
    penalties, errors
        What was tried, and the error of each.

    Examples
    --------
    >>> import numpy as np, widthwise as ww
    >>> X, y = np.array([[-1.0], [0.0], [1.0]]), np.array([0.0, 1.0, 5.0])
    >>> model = ww.estimators.ReadoutRegressor(penalty=0.0).fit(X, y)
    >>> model.leave_one_out_.predictions.round(6).ravel().tolist()
    [-3.0, 2.5, 2.0]
    """

    __eq__ = equal_by_value

    predictions: np.ndarray
    error: float
    standard_error: float
    mean_error: float
    wrong: float | None
    penalties: np.ndarray
    errors: np.ndarray

    @property
    def r2(self) -> float:
        """The share of the mean's error that the model removes; nan of one target."""
        return 1.0 - self.error / self.mean_error if self.mean_error else math.nan


def left_out(
    targets: Float[np.ndarray, "n c"],
    residuals: Float[np.ndarray, "n c"],
    weights: Float[np.ndarray, " n"] | None,
    *,
    wrong: float | None,
    penalties: np.ndarray,
    errors: np.ndarray,
) -> LeftOut:
    """Return the record of these residuals.

    Parameters
    ----------
    targets, residuals
        y, and y less the prediction of each row by the others.
    weights
        How much each row counts.
    wrong, penalties, errors
        As `LeftOut` has them.
    """
    counted = np.ones(len(targets)) if weights is None else weights
    shares = counted / counted.sum()
    squares = np.square(residuals).mean(axis=1)
    error = float(shares @ squares)
    spread = float(shares**2 @ np.square(squares - error))
    mean = shares @ targets
    others = (mean - shares[:, None] * targets) / (1.0 - shares[:, None])
    return LeftOut(
        predictions=targets - residuals,
        error=error,
        standard_error=math.sqrt(spread),
        mean_error=float(shares @ np.square(targets - others).mean(axis=1)),
        wrong=wrong,
        penalties=penalties,
        errors=errors,
    )
