"""What is measured of a network while it trains."""

from widthwise.dynamics.tracking._kernel import outputs_now, passes, tangent_matrix
from widthwise.dynamics.tracking._schedule import affordable_interval
from widthwise.dynamics.tracking._spectrum import extremes, least_nonzero
from widthwise.dynamics.tracking._tracker import COSTLY, QUANTITIES, Tracker
from widthwise.dynamics.tracking._trained import Trainee, trainee

__all__ = [
    "COSTLY",
    "QUANTITIES",
    "Tracker",
    "Trainee",
    "affordable_interval",
    "extremes",
    "least_nonzero",
    "outputs_now",
    "passes",
    "tangent_matrix",
    "trainee",
]
