"""Kernel matrices from duals that hang on norms, tile by tile."""

import math

import numpy as np
import torch

from widthwise.activations import Activation
from widthwise.kernels.duals import QUARTER, RadialDual, radial_dual
from widthwise.kernels.pairs import KinkedDual, SplineDual, norm_series
from widthwise.kernels.rules import means
from widthwise.kernels.two_layer._matrices import Kind
from widthwise.kernels.two_layer._outputs import Outputs
from widthwise.kernels.two_layer._rows import Rows
from widthwise.kernels.two_layer._series_matrices import series_matrices
from widthwise.kernels.two_layer._triangle import (
    TILE,
    Entries,
    Room,
    half_chords_squared,
)
from widthwise.laws import Law

__all__ = ["radial_kernels"]

_ROUNDING = 4 * 1.2e-16


def radial_kernels(
    rows: Rows,
    kinds: tuple[Kind, ...],
    activation: Activation,
    law: Law,
    outputs: Outputs | None,
) -> tuple[list[np.ndarray], list[float], list[np.ndarray]]:
    """Return matrices, bounds on their entries' errors, and diagonals.

    Raises
    ------
    InvalidArgumentError
        As `radial_dual`.
    """
    assert rows.norms is not None
    norms, zero = rows.norms, rows.norms == 0
    positive = np.where(zero, 1.0 if zero.all() else norms[~zero].min(), norms)
    matrices: list[np.ndarray] = []
    if outputs is not None:
        matrices = outputs.arrays(Entries(len(norms), rows.first), len(kinds))
    series = norm_series(activation, law, positive)
    if series is not None:
        parts = series.entry_errors
        if matrices:
            given = rows, kinds, activation, law, positive, series
            parts = series_matrices(*given, matrices)
        squares = series.squares.copy()
    else:
        kappa = slope = None
        if kinds != ("tangent_inner",):
            kappa = radial_dual(activation, law, 0, positive)
        if kinds != ("conjugate",):
            slope = radial_dual(activation, law, 1, positive)
        if matrices:
            _fill(rows, kinds, kappa, slope, matrices)
        squares, parts = np.zeros((2, len(norms))), (0.0, 0.0)
        if kappa is not None:
            squares[0], parts = kappa.sizes**2, (float(kappa.row_errors.max()), 0.0)
        if slope is not None:
            squares[1] = (norms * slope.sizes) ** 2
            parts = parts[0], float((norms**2 * slope.row_errors).max())
    squares[1, zero] = 0.0
    errors, diagonals = _summed(rows, kinds, squares, parts)
    if zero.any():
        _put_zero_rows(matrices, diagonals, rows, kinds, activation, law)
    return matrices, errors, diagonals


def _summed(
    rows: Rows,
    kinds: tuple[Kind, ...],
    squares: np.ndarray,
    parts: tuple[float, float],
) -> tuple[list[float], list[np.ndarray]]:
    """Return the error of an entry, and the diagonal, of each kind.

    Parameters
    ----------
    squares
        Of both parts, shape (2, N).
    parts
        Absolute bounds on the errors of both, but for what the angle's rounding does.
    """
    rounding = _ROUNDING * float(np.sqrt(rows.dimension))
    most = squares.max(axis=1)
    errors, diagonals = [], []
    for kind in kinds:
        # To 2 sin²(θ/2) the product's rounding is what it is to t. A row that turns by
        # δ moves what it has with others by the root of both squares, times δ.
        error, diagonal = rounding * float(most[1]), np.zeros(squares.shape[1])
        if kind == "conjugate":
            error = min(error, rounding * math.sqrt(most[0]) * math.sqrt(most[1]))
        if kind != "tangent_inner":
            error += parts[0]
            diagonal += squares[0]
        if kind != "conjugate":
            error += parts[1] + float(most[1]) * rounding
            diagonal += squares[1]
        errors.append(error)
        diagonals.append(diagonal)
    return errors, diagonals


def _fill(
    rows: Rows,
    kinds: tuple[Kind, ...],
    kappa: RadialDual | SplineDual | KinkedDual | None,
    slope: RadialDual | SplineDual | KinkedDual | None,
    found: list[np.ndarray],
) -> None:
    entries = Entries(len(rows.directions), rows.first)
    units, norms = rows.directions, rows.norms
    assert norms is not None

    def fill(top: int, left: int, _room: Room) -> None:
        one, two = slice(top, top + TILE), slice(left, left + TILE)
        cosine = np.clip(units[one] @ units[two].T, -1.0, 1.0)
        i, j = np.indices(cosine.shape).reshape(2, -1)
        square = half_chords_squared(units, cosine.ravel(), i + top, j + left)
        chord = np.minimum(np.sqrt(square), QUARTER).reshape(cosine.shape)
        near = cosine >= 0
        conjugate, inner = np.zeros_like(cosine), np.zeros_like(cosine)
        if kappa is not None:
            conjugate = kappa.tile(one, two, chord, near)
        if slope is not None:
            inner = cosine * (norms[one, None] * norms[two])
            inner *= slope.tile(one, two, chord, near)
        tiles = {
            "conjugate": conjugate,
            "tangent_inner": inner,
            "tangent_both": conjugate + inner,
        }
        for kind, out in zip(kinds, found, strict=True):
            entries.write(tiles[kind], out, top, left)

    entries.fill(fill)


def _put_zero_rows(
    matrices: list[np.ndarray],
    diagonals: list[np.ndarray],
    rows: Rows,
    kinds: tuple[Kind, ...],
    activation: Activation,
    law: Law,
) -> None:
    """Write what rows of norm zero give: σ(0) E σ(|x| u), and nothing within."""
    assert rows.norms is not None
    at_zero = float(activation(torch.zeros(1, dtype=torch.float64)))
    values = at_zero * means(activation, law, rows.norms)
    values[rows.norms == 0] = at_zero**2
    zero = rows.norms == 0
    first = len(zero) if rows.first is None else rows.first
    second = 0 if rows.first is None else rows.first
    for position, kind in enumerate(kinds):
        given = np.zeros_like(values) if kind == "tangent_inner" else values
        diagonals[position][zero] = given[zero]
        if matrices:
            matrices[position][zero[:first], :] = given[second:]
            matrices[position][:, zero[second:]] = given[:first, None]
