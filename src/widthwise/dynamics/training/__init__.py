"""Real training of a network or module."""

from widthwise.dynamics.training._settings import OPTIMIZERS, TrainingSettings
from widthwise.dynamics.training._train import InterruptedTraining, train
from widthwise.dynamics.training._trajectory import Trajectory

__all__ = [
    "OPTIMIZERS",
    "InterruptedTraining",
    "TrainingSettings",
    "Trajectory",
    "train",
]
