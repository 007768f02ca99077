"""Rows, activation and law, with what the theorems on the rank ask of them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

from widthwise import laws
from widthwise.activations import Activation, Normalized, Scaled, for_dimension
from widthwise.arrays import Float, PointsLike, real_tensor
from widthwise.bounds.rank._pair_crossings import pair_angles
from widthwise.datasets import Separation, separation
from widthwise.kernels.two_layer import unit_points
from widthwise.laws import Law
from widthwise.prose import as_prose
from widthwise.spectra import RankVerdict, rank_verdict

__all__ = ["Problem", "read_problem"]


@dataclass(frozen=True, eq=False)
class Problem:
    """Rows of which it is asked whether random features of them fit any labels.

    Attributes
    ----------
    points
        Shape (n, d), rows of unit norm.
    act, law
        σ and the law of the weights.
    """

    points: Float[np.ndarray, "n d"]
    act: Activation
    law: Law

    @property
    def count(self) -> int:
        """N."""
        return len(self.points)

    @cached_property
    def verdict(self) -> RankVerdict:
        """What the rank theorem says at infinite width."""
        return rank_verdict(torch.from_numpy(self.points), self.act, self.law)

    @cached_property
    def angles(self) -> Float[np.ndarray, "n n"]:
        """The acute angles between the rows' lines, rounded down."""
        return pair_angles(self.points)

    @cached_property
    def separation(self) -> Separation:
        """The least sine of an angle, and its rows."""
        return separation(torch.from_numpy(self.points))

    @property
    def shape(self) -> Activation:
        """σ without a factor inside or outside and without a constant."""
        found = self.act
        while isinstance(found, Normalized | Scaled):
            found = found.base
        return found

    @property
    def obstacle(self) -> str | None:
        """Why no certificate of rank can be: the rank theorem, or sampling."""
        if self.act.constants_are_sampled:
            return (
                f"{self.act.name} was only sampled, and what it does between the "
                "samples is not known"
            )
        if self.verdict.can_fit_any_labels is True:
            return None
        said = as_prose(self.verdict.reason).unended()
        return "the rank theorem speaks first. " + said

    @property
    def is_analytic(self) -> bool:
        """Whether σ is analytic where the law's w·x are, ends apart."""
        reach = self.law.support_radius
        inside = [each for each in self.act.breakpoints if abs(each) < reach]
        return not inside and not hasattr(self.shape, "support_edge")

    @property
    def kink_degree(self) -> int | None:
        r"""The p where σ is an analytic function plus a multiple of $z_+^p$."""
        power = self.shape.homogeneity
        parts = (self.shape.even_part(1.0), self.shape.odd_part(1.0))
        if power is None or self.shape.breakpoints != (0.0,) or None not in parts:
            return None
        return int(power) if power == int(power) else None


def read_problem(points: PointsLike, act: Activation | str, law: Law | str) -> Problem:
    """Check the rows and read the names."""
    rows = unit_points(real_tensor(points, "The points"))
    dimension = rows.shape[1]
    law = laws.get(law, dimension)
    return Problem(rows, for_dimension(act, dimension), law)
