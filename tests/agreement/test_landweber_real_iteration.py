"""The closed form is what a real loop of gradient descent does."""

import mpmath
import pytest
import torch

from widthwise.activations import get
from widthwise.dynamics import landweber
from widthwise.features import RandomFeatures
from widthwise.laws import Sphere


def real_iteration(phi, y, step, marks):
    """Yield the relative residual at each of the marks, by iterating."""
    v = torch.zeros(phi.shape[1], dtype=torch.float64)
    norm = torch.linalg.vector_norm(y)
    done = 0
    for mark in marks:
        for _ in range(mark - done):
            v -= step * (phi.T @ (phi @ v - y))
        done = mark
        yield float(torch.linalg.vector_norm(phi @ v - y) / norm), v.clone()


@pytest.mark.parametrize("step", ["optimal", "stable", 0.3])
def test_a_hundred_thousand_steps(points, step):
    """Residuals agree to 1e-9 and iterates to 1e-8 relative over 1e5 real steps."""
    features = RandomFeatures(get("relu"), width=40, law=Sphere(dimension=5), seed=3)
    phi = features.matrix(points)
    y = points[:, 0] + points[:, 1] ** 2
    run = landweber(phi, y, step)
    marks = [1, 2, 17, 1000, 100_000]
    for mark, (residual, v) in zip(
        marks, real_iteration(phi, y, run.step, marks), strict=True
    ):
        assert run.relative_residual(mark) == pytest.approx(residual, rel=1e-9)
        torch.testing.assert_close(run.coefficients(mark), v, rtol=1e-8, atol=1e-12)


def test_a_thousand_million_million_steps_by_repeated_squaring():
    """M^k with M = I - ηΦᵀΦ in 80 digits, k = 1e15: no eigenvalue is used."""
    phi = [[2.0, 1.0, 0.0], [1.0, 2.0, 1e-7], [3.0, 3.0, 2e-7]]
    y = [1.0, -1.0, 0.5]
    k = 10**15
    run = landweber(
        torch.tensor(phi, dtype=torch.float64), torch.tensor(y).double(), "stable"
    )
    assert run.rank == 3 or run.unreachable > 0
    with mpmath.workdps(80):
        a, b = mpmath.matrix(phi), mpmath.matrix(y)
        power = (mpmath.eye(3) - mpmath.mpf(run.step) * a * a.T) ** k
        expected = mpmath.norm(power * b) / mpmath.norm(b)
    # A singular value near 1e-7 carries a relative rounding error of 1e-8 at best.
    assert run.relative_residual(k) == pytest.approx(float(expected), rel=1e-6)
