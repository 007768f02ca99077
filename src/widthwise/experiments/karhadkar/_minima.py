"""How often the region of random initial weights holds a global minimum."""

from collections.abc import Mapping, Sequence
from typing import Any

from widthwise.experiments.karhadkar._minima_charts import CHARTS
from widthwise.experiments.karhadkar._minima_claims import CLAIMS, findings
from widthwise.experiments.karhadkar._minima_tables import (
    share_rows,
    threshold_rows,
    trend_rows,
)
from widthwise.experiments.shared import (
    Cell,
    Experiment,
    Measurement,
    Progress,
    Setting,
)
from widthwise.landscape import DATA, TARGETS, minima_of_patterns
from widthwise.sources import KARHADKAR_2024

__all__ = ["EXPERIMENT"]


def _grids(settings: Mapping[str, Any]) -> list[tuple[int, int, int]]:
    """Return (d0, n, d1) of both grids, ascending."""
    return [
        (d0, n, d1)
        for d0, points, widths in (
            (1, settings["line_points"], settings["line_widths"]),
            (
                settings["dimension"],
                settings["space_points"],
                settings["space_widths"],
            ),
        )
        for n in sorted(set(points))
        for d1 in sorted(set(widths))
    ]


def _cells(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "d0": d0,
            "n": n,
            "d1": d1,
            "data": data,
            "targets": targets,
            "patterns": settings["patterns"],
            "draw": draw,
        }
        for d0, n, d1 in dict.fromkeys(_grids(settings))
        for data in dict.fromkeys(settings["data"])
        for targets in dict.fromkeys(settings["targets"])
        for draw in range(settings["trials"])
    ]


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    """Return for each pattern what its closed and its open region hold."""
    tell(0.0, f"n = {cell['n']}, d0 = {cell['d0']}, {cell['d1']} units")
    found = minima_of_patterns(
        cell["n"],
        cell["d0"],
        cell["d1"],
        cell["patterns"],
        seed,
        targets=cell["targets"],
        data=cell["data"],
        draw=cell["draw"],
    )
    return {
        "misfits": list(found.misfits),
        "verdicts": list(found.verdicts),
        "ranks": list(found.ranks),
        "dimensions": list(found.dimensions),
    }


def _conclude(
    settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    del settings
    shares = share_rows(cells, results)
    thresholds = threshold_rows(shares)
    trends = trend_rows(thresholds)
    return Measurement(
        {"shares": shares, "thresholds": thresholds, "trends": trends},
        findings(shares, thresholds),
        notes=(
            "Closed, as published: weights of the region or of its boundary reach a "
            "mean square of 1e-8, by a linear program. Open, ours: weights strictly "
            "inside have zero loss, proved over the rationals; undecided ones hang on "
            "the last bits of the targets.",
            "The theorems count regions; here a region weighs as much as random "
            "initial weights fall into it. Regions of one data set are not "
            "independent, so a claim's interval counts each set of points once.",
        ),
        charts=CHARTS,
    )


EXPERIMENT = Experiment(
    name="karhadkar_minima",
    title="Regions with a global minimum",
    question="How often does the region of random initial weights hold a global "
    "minimum?",
    source=KARHADKAR_2024,
    where="Section 7, global minima in random regions",
    settings={
        "line_points": Setting.whole(
            "n at d0 = 1", tuple(range(10, 101, 10)), (5, 8), 1, 1000
        ),
        "line_widths": Setting.whole(
            "d1 at d0 = 1", tuple(range(100, 1001, 100)), (12, 48), 1, 10**4
        ),
        "dimension": Setting.whole("d0 of the other grid", 4, 4, 2, 1000),
        "space_points": Setting.whole("n there", tuple(range(5, 31, 5)), (5,), 1, 1000),
        "space_widths": Setting.whole(
            "d1 there", tuple(range(10, 111, 20)), (4, 12), 1, 10**4
        ),
        "targets": Setting.name(
            "laws of the targets",
            ("polynomial", "teacher", "uniform"),
            ("polynomial", "uniform"),
            choices=tuple(TARGETS),
        ),
        "data": Setting.name(
            "laws of the points",
            ("symmetric_cube", "gaussian"),
            ("symmetric_cube",),
            choices=tuple(DATA),
        ),
        "patterns": Setting.whole(
            "distinct activation patterns of a data set", 5, 5, 1, 10**4
        ),
        "trials": Setting.whole("data sets for each case", 1, 2, 1, 10**6),
    },
    claims=CLAIMS,
    assumptions=(
        "All as in the published settings: grids; weights and biases uniform on "
        "±sqrt(6/d0); outer weights 1 and -1 in turn; a polynomial of degree 2, summed "
        "over the coordinates; a teacher of the student's width and law, its outer "
        "weights uniform on ±sqrt(6/d0); points and targets drawn once for each case, "
        "and 5 distinct patterns on them; closed regions, a mean square of 1e-8.",
        "The published program is a quadratic one; here a linear program minimizes the "
        "largest misfit, which is zero where that one's is.",
    ),
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
    version=2,
)
