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
from widthwise.errors import InvalidArgumentError
from widthwise.kernels.deep._hidden_layer import HiddenLayer
from widthwise.kernels.deep._layer import Layer, layer
from widthwise.kernels.deep._turns import turned
from widthwise.kernels.deep._zero_rows import WithZeroRows, with_zero_rows
from widthwise.kernels.two_layer import (
    QUARTER,
    TILE,
    Dual,
    Entries,
    KinkedDual,
    Outputs,
    RadialDual,
    Room,
    Rows,
    SplineDual,
    dual,
    dual_of_derivative,
    half_chords_squared,
)
from widthwise.laws import Gaussian

__all__ = ["Network", "NetworkKernels", "network_kernels"]

_EPS = 2.0**-52
_RANGE = 1e-100, 1e100


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


@dataclass(frozen=True, eq=False)
class _Homogeneous:
    """The dual of a homogeneous activation, as `RadialDual` is one of others."""

    kappa: Dual
    factors: np.ndarray
    sizes: np.ndarray
    relative_error: float
    layer: Layer | None = None  # of σ at variance one, where σ does not jump

    def tile(
        self, top: slice, left: slice, chord: np.ndarray, is_near: np.ndarray
    ) -> np.ndarray:
        """Return the values between two slices of the rows."""
        found = self.kappa.at_half_chords(chord, is_near)
        return np.asarray(found * (self.factors[top, None] * self.factors[left]))


_Dual = RadialDual | SplineDual | KinkedDual | WithZeroRows | _Homogeneous


@dataclass(frozen=True, eq=False)
class _Step:
    """One layer's activation and the map that follows it."""

    kappa: _Dual
    slope: _Dual
    following: HiddenLayer
    before: np.ndarray  # q, the rows' variances
    after: np.ndarray  # q of the next layer


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
        steps.append(_Step(kappa, slope, after, q, new))
        q = new
    tangent = _added(first, squares)
    for step in steps:
        tangent = _next_tangent(
            step.following, step.kappa.sizes**2, step.slope.sizes**2, tangent
        )
    if outputs is None:
        return NetworkKernels((), (0.0, 0.0), (q, tangent))
    _prepare(steps)
    errors = _errors(rows, first, steps)
    matrices = _matrices(rows, squares, first, variances, steps, outputs)
    return NetworkKernels(matrices, errors, (q, tangent))


def _prepare(steps: list[_Step]) -> None:
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


def _duals(act: Activation, q: np.ndarray, place: int) -> tuple[_Dual, _Dual]:
    least, most = float(q[q > 0].min(initial=_RANGE[1])), float(q.max())
    if least > most:  # Every row is zero.
        least = most = 1.0
    if not _RANGE[0] < least <= most < _RANGE[1]:
        raise InvalidArgumentError(
            f"The variance of hidden layer {place} is {least:.3g} to {most:.3g}; it "
            f"must stay between {_RANGE[0]:g} and {_RANGE[1]:g}. Choose other weight "
            "scales, fewer layers, or an activation that grows no faster than |z|."
        )
    scale, law = np.sqrt(q), Gaussian()
    power = act.homogeneity
    with _naming(place):
        if power is None:
            return with_zero_rows(act, scale)
        found: list[_Dual] = []
        for of, exponent in (
            (dual(act, law), power),
            (dual_of_derivative(act, law), power - 1),
        ):
            size = float(np.sqrt(max(of.value_at_one, 0.0)))
            factors = scale**exponent
            error = of.error_bound / max(of.value_at_one, 1e-300)
            own = None if of.order or not act.smoothness else layer(act, 1.0)
            found.append(_Homogeneous(of, factors, size * factors, error, own))
        return found[0], found[1]


def _matrices(
    rows: Rows,
    squares: np.ndarray,
    first: HiddenLayer,
    variances: np.ndarray,
    steps: list[_Step],
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
        half = half_chords_squared(joined, cosine.ravel(), i + top, j + left)
        near, chord = cosine >= 0, np.sqrt(half.reshape(cosine.shape))
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
            near, chord = _next_half(step, (one, two), (chord, near), covariance)
        entries.write(covariance, found[0], top, left)
        entries.write(tangent, found[1], top, left)

    entries.fill(fill)
    return tuple(found)


def _next_half(
    step: _Step,
    tile: tuple[slice, slice],
    half: tuple[np.ndarray, np.ndarray],
    covariance: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    one, two = tile
    norms = np.sqrt(step.after[one, None] * step.after[two])
    of = step.kappa
    if not isinstance(of, _Homogeneous) or of.layer is None:
        return _half_chords(covariance, norms)
    powers = of.factors[one, None], of.factors[two]
    scales = np.sqrt(step.before[one, None]), np.sqrt(step.before[two])
    return turned(step.following, of.layer, powers, scales, half, covariance, norms)


def _half_chords(
    covariance: np.ndarray, sizes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    # A zero row is at no angle to others, and none is asked for.
    rho = np.clip(covariance / np.where(sizes > 0, sizes, 1.0), -1.0, 1.0)
    return rho >= 0, np.sqrt((1 - np.abs(rho)) / 2)


def _errors(rows: Rows, first: HiddenLayer, steps: list[_Step]) -> tuple[float, float]:
    r"""Bound the errors of entries, to first order, by each layer's worst row.

    $|\partial K'/\partial K| \le s_w^2\,(E\sigma'^2 + s_r^2)$ by Price's theorem and
    Cauchy and Schwarz; what the dual of σ' makes of an error is tried at some angles.
    """
    rounding = 4 * np.sqrt(rows.dimension) * 1.2e-16
    q = float(steps[0].before.max())
    covariance = rounding * q
    tangent, theta = max(first.rates) * covariance, max(first.rates) * q
    chord: float | None = rounding  # what half chords are off by; None where ρ is
    for step in steps:
        after, weight = step.following, step.following.weight_std**2
        value = float((step.kappa.sizes**2).max())
        slope = float((step.slope.sizes**2).max())
        gain = float(weight * slope + after.residual**2)
        lost = (step.kappa.relative_error + 4 * _EPS) * value
        moved = covariance / max(2 * float(step.before.max()), 1e-300) + _EPS
        bent = step.slope.relative_error * slope + _bend(step, moved, chord)
        chord = _next_chord_error(step, chord, gain)
        tangent = gain * tangent + weight * bent * theta
        theta *= gain
        covariance = gain * covariance + float(weight * lost)
        theta += max(after.rates) * float(weight * value + after.bias_std**2)
        tangent += max(after.rates) * covariance
    return float(covariance), float(tangent)


def _next_chord_error(step: _Step, chord: float | None, gain: float) -> float | None:
    of = step.kappa
    if chord is None or not isinstance(of, _Homogeneous) or of.layer is None:
        return None
    stretch = gain * float((step.before / np.maximum(step.after, 1e-300)).max())
    return chord * max(1.0, float(np.sqrt(stretch))) + 16 * _EPS


def _bend(step: _Step, moved: float, chord: float | None) -> float:
    """Return the most by which the dual of σ' changes as (1 - |ρ|)/2 moves.

    Or as the half chord does, where that is what is known.
    """
    at = int(np.argmax(step.before))
    row = slice(at, at + 1)

    def value(square: float, *, is_near: bool, more: float = 0.0) -> float:
        x = np.full((1, 1), min(np.sqrt(square) + more, QUARTER))
        return float(step.slope.tile(row, row, x, np.full((1, 1), is_near))[0, 0])

    def beside(square: float, *, is_near: bool) -> float:
        if chord is None:
            return value(square + moved, is_near=is_near)
        return value(square, is_near=is_near, more=chord)

    return max(
        abs(value(square, is_near=side) - beside(square, is_near=side))
        for square in (0.0, 1e-4, 0.01, 0.1, 0.3)
        for side in (True, False)
    )
