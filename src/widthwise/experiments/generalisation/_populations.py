"""Where rows are drawn from: the sphere, Gaussian data and tables, with their modes."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch

from widthwise import datasets, kernels, laws
from widthwise.arrays import Array
from widthwise.experiments.shared import Setting
from widthwise.laws import Law
from widthwise.spectra import TargetModes, target_modes

__all__ = [
    "DIMENSION",
    "KERNELS",
    "POPULATIONS",
    "TABLES",
    "Draw",
    "Population",
    "cell_population",
    "where_from",
]

_SYNTHETIC = ("sphere", "gaussian")
TABLES = ("diabetes", "breast_cancer")
POPULATIONS = Setting.name(
    "where rows come from",
    (*_SYNTHETIC, *TABLES),
    ("sphere",),
    choices=(*_SYNTHETIC, *TABLES),
)
DIMENSION = Setting.whole("d of sphere and gaussian", 20, 10, 3, 1000)
KERNELS = ("conjugate", "tangent")

_NOISE = 0.1
_POWERS = (0.0, 1.0, 0.5)
_DEGREES = 30
_TESTED = 400


@dataclass(frozen=True)
class Draw:
    """Rows to fit, and others with the truth to test on.

    `parts`, shape (t, 2), are the target's harmonics on the tested rows; None where a
    table's own targets are all there is.
    """

    points: Array
    targets: Array
    tested: Array
    truth: Array
    parts: Array | None


@dataclass(frozen=True)
class Population:
    """A law of rows with the modes of relu's kernel and of the target over it.

    Attributes
    ----------
    modes
        Of the kernel and the target.
    noise
        The variance of the noise in targets; tables have their own.
    law
        Of the hidden weights: standard normal.
    draw
        Returns so many rows, all others independent of them or, of a table, the rest.
    kernel
        Returns the kernel between the rows of two matrices.
    """

    modes: TargetModes
    noise: float
    law: Law
    draw: Callable[[np.random.Generator, int], Draw]
    kernel: Callable[[Array, Array], Array]


def where_from(data: str, dimension: int) -> dict[str, Any]:
    """Return what of a cell says where its rows come from."""
    found: dict[str, Any] = {"data": data}
    return found | {"dimension": dimension} if data in _SYNTHETIC else found


def cell_population(cell: Mapping[str, Any]) -> Population:
    """Return the population of a cell."""
    return _population(
        cell["data"], cell.get("dimension", 0), cell.get("kernel", "conjugate")
    )


@lru_cache(maxsize=16)
def _population(data: str, dimension: int, name: str) -> Population:
    if data in _SYNTHETIC:
        return _synthetic(data, dimension, name)
    table = datasets.load(data).standardize()
    points = table.to_sphere(bias=True).points
    values = torch.as_tensor(table.targets, dtype=torch.float64)
    targets = (values - values.mean()) / values.std()
    law = laws.get("gaussian", points.shape[1])
    kernel = _kernel(name, law)

    def draw(generator: np.random.Generator, rows: int) -> Draw:
        order = torch.from_numpy(generator.permutation(len(points)))
        own, rest = order[:rows], order[rows:]
        return Draw(points[own], targets[own], points[rest], targets[rest], None)

    modes = target_modes(kernel(points, points), targets)
    return Population(modes, 0.0, law, draw, kernel)


def _synthetic(data: str, dimension: int, name: str) -> Population:
    r"""Return the population whose target is of degree 1 and 2.

    relu is positively homogeneous, so its kernels at $x = r u$ are $r r' \kappa(u, u')$
    and the modes of standard normal points are $r Y / \sqrt d$, with d times the
    eigenvalues on the sphere.
    """
    law = laws.get("gaussian", dimension)
    is_gaussian = data == "gaussian"
    scale = dimension if is_gaussian else 1
    is_tangent = name == "tangent"
    dual: Callable[[Array], Array] = (
        kernels.tangent_dual("relu", law) if is_tangent else kernels.dual("relu", law)
    )
    found = kernels.mercer(dual, dimension, degree=_DEGREES)
    known = torch.where(found.eigenvalues > found.errors, found.eigenvalues, 0.0)
    power = [*_POWERS, *[0.0] * (_DEGREES + 1 - len(_POWERS))]
    rest = max(0.0, found.value_at_one - found.captured)
    modes = TargetModes(scale * known, power, found.multiplicities, scale * rest)

    def harmonics(points: Array) -> Array:
        radii = torch.linalg.vector_norm(points, dim=1, keepdim=True)
        u = points / radii
        pairs = math.sqrt(dimension * (dimension + 2)) * u[:, 0] * u[:, 1]
        both = torch.stack([math.sqrt(dimension) * u[:, 0], pairs], dim=1)
        both = both * torch.tensor(_POWERS[1:], dtype=torch.float64).sqrt()
        return both * radii / math.sqrt(dimension) if is_gaussian else both

    def draw(generator: np.random.Generator, rows: int) -> Draw:
        points = torch.from_numpy(
            generator.standard_normal((rows + _TESTED, dimension))
        )
        if not is_gaussian:
            points = torch.nn.functional.normalize(points)
        noise = math.sqrt(_NOISE) * generator.standard_normal(rows)
        parts = harmonics(points)
        truth = parts.sum(1)
        return Draw(
            points[:rows],
            truth[:rows] + torch.from_numpy(noise),
            points[rows:],
            truth[rows:],
            parts[rows:],
        )

    return Population(modes, _NOISE, law, draw, _kernel(name, law))


def _kernel(name: str, law: Law) -> Callable[[Array, Array], Array]:
    def kernel(points: Array, other: Array) -> Array:
        if name == "tangent":
            return kernels.tangent_kernel(points, "relu", law, other=other)
        return kernels.conjugate_kernel(points, "relu", law, other=other)

    return kernel
