"""Points and labels of the trials."""

import pytest
import torch

from widthwise.errors import InvalidArgumentError
from widthwise.experiments._oymak_points import trial_points, trial_targets


def check(points, trials, count, dimension):
    assert points.shape == (trials, count, dimension)
    norms = torch.linalg.vector_norm(points, dim=2)
    assert torch.allclose(norms, torch.ones_like(norms), rtol=0, atol=1e-14)
    assert not torch.equal(points[0], points[1])


def test_points_of_the_sphere_are_unit_and_independent():
    points = trial_points("sphere", 30, 7, 3, seed=1)
    check(points, 3, 30, 7)
    assert torch.equal(points[:2], trial_points("sphere", 30, 7, 2, seed=1))
    assert not torch.equal(points, trial_points("sphere", 30, 7, 3, seed=2))


@pytest.mark.data
@pytest.mark.parametrize("data", ["mnist", "fashion_mnist"])
@pytest.mark.usefixtures("data_directory")
def test_images_become_principal_components_on_the_sphere(data):
    points = trial_points(data, 45, 12, 2, seed=0)
    check(points, 2, 45, 12)
    assert torch.linalg.matrix_rank(points[0]) == 12
    assert torch.equal(points, trial_points(data, 45, 12, 2, seed=0))


@pytest.mark.data
@pytest.mark.usefixtures("data_directory")
def test_too_few_images_are_refused():
    with pytest.raises(InvalidArgumentError, match="12 images have fewer than 12"):
        trial_points("mnist", 12, 12, 2, seed=0)


def test_labels_are_signs_with_equal_chances():
    targets = trial_targets(400, 25, seed=0)
    assert torch.equal(targets.abs(), torch.ones(25, 400, dtype=torch.float64))
    # 10,000 fair signs: the mean's standard error is 0.01.
    assert abs(float(targets.mean())) < 0.04
    assert not torch.equal(targets[0], targets[1])
