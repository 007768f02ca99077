"""The part of the record that says how well new rows are predicted."""

from dataclasses import dataclass

from widthwise.diagnosis.study import Numbers

__all__ = ["Baselines", "ErrorCurve", "LeftOutError", "Prediction"]


@dataclass(frozen=True, kw_only=True)
class LeftOutError:
    """The error on a row that was left out of the fit, over all rows.

    Attributes
    ----------
    error, standard_error
        The mean squared error over the variance of the labels, which is 1 - R²; for
        classes the share of wrong rows. Null where it is infinite.
    balanced
        For classes, the mean over the classes of their shares of wrong rows; else null.
    """

    error: float | None
    standard_error: float | None
    balanced: float | None = None


@dataclass(frozen=True, kw_only=True)
class ErrorCurve:
    """The error of one way to solve for the last layer, against width.

    Attributes
    ----------
    error, low, high
        Over the random networks of each width, the median, least and most.
    """

    error: Numbers
    low: Numbers
    high: Numbers


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """How well networks of one activation predict a row that they have not seen.

    Attributes
    ----------
    widths, trials
        Ascending numbers of hidden units, and the random networks of each.
    interpolating, ridge
        The last layer that fits the rows with least norm, and with the best penalty.
    stopped_widths, stopped
        Some of the widths, and the error of the first network of each after the best
        number of steps of gradient descent, that of the least squared error; the
        narrow ones only above 600 rows.
    peak
        The width at which interpolating is worst; null where it is infinite at none.
    enough
        The width from which the error of the ridge stays within its standard error of
        the least one.
    best, best_width, best_readout, penalty
        The least error of these, at which width (null: infinite), by which of
        "ridge", "conjugate" and "tangent", and with which penalty (0: none).
    conjugate, tangent
        At infinite width, when the last layer is trained or when both are, with the
        best penalty; the tangent kernel's is null where there is none.
    conjugate_interpolating, tangent_interpolating
        The same without a penalty.
    gain, gain_error
        By how much the best one's error is below that of a linear ridge, row by row,
        with its standard error.
    behind, behind_error
        By how much its error is above that of the activation that predicts best, row by
        row, with its standard error; 0 for that one.
    worst_rows, worst_leverage
        The rows that it predicts worst, worst first, and their leverage.
    """

    widths: tuple[int, ...]
    trials: int
    interpolating: ErrorCurve
    ridge: ErrorCurve
    stopped_widths: tuple[int, ...] = ()
    stopped: Numbers = ()
    peak: int | None
    enough: int | None
    best: LeftOutError
    best_width: int | None
    best_readout: str
    penalty: float
    conjugate: LeftOutError
    conjugate_interpolating: LeftOutError
    tangent: LeftOutError | None = None
    tangent_interpolating: LeftOutError | None = None
    gain: float
    gain_error: float
    behind: float = 0.0
    behind_error: float = 0.0
    worst_rows: tuple[int, ...]
    worst_leverage: Numbers


@dataclass(frozen=True, kw_only=True)
class Baselines:
    """What needs no network, in the same terms.

    Attributes
    ----------
    classes
        The number of classes, where the labels are classes; else null.
    constant
        The mean of the other rows; for classes the largest class.
    linear
        A ridge on the columns, standardised as for the networks, with the penalty of
        the least error.
    noise
        What no network gets below, from rows that are one point and have other labels;
        null where there are none.
    """

    classes: int | None = None
    constant: LeftOutError
    linear: LeftOutError
    noise: float | None = None
