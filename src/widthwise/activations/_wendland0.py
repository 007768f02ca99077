"""The activation made from Wendland's continuous function."""

from dataclasses import dataclass

from widthwise.activations._wendland import Wendland

__all__ = ["Wendland0"]


@dataclass(frozen=True)
class Wendland0(Wendland):
    r"""Wendland's $\phi_{d,0}$ of the distance of two unit vectors with t = z.

    $$\sigma(t) = (1 - u)_+^{\ell}, \quad u = \sqrt{2 - 2t} / \alpha,
      \quad \ell = \lfloor d/2 \rfloor + 1,$$

    so that $\sigma(w \cdot x) = \phi(\lVert w - x \rVert / \alpha)$. The name counts
    derivatives: φ is in $C^{0}$, and Wendland's own index is k = 0. The default
    $\alpha = \sqrt{2}$ gives the support t > 0 of the rectifier.

    Defined on [-1, 1] only. Rounding up to 1e-12 beyond it (8 units in the last place
    in float32) counts as the end itself; anything farther is refused, never clamped.

    $\sigma' = \ell (1 - u)_+^{\ell-1} / (\alpha^2 u)$ is infinite at t = 1, so
    there is no Lipschitz constant, and the smoothness, counted on the closed interval,
    is 1.
    Neither parity part is a polynomial, unless the radius is within the zero set.

    Raises
    ------
    InvalidArgumentError
        If the dimension is not an integer >= 2, or alpha not a positive number.
    OutsideDomainError
        If a value asked for is outside [-1, 1].

    Source: Benson, Damle and Townsend (2020), arXiv:2010.15959, eqs. (14)-(15).
    """

    name = "wendland0"
    formula = r"(1 - \sqrt{2 - 2z}/\alpha)_+^{\ell}, \ell = \lfloor d/2 \rfloor + 1"
    order = 0
    smoothness = 1.0
