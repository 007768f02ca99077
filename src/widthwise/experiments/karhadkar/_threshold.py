"""The width at which half of the networks succeed, and how it grows with n."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from widthwise import estimates
from widthwise.estimates import Estimate, power_law, weighted_fit
from widthwise.experiments.shared import Row

__all__ = ["threshold", "trend"]


def threshold(
    widths: Sequence[int], successes: Sequence[int], trials: int, *, in_logs: bool
) -> Row:
    """Return the threshold with its standard error and 95 % interval.

    NaN where no width lies on one of its sides. With `in_logs` the logistic curve is
    one in log d1, and the interval symmetric there.
    """
    found: Estimate | None = None
    if len(widths) > 1:
        places = [math.log(each) if in_logs else each for each in widths]
        fit = estimates.threshold(places, successes, trials)
        found = fit.estimate(in_logs=in_logs)
    if found is None:
        found = Estimate(math.nan, math.nan, math.nan, error=math.nan)
    return {
        "threshold": found.value,
        "standard error": found.error,
        "low": found.low,
        "high": found.high,
    }


def trend(rows: Sequence[Mapping[str, Any]]) -> Row:
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
    n, values, errors = (
        np.array([row[name] for row in own], dtype=float)
        for name in ("n", "threshold", "standard error")
    )
    line = weighted_fit(np.stack([np.ones_like(n), n], axis=1), values, errors)
    assert line is not None  # n differs from row to row
    exponent = power_law({"n": n.tolist()}, values.tolist(), (errors / values).tolist())
    return {
        "thresholds": len(own),
        "from n": own[0]["n"],
        "to n": own[-1]["n"],
        "slope": float(line.coefficients[1]),
        "slope error": float(line.errors[1]),
        "chi-square per degree": line.chi_square / line.degrees_of_freedom,
        "exponent": exponent["n"].value,
        "exponent low": exponent["n"].low,
        "exponent high": exponent["n"].high,
    }
