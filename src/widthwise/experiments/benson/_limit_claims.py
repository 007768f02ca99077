"""The spectrum of G_inf as tables, and the claims on it."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from widthwise.estimates import Estimate, is_within, mean
from widthwise.experiments.shared import (
    Answer,
    Cell,
    Claim,
    Finding,
    Row,
    exponent_estimate,
    gathered,
    grouped,
    number,
    with_interval,
)
from widthwise.prose import say

__all__ = ["CLAIMS", "findings", "tables_of"]

_FIT = 0.1
_BAND = 0.25

_POSITIVE = Claim(
    name="wendland_is_positive_definite",
    statement="For distinct points and any support 0 < α < 2 a Wendland activation has "
    "a positive definite G_inf.",
    where="Theorem 3.9",
    measured="λ_min of G_inf with its error bound, over supports and dimensions",
    refuted_by="a λ_min that is certainly not positive",
    origin="paper",
)
_BETTER = Claim(
    name="wendland_is_better_conditioned",
    statement="G_inf of Wendland activations is better conditioned than that of relu "
    "on the synthetic points, in every dimension.",
    where="Beyond Section 3.5, whose dimension is lost: the dimension swept",
    measured="κ(G_inf) of each over that of relu, by dimension",
    refuted_by="a dimension in which it is certainly larger",
    origin="ours",
)
_PAIR = Claim(
    name="near_points_cost_their_angle_squared",
    statement="As two points come together λ_min falls, and Theorem 4.5's width grows, "
    "with the square of their angle, for every activation here.",
    where="Beyond Theorem 4.5: its dependence on near-parallel points",
    measured="exponents of the closest angle",
    refuted_by="an interval outside 2 ± 0.25, or -2 ± 0.25",
    origin="ours",
)
_SWISH = Claim(
    name="swish_comes_to_its_limit",
    statement="κ(G) comes to κ(G_inf) where float64 cannot resolve it: images with "
    "swish.",
    where="Section 3.5, Figure 1",
    measured="κ(G) of one wide layer over κ(G_inf) with proved digits",
    refuted_by="a ratio outside 0.8 to 1.25",
    origin="paper",
    cut_off="near is a factor of 1.25, at the width that was run",
)

CLAIMS = (_POSITIVE, _BETTER, _PAIR, _SWISH)


def tables_of(
    cells: Sequence[Cell], results: Sequence[Mapping[str, Any]]
) -> dict[str, list[Row]]:
    """Return a table for each kind of cell, and one of exponents."""
    pairs = list(zip(cells, results, strict=True))
    found: dict[str, list[Row]] = {
        kind: [
            {
                **{k: v for k, v in cell.items() if k not in ("kind", "points")},
                **result,
            }
            for cell, result in pairs
            if cell["kind"] == kind
        ]
        for kind in ("dimension", "support", "swish")
    }
    near = [pair for pair in pairs if pair[0]["kind"] == "angle"]
    found["angle"], found["pair widths"] = _pair_rows(near)
    found["exponents"] = _exponents(near)
    return found


def _pair_rows(
    pairs: Sequence[tuple[Cell, Mapping[str, Any]]],
) -> tuple[list[Row], list[Row]]:
    smallest: list[Row] = []
    widths: list[Row] = []
    if not pairs:
        return smallest, widths
    for (name, angle), own in gathered(
        *zip(*pairs, strict=True), "activation", "angle"
    ).items():
        place = {"activation": name, "angle": angle}
        values = [each["smallest"] for each in own]
        smallest.append({**place, "smallest": float(np.median(values))})
        widths += [
            {
                **place,
                "theorem": theorem,
                "width": float(np.median([each["widths"][theorem] for each in own])),
            }
            for theorem in own[0]["widths"]
            if all(theorem in each["widths"] for each in own)
        ]
    return smallest, widths


def _exponents(pairs: Sequence[tuple[Cell, Mapping[str, Any]]]) -> list[Row]:
    """Fit powers of the angle draw by draw, and average the exponents."""
    logs: dict[tuple[str, str], dict[int, list[tuple[float, float]]]] = {}
    for cell, result in pairs:
        if cell["angle"] > _FIT:
            continue
        for of, value in (("λ_min", result["smallest"]), *result["widths"].items()):
            own = logs.setdefault((cell["activation"], of), {})
            point = (math.log(cell["angle"]), math.log(max(value, 1e-300)))
            own.setdefault(cell["trial"], []).append(point)
    rows = []
    for (name, of), draws in logs.items():
        slopes = [
            float(np.polyfit([x for x, _ in points], [y for _, y in points], 1)[0])
            for points in draws.values()
            if len(points) >= 3
        ]
        if len(slopes) >= 2:
            found = mean(slopes)
            rows.append(
                {
                    "activation": name,
                    "of": of,
                    "exponent": found.value,
                    "low": found.low,
                    "high": found.high,
                }
            )
    return rows


def findings(tables: Mapping[str, list[Row]]) -> tuple[Finding, ...]:
    """Decide the claims."""
    exponents = tables["exponents"]
    return (
        _positive(tables["support"]),
        _BETTER.together(_better(tables["dimension"]), nothing="0 could be compared."),
        _PAIR.together(
            [
                *_fitted(exponents, "λ_min", 2),
                *_fitted(exponents, "benson_theorem_4_5", -2),
            ],
            nothing="0 exponents were fitted.",
        ),
        _SWISH.together(
            [_ratio(row) for row in tables["swish"]], nothing="0 layers were run."
        ),
    )


def _positive(rows: list[Row]) -> Finding:
    proved = sum(row["smallest low"] > 0 for row in rows)
    refuted = sum(row["smallest high"] <= 0 for row in rows)
    least = min(rows, key=lambda row: row["smallest over mean"])
    return _POSITIVE.decided(
        False if refuted else True if proved == len(rows) else None,
        say(
            f"{proved} of {len(rows)} are positive beyond their error; the least λ_min "
            f"over the mean diagonal is {{}}, {least['activation']} at d = "
            f"{least['dimension']}, α = {{:3}}.",
            least["smallest over mean"],
            least["alpha"],
        ),
    )


def _better(rows: list[Row]) -> list[Answer]:
    answers: list[Answer] = []
    for (dataset, d), own in grouped(rows, "dataset", "dimension").items():
        by = {row["activation"]: row for row in own}
        relu = by.get("relu")
        for name, row in by.items():
            if relu is None or not name.startswith("wendland"):
                continue
            holds = (
                True
                if row["at most"] < relu["at least"]
                else False
                if row["at least"] > relu["at most"]
                else None
            )
            if holds is not True:
                said = say(
                    f"{name}, {dataset}, d = {d}: at least {{}}, relu at most {{}}",
                    number(row["at least"]),
                    number(relu["at most"]),
                )
                answers.append((holds, said))
            else:
                answers.append((True, f"{name}, {dataset}, d = {d}: smaller"))
    return answers


def _fitted(rows: list[Row], of: str, centre: int) -> list[Answer]:
    answers: list[Answer] = []
    for row in rows:
        if row["of"] == of:
            exponent = exponent_estimate(row)
            said = say("{}, {}: {}", row["activation"], of, with_interval(exponent))
            answers.append((is_within(exponent, centre - _BAND, centre + _BAND), said))
    return answers


def _ratio(row: Row) -> Answer:
    low, high = (row["condition"] / row[name] for name in ("limit high", "limit low"))
    said = say(
        f"{row['dataset']}: κ(G) = {{}} at width {row['width']}, κ(G_inf) = {{:5}}, "
        "ratio {:4}",
        row["condition"],
        row["limit low"],
        high,
    )
    return is_within(Estimate(high, low, high), 0.8, 1.25), said
