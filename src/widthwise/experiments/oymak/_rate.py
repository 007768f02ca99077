"""How fast gradient descent fits, against the rate that the Jacobian predicts."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import numpy as np

from widthwise import activations
from widthwise.dynamics.by_layer import follow, two_layer_on_data
from widthwise.experiments.oymak._points import DATA, trial_points, trial_targets
from widthwise.experiments.oymak._rate_charts import CHARTS
from widthwise.experiments.oymak._rate_claims import CLAIMS, findings
from widthwise.experiments.oymak._rate_rows import (
    curve_rows,
    mark_rows,
    means,
    run_row,
)
from widthwise.experiments.oymak._spectrum import DataNumbers, data_numbers
from widthwise.experiments.shared import (
    Cell,
    Experiment,
    Measurement,
    Progress,
    Row,
    Setting,
    kept_steps,
    picked,
)
from widthwise.machine import limited_threads
from widthwise.seeds import derive
from widthwise.sources import OYMAK_2020

__all__ = ["EXPERIMENT"]

_SETTINGS = {
    "activations": Setting.name(
        "the activations",
        ("relu", "softplus", "tanh"),
        ("relu", "softplus"),
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
    "widths": Setting.whole(
        "hidden units k, rounded up to even",
        (64, 128, 256, 512, 1024, 2048),
        (64, 128, 256),
        low=2,
        high=10**6,
    ),
    "data": Setting.name(
        "where the points come from", "sphere", "sphere", choices=DATA
    ),
    "points": Setting.whole("the number n of points", 40, 20, low=2, high=2000),
    "dimension": Setting.whole("the dimension d", 20, 12, low=2, high=784),
    "trials": Setting.whole("trials of a width", 8, 3, low=2, high=1000),
    "decades": Setting.whole(
        "powers of ten by which ‖f - y‖ / ‖y‖ comes down", 9, 6, low=2, high=12
    ),
    "most_steps": Setting.whole(
        "steps after which a run is given up", 50_000, 10_000, 1, 10**8
    ),
}

_ASSUMPTIONS = (
    "Points are uniform on the sphere (or images, see `data`); labels are +1 or -1 at "
    "random; the inner layer is trained, W_0 is standard normal and v = ± ‖y‖/sqrt(kn) "
    "is fixed.",
    "The step is 1/λ_max(J_0 J_0ᵀ); the paper's η of order n / (B² ‖y‖² ‖X‖²) is a "
    "lower bound of that order.",
    "The theorem's rate is known up to a constant only, so it is shown as the order "
    "η ‖v‖² λ(X).",
)


def _cells(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "data": settings["data"],
            "n": settings["points"],
            "d": settings["dimension"],
            "activation": name,
            "width": width,
            "trial": trial,
            "decades": settings["decades"],
            "most_steps": settings["most_steps"],
        }
        for name in settings["activations"]
        for width in sorted({width + width % 2 for width in settings["widths"]})
        for trial in range(settings["trials"])
    ]


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    tell(0.0, f"{cell['activation']}, width {cell['width']}, trial {cell['trial']}")
    # Many products of small matrices: threads that wait for one another cost more.
    with limited_threads(1):
        trial = cell["trial"]
        place = (cell["data"], cell["n"], cell["d"], trial, seed)
        start = two_layer_on_data(
            activations.get(cell["activation"]),
            trial_points(*place),
            trial_targets(cell["n"], trial, seed),
            cell["width"],
            derive(seed, "experiments/oymak_rate/weights", trial),
        )
        path = follow(start, cell["decades"], cell["most_steps"])
        if path is None:
            return {"arrived": False}
        numbers = _data_numbers(cell["activation"], *place)
    kept = kept_steps(len(path.residuals) - 1)
    return {
        "arrived": True,
        "run": run_row(path, numbers, cell["n"]),
        "marks": [asdict(mark) for mark in path.marks],
        "residuals": path.residuals[kept].tolist(),
        "steps": len(path.residuals) - 1,
    }


@lru_cache(maxsize=64)
def _data_numbers(
    name: str, data: str, count: int, dimension: int, trial: int, seed: int
) -> DataNumbers:
    """Return what all widths of a trial share."""
    points = trial_points(data, count, dimension, trial, seed)
    return data_numbers(points, activations.get(name))


def _conclude(
    _settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    tables: dict[str, list[Row]] = {"runs": [], "marks": [], "curves": []}
    arrays: dict[str, np.ndarray] = {}
    for cell, found in zip(cells, results, strict=True):
        if not found["arrived"]:
            continue
        place = picked(cell, "activation", "width", "trial")
        tables["runs"].append({**place, **found["run"]})
        tables["marks"] += [{**place, **row} for row in mark_rows(found["marks"])]
        if cell["trial"] == 0:
            name = f"{cell['activation']}/{cell['width']}/residual"
            arrays[name] = np.array(found["residuals"])
            tables["curves"] += [{**place, **row} for row in curve_rows(found)]
    runs = tables["runs"]
    lost = len(cells) - len(runs)
    return Measurement(
        {**tables, "means": means(runs)},
        findings(runs, lost),
        arrays,
        (f"{lost} runs did not come to the residual asked for.",) * bool(lost),
        CHARTS,
    )


EXPERIMENT = Experiment(
    name="oymak_rate",
    title="How fast gradient descent fits, against what the Jacobian predicts",
    question="Does the misfit fall geometrically at the tangent kernel's rate, with "
    "the weights near their start, and from which width on?",
    source=OYMAK_2020,
    where="Main theorems on training the inner layer",
    settings=_SETTINGS,
    claims=CLAIMS,
    assumptions=_ASSUMPTIONS,
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
