"""Certificates of rank hold on whole rows made to break them, in exact arithmetic.

`benchmarks/certificate_attack.py` does the same at length.
"""

import numpy as np
import pytest
from scipy.stats import binom

from widthwise import bounds

PRIME = 2**31 - 1


def close_triples():
    u, v, w = np.array([(700, 100, 0), (0, 300, 600), (100, -800, 200)])
    return np.array([8 * a + k * b for a, b in ((u, v), (v, w)) for k in (0, 1, 2)])


ROWS = {
    "close triples": close_triples(),
    "arc": np.array([(1000, 60 * k) for k in range(6)]),
    "nearly opposite": np.vstack(
        [np.diag([50, 60, 70]), -np.diag([50, 60, 70]) + [4, 3, -5]]
    ),
    "grid": np.array([(i, j, 3) for i in range(3) for j in range(2)]),
    "two near rows": np.array([(100, 0), (100, 7)]),
    "one row": np.array([(3, 4)]),
}


def critical_width(rows, act, seed, most=4000):
    """Return the units at which the rank, modulo a prime, is full."""
    generator = np.random.default_rng(seed)
    weights = np.rint(2**20 * generator.standard_normal((most, rows.shape[1])))
    z = rows @ weights.astype(np.int64).T
    features = (z > 0).astype(np.int64) if act == "step" else np.maximum(z, 0)
    basis = []
    for unit, column in enumerate((features % PRIME).T):
        for pivot, row in basis:
            column = (column - column[pivot] * row) % PRIME
        if column.any():
            pivot = int(column.argmax())
            inverse = pow(int(column[pivot]), PRIME - 2, PRIME)
            basis.append((pivot, column * inverse % PRIME))
            if len(basis) == len(rows):
                return unit + 1
    return most + 1


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("act", ["relu", "step"])
def test_no_set_of_whole_rows_breaks_a_certificate_of_rank(name, act):
    rows, delta, trials = ROWS[name], 0.25, 60
    points = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    found = np.array([critical_width(rows, act, seed) for seed in range(trials)])
    for bound in (bounds.pair_rank, bounds.separation_rank, bounds.angle_rank):
        width = bound.width(points, act, "sphere", delta).value
        assert width == bound.width(points, act, "gaussian", delta).value
        # 25 of 60 at 99.9 %; with twice the probability of failure 30 or so would.
        assert (found > width).sum() <= binom.ppf(0.999, trials, delta)
    # It is no empty test: a twentieth of the best width is too few for most.
    least = bounds.pair_rank.width(points, act, "sphere", delta).value
    assert (found > least / 20).mean() > 0.5
