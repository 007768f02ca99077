"""Test minibatch descent in expectation: brute force, enumeration and Monte Carlo."""

import itertools
import math

import pytest
import torch

from widthwise.dynamics import linear_model, stochastic_descent
from widthwise.errors import InvalidArgumentError

SHAPES = {
    "more features than points": (6, 10, 1, 2),
    "batches of one": (5, 5, 1, 1),
    "unreachable targets": (9, 4, 1, 3),
    "two outputs": (8, 5, 2, 2),
    "one feature": (4, 1, 1, 1),
}
EACH = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)


def case(random_model, n, m, outputs):
    model, parts = random_model(n, m, outputs=outputs)
    return model, parts["features"], parts["initial"] - parts["targets"]


def iterate_moments(phi, start, step, batch, marks):
    """Follow E e eᵀ in the space of outputs, step by step, and return its trace."""
    count = len(phi)
    kernel = phi @ phi.T
    matrix = start @ start.T
    shrink = torch.eye(count, dtype=torch.float64) - step * kernel
    found = {}
    for k in range(max(marks) + 1):
        if k in marks:
            found[k] = float(torch.trace(matrix) / start.square().sum())
        noise = count * torch.diag(matrix.diag()) - matrix
        matrix = shrink @ matrix @ shrink + step**2 / batch * kernel @ noise @ kernel
    return [found[k] for k in marks]


@EACH
@pytest.mark.parametrize("fraction", [0.01, 0.5, 0.9])
def test_the_second_moment_is_that_of_the_recursion(shape, fraction, random_model):
    n, m, outputs, batch = shape
    model, phi, start = case(random_model, n, m, outputs)
    limit = stochastic_descent(model, batch).largest_stable_step
    run = stochastic_descent(model, batch, fraction * limit)
    marks = [0, 1, 2, 3, 50, 51, 400]
    expected = iterate_moments(phi, start, run.step, batch, marks)
    found = run.squared_residual(marks)
    assert found.tolist() == pytest.approx(expected, rel=1e-11, abs=1e-15)
    assert (run.bound(marks) >= found * (1 - 1e-12)).all()
    lower = run.mean.relative_residual(marks) ** 2
    assert (lower <= found * (1 + 1e-12)).all()


def test_two_steps_are_the_average_over_every_sequence_of_batches(random_model):
    """All 3^4 ways to draw two batches of two from three points."""
    model, phi, start = case(random_model, 3, 4, 1)
    run = stochastic_descent(model, 2)
    losses = []
    for draws in itertools.product(range(3), repeat=4):
        move = torch.zeros(4, 1, dtype=torch.float64)
        for batch in (draws[:2], draws[2:]):
            rows = phi[list(batch)]
            residual = rows @ move + start[list(batch)]
            move = move - run.step * 3 / 2 * rows.T @ residual
        losses.append(float((phi @ move + start).square().sum()))
    mean = sum(losses) / len(losses) / float(start.square().sum())
    assert run.squared_residual(2) == pytest.approx(mean, rel=1e-12)


def test_monte_carlo_runs_average_to_the_prediction(random_model):
    """4000 real runs of 60 steps: residual and test variance within five sigmas."""
    model, parts = random_model(10, 4)
    phi, start = parts["features"], parts["initial"] - parts["targets"]
    run = stochastic_descent(model, 3)
    generator = torch.Generator().manual_seed(1)
    move = torch.zeros(4000, 4, dtype=torch.float64)
    for _ in range(60):
        draws = torch.randint(10, (4000, 3), generator=generator)
        rows = phi[draws]
        residual = torch.einsum("sbm,sm->sb", rows, move) + start[draws]
        gradient = torch.einsum("sbm,sb->sm", rows, residual)
        move = move - run.step * 10 / 3 * gradient
    squares = (move @ phi.T + start).square().sum(1) / start.square().sum()
    error = float(squares.std()) / math.sqrt(4000)
    assert abs(float(squares.mean()) - run.squared_residual(60)) < 5 * error
    assert error < 0.05 * run.squared_residual(60)

    outputs = move @ parts["test_features"].T + parts["test_initial"]
    mean_error = outputs.std(0) / math.sqrt(4000)
    assert ((outputs.mean(0) - run.mean.test(60)).abs() < 5 * mean_error).all()
    # The error of a sample variance, with the sample's own fourth moment.
    centred = (outputs - outputs.mean(0)).square()
    variance_error = centred.std(0) / math.sqrt(4000)
    assert ((centred.mean(0) - run.test_variance(60)).abs() < 5 * variance_error).all()


@EACH
def test_the_largest_stable_step_is_sharp(shape, random_model):
    n, m, outputs, batch = shape
    model, phi, start = case(random_model, n, m, outputs)
    run = stochastic_descent(model, batch)
    limit = run.largest_stable_step
    assert limit <= 2 / model.largest * (1 + 1e-9)
    near = stochastic_descent(model, batch, limit * (1 - 1e-6))
    assert 0 < float(near._moments.rates.min()) < 1e-4
    above = iterate_moments(phi, start, 1.05 * limit, batch, [1000, 2000])
    assert above[1] > 3 * above[0]
    with pytest.raises(InvalidArgumentError, match="stays bounded on average"):
        stochastic_descent(model, batch, 1.001 * limit)


@EACH
def test_the_floor_is_where_the_residual_ends(shape, random_model):
    n, m, outputs, batch = shape
    model, _, _ = case(random_model, n, m, outputs)
    run = stochastic_descent(model, batch)
    assert run.relative_residual(10**15) == pytest.approx(run.floor, abs=1e-9)
    unreachable = float(torch.linalg.vector_norm(model.unreachable))
    if unreachable == 0:
        assert run.floor == 0.0
    else:
        assert run.floor > unreachable
        smaller = stochastic_descent(model, batch, run.step / 1000)
        assert smaller.floor == pytest.approx(unreachable, rel=1e-2)


def test_the_bound_is_exact_where_singular_vectors_are_flat():
    """A Hadamard matrix of features: every squared entry of U is 1/n."""
    two = torch.tensor([[1.0, 1.0], [1.0, -1.0]], dtype=torch.float64)
    hadamard = torch.kron(torch.kron(two, two), two) / 8**0.5
    scales = torch.linspace(1.0, 0.5, 8, dtype=torch.float64)
    model = linear_model(hadamard * scales, torch.arange(8).double())
    run = stochastic_descent(model, 1, 0.02)
    marks = [0, 1, 5, 100, 10**4]
    torch.testing.assert_close(
        run.bound(marks), run.squared_residual(marks), rtol=1e-10, atol=1e-300
    )


def test_large_batches_approach_gradient_descent(random_model):
    model, _ = random_model(6, 9)
    variances = [
        stochastic_descent(model, size, 0.1).variance(10) for size in (100, 200)
    ]
    assert variances[0] / variances[1] == pytest.approx(2.0, rel=0.05)


def test_many_modes_have_the_mean_and_the_bound():
    generator = torch.Generator().manual_seed(0)
    phi = torch.randn(60, 70, generator=generator, dtype=torch.float64) / 70**0.5
    model = linear_model(phi, torch.ones(60, dtype=torch.float64))
    run = stochastic_descent(model, 10)
    assert not run.is_exact
    slow = stochastic_descent(model, 10, run.step / 20)
    assert slow.bound(10**15) < 1e-12
    assert slow.bound(5) >= slow.mean.relative_residual(5) ** 2
    assert run.bound(10**15) == math.inf
    with pytest.raises(InvalidArgumentError, match="at most 48"):
        run.floor  # noqa: B018


def test_edges(random_model):
    model, _ = random_model(3, 5)
    with pytest.raises(InvalidArgumentError, match="batch size is 0"):
        stochastic_descent(model, 0)
    with pytest.raises(InvalidArgumentError, match="positive and finite"):
        stochastic_descent(model, 1, -0.5)
    with pytest.raises(InvalidArgumentError, match="no step named 'optimal'"):
        stochastic_descent(model, 1, "optimal")
    nothing = linear_model(torch.zeros(2, 3), torch.ones(2))
    run = stochastic_descent(nothing, 1)
    assert run.squared_residual([0, 10**6]).tolist() == pytest.approx([1.0, 1.0])
    single = linear_model(torch.ones(1, 1), torch.ones(1))
    assert stochastic_descent(single, 1).largest_stable_step == pytest.approx(2.0)
