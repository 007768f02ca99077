"""How wide a network must be for gradient descent to fit random labels."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from widthwise import activations
from widthwise.dynamics.by_layer import (
    TwoLayerOnData,
    descend,
    outer_losses,
    two_layer_on_data,
)
from widthwise.experiments.oymak._phase_charts import charts
from widthwise.experiments.oymak._phase_claims import CLAIMS, exponents, findings
from widthwise.experiments.oymak._phase_rows import (
    cell_rows,
    diagram_rows,
    places_of,
    sizes,
    threshold_row,
    widths,
)
from widthwise.experiments.oymak._points import DATA, trial_points, trial_targets
from widthwise.experiments.shared import (
    Cell,
    Experiment,
    Measurement,
    Progress,
    Row,
    Setting,
    grouped,
    picked,
)
from widthwise.machine import limited_threads
from widthwise.seeds import derive
from widthwise.sources import OYMAK_2020

__all__ = ["EXPERIMENT"]

_SETTINGS = {
    "activations": Setting.name(
        "the activations",
        ("relu", "softplus"),
        ("relu",),
        choices=(
            "relu",
            "leaky_relu",
            "softplus",
            "gelu",
            "swish",
            "elu",
            "tanh",
            "sigmoid",
            "erf",
        ),
    ),
    "trained": Setting.name(
        "which layers are trained",
        ("inner", "outer", "both"),
        ("inner", "outer", "both"),
        choices=("inner", "outer", "both"),
    ),
    "data": Setting.name(
        "where the points come from", "sphere", "sphere", choices=DATA
    ),
    "points": Setting.whole(
        "the numbers n of points at the first dimension",
        (90, 135, 200, 300),
        (30, 45),
        low=8,
        high=5000,
    ),
    "dimensions": Setting.whole(
        "the dimensions d; the first goes with every n, the others with `fixed_points`",
        (20, 14, 28),
        (8, 12),
        low=2,
        high=784,
    ),
    "fixed_points": Setting.whole("n where d varies", 200, 45, low=8, high=5000),
    "ratios": Setting.real(
        "trained weights per point, kd / n (or k / n for the outer layer)",
        (0.5, 0.7, 0.85, 1.0, 1.2, 1.4, 1.7, 2.0, 2.8, 4.0),
        (0.5, 1.2, 4.0),
        low=0.01,
        high=1000,
    ),
    "outer_ratios": Setting.real(
        "more of them for the outer layer, which needs more in as many steps",
        (8.0, 16.0, 32.0),
        (8.0,),
        low=0.01,
        high=1000,
    ),
    "trials": Setting.whole("trials of a width", 12, 3, low=2, high=10_000),
    "steps": Setting.whole(
        "steps of real gradient descent", 6000, 300, low=1, high=10**7
    ),
    "outer_steps": Setting.real(
        "steps of the outer layer, by the closed form", 1e12, 1e12, 1, 1e300
    ),
    "tolerance": Setting.real(
        "the relative loss ‖f - y‖² / ‖y‖² that counts as success",
        0.01,
        0.05,
        low=1e-12,
        high=0.5,
    ),
}

_ASSUMPTIONS = (
    "Points are uniform on the sphere (or images, see `data`); labels are +1 or -1 at "
    "random. The paper's sizes, labels, tolerance and number of steps are lost.",
    "Success is a relative loss ‖f - y‖² / ‖y‖² of at most `tolerance` within `steps` "
    "steps of gradient descent, so a threshold is one for this budget. The step is "
    "1/λ_max of the tangent kernel at the start, halved when the loss has risen over "
    "20 steps.",
    "A threshold that falls by more than its standard error between half of the steps "
    "and all of them is limited by the steps; an exponent from such thresholds decides "
    "nothing.",
    "f = s Σ a_r φ(w_r·x) with s = ‖y‖/sqrt(kn), a = ±1 alternating, k even, W_0 "
    "standard normal; the outer weights that the paper fixes are s a.",
    "When both layers are trained, W and a each have a step from their own part of the "
    "tangent kernel. With one step for W and s a, the outer part's eigenvalues are of "
    "order k larger, and W would hardly move.",
    "The outer layer alone starts from the same a and is followed by its closed form "
    "for `outer_steps` steps; 'outer, as many steps' is the same run after `steps`.",
    "A trial keeps its points, labels and weights over all widths: a narrower network "
    "is a part of a wider one.",
)


def _cells(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "data": settings["data"],
            "n": count,
            "d": dimension,
            "activation": name,
            "trained": trained,
            "width": width,
            "trial": trial,
            "steps": settings["steps"],
            **_end(settings, trained),
        }
        for count, dimension in sizes(settings)
        for name in settings["activations"]
        for trained in sorted(settings["trained"], key=lambda each: each == "outer")
        for width in sorted(set(widths(settings, trained, count, dimension)))
        for trial in range(settings["trials"])
    ]


def _end(settings: Mapping[str, Any], trained: str) -> dict[str, float]:
    name = "outer_steps" if trained == "outer" else "tolerance"
    return {name: settings[name]}


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    """Return the losses and how many points are silent at the start."""
    count, dimension, trial = cell["n"], cell["d"], cell["trial"]
    tell(0.0, f"{cell['activation']}, {count} points in dimension {dimension}")
    # Many products of small matrices: threads that wait for one another cost more.
    with limited_threads(1):
        start = two_layer_on_data(
            activations.get(cell["activation"]),
            trial_points(cell["data"], count, dimension, trial, seed),
            trial_targets(count, trial, seed),
            cell["width"],
            derive(seed, f"experiments/oymak/weights/{count}/{dimension}", trial),
        )
        silent = _silent(start)
        if cell["trained"] == "outer":
            counts = [cell["outer_steps"], float(cell["steps"])]
            losses = outer_losses(start, counts + [each // 2 for each in counts])
            names = ("loss", "loss_as_long", "loss_early", "loss_early_as_long")
            return {"silent": silent, **dict(zip(names, losses, strict=True))}
        run = descend(start, cell["trained"], cell["steps"], cell["tolerance"])
    return {
        "silent": silent,
        "loss": run.relative_loss,
        "steps": run.steps,
        "halvings": run.halvings,
    }


def _silent(start: TwoLayerOnData) -> int:
    """Return at how many points no unit has a derivative other than zero.

    No inner weight can change the output there.
    """
    slopes = start.act.derivative(start.arguments())
    return int((slopes == 0).all(dim=1).sum())


def _conclude(
    settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    places = places_of(cells, results, settings["tolerance"])
    rows = [row for place in places for row in cell_rows(place)]
    thresholds = [threshold_row(place) for place in places]
    fits = exponents(thresholds)
    tables = {
        "thresholds": thresholds,
        "exponents": [
            {
                "activation": name,
                "trained": layers,
                "of": variable,
                "exponent": each.value,
                "standard_error": each.error,
                "low": each.low,
                "high": each.high,
            }
            for (name, layers), found in fits.items()
            for variable, each in found.items()
        ],
        "cells": rows,
        "diagram": diagram_rows(settings, rows, thresholds),
    }
    return Measurement(
        tables=tables,
        findings=findings(thresholds),
        arrays=_arrays(rows),
        notes=_notes(rows),
        charts=charts(settings),
    )


def _arrays(cells: list[Row]) -> dict[str, np.ndarray]:
    """Return n, d, width and share of success, for each activation and layer."""
    return {
        "/".join(key).replace(", ", "-").replace(" ", "-"): np.array(
            [list(picked(row, "n", "d", "width", "share").values()) for row in rows]
        )
        for key, rows in grouped(cells, "activation", "trained").items()
    }


def _notes(cells: list[Row]) -> tuple[str, ...]:
    silent = [row for row in cells if row["silent_share"] > 0.001]
    if not silent:
        return ()
    widest = max(row["width"] for row in silent)
    return (
        "A rectifier network of few units is silent at a share 2^-k of the points, "
        "where no gradient reaches an inner weight; that, rather than kd, limits the "
        f"narrowest networks (here up to {widest} units).",
    )


EXPERIMENT = Experiment(
    name="oymak_phase_diagram",
    title="How wide a network must be for gradient descent to fit random labels",
    question="At which width does training the inner layer, the outer one or both "
    "begin to succeed, and how does it grow with n and d?",
    source=OYMAK_2020,
    where="Section on numerical experiments",
    settings=_SETTINGS,
    claims=CLAIMS,
    assumptions=_ASSUMPTIONS,
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
