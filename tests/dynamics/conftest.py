"""Linear models with chosen singular values, for the tests of the methods."""

import pytest
import torch

from widthwise.dynamics import linear_model


@pytest.fixture
def diagonal():
    """Return a maker of models whose features are a diagonal matrix."""

    def make(values, targets=None):
        features = torch.diag(torch.tensor(values, dtype=torch.float64))
        chosen = [1.0] * len(values) if targets is None else targets
        labels = torch.tensor(chosen, dtype=torch.float64)
        return linear_model(features, labels, threshold=0.0)

    return make


@pytest.fixture
def random_model():
    """Return a maker of models from Gaussian features, and their raw parts."""

    def make(n, m, outputs=None, tests=3, seed=0, initial=True):
        generator = torch.Generator().manual_seed(seed)

        def draw(*shape):
            return torch.randn(*shape, generator=generator, dtype=torch.float64)

        shape = (n,) if outputs is None else (n, outputs)
        parts = {
            "features": draw(n, m) / m**0.5,
            "targets": draw(*shape),
            "test_features": draw(tests, m) / m**0.5,
        }
        if initial:
            parts["initial"] = draw(*shape)
            parts["test_initial"] = draw(tests, *shape[1:])
        return linear_model(**parts), parts

    return make
