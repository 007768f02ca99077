"""The claims on the singularity of random 0/1 matrices."""

from itertools import pairwise
from typing import Any

from widthwise.experiments.shared import Claim, Finding

__all__ = ["CLAIMS", "findings"]

Row = dict[str, Any]

_TENDS_TO_ONE = Claim(
    name="invertible_in_the_limit",
    statement="The probability that a random 0/1 matrix is invertible tends to 1 with "
    "its size.",
    where="Section 7, random 0/1 matrices",
    measured="share of invertible matrices at the largest size, and whether it grows",
    refuted_by="a share that falls from one size to the next beyond its interval, from "
    "size 5 on",
)
_BOUND = Claim(
    name="singular_at_most_0.72_to_the_d",
    statement="A random 0/1 matrix of size d is singular with probability at most "
    "C 0.72^d.",
    where="Bourgain, Vu and Wood's bound, behind Theorem 5; C is lost",
    measured="rate r of a fit c r^d",
    refuted_by="a 95 % interval above 0.72",
)
_HALF = Claim(
    name="singular_like_one_half_to_the_d",
    statement="The rate is one half: the bound is far from tight.",
    where="Not in the paper: Tikhomirov (2020), (1/2 + o(1))^d",
    measured="rate r of a fit c d² r^d, as two equal rows would give it",
    refuted_by="a 95 % interval outside 0.45 to 0.55",
)
_TALL = Claim(
    name="each_unit_helps",
    statement="The share of patterns with dependent columns falls at least like "
    "0.72^d1 as units are added.",
    where="Proof of Theorem 5 at d0 = 1",
    measured="rate r of a fit c r^d1 for each number of columns",
    refuted_by="a 95 % interval above 0.72",
)

CLAIMS = (_TENDS_TO_ONE, _BOUND, _HALF, _TALL)
"""The paper's claims, and the sharper one known by now."""


def findings(square: list[Row], rates: list[Row]) -> tuple[Finding, ...]:
    """Return the verdicts; a rate without a fit is not decided."""
    of = {row["what"]: row for row in rates}
    tall = [row for row in rates if not row["what"].startswith("square")]
    return (
        _tends_to_one(square),
        _rate(_BOUND, [of[name] for name in ("square, c r^d",) if name in of]),
        _rate(
            _HALF,
            [of[name] for name in ("square, c d² r^d",) if name in of],
            0.45,
            0.55,
        ),
        _rate(_TALL, tall),
    )


def _tends_to_one(square: list[Row]) -> Finding:
    own = [row for row in square if row["rows"] >= 5]
    if len(own) < 2:
        return _TENDS_TO_ONE.found("not decided", "Fewer than 2 sizes from 5 on.")
    falls = [
        after["rows"]
        for before, after in pairwise(own)
        if after["low"] > before["high"]
    ]
    last = own[-1]
    return _TENDS_TO_ONE.decided(
        not falls,
        f"At size {last['rows']} {last['trials'] - last['deficient']} of "
        f"{last['trials']} are invertible (95 % interval {1 - last['high']:.7f} to "
        f"{1 - last['low']:.7f}); it falls at {len(falls)} of {len(own) - 1} steps.",
    )


def _rate(
    claim: Claim, rows: list[Row], low: float = 0.0, high: float = 0.72
) -> Finding:
    if not rows:
        return claim.found("not decided", "Fewer than 3 sizes have 20 deficient ones.")
    verdicts = [
        True
        if low <= row["low"] and row["high"] <= high
        else False
        if row["low"] > high or row["high"] < low
        else None
        for row in rows
    ]
    parts = [
        f"{row['what']}: r = {row['rate']:.4f} (95 % interval {row['low']:.4f} to "
        f"{row['high']:.4f}), rows {row['from rows']} to {row['to rows']}"
        for row in rows
    ]
    truth = False if False in verdicts else None if None in verdicts else True
    return claim.decided(truth, "; ".join(parts) + ".")
