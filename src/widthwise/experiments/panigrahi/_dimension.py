"""How the dimension of the points changes the gap between activations."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from widthwise import activations
from widthwise.experiments.panigrahi._points import (
    ACTIVATIONS,
    PIXELS,
    cell_points,
    is_available,
    left_out,
    which_points,
)
from widthwise.experiments.shared import (
    Cell,
    Chart,
    Claim,
    Experiment,
    Finding,
    Measurement,
    Progress,
    Setting,
)
from widthwise.kernels import feature_scale, tangent_kernel
from widthwise.laws import Gaussian
from widthwise.sources import PANIGRAHI_2020
from widthwise.spectra import spectrum

__all__ = ["PANIGRAHI_DIMENSION"]

_GAP_CLOSES = Claim(
    name="gap_closes",
    statement=(
        "The smallest eigenvalues of smooth activations are far below that of relu on "
        "points of few dimensions, and near it on points of many."
    ),
    where="Theorems on smooth activations; the CIFAR-10 study",
    measured="λ_min of relu over that of a smooth activation, by dimension",
    refuted_by="a ratio at the largest dimension that is not below the smallest one's",
)


_CHARTS = (
    Chart(
        name="smallest",
        title="The smallest eigenvalues of smooth activations rise with the dimension.",
        table="dimension",
        x="dimension",
        y="smallest",
        low="low",
        high="high",
        by="activation",
        panels="points",
        only={"is_resolved": True},
        log="xy",
        x_label="dimension d of the points",
        y_label="λ_min of the G-matrix",
        caption="Eigenvalues that float64 cannot tell from zero are left out.",
    ),
    Chart(
        name="gap",
        title="relu's advantage is gone in many dimensions.",
        table="gap",
        x="dimension",
        y="ratio",
        by="activation",
        panels="points",
        reference="one",
        log="xy",
        x_label="dimension d of the points",
        y_label="λ_min of relu / λ_min of the other",
        caption="Where the other's λ_min is not resolved, the ratio is drawn at the "
        "least it can be.",
    ),
)


def _cells(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {**which_points(kind, settings["count"], dimension), "activation": name}
        for kind in settings["points"]
        if is_available(kind)
        for dimension in sorted(settings["dimensions"])
        for name in settings["activations"]
    ]


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    name, dimension = cell["activation"], cell["dimension"]
    tell(0.0, f"{name} on {cell['points']}, d = {dimension}")
    act = activations.for_dimension(name, dimension)
    scale = feature_scale(act) ** 2
    found = spectrum(tangent_kernel(cell_points(cell, seed), act, Gaussian(), "inner"))
    low, high = (scale * each for each in found.smallest_interval)
    return {
        "smoothness": act.smoothness,
        "smallest": scale * found.smallest,
        "low": low,
        "high": high,
        "condition": found.condition_number,
        "eigenvalues": found.eigenvalues.tolist(),
    }


def _conclude(
    settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    rows: list[dict[str, Any]] = []
    arrays: dict[str, np.ndarray] = {}
    for cell, found in zip(cells, results, strict=True):
        key = f"{cell['points']}/{cell['dimension']}/{cell['activation']}"
        arrays[f"{key}/eigenvalues"] = np.array(found["eigenvalues"])
        rows.append(
            {
                "points": cell["points"],
                "dimension": cell["dimension"],
                "n": cell["n"],
                "activation": cell["activation"],
                "smoothness": found["smoothness"],
                "smallest": found["smallest"],
                "low": found["low"],
                "high": found["high"],
                "is_resolved": found["low"] > 0,
                "condition": found["condition"],
            }
        )
    tables: dict[str, list[dict[str, Any]]] = {"dimension": rows}
    gap = list(_gap(rows))
    if gap:
        tables["gap"] = gap
    charts = tuple(each for each in _CHARTS if each.table in tables)
    notes = left_out(settings["points"], cells)
    return Measurement(tables, (_closes(rows),), arrays, notes, charts)


def _gap(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield λ_min of relu over that of each other activation on the same points."""
    by = {_place(row): row for row in rows}
    for row in rows:
        kind, dimension, name = _place(row)
        relu = by.get((kind, dimension, "relu"))
        if relu is None or relu["low"] <= 0 or name == "relu":
            continue
        below = row["smallest"] if row["is_resolved"] else row["high"]
        yield {
            "points": kind,
            "dimension": dimension,
            "activation": name,
            "ratio": relu["smallest"] / below,
            "is_resolved": row["is_resolved"],
            "one": 1.0,
        }


def _place(row: Mapping[str, Any]) -> tuple[str, int, str]:
    return row["points"], row["dimension"], row["activation"]


def _closes(rows: list[dict[str, Any]]) -> Finding:
    said, verdicts = [], []
    by = {_place(row): row for row in rows}
    for kind in dict.fromkeys(row["points"] for row in rows):
        dimensions = sorted({r["dimension"] for r in rows if r["points"] == kind})
        least, most = dimensions[0], dimensions[-1]
        smooth = dict.fromkeys(
            row["activation"] for row in rows if math.isinf(row["smoothness"])
        )
        for name in smooth:
            before = _ratio(by, kind, least, name)
            after = _ratio(by, kind, most, name)
            if before is None or after is None or least == most:
                continue
            # Where an eigenvalue is not resolved, only a bound on a ratio is known.
            verdicts.append(after[1] < before[0])
            said.append(f"{name} on {kind} from {before[0]:.3g} to {after[1]:.3g}")
    if not verdicts:
        return _GAP_CLOSES.found("not decided", "No ratio was resolved.")
    return _GAP_CLOSES.decided(all(verdicts), f"Ratios: {'; '.join(said)}.")


def _ratio(
    by: Mapping[tuple[str, int, str], Mapping[str, Any]],
    kind: str,
    dimension: int,
    name: str,
) -> tuple[float, float] | None:
    """Return the interval of λ_min(relu) / λ_min(name), or None without relu."""
    ours, theirs = by.get((kind, dimension, "relu")), by[kind, dimension, name]
    if ours is None or ours["low"] <= 0:
        return None
    most = ours["high"] / theirs["low"] if theirs["low"] > 0 else math.inf
    return ours["low"] / theirs["high"], most


PANIGRAHI_DIMENSION = Experiment(
    name="panigrahi_dimension",
    title="Dimension and the gap between activations",
    question="From which dimension on does the smoothness of an activation not matter?",
    source=PANIGRAHI_2020,
    where="Theorems on smooth activations; the CIFAR-10 study",
    settings={
        "points": Setting(
            "point sets",
            "name",
            ("sphere", "cifar10"),
            ("sphere",),
            choices=("sphere", "cifar10"),
            is_list=True,
        ),
        "count": Setting("number of points n", "whole", 200, 40, 2, 1000),
        "dimensions": Setting(
            "dimensions d",
            "whole",
            (3, 5, 10, 20, 50, 100, 300, 900, PIXELS),
            (3, 20),
            2,
            PIXELS,
            is_list=True,
        ),
        "activations": Setting(
            "activations",
            "name",
            ("relu", "elu", "selu", "tanh", "swish", "gelu"),
            ("relu", "swish"),
            choices=ACTIVATIONS,
            is_list=True,
        ),
    },
    claims=(_GAP_CLOSES,),
    assumptions=(
        "The paper's subset of CIFAR-10 had 10^4 images; here it is a random sample of "
        "the subset, on its first principal components (d = 3072: all pixels), "
        "projected to the sphere.",
        "Activations are scaled to E σ(g)² = 1, g standard normal.",
    ),
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
