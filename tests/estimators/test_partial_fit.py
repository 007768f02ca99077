"""Rows that come block by block give the model of all rows at once."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.linear_model import RidgeCV

from widthwise.errors import DataError, InvalidArgumentError
from widthwise.estimators import (
    NetworkKernelRegressor,
    RandomFeaturesClassifier,
    RandomFeaturesRegressor,
    ReadoutClassifier,
    ReadoutRegressor,
    load,
)
from widthwise.estimators.learners import _random_features

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(60, 4))
Y = np.column_stack([X[:, 0] + np.sin(2 * X[:, 1]), X[:, 2] ** 2]) + 3.0
KINDS = np.array(["a", "b", "c"])[np.digitize(X[:, 0], [-0.4, 0.4])]
WEIGHTS = RANDOM.choice([0.0, 0.5, 1.0, 3.0], 60)
PARTS = (slice(0, 7), slice(7, 8), slice(8, 40), slice(40, 60))

REGRESSORS = [
    ReadoutRegressor(penalty=0.3),
    ReadoutRegressor("minimum_norm"),
    ReadoutRegressor(penalty=0.3, intercept=False),
    RandomFeaturesRegressor(20, "relu", scale=None, penalty=0.01),
    RandomFeaturesRegressor(90, "gelu", "gaussian", scale=None, penalty=0.1),
]


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["plain", "weighted"])
@pytest.mark.parametrize("model", REGRESSORS, ids=str)
def test_outputs_are_those_of_all_rows_at_once(model, weights):
    whole = clone(model).fit(X, Y, weights)
    parts = clone(model)
    for part in PARTS:
        some = None if weights is None else weights[part]
        if some is None or some.any():
            parts.partial_fit(X[part], Y[part], some)
    assert_allclose(parts.predict(X), whole.predict(X), rtol=1e-9)
    assert_allclose(parts.spectrum_.eigenvalues, whole.spectrum_.eigenvalues, rtol=1e-9)
    for name in ("rows", "rank", "width", "fits", "fits_any_labels"):
        assert getattr(parts.verdict_, name) == getattr(whole.verdict_, name)
    assert parts.verdict_.residual == pytest.approx(whole.verdict_.residual, rel=1e-9)


@pytest.mark.parametrize(
    "model",
    [
        ReadoutClassifier(penalty=0.3),
        RandomFeaturesClassifier(20, "relu", scale=None, penalty=0.01),
    ],
    ids=str,
)
@pytest.mark.parametrize("labels", [KINDS, KINDS == "a"], ids=["three", "two"])
def test_scores_are_those_of_all_rows_at_once(model, labels):
    whole, parts = clone(model).fit(X, labels), clone(model)
    for part in PARTS:
        parts.partial_fit(X[part], labels[part], classes=np.unique(labels))
    assert_allclose(
        parts.decision_function(X), whole.decision_function(X), rtol=1e-9, atol=1e-12
    )
    assert_array_equal(parts.predict(X), whole.predict(X))
    with pytest.raises(InvalidArgumentError, match="decision_function"):
        parts.predict_proba(X)


def test_the_penalty_is_that_of_generalized_cross_validation():
    """Found by refitting at each, from the trace of the smoother."""
    penalties = [1e-3, 1.0, 30.0, 1e3, 1e5]
    model = ReadoutRegressor(penalty=penalties)
    for part in PARTS:
        model.partial_fit(X[part], Y[part, 0])
    scores = []
    for penalty in penalties:
        fitted = ReadoutRegressor(penalty=penalty).fit(X, Y[:, 0])
        centred = X - X.mean(axis=0)
        inner = np.linalg.inv(centred.T @ centred + penalty * np.eye(4))
        freedom = np.trace(centred @ inner @ centred.T) + 1
        missed = np.square(fitted.predict(X) - Y[:, 0]).mean()
        scores.append(missed / (1 - freedom / 60) ** 2)
    assert model.penalty_ == penalties[int(np.argmin(scores))]
    # With rows left out the same is found here; the two need not agree.
    assert RidgeCV(penalties).fit(X, Y[:, 0]).alpha_ == model.penalty_


def test_a_penalty_is_found_where_few_rows_have_come():
    model = ReadoutRegressor()
    for part in (slice(0, 1), slice(1, 3), slice(3, 60)):
        model.partial_fit(X[part], Y[part, 0])
        assert np.isfinite(model.predict(X)).all()
    assert repr(model).splitlines()[1].startswith("  60 rows, rank 4, penalty")
    assert "generalized" not in model._repr_html_()


@pytest.mark.parametrize(
    ("model", "needed"),
    [
        (ReadoutRegressor(scale="standard"), "scale=None"),
        (ReadoutRegressor("gradient_descent"), "solver="),
        (RandomFeaturesRegressor(), "one width and one activation and scale=None"),
        (RandomFeaturesRegressor([8, 9], ["relu", "elu"]), "one width"),
        (RandomFeaturesRegressor(9, "relu", scale=None, project=False), "project=True"),
    ],
    ids=str,
)
def test_what_depends_on_the_rows_to_come_is_refused(model, needed):
    assert not hasattr(model, "partial_fit")
    with pytest.raises(AttributeError) as raised:
        model.partial_fit(X, Y)
    assert needed in str(raised.value.__cause__)


def test_infinite_networks_need_all_rows():
    assert not hasattr(NetworkKernelRegressor(), "partial_fit")


def test_a_model_that_does_not_hold_its_rows_begins_anew_and_says_so(tmp_path):
    last = ReadoutRegressor(penalty=1.0).fit(X[9:], Y[9:]).predict(X)
    model = ReadoutRegressor(penalty=1.0).partial_fit(X[:9], Y[:9])
    model.save(tmp_path / "model")
    again = load(tmp_path / "model")
    assert_array_equal(again.predict(X), model.predict(X))
    for held in (again, clone(model).fit(X[:9], Y[:9]), model.fit(X[:9], Y[:9])):
        with pytest.warns(UserWarning, match="begins anew"):
            held.partial_fit(X[9:], Y[9:])
        assert_allclose(held.predict(X), last, rtol=1e-9)
        held.partial_fit(X[:9], Y[:9])
        assert held.verdict_.rows == 60


def test_classes_are_named_once_and_no_others_come():
    with pytest.raises(ValueError, match="classes must be passed"):
        ReadoutClassifier().partial_fit(X, KINDS)
    with pytest.raises(DataError, match="one class only"):
        ReadoutClassifier().partial_fit(X, np.full(60, "a"), classes=["a"])
    model = ReadoutClassifier().partial_fit(X[:9], KINDS[:9], classes=["a", "b", "c"])
    with pytest.raises(DataError, match="'d' is none of the classes"):
        model.partial_fit(X[:1], ["d"])
    with pytest.raises(ValueError, match="features"):
        model.partial_fit(X[:, :3], KINDS)


def test_a_block_that_is_refused_is_not_taken():
    model = ReadoutRegressor(penalty=1.0).partial_fit(X, Y)
    before = model.predict(X)
    with pytest.raises(DataError, match="targets of shape"):
        model.partial_fit(X, Y[:, 0])
    with pytest.raises(DataError, match="weight"):
        model.partial_fit(X, Y, sample_weight=-WEIGHTS)
    assert_array_equal(model.predict(X), before)


@pytest.mark.parametrize("width", [20, [8, 20, 90]], ids=["one", "several"])
def test_features_that_would_not_fit_in_memory_are_read_in_blocks(monkeypatch, width):
    whole = RandomFeaturesRegressor(width, "relu").fit(X, Y, WEIGHTS)
    monkeypatch.setattr(_random_features, "available_bytes", lambda: 1000)
    parts = RandomFeaturesRegressor(width, "relu").fit(X, Y, WEIGHTS)
    assert parts.width_ == whole.width_
    assert parts.penalty_ == pytest.approx(whole.penalty_, rel=1e-6)
    assert_allclose(parts.predict(X), whole.predict(X), rtol=1e-7)
    assert_allclose(
        parts.leave_one_out_.predictions, whole.leave_one_out_.predictions, rtol=1e-7
    )
    assert parts.verdict_.missed_rows == whole.verdict_.missed_rows
