"""The last layer: solved, judged, and what is left out of it."""

from widthwise.estimators.layer._calibration import Calibration, calibrated
from widthwise.estimators.layer._codes import (
    class_codes,
    classes_of_scores,
    sorted_classes,
)
from widthwise.estimators.layer._last_layer import SOLVERS, LastLayer, Solver
from widthwise.estimators.layer._left_out import LeftOut, left_out
from widthwise.estimators.layer._verdict import (
    FitVerdict,
    fit_verdict,
    verdict_of_blocks,
)

__all__ = [
    "SOLVERS",
    "Calibration",
    "FitVerdict",
    "LastLayer",
    "LeftOut",
    "Solver",
    "calibrated",
    "class_codes",
    "classes_of_scores",
    "fit_verdict",
    "left_out",
    "sorted_classes",
    "verdict_of_blocks",
]
