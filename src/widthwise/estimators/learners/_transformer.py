"""Random features as a step of a pipeline."""

from typing import Any

import numpy as np
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)
from sklearn.utils.validation import check_is_fitted, validate_data

from widthwise import features
from widthwise.arrays import Float, PointsLike
from widthwise.estimators.files import Saved
from widthwise.estimators.learners._random_features import features_of, known_law
from widthwise.estimators.learners._row_weights import row_weights
from widthwise.estimators.maps import as_activation, learned_preparation

__all__ = ["RandomFeatures"]

_DTYPES = (np.float64, np.float32)


class RandomFeatures(
    Saved, ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator
):
    r"""Rows to the features $m^{-1/2} \sigma(W x)$ of a random hidden layer.

    Parameters
    ----------
    width
        m, the number of features.
    activation
        σ: a name of the catalog, an `Activation`, or any function of torch tensors.
    law
        Of W's rows: "sphere" or "gaussian".
    bias, scale, project, seed
        How rows are prepared, and what W follows from: as for
        `RandomFeaturesRegressor`.

    Attributes
    ----------
    preparation_
        What is done to a row first.
    layer_
        The random features, as `widthwise.features` has them.

    References
    ----------
    Rahimi, Recht (2007). Cost: 2 n m d operations, 8 n m bytes.

    Examples
    --------
    >>> import widthwise as ww
    >>> import numpy as np
    >>> X = np.random.default_rng(0).normal(size=(20, 3))
    >>> ww.estimators.RandomFeatures(50).fit_transform(X).shape
    (20, 50)
    """

    def __init__(
        self,
        width: Any = 1000,
        activation: Any = "relu",
        law: Any = "sphere",
        *,
        bias: Any = True,
        scale: Any = "standard",
        project: Any = True,
        seed: Any = 0,
    ) -> None:
        self.width = width
        self.activation = activation
        self.law = law
        self.bias = bias
        self.scale = scale
        self.project = project
        self.seed = seed

    def fit(
        self,
        X: PointsLike,
        y: PointsLike | None = None,  # noqa: ARG002
        sample_weight: PointsLike | None = None,
    ) -> "RandomFeatures":
        """Learn the preparation of the columns; W follows from the seed.

        Parameters
        ----------
        X
            Shape (n, d).
        y
            Left aside.
        sample_weight
            Shape (n,), at least 0: how much each row counts in means and deviations.
        """
        rows = validate_data(self, X, accept_sparse="csr", dtype=_DTYPES)
        weights = row_weights(rows, sample_weight)
        self.layer_ = features.RandomFeatures(
            as_activation(self.activation), self.width, known_law(self.law), self.seed
        )
        self.preparation_ = learned_preparation(
            rows,
            weights,
            scale=self.scale,
            bias=bool(self.bias),
            project=bool(self.project),
        )
        self._n_features_out = self.layer_.width
        return self

    def transform(self, X: PointsLike) -> Float[np.ndarray, "n m"]:
        """Return the features, in float32 where X is."""
        check_is_fitted(self)
        rows = validate_data(self, X, accept_sparse="csr", dtype=_DTYPES, reset=False)
        found = features_of(self.layer_, self.preparation_, rows).numpy()
        return found.astype(rows.dtype, copy=False)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
