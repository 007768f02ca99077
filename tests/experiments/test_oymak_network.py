"""The closed forms of the Oymak network, by autograd and by plain iteration."""

import math

import pytest
import torch

from widthwise.activations import get
from widthwise.experiments import CATALOG
from widthwise.experiments.oymak._descent import descend, layer_steps
from widthwise.experiments.oymak._network import network
from widthwise.experiments.oymak._outer import outer_losses
from widthwise.experiments.oymak._points import trial_points, trial_targets
from widthwise.features import jacobian
from widthwise.laws import Gaussian
from widthwise.seeds import derive

each_activation = pytest.mark.parametrize("name", ["relu", "softplus", "tanh"])


def drawn(name, width=6, trial=0, count=9, dimension=4):
    points = trial_points("sphere", count, dimension, trial, seed=0)
    targets = trial_targets(count, trial, seed=0)
    return network(get(name), points, targets, width, trial)


@each_activation
def test_gradients_are_those_of_autograd(name):
    start = drawn(name)
    inner = start.inner.clone().requires_grad_()
    signs = start.signs.clone().requires_grad_()
    sigma = {
        "relu": torch.relu,
        "softplus": torch.nn.functional.softplus,
        "tanh": torch.tanh,
    }[name]
    hidden = sigma(torch.einsum("nd,kd->nk", start.points, inner)) * start.scale
    residual = hidden @ signs - start.targets
    (residual.square().sum() / 2).backward()
    found = start.gradients("both")
    assert torch.allclose(found.residual, residual.detach(), rtol=0, atol=1e-13)
    assert torch.allclose(found.inner, inner.grad, rtol=1e-12, atol=1e-13)
    assert torch.allclose(found.outer, signs.grad, rtol=1e-12, atol=1e-13)


def test_only_trained_layers_have_gradients_and_move():
    start = drawn("softplus")
    inner = start.gradients("inner")
    assert inner.outer is None
    assert torch.equal(start.stepped(inner, 0.1, 0.1).signs, start.signs)
    outer = start.gradients("outer")
    assert outer.inner is None
    assert torch.equal(start.stepped(outer, 0.1, 0.1).inner, start.inner)


def test_the_network_is_that_of_the_paper():
    count, width = 9, 6
    start = drawn("relu", width, count=count)
    size = float(torch.linalg.vector_norm(start.targets)) / math.sqrt(width * count)
    assert torch.allclose(start.outer.abs(), torch.full((6,), size).double())
    assert abs(float(start.outer.sum())) < 1e-14
    value = start.outer @ torch.relu(start.inner @ start.points[4])
    square = float(start.targets[4] - value) ** 2
    residual = start.gradients("inner").residual
    assert square == pytest.approx(float(residual[4] ** 2), rel=1e-12)
    assert start.relative_loss() == pytest.approx(
        float(residual.square().sum()) / count, rel=1e-12
    )


def test_a_narrower_network_is_part_of_a_wider_one():
    narrow, wide = drawn("relu", width=4), drawn("relu", width=10)
    assert torch.equal(narrow.inner, wide.inner[:4])


@each_activation
@pytest.mark.parametrize("trial", [0, 1])
def test_each_layer_steps_by_its_own_part_of_the_tangent_kernel(name, trial):
    start = drawn(name, trial=trial)
    inner = layer_steps(start, "inner")
    outer = layer_steps(start, "outer")
    both = layer_steps(start, "both")
    assert inner.outer is None
    assert outer.inner is None
    matrix = jacobian(start.points, start.inner, start.outer, start.act)
    top = float(torch.linalg.matrix_norm(matrix, ord=2)) ** 2
    assert inner.inner * top == pytest.approx(1, rel=1e-12)
    phi = start.features() * start.scale
    other = float(torch.linalg.matrix_norm(phi, ord=2)) ** 2
    assert outer.outer * other == pytest.approx(1, rel=1e-12)
    mixed = both.inner * matrix @ matrix.T + both.outer * phi @ phi.T
    assert float(torch.linalg.matrix_norm(mixed, ord=2)) == pytest.approx(1)
    assert 0.5 - 1e-12 <= both.inner / inner.inner <= 1


@each_activation
def test_the_outer_layers_closed_form_is_its_iteration(name):
    start = drawn(name)
    pace = layer_steps(start, "outer").outer
    now = start
    for _ in range(200):
        now = now.stepped(now.gradients("outer"), None, pace)
    found = outer_losses(start, [200.0])
    assert found == [pytest.approx(now.relative_loss(), rel=1e-9)]


@pytest.mark.parametrize("trial", [0, 1, 2])
def test_descent_stops_where_a_plain_loop_meets_the_tolerance(trial):
    start = drawn("softplus", width=8, trial=trial)
    run = descend(start, "inner", 4000, 0.05)
    pace = layer_steps(start, "inner").inner
    now, steps = start, 0
    while steps % 20 or now.relative_loss() > 0.05:
        now = now.stepped(now.gradients("inner"), pace, None)
        steps += 1
    assert run.steps == steps
    assert run.relative_loss == pytest.approx(now.relative_loss(), rel=1e-9)
    assert run.halvings == 0


@pytest.mark.parametrize("trial", [0, 1, 2])
def test_descent_never_ends_above_its_start(trial):
    start = drawn("relu", width=2, trial=trial, count=20)
    run = descend(start, "both", 500, 1e-6)
    assert run.relative_loss <= start.relative_loss()
    assert run.steps is None


@pytest.mark.parametrize("trained", ["inner", "outer", "both"])
def test_wide_enough_fits_and_too_narrow_does_not(trained):
    place = {"data": "sphere", "n": 30, "d": 10, "activation": "softplus"}
    end = {"tolerance": 0.01} if trained != "outer" else {"outer_steps": 1e12}
    cell = {**place, "trained": trained, "steps": 800, **end}
    measure = CATALOG["oymak_phase_diagram"].measure
    for trial in range(2):
        narrow, wide = (
            measure({**cell, "width": width, "trial": trial}, 0, lambda *_: None)
            for width in (2, 60)
        )
        assert narrow["loss"] > 0.01 >= wide["loss"]


def test_a_rectifier_is_silent_where_no_unit_is_active():
    cell = {
        "data": "sphere",
        "n": 2000,
        "d": 5,
        "activation": "relu",
        "trained": "inner",
        "width": 2,
        "trial": 1,
        "steps": 1,
        "tolerance": 0.5,
    }
    found = CATALOG["oymak_phase_diagram"].measure(cell, 0, lambda *_: None)
    points = trial_points("sphere", 2000, 5, 1, seed=0)
    drawn_by = derive(0, "experiments/oymak/weights/2000/5", 1)
    inner = Gaussian().weights(drawn_by, 5, 0, 2)
    at_rest = (points @ inner.T < 0).all(dim=1)
    assert found["silent"] == int(at_rest.sum())
