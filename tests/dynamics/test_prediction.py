"""Test predictions of outputs, at the edges of what a model can be."""

import math

import pytest
import torch

from widthwise.dynamics import (
    chebyshev_iteration,
    conjugate_gradients,
    gradient_descent,
    gradient_flow,
    heavy_ball,
    landweber,
    linear_model,
    linear_model_from_kernel,
    matched_penalty,
    nesterov,
    ridge,
)
from widthwise.errors import (
    DataError,
    InvalidArgumentError,
    NotPositiveDefiniteError,
)

METHODS = {
    "gradient descent": gradient_descent,
    "heavy ball": heavy_ball,
    "nesterov": nesterov,
    "chebyshev": chebyshev_iteration,
    "conjugate gradients": conjugate_gradients,
    "flow": gradient_flow,
    "ridge": ridge,
}
EACH = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)


@EACH
def test_at_the_start_the_outputs_are_the_initial_ones(method, random_model):
    model, parts = random_model(6, 11)
    run = method(model)
    torch.testing.assert_close(run.train(0), parts["initial"], rtol=0.0, atol=0.0)
    torch.testing.assert_close(run.test(0), parts["test_initial"], rtol=0.0, atol=0.0)
    assert run.relative_residual(0) == pytest.approx(1.0, rel=1e-14)


@EACH
def test_in_the_end_the_outputs_are_those_of_the_pseudoinverse(method, random_model):
    model, parts = random_model(6, 11, outputs=2)
    run = method(model)
    gap = parts["targets"] - parts["initial"]
    move = torch.linalg.pinv(parts["features"]) @ gap
    expected = parts["test_initial"] + parts["test_features"] @ move
    end = 10**13
    torch.testing.assert_close(run.test(end), expected, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(run.train(end), parts["targets"], rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(run.coefficients(end), move, rtol=1e-9, atol=1e-9)


@EACH
def test_residual_and_loss_are_those_of_the_outputs(method, random_model):
    """Here 9 points share 4 features: a part of the targets is unreachable."""
    model, parts = random_model(9, 4, outputs=2)
    run = method(model)
    start = torch.linalg.vector_norm(parts["initial"] - parts["targets"])
    for k in (0, 1, 2, 7):
        left = torch.linalg.vector_norm(run.train(k) - parts["targets"])
        expected = float(left / start)
        assert run.relative_residual(k) == pytest.approx(expected, rel=1e-12)
        assert run.loss(k) == pytest.approx(0.5 * float(left) ** 2, rel=1e-12)
    assert run.steps_to(1e-3) == math.inf


@EACH
def test_a_kernel_and_its_features_predict_the_same(method, random_model):
    model, parts = random_model(7, 15)
    phi = parts["features"]
    again = linear_model_from_kernel(
        phi @ phi.T,
        parts["targets"],
        test_kernel=parts["test_features"] @ phi.T,
        initial=parts["initial"],
        test_initial=parts["test_initial"],
    )
    counts = [0, 1, 3, 1000]
    one, other = method(model), method(again)
    torch.testing.assert_close(other.train(counts), one.train(counts))
    torch.testing.assert_close(other.test(counts), one.test(counts))
    with pytest.raises(InvalidArgumentError, match="cannot form parameters"):
        other.coefficients(1)


def test_gradient_descent_is_landweber(random_model):
    model, parts = random_model(6, 15, initial=False)
    counts = [0, 1, 2, 100, 10**6, 10**15]
    for step in ("optimal", "stable", 0.3):
        one = gradient_descent(model, step)
        other = landweber(parts["features"], parts["targets"], step)
        torch.testing.assert_close(one.filters(counts), other.filters(counts))
        torch.testing.assert_close(one.coefficients(counts), other.coefficients(counts))
        assert one.steps_to(1e-6) == other.steps_to(1e-6)


@EACH
def test_a_singular_kernel_leaves_its_null_space_alone(method):
    phi = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 2.0]], dtype=torch.float64)
    targets = torch.tensor([1.0, 3.0, 5.0], dtype=torch.float64)
    run = method(linear_model_from_kernel(phi @ phi.T, targets))
    assert run.model.rank == 2
    expected = torch.tensor([2.0, 2.0, 5.0], dtype=torch.float64)
    torch.testing.assert_close(run.train(10**13), expected, rtol=1e-9, atol=1e-9)
    floor = 2**0.5 / float(torch.linalg.vector_norm(targets))
    assert run.relative_residual(10**13) == pytest.approx(floor, rel=1e-9)


@EACH
def test_targets_that_are_met_already_never_move(method, random_model):
    _, parts = random_model(5, 9)
    run = method(
        linear_model(parts["features"], parts["initial"], initial=parts["initial"])
    )
    assert run.relative_residual([0, 3, 10**9]).tolist() == [0.0, 0.0, 0.0]
    assert run.steps_to(1e-9) == 0
    torch.testing.assert_close(run.train(4), parts["initial"], rtol=0.0, atol=0.0)


@EACH
def test_zero_features_never_move(method):
    targets = torch.tensor([1.0, 2.0], dtype=torch.float64)
    run = method(linear_model(torch.zeros(2, 3), targets))
    assert run.relative_residual(10**6) == pytest.approx(1.0, rel=1e-15)
    assert run.train(5).tolist() == [0.0, 0.0]
    assert run.coefficients(5).tolist() == [0.0, 0.0, 0.0]
    assert run.steps_to(0.5) == math.inf
    assert run.time_scales.shape == (0,)


@EACH
def test_a_single_point_has_a_single_mode(method):
    run = method(linear_model(torch.tensor([[3, 4]]), torch.tensor([2])))
    assert run.model.largest == pytest.approx(25.0)
    assert run.train(10**14).tolist() == pytest.approx([2.0])
    assert run.relative_residual(0) == 1.0


@EACH
def test_counts_come_in_any_shape(method, random_model):
    model, _ = random_model(5, 9, outputs=2)
    run = method(model)
    counts = torch.tensor([[0, 1, 2], [3, 4, 5]])
    assert run.relative_residual(counts).shape == (2, 3)
    assert run.train(counts).shape == (2, 3, 5, 2)
    assert run.test(7).shape == (3, 2)
    assert isinstance(run.relative_residual(1), float)
    torch.testing.assert_close(run.train(counts)[1, 2], run.train(5))


@EACH
def test_plateaus_say_what_holds_the_residual_up(method, diagonal):
    model = diagonal([1.0, 1e-3], [1.0, 1.0])
    if method in (gradient_descent, gradient_flow):
        found = method(model, *(["stable"] * (method is gradient_descent))).plateaus()
        assert len(found) == 1
        assert "singular value 0.001" in found[0].sentence
        assert f"After {found[0].first_step:,} step" in found[0].sentence
        assert "almost nothing moves until" in found[0].sentence
    else:
        method(model).plateaus()


def test_time_scales_are_where_a_mode_is_e_times_smaller(diagonal):
    run = gradient_flow(diagonal([1.0, 1e-2]))
    assert run.time_scales.tolist() == pytest.approx([1.0, 1e4])
    assert (1 - run.filters(1e4))[1] == pytest.approx(math.exp(-1), rel=1e-12)
    assert gradient_flow(diagonal([1.0, 1e-2], [1.0, 0.0])).slowest == 1.0


def test_small_steps_follow_the_flow(diagonal):
    """The difference halves with the step: its order is one."""
    model = diagonal([1.0, 0.5, 0.1])
    flow = gradient_flow(model).train(4.0)
    errors = [
        float((gradient_descent(model, 2.0**-j).train(2 ** (j + 2)) - flow).norm())
        for j in (8, 9)
    ]
    assert errors[0] / errors[1] == pytest.approx(2.0, rel=1e-2)


def test_ridge_is_the_regularized_solution(random_model):
    model, parts = random_model(8, 5)
    phi, gap = parts["features"], parts["targets"] - parts["initial"]
    for time in (0.1, 3.0, 1e4):
        normal = phi.T @ phi + torch.eye(5, dtype=torch.float64) / time
        expected = torch.linalg.solve(normal, phi.T @ gap)
        torch.testing.assert_close(ridge(model).coefficients(time), expected)


def test_early_stopping_and_ridge_filters_differ_by_a_fifth_at_most(diagonal):
    """Ali, Kolter and Tibshirani (2019), Lemma 7, on the filters themselves."""
    model = diagonal([1.0])
    times = torch.logspace(-8, 8, 4001, dtype=torch.float64)
    flow = gradient_flow(model).filters(times)[:, 0]
    shrunk = ridge(model).filters(times)[:, 0]
    difference = flow - shrunk
    assert 0.203 < float(difference.max()) < 0.204
    assert float(times[difference.argmax()]) == pytest.approx(2.51, rel=1e-2)
    assert float((flow / shrunk).max()) <= 1.2985
    assert float((flow / shrunk).min()) >= 1.0 - 1e-12


def test_the_matched_penalty_has_equal_degrees_of_freedom(random_model):
    model, _ = random_model(9, 20)
    for run, k in ((gradient_descent(model), 30), (gradient_flow(model), 2.5)):
        penalty = matched_penalty(run, k)
        found = ridge(model).degrees_of_freedom(1 / penalty)
        assert found == pytest.approx(run.degrees_of_freedom(k), rel=1e-10)
    assert matched_penalty(gradient_flow(model), 0) == math.inf
    assert matched_penalty(gradient_flow(model), math.inf) == 0.0


def test_refuses_what_is_no_model(random_model):
    _, parts = random_model(5, 9)
    phi, y = parts["features"], parts["targets"]
    kernel = phi @ phi.T
    with pytest.raises(DataError, match="there are 5 points"):
        linear_model(phi, y[:4])
    with pytest.raises(DataError, match="needs 9 columns"):
        linear_model(phi, y, test_features=phi[:, :3])
    with pytest.raises(DataError, match="at least one row"):
        linear_model(phi[:0], y[:0])
    with pytest.raises(DataError, match="not symmetric"):
        linear_model_from_kernel(kernel + torch.triu(kernel), y)
    with pytest.raises(NotPositiveDefiniteError, match="on its diagonal"):
        linear_model_from_kernel(-kernel, y)
    with pytest.raises(InvalidArgumentError, match="without test points"):
        linear_model(phi, y, test_initial=y[:2])
    with pytest.raises(InvalidArgumentError, match="knows no test points"):
        gradient_flow(linear_model(phi, y)).test(1.0)
    with pytest.raises(InvalidArgumentError, match="A time is -1"):
        gradient_flow(linear_model(phi, y)).train(-1)
    with pytest.raises(InvalidArgumentError, match="does not converge"):
        gradient_descent(linear_model(phi, y), 1e6)
