"""Maps from rows to scores, which are all that is left of a fit."""

from widthwise.estimators.maps._infinite_network import (
    InfiniteNetwork,
    as_activation,
    infinite_network,
)
from widthwise.estimators.maps._models import (
    GivenFeatures,
    HiddenLayer,
    KernelMachine,
    Model,
)
from widthwise.estimators.maps._preparation import (
    Preparation,
    Rows,
    learned_preparation,
    parts,
    unchanged,
)
from widthwise.estimators.maps._scaled import Scaled

__all__ = [
    "GivenFeatures",
    "HiddenLayer",
    "InfiniteNetwork",
    "KernelMachine",
    "Model",
    "Preparation",
    "Rows",
    "Scaled",
    "as_activation",
    "infinite_network",
    "learned_preparation",
    "parts",
    "unchanged",
]
