"""Estimators in scikit-learn's protocol: last layers solved in closed form."""

from widthwise.estimators._calibration import Calibration
from widthwise.estimators._left_out import LeftOut
from widthwise.estimators._loading import load
from widthwise.estimators._network_kernel import (
    NetworkKernelClassifier,
    NetworkKernelRegressor,
)
from widthwise.estimators._random_features import (
    RandomFeaturesClassifier,
    RandomFeaturesRegressor,
)
from widthwise.estimators._readout import ReadoutClassifier, ReadoutRegressor
from widthwise.estimators._table_model import Score, TableModel, fit_table
from widthwise.estimators._transformer import RandomFeatures
from widthwise.estimators._verdict import FitVerdict

__all__ = [
    "Calibration",
    "FitVerdict",
    "LeftOut",
    "NetworkKernelClassifier",
    "NetworkKernelRegressor",
    "RandomFeatures",
    "RandomFeaturesClassifier",
    "RandomFeaturesRegressor",
    "ReadoutClassifier",
    "ReadoutRegressor",
    "Score",
    "TableModel",
    "fit_table",
    "load",
]
