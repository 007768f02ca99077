"""Where descents end, against constructions and Monte Carlo in the neighbourhood."""

import numpy as np
import pytest

from widthwise import activations
from widthwise.errors import InvalidArgumentError, UnknownNameError
from widthwise.landscape import classify_critical_point, descend_and_classify


def drawn(seed, n, d0, d1):
    rng = np.random.default_rng(seed)
    points, targets = rng.uniform(-1, 1, (n, d0)), rng.uniform(-1, 1, n)
    size = np.sqrt(6 / d0)
    weights, biases = rng.uniform(-size, size, (d1, d0)), rng.uniform(-size, size, d1)
    return points, targets, weights, biases, np.where(np.arange(d1) % 2, -1.0, 1.0)


def loss(points, targets, weights, biases, outer):
    hidden = np.maximum(points @ weights.T + biases, 0.0)
    return np.sum((hidden @ outer - targets) ** 2) / 2


def assert_no_neighbour_is_better(seed, points, targets, end, outer):
    rng = np.random.default_rng(seed)
    weights, biases = end.weights.numpy(), end.biases.numpy()
    here = loss(points, targets, weights, biases, outer)
    for _ in range(3000):
        step = rng.standard_normal((len(biases), points.shape[1] + 1))
        step *= 1e-4 / np.linalg.norm(step)
        near = loss(
            points, targets, weights + step[:, :-1], biases + step[:, -1], outer
        )
        # The verdict's tolerance times a step of 1e-4 and a scale below 100.
        assert near >= here - 1e-8


@pytest.mark.parametrize("seed", range(12))
def test_walks_end_in_local_minima_and_never_climb(seed):
    points, targets, weights, biases, outer = drawn(seed, 4, 1 + seed % 2, 3)
    run = descend_and_classify(points, targets, weights, biases, outer_weights=outer)
    start = loss(points, targets, weights, biases, outer)
    assert run.losses[0] == pytest.approx(start, rel=1e-12)
    assert (np.diff(run.losses) <= 1e-12).all()
    assert run.end.kind != "not converged"
    assert_no_neighbour_is_better(seed, points, targets, run, outer)
    assert run.end.hessian_kernel == run.end.region.parameters_count - run.end.rank
    if run.end.kind == "global minimum":
        assert run.end.loss < 1e-20
    if run.end.kind == "bad local minimum":
        assert run.end.rank < 4
        assert run.end.is_proved
        assert run.end.is_differentiable
    if run.end.kind == "boundary minimum":
        assert run.end.boundary
        assert not run.end.is_differentiable


def test_the_walks_of_a_narrow_network_end_in_each_kind():
    kinds = set()
    for seed in range(20):
        points, targets, weights, biases, outer = drawn(seed, 3, 1, 4)
        run = descend_and_classify(
            points, targets, weights, biases, outer_weights=outer
        )
        kinds.add(run.end.kind)
    assert kinds == {"global minimum", "bad local minimum", "boundary minimum"}


def test_gradient_descent_of_a_wide_network_reaches_a_global_minimum():
    points, targets, weights, biases, outer = drawn(0, 5, 3, 40)
    run = descend_and_classify(
        points,
        targets,
        weights,
        biases,
        outer_weights=outer,
        method="gradient",
        steps=20000,
    )
    assert run.end.kind == "global minimum"
    assert run.end.loss < 1e-12
    assert run.end.rank == 5
    assert (np.diff(run.losses) <= 1e-12).all()


def test_units_that_are_off_everywhere_sit_on_a_plateau():
    points, targets = np.array([[1.0], [2.0]]), np.array([1.0, 1.0])
    found = classify_critical_point(points, targets, np.array([[-1.0], [-2.0]]))
    assert found.kind == "bad local minimum"
    assert found.gradient_norm == 0.0
    assert (found.rank, found.hessian_kernel) == (0, 2)
    assert found.is_flat_valley


def test_a_unit_at_the_kink_that_would_have_to_turn_off_twice_is_a_boundary_minimum():
    # f = relu(w): the target -1 is met best by every w ≤ 0; at w = 0 on the edge.
    found = classify_critical_point(
        np.array([[1.0]]), np.array([-1.0]), np.array([[0.0]])
    )
    assert found.kind == "boundary minimum"
    assert found.boundary == ((0, 0),)
    # The target +1 pulls the same weight off the edge.
    found = classify_critical_point(
        np.array([[1.0]]), np.array([1.0]), np.array([[0.0]])
    )
    assert found.kind == "not converged"
    assert found.violation == pytest.approx(1.0)


def test_weights_in_the_middle_of_a_slope_are_not_converged():
    found = classify_critical_point(
        np.array([[1.0]]), np.array([3.0]), np.array([[1.0]])
    )
    assert found.kind == "not converged"
    assert found.gradient_norm == 2.0
    assert found.region.kind == "global minimum"


def test_other_piecewise_linear_activations_descend_too():
    for name in ("leaky_relu", "abs", "hard_tanh"):
        points, targets, weights, biases, outer = drawn(3, 4, 2, 6)
        run = descend_and_classify(
            points,
            targets,
            weights,
            biases,
            outer_weights=outer,
            act=activations.get(name),
        )
        assert (np.diff(run.losses) <= 1e-12).all()
        assert run.end.kind != "not converged"


def test_bad_knobs_are_refused():
    points, targets, weights, biases, outer = drawn(0, 3, 2, 2)
    given = {"outer_weights": outer}
    with pytest.raises(UnknownNameError, match="regions"):
        descend_and_classify(points, targets, weights, biases, method="adam", **given)
    with pytest.raises(InvalidArgumentError, match="steps"):
        descend_and_classify(points, targets, weights, biases, steps=0, **given)
    with pytest.raises(InvalidArgumentError, match="tolerance"):
        classify_critical_point(points, targets, weights, biases, tolerance=0, **given)
    with pytest.raises(InvalidArgumentError, match="diverged"):
        descend_and_classify(
            points,
            targets,
            weights,
            biases,
            act=activations.get("leaky_relu"),  # Rectifiers just die of long steps.
            method="gradient",
            step=1e3,
            **given,
        )
