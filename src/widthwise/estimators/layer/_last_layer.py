"""The last layer, solved in one of three ways, from one factorization."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from widthwise import arguments
from widthwise.arrays import Array, Float
from widthwise.errors import InvalidArgumentError
from widthwise.readouts import (
    RidgePath,
    StoppingPath,
    early_stopping,
    kernel_readout,
    kernel_stopping,
    ridge_path,
    ridge_stream,
)

__all__ = ["SOLVERS", "LastLayer", "Solver"]

SOLVERS = ("minimum_norm", "ridge", "gradient_descent")


@dataclass(frozen=True, eq=False)
class LastLayer:
    """The weights of a last layer, and what was found on the way.

    Attributes
    ----------
    coefficients
        Shape (p, c), of the features; of a kernel, of its rows.
    intercept
        Shape (c,).
    residuals
        Shape (n, c). Of each row, fitted without it.
    penalty
        λ; 0 but for ridge.
    steps
        Of gradient descent; None for the others.
    penalties, errors
        What was tried, with the mean squared leave-one-out error of each; numbers of
        steps for gradient descent.
    eigenvalues
        Of the weighted and centred Gram matrix, those that count as positive.
    unreachable
        Shape (n, c). The part of the targets that no weights reach.
    """

    coefficients: Float[Array, "p c"]
    intercept: Float[Array, " c"]
    residuals: Float[np.ndarray, "n c"]
    penalty: float
    steps: int | None
    penalties: np.ndarray
    errors: np.ndarray
    eigenvalues: np.ndarray
    unreachable: Float[np.ndarray, "n c"]

    @property
    def square_roots(self) -> Float[Array, " r"]:
        """The singular values of the weighted and centred features."""
        return torch.from_numpy(self.eigenvalues).sqrt()

    @property
    def error(self) -> float:
        """The least of the errors."""
        return float(self.errors.min())


@dataclass(frozen=True)
class Solver:
    """How a last layer is solved.

    Attributes
    ----------
    name
        One of `SOLVERS`.
    penalty
        None for the best of a path, a number, or the numbers to choose from.
    steps
        None for the best number, a number, or the numbers to choose from.
    intercept
        Whether a constant is free.
    """

    name: str
    penalty: Any
    steps: Any
    intercept: bool

    def __post_init__(self) -> None:
        arguments.choice(self.name, "solver", SOLVERS)
        for value, name in ((self.penalty, "penalty"), (self.steps, "steps")):
            if isinstance(value, str):
                arguments.choice(value, name, ("auto",), advice="Or give numbers.")

    def of_features(
        self,
        phi: Any,
        targets: Float[np.ndarray, "n c"],
        weights: np.ndarray | None,
    ) -> LastLayer:
        """Solve for the weights of these features.

        Parameters
        ----------
        phi
            A tensor of shape (n, m), or a matrix that is read in parts: sparse, or with
            a shape and slices.
        targets, weights
            Of its rows.
        """
        if not isinstance(phi, Array):
            return self._of_parts(phi, targets, weights)
        path = ridge_path(
            phi, targets, self.penalties, intercept=self.intercept, weights=weights
        )
        if self.name != "gradient_descent":
            return self._solved(path)
        found = early_stopping(
            phi, targets, self._steps, intercept=self.intercept, weights=weights
        )
        return self._descended(path, found)

    def _of_parts(
        self, phi: Any, targets: np.ndarray, weights: np.ndarray | None
    ) -> LastLayer:
        """Solve for the weights of features of which blocks are made dense."""
        if self.name == "gradient_descent":
            raise InvalidArgumentError(
                "Stopped descent needs the rows as they are, and these are sparse. Use "
                "solver='ridge' or 'minimum_norm', or X.toarray()."
            )
        found = ridge_stream(
            phi, targets, self.penalties, intercept=self.intercept, weights=weights
        )
        return self._solved(found)

    def of_kernel(
        self,
        kernel: Float[Array, "n n"],
        targets: Float[np.ndarray, "n c"],
        weights: np.ndarray | None,
    ) -> LastLayer:
        """Solve for the weights of a kernel's rows."""
        path = kernel_readout(
            kernel, targets, self.penalties, intercept=self.intercept, weights=weights
        )
        if self.name != "gradient_descent":
            return self._solved(path)
        found = kernel_stopping(
            kernel, targets, self._steps, intercept=self.intercept, weights=weights
        )
        return self._descended(path, found)

    @property
    def _steps(self) -> Any:
        return None if isinstance(self.steps, str) else self.steps

    @property
    def penalties(self) -> Any:
        """What to choose from; None for a path."""
        if self.name != "ridge":
            return 0.0
        return None if isinstance(self.penalty, str) else self.penalty

    def _solved(self, path: RidgePath) -> LastLayer:
        best = path.best
        return LastLayer(
            coefficients=path.solution(best),
            intercept=path.intercept(best),
            residuals=path.residuals_left_out(best).numpy(),
            penalty=best,
            steps=None,
            penalties=path.penalties.numpy(),
            errors=path.leave_one_out.numpy(),
            eigenvalues=path.eigenvalues.numpy(),
            unreachable=path.unreachable.numpy(),
        )

    def _descended(self, path: RidgePath, found: StoppingPath) -> LastLayer:
        best = found.best
        return LastLayer(
            coefficients=found.solution(best),
            intercept=found.intercept(best),
            residuals=found.residuals_left_out(best).numpy(),
            penalty=0.0,
            steps=best,
            penalties=found.steps.numpy(),
            errors=found.leave_one_out.numpy(),
            eigenvalues=path.eigenvalues.numpy(),
            unreachable=path.unreachable.numpy(),
        )
