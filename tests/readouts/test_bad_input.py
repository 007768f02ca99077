"""What is no problem of a last layer is refused in words, and never solved wrongly."""

import inspect
import math
from fractions import Fraction

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse
import torch

import widthwise as ww
from widthwise.errors import (
    DataError,
    InvalidArgumentError,
    NotPositiveDefiniteError,
)
from widthwise.readouts import (
    RowAccumulator,
    blocked_readout,
    early_stopping,
    gram_path,
    kernel_readout,
    minimum_norm,
    posterior,
    ridge_path,
    ridge_stream,
    trained_ensemble,
)

PHI = np.random.default_rng(0).standard_normal((12, 5))
Y = np.random.default_rng(1).standard_normal(12)
KERNEL = PHI @ PHI.T + np.eye(12)


def kernel(points, other):
    same = (points[:, None] == other[None]).all(-1)
    return points @ other.T + same.to(points)


MASKED = np.ma.array(Y, mask=Y > 0.0)


@pytest.mark.parametrize("solve", [minimum_norm, ridge_path, ridge_stream])
@pytest.mark.parametrize(
    ("targets", "said"),
    [
        (MASKED, "masked"),
        ([[1.0, 2.0], *([[3.0]] * 11)], "rows of different lengths"),
        (scipy.sparse.csr_matrix(Y[:, None]), "sparse.*toarray"),
        (torch.from_numpy(Y).to_sparse(), "sparse.*to_dense"),
        ([Fraction(1, 3)] * 12, "object"),
        (pl.Series([None, *[1.0] * 11]), "nan"),
    ],
)
def test_targets_that_are_no_numbers_are_refused_by_what_is_wrong(solve, targets, said):
    with pytest.raises(DataError, match=said):
        solve(PHI, targets)


def test_masked_targets_of_a_kernel_and_masked_outer_weights_are_refused():
    with pytest.raises(DataError, match="masked"):
        ww.spectra.target_alignment(KERNEL, MASKED)
    with pytest.raises(DataError, match="masked"):
        ww.features.jacobian(PHI, PHI, MASKED, ww.activations.get("relu"))
    with pytest.raises(DataError, match="rows of different lengths"):
        kernel_readout([[1.0, 2.0], [3.0]], [1.0, 2.0])
    with pytest.raises(DataError, match="sparse"):
        minimum_norm(torch.from_numpy(PHI).to_sparse(), Y)


@pytest.mark.parametrize("make", [pd.DataFrame, lambda x: pl.from_pandas(x)])
def test_a_table_is_as_precise_as_its_least_precise_column(make):
    line = np.linspace(1, 2, 40)
    phi = pd.DataFrame(np.outer(line, np.linspace(-1, 3, 6)).astype(np.float32))
    phi.columns = [f"unit {i}" for i in range(6)]
    phi["whole"] = np.arange(40) % 3
    for solve in (minimum_norm, ridge_path, ridge_stream):
        assert solve(make(phi), line).rank == 2


@pytest.mark.parametrize("scale", [1e200, 1e-200])
def test_features_without_squares_are_solved_or_refused_but_not_wrong(scale):
    def accumulated(phi, y):
        rows = RowAccumulator()
        rows.add(phi, y)
        return rows.solution()

    def posterior_of(phi, y):
        size = phi @ phi.T if scale < 1 else KERNEL * scale
        return posterior(size, y, size[:2], size.diagonal()[:2], scale)

    for solve in (
        accumulated,
        posterior_of,
        lambda phi, y: ridge_stream(phi, y, [0.0]),
        lambda phi, y: ridge_stream(phi.T.copy(), y[:5], [0.0]),
        lambda _, y: trained_ensemble(
            KERNEL * scale, KERNEL, y, KERNEL[:2], KERNEL[:2], 1e9
        ),
    ):
        with pytest.raises((InvalidArgumentError, DataError), match=r"range|zero"):
            solve(PHI * scale, Y)
    found = blocked_readout(lambda x, z: kernel(x, z) * scale, PHI, Y)
    expected = np.linalg.solve(KERNEL, Y)
    torch.testing.assert_close(found.solution * scale, torch.from_numpy(expected))
    assert found.condition_number < np.linalg.cond(KERNEL) * (1 + 1e-9)


def test_a_solution_beyond_float64_is_refused():
    tiny = KERNEL * 1e-310
    with pytest.raises(InvalidArgumentError, match="solution leaves float64"):
        kernel_readout(tiny, Y, [0.0]).solution(0.0)
    with pytest.raises(InvalidArgumentError, match="solution leaves float64"):
        blocked_readout(lambda x, z: kernel(x, z) * 1e-310, PHI, Y)
    with pytest.raises(InvalidArgumentError, match="likelihood leaves float64"):
        posterior(KERNEL, Y * 1e200, KERNEL[:2], KERNEL.diagonal()[:2])
    with pytest.raises(InvalidArgumentError, match="not between"):
        gram_path(PHI * 1e200, Y, [0.3])


def test_penalties_and_steps_that_are_none_are_refused():
    with pytest.raises(InvalidArgumentError, match="positive and finite"):
        gram_path(PHI, Y, [0.3, math.inf])
    with pytest.raises(InvalidArgumentError, match="step is nan"):
        early_stopping(PHI, Y, step=math.nan)
    stopped = early_stopping(PHI, Y, [3])
    with pytest.raises(InvalidArgumentError, match="number of steps is -5"):
        stopped.solution(-5)


def test_callables_that_are_no_kernel_are_refused():
    with pytest.raises(DataError, match="callable is no kernel"):
        blocked_readout(lambda x, z: kernel(x, z) + x[:, :1], PHI, Y)
    with pytest.raises(DataError, match="blocks have dtype object"):
        blocked_readout(lambda *_: None, PHI, Y)
    with pytest.raises(DataError, match="3 columns and the rows 5"):
        blocked_readout(kernel, PHI, Y).predict(PHI[:, :3])
    with pytest.raises(NotPositiveDefiniteError, match="on its diagonal"):
        posterior(KERNEL - 30 * np.eye(12), Y, KERNEL[:2], 50.0, 100.0)


@pytest.mark.parametrize("targets", [0.0 * Y, np.stack([0.0 * Y, Y, Y], 1)])
def test_outputs_of_zeros_leave_the_condition_number_known(targets):
    found = blocked_readout(kernel, PHI, targets)
    expected = np.linalg.cond(KERNEL)
    assert expected / 2 < found.condition_number < expected * (1 + 1e-9)


def test_a_function_that_returns_other_shapes_for_more_numbers_is_named():
    def act(z):
        return torch.tanh(z)[:1] if z.numel() > 2000 else torch.tanh(z)

    with pytest.raises(InvalidArgumentError, match="act on each element alone"):
        ww.activations.from_callable(act)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("solve", [ridge_path, ridge_stream, gram_path])
def test_a_single_row_that_counts_is_refused(solve, rows):
    weights = {} if rows == 1 else {"weights": [0.0, 1.0, 0.0]}
    if solve is gram_path and weights:
        return
    for phi in (PHI[:rows], PHI[:rows, :1]):
        with pytest.raises(DataError, match="single row"):
            solve(phi, Y[:rows], [0.1], **weights)


@pytest.mark.parametrize("solve", [ridge_stream, gram_path])
def test_rows_of_a_list_that_differ_in_length_are_refused(solve):
    with pytest.raises(DataError, match="different lengths"):
        solve([[1.0, 2.0], [3.0]], Y[:2], [0.1])
    with pytest.raises(DataError, match="different lengths"):
        gram_path(PHI, Y, [0.1]).predict([[1.0, 2.0], [3.0]])


@pytest.mark.parametrize("steps", [2**53 + 1, 10**20, 10**400])
def test_more_steps_than_float64_counts_are_refused(steps):
    path = early_stopping(PHI, Y, [1, 2**53])
    assert path.steps.tolist() == [1, 2**53]
    with pytest.raises(InvalidArgumentError, match="from 0 to 9007199254740992"):
        early_stopping(PHI, Y, [steps])
    with pytest.raises(InvalidArgumentError, match="from 0 to 9007199254740992"):
        path.solution(steps)


@pytest.mark.parametrize("said", [KERNEL, "relu", None])
def test_a_matrix_is_no_function_between_points(said):
    for asked in (blocked_readout, ww.spectra.kernel_operator):
        targets = [Y, 0.1] if asked is blocked_readout else []
        with pytest.raises(InvalidArgumentError, match="two sets of rows"):
            inspect.unwrap(asked)(said, PHI, *targets)


@pytest.mark.parametrize("points", [PHI, np.float32(PHI), np.uint8(PHI**2 * 40)])
def test_points_and_others_may_come_in_any_types(points):
    found = blocked_readout(kernel, points, Y, 0.1)
    exact = kernel_readout(kernel(*[torch.from_numpy(points).double()] * 2), Y, [0.1])
    assert found.residual < 1e-6
    for kind in (np.float64, np.float32, points.dtype):
        others = np.asarray(points, kind)
        if np.array_equal(others, points):
            fitted = torch.from_numpy(Y) - 0.1 * exact.solution()
            torch.testing.assert_close(found.predict(others), fitted, rtol=0, atol=1e-5)


def test_what_a_kernel_says_of_other_points_is_checked():
    def odd(points, other):
        return (
            kernel(points, other)
            if len(other) == len(points)
            else kernel(other, points)
        )

    found = blocked_readout(odd, PHI, Y, 0.1)
    with pytest.raises(InvalidArgumentError, match="between its first and its second"):
        found.predict(PHI[:3])
    with pytest.raises(InvalidArgumentError, match="not finite"):
        blocked_readout(kernel, PHI, Y, 0.1).predict(np.full((2, 5), np.nan))


@pytest.mark.parametrize("features", ["relu", PHI, None])
def test_what_is_no_layer_of_random_features_is_refused(features):
    for asked in (
        ww.readouts.feature_source,
        ww.spectra.feature_operator,
        ww.spectra.feature_spectrum,
        ww.spectra.feature_svd,
    ):
        with pytest.raises(InvalidArgumentError, match="RandomFeatures"):
            inspect.unwrap(asked)(PHI, features)
    with pytest.raises(InvalidArgumentError, match="RandomFeatures"):
        inspect.unwrap(ww.spectra.nested_conditioning)(PHI, features, [4])


@pytest.mark.parametrize("penalties", [-1, 2.5, "ten", [0.1]])
def test_a_plan_is_of_a_number_of_penalties(penalties):
    with pytest.raises(InvalidArgumentError, match="number of penalties"):
        inspect.unwrap(ww.readouts.stream_plan)(PHI, penalties=penalties)


@pytest.mark.parametrize("solve", [ridge_path, ridge_stream, early_stopping])
def test_a_row_of_all_the_weight_is_refused_beside_an_intercept(solve):
    # Without it the mean is that of the others, of which float64 holds no digit.
    for weights in ([1e-20, 1e20], [1.0, 1e17, 0.0, 1.0]):
        rows = len(weights)
        with pytest.raises(DataError, match="Row 1 has all of the weight but"):
            solve(PHI[:rows], Y[:rows], weights=weights)
        solve(PHI[:rows], Y[:rows], weights=weights, intercept=False)
