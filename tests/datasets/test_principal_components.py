"""Principal components agree with the eigenvectors of the covariance."""

import numpy as np
import pytest

from widthwise.datasets.catalog._principal_components import principal_components
from widthwise.errors import InvalidArgumentError


@pytest.fixture
def cloud():
    draw = np.random.default_rng(2)
    return draw.standard_normal((40, 6)) * [9, 5, 3, 1, 0.5, 0.1] + 100


def test_they_agree_with_the_covariance_and_with_scikit_learn(cloud):
    from sklearn.decomposition import PCA

    found, share = principal_components(cloud, 3)
    values, vectors = np.linalg.eigh(np.cov(cloud.T, bias=True))
    np.testing.assert_allclose((found**2).mean(axis=0), values[::-1][:3], rtol=1e-10)
    assert share == pytest.approx(values[::-1][:3].sum() / values.sum(), rel=1e-12)
    projected = (cloud - cloud.mean(axis=0)) @ vectors[:, ::-1][:, :3]
    np.testing.assert_allclose(np.abs(found), np.abs(projected), atol=1e-10)
    theirs = PCA(3, svd_solver="full").fit_transform(cloud)
    np.testing.assert_allclose(np.abs(found), np.abs(theirs), atol=1e-10)


def test_signs_do_not_depend_on_the_order_of_rows(cloud):
    order = np.random.default_rng(0).permutation(40)
    first = principal_components(cloud, 4)[0]
    second = principal_components(cloud[order], 4)[0]
    np.testing.assert_allclose(first[order], second, atol=1e-10)


@pytest.mark.parametrize("count", [0, 7, -1])
def test_a_count_out_of_range_is_refused(cloud, count):
    with pytest.raises(InvalidArgumentError, match="from 1 to 6"):
        principal_components(cloud, count)
