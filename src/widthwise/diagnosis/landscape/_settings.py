"""What the study of a landscape is asked to do, checked before anything is drawn."""

import math
from dataclasses import dataclass
from typing import Any

from widthwise import activations
from widthwise.activations import Activation
from widthwise.arguments import probability, seed, whole_number, whole_numbers
from widthwise.diagnosis.landscape._knobs import LandscapeKnobs
from widthwise.diagnosis.landscape._record import LandscapeSettingsFound
from widthwise.errors import InvalidArgumentError, unknown_name
from widthwise.landscape import INITIALIZATIONS, Pieces, pieces

__all__ = [
    "LandscapeSettings",
    "resolve_landscape_settings",
]


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

    def as_record(self, widths: tuple[int, ...]) -> LandscapeSettingsFound:
        """Return the settings as the record holds them, with the widths found."""
        return LandscapeSettingsFound(
            widths=widths,
            trials=self.trials,
            initialization=self.initialization,
            biases=self.biases,
            activation=self.activation.name,
            confidence=self.confidence,
            threshold_probability=self.probability,
            subsets=self.subsets,
        )

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


def resolve_landscape_settings(asked: LandscapeKnobs) -> LandscapeSettings:
    """Check what was asked.

    Raises
    ------
    InvalidArgumentError
        If a number has no meaning, or the activation has not two slopes.
    UnknownNameError
        If the activation or initialization is in no catalog.
    """
    if asked.initialization not in INITIALIZATIONS:
        raise unknown_name("initialization", str(asked.initialization), INITIALIZATIONS)
    act = asked.activation
    act = activations.get(act) if isinstance(act, str) else act
    if not pieces(act).are_two_sloped:
        slopes = set(pieces(act).slopes)
        raise InvalidArgumentError(
            f"{act.name} has {len(slopes)} different slope"
            f"{'s' * (len(slopes) != 1)}; the landscape is studied for activations "
            "with two, such as relu, leaky_relu, abs and hard_tanh."
        )
    return LandscapeSettings(
        widths=None
        if asked.widths is None
        else whole_numbers(asked.widths, "width", example=50),
        trials=whole_number(asked.trials, "trials", least=1),
        initialization=asked.initialization,
        biases=bool(asked.biases),
        activation=act,
        seed=seed(asked.seed),
        probability=probability(
            asked.probability, "probability", advice="Such as 0.95."
        ),
        confidence=probability(asked.confidence, "confidence"),
        subsets=bool(asked.subsets),
    )
