"""The activation made from Wendland's four times differentiable function."""

from dataclasses import dataclass

from widthwise.activations._wendland import Wendland
from widthwise.sources import WENDLAND_1995

__all__ = ["Wendland4"]


@dataclass(frozen=True)
class Wendland4(Wendland):
    r"""Wendland's $\phi_{d,4}$ of the distance of two unit vectors with t = z.

    $$\sigma(t) = (1 - u)_+^{\ell+2}
      \Big(\tfrac{(\ell+1)(\ell+3)}{3} u^2 + (\ell+2) u + 1\Big),$$

    $$u = \sqrt{2 - 2t} / \alpha, \quad \ell = \lfloor d/2 \rfloor + 3,$$

    so that $\sigma(w \cdot x) = \phi(\lVert w - x \rVert / \alpha)$. The name counts
    derivatives: φ is in $C^{4}$, and Wendland's own index is k = 2. The default
    $\alpha = \sqrt{2}$ gives the support t > 0 of the rectifier.

    Defined on [-1, 1] only. Rounding up to 1e-12 beyond it (8 units in the last place
    in float32) counts as the end itself; anything farther is refused, never clamped.

    The slope is bounded by $(\ell+3)(\ell+4) / (3\alpha^2)$; the third derivative is
    infinite at t = 1.
    Neither parity part is a polynomial, unless the radius is within the zero set.

    Raises
    ------
    InvalidArgumentError
        If the dimension is not an integer >= 2, or alpha not a positive number.
    OutsideDomainError
        If a value asked for is outside [-1, 1].

    Source: Wendland (1995), Adv. Comput. Math. 4, 389; as eq. (15) of arXiv:2010.15959.
    """

    name = "wendland4"
    formula = (
        r"(1 - u)_+^{\ell+2} ((\ell+1)(\ell+3) u^2 / 3 + (\ell+2) u + 1), "
        r"u = \sqrt{2 - 2z}/\alpha, \ell = \lfloor d/2 \rfloor + 3"
    )
    source = WENDLAND_1995
    order = 2
    smoothness = 3.0
