"""Spectra of one small data set, labelled and not."""

import pytest
import torch

from widthwise.activations import get
from widthwise.kernels import conjugate_kernel, tangent_kernel
from widthwise.laws import Gaussian, Sphere
from widthwise.spectra import Spectrum, spectrum


@pytest.fixture
def bare():
    """Build a spectrum without a label from its eigenvalues."""

    def build(*eigenvalues, error_bound=0.0):
        return Spectrum(torch.tensor(eigenvalues, dtype=torch.float64), error_bound)

    return build


@pytest.fixture
def labelled(points):
    """Build the labelled spectrum that a bound asks for."""

    def build(bound, activation=None):
        name = "softplus" if bound.least_smoothness > 1 else "relu"
        act = get(activation or name)
        law = Gaussian() if bound.law == "gaussian" else Sphere(points.shape[1])
        if bound.kernel == "conjugate":
            return spectrum(conjugate_kernel(points, act, law))
        return spectrum(tangent_kernel(points, act, law, trained="inner"))

    return build
