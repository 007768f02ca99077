"""Initial weights from the counter-based streams."""

import numpy as np
import torch

from widthwise.arrays import Array, Float
from widthwise.errors import InvalidArgumentError, unknown_name
from widthwise.laws import BLOCK, Gaussian, Law, Sphere
from widthwise.seeds import derive

__all__ = ["OUTER", "hidden_matrix", "normals", "readout_weights"]

OUTER = ("gaussian", "signs", "zeros")
"""How the outer weights begin."""


def normals(seed: int, name: str, count: int) -> Float[Array, " m"]:
    """Return standard normals of a named stream; fewer are a prefix of more."""
    return Gaussian().weights(derive(seed, name), 1, 0, count)[:, 0].contiguous()


def readout_weights(kind: str, seed: int, width: int) -> Float[Array, " m"]:
    """Return outer weights of mean square one: normals, alternating signs, or zeros.

    Of an even number of signs, half are positive and half negative, as in S3.
    """
    if kind not in OUTER:
        raise unknown_name("kind of outer weights", str(kind), OUTER)
    if kind == "gaussian":
        return normals(seed, "networks/outer", width)
    if kind == "zeros":
        return torch.zeros(width, dtype=torch.float64)
    signs = torch.ones(width, dtype=torch.float64)
    signs[1::2] = -1.0
    return signs


def hidden_matrix(
    law: Law, seed: int, layer: int, width: int
) -> Float[Array, "width width"]:
    """Return an m x m matrix whose entries have mean square one.

    Its tiles come from streams of their own, so that a narrower Gaussian matrix is the
    upper left part of a wider one. For the sphere law each row is that of the Gaussian
    one, brought to norm sqrt(m).
    """
    if not isinstance(law, Gaussian | Sphere):
        raise InvalidArgumentError(
            f"The law {law.name!r} has no rows of m entries for the layers after the "
            "first. Use 'gaussian' or 'sphere', or a TwoLayer network."
        )
    tiles = [
        Gaussian().weights(
            derive(seed, f"networks/hidden/{layer}", index), BLOCK, 0, width
        )
        for index in range(-(-width // BLOCK))
    ]
    matrix = torch.cat(tiles, dim=1)[:, :width].contiguous()
    if isinstance(law, Sphere):
        # One coordinate after the other: the same bits on any machine, as in the law.
        squares = np.add.reduce(np.ascontiguousarray(matrix.numpy().T ** 2), axis=0)
        matrix *= torch.from_numpy(np.sqrt(width / squares))[:, None]
    return matrix
