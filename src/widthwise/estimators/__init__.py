"""Estimators in scikit-learn's protocol: last layers solved in closed form."""

from widthwise.estimators.layer import Calibration, FitVerdict, LeftOut
from widthwise.estimators.learners import (
    NetworkKernelClassifier,
    NetworkKernelRegressor,
    RandomFeatures,
    RandomFeaturesClassifier,
    RandomFeaturesRegressor,
    ReadoutClassifier,
    ReadoutRegressor,
)
from widthwise.estimators.tables import Score, TableModel, fit_table, load

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
