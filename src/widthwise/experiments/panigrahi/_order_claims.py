"""What is said of the order of λ_min, class by class, and how a run decides it."""

import math
from collections.abc import Mapping

from widthwise.experiments.shared import (
    Answer,
    Claim,
    Finding,
    Row,
    at_least,
    exponent_estimate,
    grouped,
    with_interval,
    within,
)
from widthwise.prose import Prose, say

__all__ = ["CLAIMS", "findings"]

_BAND = 0.25

_LOWER = Claim(
    name="lower_bounds_with_a_jump",
    statement="With a jump in the r-th derivative λ_min falls no faster than δ/n³ (r = "
    "1), or δ³/n⁷ (r = 2).",
    where="Theorems on J_r; the exponents are recalled",
    measured="exponent of n in λ_min on half a circle, where δ is of order 1/n",
    refuted_by="an interval below -4 for r = 1, or below -10 for r = 2",
    origin="paper",
)
_SMOOTH = Claim(
    name="smooth_in_few_dimensions",
    statement="For smooth activations and points that span d' dimensions -log λ_min "
    "grows at least like n^(1/(2d')).",
    where="Theorem on smooth activations in low dimension; the exponent is recalled",
    measured="exponent of n in -log λ_min on half a circle, d' = 2, in extended "
    "precision",
    refuted_by="an interval below 1/4",
    origin="paper",
)
_POLYNOMIALS = Claim(
    name="polynomials_are_singular",
    statement="For a polynomial and more points than its degree and their span allow, "
    "λ_min is zero at every width.",
    where="Theorem on polynomials; the exact rank is ours",
    measured="rank of the G-matrix, at infinite and at finite width, beside the count "
    "of harmonics",
    refuted_by="a rank above that count, or n itself",
    origin="paper",
)
_SPAN = Claim(
    name="span_lifts_smooth_activations",
    statement="The more dimensions the points span, the nearer λ_min of smooth "
    "activations comes to that of relu.",
    where="Theorems on smooth activations, in low and in large dimension",
    measured="λ_min of relu over that of a smooth activation, at the smallest and the "
    "largest span",
    refuted_by="a ratio that is not smaller at the largest span",
    origin="paper",
)


def _order(name: str, r: int, of: str, exponent: int, what: str) -> Claim:
    return Claim(
        name=name,
        statement=f"With a jump in the {('first', 'second')[r - 1]} derivative λ_min "
        f"is of order {what}.",
        where="Beyond the theorems on J_r: the order itself, measured elsewhere before",
        measured=f"exponent of {of}",
        refuted_by=f"an interval outside {exponent} ± {_BAND}",
        origin="ours",
    )


_ORDERS = {
    ("λ_min in n", 1): (_order("jump_1_in_n", 1, "n on half a circle", -1, "1/n"), -1),
    ("λ_min in n", 2): (_order("jump_2_in_n", 2, "n on half a circle", -3, "1/n³"), -3),
    ("λ_min in δ", 1): (_order("jump_1_in_angle", 1, "the closest angle", 1, "δ"), 1),
    ("λ_min in δ", 2): (_order("jump_2_in_angle", 2, "the closest angle", 2, "δ²"), 2),
}

CLAIMS = (_LOWER, _SMOOTH, _POLYNOMIALS, _SPAN, *(each for each, _ in _ORDERS.values()))
"""The paper's theorems, and the orders themselves, which are ours."""


def findings(tables: Mapping[str, list[Row]]) -> tuple[Finding, ...]:
    """Decide each claim; without a fit it stays open."""
    exponents = tables["exponents"]
    nothing = "0 exponents could be fitted."
    return (
        _LOWER.together(
            [
                at_least(
                    exponent_estimate(row),
                    _said(row),
                    -4 if row["smoothness"] == 1 else -10,
                )
                for row in exponents
                if row["of"] == "λ_min in n"
            ],
            nothing=nothing,
        ),
        _SMOOTH.together(
            [
                at_least(exponent_estimate(row), _said(row), 0.25)
                for row in exponents
                if row["of"].startswith("-log")
            ],
            nothing=nothing,
        ),
        _polynomials(tables["polynomials"]),
        _SPAN.together(_span(tables["span"]), nothing="0 ratios are known."),
        *(
            claim.together(
                [
                    within(
                        exponent_estimate(row),
                        _said(row),
                        centre - _BAND,
                        centre + _BAND,
                    )
                    for row in exponents
                    if row["of"] == of and row["smoothness"] == r
                ],
                nothing=nothing,
            )
            for (of, r), (claim, centre) in _ORDERS.items()
        ),
    )


def _said(row: Row) -> Prose:
    return say("{}: {}", row["activation"], with_interval(exponent_estimate(row)))


def _polynomials(rows: list[Row]) -> Finding:
    over = [row for row in rows if row["ceiling"] < row["n"]]
    wrong = [row for row in over if max(row["limit"], row["network"]) > row["ceiling"]]
    shown = (wrong or over or rows)[-1]
    return _POLYNOMIALS.decided(
        not wrong if over else None,
        f"{len(over) - len(wrong)} of {len(over)} matrices are singular as counted; "
        f"{shown['activation']} on {shown['n']} points in {shown['span']} dimensions "
        f"has ranks {shown['limit']} and, at {shown['width']} units, "
        f"{shown['network']}; the count is {shown['ceiling']}.",
    )


def _span(rows: list[Row]) -> list[Answer]:
    answers: list[Answer] = []
    by = grouped(rows, "activation")
    if "relu" not in by:
        return answers
    for name, own in by.items():
        if not math.isinf(own[0]["smoothness"]) or len(own) < 2:
            continue
        ends = [min(own, key=lambda r: r["span"]), max(own, key=lambda r: r["span"])]
        ratios = [
            next(row for row in by["relu"] if row["span"] == end["span"])["smallest"]
            / end["smallest"]
            for end in ends
        ]
        said = say(
            f"{name}: from {{}} at span {ends[0]['span']} to {{}} at {ends[1]['span']}",
            *ratios,
        )
        answers.append((ratios[1] < ratios[0], said))
    return answers
