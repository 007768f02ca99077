"""λ_min against n, angle and span as tables, with the exponents fitted to it."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from widthwise.estimates import Estimate, mean, power_law
from widthwise.experiments.shared import Cell, Row, gathered, grouped, picked

__all__ = ["tables_of"]

_EXACT = 1e-9
"""The values carry no noise, so that only their scatter around a power law counts."""


def tables_of(
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
    fitted_from: int,
    fitted_to: float,
) -> dict[str, list[Row]]:
    """Return a table for each kind of cell, and one of exponents."""
    by_kind = {
        kind: [
            (cell, result)
            for cell, result in zip(cells, results, strict=True)
            if cell["kind"] == kind
        ]
        for kind in ("half circle", "pair", "span", "polynomial")
    }
    circle = [
        {**picked(cell, "activation", "n"), **result}
        for cell, result in by_kind["half circle"]
    ]
    exponents = [*_in_n(circle, fitted_from), *_in_angle(by_kind["pair"], fitted_to)]
    return {
        "exponents": exponents,
        "half circle": circle,
        "pair": _medians(by_kind["pair"], "angle"),
        "span": _medians(by_kind["span"], "span"),
        "polynomials": [
            {**picked(cell, "activation", "n", "span", "width"), **result}
            for cell, result in by_kind["polynomial"]
        ],
    }


def _in_n(rows: list[Row], fitted_from: int) -> list[Row]:
    """Fit λ_min ~ n^p with a jump, -log λ_min ~ n^p where σ is smooth."""
    found = []
    for name, own in grouped(rows, "activation").items():
        smooth = math.isinf(own[0]["smoothness"])
        used = [
            row for row in own if row["low"] > 0 and (smooth or row["n"] >= fitted_from)
        ]
        values = [-math.log(row["high"]) if smooth else row["smallest"] for row in used]
        if len(used) < 3 or min(values) <= 0:
            continue
        fit = power_law({"n": [row["n"] for row in used]}, values, [_EXACT] * len(used))
        if fit:
            of = "-log λ_min in n" if smooth else "λ_min in n"
            found.append(_exponent_row(name, own[0]["smoothness"], of, fit["n"]))
    return found


def _in_angle(pairs: Sequence[tuple[Cell, Mapping[str, Any]]], to: float) -> list[Row]:
    """Fit λ_min ~ δ^p draw by draw, and average the exponents."""
    if not pairs:
        return []
    cells, results = zip(*pairs, strict=True)
    found = []
    for (name,), own in gathered(cells, results, "activation").items():
        angles = [cell for cell in cells if cell["activation"] == name]
        exponents = []
        for trial in dict.fromkeys(cell["trial"] for cell in angles):
            used = [
                (cell["angle"], result["smallest"])
                for cell, result in zip(angles, own, strict=True)
                if cell["trial"] == trial and cell["angle"] <= to and result["low"] > 0
            ]
            if len(used) >= 3:
                x, y = (np.log(column) for column in zip(*used, strict=True))
                exponents.append(float(np.polyfit(x, y, 1)[0]))
        if len(exponents) >= 2:
            smoothness = own[0]["smoothness"]
            found.append(_exponent_row(name, smoothness, "λ_min in δ", mean(exponents)))
    return found


def _exponent_row(name: str, smoothness: float | int, of: str, found: Estimate) -> Row:
    return {
        "activation": name,
        "smoothness": smoothness,
        "of": of,
        "exponent": found.value,
        "low": found.low,
        "high": found.high,
    }


def _medians(pairs: Sequence[tuple[Cell, Mapping[str, Any]]], along: str) -> list[Row]:
    if not pairs:
        return []
    cells, results = zip(*pairs, strict=True)
    rows = []
    for (name, n, place), own in gathered(
        cells, results, "activation", "n", along
    ).items():
        values = [each["smallest"] for each in own]
        rows.append(
            {
                "activation": name,
                "smoothness": own[0]["smoothness"],
                "n": n,
                along: place,
                "smallest": float(np.median(values)),
                "least": min(values),
                "most": max(values),
                "is resolved": all(each["low"] > 0 for each in own),
            }
        )
    return rows
