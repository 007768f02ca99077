"""Function space: what networks on the line represent on the data, and where."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np

from widthwise.estimates import share
from widthwise.experiments.shared import (
    Cell,
    Chart,
    Claim,
    Experiment,
    Finding,
    Measurement,
    Progress,
    Row,
    Setting,
    gathered,
)
from widthwise.landscape import (
    FunctionCone,
    closed_misfit,
    exact_full_rank_fraction_1d,
    function_cone,
    jacobian_rank,
    sign_patterns,
)
from widthwise.prose import say
from widthwise.seeds import stream
from widthwise.sources import KARHADKAR_2024

__all__ = ["EXPERIMENT"]

_PIECE = 10
_ZERO = 1e-9
"""A relative distance that counts as none; the solver's own is some 1e-15."""

_CONES = Claim(
    name="regions_are_cones",
    statement="The functions of a region are a polyhedral cone of the dimension of its "
    "Jacobian's rank.",
    where="Section 6 is about these functions; its theorem is lost, and this is ours",
    measured="dimension of the cone that its kinks span, beside the exact rank",
    refuted_by="one region with two numbers",
    origin="ours",
)
_MINIMA = Claim(
    name="minima_are_distances",
    statement="A closed region reaches targets if and only if they lie in its cone.",
    where="Beyond Section 6: the same question asked in both spaces",
    measured="the least distance of targets to the cone, beside the program in the "
    "weights",
    refuted_by="one region on which they differ",
    origin="ours",
)
_FULL = Claim(
    name="functions_are_of_full_rank_regions",
    statement="Though regions of deficient rank may be most of all regions, almost "
    "every function is one of regions of full rank only.",
    where="Beyond Section 6: the share of function space, not of regions",
    measured="functions drawn from all directions that a region of deficient rank "
    "represents",
    refuted_by="one such function",
    origin="ours",
)
_ALL = Claim(
    name="every_function_is_reached",
    statement="On the line n - 1 units of each sign represent every function on n "
    "points.",
    where="Beyond Theorem 12, which asks for 2 n log(2n/ε) of each sign in almost "
    "every region",
    measured="functions drawn from all directions that some region represents",
    refuted_by="one that none does",
    origin="ours",
)

_CLAIMS = (_CONES, _MINIMA, _FULL, _ALL)


def _cells(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"kind": "regions", "n": n, "width": max(2, round(ratio * n)), "first": first}
        for n in sorted(set(settings["region_points"]))
        for ratio in sorted(set(settings["ratios"]))
        for first in range(0, settings["regions"], _PIECE)
    ]
    return found + [
        {"kind": "functions", "n": n, "units": units, "first": first}
        for n in sorted(set(settings["points"]))
        for units in range(1, n)
        for first in range(0, settings["functions"], _PIECE)
    ]


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    tell(0.0, f"{cell['kind']}, n = {cell['n']}")
    return {"regions": _regions, "functions": _functions}[cell["kind"]](cell, seed)


def _points(n: int, seed: int) -> np.ndarray:
    drawn = stream(seed, f"karhadkar_function_space/{n}").random((n, 1))
    return np.asarray(np.sort(2.0 * drawn - 1.0, axis=0))


def _regions(cell: Cell, seed: int) -> dict[str, Any]:
    """Return ranks, dimensions and distances of regions drawn with equal chances."""
    n, width = cell["n"], cell["width"]
    points = _points(n, seed)
    steps = sign_patterns(points, biases=True).numpy()
    outer = np.resize([1.0, -1.0], width)
    found: dict[str, list[Any]] = {
        name: [] for name in ("rank", "dimension", "distance", "misfit")
    }
    for trial in range(cell["first"], cell["first"] + _PIECE):
        drawn = stream(seed, f"karhadkar_function_space/{n}/{width}", trial)
        pattern = steps[drawn.integers(0, len(steps), width)]
        # Half of the targets are a network's of the region, the others are not.
        cone = function_cone(pattern, points, outer)
        y = cone.generators @ drawn.random(cone.generators.shape[1])
        if trial % 2:
            y = np.asarray(2.0 * drawn.random(n) - 1.0)
        found["rank"].append(int(jacobian_rank(pattern, points, biases=True)))
        found["dimension"].append(cone.dimension)
        found["distance"].append(cone.distance(y))
        misfit = closed_misfit(pattern, points, y, outer, biases=True)
        size = float(np.linalg.norm(y))  # 0 where no unit is active anywhere.
        found["misfit"].append(float(np.sqrt(misfit * n)) / size if size else 0.0)
    return found


def _functions(cell: Cell, seed: int) -> dict[str, Any]:
    """Return of each function drawn whether regions of full and of low rank have it."""
    n, units = cell["n"], cell["units"]
    cones = list(_every_cone(n, units, seed))
    full, low = [], []
    for trial in range(cell["first"], cell["first"] + _PIECE):
        drawn = stream(seed, f"karhadkar_function_space/functions/{n}", trial)
        y = drawn.standard_normal(n)
        full.append(
            any(
                cone.distance(y) <= _ZERO for cone, dimension in cones if dimension == n
            )
        )
        low.append(
            any(cone.distance(y) <= _ZERO for cone, dimension in cones if dimension < n)
        )
    return {
        "full": full,
        "low": low,
        "cones": len(cones),
        "full cones": sum(dimension == n for _, dimension in cones),
    }


@lru_cache(maxsize=2)
def _every_cone(n: int, units: int, seed: int) -> tuple[tuple[FunctionCone, int], ...]:
    """Return the cones of all regions with distinct units; others lie in these."""
    points = _points(n, seed)
    steps = sign_patterns(points, biases=True).numpy()
    outer = np.repeat([1.0, -1.0], units)
    chosen = list(combinations(range(len(steps)), units))
    return tuple(_cones(steps, points, outer, chosen))


def _cones(
    steps: np.ndarray,
    points: np.ndarray,
    outer: np.ndarray,
    chosen: Sequence[tuple[int, ...]],
) -> Iterator[tuple[FunctionCone, int]]:
    for positive in chosen:
        for negative in chosen:
            cone = function_cone(steps[[*positive, *negative]], points, outer)
            yield cone, cone.dimension


def _conclude(
    settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    del settings
    regions: list[Row] = []
    functions: list[Row] = []
    for (kind, n, width, units), own in gathered(
        cells, results, "kind", "n", "width", "units"
    ).items():
        if kind == "regions":
            columns = {
                name: np.array([each for result in own for each in result[name]])
                for name in ("rank", "dimension", "distance", "misfit")
            }
            inside = columns["distance"] <= 1e-6
            regions.append(
                {
                    "n": n,
                    "width": width,
                    "regions": len(inside),
                    "full rank": int((columns["rank"] == n).sum()),
                    "other dimension": int(
                        (columns["rank"] != columns["dimension"]).sum()
                    ),
                    "reached": int(inside.sum()),
                    "other answer": int((inside != (columns["misfit"] <= 1e-6)).sum()),
                }
            )
            continue
        full, low = (
            [each for result in own for each in result[name]]
            for name in ("full", "low")
        )
        found = share(sum(full), len(full))
        functions.append(
            {
                "n": n,
                "units": units,
                "functions": len(full),
                "reached": sum(full),
                "share": found.value,
                "low": found.low,
                "high": found.high,
                "by deficient regions": sum(low),
                "cones": own[0]["cones"],
                "share of full cones": own[0]["full cones"] / own[0]["cones"],
                "share of full regions": float(
                    exact_full_rank_fraction_1d(n, 2 * units, biases=True)
                ),
            }
        )
    tables = {"functions": functions, "regions": regions}
    return Measurement(tables, _findings(functions, regions), charts=_CHARTS)


def _findings(functions: list[Row], regions: list[Row]) -> tuple[Finding, ...]:
    drawn = sum(row["functions"] for row in functions)
    by_low = sum(row["by deficient regions"] for row in functions)
    whole = [row for row in functions if row["units"] == row["n"] - 1]
    wanted, reached = (
        sum(row[name] for row in whole) for name in ("functions", "reached")
    )
    return (
        _none(_CONES, regions, "other dimension"),
        _none(_MINIMA, regions, "other answer"),
        _FULL.decided(
            not by_low,
            say(
                f"{by_low} of {drawn} functions are one of a deficient region's; of "
                "the regions of one unit of each sign a share {} is.",
                1 - functions[0]["share of full regions"],
            ),
        ),
        _ALL.decided(
            reached == wanted,
            f"{reached} of {wanted} functions are represented by n - 1 units of each "
            "sign.",
        ),
    )


def _none(claim: Claim, rows: list[Row], column: str) -> Finding:
    wrong, every, reached = (
        sum(row[name] for row in rows) for name in (column, "regions", "reached")
    )
    return claim.decided(
        not wrong,
        f"{wrong} of {every} regions differ; {reached} of them reach their targets.",
    )


_CHARTS = (
    Chart(
        name="functions",
        title="The share of function space that some region represents.",
        table="functions",
        x="units",
        y="share",
        low="low",
        high="high",
        by="n",
        x_label="units of each sign",
        y_label="share of functions on n points",
        caption="Functions drawn from all directions; bars: 95 % intervals.",
    ),
)

EXPERIMENT = Experiment(
    name="karhadkar_function_space",
    title="Function space on the line",
    question="Which functions on the data do networks on the line represent, and are "
    "these of favourable regions?",
    source=KARHADKAR_2024,
    where="Section 6",
    settings={
        "points": Setting.whole("n where all regions are listed", (3, 4), (3,), 3, 6),
        "functions": Setting.whole(
            "functions of each case, in tens", 100, 10, 1, 10**5
        ),
        "region_points": Setting.whole(
            "n where regions are drawn", (5, 10, 20, 40), (5,), 2, 200
        ),
        "ratios": Setting.real(
            "units a point there", (0.5, 1.0, 2.0), (1.0,), 0.1, 100
        ),
        "regions": Setting.whole("regions of each case, in tens", 50, 10, 1, 10**6),
    },
    claims=_CLAIMS,
    assumptions=(
        "Section 6's theorem is lost; known is that it is about the functions of "
        "networks with one input and a bias. The statements here are ours, derived "
        "from the kinks: a region is an open cone and its map linear.",
        "Regions are drawn with equal chances, or all listed; outer weights are 1 and "
        "-1. A function is drawn as a direction, all equally likely.",
    ),
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
