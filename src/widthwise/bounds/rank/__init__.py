"""Widths at which the features of given rows are independent, with no eigenvalue."""

from widthwise.bounds.rank._analytic import analytic_rank
from widthwise.bounds.rank._definition import RankTheorem
from widthwise.bounds.rank._exponential import exponential_rank
from widthwise.bounds.rank._pairs import pair_rank
from widthwise.bounds.rank._problem import Problem, read_problem
from widthwise.bounds.rank._separation import angle_rank, separation_rank
from widthwise.bounds.rank._volume import volume_rank
from widthwise.bounds.rank._wendland import wendland_rank

__all__ = [
    "Problem",
    "RankTheorem",
    "analytic_rank",
    "angle_rank",
    "exponential_rank",
    "pair_rank",
    "read_problem",
    "separation_rank",
    "volume_rank",
    "wendland_rank",
]
