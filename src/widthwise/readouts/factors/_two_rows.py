"""What is left of the rows without one of them must be something."""

from widthwise.errors import DataError
from widthwise.numerics.rounding import relative_rounding
from widthwise.readouts.factors._system import Rows

__all__ = ["require_two"]


def require_two(rows: Rows) -> None:
    """Refuse a single row of positive weight, or one that has all of it.

    Raises
    ------
    DataError
        If there is one alone, or, where the means are free, one beside which float64
        does not hold the weight of the others.
    """
    if len(rows.roots) < 2:
        raise DataError(
            "There is a single row of positive weight, so nothing is left to fit "
            "without it. Use at least two."
        )
    if rows.direction is None:
        return
    shares = rows.direction.square()
    row = int(shares.argmax())
    left = float(shares[:row].sum() + shares[row + 1 :].sum())
    if left <= relative_rounding(len(shares)):
        row = row if rows.kept is None else int(rows.kept[row])
        raise DataError(
            f"Row {row} has all of the weight but {left:.1e}, so float64 has no digit "
            "of an intercept that is fitted without it. Bring the weights closer "
            "together, or leave the intercept out."
        )
