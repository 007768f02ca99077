"""Every stored exact value about landscapes."""

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest

from widthwise.landscape import (
    THEOREMS,
    count_full_rank_patterns,
    count_sign_patterns,
    exact_full_rank_fraction_1d,
    full_rank_fraction,
    full_rank_fraction_1d,
    sign_patterns,
)

REFERENCE = Path(__file__).parents[1] / "reference" / "exact_values.json"
VALUES = json.loads(REFERENCE.read_text(encoding="utf-8"))
SEEN = []


def entries(group, pattern):
    """Return the stored values of a group whose name has the pattern, as parameters."""
    found = [
        each
        for each in VALUES
        if each["group"] == group and re.search(pattern, each["name"])
    ]
    assert found, "the reference file lost a group"
    SEEN.extend(each["id"] for each in found)
    return [pytest.param(each, id=f"{each['id']}-{each['name']}") for each in found]


@pytest.mark.parametrize("entry", entries("karhadkar.binary", "invertible"))
def test_invertible_matrices(entry):
    n = entry["inputs"]["n"]
    found = count_full_rank_patterns(n, 1, n)
    assert found == entry["expected"]
    assert found / 2 ** (n * n) == pytest.approx(entry["probability"], rel=1e-15)


@pytest.mark.parametrize("entry", entries("karhadkar.rank", "number of A"))
def test_patterns_of_full_generic_rank(entry):
    given = entry["inputs"]
    found = count_full_rank_patterns(given["n"], given["d0"], given["d1"])
    assert found == entry["expected"]


@pytest.mark.parametrize("entry", entries("karhadkar.oned", "^fraction"))
def test_fraction_on_the_line(entry):
    n, d1 = entry["inputs"]["n"], entry["inputs"]["d1"]
    found = full_rank_fraction_1d(n, d1)
    assert found == pytest.approx(entry["expected"], rel=entry["tolerance"]["rel"])
    if entry["exact_fraction"]:
        assert str(exact_full_rank_fraction_1d(n, d1)) == entry["exact_fraction"]


@pytest.mark.parametrize("entry", entries("karhadkar.oned", r"Jacobian wrt \(w,b\)"))
def test_regions_of_full_rank_with_biases(entry):
    n, d1 = entry["inputs"]["n"], entry["inputs"]["d1"]
    points = np.random.default_rng(0).standard_normal((n, 1))
    counted = full_rank_fraction(points, d1, biases=True)
    assert counted.full == entry["expected"]
    assert counted.total == entry["inputs"]["regions"]
    formula = exact_full_rank_fraction_1d(n, d1, biases=True)
    assert formula * counted.total == entry["expected"]


@pytest.mark.parametrize("entry", entries("karhadkar.oned", "^activation regions"))
def test_regions_of_one_unit_on_the_line(entry):
    n = entry["inputs"]["n"]
    assert count_sign_patterns(n, 1, biases=True) == entry["expected"]
    assert len(sign_patterns(np.arange(n)[:, None], biases=True)) == entry["expected"]


@pytest.mark.parametrize("entry", entries("karhadkar.count", "sign patterns"))
def test_sign_patterns(entry):
    n, d = entry["inputs"]["n"], entry["inputs"]["d"]
    assert count_sign_patterns(n, d) == entry["expected"]
    points = np.random.default_rng(1).standard_normal((n, d))
    assert len(sign_patterns(points)) == entry["expected"]


@pytest.mark.parametrize("entry", entries("karhadkar.oned", "Thm 10 width"))
def test_width_of_theorem_10(entry):
    n, epsilon = entry["inputs"]["n"], entry["inputs"]["eps"]
    theorem = THEOREMS["theorem_10"]
    assert theorem.width(n, 1, epsilon).value == entry["expected"]
    actual = theorem.deficiency(n, 1, entry["expected"])
    assert actual.is_exact
    assert math.isclose(
        actual.fraction, entry["actual_deficient_fraction"], rel_tol=1e-8
    )


def test_no_stored_value_is_left_out():
    stored = {each["id"] for each in VALUES if each["group"].startswith("karhadkar")}
    assert stored == set(SEEN)
