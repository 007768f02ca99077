"""Eigenvalues of the G-matrix at initialization, by activation and point set."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from widthwise import activations, features
from widthwise.activations import Activation
from widthwise.arrays import Array
from widthwise.datasets import span_dimension
from widthwise.experiments.panigrahi._points import (
    COUNTS,
    DIMENSION,
    POINT_SETS,
    activations_setting,
    cell_points,
    is_available,
    left_out,
    which_points,
)
from widthwise.experiments.panigrahi._smallest import is_smooth
from widthwise.experiments.panigrahi._spectra import charts, spectrum_rows
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
    gathered,
    number,
    picked,
)
from widthwise.kernels import feature_scale, tangent_kernel
from widthwise.laws import Gaussian
from widthwise.prose import Prose, say
from widthwise.seeds import derive
from widthwise.sources import PANIGRAHI_2020
from widthwise.spectra import Spectrum, spectrum

__all__ = ["EXPERIMENT"]

_AHEAD = {
    name: Claim(
        name=f"{name}_is_ahead",
        statement=(
            f"The smallest eigenvalue is larger for {name}, whose {order} derivative "
            "jumps, than for smooth activations such as tanh and swish, on points of "
            "few dimensions."
        ),
        where="Theorems on J_r and on smooth activations in low dimension; Figure 1 "
        "(c), (d)",
        measured="λ_min of the infinite-width G-matrix for E σ² = 1, where the points "
        "span at most log(n)^0.75 dimensions, rounded up",
        refuted_by=f"a smooth activation whose λ_min is certainly above that of {name}",
        origin="paper",
    )
    for name, order in (("relu", "first"), ("elu", "second"))
}
_MANY = Claim(
    name="ahead_in_many_dimensions",
    statement="relu and elu are ahead of smooth activations on points of many "
    "dimensions too.",
    where="Beyond the theorems on J_r, whose points span few",
    measured=_AHEAD["relu"].measured.replace("at most", "more than"),
    refuted_by="a smooth activation whose λ_min is certainly above theirs",
    origin="ours",
)
_WIDE_AGREES = Claim(
    name="width_agrees",
    statement="A wide network at initialization has the eigenvalues of the limit.",
    where="Section 2, the G-matrix at initialization",
    measured="λ_min at the largest width over λ_min at infinite width, over the trials",
    refuted_by="a median ratio outside [1/2, 2] at the largest width",
    origin="paper",
    cut_off="a factor of two",
)


_PLACE = ("points", "n", "activation")


def _cells(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    cells = []
    for kind in filter(is_available, settings["points"]):
        for count in settings["counts"]:
            points = which_points(kind, count, settings["dimension"])
            for name in settings["activations"]:
                infinite = {**points, "activation": name}
                cells.append(infinite)
                cells += [
                    {**infinite, "width": settings["width"], "trial": trial}
                    for trial in range(settings["trials"])
                ]
    return cells


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    """Return the spectrum at infinite width, or of one network of finite width."""
    name = cell["activation"]
    tell(0.0, f"{name} on {cell['points']}, n = {cell['n']}")
    points = cell_points(cell, seed)
    act = activations.for_dimension(name, points.shape[1])
    if "trial" in cell:
        drawn = derive(seed, "panigrahi/trial", cell["trial"])
        finite = _finite(points, act, cell["width"], drawn)
        return {
            "smallest": finite.smallest,
            "eigenvalues": finite.eigenvalues.tolist(),
        }
    scale = feature_scale(act) ** 2
    found = spectrum(tangent_kernel(points, act, Gaussian(), "inner"))
    low, high = (scale * each for each in found.smallest_interval)
    return {
        "smoothness": act.smoothness,
        "span": span_dimension(points),
        "scale": scale,
        "unscaled_smallest": found.smallest,
        "smallest": scale * found.smallest,
        "smallest_low": low,
        "smallest_high": high,
        "largest": scale * found.largest,
        "condition": found.condition_number,
        "eigenvalues": found.eigenvalues.tolist(),
        "bounds": (found.upper_bounds - found.eigenvalues).tolist(),
    }


def _finite(points: Array, act: Activation, width: int, seed: int) -> Spectrum:
    """Return the spectrum of the G-matrix of one network with outer weights ±1."""
    weights = Gaussian().weights(seed, points.shape[1], 0, width)
    outer = torch.full((width,), 1.0 / math.sqrt(width), dtype=torch.float64)
    matrix = features.tangent_kernel(points, weights, outer, act, trained="inner")
    return spectrum(matrix, kernel="tangent_inner")


def _conclude(
    settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    rows: list[Row] = []
    spectra: list[Row] = []
    arrays: dict[str, np.ndarray] = {}
    for place, (infinite, *finite) in gathered(cells, results, *_PLACE).items():
        columns = dict(zip(_PLACE, place, strict=True))
        key = "/".join(map(str, place))
        arrays[f"{key}/eigenvalues"] = np.array(infinite["eigenvalues"])
        arrays[f"{key}/bounds"] = np.array(infinite["bounds"])
        rows.append({**columns, **_row(infinite, finite, settings["width"])})
        spectra += [{**columns, **row} for row in spectrum_rows(infinite, finite)]
    return Measurement(
        {"eigenvalues": rows, "spectra": spectra},
        (
            *(_order(_AHEAD[name], rows, [name], True) for name in _AHEAD),
            _order(_MANY, rows, list(_AHEAD), False),
            _agreement(rows),
        ),
        arrays,
        left_out(settings["points"], cells),
        charts(rows),
    )


def _row(
    infinite: Mapping[str, Any], finite: Sequence[Mapping[str, Any]], width: int
) -> dict[str, Any]:
    """Return λ_min at infinite width, and that of finite widths over it."""
    is_resolved = infinite["smallest_low"] > 0
    ratios = [
        each["smallest"] / infinite["unscaled_smallest"] if is_resolved else math.nan
        for each in finite
    ]
    return {
        **picked(infinite, "smoothness", "span"),
        **picked(infinite, "smallest", "smallest_low", "smallest_high"),
        **picked(infinite, "largest", "condition"),
        "is_resolved": is_resolved,
        "width": width,
        "ratio_median": float(np.median(ratios)),
        "ratio_low": float(np.min(ratios)),
        "ratio_high": float(np.max(ratios)),
    }


def _order(claim: Claim, rows: list[Row], names: list[str], in_few: bool) -> Finding:
    """Compare activations with each smooth one on the same points of few dimensions.

    Or on those of many. Few is the paper's log(n)^0.75, rounded up. The case that is
    told is the one farthest behind, or the closest.
    """
    known = {(*_place(row), row["activation"]): row for row in rows}
    compared: list[tuple[float, Answer]] = []
    for row in rows:
        few = row["span"] <= math.ceil(math.log(row["n"]) ** 0.75)
        if not is_smooth(row) or few != in_few:
            continue
        for ours in filter(None, (known.get((*_place(row), name)) for name in names)):
            ahead = ours["smallest_low"] > row["smallest_high"]
            behind = row["smallest_low"] > ours["smallest_high"]
            said = say(
                "{} {}, {} {} on {}, n = {}",
                ours["activation"],
                _resolved(ours),
                row["activation"],
                _resolved(row),
                row["points"],
                str(row["n"]),
            )
            answer = (True if ahead else False if behind else None, said)
            compared.append((ours["smallest"] / row["smallest_high"], answer))
    compared.sort(key=lambda each: each[0])
    return claim.together(
        [answer for _, answer in compared],
        before="λ_min: ",
        nothing="0 pairs of activations were compared.",
    )


def _resolved(row: Row) -> Prose | str:
    """Return λ_min, or what it is at most where float64 cannot tell it from zero."""
    if row["smallest_low"] > 0:
        return number(row["smallest"])
    return say("at most {}", row["smallest_high"])


def _agreement(rows: list[Row]) -> Finding:
    known = [row["ratio_median"] for row in rows if not math.isnan(row["ratio_median"])]
    if not known:
        return _WIDE_AGREES.found(
            "not decided", "Every λ_min is zero within its error."
        )
    least, most = min(known), max(known)
    return _WIDE_AGREES.decided(
        least >= 0.5 and most <= 2.0,
        say(
            f"Median ratios from {{}} to {{}} over {len(known)} cases at width "
            f"{rows[0]['width']}.",
            least,
            most,
        ),
    )


def _place(row: Mapping[str, Any]) -> tuple[str, int]:
    return str(row["points"]), int(row["n"])


EXPERIMENT = Experiment(
    name="panigrahi_eigenvalues",
    title="Eigenvalues of the G-matrix at initialization",
    question="Which activations make training fast, judged by the smallest eigenvalue?",
    source=PANIGRAHI_2020,
    where="Figure 1 (c), (d) and the CIFAR-10 study",
    settings={
        "points": Setting.name(
            "point sets",
            ("half_circle", "sphere_3", "sphere", "cifar10"),
            ("half_circle", "sphere"),
            choices=POINT_SETS,
        ),
        "counts": COUNTS,
        "dimension": DIMENSION,
        "activations": replace(
            activations_setting("relu", "elu", "tanh", "swish"),
            default=("relu", "elu", "selu", "tanh", "swish", "gelu", "square", "cubic"),
        ),
        "width": Setting.whole("hidden units m", 100_000, 4_000, 1, 10**7),
        "trials": Setting.whole("networks per case", 5, 3, 1, 1000),
    },
    claims=(*_AHEAD.values(), _MANY, _WIDE_AGREES),
    assumptions=(
        "The paper's points are recalled as equally spaced on a circle. On a full "
        "circle with even n antipodal pairs make the G-matrix of relu singular, so "
        "half a circle is taken.",
        "Activations are scaled to E σ(g)² = 1, g standard normal. The paper's width "
        "of 10^6 is replaced by the limit, and a finite width beside it.",
    ),
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
    version=2,
)
