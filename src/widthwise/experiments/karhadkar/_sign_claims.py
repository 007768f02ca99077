"""The claims on the singularity of random 0/1 matrices."""

from itertools import pairwise

from widthwise.estimates import Estimate
from widthwise.experiments.shared import (
    Answer,
    Claim,
    Finding,
    Row,
    with_interval,
    within,
)
from widthwise.prose import say

__all__ = ["CLAIMS", "findings"]

_TENDS_TO_ONE = Claim(
    name="invertible_in_the_limit",
    statement="The probability that a random 0/1 matrix is invertible tends to 1 with "
    "its size.",
    where="Section 7, random 0/1 matrices",
    measured="share of invertible matrices at the largest size, and whether it grows",
    refuted_by="a share that falls from one size to the next beyond its interval, from "
    "size 5 on",
    origin="paper",
)
_BOUND = Claim(
    name="singular_at_most_0.72_to_the_d",
    statement="A random 0/1 matrix of size d is singular with probability at most "
    "C 0.72^d.",
    where="Bourgain, Vu and Wood's bound, behind Theorem 5; C is lost",
    measured="rate r of a fit c r^d",
    refuted_by="a 95 % interval above 0.72",
    origin="paper",
)
_HALF = Claim(
    name="singular_like_one_half_to_the_d",
    statement="The rate is one half: the bound is far from tight.",
    where="Not in the paper: Tikhomirov (2020), (1/2 + o(1))^d",
    measured="rate r of a fit c d² r^d, as two equal rows would give it",
    refuted_by="a 95 % interval outside 0.45 to 0.55",
    origin="ours",
)
_TALL = Claim(
    name="each_unit_helps",
    statement="The share of patterns with dependent columns falls at least like "
    "0.72^d1 as units are added.",
    where="Proof of Theorem 5 at d0 = 1",
    measured="rate r of a fit c r^d1 for each number of columns",
    refuted_by="a 95 % interval above 0.72",
    origin="paper",
)

CLAIMS = (_TENDS_TO_ONE, _BOUND, _HALF, _TALL)
"""The paper's claims, and the sharper one known by now."""


def findings(square: list[Row], rates: list[Row]) -> tuple[Finding, ...]:
    """Return the verdicts; a rate without a fit is not decided."""
    of = {row["what"]: row for row in rates}
    tall = [row for row in rates if not row["what"].startswith("square")]
    plain, sharper = (
        [of[name] for name in (f"square, {model}",) if name in of]
        for model in ("c r^d", "c d² r^d")
    )
    nothing = "Fewer than 3 sizes have 20 deficient ones."
    return (
        _tends_to_one(square),
        *(
            claim.together([_rate(row, *band) for row in rows], nothing=nothing)
            for claim, rows, band in (
                (_BOUND, plain, (0.0, 0.72)),
                (_HALF, sharper, (0.45, 0.55)),
                (_TALL, tall, (0.0, 0.72)),
            )
        ),
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
        say(
            f"At size {last['rows']} {last['trials'] - last['deficient']} of "
            f"{last['trials']} are invertible (95 % interval {{:7}} to {{:7}}); it "
            f"falls at {len(falls)} of {len(own) - 1} steps.",
            1 - last["high"],
            1 - last["low"],
        ),
    )


def _rate(row: Row, low: float, high: float) -> Answer:
    found = Estimate(row["rate"], row["low"], row["high"])
    said = say(
        f"{row['what']}: r = {{}}, rows {row['from rows']} to {row['to rows']}",
        with_interval(found, "4"),
    )
    return within(found, said, low, high)
