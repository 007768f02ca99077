"""Predictions are those of neural-tangents, from its own numbers."""

import json
import math
from pathlib import Path

import pytest
import torch

from widthwise.dynamics import gradient_flow, heavy_ball, linear_model_from_kernel

GOLDEN = Path(__file__).parents[1] / "reference" / "neural_tangents_golden.json"
CASES = json.loads(GOLDEN.read_text())["cases"]
EACH = pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])


def tensor(values):
    return None if values is None else torch.tensor(values, dtype=torch.float64)


def model_of(case):
    return linear_model_from_kernel(
        tensor(case["kernel"]),
        tensor(case["targets"]),
        test_kernel=tensor(case["test_kernel"]),
        initial=tensor(case["initial"]),
        test_initial=tensor(case["test_initial"]),
    )


@EACH
def test_outputs_at_every_time_are_those_of_gradient_descent_mse(case):
    """Its loss is divided by the number of targets, so its time is too."""
    model = model_of(case)
    run = gradient_flow(model)
    for each in case["predictions"]:
        time = math.inf if each["time"] == "inf" else each["time"]
        time = time / model.targets.numel()
        # It solves with the kernel where we divide by eigenvalues: both lose about
        # the condition number, 1e3 here, in rounding errors.
        for found, expected in (
            (run.train(time), each["train"]),
            (run.test(time), each["test"]),
        ):
            torch.testing.assert_close(found, tensor(expected), rtol=1e-10, atol=1e-10)


@EACH
def test_the_largest_stable_step_is_max_learning_rate(case):
    """It adds 1e-12 to the eigenvalue; ours is exact."""
    model = model_of(case)
    for each in case["max_learning_rate"]:
        found = heavy_ball(model, "stable", each["momentum"]).method
        expected = each["value"] / model.targets.numel()
        assert found.largest_stable_step == pytest.approx(expected, rel=1e-11)
