"""How often random 0/1 matrices are invertible, or have independent columns."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from widthwise.estimates import power_law, share
from widthwise.experiments.karhadkar._sign_claims import CLAIMS, findings
from widthwise.experiments.shared import (
    Cell,
    Chart,
    Experiment,
    Measurement,
    Progress,
    Row,
    Setting,
    grouped,
)
from widthwise.landscape import (
    binary_full_rank_probability,
    count_full_rank_patterns,
)
from widthwise.sources import KARHADKAR_2024
from widthwise.wording import number

__all__ = ["EXPERIMENT"]

_PIECE = 20_000
"""Trials of a cell, always whole; more trials are more cells."""

_EVENTS = 20
"""The deficient matrices that a size needs to enter a fit."""

_LAST = 8
"""The rates are asymptotic: only so many of the largest such squares enter, and"""

_FROM = 8
"""none smaller than this."""

_BOUND = 0.72
"""The base of Bourgain, Vu and Wood's bound."""


def _shapes(settings: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Return (rows, columns) of the square and the tall matrices."""
    tall = [
        (columns + more, columns)
        for columns in settings["tall_columns"]
        for more in sorted(set(settings["more_rows"]))
    ]
    square = [(size, size) for size in sorted(set(settings["sizes"]))]
    return list(dict.fromkeys(square + tall))


def _cells(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    counted = [
        {"kind": "count", "size": size}
        for size in sorted(set(settings["sizes"]))
        if size <= settings["counted_up_to"]
    ]
    drawn = [
        {
            "kind": "sample",
            "rows": rows,
            "columns": columns,
            "first": first,
            "trials": _PIECE,
        }
        for rows, columns in _shapes(settings)
        for first in range(0, settings["trials"], _PIECE)
    ]
    return counted + drawn


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    """Return how many matrices have independent columns, of all or of a sample."""
    if cell["kind"] == "count":
        size = cell["size"]
        tell(0.0, f"all {size} x {size} matrices")
        return {"full": count_full_rank_patterns(size, 1, size)}
    tell(0.0, f"{cell['rows']} x {cell['columns']}")
    found = binary_full_rank_probability(
        cell["rows"], cell["columns"], cell["trials"], seed, first=cell["first"]
    )
    return {"full": found.full, "chance of error": found.error_probability}


def _conclude(
    settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    counted: dict[int, int] = {}
    gathered: dict[tuple[int, int], tuple[int, int]] = {}
    chance = 0.0
    for cell, result in zip(cells, results, strict=True):
        if cell["kind"] == "count":
            counted[cell["size"]] = result["full"]
            continue
        chance += result["chance of error"]
        shape = (cell["rows"], cell["columns"])
        trials, full = gathered.get(shape, (0, 0))
        gathered[shape] = trials + cell["trials"], full + result["full"]
    square = [
        _row(size, size, *gathered[size, size], counted.get(size))
        for size in sorted(set(settings["sizes"]))
    ]
    tall = [
        _row(columns + more, columns, *gathered[columns + more, columns], None)
        for columns in settings["tall_columns"]
        for more in sorted(set(settings["more_rows"]))
    ]
    rates = _rates(square, tall)
    return Measurement(
        {"square": square, "tall": tall, "rates": rates, "decay": _decay(square)},
        findings(square, rates),
        notes=(
            "Full rank modulo a prime is a proof. The chance, over random primes, that "
            "any matrix was wrongly called deficient is below "
            f"{number(max(chance, 1e-300), digits=1)}.",
            "Pairs: (d² + d) / 2^d, the expected number of zero rows and columns and "
            "of pairs of equal ones in a square matrix. Other dependencies add to it "
            "by amounts that fall faster, and outweigh it at these sizes.",
        ),
        charts=_CHARTS,
    )


def _row(rows: int, columns: int, trials: int, full: int, counted: int | None) -> Row:
    found = share(trials - full, trials)
    pairs = columns * (columns + 1) / 2 * 0.5**rows
    if rows == columns:  # Equal rows do harm where there are none to spare.
        pairs *= 2.0
    exact = math.nan if counted is None else 1.0 - counted / 2 ** (rows * columns)
    return {
        "rows": rows,
        "columns": columns,
        "more rows": rows - columns,
        "trials": trials,
        "deficient": trials - full,
        "share": found.value,
        "low": found.low,
        "high": found.high,
        "exact": exact,
        "0.72^d": _BOUND**rows,
        "pairs": pairs,
    }


def _decay(square: list[Row]) -> list[Row]:
    """Return the squares series by series: measured, counted, the bound and pairs."""
    found = []
    for what, column in (
        ("drawn", "share"),
        ("counted", "exact"),
        ("0.72^d", "0.72^d"),
        ("pairs", "pairs"),
    ):
        for row in square:
            if row[column] > 0:  # Neither zero nor NaN fits on a logarithmic axis.
                low, high = (
                    (row["low"], row["high"]) if what == "drawn" else [row[column]] * 2
                )
                found.append(
                    {
                        "what": what,
                        "rows": row["rows"],
                        "share": row[column],
                        "low": low,
                        "high": high,
                    }
                )
    return found


def _rates(square: list[Row], tall: list[Row]) -> list[Row]:
    """Fit c r^d and c d² r^d to the squares, and c r^d1 for each number of columns."""
    found = []
    own = [row for row in square if _enters(row) and row["rows"] >= _FROM]
    own = own[-_LAST:]
    for model, power in (("c r^d", 0), ("c d² r^d", 2)):
        found += _rate(f"square, {model}", own, power)
    for columns, rows in grouped(tall, "columns").items():
        own = [row for row in rows if _enters(row)]
        found += _rate(f"{columns} columns, c r^rows", own, 0)
    return found


def _enters(row: Row) -> bool:
    return bool(row["deficient"] >= _EVENTS and row["share"] < 0.5)


def _rate(name: str, rows: list[Row], power: int) -> list[Row]:
    if len(rows) < 3:
        return []
    fit = power_law(
        {"e^rows": [math.exp(row["rows"]) for row in rows]},
        [row["share"] / row["rows"] ** power for row in rows],
        [math.sqrt((1 - row["share"]) / row["deficient"]) for row in rows],
    )
    exponent = fit["e^rows"]
    return [
        {
            "what": name,
            "from rows": rows[0]["rows"],
            "to rows": rows[-1]["rows"],
            "sizes": len(rows),
            "rate": math.exp(exponent.value),
            "low": math.exp(exponent.low),
            "high": math.exp(exponent.high),
        }
    ]


_CHARTS = (
    Chart(
        name="square",
        title="How often a random 0/1 matrix is singular.",
        table="decay",
        x="rows",
        y="share",
        by="what",
        low="low",
        high="high",
        log="y",
        x_label="size d",
        y_label="share of singular matrices",
        caption="Bars: 95 % Clopper-Pearson intervals. The bound 0.72^d is drawn with "
        "C = 1; pairs: (d² + d) / 2^d.",
    ),
    Chart(
        name="tall",
        title="How often a random d1 x n pattern has dependent columns.",
        table="tall",
        x="more rows",
        y="share",
        by="columns",
        low="low",
        high="high",
        log="y",
        x_label="units beyond the number of points, d1 - n",
        y_label="share with dependent columns",
        caption="Such a pattern leaves the Jacobian on the line deficient.",
    ),
)

EXPERIMENT = Experiment(
    name="karhadkar_sign_matrices",
    title="Random 0/1 matrices",
    question="How often is a random 0/1 matrix singular, and how fast does that fall?",
    source=KARHADKAR_2024,
    where="Section 7, and the singularity bound behind Theorem 5",
    settings={
        "sizes": Setting.whole(
            "d of square matrices",
            tuple(range(1, 27)),
            (1, 2, 3, 4, 6, 8, 10, 12, 14, 16),
            1,
            2000,
        ),
        "tall_columns": Setting.whole(
            "n of tall matrices", (5, 10, 15, 20), (5, 10), 1, 2000
        ),
        "more_rows": Setting.whole("d1 - n", (0, 1, 2, 3, 4, 5, 6), (0, 2, 4), 0, 2000),
        "counted_up_to": Setting.whole(
            "the largest d of which all matrices are counted", 5, 4, 0, 6
        ),
        "trials": Setting.whole(
            "matrices of each shape, in pieces of 20,000", 10**6, 20_000, 1, 10**10
        ),
    },
    claims=CLAIMS,
    assumptions=(
        "Entries are fair coins. The sizes and the number of matrices that the paper "
        "draws are lost; these are ours.",
        "The constant C of the bound C 0.72^d is lost, so its base is tested: the rate "
        "of a fit to the eight largest sizes with 20 singular matrices or more.",
    ),
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
