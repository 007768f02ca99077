"""What is measured of a network while it trains."""

from widthwise.dynamics.tracking._kernel import outputs_now, tangent_matrix, units_of
from widthwise.dynamics.tracking._schedule import affordable_interval
from widthwise.dynamics.tracking._spectrum import extremes, least_nonzero
from widthwise.dynamics.tracking._tracker import (
    FURTHER_QUANTITIES,
    OF_TEST_POINTS,
    PREDICTED,
    QUANTITIES,
    Tracker,
)
from widthwise.dynamics.tracking._trained import Trainee, held_out, trainee
from widthwise.dynamics.tracking._two_layer import Units

__all__ = [
    "FURTHER_QUANTITIES",
    "OF_TEST_POINTS",
    "PREDICTED",
    "QUANTITIES",
    "Tracker",
    "Trainee",
    "Units",
    "affordable_interval",
    "extremes",
    "held_out",
    "least_nonzero",
    "outputs_now",
    "tangent_matrix",
    "trainee",
    "units_of",
]
