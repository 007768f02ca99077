"""Predicted test errors against closed forms, and against simulation."""

import math

import numpy as np
import pytest
import torch

from widthwise import datasets, kernels, laws
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.features import RandomFeatures
from widthwise.readouts import expected_error, expected_stopping
from widthwise.spectra import TargetModes, target_modes

MODES = 150
EIGENVALUES = torch.arange(1, MODES + 1, dtype=torch.float64) ** -1.5
COEFFICIENTS = torch.arange(1, MODES + 1, dtype=torch.float64) ** -0.8
POWER_LAW = TargetModes(EIGENVALUES, COEFFICIENTS**2)
ROWS, NOISE = 40, 0.1


def agrees(errors, predicted, share):
    """Within three standard errors of the mean, and a share that is O(1/n)."""
    mean, scatter = np.mean(errors), np.std(errors) / math.sqrt(len(errors))
    return abs(mean - predicted) <= 3 * scatter + share * predicted


def correction(width):
    """Return the share that the formulas leave out: one over rows, or over units."""
    return 1 / min(width or ROWS, ROWS)


def gaussian_draw(generator, width):
    """Return Gaussian coordinates, targets, and the way to coefficients."""
    points = generator.standard_normal((ROWS, MODES))
    noise = math.sqrt(NOISE) * generator.standard_normal(ROWS)
    towards = np.diag(np.sqrt(EIGENVALUES.numpy()))
    if width is not None:
        towards = towards @ generator.standard_normal((MODES, width)) / math.sqrt(width)
    return points, points @ COEFFICIENTS.numpy() + noise, towards


def risks(width, filters, trials=150):
    """Return test errors, shape (trials, filters), and the last filter's training one.

    Exact over test rows: the coordinates are standard normal.
    """
    generator = np.random.default_rng(0)
    found, training = [], []
    for _ in range(trials):
        points, y, towards = gaussian_draw(generator, width)
        u, s, vt = np.linalg.svd(points @ towards, full_matrices=False)
        row = []
        for each in filters:
            fitted = vt.T @ (each(s**2) / s * (u.T @ y))
            wrong = towards @ fitted - COEFFICIENTS.numpy()
            row.append(wrong @ wrong + NOISE)
            residual = points @ towards @ fitted - y
        found.append(row)
        training.append(residual @ residual / ROWS)
    return np.array(found), np.array(training)


@pytest.mark.parametrize("width", [20, 40, 80, 400, None])
@pytest.mark.parametrize("penalty", [0.01, 0.3])
def test_ridge_on_gaussian_features_has_the_predicted_error(width, penalty):
    found, training = risks(width, [lambda s: s / (s + penalty)])
    told = expected_error(POWER_LAW, ROWS, width=width, penalty=penalty, noise=NOISE)
    assert agrees(found[:, 0], told.error, correction(width))
    assert agrees(training, told.training_error, 2 * correction(width))


@pytest.mark.parametrize("width", [15, 90, None])
def test_minimum_norm_fits_have_the_predicted_error(width):
    found, training = risks(width, [np.ones_like])
    told = expected_error(POWER_LAW, ROWS, width=width, noise=NOISE)
    assert agrees(found[:, 0], told.error, correction(width))
    assert told.training_error == pytest.approx(training.mean(), rel=0.1, abs=1e-20)


@pytest.mark.parametrize("width", [20, 40, 400, None])
def test_gradient_flow_has_the_predicted_error(width):
    times = [0.3, 3.0, 30.0]
    filters = [lambda s, t=t: -np.expm1(-s * t) for t in times]
    found, _ = risks(width, filters)
    told = expected_stopping(POWER_LAW, ROWS, times, width=width, noise=NOISE)
    for column, each in zip(found.T, told.tolist(), strict=True):
        assert agrees(column, each, correction(width))


@pytest.mark.parametrize("rows", [11, 20, 1000])
def test_least_squares_on_fewer_equal_modes_inflates_the_noise(rows):
    """s² (1 + p / (n - p)), Hastie et al. 2022, with equality in the limit."""
    told = expected_error(TargetModes([2.0], [5.0], [10]), rows, noise=3.0)
    assert told.error == pytest.approx(3 / (1 - 10 / rows), rel=1e-12)
    assert told.training_error == pytest.approx(3 * (1 - 10 / rows), rel=1e-12)


def test_minimum_norm_on_more_equal_modes_is_hastie_and_others():
    """v² (1 - n/p) + s² p / (p - n): arXiv:1903.08560, theorem 1, with the noise."""
    told = expected_error(TargetModes([2.0], [5.0], [50]), 20, noise=3.0)
    assert told.error == pytest.approx(5 * (1 - 20 / 50) + 3 * 50 / 30, rel=1e-12)
    assert told.training_error == 0


def test_without_a_penalty_the_error_is_infinite_where_the_width_is_n_and_only_there():
    told = [
        expected_error(POWER_LAW, ROWS, width=m, noise=NOISE).error
        for m in range(20, 61)
    ]
    assert told[20] == math.inf
    assert max(told[:20] + told[21:]) < 100
    assert np.all(np.diff(told[10:20]) > 0)
    assert np.all(np.diff(told[21:31]) < 0)


def test_the_peak_grows_as_one_over_the_root_of_the_penalty():
    low, high = (
        expected_error(POWER_LAW, ROWS, width=ROWS, penalty=p, noise=NOISE).error
        for p in (1e-10, 1e-12)
    )
    assert high / low == pytest.approx(10, rel=1e-3)


@pytest.mark.parametrize("width", [25, 100, None])
def test_small_penalties_and_late_times_end_at_the_minimum_norm(width):
    limit = expected_error(POWER_LAW, ROWS, width=width, noise=NOISE).error
    small = expected_error(POWER_LAW, ROWS, width=width, penalty=1e-11, noise=NOISE)
    (late,) = expected_stopping(POWER_LAW, ROWS, [1e6], width=width, noise=NOISE)
    assert small.error == pytest.approx(limit, rel=1e-6)
    assert late.item() == pytest.approx(limit, rel=1e-6)


def test_at_once_nothing_is_learned():
    whole = float(POWER_LAW.power.sum()) + NOISE
    (early,) = expected_stopping(POWER_LAW, ROWS, [1e-9], noise=NOISE)
    assert early.item() == pytest.approx(whole, rel=1e-6)
    told = expected_error(POWER_LAW, ROWS, penalty=1e12, noise=NOISE)
    assert told.error == pytest.approx(whole, rel=1e-6)


def test_a_wide_layer_has_the_error_of_its_kernel():
    wide, infinite = (
        expected_error(POWER_LAW, ROWS, width=m, penalty=0.01, noise=NOISE)
        for m in (10**9, None)
    )
    assert wide.error == pytest.approx(infinite.error, rel=1e-6)


def test_many_small_eigenvalues_are_a_remainder():
    tail = [1e-9] * 2 + [0.0]
    listed = TargetModes([1.0, 0.5, *tail], [1, 1, 0, 0, 0.3], [1, 3, 1e6, 1e6, 1])
    summed = TargetModes([1.0, 0.5, 0.0], [1, 1, 0.3], [1, 3, 1], remainder=2e-3)
    for width in (7, None):
        one, other = (
            expected_error(each, 10, width=width, penalty=0.01, noise=0.1).error
            for each in (listed, summed)
        )
        assert one == pytest.approx(other, rel=1e-4)


def harmonic_modes(dimension):
    """Return the modes of relu's kernel for the target √d x₁ + degree 2, and it."""
    dual = kernels.dual("relu", laws.Sphere(dimension))
    found = kernels.mercer(dual, dimension, degree=30)
    known = torch.where(found.eigenvalues > found.errors, found.eigenvalues, 0.0)
    power = [0.0, 1.0, 0.5] + [0.0] * 28
    rest = found.value_at_one - found.captured
    modes = TargetModes(known, power, found.multiplicities, remainder=max(0.0, rest))

    def target(points):
        # E x₁²x₂² = 1/(d (d+2)) on the sphere, and x₁x₂ is harmonic.
        scale = math.sqrt(dimension * (dimension + 2) / 2)
        pairs = scale * points[:, 0] * points[:, 1]
        return math.sqrt(dimension) * points[:, 0] + pairs

    return modes, target


@pytest.mark.parametrize("width", [30, 60, 200, None])
def test_relu_layers_on_the_sphere_have_the_predicted_error(width):
    dimension, rows, penalty = 6, 60, 3e-3
    modes, target = harmonic_modes(dimension)
    law, errors = laws.Sphere(dimension), []
    generator = torch.Generator().manual_seed(0)
    for trial in range(60):
        points = torch.randn(rows + 300, dimension, generator=generator).double()
        points = torch.nn.functional.normalize(points)
        noise = math.sqrt(NOISE) * torch.randn(len(points), generator=generator)
        y = target(points) + noise
        if width is None:
            gram = kernels.conjugate_kernel(points, "relu", law)
        else:
            phi = RandomFeatures("relu", width, law, seed=trial).matrix(points)
            gram = phi @ phi.T
        own = gram[:rows, :rows] + penalty * torch.eye(rows, dtype=torch.float64)
        predicted = gram[rows:, :rows] @ torch.linalg.solve(own, y[:rows])
        errors.append(float((predicted - y[rows:]).square().mean()))
    told = expected_error(modes, rows, width=width, penalty=penalty, noise=NOISE)
    assert agrees(errors, told.error, 0.04)


@pytest.mark.parametrize("name", ["diabetes", "breast_cancer"])
def test_learning_curves_of_tables_are_predicted_within_a_tenth(name):
    data = datasets.load(name).standardize()
    points = data.to_sphere(bias=True).points
    targets = (data.targets - data.targets.mean()) / data.targets.std()
    kernel = kernels.conjugate_kernel(points, "relu", laws.Sphere(points.shape[1]))
    modes = target_modes(kernel, targets)
    generator, penalty = np.random.default_rng(0), 0.1
    for rows in (15, 40):
        errors = []
        for _ in range(120):
            order = generator.permutation(len(points))
            chosen, rest = order[:rows], order[rows:]
            own = kernel[chosen][:, chosen] + penalty * torch.eye(rows)
            fitted = torch.linalg.solve(own, targets[chosen])
            wrong = kernel[rest][:, chosen] @ fitted - targets[rest]
            errors.append(float(wrong.square().mean()))
        told = expected_error(modes, rows, penalty=penalty)
        assert agrees(errors, told.error, 0.1)


def test_the_modes_of_a_table_hold_all_of_its_targets():
    points = torch.eye(4, dtype=torch.float64)[:, :3]
    modes = target_modes(points @ points.T, [1.0, 2.0, 3.0, 4.0])
    assert modes.power.sum().item() == pytest.approx(30 / 4)
    assert modes.power[modes.eigenvalues == 0].sum().item() == pytest.approx(16 / 4)
    assert modes.trace == pytest.approx(3 / 4)
    without = target_modes(points @ points.T, [1.0, 2.0, 3.0, 4.0], mean=False)
    assert without.power.sum().item() == pytest.approx(5 / 4)


def test_refusals_say_what_is_needed():
    with pytest.raises(DataError, match="at least 0"):
        TargetModes([1.0, -0.1], [1.0, 1.0])
    with pytest.raises(DataError, match="square"):
        target_modes(torch.ones(3, 2), torch.ones(3))
    with pytest.raises(InvalidArgumentError, match="positive"):
        expected_stopping(POWER_LAW, 10, [0.0])
    with pytest.raises(InvalidArgumentError, match="width"):
        expected_error(POWER_LAW, 10, width=0)
