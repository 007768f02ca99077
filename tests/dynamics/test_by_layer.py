"""Descent on either layer: by autograd, plain iteration and the linear model."""

import math

import pytest
import torch

from widthwise.activations import get
from widthwise.datasets import uniform_sphere
from widthwise.dynamics.by_layer import (
    descend,
    follow,
    layer_steps,
    outer_losses,
    streamed_residuals,
    two_layer_on_data,
)
from widthwise.features import jacobian
from widthwise.seeds import stream

each_activation = pytest.mark.parametrize("name", ["relu", "softplus", "tanh"])


def drawn(name, width=6, trial=0, count=9, dimension=4):
    points = uniform_sphere(count, dimension, trial).points
    signs = stream(trial, "tests/labels").integers(0, 2, count) * 2.0 - 1.0
    return two_layer_on_data(get(name), points, torch.from_numpy(signs), width, trial)


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


def run(name, width=400, decades=6):
    start = drawn(name, width, count=12, dimension=8)
    return start, follow(start, decades, 20_000)


def test_a_path_marks_each_power_of_ten_once():
    start, path = run("softplus")
    assert [mark.decade for mark in path.marks] == list(range(7))
    for mark in path.marks[1:]:
        assert path.residuals[mark.step] <= 10.0**-mark.decade
        assert path.residuals[mark.step - 1] > 10.0**-mark.decade
    assert path.initial_norm == pytest.approx(
        float(torch.linalg.vector_norm(start.inner))
    )


def test_singular_values_at_the_start_are_those_of_the_jacobian():
    start, path = run("softplus", decades=2)
    matrix = jacobian(start.points, start.inner, start.outer, start.act)
    values = torch.linalg.svdvals(matrix)
    assert path.marks[0].smallest == pytest.approx(float(values[-1]), rel=1e-9)
    assert path.marks[0].largest == pytest.approx(float(values[0]), rel=1e-9)
    assert path.step_size == pytest.approx(float(values[0]) ** -2, rel=1e-9)
    assert path.marks[0].distance == 0


def test_a_very_wide_network_follows_its_linear_model():
    # The relative change of the kernel is of order 1/sqrt(width).
    _, path = run("softplus", width=8000, decades=4)
    assert path.marks[-1].step == pytest.approx(path.predicted_steps, rel=0.05)
    assert path.measured_rate >= 0.99 * path.predicted_rate(path.marks[-1])


def test_only_activations_with_kinks_count_their_crossings():
    assert run("softplus", decades=2)[1].kink_crossings is None
    assert run("relu", decades=2)[1].kink_crossings >= 0


def test_a_run_that_does_not_arrive_is_none():
    start = drawn("softplus", width=2, count=12, dimension=3)
    assert follow(start, 3, 50) is None


def test_streamed_units_train_as_autograd_does_in_float64():
    start = drawn("tanh", width=6000)  # More than one block.
    step, size = 0.2, 1.3 / math.sqrt(6000)
    inner = start.inner.clone()
    found = streamed_residuals(
        start.act, start.points, start.targets, 6000, 0, scale=1.3, step=step, steps=12
    )
    for residual in found:
        inner.requires_grad_()
        outputs = torch.tanh(start.points @ inner.T) @ start.signs * size
        expected = start.targets - outputs
        # Float32: outputs sum 6,000 terms of size 1 / sqrt(6,000).
        torch.testing.assert_close(residual, expected.detach(), atol=2e-5, rtol=0)
        (gradient,) = torch.autograd.grad(0.5 * (expected @ expected), inner)
        inner = (inner - step * gradient).detach()
