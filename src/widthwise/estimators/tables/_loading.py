"""Saved estimators, read again."""

import os
from pathlib import Path
from typing import Any

from widthwise.errors import DataError
from widthwise.estimators.files import read_file
from widthwise.estimators.learners import (
    NetworkKernelClassifier,
    NetworkKernelRegressor,
    RandomFeatures,
    RandomFeaturesClassifier,
    RandomFeaturesRegressor,
    ReadoutClassifier,
    ReadoutRegressor,
)
from widthwise.estimators.tables._table_model import TableModel

__all__ = ["load"]

_ESTIMATORS: dict[str, Any] = {
    each.__name__: each
    for each in (
        NetworkKernelClassifier,
        NetworkKernelRegressor,
        RandomFeatures,
        RandomFeaturesClassifier,
        RandomFeaturesRegressor,
        ReadoutClassifier,
        ReadoutRegressor,
    )
}


def load(path: str | os.PathLike[str]) -> Any:
    """Return what a method `save` or `widthwise fit` wrote; nothing in it is run.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    The fitted estimator, or the `TableModel`, which predicts the same bits.

    Raises
    ------
    MissingDataError
        If there is no such file.
    DataError
        If it is none, was altered by as little as a bit, or is of a newer version.

    Examples
    --------
    >>> import tempfile, numpy as np, widthwise as ww
    >>> X = np.eye(4)
    >>> model = ww.estimators.ReadoutRegressor().fit(X, X[:, 0])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     model.save(folder + "/model")
    ...     again = ww.estimators.load(folder + "/model")
    >>> bool(abs(again.predict(X) - model.predict(X)).max() < 1e-12)
    True
    """
    content = read_file(Path(path))
    kind, state = content.get("estimator"), content.get("state")
    if kind not in _ESTIMATORS or not isinstance(state, dict):
        raise DataError(
            f"{path} holds no estimator that this version knows ({kind!r}). Update "
            "widthwise, or fit the model again."
        )
    made = object.__new__(_ESTIMATORS[kind])
    vars(made).update(state)
    recipe = content.get("recipe")
    return made if recipe is None else TableModel(recipe, made)
