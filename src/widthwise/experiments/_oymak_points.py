"""The points and labels of one trial of the Oymak experiments."""

import torch

from widthwise.arrays import Array, Float
from widthwise.datasets import load, uniform_sphere
from widthwise.errors import InvalidArgumentError
from widthwise.seeds import derive, stream

__all__ = ["DATA", "trial_points", "trial_targets"]

DATA = ("sphere", "mnist", "fashion_mnist")
"""Uniform on the sphere, or images: principal components, brought to the sphere."""


def trial_points(
    data: str, count: int, dimension: int, trials: int, seed: int
) -> Float[Array, "trials n d"]:
    """Return unit points, independent in each trial.

    Images of all ten classes are drawn, as evenly as `count` allows.

    Raises
    ------
    MissingDataError
        If the image files are nowhere.
    InvalidArgumentError
        If there are too few points for that many principal components.
    """
    place = f"experiments/oymak/{data}/{count}/{dimension}"
    seeds = [derive(seed, place, trial) for trial in range(trials)]
    if data == "sphere":
        rows = [uniform_sphere(count, dimension, each).points for each in seeds]
        return torch.stack(rows)
    if count <= dimension:
        raise InvalidArgumentError(
            f"{count} images have fewer than {dimension} principal components. Raise "
            "`points` or lower `dimension`."
        )
    return torch.stack([_images(data, count, dimension, each) for each in seeds])


def trial_targets(count: int, trials: int, seed: int) -> Float[Array, "trials n"]:
    """Return labels +1 or -1 with equal chances, independent of the points."""
    rows = [
        stream(derive(seed, f"experiments/oymak/labels/{count}", trial), "labels")
        for trial in range(trials)
    ]
    drawn = [torch.from_numpy(each.random(count)) for each in rows]
    return torch.where(torch.stack(drawn) < 0.5, -1.0, 1.0).to(torch.float64)


def _images(data: str, count: int, dimension: int, seed: int) -> Float[Array, "n d"]:
    each = -(-count // 10)
    images = load(data, classes=range(10), count=each, components=None, seed=seed)
    chosen = images.sample_rows(count, seed).points
    centred = chosen - chosen.mean(dim=0)
    left, values, _ = torch.linalg.svd(centred, full_matrices=False)
    components = left[:, :dimension] * values[:dimension]
    rows: Array = components / torch.linalg.vector_norm(components, dim=1)[:, None]
    return rows
