"""Predictions are what real loops do, on features and on a linearized network."""

import pytest
import torch

from widthwise.activations import get
from widthwise.dynamics import (
    chebyshev_iteration,
    gradient_descent,
    heavy_ball,
    linear_model,
    nesterov,
)
from widthwise.features import RandomFeatures, jacobian
from widthwise.laws import Sphere

MARKS = [1, 2, 17, 1000, 5000]


@pytest.fixture
def outer_layer(points):
    """Return the outer layer of a ReLU network, its raw features and targets."""
    features = RandomFeatures(get("relu"), width=40, law=Sphere(dimension=5), seed=3)
    phi = features.matrix(points)
    y = points[:, 0] + points[:, 1] ** 2
    return linear_model(phi[:9], y[:9], test_features=phi[9:]), phi, y


RUNS = {
    "gradient descent": (gradient_descent, {}),
    "heavy ball": (heavy_ball, {"momentum": None}),
    "heavy ball at 0.9": (
        lambda model: heavy_ball(model, "stable", 0.9),
        {"momentum": None},
    ),
    "nesterov at 0.9": (
        lambda model: nesterov(model, "stable", 0.9, looks_ahead=True),
        {"momentum": None, "nesterov": True},
    ),
    "nesterov": (
        lambda model: nesterov(model, looks_ahead=True),
        {"momentum": None, "nesterov": True},
    ),
}


@pytest.mark.parametrize("name", RUNS)
def test_five_thousand_steps_of_the_optimizer_of_torch(name, outer_layer):
    """Outputs agree to 1e-9 of their size, on the trained points and elsewhere."""
    model, phi, y = outer_layer
    make, settings = RUNS[name]
    run = make(model)
    if "momentum" in settings:
        settings = {**settings, "momentum": run.method.momentum}
    parameters = torch.zeros(phi.shape[1], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([parameters], lr=run.method.step, **settings)
    done = 0
    for mark in MARKS:
        for _ in range(mark - done):
            with torch.no_grad():
                parameters.grad = phi[:9].T @ (phi[:9] @ parameters - y[:9])
            optimizer.step()
        done = mark
        outputs = phi @ parameters.detach()
        torch.testing.assert_close(run.train(mark), outputs[:9], rtol=1e-9, atol=1e-9)
        torch.testing.assert_close(run.test(mark), outputs[9:], rtol=1e-9, atol=1e-9)


def test_chebyshev_iteration_by_its_three_term_recurrence(outer_layer):
    """Saad (2003), algorithm 12.1, on the normal equations."""
    model, phi, y = outer_layer
    run = chebyshev_iteration(model)
    low, high = run.method.lower**2, run.method.upper**2
    middle, half = (high + low) / 2, (high - low) / 2
    v = torch.zeros(phi.shape[1], dtype=torch.float64)
    ratio = half / middle
    move = phi[:9].T @ y[:9] / middle
    for k in range(1, 301):
        v = v + move
        if k in (1, 2, 30, 300):
            torch.testing.assert_close(run.train(k), phi[:9] @ v, rtol=0.0, atol=1e-9)
        gradient = phi[:9].T @ (phi[:9] @ v - y[:9])
        following = 1 / (2 * middle / half - ratio)
        move = following * ratio * move - 2 * following / half * gradient
        ratio = following


def test_a_linearized_network_with_initial_outputs(points):
    """Its Jacobian takes the place of features; three thousand real steps."""
    law = Sphere(dimension=5)
    inner = law.weights(seed=0, dimension=5, start=0, stop=30)
    signs = torch.ones(30, dtype=torch.float64)
    signs[::2] = -1.0
    outer = signs / 30**0.5
    activation = get("tanh")
    whole = jacobian(points, inner, outer, activation)
    start = activation(points @ inner.T) @ outer
    targets = points[:, 2] * points[:, 3]
    model = linear_model(
        whole[:8],
        targets[:8],
        test_features=whole[8:],
        initial=start[:8],
        test_initial=start[8:],
    )
    run = heavy_ball(model, "stable", 0.8)
    move = before = torch.zeros(whole.shape[1], dtype=torch.float64)
    for _ in range(3000):
        miss = start[:8] + whole[:8] @ move - targets[:8]
        ahead = move - run.method.step * whole[:8].T @ miss + 0.8 * (move - before)
        move, before = ahead, move
    outputs = start + whole @ move
    torch.testing.assert_close(run.train(3000), outputs[:8], rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(run.test(3000), outputs[8:], rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(run.coefficients(3000), move, rtol=1e-8, atol=1e-9)
