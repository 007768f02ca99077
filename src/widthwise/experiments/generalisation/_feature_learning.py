"""Feature learning against the lazy regime: a coordinate check over widths."""

import math
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

import numpy as np
import torch

from widthwise.arrays import Array
from widthwise.dynamics import gradient_descent, linear_model_from_kernel, train
from widthwise.estimates import mean
from widthwise.experiments.shared import (
    Answer,
    Cell,
    Chart,
    Claim,
    Experiment,
    Finding,
    Measurement,
    Progress,
    Row,
    Setting,
    exponent_estimate,
    exponent_rows,
    gathered,
    picked,
    with_interval,
    within,
)
from widthwise.features import module_tangent_kernel
from widthwise.machine import limited_threads
from widthwise.networks import FullyConnected
from widthwise.prose import say
from widthwise.seeds import derive, stream
from widthwise.sources import YANG_HU_2021

__all__ = ["EXPERIMENT"]

_PARAMETRIZATIONS = ("ntk", "mup", "standard")
_STEPS = {"ntk": 0.1, "mup": 0.1, "standard": 0.001}
"""Of gradient descent; the same at every width."""

_NEAR = 0.1
_WHERE = "Beyond the paper: the exponents as numbers, in networks of finite width"
_MEASURED = "exponent of the width m in the root mean square move, over all widths"
_OUTSIDE = "an exponent whose interval lies farther than 0.1 from the one claimed"
_OURS = "0.1; the theory is of infinite width"

QUANTITIES = {
    "unit": "move of a hidden unit",
    "unit_at_once": "move of a hidden unit in the first step",
    "output": "move of an output",
    "output_at_once": "move of an output in the first step",
    "kernel": "relative change of the tangent kernel",
    "gap": "distance to linear over move",
}


def _claim(name: str, statement: str, measured: str = _MEASURED) -> Claim:
    return Claim(
        name, statement, _WHERE, measured, _OUTSIDE, origin="ours", cut_off=_OURS
    )


_LAZY = _claim(
    "ntk_is_lazy",
    "In the NTK parametrization outputs move by as much at every width, and hidden "
    "units by m^(-1/2).",
)
_LEARNS = _claim(
    "mup_learns_features",
    "In muP outputs and hidden units move by as much at every width.",
)
_STANDARD = _claim(
    "standard_has_no_limit",
    "In the standard parametrization a step that does not change with the width moves "
    "the outputs by m, and the hidden units by m^(1/2), at once.",
    "the same of the first step",
)
_KERNEL = Claim(
    "the_kernel_stands_still_in_one",
    "Under NTK the tangent kernel changes by m^(-1/2) or less, and the network nears "
    "its linear model as fast; under muP neither.",
    _WHERE,
    "exponent of the width in the relative change of the kernel on the points, and in "
    "the distance of the outputs from the linear model's, over how far they moved",
    "under NTK an exponent whose interval lies above -0.4, under muP one farther than "
    "0.1 from 0",
    origin="ours",
    cut_off=_OURS,
)

_SETTINGS = {
    "parametrizations": Setting.name(
        "parametrizations",
        _PARAMETRIZATIONS,
        _PARAMETRIZATIONS,
        choices=_PARAMETRIZATIONS,
    ),
    "widths": Setting.whole(
        "units m of each hidden layer",
        (64, 128, 256, 512),
        (16, 32, 64),
        1,
        8192,
    ),
    "activation": Setting.name(
        "activation", "tanh", "tanh", choices=("tanh", "erf", "gelu", "swish", "relu")
    ),
    "depth": Setting.whole("hidden layers", 2, 2, 1, 8),
    "points": Setting.whole("points n", 24, 12, 2, 500),
    "dimension": Setting.whole("dimension d", 8, 5, 2, 500),
    "epochs": Setting.whole("steps of gradient descent", 20, 5, 2, 10**4),
    "trials": Setting.whole("draws of points and weights", 8, 2, 2, 1_000),
}


def _cells(settings: Mapping[str, Any]) -> list[Row]:
    shared = {
        "activation": settings["activation"],
        "depth": settings["depth"],
        "n": settings["points"],
        "dimension": settings["dimension"],
        "epochs": settings["epochs"],
    }
    return [
        {"parametrization": name, "width": width, **shared, "trial": trial}
        for name in settings["parametrizations"]
        for width in sorted(settings["widths"])
        for trial in range(settings["trials"])
    ]


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    name, trial = cell["parametrization"], cell["trial"]
    tell(0.0, f"{name}, width {cell['width']}, trial {trial}")
    drawn = stream(seed, "generalisation/features/points", trial).standard_normal(
        (cell["n"], cell["dimension"])
    )
    points = torch.from_numpy(drawn)
    targets = torch.sin(2 * points[:, 0]) * points[:, 1]
    network = FullyConnected(
        cell["dimension"],
        cell["width"],
        cell["activation"],
        depth=cell["depth"],
        parametrization=name,
        seed=derive(seed, "generalisation/features/weights", trial),
    )
    with limited_threads(1):
        begin = _state(network, points)
        targets = targets + begin[1]
        first, last, trained = _trained(network, points, targets, cell)
        kernels = [_tangent_kernel(each, points) for each in (network, trained)]
        model = linear_model_from_kernel(kernels[0], targets, initial=begin[1])
        linear = gradient_descent(model, _STEPS[name]).train(cell["epochs"])
    change = torch.linalg.matrix_norm(kernels[1] - kernels[0])
    found = {
        "unit": _size(last[0] - begin[0]),
        "unit_at_once": _size(first[0] - begin[0]),
        "output": _size(last[1] - begin[1]),
        "output_at_once": _size(first[1] - begin[1]),
        "kernel": float(change / torch.linalg.matrix_norm(kernels[0])),
    }
    return {**found, "gap": _size(last[1] - linear) / found["output"]}


def _state(network: FullyConnected, points: Array) -> tuple[Array, Array]:
    """Return the units of the last hidden layer, and the outputs."""
    with torch.no_grad():
        units = points
        for layer in network.hidden_layers:
            units = network.act(layer(units))
        return units, network(points)


def _trained(
    network: FullyConnected, points: Array, targets: Array, cell: Cell
) -> tuple[tuple[Array, Array], tuple[Array, Array], FullyConnected]:
    """Return the state after the first step and after the last, and the network."""
    copy, states = deepcopy(network), []

    def keep(epoch: int, _measured: Any) -> None:
        if epoch in (1, cell["epochs"]):
            states.append(_state(copy, points))

    step = _STEPS[cell["parametrization"]]
    train(
        copy,
        points,
        targets,
        step=step,
        epochs=cell["epochs"],
        callback=keep,
        in_place=True,
    )
    return states[0], states[-1], copy


def _tangent_kernel(network: FullyConnected, points: Array) -> Array:
    kernel: Array = module_tangent_kernel(network, points)
    return kernel


def _size(values: Array) -> float:
    return float(values.square().mean().sqrt())


def _conclude(
    _settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    rows: list[Row] = []
    seen = gathered(cells, results, "parametrization", "width")
    for (name, width), own in seen.items():
        for key, words in QUANTITIES.items():
            # Means of logarithms: what is fitted is a power.
            found = mean(np.log([each[key] for each in own]))
            rows.append(
                {
                    "parametrization": name,
                    "width": width,
                    "quantity": words,
                    "value": math.exp(found.value),
                    "low": math.exp(found.low),
                    "high": math.exp(found.high),
                    "log_error": found.error,
                }
            )
    exponents = exponent_rows(
        rows,
        "parametrization",
        "quantity",
        variables=("width",),
        value="value",
        log_error="log_error",
    )
    tables = {
        "moves": [
            picked(row, *(key for key in row if key != "log_error")) for row in rows
        ],
        "exponents": exponents,
    }
    return Measurement(tables, _findings(exponents), charts=_CHARTS)


def _findings(exponents: Sequence[Row]) -> tuple[Finding, ...]:
    found = {
        (row["parametrization"], row["quantity"]): exponent_estimate(row)
        for row in exponents
    }

    def answers(*cases: tuple[str, str, float, float]) -> list[Answer]:
        given: list[Answer] = []
        for name, key, low, high in cases:
            each = found.get((name, QUANTITIES[key]))
            if each is not None:
                said = say(f"{name}, {QUANTITIES[key]}: {{}}", with_interval(each))
                given.append(within(each, said, low, high))
        return given

    def about(name: str, key: str, power: float | int) -> tuple[str, str, float, float]:
        return name, key, power - _NEAR, power + _NEAR

    none = "It takes the parametrization, and 3 widths."
    return (
        _LAZY.together(
            answers(about("ntk", "output", 0), about("ntk", "unit", -0.5)),
            nothing=none,
        ),
        _LEARNS.together(
            answers(about("mup", "output", 0), about("mup", "unit", 0)), nothing=none
        ),
        _STANDARD.together(
            answers(
                about("standard", "output_at_once", 1),
                about("standard", "unit_at_once", 0.5),
            ),
            nothing=none,
        ),
        _KERNEL.together(
            answers(
                ("ntk", "kernel", -math.inf, -0.5 + _NEAR),
                ("ntk", "gap", -math.inf, -0.5 + _NEAR),
                about("mup", "kernel", 0),
                about("mup", "gap", 0),
            ),
            nothing=none,
        ),
    )


_CHARTS = tuple(
    Chart(
        name=name,
        title=title,
        table="moves",
        x="width",
        y="value",
        low="low",
        high="high",
        by="parametrization",
        only={"quantity": QUANTITIES[key]},
        log="xy",
        x_label="units m of each hidden layer",
        y_label=QUANTITIES[key],
        caption="Geometric mean over the trials with its 95 % interval; the step is "
        "the same at every width.",
    )
    for name, title, key in (
        ("units", "Under NTK hidden units move less and less; under muP they do not.",
         "unit"),
        ("outputs", "Under NTK and muP outputs move by as much at every width.",
         "output"),
        ("kernel", "The tangent kernel stands still in wide networks under NTK alone.",
         "kernel"),
        ("gap", "Under NTK a wide network is its linear model.", "gap"),
        ("first_step", "One step in the standard parametrization moves outputs by m.",
         "output_at_once"),
    )
)  # fmt: skip

EXPERIMENT = Experiment(
    name="generalisation_feature_learning",
    title="Feature learning against the lazy regime",
    question="How far do hidden units, outputs and the tangent kernel move, by width "
    "and parametrization?",
    source=YANG_HU_2021,
    where="Table 1 and the dichotomy of feature learning and kernel regimes",
    settings=_SETTINGS,
    claims=(_LAZY, _LEARNS, _STANDARD, _KERNEL),
    assumptions=(
        "Fully-connected networks, all layers trained by full-batch gradient descent "
        "on standard normal points. The target is sin(2 x_1) x_2 more than the outputs "
        "at the start, so that all widths have the same residual there.",
        "The steps are 0.1 for NTK and muP and 0.001 for the standard parametrization, "
        "at every width: small enough that no run diverges.",
        "The linear model is that of the tangent kernel at the start, with the same "
        "step.",
    ),
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
