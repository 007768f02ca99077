"""Pieces are halved where it changes something, and nowhere else."""

import numpy as np
import pytest

from widthwise.numerics import gauss_legendre, halved

NODES, WEIGHTS = gauss_legendre(8)


def integrals_of(function):
    def integrals(pieces):
        length = np.diff(pieces, axis=1)
        return (function(pieces[:, :1] + length * NODES) * length @ WEIGHTS)[None]

    return integrals


def total(function, ends, *, rounds=60):
    integrals = integrals_of(function)
    pieces = np.array([ends])
    return halved(
        integrals,
        pieces,
        integrals(pieces),
        lambda _, apart: apart[0] > 1e-15,
        rounds=rounds,
        most_pieces=1000,
    )


@pytest.mark.parametrize(
    ("function", "ends", "exact"),
    [
        (np.exp, (0.0, 1.0), np.e - 1),
        (lambda x: np.abs(x - 0.3), (0.0, 1.0), 0.29),
        (lambda x: 1.0 * (x > 0.3), (0.0, 1.0), 0.7),
        (lambda x: np.sqrt(x), (0.0, 1.0), 2 / 3),
    ],
    ids=["smooth", "kink", "jump", "root"],
)
def test_the_sum_is_the_integral(function, ends, exact):
    pieces, parts = total(function, ends)
    assert parts.sum() == pytest.approx(exact, abs=2e-14)
    # The pieces cover the interval once.
    assert np.diff(pieces, axis=1).sum() == pytest.approx(1.0, abs=1e-15)


def test_a_smooth_function_is_halved_once_and_a_kink_where_it_is():
    assert len(total(np.exp, (0.0, 1.0))[0]) == 2
    pieces, _ = total(lambda x: np.abs(x - 0.3), (0.0, 1.0))
    narrow = pieces[np.diff(pieces, axis=1)[:, 0] < 1e-3]
    assert len(narrow) > 0
    # What was halved held the kink, and was at most twice as wide.
    assert np.abs(narrow - 0.3).max() < 4e-3


def test_it_stops_after_its_rounds():
    pieces, _ = total(lambda x: 1.0 * (x > 0.3), (0.0, 1.0), rounds=3)
    assert np.diff(pieces, axis=1).min() == 0.125
