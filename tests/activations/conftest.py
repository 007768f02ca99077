"""The activations that the contract holds for: the catalog, in several parameters."""

import sys
from pathlib import Path

import mpmath as mp
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for the definitions

from definitions_in_mpmath import DEFINITIONS

from widthwise import activations

PARAMETERS = {
    "leaky_relu": [{"negative_slope": a} for a in (0.01, 0.1, 1.0, -1.0, -2.0)],
    "elu": [{"alpha": a} for a in (1.0, 0.5, 2.0)],
    "celu": [{"alpha": a} for a in (1.0, 0.3)],
    "polynomial": [
        {"coefficients": c}
        for c in (
            (0, 1, 1),
            (2,),
            (0, -3),
            (1, 0, 0, -2, 0.5),
            (0, 0, 0, 0, 0, 1),
            (0,),
        )
    ],
    "hermite": [{"degree": k} for k in (0, 1, 2, 3, 6, 12)],
    "rectified_monomial": [{"degree": p} for p in (1, 2, 3, 4)],
    **{
        f"wendland{2 * k}": [{"dimension": d} for d in (2, 3, 8, 30)]
        + [{"dimension": 5, "alpha": a} for a in (0.8, 1.7, 2.0, 2.5)]
        for k in range(4)
    },
}

INSTANCES = [
    activations.get(name, **parameters)
    for name in activations.CATALOG
    for parameters in PARAMETERS.get(name, [{}])
]


@pytest.fixture(params=INSTANCES, ids=repr)
def activation(request):
    """Return each activation of the catalog, in several parameters."""
    return request.param


@pytest.fixture
def definition(activation):
    """Return σ as its paper writes it, in 40 digits."""
    with mp.workdps(40):
        yield lambda z: DEFINITIONS[activation.name](mp.mpf(z), activation)
