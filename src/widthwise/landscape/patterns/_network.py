"""One network of piecewise-linear units, with its outputs and its Jacobian."""

from dataclasses import dataclass

import numpy as np

from widthwise.activations import Activation
from widthwise.features.two_layer import PointsLike, as_matrix
from widthwise.landscape.patterns._draws import draw_weights
from widthwise.landscape.patterns._pieces import Pieces, pieces
from widthwise.seeds import stream

__all__ = ["PiecewiseNetwork", "random_network"]


@dataclass(frozen=True)
class PiecewiseNetwork:
    r"""One network, $f(x) = \sum_r v_r \sigma(w_r \cdot x + b_r)$, and its points.

    Attributes
    ----------
    data
        The points, lifted by a constant 1 where there are biases, (n, d).
    weights
        (d1, d), the bias last where there is one.
    outer
        v, (d1,).
    biases
        Whether there are biases.
    of
        The linear pieces of the activation.
    """

    data: np.ndarray
    weights: np.ndarray
    outer: np.ndarray
    biases: bool
    of: Pieces

    @property
    def width(self) -> int:
        """d1."""
        return len(self.outer)

    @property
    def offsets(self) -> np.ndarray:
        """The biases, (d1,); zeros where there are none."""
        if self.biases:
            return np.asarray(self.weights[:, -1])
        return np.zeros(self.width)

    def lifted(self, points: np.ndarray) -> np.ndarray:
        """Append what the biases need."""
        if not self.biases:
            return points
        return np.hstack([points, np.ones((len(points), 1))])

    def pattern(self, lifted: np.ndarray) -> np.ndarray:
        """Return the piece of each unit at lifted points, (d1, n)."""
        return self.of.at(self.weights @ lifted.T)

    def outputs(
        self, lifted: np.ndarray, weights: np.ndarray | None = None
    ) -> np.ndarray:
        """Return f at lifted points, for its own or for other weights."""
        z = lifted @ (self.weights if weights is None else weights).T
        return np.asarray(self.of.activated(z) @ self.outer)

    def jacobian(self, weights: np.ndarray | None = None) -> np.ndarray:
        """Return J in the inner weights (and biases) at the data, (n, d1 d).

        Column r d + j belongs to weights[r, j]: unit after unit, each with its bias.
        """
        z = self.data @ (self.weights if weights is None else weights).T
        slopes = self.of.values(self.of.slopes, self.of.at(z)) * self.outer
        found = slopes[:, :, None] * self.data[:, None, :]
        return np.asarray(found.reshape(len(self.data), -1))


def random_network(
    points: PointsLike,
    width: int,
    seed: int = 0,
    *,
    initialization: str = "pytorch",
    biases: bool = True,
    act: Activation | None = None,
    use: str = "picture",
) -> PiecewiseNetwork:
    r"""Return a random network of this width with outer weights $\pm 1/\sqrt{d_1}$.

    Parameters
    ----------
    points
        X, shape (n, d0).
    width
        d1.
    seed, use
        The network is a function of both: every use has a stream of its own.
    initialization, biases, act
        As in `full_rank_probability`.
    """
    data: np.ndarray = as_matrix(points).numpy(force=True)
    d0 = data.shape[1]
    # The name of a stream is part of the meaning of a seed: older records repeat.
    name = f"diagnosis/landscape/{use}/{d0 + int(biases)}/{width}"
    generator = stream(seed, name)
    weights = draw_weights(initialization, generator, 1, width, d0, biases)[0]
    signs = 2.0 * generator.integers(0, 2, width) - 1.0
    lifted = np.hstack([data, np.ones((len(data), 1))]) if biases else data
    return PiecewiseNetwork(
        lifted, weights, signs / np.sqrt(width), biases, pieces(act)
    )
