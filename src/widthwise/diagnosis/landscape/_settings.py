"""What the study of a landscape is asked to do, checked before anything is drawn."""

import math
import operator
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from widthwise import activations
from widthwise.activations import Activation
from widthwise.errors import InvalidArgumentError, unknown_name
from widthwise.landscape import INITIALIZATIONS, Pieces, pieces

__all__ = ["LandscapeSettings", "resolve_landscape_settings"]


@dataclass(frozen=True)
class LandscapeSettings:
    """Everything the numbers depend on besides the data.

    Attributes
    ----------
    widths
        Ascending numbers of hidden units, or None where they are to be found.
    trials
        Networks drawn for each width.
    probability
        Of full rank that counts as enough.
    confidence
        Of every interval.
    subsets
        Whether random subsets of the rows are studied too.
    """

    widths: tuple[int, ...] | None
    trials: int
    initialization: str
    biases: bool
    activation: Activation
    seed: int
    probability: float
    confidence: float
    subsets: bool

    @property
    def of(self) -> Pieces:
        """The linear pieces of the activation."""
        return pieces(self.activation)

    @property
    def networks(self) -> dict[str, Any]:
        """What the room landscape needs to draw networks."""
        return {
            "initialization": self.initialization,
            "biases": self.biases,
            "act": self.activation,
        }

    @property
    def trials_needed(self) -> int:
        """How many networks, all of full rank, show the probability."""
        return math.ceil(
            math.log((1 - self.confidence) / 2) / math.log(self.probability) - 1e-9
        )


def resolve_landscape_settings(
    *,
    widths: Any,
    trials: Any,
    initialization: str,
    biases: bool,
    activation: str | Activation,
    seed: Any,
    probability: float | int,
    confidence: float | int,
    subsets: bool,
) -> LandscapeSettings:
    """Check what was asked.

    Raises
    ------
    InvalidArgumentError
        If a number has no meaning, or the activation has not two slopes.
    UnknownNameError
        If the activation or initialization is in no catalog.
    """
    if initialization not in INITIALIZATIONS:
        raise unknown_name("initialization", str(initialization), INITIALIZATIONS)
    for name, value in (("probability", probability), ("confidence", confidence)):
        if not 0 < value < 1:
            raise InvalidArgumentError(
                f"{name} is {value!r}; it must lie strictly between 0 and 1, such as "
                "0.95."
            )
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**64:
        raise InvalidArgumentError(
            f"The seed is {seed!r}; it must be an integer from 0 to 2**64 - 1."
        )
    act = activations.get(activation) if isinstance(activation, str) else activation
    if not pieces(act).are_two_sloped:
        slopes = set(pieces(act).slopes)
        raise InvalidArgumentError(
            f"{act.name} has {len(slopes)} different slope"
            f"{'s' * (len(slopes) != 1)}; the landscape is studied for activations "
            "with two, such as relu, leaky_relu, abs and hard_tanh."
        )
    return LandscapeSettings(
        widths=None if widths is None else _ascending(widths),
        trials=_count(trials, "trials"),
        initialization=initialization,
        biases=bool(biases),
        activation=act,
        seed=seed,
        probability=float(probability),
        confidence=float(confidence),
        subsets=bool(subsets),
    )


def _ascending(widths: Any) -> tuple[int, ...]:
    given = list(widths) if isinstance(widths, Iterable) else [widths]
    if not given:
        raise InvalidArgumentError("No width was given. Name at least one, such as 50.")
    return tuple(sorted({_count(each, "A width") for each in given}))


def _count(value: Any, what: str) -> int:
    try:
        found = 0 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        found = 0
    if found < 1:
        raise InvalidArgumentError(
            f"{what} is {value!r}; it must be a whole number of at least 1."
        )
    return found
