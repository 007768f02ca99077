"""What may be asked of a study of activations."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from widthwise.diagnosis.study import knob

if TYPE_CHECKING:
    from widthwise.activations import Activation
    from widthwise.laws import Law

__all__ = ["DEFAULT_ACTIVATIONS", "ActivationKnobs"]

DEFAULT_ACTIVATIONS = ("relu", "elu", "swish", "wendland0", "wendland2")
"""Three that people use, and the two that S1 proposes; all but the last two for
Gaussian weights, where a Wendland function is not defined."""


@dataclass(frozen=True, kw_only=True)
class ActivationKnobs:
    """What may be asked of a study of activations; `diagnose` documents each.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.diagnosis.ActivationKnobs(activations="relu", trials=2).probability
    0.99
    """

    activations: "Sequence[str | Activation] | str | Activation | None" = knob(
        None,
        "An activation to examine; repeat for several.",
        list[str],
        flag="activation",
        completed_by="activations",
    )
    widths: Any = knob(
        None,
        "A number of hidden units to try; repeat for several. Training is predicted at "
        "the widest.",
        list[int],
        flag="width",
    )
    trials: int = knob(10, "Random networks per width.")
    law: "str | Law" = knob("sphere", "Law of the hidden weights: sphere or gaussian.")
    probability: float = knob(0.99, "With which the widths are to be enough.")
    seed: int = knob(0, "Every random number follows from it.")
    bias: bool = knob(False, "Append a constant coordinate before projecting.")
    center: bool = knob(
        True,
        "Leave the labels' mean in. By default it is taken off, as an intercept does.",
    )
    standardize: bool | None = knob(
        None,
        "Bring each column to mean 0 and deviation 1 first. By default, unless every "
        "row has norm 1.",
        bool,
    )
