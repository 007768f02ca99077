"""Every estimator keeps scikit-learn's protocol, as its own checks have it."""

import pytest
from sklearn.base import is_classifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from widthwise import estimators

WEIGHTS = (
    "check_sample_weight_equivalence_on_dense_data",
    "check_sample_weight_equivalence_on_sparse_data",
)
LEFT_OUT = (
    "Leaving out a row of weight two is not leaving out one of two equal rows, whose "
    "twin would still tell its label. So another penalty is chosen, and another slope "
    "of the probabilities. With a penalty given, outputs and scores are the same: "
    "test_protocol.py holds it."
)

AUTOMATIC = [
    estimators.ReadoutRegressor(),
    estimators.ReadoutClassifier(),
    estimators.RandomFeaturesRegressor(activation="relu"),
    estimators.RandomFeaturesClassifier(activation="relu"),
    estimators.NetworkKernelRegressor(),
    estimators.NetworkKernelClassifier(),
]
GIVEN = [
    estimators.ReadoutRegressor(penalty=1e-3),
    estimators.ReadoutClassifier(penalty=1e-3),
    estimators.RandomFeaturesRegressor(40, "relu", penalty=1e-3),
    estimators.RandomFeaturesClassifier(40, "relu", penalty=1e-3),
    estimators.NetworkKernelRegressor(penalty=1e-3),
    estimators.NetworkKernelClassifier(penalty=1e-3),
    estimators.NetworkKernelRegressor(solver="minimum_norm", depth=2),
    estimators.RandomFeaturesRegressor(40, "relu", penalty=1e-3, scale=None),
    estimators.RandomFeaturesClassifier(40, "relu", penalty=1e-3, scale=None),
    estimators.RandomFeatures(20),
]


def expected_failures(estimator):
    chosen = estimator in AUTOMATIC or is_classifier(estimator)
    return dict.fromkeys(WEIGHTS, LEFT_OUT) if chosen else {}


@pytest.mark.filterwarnings("ignore::UserWarning")  # Some checks fit labels at random.
@parametrize_with_checks([*AUTOMATIC, *GIVEN], expected_failed_checks=expected_failures)
def test_the_protocol_of_scikit_learn_is_kept(estimator, check):
    check(estimator)
