import math

import mpmath
import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF

from widthwise import dynamics
from widthwise.errors import DataError, InvalidArgumentError, NotPositiveDefiniteError
from widthwise.kernels import conjugate_kernel, tangent_kernel
from widthwise.readouts import posterior, trained_ensemble


def gaussian(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def close(found, expected, within=1e-12):
    torch.testing.assert_close(found, expected, rtol=0, atol=within)


PAIR = torch.tensor([[1.0, 0.5], [0.5, 1.0]], dtype=torch.float64)
SPHERE = torch.nn.functional.normalize(gaussian(11, 4))
ROWS, OTHERS = SPHERE[:7], SPHERE[7:]


def test_what_was_seen_is_certain_and_what_was_not_is_less_so():
    cross = torch.tensor([[1.0, 0.5], [0.25, 0.25]])
    found = posterior(PAIR, torch.tensor([2.0, -1.0]), cross, 1.0, 0.0)
    assert float(found.variance[0]) == 0.0
    assert float(found.variance[1]) == pytest.approx(11 / 12, abs=1e-15)
    assert found.mean.tolist() == pytest.approx([2.0, 1 / 6], abs=1e-15)


@pytest.mark.parametrize("noise", [0.0, 0.3, "rows"])
def test_it_is_the_conditional_distribution_of_a_joint_one(noise):
    """Eliminated with 50 digits."""
    everything = gaussian(9, 12)
    joint = everything @ everything.T
    y = gaussian(6, 2, seed=1)
    levels = gaussian(6, seed=3).square() if noise == "rows" else noise
    found = posterior(joint[:6, :6], y, joint[6:, :6], joint[6:, 6:], levels)
    with mpmath.workdps(50):
        inner = mpmath.matrix(joint[:6, :6].tolist())
        for row in range(6):
            inner[row, row] += float(levels[row]) if noise == "rows" else noise
        cross = mpmath.matrix(joint[6:, :6].tolist())
        solved = mpmath.inverse(inner)
        mean = cross * solved * mpmath.matrix(y.tolist())
        rest = mpmath.matrix(joint[6:, 6:].tolist()) - cross * solved * cross.T
    close(found.mean, torch.tensor(np.array(mean.tolist(), dtype=float)), 1e-11)
    expected = torch.tensor(np.array(rest.tolist(), dtype=float))
    close(found.covariance(), expected, 1e-11)
    close(found.variance, expected.diagonal(), 1e-11)
    density = multivariate_normal(cov=np.array(inner.tolist(), dtype=float))
    likelihood = sum(float(density.logpdf(each)) for each in y.numpy().T)
    assert found.log_marginal_likelihood == pytest.approx(likelihood, rel=1e-10)


def test_scikit_learn_says_the_same():
    x, y, z = (
        each.numpy()
        for each in (gaussian(12, 3), gaussian(12, seed=1), gaussian(5, 3, seed=2))
    )
    shape = RBF(1.3)
    peer = GaussianProcessRegressor(shape, alpha=0.1, optimizer=None).fit(x, y)
    found = posterior(shape(x), y, shape(z, x), shape(z), 0.1)
    mean, covariance = peer.predict(z, return_cov=True)
    close(found.mean, torch.from_numpy(mean))
    close(found.covariance(), torch.from_numpy(covariance))
    assert found.log_marginal_likelihood == pytest.approx(
        peer.log_marginal_likelihood_value_, rel=1e-12
    )


def test_no_variance_is_negative_on_the_rows_of_a_smooth_kernel():
    """Its condition number is 1e17, and rounding alone would give -1e-9."""
    x = torch.linspace(0, 1, 60, dtype=torch.float64)[:, None]
    smooth = torch.exp(-((x - x.T) ** 2))
    for noise in (0.0, 1e-12):
        found = posterior(smooth, torch.sin(x[:, 0]), smooth, smooth, noise)
        assert float(found.variance.min()) >= 0.0
        assert float(found.variance.max()) < 1e-10
        assert torch.linalg.eigvalsh(found.covariance())[0] > -1e-12
        close(found.mean, torch.sin(x[:, 0]), 1e-6)


def test_a_singular_kernel_has_no_density():
    kernel = torch.ones(2, 2, dtype=torch.float64)
    reached = posterior(kernel, torch.ones(2), torch.ones(1, 2), 1.0)
    assert reached.log_marginal_likelihood == math.inf
    assert (reached.rank, float(reached.mean[0])) == (1, pytest.approx(1.0))
    missed = posterior(kernel, torch.tensor([1.0, -1.0]), torch.ones(1, 2), 1.0)
    assert missed.log_marginal_likelihood == -math.inf


def test_what_no_kernel_has_is_refused():
    y = torch.ones(2)
    with pytest.raises(NotPositiveDefiniteError, match="variance at point 1"):
        posterior(PAIR, y, torch.tensor([[0.1, 0.1], [1.5, 0.0]]), 1.0)
    with pytest.raises(NotPositiveDefiniteError, match="leave the range"):
        posterior(torch.ones(2, 2), y, torch.tensor([[0.5, -0.5]]), 1.0)
    with pytest.raises(NotPositiveDefiniteError, match="eigenvalue"):
        posterior(-PAIR, y, torch.zeros(1, 2), 1.0)
    with pytest.raises(InvalidArgumentError, match="noise"):
        posterior(PAIR, y, torch.zeros(1, 2), 1.0, -0.1)
    with pytest.raises(InvalidArgumentError, match="prior variance"):
        posterior(PAIR, y, torch.zeros(1, 2), -1.0)
    with pytest.raises(DataError, match=r"shape \(k, 2\)"):
        posterior(PAIR, y, torch.zeros(2, 3), 1.0)
    with pytest.raises(DataError, match="prior variances have shape"):
        posterior(PAIR, y, torch.zeros(2, 2), [1.0, 1.0, 1.0])
    with pytest.raises(InvalidArgumentError, match="variances, which say nothing"):
        posterior(PAIR, y, torch.zeros(3, 2), 1.0).covariance()


def network_kernels():
    conjugate = conjugate_kernel(SPHERE, "relu", "gaussian")
    tangent = tangent_kernel(SPHERE, "relu", "gaussian")
    return tangent, conjugate


def by_matrix_exponential(tangent, conjugate, y, time):
    """Return mean and covariance after a time, with mpmath's exponential."""
    with mpmath.workdps(40):
        theta = mpmath.matrix(tangent[:7, :7].tolist())
        decay = mpmath.eye(7) - mpmath.expm(-time * theta)
        cross = mpmath.matrix(tangent[7:, :7].tolist())
        whole = mpmath.matrix(4, 11)
        whole[:, :7] = -cross * mpmath.inverse(theta) * decay
        whole[:, 7:] = mpmath.eye(4)
        mean = -whole[:, :7] * mpmath.matrix(y.tolist())
        covariance = whole * mpmath.matrix(conjugate.tolist()) * whole.T
    return [
        torch.tensor(np.array(each.tolist(), dtype=float))
        for each in (mean, covariance)
    ]


@pytest.mark.parametrize("time", [0.0, 1e-3, 1.0, 300.0])
def test_an_ensemble_follows_the_matrix_exponential(time):
    tangent, conjugate = network_kernels()
    y = gaussian(7, seed=4)
    found = trained_ensemble(
        tangent[:7, :7],
        conjugate[:7, :7],
        y,
        tangent[7:, :7],
        conjugate[7:, :7],
        conjugate[7:, 7:],
        time,
    )
    mean, covariance = by_matrix_exponential(tangent, conjugate, y, time)
    close(found.mean, mean[:, 0], 1e-12)
    close(found.covariance(), covariance, 1e-12)
    close(found.variance, covariance.diagonal(), 1e-12)


def test_an_ensemble_is_what_linearized_networks_do():
    """4,000 Gaussian draws of the outputs at the start, each trained in closed form."""
    tangent, conjugate = network_kernels()
    y, time, count = gaussian(7, seed=4), 2.0, 4000
    start = torch.linalg.cholesky(conjugate) @ gaussian(11, count, seed=5)
    model = dynamics.linear_model_from_kernel(
        tangent[:7, :7],
        y[:, None].expand(7, count),
        test_kernel=tangent[7:, :7],
        initial=start[:7],
        test_initial=start[7:],
    )
    ends = dynamics.gradient_flow(model).test(time)
    found = trained_ensemble(
        tangent[:7, :7],
        conjugate[:7, :7],
        y,
        tangent[7:, :7],
        conjugate[7:, :7],
        conjugate.diagonal()[7:],
        time,
    )
    deviation = found.deviation / math.sqrt(count)
    assert bool(((ends.mean(1) - found.mean).abs() < 4 * deviation).all())
    ratio = ends.var(1) / found.variance
    assert bool(((ratio - 1).abs() < 4 * math.sqrt(2 / count)).all())


def test_an_ensemble_of_last_layers_ends_as_the_posterior():
    _, conjugate = network_kernels()
    y = gaussian(7, seed=4)
    parts = conjugate[:7, :7], conjugate[7:, :7], conjugate[7:, 7:]
    ended = trained_ensemble(parts[0], parts[0], y, parts[1], parts[1], parts[2])
    exact = posterior(parts[0], y, parts[1], parts[2])
    close(ended.mean, exact.mean, 1e-11)
    close(ended.covariance(), exact.covariance(), 1e-11)


def test_networks_that_interpolate_agree_on_the_rows():
    tangent, conjugate = network_kernels()
    y = gaussian(7, seed=4)
    found = trained_ensemble(
        tangent, conjugate, gaussian(11), tangent, conjugate, conjugate
    )
    assert not bool(found.variance.any())
    inner = tangent[:7, :7], conjugate[:7, :7]
    young = trained_ensemble(*inner, y, *inner, conjugate[:7, :7], 0.0)
    close(young.variance, conjugate.diagonal()[:7])
    with pytest.raises(InvalidArgumentError, match="time"):
        trained_ensemble(*inner, y, *inner, 1.0, -1.0)
    with pytest.raises(DataError, match="same points"):
        trained_ensemble(inner[0], conjugate, y, *inner, 1.0)
    with pytest.raises(DataError, match="same points"):
        trained_ensemble(*inner, y, inner[0], inner[1][:3], 1.0)


@pytest.mark.parametrize("noise", [0.2, "rows"])
def test_a_constant_of_any_size_is_the_limit_of_a_large_one(noise):
    """A prior variance of 1e40 for it, eliminated with 100 digits."""
    everything = gaussian(9, 12)
    joint = everything @ everything.T
    y = gaussian(6, 2, seed=1) + 5.0
    levels = gaussian(6, seed=3).square() if noise == "rows" else noise
    found = posterior(
        joint[:6, :6], y, joint[6:, :6], joint[6:, 6:], levels, intercept=True
    )
    with mpmath.workdps(100):
        size = mpmath.mpf(10) ** 40
        every = mpmath.matrix(joint.tolist()) + size * mpmath.ones(9)
        inner = every[:6, :6]
        for row in range(6):
            inner[row, row] += float(levels[row]) if noise == "rows" else noise
        solved = mpmath.inverse(inner)
        targets = mpmath.matrix(y.tolist())
        mean = every[6:, :6] * solved * targets
        rest = every[6:, 6:] - every[6:, :6] * solved * every[:6, 6:]
        square = sum((targets.T * solved * targets)[i, i] for i in range(2))
        # Of the density of 6 targets, that of a constant of the prior is divided out.
        log_determinant = mpmath.log(mpmath.det(inner)) - mpmath.log(size)
        likelihood = -square / 2 - (log_determinant + 5 * mpmath.log(2 * mpmath.pi))
        expected = torch.tensor(np.array(rest.tolist(), dtype=float))
        close(found.mean, torch.tensor(np.array(mean.tolist(), dtype=float)), 1e-11)
    close(found.covariance(), expected, 1e-11)
    close(found.variance, expected.diagonal(), 1e-11)
    assert found.log_marginal_likelihood == pytest.approx(float(likelihood), rel=1e-11)


def test_a_constant_beside_a_singular_kernel_is_refused():
    ones = torch.ones(3, 3, dtype=torch.float64)
    with pytest.raises(InvalidArgumentError, match="Say how much noise"):
        posterior(ones, torch.ones(3), ones[:1], 1.0, intercept=True)


@pytest.mark.parametrize("prior", [2.0, [2.0], [[2.0]]])
def test_the_covariance_of_one_point_is_its_variance(prior):
    kernel = torch.eye(2, dtype=torch.float64)
    for found in (
        posterior(kernel, [1.0, 0.0], kernel[:1], prior, 0.1),
        trained_ensemble(kernel, kernel, [1.0, 0.0], kernel[:1], kernel[:1], prior),
    ):
        torch.testing.assert_close(found.covariance(), found.variance[None])
