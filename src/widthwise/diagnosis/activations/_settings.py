"""What a diagnosis is asked to do, checked before anything is computed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from widthwise import laws
from widthwise.activations import Activation, for_dimension
from widthwise.arguments import probability, seed, whole_number, whole_numbers
from widthwise.diagnosis.activations._knobs import (
    DEFAULT_ACTIVATIONS,
    ActivationKnobs,
)
from widthwise.diagnosis.activations._record import ActivationsSettings
from widthwise.errors import InvalidArgumentError
from widthwise.laws import Law

__all__ = ["Settings", "resolve_settings"]

_WIDEST = 10_000
_TRAINING_WIDTH = 2_000


@dataclass(frozen=True)
class Settings:
    """Everything the numbers of a diagnosis depend on besides the data.

    Attributes
    ----------
    widths
        Ascending numbers of hidden units at which κ(G) is measured.
    training_width
        The width whose training is predicted; one of `widths`.
    epsilon
        The relative loss of λ_min that the conditioned certificate allows.

    Examples
    --------
    >>> import widthwise as ww
    >>> data = ww.datasets.uniform_sphere(12, 3)
    >>> plan = ww.diagnosis.plan(data, activations="relu", widths=(20,), trials=1)
    >>> plan.settings.seed, plan.settings.trials
    (0, 1)
    """

    activations: tuple[Activation, ...]
    law: Law
    widths: tuple[int, ...]
    training_width: int
    trials: int
    seed: int
    probability: float
    bias: bool
    epsilon: float = 0.5
    tolerances: tuple[float, float] = (1e-2, 1e-6)

    def as_record(self) -> ActivationsSettings:
        """Return the settings as the record holds them."""
        return ActivationsSettings(
            law=self.law.name,
            widths=self.widths,
            training_width=self.training_width,
            trials=self.trials,
            probability=self.probability,
            tolerances=self.tolerances,
            bias=self.bias,
            epsilon=self.epsilon,
        )


def resolve_settings(
    asked: ActivationKnobs, *, points_count: int, dimension: int
) -> Settings:
    """Check what was asked and fill in what was not.

    Raises
    ------
    InvalidArgumentError
        If a width, the trials, the seed or the probability has no meaning.
    UnknownNameError
        If an activation or law is in no catalog.
    """
    found_law = laws.get(asked.law, dimension)
    chosen_widths = _widths(asked.widths, points_count)
    return Settings(
        activations=_activations(asked.activations, found_law, dimension),
        law=found_law,
        widths=chosen_widths,
        training_width=_training_width(asked.widths, chosen_widths, points_count),
        trials=whole_number(asked.trials, "trials", least=1),
        seed=seed(asked.seed),
        probability=probability(
            asked.probability, "probability", advice="Such as 0.99."
        ),
        bias=asked.bias,
    )


def _activations(
    asked: Sequence[str | Activation] | str | Activation | None,
    law: Law,
    dimension: int,
) -> tuple[Activation, ...]:
    if asked is None:
        found = [for_dimension(each, dimension) for each in DEFAULT_ACTIVATIONS]
        return tuple(
            each
            for each in found
            if math.isfinite(law.support_radius) or math.isinf(each.domain[1])
        )
    if isinstance(asked, str | Activation):
        asked = (asked,)
    if len(asked) == 0:
        raise InvalidArgumentError(
            "No activation was given. Name at least one, such as 'relu'."
        )
    found = [for_dimension(each, dimension) for each in asked]
    for each in found:
        if law.support_radius > each.domain[1]:
            raise InvalidArgumentError(
                f"{each.name} is defined on [{each.domain[0]:g}, {each.domain[1]:g}] "
                f"only, and the law {law.name!r} sends it farther. Use the law "
                "'sphere' or another activation."
            )
    return tuple(dict.fromkeys(found))


def _widths(asked: Any, points_count: int) -> tuple[int, ...]:
    if asked is None:
        return _default_widths(points_count)
    return whole_numbers(
        asked, "width", example=2000, meaning="the number of hidden units"
    )


def _default_widths(points_count: int) -> tuple[int, ...]:
    """Return widths from n up to where κ(G) has usually settled, about eight."""
    widest = max(_WIDEST, 4 * points_count)
    count = 8 if points_count <= 400 else 6
    ratio = (widest / points_count) ** (1 / (count - 1))
    steps = [_rounded(points_count * ratio**i) for i in range(1, count - 1)]
    inside = [each for each in steps if points_count < each < widest]
    training = _training_width(None, (widest,), points_count)
    return tuple(sorted({points_count, *inside, training, widest}))


def _training_width(asked: object, widths: tuple[int, ...], points_count: int) -> int:
    if asked is not None:
        return widths[-1]
    return min(max(_TRAINING_WIDTH, 2 * points_count), widths[-1])


def _rounded(value: float) -> int:
    """Round to two significant digits, so that a width reads well."""
    scale = 10 ** max(0, math.floor(math.log10(value)) - 1)
    return int(round(value / scale) * scale)
