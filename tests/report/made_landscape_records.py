"""Records of loss landscapes, computed with NumPy alone."""

import math
from functools import cache
from typing import Any

import numpy as np
from made_evidence import prose
from made_landscapes import (
    blamed,
    full_counts,
    heat_arrays,
    line_arrays,
    plane_arrays,
    slice_arrays,
    wilson,
)
from made_records import HOSTILE, LONG, opening

from widthwise.records import Record

_TRIALS = 40


def landscape(
    *,
    rows: int = 24,
    dimension: int = 2,
    widths: tuple[int, ...] = (4, 8, 12, 16, 24, 32, 48),
    has_labels: bool = True,
    has_pictures: bool = True,
) -> Record:
    """Return the record of a landscape on normal points, labels a smooth function."""
    points = np.random.default_rng(3).standard_normal((rows, dimension))
    labels = np.sin(2 * points[:, 0]) if has_labels else None
    content, arrays = _measured(rows, dimension, widths)
    base = opening(points, labels)
    data = base["data"] | {
        "on_sphere": False,
        "closest_pair": None,
        "most_opposite_pair": None,
        "steps": base["data"]["steps"][:1],
    }
    drawn_width = widths[len(widths) // 2] if widths else 4
    arrays = dict(arrays) if has_pictures else {}
    summary: dict[str, Any] = dict.fromkeys(("network_1d", "regions_2d", "slice"))
    about = {"width": drawn_width, "text": f"A random network of {drawn_width} units."}
    if has_pictures and dimension == 1:
        arrays |= line_arrays(points, labels, drawn_width)
        summary["network_1d"] = about
    if has_pictures and dimension == 2:
        arrays |= plane_arrays(points, drawn_width)
        summary["regions_2d"] = about
    if has_pictures and labels is not None:
        arrays |= slice_arrays(points, labels, drawn_width)
        summary["slice"] = about
    found = content["probability"]
    found_width = next(
        (
            w
            for w, p in zip(found["widths"], found["estimate"], strict=True)
            if p >= 0.9
        ),
        None,
    )
    theorems = _theorems(rows, dimension, found_width)
    return Record(
        {
            **base,
            "kind": "landscape",
            "command": "widthwise landscape table.csv --target lpsa --width 8",
            "data": data,
            "settings": {
                "widths": list(widths),
                "trials": _TRIALS,
                "initialization": "gaussian",
                "biases": True,
                "activation": "relu",
                "confidence": 0.95,
                "threshold_probability": 0.9,
            },
            "verdicts": _verdicts(found_width, content, theorems, labels is not None),
            **content,
            "theorems": theorems,
            "minima": _minima(drawn_width) if labels is not None else None,
            **summary,
            "notes": ["The Jacobian is that of the outputs in the hidden weights."],
        },
        arrays,
    )


@cache
def _measured(
    rows: int, dimension: int, widths: tuple[int, ...]
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    points = np.random.default_rng(3).standard_normal((rows, dimension))
    successes = full_counts(points, list(widths), _TRIALS)
    limits = [wilson(each, _TRIALS) for each in successes]
    estimate = [each / _TRIALS for each in successes]
    half = [w for w, p in zip(widths, estimate, strict=True) if p >= 0.5]
    arrays = heat_arrays(points, list(widths), 10) if widths and rows > 3 else {}
    narrow = widths[min(2, len(widths) - 1)] if widths else None
    return {
        "probability": {
            "widths": list(widths),
            "successes": successes,
            "trials": [_TRIALS] * len(widths),
            "estimate": estimate,
            "low": [low for low, _ in limits],
            "high": [high for _, high in limits],
            "method": "float64",
            "error_probability": 0.0,
            "threshold": {
                "width": float(half[0]) - 0.5 if half else None,
                "standard_error": 0.4 if half else None,
            },
        },
        "rows": [] if narrow is None else blamed(points, narrow, 10),
        "rows_width": narrow,
        "obstacles": [],
        "necessary_width": math.ceil(rows / (dimension + 1)),
    }, arrays


def interrupted() -> Record:
    """Return a record that was stopped before its first width was finished."""
    record = landscape(widths=(), has_labels=False, has_pictures=False)
    return Record({**record.content, "complete": False, "verdicts": []})


def empty_numbers() -> Record:
    """Return one whose every number that may be null is null, and no theorem."""
    record = landscape(rows=4, widths=(2, 3), has_pictures=False)
    content: Any = dict(record.content)
    found = dict(content["probability"])
    found |= {name: [None, None] for name in ("estimate", "low", "high")}
    found |= {"error_probability": None, "threshold": None}
    nothing = dict.fromkeys(("width", "measured", "note"))
    content |= {
        "probability": found,
        "rows": [{"row": 0, "share": None}],
        "rows_width": None,
        "theorems": [each | nothing for each in content["theorems"]],
        "minima": content["minima"] | dict.fromkeys(("estimate", "low", "high")),
        "network_1d": {"width": 2, "text": ""},
    }
    for verdict in content["verdicts"]:
        verdict["number"] = verdict["number_text"] = None
    return Record(content)


def hostile() -> Record:
    """Return a record whose every text tries to get out of its place."""
    record = landscape(rows=8, widths=(2, 4, 8))
    content: Any = dict(record.content)
    content["data"] |= {
        "name": LONG,
        "origin": "<img src=x onerror=alert(2)>",
        "target": "\u202edesrever <b>Größe</b> \x1b[31m 名前",
        "feature_names": [HOSTILE, '" onclick="alert(3)'],
    }
    content["data"]["steps"][0]["detail"] = prose(f"Left out {HOSTILE} {{{{ 7*7 }}}}.")
    content["theorems"] = [
        each
        | {"title": f"{HOSTILE} {place}", "statement": prose(LONG), "trust": HOSTILE}
        | {"formula": f"\\frac{{{HOSTILE}", "assumptions": [prose(HOSTILE)]}
        | {"note": "<!--<script>", "source": f"[bold] {HOSTILE}"}
        for place, each in enumerate(content["theorems"] * 15)
    ]
    content["regions_2d"] = {"width": 4, "text": f"<b>{HOSTILE}"}
    content["slice"] = {"width": 4, "text": "<!--", "loss": HOSTILE}
    content["obstacles"] = [
        {"kind": "repeated", "rows": [3, 17], "text": f"rows {HOSTILE} {place}"}
        for place in range(30)
    ]
    content["notes"] = [HOSTILE]
    content["settings"] |= {"initialization": HOSTILE, "activation": HOSTILE}
    content["command"] = f"widthwise landscape '{HOSTILE}'"
    content["probability"] |= {"method": HOSTILE}
    for verdict in content["verdicts"]:
        verdict["reason"] += f" {HOSTILE}"
    return Record(content, record.arrays)


def _minima(width: int) -> dict[str, Any]:
    low, high = wilson(17, 20)
    return {
        "width": width,
        "regions": 20,
        "with_minimum": 17,
        "with_bad_minimum": 0,
        "estimate": 0.85,
        "low": low,
        "high": high,
        "undecided": 1,
    }


def _theorems(rows: int, dimension: int, measured: int | None) -> list[dict[str, Any]]:
    """Return 2 n log(n / ε) and an order of magnitude, for ε = 0.1."""
    width = math.ceil(2 * rows * math.log(max(rows, 2) / 0.1))
    proved = {
        "name": "theorem_10",
        "title": "Karhadkar et al., Theorem 10",
        "formula": r"2 n \log \frac{n}{\varepsilon}",
        "assumptions": [*map(prose, ("one input column", "biases are trained"))],
        "statement": prose("On a line, all but a tenth of the regions are full."),
        "width": width,
        "is_certificate": dimension == 1,
        "trust": "derived",
        "source": "Karhadkar et al. (2024), arXiv:2305.19510, Theorem 10",
        "measured": measured,
        "note": "" if dimension == 1 else "It speaks of one input column.",
    }
    rough = proved | {
        "name": "theorem_12",
        "title": "Karhadkar et al., Theorem 12",
        "statement": prose("All but a tenth of the regions hold a minimum."),
        "width": 2 * width,
        "is_certificate": False,
        "trust": "recalled",
    }
    return [proved, rough]


def _verdicts(
    width: int | None,
    content: dict[str, Any],
    theorems: list[dict[str, Any]],
    has_labels: bool,
) -> list[dict[str, Any]]:
    worst = content["rows"][0]["row"] if content["rows"] else None
    said = [
        (
            "full_rank",
            "From which width is every local minimum in most regions global?",
            "yes" if width else "no",
            f"From about {width} units on."
            if width
            else "At none of the widths tried.",
            f"Nine in ten of {_TRIALS} random networks have a Jacobian of full rank; "
            "their regions hold no bad local minimum.",
            f"{width} units" if width else None,
        ),
        (
            "obstacle",
            "Which rows hold it back?",
            "yes" if worst is None else "caution",
            "None." if worst is None else f"Row {worst} most often.",
            "It is in the dependency of most Jacobians that have not full rank.",
            None if worst is None else f"row {worst}",
        ),
        (
            "theorem",
            "What do the theorems ask?",
            "caution",
            f"{theorems[0]['title']} asks for {theorems[0]['width']:,} units.",
            "It is a sufficient width, and far more than was needed here.",
            f"{theorems[0]['width']:,} units",
        ),
    ]
    if has_labels:
        said.append(
            (
                "minimum",
                "Does a random region hold a global minimum?",
                "caution",
                "17 of 20 regions do, for these labels.",
                "Each was decided by a linear program; one could not be.",
                "85 %",
            )
        )
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
