"""Powers of the sizes fitted to quantities of a table."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from widthwise.experiments.shared._record import Row
from widthwise.experiments.shared._rows import grouped

if TYPE_CHECKING:
    from widthwise.estimates import Estimate  # which loads SciPy

__all__ = ["exponent_estimate", "exponent_rows"]

_LEAST_ERROR = 1e-6
"""Values without noise: only their scatter around a power law counts."""


def exponent_rows(
    rows: Sequence[Row],
    *by: str,
    variables: Sequence[str],
    value: str,
    log_error: str,
) -> list[Row]:
    """Return the exponent of each variable in each group, with its 95 % interval.

    Parameters
    ----------
    rows
        A table.
    by
        The columns that tell one group from another.
    variables
        Columns of positive numbers; all in one fit.
    value, log_error
        The columns of the quantity and of its logarithm's standard error.

    Returns
    -------
    Rows with the group's columns, "of", "exponent", "low" and "high"; none for a group
    with too few values.
    """
    from widthwise.estimates import power_law

    found = []
    for key, own in grouped(rows, *by).items():
        fit = power_law(
            {name: [row[name] for row in own] for name in variables},
            [row[value] for row in own],
            [max(row[log_error], _LEAST_ERROR) for row in own],
        )
        place = dict(zip(by, key if len(by) > 1 else (key,), strict=True))
        found += [
            {
                **place,
                "of": name,
                "exponent": each.value,
                "low": each.low,
                "high": each.high,
            }
            for name, each in fit.items()
        ]
    return found


def exponent_estimate(row: Mapping[str, Any]) -> "Estimate":
    """Return the exponent of such a row."""
    from widthwise.estimates import Estimate

    return Estimate(row["exponent"], row["low"], row["high"])
