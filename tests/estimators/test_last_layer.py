"""The last layer's solutions, and what is left out, by fitting again."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from widthwise.estimators import ReadoutRegressor
from widthwise.readouts import early_stopping, kernel_stopping

RANDOM = np.random.default_rng(0)
TALL = RANDOM.normal(size=(18, 5))
WIDE = RANDOM.normal(size=(9, 14))


def labels(rows, outputs=2):
    return np.random.default_rng(1).normal(size=(rows, outputs))


@pytest.mark.parametrize("phi", [TALL, WIDE], ids=["tall", "wide"])
def test_descent_on_a_kernel_is_descent_on_its_features(phi):
    y, weights = labels(len(phi)), np.linspace(0.0, 2.0, len(phi))
    given = {"intercept": True, "weights": weights}
    one = early_stopping(phi, y, [12], **given)
    other = kernel_stopping(phi @ phi.T, y, [12], **given)
    outputs = phi @ phi.T @ other.solution().numpy() + other.intercept().numpy()
    assert_allclose(outputs, phi @ one.solution().numpy() + one.intercept().numpy())
    assert_allclose(one.residuals_left_out(), other.residuals_left_out(), atol=1e-12)
    assert_allclose(one.leave_one_out, other.leave_one_out)


@pytest.mark.parametrize("phi", [TALL, WIDE], ids=["tall", "wide"])
def test_rows_left_out_of_descent_are_missed_as_by_running_it_again(phi):
    """Step by step, with the best intercept at each; the first row does not count."""
    y, weights = labels(len(phi)), np.append(0.0, np.linspace(0.5, 2.0, len(phi) - 1))
    found = early_stopping(phi, y, [9], weights=weights)
    model = ReadoutRegressor("gradient_descent", steps=9).fit(phi, y, weights)
    assert_allclose(
        model.leave_one_out_.predictions, y - found.residuals_left_out().numpy()
    )
    for row in range(len(phi)):
        kept = weights * (np.arange(len(phi)) != row)
        shares, roots = kept / kept.sum(), np.sqrt(kept)[:, None]
        mean, middle = shares @ phi, shares @ y
        centred, v = (phi - mean) * roots, np.zeros((phi.shape[1], 2))
        for _ in range(9):
            v -= found.step * centred.T @ (centred @ v - (y - middle) * roots)
        outputs = (phi[row] - mean) @ v + middle
        assert_allclose(found.residuals_left_out()[row], y[row] - outputs, atol=1e-12)


def test_the_best_number_of_steps_is_the_best_that_was_tried():
    y = labels(len(TALL), 1)
    model = ReadoutRegressor("gradient_descent").fit(TALL, y)
    left = model.leave_one_out_
    assert left.error == pytest.approx(left.errors.min())
    assert left.penalties[left.errors.argmin()] == model.steps_
    # Zero steps are the mean of the others.
    assert left.penalties[0] == 0
    assert_allclose(left.errors[0], left.mean_error)


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
