import mpmath
import numpy as np
import pytest
import torch

from widthwise.errors import InvalidArgumentError, MemoryBudgetError
from widthwise.features import RandomFeatures
from widthwise.readouts import feature_source, gram_path, ridge_path
from widthwise.readouts.streams import _gram_path, _kept


def drawn(*shape, seed):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


PHI, TARGETS = drawn(90, 12, seed=0) + 3.0, drawn(90, 2, seed=1)
WIDE = drawn(20, 35, seed=2)
GRID = [0.01, 1.0, 30.0, 1e3]


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr(_gram_path, "_ROWS", 17)


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("phi", [PHI, WIDE], ids=["tall", "wide"])
def test_it_is_the_ridge_path_of_features_that_are_held(phi, intercept):
    y = TARGETS[: len(phi)]
    found = gram_path(phi, y, GRID, intercept=intercept)
    path = ridge_path(phi, y, GRID, intercept=intercept)
    torch.testing.assert_close(
        found.generalized_cross_validation,
        path.generalized_cross_validation,
        rtol=1e-9,
        atol=0,
    )
    at = GRID.index(found.best)
    assert found.leave_one_out == pytest.approx(float(path.leave_one_out[at]), rel=1e-9)
    torch.testing.assert_close(
        found.intercept, path.intercept(found.best), rtol=1e-9, atol=1e-12
    )
    torch.testing.assert_close(found.predict(phi), path.predict(phi, found.best))
    exact = path.solution(found.best)
    off = float((found.solution - exact).norm() / exact.norm())
    assert off <= found.error_bound + 1e-14 < 1e-6
    assert found.leave_one_out_error < 1e-6
    rest = torch.linalg.vector_norm(y - found.predict(phi)) / torch.linalg.norm(y)
    assert found.residual == pytest.approx(float(rest), rel=1e-9)


def test_one_output_and_random_features_that_are_never_held():
    points = torch.nn.functional.normalize(drawn(50, 4, seed=3))
    layer = RandomFeatures("relu", 600, "sphere", seed=5)
    source = feature_source(points, layer)
    phi = layer.matrix(points)
    assert source.shape == (50, 600)
    torch.testing.assert_close(source.rows(7, 19), phi[7:19], rtol=1e-14, atol=1e-17)
    torch.testing.assert_close(
        source.units(100, 580), phi[:, 100:580], rtol=1e-14, atol=1e-17
    )
    y = TARGETS[:50, 0]
    found, held = gram_path(source, y, [0.1]), gram_path(phi, y, [0.1])
    assert found.solution.shape == (600,)
    assert found.intercept.shape == ()
    torch.testing.assert_close(found.solution, held.solution, rtol=1e-9, atol=1e-12)
    others = feature_source(points[:9], layer)
    torch.testing.assert_close(found.predict(others), held.predict(phi[:9]))
    assert "penalty 0.1" in found.reason


def test_rows_that_changed_meanwhile_are_summed_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(_kept, "_SECONDS", 0.0)

    def stop(_, text):
        if "rows to 51" in text:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        gram_path(PHI, TARGETS, GRID, folder=tmp_path, progress=stop)
    changed = PHI.clone()
    changed[[2, 3]] = PHI[[3, 2]]
    found = gram_path(changed, TARGETS, GRID, folder=tmp_path)
    assert torch.equal(found.solution, gram_path(changed, TARGETS, GRID).solution)


def test_a_sum_that_was_stopped_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(_kept, "_SECONDS", 0.0)
    expected = gram_path(PHI, TARGETS, GRID)

    def stop(_, text):
        if "rows to 51" in text:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        gram_path(PHI, TARGETS, GRID, folder=tmp_path, progress=stop)
    assert len(list(tmp_path.glob("gram-*.npz"))) == 1
    told = []
    found = gram_path(
        PHI, TARGETS, GRID, folder=tmp_path, progress=lambda _, text: told.append(text)
    )
    assert "rows of them summed" in told[0]
    assert torch.equal(found.solution, expected.solution)
    assert "rows to 68" in told[1]
    assert not list(tmp_path.iterdir())


def test_the_error_bound_holds_where_the_gram_matrix_loses_digits():
    scales = torch.logspace(0, -6, 12, dtype=torch.float64)
    phi = drawn(90, 12, seed=4) * scales
    penalty = 1e-10
    found = gram_path(phi, TARGETS, [penalty], intercept=False)
    exact = ridge_path(phi, TARGETS, [penalty], intercept=False).solution(penalty)
    off = float((found.solution - exact).norm() / exact.norm())
    assert off <= found.error_bound


def test_weights_that_rounding_hides_are_not_said_to_be_right():
    found = gram_path(WIDE, TARGETS[:20], [1e-14])
    assert found.error_bound > 0.01
    assert found.reason.endswith(
        "float64 does not decide the weights: take larger penalties."
    )


def left_out_by_refitting(phi, y, penalty):
    """Return the mean square, with an intercept, to 80 digits."""
    with mpmath.workdps(80):
        squares = mpmath.mpf(0)
        whole = mpmath.matrix(torch.cat([phi, phi[:, :1] ** 0], 1).tolist())
        shifts = mpmath.diag([penalty] * phi.shape[1] + [0])
        for row in range(len(phi)):
            others = [at for at in range(len(phi)) if at != row]
            held = mpmath.matrix([whole[at, :].tolist()[0] for at in others])
            right = mpmath.matrix([float(y[at]) for at in others])
            v = mpmath.lu_solve(held.T * held + shifts, held.T * right)
            squares += (float(y[row]) - (whole[row, :] * v)[0]) ** 2
        return float(squares / len(phi))


@pytest.mark.parametrize("longer", [1.0, 10.0, 1e3, 1e6, 1e7])
def test_errors_of_rows_left_out_are_within_what_is_said_of_them(longer):
    for seed in range(3):
        phi, y = drawn(7, 3, seed=seed), drawn(7, seed=9)
        phi[4] *= longer
        for penalty in (1e-3, 1.0):
            try:
                found = gram_path(phi, y, [penalty])
            except InvalidArgumentError:
                assert longer >= 1e6
                continue
            expected = left_out_by_refitting(phi, y, penalty)
            off = abs(found.leave_one_out / expected - 1.0)
            assert off <= found.leave_one_out_error
            is_said = "does not decide by how much" in found.reason
            assert is_said == (found.leave_one_out_error > 0.01)
            if longer == 1.0:
                assert found.leave_one_out_error < 1e-8


def test_what_cannot_be_solved_is_refused():
    with pytest.raises(InvalidArgumentError, match="positive and finite"):
        gram_path(PHI, TARGETS, [0.0, 1.0])
    with pytest.raises(InvalidArgumentError, match="Take at least"):
        gram_path(torch.cat([PHI, PHI], 1), TARGETS, [1e-200])
    with pytest.raises(MemoryBudgetError, match=r"Raise it, or take at most \d+ units"):
        gram_path(PHI, TARGETS, [1.0], budget=4000)
    with pytest.raises(InvalidArgumentError, match="11 columns"):
        gram_path(PHI, TARGETS, [1.0]).predict(PHI[:, 1:])


@pytest.mark.parametrize("damage", [b"", b"no archive", None])
def test_a_damaged_file_of_sums_is_made_again(tmp_path, damage):
    kept = _kept.Kept(tmp_path, "sums", "these")
    kept._last -= 2 * _kept._SECONDS
    kept.save(lambda: {"gram": np.arange(50.0)})
    (path,) = tmp_path.glob("sums-*.npz")
    whole = path.read_bytes()
    assert (kept.begun()["gram"] == np.arange(50.0)).all()
    flipped = whole[:200] + bytes([whole[200] ^ 1]) + whole[201:]
    path.write_bytes(flipped if damage is None else damage)
    assert kept.begun() == {}
