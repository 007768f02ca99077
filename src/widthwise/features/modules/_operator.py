"""Products with a module's tangent kernel that never form it."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import torch
from scipy.sparse.linalg import LinearOperator
from torch import nn
from torch.func import functional_call, jvp

from widthwise.arguments import choice
from widthwise.arrays import Array
from widthwise.errors import MemoryBudgetError
from widthwise.features.modules._prepared import PreparedModule, prepared, undisturbed
from widthwise.features.modules._products import (
    forward_differentiable,
    product_by_two_backward_passes,
)
from widthwise.features.modules._tiles import graph_bytes
from widthwise.features.two_layer import PointsLike
from widthwise.numerics import available_bytes

__all__ = ["TangentOperator", "module_tangent_operator"]

_ROWS = 1024  # Points in one pass, where the memory allows it.


def module_tangent_operator(
    model: nn.Module,
    X: PointsLike,
    outputs: Literal["trace", "full"] | str = "trace",
    *,
    memory: int | None = None,
) -> "TangentOperator":
    r"""Return the tangent kernel as an operator: $v \mapsto J (J^\top v)$.

    A product is a backward pass ($u = J^\top v$, one sum over the points) and a forward
    derivative ($J u$). It goes wherever SciPy takes a linear operator: `eigsh(operator,
    k=3)` gives the largest eigenvalues of a kernel that would not fit in memory.

    Parameters
    ----------
    model, X, memory
        As for `module_tangent_kernel`.
    outputs
        "trace": the operator is (n, n), the sum over outputs; "full": (n c, n c), the
        outputs of a point next to each other.

    Returns
    -------
    A `scipy.sparse.linalg.LinearOperator`, symmetric, float64.

    Raises
    ------
    As `module_tangent_kernel`.

    Cost
    ----
    For a product about three passes of the model with "full", 3 c with "trace"; memory
    for the parameters four times and the pass of a chunk of points.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> model = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.Linear(4, 1))
    >>> X = torch.eye(2)
    >>> ww.features.module_tangent_operator(model, X).shape
    (2, 2)
    """
    choice(
        outputs,
        "outputs",
        ("trace", "full"),
        meaning="summed over outputs, or every pair of them",
    )
    with undisturbed(model):
        checked, (inputs,) = prepared(model, X)
        limit = available_bytes() // 2 if memory is None else memory
        probe = inputs[:2]
        each = 4 * graph_bytes(checked, probe) // len(probe)
        fixed = 3 * sum(value.nbytes for value in checked.parameters.values())
        if fixed + each > limit:
            raise MemoryBudgetError(
                f"The memory is {limit} bytes and a product with this model's tangent "
                f"kernel takes at least {fixed + each}. Raise `memory`."
            )
        rows = min((limit - fixed) // max(each, 1), _ROWS)
        return TangentOperator(checked, inputs, outputs == "full", max(int(rows), 1))


class TangentOperator(LinearOperator):  # type: ignore[misc]
    """A symmetric operator; made by `module_tangent_operator`.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> model = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.Linear(4, 1))
    >>> X = torch.eye(2)
    >>> kernel = ww.features.module_tangent_operator(model, X)
    >>> kernel.shape, (kernel @ torch.eye(2).double()).shape
    ((2, 2), (2, 2))
    """

    def __init__(
        self, model: PreparedModule, inputs: Array, full: bool, rows: int
    ) -> None:
        size = len(inputs) * (model.outputs_count if full else 1)
        super().__init__(np.dtype(np.float64), (size, size))
        self._model, self._inputs, self._full, self._rows = model, inputs, full, rows

    def _matvec(self, vector: np.ndarray) -> np.ndarray:
        c, device = self._model.outputs_count, self._inputs.device
        given = torch.from_numpy(np.array(vector, dtype=np.float64).reshape(-1))
        given = given.to(device)
        with undisturbed(self._model.model):
            if self._full:
                weights = given.view(-1, c)
                found = self._forward(self._backward(weights))
                return found.reshape(-1).cpu().numpy()
            total = torch.zeros_like(given)
            for k in range(c):
                weights = given.new_zeros(len(given), c)
                weights[:, k] = given
                total += self._forward(self._backward(weights))[:, k]
            return total.cpu().numpy()

    def _rmatvec(self, vector: np.ndarray) -> np.ndarray:
        return self._matvec(vector)

    def _backward(self, weights: Array) -> dict[str, Array]:
        r"""Return $J^\top$ times the weights (n, c)."""
        parameters = self._model.parameters
        found = {name: torch.zeros_like(each) for name, each in parameters.items()}
        for top in range(0, len(self._inputs), self._rows):
            rows = slice(top, top + self._rows)
            outputs = self._model.outputs(self._inputs[rows])
            slopes = torch.autograd.grad(
                outputs, list(parameters.values()), weights[rows], allow_unused=True
            )
            for total, slope in zip(found.values(), slopes, strict=True):
                if slope is not None:
                    total.data += slope
        return {name: each.detach() for name, each in found.items()}

    def _forward(self, tangents: dict[str, Array]) -> Array:
        """Return J times the tangents, (n, c)."""
        found = [
            self._derivative(self._inputs[top : top + self._rows], tangents)
            for top in range(0, len(self._inputs), self._rows)
        ]
        return torch.cat(found)

    def _derivative(self, inputs: Array, tangents: dict[str, Array]) -> Array:
        model = self._model
        values = {name: each.detach() for name, each in model.parameters.items()}

        def outputs(moved: Mapping[str, Array]) -> Array:
            answer: Array = functional_call(model.model, dict(moved), (inputs,))
            return answer.reshape(len(inputs), -1)

        with forward_differentiable():
            try:
                slope: Array = jvp(outputs, (values,), (tangents,))[1]
            except RuntimeError:  # no forward derivative
                slope = product_by_two_backward_passes(outputs, values, tangents)
        return slope.detach()
