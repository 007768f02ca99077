"""Points made by a rule: uniform on the sphere, and the eight that no width fits."""

from collections.abc import Callable
from itertools import product
from math import sqrt
from typing import NamedTuple

import numpy as np
import torch

from widthwise import seeds
from widthwise.arrays import Array, Float
from widthwise.datasets.catalog._catalog import Entry
from widthwise.datasets.points import Dataset, PreparationStep, unit_rows
from widthwise.errors import InvalidArgumentError

__all__ = [
    "ENTRIES",
    "Planted",
    "bad_points",
    "plant",
    "synthetic_1",
    "synthetic_2",
    "uniform_sphere",
]


class Planted(NamedTuple):
    """Points with others planted among them, and the rows of those.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = ww.datasets.uniform_sphere(5, 3).points
    >>> planted = ww.datasets.plant(points, torch.eye(3, dtype=torch.float64)[:1])
    >>> planted.points.shape, len(planted.rows)
    (torch.Size([6, 3]), 1)
    """

    points: Float[Array, "n d"]
    rows: tuple[int, ...]


def bad_points(dimension: int) -> Float[Array, "8 d"]:
    r"""Return the eight vertices of a cube that no bias-free ReLU layer fits.

    :math:`p = (s_1, s_2, s_3, 0, \dots, 0)/\sqrt 3` with signs :math:`s_i = \pm 1`.
    Rows 0 to 3 have :math:`s_1 s_2 s_3 = 1`, and row 4 + i is the negative of row i,
    so :math:`\sum_{i<4} \sigma(w \cdot p_i) - \sum_{i \ge 4} \sigma(w \cdot p_i) = 0`
    for every w whenever the odd part of σ is linear: relu, swish, gelu, softplus.

    Parameters
    ----------
    dimension
        d, at least 3.

    Raises
    ------
    InvalidArgumentError
        d < 3.

    Source
    ------
    Benson, Damle and Townsend (2020), arXiv:2010.15959, Definition 2.1.

    Examples
    --------
    >>> import widthwise as ww
    >>> points = ww.datasets.bad_points(3)
    >>> points.shape, points[0].norm().item()
    (torch.Size([8, 3]), 1.0)
    """
    if dimension < 3:
        raise InvalidArgumentError(
            f"The bad points are vertices of a cube, which needs dimension 3 or more; "
            f"found {dimension}."
        )
    even = [signs for signs in product((1.0, -1.0), repeat=3) if np.prod(signs) > 0]
    cube = torch.tensor(even, dtype=torch.float64) / sqrt(3.0)
    points = torch.zeros(8, dimension, dtype=torch.float64)
    points[:4, :3] = cube
    points[4:, :3] = -cube
    return points


def plant(points: Array, extra: Array, seed: int = 0) -> Planted:
    """Put the rows of `extra` at random places among `points`, both in order.

    Parameters
    ----------
    points, extra
        Rows of the same dimension.
    seed
        Where they go; the same seed gives the same places.

    Returns
    -------
    Planted
        All rows, and for each row of `extra` where it is now.

    Raises
    ------
    InvalidArgumentError
        The dimensions differ.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = ww.datasets.uniform_sphere(5, 3).points
    >>> planted = ww.datasets.plant(points, torch.eye(3, dtype=torch.float64)[:1])
    >>> planted.points.shape
    torch.Size([6, 3])
    """
    if points.ndim != 2 or extra.ndim != 2 or points.shape[1] != extra.shape[1]:
        raise InvalidArgumentError(
            f"Rows of shape {tuple(extra.shape)} cannot be planted among points of "
            f"shape {tuple(points.shape)}; two matrices with the same number of "
            "columns were needed."
        )
    total = len(points) + len(extra)
    order = seeds.stream(seed, "datasets/plant").random(total).argsort()
    rows = torch.from_numpy(np.sort(order[: len(extra)]))
    is_extra = torch.zeros(total, dtype=torch.bool)
    is_extra[rows] = True
    mixed = torch.empty(total, points.shape[1], dtype=torch.float64)
    mixed[is_extra] = extra.detach().to("cpu", torch.float64)
    mixed[~is_extra] = points.detach().to("cpu", torch.float64)
    return Planted(mixed, tuple(rows.tolist()))


def uniform_sphere(count: int = 100, dimension: int = 5, seed: int = 0) -> Dataset:
    """Draw points uniformly from the unit sphere of R^d, without targets.

    Parameters
    ----------
    count
        n, at least 2.
    dimension
        d, at least 2.
    seed
        See `widthwise.seeds`.

    Examples
    --------
    >>> import widthwise as ww
    >>> data = ww.datasets.uniform_sphere(4, 3, seed=0)
    >>> data.points.norm(dim=1).round(decimals=9).tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    points = _uniform(count, dimension, seed)
    return Dataset(
        name="uniform_sphere",
        points=points,
        origin="synthetic",
        columns_share_unit=True,
        steps=(_drawn(count, dimension, seed),),
    )


def synthetic_1(count: int = 500, dimension: int = 10, seed: int = 0) -> Dataset:
    """Draw points uniformly from the sphere; the target is the sum of a row, x · 1.

    Source
    ------
    Benson, Damle and Townsend (2020), arXiv:2010.15959, Synthetic-1.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.datasets.synthetic_1(count=20).points.shape
    torch.Size([20, 10])
    """
    points = _uniform(count, dimension, seed)
    return Dataset(
        name="synthetic_1",
        points=points,
        targets=points.sum(dim=1),
        target_name="sum of the coordinates",
        origin="synthetic",
        columns_share_unit=True,
        steps=(_drawn(count, dimension, seed),),
    )


def synthetic_2(uniform: int = 92, dimension: int = 10, seed: int = 0) -> Dataset:
    """Draw points uniformly from the sphere, then plant the eight bad points.

    Half of the labels are +1, half −1 (one more +1 when n is odd), at random; all
    eight bad points have +1. The step "plant" holds their rows.

    Parameters
    ----------
    uniform
        How many points are drawn, at least 8.
    dimension
        d, at least 3.
    seed
        See `widthwise.seeds`.

    Source
    ------
    Benson, Damle and Townsend (2020), arXiv:2010.15959, Synthetic-2.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.datasets.synthetic_2(uniform=12).points.shape
    torch.Size([20, 10])
    """
    if uniform < 8:
        raise InvalidArgumentError(
            f"{uniform} uniform points were asked for; at least 8 were needed, so "
            "that half of the labels can be −1."
        )
    bad = bad_points(dimension)
    planted = plant(_uniform(uniform, dimension, seed), bad, seed)
    total = uniform + len(bad)
    targets = torch.ones(total, dtype=torch.float64)
    keys = seeds.stream(seed, "datasets/synthetic_2/labels").random(total)
    keys[list(planted.rows)] = -1.0  # sorted first, so they stay +1
    targets[torch.from_numpy(keys.argsort()[-(total // 2) :].copy())] = -1.0
    rows = list(planted.rows)
    return Dataset(
        name="synthetic_2",
        points=planted.points,
        targets=targets,
        target_name="label",
        origin="synthetic",
        columns_share_unit=True,
        steps=(
            _drawn(uniform, dimension, seed),
            PreparationStep(
                "plant",
                f"Planted the eight bad points at rows {', '.join(map(str, rows))} "
                "(from 0), all labelled +1.",
                {"rows": rows, "seed": seed},
            ),
        ),
    )


def _uniform(count: int, dimension: int, seed: int) -> Float[Array, "n d"]:
    """Draw Gaussian rows and project them."""
    if count < 2 or dimension < 2:
        raise InvalidArgumentError(
            f"{count} points in dimension {dimension} were asked for; at least 2 "
            "points and dimension 2 were needed."
        )
    draw = seeds.stream(seed, f"datasets/uniform_sphere/{dimension}")
    return torch.from_numpy(unit_rows(draw.standard_normal((count, dimension))))


def _drawn(count: int, dimension: int, seed: int) -> PreparationStep:
    """Record how uniform points were drawn."""
    return PreparationStep(
        "draw_uniform",
        f"Drew {count} points uniformly from the unit sphere of R^{dimension}, seed "
        f"{seed}.",
        {"count": count, "dimension": dimension, "seed": seed},
    )


def _entry(
    name: str, summary: str, count: int, dimension: int, loader: Callable[..., Dataset]
) -> Entry:
    return Entry(
        name=name,
        summary=summary,
        points_count=count,
        dimension=dimension,
        obtained="made by a rule",
        source="Benson, Damle and Townsend (2020), arXiv:2010.15959",
        licence="none needed",
        loader=loader,
    )


ENTRIES = (
    _entry(
        "synthetic_1",
        "uniform on the sphere, target the sum of the coordinates",
        500,
        10,
        synthetic_1,
    ),
    _entry(
        "synthetic_2",
        "uniform on the sphere, with eight points that no ReLU layer fits",
        100,
        10,
        synthetic_2,
    ),
    _entry(
        "uniform_sphere", "uniform on the sphere, no targets", 100, 5, uniform_sphere
    ),
)
