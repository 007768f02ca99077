"""The best fixed step for given targets, against steps on a grid and closed forms."""

import math

import numpy as np
import pytest
import torch

from widthwise.dynamics import fastest_descent, gradient_descent, linear_model
from widthwise.errors import InvalidArgumentError


def problem(seed, rows=12, decay=0.75):
    """Return a model with eigenvalues decay^(2 i), and targets of any top part."""
    generator = np.random.default_rng(seed)
    left = np.linalg.qr(generator.standard_normal((rows, rows)))[0]
    values = decay ** np.arange(rows)
    weights = generator.standard_normal(rows) * values ** generator.uniform(0, 2)
    weights[0] *= 10 ** generator.uniform(-2, 2)
    return left * values, left @ weights, values, weights


def steps_by_hand(values, weights, step, tolerance):
    """Count steps by iterating the modes."""
    left, whole = weights.copy(), np.linalg.norm(weights)
    for count in range(20_000):
        if np.linalg.norm(left) <= tolerance * whole:
            return count
        left = left * (1 - step * values**2)
    return math.inf


@pytest.mark.parametrize("seed", range(6))
def test_no_fixed_step_on_a_grid_needs_fewer_steps(seed):
    phi, y, values, weights = problem(seed)
    tolerance = (0.3, 0.05, 0.01)[seed % 3]
    found = fastest_descent(linear_model(phi, y), tolerance)
    taken = found.steps_to(tolerance)
    assert steps_by_hand(values, weights, found.method.step, tolerance) == taken
    grid = np.linspace(0.05, 1.9999, 60) / values[0] ** 2
    assert taken <= min(steps_by_hand(values, weights, s, tolerance) for s in grid)


def test_one_step_that_is_enough_is_found():
    # The best single step is Cauchy's, Σ w² λ / Σ w² λ², and what it leaves is known.
    values, weights = np.array([1.0, 0.8, 0.5]), np.array([1.0, 2.0, 0.5])
    squares = values**2
    step = (weights**2 * squares).sum() / (weights**2 * squares**2).sum()
    left = np.linalg.norm(weights * (1 - step * squares)) / np.linalg.norm(weights)
    model = linear_model(np.diag(values), weights)
    assert gradient_descent(model).steps_to(1.001 * left) > 1
    found = fastest_descent(model, 1.001 * left)
    assert found.steps_to(1.001 * left) == 1
    assert found.method.step == pytest.approx(step, rel=0.05)
    assert fastest_descent(model, 0.999 * left).steps_to(0.999 * left) == 2


def test_labels_on_the_top_mode_do_not_wait_for_it_to_stop_swinging():
    values = torch.logspace(0, -4, 30, dtype=torch.float64)
    weights = torch.cat([torch.ones(1), torch.full((29,), 1e-3)]).double()
    model = linear_model(torch.diag(values), weights)
    found = fastest_descent(model, 1e-2)
    # Lemma 4.3's step leaves the top mode at (1 - 2/κ)^k: about κ log(100) / 2 steps.
    assert gradient_descent(model).steps_to(1e-2) > 1e8
    assert found.steps_to(1e-2) == 1


def test_every_condition_number_gives_at_most_the_steps_of_the_two_known_ones():
    for exponent in (1, 8, 15):
        values = torch.logspace(0, -exponent / 2, 40, dtype=torch.float64)
        weights = torch.ones(40, dtype=torch.float64)
        model = linear_model(torch.diag(values), weights)
        for tolerance in (0.5, 1e-4):
            taken = fastest_descent(model, tolerance).steps_to(tolerance)
            for step in ("optimal", "stable"):
                assert taken <= gradient_descent(model, step).steps_to(tolerance)


def test_what_no_step_reaches_is_left_to_the_step_of_the_worst_targets():
    phi = np.eye(3)[:, :2]
    model = linear_model(phi * [1.0, 0.5], np.ones(3))
    assert fastest_descent(model, 0.1).steps_to(0.1) == math.inf
    assert fastest_descent(model, 2.0).steps_to(2.0) == 0
    with pytest.raises(InvalidArgumentError, match="positive"):
        fastest_descent(model, 0.0)


def test_several_outputs_count_together():
    phi, y, *_ = problem(3)
    one = fastest_descent(linear_model(phi, y), 0.01)
    two = fastest_descent(linear_model(phi, np.stack([3 * y, -4 * y], 1)), 0.01)
    assert two.steps_to(0.01) == one.steps_to(0.01)
    assert two.method.step == pytest.approx(one.method.step, rel=1e-6)
