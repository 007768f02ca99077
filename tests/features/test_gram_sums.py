"""Gram matrices streamed over the width: layouts, budgets and orders of parts."""

import math

import numpy as np
import pytest
import torch

from widthwise import activations
from widthwise.features import RandomFeatures

SUMS = "widthwise.features.two_layer._sums"


@pytest.mark.parametrize("budget", [40_000, 10**6, 2**26])
def test_memory_budget_changes_no_gram_entry_beyond_rounding(points, budget):
    features = RandomFeatures("swish", 2100, "sphere", seed=4)
    found = features.gram(points, memory_budget=budget)
    torch.testing.assert_close(found, features.gram(points), rtol=1e-12, atol=1e-16)


@pytest.fixture(params=["rows", "panels"])
def layout(request, monkeypatch):
    """How features lie: of few rows, they are in panels only here."""
    if request.param == "panels":
        monkeypatch.setattr(f"{SUMS}._WORK", 0)
    return request.param


@pytest.mark.usefixtures("layout")
@pytest.mark.parametrize("budget", [2**21, 2**23, 2**26])
def test_tiles_and_sums_side_by_side_give_the_same_gram_matrix(points, budget):
    threads = torch.get_num_threads()
    rows = torch.cat([points * scale for scale in torch.linspace(0.1, 1.0, 60)])
    features = RandomFeatures("tanh", 2100, "gaussian", seed=4)
    phi = features.matrix(rows)
    try:
        for count in (1, 3):
            torch.set_num_threads(count)
            ends = dict(features.grams(rows, (700, 2100), memory_budget=budget))
            torch.testing.assert_close(ends[2100], phi @ phi.T, rtol=1e-12, atol=1e-15)
            some = phi[:, :700] * math.sqrt(2100 / 700)
            torch.testing.assert_close(ends[700], some @ some.T, rtol=1e-12, atol=1e-15)
            again = features.gram(rows, memory_budget=budget)
            assert torch.equal(again, features.gram(rows, memory_budget=budget))
    finally:
        torch.set_num_threads(threads)


@pytest.mark.usefixtures("layout")
@pytest.mark.parametrize("width", [520, 700, 1100])
def test_no_order_that_parts_may_take_changes_a_gram_matrix(width, monkeypatch):
    """Of all parts that may start, the one that was to come last is taken first."""

    def backwards(parts, _threads):
        left, done = list(parts), {}
        while left:
            free = [
                part
                for part in left
                if all(
                    done.get(at, -1) >= step
                    for at, step in ((part.place, part.step - 1), *part.after)
                )
            ]
            free[-1].run()
            done[free[-1].place] = free[-1].step
            left.remove(free[-1])

    rows = torch.randn(300, 2, generator=torch.Generator().manual_seed(0)).double()
    features = RandomFeatures("relu", width, "gaussian", seed=1)
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        for budget in (2**18, 2**20, 2**21, 2**22, 2**26):
            expected = features.matrix(rows) @ features.matrix(rows).T
            with monkeypatch.context() as patch:
                patch.setattr(f"{SUMS}.run_in_order", backwards)
                found = features.gram(rows, memory_budget=budget)
            torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-14)
    finally:
        torch.set_num_threads(threads)


def test_panels_give_the_gram_matrix_of_every_activation(points, monkeypatch):
    monkeypatch.setattr(f"{SUMS}._WORK", 0)
    for name, kind in activations.CATALOG.items():
        is_family = kind.example and "dimension" not in kind.example
        act = activations.get(name, **kind.example) if is_family else name
        features = RandomFeatures(act, 37, "sphere", seed=2)
        phi = features.matrix(points)
        torch.testing.assert_close(
            features.gram(points), phi @ phi.T, rtol=1e-12, atol=1e-14
        )


@pytest.mark.usefixtures("layout")
@pytest.mark.parametrize("junk", [math.nan, -math.inf, 1.7e308])
def test_what_new_memory_holds_is_in_no_gram_matrix(junk, monkeypatch):
    rows = torch.randn(300, 2, generator=torch.Generator().manual_seed(0)).double()
    features = RandomFeatures("relu", 1100, "gaussian", seed=1)
    expected = features.matrix(rows) @ features.matrix(rows).T
    empty = np.empty

    def filled(*given, **named):
        found = empty(*given, **named)
        if found.dtype == np.float64:
            found.fill(junk)
        return found

    monkeypatch.setattr(np, "empty", filled)
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(3)
        found = features.gram(rows)
    finally:
        torch.set_num_threads(threads)
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-14)
