"""Patterns against the signs and slopes that define them."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from widthwise import activations
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.features import jacobian
from widthwise.landscape import activation_pattern, pattern_jacobian, undecided_entries

LINEAR = ["relu", "leaky_relu", "abs", "hard_tanh"]


@pytest.fixture
def network(points):
    generator = torch.Generator().manual_seed(4)
    weights = torch.randn(7, 5, generator=generator, dtype=torch.float64)
    biases = torch.randn(7, generator=generator, dtype=torch.float64)
    return points, weights, biases


def test_the_pattern_is_the_sign_of_the_pre_activations(network):
    points, weights, biases = network
    found = activation_pattern(points, weights, biases)
    assert found.dtype == torch.bool
    assert torch.equal(found, (weights @ points.T + biases[:, None]) > 0)
    assert torch.equal(activation_pattern(points, weights), weights @ points.T > 0)


def test_zero_is_active_and_a_breakpoint_belongs_to_its_right():
    points = torch.tensor([[1.0], [-1.0], [0.0]], dtype=torch.float64)
    weights = torch.ones((1, 1), dtype=torch.float64)
    assert activation_pattern(points, weights).tolist() == [[True, False, True]]
    hard = activations.get("hard_tanh")
    assert activation_pattern(points, weights, act=hard).tolist() == [[2, 1, 1]]


@pytest.mark.parametrize("name", LINEAR)
@pytest.mark.parametrize("with_biases", [False, True])
def test_the_jacobian_of_the_pattern_is_that_of_the_network(network, name, with_biases):
    points, weights, biases = network
    act = activations.get(name)
    given_biases = biases if with_biases else None
    outer = torch.linspace(-1.5, 2.0, 7, dtype=torch.float64)
    pattern = activation_pattern(points, weights, given_biases, act=act)
    found = pattern_jacobian(pattern, points, outer, biases=with_biases, act=act)
    expected = jacobian(points, weights, outer, act, given_biases)
    torch.testing.assert_close(found, expected, rtol=1e-15, atol=0.0)


@pytest.mark.parametrize("name", LINEAR)
def test_the_outer_columns_span_the_features_with_the_inner_ones(network, name):
    """σ(z) minus the intercepts lies in the span of the inner columns."""
    points, weights, biases = network
    act = activations.get(name)
    pattern = activation_pattern(points, weights, biases, act=act)
    whole = pattern_jacobian(pattern, points, biases=True, outer=True, act=act)
    inner, intercepts = whole[:, :42], whole[:, 42:]
    features = act(points @ weights.T + biases)
    rest = features - intercepts
    combined = torch.stack(
        [
            inner[:, 5 * r : 5 * r + 5] @ weights[r] + inner[:, 35 + r] * biases[r]
            for r in range(7)
        ],
        dim=1,
    )
    # Sums of six products of numbers below ten.
    torch.testing.assert_close(rest, combined, rtol=0, atol=1e-14)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32), st.floats(0.01, 100.0))
def test_scaling_a_unit_or_a_point_keeps_its_pattern(seed, scale):
    rng = np.random.default_rng(seed)
    points, weights = rng.standard_normal((6, 3)), rng.standard_normal((4, 3))
    found = activation_pattern(points, weights)
    assert torch.equal(found, activation_pattern(points * scale, weights))
    assert torch.equal(found, activation_pattern(points, weights * scale))
    order = rng.permutation(6)
    assert torch.equal(found[:, order], activation_pattern(points[order], weights))


def test_entries_that_rounding_could_change_are_told():
    points = torch.tensor([[0.1, 0.2, -0.3], [1.0, 0.0, 0.0]], dtype=torch.float64)
    weights = torch.ones((1, 3), dtype=torch.float64)  # 0.1 + 0.2 - 0.3 is 2.8e-17
    assert undecided_entries(points, weights).tolist() == [[True, False]]
    shift = torch.tensor([1.0], dtype=torch.float64)
    hard = activations.get("hard_tanh")
    near = undecided_entries(points, weights, shift, act=hard)
    assert near.tolist() == [[True, False]]


def test_an_activation_that_bends_is_refused(network):
    points, weights, _ = network
    with pytest.raises(InvalidArgumentError, match="gelu bends"):
        activation_pattern(points, weights, act=activations.get("gelu"))


def test_a_function_of_ones_own_has_a_pattern(network):
    points, weights, _ = network
    act = activations.from_callable(
        lambda z: torch.where(z < 0.5, -z, 3.0 * z - 2.0),
        name="bent",
        breakpoints=(0.5,),
    )
    found = activation_pattern(points, weights, act=act)
    assert torch.equal(found, weights @ points.T >= 0.5)


BAD = {
    "float": (np.ones((2, 3)), "dtype float64"),
    "vector": (np.ones(3, dtype=bool), "must have shape"),
    "empty": (np.ones((0, 3), dtype=bool), "must have shape"),
    "piece": (np.full((2, 3), 2), "numbered 0 to 1"),
    "columns": (np.ones((2, 4), dtype=bool), "4 columns and there are 3 points"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_pattern_is_refused(case):
    pattern, said = BAD[case]
    with pytest.raises(DataError, match=said):
        pattern_jacobian(pattern, np.ones((3, 2)))


def test_zero_outer_weights_are_refused():
    pattern = np.ones((2, 3), dtype=bool)
    with pytest.raises(DataError, match=r"unit 1 is zero \(1 of 2"):
        pattern_jacobian(pattern, np.ones((3, 2)), np.array([1.0, 0.0]))
    with pytest.raises(DataError, match="outer weights have shape"):
        pattern_jacobian(pattern, np.ones((3, 2)), np.ones(3))


def test_shapes_that_do_not_fit_are_refused(network):
    points, weights, biases = network
    with pytest.raises(DataError, match="weights have 4 columns"):
        activation_pattern(points, weights[:, :4])
    with pytest.raises(DataError, match="biases have shape"):
        activation_pattern(points, weights, biases[:3])
