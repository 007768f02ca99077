"""Factors in float32 give solutions as good as float64's, or are not kept."""

import numpy as np
import pytest
import torch

from widthwise import kernels
from widthwise.numerics import blocked_cholesky
from widthwise.readouts import (
    _blocked_system,
    _single_precision,
    blocked_readout,
)
from widthwise.readouts._single_precision import refinements
from widthwise.spectra.operators import KernelEntries

ROWS = 240


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(_single_precision, "_FROM", 0)
    monkeypatch.setattr(_single_precision, "_SAMPLE", 60)
    monkeypatch.setattr(_blocked_system, "_COPIES", 32 * 50)
    monkeypatch.setattr(blocked_cholesky, "_ROWS", 50)
    monkeypatch.setattr(blocked_cholesky, "_LEAST", 16)


def drawn(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


POINTS, TARGETS = drawn(ROWS, 6), drawn(ROWS, 3, seed=1)


def relu(points, other):
    return kernels.conjugate_kernel(points, "relu", "gaussian", other)


def gaussian(points, other):
    return torch.exp(-(torch.cdist(points, other) ** 2) / 2)


def in_float64(monkeypatch, *given, **named):
    with monkeypatch.context() as patch:
        patch.setattr(_single_precision, "_FROM", 10**9)
        return blocked_readout(*given, **named)


@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("budget", [None, 8 * 32 * (ROWS + 64 + 100)])
def test_the_solution_is_that_of_float64(monkeypatch, intercept, budget):
    given = relu, POINTS, TARGETS * torch.tensor([1.0, 1e-6, 0.0]), 0.1
    named = {"intercept": intercept, "budget": budget}
    told = []
    single = blocked_readout(
        *given, **named, progress=lambda at, text: told.append((at, text))
    )
    double = in_float64(monkeypatch, *given, **named)
    assert (single.precision, double.precision) == ("float32", "float64")
    assert single.residual <= 1.2 * double.residual
    gap = (single.solution - double.solution).norm(dim=0)
    assert (gap <= 1e-10 * double.solution.norm(dim=0) + 1e-18).all()
    torch.testing.assert_close(
        single.intercept, double.intercept, rtol=1e-9, atol=1e-14
    )
    assert 0.9 * double.condition_number < single.condition_number
    exact = torch.linalg.cond(relu(POINTS, POINTS) + 0.1 * torch.eye(ROWS))
    assert single.condition_number <= float(exact)
    assert "float64 refines its solution" in single.reason
    assert "in float32, refined in float64" in told[0][1]
    assert [at for at, _ in told] == sorted(at for at, _ in told)


def test_half_of_the_disk_is_taken(monkeypatch, tmp_path):
    sizes = []
    real = blocked_cholesky.BlockedCholesky.solve

    def seen(self, right):
        sizes.append(sum(each.stat().st_size for each in tmp_path.glob("*.f*")))
        return real(self, right)

    monkeypatch.setattr(blocked_cholesky.BlockedCholesky, "solve", seen)
    blocked_readout(relu, POINTS, TARGETS, 0.1, folder=tmp_path)
    in_float64(monkeypatch, relu, POINTS, TARGETS, 0.1, folder=tmp_path)
    assert 2 * sizes[0] == sizes[-1] > 0


def test_targets_below_float32_raise_nothing_where_underflow_is_an_error():
    targets = torch.logspace(0, -100, ROWS, dtype=torch.float64)
    with np.errstate(under="raise"):
        assert blocked_readout(relu, POINTS, targets, 0.1).precision == "float32"


@pytest.mark.parametrize("penalty", [0.0, 1e-7])
def test_a_penalty_beside_which_rounding_is_large_leaves_float64(penalty):
    assert blocked_readout(relu, POINTS, TARGETS, penalty).precision == "float64"


def test_numbers_that_float32_does_not_hold_leave_float64():
    def huge(points, other):
        return 1e60 * relu(points, other)

    found = blocked_readout(huge, POINTS, TARGETS, 1e59)
    assert found.precision == "float64"
    expected = blocked_readout(relu, POINTS, TARGETS, 0.1)
    torch.testing.assert_close(
        found.solution * 1e60, expected.solution, rtol=1e-9, atol=1e-12
    )


@pytest.mark.parametrize("penalty", [1e-9, 1e-4])
def test_factors_that_do_not_refine_are_made_again(monkeypatch, tmp_path, penalty):
    """Whatever was foreseen: λ is 1e-9, and float32 breaks down or stalls."""
    near = torch.cat([POINTS[:120, :2], POINTS[:120, :2] + 1e-3])
    monkeypatch.setattr(_blocked_system, "refinements", lambda _: 3)
    monkeypatch.setattr(_blocked_system, "_GAIN", 1e9 if penalty > 1e-8 else 4.0)
    told = []
    found = blocked_readout(
        gaussian,
        near,
        TARGETS,
        penalty,
        folder=tmp_path,
        progress=lambda _, text: told.append(text),
    )
    monkeypatch.undo()
    assert found.precision == "float64"
    assert any("float32 does not resolve" in text for text in told)
    assert torch.equal(
        found.solution,
        in_float64(monkeypatch, gaussian, near, TARGETS, penalty).solution,
    )
    assert not list(tmp_path.iterdir())


def test_a_call_that_was_stopped_goes_on_in_its_precision(tmp_path):
    named = {"folder": tmp_path, "budget": 4 * 32 * (ROWS + 64 + 100) + 32 * 3000}
    expected = blocked_readout(relu, POINTS, TARGETS, 0.1, budget=named["budget"])

    def stop_after(panels):
        def told(_, text):
            if text.startswith(f"panel {panels + 1} of"):
                raise KeyboardInterrupt

        return told

    with pytest.raises(KeyboardInterrupt):
        blocked_readout(relu, POINTS, TARGETS, 0.1, progress=stop_after(2), **named)
    told = []
    found = blocked_readout(
        relu,
        POINTS,
        TARGETS,
        0.1,
        progress=lambda _, text: told.append(text),
        **named,
    )
    assert "2 of them done" in told[0]
    assert found.precision == "float32"
    assert torch.equal(found.solution, expected.solution)


def test_what_was_begun_in_float64_goes_on_in_float64(monkeypatch, tmp_path):
    named = {"folder": tmp_path, "budget": 8 * 32 * (ROWS + 64 + 100)}

    def stop(_, text):
        if text.startswith("panel 2 of"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        in_float64(monkeypatch, relu, POINTS, TARGETS, 0.1, progress=stop, **named)
    assert blocked_readout(relu, POINTS, TARGETS, 0.1, **named).precision == "float64"


SPREAD = POINTS.clone()
SPREAD[200:] = SPREAD[:40]  # A copy is met in the seventh of eight panels.


def narrow(points, other):
    return torch.exp(-2.0 * torch.cdist(points, other) ** 2)


def broken_down(monkeypatch, folder, tell):
    with monkeypatch.context() as patch:
        patch.setattr(_blocked_system, "refinements", lambda _: 3)
        return blocked_readout(
            narrow,
            SPREAD,
            TARGETS,
            1e-9,
            folder=folder,
            budget=8 * 32 * (ROWS + 64 + 100) + 32 * 1700,
            progress=tell,
        )


def test_a_late_breakdown_leaves_nothing_and_goes_forward(monkeypatch, tmp_path):
    (tmp_path / "panels.f32").write_bytes(b"of another call")
    told = []
    found = broken_down(monkeypatch, tmp_path, lambda at, text: told.append((at, text)))
    texts = [text for _, text in told]
    assert found.precision == "float64"
    assert texts.index("float32 does not resolve this kernel: float64, from the start")
    assert any(text.startswith("panel 7 of 8") for text in texts)
    assert [at for at, _ in told] == sorted(at for at, _ in told)
    assert told[-1][0] == 1.0
    assert not list(tmp_path.iterdir())


def test_a_stop_after_a_breakdown_goes_on_in_float64(monkeypatch, tmp_path):
    stopped = []

    def stop(_, text):
        stopped.append("float32 does not resolve" in text or bool(sum(stopped)))
        if stopped[-1] and text.startswith("panel 1 of"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_down(monkeypatch, tmp_path, stop)
    assert not (tmp_path / "panels.f32").exists()
    told = []
    broken_down(monkeypatch, tmp_path, lambda _, text: told.append(text))
    assert not any("float32" in text for text in told)


def test_panels_of_another_call_are_not_left(monkeypatch, tmp_path):
    for kind in ("f32", "f64"):
        (tmp_path / f"panels.{kind}").write_bytes(b"of another call")
    in_float64(monkeypatch, relu, POINTS, TARGETS, 0.1, folder=tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("size", [1e20, 1e60])
def test_rows_beyond_float32_that_no_sample_saw_leave_float64(monkeypatch, size):
    def sized(points, other):
        kernel = relu(points[:, :6], other[:, :6])
        return kernel * points[:, 6:] * other[:, 6]

    sizes = torch.ones(ROWS, 1, dtype=torch.float64)
    sizes[ROWS // 2 - 2] = size
    points = torch.cat([POINTS, sizes], dim=1)
    found = blocked_readout(sized, points, TARGETS, 0.1)
    assert found.precision == "float64"
    assert torch.equal(
        found.solution,
        in_float64(monkeypatch, sized, points, TARGETS, 0.1).solution,
    )


def test_condition_numbers_are_bounds_where_no_sample_saw_the_longest_rows():
    random = np.random.default_rng(673)
    points = random.uniform(0.5, 1.5, (ROWS, int(random.integers(1, 4))))
    is_other = np.ones(ROWS, bool)
    is_other[np.linspace(0, ROWS - 1, 60).astype(int)] = False
    points[is_other] *= 10.0 ** random.uniform(0, 1.5)
    points = torch.from_numpy(points)
    random.uniform()
    kernel = relu(points, points)
    penalty = 1e-6 * float(kernel.diagonal().max())
    while not refinements(KernelEntries(relu, points, penalty)):
        penalty *= 1.3
    penalty *= 10.0 ** random.uniform(0, 0.3)
    values, vectors = torch.linalg.eigh(kernel + penalty * torch.eye(ROWS))
    # The powers of A and of its inverse start where they end.
    found = blocked_readout(relu, points, vectors[:, [-1, 0]], penalty)
    exact = float(values[-1] / values[0])
    assert found.precision == "float32"
    assert 0.5 * exact < found.condition_number <= exact


@pytest.mark.parametrize("seed", range(12))
def test_a_residual_bounds_what_long_doubles_find(seed):
    """Random kernels, of which some are nearly singular and some badly scaled."""
    random = np.random.default_rng(seed)
    n = int(random.integers(2, 120))
    points = torch.from_numpy(random.standard_normal((n, int(random.integers(1, 9)))))
    scale = 10.0 ** random.integers(-6, 7)
    kernel = (relu, gaussian)[seed % 2]

    def scaled(first, second):
        return scale * kernel(first, second)

    penalty = float(scale * 10.0 ** random.uniform(-6, 1))
    y = torch.from_numpy(random.standard_normal(n))
    found = blocked_readout(scaled, points, y, penalty)
    matrix = scaled(points, points).numpy().astype(np.longdouble)
    matrix[np.diag_indices(n)] += np.longdouble(penalty)
    rest = matrix @ found.solution.numpy().astype(np.longdouble) - y.numpy()
    missed = float(np.linalg.norm(rest.astype(float)) / y.norm())
    assert missed <= found.residual
    foreseen = refinements(KernelEntries(scaled, points, penalty))
    assert (found.precision == "float32") == bool(foreseen)
