"""The width at which half of the networks succeed, and how it grows with n."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from widthwise.experiments.shared import Exponent, power_law
from widthwise.landscape import Threshold, fit_threshold, fit_trend

__all__ = ["DEVIATIONS", "exponent_of", "threshold", "trend"]

DEVIATIONS = 1.959963984540054  # of a normal, for 95 %


def threshold(
    widths: Sequence[int], successes: Sequence[int], trials: int, *, in_logs: bool
) -> dict[str, float]:
    """Return the threshold with its standard error and 95 % interval.

    NaN where no width lies on one of its sides. With `in_logs` the logistic curve is
    one in log d1, and the interval symmetric there.
    """
    places: list[float | int] = list(widths)
    if in_logs:
        places = [math.log(each) for each in widths]
    value = error = low = high = math.nan
    if len(widths) > 1:
        fit = fit_threshold(places, successes, trials)
        if fit.value is not None and fit.standard_error is not None:
            value, error = fit.value, fit.standard_error
            low, high = value - DEVIATIONS * error, value + DEVIATIONS * error
    if in_logs:
        value, low, high = (math.exp(each) for each in (value, low, high))
        error *= value
    return {"threshold": value, "standard error": error, "low": low, "high": high}


def trend(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    r"""Return the slope of a line in n and the exponent of a power of n, with errors.

    Empty with fewer than three thresholds.

    Parameters
    ----------
    rows
        Each with "n" and what `threshold` returns.
    """
    own = [row for row in rows if math.isfinite(row["threshold"])]
    if len(own) < 3:
        return {}
    n = [row["n"] for row in own]
    values = [row["threshold"] for row in own]
    errors = [row["standard error"] for row in own]
    relative = [error / value for error, value in zip(errors, values, strict=True)]
    exponent = power_law({"n": [float(each) for each in n]}, values, relative)["n"]
    line = fit_trend(
        n,
        [
            Threshold(value, error, -math.inf, math.inf, None)
            for value, error in zip(values, errors, strict=True)
        ],
    )
    return {
        "thresholds": len(own),
        "from n": n[0],
        "to n": n[-1],
        "slope": line.slope,
        "slope error": line.slope_error,
        "chi-square per degree": line.chi_square / line.degrees_of_freedom,
        "exponent": exponent.value,
        "exponent low": exponent.low,
        "exponent high": exponent.high,
    }


def exponent_of(row: Mapping[str, Any]) -> Exponent:
    """Return the exponent that `trend` wrote into a row."""
    low, high = row["exponent low"], row["exponent high"]
    return Exponent(row["exponent"], 0.0, low, high)
