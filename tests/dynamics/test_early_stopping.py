"""Test stopping rules against plain refitting and a thorough search."""

import math

import mpmath
import pytest
import torch

from widthwise.dynamics import (
    best_stop,
    chebyshev_iteration,
    generalized_cross_validation,
    gradient_descent,
    gradient_flow,
    heavy_ball,
    leave_one_out,
    linear_model,
    nesterov,
    ridge,
    validation_error,
)
from widthwise.errors import DataError, InvalidArgumentError


def noisy(n=14, m=20, tests=30, seed=0):
    """Return a model of noisy targets, whose best fit stops early."""
    generator = torch.Generator().manual_seed(seed)
    scales = torch.logspace(0, -2, m, dtype=torch.float64)
    phi = torch.randn(n + tests, m, generator=generator, dtype=torch.float64) * scales
    truth = torch.randn(m, generator=generator, dtype=torch.float64)
    noise = torch.randn(n + tests, generator=generator, dtype=torch.float64)
    y = phi @ truth + 0.8 * noise
    model = linear_model(phi[:n], y[:n], test_features=phi[n:])
    return model, phi[:n], y[:n], y[n:]


def test_leaving_points_out_is_retraining_without_them():
    """Real loops of gradient descent and heavy ball, one for each missing point."""
    model, phi, y, _ = noisy()
    for run in (gradient_descent(model, "stable"), heavy_ball(model, "stable", 0.6)):
        momentum = getattr(run.method, "momentum", 0.0)
        total = 0.0
        for row in range(len(y)):
            kept = torch.arange(len(y)) != row
            v = before = torch.zeros(phi.shape[1], dtype=torch.float64)
            for _ in range(25):
                gradient = phi[kept].T @ (phi[kept] @ v - y[kept])
                ahead = v - run.method.step * gradient + momentum * (v - before)
                v, before = ahead, v
            total += float((phi[row] @ v - y[row]).square())
        assert leave_one_out(run, 25) == pytest.approx(total / len(y), rel=1e-10)


def test_for_ridge_regression_it_is_the_known_formula():
    """(y - f)/(1 - H_ii) is exact there, and is not for gradient flow."""
    model, _, y, _ = noisy()

    def shortcut(run, time):
        hat = (model.left_vectors.square() * run.filters(time)).sum(1)
        return float(((y - run.train(time)) / (1 - hat)).square().mean())

    for time in (0.1, 10.0):
        run = ridge(model)
        assert leave_one_out(run, time) == pytest.approx(shortcut(run, time), rel=1e-10)
    flow = gradient_flow(model)
    assert abs(leave_one_out(flow, 10.0) / shortcut(flow, 10.0) - 1) > 1e-3


@pytest.mark.parametrize(("n", "m"), [(14, 20), (14, 6), (14, 14)])
@pytest.mark.parametrize("time", [0.1, 1e3, 1e9])
def test_ridge_regression_without_a_point_is_refitted(n, m, time):
    """At the penalties 10, 1e-3 and 1e-9, by normal equations of 50 digits."""
    _, phi, y, _ = noisy(n, m)
    errors = []
    with mpmath.workdps(50):
        for row in range(n):
            kept = [each for each in range(n) if each != row]
            some = mpmath.matrix(phi[kept].tolist())
            normal = some.T * some + mpmath.eye(m) / mpmath.mpf(time)
            v = mpmath.lu_solve(normal, some.T * mpmath.matrix(y[kept].tolist()))
            fitted = (mpmath.matrix(phi[row : row + 1].tolist()) * v)[0]
            errors.append((float(y[row]) - fitted) ** 2)
        expected = float(sum(errors) / n)
    found = leave_one_out(ridge(linear_model(phi, y)), time)
    assert found == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("method", [nesterov, chebyshev_iteration, gradient_flow])
def test_every_separable_method_can_leave_points_out(method):
    model, _, y, _ = noisy()
    run = method(model)
    start = leave_one_out(run, 0)
    assert start == pytest.approx(float(y.square().mean()), rel=1e-12)
    assert leave_one_out(run, [0, 5]).shape == (2,)
    some = leave_one_out(run, 5, rows=[0, 3])
    assert math.isfinite(some)


def test_several_outputs_and_initial_outputs(random_model):
    model, parts = random_model(6, 9, outputs=2)
    miss = (parts["initial"] - parts["targets"]).square().sum(1).mean()
    run = gradient_flow(model)
    assert leave_one_out(run, 0) == pytest.approx(float(miss), rel=1e-12)
    found = generalized_cross_validation(run, 0)
    assert found == pytest.approx(float(miss), rel=1e-12)


def test_generalized_cross_validation_is_its_formula():
    model, _, y, _ = noisy(n=30, m=8)
    run = gradient_descent(model)
    residual = float((run.train(9) - y).square().mean())
    used = float(run.filters(9).sum())
    expected = residual / (1 - used / 30) ** 2
    assert generalized_cross_validation(run, 9) == pytest.approx(expected, rel=1e-12)
    full, _, _, _ = noisy(n=8, m=20)
    end = generalized_cross_validation(gradient_flow(full), [1.0, math.inf])
    assert math.isfinite(float(end[0]))
    assert float(end[1]) == math.inf


def test_the_best_stop_is_the_best_of_every_count():
    model, _, _, held_out = noisy()
    run = gradient_descent(model, "stable")
    found = best_stop(run, lambda k: validation_error(run, k, held_out))
    every = validation_error(run, list(range(3 * found.count + 100)), held_out)
    assert found.count == int(every.argmin())
    assert found.error == pytest.approx(float(every.min()), rel=1e-12)
    assert found.error < 0.9 * found.error_at_end
    outputs = run.test(found.count)
    assert found.error == pytest.approx(float((outputs - held_out).square().mean()))


def test_leaving_points_out_finds_a_time_that_beats_the_end():
    model, _, _, held_out = noisy(n=20)
    run = gradient_flow(model)
    found = best_stop(run, lambda time: leave_one_out(run, time))
    assert isinstance(found.count, float)
    end = validation_error(run, math.inf, held_out)
    assert validation_error(run, found.count, held_out) < end


def test_refuses_what_cannot_be_left_out(random_model):
    model, _ = random_model(1, 3)
    with pytest.raises(InvalidArgumentError, match="single point"):
        leave_one_out(gradient_descent(model), 1)
    with pytest.raises(DataError, match="3 test points"):
        validation_error(gradient_descent(model), 1, torch.ones(2))
