"""The claims that the heat maps of full rank decide."""

import math

from widthwise.estimates import (
    Estimate,
    chance_within,
    is_within,
    normal_deviations,
    share,
)
from widthwise.experiments.karhadkar._heat_refined import REFINED
from widthwise.experiments.shared import (
    Answer,
    Claim,
    Finding,
    Row,
    grouped,
    grows,
    hardly_grows,
    with_interval,
)
from widthwise.prose import say

__all__ = ["CLAIMS", "findings"]

_ENOUGH = 5
"""Thresholds that tell laws apart."""

_WITHOUT_N = Claim(
    name="threshold_hardly_depends_on_n",
    statement="Where the input dimension grows with n, the width that full rank needs "
    "hardly depends on n.",
    where="Section 7, Figures 2 and 3, heat maps with d0 = r n",
    measured="log n against a line in n, each with an intercept, for the width at "
    "which half of the networks have full rank; an exponent of n within ±0.25 (ours) "
    "is hardly too",
    refuted_by="log n refuted in favour of a line at one r (Student's test at 5 %, "
    "Holm's correction for the number of r), where the exponent is larger",
    origin="paper",
)
_CONSTANT = Claim(
    name="threshold_is_constant",
    statement="There it does not depend on n at all.",
    where="Section 7, heat maps with d0 = r n, whose claim is 'hardly'",
    measured="slope of the threshold width in n",
    refuted_by="a 95 % interval without zero",
    origin="ours",
)
_LINEAR = Claim(
    name="threshold_is_linear",
    statement="At a fixed input dimension, the width that full rank needs grows "
    "linearly in n.",
    where="Section 7, Figures 2 and 3, heat maps with fixed d0",
    measured="a line in n with an intercept against a constant, log n, √n, n√n and n², "
    "for the refined threshold width, at each d0 with five thresholds up to the "
    "greatest width of the paper's grid",
    refuted_by="a line refuted in favour of another law at one d0 (Student's test at 5 "
    "%, corrected for the laws by Bonferroni and for the d0 by Holm)",
    origin="paper",
)
_LINEAR_EVERYWHERE = Claim(
    name="threshold_is_linear_at_every_dimension",
    statement="It does so at every fixed input dimension.",
    where="Not in the paper, whose grid of widths has few thresholds at d0 = 1 and 5",
    measured="the same on widths from 4 to 8,192",
    refuted_by="the same",
    origin="ours",
)
_FLOAT32 = Claim(
    name="float32_counts_the_rank",
    statement="The numerical rank in float32 is the Jacobian's rank.",
    where="Not in the paper, whose heat maps are computed so",
    measured="trials in which numpy's matrix_rank in float32 says otherwise than the "
    "exact rank",
    refuted_by="one such trial",
    origin="ours",
)
_FLOAT64 = Claim(
    name="float64_counts_the_rank",
    statement="The numerical rank in float64 is.",
    where="Not in the paper, for comparison",
    measured="the same in float64",
    refuted_by="one such trial",
    origin="ours",
)

CLAIMS = (
    _WITHOUT_N,
    _LINEAR,
    _LINEAR_EVERYWHERE,
    _CONSTANT,
    _FLOAT32,
    _FLOAT64,
)
"""The paper's claims on heat maps, and ours beside them."""


def findings(
    thresholds: list[Row], trends: list[Row], precision: list[Row]
) -> tuple[Finding, ...]:
    """Return the verdicts; those without thresholds or a sample are not decided."""
    of = {
        family: grouped([row for row in thresholds if row["family"] == family], "group")
        for family in ("A", REFINED, "wide")
    }
    # Elsewhere the paper's map has no thresholds that could be on a line.
    several = {
        group: rows
        for group, rows in of[REFINED].items()
        if sum(math.isfinite(row["threshold"]) for row in rows) >= _ENOUGH
    }
    slopes = [_constant(row) for row in trends if row["family"] == "A"]
    nothing = "0 thresholds were looked for."
    return (
        *(
            claim.together([rule(*each) for each in groups.items()], nothing=nothing)
            for claim, rule, groups in (
                (_WITHOUT_N, hardly_grows, of["A"]),
                (_LINEAR, grows, several),
                (_LINEAR_EVERYWHERE, grows, of["wide"]),
            )
        ),
        _CONSTANT.together(slopes, nothing=nothing),
        _by_disagreement(_FLOAT32, precision, "float32"),
        _by_disagreement(_FLOAT64, precision, "float64"),
    )


def _constant(row: Row) -> Answer:
    half = normal_deviations() * row["slope error"]
    slope = Estimate(row["slope"], row["slope"] - half, row["slope"] + half)
    holds = False if is_within(slope, 0, 0) is False else None
    said = say("{}: {} units a point", row["group"], with_interval(slope))
    return holds, said, chance_within(slope, 0, 0), 0.0


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
