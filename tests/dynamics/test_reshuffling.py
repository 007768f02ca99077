"""How far new orders of all points are from batches drawn with replacement."""

import numpy as np
import torch

from widthwise.dynamics import linear_model, stochastic_descent

N, MODES, BATCH, EPOCHS, RUNS = 40, 20, 4, 10, 1000


def residuals(features, targets, step, draws):
    """Return the residuals of many runs, each epoch in a new order, (runs, n)."""
    found = np.zeros((RUNS, MODES))
    for _ in range(EPOCHS):
        orders = np.argsort(draws.random((RUNS, N)), axis=1)
        for start in range(0, N, BATCH):
            rows = features[orders[:, start : start + BATCH]]
            gaps = np.einsum("rbm,rm->rb", rows, found)
            gaps -= targets[orders[:, start : start + BATCH]]
            found -= step * N / BATCH * np.einsum("rbm,rb->rm", rows, gaps)
    return found @ features.T - targets


def test_reshuffling_is_faster_by_what_the_docstring_says():
    """Percentages of 4000 runs; the noise of 1000 is below two of them."""
    draws = np.random.default_rng(0)
    features = draws.standard_normal((N, MODES)) / MODES**0.5
    draws.standard_normal(N)
    targets = features @ draws.standard_normal(MODES)
    model = linear_model(torch.from_numpy(features), torch.from_numpy(targets))
    whole = stochastic_descent(model, BATCH).step
    steps = EPOCHS * N // BATCH
    expected = {1 / 25: (0.006, 0.014), 1 / 5: (0.04, 0.09), 1.0: (0.26, 0.35)}
    for share, (in_mean, in_square) in expected.items():
        run = stochastic_descent(model, BATCH, step=share * whole)
        left = residuals(features, targets, run.step, draws)
        norm = np.linalg.norm(targets)
        mean = np.linalg.norm(left.mean(axis=0)) / norm
        square = np.sqrt(np.square(left).sum(axis=1).mean()) / norm
        assert abs(1 - mean / run.mean.relative_residual(steps) - in_mean) < 0.02
        assert abs(1 - square / run.relative_residual(steps) - in_square) < 0.02
