"""A module's Taylor expansion in its parameters, as a module that can be trained."""

import math
from collections.abc import Callable, Mapping

import torch
from torch import nn
from torch.func import functional_call, jvp

from widthwise.arguments import whole_number
from widthwise.arrays import Array
from widthwise.errors import InvalidArgumentError
from widthwise.features.modules._checks import (
    require_evaluation,
    require_module,
    trainable_parameters,
)
from widthwise.features.modules._prepared import float64_copy, undisturbed
from widthwise.features.modules._products import (
    forward_differentiable,
    product_by_two_backward_passes,
)

__all__ = ["TaylorExpanded", "linearized", "taylor_expanded"]

_MOST = 8  # The derivatives of order r cost 2^r passes.


def linearized(model: nn.Module) -> "TaylorExpanded":
    r"""Return the first-order Taylor model of a module at its present parameters.

    .. math:: f_1(x; \theta) = f(x; \theta_0)
        + \frac{\partial f(x; \theta_0)}{\partial\theta} (\theta - \theta_0) .

    It is `taylor_expanded(model, 1)`: trained by gradient flow on a squared loss it
    follows the tangent kernel at $\theta_0$ exactly.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> model = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.Linear(4, 1))
    >>> X = torch.eye(2)
    >>> linear = ww.features.linearized(model)
    >>> torch.allclose(linear(X).float(), model(X))
    True
    """
    return taylor_expanded(model, 1)


def taylor_expanded(model: nn.Module, order: int) -> "TaylorExpanded":
    r"""Return the Taylor polynomial of a module around its present parameters.

    .. math:: f_r(x; \theta) = \sum_{j=0}^{r} \frac{1}{j!}
        \left.\frac{d^j}{dt^j}\right|_{t=0} f(x; \theta_0 + t (\theta - \theta_0)) .

    Parameters
    ----------
    model
        In evaluation mode if it has dropout or batch statistics. It is left as it is;
        a float64 copy is expanded.
    order
        r, from 1 to 8.

    Returns
    -------
    A module whose parameters $\theta$ begin at $\theta_0$, in the order and with the
    shapes of the trainable parameters of `model`; calling it gives what the model
    gives, float64, differentiable in $\theta$.

    Raises
    ------
    InvalidArgumentError
        If the order is out of range, or the model has no trainable parameters, is in
        training mode with dropout or batch statistics, or is on several devices.

    Cost
    ----
    A call takes about $2^{r+1}$ passes of the model; derivatives are exact.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> model = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.Linear(4, 1))
    >>> X = torch.eye(2)
    >>> second = ww.features.taylor_expanded(model, 2)
    >>> torch.allclose(second(X).float(), model(X))
    True
    """
    degree = whole_number(
        order,
        "The order",
        least=1,
        most=_MOST,
        advice="A call costs about 2^(order + 1) passes of the model.",
    )
    with undisturbed(model):
        require_evaluation(require_module(model))
        trainable_parameters(model)
        return TaylorExpanded(float64_copy(model), degree)


class TaylorExpanded(nn.Module):
    """A polynomial in the parameters; made by `linearized` and `taylor_expanded`.

    Attributes
    ----------
    order
        The degree r.
    names
        What the model calls each parameter.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> model = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.Linear(4, 1))
    >>> X = torch.eye(2)
    >>> isinstance(ww.features.taylor_expanded(model, 2), ww.features.TaylorExpanded)
    True
    """

    def __init__(self, model: nn.Module, order: int) -> None:
        super().__init__()
        self.order = order
        start = trainable_parameters(model)
        self.names = tuple(start)
        self.values = nn.ParameterList(
            nn.Parameter(each.detach().clone()) for each in start.values()
        )
        # In a tuple, the model's own parameters are not registered a second time.
        self._model = (model.requires_grad_(False),)

    @property
    def initial(self) -> dict[str, Array]:
        r"""The parameters $\theta_0$ by name."""
        return {name: self._model[0].get_parameter(name) for name in self.names}

    def forward(self, X: Array) -> Array:
        r"""Return $f_r(X; \theta)$, of the shape that the model gives."""
        model, start = self._model[0], self.initial
        given = X.to(torch.float64) if X.is_floating_point() else X
        shifts = {
            name: value - start[name]
            for name, value in zip(self.names, self.values, strict=True)
        }

        def outputs(moved: Mapping[str, Array]) -> Array:
            return functional_call(model, dict(moved), (given,))  # type: ignore[no-any-return]

        def along(t: Array) -> Array:
            return outputs({name: start[name] + t * shifts[name] for name in start})

        zero = torch.zeros((), dtype=torch.float64, device=self.values[0].device)
        derivative: Callable[[Array], Array] = along
        with forward_differentiable():
            total = outputs(start)
            try:
                for j in range(1, self.order + 1):
                    derivative = _derivative(derivative)
                    total = total + derivative(zero) / math.factorial(j)
            except RuntimeError as error:
                if self.order == 1:
                    slope = product_by_two_backward_passes(outputs, start, shifts)
                    return total + slope
                said = str(error).splitlines()[0]
                raise InvalidArgumentError(
                    f"PyTorch has no forward derivative for a part of the model, so "
                    f"only its linearization can be had: {said}"
                ) from error
        return total


def _derivative(function: Callable[[Array], Array]) -> Callable[[Array], Array]:
    def found(t: Array) -> Array:
        slope: Array = jvp(function, (t,), (torch.ones_like(t),))[1]
        return slope

    return found
