"""From verdicts trial by trial to probabilities, thresholds and their trends."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from widthwise.estimates import share
from widthwise.experiments.karhadkar._threshold import threshold, trend
from widthwise.experiments.shared import Cell, Row

__all__ = [
    "Map",
    "Verdicts",
    "precision_rows",
    "predicted_by_triples",
    "probability_rows",
    "threshold_rows",
    "trend_rows",
]


@dataclass(frozen=True)
class Map:
    """One heat map: its family, its name, n with d0, and d1."""

    family: str
    name: str
    sizes: tuple[tuple[int, int], ...]
    widths: tuple[int, ...]

    @property
    def columns(self) -> Row:
        """What tells it from the others, as columns of a table."""
        return {"family": self.family, "group": self.name}

    @property
    def in_logs(self) -> bool:
        """Whether the widths are spaced by ratios and the fit is in log d1."""
        return self.family == "wide"


class Verdicts:
    """The verdicts of all cells, put together by sizes and method."""

    def __init__(
        self, cells: Sequence[Cell], results: Sequence[Mapping[str, Any]]
    ) -> None:
        self._found: dict[tuple[int, int, int, str], dict[int, str]] = {}
        for cell, result in zip(cells, results, strict=True):
            key = (cell["n"], cell["d0"], cell["d1"], cell["method"])
            self._found.setdefault(key, {})[cell["first"]] = result["full"]

    def of(self, n: int, d0: int, d1: int, method: str, trials: int) -> str:
        """Return a digit for each of the first trials, 1 for full rank."""
        pieces = self._found.get((n, d0, d1, method), {})
        return "".join(pieces[first] for first in sorted(pieces))[:trials]


def probability_rows(group: Map, verdicts: Verdicts, trials: int) -> list[Row]:
    """Return the probability of full rank for each n and d1, with its interval."""
    rows = []
    for n, d0 in group.sizes:
        for d1 in group.widths:
            full = verdicts.of(n, d0, d1, "exact", trials).count("1")
            found = share(full, trials)
            rows.append(
                {
                    **group.columns,
                    "n": n,
                    "d0": d0,
                    "d1": d1,
                    "trials": trials,
                    "full": full,
                    "probability": found.value,
                    "low": found.low,
                    "high": found.high,
                }
            )
    return rows


def precision_rows(group: Map, verdicts: Verdicts, trials: int) -> list[Row]:
    """Return what each method says of the same trials, and how often it is wrong."""
    rows: list[Row] = []
    for n, d0 in group.sizes:
        for d1 in group.widths:
            exact = verdicts.of(n, d0, d1, "exact", trials)
            for method in ("exact", "float64", "float32"):
                own = verdicts.of(n, d0, d1, method, trials)
                rows.append(
                    {
                        **group.columns,
                        "n": n,
                        "d0": d0,
                        "d1": d1,
                        "method": method,
                        "trials": trials,
                        "full": own.count("1"),
                        "probability": own.count("1") / trials,
                        "wrong": sum(a != b for a, b in zip(own, exact, strict=True)),
                    }
                )
    return rows


def threshold_rows(group: Map, rows: list[Row]) -> list[Row]:
    """Return for each n the width at which half of the networks have full rank."""
    found = []
    for n, d0 in group.sizes:
        own = [row for row in rows if row["n"] == n]
        fit = threshold(
            [row["d1"] for row in own],
            [row["full"] for row in own],
            own[0]["trials"],
            in_logs=group.in_logs,
        )
        found.append(
            {
                **group.columns,
                "n": n,
                "d0": d0,
                **fit,
                "least possible": math.ceil(n / (d0 + 1)),
                "predicted": predicted_by_triples(n) if d0 == 1 else math.nan,
            }
        )
    return found


def trend_rows(group: Map, thresholds: list[Row]) -> list[Row]:
    r"""Return the slope of a line in n and the exponent of a power of n, with errors.

    Empty with fewer than three thresholds.
    """
    found = trend(thresholds)
    return [{**group.columns, **found}] if found else []


def predicted_by_triples(n: int) -> float:
    r"""Return the width on the line at which no triple shares a column half the time.

    Three neighbours between two kinks have one column, and a unit has two parameters.
    A quarter of PyTorch's kinks -b/w lie in [0, 1], evenly; the two gaps of a triple
    add up to a Gamma(2) variable over n. So there are about
    $(n - 2)(1 + d_1 / 4n)^{-2}$ such triples; the width makes them log 2.
    """
    if n < 3:
        return math.nan
    return 4.0 * n * (math.sqrt((n - 2) / math.log(2.0)) - 1.0)
