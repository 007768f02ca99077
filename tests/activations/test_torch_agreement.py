"""The catalog agrees with PyTorch's own functions of the same names."""

import pytest
import torch
from torch.nn import functional

from widthwise import activations

PAIRS = {
    "relu": functional.relu,
    "leaky_relu": functional.leaky_relu,
    "elu": functional.elu,
    "selu": functional.selu,
    "celu": functional.celu,
    "gelu": functional.gelu,
    "gelu_tanh": lambda z: functional.gelu(z, approximate="tanh"),
    "silu": functional.silu,
    "swish": functional.silu,
    "hard_swish": functional.hardswish,
    "mish": functional.mish,
    "sigmoid": functional.sigmoid,
    "hard_tanh": functional.hardtanh,
    "tanh": functional.tanh,
    "erf": torch.special.erf,
    "abs": torch.abs,
}


@pytest.mark.parametrize("name", PAIRS)
def test_default_parameters_are_pytorch_s(name):
    z = torch.linspace(-20, 20, 4001, dtype=torch.float64)
    torch.testing.assert_close(
        activations.get(name)(z), PAIRS[name](z), rtol=1e-15, atol=1e-15
    )


def test_softplus_agrees_where_pytorch_s_is_exact():
    z = torch.linspace(-20, 20, 4001, dtype=torch.float64)
    torch.testing.assert_close(
        activations.get("softplus")(z), functional.softplus(z), rtol=1e-15, atol=0
    )


def test_softplus_is_exact_where_pytorch_s_is_not():
    z = torch.tensor([20.5], dtype=torch.float64)
    excess = float(activations.get("softplus")(z) - z)
    # log(1 + e^z) - z = e^{-z}(1 - ...); one unit in the last place of 20.5 is 4e-15.
    assert excess == pytest.approx(1.2501528e-9, abs=4e-15)
    assert float(functional.softplus(z) - z) == 0.0
