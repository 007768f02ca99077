"""Files, folders, budgets and arguments that streams were not made for."""

import inspect
import re

import numpy as np
import polars as pl
import pytest
import torch

from widthwise.errors import (
    DataError,
    InvalidArgumentError,
    MemoryBudgetError,
    OutputError,
)
from widthwise.files import alone_in
from widthwise.readouts import (
    RowAccumulator,
    blocked_readout,
    gram_path,
    ridge_stream,
    stream_plan,
)
from widthwise.readouts.streams import _gram_path, _kept

PHI = np.random.default_rng(0).standard_normal((400, 7))
Y = np.random.default_rng(1).standard_normal(400)
STREAMS = [ridge_stream, gram_path]


def linear(points, other):
    return points @ other.T


def solved(found):
    return found(0.5) if callable(found) else found


def same(one, two):
    return torch.equal(solved(one.solution), solved(two.solution))


@pytest.mark.parametrize("stream", STREAMS)
def test_names_of_parquet_files_and_columns_are_no_patterns(stream, tmp_path):
    pl.DataFrame(-PHI, schema=list("abcdefg")).write_parquet(tmp_path / "a1.parquet")
    names = ["*", "^.*$", "^a$", "a", "", " ", "b"]
    pl.DataFrame(PHI, schema=names).write_parquet(tmp_path / "[a]*.parquet")
    found = stream(tmp_path / "[a]*.parquet", Y, [0.5])
    assert same(found, stream(PHI, Y, [0.5]))


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize("kind", [pl.Boolean, pl.Decimal(10, 2), pl.UInt8])
def test_columns_of_parquet_of_any_real_numbers_are_units(stream, kind, tmp_path):
    phi = (PHI > 0.0).astype(float)
    frame = pl.DataFrame(phi, schema=list("abcdefg"))
    frame.cast(pl.UInt8).cast(kind).write_parquet(tmp_path / "phi.parquet")
    assert same(stream(tmp_path / "phi.parquet", Y, [0.5]), stream(phi, Y, [0.5]))


def named(text, words):
    return int(re.search(words, text)[1].replace(",", ""))


@pytest.mark.parametrize("shape", [(900, 7), (7, 900), (3000, 1), (1, 3000), (40, 40)])
def test_a_budget_that_a_refusal_names_is_enough_and_no_byte_less_is(shape):
    phi = np.broadcast_to(0.0, shape)
    refused = []
    for plan in (
        lambda budget: stream_plan(phi, budget=budget),
        lambda budget: _gram_path._block(*shape, budget),
    ):
        with pytest.raises(MemoryBudgetError) as refusal:
            plan(100)
        needed = named(str(refusal.value), r"needs? ([\d,]+) bytes")
        plan(needed)
        with pytest.raises(MemoryBudgetError):
            plan(needed - 1)
        refused.append(needed)
    assert min(refused) > 100


@pytest.mark.parametrize("shape", [(10**4, 10**3), (10**3, 10**4)])
@pytest.mark.parametrize("budget", [4 * 10**5, 10**6, 3 * 10**6])
def test_as_many_units_or_rows_as_a_refusal_names_fit_and_no_more(shape, budget):
    side = int(np.argmin(shape))

    def planned(count):
        fewer = list(shape)
        fewer[side] = count
        stream_plan(np.broadcast_to(0.0, fewer), budget=budget)

    with pytest.raises(MemoryBudgetError, match="Take at most") as refusal:
        planned(shape[side])
    fits = named(str(refusal.value), r"at most ([\d,]+)")
    planned(fits)
    with pytest.raises(MemoryBudgetError):
        planned(fits + 1)
    with pytest.raises(MemoryBudgetError, match="take at most") as refusal:
        _gram_path._block(*shape, budget)
    fits = named(str(refusal.value), r"at most ([\d,]+)")
    _gram_path._block(shape[0], fits, budget)
    with pytest.raises(MemoryBudgetError):
        _gram_path._block(shape[0], fits + 1, budget)


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize("left", ["other arrays", "no archive"])
def test_a_file_of_sums_that_holds_something_else_is_made_anew(
    stream, left, tmp_path, monkeypatch
):
    monkeypatch.setattr(_kept, "_SECONDS", 0.0)
    monkeypatch.setattr(_gram_path, "_ROWS", 64)

    def stopped(fraction, _):
        if fraction > 0.0 and list(tmp_path.iterdir()):
            raise KeyboardInterrupt

    asked = {"budget": 60_000, "folder": tmp_path}
    with pytest.raises(KeyboardInterrupt):
        stream(PHI, Y, [0.5], progress=stopped, **asked)
    (kept,) = tmp_path.iterdir()
    np.savez(kept, a=PHI) if left == "other arrays" else kept.write_bytes(b"PK")
    found = stream(PHI, Y, [0.5], **asked)
    assert same(found, stream(PHI, Y, [0.5], budget=60_000))


@pytest.mark.parametrize("folder", [3, 2.5, b"kept", "", "a\0b", ["kept"]])
def test_a_folder_that_is_no_path_is_refused(folder):
    calls = [(stream, (PHI, Y, [0.5])) for stream in STREAMS]
    for call, given in [*calls, (blocked_readout, (linear, PHI, Y, 1.0))]:
        with pytest.raises(InvalidArgumentError, match="must be a path"):
            inspect.unwrap(call)(*given, folder=folder)


def test_a_folder_of_too_long_a_name_is_refused():
    for call in (
        lambda: ridge_stream(PHI, Y, [0.5], folder="x" * 300),
        lambda: blocked_readout(linear, PHI, Y, 1.0, folder="x" * 300),
    ):
        with pytest.raises(OutputError, match="name too long"):
            call()


def test_two_calls_do_not_put_panels_into_the_same_folder(tmp_path):
    with (
        alone_in(tmp_path),
        pytest.raises(OutputError, match="Another call works in"),
    ):
        blocked_readout(linear, PHI, Y, 1.0, folder=tmp_path)
    blocked_readout(linear, PHI, Y, 1.0, folder=tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "kernel",
    [lambda x: x, lambda: 3.0, lambda a, b, c: a + b + c, lambda x, *, z: x @ z],
)
def test_a_kernel_that_does_not_take_two_sets_of_rows_is_refused(kernel):
    with pytest.raises(InvalidArgumentError, match="does not take two sets of rows"):
        blocked_readout(kernel, PHI, Y, 1.0)


@pytest.mark.parametrize("given", ["text", 3, object(), dict])
def test_what_takes_no_tasks_and_what_has_no_rows_are_refused(given):
    with pytest.raises(InvalidArgumentError, match=r"executor is .*submit"):
        inspect.unwrap(ridge_stream)(PHI, Y, [0.5], executor=given)
    with pytest.raises(InvalidArgumentError, match="must be a RowAccumulator"):
        inspect.unwrap(RowAccumulator.join)(RowAccumulator(), given)


@pytest.mark.parametrize("digits", [400, 5000])
def test_whole_numbers_that_python_does_not_write_are_refused_by_their_size(digits):
    with pytest.raises(InvalidArgumentError, match=rf"about 10\*\*{digits};"):
        stream_plan(PHI, outputs=10**digits)
    with pytest.raises(InvalidArgumentError, match=rf"about -10\*\*{digits};"):
        stream_plan(PHI, budget=-(10**digits))


class Sliced:
    """Features of which every slice has the same, wrong shape."""

    shape, dtype = PHI.shape, PHI.dtype

    def __init__(self, part):
        self.part = part

    def __getitem__(self, _):
        return self.part


@pytest.mark.parametrize("part", [PHI[:2], PHI[0], PHI[:1], PHI[:, :1], PHI.T])
def test_slices_of_another_shape_than_was_asked_for_are_refused(part):
    for stream in STREAMS:
        with pytest.raises(DataError, match="units 0 to 6 of the features came in sha"):
            stream(Sliced(part), Y, [0.5])


@pytest.mark.parametrize("method", ["qr", "gram"])
def test_rows_go_on_only_where_they_were_kept_alike(method):
    asked = {"method": method, "intercept": True}
    rows, again = RowAccumulator(**asked), RowAccumulator(**asked)
    with pytest.raises(DataError, match="No row was added"):
        rows.state()
    rows.add(PHI, Y)
    again.resume(rows.state())
    assert torch.equal(again.solution(0.5), rows.solution(0.5))
    other = "gram" if method == "qr" else "qr"
    for changed in ({"method": other}, {"intercept": False}):
        with pytest.raises(DataError, match="not left by an accumulator of this"):
            RowAccumulator(**(asked | changed)).resume(rows.state())
    with pytest.raises(DataError, match="not left by an accumulator of this"):
        again.resume({})
