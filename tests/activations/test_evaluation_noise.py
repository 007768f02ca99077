import math

import numpy as np
import pytest
import torch

from widthwise.activations import evaluation_noise, from_callable
from widthwise.features import RandomFeatures
from widthwise.readouts import minimum_norm

LINE = (-math.inf, math.inf)
EPS = 2.0**-52


@pytest.mark.parametrize("constant", [1e6, 1e9, 1e12])
def test_beside_a_large_constant_a_value_is_rounded_by_half_a_digit(constant):
    z = torch.linspace(-2, 2, 50, dtype=torch.float64)
    noise = evaluation_noise(lambda x: x * x + constant, z, LINE)
    exact = np.longdouble(z.numpy()) ** 2 + np.longdouble(constant)
    errors = np.abs(exact - (z * z + constant).numpy()).astype(float)
    assert np.all(errors <= noise.numpy())
    assert float(noise.max()) <= 4 * EPS * constant


def test_what_rests_over_short_steps_shows_its_grain_over_long_ones():
    def act(x):
        return (x * x + 1e9) - 1e9  # A multiple of 2**-23.

    z = torch.linspace(0.5, 2, 50, dtype=torch.float64)
    noise = evaluation_noise(act, z, LINE)
    errors = (act(z) - z * z).abs()
    typical = float(errors.square().mean().sqrt())
    assert typical < float(noise.square().mean().sqrt()) < 10 * typical


def test_what_is_constant_or_linear_gains_no_noise():
    z = torch.linspace(-2, 2, 50, dtype=torch.float64)
    assert float(evaluation_noise(torch.relu, z, LINE).max()) <= 2 * 2 * EPS
    rests = evaluation_noise(lambda x: torch.clamp(x, -0.5, 0.5), z, LINE)
    assert float(rests[z.abs() > 0.51].max()) <= EPS


@pytest.mark.parametrize("constant", [1e9, 1e12])
@pytest.mark.parametrize("act", [torch.square, torch.tanh])
def test_a_residual_covers_the_rounding_of_features_beside_a_constant(act, constant):
    points = torch.randn(
        40, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64
    )
    points = points / points.norm(dim=1, keepdim=True)
    y = points[:, 0] * points[:, 1]
    layer = RandomFeatures(from_callable(lambda z: act(z) + constant), 400, "gaussian")
    found = minimum_norm(layer.matrix(points), y)
    weights = layer.weights(6).numpy().astype(np.longdouble)
    z = points.numpy().astype(np.longdouble) @ weights.T
    exact = (z * z if act is torch.square else np.tanh(z)) + np.longdouble(constant)
    fitted = exact @ found.solution.numpy().astype(np.longdouble) / 20
    missed = float(np.linalg.norm((fitted - y.numpy()).astype(float)) / y.norm())
    assert missed <= found.residual <= 100 * missed + 1e-9
