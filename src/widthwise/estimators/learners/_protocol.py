"""What all estimators share: scikit-learn's protocol around a map that is learned."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from widthwise.arrays import Float, PointsLike
from widthwise.cards import card
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.estimators.files import HELD, Saved
from widthwise.estimators.layer import (
    Calibration,
    LastLayer,
    LeftOut,
    Solver,
    calibrated,
    class_codes,
    classes_of_scores,
    fit_verdict,
    left_out,
    sorted_classes,
)
from widthwise.estimators.learners._row_weights import row_weights
from widthwise.estimators.maps import Model, Rows
from widthwise.spectra import squared_spectrum
from widthwise.wording import count, number, percent

__all__ = [
    "Classifier",
    "LastLayerEstimator",
    "Learned",
    "Regressor",
    "solver_of",
]


@dataclass(frozen=True, eq=False)
class Learned:
    """A learned map.

    Attributes
    ----------
    model
        From rows to scores.
    solved
        Its last layer.
    points
        What the last layer's features are of, which decides which rows are one point.
    width
        How many features there are, None for infinitely many.
    attributes
        More of the fitted attributes, by name.
    """

    model: Model
    solved: LastLayer
    points: Any
    width: int | None
    attributes: dict[str, Any]


def solver_of(estimator: Any) -> Solver:
    """Return how an estimator's parameters say that its last layer is solved."""
    return Solver(
        estimator.solver,
        estimator.penalty,
        estimator.steps,
        bool(estimator.intercept),
    )


class LastLayerEstimator(Saved, BaseEstimator, ABC):
    """An estimator whose last layer is solved."""

    accepts_sparse = False
    leave_one_out_: LeftOut | None  # None where rows came block by block.

    @abstractmethod
    def _learned(
        self,
        rows: Rows,
        targets: Float[np.ndarray, "n c"],
        weights: np.ndarray | None,
    ) -> Learned:
        """Learn the map from rows to targets."""

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "model_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = self.accepts_sparse
        return tags

    def _reading(self) -> dict[str, Any]:
        """Return how rows are read."""
        return {
            "dtype": (np.float64, np.float32),
            "accept_sparse": "csr" if self.accepts_sparse else False,
        }

    def _take(
        self,
        rows: Rows,
        targets: np.ndarray,
        weights: np.ndarray | None,
        places: np.ndarray | None = None,
    ) -> LeftOut:
        """Learn, keep what was found, and return what is left out."""
        found = self._learned(rows, targets, weights)
        solved = found.solved
        wrong = None
        if places is not None:
            given = classes_of_scores(targets - solved.residuals)
            wrong = float(np.average(given != places, weights=weights))
        verdict = fit_verdict(
            found.points,
            targets,
            solved.unreachable,
            solved.eigenvalues,
            weights,
            width=found.width,
            intercept=bool(self.intercept),
            must_fit=self.solver == "minimum_norm",
            owner=type(self).__name__,
        )
        if hasattr(self, HELD):
            delattr(self, HELD)
        self.model_ = found.model
        self.penalty_ = solved.penalty
        self.steps_ = solved.steps
        left = left_out(
            targets,
            solved.residuals,
            weights,
            wrong=wrong,
            penalties=solved.penalties,
            errors=solved.errors,
        )
        self.leave_one_out_ = left
        self.verdict_ = verdict
        self.spectrum_ = squared_spectrum(
            solved.square_roots, verdict.rows - bool(self.intercept)
        )
        self.recommended_width_ = None
        for name, value in found.attributes.items():
            setattr(self, name, value)
        return left

    def _scores(self, X: PointsLike) -> Float[np.ndarray, "n c"]:
        check_is_fitted(self)
        rows = validate_data(self, X, reset=False, **self._reading())
        found: np.ndarray = self.model_.scores(rows)
        return found

    def __repr__(self, N_CHAR_MAX: int = 700) -> str:
        """Return the call, and in a second line what the fit found."""
        call = super().__repr__(N_CHAR_MAX)
        if not self.__sklearn_is_fitted__():
            return str(call)
        return f"{call}\n{self._summary()}"

    def _summary(self) -> str:
        left = self.leave_one_out_
        error = ""
        if left is not None:
            error = f"leave-one-out R² {number(left.r2)}, "
        if left is not None and left.wrong is not None:
            error = f"{number(1 - left.wrong)} right when left out, "
        chosen = f"penalty {number(self.penalty_)}"
        if self.steps_ is not None:
            chosen = f"{count(self.steps_)} steps"
        verdict = self.verdict_
        return f"  {verdict.rows} rows, rank {verdict.rank}, {error}{chosen}"

    def _repr_html_inner(self) -> str:
        """Return the card that a notebook shows; before a fit, scikit-learn's own."""
        if not self.__sklearn_is_fitted__():
            return str(super()._repr_html_inner())
        left, verdict = self.leave_one_out_, self.verdict_
        right = None
        if left is not None and left.wrong is not None:
            right = percent(1.0 - left.wrong)
        rows = (
            ("rows", verdict.rows),
            ("width", verdict.width or "infinite"),
            ("activation", getattr(self, "activation_", None)),
            ("penalty", self.penalty_ if self.steps_ is None else None),
            ("steps", self.steps_),
            ("leave-one-out R²", left.r2 if left and right is None else None),
            ("right when left out", right),
            ("rank", verdict.rank),
            ("condition number", verdict.condition_number),
            ("recommended width", self.recommended_width_),
        )
        return card(super().__repr__(), rows, verdict.reason)


class Regressor(RegressorMixin, LastLayerEstimator):
    """A regressor of one or several outputs."""

    def fit(
        self, X: PointsLike, y: PointsLike, sample_weight: PointsLike | None = None
    ) -> Any:
        """Fit the model.

        Parameters
        ----------
        X
            Shape (n, d), n >= 2: NumPy, torch, pandas, polars, SciPy's sparse ones.
        y
            Shape (n,) or (n, c).
        sample_weight
            Shape (n,), at least 0. A row of weight 0 is as if it were absent.

        Returns
        -------
        The estimator itself.

        Raises
        ------
        ValueError
            If shapes do not fit, or an entry is not a finite number.
        """
        rows, targets = validate_data(
            self,
            X,
            y,
            multi_output=True,
            y_numeric=True,
            ensure_min_samples=2,
            **self._reading(),
        )
        weights = row_weights(rows, sample_weight)
        self._shape = targets.shape[1:]
        wide = targets.astype(np.float64).reshape(len(targets), -1)
        self._take(rows, wide, weights)
        return self

    def predict(self, X: PointsLike) -> Float[np.ndarray, "*n"]:
        """Return the predicted targets, shaped as those of training.

        Parameters
        ----------
        X
            Shape (k, d), the columns of training.
        """
        return self._shaped(self._scores(X))

    def _shaped(self, scores: np.ndarray) -> np.ndarray:
        return scores.reshape(len(scores), *self._shape)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


class Classifier(ClassifierMixin, LastLayerEstimator):
    """A classifier: each class against the rest, with codes −1 and 1."""

    calibration_: Calibration | None

    def fit(
        self, X: PointsLike, y: PointsLike, sample_weight: PointsLike | None = None
    ) -> Any:
        """Fit the model.

        Parameters
        ----------
        X
            Shape (n, d), n >= 2: NumPy, torch, pandas, polars, SciPy's sparse ones.
        y
            Shape (n,), labels of any type, at least two different ones.
        sample_weight
            Shape (n,), at least 0. A row of weight 0 is as if it were absent.

        Returns
        -------
        The estimator itself.

        Raises
        ------
        ValueError
            If shapes do not fit, an entry is not a finite number, or there is a single
            class.
        """
        rows, labels = validate_data(
            self, X, y, ensure_min_samples=2, **self._reading()
        )
        classes, places = sorted_classes(labels)
        check_classification_targets(labels)
        weights = row_weights(rows, sample_weight)
        self.classes_ = classes
        counted = places if weights is None else places[weights > 0]
        if len(np.unique(counted)) < 2:
            raise DataError(
                f"There is one class only, {self.classes_.tolist()[counted[0]]!r}, "
                "among the rows that count; at least two were needed."
            )
        codes = class_codes(places, len(self.classes_))
        left = self._take(rows, codes, weights, places)
        self.calibration_ = calibrated(left.predictions, places, weights)
        return self

    def decision_function(self, X: PointsLike) -> Float[np.ndarray, "*n"]:
        """Return the score of each class, (k, classes); of two, that of the second."""
        scores = self._scores(X)
        return scores[:, 0] if scores.shape[1] == 1 else scores

    def predict(self, X: PointsLike) -> np.ndarray:
        """Return the class with the highest score."""
        places = classes_of_scores(self._scores(X))
        found: np.ndarray = self.classes_[places]
        return found

    def predict_proba(self, X: PointsLike) -> Float[np.ndarray, "k c"]:
        """Return probabilities, by a logistic model of the leave-one-out scores.

        Parameters
        ----------
        X
            Shape (k, d), the columns of training.

        Source
        ------
        Platt (1999): see `calibration_`, whose `log_loss` says how good they are.
        """
        scores = self._scores(X)
        if self.calibration_ is None:
            raise InvalidArgumentError(
                "Probabilities follow from the scores of rows left out, and rows that "
                "came by partial_fit are not held. Use decision_function, or fit all "
                "rows at once."
            )
        found: np.ndarray = self.calibration_.probabilities(scores)
        return found
