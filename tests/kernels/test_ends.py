"""A dual at one and at minus one, without the dual."""

import math

import pytest

from widthwise.activations import Scaled, get
from widthwise.kernels import dual
from widthwise.kernels.rules import ends
from widthwise.laws import Gaussian


@pytest.mark.parametrize("name", ["relu", "tanh", "mish", "selu", "gaussian", "cos"])
def test_the_ends_of_a_dual_are_integrals_of_one_variable(name):
    for scale in (0.3, 1.0, 20.0):
        act = Scaled(get(name), scale)
        kappa, (one, minus_one, bound) = dual(act, Gaussian()), ends(act)
        allowed = bound + kappa.error_bound
        assert abs(one - kappa.value_at_one) <= allowed
        assert abs(minus_one - float(kappa.at_angle(math.pi))) <= allowed
        assert bound <= 1e-13 * one
