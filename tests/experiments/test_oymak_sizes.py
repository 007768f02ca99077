"""Widths, minibatches and the crossing by other routes and planted results."""

import math

import numpy as np
import pytest

from widthwise.datasets import uniform_sphere
from widthwise.experiments import CATALOG
from widthwise.experiments.oymak._crossing import _width
from widthwise.experiments.oymak._stochastic import _rate
from widthwise.seeds import derive


def verdicts(record):
    return {each["name"]: each["verdict"] for each in record.content["findings"]}


def test_kappa_is_that_of_the_products_of_the_points_formed_entry_by_entry():
    study = CATALOG["oymak_widths"]
    cell = {"n": 50, "d": 20, "trial": 0}
    found = study.measure(cell, 0, lambda _part, _what: None)
    drawn = derive(0, "experiments/oymak_widths/50/20", 0)
    x = uniform_sphere(50, 20, drawn).points.numpy()
    products = np.einsum("ni,nj->nij", x, x).reshape(50, -1)
    smallest = np.linalg.svd(products, compute_uv=False)[-1]
    kappa = math.sqrt(20 / 50) * np.linalg.norm(x, 2) / smallest**2
    assert found["κ(X)"] == pytest.approx(kappa, rel=1e-8)
    t = np.clip(x @ x.T, -1, 1)
    np.fill_diagonal(t, 1.0)
    kernel = t * (math.pi - np.arccos(t)) / (2 * math.pi)
    assert found["λ(X)"] == pytest.approx(np.linalg.eigvalsh(kernel)[0], rel=1e-8)


def test_orders_of_planted_widths_are_found():
    study = CATALOG["oymak_widths"]
    settings = study.resolved({"trials": 2})
    cells = study.cells(settings)
    planted = [
        {
            "relu width": cell["n"] ** 5 / cell["d"] ** 3,
            "κ(X)": 2.0 + cell["trial"],
            "output width / log n": cell["n"] ** 0.9,
            "λ(X)": 0.1,
        }
        for cell in cells
    ]
    said = verdicts(study.record(settings, 0, cells, planted))
    assert said["relu_order"] == "fails"
    assert said["smooth_order"] == "holds"
    assert said["output_layer_order"] == "holds"
    assert said["lambda_is_constant"] == "holds"


def test_the_rate_is_the_slope_of_a_geometric_fall():
    residuals = 3.0 * np.exp(-0.05 * np.arange(200))
    assert _rate(residuals) == pytest.approx(0.1, rel=1e-9)
    floor = np.maximum(3.0 * np.exp(-0.5 * np.arange(200)), 1e-9)
    assert _rate(floor) == pytest.approx(1.0, rel=0.05)  # rounding is left out


def test_widths_are_even_and_cross_where_they_say():
    for n, d, ratio in ((30, 10, 1.0), (60, 40, 2.0), (12, 10, 1 / 64)):
        width = _width(n, d, ratio)
        assert width % 2 == 0
        assert abs(width - ratio * n * n / d) <= 1 or width == 2


def test_a_run_beyond_the_crossing_that_does_not_fit_leaves_the_claim_open():
    study = CATALOG["oymak_crossing"]
    settings = study.resolved(quick=True)
    cells = study.cells(settings)
    good = {"loss": 1e-3, "steps": 100, "norm": 1.0}
    said = verdicts(study.record(settings, 0, cells, [good] * len(cells)))
    assert said["beyond_the_crossing_training_fits"] == "holds"
    assert said["steps_do_not_grow_beyond"] == "holds"
    bad = {"loss": 1.0, "steps": None, "norm": 1.0}
    said = verdicts(study.record(settings, 0, cells, [bad] * len(cells)))
    assert said["beyond_the_crossing_training_fits"] == "not decided"  # our constant
    assert said["the_crossing_is_no_threshold"] == "fails"
