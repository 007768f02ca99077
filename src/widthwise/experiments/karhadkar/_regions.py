"""The theorems that count regions, decided as they are stated."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from widthwise.experiments.karhadkar._region_claims import CLAIMS, findings
from widthwise.experiments.karhadkar._region_tables import tables_of
from widthwise.experiments.shared import (
    Cell,
    Chart,
    Experiment,
    Measurement,
    Progress,
    Setting,
)
from widthwise.landscape import (
    TARGETS,
    THEOREMS,
    count_full_rank_patterns,
    full_rank_fraction,
    region_minimum,
    sign_patterns,
)
from widthwise.seeds import stream
from widthwise.sources import KARHADKAR_2024

__all__ = ["EXPERIMENT"]

_PIECE = 10
"""Regions of a cell, always whole; more trials are more cells."""

_COUNTED = (
    (1, 3, 3),
    (2, 2, 3),
    (2, 2, 4),
    (2, 3, 3),
    (2, 3, 4),
    (3, 2, 4),
    (2, 4, 4),
    (3, 3, 4),
)
"""Sizes (d0, d1, n) of which every pattern is counted."""

_ENUMERATED = ((1, 4), (1, 7), (2, 5), (2, 9), (3, 7), (4, 6), (5, 5))
"""Sizes (d0, n) of which one unit's patterns are listed."""

_DEEP = ((2, 2, 2), (2, 3, 2), (3, 2, 2), (3, 2, 3), (4, 2, 4), (5, 1, 4))
"""Sizes (d0, d1, n), d0 ≥ n, of which all regions of random points are counted."""


def _cells(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    shares = sorted(set(settings["shares"]))
    line = sorted(set(settings["line_points"]))
    found: list[dict[str, Any]] = [
        {"kind": "line", "n": n, "share": share} for n in line for share in shares
    ]
    found += [
        {"kind": "patterns", "n": n, "d0": d0, "share": share}
        for n in sorted(set(settings["points"]))
        for d0 in sorted(set(settings["dimensions"]))
        for share in shares
    ]
    found += [{"kind": "count", "d0": d0, "d1": d1, "n": n} for d0, d1, n in _COUNTED]
    found += [{"kind": "unit", "d0": d0, "n": n} for d0, n in _ENUMERATED]
    found += [{"kind": "deep", "d0": d0, "d1": d1, "n": n} for d0, d1, n in _DEEP]
    found += [
        {"kind": "minima", "n": n, "targets": targets, "first": first}
        for n in sorted(set(settings["minima_points"]))
        for targets in dict.fromkeys(settings["targets"])
        for first in range(0, settings["trials"], _PIECE)
    ]
    return found


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    tell(0.0, f"{cell['kind']}, n = {cell['n']}")
    return {
        "line": _line,
        "patterns": _patterns,
        "count": _count,
        "unit": _unit,
        "deep": _deep,
        "minima": _minima,
    }[cell["kind"]](cell, seed)


def _line(cell: Cell, seed: int) -> dict[str, Any]:
    """Return Theorem 10's width and the exact share of deficient regions there."""
    del seed
    theorem = THEOREMS["theorem_10"]
    width = int(theorem.width(cell["n"], 1, cell["share"]).value)
    return {
        "width": width,
        "deficient": theorem.deficiency(cell["n"], 1, width).fraction,
        "least": theorem.least_width(cell["n"], 1, cell["share"]),
    }


def _patterns(cell: Cell, seed: int) -> dict[str, Any]:
    """Return the width n/d0 + log2(d0/ε) and a sample's deficient share there."""
    theorem = THEOREMS["pattern_count"]
    n, d0, share = cell["n"], cell["d0"], cell["share"]
    width = int(theorem.width(n, d0, share).value)
    trials = round(200 / share)
    found = theorem.deficiency(n, d0, width, trials=trials, seed=seed)
    return {
        "width": width,
        "trials": trials,
        "deficient": found.fraction,
        "low": found.lower,
        "high": found.upper,
        "least": theorem.least_width(n, d0, share, trials=500, seed=seed),
    }


def _count(cell: Cell, seed: int) -> dict[str, Any]:
    """Return how many of all 0/1 patterns have full generic rank."""
    full = count_full_rank_patterns(cell["n"], cell["d0"], cell["d1"], seed=seed)
    return {"full": full}


def _unit(cell: Cell, seed: int) -> dict[str, Any]:
    """Return how many patterns one unit has on random points; biases on the line."""
    points = _points(cell["n"], cell["d0"], seed)
    return {"patterns": len(sign_patterns(points, biases=cell["d0"] == 1))}


def _deep(cell: Cell, seed: int) -> dict[str, Any]:
    """Return how many of the non-empty regions of random points have full rank."""
    found = full_rank_fraction(_points(cell["n"], cell["d0"], seed), cell["d1"])
    return {"full": found.full, "regions": found.regions}


def _minima(cell: Cell, seed: int) -> dict[str, Any]:
    """Return what regions of Theorem 12's width hold, each as likely as any other."""
    n = cell["n"]
    width = int(THEOREMS["theorem_12"].width(n, 1, 0.1).value)
    name = f"karhadkar_regions/{n}"
    points = _points(n, 1, seed)
    y = TARGETS[cell["targets"]](
        stream(seed, f"{name}/{cell['targets']}"), points, width
    )
    steps = sign_patterns(points, biases=True).numpy()
    outer = np.repeat([1.0, -1.0], width // 2)
    found = []
    for trial in range(cell["first"], cell["first"] + _PIECE):
        chosen = stream(seed, f"{name}/regions", trial).integers(0, len(steps), width)
        found.append(region_minimum(steps[chosen], points, y, outer, biases=True))
    return {
        "width": width,
        "verdicts": [each.kind for each in found],
        "codimensions": [each.codimension for each in found],
    }


def _points(n: int, d0: int, seed: int) -> np.ndarray:
    drawn = stream(seed, f"karhadkar_regions/{n}/{d0}").random((n, d0))
    return np.asarray(2.0 * drawn - 1.0)


def _conclude(
    settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    del settings
    tables = tables_of(cells, results)
    return Measurement(
        tables,
        findings(tables),
        notes=(
            "Every region, or every 0/1 pattern, has the same weight here, as in the "
            "theorems. Regions drawn through random weights are another question; the "
            "study of minima asks it.",
        ),
        charts=_CHARTS,
    )


_CHARTS = (
    Chart(
        name="line",
        title="On the line few regions are deficient at the width of Theorem 10.",
        table="line",
        x="n",
        y="deficient",
        by="ε",
        reference="bound",
        log="xy",
        x_label="points n",
        y_label="share of deficient regions",
        caption="Exact; dashed: ε.",
    ),
    Chart(
        name="least",
        title="The least width that leaves a share ε of the patterns deficient.",
        table="patterns",
        x="n/d0",
        y="least",
        kind="points",
        by="d0",
        panels="ε",
        log="xy",
        x_label="n / d0",
        y_label="width d1",
        caption="From samples; all 0/1 patterns weigh the same.",
    ),
)

EXPERIMENT = Experiment(
    name="karhadkar_regions",
    title="Counting regions",
    question="Do the theorems that count regions hold, every region having the same "
    "weight?",
    source=KARHADKAR_2024,
    where="Theorems 5, 10 and 12, Corollary 8, and the counts of regions",
    settings={
        "shares": Setting.real("the shares ε", (0.1, 0.01), (0.1,), 1e-4, 0.5),
        "line_points": Setting.whole(
            "n on the line", (5, 10, 20, 30, 50, 70, 100), (5, 10), 2, 300
        ),
        "points": Setting.whole(
            "n where patterns are drawn", (8, 16, 32, 64), (8, 16), 2, 1000
        ),
        "dimensions": Setting.whole("d0 there", (1, 2, 4, 8), (1, 2), 1, 100),
        "minima_points": Setting.whole(
            "n on the line where minima are sought", (5, 10, 20, 30), (5,), 2, 200
        ),
        "targets": Setting.name(
            "laws of the targets there",
            ("polynomial", "uniform"),
            ("polynomial", "uniform"),
            choices=tuple(TARGETS),
        ),
        "trials": Setting.whole("regions of each case, in tens", 50, 10, 1, 10**6),
    },
    claims=CLAIMS,
    assumptions=(
        "Theorem 5's constant is lost; it is tested with the constant 1, at the width "
        "⌈n/d0⌉ + log2(d0/ε), which asks for more than any constant above.",
        "Theorems 10 and 12 are read with the widths 2 n log(n/ε) and 2 n log(2n/ε) "
        "for each sign, as their coupon-collector proofs give them.",
        "Corollary 8's regions and those of one unit are counted on random points.",
    ),
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
