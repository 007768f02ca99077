"""Pieces of a long run, made apart, are together the run."""

import pytest

from widthwise.errors import InvalidArgumentError
from widthwise.landscape import full_rank_probability, global_minimum_probability

CUTS = [(0, 3), (3, 22), (25, 1), (26, 34)]  # across the blocks of 25


@pytest.mark.parametrize("method", ["exact", "float32"])
def test_pieces_of_a_probability_of_full_rank_are_the_run(method):
    whole = full_rank_probability(10, 1, 30, 60, seed=5, method=method)
    pieces = [
        full_rank_probability(10, 1, 30, count, seed=5, method=method, first=first)
        for first, count in CUTS
    ]
    together = tuple(each for piece in pieces for each in piece.verdicts)
    assert together == whole.verdicts
    assert sum(whole.verdicts) == whole.full
    assert 0 < whole.full < 60
    for name in whole.settled:
        assert sum(piece.settled[name] for piece in pieces) == whole.settled[name]
    if method == "exact":
        total = sum(piece.error_probability for piece in pieces)
        assert total == pytest.approx(whole.error_probability)


def test_pieces_of_a_percentage_of_minima_are_the_run():
    whole = global_minimum_probability(4, 1, 9, 12, seed=3)
    pieces = [
        global_minimum_probability(4, 1, 9, count, seed=3, first=first)
        for first, count in ((0, 5), (5, 7))
    ]
    for name in ("verdicts", "dimensions"):
        together = sum((getattr(piece, name) for piece in pieces), ())
        assert together == getattr(whole, name)
    assert whole.kinds == {kind: whole.verdicts.count(kind) for kind in whole.kinds}
    assert len(whole.kinds) > 1


def test_minima_without_biases_have_the_dimension_of_the_weights_less_the_points():
    """At full rank the solutions of n equations in 2 d1 weights, cut by the region."""
    found = global_minimum_probability(3, 2, 24, 10, seed=3, biases=False)
    assert found.full_rank == found.trials
    assert set(found.verdicts) <= {"global minimum", "none"}
    for kind, dimension in zip(found.verdicts, found.dimensions, strict=True):
        assert dimension == (2 * 24 - 3 if kind == "global minimum" else None)


@pytest.mark.parametrize("first", [-1, True])
def test_a_first_trial_that_is_no_count_is_refused(first):
    with pytest.raises(InvalidArgumentError, match="first is"):
        full_rank_probability(3, 1, 5, first=first)
    with pytest.raises(InvalidArgumentError, match="first is"):
        global_minimum_probability(3, 1, 5, first=first)
