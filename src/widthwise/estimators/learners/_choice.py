"""Which activation and which width, by exact leave-one-out errors."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from widthwise import features
from widthwise.activations import Activation
from widthwise.arrays import Array, Float
from widthwise.errors import OutsideDomainError
from widthwise.estimators.layer import LastLayer, Solver

__all__ = ["Choice", "chosen"]

_PROBE = 512  # Units at which activations are compared.
_LEAST, _MOST = 16, 4096
_WORTH = 1.01  # A wider layer must be better by a hundredth.


@dataclass(frozen=True, eq=False)
class Choice:
    """A hidden layer with its readout, and what it was chosen from.

    Attributes
    ----------
    layer
        The random features.
    solved
        Their last layer.
    widths, errors
        The widths that were tried, ascending, with the leave-one-out error of each.
    recommended_width
        The least of them whose error is within one standard error of the least; None
        where a single width was asked for.
    activations
        The leave-one-out error of each activation that was tried, at one width.
    """

    layer: features.RandomFeatures
    solved: LastLayer
    widths: tuple[int, ...]
    errors: tuple[float, ...]
    recommended_width: int | None
    activations: dict[str, float]


def chosen(
    matrix_of: Callable[[features.RandomFeatures], Any],
    targets: Float[np.ndarray, "n c"],
    weights: np.ndarray | None,
    solver: Solver,
    *,
    activations: Sequence[Activation | str],
    widths: Sequence[int] | None,
    law: str,
    seed: int,
) -> Choice:
    """Choose the activation first, at one width, then the width.

    Parameters
    ----------
    matrix_of
        Returns the features of the rows by a layer, as `Solver.of_features` takes them.
    targets, weights, solver
        Of the fit.
    activations
        What to choose from.
    widths
        What to choose from; None for powers of two.
    law, seed
        Of the random features.

    Raises
    ------
    OutsideDomainError
        What the last activation was refused for, if all are.

    Cost
    ----
    One ridge path an activation at 512 units, and one a width.
    """
    tried = _widths(len(targets)) if widths is None else sorted(set(widths))
    probe = tried[-1] if len(tried) == 1 else min(_PROBE, tried[-1])
    found: dict[str, float] = {}
    layers: dict[str, tuple[features.RandomFeatures, LastLayer]] = {}
    for place, each in enumerate(activations):
        layer = features.RandomFeatures(each, probe, law, seed)
        try:
            solved = solver.of_features(matrix_of(layer), targets, weights)
        except OutsideDomainError:
            if not found and place == len(activations) - 1:
                raise
            continue
        name = each if isinstance(each, str) else each.name
        found[name], layers[name] = solved.error, (layer, solved)
    best = min(found, key=lambda name: found[name])
    layer, solved = layers[best]
    if len(tried) == 1:
        errors = (solved.error,)
        return Choice(layer, solved, tuple(tried), errors, None, found)
    return _at_best_width(matrix_of, targets, weights, solver, layer, tried, found)


def _at_best_width(
    matrix_of: Callable[[features.RandomFeatures], Any],
    targets: np.ndarray,
    weights: np.ndarray | None,
    solver: Solver,
    layer: features.RandomFeatures,
    tried: Sequence[int],
    activations: dict[str, float],
) -> Choice:
    widest = features.RandomFeatures(layer.act, tried[-1], layer.law, layer.seed)
    matrix = matrix_of(widest)
    solved = []
    for width in tried:  # A narrower layer has the first units of a wider one.
        if isinstance(matrix, Array):
            part = matrix[:, :width] * math.sqrt(tried[-1] / width)
        else:
            narrow = features.RandomFeatures(layer.act, width, layer.law, layer.seed)
            part = matrix_of(narrow)
        solved.append(solver.of_features(part, targets, weights))
    errors = [each.error for each in solved]
    least = min(errors)
    place = next(i for i, each in enumerate(errors) if each <= _WORTH * least)
    squares = np.square(solved[place].residuals).mean(axis=1)
    shares = np.ones(len(squares)) if weights is None else weights
    shares = shares / shares.sum()
    spread = math.sqrt(float(shares**2 @ np.square(squares - shares @ squares)))
    enough = next(
        width
        for width, each in zip(tried, errors, strict=True)
        if each <= errors[place] + spread
    )
    return Choice(
        features.RandomFeatures(layer.act, tried[place], layer.law, layer.seed),
        solved[place],
        tuple(tried),
        tuple(errors),
        enough,
        activations,
    )


def _widths(rows: int) -> list[int]:
    """Return powers of two up to four times the rows, from 16 to 4096."""
    most = min(_MOST, max(_PROBE, 2 ** math.ceil(math.log2(4 * rows))))
    powers = range(int(math.log2(_LEAST)), int(math.log2(most)) + 1)
    return [2**power for power in powers]
