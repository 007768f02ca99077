"""A diagnosis of singular data is never wrong, and names the rows."""

import numpy as np
import pytest
import torch

from widthwise.datasets import bad_points, project_to_sphere
from widthwise.diagnosis import diagnose

SINGULAR = ("relu", "swish", "gelu", "gelu_tanh", "softplus", "leaky_relu")
REGULAR = ("elu", "wendland0", "wendland2")
PLANTED = tuple(range(5, 13))


@pytest.fixture
def planted():
    generator = torch.Generator().manual_seed(3)
    random = torch.randn(12, 4, generator=generator, dtype=torch.float64)
    random = project_to_sphere(random)
    return torch.cat([random[:5], bad_points(4), random[5:]])


def run(points, y, names):
    return diagnose(
        points, y, activations=names, widths=(20, 100), trials=2, probability=0.9
    )


def test_eight_cube_points_are_named_with_the_residual_they_force(planted):
    y = torch.zeros(20, dtype=torch.float64)
    y[list(PLANTED)] = torch.tensor([1.0, 1, 1, 1, -1, -1, -1, -1]).double()
    found = run(planted, y, SINGULAR)
    assert found.verdict("fits").status == "no"
    for each in found.activations:
        verdict = each["rank_verdict"]
        assert not verdict["can_fit_any_labels"]
        assert verdict["is_exact"]
        assert verdict["rank"] == 19
        assert tuple(verdict["rows"]) == PLANTED
        # y is the null vector itself, so nothing of it can be fitted.
        assert verdict["relative_residual_bound"] == pytest.approx(1.0, abs=1e-12)
        assert each["width"]["empirical"] is None
        assert each["training"]["steps"]["0.01"] == np.inf
        assert each["training"]["floor"] == pytest.approx(1.0, abs=1e-9)


def test_labels_off_the_null_vector_can_be_fitted(planted):
    y = torch.ones(20, dtype=torch.float64)
    found = run(planted, y, ("relu",))
    assert found.verdict("fits").status == "yes"
    assert "these labels" in found.verdict("fits").answer
    steps = found.activations[0]["training"]["steps"]["0.01"]
    assert np.isfinite(steps)


def test_activations_with_both_parities_are_not_blamed(planted):
    found = run(planted, None, REGULAR)
    assert found.verdict("fits").status == "yes"
    assert all(e["rank_verdict"]["rank"] == 20 for e in found.activations)


def test_a_mixed_panel_depends_and_recommends_one_that_fits(planted):
    y = torch.zeros(20, dtype=torch.float64)
    y[5] = 1.0
    found = run(planted, y, ("relu", "elu"))
    assert found.verdict("fits").status == "caution"
    assert found.verdict("activation").activation == "elu"


def test_bias_cures_antipodal_points(planted):
    found = diagnose(
        planted, activations="relu", widths=(20, 60), trials=2, bias=True,
        standardize=False,
    )  # fmt: skip
    assert found.verdict("fits").status == "yes"
    assert found.record.content["data"]["dimension"] == 5


def test_equal_rows_with_different_labels_fit_nothing():
    generator = torch.Generator().manual_seed(0)
    points = project_to_sphere(
        torch.randn(10, 3, generator=generator, dtype=torch.float64)
    )
    points[7] = points[2]
    y = torch.zeros(10, dtype=torch.float64)
    y[2], y[7] = 1.0, -1.0
    found = run(points, y, ("elu", "relu"))
    verdict = found.verdict("fits")
    assert verdict.status == "no"
    for each in found.activations:
        assert each["rank_verdict"]["rows"] == [2, 7]
        assert each["rank_verdict"]["relative_residual_bound"] == pytest.approx(1.0)
