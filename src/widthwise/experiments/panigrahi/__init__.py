"""The experiments of Panigrahi, Shetty and Goyal (2019)."""

from widthwise.experiments.panigrahi._depth import PANIGRAHI_DEPTH
from widthwise.experiments.panigrahi._dimension import PANIGRAHI_DIMENSION
from widthwise.experiments.panigrahi._eigenvalues import PANIGRAHI_EIGENVALUES
from widthwise.experiments.panigrahi._training import PANIGRAHI_TRAINING

__all__ = [
    "PANIGRAHI_DEPTH",
    "PANIGRAHI_DIMENSION",
    "PANIGRAHI_EIGENVALUES",
    "PANIGRAHI_TRAINING",
]
