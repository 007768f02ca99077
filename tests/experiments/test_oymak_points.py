"""Points and labels of the trials."""

import pytest
import torch

from widthwise.errors import InvalidArgumentError
from widthwise.experiments.oymak._points import trial_points, trial_targets


def check(points, other, count, dimension):
    assert points.shape == (count, dimension)
    norms = torch.linalg.vector_norm(points, dim=1)
    assert torch.allclose(norms, torch.ones_like(norms), rtol=0, atol=1e-14)
    assert not torch.equal(points, other)


def test_points_of_the_sphere_are_unit_and_independent():
    points = trial_points("sphere", 30, 7, 0, seed=1)
    check(points, trial_points("sphere", 30, 7, 1, seed=1), 30, 7)
    assert torch.equal(points, trial_points("sphere", 30, 7, 0, seed=1))
    assert not torch.equal(points, trial_points("sphere", 30, 7, 0, seed=2))


@pytest.mark.data
@pytest.mark.parametrize("data", ["mnist", "fashion_mnist"])
@pytest.mark.usefixtures("data_directory")
def test_images_become_principal_components_on_the_sphere(data):
    points = trial_points(data, 45, 12, 0, seed=0)
    check(points, trial_points(data, 45, 12, 1, seed=0), 45, 12)
    assert torch.linalg.matrix_rank(points) == 12


@pytest.mark.data
@pytest.mark.usefixtures("data_directory")
def test_too_few_images_are_refused():
    with pytest.raises(InvalidArgumentError, match="12 images have fewer than 12"):
        trial_points("mnist", 12, 12, 0, seed=0)


def test_labels_are_signs_with_equal_chances():
    targets = torch.stack([trial_targets(400, trial, seed=0) for trial in range(25)])
    assert torch.equal(targets.abs(), torch.ones(25, 400, dtype=torch.float64))
    # 10,000 fair signs: the mean's standard error is 0.01.
    assert abs(float(targets.mean())) < 0.04
    assert not torch.equal(targets[0], targets[1])
