"""What a fitted estimator says of its labels."""

import warnings

import numpy as np
import pytest
from sklearn.base import clone

from widthwise.estimators import (
    NetworkKernelRegressor,
    RandomFeaturesRegressor,
    ReadoutClassifier,
    ReadoutRegressor,
)

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(12, 3))
Y = RANDOM.normal(size=12)


def test_a_wide_layer_fits_any_labels_and_a_narrow_one_does_not():
    wide = RandomFeaturesRegressor(60, "relu").fit(X, Y).verdict_
    assert wide.fits_any_labels
    assert wide.fits
    assert (wide.rows, wide.width, wide.rank) == (12, 60, 11)
    assert wide.residual == 0.0
    narrow = RandomFeaturesRegressor(5, "relu").fit(X, Y).verdict_
    assert not narrow.fits_any_labels
    assert not narrow.fits
    assert narrow.rank == 5


def test_the_residual_is_that_of_least_squares():
    verdict = ReadoutRegressor().fit(X, Y).verdict_
    phi = np.column_stack([X, np.ones(12)])
    missed = Y - phi @ np.linalg.lstsq(phi, Y, rcond=None)[0]
    share = np.linalg.norm(missed) / np.linalg.norm(Y - Y.mean())
    assert verdict.residual == pytest.approx(share)
    worst = sorted(np.argsort(-np.abs(missed))[:5].tolist())
    assert list(verdict.missed_rows) == worst
    centred = X - X.mean(axis=0)
    assert verdict.condition_number == pytest.approx(np.linalg.cond(centred))


def test_the_spectrum_is_that_of_the_centred_features():
    found = ReadoutRegressor().fit(X, Y).spectrum_
    values = np.linalg.svd(X - X.mean(axis=0), compute_uv=False) ** 2
    np.testing.assert_allclose(found.eigenvalues[:3], values)
    assert found.rank == 3
    assert found.points_count == 11


@pytest.mark.parametrize(
    "model",
    [ReadoutRegressor(), RandomFeaturesRegressor(40, "relu"), NetworkKernelRegressor()],
    ids=str,
)
def test_rows_that_are_one_point_with_other_labels_are_named_in_one_warning(model):
    twice, labels = np.concatenate([X, X[[4, 7]]]), np.append(Y, [Y[4], Y[7] + 1.0])
    with pytest.warns(UserWarning, match="Rows 7 and 13 are one point") as said:
        verdict = clone(model).fit(twice, labels).verdict_
    assert len(said) == 1
    assert verdict.conflicting_rows == ((7, 13),)
    assert not verdict.fits_any_labels


def test_a_row_that_does_not_count_conflicts_with_nothing():
    twice, labels = np.concatenate([X, X[[7]]]), np.append(Y, Y[7] + 1.0)
    weights = np.append(np.ones(12), 0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = NetworkKernelRegressor(penalty=0.1).fit(twice, labels, weights)
    assert model.verdict_.fits_any_labels


def test_a_minimum_norm_fit_that_misses_says_so_once():
    with pytest.warns(UserWarning, match="no weights of this layer reach") as said:
        ReadoutRegressor("minimum_norm").fit(np.tile(X, 5), Y)
    assert len(said) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        RandomFeaturesRegressor(60, "relu", solver="minimum_norm").fit(X, Y)
        ReadoutRegressor("minimum_norm").fit(X, Y)  # Three columns promise nothing.


def test_two_lines_say_what_was_found():
    fitted = ReadoutRegressor().fit(X, Y)
    first, second = repr(fitted).splitlines()
    assert first == "ReadoutRegressor()"
    assert "12 rows, rank 3, leave-one-out R²" in second
    assert repr(ReadoutRegressor()) == "ReadoutRegressor()"
    kinds = ReadoutClassifier().fit(X, Y > 0)
    assert "right when left out" in repr(kinds)


def test_a_notebook_shows_a_card_after_the_fit():
    fitted = ReadoutRegressor().fit(X, Y)
    shown = fitted._repr_html_()
    assert "widthwise-card" in shown
    assert "leave-one-out R²" in shown
    assert "widthwise-card" not in ReadoutRegressor()._repr_html_()
