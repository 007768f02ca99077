"""The estimators themselves."""

from widthwise.estimators.learners._network_kernel import (
    NetworkKernelClassifier,
    NetworkKernelRegressor,
)
from widthwise.estimators.learners._random_features import (
    RandomFeaturesClassifier,
    RandomFeaturesRegressor,
)
from widthwise.estimators.learners._readout import ReadoutClassifier, ReadoutRegressor
from widthwise.estimators.learners._transformer import RandomFeatures

__all__ = [
    "NetworkKernelClassifier",
    "NetworkKernelRegressor",
    "RandomFeatures",
    "RandomFeaturesClassifier",
    "RandomFeaturesRegressor",
    "ReadoutClassifier",
    "ReadoutRegressor",
]
