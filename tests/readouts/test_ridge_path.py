import math

import mpmath
import numpy as np
import pytest
import torch
from sklearn.linear_model import RidgeCV

from widthwise import dynamics
from widthwise.errors import DataError, InvalidArgumentError, NotPositiveDefiniteError
from widthwise.readouts import (
    kernel_readout,
    leave_one_out,
    ridge_path,
    ridge_stream,
)


def gaussian(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def refitted(phi, y, penalty, weights, intercept):
    """Return (solution, intercept) of the normal equations, with 60 digits.

    A penalty of 0 is one of 1e-40: 20 digits from its limit.
    """
    with mpmath.workdps(100):
        n, m = phi.shape
        whole = mpmath.matrix(n, m + intercept)
        whole[:, :m] = mpmath.matrix(phi.tolist())
        if intercept:
            whole[:, m] = mpmath.ones(n, 1)
        w = mpmath.diag(weights.tolist())
        normal = whole.T * w * whole
        for column in range(m):
            normal[column, column] += mpmath.mpf(penalty or "1e-40")
        found = mpmath.lu_solve(normal, whole.T * w * mpmath.matrix(y.tolist()))
        values = torch.tensor([float(each) for each in found], dtype=torch.float64)
        return values[:m], float(values[m]) if intercept else 0.0


def left_out_by_definition(phi, y, penalty, weights, intercept):
    found = []
    for row in range(len(phi)):
        kept = torch.arange(len(phi)) != row
        v, b = refitted(phi[kept], y[kept], penalty, weights[kept], intercept)
        found.append(float(y[row] - phi[row] @ v) - b)
    return torch.tensor(found, dtype=torch.float64)


def close(found, expected, within=1e-10):
    size = float(torch.as_tensor(expected).abs().max())
    torch.testing.assert_close(found, expected, rtol=0, atol=within * size)


SHAPES = [(3, 8), (7, 12), (6, 6), (7, 6), (8, 6), (12, 4), (2, 3)]


@pytest.mark.parametrize("penalty", [0.0, 1e-14, 1e-6, 0.3, 1e5])
@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_answer_is_that_of_refitting(shape, intercept, penalty):
    phi, y = gaussian(*shape), 3.0 + gaussian(shape[0], seed=1)
    weights = 0.5 + gaussian(shape[0], seed=2).square()
    path = ridge_path(phi, y, [penalty], intercept=intercept, weights=weights)
    v, b = refitted(phi, y, penalty, weights, intercept)
    close(path.solution(), v)
    assert float(path.intercept()) == pytest.approx(b, abs=1e-10)
    expected = left_out_by_definition(phi, y, penalty, weights, intercept)
    close(path.residuals_left_out(), expected)
    mean = float(weights @ expected.square() / weights.sum())
    assert float(path.leave_one_out[0]) == pytest.approx(mean, rel=1e-9)
    others = gaussian(4, shape[1], seed=5)
    close(path.predict(others), others @ v + b)
    dual = kernel_readout(
        phi @ phi.T, y, [penalty], intercept=intercept, weights=weights
    )
    close(dual.residuals_left_out(), expected, 1e-9)
    close(dual.predict(others @ phi.T), others @ v + b, 1e-9)


@pytest.mark.parametrize("penalty", [0.0, 1e-9, 1.0])
@pytest.mark.parametrize("intercept", [False, True])
def test_dependent_rows_and_rows_of_leverage_one_are_refitted_alike(intercept, penalty):
    """Row 0 alone has feature 0, so the fit always goes through it."""
    phi = torch.round(64 * gaussian(7, 5)) / 64  # Dependent without rounding.
    y, ones = gaussian(7, seed=1), torch.ones(7).double()
    phi[:, 3] = phi[:, 1] - 2 * phi[:, 2]
    phi[1:, 0] = 0.0
    phi[5] = phi[4]
    found = leave_one_out(phi, y, penalty=penalty, intercept=intercept)
    expected = left_out_by_definition(phi, y, penalty, ones, intercept)
    close(found.residuals, expected, 1e-9)
    close(found.predictions, y - expected, 1e-9)
    assert found.error == pytest.approx(float(expected.square().mean()), rel=1e-8)
    if penalty == 0.0:
        assert float(found.leverage[0]) == pytest.approx(1.0, abs=1e-13)


@pytest.mark.parametrize("decay", [2, 4, 6])
def test_badly_conditioned_rows_are_left_out_as_far_as_rounding_lets(decay):
    n, m = 9, 14
    u, v = torch.linalg.qr(gaussian(n, n)).Q, torch.linalg.qr(gaussian(m, n)).Q
    phi = (u * torch.logspace(0, -decay, n, dtype=torch.float64)) @ v.T
    y, ones = gaussian(n, seed=1), torch.ones(n).double()
    for penalty in (0.0, 1e-14, 1e-6):
        for given in (phi, phi.T.contiguous()[:, :6]):
            targets = y if len(given) == n else gaussian(m, seed=4)
            weights = ones if len(given) == n else torch.ones(m).double()
            found = leave_one_out(given, targets, penalty=penalty, intercept=False)
            expected = left_out_by_definition(given, targets, penalty, weights, False)
            close(found.residuals, expected, 1e-14 * 10**decay + 1e-11)


def test_degrees_of_freedom_leverage_and_gcv_are_those_of_the_smoother():
    phi, y, penalty = gaussian(9, 4), gaussian(9, 2, seed=1), 0.7
    path = ridge_path(phi, y, [penalty])
    smoother = torch.stack(
        [
            phi @ each.solution() + each.intercept()
            for row in torch.eye(9, dtype=torch.float64)
            for each in [ridge_path(phi, row, [penalty])]
        ],
        dim=1,
    )
    close(path.leverage(), smoother.diagonal())
    assert path.degrees_of_freedom() == pytest.approx(float(smoother.trace()))
    rest = (y - smoother @ y).square().mean()
    expected = float(rest) / (1 - float(smoother.trace()) / 9) ** 2
    assert float(path.generalized_cross_validation[0]) == pytest.approx(expected)


def test_generalized_cross_validation_has_a_limit_where_every_row_is_fitted():
    phi, y = gaussian(6, 20), gaussian(6, seed=1)
    path = ridge_path(phi, y, [0.0, 1e-7])
    inverse = torch.linalg.inv((phi - phi.mean(0)) @ (phi - phi.mean(0)).T + 1.0)
    inverse -= torch.outer(inverse.sum(1), inverse.sum(0)) / inverse.sum()
    expected = 6 * float((inverse @ y).square().sum() / inverse.trace() ** 2)
    assert path.generalized_cross_validation.tolist() == pytest.approx(
        [expected, expected], rel=1e-6
    )


@pytest.mark.parametrize("shape", [(40, 8), (15, 60)])
def test_scikit_learn_chooses_the_same_penalty(shape):
    phi, y = gaussian(*shape), gaussian(shape[0], 3, seed=1)
    y += phi[:, :3]
    grid = np.logspace(-3, 3, 20)
    path = ridge_path(phi, y, grid)
    peer = RidgeCV(grid, store_cv_results=True).fit(phi.numpy(), y.numpy())
    assert path.best == pytest.approx(peer.alpha_)
    errors = torch.from_numpy(peer.cv_results_).mean(0)
    close(path.leave_one_out_by_output, errors.T.contiguous(), 1e-9)
    close(path.solution(), torch.from_numpy(peer.coef_.T.copy()), 1e-9)
    each = RidgeCV(grid, alpha_per_target=True).fit(phi.numpy(), y.numpy())
    assert path.best_by_output.tolist() == pytest.approx(list(each.alpha_))
    close(
        path.solution(path.best_by_output), torch.from_numpy(each.coef_.T.copy()), 1e-9
    )


def test_outputs_with_penalties_of_their_own_are_as_if_alone():
    phi, y = gaussian(12, 5), gaussian(12, 2, seed=1)
    path = ridge_path(phi, y)
    own = torch.tensor([0.1, 20.0])
    for output, penalty in enumerate(own.tolist()):
        alone = ridge_path(phi, y[:, output], [penalty])
        close(path.solution(own)[:, output], alone.solution(), 1e-13)
        found = path.residuals_left_out(own)[:, output]
        close(found, alone.residuals_left_out(), 1e-13)
        assert float(path.intercept(own)[output]) == pytest.approx(
            float(alone.intercept())
        )
    with pytest.raises(InvalidArgumentError, match="different penalties"):
        path.leverage(own)


def test_the_penalties_chosen_alone_reach_from_interpolation_to_the_mean():
    phi, y = gaussian(30, 12), gaussian(30, seed=1)
    path = ridge_path(phi, y)
    assert float(path.penalties[0]) == 0.0
    assert path.degrees_of_freedom(path.penalties[-1]) < 1.2
    ends = torch.tensor([path.leave_one_out[0], path.leave_one_out[-1]])
    assert path.least <= float(ends.min())
    # Nothing but noise: the mean of the others is the best, and what is chosen.
    mean = leave_one_out(torch.zeros(30, 1), y).error
    assert mean == pytest.approx(float((y - y.mean()).square().mean()) * (30 / 29) ** 2)
    assert path.leave_one_out[-1] == pytest.approx(mean, rel=0.02)
    assert ridge_path(phi, y, [math.inf]).least == pytest.approx(mean)


@pytest.mark.parametrize("size", [1e-150, 1e150])
def test_scales_of_features_carry_to_the_penalty(size):
    phi, y = gaussian(6, 9), gaussian(6, seed=1)
    plain = ridge_path(phi, y, [0.0, 0.5])
    found = ridge_path(phi * size, y, [0.0, 0.5 * size**2])
    close(found.leave_one_out, plain.leave_one_out, 1e-12)
    close(found.solution(0.0) * size, plain.solution(0.0), 1e-12)
    heavy = ridge_path(phi, y, [0.5 * size], weights=np.full(6, size))
    close(heavy.solution(), plain.solution(0.5), 1e-12)


def test_weight_zero_is_absence_and_such_a_row_is_predicted_by_the_fit():
    phi, y = gaussian(9, 4), gaussian(9, seed=1)
    weights = torch.ones(9)
    weights[[2, 5]] = 0.0
    kept = weights > 0
    for readout, given in ((ridge_path, phi), (kernel_readout, phi @ phi.T)):
        without = given[kept] if readout is ridge_path else given[kept][:, kept]
        path = readout(given, y, [0.3], weights=weights, intercept=True)
        alone = readout(without, y[kept], [0.3], intercept=True)
        close(path.leave_one_out, alone.leave_one_out, 1e-13)
        close(path.residuals_left_out()[kept], alone.residuals_left_out(), 1e-13)
        expected = y - path.predict(given)
        close(path.residuals_left_out()[~kept], expected[~kept], 1e-13)
        assert path.leverage()[~kept].tolist() == [0.0, 0.0]


def test_dynamics_says_the_same_of_ridge_regression():
    phi, y = gaussian(10, 6), gaussian(10, 2, seed=1)
    run = dynamics.ridge(dynamics.linear_model(phi, y))
    times = torch.tensor([0.1, 3.0, 1e9], dtype=torch.float64)
    path = ridge_path(phi, y, 1 / times, intercept=False)
    # Dynamics sums over outputs, which are two here.
    close(dynamics.leave_one_out(run, times), 2 * path.leave_one_out, 1e-10)
    close(
        dynamics.generalized_cross_validation(run, times),
        2 * path.generalized_cross_validation,
        1e-10,
    )


def test_the_rank_is_judged_in_the_precision_of_the_features():
    u = np.linspace(1, 2, 40, dtype=np.float32)
    phi = np.outer(u, np.linspace(-1, 3, 60, dtype=np.float32))
    y = u + 0.01 * np.sin(np.arange(40))
    assert ridge_path(phi, y, intercept=False).rank == 1
    assert ridge_path(phi, y).rank == 1
    assert kernel_readout(phi @ phi.T, y).rank == 1


def test_what_has_no_meaning_is_refused():
    phi, y = gaussian(4, 3), gaussian(4)
    for penalties in ([-1.0], [math.nan], []):
        with pytest.raises(InvalidArgumentError, match=r"penalt"):
            ridge_path(phi, y, penalties)
    with pytest.raises(InvalidArgumentError, match="one for each of the 1 outputs"):
        ridge_path(phi, y).solution([1.0, 2.0])
    for scale in (1e300, 1e-300):  # whose squares are infinite, or all zero
        with pytest.raises(InvalidArgumentError, match="squared errors"):
            ridge_path(phi, scale * y)
    with pytest.raises(DataError, match="single row"):
        ridge_path(phi, y, weights=[0, 1, 0, 0])
    with pytest.raises(DataError, match="2 columns"):
        ridge_path(phi, y).predict(gaussian(2, 2))
    with pytest.raises(DataError, match="needs 4 columns"):
        kernel_readout(phi, y)
    with pytest.raises(DataError, match="not symmetric"):
        kernel_readout(gaussian(4, 4), y)
    with pytest.raises(NotPositiveDefiniteError, match="eigenvalue"):
        kernel_readout(-torch.eye(4), y)


@pytest.mark.parametrize("options", [{}, {"weights": torch.ones(40)}])
def test_the_features_are_left_as_they_were(options):
    phi = torch.randn(40, 6, generator=torch.Generator().manual_seed(0)).double()
    before = phi.clone()
    for intercept in (False, True):
        ridge_path(phi, phi[:, 0], [0.1], intercept=intercept, **options).solution()
        assert torch.equal(phi, before)


def by_kernel(phi, y, penalties, *, intercept):
    return kernel_readout(phi @ phi.T, y, penalties, intercept=intercept)


@pytest.mark.parametrize("longer", [1e3, 1e4, 1e5])
@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("solve", [ridge_path, ridge_stream, by_kernel])
def test_rows_far_longer_than_others_are_left_out_as_they_are(solve, intercept, longer):
    # Their leverage is 1 but for `longer`^-2, which no rounding may take for 1.
    phi, y = gaussian(9, 3), gaussian(9, seed=1)
    phi[[4, 7]] *= longer
    for penalty in (0.0, 1.0):
        found = solve(phi, y, [penalty], intercept=intercept)
        missed = found.residuals_left_out(penalty)
        ones = torch.ones(9, dtype=torch.float64)
        expected = left_out_by_definition(phi, y, penalty, ones, intercept)
        # What is left of a whole is longer^-2 of it.
        within = max(1e-9, 1e-15 * longer**2)
        close(missed, expected, within)
        mean = float(expected.square().mean())
        assert float(found.leave_one_out[0]) == pytest.approx(mean, rel=4 * within)


def test_uneven_kernels_have_all_that_even_ones_have():
    phi, y = gaussian(9, 3), gaussian(9, 2, seed=1)
    phi[[2, 5]] *= 3e3
    phi[6] = 0.0
    weights = torch.tensor([1.0, 0, 2, 3, 1, 2, 1, 0, 1], dtype=torch.float64)
    options = {"intercept": True, "weights": weights}
    found = kernel_readout(phi @ phi.T, y, [0.5], **options)
    path = ridge_path(phi, y, [0.5], **options)
    assert found.rank == path.rank == 3
    close(found.eigenvalues, path.eigenvalues)
    # Coefficients are right to rounding of the largest, and K multiplies them by 1e8.
    close(found.predict(phi @ phi.T), path.predict(phi), 1e-7)
    close(found.residuals_left_out(), path.residuals_left_out(), 1e-8)
    close(found.leverage(), path.leverage())


def test_uneven_kernels_with_errors_as_large_as_short_rows_are_still_solved():
    # Rounding of the longest row in every entry: no factor says what eigenvectors do.
    phi = gaussian(9, 9)
    phi[:3] *= 1e5
    blur = gaussian(9, 9, seed=3) * 1e-6
    found = kernel_readout(phi @ phi.T + blur + blur.T, gaussian(9, seed=1), [1.0])
    path = ridge_path(phi, gaussian(9, seed=1), [1.0], intercept=False)
    close(found.residuals_left_out(), path.residuals_left_out(), 1e-3)
