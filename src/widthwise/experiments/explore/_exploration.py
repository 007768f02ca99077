"""The weights and the kernels of the page on which a reader moves points."""

from typing import Any

import numpy as np

from widthwise import activations, arguments, kernels, laws
from widthwise.records import Record, opening, write
from widthwise.seeds import derive, stream

__all__ = ["exploration"]

_ACTIVATIONS = (
    "relu", "leaky_relu", "elu", "swish", "gelu", "tanh", "erf", "wendland0",
    "wendland2",
)  # fmt: skip
_DIMENSIONS = (2, 3, 4)
"""Points of a line, a circle and a cube, each with a constant coordinate."""
_DRAWS, _WIDEST, _WIDEST_DEEP, _DEEPEST, _MOST_POINTS = 3, 256, 64, 3, 16


def exploration(seed: int = 0) -> Record:
    r"""Gather the weights and kernels with which a page computes small networks.

    A unit vector x of 2, 3 or 4 coordinates is a point of a line, a circle or a cube
    with a constant beside it. Layer l has $h_l = \sigma(z_l)$ with $z_1 = W_1 x$ and
    $z_{l+1} = W_{l+1} h_l / \sqrt{m\,\kappa(1)}$, so that every z has variance 1 at
    infinite width, where the kernel of L layers is $\kappa(C(\dots C(x \cdot x')))$
    with L - 1 times $C = \kappa / \kappa(1)$.

    Parameters
    ----------
    seed
        Every weight follows from it; 0 to 2**64 - 1.

    Returns
    -------
    A record of kind "explore". Arrays: "weights/LAW/d/k", shape (256, d), what
    `RandomFeatures` of that law has for the seed ``content["seeds"][k]``;
    "deeper/k/l", (64, 64), standard normal; "dual/ACTIVATION/LAW/d/near/edges" and
    the like, the polynomials of `kernels.dual`; "noise", (16,), standard normal.

    Source: Benson, Damle and Townsend (2020), arXiv:2010.15959, eq. (7). Cost: 10 s
    once, 0.1 s from the user's cache of duals; 2 MB.

    Examples
    --------
    >>> import widthwise as ww
    >>> sorted(ww.experiments.exploration(0).content)[:2]
    ['activations', 'command']
    """
    seed = arguments.seed(seed)
    seeds = [seed] + [derive(seed, "explore", k) for k in range(1, _DRAWS)]
    arrays = _weights(seeds)
    arrays["noise"] = stream(seed, "explore/noise").standard_normal(_MOST_POINTS)
    known = [_described(name, arrays) for name in _ACTIVATIONS]
    content: dict[str, Any] = {
        **write(opening("explore", seed, None)),
        "seeds": seeds,
        "activations": known,
        "widest": _WIDEST,
        "widest_deep": _WIDEST_DEEP,
        "deepest": _DEEPEST,
        "most_points": _MOST_POINTS,
    }
    return Record(content, arrays)


def _weights(seeds: list[int]) -> dict[str, np.ndarray]:
    found = {}
    for k, seed in enumerate(seeds):
        for d in _DIMENSIONS:
            for name in laws.CATALOG:
                weights = laws.get(name, d).weights(seed, d, 0, _WIDEST)
                found[f"weights/{name}/{d}/{k}"] = weights.numpy()
        for layer in range(2, _DEEPEST + 1):
            inner = derive(seed, "explore/layer", layer)
            weights = laws.Gaussian().weights(inner, _WIDEST_DEEP, 0, _WIDEST_DEEP)
            found[f"deeper/{k}/{layer}"] = weights.numpy()
    return found


def _described(name: str, arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    """Add the duals of an activation to the arrays; return what a page says of it."""
    takes = [
        law
        for law in laws.CATALOG
        if laws.get(law, 2).support_radius
        <= activations.for_dimension(name, 2).domain[1]
    ]
    for law in takes:
        for d in _DIMENSIONS:
            dual = kernels.dual(activations.for_dimension(name, d), laws.get(law, d))
            for half, part in (("near", dual.near), ("far", dual.far)):
                arrays[f"dual/{name}/{law}/{d}/{half}/edges"] = part.edges
                arrays[f"dual/{name}/{law}/{d}/{half}/powers"] = part.coefficients
    return {"name": name, "laws": takes}
