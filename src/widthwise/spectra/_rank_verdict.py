"""What is known of the rank of a kernel matrix, and of the labels it cannot fit."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

from widthwise.arrays import Array, Float
from widthwise.cards import card
from widthwise.errors import InvalidArgumentError
from widthwise.spectra._collision_groups import CollisionGroup
from widthwise.spectra._collisions import NearMiss
from widthwise.spectra._null_space import NullSpace

__all__ = ["RankVerdict"]

_EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, eq=False)
class RankVerdict:
    r"""The rank of an infinite-width kernel matrix, with the evidence for it.

    At any finite width the rank of the features is at most this one, so what is
    unreachable here is unreachable at every width.

    Attributes
    ----------
    points_count, rank
        n and the rank of the n x n kernel matrix; the least it can be where it is not
        decided.
    highest_rank
        The most that it can be: more than `rank` where rows are dependent to within the
        tolerance and not as they are, where coefficients of σ cancel to within their
        rounding, or where a sampled σ promises more than its kernel's spectrum shows.
    rows
        Every row that takes part in some null vector, or may, ascending.
    groups
        Collisions in readable form: equal rows, then minimal relations. At most 50 of
        each; `str(group)` is a phrase.
    near_misses
        Pairs of rows that nearly collide, by ascending angle in radians; at most 100.
    near_miss_count
        How many pairs there are; None when there were too many to count.
    cure
        What to do, checked by a verdict on the changed problem; None when the rank is
        full or nothing to do is known.
    reason
        One sentence for a person who knows no kernel theory.
    theorem
        The case of the rank theorem that decided.
    is_exact
        False when a numerical decision stands where the theorem needs a fact, or the
        rank is not decided. True says that no tolerance was involved: it is the rank at
        the rows as they were given, each float a rational.
    method
        "theorem" or "numerical".
    holds_for_all_weights
        Whether no w in R^d at all, not only those of the law, escapes the null vectors:
        then training the hidden layer cannot help either.
    tolerance, smallest_kept, largest_dropped
        Where ranks of directions were decided: singular values relative to the largest;
        nan when none was needed.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]], dtype=torch.float64)
    >>> verdict = ww.spectra.rank_verdict(torch.cat([points, -points]), "relu")
    >>> verdict.can_fit_any_labels, verdict.rank, verdict.points_count
    (False, 5, 6)
    """

    points_count: int
    rank: int
    highest_rank: int
    rows: tuple[int, ...]
    groups: tuple[CollisionGroup, ...]
    near_misses: tuple[NearMiss, ...]
    near_miss_count: int | None
    cure: str | None
    reason: str
    theorem: str
    is_exact: bool
    method: str
    holds_for_all_weights: bool
    tolerance: float
    smallest_kept: float
    largest_dropped: float
    null_space: NullSpace

    @property
    def can_fit_any_labels(self) -> bool | None:
        """Whether some width fits every label vector; None if that is not decided."""
        if self.rank == self.points_count:
            return True
        return False if self.highest_rank < self.points_count else None

    @property
    def rank_interval(self) -> tuple[int, int]:
        """The least and the greatest that the rank can be; equal where it is known."""
        return self.rank, self.highest_rank

    def _repr_html_(self) -> str:
        least, most = self.rank_interval
        rank = f"{least:,}" if least == most else f"{least:,} to {most:,}"
        fits = {True: "yes", False: "no", None: "not decided"}
        rows = (
            ("fits any labels", fits[self.can_fit_any_labels]),
            ("rank", f"{rank} of {self.points_count:,}"),
            ("rows that collide", len(self.rows)),
            ("cure", self.cure),
        )
        return card("Rank verdict", rows, self.reason)

    @property
    def nullity(self) -> int:
        """The label directions known to be out of reach at every width, independent."""
        return self.null_space.dimension

    @cached_property
    def null_vectors(self) -> Float[Array, "k n"]:
        """An orthonormal basis of what is known to be null, as rows, (nullity, n).

        Raises
        ------
        MemoryBudgetError
            If it does not fit into memory; the other answers do not need it.
        """
        return torch.from_numpy(self.null_space.vectors())

    @property
    def unreachable_directions(self) -> Float[Array, "k n"]:
        """The label directions that no width reaches: `null_vectors`."""
        return self.null_vectors

    def unreachable_part(self, y: Array) -> Float[Array, " n"]:
        """Return the part of the labels that no width can fit, shape (n,)."""
        labels, scale = self._labels(y)
        return torch.from_numpy(self._project(labels) * scale)

    def residual_bound(self, y: Array) -> float:
        r"""Return the least $\|\Phi v - y\|$ over every width, weights w and v.

        $\|N y\|$ with N the null vectors; 0.0 when it is below rounding.

        Raises
        ------
        InvalidArgumentError
            If `y` does not have shape (n,) or holds NaN or infinity.
        """
        labels, scale = self._labels(y)
        return float(np.linalg.norm(self._project(labels))) * scale

    def relative_residual_bound(self, y: Array) -> float:
        r"""Return `residual_bound(y)` over $\|y\|$, in [0, 1]; 0.0 for zero labels."""
        labels, _ = self._labels(y)
        size = float(np.linalg.norm(labels))
        found = float(np.linalg.norm(self._project(labels)))
        return min(found / size, 1.0) if size else 0.0

    def _project(self, labels: np.ndarray) -> np.ndarray:
        found = self.null_space.project(labels)
        rounding = 32 * _EPS * float(np.linalg.norm(labels))
        small = float(np.linalg.norm(found)) <= rounding
        return np.zeros_like(found) if small else found

    def _labels(self, y: Array) -> tuple[np.ndarray, float]:
        """Return the labels scaled to size one, and the power of two taken out."""
        labels = torch.as_tensor(y).detach().cpu().to(torch.float64).numpy()
        if labels.shape != (self.points_count,):
            raise InvalidArgumentError(
                f"The labels have shape {tuple(labels.shape)}; they must have shape "
                f"({self.points_count},), one number a row."
            )
        bad = np.flatnonzero(~np.isfinite(labels))
        if len(bad):
            raise InvalidArgumentError(
                f"The label of row {bad[0]} is {labels[bad[0]]}; every label must be a "
                "finite number. Drop the row or repair it."
            )
        largest = float(np.max(np.abs(labels)))
        scale = 2.0 ** (math.frexp(largest)[1] - 1) if largest else 1.0
        return labels / scale, scale
