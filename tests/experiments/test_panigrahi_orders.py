"""Orders of the smallest eigenvalue against closed forms, counts and planted rows."""

import math

import numpy as np
import pytest

from widthwise.experiments import CATALOG
from widthwise.experiments.panigrahi._orders import _points

ORDERS = CATALOG["panigrahi_orders"]


@pytest.fixture(scope="module")
def found():
    return ORDERS.run(quick=True).content


def test_eigenvalues_of_relu_on_half_a_circle_are_those_of_the_closed_form(found):
    for row in found["tables"]["half circle"]:
        if row["activation"] == "relu":
            angles = math.pi * np.arange(1, row["n"] + 1) / row["n"]
            apart = np.abs(angles[:, None] - angles)
            kernel = np.cos(apart) * (math.pi - apart) / (2 * math.pi)
            smallest = np.linalg.eigvalsh(kernel)[0] * 2  # E relu² = 1/2
            assert row["smallest"] == pytest.approx(smallest, rel=1e-7)


def test_polynomials_have_the_counted_ranks(found):
    ceilings = {
        row["activation"]: row["ceiling"]
        for row in found["tables"]["polynomials"]
        if row["span"] == 3
    }
    assert list(ceilings.values()) == [6, 10, 9, 16]
    for row in found["tables"]["polynomials"]:
        assert row["limit"] == row["network"] == row["ceiling"] < row["n"]


def test_the_pair_has_the_angle_asked_for():
    cell = {"kind": "pair", "n": 6, "angle": 0.01, "trial": 0}
    points = _points(cell, 0).numpy()
    assert points.shape == (6, 10)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1.0, rtol=1e-14)
    apart = np.linalg.norm(points[0] - points[-1])
    assert 2 * math.asin(apart / 2) == pytest.approx(0.01, rel=1e-12)


def test_jumps_have_the_orders_claimed_of_the_angle(found):
    said = {each["name"]: each["verdict"] for each in found["findings"]}
    assert said["jump_1_in_angle"] == said["jump_2_in_angle"] == "holds"
    assert said["polynomials_are_singular"] == "holds"
    assert said["smooth_in_few_dimensions"] == "holds"


def test_another_power_fails():
    settings = ORDERS.resolved(quick=True)
    cells = ORDERS.cells(settings)
    measured = []
    for cell in cells:
        if cell["kind"] == "polynomial":
            measured.append({"ceiling": 6, "limit": 7, "network": 6})
            continue
        value = cell["n"] ** -2.0 * cell.get("angle", 1.0) ** 3
        smoothness = {"relu": 1, "elu": 2}.get(cell["activation"], math.inf)
        measured.append(
            {
                "smoothness": smoothness,
                "smallest": value,
                "low": 0.99 * value,
                "high": 1.01 * value,
            }
        )
    record = ORDERS.record(settings, 0, cells, measured)
    said = {each["name"]: each["verdict"] for each in record.content["findings"]}
    assert said["jump_1_in_n"] == said["jump_2_in_n"] == "fails"
    assert said["jump_1_in_angle"] == said["jump_2_in_angle"] == "fails"
    assert said["lower_bounds_with_a_jump"] == "holds"
    assert said["polynomials_are_singular"] == "fails"
