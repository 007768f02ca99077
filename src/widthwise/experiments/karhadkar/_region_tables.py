"""What was counted and drawn of regions, as tables."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from widthwise.estimates import share
from widthwise.experiments.shared import Cell, Row, gathered, picked
from widthwise.landscape import count_sign_patterns

__all__ = ["tables_of"]


def tables_of(
    cells: Sequence[Cell], results: Sequence[Mapping[str, Any]]
) -> dict[str, list[Row]]:
    """Return a table for each kind of cell."""
    found: dict[str, list[Row]] = {
        name: [] for name in ("line", "patterns", "minima", "counts", "units", "deep")
    }
    for cell, result in zip(cells, results, strict=True):
        kind = cell["kind"]
        if kind in ("line", "patterns"):
            place = {name: cell[name] for name in ("n", "d0") if name in cell}
            row: Row = {**place, "ε": cell["share"], **result}
            if kind == "line":
                row["bound"] = cell["share"]
            else:
                row["n/d0"] = cell["n"] / cell["d0"]
            found[kind].append(row)
        elif kind == "count":
            found["counts"].append(_count_row(cell, result["full"]))
        elif kind == "unit":
            n, d0 = cell["n"], cell["d0"]
            said = 2 * n if d0 == 1 else count_sign_patterns(n, d0)
            found["units"].append(
                {"n": n, "d0": d0, "counted": result["patterns"], "formula": said}
            )
        elif kind == "deep":
            n, d1 = cell["n"], cell["d1"]
            found["deep"].append(
                {
                    **picked(cell, "n", "d0", "d1"),
                    "regions": result["regions"],
                    "regions by formula": 2 ** (n * d1),
                    "full": result["full"],
                    "full by formula": (2**d1 - 1) ** n,
                }
            )
    drawn = [
        (cell, result)
        for cell, result in zip(cells, results, strict=True)
        if cell["kind"] == "minima"
    ]
    if drawn:
        found["minima"] = _minima_rows(*zip(*drawn, strict=True))
    return found


def _count_row(cell: Cell, full: int) -> Row:
    n, d0, d1 = cell["n"], cell["d0"], cell["d1"]
    every = 2 ** (n * d1)
    bound = min(d0, n) * 2.0 ** (math.ceil(n / d0) - d1)
    return {
        **picked(cell, "n", "d0", "d1"),
        "patterns": every,
        "full": full,
        "deficient share": 1 - full / every,
        "bound": min(bound, 1.0),
    }


def _minima_rows(
    cells: Sequence[Cell], results: Sequence[Mapping[str, Any]]
) -> list[Row]:
    rows = []
    for (n, targets), own in gathered(cells, results, "n", "targets").items():
        verdicts = [each for result in own for each in result["verdicts"]]
        sizes = [each for result in own for each in result["codimensions"]]
        hits, trials = verdicts.count("global minimum"), len(verdicts)
        low = share(hits, trials)
        rows.append(
            {
                "n": n,
                "targets": targets,
                "width": own[0]["width"],
                "regions": trials,
                "global": hits,
                "codimension n": sum(
                    kind == "global minimum" and size == n
                    for kind, size in zip(verdicts, sizes, strict=True)
                ),
                "undecided": verdicts.count("undecided"),
                "low": low.low,
                "high": share(hits + verdicts.count("undecided"), trials).high,
            }
        )
    return rows
