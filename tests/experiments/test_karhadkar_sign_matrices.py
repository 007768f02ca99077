"""Random 0/1 matrices against counts of all of them and against other ranks."""

import itertools
import json
import math

import flint
import numpy as np
import pytest

from widthwise.experiments import CATALOG
from widthwise.landscape import binary_full_rank_probability
from widthwise.seeds import stream

SIGNS = CATALOG["karhadkar_sign_matrices"]
INVERTIBLE = {1: 1, 2: 6, 3: 174, 4: 22560, 5: 12514320, 6: 28836612000}
"""Numbers of invertible 0/1 matrices, OEIS A055165."""


@pytest.fixture(scope="module")
def found():
    return SIGNS.run(
        {"sizes": (1, 2, 3, 4), "tall_columns": 3, "more_rows": (0, 1), "trials": 5000}
    ).content


def test_all_small_matrices_are_counted(found):
    for row in found["tables"]["square"]:
        size = row["rows"]
        every = 2 ** (size * size)
        assert round((1 - row["exact"]) * every) == INVERTIBLE[size]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6])
def test_drawn_matrices_are_invertible_as_often_as_all(size):
    """20,000 draws, four standard errors."""
    estimate = binary_full_rank_probability(size, size, 20_000).estimate
    truth = INVERTIBLE[size] / 2 ** (size * size)
    assert abs(estimate - truth) <= 4 * math.sqrt(truth * (1 - truth) / 20_000)


@pytest.mark.parametrize(("rows", "columns"), [(3, 2), (5, 2), (4, 3), (2, 3)])
def test_drawn_tall_matrices_have_full_rank_as_often_as_all(rows, columns):
    every = itertools.product((0.0, 1.0), repeat=rows * columns)
    ranks = np.linalg.matrix_rank(np.array(list(every)).reshape(-1, rows, columns))
    truth = float((ranks == columns).mean())
    estimate = binary_full_rank_probability(rows, columns, 20_000).estimate
    assert abs(estimate - truth) <= 4 * math.sqrt(truth * (1 - truth) / 20_000)


@pytest.mark.parametrize(("rows", "columns"), [(14, 14), (9, 7), (70, 60)])
def test_each_verdict_is_the_rank_over_the_integers(rows, columns):
    found = binary_full_rank_probability(rows, columns, 200, seed=7)
    drawn = stream(7, f"landscape/binary/{rows}/{columns}").integers(
        0, 2, (1000, rows, columns), dtype=np.uint8
    )
    for matrix, verdict in zip(drawn, found.verdicts, strict=False):
        rank = flint.fmpz_mat(rows, columns, [int(x) for x in matrix.ravel()]).rank()
        assert verdict == (rank == columns)
    assert len(found.verdicts) == 200


def test_pieces_are_the_run():
    whole = binary_full_rank_probability(6, 6, 2500, seed=1)
    pieces = [
        binary_full_rank_probability(6, 6, count, seed=1, first=first)
        for first, count in ((0, 999), (999, 2), (1001, 1499))
    ]
    assert sum((each.verdicts for each in pieces), ()) == whole.verdicts


def test_cells_hold_what_their_numbers_depend_on():
    few = SIGNS.cells(SIGNS.resolved({"trials": 200_000, "sizes": (3, 9)}))
    many = SIGNS.cells(SIGNS.resolved({"trials": 300_000, "sizes": (3, 9, 12)}))
    assert {json.dumps(each) for each in few} < {json.dumps(each) for each in many}
    assert {"kind": "count", "size": 3} in few


def test_rates_are_recovered():
    """Shares of d² 2^-d in 10^7 matrices: a fit of c d² r^d has the rate 1/2."""
    settings = SIGNS.resolved(
        {"sizes": tuple(range(10, 19)), "tall_columns": 5, "more_rows": (1, 2, 3)}
        | {"trials": 100_000}
    )
    cells = SIGNS.cells(settings)
    results = []
    for cell in cells:
        share = cell["columns"] ** 2 * 0.5 ** cell["rows"]
        full = cell["trials"] - round(cell["trials"] * share)
        results.append({"full": full, "chance of error": 0.0})
    found = SIGNS.conclude(settings, cells, results)
    rates = {row["what"]: row for row in found.tables["rates"]}
    assert rates["square, c d² r^d"]["rate"] == pytest.approx(0.5, abs=0.002)
    assert rates["square, c r^d"]["rate"] > 0.55
    assert rates["5 columns, c r^rows"]["rate"] == pytest.approx(0.5, abs=0.002)
    verdicts = {each.name: each.verdict for each in found.findings}
    assert set(verdicts.values()) == {"holds"}


def test_the_bound_is_refuted_where_singular_matrices_stay_common():
    settings = SIGNS.resolved(
        {"sizes": tuple(range(8, 16)), "tall_columns": 5, "more_rows": 0}
        | {"trials": 100_000}
    )
    cells = SIGNS.cells(settings)
    results = [
        {
            "full": round(cell["trials"] * (1 - 0.9 ** cell["rows"])),
            "chance of error": 0.0,
        }
        for cell in cells
    ]
    found = SIGNS.conclude(settings, cells, results)
    verdicts = {each.name: each.verdict for each in found.findings}
    assert verdicts["singular_at_most_0.72_to_the_d"] == "fails"
    assert verdicts["singular_like_one_half_to_the_d"] == "fails"
