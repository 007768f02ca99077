"""A module's diagnosis says what its last layer, its tangent kernel and a run say."""

import copy
import json
import math

import numpy as np
import pytest
import torch
from small_module import INPUTS, ROWS, made, part
from torch import nn

import widthwise as ww
from widthwise.diagnosis import Budget, Diagnosis


def last_layer_inputs(module, inputs):
    with torch.no_grad():
        phi = module[1](module[0](inputs))
    return torch.cat([phi, torch.ones(len(phi), 1, dtype=torch.float64)], dim=1)


def stacked_jacobian(module, inputs):
    """Return (n c, p) by autograd, one output at a time."""
    rows = []
    for point in inputs:
        for output in module(point[None]).reshape(-1):
            slopes = torch.autograd.grad(
                output, list(module.parameters()), retain_graph=True
            )
            rows.append(torch.cat([each.reshape(-1) for each in slopes]))
    return torch.stack(rows)


def test_the_last_layer_has_the_singular_values_of_its_inputs(found, inputs):
    values = np.linalg.svd(last_layer_inputs(made(), inputs).numpy(), compute_uv=False)
    spectrum = part(found, "last_layer")["spectrum"]
    assert spectrum["largest"] == pytest.approx(values[0] ** 2, rel=1e-12)
    assert spectrum["condition_number"] == pytest.approx(
        (values[0] / values[ROWS - 1]) ** 2, rel=1e-6
    )
    assert spectrum["rank"] == spectrum["size"] == ROWS


def test_all_layers_have_the_eigenvalues_of_the_tangent_kernel(found, inputs):
    jacobian = stacked_jacobian(made(), inputs)
    values = np.linalg.svd(jacobian.detach().numpy(), compute_uv=False) ** 2
    eigenvalues = found.record.arrays["tangent/eigenvalues"]
    # Eigenvalues of J Jᵀ are accurate to a few units in the last place of the largest.
    np.testing.assert_allclose(eigenvalues, values, rtol=0, atol=1e-13 * values[0])
    training = part(found, "tangent")["training"]
    assert training["largest_stable_step"] == pytest.approx(2 / values[0], rel=1e-12)


def test_steps_of_the_last_layer_are_those_of_gradient_descent(inputs, labels):
    module = made(width=40)
    found = ww.diagnose(inputs, labels, module=module, epochs=0)
    training = part(found, "last_layer")["training"]
    phi = last_layer_inputs(module, inputs)
    with torch.no_grad():
        start = labels - module(inputs)[:, 0]
    steps = int(training["steps"]["0.01"])
    assert 1 < steps < 10**6
    # A loop multiplies the residual by this in each step.
    factor = torch.eye(len(phi), dtype=torch.float64) - training["step"] * phi @ phi.T
    left = torch.linalg.matrix_power(factor, steps - 1) @ start
    before, after = (
        float(each.norm() / start.norm()) for each in (left, factor @ left)
    )
    assert after <= 0.01 < before


def test_the_real_run_is_gradient_descent(found, inputs, labels):
    module, curve = made(), found.record.content["curve"]
    left = []
    for _ in range(curve["epochs"] + 1):
        loss = 0.5 * (module(inputs)[:, 0] - labels).square().sum()
        left.append(math.sqrt(2 * float(loss.detach())))
        module.zero_grad()
        loss.backward()
        with torch.no_grad():
            for each in module.parameters():
                each -= curve["step"] * each.grad
    expected = np.array(left) / left[0]
    np.testing.assert_allclose(found.record.arrays["curve/real"], expected, rtol=1e-9)
    assert curve["final_real"] == pytest.approx(expected[-1], rel=1e-9)


def test_the_predicted_run_is_that_of_the_linear_model(found, inputs, labels):
    module, curve = made(), found.record.content["curve"]
    jacobian = stacked_jacobian(module, inputs).detach()
    residual = labels - module(inputs)[:, 0].detach()
    size = float(residual.norm())
    predicted = []
    for _ in range(curve["epochs"] + 1):
        predicted.append(float(residual.norm()) / size)
        residual = residual - curve["step"] * (jacobian @ (jacobian.T @ residual))
    np.testing.assert_allclose(
        found.record.arrays["curve/predicted"], predicted, rtol=1e-10
    )


def test_the_predicted_run_of_a_linear_module_is_the_real_one(inputs, labels):
    torch.manual_seed(0)
    module = nn.Sequential(nn.Identity(), nn.Linear(INPUTS, 1)).to(torch.float64)
    found = ww.diagnose(inputs, labels, module=module, epochs=50)
    arrays = found.record.arrays
    np.testing.assert_allclose(
        arrays["curve/real"], arrays["curve/predicted"], rtol=1e-12
    )
    assert found.verdict("fits").status == "no"
    # The labels keep what least squares with an intercept leaves.
    design = np.c_[inputs.numpy(), np.ones(ROWS)]
    with torch.no_grad():
        start = (labels - module(inputs)[:, 0]).numpy()
    rest = start - design @ np.linalg.lstsq(design, start, rcond=None)[0]
    floor = np.linalg.norm(rest) / np.linalg.norm(start)
    assert found.verdict("fits").number == pytest.approx(floor, rel=1e-10)


def test_a_module_is_left_as_it_was(inputs, labels):
    module = made().to(torch.float32)
    module.train()
    module[0].weight.requires_grad_(False)
    before = copy.deepcopy(module.state_dict())
    state = torch.get_rng_state()
    ww.diagnose(inputs, labels, module=module, epochs=3)
    assert all(
        torch.equal(before[name], each) for name, each in module.state_dict().items()
    )
    assert module.training
    assert [each.requires_grad for each in module.parameters()] == [False, *3 * [True]]
    assert all(each.grad is None for each in module.parameters())
    assert torch.equal(torch.get_rng_state(), state)


def test_frozen_layers_are_not_among_all_layers(inputs, labels):
    module = made()
    module[0].requires_grad_(False)
    found = ww.diagnose(inputs, labels, module=module, epochs=0)
    alone, every = (part(found, key)["spectrum"] for key in ("last_layer", "tangent"))
    assert every["largest"] == pytest.approx(alone["largest"], rel=1e-12)
    assert [each["name"] for each in found.record.content["module"]["layers"]] == ["2"]
    assert found.record.content["module"]["trainable"] == 25


def test_several_outputs_train_together(inputs):
    module = made(outputs=2)
    generator = torch.Generator().manual_seed(5)
    targets = torch.randn(ROWS, 2, generator=generator, dtype=torch.float64)
    found = ww.diagnose(inputs, targets, module=module, epochs=20)
    jacobian = stacked_jacobian(module, inputs).detach()
    with torch.no_grad():
        residual = (targets - module(inputs)).reshape(-1)
    curve, size = found.record.content["curve"], float(residual.norm())
    for _ in range(20):
        residual = residual - curve["step"] * (jacobian @ (jacobian.T @ residual))
    assert curve["final_predicted"] == pytest.approx(float(residual.norm()) / size)
    assert part(found, "tangent")["spectrum"]["size"] == 2 * ROWS


def test_classes_become_columns(inputs):
    kinds = torch.arange(ROWS) % 3
    columns = nn.functional.one_hot(kinds).to(torch.float64)
    by_class = ww.diagnose(inputs, kinds, module=made(3), epochs=2)
    by_column = ww.diagnose(inputs, columns, module=made(3), epochs=2)
    assert by_class.record.content["curve"] == by_column.record.content["curve"]
    assert "3 columns of 0 and 1" in " ".join(by_class.record.content["notes"])


def test_without_labels_the_hardest_ones_are_meant(inputs):
    found = ww.diagnose(inputs, module=made())
    training = part(found, "tangent")["training"]
    spectrum = part(found, "tangent")["spectrum"]
    assert training["worst_case"]
    assert found.record.content["curve"] is None
    rate = 1 - 2 / (spectrum["condition_number"] + 1)
    expected = math.log(1e-2) / math.log(rate)
    # Rounded up to a whole number; a condition number is right to 1e-6 of itself.
    steps = training["steps"]["0.01"]
    assert expected * (1 - 1e-6) <= steps < expected * (1 + 1e-6) + 1


def test_too_narrow_a_module_is_told_from_a_wide_one(inputs, labels):
    narrow = ww.diagnose(inputs, labels, module=made(width=2), epochs=0)
    assert narrow.verdict("width").status == "no"
    assert narrow.verdict("fits").status == "no"
    middle = ww.diagnose(inputs, labels, module=made(width=8), epochs=0)
    assert middle.verdict("width").status == "caution"
    assert "all its layers" in middle.verdict("fits").answer
    assert part(middle, "last_layer")["spectrum"]["rank"] == 9


def test_a_sample_of_rows_is_said_to_be_one(inputs, labels):
    found = ww.diagnose(inputs, labels, module=made(), epochs=2, budget=Budget(rows=9))
    data = found.record.content["data"]
    assert (data["rows"], data["rows_total"]) == (9, ROWS)
    assert "sample of 9" in data["sample_note"]
    assert "rank verdict" not in data["sample_note"]
    assert part(found, "tangent")["spectrum"]["size"] == 9


def test_the_fourth_verdict_compares_the_two_ways(found):
    alone, every = (
        part(found, key)["training"]["steps"]["0.01"]
        for key in ("last_layer", "tangent")
    )
    verdict = found.verdict("layers")
    assert verdict.answer.startswith("All its layers") is (every < alone)
    assert "times fewer steps" in verdict.answer


@pytest.mark.parametrize("parametrization", ["standard", "ntk", "mean_field", "mup"])
def test_our_own_networks_are_modules_too(inputs, labels, parametrization):
    network = ww.networks.TwoLayer(
        INPUTS, 60, "tanh", parametrization=parametrization, bias_std=0.5
    )
    found = ww.diagnose(inputs, labels, module=network, epochs=3)
    with torch.no_grad():
        values = torch.linalg.svdvals(network.features(inputs))
    spectrum = part(found, "last_layer")["spectrum"]
    assert spectrum["largest"] == pytest.approx(float(values[0]) ** 2, rel=1e-12)
    curve = found.record.content["curve"]
    assert curve["stopped"] is None
    jacobian = stacked_jacobian(network, inputs).detach()
    with torch.no_grad():
        residual = labels - network(inputs)
    first = residual - curve["step"] * (jacobian @ (jacobian.T @ residual))
    predicted = float(first.norm() / residual.norm())
    assert found.record.arrays["curve/predicted"][1] == pytest.approx(predicted)
    # One real step is one of autograd's: the linear one and what the kernel changes.
    ((labels - network(inputs)).square().sum() / 2).backward()
    with torch.no_grad():
        for each in network.parameters():
            if each.grad is not None:
                each -= curve["step"] * each.grad
        real = float((labels - network(inputs)).norm() / residual.norm())
    assert found.record.arrays["curve/real"][1] == pytest.approx(real, rel=1e-12)


def test_a_deep_network_with_a_bias_in_its_readout_is_a_module(inputs, labels):
    network = ww.networks.FullyConnected(INPUTS, 40, "tanh", depth=2, bias_std=0.3)
    found = ww.diagnose(inputs, labels, module=network, epochs=0)
    kernels = ww.features.module_tangent_kernels_by_layer(network, inputs)
    last = found.record.content["module"]["layer"]
    largest = float(torch.linalg.eigvalsh(kernels[last])[-1])
    ours = part(found, "last_layer")["spectrum"]["largest"]
    assert ours == pytest.approx(largest, rel=1e-12)


def test_a_record_is_read_back_and_drawn(found, tmp_path):
    page = found.save(tmp_path / "out")
    again = Diagnosis.load(tmp_path / "out")
    assert again.to_html() == page.read_text(encoding="utf-8")
    assert json.loads(again.to_json()) == json.loads(found.to_json())
    assert again.table().columns == found.table().columns
    assert "Sequential" in repr(again)
