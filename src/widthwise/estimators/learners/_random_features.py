"""Networks with one random hidden layer, whose last layer is solved."""

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
import torch
from scipy.sparse import issparse

from widthwise import arguments, features, laws
from widthwise.activations import Activation
from widthwise.arrays import Array, Float
from widthwise.errors import InvalidArgumentError, unknown_name
from widthwise.estimators.learners._by_blocks import (
    BlockClassifier,
    BlockRegressor,
    Blocks,
    refused_options,
)
from widthwise.estimators.learners._choice import chosen
from widthwise.estimators.learners._protocol import (
    Learned,
    solver_of,
)
from widthwise.estimators.maps import (
    HiddenLayer,
    Preparation,
    Rows,
    as_activation,
    learned_preparation,
    parts,
    unchanged,
)
from widthwise.numerics import available_bytes
from widthwise.readouts import feature_source

__all__ = [
    "RandomFeaturesClassifier",
    "RandomFeaturesRegressor",
    "features_of",
    "known_law",
]

_ROWS = 4096  # At once.
_COPIES = 5  # Of the features, while their last layer is solved.
_AUTO = {
    "sphere": ("relu", "elu", "swish", "wendland0", "wendland2"),
    "gaussian": ("relu", "elu", "swish", "tanh", "gaussian"),
}


class _RandomFeatures:
    """The last layer's features are a random hidden layer's."""

    accepts_sparse = True

    def __init__(
        self,
        width: Any = "auto",
        activation: Any = "auto",
        law: Any = "sphere",
        solver: Any = "ridge",
        *,
        penalty: Any = "auto",
        steps: Any = "auto",
        bias: Any = True,
        scale: Any = "standard",
        project: Any = True,
        intercept: Any = True,
        seed: Any = 0,
    ) -> None:
        self.width = width
        self.activation = activation
        self.law = law
        self.solver = solver
        self.penalty = penalty
        self.steps = steps
        self.bias = bias
        self.scale = scale
        self.project = project
        self.intercept = intercept
        self.seed = seed

    def _learned(
        self,
        rows: Rows,
        targets: Float[np.ndarray, "n c"],
        weights: np.ndarray | None,
    ) -> Learned:
        law = known_law(self.law)
        preparation = learned_preparation(
            rows,
            weights,
            scale=self.scale,
            bias=bool(self.bias),
            project=bool(self.project),
        )
        points = rows if issparse(rows) else preparation.points(rows)

        def matrix_of(layer: features.RandomFeatures) -> Any:
            if not isinstance(points, Array):
                return features_of(layer, preparation, rows)
            if _are_too_many(len(points), layer.width):
                return feature_source(points, layer)
            return layer.matrix(points)

        choice = chosen(
            matrix_of,
            targets,
            weights,
            solver_of(self),
            activations=_activations(self.activation, law),
            widths=_widths(self.width),
            law=law,
            seed=arguments.seed(self.seed),
        )
        layer, solved = choice.layer, choice.solved
        model = HiddenLayer(preparation, layer, solved.coefficients, solved.intercept)
        act, _ = layer.resolve(rows.shape[1] + bool(self.bias))
        attributes = {
            "activation_": act.name,
            "width_": layer.width,
            "recommended_width_": choice.recommended_width,
            "choice_": {
                "activations": choice.activations,
                "widths": choice.widths,
                "errors": choice.errors,
            },
        }
        return Learned(model, solved, points, layer.width, attributes)

    def _needed_of_blocks(self) -> str:
        is_one = isinstance(self.width, Integral)
        is_chosen = isinstance(self.activation, str) and self.activation == "auto"
        is_several = isinstance(self.activation, Sequence | np.ndarray)
        return refused_options(
            {
                "one width": is_one,
                "one activation": not is_chosen
                and (isinstance(self.activation, str) or not is_several),
                "scale=None": self.scale is None,
                "project=True": bool(self.project),
                "solver='ridge' or 'minimum_norm'": self.solver != "gradient_descent",
            }
        )

    def _blocks(self, dimension: int) -> Blocks:
        preparation = unchanged(dimension, bias=bool(self.bias), project=True)
        layer = features.RandomFeatures(
            as_activation(self.activation),
            self.width,
            known_law(self.law),
            arguments.seed(self.seed),
        )
        act, _ = layer.resolve(dimension + bool(self.bias))
        return Blocks(
            features=lambda rows: layer.matrix(preparation.points(rows)),
            model=lambda v, b: HiddenLayer(preparation, layer, v, b),
            width=layer.width,
            attributes={
                "activation_": act.name,
                "width_": layer.width,
                "choice_": None,
            },
        )


class RandomFeaturesRegressor(_RandomFeatures, BlockRegressor):
    r"""A network with a random hidden layer, $f(x) = m^{-1/2} \sigma(W x)\, v + b$.

    W is drawn from the law and stays; v and b are solved for in closed form. A row is
    prepared as `diagnose` prepares points: its columns are brought to mean 0 and
    standard deviation 1, a coordinate 1 is appended, and it is divided by its norm.

    Parameters
    ----------
    width
        m, several to choose from, or "auto": powers of two from 16 to four times the
        rows, 4096 at most. The choice is by exact leave-one-out error: the narrowest
        that is within a hundredth of the least.
    activation
        σ: a name of the catalog, an `Activation`, any function of torch tensors,
        several to choose from, or "auto", which compares five of the catalog at 512
        units by leave-one-out error.
    law
        Of W's rows: "sphere", where w·x of a row has variance 1/d, or "gaussian",
        where it has variance 1.
    solver
        "ridge", "minimum_norm" (λ → 0) or "gradient_descent", stopped early.
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
        Whether rows are divided by their norms, as activations with a support ask;
        else all are divided by the root mean square norm of the rows of training.
    intercept
        Whether a constant b is free; it is not penalized.
    seed
        W follows from it: the same on every machine.

    Attributes
    ----------
    verdict_
        `FitVerdict`: rank, condition number, rows and labels that cannot be fitted.
    leave_one_out_
        `LeftOut`: each row predicted by the fit to all others, and the errors. The
        choice of width, activation and λ rests on them, so they are a little too good.
    spectrum_
        The eigenvalues of the Gram matrix of the features, centred and weighted.
    width_, activation_, penalty_
        What was chosen.
    recommended_width_
        The least width that was tried whose leave-one-out error is within one standard
        error of the chosen one; None where one width was given.
    choice_
        The errors of the activations and widths that were tried.
    model_
        The map from rows to scores.

    References
    ----------
    Benson, Damle, Townsend (2021), arXiv:2010.15959 (the layer); Rahimi, Recht (2007)
    (random features). Cost: n m (d + k) + 9 k³ operations, k = min(n, m), for each
    activation and width that is tried.

    Examples
    --------
    >>> import widthwise as ww
    >>> import numpy as np
    >>> X = np.random.default_rng(0).normal(size=(20, 3))
    >>> model = ww.estimators.RandomFeaturesRegressor(50, "relu").fit(X, X[:, 0])
    >>> model.predict(X[:2]).shape
    (2,)
    """


class RandomFeaturesClassifier(_RandomFeatures, BlockClassifier):
    """Networks with a random hidden layer, each class against the rest.

    All classes share the hidden layer and λ; codes are −1 and 1.

    Parameters
    ----------
    width, activation, law, solver, penalty, steps, bias, scale, project, intercept, \
seed
        As for `RandomFeaturesRegressor`.

    Attributes
    ----------
    classes_
        The labels, sorted.
    calibration_
        The logistic model behind `predict_proba`, fitted to leave-one-out scores.
    verdict_, leave_one_out_, spectrum_, width_, activation_, penalty_, steps_, \
recommended_width_, choice_, model_
        As for `RandomFeaturesRegressor`; `leave_one_out_.wrong` is the share of rows
        that are given a wrong class when left out.

    Examples
    --------
    >>> import widthwise as ww
    >>> import numpy as np
    >>> X = np.random.default_rng(0).normal(size=(20, 3))
    >>> model = ww.estimators.RandomFeaturesClassifier(50, "relu").fit(X, X[:, 0] > 0)
    >>> model.predict(X[:2]).shape
    (2,)
    """


def _are_too_many(rows: int, width: int) -> bool:
    """Say whether features and their factors would take more than half the memory."""
    return rows > width and _COPIES * 8 * rows * width > available_bytes() // 2


def features_of(
    layer: features.RandomFeatures, preparation: Preparation, rows: Rows
) -> Float[Array, "n m"]:
    """Return the features of rows, of which few are made dense at once."""
    found = [
        layer.matrix(preparation.points(rows[part])) for part in parts(rows, _ROWS)
    ]
    return torch.cat(found)


def known_law(law: object) -> str:
    """Return the name of a law of the catalog.

    Raises
    ------
    UnknownNameError
        If there is none of that name.
    """
    if not isinstance(law, str) or law not in laws.CATALOG:
        raise unknown_name("law", str(law), laws.CATALOG)
    return law


def _activations(given: Any, law: str) -> list[Activation | str]:
    if isinstance(given, str):
        return list(_AUTO[law]) if given == "auto" else [given]
    if isinstance(given, Sequence):
        if not given:
            raise InvalidArgumentError("No activation was given. Name one, or 'auto'.")
        return [as_activation(each) for each in given]
    return [as_activation(given)]


def _widths(given: Any) -> tuple[int, ...] | None:
    if isinstance(given, str):
        arguments.choice(
            given, "The width", ("auto",), advice="Or give a whole number."
        )
        return None
    return arguments.whole_numbers(
        given, "width", example=1000, meaning="the number of hidden units"
    )
