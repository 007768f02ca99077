"""Which matrices a measurement needs, and those it got."""

from dataclasses import dataclass

import numpy as np

from widthwise.arrays import Array, Float
from widthwise.errors import InvalidArgumentError
from widthwise.numerics.linear_algebra import add_outer_products, complete_symmetric

__all__ = [
    "Matrices",
    "Signs",
    "Wanted",
    "gram",
    "require_finite",
    "share_changed",
    "signs_of",
]

_ONES = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).sum(
    axis=1, dtype=np.uint8
)


@dataclass(frozen=True)
class Wanted:
    """The features' Gram matrix, the tangent kernel, the units' signs: which of them.

    They share one forward pass, and an outer layer's kernel is the Gram matrix.
    """

    gram: bool = False
    kernel: bool = False
    signs: bool = False


@dataclass(frozen=True)
class Signs:
    """Whether each of `count` entries is positive, eight to a byte."""

    packed: np.ndarray
    count: int


@dataclass(frozen=True)
class Matrices:
    """What was wanted; None, or no signs, for the rest.

    `kernel` has shape (n, n), or (nc, nc) for c outputs; `signs` come by blocks.
    """

    gram: Array | None
    kernel: Array | None
    signs: list[Signs]


def gram(block: Float[Array, "n b"]) -> Float[Array, "n n"]:
    r"""Return $B B^\top$, exactly symmetric."""
    found = block.new_zeros((len(block), len(block)))
    add_outer_products(found, block.contiguous())
    complete_symmetric(found)
    return found


def signs_of(arguments: Array) -> Signs:
    """Return whether each entry is positive."""
    return Signs(np.packbits((arguments > 0).cpu().numpy()), arguments.numel())


def share_changed(now: list[Signs], first: list[Signs]) -> float:
    """Return the share of signs that differ."""
    changed = sum(
        int(_ONES[a.packed ^ b.packed].sum(dtype=np.int64))
        for a, b in zip(now, first, strict=True)
    )
    return changed / sum(each.count for each in first)


def require_finite(matrices: Matrices) -> None:
    """Refuse NaN or infinity."""
    for found, what in ((matrices.gram, "features"), (matrices.kernel, "kernel")):
        if found is not None and not bool(found.sum().isfinite()):
            raise InvalidArgumentError(
                f"The network's {what} overflow float64 on the way. Scale the points "
                "or the initial weights down, or take a smaller step."
            )
