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
from widthwise.landscape import DATA, TARGETS, global_minimum_probability
from widthwise.sources import KARHADKAR_2024

__all__ = ["EXPERIMENT"]

_PIECE = 10
"""Trials of a cell, always whole; more trials are more cells."""


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
    found: list[dict[str, Any]] = []
    for d0, n, d1 in dict.fromkeys(_grids(settings)):
        for data in dict.fromkeys(settings["data"]):
            for targets in dict.fromkeys(settings["targets"]):
                found += [
                    {
                        "d0": d0,
                        "n": n,
                        "d1": d1,
                        "data": data,
                        "targets": targets,
                        "first": first,
                        "trials": _PIECE,
                    }
                    for first in range(0, settings["trials"], _PIECE)
                ]
    return found


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    """Return each trial's verdict, and the dimension of its minima or null."""
    tell(0.0, f"n = {cell['n']}, d0 = {cell['d0']}, {cell['d1']} units")
    found = global_minimum_probability(
        cell["n"],
        cell["d0"],
        cell["d1"],
        cell["trials"],
        seed,
        targets=cell["targets"],
        data=cell["data"],
        first=cell["first"],
    )
    return {
        "verdicts": list(found.verdicts),
        "dimensions": list(found.dimensions),
        "full rank": found.full_rank,
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
        findings(shares, trends),
        notes=(
            "Every verdict is proved: a yes by rational weights strictly inside the "
            "region, a no by multipliers checked without rounding. Undecided ones hang "
            "on the last bits of the targets: a teacher's outputs often lie on the "
            "boundary of what a region can attain.",
            "The theorems count regions; here a region weighs as much as random "
            "initial weights fall into it. The same points and weights meet every law "
            "of targets, so intervals over several laws count the networks once.",
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
            "n at d0 = 1", (10, 20, 30, 40, 60, 80, 100), (5, 8), 1, 1000
        ),
        "line_widths": Setting.whole(
            "d1 at d0 = 1",
            (100, 200, 300, 400, 500, 600, 800, 1000),
            (12, 48),
            1,
            10**4,
        ),
        "dimension": Setting.whole("d0 of the other grid", 4, 4, 2, 1000),
        "space_points": Setting.whole("n there", tuple(range(5, 31, 5)), (5,), 1, 1000),
        "space_widths": Setting.whole(
            "d1 there", tuple(range(10, 111, 20)), (4, 12), 1, 10**4
        ),
        "targets": Setting.name(
            "laws of the targets",
            tuple(TARGETS),
            ("polynomial", "uniform"),
            choices=tuple(TARGETS),
        ),
        "data": Setting.name(
            "laws of the points",
            ("symmetric_cube", "gaussian"),
            ("symmetric_cube",),
            choices=tuple(DATA),
        ),
        "trials": Setting.whole("networks for each case, in tens", 10, 10, 1, 10**6),
    },
    claims=CLAIMS,
    assumptions=(
        "Weights and biases are uniform on ±sqrt(6/d0), the outer weights alternate "
        "between 1 and -1, the teacher has 10 units of the same law; as published.",
        "The paper asks whether a least squares program reaches a mean square close to "
        "zero; here whether weights strictly inside the region have loss zero, decided "
        "exactly.",
        "The number of networks for each case is lost: 10 are drawn, so that a run "
        "takes minutes. The steps of n and d1 between the published ends are ours.",
    ),
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
