"""Test `widthwise.kernels.mercer`: spectra of kernels on the sphere."""

import math

import mpmath as mp
import numpy as np
import pytest
import scipy.special
import torch

from widthwise import activations
from widthwise.errors import InvalidArgumentError
from widthwise.kernels import (
    deep_dual,
    dual,
    dual_of_derivative,
    funk_hecke,
    mercer,
    tangent_dual,
    tangent_kernel,
)
from widthwise.laws import Gaussian, Sphere

DIMENSIONS = [2, 3, 5, 10, 50]


def check(found, expected):
    """Every eigenvalue is within its bound; times √N(d, k) all bounds are the first."""
    apart = np.abs(found.eigenvalues.numpy() - np.array(expected, dtype=float))
    errors = found.errors.numpy()
    assert (apart <= errors).all()
    assert errors[0] == errors.max() <= 1e-13 * found.value_at_one


@pytest.mark.parametrize("d", DIMENSIONS)
@pytest.mark.parametrize("name", ["relu", "tanh", "step", "gelu"])
def test_a_conjugate_kernel_has_the_squares_of_the_funk_hecke_coefficients(name, d):
    found = mercer(dual(name, Sphere(d)), d, 30)
    check(found, funk_hecke(name, d, 30).numpy() ** 2)


@pytest.mark.parametrize("d", DIMENSIONS)
def test_the_poisson_kernel_has_powers(d):
    """(1 - r²)(1 - 2rt + r²)^{-d/2} = Σ N(d, k) r^k P_k(t), whatever d."""
    r = 0.3
    found = mercer(lambda t: (1 - r * r) * (1 - 2 * r * t + r * r) ** (-d / 2), d, 25)
    # At t = 1 this is ((1 + r)/(1 - r)^(d-1)), up to 1e8 times its mean.
    apart = np.abs(found.eigenvalues.numpy() - r ** np.arange(26.0))
    assert (apart <= found.errors.numpy()).all()
    assert found.errors[0] <= 1e-13 * found.value_at_one


@pytest.mark.parametrize("d", DIMENSIONS)
def test_the_exponential_kernel_has_bessel_functions(d):
    """E[e^u P_k(u)] = Γ(d/2) 2^(d/2-1) I_{k+d/2-1}(1)."""
    found = mercer(torch.exp, d, 12)
    with mp.workdps(30):
        order = mp.mpf(d) / 2 - 1
        factor = mp.gamma(order + 1) * 2**order
        exact = [float(factor * mp.besseli(k + order, 1)) for k in range(13)]
    check(found, exact)
    assert found.captured == pytest.approx(math.e, abs=1e-10 + found.captured_error)


def step_coefficients(d, highest):
    """E[1(u > 0) P_k(u)], by Rodrigues' formula: the first derivative is δ."""
    half = mp.mpf(d - 1) / 2
    factor = mp.gamma(mp.mpf(d) / 2) / mp.sqrt(mp.pi) / mp.gamma(half)
    found = [mp.mpf(1) / 2]
    for k in range(1, highest + 1):
        if k % 2 == 0:
            found.append(mp.mpf(0))
            continue
        rodrigues = mp.gamma(half) / (mp.mpf(2) ** k * mp.gamma(k + half))
        j = (k - 1) // 2
        derivative = mp.factorial(k - 1) * mp.binomial(k + half - 1, j) * (-1) ** j
        found.append(factor * rodrigues * derivative)
    return found


@pytest.mark.parametrize("d", [2, 3, 5, 20])
def test_the_tangent_kernel_of_the_rectifier_in_30_digits(d):
    """By t P_k = ((k+d-2) P_{k+1} + k P_{k-1})/(2k+d-2); t κ_0(t) has √(1-t) at 1."""
    highest = 40
    with mp.workdps(30):
        squares = [c * c for c in step_coefficients(d, highest + 1)]
        exact = [squares[1]]
        for k in range(1, highest + 1):
            above = (k + d - 2) * squares[k + 1] + k * squares[k - 1]
            exact.append(above / (2 * k + d - 2))
    found = mercer(tangent_dual("relu", Sphere(d), "inner"), d, highest)
    check(found, [float(x) for x in exact])
    by_t = mercer(lambda t: t * (math.pi - torch.arccos(t)) / (2 * math.pi), d, highest)
    check(by_t, [float(x) for x in exact])


@pytest.mark.parametrize("d", [3, 6])
def test_the_arc_cosine_kernels_decay_as_bach_says(d):
    """Like k^{-d-2} for the rectifier (even k), k^{-d} for the step (odd k)."""
    for name, k, power in (("relu", 100, d + 2), ("step", 101, d)):
        values = mercer(dual(name, Gaussian()), d, 2 * k + 1).eigenvalues
        far = 2 * k + k % 2
        seen = -math.log(float(values[far] / values[k])) / math.log(far / k)
        assert seen == pytest.approx(power, rel=0.05), name


@pytest.mark.parametrize("d", [3, 50, 400, 3000])
def test_a_thousand_degrees_are_within_their_bounds(d):
    found = mercer(dual("relu", Sphere(d)), d, 1000)
    check(found, funk_hecke("relu", d, 1000).numpy() ** 2)
    assert 0.99 * found.value_at_one <= found.captured
    assert found.captured <= found.value_at_one + found.captured_error
    assert found.captured_error <= 1e-4 * found.value_at_one


def test_a_jump_and_a_logarithm_in_three_dimensions():
    """E P_k on (c, 1] is (P_{k-1}(c) - P_{k+1}(c))/(4k + 2); log(1-t) is singular."""
    jump = mercer(lambda t: (t > 0.3).to(t.dtype), 3, 40)
    logarithm = mercer(lambda t: torch.special.xlogy((1 - t) / 2, (1 - t) / 2), 3, 40)
    with mp.workdps(30):
        c = mp.mpf(0.3)
        above = [(1 - c) / 2]
        above += [
            (mp.legendre(k - 1, c) - mp.legendre(k + 1, c)) / (4 * k + 2)
            for k in range(1, 41)
        ]
        check(jump, [float(x) for x in above])
        # E[log((1-t)/2) P_k] = -1/(k(k+1)), and t P_k as above.
        log = [mp.mpf(-1), *(-1 / mp.mpf(k * (k + 1)) for k in range(1, 42))]
        turned = [log[1]]
        turned += [
            ((k + 1) * log[k + 1] + k * log[k - 1]) / (2 * k + 1) for k in range(1, 41)
        ]
        exact = np.array(
            [float((a - b) / 2) for a, b in zip(log, turned, strict=False)]
        )
    apart = np.abs(logarithm.eigenvalues.numpy() - exact)
    assert (apart <= logarithm.errors.numpy()).all()
    assert float(logarithm.errors[0]) <= 1e-14


def test_a_circle_has_fourier_coefficients():
    """1 - θ/π: 1/2, then 2/(πk)² for odd k and 0 for even."""
    found = mercer(lambda t: 1 - torch.arccos(t) / math.pi, 2, 50)
    k = np.arange(1.0, 51.0)
    check(found, [0.5, *np.where(k % 2 == 1, 2 / (np.pi * k) ** 2, 0.0)])
    assert found.multiplicities == (1, *[2] * 50)


@pytest.mark.parametrize("name", ["erf", "relu"])
@pytest.mark.parametrize("kind", ["conjugate", "tangent"])
def test_deep_kernels_by_the_rule_of_gauss_and_jacobi(name, kind):
    d, degree = 5, 12
    deep = deep_dual(activations.get(name), d, 3, 1.5, 0.1)
    kernel = getattr(deep, kind)
    found = mercer(kernel, d, degree)
    nodes, weights = scipy.special.roots_jacobi(400, (d - 3) / 2, (d - 3) / 2)
    values = kernel(nodes).numpy() * weights / weights.sum()
    alpha = (d - 2) / 2
    for k in range(degree + 1):
        polynomial = scipy.special.eval_gegenbauer(k, alpha, nodes)
        polynomial /= scipy.special.eval_gegenbauer(k, alpha, 1.0)
        # Gauss' rule does not resolve the root of 1 - t at the end beyond 1e-8.
        allowed = 1e-13 if name == "erf" else 1e-7
        assert float(found.eigenvalues[k]) == pytest.approx(
            float(values @ polynomial), abs=allowed * found.value_at_one
        )
    assert 0 <= found.captured <= found.value_at_one + found.captured_error


@pytest.mark.parametrize("d", [3, 5])
def test_the_eigenvalues_sum_to_the_diagonal(d):
    found = mercer(tangent_dual("tanh", Gaussian()), d, 60)
    assert found.captured == pytest.approx(found.value_at_one, abs=found.captured_error)
    assert found.captured_error <= 1e-10


def test_the_eigenvalues_are_those_of_a_kernel_matrix():
    """On the circle, n equally spaced points: n μ_k, with the aliases of k."""
    n, angles = 24, 2 * np.pi * np.arange(24) / 24
    points = torch.from_numpy(np.stack([np.cos(angles), np.sin(angles)], axis=1))
    matrix = tangent_kernel(points, activations.get("tanh"), "gaussian")
    seen = torch.linalg.eigvalsh(matrix).flip(0)
    found = mercer(tangent_dual("tanh", "gaussian"), 2, 96)
    values = found.eigenvalues
    folded = [
        n * sum(float(values[j]) for j in range(97) if j % n in (k, (n - k) % n))
        for k in range(n // 2 + 1)
    ]
    folded[0] = n * (
        float(values[0]) + 2 * sum(float(values[j]) for j in range(n, 97, n))
    )
    folded[n // 2] *= 2
    expected = sorted(folded + folded[1 : n // 2], reverse=True)
    allowed = 2 * n * float(found.errors.sum()) + 1e-13
    assert seen.tolist() == pytest.approx(expected, abs=allowed)
    assert allowed <= 1e-10


def test_what_is_no_kernel_is_refused():
    deep = deep_dual(activations.get("relu"), 3, 2)
    for kernel, words in (
        (deep, "two kernels"),
        (lambda t: 1 / (1 - t), "finite"),
        (lambda t: t.sum(), "returned shape"),
    ):
        with pytest.raises(InvalidArgumentError, match=words):
            mercer(kernel, 3, 4)
    with pytest.raises(InvalidArgumentError, match="at least 0"):
        mercer(torch.exp, 3, -1)
    with pytest.raises(InvalidArgumentError, match="kernel_error"):
        mercer(torch.exp, 3, 4, kernel_error=-1.0)


def test_the_error_of_a_given_kernel_is_passed_on():
    exact = mercer(torch.exp, 4, 5)
    loose = mercer(lambda t: torch.exp(t) + 1e-6 * torch.cos(9 * t), 4, 5)
    stated = mercer(torch.exp, 4, 5, kernel_error=1e-6)
    apart = (exact.eigenvalues - loose.eigenvalues).abs()
    assert bool((apart <= stated.errors).all())
    assert bool((apart > exact.errors).any())


def test_a_tangent_dual_has_the_entries_of_the_tangent_kernel():
    points = torch.nn.functional.normalize(
        torch.randn(6, 4, generator=torch.Generator().manual_seed(0)).double()
    )
    t = (points @ points.T).clamp(-1, 1)
    for trained in ("inner", "both"):
        found = tangent_dual("gelu", Sphere(4), trained)
        matrix = tangent_kernel(points, activations.get("gelu"), "sphere", trained)
        assert torch.allclose(found(t), matrix, rtol=0, atol=1e-12)
        assert torch.allclose(found.at_angle(torch.arccos(t)), matrix, atol=1e-12)
        assert found.value_at_one == pytest.approx(float(matrix[0, 0]), rel=1e-14)
    assert found.error_bound >= dual_of_derivative("gelu", Sphere(4)).error_bound
