"""Random data and random initial weights, as experiments on landscapes draw them."""

import math
from collections.abc import Callable

import numpy as np

from widthwise.errors import unknown_name

__all__ = ["DATA", "INITIALIZATIONS", "draw_points", "draw_weights"]

Generator = np.random.Generator


def _cube(generator: Generator, shape: tuple[int, ...]) -> np.ndarray:
    return generator.random(shape)


def _symmetric_cube(generator: Generator, shape: tuple[int, ...]) -> np.ndarray:
    return np.asarray(2.0 * generator.random(shape) - 1.0)


def _gaussian(generator: Generator, shape: tuple[int, ...]) -> np.ndarray:
    return generator.standard_normal(shape)


def _sphere(generator: Generator, shape: tuple[int, ...]) -> np.ndarray:
    normals = generator.standard_normal(shape)
    # Summed one coordinate after the other: the same bits on every machine.
    squares = np.add.reduce(np.moveaxis(np.square(normals), -1, 0), axis=0)
    return np.asarray(normals / np.sqrt(squares)[..., None])


DATA: dict[str, Callable[[Generator, tuple[int, ...]], np.ndarray]] = {
    "cube": _cube,  # uniform on [0, 1]^d0, the paper's heat maps
    "symmetric_cube": _symmetric_cube,  # uniform on [-1, 1]^d0
    "gaussian": _gaussian,  # standard normal
    "sphere": _sphere,  # uniform on the unit sphere
}
"""Laws of the points, by name."""


def _pytorch(
    generator: Generator, shape: tuple[int, ...], fan_in: int, biases: bool
) -> np.ndarray:
    del biases
    return np.asarray(_symmetric_cube(generator, shape) / math.sqrt(fan_in))


def _he_uniform(
    generator: Generator, shape: tuple[int, ...], fan_in: int, biases: bool
) -> np.ndarray:
    del biases
    return np.asarray(_symmetric_cube(generator, shape) * math.sqrt(6.0 / fan_in))


def _he_normal(
    generator: Generator, shape: tuple[int, ...], fan_in: int, biases: bool
) -> np.ndarray:
    drawn = generator.standard_normal(shape) * math.sqrt(2.0 / fan_in)
    if biases:
        drawn[..., -1] = 0.0
    return np.asarray(drawn)


def _normal(
    generator: Generator, shape: tuple[int, ...], fan_in: int, biases: bool
) -> np.ndarray:
    del fan_in, biases
    return generator.standard_normal(shape)


def _unit(
    generator: Generator, shape: tuple[int, ...], fan_in: int, biases: bool
) -> np.ndarray:
    del fan_in, biases
    return _sphere(generator, shape)


INITIALIZATIONS: dict[
    str, Callable[[Generator, tuple[int, ...], int, bool], np.ndarray]
] = {
    "pytorch": _pytorch,  # W, b uniform on ±1/sqrt(d0), torch.nn.Linear's default
    "he_uniform": _he_uniform,  # W, b uniform on ±sqrt(6/d0)
    "he_normal": _he_normal,  # W ~ N(0, 2/d0), b = 0
    "gaussian": _normal,  # W, b ~ N(0, 1)
    "sphere": _unit,  # (w, b) uniform on the unit sphere
}
"""Laws of the inner weights and biases, by name."""


def draw_points(
    data: str, generator: Generator, trials: int, n: int, d0: int
) -> np.ndarray:
    """Return points of shape (trials, n, d0)."""
    if data not in DATA:
        raise unknown_name("law of the points", str(data), DATA)
    return DATA[data](generator, (trials, n, d0))


def draw_weights(
    initialization: str,
    generator: Generator,
    trials: int,
    d1: int,
    d0: int,
    biases: bool,
) -> np.ndarray:
    """Return weights of shape (trials, d1, d0), one column more with biases."""
    if initialization not in INITIALIZATIONS:
        raise unknown_name("initialization", str(initialization), INITIALIZATIONS)
    shape = (trials, d1, d0 + int(biases))
    return INITIALIZATIONS[initialization](generator, shape, d0, biases)
