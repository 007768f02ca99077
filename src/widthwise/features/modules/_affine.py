"""Whether a module is affine in its weights, or its inputs, at random ones."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch

from widthwise.arrays import Array
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.features.modules._prepared import PreparedModule, prepared, undisturbed
from widthwise.seeds import stream

__all__ = ["AFFINE_TRIALS", "affine_in"]

_SIZES = (0.1, 1.0, 30.0)
_DRAWS = 2
_ROWS = 128
_ROUNDING = 1e-9

AFFINE_TRIALS = len(_SIZES) * _DRAWS
"""How many pairs of random moves are tried."""


def affine_in(model: object, inputs: Array) -> str | None:
    r"""Return "weights", "inputs" or None, by evaluations and not by a proof.

    An affine function has $f(a + u + v) - f(a + u) - f(a + v) + f(a) = 0$. Moves u and
    v of the trained parameters, from a tenth of their size to thirty times it, are
    tried from the present ones; moves of the inputs at such other weights. Almost every
    move shows that a polynomial, or an analytic function, is not affine; what bends
    only far away may stay unseen.

    Parameters
    ----------
    inputs
        Up to 128 rows of them are looked at.

    Returns
    -------
    "weights" if the module is affine in all that is trained, "inputs" if in its inputs
    at all weights tried, None if in neither, or if it fails at other ones.

    Cost: 48 passes of 128 rows.
    """
    with undisturbed(model), torch.no_grad():
        checked, (given,) = prepared(model, inputs, every_point=False)
        some = given[:: -(-len(given) // _ROWS)]
        random = stream(0, "features/affine")
        try:
            if _affine_in_weights(checked, some, random):
                return "weights"
            if some.is_floating_point() and _affine_in_inputs(checked, some, random):
                return "inputs"
        except (DataError, InvalidArgumentError):
            return None  # It overflows, or refuses, at weights or inputs like these.
    return None


def _affine_in_weights(
    model: PreparedModule, inputs: Array, random: np.random.Generator
) -> bool:
    def at(*moves: list[Array]) -> Array:
        with _moved(model, moves):
            return model.outputs(inputs)

    return all(
        _closes(at, _move(model, size, random), _move(model, size, random))
        for size in _tried()
    )


def _affine_in_inputs(
    model: PreparedModule, inputs: Array, random: np.random.Generator
) -> bool:
    spread = inputs.std(dim=0, correction=0) + inputs.abs().mean()

    def at(*moves: Array) -> Array:
        return model.outputs(sum(moves, start=inputs))

    for size in _tried():
        with _moved(model, [_move(model, size, random)]):
            moves = [size * spread * _normal(inputs, random) for _ in range(2)]
            if not _closes(at, *moves):
                return False
    return True


def _tried() -> Iterator[float]:
    return (size for size in _SIZES for _ in range(_DRAWS))


def _closes(at: Callable[..., Array], first: object, second: object) -> bool:
    """Return whether the corners of a parallelogram close, up to rounding."""
    corners = torch.stack([at(first, second), -at(first), -at(second), at()])
    left = corners.sum(dim=0).abs().amax(dim=0)
    return bool((left <= _ROUNDING * corners.abs().amax(dim=(0, 1))).all())


def _move(
    model: PreparedModule, size: float, random: np.random.Generator
) -> list[Array]:
    """Return a random move of each parameter, of the order of its entries."""
    return [
        size * (each.square().mean().sqrt() + 0.1) * _normal(each, random)
        for each in model.parameters.values()
    ]


def _normal(like: Array, random: np.random.Generator) -> Array:
    drawn = np.asarray(random.standard_normal(tuple(like.shape)))
    return torch.from_numpy(drawn).to(like.device)


@contextmanager
def _moved(model: PreparedModule, moves: Sequence[list[Array]]) -> Iterator[None]:
    """Work with other weights of the private copy."""
    kept = [each.detach().clone() for each in model.parameters.values()]
    try:
        for move in moves:
            for each, by in zip(model.parameters.values(), move, strict=True):
                each.data.add_(by)
        yield
    finally:
        for each, before in zip(model.parameters.values(), kept, strict=True):
            each.data.copy_(before)
