"""Results as a polars frame: one row a trial, or one row of a table in the results."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from widthwise.errors import unknown_name
from widthwise.sweeps.plan import Trial, canonical
from widthwise.sweeps.store._flat import flat, shared_kind

if TYPE_CHECKING:
    import polars

__all__ = ["frame_of", "in_text"]

_Item = tuple[Trial, Mapping[str, Any]]


def frame_of(items: Iterable[_Item], table: str | None = None) -> "polars.DataFrame":
    """Return the frame; the rules are those of `Store.frame`.

    Raises
    ------
    UnknownNameError
        If no result holds such a table, with those that there are.
    """
    import polars as pl

    keys: dict[str, list[Any]] = {"key": [], "target": [], "seed": []}
    arguments, found = _Columns(), _Columns()
    for trial, index, values in _rows(items, table):
        own = (trial.key, trial.target, trial.seed)
        for name, value in zip(("key", "target", "seed"), own, strict=True):
            keys[name].append(value)
        arguments.add(flat(trial.arguments))
        found.add(values if index is None else {"row": index, **values})
    columns: dict[str, pl.Series] = {
        "key": pl.Series(keys["key"], dtype=pl.String),
        "target": pl.Series(keys["target"], dtype=pl.String),
        "seed": pl.Series(keys["seed"], dtype=pl.UInt64),
    }
    for kind, each in (("argument", arguments), ("result", found)):
        for name, values_of_it in each.columns().items():
            title = _readable(name)
            while title in columns:
                title = f"{kind}.{title}"
            columns[title] = _series(values_of_it)
    frame = pl.DataFrame(columns)
    ranked = [*frame.columns[3 : 3 + len(arguments.columns())], "seed", "key"]
    plain = [name for name in ranked if frame[name].dtype != pl.List]
    return frame.sort("target", *plain, maintain_order=True)


def in_text(frame: "polars.DataFrame") -> "polars.DataFrame":
    """Return the frame with JSON text for lists, which CSV has no way to write."""
    import polars as pl

    return frame.with_columns(
        pl.Series(
            each.name,
            [None if value is None else canonical(value) for value in each.to_list()],
            dtype=pl.String,
        )
        for each in frame
        if each.dtype == pl.List
    )


class _Columns:
    """Columns that grow by rows, of which any may lack any name."""

    def __init__(self) -> None:
        self._columns: dict[str, list[Any]] = {}
        self._count = 0

    def add(self, row: Mapping[str, Any]) -> None:
        for name, value in row.items():
            column = self._columns.setdefault(name, [])
            column.extend([None] * (self._count - len(column)))
            column.append(value)
        self._count += 1

    def columns(self) -> dict[str, list[Any]]:
        """Return the columns, all of the same length."""
        for column in self._columns.values():
            column.extend([None] * (self._count - len(column)))
        return self._columns


def _rows(
    items: Iterable[_Item], table: str | None
) -> Iterator[tuple[Trial, int | None, dict[str, Any]]]:
    if table is None:
        for trial, result in items:
            yield trial, None, flat(result)
        return
    others: set[str] = set()
    is_found = False
    for trial, result in items:
        rows = result.get(table)
        if not _is_table(rows):
            others |= {name for name, each in result.items() if _is_table(each)}
            continue
        is_found = True
        for index, row in enumerate(rows or ()):
            yield trial, index, flat(row)
    if not is_found:
        raise unknown_name("table in the results", table, others or {"(none)"})


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _series(values: list[Any]) -> "polars.Series":
    import polars as pl

    kind = shared_kind(values)
    if kind is None:
        return pl.Series(
            [None if each is None else canonical(each) for each in values],
            dtype=pl.String,
        )
    depth, leaf = kind
    types: dict[str, Any] = {
        "bool": pl.Boolean,
        "int": pl.Int64,
        "float": pl.Float64,
        "text": pl.String,
        "nothing": pl.Null if depth == 0 else pl.Float64,
    }
    dtype = types[leaf]
    for _ in range(depth):
        dtype = pl.List(dtype)
    return pl.Series([_cast(each, leaf) for each in values], dtype=dtype)


def _cast(value: Any, leaf: str) -> Any:
    """Return text that is valid Unicode, and floats where the column has floats."""
    if value is None:
        return None
    if isinstance(value, list):
        return [_cast(each, leaf) for each in value]
    if leaf == "text":
        return _readable(value)
    return float(value) if leaf == "float" else value


def _readable(text: str) -> str:
    """Return the text with a question mark for each half of a broken character."""
    return text.encode("utf-8", "replace").decode("utf-8")
