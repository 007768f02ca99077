"""The kernels of infinite width of any architecture, by sampling networks."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from widthwise import arguments
from widthwise.arguments import whole_number
from widthwise.arrays import Array, Float
from widthwise.features.modules._kernel import module_tangent_kernel
from widthwise.features.modules._prepared import prepared, undisturbed
from widthwise.features.two_layer import PointsLike
from widthwise.progress import Progress, silent
from widthwise.seeds import derive

__all__ = ["SampledKernels", "sampled_kernels"]


@dataclass(frozen=True, eq=False)
class SampledKernels:
    """Means over sampled networks, each entry with its standard error.

    Attributes
    ----------
    conjugate, tangent
        Shape (n, k), float64.
    conjugate_error, tangent_error
        Standard errors of the entries, shape (n, k).
    networks
        How many networks were sampled.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(2, dtype=torch.float64)
    >>> make = lambda seed: ww.networks.TwoLayer(2, 8, seed=seed)
    >>> found = ww.features.sampled_kernels(make, points, networks=3)
    >>> found.networks, bool((found.tangent_error > 0).any())
    (3, True)
    """

    conjugate: Float[Array, "n k"]
    tangent: Float[Array, "n k"]
    conjugate_error: Float[Array, "n k"]
    tangent_error: Float[Array, "n k"]
    networks: int


def sampled_kernels(
    factory: Callable[[int], nn.Module],
    points: PointsLike,
    other: PointsLike | None = None,
    *,
    networks: int = 100,
    seed: int = 0,
    progress: Progress | None = None,
) -> SampledKernels:
    r"""Estimate the conjugate and the tangent kernel of an architecture.

    $$K(x, x') = \frac1c \sum_k E\, f_k(x) f_k(x'), \qquad
    \Theta(x, x') = \frac1c \sum_k E\, \nabla f_k(x) \cdot \nabla f_k(x'),$$

    over the c outputs and the initial parameters; the gradient is with respect to those
    that require one.

    Parameters
    ----------
    factory
        Takes a seed and returns a new network in evaluation mode, such as ``lambda
        seed: FullyConnected(5, 512, seed=seed)``. torch's generator is seeded with it
        before, so a factory of plain torch modules may leave it unused. With many
        outputs each network tells more of the conjugate kernel.
    points, other
        As X1 and X2 of `module_tangent_kernel`.
    networks
        N, at least 2.
    seed
        From 0 to 2**64 - 1; network i has the i-th seed derived from it, whatever N.
    progress
        Told how many networks are done.

    Returns
    -------
    `SampledKernels`: unbiased for the networks that the factory makes, at their finite
    width; from the kernels of infinite width their means differ by a bias of order one
    over the width beside the standard errors, which fall like $N^{-1/2}$.

    Raises
    ------
    InvalidArgumentError, DataError, MemoryBudgetError
        As `module_tangent_kernel`; or if N or the seed is out of range.

    Source
    ------
    Jacot, Gabriel and Hongler (2018), arXiv:1806.07572, Theorem 1; Novak et al. (2019),
    arXiv:1810.05148, Section 4, for the estimate. Cost: N times that of
    `module_tangent_kernel`.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(2, dtype=torch.float64)
    >>> network = lambda seed: ww.networks.TwoLayer(2, 8, seed=seed)
    >>> ww.features.sampled_kernels(network, points, networks=3).tangent.shape
    torch.Size([2, 2])
    """
    whole_number(networks, "networks", least=2, meaning="how many to sample")
    base, tell = arguments.seed(seed), progress or silent
    # Welford's: the mean of a kernel may be large beside its spread.
    mean = spread = np.zeros(())
    for index in range(networks):
        found = _kernels(
            factory, derive(base, "features/sampled", index), points, other
        )
        moved = found - mean
        mean = mean + moved / (index + 1)
        spread = spread + moved * (found - mean)
        tell((index + 1) / networks, f"network {index + 1:,} of {networks:,}")
    error = np.sqrt(spread / (networks - 1)) / math.sqrt(networks)
    one, two, three, four = map(torch.from_numpy, (*mean, *error))
    return SampledKernels(one, two, three, four, networks)


def _kernels(
    factory: Callable[[int], nn.Module],
    seed: int,
    points: PointsLike,
    other: PointsLike | None,
) -> np.ndarray:
    """Return one network's two kernels, shape (2, n, k)."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = factory(seed)
    tangent = module_tangent_kernel(model, points, other)
    sets = (points,) if other is None else (points, other)
    with undisturbed(model), torch.no_grad():
        copy, inputs = prepared(model, *sets, every_point=False)
        outputs = [copy.outputs(each) for each in inputs]
    conjugate = outputs[0] @ outputs[-1].T
    both = torch.stack([conjugate, tangent]) / copy.outputs_count
    return np.asarray(both.detach().cpu().numpy())
