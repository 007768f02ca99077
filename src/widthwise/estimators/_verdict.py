"""Whether the labels could be fitted: what every fitted model says of its own rows."""

import warnings
from dataclasses import dataclass

import numpy as np
import torch

from widthwise.arrays import Array, Float
from widthwise.datasets import Dataset
from widthwise.wording import counted, percent, plain_number, rows

__all__ = ["FitVerdict", "fit_verdict"]

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
        The share of the labels' norm, centred, that no weights of this layer reach.
    conflicting_rows
        Groups of rows that are one point with different labels: no network of any
        width fits them.
    missed_rows
        The rows that hold the most of the residual, five at most.
    reason
        One or two sentences.
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
    points: Float[Array, "n p"],
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
        As the layer sees them.
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
    centred = targets[kept] - (targets[kept].mean(axis=0) if intercept else 0.0)
    total = float(np.linalg.norm(centred))
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
        residual=float(np.linalg.norm(sizes)) / total if total and missed else 0.0,
        conflicting_rows=conflicts,
        missed_rows=missed,
        reason="",
    )
    found = FitVerdict(**{**vars(found), "reason": _reason(found)})
    # With fewer units than rows a miss is no news.
    is_wide = width is None or width >= count - intercept
    if conflicts or (must_fit and missed and is_wide):
        warnings.warn(f"{owner}: {found.reason}", stacklevel=4)
    return found


def _conflicts(
    points: Array, targets: np.ndarray, kept: np.ndarray
) -> tuple[tuple[int, ...], ...]:
    """Return groups of rows that are one point and do not share their labels."""
    if len(kept) < 2:
        return ()
    chosen = points[torch.from_numpy(kept)]
    groups = Dataset("rows", chosen).duplicates().groups
    found = [kept[list(group)] for group in groups]
    return tuple(
        tuple(int(row) for row in group)
        for group in found
        if (targets[group] != targets[group[0]]).any()
    )


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
        return (
            f"The features have full rank at {kind}: any labels of these "
            f"{found.rows} rows can be fitted, at condition number "
            f"{plain_number(found.condition_number)}."
        )
    if found.fits:
        return (
            f"The features have rank {found.rank} for {found.rows} rows at {kind}, and "
            "they fit these labels."
        )
    return (
        f"The features have rank {found.rank} for {found.rows} rows at {kind}: no "
        f"weights of this layer reach {percent(found.residual)} of the labels' norm; "
        f"the most of it is in {rows(found.missed_rows)}."
    )
