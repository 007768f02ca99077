"""Features read once, for their Gram matrix and for what is asked of their entries."""

from widthwise.arrays import Array, Float
from widthwise.numerics import require
from widthwise.numerics.cholesky_qr import inner_products
from widthwise.numerics.gram_factor import gram_factor
from widthwise.numerics.linear_algebra import cholesky
from widthwise.numerics.single_gram import SingleGram, single_gram
from widthwise.readouts.factors._scale import SQUARES, features_scale

__all__ = ["Gram", "Reading", "smaller_gram"]

Gram = tuple[Array | None, Array]
"""The factor of a Gram matrix, None where it has none, and the diagonal."""


class Reading:
    """The Gram matrix of features as given, if their reading for it told their scale.

    An entry that is not finite makes a sum of squares that is not. In float32 where
    that will do.
    """

    gram: Gram | None = None
    single: SingleGram | None = None

    def scale(self, matrix: Float[Array, "n m"]) -> float:
        if matrix.shape[0] <= matrix.shape[1]:
            self.single = single_gram(matrix)
            if self.single is not None:
                return 1.0
            gram = smaller_gram(matrix)
            if SQUARES[0] < float(gram[1].max()) < SQUARES[1]:
                self.gram = gram
                return 1.0
        return features_scale(matrix)


def smaller_gram(phi: Float[Array, "n m"]) -> Gram:
    """Return the factor of the smaller Gram matrix, if it has one, and the diagonal."""
    n, m = phi.shape
    is_wide = n <= m
    require(
        24 * min(n, m) ** 2,
        f"The Gram matrix of {min(n, m)} {'rows' if is_wide else 'features'}",
        "Take a sample of the rows.",
    )
    if is_wide:
        return gram_factor(phi)
    gram = inner_products(phi)
    return cholesky(gram), gram.diagonal()
