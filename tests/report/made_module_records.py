"""Records of the diagnosis of a module, computed with NumPy alone."""

import math
from typing import Any

import numpy as np
from made_evidence import prose
from made_modules import Net, part, real_run
from made_records import HOSTILE, LONG, opening, sphere_points

from widthwise.records import Record


def module_diagnosis(
    *,
    rows: int = 60,
    dimension: int = 5,
    width: int = 200,
    has_labels: bool = True,
    epochs: int = 200,
    step_factor: float | int = 1.0,
) -> Record:
    """Return a record of a two-layer tanh module; labels a smooth function.

    A `step_factor` above 1 takes that many times the best step of all layers.
    """
    points = 1.5 * sphere_points(rows, dimension)
    labels = np.sin(points.sum(axis=1)) + points[:, 0] ** 2 if has_labels else None
    net = Net.drawn(dimension, width)
    first, last = net.blocks(points)
    error = None if labels is None else labels - net.outputs(points)
    whole = np.concatenate([first, last], axis=1)
    last_part, last_arrays = part("last_layer", last, error)
    every_part, every_arrays = part("tangent", whole, error)
    arrays = last_arrays | every_arrays
    training, curve = every_part["training"], None
    if labels is not None and epochs:
        step = step_factor * training["step"]
        run = real_run(net, points, labels, step, epochs)
        arrays |= run
        curve = _curve(run, step, training["largest_stable_step"])
    trace = float(np.sum(whole**2))
    layers = [
        _layer("hidden", width * (dimension + 1), float(np.sum(first**2)) / trace),
        _layer("readout", width + 1, float(np.sum(last**2)) / trace),
    ]
    base = opening(points, labels)
    parameters = width * (dimension + 2) + 1
    content = {
        **base,
        "kind": "module-diagnosis",
        "command": "widthwise diagnose table.csv --target lpsa --module nets:tanh",
        "data": _data(base["data"], dimension),
        "module": {
            "name": "nets:tanh",
            "kind": "Sequential",
            "parameters": parameters,
            "trainable": parameters,
            "outputs": 1,
            "dtype": "float64",
            "layer": "readout",
            "feature_width": width,
            "has_bias": True,
            "layers": layers,
        },
        "settings": {
            "epochs": epochs,
            "tolerances": [0.01, 1e-6],
            "layer": None,
            "input_shape": None,
        },
        "verdicts": _verdicts(width + 1, last_part, every_part, curve),
        "parts": [last_part, every_part],
        "curve": curve,
        "notes": [
            "Residuals are relative to the one at the start, ‖y − f₀‖.",
            "A step is one of full-batch gradient descent on ½‖f − y‖².",
        ],
    }
    return Record(content, arrays)


def stopped() -> Record:
    """Return a run at four times the best step, stopped when it diverged."""
    record = module_diagnosis(step_factor=4.0)
    steps = len(record.arrays["curve/steps"]) - 1
    assert 2 < steps < 200
    record.arrays["curve/real"][-1] = math.inf  # type: ignore[index]
    return _changed(
        record, "curve", stopped=prose(f"the loss was not finite after step {steps}.")
    )


def interrupted() -> Record:
    """Return a record that was interrupted before the module was trained."""
    record = module_diagnosis(epochs=0)
    return Record({**record.content, "complete": False}, record.arrays)


def empty_numbers() -> Record:
    """Return one whose every number that may be null is null."""
    record = module_diagnosis(rows=6, width=9, epochs=5)
    content: Any = dict(record.content)
    for each in content["parts"]:
        for key in ("largest", "smallest", "condition_number", "condition_interval"):
            each["spectrum"][key] = None
        each["training"] |= dict.fromkeys(
            ("step", "largest_stable_step", "floor", "condition_number")
        )
        each["training"]["steps"] = {"0.01": None, "1e-06": None}
    for key in ("step", "largest_stable_step", "final_real", "final_predicted"):
        content["curve"][key] = None
    for layer in content["module"]["layers"]:
        layer["share"] = None
    for verdict in content["verdicts"]:
        verdict["number"] = verdict["number_text"] = None
    return Record(content, record.arrays)


def hostile() -> Record:
    """Return a record whose every name tries to get out of its place."""
    record = module_diagnosis(rows=12, width=6, epochs=9)
    content: Any = record.content
    content["module"] |= {
        "name": f"mine {HOSTILE} [bold]",
        "kind": '<img src=x onerror="alert(2)">',
        "layer": LONG,
        "dtype": "<!--<script>",
        "outputs": 3,
        "layers": [
            _layer(f"{HOSTILE} {LONG} {place}", 10**place, 1 / 40)
            for place in range(40)
        ],
    }
    content["data"] |= {
        "name": LONG,
        "target": "\u202edesrever <b>Größe</b> \x1b[31m 名前",
        "feature_names": [HOSTILE, LONG],
        "input_shape": [3, 32, 32],
    }
    content["data"]["steps"][0]["detail"] = prose(f"Left out {HOSTILE} {{{{ 7*7 }}}}.")
    for each, name in zip(content["parts"], (HOSTILE, LONG), strict=True):
        each["name"] = each["words"] = name
    for verdict in content["verdicts"]:
        verdict["reason"] += f" {HOSTILE}"
    content["curve"]["stopped"] = prose(f"the loss said {HOSTILE}")
    content["settings"]["layer"] = HOSTILE
    content["command"] = f"widthwise diagnose '{HOSTILE}'"
    return record


def _changed(record: Record, key: str, **changes: Any) -> Record:
    part_of = {**record.content[key], **changes}
    return Record({**record.content, key: part_of}, record.arrays)


def _layer(name: str, parameters: int, share: float) -> dict[str, Any]:
    return {"name": name, "parameters": parameters, "share": share}


def _curve(run: dict[str, np.ndarray], step: float, largest: float) -> dict[str, Any]:
    return {
        "epochs": int(run["curve/steps"][-1]),
        "step": step,
        "largest_stable_step": largest,
        "stopped": None,
        "final_real": float(run["curve/real"][-1]),
        "final_predicted": float(run["curve/predicted"][-1]),
    }


def _data(base: dict[str, Any], dimension: int) -> dict[str, Any]:
    return base | {
        "on_sphere": False,
        "input_shape": [dimension],
        "closest_pair": None,
        "most_opposite_pair": None,
        "steps": base["steps"][:1],
    }


def _verdicts(
    features: int,
    last: dict[str, Any],
    every: dict[str, Any],
    curve: dict[str, Any] | None,
) -> list[dict[str, Any]]:
    rows, enough = last["spectrum"]["size"], not last["spectrum"]["is_singular"]
    training = every["training"]
    steps = training["steps"]["0.01"]
    ran = (
        ""
        if curve is None
        else f" {curve['epochs']} real steps: relative residual "
        f"{curve['final_real']:.3g}, predicted {curve['final_predicted']:.3g}."
    )
    said = [
        (
            "fits",
            "Will it fit?",
            "yes",
            "Yes, any labels, if all its layers are trained.",
            f"The last layer has rank {last['spectrum']['rank']} on {rows} rows, the "
            f"tangent kernel {every['spectrum']['rank']} of "
            f"{every['spectrum']['size']}.",
            f"rank {every['spectrum']['rank']} of {every['spectrum']['size']}",
        ),
        (
            "width",
            "How wide?",
            "yes" if enough else "caution",
            f"{'Wide enough' if enough else 'Too narrow'} for its last layer alone.",
            f"It has {features} features, their bias counted, for {rows} rows.",
            f"{features} for {rows} rows",
        ),
        (
            "speed",
            "How fast?",
            "yes",
            f"{steps:,.0f} steps to a relative residual of 1 %, training all layers.",
            f"Gradient descent: best step {training['step']:.3g}, stable below "
            f"{training['largest_stable_step']:.3g}.{ran}",
            f"{steps:,.0f} steps",
        ),
        (
            "layers",
            "Train which layers?",
            "yes",
            "All its layers.",
            "Steps to 1 %: fewer with all its layers than with its last alone.",
            f"κ = {training['condition_number']:,.0f}",
        ),
    ]
    return [
        {
            "question": question,
            "title": title,
            "status": status,
            "answer": answer,
            "reason": reason,
            "number": None,
            "number_text": number_text,
            "activation": None,
        }
        for question, title, status, answer, reason, number_text in said
    ]
