"""How often regions of random weights hold a global minimum for given targets."""

from collections.abc import Callable

import torch

from widthwise.activations import Activation
from widthwise.features.two_layer import PointsLike, as_matrix
from widthwise.landscape.patterns import activation_pattern, random_network
from widthwise.landscape.regions._minima_fraction import (
    GlobalMinimumProbability,
    minima_summary,
)
from widthwise.landscape.regions._minimum import region_minimum

__all__ = ["global_minimum_probability_at"]


def global_minimum_probability_at(
    points: PointsLike,
    targets: PointsLike,
    width: int,
    trials: int = 20,
    seed: int = 0,
    *,
    initialization: str = "pytorch",
    biases: bool = True,
    act: Activation | None = None,
    confidence: float | int = 0.95,
    progress: Callable[[int], None] | None = None,
) -> GlobalMinimumProbability:
    r"""Estimate how often a region holds a global minimum, the data being given.

    Parameters
    ----------
    points, targets
        X, shape (n, d0), and y, shape (n,).
    width
        d1.
    trials, seed, initialization, biases, act, confidence
        As in `global_minimum_probability`; the outer weights are $\pm 1/\sqrt{d_1}$ at
        random.
    progress
        Called with the number of regions done before each.

    Returns
    -------
    GlobalMinimumProbability

    Raises
    ------
    DataError, InvalidArgumentError, UnknownNameError
        As in `region_minimum` and `global_minimum_probability`.

    Source
    ------
    Karhadkar, Murray, Tseran and Montufar (2024), arXiv:2305.19510, Section 7.

    Cost
    ----
    That of `region_minimum` a trial.
    """
    data = as_matrix(points)
    found = []
    for trial in range(trials):
        if progress is not None:
            progress(trial)
        network = random_network(
            data,
            width,
            seed,
            initialization=initialization,
            biases=biases,
            act=act,
            use=f"minima/{trial}",
        )
        inner = torch.from_numpy(network.weights[:, : data.shape[1]])
        shift = torch.from_numpy(network.offsets) if biases else None
        found.append(
            region_minimum(
                activation_pattern(data, inner, shift, act=act),
                data,
                targets,
                torch.from_numpy(network.outer),
                biases=biases,
                act=act,
            )
        )
    return minima_summary(found, confidence)
