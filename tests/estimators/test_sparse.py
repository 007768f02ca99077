"""Sparse rows give the model of the same rows made dense."""

import tracemalloc

import numpy as np
import pytest
import scipy.sparse
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone

from widthwise.errors import InvalidArgumentError, MemoryBudgetError
from widthwise.estimators import (
    NetworkKernelClassifier,
    NetworkKernelRegressor,
    RandomFeatures,
    RandomFeaturesClassifier,
    RandomFeaturesRegressor,
    ReadoutClassifier,
    ReadoutRegressor,
)

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(60, 9)) * (RANDOM.random((60, 9)) < 0.3)
X[:, 4] = 0.0  # A column that is constant is left out.
X[:, 0] = RANDOM.normal(size=60)  # No two rows are equal.
WIDE = RANDOM.normal(size=(20, 45)) * (RANDOM.random((20, 45)) < 0.2)
Y = RANDOM.normal(size=(60, 2))
WEIGHTS = RANDOM.choice([0.0, 0.5, 1.0, 3.0], 60)
KINDS = scipy.sparse.csr_matrix, scipy.sparse.csc_array, scipy.sparse.coo_array
EACH_KIND = pytest.mark.parametrize("kind", KINDS)

REGRESSORS = [
    ReadoutRegressor(),
    ReadoutRegressor(scale="standard"),
    ReadoutRegressor("minimum_norm", intercept=False),
    RandomFeaturesRegressor(20, "relu"),
    RandomFeaturesRegressor([20, 30], ["relu", "gelu"], project=False),
    RandomFeaturesRegressor(20, "relu", "gaussian", scale=None),
    NetworkKernelRegressor(),
    NetworkKernelRegressor(scale=None, project=False, solver="minimum_norm"),
]


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["plain", "weighted"])
@pytest.mark.parametrize("table", [X, WIDE], ids=["tall", "wide"])
@pytest.mark.parametrize("model", REGRESSORS, ids=str)
@pytest.mark.filterwarnings("ignore:.*no weights of this layer")
def test_a_fit_is_that_of_the_rows_made_dense(model, table, weights):
    targets = Y[: len(table)]
    weights = None if weights is None else weights[: len(table)]
    rows = scipy.sparse.csr_array(table)
    found = clone(model).fit(rows, targets, weights)
    dense = clone(model).fit(table, targets, weights)
    assert found.penalty_ == pytest.approx(dense.penalty_, rel=1e-6)
    assert_allclose(found.predict(rows), dense.predict(table), rtol=1e-8, atol=1e-10)
    left, other = found.leave_one_out_, dense.leave_one_out_
    assert_allclose(left.predictions, other.predictions, rtol=1e-7, atol=1e-9)
    assert_allclose(left.errors, other.errors, rtol=1e-7)
    assert found.verdict_ == dense.verdict_ or _is_close(found, dense)


def _is_close(found, dense):
    one, other = vars(found.verdict_).copy(), vars(dense.verdict_).copy()
    for each in (one, other):
        each.pop("reason")
    for name in ("condition_number", "residual"):
        assert_allclose(one.pop(name), other.pop(name), rtol=1e-7)
    return one == other


@EACH_KIND
@pytest.mark.parametrize(
    "model",
    [
        ReadoutClassifier(),
        RandomFeaturesClassifier(20, "relu"),
        NetworkKernelClassifier(),
    ],
    ids=str,
)
def test_classes_of_sparse_rows_are_those_of_dense_ones(model, kind):
    labels = np.array(["a", "b", "c"])[np.digitize(X[:, 0], [-0.1, 0.1])]
    found = clone(model).fit(kind(X), labels)
    dense = clone(model).fit(X, labels)
    assert_array_equal(found.predict(kind(X)), dense.predict(X))
    assert_allclose(found.predict_proba(kind(X)), dense.predict_proba(X), atol=1e-8)


@EACH_KIND
def test_features_of_sparse_rows_are_those_of_dense_ones(kind):
    found = RandomFeatures(7).fit(kind(X), sample_weight=WEIGHTS)
    dense = RandomFeatures(7).fit(X, sample_weight=WEIGHTS)
    assert_allclose(found.transform(kind(X)), dense.transform(X), atol=1e-14)


def test_rows_come_block_by_block_sparse_too():
    model = ReadoutRegressor(penalty=0.1)
    for part in (slice(0, 20), slice(20, 60)):
        model.partial_fit(scipy.sparse.csr_array(X[part]), Y[part])
    expected = ReadoutRegressor(penalty=0.1).fit(X, Y).predict(X)
    assert_allclose(model.predict(X), expected, rtol=1e-9)


def test_equal_sparse_rows_with_other_labels_are_named():
    twice = scipy.sparse.vstack([X, X[3:4], X[5:6]]).tocsr()
    labels = np.concatenate([Y[:, 0], [Y[3, 0]], [7.0]])
    with pytest.warns(UserWarning, match="one point with different labels"):
        found = ReadoutRegressor().fit(twice, labels)
    assert found.verdict_.conflicting_rows == ((5, 61),)


def test_columns_far_from_zero_keep_their_digits():
    """A mean of 1e9 with a deviation of 1: a difference of squares has none left."""
    far = X + 1e9 * (np.arange(9) == 2)
    given = scipy.sparse.csr_array(far)
    found = ReadoutRegressor(scale="standard").fit(given, Y).model_.preparation
    dense = ReadoutRegressor(scale="standard").fit(far, Y).model_.preparation
    assert_allclose(found.center, dense.center, rtol=1e-15, atol=1e-16)
    assert_allclose(found.spread, dense.spread, rtol=1e-7)


def test_a_table_that_would_not_fit_dense_is_fitted():
    """1,500 x 40,000 entries are 480 MB dense; blocks of 32 MB are made."""
    rows = scipy.sparse.random_array((1500, 40_000), density=5e-4, rng=0).tocsr()
    y = np.asarray(rows[:, :50].sum(axis=1)).ravel() + 1.0
    model = RandomFeaturesRegressor(16, "relu", penalty=1e-3)
    tracemalloc.start()
    model.fit(rows, y)
    model.predict(rows)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200e6


def test_what_needs_dense_rows_says_so():
    with pytest.raises(InvalidArgumentError, match="toarray"):
        ReadoutRegressor("gradient_descent").fit(scipy.sparse.csr_array(X), Y)
    wide = scipy.sparse.random_array((1000, 10**12), density=1e-14, rng=0).tocsr()
    with pytest.raises(MemoryBudgetError, match="make a block of rows dense"):
        NetworkKernelRegressor().fit(wide, np.arange(1000.0))


def test_the_standard_deviation_of_sparse_rows_is_that_of_dense_ones():
    found = NetworkKernelRegressor(penalty=0.1).fit(scipy.sparse.csr_array(X), Y)
    dense = NetworkKernelRegressor(penalty=0.1).fit(X, Y)
    for one, other in zip(
        found.predict(scipy.sparse.csr_array(X[:5]), return_std=True),
        dense.predict(X[:5], return_std=True),
        strict=True,
    ):
        assert_allclose(one, other, rtol=1e-9)
