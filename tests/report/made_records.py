"""Records as a diagnosis makes them, computed with NumPy alone."""

from typing import Any

import numpy as np
from made_evidence import evidence, prose

from widthwise.records import Record

HOSTILE = "</script><script>alert(1)</script>"
LONG = "a_very_long_name_" * 12
WIDTHS = (97, 200, 500, 1000, 2000)


def sphere_points(
    count: int = 97, dimension: int = 8, *, planted: bool = False
) -> np.ndarray:
    """Return points of the unit sphere; planted: the last is opposite to the first."""
    generator = np.random.default_rng(7)
    points = generator.standard_normal((count, dimension))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    if planted:
        points[-1] = -points[0]
    return points


def diagnosis(
    names: tuple[str, ...] = ("relu", "swish", "wendland0", "tanh"),
    *,
    points: np.ndarray | None = None,
    widths: tuple[int, ...] = WIDTHS,
    has_labels: bool = True,
    **changes: Any,
) -> Record:
    """Return a record of these activations on `points`, labels a smooth function."""
    points = sphere_points(planted=True) if points is None else points
    labels = points.sum(axis=1) + points[:, 0] ** 2 if has_labels else None
    arrays: dict[str, np.ndarray] = {}
    found = []
    for place, name in enumerate(names):
        content, own = evidence(place, name, points, labels, widths)
        found.append(content)
        arrays |= {f"{content['key']}/{key}": value for key, value in own.items()}
    content = {
        **opening(points, labels),
        "kind": "diagnosis",
        "settings": {
            "law": "sphere",
            "widths": list(widths),
            "trials": 5,
            "probability": 0.99,
            "tolerances": [0.01, 1e-6],
            "bias": False,
            "training_width": widths[-1],
            "epsilon": 0.5,
        },
        "verdicts": _verdicts(found),
        "activations": found,
        "notes": [
            "The Gram matrix is G = ΦΦᵀ with Φ scaled by 1/√m.",
            "A step is one of full-batch gradient descent on ½‖Φv − y‖².",
        ],
    }
    return Record(content | changes, arrays)


def opening(points: np.ndarray, labels: np.ndarray | None) -> dict[str, Any]:
    """Return what a record of every kind says of where it is from, and of the data."""
    return {
        "schema": 1,
        "widthwise": "0.1.0",
        "created": "2026-01-02T03:04:05+00:00",
        "environment": {
            "created": "2026-01-02T03:04:05+00:00",
            "python": "3.11.2",
            "platform": "Linux-6.1-x86_64",
            "cores": 2,
            "packages": {"widthwise": "0.1.0", "torch": "2.13.0", "numpy": None},
        },
        "command": "widthwise diagnose table.csv --target lpsa",
        "seed": 0,
        "data": _data(points, labels),
        "complete": True,
    }


def hostile() -> Record:
    """Return a record whose every name tries to get out of its place."""
    record = diagnosis(("relu", "tanh"))
    content: Any = record.content
    data = content["data"]
    data["name"] = HOSTILE
    data["origin"] = "<img src=x onerror=alert(2)>"
    data["target"] = "\u202edesrever <b>Größe</b> \x1b[31m 名前"
    data["feature_names"] = [HOSTILE, LONG, '" onclick="alert(3)', "<!--<script>"]
    data["steps"][0]["detail"] = prose(f"Left out {HOSTILE} {{{{ 7*7 }}}}.")
    for each, name in zip(
        content["activations"], (f"mine {HOSTILE} [bold]", LONG), strict=True
    ):
        each["name"] = name
    for verdict in content["verdicts"]:
        verdict["activation"] = content["activations"][0]["name"]
        verdict["reason"] += f" {HOSTILE}"
    content["command"] = f"widthwise diagnose '{HOSTILE}'"
    return record


def _data(points: np.ndarray, labels: np.ndarray | None) -> dict[str, Any]:
    count, dimension = points.shape
    return {
        "name": "prostate",
        "origin": "/data/prostate.csv",
        "rows": count,
        "rows_total": count,
        "dimension": dimension,
        "inputs": dimension,
        "feature_names": [f"column {place}" for place in range(dimension)],
        "target": None if labels is None else "lpsa",
        "steps": [
            {
                "name": "standardized",
                "detail": prose("Each column was brought to mean 0 and deviation 1."),
                "numbers": {"columns": dimension},
            },
            {
                "name": "projected",
                "detail": prose("Each row was divided by its norm."),
                "numbers": {"least_norm": 0.8312345, "greatest_norm": 5.2},
            },
        ],
        "sample_note": None,
        "targets": None
        if labels is None
        else {
            "smallest": float(labels.min()),
            "largest": float(labels.max()),
            "mean": float(labels.mean()),
            "deviation": float(labels.std()),
            "distinct": int(np.unique(labels).size),
        },
        "closest_pair": {"rows": [3, 41], "angle": 0.0448},
        "most_opposite_pair": {"rows": [0, count - 1], "angle": 0.0},
        "constant_target": False,
    }


def _verdicts(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    name = found[-2]["name"] if len(found) > 1 else found[0]["name"]
    rows = (
        (
            "fits",
            "Will it fit?",
            "caution",
            f"It depends on the activation: {name} can fit any labels; tanh cannot fit "
            "these labels at any width.",
            "tanh: rows 0 and 96 are opposite, and an odd activation gives them "
            "opposite outputs whatever its weights. Cure: append a constant column.",
            96.0,
            "rank 96 of 97 with tanh",
            "tanh",
        ),
        (
            "width",
            "How wide?",
            "yes",
            f"4,131 {name} units fit any labels, proved.",
            "A theorem, for these rows with probability 99 %; 131 fit in every trial. "
            "In 400 random networks that many units gave full rank with probability "
            "0.99 (95 % interval 124 to 140). A theorem certifies 3.4e5 units.",
            131.0,
            "131 units",
            name,
        ),
        (
            "speed",
            "How fast?",
            "yes",
            "13,600 steps to a relative residual of 1 %, 4.79e5 to one in a million.",
            "Gradient descent on the last layer of 2,000 units with the best step; the "
            "condition number is 5.66e4, the number of steps grows with it.",
            13_600.0,
            "13,600 steps",
            name,
        ),
        (
            "activation",
            "Which activation?",
            "yes",
            f"{name}, of the {len(found)} tried.",
            f"Steps to 1 % and condition number at 2,000 units: {name} 13,600 steps, "
            "κ 5.66e4; relu 9.3e5 steps, κ 3.8e5.",
            5.66e4,
            "κ = 5.66e4",
            name,
        ),
    )
    keys = (
        "question",
        "title",
        "status",
        "answer",
        "reason",
        "number",
        "number_text",
        "activation",
    )
    return [dict(zip(keys, row, strict=True)) for row in rows]
