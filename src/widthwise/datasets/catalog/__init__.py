"""The named data sets, from files, from scikit-learn and made up."""

from widthwise.datasets.catalog._catalog import Entry
from widthwise.datasets.catalog._cifar10 import CIFAR10_SUBSET
from widthwise.datasets.catalog._mnist import FASHION_MNIST, MNIST
from widthwise.datasets.catalog._prostate import PROSTATE
from widthwise.datasets.catalog._scikit_learn import SCIKIT_LEARN
from widthwise.datasets.catalog._synthetic import (
    SYNTHETIC,
    Planted,
    bad_points,
    plant,
    synthetic_1,
    synthetic_2,
    uniform_sphere,
)
from widthwise.datasets.catalog._uci import UCI

__all__ = [
    "CIFAR10_SUBSET",
    "FASHION_MNIST",
    "MNIST",
    "PROSTATE",
    "SCIKIT_LEARN",
    "SYNTHETIC",
    "UCI",
    "Entry",
    "Planted",
    "bad_points",
    "plant",
    "synthetic_1",
    "synthetic_2",
    "uniform_sphere",
]
