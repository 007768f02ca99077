"""Rows that come block by block: solved for all of them, none of them kept."""

import warnings
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import _check_partial_fit_first_call
from sklearn.utils.validation import validate_data

from widthwise.arrays import Float, PointsLike
from widthwise.errors import DataError
from widthwise.estimators.files import HELD
from widthwise.estimators.layer import class_codes, verdict_of_blocks
from widthwise.estimators.learners._protocol import (
    Classifier,
    LastLayerEstimator,
    Regressor,
    solver_of,
)
from widthwise.estimators.learners._row_weights import row_weights
from widthwise.estimators.maps import Model, Rows
from widthwise.readouts import RowAccumulator
from widthwise.spectra import squared_spectrum

__all__ = ["BlockClassifier", "BlockRegressor", "Blocks", "refused_options"]

_ROUNDING = 1e3 * float(np.finfo(np.float64).eps)


@dataclass(frozen=True, eq=False)
class Blocks:
    """What an estimator does with each block.

    Attributes
    ----------
    features
        The last layer's, of some rows.
    model
        Of coefficients and intercept.
    width
        How many features there are.
    attributes
        More of the fitted attributes, by name.
    """

    features: Callable[[Rows], Any]
    model: Callable[[Any, Any], Model]
    width: int
    attributes: dict[str, Any]


def refused_options(wanted: dict[str, bool]) -> str:
    """Return what keeps rows from coming block by block, empty for nothing.

    Parameters
    ----------
    wanted
        What is needed, and whether it is so.
    """
    return " and ".join(what for what, is_so in wanted.items() if not is_so)


def _takes_blocks(estimator: Any) -> bool:
    missing = estimator._needed_of_blocks()
    if missing:
        raise AttributeError(
            f"partial_fit needs {missing}: what is learned of a block must not depend "
            "on the rows to come. Set it, or fit all rows at once."
        )
    return True


class _ByBlocks(LastLayerEstimator):
    """An estimator whose rows may come block by block."""

    @abstractmethod
    def _blocks(self, dimension: int) -> Blocks:
        """Return what is done with blocks of so many columns."""

    @abstractmethod
    def _needed_of_blocks(self) -> str:
        """Return which parameters would have to be others, empty for none."""

    def _is_first_block(self) -> bool:
        if hasattr(self, HELD):
            return False
        if hasattr(self, "model_"):
            warnings.warn(
                f"{type(self).__name__} was fitted to all of its rows at once, or read "
                "from a file, and does not hold what more rows would be added to: it "
                "begins anew with these. Begin with partial_fit to keep all.",
                stacklevel=3,
            )
        return True

    def _take_block(
        self,
        rows: Rows,
        targets: Float[np.ndarray, "b c"],
        weights: np.ndarray | None,
    ) -> None:
        blocks, solver = self._blocks(rows.shape[1]), solver_of(self)
        is_free = bool(self.intercept)
        held = getattr(self, HELD, None) or RowAccumulator(intercept=is_free)
        held.add(blocks.features(rows), targets, weights)
        setattr(self, HELD, held)
        penalty = 0.0
        if solver.name == "ridge":
            penalty = held.best(solver.penalties)
        found = held.reduced()
        rest, fitted = (
            float(torch.linalg.vector_norm(each))
            for each in (found.modes.rest, found.modes.projections)
        )
        total = float(np.hypot(rest, fitted))
        reached = rest <= _ROUNDING * held.rows * total
        self.model_ = blocks.model(held.solution(penalty), held.intercept(penalty))
        self.penalty_, self.steps_ = penalty, None
        self.leave_one_out_ = self.recommended_width_ = None
        self.verdict_ = verdict_of_blocks(
            held.rows,
            found.modes.eigenvalues.numpy(),
            0.0 if reached else rest / total,
            width=blocks.width,
            intercept=is_free,
        )
        self.spectrum_ = squared_spectrum(found.values, max(held.rows - is_free, 1))
        for name, value in blocks.attributes.items():
            setattr(self, name, value)


class BlockRegressor(_ByBlocks, Regressor):
    """A regressor whose rows may come block by block."""

    @available_if(_takes_blocks)  # type: ignore[untyped-decorator]
    def partial_fit(
        self, X: PointsLike, y: PointsLike, sample_weight: PointsLike | None = None
    ) -> Any:
        """Take more rows: the model is that of all rows so far.

        It is the model of `fit` to rounding, at the same penalty. A penalty is chosen
        by generalized cross-validation, since no row is held to be left out. After a
        `fit` it begins anew, with a warning.

        Parameters
        ----------
        X
            Shape (b, d), any b >= 1, d as before.
        y
            Shape (b,) or (b, c), as before.
        sample_weight
            Shape (b,), at least 0.

        Returns
        -------
        The estimator itself.

        Raises
        ------
        ValueError
            If shapes do not fit, or an entry is not a finite number.

        Cost
        ----
        2 b m² + 20 m³ operations for m features: blocks of more than m rows are best.
        """
        rows, targets = validate_data(
            self,
            X,
            y,
            multi_output=True,
            y_numeric=True,
            reset=self._is_first_block(),
            **self._reading(),
        )
        wide = targets.astype(np.float64).reshape(len(targets), -1)
        self._take_block(rows, wide, row_weights(rows, sample_weight))
        self._shape = targets.shape[1:]
        return self


class BlockClassifier(_ByBlocks, Classifier):
    """A classifier whose rows may come block by block."""

    @available_if(_takes_blocks)  # type: ignore[untyped-decorator]
    def partial_fit(
        self,
        X: PointsLike,
        y: PointsLike,
        classes: PointsLike | None = None,
        sample_weight: PointsLike | None = None,
    ) -> Any:
        """Take more rows: the model is that of all rows so far.

        It is the model of `fit` to rounding, at the same penalty, without the
        probabilities, which follow from rows left out.

        Parameters
        ----------
        X
            Shape (b, d), any b >= 1, d as before.
        y
            Shape (b,), labels among the classes.
        classes
            All labels that will ever come; needed at the first call.
        sample_weight
            Shape (b,), at least 0.

        Returns
        -------
        The estimator itself.

        Raises
        ------
        ValueError
            If shapes do not fit, an entry is not a finite number, or a label is none of
            the classes.

        Cost
        ----
        2 b m² + 20 m³ operations for m features: blocks of more than m rows are best.
        """
        is_first = self._is_first_block()
        rows, labels = validate_data(self, X, y, reset=is_first, **self._reading())
        _check_partial_fit_first_call(self, classes)
        if len(self.classes_) < 2:
            raise DataError(
                f"There is one class only, {self.classes_.tolist()[0]!r}; at least two "
                "were needed."
            )
        unknown = np.setdiff1d(labels, self.classes_)
        if len(unknown):
            raise DataError(
                f"The label {unknown.tolist()[0]!r} is none of the classes of the "
                "first call. Name all classes there."
            )
        weights = row_weights(rows, sample_weight)
        self.calibration_ = None
        places = np.searchsorted(self.classes_, labels)
        self._take_block(rows, class_codes(places, len(self.classes_)), weights)
        return self
