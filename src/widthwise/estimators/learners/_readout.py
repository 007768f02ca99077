"""The readout of features that are given: frozen embeddings, or any table."""

from typing import Any

import numpy as np
import torch
from scipy.sparse import issparse

from widthwise.arrays import Array, Float, real_tensor
from widthwise.estimators.learners._by_blocks import (
    BlockClassifier,
    BlockRegressor,
    Blocks,
    refused_options,
)
from widthwise.estimators.learners._protocol import (
    Learned,
    solver_of,
)
from widthwise.estimators.maps import (
    GivenFeatures,
    Rows,
    Scaled,
    learned_preparation,
    unchanged,
)

__all__ = ["ReadoutClassifier", "ReadoutRegressor"]


class _Readout:
    """The last layer's features are the columns of X."""

    accepts_sparse = True

    def __init__(
        self,
        solver: Any = "ridge",
        *,
        penalty: Any = "auto",
        steps: Any = "auto",
        intercept: Any = True,
        scale: Any = None,
    ) -> None:
        self.solver = solver
        self.penalty = penalty
        self.steps = steps
        self.intercept = intercept
        self.scale = scale

    def _learned(
        self,
        rows: Rows,
        targets: Float[np.ndarray, "n c"],
        weights: np.ndarray | None,
    ) -> Learned:
        preparation = learned_preparation(
            rows, weights, scale=self.scale, bias=False, project=False
        )
        if issparse(rows):
            phi = rows if self.scale is None else Scaled(rows, preparation)
            solved = solver_of(self).of_features(phi, targets, weights)
            model = GivenFeatures(preparation, solved.coefficients, solved.intercept)
            return Learned(model, solved, rows, rows.shape[1], {})
        phi = preparation.shifted(rows)
        # As they came, so that their own precision decides the rank.
        given = real_tensor(rows if self.scale is None else phi, "The features")
        solved = solver_of(self).of_features(given, targets, weights)
        model = GivenFeatures(preparation, solved.coefficients, solved.intercept)
        return Learned(model, solved, torch.from_numpy(phi), phi.shape[1], {})

    def _needed_of_blocks(self) -> str:
        return refused_options(
            {
                "scale=None": self.scale is None,
                "solver='ridge' or 'minimum_norm'": self.solver != "gradient_descent",
            }
        )

    def _blocks(self, dimension: int) -> Blocks:
        preparation = unchanged(dimension, bias=False, project=False)
        return Blocks(
            features=_features,
            model=lambda v, b: GivenFeatures(preparation, v, b),
            width=dimension,
            attributes={},
        )


def _features(rows: Rows) -> Array:
    given = rows.toarray() if issparse(rows) else rows
    return real_tensor(given, "The features")


class ReadoutRegressor(_Readout, BlockRegressor):
    r"""A linear readout of features that are given, with a verdict.

    $\min_{v, b} \tfrac12 \sum_i \omega_i (\phi_i \cdot v + b - y_i)^2 + \tfrac\lambda2
    \|v\|^2$ with λ of least leave-one-out error, found in closed form for a whole path
    from one factorization.

    Parameters
    ----------
    solver
        "ridge", "minimum_norm" (λ → 0) or "gradient_descent", stopped early.
    penalty
        λ of "ridge": "auto" for the best of a path by leave-one-out error, a number of
        at least 0, or several to choose from.
    steps
        Of "gradient_descent" at the step 1/s₁²: "auto" for the best number, a number,
        or several to choose from, by exact leave-one-out error.
    intercept
        Whether a constant b is free; it is not penalized.
    scale
        None leaves the features as they are; "standard" gives each column mean 0 and
        standard deviation 1, as measured in training.

    Attributes
    ----------
    verdict_
        `FitVerdict`: rank, condition number, rows and labels that cannot be fitted.
    leave_one_out_
        `LeftOut`: each row predicted by the fit to all others, and the errors.
    spectrum_
        The eigenvalues of the Gram matrix of the features, centred and weighted.
    penalty_, steps_
        The λ that was used, and the number of steps; None but for gradient descent.
    recommended_width_
        None: the width is that of the features.
    model_
        The map from rows to scores.

    References
    ----------
    `widthwise.readouts.ridge_path`. Cost: n m k + 9 k³ operations, k = min(n, m).

    Examples
    --------
    >>> import widthwise as ww
    >>> import numpy as np
    >>> X = np.random.default_rng(0).normal(size=(20, 3))
    >>> model = ww.estimators.ReadoutRegressor().fit(X, X[:, 0])
    >>> model.predict(X[:2]).shape
    (2,)
    """


class ReadoutClassifier(_Readout, BlockClassifier):
    """Linear readouts of features that are given, each class against the rest.

    Codes are −1 and 1, one column a class (of two, one column), and all share λ.

    Parameters
    ----------
    solver, penalty, steps, intercept, scale
        As for `ReadoutRegressor`.

    Attributes
    ----------
    classes_
        The labels, sorted.
    calibration_
        The logistic model behind `predict_proba`, fitted to leave-one-out scores.
    verdict_, leave_one_out_, spectrum_, penalty_, steps_, recommended_width_, model_
        As for `ReadoutRegressor`; `leave_one_out_.wrong` is the share of rows that are
        given a wrong class when left out.

    Examples
    --------
    >>> import widthwise as ww
    >>> import numpy as np
    >>> X = np.random.default_rng(0).normal(size=(20, 3))
    >>> model = ww.estimators.ReadoutClassifier().fit(X, X[:, 0] > 0)
    >>> model.predict(X[:2]).shape
    (2,)
    """
