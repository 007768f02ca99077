"""What estimators promise beyond scikit-learn's own checks."""

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn
import torch
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_iris
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from widthwise import activations, estimators, features
from widthwise.errors import DataError, InvalidArgumentError, UnknownNameError
from widthwise.estimators import (
    NetworkKernelClassifier,
    NetworkKernelRegressor,
    RandomFeatures,
    RandomFeaturesClassifier,
    RandomFeaturesRegressor,
    ReadoutClassifier,
    ReadoutRegressor,
)

X, Y = load_diabetes(return_X_y=True)
X, Y = X[:80], Y[:80]
FLOWERS, KINDS = load_iris(return_X_y=True)
COLUMNS = {f"c{j}": X[:, j] for j in range(X.shape[1])}

REGRESSORS = [
    ReadoutRegressor(),
    RandomFeaturesRegressor(40, "relu"),
    NetworkKernelRegressor(),
]
CLASSIFIERS = [
    ReadoutClassifier(),
    RandomFeaturesClassifier(40, "relu"),
    NetworkKernelClassifier(),
]
EACH_REGRESSOR = pytest.mark.parametrize("model", REGRESSORS, ids=str)
EACH_CLASSIFIER = pytest.mark.parametrize("model", CLASSIFIERS, ids=str)


@EACH_REGRESSOR
@pytest.mark.parametrize("table", [pd.DataFrame, pl.DataFrame, torch.tensor])
def test_tables_and_tensors_are_taken_as_arrays_are(model, table):
    given = table(X) if table is torch.tensor else table(COLUMNS)
    found = clone(model).fit(given, Y)
    # A table's columns lie otherwise in memory, and sums round otherwise.
    assert_allclose(found.predict(given), clone(model).fit(X, Y).predict(X))
    if table is not torch.tensor:
        assert list(found.feature_names_in_) == list(COLUMNS)


@EACH_REGRESSOR
def test_outputs_are_independent_but_for_their_penalty(model):
    model = clone(model).set_params(penalty=0.3)
    both = clone(model).fit(X, np.column_stack([Y, Y**2])).predict(X)
    assert_allclose(both[:, 0], clone(model).fit(X, Y).predict(X))
    assert_allclose(both[:, 1], clone(model).fit(X, Y**2).predict(X))


@pytest.mark.parametrize("solver", ["ridge", "minimum_norm", "gradient_descent"])
@EACH_REGRESSOR
@pytest.mark.filterwarnings("ignore:.*no weights of this layer")
def test_a_constant_added_to_the_labels_is_added_to_the_predictions(model, solver):
    steps = 50 if solver == "gradient_descent" else "auto"
    model = clone(model).set_params(penalty=0.3, solver=solver, steps=steps)
    moved = clone(model).fit(X, Y + 1000.0).predict(X)
    assert_allclose(moved, clone(model).fit(X, Y).predict(X) + 1000.0, rtol=1e-9)


@EACH_CLASSIFIER
def test_a_row_of_weight_two_scores_as_two_rows(model):
    model = clone(model).set_params(penalty=0.01)
    weights = np.where(np.arange(len(KINDS)) % 3, 1, 2)
    one = clone(model).fit(FLOWERS, KINDS, sample_weight=weights)
    twice = np.repeat(np.arange(len(KINDS)), weights)
    two = clone(model).fit(FLOWERS[twice], KINDS[twice])
    # Features of 40 units solve a system with condition number 1e4 or so.
    assert_allclose(
        one.decision_function(FLOWERS), two.decision_function(FLOWERS), atol=1e-8
    )


@EACH_CLASSIFIER
@pytest.mark.parametrize(
    "labels",
    [
        np.array(["no", "yes", "perhaps"])[KINDS],
        np.array(["no", "yes", "perhaps"], dtype=object)[KINDS],
        np.array([7.0, -1.0, 2.0])[KINDS],
        KINDS == 1,
    ],
    ids=["text", "objects", "floats", "truths"],
)
def test_labels_of_any_type_come_back(model, labels):
    found = clone(model).fit(FLOWERS, labels)
    assert set(found.predict(FLOWERS)) <= set(found.classes_) == set(labels)
    probabilities = found.predict_proba(FLOWERS)
    assert_allclose(probabilities.sum(axis=1), 1.0)
    assert_array_equal(found.classes_[probabilities.argmax(1)], found.predict(FLOWERS))


@EACH_CLASSIFIER
def test_probabilities_are_those_of_rows_left_out(model):
    """Their log loss beats that of the classes' shares, and the slope is the best."""
    found = clone(model).fit(FLOWERS, KINDS).calibration_
    assert found.log_loss < np.log(3)


def test_a_readout_is_ridge_regression():
    found = ReadoutRegressor(penalty=0.5).fit(X, Y)
    peer = Ridge(alpha=0.5).fit(X, Y)
    assert_allclose(found.predict(X), peer.predict(X))


@pytest.mark.parametrize("law", ["sphere", "gaussian"])
def test_random_features_are_those_of_the_prepared_rows(law):
    """Standardised, a constant appended, and on the sphere."""
    found = RandomFeatures(30, "relu", law, seed=3).fit_transform(X)
    points = (X - X.mean(axis=0)) / X.std(axis=0)
    points = np.column_stack([points, np.ones(len(X))])
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    layer = features.RandomFeatures("relu", 30, law, 3)
    assert_allclose(found, layer.matrix(points), atol=1e-14)


def test_a_network_is_its_features_with_a_readout():
    layer = RandomFeatures(30, "gelu", seed=3)
    pipeline = make_pipeline(layer, ReadoutRegressor(penalty=0.1)).fit(X, Y)
    network = RandomFeaturesRegressor(30, "gelu", penalty=0.1, seed=3).fit(X, Y)
    assert_allclose(network.predict(X), pipeline.predict(X))


def test_an_infinite_network_is_the_limit_of_wide_ones():
    """The difference at width m is of the order of 1/√m."""
    limit = NetworkKernelRegressor(kernel="conjugate", penalty=0.1).fit(X, Y)
    wide = RandomFeaturesRegressor(20_000, "relu", "gaussian", penalty=0.1).fit(X, Y)
    apart = np.abs(wide.predict(X) - limit.predict(X)).max()
    assert apart < 10 * Y.std() / np.sqrt(20_000)


@pytest.mark.parametrize("weights", [None, np.linspace(0.0, 2.0, len(Y))])
def test_the_standard_deviation_is_that_of_a_gaussian_process(weights):
    """A constant of any size is a prior of variance 1e8 for it."""
    model = NetworkKernelRegressor(penalty=0.4).fit(X, Y, sample_weight=weights)
    mean, std = model.predict(X[:9] * 0.9, return_std=True)
    kept = np.ones(len(X), bool) if weights is None else weights > 0
    machine = model.model_
    points = machine.points[torch.from_numpy(kept)]
    new = machine.preparation.points(X[:9] * 0.9)
    every = machine.network.kernel(torch.cat([points, new])).numpy() + 1e8
    noise = np.full(kept.sum(), 0.4) if weights is None else 0.4 / weights[kept]
    n = int(kept.sum())
    gram = every[:n, :n] + np.diag(noise)
    weight = np.linalg.solve(gram, every[:n, n:])
    variance = every[n:, n:].diagonal() + 0.4 - (every[:n, n:] * weight).sum(axis=0)
    expected = np.sqrt(variance * model.prior_variance_)
    # The constant's 1e8 costs eight digits of sixteen.
    assert_allclose(std, expected, rtol=1e-5)
    assert_allclose(mean, weight.T @ Y[kept], rtol=1e-5)


def test_without_an_intercept_the_posterior_is_scikit_learns():
    model = NetworkKernelRegressor(penalty=0.4, intercept=False).fit(X, Y)
    points = model.model_.points
    mean, std = model.predict(X, return_std=True)
    peer = GaussianProcessRegressor(_Kernel(model.model_.network), alpha=0.4)
    peer_mean, peer_std = peer.fit(points.numpy(), Y).predict(
        points.numpy(), return_std=True
    )
    assert_allclose(mean, peer_mean, rtol=1e-9)
    scale = model.prior_variance_[0]
    assert_allclose(std**2 / scale, peer_std**2 + 0.4, rtol=1e-8)


class _Kernel(sklearn.gaussian_process.kernels.Kernel):
    """A network's kernel as scikit-learn's Gaussian process asks for it."""

    def __init__(self, network):
        self.network = network

    def __call__(self, one, other=None, eval_gradient=False):
        found = self.network.kernel(
            torch.from_numpy(one), None if other is None else torch.from_numpy(other)
        ).numpy()
        return (found, np.empty((*found.shape, 0))) if eval_gradient else found

    def diag(self, one):
        return self.network.diagonal(torch.from_numpy(one)).numpy()

    def is_stationary(self):
        return False


def test_searches_pipelines_and_workers_take_them():
    search = GridSearchCV(
        make_pipeline(StandardScaler(), RandomFeaturesRegressor(20, "relu")),
        {"randomfeaturesregressor__width": [10, 20]},
        cv=3,
    ).fit(X, Y)
    assert search.best_params_["randomfeaturesregressor__width"] in (10, 20)
    scores = cross_val_score(NetworkKernelRegressor(), X, Y, cv=3)
    again = joblib.Parallel(n_jobs=2, backend="threading")(
        joblib.delayed(cross_val_score)(NetworkKernelRegressor(), X, Y, cv=3)
        for _ in range(2)
    )
    assert_allclose(again, [scores, scores])


def test_weights_are_routed():
    with sklearn.config_context(enable_metadata_routing=True):
        model = ReadoutRegressor().set_fit_request(sample_weight=True)
        model.set_score_request(sample_weight=True)
        weights = np.linspace(0.0, 1.0, len(Y))
        found = cross_val_score(model, X, Y, cv=2, params={"sample_weight": weights})
    assert len(found) == 2


@pytest.mark.parametrize("model", [*REGRESSORS, *CLASSIFIERS], ids=str)
def test_weights_reach_the_last_step_of_a_pipeline(model):
    rows, labels = (X, Y) if model in REGRESSORS else (FLOWERS, KINDS)
    weights = np.linspace(0.1, 2.0, len(rows))
    alone = clone(model).fit(StandardScaler().fit_transform(rows), labels, weights)
    with sklearn.config_context(enable_metadata_routing=True):
        last = clone(model).set_fit_request(sample_weight=True)
        scaler = StandardScaler().set_fit_request(sample_weight=False)
        pipeline = make_pipeline(scaler, last).fit(rows, labels, sample_weight=weights)
        if hasattr(model, "partial_fit"):
            assert last.set_partial_fit_request(sample_weight=True) is last
    expected = alone.predict(StandardScaler().fit_transform(rows))
    assert_array_equal(pipeline.predict(rows), expected)


def test_output_can_be_a_table():
    layer = RandomFeatures(4).set_output(transform="polars")
    found = layer.fit_transform(pl.DataFrame(COLUMNS))
    assert found.columns == [f"randomfeatures{j}" for j in range(4)]


def test_single_precision_is_judged_in_single_precision():
    """A column that is another but for rounding in float32 adds no rank."""
    one = X[:, 2:4].astype(np.float32)
    phi = np.column_stack([one, one @ np.float32([0.3, 0.7])])
    assert ReadoutRegressor().fit(phi, Y).verdict_.rank == 2


def test_any_function_is_an_activation():
    named = RandomFeaturesRegressor(30, "tanh", penalty=0.1).fit(X, Y)
    given = RandomFeaturesRegressor(30, torch.tanh, penalty=0.1).fit(X, Y)
    assert_allclose(given.predict(X), named.predict(X), rtol=1e-9)
    made = activations.get("leaky_relu", negative_slope=0.3)
    assert RandomFeaturesRegressor(30, made).fit(X, Y).activation_ == "leaky_relu"


def test_width_and_activation_are_those_of_least_error_left_out():
    model = RandomFeaturesRegressor([16, 64, 256], ["relu", "gelu"]).fit(X, Y)
    choice = model.choice_
    compared = choice["activations"]
    assert model.activation_ == min(compared, key=compared.get)
    for width, error in zip(choice["widths"], choice["errors"], strict=True):
        alone = RandomFeaturesRegressor(width, model.activation_).fit(X, Y)
        assert_allclose(alone.leave_one_out_.error, error, rtol=1e-9)
    least = min(choice["errors"])
    assert choice["errors"][choice["widths"].index(model.width_)] <= 1.01 * least
    assert model.recommended_width_ <= model.width_


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"solver": "magic"}, "'minimum_norm', 'ridge' or 'gradient_descent'"),
        ({"width": "wide"}, "'auto'"),
        ({"width": 0}, "at least 1"),
        ({"activation": "rleu"}, "relu"),
        ({"law": "cube"}, "sphere"),
        ({"scale": "minmax"}, "'standard'"),
        ({"penalty": -1.0}, "zero or positive"),
        ({"penalty": "best"}, "'auto'"),
        ({"solver": "gradient_descent", "steps": "few"}, "'auto'"),
        ({"activation": []}, "'auto'"),
    ],
)
def test_a_wrong_parameter_is_refused_at_fit_with_what_is_needed(changed, named):
    model = RandomFeaturesRegressor(20, "relu").set_params(**changed)
    with pytest.raises((InvalidArgumentError, UnknownNameError), match=named):
        model.fit(X, Y)


def test_a_word_for_a_kernel_is_refused_with_those_that_are_known():
    with pytest.raises(InvalidArgumentError, match="'conjugate' or 'tangent'"):
        NetworkKernelRegressor(kernel="rbf").fit(X, Y)
    with pytest.raises(InvalidArgumentError, match="law='gaussian'"):
        NetworkKernelRegressor(law="sphere", depth=2).fit(X, Y)


def test_a_variance_that_is_not_known_is_refused():
    twice = np.concatenate([X[:5], X[:5]])
    model = NetworkKernelRegressor(solver="minimum_norm")
    model.fit(twice, np.concatenate([Y[:5], Y[:5]]))
    with pytest.raises(InvalidArgumentError, match="singular"):
        model.predict(X, return_std=True)
    stopped = NetworkKernelRegressor(solver="gradient_descent", steps=3).fit(X, Y)
    with pytest.raises(InvalidArgumentError, match="no posterior"):
        stopped.predict(X, return_std=True)


def test_every_estimator_is_named_on_the_door():
    assert {type(each).__name__ for each in [*REGRESSORS, *CLASSIFIERS]} <= set(
        estimators.__all__
    )


def test_labels_that_have_no_order_are_refused_with_their_types():
    with pytest.raises(DataError, match="types int and str"):
        ReadoutClassifier().fit(X, np.array(["a", 1] * 40, dtype=object))


@pytest.mark.parametrize("size", [1e-300, 1e300])
def test_features_whose_squares_leave_the_range_are_refused(size):
    with pytest.raises(InvalidArgumentError, match="Scale them"):
        ReadoutRegressor().fit(X * size, Y)
    scaled = ReadoutRegressor(scale="standard", penalty=1.0).fit(X * size, Y)
    expected = ReadoutRegressor(scale="standard", penalty=1.0).fit(X, Y).predict(X)
    assert_allclose(scaled.predict(X * size), expected, rtol=1e-9)
