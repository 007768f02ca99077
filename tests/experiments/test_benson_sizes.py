"""Widths, limits and iterations of the last layer by other routes."""

import math

import numpy as np
import pytest

from widthwise.experiments import CATALOG
from widthwise.experiments.benson._iterations import _ROUNDS, _single_rows, _started
from widthwise.experiments.benson._limits import _pair
from widthwise.experiments.benson._points import dataset_of
from widthwise.experiments.benson._widths import _points
from widthwise.features import RandomFeatures
from widthwise.seeds import stream


def relu_limit(points):
    """G_inf of relu, weights uniform on the sphere: its closed form."""
    d = points.shape[1]
    t = np.clip(points @ points.T, -1.0, 1.0)
    found = (np.sqrt(1 - t**2) + t * (math.pi - np.arccos(t))) / (2 * math.pi * d)
    np.fill_diagonal(found, 1 / (2 * d))
    return found


@pytest.fixture(scope="module")
def widths():
    return CATALOG["benson_widths"].run(quick=True).content


def test_smallest_eigenvalues_are_those_of_the_closed_form(widths):
    settings = widths["settings"]
    row = widths["tables"]["widths"][0]
    smallest = []
    for trial in range(settings["trials"]):
        cell = {"data": "uniform", "n": row["n"], "d": row["d"], "trial": trial}
        points = _points({**cell, "bias": False}, 0).numpy()
        smallest.append(np.linalg.eigvalsh(relu_limit(points))[0])
    assert row["smallest"] == pytest.approx(np.median(smallest), rel=1e-8)


def test_theorem_4_5_asks_for_n_over_the_smallest_eigenvalue_times_a_logarithm(widths):
    for row in widths["tables"]["widths"]:
        if row["theorem"] == "benson_theorem_4_5":
            order = row["n"] / row["smallest"] * math.log(row["n"] / 0.01)
            assert row["width"] == pytest.approx(order, rel=0.5)


def test_with_a_constant_the_bad_points_are_no_longer_singular(widths):
    without, lifted = widths["tables"]["bias"]
    assert without["singular"] == without["draws"]
    assert lifted["singular"] == 0
    assert lifted["smallest"] > 1e-12


def test_the_closest_pair_has_the_angle_asked_for_and_its_square_in_the_eigenvalue():
    cell = {"n": 20, "activation": "relu", "trial": 0}
    near, nearer = (_pair({**cell, "angle": angle}, 0) for angle in (0.02, 0.01))
    assert near["smallest"] / nearer["smallest"] == pytest.approx(4.0, rel=0.05)
    # Half of the pair's difference is a vector of norm one: an upper bound.
    t = math.cos(0.01)
    dual = (math.sqrt(1 - t * t) + t * (math.pi - 0.01)) / (2 * math.pi * 10)
    assert nearer["smallest"] <= 1 / 20 - dual


@pytest.fixture(scope="module")
def rows():
    cell = {
        "dataset": "synthetic_1",
        "points": 12,
        "dimension": 6,
        "steps": 200,
        "walks": 3,
        "trial": 0,
    }
    data = dataset_of(cell, 0)
    phi = RandomFeatures("relu", 60, "sphere", 1).matrix(data.points)
    return cell, phi, data.targets.double()


def test_single_rows_are_kaczmarz_steps_on_the_weights(rows):
    cell, phi, y = rows
    a, b = phi.numpy(), y.numpy()
    squares = (a**2).sum(axis=1)
    shortest = np.linalg.pinv(a) @ b
    draws = stream(0, f"benson_iterations/rows/{cell['trial']}")
    total = 0.0
    for _ in range(cell["walks"]):
        v, done = np.zeros(a.shape[1]), 0
        for place, passes in enumerate(_ROUNDS):
            order = draws.choice(12, (passes - done) * 12, p=squares / squares.sum())
            for row in order:
                v += a[row] * (b[row] - a[row] @ v) / squares[row]
            done = passes
            if place == 1:
                total += ((v - shortest) ** 2).sum()
    s = np.linalg.svd(a, compute_uv=False)
    bound = (1 - s[-1] ** 2 / squares.sum()) ** (_ROUNDS[1] * 12)
    expected = total / cell["walks"] / bound / (shortest @ shortest)
    assert _single_rows(phi, y, cell, 0)[1] == pytest.approx(expected, rel=1e-6)


def test_another_start_ends_at_its_own_solution(rows):
    cell, phi, y = rows
    found = _started(phi, y, {**cell, "steps": 20_000}, 0)
    assert found["gap to the filters"] < 1e-9
    assert found["drift outside"] < 1e-9
    assert found["norm over the shortest"] > 1.0
    few = _started(phi, y, {**cell, "steps": 10}, 0)
    assert few["gap to the nearest"] == pytest.approx(
        few["left by the filters"], rel=1e-6
    )
