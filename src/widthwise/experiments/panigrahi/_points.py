"""The point sets of the studies of Panigrahi, Shetty and Goyal."""

import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import torch

from widthwise import activations, datasets
from widthwise.arrays import Array
from widthwise.errors import MissingDataError
from widthwise.experiments.shared import Setting
from widthwise.seeds import derive

__all__ = [
    "COUNTS",
    "DIMENSION",
    "PIXELS",
    "POINTS",
    "POINT_SETS",
    "activations_setting",
    "cell_points",
    "is_available",
    "left_out",
    "point_set",
    "which_points",
]

POINT_SETS = ("half_circle", "circle", "sphere_3", "sphere", "cifar10")
"""Equally spaced on half a circle or a circle; uniform on the sphere of R^3, or of
another dimension; photographs."""

_CIRCLES = ("half_circle", "circle")
_FIXED = (*_CIRCLES, "sphere_3")

PIXELS = 3072
"""The dimension that means all pixels of a photograph."""

POINTS = Setting.name("point set", "half_circle", "half_circle", choices=POINT_SETS)
COUNTS = Setting.whole("numbers of points n", (10, 50), (10,), 2, 2000)
DIMENSION = Setting.whole("d of sphere and cifar10", 10, 5, 2, PIXELS)


def activations_setting(*quick: str) -> Setting:
    """Return the setting of the activations that are compared.

    Those to choose from are defined on the whole line, with a derivative that trains,
    and have no parameter that must be given.
    """
    return Setting.name(
        "activations",
        ("relu", "elu", "selu", "tanh", "swish", "gelu"),
        quick,
        choices=tuple(
            name
            for name in activations.CATALOG
            if name != "step"
            and not any(
                each.is_required for each in activations.describe(name).parameters
            )
        ),
    )


def point_set(kind: str, count: int, dimension: int, seed: int) -> Array:
    """Return `count` points of norm 1, shape (count, d).

    Parameters
    ----------
    kind
        One of `POINT_SETS`. The circles lie in R^2; "cifar10" holds a random
        sample of 1,000 photographs on their first `dimension` principal components,
        or all their pixels.
    dimension
        d of "sphere" and "cifar10"; for the latter up to 999, or 3072 for all pixels.
    seed
        Of the random sets.

    Raises
    ------
    MissingDataError
        For "cifar10", if the file is nowhere.
    InvalidArgumentError
        If 1,000 photographs have no so many principal components.
    """
    if kind in _CIRCLES:
        whole = math.pi if kind == "half_circle" else 2 * math.pi
        angles = whole * torch.arange(1, count + 1, dtype=torch.float64) / count
        return torch.stack([torch.cos(angles), torch.sin(angles)], dim=1)
    if kind == "sphere_3":
        return datasets.uniform_sphere(count, 3, derive(seed, "panigrahi/3")).points
    if kind == "sphere":
        drawn = datasets.uniform_sphere(count, dimension, derive(seed, "panigrahi"))
        return drawn.points
    return _photographs(dimension).sample_rows(count, seed).to_sphere().points


def which_points(kind: str, count: int, dimension: int) -> dict[str, Any]:
    """Return what of a cell says which points it has; some have their own dimension."""
    found: dict[str, Any] = {"points": kind, "n": count}
    return found if kind in _FIXED else found | {"dimension": dimension}


def cell_points(cell: Mapping[str, Any], seed: int) -> Array:
    """Return the points of a cell."""
    return point_set(cell["points"], cell["n"], cell.get("dimension", 2), seed)


def left_out(
    kinds: Sequence[str], cells: Sequence[Mapping[str, Any]]
) -> tuple[str, ...]:
    """Return a note on each point set that no cell has."""
    present = {cell["points"] for cell in cells}
    return tuple(
        f"{kind} was left out: its file is not at hand."
        for kind in kinds
        if kind not in present
    )


@cache
def _photographs(components: int) -> datasets.Dataset:
    wanted = None if components == PIXELS else components
    return datasets.load("cifar10_subset", count=100, components=wanted)


def is_available(kind: str) -> bool:
    """Tell whether the data of a point set can be had without a network."""
    if kind != "cifar10":
        return True
    try:
        datasets.load("cifar10_subset", count=2)
    except MissingDataError:
        return False
    return True
