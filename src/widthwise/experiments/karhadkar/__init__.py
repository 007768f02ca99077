"""The experiments of Karhadkar, Murray, Tseran and Montufar (2023)."""

from widthwise.experiments.karhadkar._heat_maps import KARHADKAR_HEAT_MAPS
from widthwise.experiments.karhadkar._minima import KARHADKAR_MINIMA
from widthwise.experiments.karhadkar._sign_matrices import KARHADKAR_SIGN_MATRICES
from widthwise.experiments.karhadkar._training import KARHADKAR_TRAINING

__all__ = [
    "KARHADKAR_HEAT_MAPS",
    "KARHADKAR_MINIMA",
    "KARHADKAR_SIGN_MATRICES",
    "KARHADKAR_TRAINING",
]
