"""Integrals over pieces that are halved for as long as halves find something else."""

from collections.abc import Callable

import numpy as np

__all__ = ["halved"]


def halved(
    integrals: Callable[[np.ndarray], np.ndarray],
    pieces: np.ndarray,
    parts: np.ndarray,
    is_open: Callable[[np.ndarray, np.ndarray], np.ndarray],
    *,
    rounds: int,
    most_pieces: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Return finer pieces and their integrals.

    Parameters
    ----------
    integrals
        From pieces, shape (N, 2), to K integrals over each, (K, N).
    pieces, parts
        The pieces to begin with and their integrals.
    is_open
        From the integrals of pieces and their distances from the sums over both halves,
        both (K, N), to whether the halves are halved again, (N,).
    rounds, most_pieces
        When to stop: after so many rounds, or with so many pieces waiting.

    Returns
    -------
    Pieces, shape (M, 2), and integrals, (K, M): at least one halving of each piece.

    Examples
    --------
    >>> import numpy as np, widthwise as ww
    >>> def midpoint(pieces):
    ...     return (np.diff(pieces)[:, 0] * np.sqrt(pieces.mean(axis=1)))[None]
    >>> whole = np.array([[0.0, 1.0]])
    >>> _, parts = ww.numerics.halved(
    ...     midpoint, whole, midpoint(whole), lambda parts, apart: apart[0] > 1e-4,
    ...     rounds=20, most_pieces=1000,
    ... )
    >>> round(float(parts.sum()), 3)  # ∫ √x is 2/3
    0.667
    """
    done: list[tuple[np.ndarray, np.ndarray]] = []
    for _ in range(rounds):
        middle = pieces.mean(axis=1)
        halves = np.stack([pieces[:, 0], middle, middle, pieces[:, 1]], axis=1)
        halves = halves.reshape(-1, 2)
        finer = integrals(halves)
        apart = np.abs(finer.reshape(len(parts), -1, 2).sum(axis=2) - parts)
        again = np.repeat(is_open(parts, apart), 2)
        done.append((halves[~again], finer[:, ~again]))
        pieces, parts = halves[again], finer[:, again]
        if not 0 < len(pieces) < most_pieces:
            break
    done.append((pieces, parts))
    return (
        np.concatenate([each for each, _ in done]),
        np.concatenate([each for _, each in done], axis=1),
    )
