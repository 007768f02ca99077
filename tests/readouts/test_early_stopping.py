import pytest
import torch

from widthwise import dynamics
from widthwise.errors import InvalidArgumentError
from widthwise.readouts import early_stopping, minimum_norm


def gaussian(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def descended(phi, y, weights, step, count, intercept):
    """Run the iteration; the intercept fits the weighted mean at every step."""
    total = weights.sum() if intercept else torch.inf
    mean, level = weights @ phi / total, weights @ y / total
    v = torch.zeros(phi.shape[1], dtype=torch.float64)
    for _ in range(count):
        rest = y - level - (phi - mean) @ v
        v = v + step * (phi - mean).T @ (weights * rest)
    return v, level - mean @ v


@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("shape", [(6, 9), (9, 4), (5, 5)])
@pytest.mark.parametrize("relative", [None, 1.9])
def test_every_row_left_out_has_a_descent_of_its_own(shape, intercept, relative):
    phi, y = gaussian(*shape), 1.0 + gaussian(shape[0], seed=1)
    weights = 0.5 + gaussian(shape[0], seed=2).square()
    counts = [0, 1, 7, 40]
    usual = early_stopping(phi, y, counts, intercept=intercept, weights=weights)
    step = None if relative is None else relative * usual.step
    found = early_stopping(
        phi, y, counts, step=step, intercept=intercept, weights=weights
    )
    for place, count in enumerate(counts):
        v, b = descended(phi, y, weights, found.step, count, intercept)
        torch.testing.assert_close(found.solution(count), v, rtol=0, atol=1e-12)
        assert float(found.intercept(count)) == pytest.approx(float(b), abs=1e-12)
        total = 0.0
        for row in range(len(y)):
            kept = torch.arange(len(y)) != row
            v, b = descended(
                phi[kept], y[kept], weights[kept], found.step, count, intercept
            )
            missed = float(y[row] - phi[row] @ v - b)
            total += float(weights[row]) * missed**2
        expected = total / float(weights.sum())
        assert float(found.leave_one_out[place]) == pytest.approx(expected, rel=1e-10)


def test_it_ends_at_the_minimum_norm_solution():
    phi, y = gaussian(8, 20), gaussian(8, 2, seed=1)
    found = early_stopping(phi, y)
    ended = minimum_norm(phi, y, intercept=True)
    last = int(found.steps[-1])
    torch.testing.assert_close(found.solution(last), ended.solution, rtol=0, atol=1e-12)
    torch.testing.assert_close(
        found.intercept(last), ended.intercept, rtol=0, atol=1e-12
    )
    assert found.least == float(found.leave_one_out.min())
    assert found.best in found.steps.tolist()


def test_dynamics_says_the_same():
    phi, y = gaussian(10, 6), gaussian(10, 2, seed=1)
    run = dynamics.gradient_descent(dynamics.linear_model(phi, y), step="stable")
    found = early_stopping(phi, y, [3, 50, 4000], intercept=False)
    expected = dynamics.leave_one_out(run, [3, 50, 4000]) / 2  # summed over outputs
    torch.testing.assert_close(found.leave_one_out, expected, rtol=1e-10, atol=0)


def test_steps_that_diverge_are_refused():
    phi, y = gaussian(5, 3), gaussian(5)
    with pytest.raises(InvalidArgumentError, match="does not converge"):
        early_stopping(phi, y, step=100.0)
    with pytest.raises(InvalidArgumentError, match="whole number"):
        early_stopping(phi, y, [1.5])
