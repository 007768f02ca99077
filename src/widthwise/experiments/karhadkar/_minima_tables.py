"""From verdicts on regions to shares, thresholds and their trends."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from widthwise.experiments.karhadkar._threshold import threshold, trend
from widthwise.experiments.shared import Cell
from widthwise.landscape import binomial_interval

__all__ = ["Row", "share_rows", "threshold_rows", "trend_rows"]

Row = dict[str, Any]

_CASE = ("d0", "n", "d1", "data", "targets")


def share_rows(
    cells: Sequence[Cell], results: Sequence[Mapping[str, Any]]
) -> list[Row]:
    """Return for each case how its regions are, with the interval of the global ones.

    An undecided trial counts as a failure in the lower and as a success in the upper
    limit. The dimension is the mean over the sets of global minima.
    """
    gathered: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for cell, result in zip(cells, results, strict=True):
        gathered.setdefault(tuple(cell[name] for name in _CASE), []).append(result)
    rows = []
    for case, own in gathered.items():
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
                "low": binomial_interval(hits, trials)[0],
                "high": binomial_interval(hits + undecided, trials)[1],
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
    for case in dict.fromkeys(
        tuple(row[name] for name in ("d0", "data", "targets", "n")) for row in shares
    ):
        d0, data, targets, n = case
        own = [
            row
            for row in shares
            if (row["d0"], row["data"], row["targets"], row["n"]) == case
        ]
        fit = threshold(
            [row["d1"] for row in own],
            [row["global"] for row in own],
            own[0]["trials"],
            in_logs=True,
        )
        found.append(
            {
                "d0": d0,
                "data": data,
                "targets": targets,
                "n": n,
                "group": f"d0 = {d0}, {targets}",
                **fit,
                "least possible": math.ceil(n / (d0 + 1)),
            }
        )
    return found


def trend_rows(thresholds: list[Row]) -> list[Row]:
    """Return how the thresholds grow with n, where there are three or more."""
    found = []
    for case in dict.fromkeys(
        (row["d0"], row["data"], row["targets"]) for row in thresholds
    ):
        own = [
            row
            for row in thresholds
            if (row["d0"], row["data"], row["targets"]) == case
        ]
        line = trend(own)
        if line:
            found.append({"d0": case[0], "data": case[1], "targets": case[2], **line})
    return found
