"""What is known of gradient descent on any module, from its own Jacobian."""

import copy
import math
from dataclasses import dataclass, replace

import torch
from torch import nn

from widthwise.arguments import whole_number
from widthwise.arrays import Array, Float, PointsLike, real_tensor
from widthwise.bounds.convergence._descent import Descent, descent_certificate
from widthwise.bounds.convergence._fully_connected import Affine, read_chain
from widthwise.bounds.convergence._layers import (
    LayerNorms,
    jacobian_lipschitz,
    layer_norms,
)
from widthwise.bounds.convergence._stochastic import (
    StochasticDescent,
    stochastic_certificate,
)
from widthwise.bounds.convergence._width import width_that_suffices
from widthwise.errors import DataError
from widthwise.features import module_jacobian
from widthwise.seeds import stream

__all__ = ["module_descent", "module_stochastic"]

_SLACK = 1e-12
"""Relative rounding error of a Jacobian and its singular values."""


def module_descent(
    model: nn.Module,
    points: PointsLike,
    targets: PointsLike,
    *,
    samples: int = 8,
    seed: int = 0,
    step: float | int | None = None,
) -> Descent:
    r"""Say whether training any module from here reaches zero loss.

    $s = \sigma_{\min}(J)$, $\|J\|$ and $\|r_0\|$ are those of its own Jacobian with
    respect to every trainable parameter. The Lipschitz constant of J on the ball of
    radius $8\|r_0\|/s$ is proved for a fully connected net of any depth with smooth
    activations (softplus, tanh, erf, sigmoid, gelu, swish, elu, ...): a
    `networks.TwoLayer` or `FullyConnected`, or a `Sequential` of `Linear`s and
    PyTorch's activations or those of `nn.activation` (its Softplus is taken for log(1 +
    e^z), from which it differs by 2e-9 beyond 20). Elsewhere it is the largest of
    $\|J(\theta) - J(\theta_0)\| / \|\theta - \theta_0\|$ at a few θ of the ball: an
    estimate from below, and the answer is never a certificate.

    Where it does not hold, `width_needed` is the hidden width at which a net of the
    same kind would be certified if the norms at its start were those of this one, or
    `width_stated` says why there is none: the bound of L falls with the width in the
    standard and NTK parametrizations. It is an estimate: no theorem with known
    constants bounds $\sigma_{\min}(J)$ of a net of any depth that is not yet drawn. For
    two layers, of which the inner one is trained, `inner_layer` proves a width.

    Parameters
    ----------
    model
        In evaluation mode, outputs of shape (n,) or (n, c). It is left as it is.
    points, targets
        Shapes (n, ...) and (n,) or (n, c).
    samples
        Random directions of an estimate, beside that of steepest descent.
    seed
        Of the directions.
    step
        η; by default the largest that the theorem covers.

    Raises
    ------
    InvalidArgumentError
        If the module has no such Jacobian (`features.module_jacobian`).
    DataError
        If the targets do not fit the outputs.

    Source
    ------
    Oymak and Soltanolkotabi (2018), arXiv:1812.10004, Corollary 2.2. Cost: the singular
    values of a Jacobian of n c rows; for an estimate 2(samples + 1) Jacobians more.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> model = ww.networks.FullyConnected(3, 20, "tanh", depth=2)
    >>> found = ww.bounds.module_descent(model, points, points[:, 0])
    >>> found.holds, any("at most" in each for each in found.assumptions)
    (False, True)
    """
    start = _start(model, points, targets, whole_number(samples, "samples", least=0))
    radius = 8 * start.misfit / start.smallest if start.smallest > 0 else 1.0
    lipschitz, is_proved = start.lipschitz(radius, seed)
    found = descent_certificate(
        start.smallest,
        start.largest + start.smallest / 2,
        lipschitz,
        start.misfit,
        step=step,
        lipschitz_is_proved=is_proved,
    )
    if found.ratio >= 1:
        return found
    needed, stated = width_that_suffices(
        start.model, start.chain, start.norms, start.jacobian, start.misfit
    )
    return replace(found, width_needed=needed, width_stated=stated)


def module_stochastic(
    model: nn.Module,
    points: PointsLike,
    targets: PointsLike,
    *,
    reach: float | int = 400.0,
    samples: int = 8,
    seed: int = 0,
) -> StochasticDescent:
    r"""Say the same of single-sample gradient descent, by `stochastic_certificate`.

    On the ball of radius $R = 2\nu\|r_0\|/s$ the norm of J and those of its rows are at
    most L R more than at the start; L is proved or estimated as in `module_descent`.

    Parameters
    ----------
    model, points, targets, samples, seed
        As for `module_descent`; a sample is one output of one row.
    reach
        ν, at least 3; a larger one asks more and is more probable.

    Raises
    ------
    InvalidArgumentError, DataError
        As `module_descent`, or if ν is below 3.

    Source
    ------
    Oymak and Soltanolkotabi (2018), arXiv:1812.10004, Theorem 3.1. Cost: as
    `module_descent`.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> model = torch.nn.Linear(3, 1)
    >>> ww.bounds.module_stochastic(model, points, points[:, 0]).holds
    True
    """
    start = _start(model, points, targets, whole_number(samples, "samples", least=0))
    nu = float(reach)
    radius = 2 * nu * start.misfit / start.smallest if start.smallest > 0 else 1.0
    lipschitz, is_proved = start.lipschitz(radius, seed)
    grown = lipschitz * radius
    return stochastic_certificate(
        start.smallest,
        start.largest + grown,
        float(start.jacobian.norm(dim=1).max()) * (1 + _SLACK) + grown,
        lipschitz,
        start.misfit,
        rows=start.jacobian.shape[0],
        parameters=start.jacobian.shape[1],
        reach=nu,
        lipschitz_is_proved=is_proved,
    )


@dataclass(frozen=True, eq=False)
class _Start:
    """A module where it stands: its Jacobian, and how far it is from the targets."""

    model: nn.Module
    inputs: Float[Array, "n ..."]
    jacobian: Float[Array, "r p"]
    residual: Float[Array, " r"]
    smallest: float
    largest: float
    misfit: float
    samples: int
    chain: tuple[Affine, ...] | None
    norms: tuple[LayerNorms, ...] | None

    def lipschitz(self, radius: float, seed: int) -> tuple[float, bool]:
        """Return the bound on the ball, or an estimate, and whether it is proved."""
        if self.norms is not None:
            found = jacobian_lipschitz(self.norms, radius)
            if math.isfinite(found):
                return found, True
        generator = stream(seed, "bounds/module-descent")
        directions = [self.jacobian.T @ self.residual]
        directions += [
            torch.from_numpy(generator.standard_normal(self.jacobian.shape[1]))
            for _ in range(self.samples)
        ]
        changes = [
            _change(self, each / each.norm() * reach) / reach
            for each in directions
            if float(each.norm()) > 0
            for reach in (radius, 1e-3 * radius)
        ]
        return max([0.0, *filter(math.isfinite, changes)]), False


def _start(
    model: nn.Module, points: PointsLike, targets: PointsLike, samples: int
) -> _Start:
    inputs = real_tensor(points, "The points").to(torch.float64)
    moved = copy.deepcopy(model).double().cpu()
    jacobian = _jacobian(moved, inputs)
    with torch.no_grad():
        outputs = moved(inputs)
    wanted = real_tensor(targets, "The targets").to(torch.float64)
    if wanted.numel() != outputs.numel():
        raise DataError(
            f"The targets have {wanted.numel()} numbers and the outputs "
            f"{outputs.numel()}. Pass one target for each output."
        )
    residual = (outputs.flatten() - wanted.flatten()).to(torch.float64)
    values = torch.linalg.svdvals(jacobian)
    top = float(values[0])
    s = float(values[-1]) if jacobian.shape[0] <= jacobian.shape[1] else 0.0
    chain = read_chain(moved, inputs, outputs)
    return _Start(
        model=moved,
        inputs=inputs,
        jacobian=jacobian,
        residual=residual,
        smallest=max(s - _SLACK * top, 0.0),
        largest=top * (1 + _SLACK),
        misfit=float(residual.norm())
        + _SLACK * float(outputs.double().norm() + wanted.norm()),
        samples=samples,
        chain=chain,
        norms=None if chain is None else layer_norms(chain, inputs.flatten(1)),
    )


def _jacobian(model: nn.Module, inputs: Array) -> Array:
    found = module_jacobian(model, inputs)
    return found.reshape(-1, found.shape[-1])


def _change(start: _Start, move: Array) -> float:
    """Return ‖J(θ₀ + move) - J(θ₀)‖ and put the parameters back."""
    trained = [each for each in start.model.parameters() if each.requires_grad]
    kept = nn.utils.parameters_to_vector(trained).detach().clone()
    nn.utils.vector_to_parameters(kept + move, trained)
    try:
        change = _jacobian(start.model, start.inputs) - start.jacobian
    finally:
        nn.utils.vector_to_parameters(kept, trained)
    return float(torch.linalg.matrix_norm(change, 2))
