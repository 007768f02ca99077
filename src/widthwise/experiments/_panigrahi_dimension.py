"""How the dimension of the points changes the gap between activations."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from widthwise import activations
from widthwise.experiments._claim import Claim, Finding
from widthwise.experiments._definition import Experiment, Measurement, Progress
from widthwise.experiments._panigrahi_points import (
    PIXELS,
    is_available,
    point_set,
)
from widthwise.experiments._setting import Setting
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


def _measure(settings: Mapping[str, Any], seed: int, tell: Progress) -> Measurement:
    kinds = [kind for kind in settings["points"] if is_available(kind)]
    notes = tuple(
        f"{kind} was left out: its file is not at hand."
        for kind in settings["points"]
        if kind not in kinds
    )
    cases = [
        (kind, dimension, name)
        for kind in kinds
        for dimension in sorted(settings["dimensions"])
        for name in settings["activations"]
    ]
    rows: list[dict[str, Any]] = []
    arrays: dict[str, np.ndarray] = {}
    for done, (kind, dimension, name) in enumerate(cases):
        tell(done / len(cases), f"{name} on {kind}, d = {dimension}")
        points = point_set(kind, settings["count"], dimension, seed)
        act = activations.for_dimension(name, dimension)
        scale = feature_scale(act) ** 2
        found = spectrum(tangent_kernel(points, act, Gaussian(), "inner"))
        low, high = (scale * each for each in found.smallest_interval)
        arrays[f"{kind}/{dimension}/{name}/eigenvalues"] = found.eigenvalues.numpy()
        rows.append(
            {
                "points": kind,
                "dimension": dimension,
                "n": len(points),
                "activation": name,
                "smoothness": act.smoothness,
                "smallest": scale * found.smallest,
                "low": low,
                "high": high,
                "condition": found.condition_number,
            }
        )
    return Measurement({"dimension": rows}, (_closes(rows),), arrays, notes)


def _closes(rows: list[dict[str, Any]]) -> Finding:
    said, verdicts = [], []
    by = {(r["points"], r["dimension"], r["activation"]): r for r in rows}
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
    measure=_measure,
)
