"""The lab of generalisation measures and predicts what other routes give."""

import math

import numpy as np
import pytest
import torch

from widthwise import kernels
from widthwise.estimates import Estimate
from widthwise.experiments import CATALOG
from widthwise.experiments.generalisation import _descent_claims as descent
from widthwise.experiments.generalisation import _double_descent, _learning_curves
from widthwise.experiments.generalisation import _spectral_bias as bias
from widthwise.experiments.generalisation._compared import compared
from widthwise.experiments.generalisation._populations import cell_population
from widthwise.features import RandomFeatures
from widthwise.seeds import derive, stream

CELL = {"data": "gaussian", "dimension": 5, "n": 12, "trial": 0}


def silent(_part, _what):
    return None


@pytest.mark.parametrize("kernel", ["conjugate", "tangent"])
def test_modes_of_gaussian_rows_satisfy_their_equation(kernel):
    """E K(x, x') f(x') = Σ λ_i f_i(x), by Monte Carlo with its error."""
    population = cell_population({**CELL, "kernel": kernel})
    drawn = population.draw(np.random.default_rng(0), 20_000)
    at = drawn.tested[:4]
    products = population.kernel(at, drawn.points) * drawn.targets
    error = products.std(1) / math.sqrt(products.shape[1])
    values = population.modes.eigenvalues[1:3]
    expected = drawn.parts[:4] @ values
    assert ((products.mean(1) - expected).abs() < 4 * error).all()


@pytest.mark.parametrize("data", ["sphere", "gaussian"])
def test_the_parts_of_a_target_are_orthogonal_with_the_power_said(data):
    population = cell_population({**CELL, "data": data})
    parts = torch.cat(
        [population.draw(np.random.default_rng(k), 1).parts for k in range(100)]
    )
    products = parts[:, :, None] * parts[:, None, :]
    error = products.std(0) / math.sqrt(len(parts))
    expected = torch.diag(population.modes.power[1:3])
    assert ((products.mean(0) - expected).abs() < 4 * error).all()
    own = population.draw(np.random.default_rng(0), 5).points
    trace = float(population.kernel(own, own).diagonal().mean())
    if data == "sphere":
        assert population.modes.trace == pytest.approx(trace, rel=1e-9)


def test_errors_against_width_are_those_of_solved_systems():
    cell = {**CELL, "widths": [6, 30], "penalties": [0.1], "times": [3.0]}
    found = np.array(_double_descent.EXPERIMENT.measure(cell, 0, silent)["errors"])
    population = cell_population(cell)
    name = "generalisation/gaussian"
    drawn = population.draw(stream(0, name, 0), 12)
    for place, width in enumerate(cell["widths"]):
        layer = RandomFeatures("relu", width, population.law, seed=derive(0, name, 0))
        phi, other = layer.matrix(drawn.points), layer.matrix(drawn.tested)
        gram, identity = phi.T @ phi, torch.eye(width, dtype=torch.float64)
        towards = phi.T @ drawn.targets
        flow = torch.linalg.matrix_exp(-3.0 * gram)
        solutions = (
            torch.linalg.pinv(phi) @ drawn.targets,
            torch.linalg.solve(gram + 0.1 * identity, towards),
            (identity - flow) @ torch.linalg.pinv(gram, hermitian=True) @ towards,
        )
        for column, each in enumerate(solutions):
            wrong = (other @ each - drawn.truth).square().mean() + population.noise
            assert found[place, column] == pytest.approx(float(wrong), rel=1e-6)


def test_a_kernel_fit_on_a_table_is_the_solved_system():
    cell = {"data": "diabetes", "kernel": "conjugate", "n": 20, "trial": 1}
    measure = _learning_curves.EXPERIMENT.measure
    found = measure({**cell, "penalties": [0.1]}, 0, silent)
    population = cell_population(cell)
    drawn = population.draw(stream(0, "generalisation/curves/diabetes/20", 1), 20)
    gram = kernels.conjugate_kernel(drawn.points, "relu", population.law)
    own = gram + 0.1 * torch.eye(20, dtype=torch.float64)
    cross = kernels.conjugate_kernel(
        drawn.tested, "relu", population.law, other=drawn.points
    )
    wrong = cross @ torch.linalg.solve(own, drawn.targets) - drawn.truth
    assert found["errors"] == [pytest.approx(float(wrong.square().mean()), rel=1e-9)]
    assert len(drawn.truth) == 442 - 20


@pytest.mark.parametrize("dimension", [2, 3])
def test_harmonics_are_orthonormal_under_the_uniform_law(dimension):
    """By quadrature, exact for these degrees: equal angles, or Gauss-Legendre."""
    degrees = (1, 2, 4, 6)
    if dimension == 2:
        angles = 2 * math.pi * np.arange(64) / 64
        heights, weights = np.cos(angles), np.full(64, 1 / 64)
    else:
        heights, weights = np.polynomial.legendre.leggauss(16)
        weights = weights / 2
    points = torch.from_numpy(np.stack([heights] * dimension, axis=1))
    waves = bias._harmonics(points, degrees).numpy()
    gram = waves.T @ (weights[:, None] * waves)
    np.testing.assert_allclose(gram, np.eye(4), atol=1e-12)


def test_a_half_time_is_where_the_filter_is_one_half():
    rate = 0.013
    steps = np.unique(np.round(np.geomspace(1, 1e4, 400)))
    shares = 1 - (1 - rate) ** steps
    assert bias._crossing(steps, shares) == pytest.approx(
        bias._half_time(rate), rel=5e-3
    )
    assert bias._crossing(steps, 0 * steps) is None
    assert bias._half_time(0.0) == math.inf


def test_half_times_without_noise_are_those_of_the_kernel_matrix():
    """Equal angles on a circle: harmonics are eigenvectors, and the ratio is near 1."""
    settings = {"domains": "circle", "points": 400, "most_steps": 1, "widths": 2}
    record = CATALOG["generalisation_spectral_bias"].run(settings, quick=True)
    rows = record.content["tables"]["half_times"]
    limit = [row for row in rows if row["width"] == 0]
    assert [row["degree"] for row in limit] == [1, 2]
    assert all(abs(row["ratio"] - 1) < 0.25 for row in limit)


def test_a_peak_elsewhere_fails_and_one_at_n_holds():
    generator = np.random.default_rng(0)
    noise = np.exp(0.1 * generator.standard_normal((30, 3, 1)))
    at_n = noise * np.array([1.0, 9.0, 2.0])[:, None]
    for errors, verdict in ((at_n, True), (at_n[:, [1, 0, 2]], False)):
        ((found, *_),) = descent._peaks({"sphere": errors}, [20, 40, 80], 40)
        assert found is verdict


def test_where_the_prediction_is_infinite_there_is_no_ratio():
    row = compared(Estimate(3.0, 2.0, 4.0), math.inf)
    assert math.isnan(row["ratio"])
    assert compared(Estimate(3.0, 2.0, 4.0), 2.0)["ratio_high"] == 2.0


def test_one_step_in_the_standard_parametrization_is_ntk_s_scaled_by_the_width():
    """Δf = η Σ_i h_i² to leading order: m times larger, and the exponents say so."""
    settings = {"widths": (64, 128, 256), "trials": 3, "parametrizations": "standard"}
    record = CATALOG["generalisation_feature_learning"].run(settings, quick=True)
    exponents = {
        row["quantity"]: row["exponent"]
        for row in record.content["tables"]["exponents"]
    }
    assert exponents["move of an output in the first step"] == pytest.approx(
        1, abs=0.15
    )
