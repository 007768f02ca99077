"""The four data sets of Benson et al., as cells of their experiments name them."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from widthwise import datasets
from widthwise.datasets import Dataset
from widthwise.errors import MissingDataError
from widthwise.experiments.shared import Setting
from widthwise.seeds import derive

__all__ = [
    "ACTIVATIONS",
    "DATASETS",
    "DIMENSION",
    "POINTS",
    "available",
    "data_cell",
    "dataset_of",
    "datasets_setting",
    "left_out",
    "weights_seed",
]

ACTIVATIONS = Setting.name(
    "the activations",
    ("relu", "swish", "wendland0", "wendland2"),
    ("relu", "swish", "wendland0", "wendland2"),
    choices=("relu", "swish", "wendland0", "wendland2"),
)
DATASETS = ("synthetic_1", "synthetic_2", "prostate", "fashion_mnist")
POINTS = Setting.whole("the number n of points of Synthetic-1", 500, 60, 8, 20_000)
DIMENSION = Setting.whole("the dimension d of the synthetic points", 10, 10, 3, 1000)

_UNIFORM = 92  # The paper's number beside the eight bad points.


def datasets_setting(default: Sequence[str], *quick: str) -> Setting:
    """Return the setting of the data sets."""
    return Setting.name(
        "the data sets; one whose file cannot be had is left out",
        tuple(default),
        quick,
        choices=DATASETS,
    )


def available(names: Sequence[str]) -> tuple[str, ...]:
    """Return the data sets whose files are here, or can be had.

    Raises
    ------
    MissingDataError
        If none of them is; says how to get the last one.
    """
    found = []
    missing: MissingDataError | None = None
    for name in dict.fromkeys(names):
        try:
            _loaded(name)
            found.append(name)
        except MissingDataError as error:
            missing = error
    if missing is not None and not found:
        raise missing
    return tuple(found)


def left_out(
    names: Sequence[str], cells: Sequence[Mapping[str, Any]]
) -> tuple[str, ...]:
    """Return a sentence for each data set that no cell is about."""
    here = {cell["dataset"] for cell in cells}
    return tuple(
        f"The data set {name} is left out: its file is not here and could not be "
        "downloaded."
        for name in dict.fromkeys(names)
        if name not in here
    )


def data_cell(name: str, points: int, dimension: int) -> dict[str, Any]:
    """Return the part of a cell that the points depend on."""
    if name == "synthetic_1":
        return {"dataset": name, "points": points, "dimension": dimension}
    if name == "synthetic_2":
        return {"dataset": name, "dimension": dimension}
    return {"dataset": name}


def dataset_of(cell: Mapping[str, Any], seed: int) -> Dataset:
    """Return the data set of a cell, its points on the unit sphere."""
    drawn = derive(seed, "experiments/benson/points")
    if cell["dataset"] == "synthetic_1":
        return datasets.synthetic_1(cell["points"], cell["dimension"], drawn)
    if cell["dataset"] == "synthetic_2":
        return datasets.synthetic_2(_UNIFORM, cell["dimension"], drawn)
    return _loaded(cell["dataset"])


def weights_seed(seed: int, trial: int) -> int:
    """Return the seed of a trial's weights, whatever the data and the activation."""
    return derive(seed, "experiments/benson/weights", trial)


@lru_cache(maxsize=4)
def _loaded(name: str) -> Dataset:
    """Load a data set; z-scores where columns have units of their own; project it."""
    if name in ("synthetic_1", "synthetic_2"):
        return datasets.load(name)
    return datasets.load(name).prepare()
