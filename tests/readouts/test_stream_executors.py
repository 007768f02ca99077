"""Streams whose blocks are worked on elsewhere: the same bits, and lost workers."""

import os
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
import torch

from widthwise.readouts import RowAccumulator, ridge_stream, stream_plan

GRID = [0.0, 0.1, 1.0]


def drawn(*shape, seed):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


class Here(Executor):
    """Does its work in this process, last task first."""

    def __init__(self):
        self.tasks = []

    def submit(self, work, /, *given, **named):
        future = Future()
        self.tasks.append((future, work, given, named))
        future.result = lambda timeout=None: self._run(future)  # noqa: ARG005
        return future

    def _run(self, wanted):
        while self.tasks:
            future, work, given, named = self.tasks.pop()
            future.found = work(*given, **named)
        return wanted.found


@pytest.fixture(params=["rows by gram", "rows by qr", "units"])
def features(request, tmp_path):
    phi = drawn(7, 400, seed=0) if request.param == "units" else drawn(400, 7, seed=0)
    if request.param == "rows by qr":
        phi[:, -1] = phi[:, 0] + 1e-6 * phi[:, -1]
    np.save(tmp_path / "phi.npy", phi.numpy())
    y = drawn(len(phi), 2, seed=1)
    weights = torch.ones(len(phi)).double()
    weights[2] = 0.0
    weights[5] = 3.0
    budget = 60_000
    assert stream_plan(phi, outputs=2, budget=budget).blocks > 8
    return tmp_path / "phi.npy", y, weights, budget


def same(one, two):
    return (
        torch.equal(one.leave_one_out, two.leave_one_out)
        and torch.equal(one.solution(0.1), two.solution(0.1))
        and torch.equal(one.intercept(0.1), two.intercept(0.1))
    )


@pytest.fixture(scope="module")
def pool():
    with ProcessPoolExecutor(2, get_context("spawn")) as found:
        yield found


@pytest.fixture(scope="module")
def client():
    distributed = pytest.importorskip("distributed")
    asked = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with (
        distributed.LocalCluster(processes=True, **asked) as cluster,
        distributed.Client(cluster) as found,
    ):
        yield found


def test_any_executor_leaves_the_bits_of_one_process(features, pool):
    path, y, weights, budget = features
    alone = ridge_stream(path, y, GRID, weights=weights, budget=budget)
    there = ridge_stream(path, y, GRID, weights=weights, budget=budget, executor=Here())
    assert same(alone, there)
    apart = ridge_stream(path, y, GRID, weights=weights, budget=budget, executor=pool)
    assert same(alone, apart)


def test_joined_rows_are_those_added_one_after_the_other():
    phi, y = drawn(64, 5, seed=0), drawn(64, seed=1)
    whole, first, second = (RowAccumulator() for _ in range(3))
    for start in range(0, 64, 8):
        block = slice(start, start + 8)
        whole.add(phi[block], y[block])
        (first if start < 32 else second).add(phi[block], y[block])
    first.join(second)
    assert torch.equal(first.solution(0.1), whole.solution(0.1))
    assert first.rows == 64


def _dies_once(flag):
    """End this process without a word, the first time."""
    if not os.path.exists(flag):
        with open(flag, "w") as file:
            file.write("died")
        os._exit(1)


class Dying:
    """Features whose first reader dies."""

    def __init__(self, path, flag):
        self.path, self.flag = path, flag
        self.shape = np.load(path, mmap_mode="r").shape
        self.dtype = np.dtype(np.float64)
        self.parent = os.getpid()

    def __getitem__(self, key):
        if os.getpid() != self.parent:
            _dies_once(self.flag)
        return np.load(self.path, mmap_mode="r")[key]


@pytest.mark.slow
@pytest.mark.parametrize("features", ["rows by gram", "units"], indirect=True)
def test_a_worker_of_a_cluster_that_dies_changes_no_bit(features, client, tmp_path):
    path, y, weights, budget = features
    alone = ridge_stream(path, y, GRID, weights=weights, budget=budget)
    dying, there = Dying(path, str(tmp_path / "died")), client.get_executor()
    found = ridge_stream(dying, y, GRID, weights=weights, budget=budget, executor=there)
    assert (tmp_path / "died").exists()
    assert same(alone, found)
