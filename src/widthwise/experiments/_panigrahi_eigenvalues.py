"""Eigenvalues of the G-matrix at initialization, by activation and point set."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from widthwise import activations, features
from widthwise.activations import Activation
from widthwise.arrays import Array
from widthwise.experiments._claim import Claim, Finding
from widthwise.experiments._definition import Experiment, Measurement, Progress
from widthwise.experiments._panigrahi_points import (
    PIXELS,
    POINT_SETS,
    is_available,
    point_set,
)
from widthwise.experiments._setting import Setting
from widthwise.kernels import feature_scale, tangent_kernel
from widthwise.laws import Gaussian
from widthwise.seeds import derive
from widthwise.sources import PANIGRAHI_2020
from widthwise.spectra import Spectrum, spectrum

__all__ = ["PANIGRAHI_EIGENVALUES"]

_AHEAD = {
    name: Claim(
        name=f"{name}_is_ahead",
        statement=(
            f"The smallest eigenvalue is larger for {name}, whose {order} derivative "
            "jumps, than for smooth activations such as tanh and swish."
        ),
        where="Theorems on J_r and on smooth activations; Figure 1 (c), (d)",
        measured="λ_min of the infinite-width G-matrix for E σ² = 1",
        refuted_by=f"a smooth activation whose λ_min is certainly above that of {name}",
    )
    for name, order in (("relu", "first"), ("elu", "second"))
}
_WIDE_AGREES = Claim(
    name="width_agrees",
    statement="A wide network at initialization has the eigenvalues of the limit.",
    where="Section 2, the G-matrix at initialization",
    measured="λ_min at the largest width over λ_min at infinite width, over the trials",
    refuted_by="a median ratio outside [1/2, 2] at the largest width",
)


def _measure(settings: Mapping[str, Any], seed: int, tell: Progress) -> Measurement:
    rows: list[dict[str, Any]] = []
    arrays: dict[str, np.ndarray] = {}
    notes = []
    kinds = [kind for kind in settings["points"] if is_available(kind)]
    for kind in settings["points"]:
        if kind not in kinds:
            notes.append(f"{kind} was left out: its file is not at hand.")
    cases = [
        (kind, count, name)
        for kind in kinds
        for count in settings["counts"]
        for name in settings["activations"]
    ]
    for done, (kind, count, name) in enumerate(cases):
        tell(done / len(cases), f"{name} on {kind}, n = {count}")
        points = point_set(kind, count, settings["dimension"], seed)
        act = activations.for_dimension(name, points.shape[1])
        found, row = _case(points, act, settings, seed)
        key = f"{kind}/{count}/{name}"
        arrays[f"{key}/eigenvalues"] = found.eigenvalues.numpy().copy()
        arrays[f"{key}/bounds"] = (found.upper_bounds - found.eigenvalues).numpy()
        rows.append({"points": kind, "n": len(points), "activation": name, **row})
    return Measurement(
        {"eigenvalues": rows},
        (_order(rows, "relu"), _order(rows, "elu"), _agreement(rows)),
        arrays,
        tuple(notes),
    )


def _case(
    points: Array, act: Activation, settings: Mapping[str, Any], seed: int
) -> tuple[Spectrum, dict[str, Any]]:
    """Return the spectrum at infinite width, and the row of the table."""
    scale = feature_scale(act) ** 2
    matrix = tangent_kernel(points, act, Gaussian(), "inner")
    infinite = spectrum(matrix)
    low, high = (scale * each for each in infinite.smallest_interval)
    width, ratios = settings["width"], []
    for trial in range(settings["trials"]):
        finite = _finite(points, act, width, derive(seed, "panigrahi/trial", trial))
        ratios.append(finite.smallest / infinite.smallest if low > 0 else math.nan)
    return infinite, {
        "smoothness": act.smoothness,
        "smallest": scale * infinite.smallest,
        "smallest_low": low,
        "smallest_high": high,
        "largest": scale * infinite.largest,
        "condition": infinite.condition_number,
        "width": width,
        "ratio_median": float(np.median(ratios)),
        "ratio_low": float(np.min(ratios)),
        "ratio_high": float(np.max(ratios)),
    }


def _finite(points: Array, act: Activation, width: int, seed: int) -> Spectrum:
    """Return the spectrum of the G-matrix of one network with outer weights ±1."""
    weights = Gaussian().weights(seed, points.shape[1], 0, width)
    outer = torch.full((width,), 1.0 / math.sqrt(width), dtype=torch.float64)
    matrix = features.tangent_kernel(points, weights, outer, act, trained="inner")
    return spectrum(matrix, kernel="tangent_inner")


def _order(rows: list[dict[str, Any]], name: str) -> Finding:
    """Compare the activation with each smooth one on the same points."""
    claim, known = _AHEAD[name], {_place(row): row for row in rows if _is(row, name)}
    margins, behind, open_cases = [], [], 0
    for row in rows:
        ours = known.get(_place(row))
        if ours is None or not math.isinf(row["smoothness"]):
            continue
        if ours["smallest_low"] > row["smallest_high"]:
            margins.append(ours["smallest_low"] / row["smallest_high"])
        elif row["smallest_low"] > ours["smallest_high"]:
            behind.append(f"{row['activation']} on {row['points']}, n = {row['n']}")
        else:
            open_cases += 1
    if behind:
        return claim.found(
            "fails",
            f"{name} is ahead in {len(margins)} comparisons and behind in "
            f"{len(behind)}: {'; '.join(behind)}.",
        )
    if not margins:
        return claim.found("not decided", "No pair of activations was decided.")
    return claim.decided(
        True if not open_cases else None,
        f"{name} is ahead in {len(margins)} comparisons, by a factor of at least "
        f"{min(margins):.3g}; {open_cases} could not be told apart in float64.",
    )


def _is(row: Mapping[str, Any], name: str) -> bool:
    return bool(row["activation"] == name)


def _agreement(rows: list[dict[str, Any]]) -> Finding:
    known = [row["ratio_median"] for row in rows if not math.isnan(row["ratio_median"])]
    if not known:
        return _WIDE_AGREES.found(
            "not decided", "Every λ_min is zero within its error."
        )
    least, most = min(known), max(known)
    return _WIDE_AGREES.decided(
        least >= 0.5 and most <= 2.0,
        f"Median ratios from {least:.3g} to {most:.3g} over {len(known)} cases at "
        f"width {rows[0]['width']}.",
    )


def _place(row: Mapping[str, Any]) -> tuple[str, int]:
    return str(row["points"]), int(row["n"])


PANIGRAHI_EIGENVALUES = Experiment(
    name="panigrahi_eigenvalues",
    title="Eigenvalues of the G-matrix at initialization",
    question="Which activations make training fast, judged by the smallest eigenvalue?",
    source=PANIGRAHI_2020,
    where="Figure 1 (c), (d) and the CIFAR-10 study",
    settings={
        "points": Setting(
            "point sets",
            "name",
            ("half_circle", "sphere", "cifar10"),
            ("half_circle", "sphere"),
            choices=POINT_SETS,
            is_list=True,
        ),
        "counts": Setting(
            "numbers of points n", "whole", (10, 50), (10,), 2, 2000, is_list=True
        ),
        "dimension": Setting("d of sphere and cifar10", "whole", 10, 5, 2, PIXELS),
        "activations": Setting(
            "activations",
            "name",
            ("relu", "elu", "selu", "tanh", "swish", "gelu"),
            ("relu", "elu", "tanh", "swish"),
            is_list=True,
        ),
        "width": Setting("hidden units m", "whole", 100_000, 4_000, 1, 10**7),
        "trials": Setting("networks per case", "whole", 5, 3, 1, 1000),
    },
    claims=(*_AHEAD.values(), _WIDE_AGREES),
    assumptions=(
        "The paper's points are recalled as equally spaced on a circle. On a full "
        "circle with even n antipodal pairs make the G-matrix of relu singular, so "
        "half a circle is taken.",
        "Activations are scaled to E σ(g)² = 1, g standard normal. The paper's width "
        "of 10^6 is replaced by the limit, and a finite width beside it.",
    ),
    measure=_measure,
)
