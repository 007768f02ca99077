"""Every activation in the catalog keeps the promises of `Activation`."""

import math
import pickle
from itertools import pairwise

import mpmath as mp
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.polynomial import chebyshev
from numpy.polynomial import polynomial as monomial

from widthwise import activations

EPS = 2.0**-52
GRID = torch.linspace(-1.0, 1.0, 200_001, dtype=torch.float64)


def reach(activation, largest):
    low, high = activation.domain
    return max(low, -largest), min(high, largest)


def sample(activation, largest=30.0, count=41):
    """Points of the domain, dense near 0, at and beside each breakpoint's sides."""
    low, high = reach(activation, largest)
    rng = np.random.default_rng(0)
    kinks = np.array(activation.breakpoints)
    near = np.concatenate([kinks + s for s in (-1e-3, -1e-7, 1e-7, 1e-3)])
    z = np.concatenate(
        [rng.uniform(low, high, count), rng.uniform(-1, 1, count), near, [-0.9, 0.25]]
    )
    z = z[(z >= low) & (z <= high)]
    return torch.from_numpy(z[~np.isin(z, kinks)])


def conditioning(activation, z):
    """Return the size of the terms that the value is summed from."""
    size = np.abs(z)
    parts = [activation.even_part(1.0), activation.odd_part(1.0)]
    if activation.name in ("polynomial", "hermite"):
        for part in parts:
            size = size + monomial.polyval(np.abs(z), np.abs([*part, 0.0]))
    return size


def test_values_are_those_of_the_definition_in_40_digits(activation, definition):
    z = sample(activation)
    expected = np.array([float(definition(x)) for x in z.tolist()])
    allowed = 8 * EPS * (np.abs(expected) + conditioning(activation, z.numpy()))
    assert np.all(np.abs(activation(z).numpy() - expected) <= allowed)


def test_derivative_is_that_of_the_definition_in_40_digits(activation, definition):
    z = sample(activation, largest=20.0)
    expected = np.array([float(mp.diff(definition, x)) for x in z.tolist()])
    # A polynomial's slope is summed from terms k c_k z^{k-1}.
    terms = conditioning(activation, np.maximum(np.abs(z.numpy()), 1.0))
    allowed = 32 * EPS * (np.abs(expected) + 1.0)
    if activation.name in ("polynomial", "hermite"):
        allowed = allowed + 32 * EPS * terms
    if activation.name == "wendland0":  # the slope's own conditioning, 1/(1-t)
        allowed = allowed * (1 + 1 / (1 - z.numpy()))
    assert np.all(np.abs(activation.derivative(z).numpy() - expected) <= allowed)


def test_derivative_at_a_breakpoint_is_the_right_one(activation):
    inside = [b for b in activation.breakpoints if b < activation.domain[1]]
    at = torch.tensor(inside, dtype=torch.float64)
    torch.testing.assert_close(
        activation.derivative(at), activation.derivative(at + 1e-9), rtol=0, atol=1e-7
    )


def test_bound_is_the_supremum(activation):
    found = float(activation(GRID).abs().max())
    # Between points of this grid, a maximum inside hides at most h²/8 σ''.
    assert found <= activation.bound * (1 + 8 * EPS)
    assert found >= activation.bound * (1 - 1e-8)


def test_lipschitz_constant_holds_and_is_attained(activation):
    slopes = activation.derivative(GRID).abs()
    quotients = torch.diff(activation(GRID)).abs() / torch.diff(GRID)
    constant = activation.lipschitz
    if constant == math.inf:
        steps = torch.tensor([1e-3, 1e-6, 1e-9], dtype=torch.float64)
        start = torch.zeros(3, dtype=torch.float64)
        if activation.name == "wendland0":
            start, steps = 1.0 - steps, steps
        rises = (activation(start + steps) - activation(start)) / steps
        assert torch.all(rises[1:] > 20 * rises[:-1])
        return
    assert float(slopes.max()) <= constant * (1 + 16 * EPS)
    assert float(slopes.max()) >= constant * (1 - 1e-8)
    # A quotient's rounding: 2 eps of the value over the step 1e-5.
    assert float(quotients.max()) <= constant + 4 * EPS * activation.bound * 1e5


@pytest.mark.parametrize("radius", [0.5, 1.0, 2.5, 3.0, 40.0])
def test_parity_parts_are_those_of_the_values(activation, radius):
    radius = min(radius, activation.domain[1])
    z = radius * torch.cos(torch.linspace(0.001, 1.57, 400, dtype=torch.float64))
    there, mirrored = activation(z), activation(-z)
    x = (z / radius).numpy()
    size = float(torch.maximum(there.abs(), mirrored.abs()).max())
    for part, sign in (
        (activation.even_part(radius), 1),
        (activation.odd_part(radius), -1),
    ):
        values = ((there + sign * mirrored) / 2).numpy()
        if part is not None:
            claimed = monomial.polyval(z.numpy(), [*part, 0.0])
            terms = monomial.polyval(z.numpy(), np.abs([*part, 0.0]))
            assert np.all(np.abs(values - claimed) <= 64 * EPS * (size + terms))
            assert part == () or part[-1] != 0.0
            assert not any(part[(1 + sign) // 2 :: 2])
        else:
            # Not a polynomial: even degree 6 leaves far more than rounding.
            odd = (1 - sign) // 2
            basis = np.stack([x**k for k in range(odd, 7, 2)], axis=1)
            left = values - basis @ np.linalg.lstsq(basis, values, rcond=None)[0]
            assert np.abs(left).max() > 1e3 * EPS * np.abs(values).max()


def test_parity_is_that_of_the_values(activation):
    z = torch.linspace(0.0, reach(activation, 30.0)[1], 999, dtype=torch.float64)[1:]
    there, mirrored = activation(z), activation(-z)
    close = {"rtol": 0.0, "atol": 64 * EPS * float(there.abs().max())}
    even, odd = (torch.allclose(there, s * mirrored, **close) for s in (1, -1))
    expected = "even" if even else "odd" if odd else "neither"
    assert activation.parity == expected
    assert activation.parity_is_exact


def test_smoothness_is_the_order_of_the_first_jump(activation, definition):
    """One-sided derivatives of the definition at each breakpoint inside the domain."""
    first = math.inf
    for point in activation.breakpoints:
        if point >= activation.domain[1]:
            continue
        for order in range(24):
            left, right = (
                mp.diff(
                    definition, point, order, h=1e-12, direction=side, singular=True
                )
                for side in (-1, 1)
            )
            # A step of 1e-12 steps over the rounding of the point itself.
            if abs(left - right) > 1e-6 * (1 + abs(right)):
                first = min(first, order)
                break
        else:
            pytest.fail(f"{point} is not a breakpoint")
    if activation.domain[1] == 1.0:
        growing = activation.order + 1
        slopes = [
            abs(mp.diff(definition, 1 - mp.mpf(10) ** -k, growing, h=mp.mpf(10) ** -30))
            for k in (6, 10)
        ]
        assert slopes[1] > 50 * slopes[0]
        first = min(first, growing)
    assert activation.smoothness == first


def test_linear_growth_is_the_least_that_holds(activation):
    reachable = reach(activation, 1e4)[1]
    sizes = torch.logspace(-9, math.log10(reachable), 4000, dtype=torch.float64)
    sizes = sizes.clamp(max=reachable)
    z = torch.cat([-sizes, sizes])
    largest = float((activation(z).abs() / z.abs()).max())
    least = activation.linear_growth
    if least == math.inf:
        assert largest > 1e3
    else:
        assert least * (1 - 1e-6) <= largest <= least * (1 + 8 * EPS)


def test_breakpoints_are_complete(activation):
    """Between breakpoints a Chebyshev interpolant converges to the last digits."""
    low, high = reach(activation, 8.0)
    inside = [b for b in activation.breakpoints if low < b < high]
    marks = sorted({low, high, *inside, *np.arange(math.ceil(low), high)})
    node = np.cos((np.arange(80) + 0.5) * math.pi / 80)
    for start, stop in pairwise(marks):
        x = start + (stop - start) * (1 + node) / 2
        if stop in activation.breakpoints and stop == activation.domain[1]:
            # The singular end: a root of the distance, undone by t = 1 - s².
            x = stop - (stop - start) * ((1 + node) / 2) ** 2
        values = activation(torch.from_numpy(x)).numpy()
        coefficients = np.linalg.solve(chebyshev.chebvander(node, 79), values)
        size = np.abs(values).max() + conditioning(activation, x).max()
        assert np.abs(coefficients[60:]).max() <= 64 * EPS * size


def test_breakpoints_ascend_within_the_domain(activation):
    low, high = activation.domain
    assert list(activation.breakpoints) == sorted(set(activation.breakpoints))
    assert all(low <= point <= high for point in activation.breakpoints)


@settings(deadline=None, max_examples=25)
@given(shape=st.lists(st.integers(0, 5), max_size=3), seed=st.integers(0, 99))
def test_in_place_is_the_same_as_out_of_place(shape, seed):
    z = torch.from_numpy(np.random.default_rng(seed).uniform(-1, 1, shape))
    for activation in every_example():
        expected = activation(z)
        assert expected.shape == z.shape
        assert expected.dtype == z.dtype
        given_ = z.clone()
        assert activation.apply_(given_) is given_
        torch.testing.assert_close(given_, expected, rtol=4 * EPS, atol=0)


def test_in_place_works_on_large_and_strided_tensors(activation):
    z = torch.linspace(-1, 1, 300_002, dtype=torch.float64).reshape(2, -1)
    expected = activation(z)
    strided = torch.empty_like(z.T.contiguous()).T.copy_(z)
    assert not strided.is_contiguous()
    torch.testing.assert_close(
        activation.apply_(strided), expected, rtol=4 * EPS, atol=0
    )
    # Compiled code takes the root of many numbers, and PyTorch's out of place. Each is
    # within a unit of the root, so 1 - u within one more, and that is taken to a power;
    # test_wendland.py holds the compiled values to mpmath's.
    is_root = activation.name.startswith("wendland")
    power = activation.degree + activation.order if is_root else 0
    torch.testing.assert_close(
        activation.apply_(z), expected, rtol=(4 + 2 * power) * EPS, atol=0
    )


def test_float32_stays_and_integers_become_float64(activation):
    z = torch.linspace(-1, 1, 101, dtype=torch.float64)
    single = activation(z.float())
    assert single.dtype == torch.float32
    assert activation.derivative(z.float()).dtype == torch.float32
    reference = activation(z.float().double())
    unit = 2.0**-23
    size = float(torch.tensor(conditioning(activation, np.array([1.0]))).max())
    assert float((single - reference).abs().max()) <= 16 * unit * (
        size + activation.bound
    )
    whole = torch.tensor([-1, 0, 1])
    assert activation(whole).dtype == torch.float64
    assert activation.derivative(whole).dtype == torch.float64
    torch.testing.assert_close(activation(whole), activation(whole.double()))


def test_extremes_are_never_nan(activation):
    sizes = [1e-300, 1e-160, 1e-20, 5.0, 40.0, 709.0, 750.0, 1e103, 1e154, 1e155, 1e300]
    z = torch.tensor([-x for x in sizes] + [0.0, *sizes], dtype=torch.float64)
    z = z[(z >= activation.domain[0]) & (z <= activation.domain[1])]
    values, slopes = activation(z), activation.derivative(z)
    assert torch.equal(activation.apply_(z.clone()).isfinite(), values.isfinite())
    assert not values.isnan().any()
    assert not slopes.isnan().any()
    if activation.linear_growth < math.inf:
        assert values.isfinite().all()
        assert torch.all(
            values.abs() <= activation.linear_growth * z.abs() * (1 + 4 * EPS)
        )


def test_tiny_arguments_keep_their_relative_accuracy(activation):
    z = torch.tensor([-1e-300, -1e-12, 1e-12, 1e-300], dtype=torch.float64)
    if activation.linear_growth < math.inf and "wendland" not in activation.name:
        slope = activation.derivative(z)
        torch.testing.assert_close(activation(z), slope * z, rtol=1e-11, atol=0)


def test_equal_activations_are_equal_and_survive_pickling(activation):
    again = pickle.loads(pickle.dumps(activation))
    assert again == activation
    assert hash(again) == hash(activation)


def test_the_caller_keeps_its_tensor(activation):
    z = torch.linspace(-1, 1, 11, dtype=torch.float64)
    before = z.clone()
    activation(z)
    activation.derivative(z)
    assert torch.equal(z, before)


def test_autograd_gives_the_derivative(activation):
    z = torch.tensor(
        [-0.83, -0.31, 0.27, 0.64], dtype=torch.float64, requires_grad=True
    )
    values = activation(z)
    slope = activation.derivative(z.detach())
    if values.requires_grad:
        (by_torch,) = torch.autograd.grad(values.sum(), z)
        torch.testing.assert_close(by_torch, slope, rtol=1e-12, atol=1e-14)
    else:
        assert torch.all(slope == 0)


def every_example():
    return [family(**family.example) for family in activations.CATALOG.values()]


def test_homogeneity_is_as_it_says(activation):
    reach = min(3.0, activation.domain[1] / 2)
    z = torch.linspace(-reach, reach, 41, dtype=torch.float64)
    power, doubled = activation.homogeneity, activation(2 * z)
    if power is not None:
        assert torch.allclose(doubled, 2**power * activation(z), rtol=1e-14)
        return
    factor = [2**p for p in range(9)]
    for each in factor if activation(z).any() else ():
        assert not torch.allclose(doubled, each * activation(z), rtol=1e-6, atol=1e-12)


def test_the_splines_are_the_activation(activation):
    if activation.splines is None:
        return
    constant, terms = activation.splines
    z = torch.linspace(-5, 5, 101, dtype=torch.float64)
    total = sum(c * (z - b).clamp(min=0) ** i for b, i, c in terms) + constant
    assert torch.allclose(total, activation(z), rtol=0, atol=1e-14)
