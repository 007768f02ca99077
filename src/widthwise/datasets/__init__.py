"""Points and targets: read from a table, bundled, downloaded or made by a rule."""

from importlib import import_module
from pathlib import Path
from typing import Any

from widthwise.datasets.catalog import (
    Entry,
    Planted,
    bad_points,
    plant,
    synthetic_1,
    synthetic_2,
    uniform_sphere,
)
from widthwise.datasets.points import (
    Dataset,
    Duplicates,
    PreparationStep,
    Separation,
    project_to_sphere,
    separation,
    span_dimension,
)
from widthwise.datasets.tables import Applied, FeatureRecipe, Recipe, read, recipe_of
from widthwise.errors import unknown_name

__all__ = [
    "CATALOG",
    "NAMES",
    "Applied",
    "Dataset",
    "Duplicates",
    "Entry",
    "FeatureRecipe",
    "Planted",
    "PreparationStep",
    "Recipe",
    "Separation",
    "bad_points",
    "load",
    "plant",
    "project_to_sphere",
    "read",
    "recipe_of",
    "separation",
    "span_dimension",
    "synthetic_1",
    "synthetic_2",
    "uniform_sphere",
]

NAMES = {
    "prostate": "prostate",
    "fashion_mnist": "mnist",
    "mnist": "mnist",
    "cifar10_subset": "cifar10",
    "cifar10_features": "cifar10",
    "synthetic_1": "synthetic",
    "synthetic_2": "synthetic",
    "uniform_sphere": "synthetic",
    "iris": "scikit_learn",
    "diabetes": "scikit_learn",
    "digits": "scikit_learn",
    "wine": "scikit_learn",
    "breast_cancer": "scikit_learn",
    "linnerud": "scikit_learn",
    "airfoil": "uci",
    "autompg": "uci",
    "concrete": "uci",
    "housing": "uci",
    "machine": "uci",
    "wine_quality": "uci",
}
"""Each data set with its file; the command line reads the names without PyTorch."""

CATALOG: dict[str, Entry] = {
    entry.name: entry
    for file in dict.fromkeys(NAMES.values())
    for entry in import_module(f"{__name__}.catalog._{file}").ENTRIES
}
"""Every data set that `load` knows, by name."""


def load(name: str, data_dir: str | Path | None = None, **settings: Any) -> Dataset:
    """Load a data set of the catalog, as it is: nothing is scaled.

    Parameters
    ----------
    name
        A name in `CATALOG`.
    data_dir
        Where to look for its file first; then come the folder of the environment
        variable WIDTHWISE_DATA, the system package's folder, the cache, the network.
    **settings
        See `CATALOG[name].settings`.

    Raises
    ------
    UnknownNameError
        No data set has that name.
    InvalidArgumentError
        It has no such setting, or not that value.
    MissingDataError
        Its file is nowhere and cannot be downloaded; says how to get it.
    DataError
        A file of that name has other content.

    Examples
    --------
    >>> import widthwise as ww
    >>> data = ww.datasets.load("diabetes")
    >>> data.points.shape, data.target_name
    (torch.Size([442, 10]), 'progression')
    """
    if name not in CATALOG:
        raise unknown_name("data set", name, CATALOG)
    return CATALOG[name].load(data_dir, settings)
