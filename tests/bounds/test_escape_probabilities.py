"""Of how many units a direction dies: angles, tails, chains and unions."""

import itertools
import math

import numpy as np
import pytest
import torch
from scipy.linalg import null_space
from scipy.stats import binom

from widthwise import bounds
from widthwise.activations import get
from widthwise.bounds.rank._escape import escape_by_size, escape_from_angle
from widthwise.bounds.rank._pair_crossings import both_separate, pair_angles

KINKS = {"step": 1, "relu": 2, "abs": 2, "leaky_relu": 2}


def unit(rows):
    rows = np.asarray(rows, dtype=float)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def on_circle(*angles):
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def test_the_tail_of_the_smallest_angle_is_solved_exactly():
    generator = np.random.default_rng(0)
    for count, dimension, width in ((50, 5, 4231), (100, 10, 3214), (500, 10, 24407)):
        points = unit(generator.standard_normal((count, dimension)))
        assert bounds.angle_rank.width(points, "relu").value == width
        escape = pair_angles(points).min() / (4 * math.pi)
        tails = binom.cdf(count - 1, [width, width - 1], escape)
        assert tails[0] <= 0.01 < tails[1]


@pytest.mark.parametrize("angle", [0.05, 0.5, 1.2, math.pi / 2])
@pytest.mark.parametrize("turn", [0.1, 1.0, 2.5, math.pi])
def test_two_hyperplanes_separate_two_weights_as_often_as_in_simulation(angle, turn):
    g = np.random.default_rng(3).standard_normal((4, 400_000))
    row = np.array([math.cos(angle), math.sin(angle)])
    first = g[0], row @ g[:2]
    turned = math.cos(turn) * g[:2] + math.sin(turn) * g[2:]
    second = turned[0], row @ turned
    both = (first[0] * second[0] < 0) & (first[1] * second[1] < 0)
    exact = float(both_separate(np.array(angle), turn))
    assert both.mean() == pytest.approx(exact, abs=5 * math.sqrt(0.25 / 400_000))


def living_share(points, coefficients, name):
    """Return the exact share of the circle where a combination is not zero."""
    crossings = np.sort(np.mod(np.arctan2(*points.T[::-1]) + np.pi / 2, np.pi))
    crossings = np.concatenate([crossings, crossings + np.pi])
    widths = np.diff(np.append(crossings, crossings[0] + 2 * np.pi))
    inside = crossings[:, None] + widths[:, None] * np.array([0.21, 0.5, 0.83])
    w = np.stack([np.cos(inside), np.sin(inside)], axis=-1)
    values = get(name)(torch.from_numpy(w @ points.T)).numpy() @ coefficients
    alive = np.abs(values).max(axis=1) > 1e-9 * np.abs(coefficients).max()
    return float(widths[alive].sum() / (2 * np.pi))


@pytest.mark.parametrize("name", KINKS)
@pytest.mark.parametrize("seed", range(4))
def test_no_combination_dies_on_more_of_the_circle_than_the_angles_allow(name, seed):
    generator = np.random.default_rng(seed)
    spread = [3.0, 0.4, 0.1, 1.0][seed]
    points = on_circle(*np.sort(generator.uniform(0, spread, 6)))
    arcs = np.sort(np.mod(np.arctan2(*points.T[::-1]) + np.pi / 2, np.pi))
    arcs = np.concatenate([arcs, arcs + np.pi])
    centres = (arcs + np.append(arcs[1:], arcs[0] + 2 * np.pi)) / 2
    w = torch.from_numpy(np.stack([np.cos(centres), np.sin(centres)], axis=1))
    z = w @ torch.from_numpy(points).T
    # A cell's function is linear (constant for a step): these are its coefficients.
    slopes = np.asarray(get(name)(z) if name == "step" else get(name).derivative(z))
    maps = [row[None, :] if name == "step" else points.T * row for row in slopes]
    tried = 0
    for size in (1, 2, 3) if seed == 0 or name == "step" else (1, 2):
        for cells in itertools.combinations(range(len(maps)), size):
            null = null_space(np.vstack([maps[each] for each in cells]), rcond=1e-9)
            if not 1 <= null.shape[1] <= 3:
                continue
            for c in null.T:
                support = np.abs(c) > 1e-9 * np.abs(c).max()
                chosen = pair_angles(points[support])
                _, proved = escape_by_size(chosen, KINKS[name])
                # The size of the whole support, not of parts of it.
                living = living_share(points[support], c[support], name)
                assert living >= proved[-1] * (1 - 1e-12)
                tried += 1
    assert tried > 20


@pytest.mark.parametrize("spread", [0.05, 0.3, 5.0])
@pytest.mark.parametrize("name", ["relu", "leaky_relu"])
def test_no_combination_dies_on_more_of_space_than_the_angles_allow(name, spread):
    """Combinations made to die in one cell, or in two: the worst found by search."""
    generator = np.random.default_rng(7)
    draws = 4_000
    w = generator.standard_normal((draws, 3))
    act, least = get(name), 1.0
    for size in (4, 5, 6, 8):
        for _ in range(3):
            points = unit([1, 0, 0] + spread * generator.standard_normal((size, 3)))
            values = act(torch.from_numpy(w @ points.T)).numpy()
            slopes = act.derivative(torch.from_numpy(w[:16] @ points.T)).numpy()
            _, proved = escape_by_size(pair_angles(points), 2)
            for first, second in zip(slopes[:8], slopes[8:], strict=True):
                for cells in ((first,), (first, second)):
                    rows = np.vstack([points.T * each for each in cells])
                    null = null_space(rows, rcond=1e-9)
                    for c in null.T[:1]:
                        if np.abs(c).min() < 1e-6:
                            continue
                        living = (np.abs(values @ c) > 1e-10).mean()
                        least = min(least, living / proved[-1])
                        noise = 5 * math.sqrt(living * (1 - living) / draws)
                        assert living >= proved[-1] - noise
    assert least < 20  # The search comes near: it is no empty test.


def test_three_rows_on_a_plane_leave_little_slack():
    angle = 0.2
    points = on_circle(0.0, angle, 2 * angle)
    c = np.array([1.0, -2 * math.cos(angle), 1.0])
    true = living_share(points, c, "relu")
    assert true == pytest.approx(2 * angle / math.pi, rel=1e-9)
    proved = escape_by_size(pair_angles(points), 2)[1]
    lemma = 2 * angle / math.pi - 3 * angle**2 / math.pi**2
    assert 0.9999 * lemma <= proved[-1] <= true


def test_the_smallest_angle_gives_at_least_the_classical_escape_probability():
    for angle in np.linspace(0.001, math.pi / 2, 50):
        assert escape_from_angle(angle, 1) >= 0.999999 * angle / (4 * math.pi)
        assert escape_from_angle(angle, 2) >= 1.999999 * angle / (4 * math.pi)
