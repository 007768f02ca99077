"""Conjugate gradients on a linear model, by orthogonal polynomials of its spectrum."""

from dataclasses import dataclass, field

import numpy as np
import torch

from widthwise.arrays import Array, Float
from widthwise.dynamics.linear._linear_model import LinearModel
from widthwise.dynamics.linear._method import Method, Modes
from widthwise.dynamics.linear._prediction import Prediction
from widthwise.dynamics.linear._step_counts import StepCounts, step_counts
from widthwise.numerics import require

__all__ = ["ConjugateGradients", "conjugate_gradients"]

_DEPENDENT = 1e-12  # A Krylov vector this much shorter adds no direction.
_NOTHING = 1e-14  # Of the initial residual: what float64 cannot tell from zero.


@dataclass(frozen=True)
class ConjugateGradients(Method):
    """Conjugate gradients on the normal equations, each output on its own.

    Attributes
    ----------
    most_steps
        After this many steps nothing is left that can be fitted: the number of
        distinct eigenvalues that the targets have a part in.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> model = ww.dynamics.linear_model(phi, [1.0, 1.0])
    >>> run = ww.dynamics.conjugate_gradients(model)
    >>> isinstance(run.method, ww.dynamics.ConjugateGradients), run.method.most_steps
    (True, 2)
    """

    most_steps: int
    _modes: Modes = field(repr=False)

    def modes(self, singular_values: Float[Array, " r"]) -> Modes:  # noqa: ARG002
        """Return the modes of the model it was made for: it depends on the targets."""
        return self._modes

    counts = staticmethod(step_counts)


def conjugate_gradients(model: LinearModel) -> Prediction:
    r"""Predict conjugate gradients: after k steps no first-order method is closer.

    With $w = U^\top (y - f_0)$ the residual is the least that a polynomial allows,

    $$\|f_k - y\|^2 = \min_{p(0) = 1,\ \deg p \le k} \sum_i w_i^2\, p(s_i^2)^2$$

    plus what is unreachable: $w$ less its projection on the Krylov space of
    $\mathrm{diag}(s_i^2)$ and $(s_i^2 w_i)$. An orthonormal basis of that space comes
    from Lanczos' recurrence, orthogonalized in full: this is exact arithmetic's
    residual, while a real run in float64 loses orthogonality and lags behind.

    The relative residual is right to about 1e-14 of the initial one; below that it
    counts as zero.

    Source
    ------
    Hestenes and Stiefel (1952); Golub and Meurant (2010), Matrices, Moments and
    Quadrature, section 4.1.

    Cost
    ----
    $O(r d^2)$ time and $2 r d$ numbers an output, for d distinct eigenvalues that
    matter; then $O(r)$ a number of steps.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> model = ww.dynamics.linear_model(phi, [1.0, 1.0])
    >>> run = ww.dynamics.conjugate_gradients(model)
    >>> round(run.relative_residual(3), 4)
    0.0
    """
    require(
        16 * model.rank * (model.rank + 1) * model.projections.shape[1],
        f"Conjugate gradients on {model.rank} modes",
        "Use chebyshev_iteration, which needs no memory.",
    )
    columns = [
        _left_after(model.singular_values.numpy(), column.numpy())
        for column in model.projections.T
    ]
    most = max((len(each) - 1 for each in columns), default=0)
    left = np.zeros((most + 1, model.rank, len(columns)))
    for j, each in enumerate(columns):
        left[: len(each), :, j] = each
        left[len(each) :, :, j] = each[-1]
    whole = model.projections.numpy()
    shares = np.divide(left, whole, out=np.zeros_like(left), where=whole != 0)
    modes = _Polynomials(torch.from_numpy(shares))
    return Prediction(model, ConjugateGradients(most, modes), modes)


def _left_after(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return what is left of the weights after 0, 1, ... steps: (steps + 1, r)."""
    left = [weights]
    basis = np.empty((len(values), len(values)))
    squares = np.square(values / values[0]) if len(values) else values
    level = _NOTHING * float(np.linalg.norm(weights))
    vector = squares * weights
    for count in range(len(values)):
        before = float(np.linalg.norm(vector))
        if before == 0.0 or float(np.linalg.norm(left[-1])) <= level:
            break
        for _ in range(2):  # twice is enough
            vector = vector - basis[:, :count] @ (basis[:, :count].T @ vector)
        length = float(np.linalg.norm(vector))
        if length <= _DEPENDENT * before:
            break
        basis[:, count] = vector / length
        left.append(left[-1] - basis[:, count] * (basis[:, count] @ left[-1]))
        vector = squares * basis[:, count]
    if float(np.linalg.norm(left[-1])) <= 100 * level:
        left[-1] = np.zeros_like(weights)
    return np.array(left)


@dataclass(frozen=True)
class _Polynomials(Modes):
    """Each mode's share of its initial size after 0, 1, ... steps.

    Attributes
    ----------
    shares
        Shape (steps + 1, r, c).
    """

    shares: Float[Array, "k r c"]

    @property
    def decays(self) -> Float[Array, " r"]:
        return self.shares.new_full(self.shares.shape[1:2], 1.0 / len(self.shares))

    def remaining(self, counts: StepCounts) -> Float[Array, "c r t"]:
        last = len(self.shares) - 1
        return self.shares[counts.values.clamp(max=float(last)).long()]

    def filters(self, counts: StepCounts) -> Float[Array, "c r t"]:
        return 1.0 - self.remaining(counts)

    def bounds(self, counts: StepCounts) -> Float[Array, "c r t"]:
        return self.remaining(counts)
