"""Whether the labels could be fitted: what every fitted model says of its own rows."""

import warnings
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from scipy.sparse import csr_array, issparse

from widthwise.arrays import Float
from widthwise.datasets import Dataset
from widthwise.prose import say
from widthwise.wording import counted, rows

__all__ = ["FitVerdict", "fit_verdict", "verdict_of_blocks"]

_NAMED = 5


@dataclass(frozen=True)
class FitVerdict:
    r"""What the last layer can and cannot fit of these rows.

    Attributes
    ----------
    rows, width
        How many rows count, and how many units there are; None for infinitely many.
    rank
        The numerical rank of the features, centred where there is an intercept.
    fits_any_labels
        Whether the layer fits every label vector on these rows.
    fits
        Whether it fits these labels.
    condition_number
        $s_1 / s_{rank}$ of the features, centred.
    residual
        The share of the labels' norm, centred and weighted as the rows are, that no
        weights of this layer reach.
    conflicting_rows
        Groups of rows that are one point with different labels: no network of any
        width fits them.
    missed_rows
        The rows that hold the most of the residual, five at most.
    reason
        One or two sentences.

    Examples
    --------
    >>> import numpy as np, widthwise as ww
    >>> X, y = np.array([[-1.0], [0.0], [1.0]]), np.array([0.0, 1.0, 5.0])
    >>> found = ww.estimators.ReadoutRegressor().fit(X, y).verdict_
    >>> found.rank, found.fits_any_labels, found.fits, round(found.residual, 3)
    (1, False, False, 0.327)
    """

    rows: int
    width: int | None
    rank: int
    fits_any_labels: bool
    fits: bool
    condition_number: float
    residual: float
    conflicting_rows: tuple[tuple[int, ...], ...]
    missed_rows: tuple[int, ...]
    reason: str


def fit_verdict(
    points: Any,
    targets: Float[np.ndarray, "n c"],
    unreachable: Float[np.ndarray, "n c"],
    eigenvalues: np.ndarray,
    weights: np.ndarray | None,
    *,
    width: int | None,
    intercept: bool,
    must_fit: bool,
    owner: str,
) -> FitVerdict:
    """Return the verdict, and warn once where labels cannot be fitted.

    Parameters
    ----------
    points
        Shape (n, p), as the layer sees them; sparse ones as they are given.
    targets, unreachable
        The labels, and the part of them that no weights reach.
    eigenvalues
        Those of the Gram matrix that count as positive, descending.
    weights
        How much each row counts.
    width
        The number of units, None if infinite.
    intercept
        Whether a constant is free.
    must_fit
        Whether the solver promises to fit what it can, so that a miss is news.
    owner
        The estimator, who speaks the warning.
    """
    kept = np.arange(len(targets)) if weights is None else np.flatnonzero(weights > 0)
    conflicts = _conflicts(points, targets, kept)
    count, rank = len(kept), len(eigenvalues)
    sizes = np.linalg.norm(unreachable, axis=1)
    order = np.argsort(-sizes, kind="stable")[:_NAMED]
    missed = tuple(sorted(int(row) for row in order if sizes[row] > 0.0))
    shares = np.ones(count) if weights is None else weights[kept]
    shares = shares / shares.sum()
    centred = targets[kept] - (shares @ targets[kept] if intercept else 0.0)
    total, lost = (
        float(np.sqrt(shares @ each))
        for each in (np.square(centred).sum(axis=1), np.square(sizes[kept]))
    )
    fits_any = rank == count - intercept
    found = FitVerdict(
        rows=count,
        width=width,
        rank=rank,
        fits_any_labels=fits_any and not conflicts,
        fits=not missed,
        condition_number=float(np.sqrt(eigenvalues[0] / eigenvalues[-1]))
        if rank
        else float("inf"),
        residual=lost / total if total and missed else 0.0,
        conflicting_rows=conflicts,
        missed_rows=missed,
        reason="",
    )
    found = replace(found, reason=_reason(found))
    # With fewer units than rows a miss is no news.
    is_wide = width is None or width >= count - intercept
    if conflicts or (must_fit and missed and is_wide):
        warnings.warn(f"{owner}: {found.reason}", stacklevel=4)
    return found


def verdict_of_blocks(
    count: int,
    eigenvalues: Float[np.ndarray, " r"],
    residual: float,
    *,
    width: int,
    intercept: bool,
) -> FitVerdict:
    """Return the verdict on rows that are not held, so that none of them is named.

    Parameters
    ----------
    count
        How many rows count.
    eigenvalues
        Those of the Gram matrix that count as positive, descending.
    residual
        The share of the labels' norm that no weights reach, 0 within rounding.
    width, intercept
        As in `fit_verdict`.
    """
    rank = len(eigenvalues)
    found = FitVerdict(
        rows=count,
        width=width,
        rank=rank,
        fits_any_labels=rank == count - intercept,
        fits=residual == 0.0,
        condition_number=float(np.sqrt(eigenvalues[0] / eigenvalues[-1]))
        if rank
        else float("inf"),
        residual=residual,
        conflicting_rows=(),
        missed_rows=(),
        reason="",
    )
    return replace(found, reason=_reason(found))


def _conflicts(
    points: Any, targets: np.ndarray, kept: np.ndarray
) -> tuple[tuple[int, ...], ...]:
    """Return groups of rows that are one point and do not share their labels."""
    if len(kept) < 2:
        return ()
    if issparse(points):
        groups = _equal_rows(points[kept])
    else:
        chosen = points[torch.from_numpy(kept)]
        groups = Dataset("rows", chosen).duplicates().groups
    found = [kept[list(group)] for group in groups]
    return tuple(
        tuple(int(row) for row in group)
        for group in found
        if (targets[group] != targets[group[0]]).any()
    )


def _equal_rows(rows: Any) -> tuple[tuple[int, ...], ...]:
    """Return groups of rows of a sparse matrix that have the same entries."""
    table = csr_array(rows)
    table.eliminate_zeros()
    table.sum_duplicates()
    groups: dict[bytes, list[int]] = {}
    for row, (start, stop) in enumerate(pairwise(table.indptr)):
        key = table.indices[start:stop].tobytes() + table.data[start:stop].tobytes()
        groups.setdefault(key, []).append(row)
    return tuple(tuple(each) for each in groups.values() if len(each) > 1)


def _reason(found: FitVerdict) -> str:
    if found.conflicting_rows:
        first = found.conflicting_rows[0]
        several = len(found.conflicting_rows)
        others = (
            f" (the first of {counted(several, 'such group')})" if several > 1 else ""
        )
        return (
            f"{rows(first, most=_NAMED).capitalize()} are one point with different "
            f"labels{others}: no network of any width fits them, and the model gives "
            "each the same answer. Add a column that tells them apart, or expect it."
        )
    kind = "infinite width" if found.width is None else counted(found.width, "unit")
    if found.fits_any_labels:
        return say(
            "The features have full rank at {}: any labels of these {:,} rows can be "
            "fitted, at condition number {}.",
            kind,
            found.rows,
            found.condition_number,
        )
    if found.fits:
        return (
            f"The features have rank {found.rank} for {found.rows} rows at {kind}, and "
            "they fit these labels."
        )
    where = ""
    if found.missed_rows:
        where = f"; the most of it is in {rows(found.missed_rows)}"
    return say(
        "The features have rank {:,} for {:,} rows at {}: no weights of this layer "
        "reach {:%} of the labels' norm{}.",
        found.rank,
        found.rows,
        kind,
        found.residual,
        where,
    )
