r"""R of $A^\top = Q R$ through $A A^\top$, where that keeps the digits that are needed.

Half the operations of `tall_qr.StreamedFactor`, and the square of its condition number.
"""

import math

import torch

from widthwise.arrays import Array, Float
from widthwise.errors import PrecisionLimitError
from widthwise.numerics.cholesky_qr import add_inner_products
from widthwise.numerics.linear_algebra import cholesky, complete_symmetric
from widthwise.numerics.power_iterations import estimated_condition
from widthwise.numerics.rounding import relative_rounding

__all__ = ["StreamedGram"]

_RESOLVED = 1e-9  # The most that the Gram matrix may hide of its least eigenvalue.


class StreamedGram:
    r"""The sum of $B B^\top$ over blocks of columns.

    Parameters
    ----------
    lead
        How many of the rows of A must be independent: those behind them (targets) may
        depend on them, and of their part of R only the norms of columns are right.
    """

    def __init__(self, lead: int) -> None:
        self.lead = lead
        self._sum: Array | None = None

    def add(self, block: Float[Array, "n b"]) -> None:
        """Take the next columns of A."""
        if self._sum is None:
            self._sum = block.new_zeros(len(block), len(block))
        add_inner_products(self._sum, block.T.contiguous())

    def join(self, later: "StreamedGram") -> None:
        """Add what another has of other columns."""
        if later._sum is None:
            return
        if self._sum is None:
            self._sum = torch.zeros_like(later._sum)
        self._sum += later._sum

    @property
    def total(self) -> Float[Array, "n n"] | None:
        """The sum, its upper triangle; None before the first block."""
        return self._sum

    def resume(self, total: Float[Array, "n n"]) -> None:
        """Go on from what `total` was."""
        self._sum = total

    @property
    def is_resolved(self) -> bool:
        """Whether the Gram matrix hides no more than 1e-9 of its least eigenvalue."""
        blurred = relative_rounding(self.lead) * self._parts()[1]
        return blurred < _RESOLVED

    def factor(self) -> Float[Array, "n n"]:
        """Return R, upper triangular.

        Raises
        ------
        PrecisionLimitError
            If the Gram matrix is not resolved.
        """
        first, condition = self._parts()
        if first is None or not relative_rounding(self.lead) * condition < _RESOLVED:
            raise PrecisionLimitError(
                f"The Gram matrix has condition number {condition:.2g}, which hides "
                "digits of its least eigenvalue. Take the method 'qr'."
            )
        gram, lead = self._whole(), self.lead
        upper = first.T.contiguous()
        beside = torch.linalg.solve_triangular(first, gram[:lead, lead:], upper=False)
        below = gram[lead:, lead:].diagonal() - beside.square().sum(0)
        found = torch.zeros_like(gram)
        found[:lead, :lead], found[:lead, lead:] = upper, beside
        found[lead:, lead:] = torch.diag(below.clamp(min=0.0).sqrt())
        return found

    def _whole(self) -> Array:
        if self._sum is None:
            raise ValueError("No block was added; R needs at least one column.")
        complete_symmetric(self._sum)
        return self._sum

    def _parts(self) -> tuple[Array | None, float]:
        """Return the factor of the leading part, and its condition number."""
        leading = self._whole()[: self.lead, : self.lead].contiguous()
        factor = cholesky(leading)
        if factor is None:
            return None, math.inf
        return factor, estimated_condition(factor)
