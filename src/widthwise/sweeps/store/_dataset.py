"""Results as a labelled array: the names of the grid are dimensions, as are trials."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from widthwise.files import store_module
from widthwise.sweeps.plan import canonical
from widthwise.sweeps.store._flat import flat, shared_kind
from widthwise.sweeps.store._placement import Placed

if TYPE_CHECKING:
    import xarray

__all__ = ["dataset_of", "require_xarray"]


def require_xarray() -> Any:
    """Return the module xarray.

    Raises
    ------
    MissingDataError
        If it is not installed, with the command that installs it.
    """
    return store_module("xarray", "A dataset", "take the polars frame")


def dataset_of(placed: Placed) -> "xarray.Dataset":
    """Return the dataset; the rules are those of `Store.dataset`.

    Raises
    ------
    MissingDataError
        If xarray is not installed.
    MemoryBudgetError
        If the grid is so sparsely filled, or so large, that it does not fit.
    """
    from widthwise.numerics.memory import require  # Its room loads torch.

    xarray = require_xarray()
    dimensions = tuple(map(str, placed.coordinates))
    shape = tuple(map(len, placed.coordinates.values()))
    rows = [flat(result) for result in placed.results]
    names = list(dict.fromkeys(name for row in rows for name in row))
    require(
        8 * int(np.prod(shape, dtype=float)) * (len(names) + 1),
        f"A dataset of {' x '.join(map(str, shape))} places",
        "Take the frame, which has one row a trial.",
    )
    places = np.array(placed.places, dtype=np.intp).reshape(len(rows), len(shape))
    index = tuple(places.T)
    variables: dict[str, Any] = {}
    for name in names:
        title = f"result.{name}" if name in (*dimensions, "seed") else name
        values = [row.get(name) for row in rows]
        array, extra = _filled(values, index, shape)
        variables[title] = (
            (*dimensions, *(f"{title}_{axis}" for axis in range(extra))),
            array,
        )
    seeds = np.zeros(shape, dtype=np.uint64)
    seeds[index] = placed.seeds
    return xarray.Dataset(
        variables,
        coords={
            **{str(name): _axis(each) for name, each in placed.coordinates.items()},
            "seed": (dimensions, seeds),
        },
        attrs={
            "target": placed.target,
            **{str(name): _attribute(each) for name, each in placed.fixed.items()},
        },
    )


def _filled(
    values: list[Any], index: tuple[Any, ...], shape: tuple[int, ...]
) -> tuple[np.ndarray, int]:
    """Return the values at their places, and how many dimensions of their own."""
    kind = shared_kind(values)
    depth, leaf = (0, "text") if kind is None else kind
    if kind is None:
        values = [None if each is None else canonical(each) for each in values]
    inner = tuple(
        max(each)
        for each in zip(*(_extent(value, depth) for value in values))  # noqa: B905
    )
    is_full = len(values) == np.prod(shape, dtype=float) and not _has_gaps(
        values, depth, inner
    )
    if leaf == "text" or leaf == "nothing":
        held = np.full((len(values), *inner), "" if leaf == "text" else np.nan, object)
    elif leaf == "float" or not is_full:
        held = np.full((len(values), *inner), np.nan)
    else:
        held = np.zeros((len(values), *inner), dtype=bool if leaf == "bool" else int)
    for row, value in enumerate(values):
        _fill(held[row : row + 1], value, depth)
    if held.dtype == object:
        held = held.astype(str if leaf == "text" else float)
    empty: Any = "" if held.dtype.kind == "U" else np.nan if held.dtype == float else 0
    array = np.full((*shape, *inner), empty, dtype=held.dtype)
    array[index] = held
    return array, len(inner)


def _extent(value: Any, depth: int) -> tuple[int, ...]:
    """Return the size of the box that nested lists of unequal lengths fit into."""
    if depth == 0:
        return ()
    if not value:
        return (0,) * depth
    inner = [_extent(each, depth - 1) for each in value]
    return (len(value), *(max(each) for each in zip(*inner, strict=True)))


def _has_gaps(values: list[Any], depth: int, inner: tuple[int, ...]) -> bool:
    if depth == 0:
        return any(value is None for value in values)
    return any(
        value is None
        or len(value) != inner[0]
        or _has_gaps(value, depth - 1, inner[1:])
        for value in values
    )


def _fill(target: np.ndarray, value: Any, depth: int) -> None:
    """Write a value, or nested lists, into the first place of the array."""
    if value is None:
        return
    if depth == 0:
        target[0] = value
        return
    for position, each in enumerate(value):
        _fill(target[0, position : position + 1], each, depth - 1)


def _axis(values: Sequence[Any]) -> np.ndarray:
    """Return a dimension's values; those of several kinds as their text."""
    kind = shared_kind(values)
    if kind is None or kind[0] or kind[1] == "nothing" or None in values:
        return np.array([canonical(each) for each in values], dtype=str)
    return np.array(
        values,
        dtype={"bool": bool, "int": np.int64, "float": float, "text": str}[kind[1]],
    )


def _attribute(value: Any) -> Any:
    """Return a fixed argument as what every file format can hold."""
    return value if isinstance(value, str | bool | int | float) else canonical(value)
