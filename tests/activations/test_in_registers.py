"""What numba's vectors make of a number is what the activation makes of it."""

import math
import platform

import mpmath as mp
import numpy as np
import pytest
import torch
from llvmlite import binding

from widthwise import activations
from widthwise.numerics.panels.functions import FARTHEST_TURN
from widthwise.numerics.panels.overwriting import KINDS, overwrite

# Elsewhere nothing but Wendland's functions is made so; they have a test of their own.
pytestmark = pytest.mark.skipif(
    platform.machine() in ("x86_64", "AMD64")
    and not binding.get_host_cpu_features().get("fma"),
    reason="this processor does not multiply and add in one operation",
)

EPS = 2.0**-52
TINIEST = 2.0**-1074


def in_registers(activation, z):
    found = z.copy()
    name, numbers = activation.in_registers
    overwrite(found, 0, len(found), KINDS[name], np.array(numbers, float))
    return found


def hostile(largest):
    """Zero, where exponents end, and where an argument is cut in parts, with sides."""
    ends = [0.0, TINIEST, 2.2e-308, 1e-160, 2.0**-53, 0.25, 0.25 * 2**0.5, 1.0, 3.0]
    ends += [k * math.log(2) / 2 for k in (1, 3, 7, 51, 2047, 2149)]
    ends += [k * math.pi / 4 for k in (1, 2, 3, 22, 710, 573_204)]
    ends += [k / 256 for k in (1, 3, 65, 255, 1535)] + [6.0, 20.0, 37.0, 40.0, 45.0]
    ends += [709.0, 709.78, 709.79, 745.1, 745.2, 746.0, FARTHEST_TURN, 1e17, 1e300]
    sizes = np.concatenate([ends, np.nextafter(ends, 0), np.nextafter(ends, np.inf)])
    drawn = np.random.default_rng(0).standard_normal(30)
    z = np.concatenate([sizes, -sizes, drawn])
    return z[np.abs(z) <= largest]


def test_it_is_what_the_activation_makes_of_any_number(activation):
    low, high = activation.domain
    z = hostile(min(-low, high))
    if high == math.inf:
        z = np.concatenate([z, [math.nan, math.inf, -math.inf]])
    if activation.in_registers is None:
        return
    found = in_registers(activation, z)
    expected = activation.apply_(torch.from_numpy(z.copy())).numpy()
    size = np.abs(z)
    allowed = 4 * EPS * np.abs(expected) + TINIEST * (1 + np.fmin(size, 1e3))
    if activation.name == "gelu":  # erf is beside 1.
        allowed += EPS * size
    elif activation.name == "gelu_tanh":  # The exponential's own argument is rounded.
        allowed *= 1 + np.minimum(size, 30.0) ** 3
    elif activation.name.startswith("wendland"):  # As in the contract.
        allowed *= 2 * (activation.degree + activation.order)
    elif activation.name == "hermite" and activation.degree:  # The terms cancel.
        terms = np.abs([*(activation.odd_part(1.0) or activation.even_part(1.0))])
        below = np.minimum(size, 1e20)
        allowed += 4 * EPS * np.polynomial.polynomial.polyval(below, terms)
    both = np.isfinite(found) & np.isfinite(expected)
    np.testing.assert_array_equal(found[~both], expected[~both])
    found, expected, allowed = found[both], expected[both], allowed[both]
    assert np.all(np.abs(found - expected) <= allowed)


EXPONENTIAL = ["elu", "exp", "gaussian", "mish", "sigmoid", "softplus", "swish", "tanh"]


@pytest.mark.parametrize("name", [*EXPONENTIAL, "erf", "sin", "cos"])
def test_it_is_within_three_units_of_the_definition(name):
    from definitions_in_mpmath import DEFINITIONS

    activation, reach = activations.get(name), 1e17 if name in ("sin", "cos") else 700
    z = hostile(10.0 if name == "gaussian" else reach)
    found = in_registers(activation, z)
    with mp.workdps(60):
        for x, value in zip(z.tolist(), found.tolist(), strict=True):
            exact = DEFINITIONS[name](mp.mpf(x), activation)
            # The square of a gaussian's argument is rounded before its exponential.
            units = 3 + (x * x / 2 if name == "gaussian" else 0)
            assert abs(value - exact) <= units * math.ulp(float(exact)), (x, value)


@pytest.mark.parametrize("count", [1, 7, 8, 9, 25])
def test_numbers_before_and_behind_stay(count):
    z = np.full(40, -1.0)
    overwrite(z, 3, count, KINDS["abs"], np.empty(0))
    assert np.array_equal(np.flatnonzero(z == 1.0), np.arange(3, 3 + count))


def test_the_shortest_supports_are_left_to_pytorch():
    activation = activations.get("wendland2", dimension=3, alpha=1e-151)
    assert activation.in_registers is None
    z = torch.full((2**14,), 0.5, dtype=torch.float64)
    assert not activation.apply_(z).any()
