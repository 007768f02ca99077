"""The smallest eigenvalue at infinite width, bounded from the rows alone."""

from widthwise.bounds.smallest._depth import SufficientDepth, sufficient_depth
from widthwise.bounds.smallest._lower import smallest_eigenvalue_lower
from widthwise.bounds.smallest._record import EigenvalueBound
from widthwise.bounds.smallest._upper import smallest_eigenvalue_upper

__all__ = [
    "EigenvalueBound",
    "SufficientDepth",
    "smallest_eigenvalue_lower",
    "smallest_eigenvalue_upper",
    "sufficient_depth",
]
