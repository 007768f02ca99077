"""A saved estimator is read whole or refused."""

import json

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal
from sklearn.exceptions import NotFittedError

from widthwise import activations, estimators
from widthwise.errors import DataError, InvalidArgumentError, MissingDataError
from widthwise.estimators.files._file_format import read_file, write_file

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(30, 3))
Y = X[:, 0] + np.sin(2 * X[:, 1])
KINDS = np.where(Y > 0, "up", "down")
LEAKY = activations.get("leaky_relu", negative_slope=0.2)

BOTH = np.column_stack([Y, X])
CHOSEN = estimators.RandomFeaturesRegressor([16, 32], ["relu", "gelu"])

MODELS = {
    "readout": estimators.ReadoutRegressor().fit(X, Y),
    "features": estimators.RandomFeaturesRegressor([16, 32], ["relu", "gelu"]).fit(
        X, Y
    ),
    "parameters": estimators.RandomFeaturesRegressor(20, LEAKY).fit(X, Y),
    "normalized": estimators.RandomFeaturesRegressor(
        20, "normalized_tanh", "gaussian"
    ).fit(X, Y),
    "kernel": estimators.NetworkKernelRegressor(depth=2).fit(
        X, np.column_stack([Y, X])
    ),
    "stopped": estimators.ReadoutRegressor("gradient_descent").fit(X, Y),
    "classes": estimators.NetworkKernelClassifier().fit(X, KINDS),
    "objects": estimators.ReadoutClassifier().fit(X, KINDS.astype(object)),
}
EACH = pytest.mark.parametrize("name", MODELS)


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "model"
    MODELS["kernel"].save(path)
    return path


@EACH
def test_what_is_read_predicts_the_same_bits(name, tmp_path):
    model = MODELS[name]
    model.save(tmp_path / "model")
    found = estimators.load(tmp_path / "model")
    assert type(found) is type(model)
    assert found.get_params().keys() == model.get_params().keys()
    new = X * 1.1
    assert_array_equal(found.predict(new), model.predict(new))
    assert repr(found) == repr(model)
    assert found.verdict_ == model.verdict_
    assert found.leave_one_out_ == model.leave_one_out_
    assert found.spectrum_ == model.spectrum_
    if hasattr(model, "classes_"):
        assert_array_equal(found.predict_proba(new), model.predict_proba(new))
        assert found.classes_.dtype == model.classes_.dtype


def test_a_layer_is_saved_too(tmp_path):
    layer = estimators.RandomFeatures(8).fit(X)
    layer.save(tmp_path / "layer")
    found = estimators.load(tmp_path / "layer")
    assert_array_equal(found.transform(X), layer.transform(X))


def test_the_posterior_is_saved(saved):
    one, other = MODELS["kernel"], estimators.load(saved)
    for mine, its in zip(
        one.predict(X, return_std=True), other.predict(X, return_std=True), strict=True
    ):
        assert_array_equal(mine, its)


def test_any_bit_that_was_altered_is_found(saved):
    """Every bit of the first line, and a thousand of the rest."""
    whole = saved.read_bytes()
    first = whole.index(b"\n") + 1
    places = [*range(first), *RANDOM.integers(first, len(whole), 1000)]
    for place in places:
        altered = bytearray(whole)
        altered[place] ^= 1 << int(RANDOM.integers(8))
        saved.write_bytes(bytes(altered))
        with pytest.raises(DataError) as refusal:
            estimators.load(saved)
        assert str(refusal.value).count("\n") == 0
    saved.write_bytes(whole[:-1])
    with pytest.raises(DataError, match="altered"):
        estimators.load(saved)


def test_a_newer_version_is_refused_as_such(saved):
    whole = saved.read_bytes()
    saved.write_bytes(whole.replace(b"estimator 1 ", b"estimator 2 ", 1))
    with pytest.raises(DataError, match=r"reads up to 1\. Update widthwise"):
        estimators.load(saved)


def test_another_file_is_refused(tmp_path):
    with pytest.raises(MissingDataError, match="There is no file"):
        estimators.load(tmp_path / "none")
    with pytest.raises(DataError, match="Name a file"):
        estimators.load(tmp_path)
    (tmp_path / "other").write_bytes(b"a,b\n1,2\n")
    with pytest.raises(DataError, match="no estimator that widthwise saved"):
        estimators.load(tmp_path / "other")
    write_file(tmp_path / "strange", {"estimator": "Forest", "state": {}})
    with pytest.raises(DataError, match="'Forest'"):
        estimators.load(tmp_path / "strange")


def test_a_forged_file_names_no_class_but_ours(tmp_path, monkeypatch):
    """One with a true hash, whose content asks for a class of its own."""
    write_file(tmp_path / "forged", {"estimator": "ReadoutRegressor"})
    monkeypatch.setattr(json, "loads", lambda _: {"$Path": {"$dict": []}})
    with pytest.raises(DataError, match="does not hold an estimator"):
        read_file(tmp_path / "forged")


def test_nothing_is_saved_before_a_fit(tmp_path):
    with pytest.raises(NotFittedError):
        estimators.ReadoutRegressor().save(tmp_path / "model")


def test_a_function_of_the_users_is_not_saved(tmp_path):
    model = estimators.RandomFeaturesRegressor(8, torch.tanh).fit(X, Y)
    with pytest.raises(InvalidArgumentError, match="holds no code"):
        model.save(tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_requests_for_metadata_are_left_aside(tmp_path):
    import sklearn

    with sklearn.config_context(enable_metadata_routing=True):
        model = estimators.ReadoutRegressor().set_fit_request(sample_weight=True)
        model.fit(X, Y).save(tmp_path / "model")
    assert_array_equal(estimators.load(tmp_path / "model").predict(X), model.predict(X))
