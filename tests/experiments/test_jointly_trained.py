"""Joint training watched: against plain PyTorch, and refusals."""

import pytest
import torch

from widthwise.datasets import synthetic_1, uniform_sphere
from widthwise.errors import InvalidArgumentError
from widthwise.experiments.benson._jointly_trained import Joint, joint_run
from widthwise.laws import Sphere
from widthwise.networks import TwoLayer

BASE = Joint(
    activation="relu",
    width=40,
    law="sphere",
    precision="float64",
    optimizer="momentum",
    step=0.1,
    batch_size=12,
    momentum=0.9,
    weight_decay=1e-3,
    decay=0.9,
    epochs=4,
    track_every=2,
)


def joint(**changes):
    return Joint(**{**vars(BASE), **changes})


def test_training_is_that_of_plain_pytorch():
    # One batch of all points, so that the order of the points does not matter.
    data = synthetic_1(12, 5, 0)
    found = joint_run(joint(), data, seed=3)
    start = TwoLayer(5, 40, "relu", law=Sphere(5), seed=3)
    inner = torch.nn.Parameter(start.inner.weight.detach().clone())
    outer = torch.nn.Parameter(start.outer.weight.detach().clone())
    peer = torch.optim.SGD([inner, outer], lr=0.1, momentum=0.9, weight_decay=1e-3)
    first = inner.detach().clone()
    for epoch in range(5):
        phi = torch.relu(data.points @ inner.T) / 40**0.5
        residual = phi @ outer - data.targets
        if epoch in (0, 2, 4):
            place = found.epochs.index(epoch)
            values = torch.linalg.svdvals(phi.detach())
            assert found.condition_number[place] == pytest.approx(
                float(values[0] / values[-1]) ** 2, rel=1e-8
            )
            size = residual.detach().norm() / data.targets.norm()
            assert found.residual[place] == pytest.approx(float(size), rel=1e-9)
        peer.zero_grad()
        (residual.square().sum() / 2).backward()
        if epoch < 4:
            peer.step()
        peer.param_groups[0]["lr"] *= 0.9
    moved = (inner.detach() - first).norm() / first.norm()
    assert found.distance[-1] == pytest.approx(float(moved), rel=1e-9)
    assert found.epochs == (0, 2, 4)


def test_single_precision_is_near_double_precision():
    data = synthetic_1(30, 5, 0)
    single = joint_run(joint(precision="float32", batch_size=10), data, seed=1)
    double = joint_run(joint(batch_size=10), data, seed=1)
    assert single.residual[-1] != double.residual[-1]
    # Forty steps, each with relative rounding errors of 1e-7 a weight.
    assert single.residual[-1] == pytest.approx(double.residual[-1], rel=1e-4)


def test_wendland_is_refused_as_its_arguments_leave_its_interval():
    with pytest.raises(InvalidArgumentError, match="wendland0 is defined on"):
        joint_run(joint(activation="wendland0"), synthetic_1(12, 5, 0), seed=0)


def test_data_without_targets_is_refused():
    with pytest.raises(InvalidArgumentError, match="no targets"):
        joint_run(joint(), uniform_sphere(12, 5, 0), seed=0)
