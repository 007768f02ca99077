"""Which widths the theorems ask for, against n and d, and the earlier ones."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from widthwise import laws
from widthwise.arrays import Array
from widthwise.bounds import CATALOG as BOUNDS
from widthwise.bounds import RANK_CATALOG
from widthwise.datasets import synthetic_2, uniform_sphere
from widthwise.errors import WidthwiseError
from widthwise.experiments.benson._width_claims import (
    CLAIMS,
    EARLIER,
    OURS,
    RANK,
    along_rows,
    findings,
    width_rows,
)
from widthwise.experiments.shared import (
    Cell,
    Chart,
    Experiment,
    Measurement,
    Progress,
    Setting,
)
from widthwise.kernels import conjugate_kernel, tangent_kernel
from widthwise.seeds import derive
from widthwise.sources import BENSON_2020
from widthwise.spectra import spectrum

__all__ = ["EXPERIMENT"]

_FAILURE = 0.01


def _cells(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    dimensions = list(dict.fromkeys(settings["dimensions"]))
    sizes = [(n, dimensions[0]) for n in dict.fromkeys(settings["points"])]
    sizes += [(settings["fixed_points"], d) for d in dimensions[1:]]
    cells: list[dict[str, Any]] = [
        {
            "data": "uniform",
            "n": n,
            "d": d,
            "activation": name,
            "bias": False,
            "trial": trial,
        }
        for n, d in dict.fromkeys(sizes)
        for name in dict.fromkeys(settings["activations"])
        for trial in range(settings["trials"])
    ]
    return cells + [
        {
            "data": "synthetic_2",
            "n": 100,
            "d": dimensions[0],
            "activation": "relu",
            "bias": bias,
            "trial": trial,
        }
        for bias in (False, True)
        for trial in range(settings["trials"])
    ]


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    """Return λ_min, κ and the width of each theorem; null where it promises none."""
    tell(0.0, f"{cell['activation']}, n = {cell['n']}, d = {cell['d']}")
    points = _points(cell, seed)
    name, law = cell["activation"], laws.Sphere(points.shape[1])
    found = spectrum(conjugate_kernel(points, name, law))
    spectra = {("conjugate", "sphere"): found}
    if name == "relu":
        spectra["tangent_inner", "gaussian"] = spectrum(
            tangent_kernel(points, name, "gaussian", trained="inner")
        )
    widths: dict[str, float | None] = {}
    for each in (*OURS, *EARLIER):
        bound = BOUNDS[each]
        own = spectra.get((bound.kernel, bound.law))
        widths[each] = None
        if own is not None and not own.is_singular:
            try:
                widths[each] = float(bound.width(own, _FAILURE).value)
            except WidthwiseError:  # It does not speak of this activation.
                continue
    try:
        widths[RANK] = float(
            RANK_CATALOG[RANK].width(points, name, law, _FAILURE).value
        )
    except WidthwiseError:
        widths[RANK] = None
    return {
        "smallest": found.smallest,
        "is singular": found.is_singular,
        "condition": found.condition_number,
        "widths": widths,
    }


def _points(cell: Cell, seed: int) -> Array:
    drawn = derive(seed, "experiments/benson_widths", cell["trial"])
    if cell["data"] == "uniform":
        points = uniform_sphere(cell["n"], cell["d"], drawn).points
    else:
        points = synthetic_2(92, cell["d"], drawn).points
    if not cell["bias"]:
        return points
    lifted: Array = torch.hstack([points, torch.ones_like(points[:, :1])])
    lengths: Array = torch.linalg.vector_norm(lifted, dim=1, keepdim=True)
    return lifted / lengths


def _conclude(
    settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    first = settings["dimensions"][0]
    widths, bias = width_rows(cells, results)
    exponents = along_rows(widths, first, settings["fixed_points"])
    return Measurement(
        {"exponents": exponents, "widths": widths, "bias": bias},
        findings(widths, exponents, bias),
        notes=(
            "A theorem whose constant is lost is taken with the constant 1: its "
            "exponents count, not its numbers.",
        ),
        charts=_CHARTS,
    )


_CHARTS = (
    Chart(
        name="points",
        title="The widths that the theorems ask for, by the number of points.",
        table="widths",
        x="n",
        y="width",
        by="theorem",
        panels="activation",
        only={"along": "n"},
        low="least",
        high="most",
        log="xy",
        x_label="points n",
        y_label="width m",
        caption="Median; bars: least and most of the draws. δ = 0.01.",
    ),
    Chart(
        name="dimensions",
        title="The same by the dimension.",
        table="widths",
        x="d",
        y="width",
        by="theorem",
        panels="activation",
        only={"along": "d"},
        low="least",
        high="most",
        log="xy",
        x_label="dimension d",
        y_label="width m",
    ),
)

EXPERIMENT = Experiment(
    name="benson_widths",
    title="The widths of the theorems, against n and d",
    question="How do the widths that the theorems ask for grow with n and d, beside "
    "those of earlier work?",
    source=BENSON_2020,
    where="Lemmas 2.8 and 2.10, Theorem 4.5, Remarks 2.6 and 4.7",
    settings={
        "activations": Setting.name(
            "the activations",
            ("relu", "wendland2"),
            ("relu",),
            choices=("relu", "swish", "wendland0", "wendland2"),
        ),
        "points": Setting.whole(
            "n at the first dimension",
            (50, 100, 200, 400, 800),
            (20, 40, 80),
            8,
            10_000,
        ),
        "dimensions": Setting.whole(
            "d; the first goes with every n", (10, 5, 7, 15, 20), (6, 4, 9), 3, 1000
        ),
        "fixed_points": Setting.whole("n where d varies", 200, 40, 8, 10_000),
        "trials": Setting.whole("draws of the points", 6, 3, 2, 1000),
    },
    claims=CLAIMS,
    assumptions=(
        "Points are uniform on the sphere, failure probability 0.01. The lemmas' "
        "constants are derived; those of the earlier bounds are unknown and taken as "
        "1.",
        "The earlier bounds are Du et al. (2019), Theorem 5.1 of the first and the "
        "older n⁶ / λ⁴ of a two-layer network, with the tangent kernel's λ_min.",
        "Remark 2.6: a constant 1 is appended to the points, which are then brought "
        "back to the sphere.",
    ),
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
