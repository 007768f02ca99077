"""Test exact gradient descent against numbers, multiprecision and its own theorems."""

import json
import math
from pathlib import Path

import mpmath
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from widthwise.dynamics import (
    landweber,
    landweber_from_projections,
    landweber_from_svd,
)
from widthwise.errors import DataError, InvalidArgumentError

REFERENCE = Path(__file__).parents[1] / "reference" / "exact_values.json"
CASES = [
    each
    for each in json.loads(REFERENCE.read_text())
    if each["group"] == "benson.landweber" and "singular_values" in each["inputs"]
]


def tensor(*values):
    return torch.tensor(values, dtype=torch.float64)


def features(n, m, seed=0):
    generator = torch.Generator().manual_seed(seed)
    phi = torch.randn(n, m, generator=generator, dtype=torch.float64)
    y = torch.randn(n, generator=generator, dtype=torch.float64)
    return phi, y


@pytest.mark.parametrize("case", CASES, ids=lambda each: str(each["id"]))
def test_reference_values(case):
    values = tensor(*case["inputs"]["singular_values"])
    weights = tensor(*case["inputs"].get("U_T_y", [1.0] * len(values)))
    run = landweber_from_projections(values, weights)
    relative = case["tolerance"]["rel"]
    if "k" not in case["inputs"]:
        assert run.step == pytest.approx(case["expected"], rel=relative)
        return
    k = case["inputs"]["k"]
    expected = case["expected"]
    assert run.relative_residual(k) == pytest.approx(
        expected["relative_residual"], rel=relative
    )
    assert run.filters(k).tolist() == pytest.approx(expected["filters"], rel=relative)


@pytest.mark.parametrize("k", [1, 2, 10**3 + 1, 10**6, 10**10, 10**15, 10**15 + 1])
@pytest.mark.parametrize("step", ["optimal", "stable", 1.25])
def test_any_step_count_has_full_accuracy(k, step):
    """60-digit arithmetic agrees to 1e-12 although κ(G) = 1e15."""
    values = [1.0, 0.7, 0.7, 1e-3, 10**-7.5]
    weights = [0.3, -1.0, 2.0, 0.5, 0.25]
    run = landweber_from_projections(tensor(*values), tensor(*weights), 0.0, step)
    with mpmath.workdps(60):
        s = [mpmath.mpf(each) for each in values]
        eta = {
            "optimal": 2 / (s[0] ** 2 + s[-1] ** 2),
            "stable": 1 / s[0] ** 2,
            1.25: mpmath.mpf(1.25),
        }[step]
        factors = [(1 - eta * each**2) ** k for each in s]
        norm = mpmath.norm(weights)
        residual = mpmath.norm([f * w for f, w in zip(factors, weights, strict=True)])
        expected = float(residual / norm)
        filters = [float(1 - f) for f in factors]
    assert run.relative_residual(k) == pytest.approx(expected, rel=1e-12)
    assert run.filters(k).tolist() == pytest.approx(filters, rel=1e-12)


def test_optimal_step_at_a_condition_number_beyond_double_precision():
    """At κ(G) = 1e18, 1 - ηs₁² rounds to -1: the top mode must still decay."""
    run = landweber_from_projections(tensor(1.0, 1e-9), tensor(1.0, 0.0))
    k = 10**18
    with mpmath.workdps(60):
        low = mpmath.mpf(1e-9) ** 2
        expected = float(((1 - low) / (1 + low)) ** k)
    assert run.relative_residual(k) == pytest.approx(expected, rel=1e-12)


def test_counts_beyond_2_to_the_53_keep_their_parity():
    run = landweber_from_projections(tensor(1.0, 1e-12), tensor(1.0, 1.0))
    assert run.filters(2**60 + 1)[0] > 1 > run.filters(2**60)[0]


def test_residual_and_coefficients_are_those_of_the_iterate():
    phi, y = features(6, 15)
    run = landweber(phi, y)
    for k in (0, 1, 7, 100):
        v = run.coefficients(k)
        actual = torch.linalg.vector_norm(phi @ v - y) / torch.linalg.vector_norm(y)
        assert run.relative_residual(k) == pytest.approx(float(actual), rel=1e-10)


def test_limit_is_the_minimum_norm_solution():
    phi, y = features(6, 15)
    run = landweber(phi, y)
    torch.testing.assert_close(
        run.coefficients(10**6), torch.linalg.pinv(phi) @ y, rtol=1e-9, atol=1e-11
    )
    assert run.relative_error(10**6) < 1e-12
    assert run.relative_error(0) == pytest.approx(1.0)


def test_relative_error_is_the_distance_to_the_solution():
    phi, y = features(5, 9)
    run = landweber(phi, y)
    solution = torch.linalg.pinv(phi) @ y
    gap = torch.linalg.vector_norm(run.coefficients(5) - solution)
    expected = float(gap / torch.linalg.vector_norm(solution))
    assert run.relative_error(5) == pytest.approx(expected, rel=1e-9)


def test_a_run_from_an_svd_is_the_run_from_features():
    phi, y = features(6, 40)
    left, values, _ = torch.linalg.svd(phi, full_matrices=False)
    run = landweber_from_svd(values, left, y)
    expected = landweber(phi, y).relative_residual([1, 50])
    torch.testing.assert_close(run.relative_residual([1, 50]), expected)
    with pytest.raises(InvalidArgumentError, match="no right singular vectors"):
        run.coefficients(3)


@settings(deadline=None)  # a busy machine is no failure
@given(
    st.lists(st.floats(1e-6, 1.0), min_size=1, max_size=6),
    st.floats(1e-9, 0.9),
)
def test_steps_to_is_the_least_count(values, tolerance):
    values = sorted(values, reverse=True)
    run = landweber_from_projections(tensor(*values), torch.ones(len(values)).double())
    steps = run.steps_to(tolerance)
    assert isinstance(steps, int)
    assert run.relative_residual(steps) <= tolerance
    if steps:
        assert run.relative_residual(steps - 1) > tolerance


def test_steps_to_is_infinite_below_the_unreachable_part():
    phi = torch.zeros(3, 4, dtype=torch.float64)
    phi[0, 0], phi[1, 1] = 2.0, 1.0
    run = landweber(phi, tensor(3.0, 0.0, 4.0))
    assert run.unreachable == pytest.approx(0.8)
    assert run.steps_to(0.79) == math.inf
    assert run.steps_to(0.81) < math.inf
    assert run.condition_number == math.inf
    assert run.step == pytest.approx(2 / 5)  # of the nonzero singular values


def test_more_points_than_features_leave_the_least_squares_residual():
    phi, y = features(9, 4)
    run = landweber(phi, y)
    best = phi @ (torch.linalg.pinv(phi) @ y) - y
    floor = float(torch.linalg.vector_norm(best) / torch.linalg.vector_norm(y))
    assert run.unreachable == pytest.approx(floor, rel=1e-12)
    assert run.relative_residual(10**9) == pytest.approx(floor, rel=1e-12)


def test_reachable_targets_on_rank_deficient_features_have_no_floor():
    phi, _ = features(8, 30)
    phi = torch.cat([phi, phi[:3]])
    run = landweber(phi, phi @ torch.ones(30, dtype=torch.float64))
    assert run.rank == 8
    assert run.unreachable == 0.0
    assert run.steps_to(1e-12) < math.inf


def test_duplicated_singular_values_are_fitted_in_one_step():
    run = landweber(3.0 * torch.eye(4, dtype=torch.float64), torch.arange(4))
    assert run.relative_residual(1) == 0.0
    assert run.steps_to(1e-300) == 1


def test_zero_targets_have_no_residual():
    phi, y = features(3, 5)
    run = landweber(phi, 0 * y)
    assert run.relative_residual([0, 5]).tolist() == [0.0, 0.0]
    assert run.steps_to(1e-6) == 0
    assert run.coefficients(3).abs().max() == 0


def test_zero_features_never_move():
    run = landweber(torch.zeros(3, 5), tensor(1.0, 2.0, 2.0))
    assert run.relative_residual(10**9) == pytest.approx(1.0, rel=1e-15)
    assert run.steps_to(0.5) == math.inf
    assert run.coefficients(4).shape == (5,)
    assert run.filters(4).tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("scale", [1e-300, 1e300])
def test_the_scale_of_the_targets_does_not_matter(scale):
    phi, y = features(4, 9)
    expected = landweber(phi, y).relative_residual([1, 10])
    found = landweber(phi, y * scale).relative_residual([1, 10])
    torch.testing.assert_close(found, expected)


def test_features_whose_step_leaves_float64_are_refused():
    phi, y = features(4, 9)
    with pytest.raises(InvalidArgumentError, match="Rescale"):
        landweber(phi * 1e-200, y)


def test_integers_and_single_precision_are_taken_in_double():
    phi, y = torch.tensor([[2, 0, 1], [0, 1, 1]]), torch.tensor([1, 2])
    assert landweber(phi, y).relative_residual(3) == pytest.approx(
        landweber(phi.double(), y.float()).relative_residual(3), rel=1e-14
    )


def test_step_counts_come_in_any_array():
    phi, y = features(4, 9)
    run = landweber(phi, y)
    expected = [run.relative_residual(k) for k in (0, 3, 10)]
    for counts in ([0, 3, 10], np.array([0, 3, 10]), tensor(0.0, 3.0, 10.0)):
        assert run.relative_residual(counts).tolist() == expected
    assert run.relative_residual(torch.tensor([[1, 2], [3, 4]])).shape == (2, 2)
    assert run.filters([1, 2, 3]).shape == (3, 4)
    assert run.coefficients([1, 2]).shape == (2, 9)
    assert isinstance(run.relative_residual(np.int64(3)), float)


@pytest.mark.parametrize("k", [-1, 1.5, math.nan, math.inf, "three", [1, -2]])
def test_refuses_what_is_no_step_count(k):
    run = landweber_from_projections(tensor(1.0), tensor(1.0))
    with pytest.raises(InvalidArgumentError, match="whole number"):
        run.relative_residual(k)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (0.0, "positive"),
        (-1.0, "positive"),
        (math.nan, "positive"),
        (2.0, "not below 2/s₁² = 2"),
        (3.0, "does not converge"),
        ("fast", "no step named 'fast'"),
    ],
)
def test_refuses_steps_that_do_not_converge(step, message):
    with pytest.raises(InvalidArgumentError, match=message):
        landweber(torch.eye(2, dtype=torch.float64), tensor(1.0, 1.0), step)


@pytest.mark.parametrize("step", [1e-3, 0.5, 1.0, 1.999])
def test_a_step_below_the_limit_converges(step):
    run = landweber_from_projections(tensor(1.0, 0.5), tensor(1.0, 1.0), 0.0, step)
    residuals = run.relative_residual(list(range(50)))
    assert (residuals.diff() < 0).all()


def test_refuses_targets_that_do_not_fit():
    phi, y = features(4, 9)
    with pytest.raises(DataError, match="5 entries and there are 4 points"):
        landweber(phi, torch.ones(5, dtype=torch.float64))
    y[2] = math.nan
    with pytest.raises(DataError, match="Row 2 of y holds nan"):
        landweber(phi, y)
    phi[1, 3] = math.inf
    with pytest.raises(DataError, match="Row 1 of phi holds inf in column 3"):
        landweber(phi, torch.ones(4))
    with pytest.raises(DataError, match="at least one row"):
        landweber(torch.zeros(0, 3), torch.zeros(0))
    with pytest.raises(DataError, match="descending"):
        landweber_from_projections(tensor(1.0, 2.0), tensor(1.0, 1.0))


@pytest.mark.parametrize("tolerance", [0.0, -1.0, math.nan])
def test_refuses_a_tolerance_that_is_not_positive(tolerance):
    run = landweber_from_projections(tensor(1.0), tensor(1.0))
    with pytest.raises(InvalidArgumentError, match="tolerance"):
        run.steps_to(tolerance)


def test_the_optimal_step_is_the_best_for_the_worst_targets():
    values = tensor(1.0, 0.1)

    def worst(step):
        return max(
            landweber_from_projections(values, each, 0.0, step).relative_residual(50)
            for each in (tensor(1.0, 0.0), tensor(0.0, 1.0))
        )

    best = landweber_from_projections(values, tensor(1.0, 0.0)).step
    assert worst(best) < min(worst(best * 0.99), worst(best * 1.005))
