import math

import numpy as np
import pytest
import torch

from widthwise import kernels, spectra
from widthwise.errors import (
    DataError,
    InvalidArgumentError,
    NotPositiveDefiniteError,
)
from widthwise.features import RandomFeatures
from widthwise.spectra.operators import _entries


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr(_entries, "BLOCK_ROWS", 150)


def points(n, d, seed=0):
    generator = torch.Generator().manual_seed(seed)
    found = torch.randn(n, d, generator=generator, dtype=torch.float64)
    return torch.nn.functional.normalize(found)


def relu(x, z):
    return kernels.conjugate_kernel(x, "relu", "sphere", z)


def planted(values, seed=0):
    """Return a matrix with these eigenvalues, in a random basis."""
    values = np.asarray(values, dtype=float)
    generator = np.random.default_rng(seed)
    basis, _ = np.linalg.qr(generator.normal(size=(len(values),) * 2))
    return (basis * values) @ basis.T


X = points(300, 6)
LAYER = RandomFeatures("relu", 900, "sphere", seed=1)
OPERATORS = {
    "kernel": lambda: (
        spectra.kernel_operator(relu, X),
        kernels.conjugate_kernel(X, "relu", "sphere"),
    ),
    "features": lambda: (spectra.feature_operator(X, LAYER), LAYER.gram(X)),
    "matrix": lambda: (LAYER.gram(X).numpy(), LAYER.gram(X)),
}


@pytest.mark.parametrize("name", OPERATORS)
def test_the_largest_are_those_of_the_dense_matrix_and_proved(name):
    operator, whole = OPERATORS[name]()
    dense = torch.linalg.eigvalsh(whole).flip(0)
    found = spectra.extreme_spectrum(operator, 5)
    # Each within its proved error; the dense ones are within 1e-13 of the largest.
    rounding = 1e-13 * float(dense[0])
    assert found.proved >= 1
    assert found.error_bound < 1e-7 * float(dense[0])
    gaps = (found.eigenvalues - dense[:5]).abs()
    assert bool((gaps <= found.residuals + rounding).all())
    assert bool((found.lower_bounds <= dense[:5] + rounding).all())
    assert bool((found.upper_bounds >= dense[:5] - rounding).all())
    assert float(dense[5]) <= found.next_bound + rounding
    image = whole @ found.vectors
    torch.testing.assert_close(
        image, found.vectors * found.eigenvalues, rtol=0, atol=1e-7 * float(dense[0])
    )


@pytest.mark.parametrize("name", OPERATORS)
def test_the_smallest_are_near_an_eigenvalue_and_nothing_more_is_claimed(name):
    operator, whole = OPERATORS[name]()
    dense = torch.linalg.eigvalsh(whole)
    found = spectra.extreme_spectrum(operator, 3, end="smallest", passes=40)
    for value, residual in zip(found.eigenvalues, found.residuals, strict=True):
        assert float((dense - value).abs().min()) <= float(residual)
    # Ritz values interlace.
    assert bool((found.upper_bounds >= dense[:3]).all())
    assert bool((found.lower_bounds <= dense[:3]).all())
    assert float(found.residuals[0]) < 1e-4 * float(dense[-1])
    assert found.proved == 0
    assert "not proved" in found.reason


SPECTRA = {
    "a power law": 1.0 / np.arange(1.0, 61.0) ** 2,
    "equal ones": np.r_[np.full(20, 3.0), np.full(40, 0.01)],
    "near ones": np.r_[3.0, 3.0 - 1e-9, 3.0 - 2e-9, np.full(57, 0.02)],
    "no gap": np.linspace(1.0, 0.5, 60),
    "low rank": np.r_[5.0, 4.0, np.zeros(58)],
}


@pytest.mark.parametrize("kind", SPECTRA)
@pytest.mark.parametrize("passes", [2, 3, 6, 50])
def test_no_bound_is_broken_however_early_it_stops(kind, passes):
    values = SPECTRA[kind]
    for seed in range(3):
        matrix = planted(values, seed)
        found = spectra.extreme_spectrum(matrix, 4, passes=passes, seed=seed)
        rounding = 1e-13 * values[0]
        true = torch.from_numpy(values[:4])
        assert bool((found.lower_bounds <= true + rounding).all())
        assert bool((found.upper_bounds >= true - rounding).all())
        assert values[4] <= found.next_bound + rounding
        p = found.proved
        gaps = (found.eigenvalues[:p] - true[:p]).abs()
        assert bool((gaps <= found.error_bound + rounding).all())
        for value, residual in zip(found.eigenvalues, found.residuals, strict=True):
            assert np.abs(values - float(value)).min() <= float(residual) + rounding


def test_what_decays_is_proved_and_what_does_not_is_not():
    decaying = spectra.extreme_spectrum(planted(SPECTRA["a power law"]), 4)
    assert decaying.proved == 4
    assert "these are the largest" in decaying.reason
    # The Frobenius norm of what was not found is above any of these.
    level = spectra.extreme_spectrum(planted(np.linspace(1.0, 0.5, 400)), 4)
    assert level.proved < 4
    assert "an eigenvalue that was missed is at most" in level.reason


def test_more_equal_eigenvalues_than_a_block_holds_are_not_counted_as_proved():
    # Exact arithmetic would find a block's width of the forty; the rest are bounded.
    values = np.r_[np.full(40, 1.0), np.full(60, 1e-3)]
    found = spectra.extreme_spectrum(planted(values), 4)
    assert bool((found.upper_bounds >= 1.0 - 1e-12).all())
    assert found.next_bound >= 1.0 - 1e-12
    assert found.proved == 0


@pytest.mark.parametrize("n", [1, 2, 300])
@pytest.mark.parametrize("end", ["largest", "smallest"])
def test_one_eigenvalue_is_found_at_either_end(n, end):
    values = np.arange(1.0, n + 1.0)
    found = spectra.extreme_spectrum(planted(values), 1, end=end)
    exact = values[-1] if end == "largest" else values[0]
    assert float(found.eigenvalues[0]) == pytest.approx(exact, rel=1e-7)
    assert float(found.lower_bounds[0]) <= exact <= float(found.upper_bounds[0])


@pytest.mark.parametrize("end", ["largest", "smallest"])
def test_more_than_half_of_all_eigenvalues_are_all_found(end):
    # Rounding spreads the halves, so that residuals end one at a time.
    given = torch.from_numpy(planted([*np.zeros(20), *np.ones(20)])).float()
    exact = torch.linalg.eigvalsh(given.double())
    exact = exact.flip(0) if end == "largest" else exact
    for count in range(15, 41, 5):
        found = spectra.extreme_spectrum(given, count, end=end, tolerance=1e-12)
        torch.testing.assert_close(found.eigenvalues, exact[:count], rtol=0, atol=1e-11)
        assert found.passes < 30


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_bounds_of_a_matrix_in_a_short_type_allow_for_its_rounding(kind):
    # Rounded, twenty eigenvalues of 0 lie on both sides of it.
    whole = planted([*np.zeros(20), *np.ones(20)])
    exact = torch.cat([torch.ones(20), torch.zeros(20)])
    given = torch.from_numpy(whole).to(kind)
    smallest = spectra.extreme_spectrum(given, 25, end="smallest")
    largest = spectra.extreme_spectrum(given, 25)
    assert bool((smallest.upper_bounds >= exact.flip(0)[:25]).all())
    assert bool((largest.lower_bounds <= exact[:25]).all())
    assert bool((largest.upper_bounds >= exact[:25]).all())


def test_a_penalty_and_a_mapped_file_are_taken(tmp_path):
    np.save(tmp_path / "gram.npy", planted(SPECTRA["a power law"]))
    mapped = np.load(tmp_path / "gram.npy", mmap_mode="r")
    found = spectra.extreme_spectrum(mapped, 60)
    np.testing.assert_allclose(
        found.eigenvalues, SPECTRA["a power law"], rtol=0, atol=1e-13
    )
    assert found.next_bound == 0.0
    told = []
    spectra.extreme_spectrum(mapped, 2, progress=lambda *said: told.append(said))
    assert "largest residual" in told[0][1]


def test_the_density_is_exact_where_the_rules_are():
    # Of n steps every vector sees all eigenvalues: the mean over them is the trace's.
    values = np.array([4.0, 2.0, 1.0, 0.5])
    found = spectra.spectral_density(planted(values), probes=200)
    np.testing.assert_allclose(
        found.nodes.numpy(), np.tile(values[::-1], (200, 1)), atol=1e-12
    )
    assert found.mean_eigenvalue == pytest.approx(values.mean(), rel=1e-12)


@pytest.mark.parametrize("name", OPERATORS)
def test_averages_over_the_eigenvalues_are_within_their_intervals(name):
    operator, whole = OPERATORS[name]()
    dense = torch.linalg.eigvalsh(whole).clamp(min=0.0)
    found = spectra.spectral_density(operator, probes=12, steps=30)
    # Four standard errors; a rule of 30 nodes adds less for these functions.
    for function in (
        lambda x: x,
        torch.square,
        lambda x: x / (x + 0.01),
        lambda x: (x + 0.01).log(),
    ):
        estimate = found.average(function)
        truth = float(function(dense).mean())
        assert abs(estimate.value - truth) <= 4.0 * estimate.error
        assert estimate.error < 0.6 * abs(truth)
    freedom = found.degrees_of_freedom(0.01)
    truth = float((dense / (dense + 0.01)).sum())
    assert abs(freedom.value - truth) <= 4.0 * freedom.error
    below = found.share_below(float(dense[150]))
    # A step is known to the weight of a node, here a tenth at most.
    assert abs(below.value - 151 / 300) <= 4.0 * below.error + 0.1
    at = torch.logspace(-7, 3, 400, dtype=torch.float64)
    heights, errors = found.density(at, 0.5)
    logs = dense.clamp(min=1e-300).log10()
    away = (at.log10()[:, None] - logs) / 0.5
    smooth = (-0.5 * away**2).exp().mean(1) / (0.5 * math.sqrt(2.0 * math.pi))
    total = torch.trapezoid(heights, at.log10())
    assert abs(float(total) - 1.0) < 0.05
    # Where nodes are as far apart as the width, the rule itself is a little off.
    allowed = 4.0 * errors + 0.05 * smooth.max()
    assert bool(((heights - smooth).abs() <= allowed).all())


def test_what_is_invariant_leaves_no_node_of_weight():
    found = spectra.spectral_density(planted(SPECTRA["low rank"]), probes=3)
    assert float(found.weights.sum(1).sub(1.0).abs().max()) < 1e-12
    assert float((found.nodes * found.weights).sum(1).max()) <= 5.0
    assert found.share_below(1e-9).value == pytest.approx(58 / 60, abs=0.05)


def test_the_error_of_one_vector_is_not_known():
    found = spectra.spectral_density(planted(SPECTRA["no gap"]), probes=1)
    assert found.average(torch.square).high == math.inf
    assert bool(found.density([1.0], 0.1)[1].isnan().all())


REFUSED = {
    "square": (np.ones((2, 3)), DataError, "must be square"),
    "symmetric": (np.array([[1.0, 2.0], [0.0, 1.0]]), DataError, "not symmetric"),
    "finite": (np.full((2, 2), np.nan), DataError, "not finite"),
    "a kernel": (np.diag([1.0, -1.0]), NotPositiveDefiniteError, "Entry \\(1, 1\\)"),
    "definite": (
        np.array([[1.0, 2.0], [2.0, 1.0]]),
        NotPositiveDefiniteError,
        "eigenvalue of at most -1",
    ),
    "real": (np.eye(2) * (1.0 + 1.0j), DataError, "complex"),
    "unmasked": (np.ma.masked_array(np.eye(2), mask=np.eye(2)), DataError, "masked"),
    "dense": (torch.eye(2).to_sparse(), DataError, "to_dense"),
    "rectangular": ([[1.0, 0.0], [1.0]], DataError, "different lengths"),
    "numbers": (np.array([["a", "b"], ["b", "a"]]), DataError, "real numbers"),
    "not too large": (1e200 * np.eye(2), InvalidArgumentError, "Scale them"),
    "not too small": (1e-200 * np.eye(2), InvalidArgumentError, "Scale them"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_kernel_matrix_is_refused(name):
    matrix, error, said = REFUSED[name]
    with pytest.raises(error, match=said):
        spectra.extreme_spectrum(matrix, 1)
    with pytest.raises(error, match=said):
        spectra.spectral_density(matrix)


def test_a_function_and_a_place_out_of_range_are_refused():
    found = spectra.spectral_density(np.eye(3))
    with pytest.raises(InvalidArgumentError, match="not finite at every eigenvalue"):
        found.average(lambda x: (x - 1.0).reciprocal())
    with pytest.raises(InvalidArgumentError, match="above 0"):
        found.density([-1.0], 0.1)
    with pytest.raises(DataError, match="real numbers"):
        found.density(["one"], 0.1)
    for value in (-1.0, math.nan):
        with pytest.raises(InvalidArgumentError, match="value"):
            found.share_below(value)
    assert found.share_below(math.inf).value == pytest.approx(1.0)
    with pytest.raises(InvalidArgumentError, match="shape"):
        spectra.extreme_spectrum(
            spectra.kernel_operator(lambda *_: torch.ones(3), points(5, 2)), 1
        )
