"""The operations that plans say, beside those that their routines really do."""

import math
import subprocess
import sys
from functools import wraps
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.linalg import blas, lapack
from torch.utils.flop_counter import FlopCounterMode

from widthwise import kernels
from widthwise.numerics import (
    blocked_cholesky,
    cholesky_qr,
    linear_algebra,
    routine_rate,
    shifted_cholesky,
)
from widthwise.numerics.blocked_cholesky import BlockedCholesky
from widthwise.readouts import (
    blocked_readout,
    gram_path,
    kernel_readout,
    minimum_norm,
    ridge_path,
    ridge_stream,
    stream_plan,
)
from widthwise.readouts.streams import _kept, _plan
from widthwise.readouts.streams._source import source_of
from widthwise.readouts.streams._stream_time import RowPiece
from widthwise.spectra.operators import KernelEntries


def _tall(a):
    """Return the operations of reflections of a matrix, R alone."""
    k, longer = min(a.shape), max(a.shape)
    return 2 * k * k * (longer - k / 3)


def _vectors(a, compute_uv=1):
    k, longer = min(a.shape), max(a.shape)
    return (20 if compute_uv else 8 / 3) * k**3 + 4 * k * k * (longer - k)


RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")

# Of each routine, from the shapes that it is given.
DOORS = {
    (cholesky_qr, "add_symmetric_product"): lambda g, a: len(g) ** 2 * a.shape[1],
    (linear_algebra, "add_symmetric_product"): (
        lambda g, a, *_: len(g) ** 2 * a.shape[1]
    ),
    (linear_algebra, "lower_factor"): lambda a: len(a) ** 3 / 3,
    (shifted_cholesky, "lower_factor"): lambda a: len(a) ** 3 / 3,
    (blas, "dgemm"): lambda _, a, b: 2 * a.size * b.shape[1],
    (blas, "dsyrk"): lambda _, a: a.size * min(a.shape),
    (blas, "dtrsm"): lambda _, a, b: b.size * len(a),
    (lapack, "dtrtri"): lambda a: len(a) ** 3 / 3,
    (lapack, "dpotrs"): lambda a, b: 2 * b.size * len(a),
    (lapack, "dpotrf"): lambda a: len(a) ** 3 / 3,
    (lapack, "dgeqrf"): _tall,
    (lapack, "dormqr"): lambda _l, _t, a, _f, c, *_: 4 * a.size * c.shape[1],
    (lapack, "dtpqrt"): lambda _l, _n, a, _b: 2 / 3 * len(a) ** 3,
    (lapack, "dgesdd"): _vectors,
    (lapack, "dsyevd"): lambda a: 9 * len(a) ** 3,
    (torch.linalg, "solve_triangular"): lambda a, b: b.numel() * len(a),
}


class Multiplied(np.ndarray):
    """An array whose products are counted."""

    total = 0.0

    def __array_ufunc__(self, ufunc, method, *given, out=None, **named):
        def plain(parts):
            return [
                each.view(np.ndarray) if isinstance(each, Multiplied) else each
                for each in parts
            ]

        given = plain(given)
        if ufunc is np.matmul:
            Multiplied.total += 2 * given[0].size * math.prod(given[1].shape[1:])
        if out is not None:
            named["out"] = tuple(plain(out))
        found = getattr(ufunc, method)(*given, **named)
        return found.view(Multiplied) if isinstance(found, np.ndarray) else found


@pytest.fixture
def counted(monkeypatch):
    """Return what a call really does, and its plan's first words."""
    total, depth = [0.0], [0]

    def double(real, count):
        @wraps(real)
        def called(*given, **named):
            if depth[0] == 0:
                kept = {k: v for k, v in named.items() if k == "compute_uv"}
                total[0] += count(*given, **kept)
            depth[0] += 1
            try:
                return real(*given, **named)
            finally:
                depth[0] -= 1

        return called

    for (place, name), count in DOORS.items():
        monkeypatch.setattr(place, name, double(getattr(place, name), count))
    for owner, name in ((BlockedCholesky, "panel"), (KernelEntries, "__call__")):
        real = getattr(owner, name)
        monkeypatch.setattr(
            owner, name, lambda *given, real=real: real(*given).view(Multiplied)
        )

    def run(call, *given, **named):
        told = []

        def tell(_, text):
            if not told:  # Planning is over: it times pieces.
                total[0], Multiplied.total = -float(flops.get_total_flops()), 0.0
            told.append(text)

        with FlopCounterMode(display=False) as flops:
            call(*given, **named, progress=tell)
        words = told[0].split(" operations")[0].split()[-1]
        planned = float(words.replace("×10", "e").replace(",", "").translate(RAISED))
        return planned, total[0] + Multiplied.total + flops.get_total_flops()

    return run


def drawn(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def linear(points, other):
    return points @ other.T


def close(planned, done):
    assert planned == pytest.approx(done, rel=0.1)


@pytest.mark.parametrize(("c", "width", "intercept"), [(10, 64, True), (1, 300, False)])
def test_operations_by_panels(counted, monkeypatch, c, width, intercept):
    monkeypatch.setattr(blocked_cholesky, "_LEAST", 64)
    n, d = 300, 40
    budget = width * (8 * (n + 2 * width + 2 * 2048) + 32 * n + 16 * d)
    asked = {"budget": budget, "intercept": intercept}
    close(*counted(blocked_readout, linear, drawn(n, d), drawn(n, c), 0.3, **asked))


def test_an_entry_of_this_package_is_a_product_and_thirty_operations():
    few = slice(0, 3)
    plain = KernelEntries(linear, drawn(9, 4))
    plain(few, few)
    assert plain.operations == 2 * 4
    relu = KernelEntries(
        lambda x, z: kernels.conjugate_kernel(x, "relu", "gaussian", z), drawn(9, 4)
    )
    relu(few, few)
    terms = kernels.dual("relu", "gaussian").near.coefficients.shape[1]
    # Pairs of a polynomial; half a chord, its root, its cell and its place there.
    assert relu.operations - 2 * 4 == 2 * (terms - 1) + 8


@pytest.mark.parametrize("shape", [(3000, 60), (300, 60), (60, 3000), (500, 8)])
@pytest.mark.parametrize("scale", [1.0, 1e-7])
def test_operations_of_streams(counted, monkeypatch, shape, scale):
    monkeypatch.setattr(_plan, "_USUAL", 2**18)
    phi, y = drawn(*shape), drawn(shape[0], 3)
    phi[:, -1] = phi[:, 0] + scale * phi[:, -1]
    for grid in (torch.logspace(-1, 2, 9), None):
        close(*counted(ridge_stream, phi, y, grid))


@pytest.mark.parametrize("shape", [(3000, 60), (60, 3000), (60, 90)])
@pytest.mark.parametrize("scale", [1.0, 1e-4, 0.0])
def test_penalties_around_the_eigenvalues_are_counted_before(shape, scale):
    phi, longer = drawn(*shape), max(shape)
    some = (slice(None), slice(30)) if shape[0] == longer else slice(30)
    phi[some] *= scale
    plan, y = stream_plan(phi), drawn(shape[0])
    real = len(ridge_path(phi, y).penalties)
    counts = [plan.left(each).operations for each in (None, real, real + 1)]
    # Of some of the longer side the ends of the spectrum are farther apart.
    assert abs(counts[0] - counts[1]) <= 3 * (counts[2] - counts[1])


@pytest.mark.parametrize(
    ("shape", "stop", "share"),
    [
        ((3000, 60), "block 4 of 6", 0.9),
        ((3000, 60), "block 3 of 6, second", 0.5),
        ((60, 3000), "block 4 of 6", 0.5),
    ],
)
def test_operations_of_what_is_left(counted, monkeypatch, tmp_path, shape, stop, share):
    monkeypatch.setattr(_plan, "_USUAL", 2**18)
    monkeypatch.setattr(_kept, "_SECONDS", 0.0)
    given = drawn(*shape), drawn(shape[0], 3), torch.logspace(-1, 2, 9)
    whole, _ = counted(ridge_stream, *given)

    def stopping(_, text):
        if text.startswith(stop):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ridge_stream(*given, folder=tmp_path, progress=stopping)
    planned, done = counted(ridge_stream, *given, folder=tmp_path)
    close(planned, done)
    assert planned < share * whole


def test_what_is_done_takes_no_time(monkeypatch):
    monkeypatch.setattr(routine_rate, "_UNTIMED", 0.0)
    piece = RowPiece(source_of(drawn(8000, 200)), 8000, 3)
    whole, rest = (piece.seconds(20, [10**9], (n, n)).seconds.least for n in (0, 8000))
    assert rest < 0.6 * whole


def test_operations_of_a_path(counted):
    phi = drawn(700, 40)
    close(*counted(gram_path, phi, phi[:, 0], [0.1, 1.0, 10.0]))


def spent(counted, call, *given):
    """Return the operations of a call that tells no plan."""
    return counted(lambda *_, progress: (progress(0.0, "0 operations"), call(*given)))


def test_operations_are_those_of_the_documented_cost(counted):
    """What has no plan says its cost, to the terms that it names."""
    n, m = 60, 2000
    wide, y = drawn(n, m), drawn(n, 1)
    grid = torch.logspace(-1, 2, 9)
    beside = 2 * n * n * 2 * len(grid)
    for call, given, cost in (
        (kernel_readout, (wide @ wide.T, y, grid), 9 * n**3 + beside),
        (ridge_path, (wide, y, grid), n * n * m + 9 * n**3 + beside),
        (minimum_norm, (wide, y), n * n * m + n**3 / 3),
    ):
        done = spent(counted, call, *given)[1]
        assert cost == pytest.approx(done, rel=0.1), call


PEAK = """
from pathlib import Path
import torch
from widthwise import readouts
def status(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(each for each in lines if each.startswith(name)).split()[1]) * 1024
def peak(run):
    Path("/proc/self/clear_refs").write_text("5")  # Forget the last one.
    before = status("VmRSS")
    run()
    return status("VmHWM") - before
def drawn(*shape):
    generator = torch.Generator().manual_seed(0)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)
def dot(x, z):
    return x @ z.T
readouts.ridge_stream(drawn(9, 2), drawn(9), [1.0])  # Loads what it needs.
y, grid, budget = drawn(30_000, 3), [0.1, 1.0, 10.0], 64 * 2**20
tall, wide = drawn(30_000, 120), drawn(300, 8000)
skew = tall * torch.logspace(0, -7, 120, dtype=torch.float64)
for phi in (tall, skew, wide):
    rows = y[: len(phi)]
    plan = readouts.stream_plan(phi, outputs=3, penalties=3, budget=budget)
    run = lambda: readouts.ridge_stream(phi, rows, grid, budget=budget)
    print(plan.memory, peak(run))
m = 1200
some, few = drawn(2000, m), y[:2000]
print(24 * m * m + 32 * m * 500, peak(lambda: readouts.gram_path(
    some, few, grid, budget=24 * m * m + 32 * m * 500)))
print(budget, peak(lambda: readouts.blocked_readout(
    dot, some[:, :50], few, 0.1, budget=budget)))
"""


@pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="The peak is read from Linux"
)
def test_peaks_are_at_most_twice_the_plans():
    done = subprocess.run(
        [sys.executable, "-c", PEAK], capture_output=True, text=True, check=True
    )
    blas = 2**24  # Buffers of libraries, and what they load.
    for line in done.stdout.splitlines():
        planned, taken = map(int, line.split())
        assert taken <= 2 * planned + blas, line
