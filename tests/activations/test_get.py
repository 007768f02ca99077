"""Test `get`, `for_dimension`, `describe`: names, parameters and their refusals."""

import math
import subprocess
import sys

import pytest
import torch

from widthwise import activations
from widthwise.errors import InvalidArgumentError, UnknownNameError


@pytest.mark.parametrize("alias", activations.ALIASES)
def test_alias_is_the_same_activation(alias):
    assert activations.get(alias) == activations.get(activations.ALIASES[alias])


def test_unknown_name_gets_the_nearest_ones():
    with pytest.raises(UnknownNameError, match=r"'wenland0'.*'wendland0'"):
        activations.get("wenland0", dimension=3)
    with pytest.raises(UnknownNameError, match="Did you mean 'silu'"):
        activations.describe("siluu")


def test_unknown_parameter_gets_the_list_with_defaults():
    with pytest.raises(InvalidArgumentError, match=r"'slope'.*negative_slope=0\.01"):
        activations.get("leaky_relu", slope=0.1)
    with pytest.raises(InvalidArgumentError, match="Its parameters: none"):
        activations.get("relu", alpha=1.0)


@pytest.mark.parametrize("name", ["wendland0", "wendland2"])
def test_wendland_without_dimension_tells_how(name):
    expected = rf"needs dimension.*get\('{name}', dimension=3\).*for_dimension"
    with pytest.raises(InvalidArgumentError, match=expected):
        activations.get(name)


@pytest.mark.parametrize("name", ["polynomial", "hermite", "rectified_monomial"])
def test_missing_parameter_gets_an_example_that_works(name):
    with pytest.raises(InvalidArgumentError, match="Write get") as caught:
        activations.get(name)
    call = str(caught.value).split("Write ")[1].rstrip(".")
    made = eval(call, {"get": activations.get})
    assert made == activations.get(name, **activations.CATALOG[name].example)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("leaky_relu", {"negative_slope": math.nan}),
        ("leaky_relu", {"negative_slope": math.inf}),
        ("elu", {"alpha": 0.0}),
        ("elu", {"alpha": -1.0}),
        ("celu", {"alpha": 0}),
        ("hermite", {"degree": -1}),
        ("rectified_monomial", {"degree": 0}),
        ("polynomial", {"coefficients": ()}),
        ("polynomial", {"coefficients": (1.0, math.nan)}),
        ("wendland0", {"dimension": 1}),
        ("wendland2", {"dimension": 0}),
        ("wendland0", {"dimension": 3, "alpha": 0.0}),
        ("wendland2", {"dimension": 3, "alpha": -2.0}),
    ],
)
def test_parameters_outside_their_range_are_refused(name, parameters):
    with pytest.raises(InvalidArgumentError, match=rf"{name} was given .*must be"):
        activations.get(name, **parameters)


def test_values_of_the_wrong_type_are_refused_in_words():
    """In a process of its own, without the type checker that the tests switch on."""
    script = """
import numpy as np, torch
from widthwise import activations as a
from widthwise.errors import InvalidArgumentError
wrong = [
    lambda: a.get("elu", alpha="1"),
    lambda: a.get("elu", alpha=True),
    lambda: a.get("elu", alpha=None),
    lambda: a.get("hermite", degree=2.5),
    lambda: a.get("hermite", degree="3"),
    lambda: a.get("hermite", degree=True),
    lambda: a.get("polynomial", coefficients="012"),
    lambda: a.get("polynomial", coefficients=3),
    lambda: a.get("wendland0", dimension=3.0),
    lambda: a.get("relu")(np.zeros(3)),
    lambda: a.get("relu")(0.5),
    lambda: a.get("relu")(torch.zeros(3, dtype=torch.complex128)),
    lambda: a.from_callable(3),
    lambda: a.get(3),
    lambda: a.get(torch.tanh),
    lambda: a.describe(None),
    lambda: a.for_dimension(a.CATALOG["relu"], 3),
    lambda: a.normalized(torch.tanh),
    lambda: a.Scaled("relu", 2.0),
]
for case in wrong:
    try:
        case()
    except InvalidArgumentError as refusal:
        print(refusal)
    else:
        raise SystemExit("accepted")
assert a.get("hermite", degree=np.int64(3)) == a.get("hermite", degree=3)
assert a.get("polynomial", coefficients=np.array([0, 1])).coefficients == (0.0, 1.0)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(done.stdout.splitlines()) == 19


def test_for_dimension_fills_in_what_the_data_know():
    made = activations.for_dimension("wendland0", 8)
    assert made == activations.get("wendland0", dimension=8)
    assert activations.for_dimension("silu", 8) == activations.get("swish")
    assert activations.for_dimension(made, 5) is made


def test_for_dimension_does_not_guess_other_parameters():
    with pytest.raises(InvalidArgumentError, match="hermite needs degree"):
        activations.for_dimension("hermite", 8)


@pytest.mark.parametrize("name", activations.CATALOG)
def test_description_is_complete(name):
    found = activations.describe(name)
    assert found.name == name
    assert found.formula
    assert found.summary.endswith(".")
    assert "(" in found.source
    for parameter in found.parameters:
        assert parameter.meaning
        assert parameter.is_required == (parameter.default is None)
    example = activations.CATALOG[name].example
    made = activations.get(name, **example)
    assert found.smoothness == made.smoothness
    required = {each.name for each in found.parameters if each.is_required}
    assert required == set(example)


def test_polynomials_with_and_without_trailing_zeros_are_equal():
    short = activations.get("polynomial", coefficients=(0, 1))
    assert activations.get("polynomial", coefficients=[0.0, 1.0, 0.0]) == short
    assert short != activations.get("polynomial", coefficients=(0, 1, 1))


def test_same_parameters_of_other_families_are_not_equal():
    assert activations.get("elu") != activations.get("celu")
    assert len({activations.get("elu"), activations.get("celu")}) == 2


def test_hermite_polynomials_are_orthonormal_under_the_normal_law():
    """Gauss-Hermite quadrature with 40 nodes is exact to degree 79."""
    from numpy.polynomial.hermite_e import hermegauss

    z, weight = map(torch.from_numpy, hermegauss(40))
    weight = weight / weight.sum()
    rows = torch.stack([activations.get("hermite", degree=k)(z) for k in range(16)])
    # The products grow like 1e10 before they cancel against weights like 1e-10.
    torch.testing.assert_close(
        (rows * weight) @ rows.T, torch.eye(16, dtype=torch.float64), rtol=0, atol=1e-12
    )
