import errno
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from widthwise import kernels
from widthwise.errors import (
    InvalidArgumentError,
    MemoryBudgetError,
    NotPositiveDefiniteError,
)
from widthwise.numerics import blocked_cholesky, routine_rate
from widthwise.numerics.blocked_cholesky import Panels
from widthwise.readouts import (
    _blocked_readout,
    _blocked_system,
    _blocked_time,
    blocked_readout,
    kernel_readout,
)
from widthwise.spectra.operators import KernelEntries, _entries
from widthwise.wording import number


def drawn(*shape, seed):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


POINTS, TARGETS = drawn(60, 5, seed=0), drawn(60, 2, seed=1)
OTHERS = drawn(7, 5, seed=2)


def relu(points, other):
    return kernels.conjugate_kernel(points, "relu", "gaussian", other)


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr(_blocked_readout, "BLOCK_ROWS", 25)
    monkeypatch.setattr(_blocked_system, "_COPIES", 32 * 25)
    monkeypatch.setattr(_entries, "BLOCK_ROWS", 25)
    monkeypatch.setattr(blocked_cholesky, "_ROWS", 25)
    monkeypatch.setattr(blocked_cholesky, "_LEAST", 16)


def test_a_disk_that_refuses_what_a_plan_would_time_does_not_stop_the_work(monkeypatch):
    def refuse(**_):
        raise OSError(errno.ENOSPC, "No space left on device")

    full = SimpleNamespace(TemporaryFile=refuse)
    monkeypatch.setattr(_blocked_time, "tempfile", full)
    told = []
    found = blocked_readout(
        relu, POINTS, TARGETS, progress=lambda _, what: told.append(what)
    )
    assert told[-1] == "solved"
    assert torch.equal(found.solution, blocked_readout(relu, POINTS, TARGETS).solution)


BUDGET = 8 * 16 * (60 + 32 + 50) + 16 * (32 * 25 + 80)


@pytest.mark.parametrize("penalty", [0.0, 0.3])
@pytest.mark.parametrize("intercept", [False, True])
def test_it_is_the_readout_of_the_whole_kernel(penalty, intercept):
    found = blocked_readout(
        relu, POINTS, TARGETS, penalty, intercept=intercept, budget=BUDGET
    )
    whole = kernels.conjugate_kernel(POINTS, "relu", "gaussian")
    path = kernel_readout(whole, TARGETS, [penalty], intercept=intercept)
    torch.testing.assert_close(found.solution, path.solution(), rtol=1e-8, atol=1e-8)
    torch.testing.assert_close(found.intercept, path.intercept(), rtol=1e-8, atol=1e-9)
    torch.testing.assert_close(
        found.predict(OTHERS), path.predict(relu(OTHERS, POINTS)), rtol=1e-8, atol=1e-8
    )
    # The entries' stated error, 2e-14, times the sum of the coefficients' sizes.
    assert found.residual < 1e-8
    values = torch.linalg.eigvalsh(whole) + penalty
    condition = float(values[-1] / values[0])
    assert 0.1 * condition < found.condition_number <= condition * (1 + 1e-6)


def test_one_output_has_the_shape_of_its_targets():
    found = blocked_readout(relu, POINTS, TARGETS[:, 0])
    assert found.solution.shape == (60,)
    assert found.intercept.shape == ()
    assert found.predict(OTHERS).shape == (7,)
    torch.testing.assert_close(found.predict(POINTS), TARGETS[:, 0], rtol=0, atol=1e-10)
    assert "no row depends on others beyond rounding" in found.reason


def test_labels_that_rounding_hides_are_not_said_to_be_met():
    near = torch.cat([POINTS, POINTS[:1] + 1e-7])
    labels = torch.cat([TARGETS, -TARGETS[:1]])
    found = blocked_readout(relu, near, labels)
    assert found.residual > 1
    assert found.reason.startswith("Float64 does not decide whether the kernel of 61")
    # With a penalty the same rows are decided.
    assert "are met but for" in blocked_readout(relu, near, labels, 0.1).reason


def test_a_kernel_of_numpy_arrays_is_the_same_readout():
    found = blocked_readout(lambda x, z: relu(x, z).numpy(), POINTS, TARGETS, 0.3)
    expected = blocked_readout(relu, POINTS, TARGETS, 0.3)
    torch.testing.assert_close(found.solution, expected.solution, rtol=0, atol=0)
    torch.testing.assert_close(
        found.predict(OTHERS), expected.predict(OTHERS), rtol=0, atol=0
    )


def test_the_residual_bounds_what_long_doubles_find():
    hilbert = np.array([[1 / (i + j + 1) for j in range(10)] for i in range(10)])
    table = torch.from_numpy(hilbert)

    def kernel(points, other):
        return table[points[:, 0].long()][:, other[:, 0].long()].clone()

    y = torch.ones(10, dtype=torch.float64)
    found = blocked_readout(kernel, torch.arange(10.0)[:, None], y)
    exact = hilbert.astype(np.longdouble) @ found.solution.numpy().astype(np.longdouble)
    missed = float(np.linalg.norm(exact - 1)) / np.sqrt(10)
    assert missed <= found.residual < 1e-2
    condition = np.linalg.cond(hilbert)
    assert 0.5 * condition < found.condition_number < 1.1 * condition


def test_a_call_that_was_stopped_goes_on(tmp_path):
    expected = blocked_readout(relu, POINTS, TARGETS, budget=BUDGET)
    calls = []

    def stopping(points, other):
        calls.append(len(points) * len(other))
        if len(calls) == 6:
            raise KeyboardInterrupt
        return relu(points, other)

    with pytest.raises(KeyboardInterrupt):
        blocked_readout(stopping, POINTS, TARGETS, folder=tmp_path, budget=BUDGET)
    told = []
    found = blocked_readout(
        relu,
        POINTS,
        TARGETS,
        folder=tmp_path,
        budget=BUDGET,
        progress=lambda fraction, text: told.append((fraction, text)),
    )
    assert torch.equal(found.solution, expected.solution)
    assert not list(tmp_path.iterdir())
    assert "4 panels of 16 columns, 1 of them done" in told[0][1]
    # The last pass works out a block of 60 rows, and the kernel's label says its dual.
    entries = 44 * 16 + 28 * 16 + 12 * 12 + 60 * 60
    left = sum(Panels(60, 16).operations[1:]) + 60 * 60 * (6 * 2 + 16)
    left += entries * (2 * POINTS.shape[1] + 30)
    assert f"{number(left)} operations" in told[0][1]
    assert "panel 2 of 4" in told[1][1]
    assert [each for each, _ in told] == sorted(each for each, _ in told)
    assert told[-1][0] == 1.0


def test_what_is_done_is_in_no_plan(tmp_path, monkeypatch):
    monkeypatch.setattr(routine_rate, "_UNTIMED", 0.0)
    panels, entries = Panels(512, 128), KernelEntries(relu, drawn(512, 5, seed=3))
    times = [
        _blocked_time.blocked_time(entries, panels, done, tmp_path, [1.0] * 3, 10, 0)
        for done in (0, 3)
    ]
    # A panel's entries, products and factor; three of four have more.
    assert times[1].factor.least < 0.6 * times[0].factor.least


def test_what_cannot_be_solved_is_refused():
    twice = torch.cat([POINTS, POINTS[:1]])
    with pytest.raises(NotPositiveDefiniteError, match="penalty above 0"):
        blocked_readout(relu, twice, torch.cat([TARGETS, TARGETS[:1]]))
    with pytest.raises(MemoryBudgetError, match="Raise it"):
        blocked_readout(relu, POINTS, TARGETS, budget=100)
    with pytest.raises(InvalidArgumentError, match="shape"):
        blocked_readout(lambda x, _: x, POINTS, TARGETS)
    with pytest.raises(InvalidArgumentError, match="not finite"):
        blocked_readout(lambda x, z: relu(x, z) * torch.nan, POINTS, TARGETS)
