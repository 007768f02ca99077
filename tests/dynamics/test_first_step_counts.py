"""Where every curve begins, and what is refused before it does."""

import inspect
import math

import pytest
import torch

from widthwise.dynamics import (
    chebyshev_iteration,
    conjugate_gradients,
    gradient_descent,
    gradient_flow,
    heavy_ball,
    landweber,
    landweber_from_svd,
    linear_model,
    nesterov,
    ridge,
    stochastic_descent,
)
from widthwise.dynamics.linear._checks import checked
from widthwise.errors import DataError, InvalidArgumentError

METHODS = {
    each.__name__: each
    for each in (
        chebyshev_iteration,
        conjugate_gradients,
        gradient_descent,
        gradient_flow,
        heavy_ball,
        nesterov,
        ridge,
    )
}
MONOTONE = ("conjugate_gradients", "gradient_descent", "gradient_flow", "ridge")


def unchecked(function):
    """Return a function as a user calls it, without the tests' checks of types."""
    return inspect.unwrap(function)


def draw(*shape, seed):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("name", METHODS)
def test_the_residual_is_one_before_training(name):
    """Exactly: a tolerance of 1 is met by doing nothing."""
    for seed in range(30):
        features = draw(6, 9, seed=seed) * 10.0 ** (seed - 15)
        run = METHODS[name](linear_model(features, draw(6, seed=100 + seed)))
        assert run.relative_residual(0) == 1.0
        if name in MONOTONE:
            assert run.steps_to(1.0) == 0


def test_gradient_descent_never_leaves_the_documented_range():
    for seed in range(30):
        run = landweber(draw(6, 9, seed=seed), draw(6, seed=100 + seed))
        assert run.steps_to(1.0) == 0
        assert max(run.relative_residual([0, 1, 2, 10, 10**15])) <= 1.0


def test_shapes_that_mean_nothing_are_refused():
    with pytest.raises(DataError, match=r"phi have shape \(3,\)"):
        unchecked(landweber)(draw(3, seed=0), draw(3, seed=1))
    with pytest.raises(DataError, match=r"y has shape \(3, 1\)"):
        unchecked(landweber_from_svd)(torch.ones(3), torch.eye(3), draw(3, 1, seed=1))
    with pytest.raises(DataError, match=r"features have shape \(3,\)"):
        unchecked(linear_model)(draw(3, seed=0), draw(3, seed=1))
    with pytest.raises(DataError, match="features have dtype <U1; they must be real"):
        unchecked(checked)([["a"]], "features")
    with pytest.raises(DataError, match="complex"):
        unchecked(linear_model)(draw(2, 2, seed=0) * 1j, draw(2, seed=1))
    with pytest.raises(InvalidArgumentError, match=r"2\.5; it must be a whole number"):
        unchecked(stochastic_descent)(
            linear_model(draw(3, 4, seed=0), draw(3, seed=1)), 2.5
        )
    assert math.isfinite(landweber(draw(3, 4, seed=0), draw(3, seed=1)).step)
