"""The claims that the heat maps of full rank decide."""

from widthwise.estimates import is_within, normal_deviations, share
from widthwise.experiments.karhadkar._threshold import exponent_of
from widthwise.experiments.shared import (
    Answer,
    Claim,
    Finding,
    Row,
    with_interval,
)
from widthwise.prose import say

__all__ = ["CLAIMS", "findings"]

_WITHOUT_N = Claim(
    name="threshold_hardly_depends_on_n",
    statement="Where the input dimension grows with n, the width that full rank needs "
    "hardly depends on n.",
    where="Section 7, heat maps with d0 = r n",
    measured="exponent of n in the width at which half of the networks have full rank",
    refuted_by="a 95 % interval outside -0.25 to 0.25",
    origin="paper",
)
_CONSTANT = Claim(
    name="threshold_is_constant",
    statement="There it does not depend on n at all.",
    where="Section 7, heat maps with d0 = r n, read to the letter",
    measured="slope of the threshold width in n",
    refuted_by="a 95 % interval without zero",
    origin="ours",
)
_LINEAR = Claim(
    name="threshold_is_linear",
    statement="At a fixed input dimension, the width that full rank needs grows "
    "linearly in n.",
    where="Section 7, heat maps with fixed d0",
    measured="exponent of n in the threshold width, on the paper's grid of widths",
    refuted_by="a 95 % interval outside 0.75 to 1.25",
    origin="paper",
)
_LINEAR_EVERYWHERE = Claim(
    name="threshold_is_linear_at_every_dimension",
    statement="It does so at every fixed input dimension.",
    where="Section 7, heat maps with fixed d0; the wider grid of widths is ours",
    measured="exponent of n in the threshold width, on widths from 4 to 8,192",
    refuted_by="a 95 % interval outside 0.75 to 1.25 at one input dimension",
    origin="ours",
)
_FLOAT32 = Claim(
    name="float32_counts_the_rank",
    statement="The numerical rank in float32 is the Jacobian's rank.",
    where="Section 7: how the paper's heat maps are computed",
    measured="trials in which numpy's matrix_rank in float32 says otherwise than the "
    "exact rank",
    refuted_by="one such trial",
    origin="ours",
)
_FLOAT64 = Claim(
    name="float64_counts_the_rank",
    statement="The numerical rank in float64 is.",
    where="Ours, for comparison",
    measured="the same in float64",
    refuted_by="one such trial",
    origin="ours",
)

CLAIMS = (
    _WITHOUT_N,
    _CONSTANT,
    _LINEAR,
    _LINEAR_EVERYWHERE,
    _FLOAT32,
    _FLOAT64,
)
"""The paper's claims on heat maps, and ours beside them."""


def findings(trends: list[Row], precision: list[Row]) -> tuple[Finding, ...]:
    """Return the verdicts; those without a trend or a sample are not decided."""
    of = {
        family: [row for row in trends if row["family"] == family]
        for family in ("A", "B", "wide")
    }
    nothing = "Fewer than 3 thresholds lie among the widths tried."
    return (
        *(
            claim.together(answers, nothing=nothing)
            for claim, answers in (
                (_WITHOUT_N, [_by_exponent(row, -0.25, 0.25) for row in of["A"]]),
                (_CONSTANT, [_by_slope(row) for row in of["A"]]),
                (_LINEAR, [_by_exponent(row, 0.75, 1.25) for row in of["B"]]),
                (
                    _LINEAR_EVERYWHERE,
                    [_by_exponent(row, 0.75, 1.25) for row in of["wide"]],
                ),
            )
        ),
        _by_disagreement(_FLOAT32, precision, "float32"),
        _by_disagreement(_FLOAT64, precision, "float64"),
    )


def _by_exponent(row: Row, low: float, high: float) -> Answer:
    exponent = exponent_of(row)
    return is_within(exponent, low, high), say(
        f"{row['group']}: {{}}, {row['thresholds']} thresholds from "
        f"n = {row['from n']} to {row['to n']}, of which a straight line has a "
        "chi-square of {:2} a degree of freedom",
        with_interval(exponent),
        row["chi-square per degree"],
    )


def _by_slope(row: Row) -> Answer:
    half = normal_deviations() * row["slope error"]
    low, high = row["slope"] - half, row["slope"] + half
    return low <= 0 <= high, say(
        "{}: {} units a point (95 % interval {} to {})",
        row["group"],
        row["slope"],
        low,
        high,
    )


def _by_disagreement(claim: Claim, precision: list[Row], method: str) -> Finding:
    rows = [row for row in precision if row["method"] == method]
    trials = sum(row["trials"] for row in rows)
    if not trials:
        return claim.found("not decided", "0 trials were looked at in that way.")
    wrong = sum(row["wrong"] for row in rows)
    found = share(wrong, trials)
    text = say(
        f"{wrong} of {trials} trials differ from the exact rank (95 % interval "
        "{:2} to {:2} %)",
        100 * found.low,
        100 * found.high,
    )
    if wrong:
        worst = max(rows, key=lambda row: row["wrong"] / row["trials"])
        exact = next(
            row
            for row in precision
            if row["method"] == "exact"
            and all(row[k] == worst[k] for k in ("family", "group", "n", "d1"))
        )
        text += (
            f"; the worst cell is {worst['group']}, n = {worst['n']}, d1 = "
            f"{worst['d1']}: {worst['full']} of {worst['trials']} with full rank by "
            f"{method}, {exact['full']} by the exact rank"
        )
    return claim.decided(wrong == 0, text + ".")
