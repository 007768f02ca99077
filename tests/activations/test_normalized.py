"""Test `normalized`: mean 0 and mean square 1, and everything else of an activation."""

import math
import pickle

import mpmath as mp
import numpy as np
import pytest
import torch

from widthwise import activations
from widthwise.activations import Normalized, normalized
from widthwise.errors import (
    InvalidArgumentError,
    OutsideDomainError,
    UnknownNameError,
)
from widthwise.kernels import dual, hermite_coefficients
from widthwise.laws import Gaussian

EVERYWHERE = [
    activations.get(name, **family.example)
    for name, family in activations.CATALOG.items()
    if math.isinf(family(**family.example).domain[0])
]
EACH = pytest.mark.parametrize("base", EVERYWHERE, ids=lambda each: each.name)
GRID = torch.linspace(-1.0, 1.0, 20_001, dtype=torch.float64)


def varies(activation):
    return math.isinf(activation.domain[0]) and activation.lipschitz > 0.0


def test_mean_and_deviation_are_those_of_30_digits(activation, definition):
    if not varies(activation):
        with pytest.raises((OutsideDomainError, InvalidArgumentError)):
            normalized(activation)
        return
    marks = [-24, -10, -5, -2, 0, 2, 5, 10, 24]
    marks = sorted({*marks, *map(mp.mpf, activation.breakpoints)})
    values = {}

    def expectation(f):
        def weighted(z):
            if z not in values:
                values[z] = mp.mpf(definition(z)), mp.npdf(z)
            value, density = values[z]
            return f(value) * density

        return mp.quad(weighted, marks, method="gauss-legendre")

    with mp.workdps(30):
        mean = expectation(lambda value: value)
        square = expectation(lambda value: value**2)
        deviation = mp.sqrt(square - mean**2)
        found = normalized(activation)
        allowed = 1e-14 * mp.sqrt(square)
        assert abs(found.mean - mean) <= allowed
        assert abs(found.deviation - deviation) <= allowed


@EACH
def test_hermite_series_and_dual_begin_at_zero_and_end_at_one(base):
    """By other rules: Hermite coefficients, and the dual's plane or series."""
    act = normalized(base)
    assert abs(float(hermite_coefficients(act, 0)[0])) <= 1e-13
    kappa = dual(act, Gaussian())
    assert kappa.value_at_one == pytest.approx(1.0, abs=kappa.error_bound + 1e-14)
    assert abs(float(kappa(0.0))) <= kappa.error_bound + 1e-14
    assert kappa.error_bound < 1e-11


@EACH
def test_values_slopes_and_constants_are_those_of_the_affine_map(base):
    act = normalized(base)
    shift, scale = act.mean, act.deviation
    z = torch.linspace(-5.0, 5.0, 1001, dtype=torch.float64)
    torch.testing.assert_close(act(z) * scale + shift, base(z), rtol=1e-14, atol=1e-14)
    torch.testing.assert_close(
        act.derivative(z) * scale, base.derivative(z), rtol=1e-14, atol=0
    )
    assert act.breakpoints == base.breakpoints
    assert act.smoothness == base.smoothness
    assert act.lipschitz == base.lipschitz / scale
    largest = float(act(GRID).abs().max())
    steepest = 0.0 if math.isinf(act.lipschitz) else act.lipschitz
    assert largest <= act.bound * (1 + 1e-15)
    assert act.bound <= largest * (1 + 1e-7) + 1e-5 * steepest


@EACH
@pytest.mark.parametrize("radius", [1.0, 4.0])
def test_parity_parts_are_those_of_the_values(base, radius):
    act = normalized(base)
    z = torch.linspace(0.01, radius, 99, dtype=torch.float64)
    there, mirrored = act(z), act(-z)
    size = float(torch.maximum(there.abs(), mirrored.abs()).max())
    for part, sign in ((act.even_part(radius), 1), (act.odd_part(radius), -1)):
        if part is not None:
            claimed = np.polynomial.polynomial.polyval(z.numpy(), [*part, 0.0])
            values = ((there + sign * mirrored) / 2).numpy()
            assert np.abs(values - claimed).max() <= 1e-14 * size
            assert part == () or any(part)


@pytest.mark.parametrize("name", ["sigmoid", "step"])
def test_what_is_odd_about_a_constant_becomes_odd(name):
    act = normalized(name)
    assert act.parity == "odd"
    assert act.mean == 0.5


def test_a_narrow_bump_stays_narrow_when_it_is_scaled_or_normalised():
    bump = activations.from_callable(lambda z: torch.exp(-((z - 0.3) ** 2) / 2e-6))
    assert bump.narrow
    assert normalized(bump).narrow == bump.narrow
    scaled = activations.Scaled(bump, 2.0)
    for here, there in zip(scaled.narrow, bump.narrow, strict=True):
        assert (2 * here[0], 2 * here[1]) == there
    # The peak moved to 0.15; a grid of 2,000 intervals alone would step over it.
    assert scaled.bound == pytest.approx(1.0, rel=1e-10)


def test_linear_growth_is_kept_only_without_a_shift():
    assert normalized("tanh").linear_growth == 1 / normalized("tanh").deviation
    assert normalized("relu").linear_growth == math.inf


@pytest.mark.parametrize("base", ["relu", "gelu", "swish"])
def test_depth_separates_points_once_normalised(base):
    """Ten points of a half circle, 16 layers that keep the variance at one."""
    turn = math.pi / 10 * torch.arange(1, 11, dtype=torch.float64)
    start = torch.cos(turn[:, None] - turn)
    smallest = []
    for act in (activations.get(base), normalized(base)):
        kappa, matrix = dual(act, Gaussian()), start
        for _ in range(16):
            matrix = kappa(matrix.clamp(-1.0, 1.0)) / kappa.value_at_one
        smallest.append(float(torch.linalg.eigvalsh(matrix)[0]))
    assert smallest[1] > 10 * smallest[0] > 0.0
    assert smallest[1] > 0.3


def test_a_name_with_its_parameters_makes_it_again():
    base = activations.get("leaky_relu", negative_slope=0.2)
    act = normalized(base)
    assert act.name == "normalized_leaky_relu"
    assert activations.get(act.name, negative_slope=0.2) == act
    assert normalized(act) is act
    assert activations.get("normalized_silu") == normalized("swish")
    assert activations.for_dimension("normalized_gelu", 7) == normalized("gelu")
    again = pickle.loads(pickle.dumps(act))
    assert again == act
    assert hash(again) == hash(act)
    assert act != normalized("leaky_relu")


def test_description_has_the_parameters_of_the_base():
    found = activations.describe("normalized_leaky_relu")
    assert found.name == "normalized_leaky_relu"
    assert [each.name for each in found.parameters] == ["negative_slope"]
    by_object = activations.describe(normalized("leaky_relu"))
    assert by_object.formula == found.formula
    assert by_object.smoothness == found.smoothness == 1.0


def test_a_function_of_ones_own_is_normalised_too():
    mine = activations.from_callable(lambda z: 3.0 + torch.tanh(2 * z), name="mine")
    act = normalized(mine)
    assert act.name == "normalized_mine"
    assert act.constants_are_sampled
    assert not act.parity_is_exact
    assert act.mean == pytest.approx(3.0, abs=1e-13)
    twice = normalized(activations.from_callable(lambda z: torch.tanh(2 * z)))
    z = torch.linspace(-3, 3, 61, dtype=torch.float64)
    torch.testing.assert_close(act(z), twice(z), rtol=1e-12, atol=1e-12)


def test_refusals_are_one_sentence_of_what_is_wrong():
    with pytest.raises(OutsideDomainError, match=r"wendland2 is defined on \[-1, 1\]"):
        activations.get("normalized_wendland2", dimension=3)
    constants = [
        activations.get("polynomial", coefficients=(2.0,)),
        activations.get("hermite", degree=0),
        activations.from_callable(lambda z: 0.1 + 0.0 * z, name="flat"),
    ]
    for each in constants:
        with pytest.raises(InvalidArgumentError, match=f"{each.name} is constant"):
            normalized(each)
    for steep in (lambda z: torch.exp(z * z / 4), lambda z: torch.exp(z**2)):
        act = activations.from_callable(steep, name="steep")
        with pytest.raises(InvalidArgumentError, match="steep is not finite, or grows"):
            normalized(act)
    with pytest.raises(UnknownNameError, match=r"'gelux'.*'gelu'"):
        normalized("gelux")
    with pytest.raises(InvalidArgumentError, match="made already"):
        activations.get(activations.get("relu"), alpha=1.0)
    assert isinstance(normalized("relu"), Normalized)
