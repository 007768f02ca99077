r"""Ridge regression in singular vectors: every penalty, and every row left out.

With $A = U S V^\top$ the penalty λ leaves $c_j = \lambda / (s_j^2 + \lambda)$ of
mode j. Fitted without row i, the row is missed by

.. math:: \frac{y_i - f_i}{1 - H_{ii}}
    = \frac{e_i + \sum_j U_{ij} c_j p_j}{a_i + \sum_j U_{ij}^2 c_j}, \qquad
    p = U^\top r, \quad e = r - U p, \quad a_i = \|(I - U U^\top)_i\|^2.

Both are sums of what is left, so no difference from 1 loses digits. Where no part of a
row is outside the range ($a_i = 0$, so $e_i = 0$) both tend to zero with λ, and only
the ratios $(s_r^2 + \lambda) / (s_j^2 + \lambda)$ of the $c_j$ count: these have a
limit at λ = 0, the interpolating solution's error.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from widthwise.arrays import Array, Float, Int
from widthwise.numerics.downdate import downdated
from widthwise.numerics.rounding import relative_rounding

__all__ = ["Modes", "modes", "reach"]

_NEAR_ONE = 1e-3  # Below it, 1 - leverage is found from the row's own projection.
_AT_ONCE = 2**20  # Entries of a block.


@dataclass(frozen=True)
class Modes:
    r"""The singular vectors of the rows, and the targets in them.

    Attributes
    ----------
    eigenvalues
        Shape (r,), descending. $s_j^2$, all above zero.
    left
        Shape (n, r). U, on the weighted rows; n = 0 where they are not held.
    projections
        Shape (r, c). p.
    rest
        Shape (n, c). e, zero in rows with a = 0; one row of its norms where the rows
        are not held.
    free
        Shape (n,). a.
    nullity
        The dimension of what neither U nor the intercept spans.
    """

    eigenvalues: Float[Array, " r"]
    left: Float[Array, "n r"]
    projections: Float[Array, "r c"]
    rest: Float[Array, "k c"]
    free: Float[Array, " k"]
    nullity: int

    def remaining(self, penalties: Float[Array, " l"]) -> Float[Array, "l r"]:
        """Return c, one row a penalty; 1 at infinity."""
        return _ratio(penalties[:, None], self.eigenvalues)

    def degrees_of_freedom(self, penalties: Float[Array, " l"]) -> Float[Array, " l"]:
        r"""Return $\sum_j s_j^2 / (s_j^2 + \lambda)$."""
        values = self.eigenvalues
        found: Array = (values / (values + penalties[:, None])).sum(1)
        return found

    def left_out(self, penalties: Float[Array, " l"]) -> Float[Array, "l n c"]:
        """Return by how much each row is missed without it, weighted."""
        return torch.cat(list(self._left_out(penalties))).transpose(0, 1)

    def squares_left_out(self, penalties: Float[Array, " l"]) -> Float[Array, "l c"]:
        """Return the sums over the rows of the squares of `left_out`."""
        parts = [each.square().sum(0) for each in self._left_out(penalties)]
        found: Array = torch.stack(parts).sum(0)
        return found

    def without(
        self, rows: slice | Int[Array, " b"], gains: Float[Array, " b"]
    ) -> tuple[Float[Array, "b r"], Float[Array, "b r c"]]:
        r"""Return what a method that runs without a row adds to that row's target.

        Its Gram matrix is $S^2 - g z z^\top$, $z = S U_i$. With the eigenvalues μ and
        the weights t returned, a method that fits the part $h(\mu)\,\mu$ of a mode
        adds $\sum_j h(\mu_j) t_j$; see `numerics.downdate`.

        Parameters
        ----------
        rows, gains
            Which rows, and their g: by how much a centred row is farther from the mean
            of the others.
        """
        roots, left = self.eigenvalues.sqrt(), self.left[rows]
        held = left * roots
        right = self.rest[rows] + left @ self.projections
        pulled = roots[:, None] * self.projections - (
            (gains[:, None] * held)[:, :, None] * right[:, None, :]
        )
        return downdated(self.eigenvalues, held, gains, pulled)

    def generalized(self, penalties: Float[Array, " l"]) -> Float[Array, "l c"]:
        r"""Return $\|r - A v\|^2 / (n - \mathrm{df})^2$, and its limit at λ = 0."""
        left = self.remaining(penalties) if self.nullity else self._shares(penalties)
        rest = self.rest.square().sum(0) + left.square() @ self.projections.square()
        return rest / (self.nullity + left.sum(1))[:, None].square()

    def _left_out(self, penalties: Float[Array, " l"]) -> Iterator[Array]:
        plain, shared = self.remaining(penalties), self._shares(penalties)
        inside = self.free == 0.0
        rows = max(1, _AT_ONCE // max(1, len(penalties) * self.rest.shape[1]))
        for top in range(0, len(self.free), rows):
            block = slice(top, top + rows)
            chosen = inside[block]
            if bool(chosen.all()):
                yield self._missed(block, shared)
                continue
            found = self._missed(block, plain)
            if bool(chosen.any()):
                found[chosen] = self._missed(block, shared)[chosen]
            yield found

    def _missed(self, rows: slice, left: Float[Array, "l r"]) -> Float[Array, "n l c"]:
        basis = self.left[rows]
        above = (left[:, :, None] * self.projections).permute(1, 0, 2)
        shape = (len(left), self.rest.shape[1])
        above = basis @ above.reshape(len(self.eigenvalues), shape[0] * shape[1])
        above = above.reshape(len(basis), *shape).add_(self.rest[rows][:, None])
        below = (basis.square() @ left.T).add_(self.free[rows][:, None])
        return above.div_(below[:, :, None])

    def _shares(self, penalties: Float[Array, " l"]) -> Float[Array, "l r"]:
        least = self.eigenvalues[-1:]
        found = (least + penalties[:, None]) / (self.eigenvalues + penalties[:, None])
        return torch.where(torch.isinf(penalties[:, None]), 1.0, found)


def modes(
    values: Float[Array, " r"],
    left: Float[Array, "n r"],
    right: Float[Array, "n c"],
    direction: Float[Array, " n"] | None = None,
) -> Modes:
    """Return the modes of these singular values and vectors.

    Parameters
    ----------
    values
        Singular values, descending, those that count as nonzero.
    left
        U on the weighted rows.
    right
        r on the weighted rows.
    direction
        The unit vector that an intercept fits; r and U have no part in it.
    """
    nullity = len(left) - len(values) - (direction is not None)
    projections = left.T @ right
    rest, free = torch.zeros_like(right), right.new_zeros(len(right))
    if nullity > 0:
        beside = right.new_zeros(len(right)) if direction is None else direction
        rest = _outside(left, beside, right)
        # Without a copy of the left vectors: with many rows that is most of the memory.
        free = 1.0 - torch.linalg.vector_norm(left, dim=1).square() - beside.square()
        free = free.clamp_(min=0.0)
        _mend(free, left, beside, values)
        rest[free == 0.0] = 0.0
    return Modes(values.square(), left, projections, rest, free, max(nullity, 0))


def reach(left: Float[Array, "b r"], values: Float[Array, " r"]) -> Float[Array, " b"]:
    r"""Return how many units of rounding take rows' unit vectors out of the range.

    A backward error E of A takes a unit vector out of its range by what it makes of the
    least vector that A takes to it, $\|E\| \|S^{-1} U_i\|$: little for a row that is
    long itself, though $s_1 / s_r$ is then large.
    """
    parts = torch.linalg.vector_norm(left / values, dim=1)
    found: Array = (values[:1].sum() * parts).clamp(min=1.0)
    return found


def _mend(free: Array, left: Array, beside: Array, values: Array) -> None:
    """Find small values of 1 - leverage from the rows' own parts outside the basis."""
    near = torch.nonzero(free < _NEAR_ONE)[:, 0]
    rounding = 4.0 * relative_rounding(len(left)) * reach(left[near], values)
    size = max(1, _AT_ONCE // len(left))
    for top in range(0, len(near), size):
        chosen = near[top : top + size]
        units = left.new_zeros(len(left), len(chosen))
        units[chosen, torch.arange(len(chosen), device=left.device)] = 1.0
        sizes = torch.linalg.vector_norm(_outside(left, beside, units), dim=0)
        is_outside = sizes > rounding[top : top + size]
        free[chosen] = torch.where(is_outside, sizes.square(), 0.0)


def _outside(left: Array, beside: Array, vectors: Array) -> Array:
    """Return what is in neither the left vectors' span nor that of one beside them."""
    rest = vectors
    for _ in range(2):  # the second pass removes the first one's rounding errors
        within = left @ (left.T @ rest) + beside[:, None] * (beside @ rest)
        rest = rest - within
    return rest


def _ratio(penalty: Array, eigenvalues: Array) -> Array:
    return torch.where(torch.isinf(penalty), 1.0, penalty / (eigenvalues + penalty))
