"""The closed forms of the Oymak network, by autograd and by plain iteration."""

import pytest
import torch

from widthwise.activations import get
from widthwise.experiments._oymak_cell import Budget, outer_losses, run_cell
from widthwise.experiments._oymak_descent import descend, layer_steps
from widthwise.experiments._oymak_network import networks
from widthwise.experiments._oymak_points import trial_points, trial_targets
from widthwise.features import jacobian

each_activation = pytest.mark.parametrize("name", ["relu", "softplus", "tanh"])


def drawn(name, width=6, trials=3, count=9, dimension=4):
    points = trial_points("sphere", count, dimension, trials, seed=0)
    targets = trial_targets(count, trials, seed=0)
    return networks(get(name), points, targets, width, list(range(trials)))


@each_activation
def test_gradients_are_those_of_autograd(name):
    start = drawn(name)
    inner = start.inner.clone().requires_grad_()
    signs = start.signs.clone().requires_grad_()
    scale = start.scale[:, None, None]
    sigma = {
        "relu": torch.relu,
        "softplus": torch.nn.functional.softplus,
        "tanh": torch.tanh,
    }[name]
    hidden = sigma(torch.einsum("tnd,tkd->tnk", start.points, inner)) * scale
    residual = torch.einsum("tnk,tk->tn", hidden, signs) - start.targets
    (residual.square().sum() / 2).backward()
    found = start.gradients("both")
    assert torch.allclose(found.residual, residual.detach(), rtol=0, atol=1e-13)
    assert torch.allclose(found.inner, inner.grad, rtol=1e-12, atol=1e-13)
    assert torch.allclose(found.outer, signs.grad, rtol=1e-12, atol=1e-13)


def test_only_trained_layers_have_gradients_and_move():
    start = drawn("softplus")
    pace = torch.full((3,), 0.1, dtype=torch.float64)
    inner = start.gradients("inner")
    assert inner.outer is None
    assert torch.equal(start.stepped(inner, pace, pace).signs, start.signs)
    outer = start.gradients("outer")
    assert outer.inner is None
    assert torch.equal(start.stepped(outer, pace, pace).inner, start.inner)


def test_the_network_is_that_of_the_paper():
    start = drawn("relu")
    outer = start.outer
    count, width = 9, 6
    size = torch.linalg.vector_norm(start.targets, dim=1) / (width * count) ** 0.5
    assert torch.allclose(outer.abs(), size[:, None].expand_as(outer))
    assert torch.equal(outer.sum(dim=1).abs() < 1e-14, torch.ones(3, dtype=bool))
    value = outer[1] @ torch.relu(start.inner[1] @ start.points[1, 4])
    squares = (start.targets[1, 4] - value) ** 2
    assert squares == pytest.approx(
        float(start.gradients("inner").residual[1, 4] ** 2), rel=1e-12
    )


def test_a_narrower_network_is_part_of_a_wider_one():
    narrow, wide = drawn("relu", width=4), drawn("relu", width=10)
    assert torch.equal(narrow.inner, wide.inner[:, :4])


@each_activation
def test_each_layer_steps_by_its_own_part_of_the_tangent_kernel(name):
    start = drawn(name)
    inner = layer_steps(start, "inner").inner
    outer = layer_steps(start, "outer").outer
    both = layer_steps(start, "both")
    for trial in range(3):
        matrix = jacobian(
            start.points[trial], start.inner[trial], start.outer[trial], start.act
        )
        top = torch.linalg.matrix_norm(matrix, ord=2) ** 2
        assert float(inner[trial] * top) == pytest.approx(1, rel=1e-12)
        phi = start.features()[trial] * start.scale[trial]
        other = torch.linalg.matrix_norm(phi, ord=2) ** 2
        assert float(outer[trial] * other) == pytest.approx(1, rel=1e-12)
        mixed = both.inner[trial] * matrix @ matrix.T + both.outer[trial] * phi @ phi.T
        assert float(torch.linalg.matrix_norm(mixed, ord=2)) == pytest.approx(1)
        assert 0.5 - 1e-12 <= float(both.inner[trial] / inner[trial]) <= 1


@each_activation
def test_the_outer_layers_closed_form_is_its_iteration(name):
    start = drawn(name)
    pace = layer_steps(start, "outer").outer
    now = start
    for _ in range(200):
        now = now.stepped(now.gradients("outer"), None, pace)
    closed = torch.from_numpy(outer_losses(start, [200.0]))[0]
    assert torch.allclose(closed, now.relative_loss(), rtol=1e-9, atol=0)


def test_descent_stops_where_a_plain_loop_meets_the_tolerance():
    start = drawn("softplus", width=8)
    run = descend(start, "inner", 4000, 0.05)
    pace = layer_steps(start, "inner").inner
    for trial in range(3):
        which = torch.tensor([trial])
        now, steps = start.only(which), 0
        while steps % 20 or float(now.relative_loss()) > 0.05:
            now = now.stepped(now.gradients("inner"), pace[which], None)
            steps += 1
        assert int(run.steps[trial]) == steps
        assert float(run.relative_loss[trial]) == pytest.approx(
            float(now.relative_loss()), rel=1e-9
        )
    assert run.halvings.tolist() == [0, 0, 0]


def test_descent_never_ends_above_its_start():
    start = drawn("relu", width=2, trials=6, count=20)
    run = descend(start, "both", 500, 1e-6)
    assert bool((run.relative_loss <= start.relative_loss()).all())
    assert bool((run.steps == -1).all())


def test_wide_enough_fits_and_too_narrow_does_not():
    act = get("softplus")
    points = trial_points("sphere", 30, 10, 4, seed=0)
    targets = trial_targets(30, 4, seed=0)
    budget = Budget(steps=2000, outer_steps=1e12, tolerance=0.01)
    ways = ("inner", "outer", "both")
    narrow = run_cell(act, points, targets, 2, [0, 1, 2, 3], ways, budget)
    wide = run_cell(act, points, targets, 60, [0, 1, 2, 3], ways, budget)
    for what in ways:
        assert (narrow.relative_loss[what] > 0.01).all()
        assert (wide.relative_loss[what] <= 0.01).all()


def test_a_rectifier_is_silent_where_no_unit_is_active():
    act = get("relu")
    points = trial_points("sphere", 2000, 5, 2, seed=0)
    targets = trial_targets(2000, 2, seed=0)
    budget = Budget(steps=1, outer_steps=1, tolerance=0.5)
    cell = run_cell(act, points, targets, 2, [0, 1], (), budget)
    start = networks(act, points, targets, 2, [0, 1])
    arguments = points @ start.inner.transpose(1, 2)
    assert cell.silent == pytest.approx(float((arguments < 0).all(2).double().mean()))
