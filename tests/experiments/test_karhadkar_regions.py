"""The theorems that count regions, against hand counts and planted failures."""

import itertools

import numpy as np
import pytest

from widthwise.experiments import CATALOG
from widthwise.landscape import full_rank_fraction_1d

REGIONS = CATALOG["karhadkar_regions"]


@pytest.fixture(scope="module")
def found():
    return REGIONS.run(quick=True)


def verdicts(content):
    return {each["name"]: each["verdict"] for each in content["findings"]}


def test_every_theorem_holds_as_stated_at_small_sizes(found):
    said = verdicts(found.content)
    assert said.pop("theorem_12") in ("holds", "not decided")  # 10 regions a case
    assert set(said.values()) == {"holds"}


def test_deficient_shares_on_the_line_are_those_of_the_exact_fraction(found):
    for row in found.content["tables"]["line"]:
        share = 1 - full_rank_fraction_1d(row["n"], row["width"])
        assert row["deficient"] == pytest.approx(share, rel=1e-9)
        assert row["width"] >= 2 * row["n"] * np.log(row["n"] / row["ε"])


def test_counts_are_those_of_every_pattern_at_random_points(found):
    row = next(
        row
        for row in found.content["tables"]["counts"]
        if (row["d0"], row["d1"], row["n"]) == (2, 2, 3)
    )
    x = np.random.default_rng(1).standard_normal((3, 2))
    full = 0
    for entries in itertools.product([0.0, 1.0], repeat=6):
        a = np.reshape(entries, (2, 3))
        jacobian = np.hstack([a[r][:, None] * x for r in range(2)])
        full += np.linalg.matrix_rank(jacobian) == 3
    assert row["full"] == full == 24
    assert row["deficient share"] == pytest.approx(1 - 24 / 64)


def test_a_deficient_share_above_the_bound_fails_a_theorem():
    cells = REGIONS.cells(REGIONS.resolved(quick=True))
    measured = []
    for cell in cells:
        result = REGIONS.measure(cell, 0, lambda _part, _what: None)
        if cell["kind"] == "patterns":
            result = {**result, "deficient": 0.3, "low": 0.25, "high": 0.35}
        if cell["kind"] == "minima":
            result = {**result, "verdicts": ["none"] * 10, "codimensions": [None] * 10}
        measured.append(result)
    record = REGIONS.record(REGIONS.resolved(quick=True), 0, cells, measured)
    said = verdicts(record.content)
    assert said["theorem_5"] == said["theorem_12"] == "fails"
    assert said["theorem_10"] == "holds"
