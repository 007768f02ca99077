"""What training away from a module's present weights can do, in words."""

from widthwise.diagnosis.module._record import ModuleAtAGlance
from widthwise.diagnosis.study import or_infinity
from widthwise.features.modules import AFFINE_TRIALS
from widthwise.prose import Prose, say

__all__ = ["NEGLIGIBLE", "beyond"]

NEGLIGIBLE = 1e-9
"""A relative residual that counts as none."""


def beyond(
    module: ModuleAtAGlance, floor: float, worst_case: bool
) -> tuple[Prose, Prose, float]:
    """Return the answer where the linearised module does not fit, a remark, the floor.

    Parameters
    ----------
    floor
        The relative residual that the linearised module keeps.
    worst_case
        Whether it is that of the labels that are hardest.
    """
    least = floor
    if module.linear_in == "inputs":
        least = min(floor, or_infinity(module.affine_floor))
    if module.linear_in is None or least <= NEGLIGIBLE:
        return (
            say("Not near its present weights: {}.", _left(floor, worst_case)),
            Prose(
                " That is of the model linearised at its present weights. Training far "
                "from them can do better, and nothing here promises it."
            ),
            floor,
        )
    proved = module.linear_by == "structure"
    no = Prose("No" if proved else "No, as far as evaluations show")
    answer = say("{}: {}.", no, _left(least, worst_case))
    if module.linear_in == "weights":
        shown = Prose(" The module is ") if proved else _seen("")
        remark = "linear in all that is trained, so no training does better."
        return answer, shown + remark, least
    shown = (
        Prose(" All its layers are linear, so it stays ")
        if proved
        else _seen(" and inputs")
    )
    remark = "an affine function of its inputs however it is trained"
    bound = say(", and none of these gets below {}", least)
    return answer, shown + remark + ("" if worst_case else bound) + ".", least


def _left(floor: float, worst_case: bool) -> Prose:
    if worst_case:
        return Prose("some labels are out of its reach")
    return say("these labels keep a relative residual of {}", floor)


def _seen(and_what: str) -> Prose:
    return say(
        " At {:,} pairs of random moves of its weights" + and_what + ", which show and "
        "do not prove it, the module was ",
        AFFINE_TRIALS,
    )
