"""Deep kernels of any layers, between two sets of points of any norms."""

import inspect
import math

import mpmath as mp
import numpy as np
import pytest
import torch

from widthwise import activations
from widthwise.arrays import provenance
from widthwise.errors import InvalidArgumentError, OutsideDomainError
from widthwise.kernels import HiddenLayer, deep_diagonals, deep_kernels


def points_of(count, dimension, seed):
    random = np.random.default_rng(seed)
    return random.standard_normal((count, dimension))


def erf_recursion(points, layers, readout):
    """Return the kernels of erf layers by Williams's closed forms (1997)."""
    base = points @ points.T / points.shape[1]
    covariance = layers[0].weight_std ** 2 * base + layers[0].bias_std ** 2
    tangent = covariance if layers[0].trained else 0 * covariance
    for after in [*layers[1:], readout]:
        q = np.diag(covariance)
        size = np.sqrt((1 + 2 * q)[:, None] * (1 + 2 * q))
        value = 2 / np.pi * np.arcsin(2 * covariance / size)
        slope = 4 / np.pi / np.sqrt(size**2 - 4 * covariance**2)
        weight, bias = after.weight_std**2, after.bias_std**2
        skip = after.residual**2
        tangent = (weight * slope + skip) * tangent
        if after.trained:
            tangent = tangent + weight * value + bias
        covariance = weight * value + bias + skip * covariance
    return covariance, tangent


LAYERS = [
    HiddenLayer("erf", weight_std=1.3, bias_std=0.5),
    HiddenLayer("erf", weight_std=1.1, trained=False, residual=0.7),
    HiddenLayer("erf", weight_std=0.9, bias_std=0.2),
]
READOUT = HiddenLayer("erf", weight_std=1.2, bias_std=0.1)


@pytest.mark.parametrize("layers", [LAYERS[:1], LAYERS])
def test_every_choice_of_a_layer_is_in_the_closed_forms(layers):
    points = points_of(9, 6, 1)
    points[1] = points[0] * (1 + 1e-9)
    points[2] = -points[0]
    found = deep_kernels(points, layers, readout=READOUT)
    truth = erf_recursion(points, layers, READOUT)
    for kernel, exact in zip(found, truth, strict=True):
        error = np.abs(kernel.numpy() - exact).max()
        assert error <= provenance(kernel).entry_error <= 1e-10 * np.abs(exact).max()
        assert torch.equal(kernel, kernel.T)
    diagonals = deep_diagonals(points, layers, readout=READOUT)
    for kernel, diagonal in zip(found, diagonals, strict=True):
        assert torch.allclose(kernel.diagonal(), diagonal, rtol=1e-12, atol=0)


@pytest.mark.parametrize("unit", [True, False])
@pytest.mark.parametrize("name", ["relu", "erf"])
def test_a_block_is_the_same_bits_as_in_the_joint_matrix(name, unit):
    points = points_of(14, 5, 2)
    if unit:
        points /= np.linalg.norm(points, axis=1, keepdims=True)
    joint = deep_kernels(points, name, depth=2, bias_std=0.3)
    blocks = deep_kernels(points[:5], name, 2, 1.0, 0.3, points[5:])
    for block, whole in zip(blocks, joint, strict=True):
        assert torch.equal(block, whole[:5, 5:])


def test_a_block_of_large_sets_is_the_same_bits_too():
    points = points_of(760, 4, 3)
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    joint = deep_kernels(points, "relu", depth=2)
    blocks = deep_kernels(points[:150], "relu", 2, other=points[150:])
    for block, whole in zip(blocks, joint, strict=True):
        assert torch.equal(block, whole[:150, 150:])


@pytest.mark.parametrize("name", ["relu", "erf", "elu", "hard_tanh"])
def test_a_list_of_equal_layers_is_the_plain_network(points, name):
    """The other route goes through half chords, and keeps more digits."""
    layers = [HiddenLayer(name, 1.4, 0.6)] * 3
    found = deep_kernels(points, layers, weight_std=1.4, bias_std=0.6)
    plain = deep_kernels(points, name, 3, 1.4, 0.6)
    for one, two in zip(found, plain, strict=True):
        allowed = provenance(one).entry_error + provenance(two).entry_error
        assert float((one - two).abs().max()) <= allowed


def test_a_homogeneous_network_scales_with_its_points(points):
    norms = np.geomspace(0.01, 100, 12)
    points[1] = points[0] + 1e-9 * points[1]
    points[1] /= points[1].norm()
    plain = deep_kernels(points, "relu", depth=3)
    scaled = deep_kernels(points.numpy() * norms[:, None], "relu", depth=3)
    for one, two in zip(plain, scaled, strict=True):
        size = np.outer(norms, norms) * float(one[0, 0])
        apart = np.abs(two.numpy() - one.numpy() * np.outer(norms, norms)) / size
        assert apart.max() <= 4e-15
    zero = deep_kernels([[0.0, 0.0], [1.0, 2.0]], "relu", depth=3)
    assert [each[0].tolist() for each in zero] == [[0.0, 0.0], [0.0, 0.0]]


def test_rows_of_one_norm_keep_their_digits(points):
    """A first layer of scale s on points of norm r is one of scale rs on unit ones."""
    points[1] = points[0] + 1e-9 * points[1]
    points[1] /= points[1].norm()
    scaled = deep_kernels(points * math.sqrt(5), "relu", 2, 1.4, 0.3)
    layers = [
        HiddenLayer("relu", 1.4 * math.sqrt(5), 0.3),
        HiddenLayer("relu", 1.4, 0.3),
    ]
    route = deep_kernels(points, layers, weight_std=1.4, bias_std=0.3)
    assert float((scaled[0] - route[0]).abs().max()) <= 1e-13
    assert provenance(scaled[1]).entry_error <= 1e-12


def test_wide_networks_with_residuals_agree(points):
    """Their output and its gradient at width 600, 12 networks, five standard errors."""
    given, width, draws = points[:4] * 2, 600, 12
    layers = [
        HiddenLayer("relu", 1.2, 0.3),
        HiddenLayer("relu", 0.9, 0.1, residual=0.8),
    ]
    conjugate, tangent = deep_kernels(given, layers)
    generator = torch.Generator().manual_seed(5)
    squares, gradients = [], []
    for _ in range(draws):
        weights = [
            torch.randn(
                *shape, generator=generator, dtype=torch.float64
            ).requires_grad_()
            for shape in [(width, 5), (width,), (width, width), (width,), (width,)]
        ]
        first = given @ weights[0].T * 1.2 / math.sqrt(5) + 0.3 * weights[1]
        hidden = torch.relu(first) @ weights[2].T * 0.9 / math.sqrt(width)
        second = hidden + 0.1 * weights[3] + 0.8 * first
        out = torch.relu(second)
        squares.append(out @ out.T / width)
        slopes = [
            torch.autograd.grad(f, weights, retain_graph=True)
            for f in out @ weights[4] / math.sqrt(width)
        ]
        rows = torch.stack(
            [torch.cat([w.reshape(-1) for w in each]) for each in slopes]
        )
        gradients.append(rows @ rows.T)
    for samples, exact in ((squares, conjugate), (gradients, tangent)):
        found = torch.stack(samples).detach()
        error = found.std(dim=0) / draws**0.5
        bias = 3 * float(exact.max()) / width  # of a finite width, of order 1/m
        assert bool(((found.mean(dim=0) - exact).abs() <= 5 * error + bias).all())


@pytest.mark.parametrize(
    ("layers", "error", "says"),
    [
        ([], InvalidArgumentError, "list of one HiddenLayer"),
        (["relu"], InvalidArgumentError, "Layer 1 is 'relu'; it must be a HiddenLayer"),
        ([HiddenLayer("relu", residual=1.0)], InvalidArgumentError, "nothing before"),
        ([HiddenLayer("square", 1e20)] * 4, InvalidArgumentError, "hidden layer 2"),
    ],
)
def test_layers_without_a_kernel_are_refused(points, layers, error, says):
    with pytest.raises(error, match=says):
        inspect.unwrap(deep_kernels)(points, layers)


def test_a_layer_says_what_is_wrong_with_it():
    with pytest.raises(OutsideDomainError, match="unbounded"):
        HiddenLayer(activations.get("wendland2", dimension=3))
    with pytest.raises(InvalidArgumentError, match="weight_std"):
        HiddenLayer("relu", weight_std=0.0)
    with pytest.raises(InvalidArgumentError, match="Leave the depth out"):
        deep_kernels(np.ones((2, 3)), [HiddenLayer("relu")], depth=2)


@pytest.mark.parametrize("name", ["erf", "elu", "softplus", "cos"])
def test_zero_rows_have_the_value_of_the_limit(name):
    """Rows of norm 1e-7 differ from it by that, in angles that do not matter."""
    points = points_of(4, 3, 8)
    points[3] = 0.0
    near = points.copy()
    near[3] = 1e-7
    layers = [HiddenLayer(name), HiddenLayer(name, residual=0.5)]
    for network in ((name, 2), (layers,)):
        found = deep_kernels(points, *network)
        for one, two in zip(found, deep_kernels(near, *network), strict=True):
            assert float((one - two).abs().max()) <= 1e-6 * float(two.abs().max())
        diagonals = deep_diagonals(points, *network)
        for one, two in zip(found, diagonals, strict=True):
            assert torch.allclose(one.diagonal(), two, rtol=1e-12, atol=0)
        block = deep_kernels(points[:3], *network, other=points[3:])
        for one, two in zip(block, found, strict=True):
            assert torch.equal(one, two[:3, 3:])


def test_zero_rows_alone_have_kernels():
    for kernel in deep_kernels(np.zeros((2, 3)), "hard_tanh", depth=2):
        assert not kernel.any()
    conjugate, tangent = deep_kernels([[0.0, 0.0]], "cos", 1)
    assert conjugate.item() == tangent.item() == 1.0
    assert [each.item() for each in deep_kernels([[0.0, 0.0]], "erf", 2)] == [0.0, 0.0]


def test_a_zero_row_where_the_activation_jumps_is_refused():
    jumping = activations.from_callable(
        lambda z: torch.where(z > 0, z + 1, z), name="jumping", breakpoints=(0.0,)
    )
    with pytest.raises(InvalidArgumentError, match=r"Row 1 is zero, where jumping"):
        deep_kernels([[1.0, 2.0], [0.0, 0.0]], jumping, 2)


def test_a_layer_that_overflows_is_named():
    with pytest.raises(InvalidArgumentError, match=r"Hidden layer \d: .*range of fl"):
        deep_kernels(8 * points_of(3, 5, 4), "exp", 4)


def relu_pair(x, y, depth, weight, bias, skip):
    """Return both kernels of one pair by Cho and Saul's closed forms, in 40 digits."""
    x, y = ([mp.mpf(float(each)) for each in row] for row in (x, y))
    weight, bias, skip = (mp.mpf(each) ** 2 for each in (weight, bias, skip))
    covariance, a, b = (
        weight * sum(p * q for p, q in zip(one, two, strict=True)) / len(x) + bias
        for one, two in ((x, y), (x, x), (y, y))
    )
    tangent = covariance
    for place in range(depth):
        size = mp.sqrt(a * b)
        theta = mp.acos(covariance / size)
        slope = (mp.pi - theta) / (2 * mp.pi)
        value = size * (mp.sin(theta) / (2 * mp.pi) + slope * mp.cos(theta))
        kept = skip if place < depth - 1 else 0
        tangent = weight * value + bias + (weight * slope + kept) * tangent
        covariance = weight * value + bias + kept * covariance
        a, b = (weight * q / 2 + bias + kept * q for q in (a, b))
    return covariance, tangent


@pytest.mark.parametrize("skip", [0.0, 0.7])
@pytest.mark.parametrize("apart", [1e-3, 1e-6, 1e-9, 1e-12])
def test_nearly_parallel_rows_keep_their_digits_with_biases_and_skips(apart, skip):
    """Where a kink makes the tangent kernel fall like the angle: 1e-15, not 1e-8."""
    x, turn, stretch = points_of(3, 5, 3)
    rows = np.stack([x, x + apart * turn, 1.3 * x + apart * stretch])
    layers = [HiddenLayer("relu", 1.4, 0.3)]
    layers += [HiddenLayer("relu", 1.4, 0.3, residual=skip)] * 2
    found = deep_kernels(rows, layers, readout=HiddenLayer("relu", 1.4, 0.3))
    with mp.workdps(40):
        for i, j in ((0, 1), (0, 2), (1, 2)):
            exact = relu_pair(rows[i], rows[j], 3, 1.4, 0.3, skip)
            for kernel, value in zip(found, exact, strict=True):
                off = float(abs(mp.mpf(float(kernel[i, j])) - value))
                stated = provenance(kernel).entry_error
                assert off <= stated <= 1e-12 * float(kernel.max())
