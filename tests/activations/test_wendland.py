"""Test the Wendland family: values, the support's edge, the refusal."""

import json
import math
from pathlib import Path

import mpmath as mp
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from widthwise import activations
from widthwise.errors import OutsideDomainError

REFERENCE = Path(__file__).parents[1] / "reference" / "exact_values.json"
POINTS = [
    entry
    for entry in json.loads(REFERENCE.read_text())
    if entry["group"] == "benson.wendland_point"
]
BOTH = pytest.mark.parametrize("name", ["wendland0", "wendland2"])
ALL = pytest.mark.parametrize("name", [f"wendland{2 * k}" for k in range(4)])


@pytest.mark.parametrize("entry", POINTS, ids=lambda entry: entry["name"])
def test_reference_values_hold(entry):
    z = torch.tensor([entry["inputs"]["z"]], dtype=torch.float64)
    for name, expected in zip(
        ("wendland0", "wendland2"), entry["expected"], strict=True
    ):
        found = activations.get(name, dimension=entry["inputs"]["d"])(z)
        assert abs(float(found) - expected) <= entry["tolerance"]["abs"]


@BOTH
@pytest.mark.parametrize("dimension", [2, 3, 7])
def test_activation_is_the_radial_function_of_the_distance(name, dimension):
    """σ(w·x) = φ(‖w − x‖/α) for unit vectors, with the distance computed directly."""
    rng = np.random.default_rng(0)
    w, x = rng.standard_normal((2, 500, dimension))
    w /= np.linalg.norm(w, axis=1, keepdims=True)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    alpha = 1.3
    r = np.linalg.norm(w - x, axis=1) / alpha
    if name == "wendland0":
        expected = np.maximum(1 - r, 0) ** (dimension // 2 + 1)
    else:
        ell = dimension // 2 + 2
        expected = np.maximum(1 - r, 0) ** (ell + 1) * ((ell + 1) * r + 1)
    activation = activations.get(name, dimension=dimension, alpha=alpha)
    t = torch.from_numpy(np.sum(w * x, axis=1))
    assert np.count_nonzero(expected) > 20
    # The rounding of t itself, a few eps, times the slope (large near t = 1).
    allowed = 8 * 2.0**-52 * (1 + activation.derivative(t).numpy())
    assert np.all(np.abs(activation(t).numpy() - expected) <= allowed)


@ALL
def test_radial_function_is_positive_definite_in_its_dimension(name):
    """Wendland's theorem: φ(‖x − x'‖) has no eigenvalue below rounding in R^d."""
    rng = np.random.default_rng(1)
    points = rng.standard_normal((60, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    t = np.clip(points @ points.T, -1, 1)
    np.fill_diagonal(t, 1.0)
    kernel = activations.get(name, dimension=3)(torch.from_numpy(t))
    assert float(torch.linalg.eigvalsh(kernel)[0]) > 1e-6


@ALL
def test_support_of_the_default_is_the_rectifier_s(name):
    activation = activations.get(name, dimension=2)
    assert activation.breakpoints == (0.0, 1.0)
    z = torch.tensor([-1.0, -1e-300, 0.0, 1e-12], dtype=torch.float64)
    assert activation(z).tolist()[:3] == [0.0, 0.0, 0.0]
    assert activation(z)[3] > 0.0
    # Relative accuracy at the edge: (1-u)^l ~ (z/2)^l.
    if name == "wendland0":
        assert float(activation(z)[3]) == pytest.approx((5e-13) ** 2, rel=1e-11)


@ALL
@pytest.mark.parametrize("alpha", [0.5, 1.0, 1.9, 2.0, 3.0])
def test_support_edge_is_where_values_vanish(name, alpha):
    activation = activations.get(name, dimension=3, alpha=alpha)
    edge = 1 - alpha**2 / 2
    z = torch.linspace(-1, 1, 2001, dtype=torch.float64)
    assert torch.equal(activation(z) > 0, z > edge)
    assert activation.breakpoints == ((edge, 1.0) if edge > -1 else (1.0,))


@ALL
@pytest.mark.parametrize(
    "value", [1 + 1e-11, -1 - 1e-11, 2.0, -1e300, math.inf, math.nan]
)
def test_values_outside_are_refused_with_the_cure(name, value):
    activation = activations.get(name, dimension=3)
    z = torch.tensor([0.1, value, 0.2, 3.0], dtype=torch.float64)
    before = z.clone()
    message = rf"\[-1, 1\].*{value!r} \(2 of 4 values.*Sphere.*project_to_sphere"
    for call in (activation, activation.derivative, activation.apply_):
        with pytest.raises(OutsideDomainError, match=message.replace("+", r"\+")):
            call(z)
    torch.testing.assert_close(z, before, rtol=0, atol=0, equal_nan=True)


def test_refusal_in_place_leaves_a_long_tensor_untouched():
    activation = activations.get("wendland0", dimension=3)
    z = torch.full((400_000,), 0.5, dtype=torch.float64)
    z[-1] = 1.5
    with pytest.raises(OutsideDomainError, match="1 of 400000"):
        activation.apply_(z)
    assert torch.all(z[:-1] == 0.5)


@ALL
@settings(deadline=None)
@given(overshoot=st.floats(0.0, 1e-12))
def test_rounding_beyond_the_ends_counts_as_the_ends(name, overshoot):
    activation = activations.get(name, dimension=4)
    z = torch.tensor([1 + overshoot, -1 - overshoot], dtype=torch.float64)
    assert activation(z).tolist() == [1.0, 0.0]
    assert activation.derivative(z).tolist() == [activation.lipschitz, 0.0]


@ALL
def test_rounding_in_single_precision_is_allowed_for(name):
    activation = activations.get(name, dimension=4)
    assert float(activation(torch.tensor([1 + 5e-7]))) == 1.0
    with pytest.raises(OutsideDomainError):
        activation(torch.tensor([1.0 + 2e-6]))


@ALL
def test_parity_is_trivial_only_within_the_zero_set(name):
    activation = activations.get(name, dimension=3, alpha=1.0)
    assert activation.even_part(0.5) == ()
    assert activation.odd_part(0.5) == ()
    assert activation.even_part(0.6) is None
    assert activation.odd_part(0.6) is None
    assert activation.parity == "neither"


@ALL
def test_empty_input_gives_empty_output(name):
    empty = torch.zeros((0, 4), dtype=torch.float64)
    assert activations.get(name, dimension=3)(empty).shape == (0, 4)


@pytest.mark.parametrize("dimension", [2, 3, 8])
@pytest.mark.parametrize("order", [1, 2, 3])
def test_family_is_wendland_s_integral_of_the_one_before(dimension, order):
    r"""$\phi_{\ell,k}(u) \propto \int_u^1 s\,\phi_{\ell,k-1}(s)\,ds$, 1 at u = 0."""

    def before(s, k, ell):
        if k == 0:
            return (1 - s) ** ell
        whole = mp.quad(lambda r: r * before(r, k - 1, ell), [0, 1])
        return mp.quad(lambda r: r * before(r, k - 1, ell), [s, 1]) / whole

    act = activations.get(f"wendland{2 * order}", dimension=dimension)
    ell = dimension // 2 + order + 1
    assert act.degree == ell
    u = mp.mpf("0.4")
    with mp.workdps(15):
        if order < 3:
            expected = before(u, order, ell)
        else:  # the last but one in closed form, for speed
            inner = activations.get("wendland4", dimension=dimension + 2)
            assert inner.degree == ell

            def last(s):
                t = torch.tensor(1.0 - float(s) ** 2, dtype=torch.float64)
                return mp.mpf(float(inner(t)))

            whole = mp.quad(lambda r: r * last(r), [0, 1])
            expected = mp.quad(lambda r: r * last(r), [u, 1]) / whole
    found = act(torch.tensor(1.0 - float(u) ** 2, dtype=torch.float64))
    assert float(found) == pytest.approx(float(expected), rel=1e-11)


@pytest.mark.parametrize("order", range(4))
@pytest.mark.parametrize("alpha", [math.sqrt(2.0), 0.9])
def test_long_tensors_are_overwritten_with_mpmath_s_values(order, alpha):
    activation = activations.get(f"wendland{2 * order}", dimension=9, alpha=alpha)
    z = torch.linspace(-1, 1, 2**14 + 7, dtype=torch.float64)
    found = activation.apply_(z.clone())
    some = slice(3, None, 331)
    # 1 - u is off by three units, before it is taken to the power.
    rtol = 3 * (activation.degree + order + 3) * 2.0**-52
    with mp.workdps(40):
        half = mp.mpf(activation._half_square)
        for t, value in zip(z[some].tolist(), found[some].tolist(), strict=True):
            u = mp.sqrt((1 - mp.mpf(t)) / half)
            e = activation.degree
            expected = max(1 - u, mp.mpf(0)) ** (e + order)
            expected *= [
                1,
                (e + 1) * u + 1,
                ((e + 1) * (e + 3) * u**2 + (3 * e + 6) * u + 3) / mp.mpf(3),
                mp.mpf((e + 1) * (e + 3) * (e + 5)) / 15 * u**3
                + mp.mpf(2 * e**2 + 12 * e + 15) / 5 * u**2
                + (e + 3) * u
                + 1,
            ][order]
            assert abs(value - expected) <= rtol * expected
