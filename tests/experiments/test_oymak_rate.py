"""The numbers behind the rate, by other routes."""

import math

import mpmath
import pytest
import torch

from widthwise.activations import get
from widthwise.experiments import CATALOG
from widthwise.experiments.oymak._network import network
from widthwise.experiments.oymak._path import follow
from widthwise.experiments.oymak._points import trial_points, trial_targets
from widthwise.experiments.oymak._spectrum import data_numbers, mean_slope
from widthwise.features import jacobian


@pytest.mark.parametrize(
    ("name", "truth"),
    [
        ("relu", 1 / math.sqrt(2 * math.pi)),
        ("softplus", 0.20662096414190703726),
        ("tanh", 0.0),
        ("square", 2.0),
    ],
)
def test_the_mean_slope_has_its_known_value(name, truth):
    assert mean_slope(get(name)) == pytest.approx(truth, rel=1e-13, abs=1e-15)


def test_the_mean_slope_of_elu_is_its_integral():
    # E[g φ'(g)] = ∫_0^∞ g n(g) dg + ∫_-∞^0 g e^g n(g) dg
    left = mpmath.quad(lambda g: g * mpmath.exp(g) * mpmath.npdf(g), [-20, -5, 0])
    truth = float(1 / mpmath.sqrt(2 * mpmath.pi) + left)
    assert mean_slope(get("elu")) == pytest.approx(truth, rel=1e-13)


@pytest.mark.parametrize(
    ("name", "truth"), [("relu", 0.5), ("softplus", 0.29337903585809296)]
)
def test_orthonormal_points_have_the_known_smallest_eigenvalue(name, truth):
    points = torch.eye(4, dtype=torch.float64)
    found = data_numbers(points, get(name))
    assert found.smallest == pytest.approx(truth, rel=1e-12)
    assert found.khatri_rao == pytest.approx(1.0)


def test_the_khatri_rao_number_is_that_of_the_product_of_rows(points):
    found = data_numbers(points, get("relu"))
    product = torch.einsum("ni,nj->nij", points, points).flatten(1)
    values = torch.linalg.svdvals(product)
    assert found.khatri_rao == pytest.approx(float(values[-1]) ** 2, rel=1e-10)


def run(name, width=400, decades=6):
    points = trial_points("sphere", 12, 8, 0, seed=0)
    start = network(get(name), points, trial_targets(12, 0, seed=0), width, 0)
    return start, follow(start, decades, 20_000)


def test_a_path_marks_each_power_of_ten_once():
    start, path = run("softplus")
    assert [mark.decade for mark in path.marks] == list(range(7))
    for mark in path.marks[1:]:
        assert path.residuals[mark.step] <= 10.0**-mark.decade
        assert path.residuals[mark.step - 1] > 10.0**-mark.decade
    assert path.initial_norm == pytest.approx(
        float(torch.linalg.vector_norm(start.inner))
    )


def test_singular_values_at_the_start_are_those_of_the_jacobian():
    start, path = run("softplus", decades=2)
    matrix = jacobian(start.points, start.inner, start.outer, start.act)
    values = torch.linalg.svdvals(matrix)
    assert path.marks[0].smallest == pytest.approx(float(values[-1]), rel=1e-9)
    assert path.marks[0].largest == pytest.approx(float(values[0]), rel=1e-9)
    assert path.step_size == pytest.approx(float(values[0]) ** -2, rel=1e-9)
    assert path.marks[0].distance == 0


def test_a_very_wide_network_follows_its_linear_model():
    # The relative change of the kernel is of order 1/sqrt(width).
    _, path = run("softplus", width=8000, decades=4)
    assert path.marks[-1].step == pytest.approx(path.predicted_steps, rel=0.05)
    assert path.measured_rate >= 0.99 * path.predicted_rate(path.marks[-1])


def test_only_activations_with_kinks_count_their_crossings():
    assert run("softplus", decades=2)[1].kink_crossings is None
    assert run("relu", decades=2)[1].kink_crossings >= 0


def test_a_run_that_does_not_arrive_is_none():
    points = trial_points("sphere", 12, 3, 0, seed=0)
    start = network(get("softplus"), points, trial_targets(12, 0, seed=0), 2, 0)
    assert follow(start, 3, 50) is None


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
