"""How much of the weights' volume is favourable, of two layers and of more."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from widthwise.bounds import volume_rank
from widthwise.experiments.karhadkar._threshold import threshold
from widthwise.experiments.karhadkar._volume_claims import CLAIMS, FAILURE, findings
from widthwise.experiments.shared import (
    Cell,
    Chart,
    Experiment,
    Measurement,
    Progress,
    Row,
    Setting,
    gathered,
    grouped,
    picked,
)
from widthwise.landscape import full_rank_probability_at
from widthwise.seeds import derive, stream
from widthwise.sources import KARHADKAR_2024

__all__ = ["EXPERIMENT"]

_SHALLOW = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0)
"""Widths tried of two layers, in units of n / d0."""

_DEEP = (0.125, 0.25, 0.375, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0, 8.0, 16.0)
"""Widths tried of the last hidden layer of a deep network, in units of n."""


def _cells(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    points = sorted(set(settings["points"]))
    found: list[dict[str, Any]] = [
        {"kind": "shallow", "n": n, "d0": d0, "width": width, "trials": _TRIALS}
        for n in points
        for d0 in sorted(set(settings["dimensions"]))
        for width in _widths(n / d0, _SHALLOW)
    ]
    found += [
        {"kind": "certified", "n": n, "d0": d0, "trials": _TRIALS}
        for n in points
        for d0 in sorted(set(settings["dimensions"]))
    ]
    return found + [
        {
            "kind": "deep",
            "n": n,
            "d0": settings["deep_dimension"],
            "before": settings["before"],
            "depth": depth,
            "width": width,
            "first": first,
        }
        for n in sorted(set(settings["deep_points"]))
        for depth in sorted(set(settings["depths"]))
        for width in _widths(n, _DEEP)
        for first in range(0, settings["networks"], _PIECE)
    ]


_TRIALS, _PIECE = 200, 25


def _widths(unit: float | int, multiples: Sequence[float]) -> list[int]:
    return sorted({math.ceil(each * unit) for each in multiples})


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    tell(0.0, f"{cell['kind']}, n = {cell['n']}, d0 = {cell['d0']}")
    if cell["kind"] == "deep":
        return _deep(cell, seed)
    name = f"karhadkar_volumes/{cell['n']}/{cell['d0']}"
    points = stream(seed, name).standard_normal((cell["n"], cell["d0"]))
    width = cell.get("width")
    if width is None:
        unit = points / np.linalg.norm(points, axis=1, keepdims=True)
        width = int(volume_rank.width(unit, "relu", "gaussian", FAILURE).value)
    found = full_rank_probability_at(
        points,
        width,
        cell["trials"],
        derive(seed, name),
        initialization="gaussian",
        biases=False,
    )
    full = sum(map(bool, found.verdicts))
    return {"width": width, "full": full, "trials": cell["trials"]}


def _deep(cell: Cell, seed: int) -> dict[str, Any]:
    """Return the ranks of the last layer's pattern and of its Jacobian, by network.

    The Jacobian in the weights of the last hidden layer has the rows v a_j ⊗ h_j, of
    the pattern's columns a_j and of the features h_j before; biases are left out.
    """
    name = f"karhadkar_volumes/deep/{cell['n']}"
    points = stream(seed, name).standard_normal((cell["n"], cell["d0"]))
    patterns, jacobians, dead, angles = [], [], [], []
    for trial in range(cell["first"], cell["first"] + _PIECE):
        drawn = stream(seed, f"{name}/{cell['depth']}/{cell['width']}", trial)
        before = points
        for _ in range(cell["depth"] - 1):
            weights = drawn.standard_normal((before.shape[1], cell["before"]))
            before = np.maximum(before @ weights * math.sqrt(2 / len(weights)), 0.0)
        weights = drawn.standard_normal((before.shape[1], cell["width"]))
        active = (before @ weights > 0).astype(float)
        outer = drawn.standard_normal(cell["width"])
        rows = ((active * outer)[:, :, None] * before[:, None, :]).reshape(
            cell["n"], -1
        )
        norms = np.linalg.norm(before, axis=1)
        patterns.append(int(np.linalg.matrix_rank(active)))
        jacobians.append(int(np.linalg.matrix_rank(rows)))
        dead.append(int((norms == 0).sum()))
        angles.append(_least_angle(before / np.maximum(norms, 1e-300)[:, None]))
    return {
        "pattern ranks": patterns,
        "jacobian ranks": jacobians,
        "dead": dead,
        "angles": angles,
    }


def _least_angle(unit: np.ndarray) -> float:
    """Return the least angle between two rows or between one and minus another."""
    first, second = np.triu_indices(len(unit), 1)
    apart = np.linalg.norm(unit[first] - unit[second], axis=1)
    together = np.linalg.norm(unit[first] + unit[second], axis=1)
    return float((2 * np.arctan2(apart, together)).clip(max=math.pi / 2).min())


def _conclude(
    settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    shallow: list[Row] = []
    certified: list[Row] = []
    for cell, result in zip(cells, results, strict=True):
        if cell["kind"] == "deep":
            continue
        row = {**picked(cell, "n", "d0"), **picked(result, "width", "full", "trials")}
        row["group"] = f"d0 = {cell['d0']}"
        row["share"] = result["full"] / result["trials"]
        (shallow if cell["kind"] == "shallow" else certified).append(row)
    deep = _deep_rows(cells, results)
    thresholds = [
        _threshold(rows, group=group, n=n)
        for (group, n), rows in grouped([*shallow, *deep], "group", "n").items()
    ]
    tables = {
        "thresholds": thresholds,
        "certified": certified,
        "deep": deep,
        "shallow": shallow,
    }
    del settings
    return Measurement(tables, findings(tables), charts=_CHARTS)


def _deep_rows(
    cells: Sequence[Cell], results: Sequence[Mapping[str, Any]]
) -> list[Row]:
    pairs = [
        (cell, result)
        for cell, result in zip(cells, results, strict=True)
        if cell["kind"] == "deep"
    ]
    networks, ranks_of = [each[0] for each in pairs], [each[1] for each in pairs]
    rows: list[Row] = []
    for (n, depth, width), own in gathered(
        networks, ranks_of, "n", "depth", "width"
    ).items():
        ranks, jacobians, dead, angles = (
            [each for result in own for each in result[name]]
            for name in ("pattern ranks", "jacobian ranks", "dead", "angles")
        )
        full = [rank == n for rank in jacobians]
        independent = [rank == n for rank in ranks]
        alive = [not each for each in dead]
        rows.append(
            {
                "n": n,
                "depth": depth,
                "group": f"{depth} hidden layers",
                "width": width,
                "trials": len(full),
                "full": sum(full),
                "share": sum(full) / len(full),
                "independent": sum(independent),
                "share independent": sum(independent) / len(full),
                "independent, alive, not full": sum(
                    a and b and not c
                    for a, b, c in zip(independent, alive, full, strict=True)
                ),
                "with a dead point": sum(map(bool, dead)),
                "least angle": float(np.median(angles)),
            }
        )
    return rows


def _threshold(rows: list[Row], **place: Any) -> Row:
    ordered = sorted(rows, key=lambda row: row["width"])
    return {
        **place,
        **threshold(
            [row["width"] for row in ordered],
            [row["full"] for row in ordered],
            ordered[0]["trials"],
            in_logs=True,
        ),
    }


_CHARTS = (
    Chart(
        name="thresholds",
        title="The width at which half of the weights' volume is favourable.",
        table="thresholds",
        x="n",
        y="threshold",
        low="low",
        high="high",
        by="group",
        log="xy",
        x_label="points n",
        y_label="width, of the last hidden layer",
        caption="Two layers in d0 dimensions, and deep networks of the last layer's "
        "weights; bars: 95 % intervals of a logistic fit.",
    ),
    Chart(
        name="shallow",
        title="The share of the volume with a Jacobian of full rank.",
        table="shallow",
        x="width",
        y="share",
        by="n",
        panels="group",
        log="x",
        x_label="width d1",
        y_label="share with full rank",
    ),
    Chart(
        name="deep",
        title="The same of the last hidden layer of deep networks.",
        table="deep",
        x="width",
        y="share",
        by="n",
        panels="group",
        log="x",
        x_label="width of the last hidden layer",
        y_label="share with full rank",
    ),
)

EXPERIMENT = Experiment(
    name="karhadkar_volumes",
    title="Volumes of regions, and deep networks",
    question="How wide must a network be for most of its weights' volume to be "
    "favourable, with two layers and with more?",
    source=KARHADKAR_2024,
    where="The later version's statements on volume and on deep networks",
    settings={
        "points": Setting.whole(
            "n of two layers", (8, 12, 16, 24, 32, 48), (6, 9), 2, 500
        ),
        "dimensions": Setting.whole("their d0", (2, 4), (3,), 2, 100),
        "deep_points": Setting.whole(
            "n of deep networks", (6, 9, 12, 18, 24, 36), (6,), 2, 200
        ),
        "deep_dimension": Setting.whole("their d0", 5, 5, 2, 100),
        "before": Setting.whole("units of the layers before the last", 10, 10, 2, 1000),
        "depths": Setting.whole("hidden layers", (2, 3), (2,), 2, 20),
        "networks": Setting.whole("deep networks of each case", 100, 25, 1, 10**5),
    },
    claims=CLAIMS,
    assumptions=(
        "The later version's theorems are known by their subjects alone: volume by "
        "anticoncentration, and a last hidden layer about n wide. Constants are ours.",
        "Volume is the share of standard normal weights, on normal points drawn once "
        "for each n and d0; no biases, normal outer weights.",
        "A deep network is favourable where the Jacobian in its last hidden layer's "
        "weights has rank n: a differentiable critical point then has zero loss.",
    ),
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
