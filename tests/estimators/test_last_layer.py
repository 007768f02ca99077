"""The last layer's solutions, and what is left out, by fitting again."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from widthwise import dynamics
from widthwise.estimators import ReadoutRegressor
from widthwise.estimators._descent import descent_of_features, descent_of_kernel

RANDOM = np.random.default_rng(0)
TALL = RANDOM.normal(size=(18, 5))
WIDE = RANDOM.normal(size=(9, 14))


def labels(rows, outputs=2):
    return np.random.default_rng(1).normal(size=(rows, outputs))


def iterated(phi, y, weights, steps):
    """Run descent step by step, with the best intercept at each."""
    roots = np.sqrt(weights)[:, None]
    shares = weights / weights.sum()
    centred = (phi - shares @ phi) * roots
    right = (y - shares @ y) * roots
    step = 1 / np.linalg.norm(centred, 2) ** 2
    v = np.zeros((phi.shape[1], y.shape[1]))
    for _ in range(steps):
        v -= step * centred.T @ (centred @ v - right)
    return v, shares @ y - shares @ phi @ v, step


@pytest.mark.parametrize("phi", [TALL, WIDE], ids=["tall", "wide"])
def test_descent_is_that_of_its_iteration(phi):
    y, weights = labels(len(phi)), np.linspace(0.5, 2.0, len(phi))
    found = descent_of_features(
        torch.from_numpy(phi), y, weights, intercept=True, steps=37
    )
    solution, constant, _ = iterated(phi, y, weights, 37)
    assert_allclose(found.coefficients, solution, atol=1e-12)
    assert_allclose(found.intercept, constant, atol=1e-12)
    assert found.steps == 37


@pytest.mark.parametrize("phi", [TALL, WIDE], ids=["tall", "wide"])
def test_descent_on_a_kernel_is_descent_on_its_features(phi):
    y, weights = labels(len(phi)), np.linspace(0.5, 2.0, len(phi))
    given = {"intercept": True, "steps": 12}
    one = descent_of_features(torch.from_numpy(phi), y, weights, **given)
    kernel = torch.from_numpy(phi @ phi.T)
    other = descent_of_kernel(kernel, y, weights, **given)
    outputs = kernel @ other.coefficients + other.intercept
    assert_allclose(outputs, phi @ one.coefficients.numpy() + one.intercept.numpy())
    assert_allclose(one.residuals, other.residuals, atol=1e-12)


def test_rows_left_out_of_descent_are_missed_as_by_running_it_again():
    y = labels(len(WIDE))
    found = descent_of_features(
        torch.from_numpy(WIDE), y, None, intercept=True, steps=9
    )
    _, _, step = iterated(WIDE, y, np.ones(len(WIDE)), 1)
    for row in range(len(WIDE)):
        others = np.arange(len(WIDE)) != row
        phi, middle = WIDE[others], y[others].mean(axis=0)
        centred, v = phi - phi.mean(axis=0), np.zeros((14, 2))
        for _ in range(9):
            v -= step * centred.T @ (centred @ v - (y[others] - middle))
        outputs = (WIDE[row] - phi.mean(axis=0)) @ v + middle
        assert_allclose(found.residuals[row], y[row] - outputs, atol=1e-12)


def test_without_an_intercept_it_is_the_dynamics_rooms_descent():
    y = labels(len(TALL), 1)
    found = descent_of_features(
        torch.from_numpy(TALL), y, None, intercept=False, steps=21
    )
    step = 1 / np.linalg.norm(TALL, 2) ** 2
    run = dynamics.gradient_descent(dynamics.linear_model(TALL, y[:, 0]), step=step)
    error = dynamics.leave_one_out(run, 21)
    assert_allclose(found.errors[0], error, rtol=1e-10)


def test_the_best_number_of_steps_is_the_best_that_was_tried():
    y = labels(len(TALL), 1)
    found = descent_of_features(
        torch.from_numpy(TALL), y, None, intercept=True, steps=None
    )
    assert found.errors.min() == found.errors[found.counts == found.steps][0]
    assert found.counts[0] == 0
    # Zero steps are the mean of the others.
    mean = np.square((y - y.mean()) * len(y) / (len(y) - 1)).mean()
    assert_allclose(found.errors[0], mean)


@pytest.mark.parametrize("penalty", [0.0, 0.7])
@pytest.mark.parametrize("phi", [TALL, WIDE], ids=["tall", "wide"])
def test_what_is_left_out_is_what_fitting_again_predicts(phi, penalty):
    y = labels(len(phi))
    left = ReadoutRegressor(penalty=penalty).fit(phi, y).leave_one_out_
    for row in range(len(phi)):
        others = np.arange(len(phi)) != row
        again = ReadoutRegressor(penalty=penalty).fit(phi[others], y[others])
        assert_allclose(left.predictions[row], again.predict(phi[[row]])[0], rtol=1e-9)
    assert_allclose(left.error, np.square(left.predictions - y).mean())


def test_the_share_of_the_means_error_is_that_of_means_of_other_rows():
    y = labels(len(TALL), 1)
    left = ReadoutRegressor().fit(TALL, y).leave_one_out_
    others = [np.delete(y, row).mean() for row in range(len(y))]
    mean_error = np.square(y[:, 0] - others).mean()
    assert_allclose(left.mean_error, mean_error)
    assert_allclose(left.r2, 1 - left.error / mean_error)


def test_of_a_penalty_path_the_best_is_taken():
    y = labels(len(TALL), 1)
    model = ReadoutRegressor(penalty=[0.01, 1.0, 100.0]).fit(TALL, y)
    left = model.leave_one_out_
    assert list(left.penalties) == [0.01, 1.0, 100.0]
    assert model.penalty_ == left.penalties[left.errors.argmin()]
    assert left.error == pytest.approx(left.errors.min())
