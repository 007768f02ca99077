"""One network: its outputs, its pieces on a line and in a plane, its loss on a line."""

import numpy as np
import pytest
import torch

from widthwise.activations import get
from widthwise.landscape import activation_pattern, pattern_jacobian
from widthwise.landscape.patterns import random_network
from widthwise.landscape.sections import line_pieces, loss_section, plane_regions

every_kind = pytest.mark.parametrize("name", ["relu", "abs", "hard_tanh"])


def drawn(n, d0, width, name, biases=True):
    points = torch.from_numpy(np.random.default_rng(7).uniform(-1, 1, (n, d0)))
    return points, random_network(points, width, 3, act=get(name), biases=biases)


@every_kind
@pytest.mark.parametrize("biases", [True, False])
def test_outputs_and_jacobian_are_those_of_the_activation(name, biases):
    points, network = drawn(9, 3, 5, name, biases)
    inner = torch.from_numpy(network.weights[:, :3])
    shift = torch.from_numpy(network.offsets)
    z = points @ inner.T + shift
    expected = get(name)(z).numpy() @ network.outer
    assert network.outputs(network.data) == pytest.approx(expected, abs=1e-14)
    pattern = activation_pattern(points, inner, shift, act=get(name))
    columns = pattern_jacobian(
        pattern, points, torch.from_numpy(network.outer), biases=biases, act=get(name)
    ).numpy()
    own = network.jacobian().reshape(9, 5, -1)
    assert own[:, :, :3].reshape(9, -1) == pytest.approx(columns[:, :15])
    if biases:
        assert own[:, :, 3] == pytest.approx(columns[:, 15:])


@every_kind
def test_between_two_edges_the_function_is_a_line(name):
    _, network = drawn(12, 1, 8, name)
    found = line_pieces(network)
    assert len(found.active_units) == len(found.region_edges) - 1
    for low, high in zip(found.region_edges, found.region_edges[1:], strict=False):
        x = low + (high - low) * np.array([0.1, 0.4, 0.7])
        y = network.outputs(network.lifted(x[:, None]))
        assert y[1] == pytest.approx((y[0] + y[2]) / 2, abs=1e-12)


@every_kind
def test_a_region_of_the_plane_has_one_pattern(name):
    _, network = drawn(10, 2, 4, name)
    found = plane_regions(network, grid=25)
    columns, rows = np.meshgrid(found.grid_x, found.grid_y)
    lifted = network.lifted(np.column_stack([columns.ravel(), rows.ravel()]))
    patterns = network.pattern(lifted).T
    seen = {}
    for pattern, region in zip(patterns.tolist(), found.region.ravel(), strict=True):
        assert seen.setdefault(region, pattern) == pattern
    assert len({tuple(each) for each in seen.values()}) == len(seen) == len(found.ranks)
    most = np.array([found.active_units[found.region == k][0] * 3 for k in seen])
    assert (found.ranks[list(seen)] <= np.minimum(most, 10)).all()


@every_kind
def test_minima_along_the_line_are_all_there_are(name):
    """On both sides of each the loss is larger, and a fine grid has no other."""
    points, network = drawn(8, 2, 5, name)
    targets = torch.sin(3 * points[:, 0])
    y = targets.numpy()
    wanted = y - network.outputs(network.data)
    step = np.linalg.lstsq(network.jacobian(), wanted, rcond=None)[0]
    step = step.reshape(network.weights.shape)

    def loss(t):
        rest = network.outputs(network.data, network.weights + t * step) - y
        return rest @ rest / (y @ y)

    found = loss_section(network, targets)
    assert found.loss == pytest.approx([loss(t) for t in found.t])
    for t in found.minima:
        assert loss(t) < min(loss(t - 1e-6), loss(t + 1e-6))
    grid = np.linspace(-0.5, 1.5, 20_001)
    changes = np.diff([loss(t) for t in grid])
    bottoms = grid[1:-1][(changes[:-1] < 0) & (changes[1:] > 0)]
    assert bottoms == pytest.approx(found.minima, abs=1e-4)
    assert found.lowest == min(loss(t) for t in found.minima)
    assert len(found.ranks) == len(found.edges) + 1


def test_targets_without_a_scale_have_no_section():
    _, network = drawn(8, 2, 5, "relu")
    assert loss_section(network, torch.zeros(8)) is None
