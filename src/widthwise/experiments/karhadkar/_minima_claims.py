"""The claims that the shares of regions with a global minimum decide."""

import math
from collections.abc import Callable
from typing import Any

from widthwise.experiments.shared import Claim, Exponent, Finding, within
from widthwise.landscape import THEOREMS, binomial_interval

__all__ = ["CLAIMS", "findings"]

Row = dict[str, Any]

_SHARE = 0.1  # ε of the theorems

_RISES = Claim(
    name="share_rises_with_width",
    statement="The wider the network, the more regions hold a global minimum.",
    where="Section 7, global minima in random regions",
    measured="share of the regions of random initial weights, over all n, targets and "
    "data, at the least and the greatest width",
    refuted_by="an interval at the greatest width that reaches down to the other's",
)
_MOST = Claim(
    name="mild_width_suffices",
    statement="Mild over-parametrization suffices: with four parameters a point nine "
    "in ten regions hold a global minimum.",
    where="Section 7; the paper's message d1 of order n/d0, the numbers 4 and 0.9 ours",
    measured="share of regions at d1 (d0 + 1) >= 4 n, over all n, targets and data",
    refuted_by="a 95 % interval below 0.9",
)
_BAD = Claim(
    name="no_bad_minima",
    statement="With as many parameters few regions hold a bad local minimum.",
    where="Theorem 5, and Section 7; the number 4 is ours",
    measured="share of regions with a differentiable local minimum that is not global, "
    "at d1 (d0 + 1) >= 4 n",
    refuted_by="a 95 % interval above one in ten",
)
_LINE_RANK = Claim(
    name="theorem_10_for_initial_weights",
    statement="What the theorem on the line says of all regions, that at most a share "
    "ε is deficient from d1 = 2 n log(n/ε) on, holds for those of random weights.",
    where="Theorem 10 counts regions; to weigh them by initial weights is ours",
    measured="share of deficient regions at d0 = 1 from that width on, ε = 0.1",
    refuted_by="a 95 % interval above 0.1",
)
_LINE_MINIMA = Claim(
    name="theorem_12_for_initial_weights",
    statement="What the theorem on the line says of all regions, that all but a share "
    "ε hold a global minimum where both signs of v have 2 n log(2n/ε) units, holds "
    "for those of random weights.",
    where="Theorem 12 counts regions; to weigh them by initial weights is ours",
    measured="share of regions without one at d0 = 1 from that width on, ε = 0.1",
    refuted_by="a 95 % interval above 0.1",
)
_LINEAR = Claim(
    name="threshold_is_linear",
    statement="At a fixed input dimension the width that half of the regions need for "
    "a global minimum grows linearly in n, up to logarithms.",
    where="Section 7, and Theorem 12",
    measured="exponent of n in that width, for each law of targets and points",
    refuted_by="a 95 % interval outside 0.75 to 1.25 at one input dimension",
)

CLAIMS = (_RISES, _MOST, _BAD, _LINE_RANK, _LINE_MINIMA, _LINEAR)
"""The paper's claims on minima, and its theorems' as read for initial weights."""


def findings(shares: list[Row], trends: list[Row]) -> tuple[Finding, ...]:
    """Return the verdicts; each is formed for every input dimension by itself."""
    return (
        _rises(shares),
        _each(_MOST, shares, _has_four_a_point, "global", at_least=0.9),
        _each(_BAD, shares, _has_four_a_point, "bad", at_most=_SHARE),
        _each(_LINE_RANK, shares, _beyond("theorem_10"), "full rank", at_least=0.9),
        _each(_LINE_MINIMA, shares, _beyond("theorem_12"), "global", at_least=0.9),
        _linear(trends),
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
    claim: Claim,
    shares: list[Row],
    chosen: Callable[[Row], bool],
    column: str,
    *,
    at_least: float = -math.inf,
    at_most: float = math.inf,
) -> Finding:
    """Decide a bound on a share, pooled over the cases of each input dimension."""
    verdicts: list[bool | None] = []
    parts = []
    for d0 in dict.fromkeys(row["d0"] for row in shares):
        rows = [row for row in shares if row["d0"] == d0 and chosen(row)]
        trials = sum(row["trials"] for row in rows)
        if not trials:
            continue
        count = sum(row[column] for row in rows)
        # An undecided region may be of either kind; ranks are all decided.
        open_ones = sum(row["undecided"] for row in rows)
        open_ones = 0 if column == "full rank" else open_ones
        low = _interval(count, rows)[0]
        high = _interval(count + open_ones, rows)[1]
        verdicts.append(
            True
            if at_least <= low and high <= at_most
            else False
            if high < at_least or low > at_most
            else None
        )
        worst = (min if at_most == math.inf else max)(
            rows, key=lambda row: row[column] / row["trials"]
        )
        parts.append(
            f"d0 = {d0}: {column} in {count} of {trials} regions, "
            f"{count / trials:.3f} (95 % interval {low:.3f} to {high:.3f}"
            f"{f', {open_ones} undecided' if open_ones else ''}); the worst "
            f"case is n = {worst['n']}, d1 = {worst['d1']}, {worst['targets']} "
            f"targets, {worst['data']} points: {worst[column]} of {worst['trials']}"
        )
    return _all(claim, verdicts, parts, "No case has such a width: 0 regions.")


def _rises(shares: list[Row]) -> Finding:
    verdicts: list[bool | None] = []
    parts = []
    for d0 in dict.fromkeys(row["d0"] for row in shares):
        own = [row for row in shares if row["d0"] == d0]
        least, most = min(row["d1"] for row in own), max(row["d1"] for row in own)
        if least == most:
            continue
        texts, ends = [], []
        for d1 in (least, most):
            rows = [row for row in own if row["d1"] == d1]
            hits, trials = (sum(row[k] for row in rows) for k in ("global", "trials"))
            low, high = _interval(hits, rows)
            ends.append((low, high))
            texts.append(
                f"{hits / trials:.3f} (95 % interval {low:.3f} to {high:.3f}) at {d1}"
            )
        verdicts.append(
            True
            if ends[1][0] > ends[0][1]
            else False
            if ends[1][1] < ends[0][0]
            else None
        )
        parts.append(f"d0 = {d0}: {' and '.join(texts)} units")
    return _all(_RISES, verdicts, parts, "There are fewer than 2 widths.")


def _interval(count: int, rows: list[Row]) -> tuple[float, float]:
    """Count every network once, though all laws of targets meet it."""
    laws = len({row["targets"] for row in rows})
    networks = sum(row["trials"] for row in rows) // laws
    return binomial_interval(min(round(count / laws), networks), networks)


def _linear(trends: list[Row]) -> Finding:
    verdicts, parts = [], []
    for row in trends:
        exponent = Exponent(
            row["exponent"], 0.0, row["exponent low"], row["exponent high"]
        )
        verdicts.append(within(exponent, 0.75, 1.25))
        parts.append(
            f"d0 = {row['d0']}, {row['targets']} targets, {row['data']} points: "
            f"{exponent}, n from {row['from n']} to {row['to n']}"
        )
    return _all(
        _LINEAR, verdicts, parts, "Fewer than 3 thresholds lie among the widths tried."
    )


def _all(
    claim: Claim, verdicts: list[bool | None], parts: list[str], nothing: str
) -> Finding:
    if not verdicts:
        return claim.found("not decided", nothing)
    truth = False if False in verdicts else None if None in verdicts else True
    return claim.decided(truth, "; ".join(parts) + ".")
