"""What infinite width makes of each parametrization is what wide networks tend to."""

import pytest
import torch

from widthwise.errors import InvalidArgumentError, UnknownNameError
from widthwise.features import sampled_kernels
from widthwise.kernels import HiddenLayer, deep_diagonals, deep_kernels
from widthwise.networks import FullyConnected

WIDTH = 256
POINTS = 1.5 * torch.randn(3, 4, generator=torch.Generator().manual_seed(3)).double()
CASES = [
    # name, depth, what the tangent and the conjugate kernel are multiplied by
    ("standard", 1, 1 / WIDTH, 1.0),
    ("standard", 2, 1 / WIDTH, 1.0),
    ("mean_field", 1, WIDTH, WIDTH),
    ("mup", 1, 1.0, WIDTH),
    ("mup", 2, 1.0, WIDTH),
]


@pytest.mark.parametrize(("name", "depth", "of_tangent", "of_conjugate"), CASES)
@pytest.mark.parametrize("bias", [0.0, 0.3])
def test_networks_at_finite_width_tend_to_it(
    name, depth, of_tangent, of_conjugate, bias
):
    """Parts that vanish with the width are below 5/m of the kernel, others 4/m."""
    found = sampled_kernels(
        lambda seed: FullyConnected(
            4,
            WIDTH,
            "erf",
            depth=depth,
            seed=seed,
            parametrization=name,
            weight_std=1.4,
            bias_std=bias or None,
        ),
        POINTS,
        networks=40,
    )
    readout = HiddenLayer("erf", 1.4, bias)
    conjugate, tangent = deep_kernels(
        POINTS, "erf", depth, 1.4, bias, readout=readout, parametrization=name
    )
    if bias and name == "mean_field":
        # The output's bias is one number: its rate is not multiplied by m.
        tangent = tangent - bias**2
        found_tangent = (found.tangent - bias**2) * of_tangent
    else:
        found_tangent = found.tangent * of_tangent
    size = tangent.abs().max()
    allowed = 4 * found.tangent_error * of_tangent + 9 / WIDTH * size
    assert torch.all((found_tangent - tangent).abs() <= allowed)
    if of_conjugate > 1:
        found_conjugate = (found.conjugate - bias**2) * of_conjugate + bias**2
    else:
        found_conjugate = found.conjugate
    off = (found_conjugate - conjugate).abs()
    error = 4 * found.conjugate_error * of_conjugate
    assert torch.all(off <= error + 4 / WIDTH * conjugate.abs().max())


def test_rates_are_factors_of_the_parts_of_their_maps():
    layers = [HiddenLayer("relu", 1.2, 0.3), HiddenLayer("relu", 1.1, 0.2)]
    readout = HiddenLayer("relu", 0.9, 0.1)
    parts = []
    for place in range(3):
        for rates in ((1.0, 0.0), (0.0, 1.0)):
            maps = [
                HiddenLayer("relu", each.weight_std, each.bias_std, True, 0.0, *some)
                for number, each in enumerate([*layers, readout])
                for some in [rates if number == place else (0.0, 0.0)]
            ]
            parts.append(deep_kernels(POINTS, maps[:2], readout=maps[2])[1])
    _, whole = deep_kernels(POINTS, layers, readout=readout)
    torch.testing.assert_close(sum(parts), whole, rtol=1e-13, atol=0)


def test_mean_field_has_the_tangent_kernel_of_ntk_and_mup_that_of_its_weights():
    ntk = deep_kernels(POINTS, "relu", 1, 1.4, 0.3)
    for one, two in zip(
        ntk,
        deep_kernels(POINTS, "relu", 1, 1.4, 0.3, parametrization="mean_field"),
        strict=True,
    ):
        assert torch.equal(one, two)
    settings = {"parametrization": "mup"}
    matrix = deep_kernels(POINTS, "relu", 2, 1.4, 0.3, **settings)
    diagonal = deep_diagonals(POINTS, "relu", 2, 1.4, 0.3, **settings)
    for one, two in zip(matrix, diagonal, strict=True):
        torch.testing.assert_close(one.diagonal(), two, rtol=1e-13, atol=0)


def test_scales_keep_their_gradient_in_every_parametrization():
    scale = torch.tensor(1.3, dtype=torch.float64, requires_grad=True)
    for name in ("standard", "mup"):
        assert torch.autograd.gradcheck(
            lambda s, name=name: deep_kernels(
                POINTS, "relu", 2, s, 0.2, parametrization=name
            ),
            scale,
            eps=1e-5,
            atol=2e-8,
            rtol=1e-7,
        )


def test_what_is_no_parametrization_is_said():
    with pytest.raises(UnknownNameError, match="standard"):
        deep_kernels(POINTS, "relu", 1, parametrization="standrad")
    with pytest.raises(InvalidArgumentError, match=r"one hidden layer, not 2"):
        deep_kernels(POINTS, "relu", 2, parametrization="mean_field")
