"""Work that a signal stops, and features whose file is changed before it goes on."""

import signal

import numpy as np
import pytest
import torch
import zarr

from widthwise.errors import DataError
from widthwise.numerics import blocked_cholesky
from widthwise.readouts import blocked_readout, gram_path, ridge_stream
from widthwise.readouts.streams import _gram_path, _kept


def drawn(*shape, seed):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


PHI, TARGETS = drawn(400, 7, seed=0), drawn(400, 2, seed=1)
GRID, BUDGET = [0.1, 1.0], 60_000
CALLS = {"ridge_stream": ridge_stream, "gram_path": gram_path}


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch):
    monkeypatch.setattr(_kept, "_SECONDS", 0.0)
    monkeypatch.setattr(_gram_path, "_ROWS", 64)
    monkeypatch.setattr(blocked_cholesky, "_LEAST", 64)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Interrupted:
    """What is called as another thing is, and interrupts its process once."""

    def __init__(self, real, at):
        self.real, self.left = real, at

    def __call__(self, *given):
        self.left -= 1
        if self.left == 0:
            signal.raise_signal(signal.SIGINT)
        return self.real(*given)


class Read(Interrupted):
    """Features whose reader interrupts its process once."""

    shape, dtype = PHI.shape, np.dtype(np.float64)

    def __getitem__(self, key):
        return self(key)


@pytest.mark.parametrize("name", [*CALLS, "blocked_readout"])
def test_an_interrupt_amid_a_read_changes_no_bit(name, tmp_path):
    def dot(points, other):
        return points @ other.T

    def run(features, kernel, **named):
        if name == "blocked_readout":
            budget = 3_300_000  # Seven panels.
            return blocked_readout(
                kernel, PHI, TARGETS, 0.1, budget=budget, **named
            ).solution
        found = CALLS[name](features, TARGETS, GRID, budget=BUDGET, **named).solution
        return found(0.1) if callable(found) else found

    expected = run(PHI.numpy(), dot)
    for at in (4, 9):
        stopping = Read(PHI.numpy().__getitem__, at), Interrupted(dot, at)
        with pytest.raises(KeyboardInterrupt):
            run(*stopping, folder=tmp_path)
        assert torch.equal(run(PHI.numpy(), dot, folder=tmp_path), expected)
        assert not list(tmp_path.iterdir())


def changed_in_place(path):
    """Exchange two rows that were read already."""
    if path.suffix == ".npy":
        store = np.load(path, mmap_mode="r+")
    else:
        store = zarr.open(path, mode="r+")
    store[2:4] = store[2:4][::-1].copy()


@pytest.mark.parametrize("kind", ["npy", "zarr"])
@pytest.mark.parametrize("name", CALLS)
def test_a_file_changed_in_place_is_summed_anew_and_said_so(name, kind, tmp_path):
    path, folder = tmp_path / f"phi.{kind}", tmp_path / "kept"
    if kind == "npy":
        np.save(path, PHI.numpy())
    else:
        asked = {"shape": PHI.shape, "chunks": (16, 7), "dtype": "float64"}
        zarr.create_array(path, **asked)[:] = PHI.numpy()

    before = []

    def stopped(_, text):
        before.append(text)
        if len(before) == 3:
            signal.raise_signal(signal.SIGINT)

    asked = {"budget": BUDGET, "folder": folder}
    with pytest.raises(KeyboardInterrupt):
        CALLS[name](path, TARGETS, GRID, progress=stopped, **asked)
    assert list(folder.iterdir())
    changed_in_place(path)
    told = []
    found = CALLS[name](
        path, TARGETS, GRID, progress=lambda *said: told.append(said), **asked
    )
    assert (0.0, _kept.CHANGED) in told
    anew, before = (
        CALLS[name](each, TARGETS, GRID, budget=BUDGET) for each in (path, PHI)
    )
    errors = [torch.as_tensor(each.leave_one_out) for each in (found, anew, before)]
    assert torch.equal(errors[0], errors[1])
    assert not torch.equal(errors[0], errors[2])


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("units", [7, 500])
def test_a_chunk_written_during_a_call_is_refused(name, units, tmp_path):
    phi = drawn(400, units, seed=0).numpy()
    path = tmp_path / "phi.zarr"
    asked = {"shape": phi.shape, "chunks": (16, units), "dtype": "float64"}
    zarr.create_array(path, **asked)[:] = phi

    def written(fraction, _):
        if fraction < 1.0:
            changed_in_place(path)

    CALLS[name](path, TARGETS, GRID)
    with pytest.raises(DataError, match="zarr has changed since"):
        CALLS[name](path, TARGETS, GRID, progress=written)
