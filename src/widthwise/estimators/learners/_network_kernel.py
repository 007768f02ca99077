"""Networks of infinite width, fitted by their kernels."""

from typing import Any

import numpy as np
import torch
from scipy.sparse import issparse
from sklearn.utils.validation import validate_data

from widthwise.arrays import Float, PointsLike
from widthwise.errors import InvalidArgumentError
from widthwise.estimators.learners._protocol import (
    Classifier,
    Learned,
    Regressor,
    solver_of,
)
from widthwise.estimators.maps import (
    KernelMachine,
    Rows,
    infinite_network,
    learned_preparation,
)
from widthwise.numerics import require
from widthwise.readouts import posterior

__all__ = ["NetworkKernelClassifier", "NetworkKernelRegressor"]

_ROWS = 1024  # At once.


class _NetworkKernel:
    """The last layer's features are those of an infinitely wide network."""

    accepts_sparse = True  # The points are dense: the kernel needs them all.

    def __init__(
        self,
        activation: Any = "relu",
        depth: Any = 1,
        kernel: Any = "tangent",
        solver: Any = "ridge",
        *,
        law: Any = "gaussian",
        weight_std: Any = 1.0,
        bias_std: Any = 0.0,
        penalty: Any = "auto",
        steps: Any = "auto",
        bias: Any = True,
        scale: Any = "standard",
        project: Any = True,
        intercept: Any = True,
    ) -> None:
        self.activation = activation
        self.depth = depth
        self.kernel = kernel
        self.solver = solver
        self.law = law
        self.weight_std = weight_std
        self.bias_std = bias_std
        self.penalty = penalty
        self.steps = steps
        self.bias = bias
        self.scale = scale
        self.project = project
        self.intercept = intercept

    def _learned(
        self,
        rows: Rows,
        targets: Float[np.ndarray, "n c"],
        weights: np.ndarray | None,
    ) -> Learned:
        count, dimension = rows.shape
        if issparse(rows):
            require(
                32 * count * (dimension + 1),
                f"The points of {count} sparse rows of {dimension} columns, dense,",
                "Take RandomFeatures*, which make a block of rows dense at a time, or "
                "fewer columns.",
            )
        preparation = learned_preparation(
            rows,
            weights,
            scale=self.scale,
            bias=bool(self.bias),
            project=bool(self.project),
        )
        points = preparation.points(rows)
        network = infinite_network(
            self.activation,
            points.shape[1],
            depth=self.depth,
            kind=self.kernel,
            law=self.law,
            weight_std=self.weight_std,
            bias_std=self.bias_std,
        )
        solved = solver_of(self).of_kernel(network.kernel(points), targets, weights)
        model = KernelMachine(
            preparation, network, points, solved.coefficients, solved.intercept
        )
        # s² of the posterior, by the restricted likelihood.
        freedom = len(points) if weights is None else np.count_nonzero(weights)
        products = (targets * solved.coefficients.numpy()).sum(axis=0)
        variances = products / max(freedom - bool(self.intercept), 1)
        attributes = {"prior_variance_": variances, "_fit_weights": weights}
        return Learned(model, solved, points, None, attributes)


class NetworkKernelRegressor(_NetworkKernel, Regressor):
    r"""A network of infinite width, $f(x) = \sum_i \alpha_i k(x, x_i) + b$.

    With the conjugate kernel its last layer is trained, with the tangent kernel every
    layer, from outputs that start at 0. A row is prepared as `diagnose` prepares
    points: its columns are brought to mean 0 and standard deviation 1, a coordinate 1
    is appended, and it is divided by its norm.

    Parameters
    ----------
    activation
        σ of every hidden layer: a name of the catalog, an `Activation`, or any function
        of torch tensors.
    depth
        The number of hidden layers.
    kernel
        "tangent" or "conjugate".
    solver
        "ridge", "minimum_norm" (λ → 0) or "gradient_descent", stopped early.
    law
        Of the weights: "gaussian", or for one hidden layer "sphere", where w·x of a row
        has variance 1/d instead of 1.
    weight_std, bias_std
        Of weights and biases under the Gaussian law.
    penalty
        λ of "ridge": "auto" for the best of a path by leave-one-out error, a number of
        at least 0, or several to choose from.
    steps
        Of "gradient_descent" at the step 1/s₁²: "auto" for the best number, a number,
        or several to choose from, by exact leave-one-out error.
    bias
        Whether to append a coordinate 1 to each row.
    scale
        "standard", or None to leave the columns as they are.
    project
        Whether rows are divided by their norms; else all are divided by the root mean
        square norm of the rows of training, and kernels between rows of many norms may
        take seconds to begin.
    intercept
        Whether a constant b is free; it is not penalized.

    Attributes
    ----------
    verdict_
        `FitVerdict`: rank, condition number, rows and labels that cannot be fitted.
    leave_one_out_
        `LeftOut`: each row predicted by the fit to all others, and the errors.
    spectrum_
        The eigenvalues of the kernel matrix, centred and weighted.
    penalty_, steps_
        The λ that was used, and the number of steps; None but for gradient descent.
    prior_variance_
        Shape (c,). s² of the posterior.
    recommended_width_
        None: the width is infinite.
    model_
        The map from rows to scores.

    References
    ----------
    Jacot, Gabriel and Hongler (2018), arXiv:1806.07572. Cost: n² (d + 25 depth) + 9 n³
    operations and five copies of the n x n kernel.

    Examples
    --------
    >>> import widthwise as ww
    >>> import numpy as np
    >>> X = np.random.default_rng(0).normal(size=(20, 3))
    >>> model = ww.estimators.NetworkKernelRegressor().fit(X, X[:, 0])
    >>> model.predict(X[:2]).shape
    (2,)
    """

    def predict(  # type: ignore[override]  # as GaussianProcessRegressor has it
        self, X: PointsLike, return_std: bool = False
    ) -> Float[np.ndarray, "*k"] | tuple[np.ndarray, np.ndarray]:
        r"""Return the predicted targets, shaped as those of training.

        Parameters
        ----------
        X
            Shape (k, d), the columns of training.
        return_std
            Whether to return the standard deviation of a new label of weight 1, too,
            shaped as the targets: that of the Gaussian process with this kernel as
            prior and noise of variance $s^2 \lambda$. With the tangent kernel it is not
            the spread of trained networks.

        Raises
        ------
        InvalidArgumentError
            If the kernel matrix is singular at this penalty, or the solver is gradient
            descent, and `return_std` was asked for.
        """
        found = self._shaped(self._scores(X))
        if not return_std:
            return found
        if self.solver == "gradient_descent":
            raise InvalidArgumentError(
                "return_std was asked for, and stopped descent has no posterior. Fit "
                "with solver='ridge' or 'minimum_norm'."
            )
        rows = validate_data(self, X, reset=False, **self._reading())
        variances = self._variances(rows)[:, None] * self.prior_variance_
        return found, self._shaped(np.sqrt(variances))

    def _variances(self, rows: Rows) -> Float[np.ndarray, " k"]:
        """Return the posterior variances of new labels over s²."""
        model = self.model_
        assert isinstance(model, KernelMachine)
        weights = self._fit_weights
        kept = np.ones(len(model.points)) if weights is None else weights
        points = model.points[torch.from_numpy(kept > 0)]
        kernel, new = model.network.kernel(points), model.preparation.points(rows)
        found = []
        # As many rows at once as were fitted: a factorization each costs no more.
        for some in torch.split(new, max(len(points), _ROWS)):
            given = posterior(
                kernel,
                points.new_zeros(len(points)),
                model.network.kernel(some, points),
                model.network.diagonal(some),
                self.penalty_ / kept[kept > 0],
                intercept=bool(self.intercept),
            )
            if given.rank < len(points):
                raise InvalidArgumentError(
                    f"The kernel of these {len(points)} rows is singular at penalty "
                    f"{self.penalty_:.3g}, so the posterior's variance is not known. "
                    "Fit with solver='ridge' and a larger penalty, or leave return_std "
                    "out."
                )
            found.append(given.variance + self.penalty_)
        return np.asarray(torch.cat(found).numpy())


class NetworkKernelClassifier(_NetworkKernel, Classifier):
    """Networks of infinite width, each class against the rest, with codes −1 and 1.

    Parameters
    ----------
    activation, depth, kernel, solver, law, weight_std, bias_std, penalty, steps, \
bias, scale, project, intercept
        As for `NetworkKernelRegressor`.

    Attributes
    ----------
    classes_
        The labels, sorted.
    calibration_
        The logistic model behind `predict_proba`, fitted to leave-one-out scores.
    verdict_, leave_one_out_, spectrum_, penalty_, steps_, recommended_width_, model_
        As for `NetworkKernelRegressor`; `leave_one_out_.wrong` is the share of rows
        that are given a wrong class when left out.

    Examples
    --------
    >>> import widthwise as ww
    >>> import numpy as np
    >>> X = np.random.default_rng(0).normal(size=(20, 3))
    >>> model = ww.estimators.NetworkKernelClassifier().fit(X, X[:, 0] > 0)
    >>> model.predict(X[:2]).shape
    (2,)
    """
