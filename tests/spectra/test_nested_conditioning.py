"""κ(G) at nested widths: against NumPy, mpmath, and what cannot change it."""

import math

import mpmath
import numpy as np
import pytest
import torch

from widthwise import datasets
from widthwise.features import RandomFeatures
from widthwise.spectra import nested_conditioning

NAMES = ("relu", "swish", "wendland0", "wendland2")
WIDTHS = (20, 40, 300)


def layer(name, seed=0, width=WIDTHS[-1]):
    return RandomFeatures(name, width, "sphere", seed)


@pytest.fixture(scope="module")
def uniform():
    return datasets.uniform_sphere(20, 5, 1).points


def squared_condition(matrix):
    """Return κ(G) by NumPy from the features, never through G."""
    values = np.linalg.svd(matrix.numpy(), compute_uv=False)
    return float((values[0] / values[-1]) ** 2)


@pytest.mark.parametrize("name", NAMES)
def test_each_width_has_numpys_condition_number(name, uniform):
    phi = layer(name).matrix(uniform)
    found = nested_conditioning(uniform, layer(name), WIDTHS)
    assert [each.width for each in found] == list(WIDTHS)
    for each in found:
        expected = squared_condition(phi[:, : each.width])
        # Promised to 1e-4; the error of a singular value is 25 ε s_1 here.
        slack = max(1e-4, 25 * 2.3e-16 * math.sqrt(expected) * 2)
        assert each.condition_number == pytest.approx(expected, rel=slack)
        assert each.at_least <= each.condition_number
        assert each.mean * len(uniform) == pytest.approx(
            float(phi[:, : each.width].square().sum()) * WIDTHS[-1] / each.width
        )


@pytest.mark.parametrize("name", NAMES)
def test_a_width_alone_is_the_prefix_of_a_wider_layer(name, uniform):
    together = nested_conditioning(uniform, layer(name), WIDTHS)
    for each in together:
        (alone,) = nested_conditioning(
            uniform, layer(name, 0, each.width), [each.width]
        )
        assert alone.method == each.method
        # The same bits of Φ, added up in other blocks: n ε κ at the most.
        assert alone.condition_number == pytest.approx(
            each.condition_number, rel=max(1e-12, 1e-14 * each.condition_number)
        )


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_the_points_does_not_matter(name, uniform):
    order = torch.randperm(20, generator=torch.Generator().manual_seed(3))
    first = nested_conditioning(uniform, layer(name), (40, 300))
    second = nested_conditioning(uniform[order], layer(name), (40, 300))
    for one, other in zip(first, second, strict=True):
        assert one.condition_number == pytest.approx(
            other.condition_number, rel=max(1e-12, 1e-14 * one.condition_number)
        )


def test_where_g_does_not_resolve_it_mpmath_confirms_the_features():
    """Points an arc apart of a few hundredths: κ(G) is about 1e22."""
    angles = torch.linspace(0.0, 0.5, 9, dtype=torch.float64)
    points = torch.stack([angles.cos(), angles.sin(), torch.zeros_like(angles)], dim=1)
    (found,) = nested_conditioning(points, layer("swish", 0, 60), (60,))
    assert found.method == "features"
    matrix = layer("swish", 0, 60).matrix(points)
    with mpmath.workdps(60):
        exact = mpmath.matrix(matrix.tolist())
        values = mpmath.eigsy(exact * exact.T, eigvals_only=True)
        expected = float(values[len(values) - 1] / values[0])
    assert expected > 1e18
    eigenvalues = np.linalg.eigvalsh((matrix @ matrix.T).numpy())
    assert eigenvalues[-1] / eigenvalues[0] != pytest.approx(expected, rel=0.5)
    # δs = (16 + 2 √n) ε s_1, twice relative to the smallest.
    slack = 2 * 22 * 2.3e-16 * math.sqrt(expected)
    assert slack < 0.1
    assert found.condition_number == pytest.approx(expected, rel=slack)
    assert found.at_least <= expected


@pytest.mark.parametrize("name", ["relu", "swish"])
def test_the_bad_points_are_called_singular_and_get_no_number(name):
    points = datasets.synthetic_2(12, 5, 0).points
    found = nested_conditioning(points, layer(name), (20, 60, 300))
    assert all(each.condition_number == math.inf for each in found)
    assert all(each.method == "features" for each in found)
    assert all(each.at_least > 1e24 for each in found)
    made_up = squared_condition(layer(name).matrix(points))
    assert math.isfinite(made_up)


def test_a_width_below_n_is_singular_without_computing(uniform):
    few, enough = nested_conditioning(uniform, layer("relu"), (19, 20))
    assert few.condition_number == math.inf
    assert few.method == "width below n"
    assert math.isfinite(enough.condition_number)
