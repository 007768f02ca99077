"""The experiments of Benson, Damle and Townsend (2020)."""

from widthwise.experiments.benson._conditioning import BENSON_CONDITIONING
from widthwise.experiments.benson._eigenvalues import BENSON_EIGENVALUES
from widthwise.experiments.benson._gradient_descent import BENSON_GRADIENT_DESCENT
from widthwise.experiments.benson._joint_training import BENSON_JOINT_TRAINING

__all__ = [
    "BENSON_CONDITIONING",
    "BENSON_EIGENVALUES",
    "BENSON_GRADIENT_DESCENT",
    "BENSON_JOINT_TRAINING",
]
