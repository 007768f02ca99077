import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from widthwise.errors import DataError, InvalidArgumentError
from widthwise.features import RandomFeatures
from widthwise.spectra import minimum_norm


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


@pytest.mark.parametrize("feature_scale", [1e-300, 1e-120, 1e120, 1e300])
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
