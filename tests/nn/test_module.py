"""Test `nn`: every activation as a step of a PyTorch model."""

import copy
import math
import pickle
import subprocess
import sys

import numpy as np
import pytest
import torch

from widthwise import activations, nn
from widthwise.errors import (
    InvalidArgumentError,
    OutsideDomainError,
    UnknownNameError,
)
from widthwise.features import module_tangent_kernel

ACTS = [
    *(
        activations.get(name, **each.example)
        for name, each in activations.CATALOG.items()
    ),
    activations.get("leaky_relu", negative_slope=-0.3),
    activations.get("wendland2", dimension=8, alpha=1.9),
    *(activations.normalized(name) for name in ("relu", "gelu", "step", "sin")),
    activations.from_kernel([0.1, 0.5, 0.0, 0.4], 5),
    activations.from_callable(np.arctan, name="arctan_of_numpy"),
]


def for_each(acts):
    return pytest.mark.parametrize(
        "act", acts, ids=lambda each: f"{each.name}-{each!r:.40}"
    )


EACH = for_each(ACTS)
# A function of NumPy leaves the device.
ON_TORCH = for_each([act for act in ACTS if not isinstance(act, activations.Custom)])
BETWEEN = torch.tensor([-0.83, -0.31, 0.27, 0.64], dtype=torch.float64)


@EACH
def test_values_are_those_of_the_activation_on_any_shape(act):
    z = torch.linspace(-1, 1, 24, dtype=torch.float64).reshape(2, 3, 4)
    assert torch.equal(nn.activation(act)(z), act(z))
    assert nn.activation(act)(z[:0]).shape == (0, 3, 4)


@EACH
@pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated")
def test_gradients_are_those_of_differences_and_of_the_derivative(act):
    step = nn.activation(act)
    z = BETWEEN.clone().requires_grad_()
    assert torch.autograd.gradcheck(step, (z,), rtol=1e-5, atol=1e-8)
    (slope,) = torch.autograd.grad(step(z).sum(), z)
    torch.testing.assert_close(slope, act.derivative(BETWEEN), rtol=1e-6, atol=1e-9)
    if isinstance(act, activations.Custom):
        return  # NumPy is opaque to torch.func
    _, forward = torch.func.jvp(step, (BETWEEN,), (torch.ones(4, dtype=torch.float64),))
    torch.testing.assert_close(forward, slope, rtol=1e-12, atol=1e-14)
    if math.isfinite(act.domain[1]):
        return  # whether values are inside is no question for torch.func.vmap
    per_row = torch.func.vmap(torch.func.grad(step))(BETWEEN)
    torch.testing.assert_close(per_row, slope, rtol=1e-12, atol=1e-14)


@EACH
def test_gradient_at_a_kink_or_an_end_is_that_of_one_side(act):
    at = [b for b in (-1.0, *act.breakpoints, 1.0) if math.isfinite(b)]
    z = torch.tensor(at, dtype=torch.float64).clamp(*act.domain).requires_grad_()
    (slope,) = torch.autograd.grad(nn.activation(act)(z).sum(), z)
    sides = [
        act.derivative((z.detach() + way * 1e-9).clamp(*act.domain)) for way in (-1, 1)
    ]
    low, high = torch.minimum(*sides) - 1e-6, torch.maximum(*sides) + 1e-6
    # An infinite slope at the end of a domain is told as one.
    is_between = (slope >= low) & ((slope <= high) | slope.isinf())
    assert bool(is_between.all()), (slope, sides)
    assert bool((slope.isinf() <= act.derivative(z.detach()).isinf()).all())


@EACH
@pytest.mark.parametrize(
    "dtype", [torch.float16, torch.bfloat16, torch.float32], ids=str
)
def test_short_floats_stay_as_they_are(act, dtype):
    z = torch.linspace(-0.95, 0.95, 33, dtype=torch.float64).to(dtype).requires_grad_()
    values = nn.activation(act)(z)
    values.sum().backward()
    assert values.dtype == z.grad.dtype == dtype
    exact = act(z.detach().double())
    slopes = act.derivative(z.detach().double())
    unit = torch.finfo(dtype).eps
    size = float(exact.abs().max() + slopes[slopes.isfinite()].abs().max())
    assert float((values.detach().double() - exact).abs().max()) <= 16 * unit * size


@ON_TORCH
def test_no_constant_ties_it_to_a_device(act):
    z = torch.empty(3, 5, device="meta", dtype=torch.float32, requires_grad=True)
    values = nn.activation(act)(z)
    values.sum().backward()
    assert values.device.type == z.grad.device.type == "meta"


@EACH
def test_copies_and_pickles_are_equal_and_hold_no_state(act):
    step = nn.activation(act)
    assert not step.state_dict()
    assert not list(step.parameters())
    assert torch.equal(copy.deepcopy(step)(BETWEEN), act(BETWEEN))
    again = pickle.loads(pickle.dumps(step))
    assert again.act == act
    assert torch.equal(again(BETWEEN), act(BETWEEN))


def test_a_model_is_printed_with_the_parameters():
    model = torch.nn.Sequential(
        nn.activation("wendland2", dimension=8, outside="clamp")
    )
    expected = "ActivationModule(Wendland2(dimension=8, alpha=1.41421356"
    assert expected in repr(model)
    assert "outside='clamp'" in repr(model)
    assert repr(nn.activation("relu")) == "ActivationModule(Relu())"


COMPILED = """
import torch
from widthwise import activations, nn

acts = [activations.get(name, **each.example)
        for name, each in activations.CATALOG.items()]
acts += [activations.normalized(name) for name in ("relu", "gelu", "step")]

class Everything(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.steps = torch.nn.ModuleList(map(nn.activation, acts))
    def forward(self, z):
        return torch.stack([step(z) for step in self.steps])

model = Everything()
weights = torch.rand(len(acts), 4, dtype=torch.float64)
found = []
for each in (model, torch.compile(model, backend="aot_eager", fullgraph=True)):
    z = torch.tensor([-0.83, -0.31, 0.27, 0.64], dtype=torch.float64)
    values = each(z.requires_grad_())
    (values * weights).sum().backward()
    found.append((values.detach(), z.grad))
torch.testing.assert_close(found[1], found[0], rtol=1e-14, atol=1e-15)
refusing = nn.activation("wendland2", dimension=3)
try:
    torch.compile(refusing, backend="aot_eager", fullgraph=True)(2 * z.detach())
except RuntimeError as refusal:
    print(refusal)
"""
"""Without the type checker of the tests, which torch.compile cannot follow."""


@pytest.mark.slow
def test_compiled_in_one_graph_it_is_the_same_and_refuses_the_same():
    done = subprocess.run(
        [sys.executable, "-c", COMPILED], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "wendland2 is defined on [-1, 1]" in done.stdout


def test_values_outside_are_refused_or_clamped_as_asked():
    z = torch.tensor([-3.0, 0.5, 1.5], dtype=torch.float64, requires_grad=True)
    refusing = nn.activation("wendland2", dimension=3)
    with pytest.raises(OutsideDomainError, match=r"\(2 of 3 values are outside\)"):
        refusing(z)
    clamping = nn.activation("wendland2", dimension=3, outside="clamp")
    values = clamping(z)
    values.sum().backward()
    assert values.tolist()[::2] == [0.0, 1.0]
    assert z.grad.tolist()[::2] == [0.0, 0.0]
    assert float(z.grad[1]) == float(refusing.act.derivative(z.detach()[1:2]))


def test_refusals_say_what_is_wrong():
    with pytest.raises(UnknownNameError, match="'gelu'"):
        nn.activation("gelux")
    with pytest.raises(InvalidArgumentError, match="outside is 'wrap'"):
        nn.activation("relu", outside="wrap")
    with pytest.raises(InvalidArgumentError, match="needs dimension"):
        nn.activation("wendland0")


@pytest.mark.parametrize("name", ["normalized_swish", "wendland2"])
def test_a_model_of_ones_own_trains_and_has_a_tangent_kernel(name):
    torch.manual_seed(0)
    points = torch.nn.functional.normalize(torch.randn(12, 3, dtype=torch.float64))
    targets = points[:, 0] * points[:, 1]
    inner = torch.nn.Linear(3, 64, bias=False, dtype=torch.float64)
    with torch.no_grad():
        inner.weight.copy_(torch.nn.functional.normalize(inner.weight))
    step = nn.activation(activations.for_dimension(name, 3), outside="clamp")
    model = torch.nn.Sequential(
        inner, step, torch.nn.Linear(64, 1, dtype=torch.float64)
    )
    weight, bias = model[2].weight.detach()[0], 1.0
    kernel = module_tangent_kernel(model, points)
    z = points @ inner.weight.detach().T
    slopes = step.act.derivative(z) * weight
    expected = (slopes @ slopes.T) * (points @ points.T)
    expected += step.act(z) @ step.act(z).T + bias
    torch.testing.assert_close(
        torch.as_tensor(kernel), expected, rtol=1e-9, atol=1e-12, check_dtype=False
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
    losses = []
    for _ in range(60):
        loss = torch.nn.functional.mse_loss(model(points)[:, 0], targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.1 * losses[0]
