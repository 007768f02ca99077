"""Wide finite networks have the deep kernels, up to one over the root of the width."""

import math

import numpy as np
import pytest
import torch

from widthwise import activations
from widthwise.kernels import deep_kernels

WEIGHT_STD, BIAS_STD, DEPTH = 1.4, 0.3, 3


def network(points, sigma, width, generator):
    """Return outputs and J Jᵀ of a random network, by forward and backward passes.

    A layer's part of J Jᵀ is the product, entry by entry, of two Gram matrices: of its
    inputs, and of the derivatives with respect to its outputs.
    """
    hidden, slopes, sizes, weights = points, [], [], []
    grams = []
    for layer in range(DEPTH + 1):
        fan_in = hidden.shape[1]
        outputs = 1 if layer == DEPTH else width
        matrix = generator.standard_normal((outputs, fan_in))
        bias = generator.standard_normal(outputs)
        grams.append(WEIGHT_STD**2 * hidden @ hidden.T / fan_in + BIAS_STD**2)
        z = WEIGHT_STD / math.sqrt(fan_in) * hidden @ matrix.T + BIAS_STD * bias
        weights.append(matrix)
        sizes.append(fan_in)
        if layer < DEPTH:
            slopes.append(sigma.derivative(torch.from_numpy(z)).numpy())
            hidden = sigma(torch.from_numpy(z)).numpy()
    back = np.ones((len(points), 1))
    tangent = grams[-1].copy()
    for layer in range(DEPTH - 1, -1, -1):
        scale = WEIGHT_STD / math.sqrt(sizes[layer + 1])
        back = scale * (back @ weights[layer + 1]) * slopes[layer]
        tangent += grams[layer] * (back @ back.T)
    return z[:, 0], tangent


def test_the_backward_pass_is_the_one_of_autograd(points):
    """The Jacobian of a network this small, column by column."""
    sigma = activations.get("tanh")
    x = points[:4].numpy()
    _, found = network(x, sigma, 5, np.random.default_rng(2))
    generator = np.random.default_rng(2)
    shapes = [(5, 5), (5, 5), (5, 5), (1, 5)]
    parameters = []
    for shape in shapes:
        for size in (shape, shape[:1]):
            values = torch.from_numpy(generator.standard_normal(size))
            parameters.append(values.requires_grad_())

    def forward(h):
        for layer in range(4):
            matrix, bias = parameters[2 * layer : 2 * layer + 2]
            h = WEIGHT_STD / math.sqrt(h.shape[1]) * h @ matrix.T + BIAS_STD * bias
            h = torch.tanh(h) if layer < 3 else h
        return h[:, 0]

    outputs = forward(torch.from_numpy(x))
    rows = []
    for output in outputs:
        parts = torch.autograd.grad(output, parameters, retain_graph=True)
        rows.append(torch.cat([part.reshape(-1) for part in parts]))
    jacobian = torch.stack(rows)
    np.testing.assert_allclose(found, (jacobian @ jacobian.T).numpy(), rtol=1e-12)


@pytest.mark.parametrize("name", ["relu", "tanh", "swish"])
def test_outputs_have_the_conjugate_kernel_as_covariance(points, name):
    """600 networks of width 128: the mean of f fᵀ within five standard errors.

    The bias from the width is of order 1/128 of the entries; it is allowed for.
    """
    sigma, trials, width = activations.get(name), 600, 128
    x = points[:4].numpy()
    conjugate, _ = deep_kernels(points[:4], sigma, DEPTH, WEIGHT_STD, BIAS_STD)
    generator = np.random.default_rng(5)
    products = []
    for _ in range(trials):
        hidden = x
        for _layer in range(DEPTH):
            fan_in = hidden.shape[1]
            matrix = generator.standard_normal((width, fan_in), dtype=np.float32)
            bias = generator.standard_normal(width)
            z = WEIGHT_STD / math.sqrt(fan_in) * hidden @ matrix.T + BIAS_STD * bias
            hidden = sigma(torch.from_numpy(z)).numpy()
        # The readout's weights are averaged over exactly.
        products.append(WEIGHT_STD**2 * hidden @ hidden.T / width + BIAS_STD**2)
    mean = np.mean(products, axis=0)
    standard_error = np.std(products, axis=0) / math.sqrt(trials)
    allowed = 5 * standard_error + 4 / width * float(conjugate.abs().max())
    assert np.all(np.abs(mean - conjugate.numpy()) <= allowed)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["relu", "tanh"])
def test_the_tangent_kernel_is_approached_like_one_over_the_root_of_the_width(
    points, name
):
    """Root mean square distances at widths 64 to 1024 fall with slope -1/2."""
    sigma = activations.get(name)
    x = points[:5].numpy()
    _, tangent = deep_kernels(points[:5], sigma, DEPTH, WEIGHT_STD, BIAS_STD)
    expected = tangent.numpy()
    generator = np.random.default_rng(7)
    widths, distances = (64, 256, 1024), []
    for width in widths:
        squares = [
            np.sum((network(x, sigma, width, generator)[1] - expected) ** 2)
            for _ in range(60)
        ]
        distances.append(math.sqrt(np.mean(squares)) / np.linalg.norm(expected))
    slope = np.polyfit(np.log(widths), np.log(distances), 1)[0]
    # 60 trials give each distance to about 10 %: 0.05 on the slope; three of them.
    assert -0.65 <= slope <= -0.35
    assert distances[-1] <= 0.1
