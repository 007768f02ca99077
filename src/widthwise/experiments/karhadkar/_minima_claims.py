"""The claims that the shares of regions with a global minimum decide."""

import math
from collections.abc import Callable

from widthwise.estimates import Estimate
from widthwise.experiments.karhadkar._minima_tables import ZERO, of_data_sets
from widthwise.experiments.shared import (
    Answer,
    Claim,
    Finding,
    Row,
    grouped,
    grows,
    in_order,
    interval,
    within,
)
from widthwise.landscape import THEOREMS
from widthwise.prose import joined, say

__all__ = ["CLAIMS", "findings"]

_SHARE = 0.1  # ε of the theorems

_RISES = Claim(
    name="share_rises_with_width",
    statement="The wider the network, the more regions hold a global minimum.",
    where="Section 7, global minima in random regions",
    measured="share of the closed regions of random initial weights, over all n, "
    "targets and data, at the least and the greatest width",
    refuted_by="an interval at the greatest width that reaches down to the other's",
    origin="paper",
)
_MOST = Claim(
    name="mild_width_suffices",
    statement="Mild over-parametrization suffices: with four parameters a point nine "
    "in ten regions hold a global minimum.",
    where="Section 7; the paper's message d1 of order n/d0, the numbers 4 and 0.9 ours",
    measured="share of closed regions at d1 (d0 + 1) >= 4 n, over all n, targets and "
    "data",
    refuted_by="a 95 % interval below 0.9",
    origin="paper",
    cut_off="four parameters a point, nine regions in ten",
)
_BAD = Claim(
    name="no_bad_minima",
    statement="With as many parameters few regions hold a bad local minimum.",
    where="Theorem 5, and Section 7; the number 4 is ours",
    measured="share of regions with a differentiable local minimum that is not global, "
    "proved, at d1 (d0 + 1) >= 4 n",
    refuted_by="a 95 % interval above one in ten",
    origin="paper",
    cut_off="four parameters a point, one region in ten",
)
_LINE_RANK = Claim(
    name="theorem_10_for_initial_weights",
    statement="What the theorem on the line says of all regions, that at most a share "
    "ε is deficient from d1 = 2 n log(n/ε) on, holds for those of random weights.",
    where="Theorem 10 counts regions; to weigh them by initial weights is ours",
    measured="share of deficient regions at d0 = 1 from that width on, ε = 0.1",
    refuted_by="a 95 % interval above 0.1",
    origin="ours",
)
_LINE_MINIMA = Claim(
    name="theorem_12_for_initial_weights",
    statement="What the theorem on the line says of all regions, that all but a share "
    "ε hold a global minimum where both signs of v have 2 n log(2n/ε) units, holds "
    "for those of random weights.",
    where="Theorem 12 counts regions; to weigh them by initial weights is ours",
    measured="share of open regions without one at d0 = 1 from that width on, ε = 0.1",
    refuted_by="a 95 % interval above 0.1",
    origin="ours",
)
_LINEAR = Claim(
    name="threshold_is_linear",
    statement="At a fixed input dimension the width that half of the regions need for "
    "a global minimum grows linearly in n, up to logarithms.",
    where="Section 7, and Theorem 12",
    measured="a line in n or n log n, with an intercept, against a constant, log n, "
    "√n, n√n and n², for that width, for each law of targets and points",
    refuted_by="both refuted in favour of another law in one case (Student's test at 5 "
    "%, corrected for the laws by Bonferroni and for the cases by Holm)",
    origin="paper",
)
_INSIDE = Claim(
    name="a_small_mean_square_is_zero",
    statement="A region in which the program reaches a mean square of 1e-8 holds a "
    "global minimum strictly inside.",
    where="Beyond Section 7, which takes so small a mean square for zero",
    measured="regions at 1e-8 or below that are proved to hold none inside",
    refuted_by="one such region",
    origin="ours",
)

_DIMENSION = Claim(
    name="minima_have_codimension_n",
    statement="The global minima inside a region are an affine set of the dimension "
    "that counting predicts, d1 (d0 + 1) - n.",
    where="Beyond Theorem 12, which says so on the line, of most regions",
    measured="parameters less the exact rank of the constraints' Jacobian, at every "
    "region proved to hold a global minimum",
    refuted_by="one of another dimension",
    origin="ours",
)

CLAIMS = (_RISES, _MOST, _BAD, _LINE_RANK, _LINE_MINIMA, _LINEAR, _INSIDE, _DIMENSION)
"""The paper's claims on minima, and its theorems' as read for initial weights."""


def findings(shares: list[Row], thresholds: list[Row]) -> tuple[Finding, ...]:
    """Return the verdicts; each is formed for every input dimension by itself."""
    none_so_wide = "No case has such a width: 0 regions."
    cases = grouped(thresholds, "d0", "targets", "data")
    return (
        _RISES.together(_rises(shares), nothing="There are fewer than 2 widths."),
        *(
            claim.together(_each(shares, chosen, column, *bounds), nothing=none_so_wide)
            for claim, chosen, column, bounds in (
                (_MOST, _has_four_a_point, "closed", (0.9, math.inf)),
                (_BAD, _has_four_a_point, "bad", (-math.inf, _SHARE)),
                (_LINE_RANK, _beyond("theorem_10"), "full rank", (0.9, math.inf)),
                (_LINE_MINIMA, _beyond("theorem_12"), "open", (0.9, math.inf)),
            )
        ),
        _LINEAR.together(
            [_linear(*each) for each in cases.items()], nothing=none_so_wide
        ),
        _inside(shares),
        _dimension(shares),
    )


def _has_four_a_point(row: Row) -> bool:
    return bool(row["d1"] * (row["d0"] + 1) >= 4 * row["n"])


def _beyond(theorem: str) -> Callable[[Row], bool]:
    def is_beyond(row: Row) -> bool:
        if row["d0"] != 1:
            return False
        width = THEOREMS[theorem].width(row["n"], 1, _SHARE).value
        return width is not None and bool(row["d1"] >= width)

    return is_beyond


def _each(
    shares: list[Row],
    chosen: Callable[[Row], bool],
    column: str,
    at_least: float,
    at_most: float,
) -> list[Answer]:
    """Answer a bound on a share, pooled over the cases of each input dimension."""
    answers: list[Answer] = []
    for d0, rows in grouped(filter(chosen, shares), "d0").items():
        trials = sum(row["trials"] for row in rows)
        count = sum(row[column] for row in rows)
        # An undecided region may be of either kind; ranks and programs are decided.
        open_ones = sum(row["undecided"] for row in rows)
        open_ones = open_ones if column in ("open", "bad") else 0
        low = _interval(count, rows).low
        high = _interval(count + open_ones, rows).high
        found = Estimate(count / trials, low, high)
        worst = (min if at_most == math.inf else max)(
            rows, key=lambda row: row[column] / row["trials"]
        )
        said = say(
            f"d0 = {d0}: {column} in {count} of {trials} regions, {{}} ({{}}"
            f"{f', {open_ones} undecided' if open_ones else ''}); the worst "
            f"case is n = {worst['n']}, d1 = {worst['d1']}, {worst['targets']} "
            f"targets, {worst['data']} points: {worst[column]} of {worst['trials']}",
            found.value,
            interval(found),
        )
        answers.append(within(found, said, at_least, at_most))
    return answers


def _rises(shares: list[Row]) -> list[Answer]:
    answers: list[Answer] = []
    for d0, own in grouped(shares, "d0").items():
        by_width = grouped(own, "d1")
        least, most = min(by_width), max(by_width)
        if least == most:
            continue
        texts, ends = [], []
        for d1 in (least, most):
            rows = by_width[d1]
            hits, trials = (sum(row[k] for row in rows) for k in ("closed", "trials"))
            found = _interval(hits, rows)
            ends.append(found)
            texts.append(say(f"{{}} ({{}}) at {d1}", hits / trials, interval(found)))
        said = say(f"d0 = {d0}: {{}} units", joined(texts, " and "))
        answers.append(in_order(ends[0], ends[1], said))
    return answers


def _interval(count: int, rows: list[Row]) -> Estimate:
    """Count each set of points once, though several patterns and laws meet it."""
    laws = len({row["targets"] for row in rows})
    return of_data_sets(
        count,
        sum(row["trials"] for row in rows),
        max(sum(row["data sets"] for row in rows) // laws, 1),
    )


def _inside(shares: list[Row]) -> Finding:
    closed, inside, unknown = (
        sum(row[name] for row in shares) for name in ("closed", "open", "undecided")
    )
    alone = max(closed - inside - unknown, 0)
    return _INSIDE.decided(
        False if alone else None if closed > inside else True,
        say(
            f"Of {closed} regions at {{:1}} or below {inside} are proved to hold one "
            f"inside; {unknown} of all regions are undecided.",
            ZERO,
        ),
    )


def _dimension(shares: list[Row]) -> Finding:
    held = sum(row["open"] for row in shares)
    other = sum(row["of another dimension"] for row in shares)
    return _DIMENSION.decided(
        not other if held else None,
        f"{held} regions hold one; {other} of these sets have another dimension.",
    )


def _linear(case: tuple[int, str, str], rows: list[Row]) -> Answer:
    d0, targets, data = case
    name = f"d0 = {d0}, {targets} targets, {data} points"
    return grows(name, rows, claimed=("n", "n log n"))
