"""The points and labels of one trial of the Oymak experiments."""

from functools import lru_cache

import torch

from widthwise.arrays import Array, Float
from widthwise.datasets import load, uniform_sphere
from widthwise.errors import InvalidArgumentError
from widthwise.seeds import derive, stream

__all__ = ["DATA", "trial_points", "trial_targets"]

DATA = ("sphere", "mnist", "fashion_mnist")
"""Uniform on the sphere, or images: principal components, brought to the sphere."""


@lru_cache(maxsize=64)
def trial_points(
    data: str, count: int, dimension: int, trial: int, seed: int
) -> Float[Array, "n d"]:
    """Return the unit points of one trial, independent of those of the others.

    Images of all ten classes are drawn, as evenly as `count` allows.

    Raises
    ------
    MissingDataError
        If the image files are nowhere.
    InvalidArgumentError
        If there are too few points for that many principal components.
    """
    own = derive(seed, f"experiments/oymak/{data}/{count}/{dimension}", trial)
    if data == "sphere":
        return uniform_sphere(count, dimension, own).points
    if count <= dimension:
        raise InvalidArgumentError(
            f"{count} images have fewer than {dimension} principal components. Raise "
            "`points` or lower `dimension`."
        )
    return _images(data, count, dimension, own)


def trial_targets(count: int, trial: int, seed: int) -> Float[Array, " n"]:
    """Return labels +1 or -1 with equal chances, independent of the points."""
    own = derive(seed, f"experiments/oymak/labels/{count}", trial)
    drawn = torch.from_numpy(stream(own, "labels").random(count))
    return torch.where(drawn < 0.5, -1.0, 1.0).to(torch.float64)


def _images(data: str, count: int, dimension: int, seed: int) -> Float[Array, "n d"]:
    each = -(-count // 10)
    images = load(data, classes=range(10), count=each, components=None, seed=seed)
    chosen = images.sample_rows(count, seed).points
    centred = chosen - chosen.mean(dim=0)
    left, values, _ = torch.linalg.svd(centred, full_matrices=False)
    components = left[:, :dimension] * values[:dimension]
    rows: Array = components / torch.linalg.vector_norm(components, dim=1)[:, None]
    return rows
