"""The rows whose labels decide those of all others."""

import scipy.linalg
import torch

from widthwise.arrays import Array
from widthwise.spectra import RankVerdict

__all__ = ["decisive_rows"]


def decisive_rows(verdict: RankVerdict) -> Array:
    """Return as many independent rows as the rank, ascending, shape (rank,).

    Every network's outputs on the other rows are the same combinations of its outputs
    on these: each relation is solved for one row, the pivot of its null vector.
    """
    kept = torch.ones(verdict.points_count, dtype=torch.bool)
    if verdict.nullity:
        null = verdict.null_vectors.numpy()
        _, pivots = scipy.linalg.qr(null, mode="r", pivoting=True)
        kept[pivots[: verdict.nullity].tolist()] = False
    return kept.nonzero()[:, 0]
