"""Stated errors of entries hold against 30 digits, and are not 1,000 times too large.

Parallel and opposite rows of any norms have entries that are integrals of one variable.
"""

import sys
from pathlib import Path

import mpmath as mp
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "activations"))

from definitions_in_mpmath import DEFINITIONS

from widthwise import activations
from widthwise.arrays import provenance
from widthwise.kernels import conjugate_kernel

D = 5
SLOW = pytest.mark.slow
NORMS = 1.25, 1.75
"""Short floats, of one octave."""


def truths(act, law, norms):
    """Return E σ(a u) σ(b u) and E σ(a u) σ(-b u)."""
    a, b = (mp.mpf(each) for each in norms)
    define = DEFINITIONS[act.name]
    bends = {s * p / r for p in act.breakpoints for r in (a, b) for s in (1, -1)}
    if law == "gaussian":
        ends = {mp.mpf(each) for each in (-12, -7, -3, 0, 3, 7, 12)}

        def density(u):
            return mp.npdf(u)
    else:
        ends = {mp.mpf(each) for each in (-1, -0.5, 0, 0.5, 1)}

        def density(u):
            return mp.mpf(3) / 4 * (1 - u * u)  # of one coordinate in R^5

    cuts = sorted(ends | {mp.mpf(each) for each in bends if abs(each) < max(ends)})
    return [
        mp.quad(
            lambda u, s=s: define(a * u, act) * define(s * b * u, act) * density(u),
            cuts,
            maxdegree=7,
        )
        for s in (1, -1)
    ]


CASES = [
    pytest.param(name, law, norms, marks=[] if law == "gaussian" == kind else SLOW)
    for name in activations.CATALOG
    for law in ("gaussian", "sphere")
    for kind, norms in (("gaussian", (1.0, 1.0)), ("norms", NORMS))
    if not name.startswith("wendland") or (law == "sphere" and kind == "gaussian")
]


@pytest.mark.parametrize(("name", "law", "norms"), CASES)
def test_an_entry_is_off_by_less_than_is_stated(name, law, norms):
    family = activations.CATALOG[name]
    example = dict(family.example)
    act = family(**({"dimension": D} if "dimension" in example else example))
    direction = np.array([0.5, 0.5, 0.5, 0.5, 0.0])
    one = direction[None] * norms[0]
    two = np.stack([direction, -direction]) * norms[1]
    found = conjugate_kernel(one, act, law, two)
    with mp.workdps(30):
        exact = truths(act, law, norms)
        off = max(
            abs(mp.mpf(float(value)) - each)
            for value, each in zip(found[0], exact, strict=True)
        )
    stated, size = provenance(found).entry_error, abs(float(exact[0]))
    assert off <= stated
    assert stated <= 1000 * max(float(off), 2**-52 * size)
