"""The activation made from Wendland's twice differentiable function."""

from dataclasses import dataclass

from widthwise.activations._wendland import Wendland

__all__ = ["Wendland2"]


@dataclass(frozen=True)
class Wendland2(Wendland):
    r"""Wendland's $\phi_{d,2}$ of the distance of two unit vectors with t = z.

    $$\sigma(t) = (1 - u)_+^{\ell+1} ((\ell+1) u + 1), \quad u = \sqrt{2 - 2t} / \alpha,
      \quad \ell = \lfloor d/2 \rfloor + 2,$$

    so that $\sigma(w \cdot x) = \phi(\lVert w - x \rVert / \alpha)$. The name counts
    derivatives: φ is in $C^{2}$, and Wendland's own index is k = 1. The default
    $\alpha = \sqrt{2}$ gives the support t > 0 of the rectifier.

    Defined on [-1, 1] only. Rounding up to 1e-12 beyond it (8 units in the last place
    in float32) counts as the end itself; anything farther is refused, never clamped.

    $\sigma' = (\ell+1)(\ell+2) (1-u)_+^\ell / \alpha^2$ is bounded; the second
    derivative is infinite at t = 1.
    Neither parity part is a polynomial, unless the radius is within the zero set.

    Raises
    ------
    InvalidArgumentError
        If the dimension is not an integer >= 2, or alpha not a positive number.
    OutsideDomainError
        If a value asked for is outside [-1, 1].

    Source: Benson, Damle and Townsend (2020), arXiv:2010.15959, eqs. (14)-(15).
    """

    name = "wendland2"
    formula = (
        r"(1 - u)_+^{\ell+1} ((\ell+1) u + 1), u = \sqrt{2 - 2z}/\alpha, "
        r"\ell = \lfloor d/2 \rfloor + 2"
    )
    order = 1
    smoothness = 2.0
