"""Test `widthwise.kernels.positive_definiteness`."""

import pytest
import torch

from widthwise import activations
from widthwise.kernels import conjugate_kernel, positive_definiteness

FAILING = {
    "relu": ("odd",),
    "leaky_relu": ("odd",),
    "swish": ("odd",),
    "gelu": ("odd",),
    "softplus": ("odd",),
    "abs": ("odd",),
    "cos": ("odd",),
    "gaussian": ("odd",),
    "tanh": ("even",),
    "erf": ("even",),
    "sin": ("even",),
    "step": ("even",),
    "sigmoid": ("even",),
    "square": ("even", "odd"),
    "cubic": ("even", "odd"),
    "elu": (),
    "selu": (),
    "exp": (),
    "wendland0": (),
    "wendland2": (),
}


@pytest.mark.parametrize("name", FAILING)
@pytest.mark.parametrize("dimension", [3, 7])
def test_verdict_of_the_theory(name, dimension):
    given = {"dimension": dimension} if "wendland" in name else {}
    verdict = positive_definiteness(activations.get(name, **given), dimension)
    assert verdict.failing_parities == FAILING[name]
    assert verdict.holds_for_all_points == (not FAILING[name])
    assert verdict.is_exact
    assert verdict.reason


@pytest.mark.parametrize("name", [n for n in FAILING if "wendland" not in n])
def test_coefficients_agree_with_the_polynomial_parts(name):
    """Degrees beyond a polynomial part vanish; a parity that is not one has many."""
    verdict = positive_definiteness(activations.get(name), 4, degree=24)
    found = torch.tensor(verdict.coefficients).abs()
    for remainder, parity in enumerate(("even", "odd")):
        active = verdict.even_degrees if parity == "even" else verdict.odd_degrees
        degrees = torch.arange(remainder, 25, 2)
        beyond = [k for k in degrees.tolist() if k not in active]
        if parity in verdict.failing_parities:
            assert max(found[k] for k in beyond) <= verdict.error_bound
        else:
            assert len(active) >= 5


def test_failing_verdict_comes_with_singular_points():
    """Antipodal pairs along three directions of a plane, as the theory says."""
    plane = torch.zeros(3, 5, dtype=torch.float64)
    turns = torch.tensor([0.1, 0.9, 2.0], dtype=torch.float64)
    plane[:, 0], plane[:, 1] = torch.cos(turns), torch.sin(turns)
    bad = torch.cat([plane, -plane])
    smallest = {}
    for name in ("relu", "elu"):
        matrix = conjugate_kernel(bad, activations.get(name), "sphere")
        smallest[name] = float(torch.linalg.eigvalsh(matrix)[0])
    assert abs(smallest["relu"]) < 1e-15
    assert smallest["elu"] > 1e-8


def test_circle_rests_on_the_coefficients():
    verdict = positive_definiteness(activations.get("exp"), 2, degree=8)
    assert verdict.holds_for_all_points
    assert not verdict.is_exact
    assert not positive_definiteness(activations.get("relu"), 2).holds_for_all_points


@pytest.mark.parametrize("power", [3, 32])
def test_what_is_only_sampled_is_not_called_exact(power):
    act = activations.from_callable(lambda z: z**power, name="power")
    found = positive_definiteness(act, 3)
    assert not found.is_exact
    assert "as far as samples of it show" in found.reason
    assert positive_definiteness("relu", 3).is_exact
