"""What is left of a fit: frozen maps from rows to scores, which can be saved."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from scipy.sparse import issparse

from widthwise import features
from widthwise.arrays import Array, Float, row_blocks
from widthwise.equality import equal_by_value
from widthwise.estimators.maps._infinite_network import InfiniteNetwork
from widthwise.estimators.maps._preparation import Preparation, Rows, parts

__all__ = ["GivenFeatures", "HiddenLayer", "KernelMachine", "Model"]

_ROWS = 4096  # At once.


@dataclass(frozen=True, eq=False)
class GivenFeatures:
    r"""$\Phi v + b$ of features that are given.

    Attributes
    ----------
    preparation
        Of the features.
    coefficients, intercept
        v, shape (m, c), and b, shape (c,).
    """

    __eq__ = equal_by_value

    preparation: Preparation
    coefficients: Float[Array, "m c"]
    intercept: Float[Array, " c"]

    def scores(self, rows: Rows) -> Float[np.ndarray, "n c"]:
        given, weights = self.preparation, self.coefficients.numpy()
        if not issparse(rows):
            found = given.shifted(rows) @ weights
            return np.asarray(found + self.intercept.numpy())
        inner = weights / given.spread[:, None]
        found = rows @ inner + (self.intercept.numpy() - given.center @ inner)
        return np.asarray(found)


@dataclass(frozen=True, eq=False)
class HiddenLayer:
    r"""$m^{-1/2} \sigma(W x) v + b$: a network whose last layer alone was trained.

    Attributes
    ----------
    preparation
        Of the rows, whose points the network sees.
    layer
        The random features.
    coefficients, intercept
        v, shape (m, c), and b, shape (c,).
    """

    __eq__ = equal_by_value

    preparation: Preparation
    layer: features.RandomFeatures
    coefficients: Float[Array, "m c"]
    intercept: Float[Array, " c"]

    def scores(self, rows: Rows) -> Float[np.ndarray, "n c"]:
        """Return the outputs, streamed over the width."""
        found = [self._scores(rows[part]) for part in parts(rows, _ROWS)]
        return np.concatenate(found)

    def _scores(self, rows: Rows) -> np.ndarray:
        points = self.preparation.points(rows)
        total = points.new_zeros(len(points), self.coefficients.shape[1])
        for start, stop, block in self.layer.blocks(points):
            total += block @ self.coefficients[start:stop]
        found = total / math.sqrt(self.layer.width) + self.intercept
        return np.asarray(found.numpy())


@dataclass(frozen=True, eq=False)
class KernelMachine:
    r"""$\sum_i \alpha_i k(x, x_i) + b$: a network of infinite width.

    Attributes
    ----------
    preparation
        Of the rows.
    network
        Whose kernel k is.
    points
        Shape (n, p). The points of training.
    coefficients, intercept
        α, shape (n, c), and b, shape (c,).
    """

    __eq__ = equal_by_value

    preparation: Preparation
    network: InfiniteNetwork
    points: Float[Array, "n p"]
    coefficients: Float[Array, "n c"]
    intercept: Float[Array, " c"]

    def scores(self, rows: Rows) -> Float[np.ndarray, "n c"]:
        found = [self._scores(rows[part]) for part in parts(rows, rows.shape[0])]
        return np.concatenate(found)

    def _scores(self, rows: Rows) -> np.ndarray:
        points = self.preparation.points(rows)
        found = [
            self.network.kernel(points[part], self.points) @ self.coefficients
            for part in row_blocks(len(points), len(self.points))
        ]
        return np.asarray((torch.cat(found) + self.intercept).numpy())


Model = GivenFeatures | HiddenLayer | KernelMachine
