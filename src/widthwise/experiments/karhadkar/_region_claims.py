"""What the theorems say of the number of regions, and how a run decides it."""

from collections.abc import Mapping

from widthwise.estimates import Estimate, all_hold, is_at_least, is_at_most
from widthwise.experiments.shared import Claim, Finding, Row
from widthwise.prose import say

__all__ = ["CLAIMS", "findings"]

_THEOREM_5 = Claim(
    name="theorem_5",
    statement="For a width of order n/d0, up to logarithms, all but a share ε of the "
    "activation patterns have a Jacobian of full rank, and so no bad differentiable "
    "local minimum.",
    where="Theorem 5",
    measured="share of deficient patterns, all patterns being equally likely, at the "
    "width ⌈n/d0⌉ + log2(d0/ε)",
    refuted_by="a share whose interval lies above ε",
    origin="paper",
)
_COUNT = Claim(
    name="explicit_count",
    statement="At most d0 2^(⌈n/d0⌉ - d1) of all patterns are deficient.",
    where="Beyond Theorem 5: its statement with every constant known",
    measured="number of patterns of full generic rank, each size counted completely",
    refuted_by="one size with more deficient patterns",
    origin="ours",
)
_COROLLARY_8 = Claim(
    name="corollary_8",
    statement="With d0 at least n every pattern belongs to a region, and a region is "
    "deficient only if no unit is active at some point: (2^d1 - 1)^n are not.",
    where="Corollary 8",
    measured="regions of random points, counted, and those of full rank",
    refuted_by="one size with another number",
    origin="paper",
)
_UNITS = Claim(
    name="number_of_regions",
    statement="One unit has 2 Σ C(n-1, k), k < d0, patterns on n points in general "
    "position, and 2n on the line with a bias.",
    where="Section 4 on non-empty regions, and Section 5 on the line",
    measured="patterns of one unit on random points, listed",
    refuted_by="one size with another number",
    origin="paper",
)
_THEOREM_10 = Claim(
    name="theorem_10",
    statement="On the line, from d1 = 2 n log(n/ε) on, all but a share ε of the "
    "non-empty regions have full rank.",
    where="Theorem 10",
    measured="share of deficient regions at that width, exact",
    refuted_by="a share above ε",
    origin="paper",
)
_THEOREM_12 = Claim(
    name="theorem_12",
    statement="On the line, with 2 n log(2n/ε) units of each sign, all but a share ε "
    "of the non-empty regions hold global minima, an affine set of codimension n.",
    where="Theorem 12",
    measured="regions drawn with equal chances that hold one, proved; ε = 0.1",
    refuted_by="a share whose interval lies below 0.9, or another codimension",
    origin="paper",
)

CLAIMS = (_THEOREM_5, _COUNT, _COROLLARY_8, _UNITS, _THEOREM_10, _THEOREM_12)
"""The theorems as they are stated, and the count behind the first."""


def findings(tables: Mapping[str, list[Row]]) -> tuple[Finding, ...]:
    """Decide each theorem."""
    return (
        _theorem_5(tables["patterns"]),
        _equal(_COUNT, tables["counts"], "deficient share", "bound"),
        _equal(_COROLLARY_8, tables["deep"], "full", "full by formula"),
        _equal(_UNITS, tables["units"], "counted", "formula"),
        _theorem_10(tables["line"]),
        _theorem_12(tables["minima"]),
    )


def _theorem_5(rows: list[Row]) -> Finding:
    verdicts = [
        is_at_most(Estimate(row["deficient"], row["low"], row["high"]), row["ε"])
        for row in rows
    ]
    worst = max(rows, key=lambda row: row["deficient"] / row["ε"])
    return _THEOREM_5.decided(
        all_hold(verdicts),
        say(
            f"Of {len(rows)} sizes the worst is n = {worst['n']}, d0 = {worst['d0']}, "
            f"d1 = {worst['width']}: a share of {{}} (95 % interval {{}} to {{}}) "
            "against ε = {}.",
            worst["deficient"],
            worst["low"],
            worst["high"],
            worst["ε"],
        ),
    )


def _equal(claim: Claim, rows: list[Row], counted: str, said: str) -> Finding:
    """Compare what was counted with a formula, or with a bound."""
    if said == "bound":
        wrong = [row for row in rows if row[counted] > row[said]]
    else:
        wrong = [row for row in rows if row[counted] != row[said]]
        wrong += [
            row
            for row in rows
            if "regions" in row and row["regions"] != row["regions by formula"]
        ]
    right = len(rows) - len(wrong)
    last = (wrong or rows)[-1]
    return claim.decided(
        not wrong,
        say(
            f"{right} of {len(rows)} sizes agree; at n = {last['n']}, d0 = "
            f"{last['d0']} {{}} are counted, and the formula says {{}}.",
            last[counted],
            last[said],
        ),
    )


def _theorem_10(rows: list[Row]) -> Finding:
    worst = max(rows, key=lambda row: row["deficient"] / row["ε"])
    return _THEOREM_10.decided(
        worst["deficient"] <= worst["ε"],
        say(
            f"The largest of {len(rows)} shares, beside its ε, is {{}} at n = "
            f"{worst['n']}, d1 = {worst['width']}, ε = {{}}; {worst['least']} units "
            "suffice there.",
            worst["deficient"],
            worst["ε"],
        ),
    )


def _theorem_12(rows: list[Row]) -> Finding:
    verdicts = [
        False
        if row["codimension n"] < row["global"]
        else is_at_least(
            Estimate(row["global"] / row["regions"], row["low"], row["high"]), 0.9
        )
        for row in rows
    ]
    least = min(rows, key=lambda row: row["low"])
    return _THEOREM_12.decided(
        all_hold(verdicts),
        say(
            f"{sum(row['global'] for row in rows)} of "
            f"{sum(row['regions'] for row in rows)} regions hold one; the least share "
            f"is {least['global']} of {least['regions']} at n = {least['n']} (95 % "
            "interval {} to {}).",
            least["low"],
            least["high"],
        ),
    )
