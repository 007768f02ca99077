"""The numbers behind the rate, by other routes."""

import math

import pytest
import torch

from widthwise.activations import get
from widthwise.experiments import CATALOG
from widthwise.experiments.oymak._spectrum import data_numbers


@pytest.mark.parametrize(
    ("name", "truth"),
    [
        ("relu", 1 / math.sqrt(2 * math.pi)),
        ("softplus", 0.20662096414190703726),
        ("tanh", 0.0),
    ],
)
def test_the_mean_slope_has_its_known_value(points, name, truth):
    found = data_numbers(points, get(name))
    assert found.slope == pytest.approx(truth, rel=1e-13, abs=1e-15)
    if truth == 0:
        assert found.bound == 0


@pytest.mark.parametrize(
    ("name", "truth"), [("relu", 0.5), ("softplus", 0.29337903585809296)]
)
def test_orthonormal_points_have_the_known_smallest_eigenvalue(name, truth):
    points = torch.eye(4, dtype=torch.float64)
    found = data_numbers(points, get(name))
    assert found.smallest == pytest.approx(truth, rel=1e-12)
    assert found.bound == pytest.approx(found.slope**2)


def test_the_khatri_rao_number_is_that_of_the_product_of_rows(points):
    found = data_numbers(points, get("relu"))
    product = torch.einsum("ni,nj->nij", points, points).flatten(1)
    values = torch.linalg.svdvals(product)
    truth = float(values[-1]) ** 2 / (2 * math.pi)
    assert found.bound == pytest.approx(truth, rel=1e-10)


def test_means_are_those_of_the_runs():
    record = CATALOG["oymak_rate"].run(
        {"activations": "softplus", "widths": 32, "points": 8, "trials": 3}, quick=True
    )
    tables = record.content["tables"]
    rates = [row["rate_over_end"] for row in tables["runs"]]
    assert len(rates) == 3
    row = tables["means"][0]
    assert row["mean"] == pytest.approx(sum(rates) / 3, rel=1e-15)
    assert (row["least"], row["most"]) == (min(rates), max(rates))
    assert row["low"] < row["least"]
    ends = [row for row in tables["curves"] if row["trial"] == 0][-1]
    assert ends["step"] == tables["runs"][0]["steps"]
    assert ends["residual"] <= 1e-6


def test_runs_that_do_not_arrive_leave_claims_undecided():
    record = CATALOG["oymak_rate"].run(
        {"widths": 2, "points": 20, "dimension": 2, "most_steps": 20, "trials": 2},
        quick=True,
    )
    verdicts = {each["verdict"] for each in record.content["findings"]}
    assert verdicts == {"not decided"}
    assert record.content["charts"] == []
    assert "did not come" in record.content["notes"][0]
