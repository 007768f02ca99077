"""The studies of Panigrahi, Shetty and Goyal give the numbers of other routes."""

import math

import numpy as np
import pytest
import torch

from widthwise.experiments import CATALOG
from widthwise.experiments.panigrahi._points import POINT_SETS, point_set

HALF_CIRCLE = {  # λ_min of t E[σ'σ'], n = 10, before the scale E σ² = 1
    "relu": 0.026327990916019,
    "tanh": 3.0357074255242e-4,
    "swish": 1.7815317704649e-6,
}


def mean_square(name):
    """Return E σ(g)² by the trapezoidal rule on [-12, 12], accurate to rounding."""
    z = np.linspace(-12.0, 12.0, 240_001)
    values = {
        "relu": np.maximum(z, 0.0),
        "tanh": np.tanh(z),
        "swish": z / (1.0 + np.exp(-z)),
    }[name]
    weight = np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return float(np.sum(values**2 * weight) * (z[1] - z[0]))


@pytest.fixture(scope="module")
def eigenvalues():
    settings = {
        "points": "half_circle",
        "counts": 10,
        "activations": ("relu", "elu", "tanh", "swish"),
        "width": 5_000,
        "trials": 3,
    }
    return CATALOG["panigrahi_eigenvalues"].run(settings)


@pytest.mark.parametrize("name", HALF_CIRCLE)
def test_the_smallest_eigenvalues_on_half_a_circle(eigenvalues, name):
    row = next(
        each
        for each in eigenvalues.content["tables"]["eigenvalues"]
        if each["activation"] == name
    )
    expected = HALF_CIRCLE[name] / mean_square(name)
    assert row["smallest_low"] <= expected * (1 + 1e-9)
    assert row["smallest_high"] >= expected * (1 - 1e-9)
    assert row["smallest"] == pytest.approx(expected, rel=1e-7)


def test_the_claims_are_decided_by_the_intervals(eigenvalues):
    verdicts = {each["name"]: each for each in eigenvalues.content["findings"]}
    assert verdicts["relu_is_ahead"]["verdict"] == "holds"
    assert verdicts["width_agrees"]["verdict"] == "holds"
    # On half a circle of 10 points elu and tanh are nearly equal: 7.72e-4, 7.70e-4.
    assert verdicts["elu_is_ahead"]["verdict"] == "holds"
    assert "elu 0.000772, tanh 0.00077 on" in verdicts["elu_is_ahead"]["evidence"]


def test_a_full_circle_with_even_n_makes_relu_singular():
    settings = {
        "points": "circle",
        "counts": (9, 10),
        "activations": "relu",
        "trials": 1,
    }
    found = CATALOG["panigrahi_eigenvalues"].run(settings | {"width": 500})
    odd, even = found.content["tables"]["eigenvalues"]
    assert odd["smallest_low"] > 0
    assert even["smallest_low"] == 0
    values = found.arrays["circle/10/relu/eigenvalues"]
    assert int((values > 1e-12).sum()) == 10 // 2 + 2


def test_points_have_norm_one(data_directory, monkeypatch):
    monkeypatch.setenv("WIDTHWISE_DATA", str(data_directory))
    for kind in POINT_SETS:
        points = point_set(kind, 12, 4, 0)
        norms = torch.linalg.vector_norm(points, dim=1)
        assert torch.allclose(norms, torch.ones(12, dtype=torch.float64), atol=1e-14)


def test_depth_one_has_the_eigenvalues_of_a_two_layer_network():
    """Points in R², weights √2: the first layer's arguments are standard normal."""
    settings = {"activations": "tanh", "depths": 1, "count": 8, "forms": "raw"}
    found = CATALOG["panigrahi_depth"].run(settings)
    points = point_set("half_circle", 8, 2, 0).numpy()
    rng = np.random.default_rng(0)
    z = rng.standard_normal((400_000, 2)) @ points.T
    slopes = 1.0 - np.tanh(z) ** 2
    conjugate = np.tanh(z).T @ np.tanh(z) / len(z)
    inner = (slopes.T @ slopes / len(z)) * (points @ points.T)
    values = np.linalg.eigvalsh(2.0 * (conjugate + inner))[::-1]
    ours = found.arrays["raw/tanh/1/eigenvalues"]
    # The largest eigenvalues have relative errors of order (4e5)^(-1/2) each.
    np.testing.assert_allclose(ours[:4], values[:4], rtol=6 / math.sqrt(400_000))


def test_the_explicit_depth_is_enough_by_the_recursion_of_the_correlations():
    """Relu minus its mean, over its deviation: ρ' = (κ(ρ) - μ²) / (1/2 - μ²)."""
    settings = {"activations": "relu", "depths": 1, "count": 4, "forms": "normalised"}
    (row,) = CATALOG["panigrahi_depth"].run(settings).content["tables"]["enough"]
    points = point_set("half_circle", 4, 2, 0).numpy()
    found = np.clip(points @ points.T, -1.0, 1.0)
    square = 1 / (2 * math.pi)  # of the mean
    for _ in range(row["layers"]):
        dual = np.sqrt(1 - found**2) + found * (math.pi - np.arccos(found))
        found = (dual / (2 * math.pi) - square) / (0.5 - square)
        np.fill_diagonal(found, 1.0)
        found = np.clip(found, -1.0, 1.0)
    smallest = np.linalg.eigvalsh(found)[0]
    assert smallest > 0.5
    assert row["smallest_over_mean"] == pytest.approx(smallest, rel=1e-6)


def test_only_points_of_few_dimensions_judge_the_paper():
    settings = {
        "points": ("half_circle", "sphere"),
        "counts": 10,
        "dimension": 10,
        "activations": ("elu", "gelu"),
        "trials": 1,
        "width": 500,
    }
    found = CATALOG["panigrahi_eigenvalues"].run(settings).content
    spans = {row["points"]: row["span"] for row in found["tables"]["eigenvalues"]}
    assert spans == {"half_circle": 2, "sphere": 10}
    said = {each["name"]: each for each in found["findings"]}
    assert said["elu_is_ahead"]["evidence"].startswith("λ_min: elu")
    assert said["elu_is_ahead"]["evidence"].count("gelu") == 1
    assert said["ahead_in_many_dimensions"]["verdict"] == "fails"


def test_a_wider_network_follows_the_eigenvalues_more_closely():
    gaps = []
    for width in (200, 12_800):
        found = CATALOG["panigrahi_training"].run(
            {"counts": 6, "activations": "tanh", "widths": width, "epochs": 60}
        )
        real, predicted = (
            found.arrays[f"6/tanh/{width}/{k}"] for k in ("real", "predicted")
        )
        assert real[0] == pytest.approx(1.0, rel=1e-14)
        assert predicted[0] == pytest.approx(1.0, rel=1e-14)
        gaps.append(float(np.abs(real / predicted - 1.0).max()))
    # 64 times the width makes the gap 8 times smaller in theory; half of it is asked.
    assert gaps[1] < gaps[0] / 4
