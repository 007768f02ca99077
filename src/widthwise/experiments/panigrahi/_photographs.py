"""Photographs by the thousand: spectra, and real training on some of them."""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import torch

from widthwise import activations, datasets
from widthwise.arrays import Array
from widthwise.estimates import mean
from widthwise.experiments.panigrahi._limit_run import limit_run
from widthwise.experiments.panigrahi._photograph_claims import CLAIMS, findings
from widthwise.experiments.panigrahi._points import (
    PIXELS,
    activations_setting,
    is_available,
)
from widthwise.experiments.shared import (
    Cell,
    Chart,
    Experiment,
    Measurement,
    Progress,
    Row,
    Setting,
    gathered,
    kept_steps,
    picked,
    shown_steps,
)
from widthwise.kernels import feature_scale, tangent_kernel
from widthwise.laws import Gaussian
from widthwise.seeds import derive, stream
from widthwise.sources import PANIGRAHI_2020
from widthwise.spectra import extended_smallest, spectrum

__all__ = ["EXPERIMENT"]

_FEW = 100
"""Photographs of a class that are read where no more are asked for; else all are."""

_EXTENDED = 100
"""Photographs up to which an eigenvalue that float64 does not resolve is enclosed."""


def _cells(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    if not is_available("cifar10"):
        return []
    names = list(dict.fromkeys(settings["activations"]))
    most = max(*settings["counts"], settings["trained"])
    shared = {"per class": _FEW if most <= 9 * _FEW else None}
    found: list[dict[str, Any]] = [
        {
            "kind": "spectrum",
            **shared,
            "n": n,
            "dimension": dimension,
            "activation": name,
        }
        for n in sorted(set(settings["counts"]))
        for dimension in sorted(set(settings["dimensions"]))
        for name in names
    ]
    return found + [
        {
            "kind": "training",
            **shared,
            "n": settings["trained"],
            "dimension": min(settings["dimensions"]),
            "activation": name,
            **picked(settings, "width", "steps"),
            "trial": trial,
        }
        for name in names
        for trial in range(settings["trials"])
    ]


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    act = activations.for_dimension(cell["activation"], cell["dimension"])
    tell(0.0, f"{act.name}, n = {cell['n']}, {cell['dimension']} components")
    points, classes = _photographs(cell, seed)
    if cell["kind"] == "training":
        # The first five classes against the others.
        labels = torch.where(classes < 5, 1.0, -1.0).double()
        return limit_run(
            act,
            points,
            labels,
            cell["width"],
            derive(seed, "panigrahi_photographs", cell["trial"]),
            cell["steps"],
            tell,
        )
    scale = feature_scale(act) ** 2
    found = spectrum(tangent_kernel(points, act, Gaussian(), "inner"))
    low, high = found.smallest_interval
    if low <= 0 and cell["n"] <= _EXTENDED:
        proved = extended_smallest(points, act, Gaussian(), "tangent_inner", digits=3)
        low, high = float(proved.lower), float(proved.upper)
    middle = len(points) // 2
    values = found.eigenvalues
    return {
        "smoothness": act.smoothness,
        "low": scale * low,
        "high": scale * high,
        "largest": scale * found.largest,
        "middle": float(values[middle] / values[0]),
        "rounding": float((found.upper_bounds - found.eigenvalues)[middle] / values[0]),
    }


def _photographs(cell: Cell, seed: int) -> tuple[Array, Array]:
    """Return photographs on the sphere, drawn at random, and their classes."""
    data = _every(cell["dimension"], cell["per class"])
    name = f"panigrahi_photographs/{cell.get('trial', 'spectrum')}"
    rows = stream(seed, name).permutation(len(data.points))[: cell["n"]]
    assert data.targets is not None
    points = data.points[rows]
    lengths = torch.linalg.vector_norm(points, dim=1, keepdim=True)
    return points / lengths, data.targets[rows]


@lru_cache(maxsize=2)
def _every(components: int, count: int | None) -> datasets.Dataset:
    wanted = None if components == PIXELS else components
    return datasets.load("cifar10_subset", count=count, components=wanted)


def _conclude(
    settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    spectra: list[Row] = []
    training: list[Row] = []
    curves: list[Row] = []
    ends: dict[str, np.ndarray] = {}
    for (kind, n, dimension, name), own in gathered(
        cells, results, "kind", "n", "dimension", "activation"
    ).items():
        place = {"n": n, "components": dimension, "activation": name}
        if kind == "spectrum":
            (found,) = own
            spectra.append(
                {
                    **place,
                    "points": _called(dimension),
                    **picked(found, *(key for key in found if key != "rounding")),
                    "middle error": found["rounding"],
                    "is_resolved": found["middle"] > found["rounding"],
                    "λ_min": (found["low"] + found["high"]) / 2,
                    "λ_min is resolved": found["low"] > 0,
                }
            )
            continue
        ends[name] = np.log([each["end"] for each in own])
        end = mean(ends[name])
        training.append(
            {
                **place,
                **picked(own[0], "smoothness"),
                "networks": len(own),
                "end": math.exp(end.value),
                "worst gap": math.exp(max(each["gap"] for each in own)),
            }
        )
        for which in ("real", "predicted"):
            average = np.exp(np.log([each[which] for each in own]).mean(axis=0))
            kept = kept_steps(settings["steps"])
            curves += [
                {
                    "activation": name,
                    "run": which,
                    "step": kept[at],
                    "residual": float(average[at]),
                }
                for at in shown_steps(len(kept) - 1)
            ]
    notes = () if cells else ("The photographs are not at hand.",)
    return Measurement(
        {"spectra": spectra, "training": training, "curves": curves},
        findings(spectra, training, ends, min(settings["dimensions"])),
        notes=notes,
        charts=_CHARTS,
    )


def _called(dimension: int) -> str:
    return "all pixels" if dimension == PIXELS else f"{dimension} components"


_CHARTS = (
    Chart(
        name="middle",
        title="The middle of the spectrum on photographs, over the largest eigenvalue.",
        table="spectra",
        x="n",
        y="middle",
        by="activation",
        panels="points",
        only={"is_resolved": True},
        log="xy",
        figure="The CIFAR-10 study",
        x_label="photographs n",
        y_label="λ in the middle / λ_max",
        caption="Infinite width. Values that float64 cannot tell from zero are left "
        "out.",
    ),
    Chart(
        name="smallest",
        title="The smallest eigenvalue on photographs.",
        table="spectra",
        x="n",
        y="λ_min",
        low="low",
        high="high",
        by="activation",
        panels="points",
        only={"λ_min is resolved": True},
        log="xy",
        x_label="photographs n",
        y_label="λ_min of the G-matrix",
        caption=f"E σ(g)² = 1; up to n = {_EXTENDED} in more digits where needed.",
    ),
    Chart(
        name="training",
        title="Training on photographs, and what the limit's kernel says.",
        table="curves",
        x="step",
        y="residual",
        by="run",
        panels="activation",
        log="y",
        figure="The CIFAR-10 study",
        x_label="step of gradient descent",
        y_label="‖y − f‖ / ‖y − f₀‖",
    ),
)

EXPERIMENT = Experiment(
    name="panigrahi_photographs",
    title="Photographs by the thousand",
    question="How do the spectra of the G-matrix on photographs depend on their number "
    "and the activation, and does training follow?",
    source=PANIGRAHI_2020,
    where="The CIFAR-10 study",
    settings={
        "counts": Setting.whole(
            "photographs n of a spectrum",
            (100, 500, 1000, 2000, 4000),
            (40, 80),
            4,
            10_000,
        ),
        "dimensions": Setting.whole(
            "principal components; 3072 is all pixels", (10, PIXELS), (5, 50), 2, PIXELS
        ),
        "activations": activations_setting("relu", "tanh"),
        "trained": Setting.whole("photographs to train on", 500, 30, 4, 4000),
        "width": Setting.whole("hidden units m", 8192, 500, 2, 10**8),
        "steps": Setting.whole("steps of gradient descent", 200, 20, 1, 10**6),
        "trials": Setting.whole("networks", 3, 2, 2, 1000),
    },
    claims=CLAIMS,
    assumptions=(
        "The paper's 10^4 photographs are recalled; the file at hand has 4,000, the "
        "first of the training set, and n goes up to all of them.",
        "Photographs are on the sphere, as they are or on their first principal "
        "components; labels are five classes against the other five.",
    ),
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
