"""The conjugate and the tangent kernel matrix of a deep network of infinite width."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from widthwise.activations import Activation
from widthwise.arguments import non_negative, positive, whole_number
from widthwise.arrays import (
    Array,
    DeviceLike,
    Float,
    PointsLike,
    Provenance,
    label,
)
from widthwise.errors import InvalidArgumentError
from widthwise.kernels.deep._any_network import Network, network_kernels
from widthwise.kernels.deep._differentiable import deep_gradients
from widthwise.kernels.deep._dual import DeepDual, deep_dual
from widthwise.kernels.deep._hidden_layer import HiddenLayer, read_layers
from widthwise.kernels.deep._matrices import deep_matrices
from widthwise.kernels.deep._parametrization import in_parametrization
from widthwise.kernels.two_layer import (
    TILE,
    ActivationLike,
    Output,
    Outputs,
    Parametrized,
    Rows,
    carries_gradient,
    number,
    plain,
    powers,
    read_outputs,
    read_rows,
    wanted,
    with_gradient,
)
from widthwise.laws import Gaussian

__all__ = ["deep_diagonals", "deep_kernels"]

_EPS = 2.0**-52
_KINDS = ("deep_conjugate", "deep_tangent")


def deep_kernels(
    points: PointsLike,
    activation: ActivationLike | Sequence[HiddenLayer],
    depth: int | None = None,
    weight_std: float | int | Array = 1.0,
    bias_std: float | int | Array = 0.0,
    other: PointsLike | None = None,
    *,
    readout: HiddenLayer | None = None,
    parametrization: str = "ntk",
    out: tuple[Output, Output] | None = None,
    dtype: torch.dtype = torch.float64,
    device: DeviceLike | None = None,
) -> tuple[Float[Array, "n k"], Float[Array, "n k"]]:
    r"""Compute both kernels (NNGP and NTK) of a fully connected network.

    $$z_1 = \tfrac{s_w}{\sqrt d} W_1 x + s_b b_1, \quad
    z_{l+1} = \tfrac{s_w}{\sqrt m} W_{l+1}\, \sigma(z_l) + s_b b_{l+1}, \quad
    f(x) = z_{L+1},$$

    all $W_l$ and $b_l$ standard normal and trained, L the depth. The readout layer has
    the same $s_w$ and $s_b$. As m grows, $E f(x) f(x')$ tends to the conjugate kernel
    $K_{L+1}$ and $\nabla f(x) \cdot \nabla f(x')$ to the tangent kernel
    $\Theta_{L+1}$,

    $$K_{l+1} = s_w^2\, E[\sigma(u)\sigma(v)] + s_b^2, \qquad
    \Theta_{l+1} = K_{l+1} + s_w^2\, \Theta_l\, E[\sigma'(u)\sigma'(v)],$$

    (u, v) normal with the covariance of $K_l$; $\Theta_1 = K_1 = s_w^2\, x\cdot x'/d +
    s_b^2$. For $s_w = 1$, $s_b = 0$ the conjugate kernel is the Gram matrix of the last
    hidden layer's features. At depth 1, $s_w = \sqrt d$, $s_b = 0$, both kernels are d
    times those of `two_layer_kernels` with the Gaussian law.

    Parameters
    ----------
    points
        Shape (n, d), rows of any norm; torch, NumPy or a table of numbers. The network
        divides them by √d: rows of norm √d have arguments of variance $s_w^2 + s_b^2$,
        rows of norm 1 of $s_w^2/d + s_b^2$, for which tanh is all but linear in many
        dimensions.
    activation
        Defined for every real number, since its arguments are normal; its name; a
        `Parametrized` one, whose parameters carry gradients; or the hidden layers, a
        list of `HiddenLayer`, each with its own activation, scales, whether it is
        trained, and its residual connection.
    depth
        L, the number of hidden layers, at least 1; 3 when left out.
    weight_std, bias_std
        $s_w > 0$ and $s_b \ge 0$; with a list of layers, those of the readout alone.
    other
        A second set, shape (k, d); the first one again when left out.
    readout
        The map to the output, where it is not like the others: its weight_std,
        bias_std, trained, rates and residual are used.
    parametrization
        Of the weights that are trained, as `networks.FullyConnected` has it; one rate
        for all. "ntk". "standard": the limit of Θ over the width m, where rates go like
        1/m: the first map and the biases do not move. "mean_field", with one hidden
        layer and its rates times m: the same Θ as "ntk". "mup": all move. In the last
        two the outputs, but for their bias, are $m^{-1/2}$ times as large as those of
        covariance K.
    out, dtype, device
        Two matrices to write into, the type of new ones, and where they are wanted, as
        for `conjugate_kernel`.

    Returns
    -------
    The conjugate and the tangent kernel, each (n, n), symmetric, or (n, k),
    the same bits as that block of the joint matrix of both sets; labelled
    "deep_conjugate" and "deep_tangent" with the error of an entry. Nearly parallel rows
    keep their digits in every layer; between rows of different norms, and before a
    layer whose σ' jumps, at 0.3 ms a pair of them, unless σ is homogeneous or so steep
    that it takes more than 64 polynomials: the error says so.

    Raises
    ------
    OutsideDomainError, InvalidArgumentError
        As `deep_dual` and `HiddenLayer`, or if a layer's variance leaves the range of
        floats: the message names the layer.
    DataError
        As `conjugate_kernel`.
    MemoryBudgetError
        If the matrices do not fit in the available memory.

    Source
    ------
    Jacot, Gabriel and Hongler (2018), arXiv:1806.07572, Theorem 1. Cost: n² (d + 25 L)
    multiplications, 16 n² bytes; nothing of size n² but the two results.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> conjugate, tangent = ww.kernels.deep_kernels(points, "relu", 2, 2**0.5)
    >>> tangent[0].round(decimals=4).tolist()
    [2.0, 0.4571, 0.4571]
    """
    at = wanted(points, out, device)
    rows = read_rows(plain(points), plain(other))
    dimension = rows.dimension
    asked = _Asked.read(activation, depth, weight_std, bias_std, readout)
    asked = asked.in_parametrization(parametrization, dimension)
    outputs = read_outputs(out, dtype, 2)
    carries = carries_gradient(points, other, *asked.scales_given)
    if carries:
        outputs.require_new()
    matrices, errors, largest = _matrices(rows, asked, outputs)
    exact = [torch.from_numpy(each) for each in matrices]
    if carries:
        route = deep_gradients(points, other, asked.given)
        exact = list(map(with_gradient, exact, route))
    conjugate, tangent = (
        label(
            matrix.to(at),
            Provenance(
                kind,
                asked.plain,
                Gaussian(),
                dimension,
                entry_error=outputs.with_rounding(error, top),
                on_sphere=rows.norms is None and asked.plain is not None,
            ),
        )
        for kind, matrix, error, top in zip(_KINDS, exact, errors, largest, strict=True)
    )
    return conjugate, tangent


def _matrices(
    rows: Rows, asked: "_Asked", outputs: Outputs
) -> tuple[Sequence[np.ndarray], tuple[float, float], tuple[float, float]]:
    """Return both kernels, bounds on their entries' errors, and on their entries.

    Where correlations alone decide, nearly coinciding rows keep their digits: for rows
    of one norm, and for a homogeneous network without biases.
    """
    if asked.plain is not None:
        act, settings = asked.plain, (rows.dimension, asked.depth, *asked.scales)
        if rows.common_norm is not None:
            dual = deep_dual(act, *settings, norm=rows.common_norm)
            matrices = deep_matrices(rows, dual, outputs)
            return matrices, dual.entry_errors(), _at_one(dual)
        if act.homogeneity and not asked.scales[1] and rows.norms is not None:
            for layer in range(1, asked.depth + 1):
                try:
                    factors = powers(rows.norms, act.homogeneity**layer)
                except InvalidArgumentError as refusal:
                    raise InvalidArgumentError(
                        f"Hidden layer {layer}: {refusal}"
                    ) from refusal
            dual = deep_dual(act, *settings)
            matrices = deep_matrices(rows, dual, outputs)
            for matrix in matrices:
                _multiply(matrix, factors, rows.first)
            # Two products and two powers are rounded.
            most = float(factors.max()) ** 2
            at_one, errors = _at_one(dual), dual.entry_errors()
            one, two = (
                (error + 8 * _EPS * value) * most
                for error, value in zip(errors, at_one, strict=True)
            )
            # In float32 three numbers are rounded.
            return matrices, (one, two), (3 * most * at_one[0], 3 * most * at_one[1])
    found = network_kernels(_over_root(rows), asked.network, outputs)
    most_of, most_tangent = (float(each.max()) for each in found.diagonals)
    return found.matrices, found.errors, (most_of, most_tangent)


def _multiply(matrix: np.ndarray, factors: np.ndarray, first: int | None) -> None:
    """Multiply rows and columns, an entry and its mirror image by the same number."""
    columns = factors[first or 0 :]
    for top in range(0, len(matrix), TILE):
        some = slice(top, min(top + TILE, len(matrix)))
        matrix[some] *= np.multiply.outer(factors[some], columns)


def _at_one(dual: DeepDual) -> tuple[float, float]:
    conjugate, tangent = dual.at_angle(0.0)
    return float(conjugate), float(tangent)


def deep_diagonals(
    points: PointsLike,
    activation: ActivationLike | Sequence[HiddenLayer],
    depth: int | None = None,
    weight_std: float | int | Array = 1.0,
    bias_std: float | int | Array = 0.0,
    *,
    readout: HiddenLayer | None = None,
    parametrization: str = "ntk",
) -> tuple[Float[Array, " n"], Float[Array, " n"]]:
    """Return the diagonals of `deep_kernels`, each (n,), without the matrices.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> conjugate, tangent = ww.kernels.deep_diagonals(points, "relu", 2, 2**0.5)
    >>> conjugate.round(decimals=4).tolist(), tangent.round(decimals=4).tolist()
    ([0.6667, 0.6667, 0.6667], [2.0, 2.0, 2.0])
    """
    rows = _over_root(read_rows(plain(points), None))
    asked = _Asked.read(activation, depth, weight_std, bias_std, readout)
    asked = asked.in_parametrization(parametrization, rows.dimension)
    found = network_kernels(rows, asked.network, None)
    conjugate, tangent = (torch.from_numpy(each) for each in found.diagonals)
    if carries_gradient(points, *asked.scales_given):
        one, two = deep_gradients(points, None, asked.given, diagonals_only=True)
        return with_gradient(conjugate, one), with_gradient(tangent, two)
    return conjugate, tangent


@dataclass(frozen=True)
class _Asked:
    """A network, and its activation where all of its layers are alike.

    `given` has the scales that were given, `network` their numbers.
    """

    given: Network
    plain: Activation | None
    depth: int
    scales: tuple[float, float]

    @property
    def network(self) -> Network:
        layers = tuple(each.without_gradients() for each in self.given.layers)
        return Network(layers, self.given.readout.without_gradients())

    @property
    def scales_given(self) -> tuple[object, ...]:
        return tuple(
            scale
            for each in (*self.given.layers, self.given.readout)
            for scale in each.scales
        )

    def in_parametrization(self, name: str, dimension: int) -> "_Asked":
        given = in_parametrization(self.given, name, dimension)
        if given is self.given:
            return self
        return _Asked(given, None, self.depth, self.scales)

    @classmethod
    def read(
        cls,
        activation: object,
        depth: int | None,
        weight_std: float | int | Array,
        bias_std: float | int | Array,
        readout: HiddenLayer | None,
    ) -> "_Asked":
        scales = (
            positive(number(weight_std, "weight_std"), "weight_std"),
            non_negative(number(bias_std, "bias_std"), "bias_std"),
        )
        if isinstance(activation, Activation | str | Parametrized):
            depth = 3 if depth is None else depth
            whole_number(
                depth,
                "The depth",
                least=1,
                most=10_000,
                meaning="the number of hidden layers",
            )
            layer = HiddenLayer(activation, weight_std, bias_std)
            network = Network((layer,) * depth, readout or layer)
            return cls(network, None if readout else layer.act, depth, scales)
        layers = read_layers(activation)
        if depth is not None and depth != len(layers):
            raise InvalidArgumentError(
                f"The depth is {depth}, and the list has {len(layers)} layers. Leave "
                "the depth out."
            )
        last = HiddenLayer(layers[-1].act, weight_std, bias_std)
        return cls(Network(layers, readout or last), None, len(layers), scales)


def _over_root(rows: Rows) -> Rows:
    """Divide the points by √d, as the network does."""
    norms = np.ones(len(rows.directions)) if rows.norms is None else rows.norms
    scaled = norms / math.sqrt(rows.dimension)
    return Rows(rows.directions, scaled, rows.first, rows.dimension)
