"""From verdicts on regions to shares, thresholds and their trends."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from widthwise.estimates import Estimate, share
from widthwise.experiments.karhadkar._threshold import threshold, trend
from widthwise.experiments.shared import Cell, Row, gathered, grouped, picked

__all__ = ["ZERO", "of_data_sets", "share_rows", "threshold_rows", "trend_rows"]

ZERO = 1e-8
"""The mean square that counts as zero, as published."""

_CASE = ("d0", "n", "d1", "data", "targets")


def share_rows(
    cells: Sequence[Cell], results: Sequence[Mapping[str, Any]]
) -> list[Row]:
    """Return for each case how its regions are, with the interval of the closed ones.

    The interval is one for the data sets drawn: their regions are independent. The
    dimension is the mean over the sets of global minima.
    """
    rows = []
    for case, own in gathered(cells, results, *_CASE).items():
        verdicts = [each for result in own for each in result["verdicts"]]
        dimensions = [each for result in own for each in result["dimensions"]]
        misfits = [each for result in own for each in result["misfits"]]
        ranks = [each for result in own for each in result["ranks"]]
        trials, hits = len(verdicts), sum(each <= ZERO for each in misfits)
        sizes = [
            size
            for kind, size in zip(verdicts, dimensions, strict=True)
            if kind == "global minimum"
        ]
        row = dict(zip(_CASE, case, strict=True))
        predicted = row["d1"] * (row["d0"] + 1) - row["n"]
        found = share(hits, trials)
        rows.append(
            {
                **row,
                "group": f"d0 = {row['d0']}",
                "data sets": len(own),
                "trials": trials,
                "closed": hits,
                "share": hits / trials,
                "low": found.low,
                "high": found.high,
                "open": verdicts.count("global minimum"),
                "share open": verdicts.count("global minimum") / trials,
                "bad": verdicts.count("bad local minimum"),
                "share bad": verdicts.count("bad local minimum") / trials,
                "none": verdicts.count("none"),
                "undecided": verdicts.count("undecided"),
                "full rank": ranks.count(row["n"]),
                "share full rank": ranks.count(row["n"]) / trials,
                "dimension": sum(sizes) / len(sizes) if sizes else math.nan,
                "predicted dimension": predicted,
                "of another dimension": sum(each != predicted for each in sizes),
            }
        )
    return rows


def of_data_sets(count: int, trials: int, data_sets: int) -> Estimate:
    """Return a share of regions, with the interval of as many trials as data sets."""
    found = share(min(round(count * data_sets / trials), data_sets), data_sets)
    return Estimate(count / trials, found.low, found.high)


def threshold_rows(shares: list[Row]) -> list[Row]:
    """Return the width from which half of the regions hold a global minimum."""
    found = []
    for own in grouped(shares, "d0", "data", "targets", "n").values():
        first = own[0]
        fit = threshold(
            [row["d1"] for row in own],
            [row["closed"] for row in own],
            first["trials"],
            in_logs=True,
        )
        found.append(
            {
                **picked(first, "d0", "data", "targets", "n"),
                "group": f"d0 = {first['d0']}, {first['targets']}",
                **fit,
                "least possible": math.ceil(first["n"] / (first["d0"] + 1)),
            }
        )
    return found


def trend_rows(thresholds: list[Row]) -> list[Row]:
    """Return how the thresholds grow with n, where there are three or more."""
    lines = (
        (own[0], trend(own))
        for own in grouped(thresholds, "d0", "data", "targets").values()
    )
    return [
        {**picked(first, "d0", "data", "targets"), **line}
        for first, line in lines
        if line
    ]
