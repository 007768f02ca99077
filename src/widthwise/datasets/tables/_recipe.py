"""How the columns of a table became features, done again to other tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from widthwise.datasets.points import Dataset, listed, nearest
from widthwise.datasets.tables._columns import Column
from widthwise.datasets.tables._imputation import middle_of
from widthwise.datasets.tables._read import table_of
from widthwise.datasets.tables._table import Table
from widthwise.equality import equal_by_value
from widthwise.errors import DataError
from widthwise.wording import counted, rows, shortened

__all__ = ["Applied", "FeatureRecipe", "Recipe", "recipe_of"]

_WRITTEN = (
    "separator", "header", "encoding", "decimal_comma", "thousands", "units", "missing",
    "dates",
)  # fmt: skip
"""Options of `read` that say how a file is written, not what is done with it."""
_NAMED = 5


@dataclass(frozen=True)
class FeatureRecipe:
    """How one column becomes features.

    Attributes
    ----------
    name
        Of the column; "x3" of one without a name.
    categories
        Its words, one 0/1 feature each; None for numbers.
    fill
        What a missing number becomes; None where it is refused.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.datasets.FeatureRecipe("colour", categories=("blue", "red")).categories
    ('blue', 'red')
    """

    name: str
    categories: tuple[str, ...] | None = None
    fill: float | None = None


@dataclass(frozen=True, eq=False)
class Applied:
    """A table in the features of a recipe.

    Attributes
    ----------
    points
        (n, d), in the order of the features of training.
    target
        The target's column as it is, if the table has it.
    table
        The table, each of whose columns can be asked for.

    Examples
    --------
    >>> import polars, widthwise as ww
    >>> table = polars.DataFrame(
    ...     {"size": [1.0, 2.0], "colour": ["red", "blue"], "price": [3.0, 4.0]}
    ... )
    >>> data = ww.datasets.read(table, target="price", one_hot=True)
    >>> recipe = ww.datasets.recipe_of(data, {"one_hot": True})
    >>> found = recipe.applied(polars.DataFrame({"colour": ["red"], "size": [9.0]}))
    >>> found.points.tolist(), found.target
    ([[9.0, 0.0, 1.0]], None)
    """

    __eq__ = equal_by_value

    points: np.ndarray
    target: Column | None
    table: Table


@dataclass(frozen=True)
class Recipe:
    """What was done to a table, by the names of its columns.

    Attributes
    ----------
    features
        In the order of training.
    target
        The column with the labels.
    classes
        Their names, where they are classes.
    written
        How the file was written, as options of `read`.

    Examples
    --------
    >>> import polars, widthwise as ww
    >>> table = polars.DataFrame(
    ...     {"size": [1.0, 2.0], "colour": ["red", "blue"], "price": [3.0, 4.0]}
    ... )
    >>> data = ww.datasets.read(table, target="price", one_hot=True)
    >>> recipe = ww.datasets.recipe_of(data, {"one_hot": True})
    >>> recipe.target, [(each.name, each.categories) for each in recipe.features]
    ('price', [('size', None), ('colour', ('blue', 'red'))])
    """

    features: tuple[FeatureRecipe, ...]
    target: str
    classes: tuple[str, ...] | None
    written: Mapping[str, Any]

    def applied(self, source: object) -> Applied:
        """Return the features of another table; its other columns are left aside.

        Parameters
        ----------
        source
            As `read` takes it. The columns are found by their names, in any order.

        Raises
        ------
        MissingDataError
            There is no such file.
        DataError
            A column is absent, holds text for numbers or a word that training did not
            have, or a value is missing and training filled none.
        """
        table = table_of(source, dict(self.written))
        names = [name or f"x{j}" for j, name in enumerate(table.names)]
        absent = [each.name for each in self.features if each.name not in names]
        if absent:
            raise DataError(
                f"{table.where} has no column {absent[0]!r}"
                f"{_others(absent)}, which the model was fitted with. "
                f"{nearest(absent[0], names)}Its {counted(len(names), 'column')}: "
                f"{listed(names, 30)}. Add it under that name."
            )
        blocks = [
            self._block(each, table, names.index(each.name)) for each in self.features
        ]
        target = None
        if self.target in names:
            target = table.column(names.index(self.target), self.classes is not None)
        return Applied(np.column_stack(blocks), target, table)

    def _block(self, feature: FeatureRecipe, table: Table, place: int) -> np.ndarray:
        is_words = feature.categories is not None
        column = table.column(place, is_words)
        if is_words:
            column = column if column.words is not None else column.as_words()
        where = f"Column {feature.name!r} of {table.where}"
        if column.missing.any() and feature.fill is None:
            gaps = rows(_which(column.missing), most=_NAMED)
            advice = "" if is_words else ", or fit with impute='median' (--impute)"
            raise DataError(f"{where} has no value in {gaps}. Fill the gaps{advice}.")
        if feature.categories is not None:
            return _indicators(column, feature.categories, where)
        return _numbers(column, feature.fill, where)


def recipe_of(found: Dataset, reading: Mapping[str, Any]) -> Recipe:
    """Return the recipe of a data set as `read` returned it, nothing done to it since.

    Parameters
    ----------
    found
        The data set, with its target.
    reading
        The options that `read` was given.

    Raises
    ------
    DataError
        It has no target.

    Examples
    --------
    >>> import polars, widthwise as ww
    >>> table = polars.DataFrame({"size": [1.0, 2.0], "price": [3.0, 4.0]})
    >>> recipe = ww.datasets.recipe_of(ww.datasets.read(table, target="price"), {})
    >>> recipe.applied(polars.DataFrame({"size": [9.0]})).points.tolist()
    [[9.0]]
    """
    if found.target_name is None:
        raise DataError(
            f"{found.name} has no target; a column to fit was needed. Name it with "
            "target=... (--target)."
        )
    encoded = {
        name: step.numbers
        for step in found.steps
        if step.name == "one_hot"
        for name in step.numbers["columns"]
    }
    filled = {
        step.numbers["column"]: step.numbers["value"]
        for step in found.steps
        if step.name == "impute"
    }
    way, features = reading.get("impute"), []
    for place, name in enumerate(found.feature_names):
        if name in encoded:
            step = encoded[name]
            made = FeatureRecipe(step["column"], tuple(step["categories"]))
            if made not in features:
                features.append(made)
            continue
        fill = filled.get(name)
        if fill is None and way is not None:
            fill = middle_of(found.points[:, place].numpy(), way)
        features.append(FeatureRecipe(name, None, fill))
    written = {key: reading[key] for key in _WRITTEN if key in reading}
    return Recipe(tuple(features), found.target_name, found.classes, written)


def _indicators(column: Column, categories: Sequence[str], where: str) -> np.ndarray:
    assert column.words is not None
    words = np.array([str(word) for word in column.words], dtype=object)
    found = words[:, None] == np.array(categories, dtype=object)
    unknown = ~found.any(axis=1)
    if unknown.any():
        place = int(np.flatnonzero(unknown)[0])
        raise DataError(
            f"{where} holds {shortened(words[place])!r} in "
            f"{rows(_which(unknown), most=_NAMED)}, a word that training did not "
            f"have; it had {listed(list(categories), 10)}. Mend it, or fit again with "
            "such rows."
        )
    return np.asarray(found.astype(np.float64))


def _numbers(column: Column, fill: float | None, where: str) -> np.ndarray:
    if column.numbers is None:
        words = [] if column.words is None else [each for each in column.words if each]
        held = f"text, such as {shortened(str(words[0]))!r}" if words else column.kind
        raise DataError(f"{where} holds {held}; numbers were needed, as in training.")
    numbers = np.where(column.missing, 0.0 if fill is None else fill, column.numbers)
    if not np.isfinite(numbers).all():
        infinite = rows(_which(~np.isfinite(numbers)), most=_NAMED)
        raise DataError(f"{where} is infinite in {infinite}. Mend or remove such rows.")
    return numbers[:, None]


def _which(are: np.ndarray) -> list[int]:
    """Return the numbers of rows, from 0 below the header."""
    return [int(row) for row in np.flatnonzero(are)]


def _others(absent: Sequence[str]) -> str:
    return f" (and {counted(len(absent) - 1, 'other')})" if len(absent) > 1 else ""
