"""Whether training both layers improves the conditioning of the last one."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
import torch

from widthwise.datasets import synthetic_1
from widthwise.dynamics import train
from widthwise.experiments.benson._joint_charts import CHARTS
from widthwise.experiments.benson._joint_claims import CLAIMS, findings, growth
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
from widthwise.networks import TwoLayer
from widthwise.seeds import derive
from widthwise.sources import BENSON_2020

__all__ = ["EXPERIMENT"]

_SETTINGS = {
    "activations": Setting.name(
        "the activations; the first goes with every variation, the others vary it",
        ("relu", "swish", "elu", "tanh"),
        ("relu", "elu"),
        choices=("relu", "swish", "elu", "tanh", "gelu", "softplus", "leaky_relu"),
    ),
    "widths": Setting.whole(
        "hidden units m, likewise", (1000, 600, 2000), (100,), 1, 10**6
    ),
    "steps": Setting.real(
        "initial steps η of momentum, likewise", (1.0, 0.1), (0.3,), low=1e-12, high=1e6
    ),
    "adam_steps": Setting.real(
        "initial steps of Adam", (0.001, 0.01), (0.01,), low=1e-12, high=1e6
    ),
    "points": Setting.whole("the number n of points", 500, 60, low=2, high=20_000),
    "dimension": Setting.whole("the dimension d", 10, 6, low=2, high=1000),
    "law": Setting.name(
        "the law of the inner weights at the start",
        "sphere",
        "sphere",
        choices=("sphere", "gaussian"),
    ),
    "precision": Setting.name(
        "the floating point of weights and gradients",
        "float32",
        "float32",
        choices=("float32", "float64"),
    ),
    "batch_size": Setting.whole("points in one step", 10, 10, low=1, high=20_000),
    "momentum": Setting.real("the momentum μ", 0.9, 0.9, low=0.0, high=0.9999),
    "weight_decay": Setting.real("the weight decay", 1e-5, 1e-5, low=0.0, high=1.0),
    "decay": Setting.real(
        "what the step is multiplied by after an epoch", 0.99, 0.99, 1e-3, 1.0
    ),
    "epochs": Setting.whole("passes over the points", 100, 5, low=1, high=10**6),
    "track_every": Setting.whole(
        "epochs from one κ(G) to the next", 10, 1, low=1, high=10**6
    ),
    "trials": Setting.whole("independent runs", 5, 3, low=2, high=1000),
}

_ASSUMPTIONS = (
    "Synthetic-1 has n = 500 uniform points and y the sum of the coordinates; its "
    "dimension d, the width, the initial step, the scaling of loss and network and the "
    "number of epochs are lost, and read as the settings say; relu is the activation "
    "that the context is about.",
    "f(x) = m^(-1/2) Σ v_r σ(w_r·x), w_r uniform on the sphere and v_r standard normal "
    "at the start; the loss of a batch is half its sum of squares.",
    "κ(G) is measured in float64 from the weights, which are float32.",
    "Wendland activations are left out: they are defined on [-1, 1], and their "
    "arguments leave it as soon as the inner weights are trained.",
    "The first activation, width and step make the base run with momentum; each other "
    "setting is changed alone.",
)


_KEPT = (
    "law",
    "precision",
    "batch_size",
    "momentum",
    "weight_decay",
    "decay",
    "epochs",
    "track_every",
)
"""The settings that no variation changes."""


def _cells(settings: Mapping[str, Any]) -> list[Row]:
    return [
        {**changed, **picked(settings, "points", "dimension"), "trial": trial}
        for _, _, changed in _variants(settings)
        for trial in range(settings["trials"])
    ]


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    """Return κ(G), the relative residual and, at the end, the distance of W.

    κ(G) is measured in float64, so that float32 limits the training alone.
    """
    trial, dimension = cell["trial"], cell["dimension"]
    said = ", ".join(
        (
            cell["activation"],
            f"width {cell['width']}",
            cell["optimizer"],
            f"trial {trial}",
        )
    )
    drawn = derive(seed, "experiments/benson_joint/points", trial)
    data = synthetic_1(cell["points"], dimension, drawn)
    start = derive(seed, "experiments/benson_joint/weights", trial)
    network = TwoLayer(
        dimension, cell["width"], cell["activation"], law=cell["law"], seed=start
    ).to(getattr(torch, cell["precision"]))
    is_adam = cell["optimizer"] == "adam"
    # Batches of ten points: threads that wait for one another cost more.
    with limited_threads(1):
        run = train(
            network,
            data.points,
            data.targets,
            **picked(cell, "optimizer", "step", "epochs", "batch_size"),
            **picked(cell, "weight_decay", "decay", "track_every"),
            momentum=None if is_adam else cell["momentum"],
            track=("condition_number", "residual"),
            seed=start,
            progress=lambda part, _said: tell(part, said),
        )
    assert isinstance(run.network, TwoLayer)
    before, after = (
        each.inner.weight.detach().double() for each in (network, run.network)
    )
    moved = torch.linalg.vector_norm(after - before) / torch.linalg.vector_norm(before)
    return {
        "epochs": run.epochs.tolist(),
        "condition_number": run.condition_number.tolist(),
        "residual": run.residual.tolist(),
        "distance": float(moved),
        "stopped": run.stopped,
    }


def _conclude(
    settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    runs: list[Row] = []
    epochs: list[Row] = []
    arrays: dict[str, np.ndarray] = {}
    stopped = []
    left = iter(zip(cells, results, strict=True))
    for variation, variant, _ in _variants(settings):
        curves = []
        for cell, run in islice(left, settings["trials"]):
            trial = cell["trial"]
            if run["stopped"]:
                why, _, _ = run["stopped"].partition(":")  # the numbers are its rows
                stopped.append(f"{variant}, trial {trial}: {why}")
            place = {"variation": variation, "variant": variant, "trial": trial}
            runs.append({**place, **_run_row(run)})
            epochs += [
                {**place, "epoch": epoch, "condition_number": number, "residual": each}
                for epoch, number, each in zip(
                    run["epochs"], run["condition_number"], run["residual"], strict=True
                )
            ]
            curves.append(run)
        arrays[f"{variant}/epochs"] = np.array(curves[0]["epochs"])
        if len({tuple(run["epochs"]) for run in curves}) == 1:
            arrays[f"{variant}/condition_number"] = np.array(
                [run["condition_number"] for run in curves]
            )
    return Measurement(
        tables={
            "variants": _summary(runs),
            "runs": runs,
            "epochs": epochs,
            "curves": _curves(epochs),
        },
        findings=findings(runs),
        arrays=arrays,
        notes=tuple(stopped),
        charts=CHARTS,
    )


def _variants(settings: Mapping[str, Any]) -> Iterator[tuple[str, str, Row]]:
    """Yield what is varied, its name, and the part of a cell; the base first."""
    names, widths, steps = (
        list(dict.fromkeys(settings[name]))
        for name in ("activations", "widths", "steps")
    )
    base = {
        "activation": names[0],
        "width": widths[0],
        "step": steps[0],
        "optimizer": "momentum",
        **picked(settings, *_KEPT),
    }
    yield "base", f"{names[0]}, width {widths[0]}, step {steps[0]:g}", base
    for step in dict.fromkeys(settings["adam_steps"]):
        # Adam takes no momentum, so its numbers do not depend on one.
        changed = {"optimizer": "adam", "step": step, "momentum": 0.0}
        yield "optimizer", f"adam, step {step:g}", {**base, **changed}
    for name in names[1:]:
        yield "activation", name, {**base, "activation": name}
    for width in widths[1:]:
        yield "width", f"width {width}", {**base, "width": width}
    for step in steps[1:]:
        yield "step", f"step {step:g}", {**base, "step": step}


def _run_row(run: Mapping[str, Any]) -> dict[str, Any]:
    first, last = run["condition_number"][0], run["condition_number"][-1]
    whole = run["stopped"] is None and math.isfinite(first) and math.isfinite(last)
    return {
        "first": first,
        "last": last,
        "largest": max(run["condition_number"]),
        "log10_growth": math.log10(last / first) if whole else math.nan,
        "residual": run["residual"][-1],
        "distance": run["distance"],
    }


def _summary(runs: list[Row]) -> list[Row]:
    """Return medians and growth by variant, over the runs that finished."""
    rows = []
    for (variation, variant), some in grouped(runs, "variation", "variant").items():
        whole = [row for row in some if math.isfinite(row["log10_growth"])]
        found = growth(whole) if whole else None
        rows.append(
            {
                "variation": variation,
                "variant": variant,
                **{
                    f"median_{name}": (
                        float(np.median([row[name] for row in whole]))
                        if whole
                        else None
                    )
                    for name in ("first", "last", "residual", "distance")
                },
                "log10_growth": None if found is None else found.value,
                "low": None if found is None else found.low,
                "high": None if found is None else found.high,
                "runs": len(some),
                "runs_that_finished": len(whole),
            }
        )
    return rows


def _curves(epochs: list[Row]) -> list[Row]:
    """Return the median, least and greatest κ(G) of each variant at each epoch."""
    place = ("variation", "variant", "epoch")
    rows = []
    for key, own in grouped(epochs, *place).items():
        numbers = [row["condition_number"] for row in own]
        rows.append(
            {
                **dict(zip(place, key, strict=True)),
                "median": float(np.median(numbers)),
                "least": min(numbers),
                "greatest": max(numbers),
                "trials": len(numbers),
            }
        )
    return rows


EXPERIMENT = Experiment(
    name="benson_joint_training",
    title="Whether training both layers improves the conditioning of the last one",
    question="Does κ(G) fall or rise when the inner weights are trained too, and does "
    "that depend on the optimizer, the activation, the width or the step?",
    source=BENSON_2020,
    where="Appendix A.3, Figure 4",
    settings=_SETTINGS,
    claims=CLAIMS,
    assumptions=_ASSUMPTIONS,
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
    version=3,
)
