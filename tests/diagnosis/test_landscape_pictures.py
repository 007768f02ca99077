"""The arrays of a landscape's figures are what they say."""

import itertools

import numpy as np
import pytest
import torch

from widthwise import landscape
from widthwise.diagnosis import diagnose_landscape

ROWS, INPUTS, WIDTHS = 9, 2, (3, 5, 8)


@pytest.fixture(scope="module")
def points():
    return np.random.default_rng(3).normal(size=(ROWS, INPUTS))


@pytest.fixture(scope="module")
def found(points):
    labels = np.random.default_rng(4).normal(size=ROWS)
    return diagnose_landscape(
        points, labels, widths=WIDTHS, trials=40, standardize=False
    )


def test_subsets_are_no_harder_than_the_table(found):
    arrays = found.record.arrays
    heat = arrays["heat/probability"]
    counts, widths = arrays["heat/points_counts"], arrays["heat/widths"]
    assert heat.shape == (len(counts), len(widths))
    assert counts[-1] == ROWS
    assert list(widths[-3:]) == list(WIDTHS)
    too_narrow = counts[:, None] > widths[None, :] * (INPUTS + 1)
    assert not heat[too_narrow].any()
    estimates = found.record.content["probability"]["estimate"]
    assert list(heat[-1, -3:]) == estimates


def test_a_line_has_its_breakpoints_drawn():
    x = np.linspace(-1, 1, 7)
    run = diagnose_landscape(
        x[:, None], np.sin(3 * x), widths=12, trials=10, standardize=False
    )
    arrays = run.record.arrays
    edges, active = arrays["line/region_edges"], arrays["line/active_units"]
    assert len(edges) == len(active) + 1
    grid, outputs = arrays["line/grid"], arrays["line/outputs"]
    # Between neighbouring edges the outputs are a straight line.
    for low, high in itertools.pairwise(edges):
        inside = (grid >= low) & (grid <= high)
        if inside.sum() > 2:
            line = np.polyfit(grid[inside], outputs[inside], 1)
            rest = outputs[inside] - np.polyval(line, grid[inside])
            assert np.abs(rest).max() < 1e-12


def test_the_plane_has_regions_with_ranks(found, points):
    arrays, summary = found.record.arrays, found.record.content["regions_2d"]
    regions, ranks = arrays["plane/region"], arrays["plane/rank"]
    assert len(np.unique(regions)) == summary["regions"]
    lines = arrays["plane/lines"]
    grid = np.stack(
        np.meshgrid(arrays["plane/grid_x"], arrays["plane/grid_y"]), axis=-1
    )
    active = grid @ lines[:, :2].T + lines[:, 2] >= 0
    assert np.array_equal(active.sum(axis=-1), arrays["plane/active_units"])
    pattern = landscape.activation_pattern(points, lines[:, :2], lines[:, 2])
    for place in [(0, 0), (60, 60), (120, 30)]:
        chosen = torch.from_numpy(active[place])
        exact = (
            landscape.jacobian_rank(pattern[chosen], points, biases=True)
            if chosen.any()
            else 0
        )
        assert ranks[place] == exact


def test_the_slice_is_a_parabola_between_edges_with_its_minima_below(found):
    arrays, summary = found.record.arrays, found.record.content["slice"]
    t, loss = arrays["slice/t"], arrays["slice/loss"]
    edges = arrays["slice/edges"]
    assert len(arrays["slice/rank"]) == len(edges) + 1
    assert summary["minima"] == len(arrays["slice/minima"]) > 0
    for minimum in arrays["slice/minima"]:
        place = int(np.argmin(np.abs(t - minimum)))
        assert loss[place] <= min(loss[place - 1], loss[place + 1])
    assert summary["lowest"] <= loss.min() + 1e-12
