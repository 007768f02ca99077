"""Widths of the theorems as tables, their exponents, and the claims on them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from widthwise.estimates import is_less
from widthwise.experiments.shared import (
    Answer,
    Cell,
    Claim,
    Finding,
    Row,
    exponent_estimate,
    exponent_rows,
    gathered,
    with_interval,
)
from widthwise.prose import say

__all__ = [
    "CLAIMS",
    "EARLIER",
    "OURS",
    "RANK",
    "along_rows",
    "findings",
    "width_rows",
]

OURS = ("benson_chernoff", "benson_bernstein", "benson_theorem_4_5")
"""Lemma 2.8, Lemma 2.10 and Theorem 4.5."""

EARLIER = ("du_lee_2019", "du_2019")
"""The bounds that Remark 4.7 compares with."""

RANK = "pair_rank"
"""A certificate of this library for the same promise as Theorem 4.5's first half."""

_SLOWER = Claim(
    name="grows_more_slowly",
    statement="The width of Theorem 4.5 grows more slowly with n than the widths of "
    "earlier work.",
    where="Theorem 4.5 and Remark 4.7",
    measured="exponent of n in the width of the theorem and of each earlier bound, "
    "rectifier, at a fixed dimension",
    refuted_by="an interval of the theorem's exponent above an earlier bound's",
    origin="paper",
)
_BIAS = Claim(
    name="a_bias_helps",
    statement="With a constant appended, the theorem asks for a finite width on the "
    "bad points too.",
    where="Remark 2.6 and Definition 2.1",
    measured="λ_min of G_inf for the rectifier on Synthetic-2, without and with it",
    refuted_by="a draw that is singular with the constant, or not without it",
    origin="paper",
)
_KAPPA = Claim(
    name="bernstein_asks_for_more",
    statement="Lemma 2.10, in which κ(G_inf) appears, asks for more than Lemma 2.8.",
    where="Beyond Lemmas 2.8 and 2.10: their widths side by side",
    measured="ratio of the two widths at every n and d",
    refuted_by="a ratio below 1",
    origin="ours",
)
_LESS = Claim(
    name="rank_needs_less",
    statement="That some weights fit any labels is certified at a smaller width, "
    "without an eigenvalue.",
    where="Beyond Theorem 4.5: its first half by the angles alone",
    measured=f"width of {RANK} over that of Theorem 4.5, rectifier",
    refuted_by="a ratio above 1",
    origin="ours",
)

CLAIMS = (_SLOWER, _BIAS, _KAPPA, _LESS)


def width_rows(
    cells: Sequence[Cell], results: Sequence[Mapping[str, Any]]
) -> tuple[list[Row], list[Row]]:
    """Return the median width of each theorem by n and d, and the bad points' rows."""
    widths: list[Row] = []
    bias: list[Row] = []
    for (data, n, d, name, lifted), own in gathered(
        cells, results, "data", "n", "d", "activation", "bias"
    ).items():
        smallest = [each["smallest"] for each in own]
        if data == "synthetic_2":
            bias.append(
                {
                    "bias": lifted,
                    "draws": len(own),
                    "singular": sum(each["is singular"] for each in own),
                    "smallest": min(smallest),
                }
            )
            continue
        for theorem in (*OURS, *EARLIER, RANK):
            found = [each["widths"][theorem] for each in own]
            if any(each is None for each in found):
                continue
            logs = np.log(found)
            widths.append(
                {
                    "activation": name,
                    "theorem": theorem,
                    "n": n,
                    "d": d,
                    "width": float(np.median(found)),
                    "least": min(found),
                    "most": max(found),
                    "log error": float(logs.std(ddof=1) / np.sqrt(len(logs))),
                    "smallest": float(np.median(smallest)),
                }
            )
    return widths, bias


def along_rows(widths: list[Row], dimension: int, points: int) -> list[Row]:
    """Return the exponents of n at the first dimension, and of d at the fixed n.

    Each row of widths learns along which of the two it lies.
    """
    for row in widths:
        row["along"] = "n" if row["d"] == dimension else "d"
    found: list[Row] = []
    for variable, used in (
        ("n", [row for row in widths if row["d"] == dimension]),
        ("d", [row for row in widths if row["n"] == points]),
    ):
        found += exponent_rows(
            used,
            "activation",
            "theorem",
            variables=[variable],
            value="width",
            log_error="log error",
        )
    return found


def findings(
    widths: list[Row], exponents: list[Row], bias: list[Row]
) -> tuple[Finding, ...]:
    """Decide the claims."""
    return (
        _SLOWER.together(_slower(exponents), nothing="0 exponents could be compared."),
        _bias(bias),
        _ratio(_KAPPA, widths, "benson_bernstein", "benson_chernoff", below=False),
        _ratio(_LESS, widths, RANK, "benson_theorem_4_5", below=True),
    )


def _slower(exponents: list[Row]) -> list[Answer]:
    of = {
        row["theorem"]: exponent_estimate(row)
        for row in exponents
        if row["of"] == "n" and row["activation"] == "relu"
    }
    own = of.get("benson_theorem_4_5")
    if own is None:
        return []
    return [
        (
            is_less(own, of[name]),
            say(
                "{} against {} of {}", with_interval(own), with_interval(of[name]), name
            ),
        )
        for name in EARLIER
        if name in of
    ]


def _bias(rows: list[Row]) -> Finding:
    by = {row["bias"]: row for row in rows}
    without, lifted = by[False], by[True]
    return _BIAS.decided(
        without["singular"] == without["draws"] and not lifted["singular"],
        say(
            f"G_inf is singular in {without['singular']} of {without['draws']} draws "
            f"without and in {lifted['singular']} of {lifted['draws']} with the "
            "constant, where the least λ_min is {}.",
            lifted["smallest"],
        ),
    )


def _ratio(
    claim: Claim, rows: list[Row], over: str, under: str, below: bool
) -> Finding:
    of = {
        name: {
            (row["activation"], row["n"], row["d"]): row["width"]
            for row in rows
            if row["theorem"] == name
        }
        for name in (over, under)
    }
    ratios = [
        width / of[under][place]
        for place, width in of[over].items()
        if place in of[under]
    ]
    if not ratios:
        return claim.found("not decided", "0 widths could be compared.")
    holds = max(ratios) <= 1 if below else min(ratios) >= 1
    return claim.decided(
        holds,
        say(
            f"{len(ratios)} ratios lie between {{}} and {{}}.", min(ratios), max(ratios)
        ),
    )
