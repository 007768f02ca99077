"""Nested values under dotted names, and the kind that several values share."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

__all__ = ["flat", "shared_kind", "without_arrays"]


def flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return `{"fit": {"loss": 1}}` as `{"fit.loss": 1}`, arrays as lists.

    A name that is taken gets ".2" behind it; an empty mapping stays one.
    """
    found: dict[str, Any] = {}
    for name, value in _pairs("", values):
        while name in found:
            name = f"{name}.2"
        found[name] = without_arrays(value)
    return found


def without_arrays(value: Any) -> Any:
    """Return the value with lists for arrays, at any depth."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, Mapping):
        return {name: without_arrays(each) for name, each in value.items()}
    if isinstance(value, list):
        return [without_arrays(each) for each in value]
    return value


def shared_kind(values: Iterable[Any]) -> tuple[int, str] | None:
    """Return how deep the lists are that the values have in common, and of what.

    Returns
    -------
    (0, "float") for numbers with or without a point, (1, "int") for lists of whole
    numbers, with "bool", "int", "float" and "text"; (0, "nothing") if all are None.
    None if the values have no such kind in common, or a whole number needs more than
    64 bits.
    """
    depth, leaf = 0, "nothing"
    for value in values:
        if value is None:
            continue
        found = _kind(value)
        if found is None:
            return None
        if leaf == "nothing" and depth == 0:
            depth, leaf = found
            continue
        joint = _joint(leaf, found[1])
        if joint is None or found[0] != depth:
            return None
        leaf = joint
    return depth, leaf


def _pairs(before: str, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from _pairs(f"{before}{name}.", value)
        else:
            yield f"{before}{name}", value


def _kind(value: Any) -> tuple[int, str] | None:
    if isinstance(value, list):
        inner = shared_kind(value)
        return None if inner is None else (inner[0] + 1, inner[1])
    if isinstance(value, bool):
        return 0, "bool"
    if isinstance(value, int):
        return (0, "int") if -(2**63) <= value < 2**63 else None
    if isinstance(value, float):
        return 0, "float"
    return (0, "text") if isinstance(value, str) else None


def _joint(one: str, other: str) -> str | None:
    if one == other or other == "nothing":
        return one
    if one == "nothing":
        return other
    return "float" if {one, other} == {"int", "float"} else None
