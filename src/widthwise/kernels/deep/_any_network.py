r"""Kernels of any fully connected network, between points of any norms.

Per row goes the variance $q_l$ of its pre-activations, per pair their covariance $K_l$
and the tangent kernel, from layer to layer:

    K' = s_w² E[σ(u) σ(v)] + s_b² + s_r² K,
    Θ' = η_w s_w² E[σ(u) σ(v)] + η_b s_b² + (s_w² E[σ'(u) σ'(v)] + s_r²) Θ,

η_w and η_b the rates of the weights and the biases, in general 1.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from widthwise.activations import Activation
from widthwise.errors import InvalidArgumentError, PrecisionLimitError
from widthwise.kernels.deep._hidden_layer import HiddenLayer
from widthwise.kernels.deep._layer import layer
from widthwise.kernels.deep._network_errors import network_errors
from widthwise.kernels.deep._network_step import (
    Homogeneous,
    LayerDual,
    NetworkStep,
    next_half,
)
from widthwise.kernels.deep._reach import require_digits, require_variances
from widthwise.kernels.deep._zero_rows import with_zero_rows
from widthwise.kernels.duals import QUARTER, dual, dual_of_derivative
from widthwise.kernels.pairs import Residuals
from widthwise.kernels.two_layer import (
    TILE,
    Entries,
    Outputs,
    Room,
    Rows,
    half_chords_squared,
)
from widthwise.laws import Gaussian

__all__ = ["Network", "NetworkKernels", "network_kernels"]


@dataclass(frozen=True)
class Network:
    """The hidden layers and the readout.

    Attributes
    ----------
    layers
        First to last.
    readout
        The map from the last hidden layer to the output; its activation is not used.
    """

    layers: tuple[HiddenLayer, ...]
    readout: HiddenLayer


@dataclass(frozen=True, eq=False)
class NetworkKernels:
    """Both kernels, bounds on their entries' errors, and the diagonals.

    The diagonals alone are found without matrices and without errors.
    """

    matrices: tuple[np.ndarray, ...]
    errors: tuple[float, float]
    diagonals: tuple[np.ndarray, np.ndarray]


def network_kernels(
    rows: Rows, network: Network, outputs: Outputs | None
) -> NetworkKernels:
    """Return both kernels of a network; the diagonals alone without `outputs`.

    `rows` are the points over √d, with norms.

    Raises
    ------
    InvalidArgumentError
        If a layer's variance leaves the range of floats; the message names the layer.
    """
    first = network.layers[0]
    norms = np.ones(len(rows.directions)) if rows.norms is None else rows.norms
    with np.errstate(over="ignore", under="ignore"):  # It is refused below.
        squares = (first.weight_std * norms) ** 2
    q = squares + first.bias_std**2
    variances, steps = q, []
    following = [*network.layers[1:], network.readout]
    for place, (each, after) in enumerate(
        zip(network.layers, following, strict=True), start=1
    ):
        kappa, slope = _duals(each.act, q, place)
        mean_square = kappa.sizes**2
        new = after.weight_std**2 * mean_square + after.bias_std**2
        new = new + after.residual**2 * q
        left = None
        if outputs is not None and _has_jump(network.layers[place:]):
            left = _residuals(each.act, kappa, np.sqrt(q))
        steps.append(NetworkStep(kappa, slope, after, q, new, left))
        q = new
    tangent = _added(first, squares)
    for step in steps:
        tangent = _next_tangent(
            step.following, step.kappa.sizes**2, step.slope.sizes**2, tangent
        )
    if outputs is None:
        return NetworkKernels((), (0.0, 0.0), (q, tangent))
    _prepare(steps)
    errors = network_errors(rows, first, steps)
    require_digits(errors, [float(each.max()) for each in (q, tangent)])
    matrices = _matrices(rows, squares, first, variances, steps, outputs)
    return NetworkKernels(matrices, errors, (q, tangent))


def _has_jump(layers: tuple[HiddenLayer, ...]) -> bool:
    """Whether some σ' jumps, so that its dual is linear in half chords."""
    return any(each.act.smoothness <= 1 for each in layers)


def _residuals(
    act: Activation, kappa: LayerDual, scale: np.ndarray
) -> Residuals | None:
    """Return those of σ, or None where they are not needed, or too long."""
    if isinstance(kappa, Homogeneous) and kappa.layer is not None:
        return None
    if not scale.any():
        return None
    try:
        return Residuals(act, scale[scale > 0])
    except PrecisionLimitError:  # Half chords then have half of the digits, and say so.
        return None


def _prepare(steps: list[NetworkStep]) -> None:
    """Make the tables of all layers, the last one's first: it is often the steepest."""
    for place in range(len(steps), 0, -1):
        with _naming(place):
            for each in (steps[place - 1].kappa, steps[place - 1].slope):
                _ = each.relative_error


@contextmanager
def _naming(place: int) -> Iterator[None]:
    try:
        yield
    except InvalidArgumentError as refusal:
        raise type(refusal)(f"Hidden layer {place}: {refusal}") from refusal


def _next_tangent(
    of: HiddenLayer, value: np.ndarray, slope: np.ndarray, tangent: np.ndarray
) -> np.ndarray:
    weight = of.weight_std**2
    gain = weight * slope + of.residual**2
    return np.asarray(_added(of, weight * value) + gain * tangent)


def _added(of: HiddenLayer, weighted: np.ndarray) -> np.ndarray:
    """Return what the training of a map adds to the tangent kernel."""
    weights, biases = of.rates
    return np.asarray(weights * weighted + biases * of.bias_std**2)


def _duals(act: Activation, q: np.ndarray, place: int) -> tuple[LayerDual, LayerDual]:
    least, most = float(q[q > 0].min(initial=np.inf)), float(q.max())
    if least > most:  # Every row is zero.
        least = most = 1.0
    require_variances(place, least, most)
    scale, law = np.sqrt(q), Gaussian()
    power = act.homogeneity
    with _naming(place):
        if power is None:
            return with_zero_rows(act, scale)
        found: list[LayerDual] = []
        for of, exponent in (
            (dual(act, law), power),
            (dual_of_derivative(act, law), power - 1),
        ):
            size = float(np.sqrt(max(of.value_at_one, 0.0)))
            factors = scale**exponent
            error = of.error_bound / max(of.value_at_one, 1e-300)
            own = None if of.order or not act.smoothness else layer(act, 1.0)
            found.append(Homogeneous(of, factors, size * factors, error, own))
        return found[0], found[1]


def _matrices(
    rows: Rows,
    squares: np.ndarray,
    first: HiddenLayer,
    variances: np.ndarray,
    steps: list[NetworkStep],
    outputs: Outputs,
) -> tuple[np.ndarray, ...]:
    entries = Entries(len(rows.directions), rows.first)
    found = outputs.arrays(entries, 2)
    sizes, units = np.sqrt(squares), rows.directions
    joined = units  # the directions of (x, bias)
    if first.bias_std:
        bias = np.full((len(units), 1), first.bias_std)
        joined = np.concatenate([sizes[:, None] * units, bias], axis=1)
        joined /= np.sqrt(variances)[:, None]

    def fill(top: int, left: int, _room: Room) -> None:
        one, two = slice(top, top + TILE), slice(left, left + TILE)
        cosine = np.clip(units[one] @ units[two].T, -1.0, 1.0)
        i, j = np.indices(cosine.shape).reshape(2, -1)
        product = sizes[one, None] * sizes[two] * cosine
        covariance = product + first.bias_std**2
        if first.bias_std:
            norms = np.sqrt(variances[one, None] * variances[two])
            cosine = np.clip(covariance / norms, -1.0, 1.0)
        square = half_chords_squared(joined, cosine.ravel(), i + top, j + left)
        near, chord = cosine >= 0, np.sqrt(square.reshape(cosine.shape))
        same = np.equal(i + top, j + left).reshape(cosine.shape)
        tangent = _added(first, product)
        for step in steps:
            near, chord = near | same, np.where(same, 0.0, np.minimum(chord, QUARTER))
            value = step.kappa.tile(one, two, chord, near)
            slope = step.slope.tile(one, two, chord, near)
            after = step.following
            tangent = _next_tangent(after, value, slope, tangent)
            covariance = (
                after.weight_std**2 * value
                + after.bias_std**2
                + after.residual**2 * covariance
            )
            half = chord, near
            near, chord = next_half(step, (one, two), half, covariance, same)
        entries.write(covariance, found[0], top, left)
        entries.write(tangent, found[1], top, left)

    entries.fill(fill)
    return tuple(found)
