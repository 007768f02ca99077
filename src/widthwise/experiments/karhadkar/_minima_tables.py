"""From verdicts on regions to shares, thresholds and their trends."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from widthwise.estimates import share
from widthwise.experiments.karhadkar._threshold import threshold, trend
from widthwise.experiments.shared import Cell, Row, gathered, grouped, picked

__all__ = ["share_rows", "threshold_rows", "trend_rows"]

_CASE = ("d0", "n", "d1", "data", "targets")


def share_rows(
    cells: Sequence[Cell], results: Sequence[Mapping[str, Any]]
) -> list[Row]:
    """Return for each case how its regions are, with the interval of the global ones.

    An undecided trial counts as a failure in the lower and as a success in the upper
    limit. The dimension is the mean over the sets of global minima.
    """
    rows = []
    for case, own in gathered(cells, results, *_CASE).items():
        verdicts = [each for result in own for each in result["verdicts"]]
        dimensions = [each for result in own for each in result["dimensions"]]
        trials, hits = len(verdicts), verdicts.count("global minimum")
        undecided = verdicts.count("undecided")
        sizes = [
            size
            for kind, size in zip(verdicts, dimensions, strict=True)
            if kind == "global minimum"
        ]
        row = dict(zip(_CASE, case, strict=True))
        rows.append(
            {
                **row,
                "group": f"d0 = {row['d0']}",
                "trials": trials,
                "global": hits,
                "share": hits / trials,
                "low": share(hits, trials).low,
                "high": share(hits + undecided, trials).high,
                "bad": verdicts.count("bad local minimum"),
                "share bad": verdicts.count("bad local minimum") / trials,
                "none": verdicts.count("none"),
                "undecided": undecided,
                "full rank": sum(result["full rank"] for result in own),
                "share full rank": sum(result["full rank"] for result in own) / trials,
                "dimension": sum(sizes) / len(sizes) if sizes else math.nan,
            }
        )
    return rows


def threshold_rows(shares: list[Row]) -> list[Row]:
    """Return the width from which half of the regions hold a global minimum."""
    found = []
    for own in grouped(shares, "d0", "data", "targets", "n").values():
        first = own[0]
        fit = threshold(
            [row["d1"] for row in own],
            [row["global"] for row in own],
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
