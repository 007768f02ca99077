"""Shares of regions with a global minimum against elimination and by hand."""

import json
import math

import numpy as np
import pytest
from scipy.optimize import nnls

from widthwise.experiments import CATALOG
from widthwise.landscape import THEOREMS, global_minimum_probability
from widthwise.seeds import stream

MINIMA = CATALOG["karhadkar_minima"]


@pytest.fixture(scope="module")
def found():
    return MINIMA.run(
        {
            "line_points": (4,),
            "line_widths": (12,),
            "space_points": (4,),
            "space_widths": (2, 12),
            "targets": ("polynomial", "uniform"),
            "data": "gaussian",
            "trials": 10,
        }
    )


def test_shares_are_those_of_the_landscape(found):
    rows = found.content["tables"]["shares"]
    assert len(rows) == 6
    for row in rows:
        expected = global_minimum_probability(
            row["n"], row["d0"], row["d1"], 10, targets=row["targets"], data="gaussian"
        )
        assert row["share"] == expected.estimate
        assert (row["low"], row["high"]) == (expected.lower, expected.upper)
        assert row["full rank"] == expected.full_rank
        others = row["global"] + row["bad"] + row["none"] + row["undecided"]
        assert others == row["trials"] == 10


def test_full_rank_regions_have_minima_of_codimension_n(found):
    for row in found.content["tables"]["shares"]:
        if row["full rank"] == row["trials"] and row["global"]:
            assert row["dimension"] == row["d1"] * (row["d0"] + 1) - row["n"]


def test_a_share_on_the_line_is_that_of_cones():
    """By non-negative least squares on the outputs of the rays of each unit's cone.

    A ray has its zero at a point and, at the others, the signs of the unit.
    """
    n, d1, trials = 5, 14, 20
    found = global_minimum_probability(n, 1, d1, trials, targets="uniform")
    name = f"global-minimum/{n}/1/{d1}/symmetric_cube/he_uniform/1"
    agree = 0
    for trial in range(trials):
        draw = stream(0, name, trial)
        points = 2 * draw.random((1, n, 1))[0, :, 0] - 1
        weights = (2 * draw.random((1, d1, 2))[0] - 1) * math.sqrt(6)
        y = 2 * stream(0, f"{name}/uniform/10", trial).random(n) - 1
        columns = []
        for r, (w, b) in enumerate(weights):
            signs = np.sign(w * points + b)
            for knot in range(n):  # A ray is zero at a point, and right elsewhere.
                for direction in (1.0, -1.0):
                    ray = direction * (points - points[knot])
                    others = np.arange(n) != knot
                    if (np.sign(ray) == signs)[others].all():
                        columns.append((-1) ** r * np.maximum(ray, 0.0))
        _, rest = nnls(np.array(columns).T, y)
        closed = rest < 1e-9
        kind = found.verdicts[trial]
        if kind == "global minimum":
            assert closed
        agree += closed == (kind == "global minimum")
    assert agree >= trials - 1  # the boundary alone may reach zero
    assert 0 < found.kinds["global minimum"] < trials


def test_more_trials_keep_the_cells_of_fewer():
    few = MINIMA.cells(MINIMA.resolved({"trials": 10}))
    many = MINIMA.cells(MINIMA.resolved({"trials": 25}))
    assert {json.dumps(each) for each in few} < {json.dumps(each) for each in many}
    assert sum(each["trials"] for each in many) == 30 * len(few)


def row_of(d0, n, d1, verdicts):
    cell = {"d0": d0, "n": n, "d1": d1, "data": "gaussian", "targets": "uniform"}
    result = {
        "verdicts": verdicts,
        "dimensions": [None if kind == "none" else 7 for kind in verdicts],
        "full rank": verdicts.count("global minimum"),
    }
    return {**cell, "first": 0, "trials": len(verdicts)}, result


def conclude(cases):
    cells, results = zip(*cases, strict=True)
    found = MINIMA.conclude(MINIMA.resolved(quick=True), cells, results)
    return {each.name: each for each in found.findings}


def test_verdicts_follow_the_shares():
    good, bad = ["global minimum"] * 50, ["bad local minimum"] * 50
    said = conclude(
        [row_of(1, 5, 4, bad), row_of(1, 5, 20, bad), row_of(1, 5, 400, good)]
    )
    assert said["share_rises_with_width"].verdict == "holds"
    assert said["mild_width_suffices"].verdict == "fails"
    assert "50 of 100" in said["mild_width_suffices"].evidence
    assert said["no_bad_minima"].verdict == "fails"
    width = THEOREMS["theorem_12"].width(5, 1, 0.1).value
    assert 20 < width < 400
    assert said["theorem_12_for_initial_weights"].verdict == "holds"
    assert said["threshold_is_linear"].verdict == "not decided"


def test_thresholds_that_grow_like_a_power_are_told():
    cases = []
    for n in (5, 10, 20):
        for d1 in (8, 16, 32, 64, 128, 256):
            odds = (d1 / (0.8 * n**1.6)) ** 4
            ones = round(200 * odds / (1 + odds))
            verdicts = ["global minimum"] * ones + ["none"] * (200 - ones)
            cases.append(row_of(1, n, d1, verdicts))
    said = conclude(cases)
    assert said["threshold_is_linear"].verdict == "fails"
    assert "1.6" in said["threshold_is_linear"].evidence
