"""How the dimension of the points changes the gap between activations."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from widthwise import activations
from widthwise.estimates import Estimate
from widthwise.experiments.panigrahi._points import (
    PIXELS,
    activations_setting,
    cell_points,
    is_available,
    left_out,
    which_points,
)
from widthwise.experiments.panigrahi._smallest import (
    AHEAD,
    SMALLEST,
    eigenvalue_arrays,
    is_smooth,
    smallest_tables,
)
from widthwise.experiments.shared import (
    Answer,
    Cell,
    Claim,
    Experiment,
    Finding,
    Measurement,
    Progress,
    Row,
    Setting,
    grouped,
    number,
)
from widthwise.kernels import feature_scale, tangent_kernel
from widthwise.laws import Gaussian
from widthwise.prose import say
from widthwise.sources import PANIGRAHI_2020
from widthwise.spectra import spectrum

__all__ = ["EXPERIMENT"]

_GAP_CLOSES = Claim(
    name="gap_closes",
    statement=(
        "The smallest eigenvalues of smooth activations are far below that of relu on "
        "points of few dimensions, and near it on points of many."
    ),
    where="Theorems on smooth activations; the CIFAR-10 study",
    measured="λ_min of relu over that of a smooth activation, by dimension",
    refuted_by="a ratio at the largest dimension that is not below the smallest one's",
    origin="paper",
)


_CHARTS = (
    replace(
        SMALLEST,
        title="The smallest eigenvalues of smooth activations rise with the dimension.",
        table="dimension",
        x="dimension",
        panels="points",
        x_label="dimension d of the points",
        y_label="λ_min of the G-matrix",
        caption="Eigenvalues that float64 cannot tell from zero are left out.",
    ),
    replace(
        AHEAD,
        title="relu's advantage is gone in many dimensions.",
        x="dimension",
        panels="points",
        x_label="dimension d of the points",
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
    place = ["points", "dimension"]
    tables = smallest_tables("dimension", "smallest", place, cells, results)
    return Measurement(
        tables,
        (_closes(tables["dimension"]),),
        eigenvalue_arrays(cells, results, *place, "activation"),
        left_out(settings["points"], cells),
        _CHARTS,
    )


def _closes(rows: list[Row]) -> Finding:
    answers: list[Answer] = []
    smooth = dict.fromkeys(row["activation"] for row in rows if is_smooth(row))
    for kind, own in grouped(rows, "points").items():
        at = grouped(own, "dimension")
        if len(at) < 2:
            continue
        for name in smooth:
            before, after = (_ratio(at[end(at)], name) for end in (min, max))
            if before is None or after is None:
                continue
            # Where an eigenvalue is not resolved, only a bound on a ratio is known.
            ends = number(before.low), number(after.high)
            said = say("{} on {} from {} to {}", name, kind, *ends)
            answers.append((after.high < before.low, said))
    return _GAP_CLOSES.together(
        answers, before="Ratios: ", nothing="No ratio was resolved."
    )


def _ratio(rows: list[Row], name: str) -> Estimate | None:
    """Return λ_min(relu) / λ_min(name) of one dimension, or None without relu."""
    by = {row["activation"]: row for row in rows}
    ours, theirs = by.get("relu"), by[name]
    if ours is None or ours["low"] <= 0:
        return None
    most = ours["high"] / theirs["low"] if theirs["low"] > 0 else math.inf
    return Estimate(
        ours["smallest"] / theirs["smallest"] if theirs["smallest"] else math.nan,
        ours["low"] / theirs["high"],
        most,
    )


EXPERIMENT = Experiment(
    name="panigrahi_dimension",
    title="Dimension and the gap between activations",
    question="From which dimension on does the smoothness of an activation not matter?",
    source=PANIGRAHI_2020,
    where="Theorems on smooth activations; the CIFAR-10 study",
    settings={
        "points": Setting.name(
            "point sets",
            ("sphere", "cifar10"),
            ("sphere",),
            choices=("sphere", "cifar10"),
        ),
        "count": Setting.whole("number of points n", 200, 40, 2, 1000),
        "dimensions": Setting.whole(
            "dimensions d",
            (3, 5, 10, 20, 50, 100, 300, 900, PIXELS),
            (3, 20),
            2,
            PIXELS,
        ),
        "activations": activations_setting("relu", "swish"),
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
