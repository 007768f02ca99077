"""What a bound of the smallest eigenvalue says."""

from dataclasses import dataclass
from typing import Literal

from widthwise.prose import Prose
from widthwise.sources import THEORY_PAGE, Source

__all__ = ["COMPUTED", "ENCLOSED", "EigenvalueBound", "KernelName"]

ENCLOSED = Prose("the coefficients of σ are enclosed in interval arithmetic")
COMPUTED = Prose(
    "the coefficients of σ are computed in double precision, their error tested and "
    "allowed for, not enclosed in interval arithmetic: no certificate"
)

KernelName = Literal["conjugate", "tangent_inner"]


@dataclass(frozen=True)
class EigenvalueBound:
    r"""A bound of $\lambda_{\min}(G_\infty)$ from the rows, without factoring.

    Attributes
    ----------
    value
        The bound; a lower one may be 0, which says nothing.
    side
        "lower" or "upper".
    is_certificate
        Whether it is proved and not vacuous: the coefficients of σ are enclosed in
        interval arithmetic. If not they are floating-point numbers with an allowance
        for their error (2e-14 of the norm of σ) that is tested.
    kernel
        "conjugate" or "tangent_inner".
    correlation
        The largest $|x_i \cdot x_j|$, i ≠ j; 0 for one row.
    formula
        In LaTeX.
    stated
        What it used, in words whose numbers are still numbers.
    source
        Where it is proved.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> found = ww.bounds.smallest_eigenvalue_lower(points, "relu")
    >>> found.side, found.is_certificate, found.kernel
    ('lower', True, 'conjugate')
    """

    value: float
    side: Literal["lower", "upper"]
    is_certificate: bool
    kernel: KernelName
    correlation: float
    formula: str
    stated: tuple[Prose, ...]
    source: Source = THEORY_PAGE

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What it used, in plain words."""
        return tuple(str(each) for each in self.stated)
