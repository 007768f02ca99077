"""Test heavy ball and Nesterov's method against powers of matrices in 80 digits."""

import mpmath
import pytest
import torch

from widthwise.dynamics import gradient_descent, heavy_ball, nesterov
from widthwise.errors import InvalidArgumentError

SPECTRA = {
    "spread": [1.0, 0.7, 0.7, 1e-2, 1e-4],
    "two nearly equal": [1.0, 1 - 1e-9, 0.1],
    "condition 1e14": [1.0, 0.5, 1e-7],
    "condition 1e24": [2.0, 1.999999, 1e-12],
    "single": [1.3],
}
COUNTS = (0, 1, 2, 3, 10, 1001, 10**6, 10**9 + 1, 10**12, 10**15)
SETTINGS = {
    "both optimal": ("optimal", "optimal"),
    "stable step": ("stable", "optimal"),
    "momentum 0.9": ("stable", 0.9),
    "momentum near one": (0.1, 0.999999),
    "small step": (1e-3, 0.5),
    "no momentum": (0.1, 0.0),
}


def matrices(run, value):
    """Return the 2 x 2 companion matrix of a mode and its first value."""
    method = run.method
    step, beta = (
        mpmath.mpf(each.numerator) / each.denominator
        for each in (method._exact_step, method._exact_momentum)
    )
    x = step * mpmath.mpf(value) ** 2
    if hasattr(method, "looks_ahead"):
        rows = [(1 + beta) * (1 - x), -beta * (1 - x)]
    else:
        rows = [1 + beta - x, -beta]
    return mpmath.matrix([rows, [1, 0]]), 1 - x, beta


def exact_mode(run, value, k):
    companion, first, beta = matrices(run, value)
    if k == 0:
        return mpmath.mpf(1)
    now, before = companion ** (k - 1) * mpmath.matrix([first, 1])
    if getattr(run.method, "looks_ahead", False):
        return now + beta * (now - before)
    return now


def nesterov_ahead(model, step, momentum):
    return nesterov(model, step, momentum, looks_ahead=True)


@pytest.mark.parametrize("method", [heavy_ball, nesterov, nesterov_ahead])
@pytest.mark.parametrize("spectrum", SPECTRA)
@pytest.mark.parametrize("setting", SETTINGS)
def test_every_mode_has_eleven_digits_at_every_count(
    method, spectrum, setting, diagonal
):
    """Relative to the mode, or to a thousandth of its envelope near its zeros."""
    model = diagonal(SPECTRA[spectrum])
    run = method(model, *SETTINGS[setting])
    left = 1.0 - run.filters(COUNTS)
    bounds = run._modes.bounds(run.method.counts(COUNTS))
    remaining = run._modes.remaining(run.method.counts(COUNTS))
    with mpmath.workdps(80):
        for i, value in enumerate(model.singular_values.tolist()):
            for j, k in enumerate(COUNTS):
                true = exact_mode(run, value, k)
                bound, found = float(bounds[j, i]), float(remaining[j, i])
                if bound < 1e-290:
                    assert abs(found) < 1e-280
                    continue
                assert abs(true) <= bound * (1 + 1e-10)
                assert abs(found - true) <= 1e-11 * max(abs(true), 1e-3 * bound)
                assert abs(float(left[j, i]) - true) <= 1e-11 * max(1, abs(true))


@pytest.mark.parametrize("method", [heavy_ball, nesterov])
def test_small_filters_keep_their_digits(method, diagonal):
    """After two steps the slow modes are fitted to 1e-14, known to 1e-8 of that."""
    run = method(diagonal([1.0, 1e-3, 1e-7]), "stable", 0.9)
    with mpmath.workdps(60):
        true = [float(1 - exact_mode(run, value, 2)) for value in (1.0, 1e-3, 1e-7)]
    assert run.filters(2).tolist() == pytest.approx(true, rel=1e-8)


def test_no_momentum_is_gradient_descent(diagonal):
    model = diagonal([1.0, 0.4, 0.03])
    expected = gradient_descent(model, 0.8).relative_residual([0, 1, 5, 10**5])
    for method in (heavy_ball, nesterov):
        found = method(model, 0.8, 0.0).relative_residual([0, 1, 5, 10**5])
        torch.testing.assert_close(found, expected, rtol=1e-14, atol=0.0)


@pytest.mark.parametrize(
    ("method", "rate"),
    [
        (heavy_ball, lambda kappa: 1 - 2 / (kappa**0.5 + 1)),
        (nesterov, lambda kappa: 1 - 2 / (3 * kappa + 1) ** 0.5),
    ],
    ids=["heavy ball", "Nesterov"],
)
def test_the_optimal_rates_are_those_of_the_theorem(method, rate, diagonal):
    """Lessard, Recht and Packard (2016), table of section 4.2."""
    model = diagonal([1.0, 0.3, 0.01])
    run = method(model)
    slowest = torch.exp(-run._modes.decays).max()
    assert float(slowest) == pytest.approx(rate(1e4), rel=1e-12)


@pytest.mark.parametrize("method", [heavy_ball, nesterov])
def test_other_momenta_are_slower_for_the_worst_mode(method, diagonal):
    model = diagonal([1.0, 0.3, 0.01])
    best = method(model, "stable")
    for momentum in (0.98 * best.method.momentum, 0.5 + best.method.momentum / 2):
        other = method(model, best.method.step, momentum)
        assert other._modes.decays.min() < best._modes.decays.min()


def test_the_optimal_step_is_best_at_a_given_momentum(diagonal):
    model = diagonal([1.0, 0.3, 0.01])
    best = heavy_ball(model, "optimal", 0.5)
    for factor in (0.97, 1.00005):
        other = heavy_ball(model, factor * best.method.step, 0.5)
        assert other._modes.decays.min() < best._modes.decays.min()


@pytest.mark.parametrize("method", [heavy_ball, nesterov])
@pytest.mark.parametrize("momentum", [0.1, 0.9, 0.99])
def test_the_stability_limit_is_sharp(method, momentum, diagonal):
    model = diagonal([2.0, 0.5])
    limit = method(model, "stable", momentum).method.largest_stable_step
    below = method(model, limit * (1 - 1e-9), momentum)
    assert float(below._modes.decays.min()) > 0
    with pytest.raises(InvalidArgumentError, match="not below the stability limit"):
        method(model, limit * (1 + 1e-9), momentum)
    with mpmath.workdps(40):
        companion, _, _ = matrices(below, 2.0)
        largest = max(abs(each) for each in mpmath.eig(companion)[0])
    assert 0 < 1 - largest < 1e-6


@pytest.mark.parametrize("method", [heavy_ball, nesterov])
@pytest.mark.parametrize("momentum", [-0.1, 1.0, 2, float("nan"), "much"])
def test_refuses_a_momentum_outside_its_range(method, momentum, diagonal):
    with pytest.raises(InvalidArgumentError, match="momentum is"):
        method(diagonal([1.0, 0.5]), "stable", momentum)


def test_refuses_what_has_no_closed_form(diagonal):
    model = diagonal([1.0, 0.5])
    with pytest.raises(InvalidArgumentError, match="no closed form"):
        nesterov(model, "optimal", 0.5)
    with pytest.raises(InvalidArgumentError, match="above 1/s₁² = 1"):
        nesterov(model, 1.1, "optimal")
    with pytest.raises(InvalidArgumentError, match="positive and finite"):
        heavy_ball(model, -1.0)


@pytest.mark.parametrize("method", [heavy_ball, nesterov])
@pytest.mark.parametrize("tolerance", [0.5, 1e-2, 1e-6])
def test_the_residual_stays_within_the_tolerance_from_the_count(
    method, tolerance, diagonal
):
    run = method(diagonal([1.0, 0.5, 0.02]))
    steps = run.steps_to(tolerance)
    later = run.relative_residual(list(range(steps, steps + 2000)))
    assert float(later.max()) <= tolerance
    assert run.relative_residual(steps - 1) > tolerance
