import math

import mpmath
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from widthwise.arrays import Provenance, label
from widthwise.errors import (
    DataError,
    InvalidArgumentError,
    KernelMismatchError,
    NotPositiveDefiniteError,
)
from widthwise.features import RandomFeatures
from widthwise.spectra import (
    Spectrum,
    feature_spectrum,
    spectrum,
    target_alignment,
)


def hilbert(n):
    rows = [[1.0 / (i + j + 1) for j in range(n)] for i in range(n)]
    return torch.tensor(rows, dtype=torch.float64)


def exact_eigenvalues(matrix):
    """Return the eigenvalues of the matrix of floats itself, to 60 digits."""
    with mpmath.workdps(60):
        entries = [[mpmath.mpf(x) for x in row] for row in matrix.tolist()]
        found = mpmath.eigsy(mpmath.matrix(entries), eigvals_only=True)
        return sorted((float(x) for x in found), reverse=True)


def random_positive(n, rank, seed):
    generator = torch.Generator().manual_seed(seed)
    factor = torch.randn(n, rank, generator=generator, dtype=torch.float64)
    return factor @ factor.T


@pytest.mark.parametrize("n", [1, 2, 5, 8, 12])
def test_hilbert_eigenvalues_are_within_the_bound_of_sixty_digits(n):
    found = spectrum(hilbert(n))
    exact = exact_eigenvalues(hilbert(n))
    errors = [
        abs(a - b) for a, b in zip(found.eigenvalues.tolist(), exact, strict=True)
    ]
    assert max(errors) <= found.error_bound
    assert found.error_bound < 2e-14 * found.largest
    low, high = found.smallest_interval
    assert low <= exact[-1] <= high
    least, greatest = found.condition_interval
    assert least <= exact[0] / exact[-1] <= greatest


@pytest.mark.parametrize(("n", "rank"), [(3, 3), (10, 4), (20, 20), (24, 1)])
def test_random_gram_matrices_have_the_rank_of_their_factor(n, rank):
    gram = random_positive(n, rank, seed=n)
    found = spectrum(gram)
    exact = exact_eigenvalues(gram)
    errors = [
        abs(a - b) for a, b in zip(found.eigenvalues.tolist(), exact, strict=True)
    ]
    assert max(errors) <= found.error_bound
    assert found.rank == rank
    assert found.is_singular == (rank < n)


def test_singular_matrix_says_so_and_gives_what_is_known():
    found = spectrum(random_positive(9, 5, seed=0))
    assert found.condition_number == math.inf
    assert found.condition_interval[1] == math.inf
    assert found.condition_interval[0] > 1e12
    assert found.smallest_interval[0] == 0.0
    assert "numerically singular" in found.condition_text
    assert "numerically singular" in str(found)
    assert "rank 5" in str(found)
    regular = spectrum(hilbert(3))
    assert regular.condition_text == "524.1"
    assert "524.1" in str(regular)


def test_statistics_are_those_of_the_matrix():
    gram = random_positive(11, 30, seed=4)
    found = spectrum(gram)
    assert found.points_count == 11
    assert found.mean == pytest.approx(float(gram.diagonal().mean()), rel=1e-13)
    assert found.largest == pytest.approx(float(torch.linalg.norm(gram, ord=2)))
    assert found.condition_number == pytest.approx(np.linalg.cond(gram), rel=1e-9)
    assert torch.equal(found.eigenvalues, found.eigenvalues.sort(descending=True)[0])


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e-20, 1e20, 1e160, 1e300])
def test_scale_changes_the_eigenvalues_and_nothing_else(scale):
    plain, scaled = spectrum(hilbert(6)), spectrum(hilbert(6) * scale)
    torch.testing.assert_close(
        scaled.eigenvalues / scale, plain.eigenvalues, rtol=1e-7, atol=1e-16
    )
    assert scaled.rank == plain.rank
    assert scaled.condition_number == pytest.approx(plain.condition_number, rel=1e-7)
    assert scaled.error_bound == pytest.approx(plain.error_bound * scale, rel=1e-6)


@settings(deadline=None, max_examples=30)
@given(permutation=st.permutations(range(8)), power=st.integers(-900, 900))
def test_permutation_and_powers_of_two_change_nothing(permutation, power):
    gram = random_positive(8, 12, seed=1)
    order = list(permutation)
    found = spectrum(gram[order][:, order] * 2.0**power)
    torch.testing.assert_close(
        found.eigenvalues * 2.0**-power,
        spectrum(gram).eigenvalues,
        rtol=1e-11,
        atol=0,
    )


def test_one_by_one_and_zero_matrices():
    one = spectrum(torch.tensor([[2.0]], dtype=torch.float64))
    assert (one.largest, one.smallest, one.rank) == (2.0, 2.0, 1)
    assert one.condition_number == 1.0
    zero = spectrum(torch.zeros(3, 3, dtype=torch.float64))
    assert (zero.rank, zero.is_singular, zero.condition_number) == (0, True, math.inf)
    assert zero.condition_interval == (1.0, math.inf)
    assert "singular" in str(zero)


def test_entry_errors_of_the_label_widen_the_bound_to_the_spectral_norm():
    # All entries off by e in one direction: the spectral norm of that is n e.
    e, n = 1e-6, 10
    gram = torch.eye(n, dtype=torch.float64)
    origin = Provenance("conjugate", entry_error=e)
    found = spectrum(label(gram.clone(), origin))
    truth = exact_eigenvalues(gram + e)
    errors = [
        abs(a - b) for a, b in zip(found.eigenvalues.tolist(), truth, strict=True)
    ]
    assert 0.99 * n * e < max(errors) <= found.error_bound < 1.001 * n * e
    assert found.provenance == origin


def test_singularity_follows_the_entry_error():
    gram = torch.diag(torch.tensor([1.0, 1e-7], dtype=torch.float64))
    assert not spectrum(gram.clone()).is_singular
    noisy = spectrum(label(gram.clone(), Provenance("conjugate", entry_error=1e-7)))
    assert noisy.is_singular
    assert noisy.rank == 1


def test_float32_entries_count_as_float32():
    gram = random_positive(6, 3, seed=2).float()
    found = spectrum(gram)
    assert found.eigenvalues.dtype == torch.float64
    assert found.rank == 3
    assert found.error_bound > 1e-7 * found.largest


def test_integers_and_arrays_are_taken():
    whole = torch.tensor([[2, 1], [1, 2]])
    for given_matrix in (whole, whole.numpy(), whole.float().numpy()):
        values = spectrum(given_matrix).eigenvalues
        torch.testing.assert_close(
            values, torch.tensor([3.0, 1.0], dtype=torch.float64)
        )


def test_kernel_labels_an_unlabelled_matrix_and_must_agree_with_a_label():
    gram = hilbert(3)
    assert spectrum(gram).provenance is None
    assert spectrum(gram, kernel="tangent_inner").provenance.kernel == "tangent_inner"
    label(gram, Provenance("conjugate", dimension=4))
    assert spectrum(gram, kernel="conjugate").provenance.dimension == 4
    # The tangent kernel of the outer weights is the conjugate kernel.
    assert spectrum(gram, kernel="tangent_outer").provenance.kernel == "tangent_outer"
    with pytest.raises(KernelMismatchError, match="conjugate"):
        spectrum(gram, kernel="tangent_both")
    with pytest.raises(InvalidArgumentError, match="Known"):
        spectrum(gram, kernel="conjugated")


def test_indefinite_matrix_is_refused_and_rounding_below_zero_is_not():
    gram = torch.diag(torch.tensor([1.0, -1e-10], dtype=torch.float64))
    with pytest.raises(NotPositiveDefiniteError, match=r"-1e-10"):
        spectrum(gram)
    gram[1, 1] = -1e-16
    found = spectrum(gram)
    assert found.smallest == 0.0
    assert found.is_singular


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_entries_that_are_not_finite_are_refused_by_row(bad):
    gram = hilbert(6)
    gram[2, 4] = gram[4, 2] = bad
    with pytest.raises(DataError, match="Row 2"):
        spectrum(gram)


@pytest.mark.parametrize("shape", [(2, 3), (0, 0), (4,), (2, 2, 2)])
def test_what_is_no_square_matrix_is_refused(shape):
    with pytest.raises(DataError, match="shape"):
        spectrum(torch.ones(shape, dtype=torch.float64))


def test_asymmetry_beyond_rounding_is_refused_with_its_place():
    gram = hilbert(5)
    gram[1, 3] += 1e-9
    with pytest.raises(DataError, match=r"\(1, 3\) and \(3, 1\)"):
        spectrum(gram)
    gram[1, 3] = gram[3, 1] * (1 + 2e-16)
    assert spectrum(gram).points_count == 5


def test_overflowing_eigenvalue_is_refused():
    with pytest.raises(InvalidArgumentError, match="overflow"):
        spectrum(torch.full((4, 4), 1.7e308, dtype=torch.float64))


def test_bounds_of_squared_singular_values_are_squares():
    s, error = torch.tensor([1.0, 1e-9, 3e-15], dtype=torch.float64), 1e-14
    found = Spectrum(s.square(), 2e-14, singular_value_error=error)
    assert found.rank == 2
    low, high = found.smallest_interval
    assert (low, high) == (0.0, pytest.approx((1.3e-14) ** 2))
    assert float(found.lower_bounds[1]) == pytest.approx((1e-9 - 1e-14) ** 2)


def test_the_type_of_the_data_is_in_a_spectrum_and_in_its_rank():
    generator = torch.Generator().manual_seed(0)
    points = torch.randn(40, 3, generator=generator, dtype=torch.float64)
    points[1] = points[0] + 1e-9 * points[2]
    points = torch.nn.functional.normalize(points)
    layer = RandomFeatures("relu", 4000, "gaussian")
    full = feature_spectrum(points, layer)
    assert full.precision == torch.finfo(torch.float64).eps
    assert full.rank == 40
    # In float32 the two rows are one: no more can be told.
    half = feature_spectrum(points.float(), layer)
    assert half.precision == torch.finfo(torch.float32).eps
    assert half.rank == 39
    assert half.smallest <= half.upper_bounds[-1]
    # What float32 can tell is told: its bounds hold the spectrum of the points.
    assert bool((half.lower_bounds <= full.eigenvalues + full.error_bound).all())
    assert bool((half.upper_bounds >= full.eigenvalues - full.error_bound).all())
    assert spectrum(layer.gram(points).float()).precision == half.precision


def test_effective_rank_and_decay_are_those_of_known_spectra():
    flat = Spectrum(torch.ones(7, dtype=torch.float64), 0.0)
    assert flat.effective_rank == pytest.approx(7.0)
    one = Spectrum(torch.tensor([2.0, 0.0, 0.0]).double(), 0.0)
    assert one.effective_rank == pytest.approx(1.0)
    assert math.isnan(one.decay_exponent)
    assert Spectrum(torch.zeros(3).double(), 0.0).effective_rank == 0.0
    places = torch.arange(1, 60, dtype=torch.float64)
    power = Spectrum(5.0 * places**-1.7, 0.0)
    assert power.decay_exponent == pytest.approx(1.7)
    # Eigenvalues below the error bound say nothing of the decay.
    cut = Spectrum(torch.cat([5.0 * places**-1.7, torch.zeros(9).double()]), 1e-9)
    assert cut.decay_exponent == pytest.approx(1.7)


def test_alignment_is_one_for_the_targets_own_kernel():
    y = torch.tensor([1.0, -2.0, 0.5]).double()
    other = torch.linalg.cross(y, torch.ones(3).double())
    found = target_alignment(torch.outer(y, y), torch.stack([y, other, 0 * y], 1))
    torch.testing.assert_close(found, torch.tensor([1.0, 0.0, 0.0]).double())
    flat = target_alignment(torch.eye(4), [1.0, 2.0, 3.0, 4.0])
    assert float(flat) == pytest.approx(0.5)
    with pytest.raises(DataError, match=r"\(n, n\)"):
        target_alignment(torch.eye(4), [1.0, 2.0])
