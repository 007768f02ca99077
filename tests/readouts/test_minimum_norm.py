import itertools
import math

import mpmath
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from widthwise.errors import DataError, InvalidArgumentError
from widthwise.features import RandomFeatures
from widthwise.numerics import gram_factor, symmetric
from widthwise.readouts import minimum_norm


def gaussian(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (20, 20), (30, 200), (97, 3000)])
def test_wide_systems_are_solved_by_a_vector_of_the_row_space(shape):
    phi, y = gaussian(*shape), gaussian(shape[0], seed=1)
    found = minimum_norm(phi, y)
    assert found.rank == shape[0]
    assert found.residual < 1e-13
    assert found.residual == pytest.approx(
        float((phi @ found.solution - y).norm() / y.norm()), abs=1e-13
    )
    # Minimal norm means no part in the kernel of Φ: v is a combination of rows.
    basis = torch.linalg.qr(phi.T).Q
    outside = found.solution - basis @ (basis.T @ found.solution)
    assert float(outside.norm()) < 1e-12 * found.norm


@settings(deadline=None, max_examples=30)
@given(
    n=st.integers(1, 12),
    m=st.integers(1, 12),
    rank=st.integers(1, 12),
    seed=st.integers(0, 99),
)
def test_any_shape_and_rank_obeys_the_four_penrose_conditions(n, m, rank, seed):
    rank = min(n, m, rank)
    left, right = gaussian(n, rank, seed=seed), gaussian(rank, m, seed=seed + 100)
    # Orthonormal factors, so that the rank is never a matter of rounding.
    phi = torch.linalg.qr(left).Q @ torch.linalg.qr(right.T).Q.T
    inverse = torch.stack(
        [minimum_norm(phi, e).solution for e in torch.eye(n, dtype=torch.float64)],
        dim=1,
    )
    found = minimum_norm(phi, torch.eye(n, dtype=torch.float64))
    assert found.rank == rank
    torch.testing.assert_close(found.solution, inverse, rtol=0, atol=1e-12)
    close = {"rtol": 0, "atol": 1e-12}
    torch.testing.assert_close(phi @ inverse @ phi, phi, **close)
    torch.testing.assert_close(inverse @ phi @ inverse, inverse, **close)
    torch.testing.assert_close((phi @ inverse).T, phi @ inverse, **close)
    torch.testing.assert_close((inverse @ phi).T, inverse @ phi, **close)


def assert_residual_of_the_projection(widths, seeds):
    points = torch.tensor(list(itertools.product((1.0, -1.0), repeat=3))).double()
    parity = points.prod(dim=1) / math.sqrt(8)
    points /= math.sqrt(3)
    y = gaussian(8, seed=7)
    best = abs(float(parity @ y)) / float(y.norm())
    for width, seed in itertools.product(widths, seeds):
        phi = RandomFeatures("relu", width, "sphere", seed).matrix(points)
        found = minimum_norm(phi, y)
        assert found.rank == 7
        assert found.residual == pytest.approx(best, abs=1e-12)
        assert found.norm < 1e3 * float(y.norm())


def test_eight_antipodal_points_have_the_residual_of_the_projection():
    assert_residual_of_the_projection((1024, 8192), range(5))


@pytest.mark.slow
def test_eight_antipodal_points_are_never_wrong_up_to_width_65536_over_20_seeds():
    assert_residual_of_the_projection((1024, 8192, 65536), range(20))


@pytest.mark.parametrize("decay", [3, 6, 9, 12])
def test_badly_conditioned_systems_are_solved_as_far_as_rounding_lets(decay):
    n, m = 40, 400
    u, v = torch.linalg.qr(gaussian(n, n)).Q, torch.linalg.qr(gaussian(m, n)).Q
    s = torch.logspace(0, -decay, n, dtype=torch.float64)
    phi = (u * s) @ v.T
    truth = v @ gaussian(n, seed=3)
    found = minimum_norm(phi, phi @ truth)
    assert found.rank == n
    assert found.residual < 1e-13
    error = float((found.solution - truth).norm() / truth.norm())
    assert error < 100 * 2.2e-16 * 10**decay
    assert found.condition_number == pytest.approx(10**decay, rel=0.3)


def test_method_says_which_way_was_taken():
    phi = gaussian(10, 50)
    assert "Cholesky" in minimum_norm(phi, phi[:, 0]).method
    phi[3] = phi[4]
    found = minimum_norm(phi, phi[:, 0])
    assert "singular values" in found.method
    assert found.rank == 9


def test_duplicate_rows_with_different_labels_share_their_mean():
    phi, y = gaussian(5, 30), gaussian(5, seed=1)
    phi[3] = phi[1]
    found = minimum_norm(phi, y)
    fitted = phi @ found.solution
    assert float(fitted[1]) == pytest.approx(float(y[1] + y[3]) / 2, abs=1e-12)
    expected = abs(float(y[1] - y[3])) / math.sqrt(2) / float(y.norm())
    assert found.residual == pytest.approx(expected, abs=1e-12)


def test_tall_systems_are_least_squares():
    phi, y = gaussian(300, 7), gaussian(300, seed=1)
    found = minimum_norm(phi, y)
    expected = torch.linalg.lstsq(phi, y[:, None]).solution[:, 0]
    torch.testing.assert_close(found.solution, expected, rtol=1e-11, atol=1e-13)
    assert found.rank == 7


def test_several_outputs_are_solved_together():
    phi, y = gaussian(12, 90), gaussian(12, 3, seed=1)
    found = minimum_norm(phi, y)
    assert found.solution.shape == (90, 3)
    for column in range(3):
        alone = minimum_norm(phi, y[:, column]).solution
        torch.testing.assert_close(found.solution[:, column], alone, rtol=0, atol=1e-13)


def test_zero_targets_have_the_zero_solution():
    found = minimum_norm(gaussian(4, 9), torch.zeros(4))
    assert found.norm == 0.0
    assert found.residual == 0.0


def test_zero_features_have_rank_zero():
    found = minimum_norm(torch.zeros(3, 5), torch.ones(3))
    assert (found.rank, found.norm, found.residual) == (0, 0.0, 1.0)


@pytest.mark.parametrize("feature_scale", [1e-300, 1e-120, 1e-90, 1e90, 1e120, 1e300])
def test_scales_carry_through(feature_scale):
    phi, y = gaussian(6, 20), gaussian(6, seed=1)
    plain = minimum_norm(phi, y).solution
    for target_scale in (1e-150, 1.0, 1e150):
        ratio = math.log10(target_scale) - math.log10(feature_scale)
        if not -290 < ratio < 305:
            with pytest.raises(InvalidArgumentError, match="range"):
                minimum_norm(phi * feature_scale, y * target_scale)
            continue
        found = minimum_norm(phi * feature_scale, y * target_scale)
        assert found.residual < 1e-13
        rescaled = found.solution / target_scale * feature_scale
        torch.testing.assert_close(rescaled, plain, rtol=1e-11, atol=1e-13)


def test_arrays_integers_and_float32_are_taken():
    phi, y = torch.tensor([[1, 2, 0], [0, 1, 1]]), torch.tensor([1, 3])
    expected = minimum_norm(phi.double(), y.double()).solution
    for given_phi, given_y in ((phi, y), (phi.numpy(), y.numpy()), (phi.float(), y)):
        assert torch.equal(minimum_norm(given_phi, given_y).solution, expected)


def test_shapes_that_do_not_fit_and_missing_values_are_refused():
    with pytest.raises(DataError, match="targets have shape"):
        minimum_norm(gaussian(4, 9), gaussian(5))
    with pytest.raises(DataError, match="features have shape"):
        minimum_norm(gaussian(4), gaussian(4))
    y = gaussian(4)
    y[2] = math.nan
    with pytest.raises(DataError, match="Row 2 of the targets"):
        minimum_norm(gaussian(4, 9), y)
    phi = gaussian(4, 9)
    phi[1, 5] = math.inf
    with pytest.raises(DataError, match="Row 1 of the features"):
        minimum_norm(phi, gaussian(4))


def test_inputs_are_not_changed():
    phi, y = gaussian(9, 9), gaussian(9, seed=1)
    phi[2] = phi[3]
    before = phi.clone(), y.clone()
    minimum_norm(phi, y)
    minimum_norm(phi.T.contiguous(), y)
    assert torch.equal(phi, before[0])
    assert torch.equal(y, before[1])


def by_definition(phi, y, weights):
    """Return the limit of ridge regression with an intercept, of its normal equations.

    With 60 digits, at a penalty of 1e-40, the limit is 1e-30 away.
    """
    with mpmath.workdps(80):
        x, m = mpmath.matrix(phi.tolist()), phi.shape[1]
        w = mpmath.diag(weights.tolist())
        ones = mpmath.ones(len(phi), 1)
        whole = mpmath.matrix(len(phi), m + 1)
        whole[:, :m], whole[:, m] = x, ones
        normal = whole.T * w * whole
        for column in range(m):
            normal[column, column] += mpmath.mpf(10) ** -40
        found = mpmath.lu_solve(normal, whole.T * w * mpmath.matrix(y.tolist()))
        return torch.tensor([float(each) for each in found], dtype=torch.float64)


def test_the_intercept_is_no_column_of_ones():
    phi = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    found = minimum_norm(phi, torch.tensor([1.0, 3.0]), intercept=True)
    torch.testing.assert_close(found.solution, torch.tensor([-1.0, 1, 0]).double())
    assert float(found.intercept) == pytest.approx(2.0, abs=1e-15)
    assert found.residual < 1e-15
    assert not bool(found.unreachable.any())


@pytest.mark.parametrize("shape", [(2, 5), (6, 9), (7, 7), (9, 4)])
@pytest.mark.parametrize("is_deficient", [False, True])
def test_intercept_and_weights_are_the_limit_of_ridge_regression(shape, is_deficient):
    phi, y = gaussian(*shape), gaussian(shape[0], seed=1)
    if is_deficient:
        phi[-1] = phi[0]
    weights = gaussian(shape[0], seed=2).square()
    found = minimum_norm(phi, y, intercept=True, weights=weights)
    expected = by_definition(phi, y, weights)
    torch.testing.assert_close(found.solution, expected[:-1], rtol=0, atol=1e-11)
    assert float(found.intercept) == pytest.approx(float(expected[-1]), abs=1e-11)
    rest = y - phi @ expected[:-1] - expected[-1]
    relative = math.sqrt(float(weights @ rest**2) / float(weights @ y**2))
    assert found.residual == pytest.approx(relative, abs=1e-11)
    torch.testing.assert_close(found.unreachable, rest, rtol=0, atol=1e-11)


@pytest.mark.parametrize("intercept", [False, True])
def test_weight_zero_is_absence_and_weight_two_is_twice(intercept):
    phi, y = gaussian(6, 11), gaussian(6, 2, seed=1)
    weights = torch.tensor([1.0, 0.0, 2.0, 1.0, 0.0, 3.0])
    found = minimum_norm(phi, y, intercept=intercept, weights=weights)
    rows = [0, 2, 2, 3, 5, 5, 5]
    repeated = minimum_norm(phi[rows], y[rows], intercept=intercept)
    torch.testing.assert_close(found.solution, repeated.solution, rtol=0, atol=1e-13)
    torch.testing.assert_close(found.intercept, repeated.intercept, rtol=0, atol=1e-13)
    phi[1], y[1] = 7e5, -3e9
    again = minimum_norm(phi, y, intercept=intercept, weights=weights)
    assert torch.equal(found.solution, again.solution)
    assert found.rank == repeated.rank == 4 - intercept


def test_weights_of_any_size_give_the_same_fit():
    phi, y = gaussian(9, 4), gaussian(9, seed=1)
    weights = gaussian(9, seed=2).square()
    plain = minimum_norm(phi, y, intercept=True, weights=weights)
    for size in (1e-250, 1e250):
        found = minimum_norm(phi, y, intercept=True, weights=weights * size)
        torch.testing.assert_close(found.solution, plain.solution, rtol=1e-13, atol=0)


def test_features_far_from_zero_keep_their_digits():
    phi, y = torch.round(64 * gaussian(8, 30)), gaussian(8, seed=1)
    near = minimum_norm(phi, y, intercept=True)
    far = minimum_norm(phi + 2.0**20, y, intercept=True)
    torch.testing.assert_close(near.solution, far.solution, rtol=1e-9, atol=1e-12)


def test_single_precision_is_judged_as_such():
    u = np.linspace(1, 2, 40, dtype=np.float32)
    phi = np.outer(u, np.linspace(-1, 3, 60, dtype=np.float32))
    y = u + 0.01 * np.sin(np.arange(40))
    for given_phi in (phi, torch.from_numpy(phi)):
        found = minimum_norm(given_phi, y)
        assert found.rank == 1
        assert found.norm == pytest.approx(0.0837, rel=1e-3)
        assert found.residual == pytest.approx(4.61e-3, rel=1e-3)
    assert minimum_norm(phi.astype(np.float64), y).rank > 30


def test_what_cannot_be_reached_is_named():
    phi, y = gaussian(6, 30), torch.zeros(6, dtype=torch.float64)
    phi[4] = phi[1]
    y[4] = 1.0
    found = minimum_norm(phi, y)
    expected = torch.tensor([0, -0.5, 0, 0, 0.5, 0], dtype=torch.float64)
    torch.testing.assert_close(found.unreachable, expected, rtol=0, atol=1e-14)
    assert "rows 1 and 4" in found.reason
    y[1] = 1.0
    assert not bool(minimum_norm(phi, y).unreachable.any())
    assert "reach these targets" in minimum_norm(phi, y).reason


def test_independent_rows_with_an_intercept_are_reached_exactly():
    for m in (8, 9, 20):  # From one feature less than rows on.
        found = minimum_norm(gaussian(9, m), gaussian(9, seed=1), intercept=True)
        assert found.rank == 8
        assert not found.unreachable.any()


def test_rows_beyond_one_call_of_blas_are_solved_by_tiles(monkeypatch):
    phi, y = gaussian(40, 90), gaussian(40, seed=1)
    expected = minimum_norm(phi, y)
    for module in (gram_factor, symmetric):
        monkeypatch.setattr(module, "WHOLE", 16)
    monkeypatch.setattr(symmetric, "TILE", 16)
    found = minimum_norm(phi, y)
    assert found.method == expected.method
    torch.testing.assert_close(found.solution, expected.solution, rtol=0, atol=1e-13)


def test_one_row_is_fitted_by_its_intercept():
    found = minimum_norm(gaussian(1, 3), torch.tensor([5.0]), intercept=True)
    assert (found.norm, float(found.intercept), found.residual) == (0.0, 5.0, 0.0)


def test_weights_that_have_no_meaning_are_refused():
    phi, y = gaussian(3, 5), gaussian(3)
    for weights, words in (
        ([1.0, -1.0, 1.0], "Row 1 has weight -1"),
        ([0.0, 0.0, 0.0], "Every weight is 0"),
        ([1.0, 1.0], "weights have shape"),
        ([1.0, math.nan, 1.0], "Row 1 of the weights"),
    ):
        with pytest.raises(DataError, match=words):
            minimum_norm(phi, y, weights=torch.tensor(weights))
