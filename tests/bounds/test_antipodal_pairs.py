"""Rows with opposites among them are covered where their rank is proved."""

from dataclasses import replace

import numpy as np
import pytest

from widthwise import bounds
from widthwise.bounds.rank._pairs import lines_of
from widthwise.bounds.rank._problem import read_problem
from widthwise.errors import NotCoveredError

POINTS = np.vstack([np.eye(4), -np.eye(4)[:2]])


def test_a_rank_that_was_decided_numerically_proves_no_width():
    problem = read_problem(POINTS, "relu", "gaussian")
    assert problem.verdict.is_exact
    assert lines_of(problem).doubt is None
    vars(problem)["verdict"] = replace(problem.verdict, is_exact=False)
    assert "decided numerically, not proved" in lines_of(problem).doubt


def test_dependent_pairs_are_refused_and_independent_ones_are_not():
    assert bounds.pair_rank.width(POINTS, "relu").is_certificate
    # e1 - e2 + (e2 - e1) = 0 and so on: three pairs in a plane.
    plane = np.array([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]])
    with pytest.raises(NotCoveredError):
        bounds.pair_rank.width(np.vstack([plane, -plane]), "relu")
