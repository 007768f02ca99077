"""Test Chebyshev iteration and conjugate gradients against multiprecision."""

import mpmath
import pytest
import torch

from widthwise.dynamics import (
    chebyshev_iteration,
    conjugate_gradients,
    gradient_descent,
    heavy_ball,
    leave_one_out,
)
from widthwise.errors import InvalidArgumentError

SPECTRA = {
    "spread": [1.0, 0.7, 0.7, 1e-2, 1e-4],
    "condition 1e24": [2.0, 1.999999, 1e-12],
    "single": [1.3],
}
COUNTS = (0, 1, 2, 3, 10, 1001, 10**6, 10**9 + 1, 10**12, 10**15)


def chebyshev(run, value, k):
    low, high = (mpmath.mpf(x) ** 2 for x in (run.method.lower, run.method.upper))
    if low == high:
        return mpmath.mpf(k == 0)

    def polynomial(z):
        if abs(z) <= 1:
            return mpmath.cos(k * mpmath.acos(z))
        return mpmath.cosh(k * mpmath.acosh(z))

    middle = high + low
    at_mode = polynomial((middle - 2 * mpmath.mpf(value) ** 2) / (high - low))
    return at_mode / polynomial(middle / (high - low))


@pytest.mark.parametrize("spectrum", SPECTRA)
@pytest.mark.parametrize("lower", [None, 0.3, 0.9])
def test_chebyshev_modes_have_eleven_digits(spectrum, lower, diagonal):
    """Also the modes below the interval, and the filters relative to themselves."""
    model = diagonal(SPECTRA[spectrum])
    run = chebyshev_iteration(model, lower=lower)
    counts = run.method.counts(COUNTS)
    remaining, bounds = run._modes.remaining(counts), run._modes.bounds(counts)
    filters = run.filters(COUNTS)
    with mpmath.workdps(60):
        for i, value in enumerate(model.singular_values.tolist()):
            for j, k in enumerate(COUNTS):
                true, bound = chebyshev(run, value, k), float(bounds[j, i])
                if bound < 1e-290:
                    assert abs(float(remaining[j, i])) < 1e-280
                    continue
                error = abs(float(remaining[j, i]) - true)
                assert error <= 1e-11 * max(abs(true), 1e-3 * bound)
                assert abs(true) <= bound * (1 + 1e-9)
                assert abs(float(filters[j, i]) - (1 - true)) <= 1e-10 * abs(1 - true)


def test_no_polynomial_has_a_smaller_worst_mode(diagonal):
    """The worst mode of any method is at least 1/cosh(kU): Chebyshev attains it."""
    model = diagonal(torch.linspace(1.0, 0.05, 400).tolist())
    runs = [chebyshev_iteration(model), gradient_descent(model), heavy_ball(model)]
    for k in (1, 4, 15, 40):
        worst = [float((1 - run.filters(k)).abs().max()) for run in runs]
        bound = float(1 / mpmath.cosh(2 * k * mpmath.atanh(0.05)))
        assert worst[0] == pytest.approx(bound, rel=1e-6)
        assert worst[0] <= min(worst[1:]) * (1 + 1e-12)


def test_chebyshev_refuses_modes_above_its_interval(diagonal):
    model = diagonal([1.0, 0.1])
    with pytest.raises(InvalidArgumentError, match=r"above the interval's end 0\.5"):
        chebyshev_iteration(model, upper=0.5)
    with pytest.raises(InvalidArgumentError, match="ascending"):
        chebyshev_iteration(model, lower=0)


def least_residual(values, weights, k):
    """Minimize over polynomials by projection in 120 digits."""
    with mpmath.workdps(120):
        squares = [mpmath.mpf(each) ** 2 for each in values]
        rest = [mpmath.mpf(each) for each in weights]
        vector = [a * b for a, b in zip(squares, rest, strict=True)]
        basis = []
        for _ in range(k):
            for unit in basis:
                part = mpmath.fdot(unit, vector)
                vector = [a - part * b for a, b in zip(vector, unit, strict=True)]
            unit = [each / mpmath.norm(vector) for each in vector]
            basis.append(unit)
            part = mpmath.fdot(unit, rest)
            rest = [a - part * b for a, b in zip(rest, unit, strict=True)]
            vector = [a * b for a, b in zip(squares, unit, strict=True)]
        return float(mpmath.norm(rest) / mpmath.norm(weights))


@pytest.mark.parametrize("condition", [1e2, 1e6, 1e12])
def test_conjugate_gradients_attain_the_least_residual(condition, diagonal):
    generator = torch.Generator().manual_seed(0)
    logs = torch.rand(14, generator=generator, dtype=torch.float64)
    values = (condition ** (-0.5 * logs)).sort(descending=True).values.tolist()
    weights = torch.randn(14, generator=generator, dtype=torch.float64).tolist()
    run = conjugate_gradients(diagonal(values, weights))
    assert run.method.most_steps == 14
    for k in (1, 3, 7, 12, 13):
        true = least_residual(values, weights, k)
        assert run.relative_residual(k) == pytest.approx(true, rel=1e-10, abs=1e-14)
    assert run.relative_residual([14, 10**15]).tolist() == [0.0, 0.0]


def test_conjugate_gradients_end_after_the_distinct_eigenvalues(diagonal):
    run = conjugate_gradients(diagonal([1.0, 0.5, 0.5, 0.5, 0.2], [1.0, 1, 1, 1, 0]))
    assert run.method.most_steps == 2
    assert run.steps_to(1e-12) == 2


def test_conjugate_gradients_do_what_the_textbook_loop_does(random_model):
    """On the normal equations, for each output by itself, before rounding shows."""
    model, parts = random_model(8, 20, outputs=2)
    run = conjugate_gradients(model)
    phi = parts["features"]
    for k in (1, 4, 7):
        columns = []
        for column in (parts["targets"] - parts["initial"]).T:
            solution = torch.zeros(20, dtype=torch.float64)
            gradient = phi.T @ column
            direction, size = gradient, gradient @ gradient
            for _ in range(k):
                image = phi @ direction
                length = size / (image @ image)
                solution = solution + length * direction
                gradient = gradient - length * (phi.T @ image)
                size, before = gradient @ gradient, size
                direction = gradient + size / before * direction
            columns.append(solution)
        found = torch.stack(columns, dim=1)
        torch.testing.assert_close(run.coefficients(k), found, rtol=1e-9, atol=1e-11)


def test_conjugate_gradients_are_no_linear_smoother(diagonal):
    run = conjugate_gradients(diagonal([1.0, 0.5]))
    with pytest.raises(InvalidArgumentError, match="no linear smoother"):
        leave_one_out(run, 1)


@pytest.mark.parametrize("k", [1, 2, 5, 9])
def test_nothing_beats_conjugate_gradients(k, random_model):
    model, _ = random_model(12, 30)
    best = conjugate_gradients(model).relative_residual(k)
    for run in (chebyshev_iteration(model), gradient_descent(model), heavy_ball(model)):
        assert best <= run.relative_residual(k) * (1 + 1e-12)
