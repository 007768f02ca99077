"""What may be asked of a study of a landscape."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from widthwise.diagnosis.study import knob

if TYPE_CHECKING:
    from widthwise.activations import Activation

__all__ = ["LandscapeKnobs"]


@dataclass(frozen=True, kw_only=True)
class LandscapeKnobs:
    """What may be asked of a landscape; `diagnose_landscape` documents each.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.diagnosis.LandscapeKnobs(widths=(4,)).activation
    'relu'
    """

    widths: Any = knob(
        None,
        "A number of hidden units to try; repeat for several. By default they are "
        "found around the threshold.",
        list[int],
        flag="width",
    )
    trials: Any = knob(100, "Random networks per width.")
    initialization: str = knob(
        "pytorch",
        "Of the hidden weights: pytorch, he_uniform, he_normal, gaussian or sphere.",
        completed_by="initializations",
    )
    biases: bool = knob(True, "Hidden units without biases.")
    activation: "str | Activation" = knob(
        "relu", "Piecewise linear with two slopes.", completed_by="two_slopes"
    )
    probability: float | int = knob(0.95, "Of full rank that counts as enough.")
    confidence: float | int = knob(0.95, "")
    subsets: bool = knob(True, "")
    seed: Any = knob(0, "Every random number follows from it.")
    standardize: bool | None = knob(
        None,
        "Bring each column to mean 0 and deviation 1 first. By default, unless every "
        "row has norm 1 or the columns share a unit.",
        bool,
    )
