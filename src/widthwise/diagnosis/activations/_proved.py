"""The headline of a width: what is proved, and beside it what was seen."""

import math

from widthwise.diagnosis.activations._record import ActivationEvidence
from widthwise.diagnosis.activations._width_record import EmpiricalWidth
from widthwise.diagnosis.study import or_infinity
from widthwise.prose import Prose, say

__all__ = ["headline"]


def headline(
    best: ActivationEvidence, empirical: EmpiricalWidth
) -> tuple[Prose, Prose] | None:
    """Return what is proved, and of what beside what was seen; None without a proof."""
    proved = best.width.proved or best.width.certified_sharp
    if proved is None or not proved.is_certificate:
        return None
    rows = (
        Prose("these rows")
        if best.width.rows is None
        else say("{:,} independent rows", best.width.rows)
    )
    seen = Prose("")
    if math.isfinite(or_infinity(empirical.value)):
        always = empirical.reached == empirical.trials
        often = Prose("in every trial") if always else Prose("in trials")
        seen = say("; {:,} fit {}", empirical.value, often)
    return (
        say("{:,} {} units fit any labels, proved.", proved.value, best.name),
        say(
            "A theorem, for {} with probability {:%}{}.",
            rows,
            empirical.probability,
            seen,
        ),
    )
