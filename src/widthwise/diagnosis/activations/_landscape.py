"""A short look at the landscape of one activation, for a diagnosis."""

from typing import Any

from widthwise.activations import Activation
from widthwise.diagnosis.activations._settings import Settings
from widthwise.diagnosis.activations._table import Table
from widthwise.diagnosis.landscape import (
    LandscapeSettings,
    find_widths,
    necessary_width,
    probability_at,
    probability_content,
    two_slopes,
)
from widthwise.errors import InvalidArgumentError, OutsideDomainError
from widthwise.seeds import derive

__all__ = ["landscape_content"]

_MOST_ROWS = 1000
_MOST_TRIALS, _LEAST_TRIALS = 20, 4
_OPERATIONS = 1e9
_BETWEEN, _REACH = 4, 4


def landscape_content(
    table: Table, activation: Activation, settings: Settings
) -> dict[str, Any] | None:
    """Return P(full rank) of the inner Jacobian at a few widths, from few networks.

    None for activations without exactly two slopes, above 1000 rows, and where rows
    are repeated: then it is 0 at every width, as the rank verdict says.
    """
    if len(table.points) > _MOST_ROWS or not _is_two_sloped(activation):
        return None
    if len({row.tobytes() for row in (table.points + 0.0).numpy()}) < len(table.points):
        return None
    affordable = int(_OPERATIONS / len(table.points) ** 3)
    trials = min(_MOST_TRIALS, max(_LEAST_TRIALS, affordable))
    own = LandscapeSettings(
        widths=None,
        trials=trials,
        initialization=settings.law.name,
        biases=False,
        activation=activation,
        seed=derive(settings.seed, "diagnosis/landscape"),
        probability=settings.probability,
        confidence=0.95,
        subsets=False,
    )
    widths = find_widths(
        table.points,
        own,
        trials=trials // 2,
        between=_BETWEEN,
        beyond=(1.5,),
        reach=_REACH,
    )
    found = probability_content(
        [(width, probability_at(table.points, width, own)) for width in widths]
    )
    return {
        "widths": found["widths"],
        "trials": trials,
        "estimate": found["estimate"],
        "low": found["low"],
        "high": found["high"],
        "necessary_width": necessary_width(table.points, biases=False),
        "threshold": found["threshold"]["width"],
    }


def _is_two_sloped(activation: Activation) -> bool:
    try:
        return two_slopes(activation)
    except (InvalidArgumentError, OutsideDomainError):
        return False  # It bends between its breakpoints, or is not for all weights.
