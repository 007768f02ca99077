"""The questions that more than one study answers."""

from widthwise.diagnosis.study._verdict import Question, Status

__all__ = ["FITS", "SPEED", "speed_status"]

_SLOW_STEPS = 1e6

FITS = Question(
    "fits", "Will it fit?", {"yes": "Yes", "caution": "It depends", "no": "No"}
)
SPEED = Question(
    "speed", "How fast?", {"yes": "In reach", "caution": "Slow", "no": "Never"}
)


def speed_status(steps: float) -> Status:
    """Return whether so many steps, infinity for never, are in anybody's reach."""
    if steps == float("inf"):
        return "no"
    return "yes" if steps <= _SLOW_STEPS else "caution"
