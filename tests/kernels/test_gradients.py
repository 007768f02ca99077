"""Kernels carry gradients to points and scales: against differences of themselves."""

import numpy as np
import pytest
import torch
from torch.autograd import gradcheck

from widthwise import laws
from widthwise.activations import Scaled, get
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.kernels import (
    HiddenLayer,
    Parametrized,
    conjugate_diagonal,
    conjugate_kernel,
    deep_diagonals,
    deep_kernels,
    dual,
    tangent_diagonal,
    tangent_kernel,
    two_layer_kernels,
)

CHECKED = {"eps": 1e-5, "atol": 2e-8, "rtol": 1e-7}
"""Central differences at 1e-5 of values that are right to 1e-14: 1e-9 and a third
derivative times 1e-10."""
SLOW = pytest.mark.slow


def drawn(*shape, seed):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def scale(value):
    return torch.tensor(value, dtype=torch.float64, requires_grad=True)


@pytest.fixture
def rows():
    return drawn(3, 3, seed=0).requires_grad_()


@pytest.fixture
def units():
    return torch.nn.functional.normalize(drawn(3, 3, seed=0)).requires_grad_()


OTHERS = drawn(2, 3, seed=1)


@pytest.mark.parametrize("law", ["gaussian", "sphere"])
@pytest.mark.parametrize("name", ["relu", "abs", "leaky_relu", "square"])
def test_homogeneous_kernels_pass_gradcheck_at_any_norms(rows, name, law):
    others = OTHERS.clone().requires_grad_()
    assert gradcheck(lambda x: two_layer_kernels(x, name, law), rows, **CHECKED)
    for trained in ("inner", "both"):
        assert gradcheck(
            lambda x, y, trained=trained: tangent_kernel(x, name, law, trained, y),
            (rows, others),
            **CHECKED,
        )
    assert gradcheck(lambda x: tangent_diagonal(x, name, law), rows, **CHECKED)


@pytest.mark.parametrize("law", ["gaussian", "sphere"])
@pytest.mark.parametrize("name", ["tanh", pytest.param("elu", marks=SLOW)])
def test_kernels_pass_gradcheck_at_any_norms(rows, name, law):
    near = 1.5 * torch.nn.functional.normalize(rows.detach()) + 0.1 * rows.detach()
    near.requires_grad_()
    assert gradcheck(lambda x: two_layer_kernels(x, name, law), near, **CHECKED)
    assert gradcheck(lambda x: conjugate_diagonal(x, name, law), near, **CHECKED)


@pytest.mark.parametrize("law", ["gaussian", "sphere"])
@pytest.mark.parametrize("name", ["hard_tanh", pytest.param("hard_swish", marks=SLOW)])
def test_kinks_elsewhere_than_at_zero_pass_gradcheck(rows, name, law):
    far = 3 * rows.detach()[:2]
    far.requires_grad_()
    assert gradcheck(lambda x: two_layer_kernels(x, name, law), far, **CHECKED)
    assert gradcheck(
        lambda x, y: two_layer_kernels(x, name, law, y),
        (far, (3 * OTHERS).requires_grad_()),
        **CHECKED,
    )
    assert gradcheck(lambda x: conjugate_diagonal(x, name, law), far, **CHECKED)


@pytest.mark.parametrize("law", ["gaussian", "sphere"])
def test_unit_rows_have_the_gradient_across_the_sphere_too(units, law):
    """Their kernel is found without norms, its gradient is not."""
    assert gradcheck(lambda x: two_layer_kernels(x, "erf", law), units, **CHECKED)
    assert gradcheck(lambda x: tangent_diagonal(x, "erf", law), units, **CHECKED)


@pytest.mark.parametrize("name", ["relu", pytest.param("tanh", marks=SLOW)])
def test_scales_carry_gradients(rows, name):
    assert gradcheck(
        lambda x, w, b: two_layer_kernels(
            x, name, "gaussian", weight_std=w, bias_std=b
        ),
        (rows, scale(1.3), scale(0.4)),
        **CHECKED,
    )


@pytest.mark.parametrize("name", ["relu", pytest.param("erf", marks=SLOW)])
def test_deep_kernels_pass_gradcheck(rows, units, name):
    arguments = rows, scale(1.2), scale(0.3)
    assert gradcheck(
        lambda x, w, b: deep_kernels(x, name, 2, w, b), arguments, **CHECKED
    )
    assert gradcheck(
        lambda x, w, b: deep_diagonals(x, name, 2, w, b), arguments, **CHECKED
    )
    assert gradcheck(lambda x: deep_kernels(x, name, 3), units, **CHECKED)


def test_layers_carry_gradients_to_their_own_scales(rows):
    def both(x, weight, skip, bias):
        layers = [
            HiddenLayer("relu", 1.3, 0.2),
            HiddenLayer("abs", weight, 0.2, residual=skip, trained=False),
        ]
        readout = HiddenLayer("relu", 0.9, bias)
        return deep_kernels(x, layers, other=OTHERS, readout=readout)

    scales = scale(1.2), scale(0.6), scale(0.1)
    assert gradcheck(both, (rows, *scales), **CHECKED)


@pytest.mark.parametrize("sign", [1.0, -1.0, 2.0])
def test_gradcheck_passes_at_equal_opposite_and_parallel_points(rows, sign):
    """The limit where there is one: the conjugate kernel, and a smooth σ's tangent."""
    others = torch.cat([sign * rows.detach()[:1], OTHERS[:1]])
    for name, kernel in (
        ("relu", conjugate_kernel),
        ("square", conjugate_kernel),
        ("square", lambda x, *rest: tangent_kernel(x, *rest[:2], "both", rest[2])),
    ):
        assert gradcheck(
            lambda x, name=name, kernel=kernel: kernel(x, name, "gaussian", others),
            rows,
            **CHECKED,
        )
    assert gradcheck(
        lambda x: deep_kernels(x, "erf", 1, 1.1, 0.3, others), rows, **CHECKED
    )


@pytest.mark.parametrize("name", ["relu", "step", pytest.param("tanh", marks=SLOW)])
def test_no_gradient_is_nan_at_equal_or_opposite_points(name):
    x = drawn(2, 3, seed=4)
    rows = torch.cat([x, x, -x, 2 * x]).requires_grad_()
    both = two_layer_kernels(rows, name, "gaussian", bias_std=0.0)
    sum(each.sum() for each in both).backward()
    assert bool(torch.isfinite(rows.grad).all())


def test_a_cone_in_the_tangent_kernel_has_the_mean_of_its_slopes():
    """ReLU's grows like minus the distance around an equal point: 0 in the mean."""
    x = torch.nn.functional.normalize(drawn(1, 3, seed=5))
    point = x.clone().requires_grad_()
    tangent_kernel(point, "relu", "gaussian", "inner", x).sum().backward()
    # Θ = |x| |x'| t κ'(t): only the norm is left, with slope 1/2 along x.
    torch.testing.assert_close(point.grad, x / 2, rtol=1e-12, atol=1e-12)


def test_the_gradient_is_that_of_the_duals(units):
    """dκ/dt by `Dual.derivative`, a second route, times t's own gradient."""
    act, law = get("gelu"), laws.Gaussian()
    other = torch.nn.functional.normalize(OTHERS)
    tangential = units - (units.detach() * units).sum(1, True) * units.detach()
    conjugate_kernel(units, act, law, other).sum().backward()
    found = units.grad - (units.grad * units.detach()).sum(1, True) * units.detach()
    slopes = dual(act, law).derivative(units.detach() @ other.T)
    expected = slopes @ other
    expected -= (expected * units.detach()).sum(1, True) * units.detach()
    assert tangential.shape == expected.shape
    torch.testing.assert_close(found, expected, rtol=1e-11, atol=1e-11)


def test_values_are_those_without_gradients(rows):
    for found, expected in zip(
        two_layer_kernels(rows, "relu", "gaussian", bias_std=scale(0.2)),
        two_layer_kernels(rows.detach(), "relu", "gaussian", bias_std=0.2),
        strict=True,
    ):
        assert torch.equal(found.detach(), expected)
        assert found.requires_grad
        assert not expected.requires_grad
    with torch.no_grad():
        assert not conjugate_kernel(rows, "relu", "gaussian").requires_grad


def test_single_precision_points_get_their_own_gradient():
    points = drawn(3, 3, seed=0).float().requires_grad_()
    conjugate_kernel(points, "relu", "gaussian").sum().backward()
    assert points.grad.dtype == torch.float32


def test_a_wendland_kernel_has_a_gradient_along_the_sphere(units):
    act = get("wendland2", dimension=3)
    conjugate_kernel(units, act, "sphere").sum().backward()
    radial = (units.grad * units.detach()).sum(1)
    assert bool(torch.isfinite(units.grad).all())
    # Beyond the sphere it is not defined.
    np.testing.assert_allclose(radial, 0.0, atol=1e-12)


def test_what_has_no_gradient_is_said(rows):
    with pytest.raises(InvalidArgumentError, match=r"Row 1 is zero.*bias"):
        conjugate_kernel(
            (rows * torch.tensor([[1.0], [0.0], [1.0]])), "relu", "gaussian"
        )
    with pytest.raises(InvalidArgumentError, match=r"weight_std has shape \(3,\)"):
        conjugate_kernel(rows, "relu", "gaussian", weight_std=torch.ones(3))
    with pytest.raises(DataError, match="must be finite"):
        conjugate_kernel(rows * torch.inf, "relu", "gaussian")


def test_scales_and_parameters_carry_gradients_beside_a_row_that_is_zero():
    points, others = drawn(3, 3, seed=0), OTHERS.clone()
    points[1], others[0] = 0.0, 0.0

    def two_layers(weight, slope):
        act = Parametrized("leaky_relu", {"negative_slope": slope})
        given = points, act, "gaussian"
        blocks = two_layer_kernels(*given, others, weight_std=weight)
        return *blocks, tangent_diagonal(*given, weight_std=weight)

    def deep(weight, bias):
        layers = [
            HiddenLayer("relu", weight_std=weight),
            HiddenLayer("abs", bias_std=bias),
        ]
        return *deep_kernels(points, layers), *deep_diagonals(points, layers)

    assert gradcheck(two_layers, (scale(1.3), scale(0.2)), **CHECKED)
    assert gradcheck(deep, (scale(1.3), scale(0.4)), **CHECKED)


def test_a_zero_row_has_its_gradients_where_the_activation_is_not_zero(units):
    """Its entries are σ(0) E σ(a u); of cos that is exp(-a²/2)."""
    points, given = torch.zeros(2, 3).double(), drawn(2, 3, seed=1).requires_grad_()
    points[1] = units[1].detach()
    others = torch.nn.functional.normalize(given)
    factor, weight = scale(0.8), scale(1.3)
    act = Parametrized(Scaled(get("cos"), 0.8), {"factor": factor})
    found = conjugate_kernel(points, act, "gaussian", others, weight_std=weight)
    squares = (weight * factor) ** 2 * others.square().sum(dim=1)
    for one, two in zip(
        torch.autograd.grad(found[0].sum(), (factor, weight, given), retain_graph=True),
        torch.autograd.grad(torch.exp(-squares / 2).sum(), (factor, weight, given)),
        strict=True,
    ):
        assert torch.allclose(one, two, rtol=1e-10, atol=1e-12)
    found = conjugate_diagonal(points, act, "gaussian", weight_std=weight)
    (slope,) = torch.autograd.grad(found[0], factor)
    assert float(slope) == 0.0


def test_a_zero_row_passes_gradcheck_at_depth():
    points = torch.tensor([[0.0, 0.0], [1.0, 0.3]], dtype=torch.float64)

    def deep(weight, bias):
        layers = [
            HiddenLayer("cos", weight_std=weight),
            HiddenLayer("relu", bias_std=bias, weight_std=weight, residual=0.5),
        ]
        return *deep_kernels(points, layers), *deep_diagonals(points, layers)

    assert gradcheck(deep, (scale(1.3), scale(0.4)), **CHECKED)


@pytest.mark.parametrize("law", ["gaussian", "sphere"])
def test_a_zero_row_has_a_gradient_of_its_own_points_where_the_slope_does_not_jump(law):
    other, zero = OTHERS[:1, :2], torch.zeros(1, 2, dtype=torch.float64)
    assert gradcheck(
        lambda x: two_layer_kernels(torch.cat([x, other]), "erf", law),
        zero.requires_grad_(),
        **CHECKED,
    )


def test_at_depth_a_zero_row_has_one_too():
    points = torch.tensor([[0.0, 0.0], [1.0, 0.3]], dtype=torch.float64)
    layers = [
        HiddenLayer("erf", weight_std=1.2),
        HiddenLayer("cos"),
        HiddenLayer("relu"),  # which the row does not meet at zero
    ]
    points.requires_grad_()
    assert gradcheck(lambda x: deep_kernels(x, layers), points, **CHECKED)
    with pytest.raises(InvalidArgumentError, match="zero, where the slope of relu"):
        deep_kernels(points, [layers[0], layers[2]])


def test_a_zero_row_has_no_gradient_of_its_own_points_where_the_slope_jumps():
    points = drawn(3, 3, seed=0)
    points[1] = 0.0
    act = Parametrized("leaky_relu", {"negative_slope": scale(0.2)})
    with pytest.raises(InvalidArgumentError, match=r"Row 1 is zero, where"):
        conjugate_kernel(points.requires_grad_(), act, "gaussian")
