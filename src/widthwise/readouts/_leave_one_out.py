"""The error on rows left out one at a time, at one penalty."""

from dataclasses import dataclass

from widthwise.arrays import Array, DeviceLike, Float, PointsLike
from widthwise.equality import equal_by_value
from widthwise.readouts._ridge_path import ridge_path

__all__ = ["LeaveOneOut", "leave_one_out"]


@dataclass(frozen=True, eq=False)
class LeaveOneOut:
    r"""What a readout says of each row that it was not fitted to.

    Attributes
    ----------
    error
        The mean of the squared residuals, over outputs too, weighted as the rows are.
    predictions
        Shaped like the targets: of each row, by the fit to all others.
    residuals
        The targets less those.
    leverage
        Shape (n,). How much a row's own target moves its output when it is not left
        out; 1 where the fit always goes through it.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    >>> y = torch.tensor([1.0, 2.0, 1.0])
    >>> found = ww.readouts.leave_one_out(phi, y, penalty=0.1)
    >>> bool(((0 < found.leverage) & (found.leverage < 1)).all())
    True
    """

    __eq__ = equal_by_value

    error: float
    predictions: Float[Array, "*n"]
    residuals: Float[Array, "*n"]
    leverage: Float[Array, " n"]


def leave_one_out(
    phi: PointsLike,
    y: PointsLike,
    *,
    penalty: float | int = 0.0,
    intercept: bool = True,
    weights: PointsLike | None = None,
    device: DeviceLike | None = None,
) -> LeaveOneOut:
    r"""Fit a readout without each row in turn, in closed form, and predict that row.

    At the penalty 0 each fit is the minimum-norm one: for rows that all others
    determine it is $(y_i - f_i) / (1 - H_{ii})$; for a row of leverage 1, which the fit
    goes through, $(G^+ y)_i / (G^+)_{ii}$, the limit of small penalties.

    Parameters
    ----------
    phi, y, intercept, weights, device
        As in `ridge_path`.
    penalty
        λ >= 0.

    Raises
    ------
    As `ridge_path`.

    Cost
    ----
    As `ridge_path` at one penalty: no more than one fit.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    >>> y = torch.tensor([1.0, 2.0, 1.0])
    >>> found = ww.readouts.leave_one_out(phi, y, penalty=0.1)
    >>> found.residuals.shape
    torch.Size([3])
    """
    path = ridge_path(
        phi, y, penalty, intercept=intercept, weights=weights, device=device
    )
    return LeaveOneOut(
        error=float(path.leave_one_out[0]),
        predictions=path.predictions_left_out(penalty),
        residuals=path.residuals_left_out(penalty),
        leverage=path.leverage(penalty),
    )
