"""A model of a table: its columns' preparation and a fitted estimator, together."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone, is_classifier

from widthwise import datasets
from widthwise.datasets import Applied, Dataset, Recipe, recipe_of
from widthwise.errors import DataError
from widthwise.estimators.files import saved_content, write_file

if TYPE_CHECKING:
    import polars

__all__ = ["Score", "TableModel", "fit_table"]

_PREDICTION = "prediction"


@dataclass(frozen=True)
class Score:
    """How good predictions are on a table.

    Attributes
    ----------
    rows
        How many rows were compared.
    r2
        Of numbers: 1 less the mean squared error over the variance of the labels.
    root_mean_squared_error
        Of numbers, in the unit of the labels.
    accuracy
        Of classes: the share of rows given their own class.
    unseen_rows, unseen_classes
        How many of the rows have classes that were not in training, so that no answer
        is right for them, and which.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.estimators.Score(rows=10, r2=0.9).rows
    10
    """

    rows: int
    r2: float | None = None
    root_mean_squared_error: float | None = None
    accuracy: float | None = None
    unseen_rows: int = 0
    unseen_classes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class TableModel:
    """A fitted estimator that takes tables as they are, of files or in memory.

    Attributes
    ----------
    recipe
        What is done to the columns: found by name, words encoded, gaps filled.
    estimator
        What is fitted to them; it scales the columns and appends the bias.

    Examples
    --------
    >>> import polars, widthwise as ww
    >>> table = polars.DataFrame({"size": [1.0, 2.0, 4.0], "price": [2.0, 4.0, 8.0]})
    >>> data = ww.datasets.read(table, target="price")
    >>> model = ww.estimators.fit_table(data, ww.estimators.ReadoutRegressor())
    >>> new = polars.DataFrame({"shop": ["north"], "size": [3.0]})
    >>> found = model.predict(new)
    >>> found.columns, round(found["prediction"][0], 6)
    (['shop', 'size', 'prediction'], 6.0)
    """

    recipe: Recipe
    estimator: Any

    def predict(self, source: object) -> "polars.DataFrame":
        """Return the table with one more column at the end, "prediction".

        Parameters
        ----------
        source
            As `widthwise.datasets.read` takes it, or the name of a data set. Columns
            are found by name, in any order, and those that the model does not use stay.

        Raises
        ------
        MissingDataError, DataError
            As `Recipe.applied` says, in one sentence.
        """
        import polars

        applied = self._applied(source)
        table = applied.table
        names = [name or f"x{j}" for j, name in enumerate(table.names)]
        columns = {
            name: _as_read(table.column(place, False))
            for place, name in enumerate(names)
        }
        name = _PREDICTION
        while name in columns:
            name += "_"
        found = self.estimator.predict(applied.points)
        return polars.DataFrame({**columns, name: found.tolist()}, strict=False)

    def score(self, source: object) -> Score:
        """Return how good the predictions are where the table has the target.

        Raises
        ------
        MissingDataError, DataError
            As `predict`; also if the target is absent, or has no value in any row.
        """
        applied = self._applied(source)
        target, where = applied.target, applied.table.where
        if target is None:
            raise DataError(
                f"{where} has no column {self.recipe.target!r}, the target that "
                "predictions are compared with. Add it, or use predict."
            )
        kept = ~target.missing
        if not kept.any():
            raise DataError(f"The target {target.name!r} of {where} has no values.")
        found = self.estimator.predict(applied.points[kept])
        if is_classifier(self.estimator):
            own = target if target.words is not None else target.as_words()
            assert own.words is not None
            words = own.words[kept].astype(str)
            known = np.isin(words, self.estimator.classes_.astype(str))
            return Score(
                int(kept.sum()),
                accuracy=float((found.astype(str) == words).mean()),
                unseen_rows=int((~known).sum()),
                unseen_classes=tuple(np.unique(words[~known]).tolist()),
            )
        if target.numbers is None:
            raise DataError(
                f"The target {target.name!r} of {where} holds text; numbers were "
                "needed, as in training."
            )
        own_numbers = target.numbers[kept]
        error = float(np.square(found - own_numbers).mean())
        variance = float(own_numbers.var())
        return Score(
            int(kept.sum()),
            r2=1.0 - error / variance if variance else None,
            root_mean_squared_error=error**0.5,
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write recipe and estimator to one file, which `load` reads.

        Raises
        ------
        InvalidArgumentError, OutputError
            As the estimator's `save`.
        """
        content = {**saved_content(self.estimator), "recipe": self.recipe}
        write_file(Path(path), content)

    def _applied(self, source: object) -> Applied:
        is_name = isinstance(source, str) and source in datasets.CATALOG
        if is_name and not Path(str(source)).exists():
            return self.recipe.applied(_as_frame(datasets.load(str(source))))
        return self.recipe.applied(source)


def fit_table(
    found: Dataset, estimator: Any, reading: Mapping[str, Any] | None = None
) -> TableModel:
    """Fit an estimator to a data set as it was read, nothing done to it since.

    Parameters
    ----------
    found
        With targets; words for classes come with the data set's `classes`.
    estimator
        In scikit-learn's protocol; a clone of it is fitted.
    reading
        The options that `widthwise.datasets.read` was given, so that other tables are
        read as this one was.

    Raises
    ------
    DataError
        If there is no target, or as the estimator's `fit`.

    Examples
    --------
    >>> import polars as pl, widthwise as ww
    >>> table = pl.DataFrame({"a": [1.0, 2.0, 4.0], "y": [0.0, 1.0, 2.0]})
    >>> data = ww.datasets.read(table, target="y")
    >>> model = ww.estimators.fit_table(data, ww.estimators.ReadoutRegressor())
    >>> type(model).__name__
    'TableModel'
    """
    recipe = recipe_of(found, reading or {})
    assert found.targets is not None
    labels = found.targets.numpy()
    if found.classes is not None:
        labels = _class_names(found)
    fitted = clone(estimator).fit(found.points.numpy(), labels)
    return TableModel(recipe, fitted)


def _class_names(found: Dataset) -> np.ndarray:
    assert found.targets is not None
    values, places = np.unique(found.targets.numpy(), return_inverse=True)
    names = np.array(found.classes)
    # Codes are −1 and 1, or places among the names.
    chosen = names if len(values) == len(names) else names[values.astype(int)]
    return np.asarray(chosen[places])


def _as_frame(found: Dataset) -> "polars.DataFrame":
    import polars

    columns: dict[str, Any] = dict(
        zip(found.feature_names, found.points.numpy().T, strict=True)
    )
    if found.targets is not None and found.target_name is not None:
        is_classes = found.classes is not None
        labels = _class_names(found) if is_classes else found.targets.numpy()
        columns[found.target_name] = labels
    return polars.DataFrame(columns)


def _as_read(column: Any) -> list[Any]:
    """Return a column's values, None where there is none."""
    if column.words is not None:
        return list(column.words)
    if column.numbers is None:
        return [None] * len(column.missing)
    values = column.numbers.tolist()
    if all(each == int(each) for each in column.numbers[~column.missing]):
        values = [
            each if gap else int(each)
            for each, gap in zip(values, column.missing, strict=True)
        ]
    return [
        None if gap else each for each, gap in zip(values, column.missing, strict=True)
    ]
