r"""Q R factorizations of a tall matrix in blocks of its rows.

The tall matrix is given as its transpose: a wide A of shape (n, m), of which
$A^\top = Q R$. Errors made on a block are a share of the whole, so blocks lose fewer
digits than one factorization of very long columns.
"""

import torch

from widthwise.arrays import Array, Float
from widthwise.numerics.linear_algebra import (
    reflect,
    reflectors,
    stack_triangles,
    triangular_factor,
)

__all__ = ["StreamedFactor", "TallFactorization", "block_columns"]


def block_columns(rows: int) -> int:
    """Return how many columns of an n-row A make a good block."""
    return max(4 * rows, 512)


class StreamedFactor:
    r"""R of $A^\top = Q R$ for a wide A given as blocks of columns, merged in a tree.

    Memory: (1 + log2 of the number of blocks) triangles of n² entries.

    Source
    ------
    Demmel, Grigori, Hoemmen, Langou (2012), Communication-optimal parallel and
    sequential QR and LU factorizations, SIAM J. Sci. Comput. 34, A206.
    """

    def __init__(self) -> None:
        self._levels: list[tuple[int, Array]] = []  # (columns seen, R), largest first

    def add(self, block: Float[Array, "n b"]) -> None:
        """Take the next columns of A; destroys `block`."""
        self._take(block.shape[1], triangular_factor(block))

    def join(self, later: "StreamedFactor") -> None:
        """Take what another has of the columns that follow."""
        for seen, factor in later._levels:
            self._take(seen, factor)

    def levels(self) -> list[tuple[int, Array]]:
        """Return the triangles that are held, each with how many columns it is of."""
        return list(self._levels)

    def resume(self, levels: list[tuple[int, Array]]) -> None:
        """Go on from what `levels` returned."""
        self._levels = list(levels)

    def _take(self, seen: int, factor: Array) -> None:
        while self._levels and self._levels[-1][0] <= seen:
            before, earlier = self._levels.pop()
            seen, factor = seen + before, stack_triangles(earlier, factor)
        self._levels.append((seen, factor))

    def factor(self) -> Float[Array, "r n"]:
        """Return R of all columns so far, shape (min(n, columns), n)."""
        if not self._levels:
            raise ValueError("No block was added; R needs at least one column.")
        found = self._levels[-1][1]
        for _, earlier in reversed(self._levels[:-1]):
            found = stack_triangles(earlier, found)
        return found


class TallFactorization:
    r"""Q and R of $A^\top = Q R$ for a wide A, n <= m; Q is kept as reflectors.

    Parameters
    ----------
    matrix
        A, shape (n, m), on any device; it is copied.

    Cost
    ----
    2 n² m operations and 8 n m bytes.
    """

    def __init__(self, matrix: Float[Array, "n m"]) -> None:
        n, m = matrix.shape
        columns = block_columns(n)
        # The last block takes the rest: none has fewer columns than A has rows.
        stops = [columns * k for k in range(1, max(m // columns, 1))] + [m]
        starts = [0, *stops[:-1]]
        self._ranges = list(zip(starts, stops, strict=True))
        self._leaves = []
        stacked = matrix.new_empty((n, n * len(stops)))
        for index, (start, stop) in enumerate(self._ranges):
            piece = matrix[:, start:stop]
            leaf = reflectors(piece.clone(memory_format=torch.contiguous_format))
            self._leaves.append(leaf)
            # The transpose of `packed` holds R above the diagonal.
            stacked[:, index * n : (index + 1) * n] = leaf[0][:, :n].tril()
        self._top = reflectors(stacked)
        self.triangle: Float[Array, "n n"] = self._top[0][:, :n].T.triu().contiguous()

    def expand(self, coordinates: Float[Array, "n c"]) -> Float[Array, "m c"]:
        """Return Q times the coordinates."""
        n = coordinates.shape[0]
        inner = reflect(*self._top, _padded(coordinates, n * len(self._ranges)))
        pieces = [
            reflect(*leaf, _padded(inner[index * n : (index + 1) * n], stop - start))
            for index, (leaf, (start, stop)) in enumerate(
                zip(self._leaves, self._ranges, strict=True)
            )
        ]
        return torch.cat(pieces)

    def project(self, vectors: Float[Array, "m c"]) -> Float[Array, "n c"]:
        """Return the transpose of Q times the vectors."""
        n = self.triangle.shape[0]
        inner = [
            reflect(*leaf, vectors[start:stop], transposed=True)[:n]
            for leaf, (start, stop) in zip(self._leaves, self._ranges, strict=True)
        ]
        return reflect(*self._top, torch.cat(inner), transposed=True)[:n]


def _padded(rows: Array, count: int) -> Array:
    found = rows.new_zeros((count, rows.shape[1]))
    found[: rows.shape[0]] = rows
    return found
